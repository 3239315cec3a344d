//! What the system expects of a method that it calls, and which calls do it.

use super::Meaning;

/// What a method that the system calls owes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owed {
    /// A push handler: to report an incoming call before it returns.
    Report,
    /// A method that is given an action of `CallKit`: to fulfil it or to let it fail, now or later.
    Answer,
    /// Either of them, and a duty not to: to leave it to `CallKit` to activate the audio session.
    Activation,
}

impl Owed {
    /// Everything that is asked of methods.
    pub const ALL: [Owed; 3] = [Owed::Report, Owed::Answer, Owed::Activation];
}

impl Meaning {
    /// What a call means for what is owed: whatever is about another duty is harmless.
    pub fn toward(&self, owed: Owed) -> &Meaning {
        // What learns that a call was reported runs when that is known.
        if owed == Owed::Activation && matches!(self, Meaning::Reports { .. }) {
            return &Meaning::RunsLater;
        }
        let is_about_other = match owed {
            Owed::Report => matches!(self, Meaning::Answers | Meaning::Activates),
            Owed::Answer => matches!(
                self,
                Meaning::Reports { .. }
                    | Meaning::CallsBack { .. }
                    | Meaning::TakenForReport(_)
                    | Meaning::OwnsRegistry
                    | Meaning::Activates
            ),
            Owed::Activation => {
                matches!(self, Meaning::TakenForReport(_) | Meaning::OwnsRegistry | Meaning::Answers)
            }
        };
        if is_about_other { &Meaning::Harmless } else { self }
    }

    /// Whether it does what is owed, or may do it.
    pub fn concerns(&self, owed: Owed) -> bool {
        matches!(
            self.toward(owed),
            Meaning::Reports { .. } | Meaning::CallsBack { .. } | Meaning::Answers | Meaning::Activates
        )
    }
}

/// The base names of the methods that the system gives an action.
pub const ACTION_NAMES: [&str; 2] = ["provider", "conversationManager"];

/// Whether a method is one that the system gives an action: `provider(_:perform:)` of a provider's delegate, by the type of
/// its second parameter, and `conversationManager(_:perform:)`.
pub fn is_given_action(name: &str, labels: &[Option<&str>], action: &str) -> bool {
    let is_action = match name {
        "provider" => action.starts_with("CX") && action.ends_with("Action"),
        "conversationManager" => action.ends_with("ConversationAction"),
        _ => false,
    };
    is_action && matches!(labels, [None, Some("perform")])
}
