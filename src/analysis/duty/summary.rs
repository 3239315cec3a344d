//! Summaries: what a function does with the duty, once per context, solved as a least fixpoint.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::Duties;
use super::before::Before;
use super::state::{At, Duty, Known, NilHolder, Origin, Value, When};
use super::trace::{Calls, Trace};
use super::walk::Walk;
use crate::finding::Confidence;
use crate::program::FunctionRef;
use crate::vocabulary::Owed;

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

/// How much is walked for one handler, beside a share for each function: what is behind that is not understood, and said so. A
/// walk over one function counts as one, and as one more for each of its exits.
const fn max_work(owed: Owed) -> usize {
    match owed {
        Owed::Report => 20_000,
        // Whatever an app does in the end may answer.
        Owed::Answer | Owed::Activation => 5_000,
    }
}

/// What every function may cost: it is walked twice, and again once it is known whether it reports.
const WORK_OF_FUNCTION: usize = 10;

/// How deep walks and the expressions in them are inside one another: what is called there is walked after them.
const MAX_DEPTH: u32 = 4_000;

/// What a walk counts for in this depth, beside the expressions in which it calls another.
const DEPTH_OF_WALK: u32 = 50;

/// The number of a context, in the order in which they are asked for: what a function calls comes after it.
pub(super) type ContextId = u32;

#[derive(Default)]
pub(super) struct Table {
    ids: HashMap<Rc<Context>, ContextId>,
    entries: Vec<Entry>,
    /// Contexts whose summary is to be found (again). The last one first: callees before their callers.
    open: BTreeSet<ContextId>,
    /// The context of the present handler.
    root: ContextId,
    /// What the present handler has cost so far.
    work: usize,
    /// The functions of the contexts.
    functions: HashSet<FunctionRef>,
    /// How deep the walks are inside one another.
    depth: u32,
}

struct Entry {
    context: Rc<Context>,
    summary: Rc<Summary>,
    /// What happens before a report, as of the last visit.
    before: Rc<Before>,
    /// Contexts that rest on this one.
    dependents: BTreeSet<ContextId>,
    visits: u32,
    /// It is asked for; else it has been given up, and is another one when it is asked for again.
    is_asked: bool,
    /// It was walked: that it has no exits is an approximation, no lack of one.
    is_begun: bool,
    /// It is being walked, or what rests on it in a circle is.
    is_in_progress: bool,
    /// The first context in progress on which it rests; a recursion that is not solved yet.
    rests_on: Option<ContextId>,
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

    /// Looks what the contexts from this one on do for the duty; if that is news, the summaries that rest on it are to be
    /// found again.
    fn settle(&mut self, from: ContextId) -> bool {
        let mut stale = Vec::new();
        for (id, entry) in (from..).zip(&mut self.entries[from as usize..]) {
            let most = entry.summary.keys().map(|key| key.duty).max().unwrap_or(Duty::None);
            if entry.is_asked && most > entry.most {
                entry.most = most;
                stale.extend(&entry.dependents);
                // Whom it blames depends on it, too.
                if most > Duty::HandedOut && entry.summary.keys().any(|key| key.duty == Duty::None) {
                    stale.push(id);
                }
            }
        }
        let is_settled = stale.is_empty();
        while let Some(id) = stale.pop() {
            let entry = &mut self.entries[id as usize];
            if entry.is_asked {
                stale.extend(std::mem::take(&mut entry.dependents));
                entry.is_asked = false;
                entry.summary = Rc::default();
                entry.before = Rc::default();
            }
        }
        is_settled
    }

    /// The number of a context, whose summary is looked for from now on, and whether it was walked. One that was not is the
    /// last of all.
    fn open(&mut self, context: &Context) -> (ContextId, bool) {
        let known = self.ids.get_key_value(context).map(|(context, id)| (Rc::clone(context), *id));
        let (context, old) = match known {
            Some((_, id)) if self.entries[id as usize].is_begun && self.entries[id as usize].is_asked => {
                return (id, true);
            }
            Some((context, id)) => (context, Some(&mut self.entries[id as usize])),
            None => (Rc::new(context.clone()), None),
        };
        let most = old.as_ref().map_or(Duty::None, |entry| entry.most);
        let dependents = old.map(|entry| {
            entry.is_asked = false;
            std::mem::take(&mut entry.dependents)
        });
        let id = self.entries.len() as ContextId;
        self.functions.insert(context.function);
        self.ids.insert(Rc::clone(&context), id);
        self.entries.push(Entry {
            context,
            summary: Rc::default(),
            before: Rc::default(),
            dependents: dependents.unwrap_or_default(),
            visits: 0,
            is_asked: true,
            is_begun: false,
            is_in_progress: false,
            rests_on: None,
            most,
        });
        self.open.insert(id);
        (id, false)
    }

    /// The first context in progress on which the present approximation of a summary rests.
    pub(super) fn in_progress(&self, id: ContextId) -> Option<ContextId> {
        let mut at = id;
        loop {
            let entry = &self.entries[at as usize];
            if entry.is_in_progress {
                return Some(at);
            }
            at = entry.rests_on.filter(|first| *first < at)?;
        }
    }

    /// What `by` finds rests on the present approximation of a summary: it is looked at again when that changes.
    fn rest(&mut self, by: ContextId, id: ContextId) -> Rc<Summary> {
        let first = self.in_progress(id);
        let rests_on = &mut self.entries[by as usize].rests_on;
        *rests_on = rests_on.iter().copied().chain(first).min();
        let entry = &mut self.entries[id as usize];
        entry.dependents.insert(by);
        Rc::clone(&entry.summary)
    }

    /// The last of the contexts from this one on that are to be looked at.
    fn next(&mut self, from: ContextId) -> Option<ContextId> {
        while let Some(last) = self.open.last().copied().filter(|last| *last >= from) {
            self.open.remove(&last);
            if self.entries[last as usize].is_asked {
                return Some(last);
            }
        }
        None
    }

    /// Whether the present handler has cost all that it may.
    fn is_exhausted(&self, owed: Owed) -> bool {
        self.work > max_work(owed) + WORK_OF_FUNCTION * self.functions.len()
    }

    /// Nothing is known any more of what was not found to its end.
    fn give_up(&mut self) {
        self.open.clear();
        self.entries.iter_mut().for_each(|entry| entry.is_asked = false);
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
        let found = self.fixpoint(root, true);
        let mut table = self.table.borrow_mut();
        match found {
            Some(id) => Some(Rc::clone(&table.entries[id as usize].summary)),
            None => {
                table.give_up();
                None
            }
        }
    }

    /// The present approximation of a summary, on which what `by` finds rests from now on: all there is to it, but for a
    /// recursion through what is being walked. None where what is walked inside one another is too deep: it is looked at
    /// before `by` is looked at again.
    pub(super) fn ask(
        &self,
        context: &Context,
        by: ContextId,
        depth: u32,
    ) -> (ContextId, Option<Rc<Summary>>) {
        let (id, is_begun) = self.table.borrow_mut().open(context);
        let found = if is_begun { Some(id) } else { self.ask_inside(context, depth + DEPTH_OF_WALK) };
        let mut table = self.table.borrow_mut();
        match found {
            Some(id) => (id, Some(table.rest(by, id))),
            None => {
                let id = table.id_of(context).unwrap_or(id);
                table.entries[id as usize].dependents.insert(by);
                (id, None)
            }
        }
    }

    fn ask_inside(&self, context: &Context, depth: u32) -> Option<ContextId> {
        {
            let mut table = self.table.borrow_mut();
            if table.depth + depth > MAX_DEPTH || table.is_exhausted(self.owed) {
                return None;
            }
            table.depth += depth;
        }
        let found = self.fixpoint(context, false);
        self.table.borrow_mut().depth -= depth;
        found
    }

    /// Finds the summary of a context: once, where it rests on what is in progress; else to its end.
    fn fixpoint(&self, context: &Context, is_root: bool) -> Option<ContextId> {
        loop {
            let (id, is_begun) = self.table.borrow_mut().open(context);
            if is_root {
                self.table.borrow_mut().root = id;
            }
            if is_begun {
                return Some(id);
            }
            if !self.look(id) && !is_root {
                return None;
            }
            if self.table.borrow().in_progress(id).is_some() {
                return Some(id);
            }
            self.table.borrow_mut().entries[id as usize].is_in_progress = true;
            while let Some(next) = self.next(id) {
                self.look(next);
            }
            let mut table = self.table.borrow_mut();
            table.entries[id as usize].is_in_progress = false;
            if table.is_exhausted(self.owed) {
                return None;
            }
            if table.settle(id) {
                return Some(id);
            }
        }
    }

    fn next(&self, from: ContextId) -> Option<ContextId> {
        let mut table = self.table.borrow_mut();
        if table.is_exhausted(self.owed) { None } else { table.next(from) }
    }

    /// Walks a context. False where something that it calls is to be looked at first, and then it again.
    fn look(&self, id: ContextId) -> bool {
        let (context, was_in_progress) = {
            let mut table = self.table.borrow_mut();
            table.open.remove(&id);
            let entry = &mut table.entries[id as usize];
            entry.is_begun = true;
            entry.rests_on = None;
            let was_in_progress = std::mem::replace(&mut entry.is_in_progress, true);
            (Rc::clone(&entry.context), was_in_progress)
        };
        let found = Walk::new(self, id, &context).run();
        let mut table = self.table.borrow_mut();
        let is_root = id == table.root;
        let entry = &mut table.entries[id as usize];
        entry.is_in_progress = was_in_progress;
        let Some((exits, before)) = found else {
            table.work += 1;
            table.open.insert(id);
            return false;
        };
        entry.before = Rc::new(before);
        // Of a handler every way out is told.
        table.improve(id, if is_root { exits } else { bounded(exits) });
        true
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
