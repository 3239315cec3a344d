//! What can go wrong on the way, before anything is reported: noted while the paths are walked, told per handler.
//!
//! Every function notes what happens in it, and whom it calls, while nothing has been reported since it began. What
//! is reached from a handler through such notes alone happens before the handler has reported.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use smol_str::SmolStr;

use super::call::Call;
use super::state::{At, Duty, Known, State, Value};
use super::summary::{Context, ContextId};
use super::trace::{StepKind, TraceStep};
use super::walk::Walk;
use super::{Duties, MAX_STEPS};
use crate::facts::{
    CastKind, Condition, ExprId, ExprKind, FileFacts, Node, Pattern, StmtKind, TypeKind, TypeRef,
};
use crate::program::{ExprRef, FunctionRef, Place, Program, Scope};
use crate::source::Span;
use crate::vocabulary::{Match, OutsideCall, Waits, is_reporter_type};

/// A condition that is remembered on every path: on which thread it runs decides what may wait.
pub(super) const ON_MAIN_THREAD: &str = "Thread.isMainThread";

/// What ends a provider.
const INVALIDATE: &str = "invalidate";

/// Something that can go wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hazard {
    /// Something that the payload may lack is taken for granted: nil, another type or an error crashes.
    Crashes,
    /// The thread stands still; what it waits for.
    Waits(Waits),
    /// An SDK is given an identifier that is empty where the payload lacks it; the SDK's name.
    EmptyIdentifier(SmolStr),
    /// A provider is told that it is not needed any more.
    Invalidates,
}

/// Something that can go wrong before a handler has reported.
#[derive(Clone, Debug)]
pub struct BeforeReport {
    /// What.
    pub hazard: Hazard,
    /// Where.
    pub at: At,
    /// The calls that lead there, in order.
    pub steps: Vec<TraceStep>,
}

/// What a function does while nothing has been reported since it began.
#[derive(Debug, Default)]
pub(super) struct Before {
    hazards: BTreeSet<(At, Hazard)>,
    calls: BTreeMap<ContextId, At>,
}

/// Whether a call is one of a method of a property that holds a provider.
fn is_of_provider(program: &Program, at: FunctionRef, callee: ExprId) -> bool {
    let ExprKind::Member { base: Some(base), .. } = program.file(at.file).expr(callee).kind else {
        return false;
    };
    let scope = Scope::default();
    let ty = program.type_of(&Place::of(program, at, &scope), base);
    ty.is_some_and(|ty| program.outside_type(&ty).is_some_and(is_reporter_type))
}

impl Duties<'_> {
    /// Whether something is called in a function that a thread may wait in, or a provider is invalidated.
    pub(super) fn is_hazardous(&self, at: FunctionRef) -> bool {
        if let Some(known) = self.hazardous.borrow().get(&at) {
            return *known;
        }
        let facts = self.program.file(at.file);
        let mut is_hazardous = false;
        if let Some(body) = self.program.body(at) {
            facts.each_node(body, |node| {
                let Node::Expr(id) = node else { return };
                let ExprKind::Call { callee, .. } = facts.expr(id).kind else { return };
                let Some(name) = Program::callee_name(facts, callee) else { return };
                is_hazardous |= self.vocabulary.may_wait(&name)
                    || name == INVALIDATE && is_of_provider(self.program, at, callee);
            });
        }
        self.hazardous.borrow_mut().insert(at, is_hazardous);
        is_hazardous
    }

    /// What can go wrong before a handler has reported, each at its nearest call.
    pub(super) fn before_report(&self, root: &Context) -> Vec<BeforeReport> {
        let table = self.table.borrow();
        let mut found: BTreeMap<(At, Hazard), Vec<TraceStep>> = BTreeMap::new();
        let Some(root) = table.id_of(root) else { return Vec::new() };
        // How each of them is called on the shortest way: by whom, where, and how many calls away from the handler.
        let mut called: HashMap<ContextId, (ContextId, At, u32)> = HashMap::new();
        let steps = |called: &HashMap<ContextId, (ContextId, At, u32)>, at: ContextId| {
            let mut callee = at;
            let mut steps = Vec::new();
            while let Some((caller, at, depth)) = called.get(&callee).filter(|_| steps.len() < MAX_STEPS) {
                let (function, _) = table.before(callee);
                let kind = StepKind::Enter(self.display_name(function));
                steps.push(TraceStep { at: *at, depth: *depth, kind });
                callee = *caller;
            }
            steps.reverse();
            steps
        };
        let mut open = VecDeque::from([(root, 0)]);
        while let Some((context, depth)) = open.pop_front() {
            let (_, before) = table.before(context);
            for hazard in &before.hazards {
                found.entry(hazard.clone()).or_insert_with(|| steps(&called, context));
            }
            for (callee, at) in &before.calls {
                if *callee != root && !called.contains_key(callee) {
                    called.insert(*callee, (context, *at, depth));
                    open.push_back((*callee, depth + 1));
                }
            }
        }
        found.into_iter().map(|((at, hazard), steps)| BeforeReport { hazard, at, steps }).collect()
    }
}

impl Walk<'_> {
    /// Whether what happens now happens before a report, on a path that is really gone.
    fn is_before(&self, state: &State) -> bool {
        // A registry with a queue of its own is rare: the handler runs on the main thread.
        !self.is_trying
            && state.key.duty == Duty::None
            && state.key.suspended.is_none()
            && state.decided(ON_MAIN_THREAD) != Some(false)
    }

    fn note(&mut self, at: At, hazard: Hazard) {
        self.before.hazards.insert((at, hazard));
    }

    /// A function of the project is called.
    pub(super) fn note_call(&mut self, callee: ContextId, at: At, state: &State) {
        if self.is_before(state) {
            self.before.calls.entry(callee).or_insert(at);
        }
    }

    /// `value!`, `value as! T`, `try! value`: a crash where something from the payload is not as expected.
    pub(super) fn note_forced(&mut self, whole: ExprId, inner: ExprId, found: &[(State, Value)]) {
        let is_open = |(state, value): &(State, Value)| {
            value.is_derived() && matches!(value.known, Known::Any | Known::Nil) && self.is_before(state)
        };
        if !found.iter().any(is_open) {
            return;
        }
        let file = self.duties.program.file(self.function.file);
        let is_tested =
            is_tested_before(file, self.duties.program.function(self.context.function).span, inner);
        if !is_tested && !is_always_right(file, whole) {
            self.note(self.at(file.expr(whole).span), Hazard::Crashes);
        }
    }

    /// A call to something outside the project.
    pub(super) fn note_outside(
        &mut self,
        found: &Match<'_>,
        outside: &OutsideCall,
        call: &Call<'_>,
        state: &State,
    ) {
        if !self.is_before(state) {
            return;
        }
        if outside.name == INVALIDATE && outside.receiver.as_deref().is_some_and(is_reporter_type) {
            self.note(call.at, Hazard::Invalidates);
        }
        if let Some(position) = found.identifier
            && let Some(value) = call.values.get(position)
            && value.known == Known::MayBeEmpty
        {
            let arg = self.duties.program.file(self.function.file).expr(call.args[position].value);
            self.note(self.at(arg.span), Hazard::EmptyIdentifier(found.name.into()));
        }
        if let Some(waits) = found.waits
            && self.really_waits(waits, outside, call)
        {
            self.note(call.at, Hazard::Waits(waits));
        }
    }

    /// What the call alone does not tell: a semaphore may be a lock, and a URL may name a file.
    fn really_waits(&self, waits: Waits, outside: &OutsideCall, call: &Call<'_>) -> bool {
        match waits {
            Waits::Signal => outside
                .chain
                .last()
                .and_then(|name| self.value_of(name))
                .is_some_and(|value| self.is_made_of(value, "DispatchSemaphore", "0")),
            Waits::Download => call.args.first().is_some_and(|arg| {
                let here = ExprRef { file: self.function.file, id: arg.value };
                let value = match &self.duties.program.expr(here).kind {
                    ExprKind::Name(name) => self.value_of(name).unwrap_or(here),
                    _ => here,
                };
                self.is_remote(value)
            }),
            Waits::MainQueue | Waits::Work | Waits::Time | Waits::Events => true,
        }
    }

    /// The value that a local variable or a property begins with.
    fn value_of(&self, name: &SmolStr) -> Option<ExprRef> {
        let program = self.duties.program;
        let file = program.file(self.function.file);
        if self.scope.get(name).is_some() {
            let body = program.function(self.context.function).span;
            let binds = |pattern: &Pattern| pattern.names().first().is_some_and(|bound| *bound == name);
            let mut found = file.stmts_in(body).flat_map(|(_, stmt)| {
                let (declared, conditions) = match &stmt.kind {
                    StmtKind::Let { pattern, value, .. } if binds(pattern) => (*value, &[][..]),
                    StmtKind::If { conditions, .. } | StmtKind::Guard { conditions, .. } => {
                        (None, conditions.as_slice())
                    }
                    _ => (None, &[][..]),
                };
                let bound = conditions.iter().filter_map(|condition| match condition {
                    Condition::Bind { pattern, value, .. } if binds(pattern) => *value,
                    _ => None,
                });
                declared.into_iter().chain(bound).collect::<Vec<_>>()
            });
            let first = found.next()?;
            return found.next().is_none().then_some(ExprRef { file: self.function.file, id: first });
        }
        let property = program.property_named(&self.place(), name)?;
        let initial = program.property(property).initial?;
        Some(ExprRef { file: property.file, id: initial })
    }

    /// `Type(label: number)`
    fn is_made_of(&self, value: ExprRef, ty: &str, number: &str) -> bool {
        let file = self.duties.program.file(value.file);
        let ExprKind::Call { callee, args, .. } = &file.expr(value.id).kind else { return false };
        matches!(&file.expr(*callee).kind, ExprKind::Name(name) if name == ty)
            && matches!(args.as_slice(), [arg]
                if matches!(&file.expr(arg.value).kind, ExprKind::Number(text) if text == number))
    }

    /// Whether a URL is made from a text, which names something in the network.
    fn is_remote(&self, value: ExprRef) -> bool {
        let file = self.duties.program.file(value.file);
        let mut is_remote = false;
        file.each_node_in(value.id, |node| {
            if let Node::Expr(id) = node
                && let ExprKind::Call { callee, args, .. } = &file.expr(id).kind
                && matches!(&file.expr(*callee).kind, ExprKind::Name(name) if name == "URL")
            {
                is_remote |= args.first().is_some_and(|arg| arg.label.as_deref() == Some("string"));
            }
        });
        is_remote
    }

    /// What a condition asks about is no longer taken for empty.
    pub(super) fn forget_empty(&self, asked: ExprId, states: &mut [State]) {
        let file = self.duties.program.file(self.function.file);
        let mut names = Vec::new();
        file.each_node_in(asked, |node| {
            if let Node::Expr(id) = node {
                names.extend(self.local_named(id));
            }
        });
        for state in states {
            for id in &names {
                let value = state.local(*id);
                if value.known == Known::MayBeEmpty {
                    state.set_local(*id, Value::from(value.origin));
                }
            }
        }
    }
}

/// Casts and calls that do not fail for what a push carries: its dictionary has texts for keys, and came as JSON.
fn is_always_right(file: &FileFacts, whole: ExprId) -> bool {
    match &file.expr(whole).kind {
        ExprKind::Cast(CastKind::Force, inner, _) => is_dictionary_of_push(file, *inner),
        ExprKind::Try(_, inner) => match &file.expr(*inner).kind {
            ExprKind::Call { args, .. } => {
                args.first().is_some_and(|arg| arg.label.as_deref() == Some("withJSONObject"))
            }
            _ => false,
        },
        // Nil only for no bytes at all.
        ExprKind::ForceUnwrap(inner) => {
            matches!(&file.expr(*inner).kind, ExprKind::Member { name, .. } if name == "baseAddress")
        }
        _ => false,
    }
}

/// Whether an expression is the whole of what a push carries.
pub(super) fn is_dictionary_of_push(file: &FileFacts, expr: ExprId) -> bool {
    match &file.expr(expr).kind {
        ExprKind::Member { name, .. } => name == "dictionaryPayload",
        ExprKind::Cast(CastKind::Upcast, inner, _) => is_dictionary_of_push(file, *inner),
        _ => false,
    }
}

/// Whether a cast to this type cannot fail for what a push carries: it is a dictionary of texts and anything, as it came as JSON.
pub(super) fn takes_push(to: &TypeRef) -> bool {
    let is_named =
        |ty: &TypeRef, names: &[&str]| ty.name().is_some_and(|name| names.contains(&name.as_str()));
    match &to.unwrapped().kind {
        TypeKind::Dictionary(key, value) => {
            is_named(key, &["String", "NSString", "AnyHashable", "NSObject"])
                && is_named(value.unwrapped(), &["Any", "AnyObject", "NSObject"])
        }
        _ => is_named(to.unwrapped(), &["NSDictionary"]),
    }
}

/// Whether the function asks of the same value, somewhere before, if it is nil or of a type.
fn is_tested_before(file: &FileFacts, body: Span, value: ExprId) -> bool {
    let before = file.expr(value).span.start;
    file.exprs_in(body).filter(|(_, expr)| expr.span.start < before).any(|(_, expr)| match &expr.kind {
        ExprKind::Equal(a, b, _) => {
            let is_nil = |id: ExprId| matches!(file.expr(id).kind, ExprKind::Nil);
            is_nil(*b) && is_same(file, *a, value) || is_nil(*a) && is_same(file, *b, value)
        }
        ExprKind::Cast(CastKind::Test | CastKind::Optional, tested, _) => is_same(file, *tested, value),
        _ => false,
    })
}

/// How deep expressions are compared.
const MAX_COMPARED: u32 = 50;

/// Whether two expressions are written alike.
fn is_same(file: &FileFacts, a: ExprId, b: ExprId) -> bool {
    let mut open = vec![(a, b, 0)];
    while let Some((a, b, depth)) = open.pop() {
        let (left, right) = (&file.expr(a).kind, &file.expr(b).kind);
        let is_alike = match (left, right) {
            (ExprKind::Name(a), ExprKind::Name(b)) | (ExprKind::Str(a), ExprKind::Str(b)) => a == b,
            (ExprKind::Number(a), ExprKind::Number(b)) => a == b,
            (ExprKind::Member { name: a, .. }, ExprKind::Member { name: b, .. }) => a == b,
            (ExprKind::SelfRef, ExprKind::SelfRef)
            | (ExprKind::Subscript { .. }, ExprKind::Subscript { .. })
            | (ExprKind::Call { .. }, ExprKind::Call { .. })
            | (ExprKind::ForceUnwrap(_), ExprKind::ForceUnwrap(_)) => true,
            _ => false,
        };
        let (left, right) = (left.operands(), right.operands());
        if !is_alike || depth > MAX_COMPARED || left.len() != right.len() {
            return false;
        }
        open.extend(left.into_iter().zip(right).map(|(a, b)| (a, b, depth + 1)));
    }
    true
}
