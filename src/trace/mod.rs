//! The trace: what an app does from its start to the report of a call, for people to look at.
//!
//! It tells what the analyses found and decides nothing. [`unit`] makes the picture of a unit from the same
//! analyses that the rules ask, [`Trace::new`] puts the pictures of all units together and marks in them what
//! the rules found. A renderer knows the [`model`] and nothing else.

mod handler;
mod launch;
pub mod model;
mod tree;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::duty::Duties;
use crate::report::{Handler, Report, Tally};
use crate::rules::context::Context;
use crate::rules::superseded;
use crate::source::{FileId, Location};
pub(crate) use launch::AT_LAUNCH;
pub(crate) use verdict::need_words;

use model::{HandlerTrace, LaunchTrace, Mark, Node, Place, UnitTrace, Unread, WhyUnread};

/// The picture of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The launches.
    pub launches: Vec<LaunchTrace>,
    /// The push handlers.
    pub handlers: Vec<HandlerTrace>,
    /// Their ways out, counted as a check counts them.
    pub tally: Tally,
    /// What the rules found.
    pub marks: Vec<Mark>,
    /// The findings that stand at no place of the pictures, by their number.
    pub elsewhere: Vec<usize>,
    /// Push handlers of the project that do not concern what was asked for.
    pub handlers_elsewhere: usize,
    /// Registries that ask for pushes somewhere in the project.
    pub registries: usize,
    /// What may have more to say and was not judged, by path.
    pub unread: Vec<Unread>,
    /// Every handler was seen to report in time, with all that it needs, and no rule found anything.
    pub is_proved: bool,
    /// What the pictures prove, a sentence each.
    pub verdict: Vec<String>,
}

/// The picture of a unit.
pub fn unit(context: &Context<'_>) -> UnitTrace {
    let duties = Duties::in_detail(context.graph, context.settings).handlers();
    let (duties, _) = superseded::apart(context.program, duties);
    UnitTrace {
        launches: context
            .launch
            .timelines()
            .iter()
            .map(|timeline| launch::trace(context, timeline))
            .collect(),
        handlers: duties.iter().map(|duty| handler::trace(context, duty)).collect(),
    }
}

/// What of the pictures concerns the files that were asked for: the handlers that are reported, and the launches that
/// lead through the files; what two units see is kept once.
pub fn concerning(
    traces: Vec<UnitTrace>,
    reported: &[Handler],
    concerns: impl Fn(FileId) -> bool,
) -> Vec<UnitTrace> {
    let mut handlers: BTreeSet<Location> = reported.iter().map(|handler| handler.location).collect();
    let mut launches: Vec<LaunchTrace> = Vec::new();
    let mut kept = Vec::new();
    for mut unit in traces {
        unit.handlers.retain(|handler| handlers.remove(&handler.place.location));
        unit.launches.retain(|launch| {
            launch.consulted.iter().any(|file| concerns(*file)) && !launches.contains(launch)
        });
        launches.extend(unit.launches.iter().cloned());
        kept.push(unit);
    }
    kept
}

impl Trace {
    /// The picture of a run that was asked for one, with its findings marked.
    pub fn new(report: &Report) -> Self {
        let mut trace = Self::default();
        for unit in &report.traces {
            trace.launches.extend(unit.launches.iter().cloned());
            trace.handlers.extend(unit.handlers.iter().cloned());
        }
        trace.handlers.sort_by(|a, b| a.place.cmp(&b.place));
        for handler in &mut trace.handlers {
            let is_it = |known: &&Handler| known.location == handler.place.location;
            handler.ways_out = report
                .handlers
                .iter()
                .find(is_it)
                .map_or(0, |known| Tally::of(std::slice::from_ref(known)).ways_out);
        }
        trace.tally = Tally::of(&report.handlers);
        trace.marks = report
            .findings
            .iter()
            .map(|finding| Mark {
                rule: finding.rule,
                level: finding.level,
                message: finding.message.clone(),
                place: Place::of(finding.location, &report.sources),
            })
            .collect();
        trace.unread = unread(report);
        trace.handlers_elsewhere = report.coverage.handlers_elsewhere;
        trace.registries = report.coverage.registries;
        trace.mark();
        (trace.verdict, trace.is_proved) = verdict::verdict(&trace);
        trace
    }

    /// Marks findings where they stand.
    fn mark(&mut self) {
        let mut found = BTreeSet::new();
        for handler in &mut self.handlers {
            handler.marks = at(&handler.place, &self.marks);
            found.extend(handler.marks.iter().copied());
        }
        let trees = self.launches.iter_mut().map(|launch| &mut launch.turns);
        let trees = trees.chain(self.handlers.iter_mut().map(|handler| &mut handler.tree));
        for tree in trees {
            mark(tree, &self.marks, &mut found);
        }
        self.elsewhere = (0..self.marks.len()).filter(|number| !found.contains(number)).collect();
    }
}

/// What was not judged, each path once. A notice that names a file says that it is not known what the file says.
fn unread(report: &Report) -> Vec<Unread> {
    let coverage = &report.coverage;
    let language = coverage.unread.iter().map(|path| (path, WhyUnread::Language));
    let excluded = coverage.excluded.iter().map(|path| (path, WhyUnread::Excluded));
    let noticed = report.notices.iter().filter_map(|notice| notice.path.as_ref());
    let doubtful = coverage.damaged.iter().chain(noticed).map(|path| (path, WhyUnread::NotUnderstood));
    let mut paths = BTreeMap::new();
    for (path, why) in language.chain(excluded).chain(doubtful) {
        paths.entry(path).or_insert(why);
    }
    paths.into_iter().map(|(path, why)| Unread { path: path.clone(), why }).collect()
}

fn mark(nodes: &mut [Node], marks: &[Mark], found: &mut BTreeSet<usize>) {
    for node in nodes {
        if let Some(place) = &node.place {
            node.marks = at(place, marks);
            found.extend(node.marks.iter().copied());
        }
        mark(&mut node.children, marks, found);
    }
}

/// The findings at a place, by their number.
fn at(place: &Place, marks: &[Mark]) -> Vec<usize> {
    let here = marks.iter().enumerate().filter(|(_, mark)| mark.place.location == place.location);
    here.map(|(number, _)| number).collect()
}
