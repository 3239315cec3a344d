//! What an SDK needs before its reports tell the system of a call.

use serde::Deserialize;
use smol_str::SmolStr;

use super::pattern::{Owner, Pattern};
use super::{Basis, OutsideCall, Vocabulary};

/// The number of a [`Setup`] in its vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetupId(pub(super) usize);

/// What has to be done before the reports of an SDK do anything.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Whose API it is: the names of the entries that report.
    pub of: Vec<SmolStr>,
    /// What this rests on.
    pub basis: Basis,
    /// What is so until then: words that go on from the SDK's name and a colon.
    pub until: SmolStr,
    /// What is lost by it.
    pub loses: Loses,
    /// Any of these does it: methods of types.
    pub(super) calls: Vec<Pattern>,
}

/// What is lost where an SDK is asked to report before it is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Loses {
    /// The call: nothing is reported.
    Calls,
    /// What the user does with the call.
    Answers,
}

impl Setup {
    /// The types whose methods do it, each with the method.
    pub fn methods(&self) -> impl Iterator<Item = (&SmolStr, &SmolStr)> {
        self.calls.iter().filter_map(|pattern| match (&pattern.owner, &pattern.name) {
            (Owner::Type(ty), Some(name)) => Some((ty, name)),
            _ => None,
        })
    }

    fn is_done_by(&self, call: &OutsideCall) -> bool {
        self.methods().any(|(ty, name)| *name == call.name && call.types_named().any(|named| named == ty))
    }
}

impl Vocabulary {
    /// A set-up by its number.
    pub fn setup(&self, id: SetupId) -> &Setup {
        &self.setups[id.0]
    }

    /// The set-ups that a call does.
    pub fn setups_done_by(&self, call: &OutsideCall) -> impl Iterator<Item = SetupId> {
        let done = self.setups.iter().enumerate().filter(|(_, setup)| setup.is_done_by(call));
        done.map(|(number, _)| SetupId(number))
    }
}
