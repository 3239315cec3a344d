//! What a rule has to say: plain values, without a word about how they are shown.

use std::collections::BTreeSet;

use crate::source::{FileId, Location};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; fails nothing.
    Note,
    /// A risk, or a fault that shows only sometimes.
    Warning,
    /// A call is lost, or the system kills the app.
    Error,
}

impl Level {
    /// The word that every format and the configuration use.
    pub fn word(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// How sure pushlint is of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A guess that a person should check.
    Low,
    /// Rests on one assumption that the code suggests, or on a rule of which fewer than ten cases were judged.
    Medium,
    /// Rests on the code alone.
    High,
}

impl Confidence {
    /// The word that every format and the configuration use.
    pub fn word(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// A place with a few words about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// The place.
    pub location: Location,
    /// A few words, lower case, no full stop: "the push arrives here".
    pub text: String,
}

/// How safely a fix can be applied without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// Shown only.
    Display,
    /// May change what the program does.
    Unsafe,
    /// Keeps the meaning, or does what was plainly meant.
    Safe,
}

impl Applicability {
    /// The options of the command line that apply such a fix; none for one that is only shown.
    pub fn options(self) -> Option<&'static str> {
        match self {
            Applicability::Display => None,
            Applicability::Unsafe => Some("--fix --unsafe-fixes"),
            Applicability::Safe => Some("--fix"),
        }
    }
}

/// One replacement of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub location: Location,
    /// The new text.
    pub text: String,
}

/// A repair of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, in a few words.
    pub title: String,
    /// How safely.
    pub applicability: Applicability,
    /// The edits, which belong together.
    pub edits: Vec<Edit>,
}

/// One mistake at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// How bad.
    pub level: Level,
    /// How sure.
    pub confidence: Confidence,
    /// One line that makes sense alone; starts in lower case, no full stop, symbols in back-ticks.
    pub message: String,
    /// The place: short (a call, a `return`, a name), never a whole body.
    pub location: Location,
    /// A few words for the primary place, where no step stands at the same place.
    pub label: String,
    /// Other places that help to understand, in no order of time.
    pub related: Vec<Step>,
    /// The way that leads to the mistake, in the order in which the process goes it.
    pub steps: Vec<Step>,
    /// What to do, in a sentence or two.
    pub help: Option<String>,
    /// The corrected code, as lines of Swift or of a property list in XML, where it can be shown.
    pub example: Option<String>,
    /// A repair that can be applied.
    pub fix: Option<Fix>,
    /// Every file that the verdict rests on.
    pub consulted: BTreeSet<FileId>,
}

impl Finding {
    /// The repair, where it can be applied and is not only to be shown.
    pub fn applicable_fix(&self) -> Option<&Fix> {
        self.fix.as_ref().filter(|fix| fix.applicability > Applicability::Display)
    }

    /// Every place that it names.
    pub fn places(&self) -> impl Iterator<Item = Location> {
        let steps = self.related.iter().chain(&self.steps).map(|step| step.location);
        let edits = self.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.location);
        std::iter::once(self.location).chain(steps).chain(edits)
    }
}
