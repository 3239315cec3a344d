//! What is known at a point of one path.

use crate::analysis::shared::{Shared, SharedMap};
use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::trace::{Calls, StepKind, Trace};
use crate::facts::{BuildCondition, ExprId};
use crate::finding::Confidence;
use crate::program::{FunctionRef, LocalId};
use crate::source::Span;

/// Conditions and plain values that are remembered at most on one path. No function that a person writes comes near it;
/// one that a generator writes must not cost the square of its length.
const MAX_REMEMBERED: usize = 256;

/// What became of the duty to report, on one path so far. A sequence takes the maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Nothing yet.
    None,
    /// Code that cannot be seen may report.
    HandedOut,
    /// Code that runs after the handler returned reports.
    Deferred,
    /// Reported.
    Reported,
}

/// A place: position of the file in the program, and the bytes.
pub type At = (u32, Span);

/// What is known of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Known {
    /// Nothing.
    #[default]
    Any,
    /// `true` or `false`
    Bool(bool),
    /// `nil`
    Nil,
    /// Not nil.
    Something,
    /// A text that is empty where the payload lacks something: `… ?? ""`.
    MayBeEmpty,
    /// The text of a UUID, of which a UUID can be made again.
    UuidText,
    /// An enum case.
    Case(SmolStr),
    /// A function or closure of the project.
    Function(FunctionRef),
    /// An argument that is evaluated where what is called asks for it: `@autoclosure`.
    Unevaluated(ExprId),
    /// The closure parameter of that position of the function that is being summarised.
    Param(u16),
    /// The handler's `PKPushPayload`.
    PushPayload,
    /// The handler's push type.
    PushType,
    /// The handler's `PKVoIPPushMetadata`.
    Metadata,
    /// `metadata.mustReport`
    MustReport,
}

/// A value on a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Value {
    /// What is known of it.
    pub known: Known,
    /// What it has to do with the payload.
    pub origin: Origin,
}

/// What a value has to do with the payload of the push.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Origin {
    /// Nothing.
    #[default]
    Own,
    /// It is taken from the payload: one of its fields, or something looked up by one.
    Part,
    /// It is the payload as a whole, its dictionary, or an object made from that.
    Payload,
}

impl Value {
    pub(super) fn known(known: Known) -> Self {
        Self { known, origin: Origin::Own }
    }

    pub(super) fn from(origin: Origin) -> Self {
        Self { known: Known::Any, origin }
    }

    /// Forgets what only tells one path from another.
    pub(super) fn forget(&mut self) {
        if matches!(self.known, Known::Bool(_) | Known::Nil | Known::Something | Known::Case(_)) {
            self.known = Known::Any;
        }
    }

    /// The function or closure that it is known to be.
    pub(super) fn function(&self) -> Option<FunctionRef> {
        match self.known {
            Known::Function(at) => Some(at),
            _ => None,
        }
    }

    pub(super) fn is_derived(&self) -> bool {
        self.origin != Origin::Own
    }
}

/// When a closure parameter is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum When {
    /// Before the function returns.
    Now,
    /// After it returned: it is stored, or passed to something that runs it later.
    Later,
    /// It is given to code that cannot be seen.
    Unseen,
}

/// The path went on without the report because the holder of the reporter is nil.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NilHolder {
    /// The optional chain, or the condition.
    pub at: At,
    /// Written as a way out (`guard let provider else { return }`) rather than as an optional chain.
    pub is_written_out: bool,
}

/// All that is known at a point of one path.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) key: StateKey,
    pub(super) trace: Trace,
}

/// The part of a state that tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StateKey {
    pub(super) duty: Duty,
    pub(super) nil_holder: Option<NilHolder>,
    pub(super) confidence: Confidence,
    /// Closure parameters that were called or passed on.
    pub(super) params: BTreeSet<(u16, When)>,
    /// Implementations of what was called differ in what they do for the duty.
    pub(super) is_disputed: bool,
    /// A suspension point was passed: what called this has gone on.
    pub(super) suspended: Option<At>,
    /// Something that is easily taken for a report was called.
    pub(super) is_taken: bool,
    /// The last place where a function of the project turned away from a report.
    pub(super) turn: Option<At>,
    /// The calls that led to the report, the report last; only where the analysis goes into detail.
    pub(super) reported: Calls,
    /// Local variables of which something is known.
    pub(super) locals: SharedMap<LocalId, Value>,
    /// Conditions that were decided on this path, by their text.
    pub(super) decided: Shared<BTreeMap<SmolStr, bool>>,
}

impl State {
    pub(super) fn start() -> Self {
        Self {
            key: StateKey {
                duty: Duty::None,
                nil_holder: None,
                confidence: Confidence::High,
                params: BTreeSet::new(),
                is_disputed: false,
                suspended: None,
                is_taken: false,
                turn: None,
                reported: Calls::default(),
                locals: SharedMap::default(),
                decided: Shared::default(),
            },
            trace: Trace::default(),
        }
    }

    pub(super) fn step(mut self, at: At, kind: StepKind) -> Self {
        self.trace = self.trace.step(at, kind);
        self
    }

    pub(super) fn raise(&mut self, duty: Duty) {
        let key = &mut self.key;
        key.duty = key.duty.max(duty);
        if key.duty == Duty::Reported {
            key.nil_holder = None;
            key.turn = None;
        }
    }

    pub(super) fn doubt(&mut self, confidence: Confidence) {
        self.key.confidence = self.key.confidence.min(confidence);
    }

    pub(super) fn set_local(&mut self, id: LocalId, mut value: Value) {
        if self.key.locals.len() >= MAX_REMEMBERED {
            value.forget();
        }
        if value == Value::default() {
            self.key.locals.remove(&id);
        } else {
            self.key.locals.insert(id, value);
        }
    }

    /// Somebody may run these closure parameters. What is known of one already says more.
    pub(super) fn pass_on(&mut self, params: &BTreeSet<u16>, when: When) {
        for position in params {
            if !self.key.params.iter().any(|(known, _)| known == position) {
                self.key.params.insert((*position, when));
            }
        }
    }

    /// Forgets variables that are out of scope, given in order.
    pub(super) fn forget_locals(&mut self, gone: &[LocalId]) {
        let locals = &mut self.key.locals;
        if gone.len() < locals.len() {
            gone.iter().for_each(|id| locals.remove(id));
            return;
        }
        let known: Vec<LocalId> = locals.keys().copied().collect();
        known.iter().filter(|id| gone.binary_search(id).is_ok()).for_each(|id| locals.remove(id));
    }

    pub(super) fn local(&self, id: LocalId) -> Value {
        self.key.locals.get(&id).cloned().unwrap_or_default()
    }

    pub(super) fn decide(&mut self, text: &str, holds: bool) {
        if self.key.decided.len() < MAX_REMEMBERED || self.key.decided.contains_key(text) {
            self.key.decided.to_mut().insert(SmolStr::new(text), holds);
        }
    }

    /// Assumes an `#if` condition; false if this path assumed the contrary before.
    pub(super) fn assume_build(&mut self, condition: &BuildCondition) -> bool {
        match condition {
            BuildCondition::Not(inner) if matches!(**inner, BuildCondition::Not(_)) => match &**inner {
                BuildCondition::Not(condition) => self.assume_build(condition),
                _ => true,
            },
            BuildCondition::Not(inner)
                if !matches!(**inner, BuildCondition::And(_) | BuildCondition::Or(_)) =>
            {
                self.assume(&format!("#if {inner:?}"), false)
            }
            BuildCondition::And(parts) => {
                parts.iter().all(|part| part.on_device() == Some(true) || self.assume_build(part))
            }
            other => self.assume(&format!("#if {other:?}"), true),
        }
    }

    fn assume(&mut self, text: &str, holds: bool) -> bool {
        match self.decided(text) {
            Some(known) => known == holds,
            None => {
                self.decide(text, holds);
                true
            }
        }
    }

    pub(super) fn decided(&self, text: &str) -> Option<bool> {
        self.key.decided.get(text).copied()
    }

    /// Forgets conditions on everything of a name.
    pub(super) fn forget_name(&mut self, name: &str) {
        self.forget(|text| text.contains(name) && text.split(['.', '=']).any(|part| part == name));
    }

    /// Forgets conditions that `stale` says may have changed.
    pub(super) fn forget(&mut self, stale: impl Fn(&str) -> bool) {
        if self.key.decided.keys().any(|text| stale(text)) {
            self.key.decided.to_mut().retain(|text, _| !stale(text));
        }
    }
}

/// How a block is left other than over its end.
#[derive(Clone, Debug)]
pub(super) struct Leave {
    pub(super) state: State,
    pub(super) how: How,
    pub(super) at: At,
}

/// How a block is left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    Return(Value),
    Throw,
    Break(Option<SmolStr>),
    Continue(Option<SmolStr>),
    Fallthrough,
}
