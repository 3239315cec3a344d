//! Summaries: what a function does with the duty, once per context, solved as a least fixpoint.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::Duties;
use super::before::Before;
use super::state::{At, Duty, Known, NilHolder, Origin, Value, When};
use super::trace::{Calls, Trace};
use super::walk::Walk;
use crate::finding::Confidence;
use crate::program::FunctionRef;

/// A function together with what its caller knows about the arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Context {
    pub(super) function: FunctionRef,
    /// For each parameter; only what can decide something inside.
    pub(super) args: Vec<Value>,
    /// What is known of `self`: an enum case.
    pub(super) this: Known,
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
    /// What the `inout` parameters hold, as far as it is known.
    pub(super) inouts: BTreeMap<u16, Known>,
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
            inouts: BTreeMap::new(),
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

/// How much is walked for one handler: what is behind that is not understood, and said so. A walk over one function counts
/// as one, and as one more for each of its exits.
const MAX_WORK: usize = 20_000;

/// The number of a context, in the order in which they are asked for: what a function calls comes after it.
pub(super) type ContextId = u32;

#[derive(Default)]
pub(super) struct Table {
    ids: HashMap<Rc<Context>, ContextId>,
    entries: Vec<Entry>,
    /// Contexts whose summary is to be found (again). The last one first: callees before their callers.
    open: BTreeSet<ContextId>,
    /// What the present handler has cost so far.
    work: usize,
}

struct Entry {
    context: Rc<Context>,
    summary: Rc<Summary>,
    /// What happens before a report, as of the last visit.
    before: Rc<Before>,
    /// Contexts that rest on this one.
    dependents: BTreeSet<ContextId>,
    visits: u32,
    is_asked: bool,
    /// It was walked: that it has no exits is an approximation, no lack of one.
    is_begun: bool,
    /// The most that it did for the duty on some way, at the last fixpoint. Where a path is blamed depends on it, so that
    /// it must not change while a fixpoint is sought.
    most: Duty,
}

impl Table {
    /// The most that a function does for the duty on some way.
    pub(super) fn most(&self, id: ContextId) -> Duty {
        self.entries[id as usize].most
    }

    /// The number of a context that was asked for.
    pub(super) fn id_of(&self, context: &Context) -> Option<ContextId> {
        self.ids.get(context).copied()
    }

    /// A context, and what happens in it before a report.
    pub(super) fn before(&self, id: ContextId) -> (FunctionRef, &Before) {
        let entry = &self.entries[id as usize];
        (entry.context.function, &entry.before)
    }

    /// Looks what the contexts do for the duty; if that is news, all summaries are to be found again.
    fn settle(&mut self) -> bool {
        let mut is_settled = true;
        for entry in &mut self.entries {
            let most = entry.summary.keys().map(|key| key.duty).max().unwrap_or(Duty::None);
            if most > entry.most {
                entry.most = most;
                is_settled = false;
            }
        }
        if !is_settled {
            for entry in &mut self.entries {
                entry.summary = Rc::default();
                entry.before = Rc::default();
                entry.dependents.clear();
                entry.visits = 0;
                entry.is_asked = false;
                entry.is_begun = false;
            }
        }
        is_settled
    }

    /// The number of a context, whose summary is looked for from now on.
    fn open(&mut self, context: &Context) -> ContextId {
        let id = match self.ids.get(context) {
            Some(id) => *id,
            None => {
                let id = self.entries.len() as ContextId;
                let context = Rc::new(context.clone());
                self.ids.insert(Rc::clone(&context), id);
                self.entries.push(Entry {
                    context,
                    summary: Rc::default(),
                    before: Rc::default(),
                    dependents: BTreeSet::new(),
                    visits: 0,
                    is_asked: false,
                    is_begun: false,
                    most: Duty::None,
                });
                id
            }
        };
        let entry = &mut self.entries[id as usize];
        if !entry.is_asked {
            entry.is_asked = true;
            self.open.insert(id);
        }
        id
    }

    /// The present approximation of a summary; asks for it, and for a new visit of `by` when it changes. None where
    /// it comes before `by` is looked at again.
    pub(super) fn ask(&mut self, context: &Context, by: ContextId) -> (ContextId, Option<Rc<Summary>>) {
        let id = self.open(context);
        let entry = &mut self.entries[id as usize];
        entry.dependents.insert(by);
        let is_known = entry.is_begun || id <= by;
        (id, is_known.then(|| Rc::clone(&entry.summary)))
    }

    /// Looks at a context again, when all that it asked for has been looked at.
    fn postpone(&mut self, id: ContextId) {
        self.work += 1;
        self.open.insert(id);
    }

    /// Takes a new approximation of a summary; those that rest on it are looked at again if it differs.
    fn improve(&mut self, id: ContextId, found: Summary) {
        self.work += 1 + found.len();
        let entry = &mut self.entries[id as usize];
        entry.visits += 1;
        let is_settling = entry.visits > MAX_REPLACED;
        let changed = if is_settling {
            found.keys().any(|key| !entry.summary.contains_key(key))
        } else {
            !found.keys().eq(entry.summary.keys())
        };
        if is_settling {
            let known = Rc::make_mut(&mut entry.summary);
            for (key, exit) in found {
                known.entry(key).or_insert(exit);
            }
        } else {
            entry.summary = Rc::new(found);
        }
        if changed {
            self.open.extend(&entry.dependents);
        }
    }
}

impl Duties<'_> {
    /// The summary of a function in a context, and of all that it calls; none where that is too much.
    pub(super) fn solve(&self, root: &Context) -> Option<Rc<Summary>> {
        self.table.borrow_mut().work = 0;
        loop {
            let summary = self.fixpoint(root)?;
            if self.table.borrow_mut().settle() {
                return Some(summary);
            }
        }
    }

    fn fixpoint(&self, root: &Context) -> Option<Rc<Summary>> {
        let root = self.table.borrow_mut().open(root);
        while let Some((id, context)) = self.next() {
            self.table.borrow_mut().entries[id as usize].is_begun = true;
            let Some((exits, before)) = Walk::new(self, id, &context).run() else {
                self.table.borrow_mut().postpone(id);
                continue;
            };
            // Of a handler every way out is told.
            let found = if id == root { exits } else { bounded(exits) };
            let mut table = self.table.borrow_mut();
            table.entries[id as usize].before = Rc::new(before);
            table.improve(id, found);
            if table.work > MAX_WORK {
                table.open.clear();
                return None;
            }
        }
        let table = self.table.borrow();
        Some(Rc::clone(&table.entries[root as usize].summary))
    }

    fn next(&self) -> Option<(ContextId, Rc<Context>)> {
        let mut table = self.table.borrow_mut();
        let id = table.open.pop_last()?;
        Some((id, Rc::clone(&table.entries[id as usize].context)))
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
