//! Summaries: what a function does with the duty, once per context, solved as a least fixpoint.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Duties;
use super::state::{At, Calls, Duty, Known, NilHolder, Origin, Trace, Value, When};
use super::walk::Walk;
use crate::finding::Confidence;
use crate::program::FunctionRef;

/// A function together with what its caller knows about the arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Context {
    pub(super) function: FunctionRef,
    /// For each parameter; only what can decide something inside.
    pub(super) args: Vec<Value>,
}

/// How a function is left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Way {
    /// It returns a value.
    Returns(Known),
    /// It throws.
    Throws,
    /// However it is left, no report is due from some point on. Only where the analysis goes into detail.
    Excused,
}

/// The part of an exit that tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ExitKey {
    /// How the function is left.
    pub(super) way: Way,
    /// What the result has to do with the payload.
    pub(super) origin: Origin,
    /// The state of the duty.
    pub(super) duty: Duty,
    /// The report was skipped only because its holder is nil.
    pub(super) nil_holder: Option<NilHolder>,
    /// How sure this is.
    pub(super) confidence: Confidence,
    /// It rests on one of several implementations that differ.
    pub(super) is_disputed: bool,
    /// Something that is easily taken for a report was called.
    pub(super) is_taken: bool,
    /// Closure parameters that were called or passed on.
    pub(super) params: BTreeSet<(u16, When)>,
    /// The place to blame where nothing is reported: where a function turned away from the report, or where
    /// this function is left.
    pub(super) blame: Option<At>,
    /// The calls that led to the report; only where the analysis goes into detail.
    pub(super) reported: Calls,
}

impl ExitKey {
    /// Behind this place no report is due.
    pub(super) fn excused(at: At) -> Self {
        Self {
            way: Way::Excused,
            origin: Origin::Own,
            duty: Duty::None,
            nil_holder: None,
            confidence: Confidence::High,
            is_disputed: false,
            is_taken: false,
            params: BTreeSet::new(),
            blame: Some(at),
            reported: Calls::default(),
        }
    }
}

/// The exits of a function; united across paths, never joined.
pub(super) type Summary = BTreeMap<ExitKey, (At, Trace)>;

/// More exits than this are told apart without their place.
const MAX_EXITS: usize = 64;

/// A summary is replaced by its next approximation this often; then it only grows. The place to blame depends on
/// all exits of a callee, so that replacing alone need not end on a cycle.
const MAX_REPLACED: u32 = 20;

/// Rounds after which a summary counts as settled: a guard against a defect, never reached by a monotone system.
const MAX_ROUNDS: usize = 200_000;

#[derive(Default)]
pub(super) struct Table {
    pub(super) summaries: HashMap<Context, Summary>,
    dependents: HashMap<Context, BTreeSet<Context>>,
    open: Vec<Context>,
    visits: HashMap<Context, u32>,
    /// Contexts with an exit that reports, or may, as of the last fixpoint. Where a path is blamed depends on it, so that
    /// it must not change while a fixpoint is sought.
    reporting: BTreeSet<Context>,
    /// Which functions a function was found to call.
    calls: HashMap<FunctionRef, BTreeSet<FunctionRef>>,
}

impl Table {
    /// Whether some exit of a function reports.
    pub(super) fn reports(&self, context: &Context) -> bool {
        self.reporting.contains(context)
    }

    /// Looks which contexts report; if that is news, all summaries are to be found again.
    fn settle(&mut self) -> bool {
        let is_news = |context: &Context, summary: &Summary| {
            summary.keys().any(|key| key.duty != Duty::None) && !self.reporting.contains(context)
        };
        let news: Vec<Context> = self
            .summaries
            .iter()
            .filter(|(context, summary)| is_news(context, summary))
            .map(|(context, _)| context.clone())
            .collect();
        if news.is_empty() {
            return true;
        }
        self.reporting.extend(news);
        self.summaries.clear();
        self.dependents.clear();
        self.visits.clear();
        false
    }

    /// The files of all functions that were walked for the sake of one, its own among them.
    pub(super) fn files(&self, root: FunctionRef) -> BTreeSet<u32> {
        let mut seen = BTreeSet::from([root]);
        let mut open = vec![root];
        while let Some(at) = open.pop() {
            let called = self.calls.get(&at).into_iter().flatten();
            open.extend(called.filter(|called| seen.insert(**called)));
        }
        seen.into_iter().map(|function| function.file).collect()
    }

    /// The present approximation of a summary; asks for it, and for a new visit of `by` when it changes.
    pub(super) fn ask(&mut self, context: &Context, by: &Context) -> Summary {
        self.dependents.entry(context.clone()).or_default().insert(by.clone());
        self.calls.entry(by.function).or_default().insert(context.function);
        if let Some(known) = self.summaries.get(context) {
            return known.clone();
        }
        self.summaries.insert(context.clone(), Summary::new());
        self.open.push(context.clone());
        Summary::new()
    }
}

impl Duties<'_> {
    /// The summary of a function in a context, and of all that it calls.
    pub(super) fn solve(&self, root: &Context) -> Summary {
        loop {
            let summary = self.fixpoint(root);
            if self.table.borrow_mut().settle() {
                return summary;
            }
        }
    }

    fn fixpoint(&self, root: &Context) -> Summary {
        {
            let mut table = self.table.borrow_mut();
            if !table.summaries.contains_key(root) {
                table.summaries.insert(root.clone(), Summary::new());
                table.open.push(root.clone());
            }
        }
        let mut rounds = 0;
        loop {
            let next = self.table.borrow_mut().open.pop();
            let Some(context) = next else { break };
            let found = bounded(Walk::new(self, &context).run());
            let mut table = self.table.borrow_mut();
            let visits = table.visits.entry(context.clone()).or_default();
            *visits += 1;
            let is_settling = *visits > MAX_REPLACED;
            let known = table.summaries.entry(context.clone()).or_default();
            let changed = if is_settling {
                found.keys().any(|key| !known.contains_key(key))
            } else {
                !found.keys().eq(known.keys())
            };
            if is_settling {
                for (key, exit) in found {
                    known.entry(key).or_insert(exit);
                }
            } else {
                *known = found;
            }
            if changed {
                let waiting: Vec<Context> =
                    table.dependents.get(&context).into_iter().flatten().cloned().collect();
                for dependent in waiting {
                    table.open.retain(|open| *open != dependent);
                    table.open.push(dependent);
                }
            }
            rounds += 1;
            if rounds > MAX_ROUNDS {
                break;
            }
        }
        self.table.borrow().summaries.get(root).cloned().unwrap_or_default()
    }
}

fn bounded(exits: Summary) -> Summary {
    if exits.len() <= MAX_EXITS {
        return exits;
    }
    let exits = merged(exits, |key| key.reported = Calls::default());
    if exits.len() <= MAX_EXITS { exits } else { merged(exits, |key| key.blame = None) }
}

/// The exits without what `forget` takes from them, the shortest way for each.
fn merged(exits: Summary, forget: impl Fn(&mut ExitKey)) -> Summary {
    let mut merged = Summary::new();
    for (mut key, found) in exits {
        forget(&mut key);
        let place = merged.entry(key).or_insert_with(|| found.clone());
        if found.1.len() < place.1.len() {
            *place = found;
        }
    }
    merged
}
