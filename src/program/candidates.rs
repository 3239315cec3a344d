//! Which methods may be meant by a call on a receiver of unknown type.

use super::{FunctionRef, Program};
use crate::facts::{Arg, FunctionKind};

/// What a method is to a call that fits it, on a receiver of unknown type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Candidacy {
    /// No other method fits.
    Only,
    /// Others fit as well.
    OneOfSeveral,
}

impl Program {
    /// Methods of the project that fit a call on a receiver of unknown type.
    pub fn candidates(&self, name: &str, args: &[Arg]) -> Vec<FunctionRef> {
        let files = self.files_taking(name, args);
        self.read(&files);
        let mut found: Vec<FunctionRef> =
            files.into_iter().flat_map(|file| self.candidates_in(file, name, args)).collect();
        // A requirement without a body stands for its implementations, which are candidates themselves.
        if found.iter().any(|at| self.function(*at).body.is_some()) {
            found.retain(|at| self.function(*at).body.is_some());
        }
        found
    }

    fn candidates_in(&self, file: u32, name: &str, args: &[Arg]) -> impl Iterator<Item = FunctionRef> {
        let is_test = self.role(file) == crate::source::Role::Test;
        let declared = (!is_test).then(|| self.declared_functions(file, name)).into_iter().flatten();
        declared.filter(move |at| {
            let function = self.function(*at);
            function.owner.is_some() && function.kind == FunctionKind::Function && self.fits(*at, args)
        })
    }

    /// What a method is to a call on a receiver of unknown type; none where it is not meant. Of the files that may have another
    /// one no more are read than it takes to tell.
    pub(crate) fn candidacy(&self, at: FunctionRef, name: &str, args: &[Arg]) -> Option<Candidacy> {
        let has_body = |at: FunctionRef| self.function(at).body.is_some();
        if !self.candidates_in(at.file, name, args).any(|found| found == at) {
            return None;
        }
        let mut found = Candidacy::Only;
        for file in self.files_taking(name, args) {
            for other in self.candidates_in(file, name, args).filter(|other| *other != at) {
                match (has_body(at), has_body(other)) {
                    (true, true) => return Some(Candidacy::OneOfSeveral),
                    (true, false) => {}
                    // The requirement is not meant where it has an implementation.
                    (false, true) => return None,
                    (false, false) => found = Candidacy::OneOfSeveral,
                }
            }
        }
        Some(found)
    }

    /// The only method that is meant by a call on a receiver of unknown type.
    pub(crate) fn only_candidate(&self, name: &str, args: &[Arg]) -> Option<FunctionRef> {
        let has_body = |at: &FunctionRef| self.function(*at).body.is_some();
        let (mut implemented, mut required) = (None, Vec::new());
        for file in self.files_taking(name, args) {
            for at in self.candidates_in(file, name, args) {
                if !has_body(&at) {
                    required.push(at);
                } else if implemented.replace(at).is_some() {
                    return None;
                }
            }
        }
        implemented.or(match required.as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    }
}
