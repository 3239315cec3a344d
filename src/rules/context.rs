//! What a rule may ask.

use std::collections::{BTreeSet, HashMap};

use crate::analysis::duty::{ActionDuty, At, HandlerDuty};
use crate::analysis::graph::Graph;
use crate::analysis::launch::Launch;
use crate::apple::Project;
use crate::finding::Finding;
use crate::program::{FunctionRef, Program, PropertyRef};
use crate::source::{FileId, Location, Role, Sources};
use crate::unit::Settings;
use crate::vocabulary::Vocabulary;

/// Everything that is known of a unit.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The joined facts.
    pub program: &'a Program,
    /// What the Xcode projects say.
    pub project: &'a Project,
    /// Who calls whom.
    pub graph: &'a Graph<'a>,
    /// APIs outside the project.
    pub vocabulary: &'a Vocabulary,
    /// What the user decided.
    pub settings: &'a Settings,
    /// What happens at launch.
    pub launch: &'a Launch,
    /// What every push handler does with its duty to report.
    pub duties: &'a [HandlerDuty],
    /// The same of handlers that are not called, because a newer form of them is there.
    pub superseded: &'a [HandlerDuty],
    /// What every method that is given an action does with its duty to answer it.
    pub actions: &'a [ActionDuty],
    /// What every method with which a call begins does with the audio session.
    pub activations: &'a [ActionDuty],
    /// There is code about pushes in a language that is not read: it may ask for them, too.
    pub has_unread_pushes: bool,
    /// The texts, for quoting.
    pub sources: &'a Sources,
}

impl Context<'_> {
    /// The property that is nil where a way out goes without a report.
    pub fn holder(&self, (file, span): At) -> Option<PropertyRef> {
        self.program.property_in(file, span, self.sources)
    }

    /// The files on which rests what is said of a duty that begins in a function: a finding is told where one of them is asked
    /// for. What is asked for itself needs no other.
    pub fn consulted(&self, function: FunctionRef) -> BTreeSet<FileId> {
        let own = self.program.file_id(function.file);
        if self.sources.get(own).is_requested {
            return BTreeSet::from([own]);
        }
        self.graph.files_ahead(function).into_iter().map(|file| self.program.file_id(file)).collect()
    }

    /// Whether a place is in the project's own code, the only one that is reported on.
    pub fn is_own(&self, location: Location) -> bool {
        self.program.position(location.file).is_some_and(|at| self.program.role(at) == Role::Own)
    }
}

/// Keeps, of several findings at one place, the worst: an app in which two launches share code has it twice.
pub(super) fn worst_of_each_place(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    let mut places: HashMap<Location, usize> = HashMap::new();
    for finding in findings {
        let at = *places.entry(finding.location).or_insert(kept.len());
        match kept.get_mut(at) {
            Some(known) if known.level >= finding.level => {}
            Some(known) => *known = finding,
            None => kept.push(finding),
        }
    }
    kept
}
