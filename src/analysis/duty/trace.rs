//! The steps of a path, for people.

use std::rc::Rc;

use smol_str::SmolStr;

use super::state::At;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceStep {
    /// Where.
    pub at: At,
    /// What.
    pub kind: StepKind,
    /// How many functions deep, the handler being 0.
    pub depth: u32,
}

/// How a condition decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchKind {
    /// It holds.
    Holds,
    /// It does not hold.
    Fails,
    /// The value is nil.
    Nil,
    /// The value is nil, and it comes from the payload.
    Lacking,
    /// A property is nil.
    Unset,
    /// The value is not nil.
    NotNil,
    /// This case of a `switch` is taken.
    Case,
    /// The error is caught here.
    Caught,
}

/// What happens at a step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// A function of the project is called.
    Enter(SmolStr),
    /// A condition decides.
    Branch(BranchKind),
    /// A loop runs no round.
    NoRound,
    /// An error is thrown here.
    Throw,
    /// A chain is skipped, its base being nil.
    Skip,
    /// A call is reported; the words name the reporter.
    Report(SmolStr),
    /// The report is put off; the words name what puts it off.
    Defer(SmolStr),
    /// Code that cannot be seen gets the payload or a closure that reports; the words say which and why.
    HandOut(SmolStr),
    /// Something that is easily taken for a report; the words say why it is none.
    TakenForReport(SmolStr),
    /// A function of the project is left on the way that does not report.
    Leave,
    /// From here on no report is due; the words say why. Only where the analysis goes into detail.
    Excuse(SmolStr),
}

/// Calls inside one another, outermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Calls(Option<Rc<[At]>>);

/// Of more calls inside one another than this the innermost ones are left out, the last of all excepted: there is an
/// end to a recursion.
const MAX_CALLS: usize = 6;

impl Calls {
    /// A call that does it itself.
    pub(super) fn of(at: At) -> Self {
        Self(Some([at].into()))
    }

    /// The same, called from `at`.
    pub(super) fn from(&self, at: At) -> Self {
        let inner = self.0.as_deref().unwrap_or_default();
        let last = inner.len().saturating_sub(1);
        let kept = last.min(MAX_CALLS - 2);
        Self(Some(std::iter::once(at).chain(inner[..kept].iter().chain(&inner[last..]).copied()).collect()))
    }
}

/// The steps of a path: shared, newest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace(Option<Rc<Node>>);

#[derive(Debug)]
struct Node {
    item: Item,
    before: Trace,
    len: u32,
}

#[derive(Clone, Debug)]
enum Item {
    Step(At, StepKind),
    Inside(Trace),
}

impl Trace {
    pub(super) fn len(&self) -> u32 {
        self.0.as_ref().map_or(0, |node| node.len)
    }

    pub(super) fn step(&self, at: At, kind: StepKind) -> Trace {
        self.push(Item::Step(at, kind), 1)
    }

    /// The steps of `inside`, which happened in a function called here.
    pub(super) fn inside(&self, inside: &Trace) -> Trace {
        if inside.0.is_none() { self.clone() } else { self.push(Item::Inside(inside.clone()), inside.len()) }
    }

    fn push(&self, item: Item, len: u32) -> Trace {
        let len = self.len().saturating_add(len);
        Trace(Some(Rc::new(Node { item, before: self.clone(), len })))
    }

    /// The steps, oldest first; of more than `most` the last ones.
    pub(super) fn steps(&self, most: usize) -> Vec<TraceStep> {
        let mut steps = Vec::new();
        let mut open: Vec<(Trace, u32)> = vec![(self.clone(), 0)];
        while let Some((trace, depth)) = open.pop() {
            let Some(node) = &trace.0 else { continue };
            open.push((node.before.clone(), depth));
            match &node.item {
                Item::Step(at, kind) => steps.push(TraceStep { at: *at, kind: kind.clone(), depth }),
                Item::Inside(inside) => open.push((inside.clone(), depth + 1)),
            }
            if steps.len() >= most {
                break;
            }
        }
        steps.reverse();
        steps
    }
}

impl Drop for Trace {
    /// Long and deep traces are dropped in a loop: no recursion through what is before or inside.
    fn drop(&mut self) {
        let mut open: Vec<Rc<Node>> = self.0.take().into_iter().collect();
        while let Some(node) = open.pop() {
            let Ok(mut node) = Rc::try_unwrap(node) else { continue };
            open.extend(node.before.0.take());
            if let Item::Inside(inside) = &mut node.item {
                open.extend(inside.0.take());
            }
        }
    }
}
