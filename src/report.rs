//! What a run found, and how much of the code it understood.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::baseline::Comparison;
use crate::finding::{Applicability, Edit, Finding, Level, Step};
use crate::source::{FileId, Location, Sources};
use crate::trace::model::UnitTrace;

/// The outcome of a run: everything that a renderer may show.
#[derive(Debug, Default)]
pub struct Report {
    /// The files that were read and kept, for snippets and paths.
    pub sources: Sources,
    /// The findings, sorted by [`Report::sort`].
    pub findings: Vec<Finding>,
    /// What would be a finding if no comment suppressed it, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// What else the user should know.
    pub notices: Vec<Notice>,
    /// Every push handler, with its ways out: what was proved.
    pub handlers: Vec<Handler>,
    /// What was made of the findings that the baseline knows, where there is one.
    pub baseline: Option<Comparison>,
    /// What was made of the findings that the merge base had already, where it was looked at.
    pub changed_since: Option<Comparison>,
    /// How much was read and understood.
    pub coverage: Coverage,
    /// Where the time went.
    pub times: Times,
    /// How many fixes were applied to come here; what they mended is not among the findings.
    pub fixed: usize,
    /// The pictures of the units, where they are asked for: see [`crate::trace::Trace::new`].
    pub traces: Vec<UnitTrace>,
}

/// A finding that is not reported, since a comment says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// What would be reported.
    pub finding: Finding,
    /// The comment.
    pub comment: Location,
    /// What the comment gives as the reason.
    pub reason: Option<String>,
}

/// A push handler and what became of the duty to report on each way out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Its name in the source.
    pub location: Location,
    /// The type that it belongs to.
    pub owner: String,
    /// The ways out, in the order of their places.
    pub ways_out: Vec<WayOut>,
    /// Where a call is reported, on any way.
    pub reports: Vec<Location>,
    /// The files that were walked for its sake: it concerns them, as its findings do.
    pub consulted: BTreeSet<FileId>,
}

impl Handler {
    /// Whether every way out that counts reports in time.
    pub fn all_report(&self) -> bool {
        let tally = Tally::of(std::slice::from_ref(self));
        tally.reported + tally.ruled_out == tally.ways_out
    }
}

/// One way out of a push handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOut {
    /// The `return`, the closing brace that the path falls off, or the `throw`; inside a callee where that
    /// is where the way turns away from the report.
    pub location: Location,
    /// What became of the duty.
    pub outcome: Outcome,
    /// The launch shows that this way is not taken.
    pub is_ruled_out: bool,
}

/// How many ways out there are, and what became of the duty on them: the one count that every output tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Push handlers that owe a report; one that a newer form replaces owes none.
    pub handlers: usize,
    /// Their ways out; those below are parts of it.
    pub ways_out: usize,
    /// Ways that report before the handler returns.
    pub reported: usize,
    /// Ways that the launch shows not to be taken.
    pub ruled_out: usize,
    /// Ways without a report.
    pub missing: usize,
    /// Ways without a report where a holder is nil.
    pub nil_holder: usize,
    /// Ways that report too late.
    pub deferred: usize,
    /// Ways that were not seen to their end.
    pub unseen: usize,
}

impl Tally {
    /// Counts the ways out of some handlers. Where no report is due, nothing is owed: such a way is none that counts.
    pub fn of(handlers: &[Handler]) -> Self {
        let owes = |handler: &&Handler| handler.ways_out.iter().any(|way| way.outcome != Outcome::Excused);
        let mut tally = Self { handlers: handlers.iter().filter(owes).count(), ..Self::default() };
        for way in handlers.iter().flat_map(|handler| &handler.ways_out) {
            let part = match way.outcome {
                Outcome::Excused => continue,
                _ if way.is_ruled_out => &mut tally.ruled_out,
                Outcome::Reported => &mut tally.reported,
                Outcome::Missing => &mut tally.missing,
                Outcome::NilHolder => &mut tally.nil_holder,
                Outcome::Deferred => &mut tally.deferred,
                Outcome::Unseen => &mut tally.unseen,
            };
            *part += 1;
            tally.ways_out += 1;
        }
        tally
    }
}

/// What became of the duty to report a call on one way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// No report.
    Missing,
    /// Not reported only where the holder of the reporter is nil.
    NilHolder,
    /// Reported, if at all, by code that is not in the project.
    Unseen,
    /// Reported only by code that runs after the handler returned.
    Deferred,
    /// Reported before the handler returns.
    Reported,
    /// No report is due on this way.
    Excused,
}

impl Outcome {
    /// The word that the formats for programs use.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Missing => "missing",
            Outcome::NilHolder => "nil_holder",
            Outcome::Unseen => "unseen",
            Outcome::Deferred => "deferred",
            Outcome::Reported => "reported",
            Outcome::Excused => "excused",
        }
    }
}

/// Something that is not a finding and that the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The file or folder it is about, relative to the project's root.
    pub path: Option<String>,
    /// One line: what happened and what to do.
    pub text: String,
    /// What was asked for could not be done in full: the exit status becomes 2.
    pub is_failure: bool,
}

/// How much was read and understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Swift files that were read, with code of others.
    pub swift_files: usize,
    /// Those that were parsed: of units with PushKit, what an analysis asked for.
    pub parsed_files: usize,
    /// Files that were not understood where it matters: a push handler, or where there may be one; relative to the
    /// project's root, sorted.
    pub damaged: Vec<String>,
    /// Push handlers of the project that do not concern what was asked for.
    pub handlers_elsewhere: usize,
    /// Push handlers whose answer depends on code that cannot be seen.
    pub unseen_handlers: usize,
    /// Files that name PushKit in a language that is not read yet, relative to the project's root.
    pub unread: Vec<String>,
    /// Files that name PushKit and that the configuration excludes, relative to the project's root.
    pub excluded: Vec<String>,
    /// Registries that are armed somewhere in the project.
    pub registries: usize,
    /// How long the run took, in milliseconds.
    pub elapsed_ms: u128,
}

/// How long the parts of a run took. Nothing of it is in a format that is to be the same for equal input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Finding the files.
    pub finding: Duration,
    /// Reading and searching them.
    pub searching: Duration,
    /// Parsing those that matter.
    pub parsing: Duration,
    /// Joining and following what they say.
    pub analysing: Duration,
    /// Analysing the merge base, and comparing.
    pub comparing: Duration,
}

impl Report {
    /// Puts everything into the one order that all formats use: path, place, rule.
    pub fn sort(&mut self) {
        let sources = &self.sources;
        let key = |location: &Location| (sources.get(location.file).path.clone(), location.span);
        let order = |finding: &Finding| (key(&finding.location), finding.rule, finding.message.clone());
        self.findings.sort_by_cached_key(order);
        self.findings.dedup();
        self.suppressed.sort_by_cached_key(|suppressed| order(&suppressed.finding));
        self.handlers.sort_by_cached_key(|handler| key(&handler.location));
        self.add_notices([]);
    }

    /// Tells each story once: of the findings with the same steps, all but the first refer to it. What the
    /// steps of a finding tell is not told again beside them.
    pub fn tell_once(&mut self) {
        let mut told: HashMap<Vec<Step>, Location> = HashMap::new();
        for finding in self.findings.iter_mut().filter(|finding| !finding.steps.is_empty()) {
            if let Some(first) = told.get(&finding.steps) {
                finding.steps.clear();
                let text = "the launch is shown there, step by step".to_owned();
                finding.related.push(Step { location: *first, text });
            } else {
                let steps = &finding.steps;
                finding.related.retain(|beside| steps.iter().all(|step| step.location != beside.location));
                told.insert(finding.steps.clone(), finding.location);
            }
        }
    }

    /// Adds notices, in their place.
    pub fn add_notices(&mut self, notices: impl IntoIterator<Item = Notice>) {
        self.notices.extend(notices);
        self.notices.sort_by(|a, b| (&a.path, &a.text).cmp(&(&b.path, &b.text)));
        self.notices.dedup();
    }

    /// The number of findings that have a fix of an applicability, in files that were asked for.
    pub fn fixable(&self, applicability: Applicability) -> usize {
        let is_asked_for = |edit: &Edit| self.sources.get(edit.location.file).is_requested;
        let fixes = self.findings.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == applicability && fix.edits.iter().all(is_asked_for)).count()
    }

    /// The number of findings of a level.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// Whether something asked for could not be done.
    pub fn has_failed(&self) -> bool {
        self.notices.iter().any(|notice| notice.is_failure)
    }

    /// The exit status: 2 if something asked for could not be done, 1 if there is a finding at or above
    /// `threshold`, else 0.
    pub fn exit_status(&self, threshold: Option<Level>) -> u8 {
        if self.has_failed() {
            2
        } else {
            u8::from(
                threshold.is_some_and(|least| self.findings.iter().any(|finding| finding.level >= least)),
            )
        }
    }
}
