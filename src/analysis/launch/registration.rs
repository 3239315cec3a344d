//! Whether an app asks for pushes when it is launched, and what it waits for where it does not.

use super::timeline::{Certainty, Event, EventKind, Fact, RootKind, Timeline, TurnKind, WaitsFor};

/// When an app asks for pushes, seen from its launch: the soonest of all places at which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration<'t> {
    /// At the launch, or a moment after it without waiting for anything.
    AtLaunch,
    /// At the launch, on some of its paths, and nowhere else.
    SomePaths(&'t Event),
    /// Only when something else has happened.
    After(&'t Event, WaitsFor),
    /// The source does not show it.
    Unknown,
}

impl Timeline {
    /// When the app asks for pushes; nothing is known of what is no app, or asks nowhere.
    pub fn registration(&self) -> Registration<'_> {
        if self.root.kind != RootKind::App || self.of_kind(EventKind::SdkRegistry).next().is_some() {
            return Registration::Unknown;
        }
        let mut late: Option<(&Event, WaitsFor)> = None;
        let mut gated: Option<&Event> = None;
        for arming in &self.armings {
            let Some(event) = self.events.get(arming.event) else { continue };
            // Whoever cannot be seen may call it at the launch.
            if event.turn > 0 && self.doubtful.contains_key(&Fact::Happened(arming.event)) {
                return Registration::Unknown;
            }
            let is_answered = arming.before.contains(&Fact::Answered);
            let waits_for = self.waits_for(event.turn);
            let waits_for = waits_for.map(|waits| if is_answered { WaitsFor::Permission } else { waits });
            match (&event.certainty, waits_for) {
                // Who was not ready at the launch may be later.
                (Certainty::SomePaths, _) if arming.is_asked_elsewhere => return Registration::AtLaunch,
                (Certainty::SomePaths, _) => gated = gated.or(Some(event)),
                (_, None) => return Registration::Unknown,
                (_, Some(WaitsFor::Nothing)) => return Registration::AtLaunch,
                (_, Some(waits_for)) => late = late.or(Some((event, waits_for))),
            }
        }
        match (gated, late) {
            (Some(event), None) => Registration::SomePaths(event),
            (Some(_), Some(_)) => Registration::AtLaunch,
            (None, Some((event, waits_for))) => Registration::After(event, waits_for),
            (None, None) => Registration::Unknown,
        }
    }

    /// What a turn waits for, over all that it follows from; none where nothing shows when it comes.
    fn waits_for(&self, turn: usize) -> Option<WaitsFor> {
        let mut waits_for = WaitsFor::Nothing;
        for turn in self.way_to(turn) {
            match turn.kind {
                TurnKind::FirstUse | TurnKind::Uncalled | TurnKind::Factory | TurnKind::Handler => {
                    return None;
                }
                TurnKind::Launch | TurnKind::Later { .. } | TurnKind::Callback => {}
            }
            if matches!(waits_for, WaitsFor::Nothing | WaitsFor::Unknown)
                && turn.waits_for != WaitsFor::Nothing
            {
                waits_for = turn.waits_for;
            }
        }
        Some(waits_for)
    }
}
