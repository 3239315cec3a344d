//! The walk: expressions, and what is read and written.

use std::collections::BTreeSet;

use super::frame::Frame;
use super::state::{Slot, State, Value};
use super::timeline::{EventKind, Fact, IsSet};
use super::walk::Walk;
use crate::analysis::calls::Body;
use crate::analysis::graph::function_at;
use crate::facts::{Arg, ExprId, ExprKind, FileFacts, Property, StmtKind, TryKind};
use crate::finding::Step;
use crate::program::{LocalId, PropertyRef, Ty};
use crate::source::Span;
use crate::vocabulary::{asks_permission, is_registry_type, is_reporter_type};

/// Property wrappers that keep their initial value for later.
const WRAPPERS_THAT_WAIT: [&str; 4] = ["StateObject", "Lazy", "LazyInjected", "Atomic"];

/// What an assignment to `desiredPushTypes` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PushTypes {
    /// Calls, or something that is not known.
    Calls,
    /// Other pushes only.
    Others,
    /// None.
    None,
}

impl Walk<'_> {
    pub(super) fn eval(&mut self, expr: ExprId, expected: Option<&Ty>, state: &mut State) -> Value {
        if state.is_dead {
            return Value::default();
        }
        match self.kind(expr) {
            ExprKind::Name(name) => {
                let file = self.frame().file;
                if let Some(local) = self.frame().scope.get(name) {
                    let slot = Slot::Local(file, local.id);
                    return state.values.get(&slot).cloned().unwrap_or_default();
                }
                match self.unit.program.property_named(&self.place(), name) {
                    Some(property) => self.read(property, Some(self.span(expr)), state),
                    None => Value::default(),
                }
            }
            ExprKind::Member { base: Some(base), name_span, .. } => {
                self.eval(*base, None, state);
                match self.unit.program.property_at(&self.place(), expr) {
                    Some(property) => self.read(property, Some(*name_span), state),
                    None => Value::default(),
                }
            }
            // `.shared` of the type that is wanted here.
            ExprKind::Member { base: None, name, name_span, .. } => {
                let property =
                    expected.and_then(Ty::project).and_then(|ty| self.unit.program.find_property(ty, name));
                property.map_or_else(Value::default, |property| self.read(property, Some(*name_span), state))
            }
            ExprKind::Call { callee, args, .. } => self.call(*callee, args, expected, state),
            ExprKind::Subscript { base, args, .. } => {
                self.eval(*base, None, state);
                self.eval_all(args.iter().map(|arg| arg.value), state)
            }
            ExprKind::Await(inner) => {
                let value = self.eval(*inner, expected, state);
                if self.asks_permission(*inner) {
                    self.hold(Fact::Answered, state);
                }
                value
            }
            ExprKind::ForceUnwrap(inner)
            | ExprKind::Cast(_, inner, _)
            | ExprKind::Try(TryKind::Throws | TryKind::Force, inner) => self.eval(*inner, expected, state),
            ExprKind::Try(TryKind::Optional, inner) => {
                let before = state.clone();
                let value = self.eval(*inner, expected, state);
                state.absorb(before);
                value
            }
            ExprKind::Closure(id) => {
                let at = function_at(self.frame().file, *id);
                self.closure(at, state)
            }
            ExprKind::Nil => Value::nil(),
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                self.eval(*a, None, state);
                let skipped = state.clone();
                self.eval(*b, None, state);
                state.absorb(skipped);
                Value::default()
            }
            ExprKind::Coalesce(a, b) => {
                let first = self.eval(*a, expected, state);
                let skipped = state.clone();
                let second = self.eval(*b, expected, state);
                state.absorb(skipped);
                first.or(second)
            }
            ExprKind::Ternary(condition, a, b) => {
                let (mut hold, mut fail) = self.condition(*condition, std::mem::take(state));
                let first = self.eval(*a, expected, &mut hold);
                let second = self.eval(*b, expected, &mut fail);
                *state = hold.join(fail);
                first.or(second)
            }
            ExprKind::Statement(stmt) => {
                let block = crate::facts::Block { stmts: vec![*stmt], span: self.span(expr) };
                self.block(&block, state)
            }
            kind @ (ExprKind::Array(_)
            | ExprKind::Dictionary(_)
            | ExprKind::Tuple(_)
            | ExprKind::Interpolated(_)
            | ExprKind::Operator(..)
            | ExprKind::Not(_)
            | ExprKind::Equal(..)
            | ExprKind::Other(_)) => self.eval_all(kind.operands().into_iter(), state),
            ExprKind::SelfRef
            | ExprKind::Super
            | ExprKind::Bool(_)
            | ExprKind::Str(_)
            | ExprKind::Number(_)
            | ExprKind::Type(_)
            | ExprKind::Selector(_)
            | ExprKind::KeyPath(_)
            | ExprKind::Damaged => Value::default(),
        }
    }

    /// Whether a call in what is awaited asks for something to be allowed, whatever stands around it: `await` is for all that
    /// follows, up to the next one.
    fn asks_permission(&self, awaited: ExprId) -> bool {
        let mut left = vec![awaited];
        while let Some(expr) = left.pop() {
            match self.kind(expr) {
                ExprKind::Call { callee, .. } if matches!(self.kind(*callee), ExprKind::Member { name, .. } if asks_permission(name)) =>
                {
                    return true;
                }
                ExprKind::Await(_) => {}
                // What comes behind may not be asked.
                ExprKind::And(first, _)
                | ExprKind::Or(first, _)
                | ExprKind::Coalesce(first, _)
                | ExprKind::Ternary(first, ..) => left.push(*first),
                kind => left.extend(kind.operands()),
            }
        }
        false
    }

    fn eval_all(&mut self, all: impl Iterator<Item = ExprId>, state: &mut State) -> Value {
        for expr in all {
            self.eval(expr, None, state);
        }
        Value::default()
    }

    /// The value of a property, read at a place; what is built at its first use is built.
    pub(super) fn read(&mut self, at: PropertyRef, span: Option<Span>, state: &mut State) -> Value {
        let program = self.unit.program;
        let property = program.property(at);
        if let Some(getter) = property.getter {
            let getter = function_at(at.file, getter);
            return self.enter(getter, Vec::new(), None, state);
        }
        if is_built_at_first_use(property) && property.initial.is_some() && !state.built.contains(&at) {
            state.built.insert(at, ());
            if self.unit.reach.is_relevant(Body::Initial(at)) && !self.building.contains(&at) {
                let text = || format!("`{}` is used for the first time here, which builds it", property.name);
                let step = span.map(|span| self.step(span, text()));
                self.building.push(at);
                self.initial(at, step, state);
                self.building.pop();
            }
        }
        let value = state.values.get(&Slot::Property(at)).cloned().unwrap_or_default();
        let is_registry = || {
            let ty = program.type_of_property(at);
            ty.is_some_and(|ty| program.outside_type(&ty).is_some_and(is_registry_type))
        };
        if value.registries.is_empty() && !value.is_nil && is_registry() {
            let registry = self.unseen_registry(Slot::Property(at));
            return Value { registries: BTreeSet::from([registry]), ..value };
        }
        value
    }

    /// Runs the initial value of a property.
    pub(super) fn initial(&mut self, at: PropertyRef, step: Option<Step>, state: &mut State) {
        let program = self.unit.program;
        let property = program.property(at);
        let Some(initial) = property.initial else { return };
        let waits = |name: &str| WRAPPERS_THAT_WAIT.contains(&name);
        if property.attributes.iter().any(|attribute| waits(&attribute.name)) {
            return;
        }
        self.visited.insert(Body::Initial(at));
        let mut frame = Frame::new(at.file, None, program.property_owner(at), step);
        frame.initial_of = Some(at);
        self.in_frame(frame, state, |walk, state| {
            let ty = program.type_of_property(at);
            let value = walk.eval(initial, ty.as_ref(), state);
            walk.store(at, &value, property.name_span, state);
            value
        });
    }

    /// `target = value`
    pub(super) fn assign(&mut self, target: ExprId, value: ExprId, state: &mut State) {
        let span = self.span(target);
        if let ExprKind::Member { base: Some(base), name, .. } = self.kind(target) {
            let holder = self.eval(*base, None, state);
            let ty = self.type_of(*base);
            let outside = ty.as_ref().and_then(|ty| self.unit.program.outside_type(ty));
            let is_registry = outside.is_some_and(is_registry_type) || !holder.registries.is_empty();
            let is_reporter = outside.is_some_and(is_reporter_type);
            match name.as_str() {
                "desiredPushTypes" => {
                    let registries = self.registries(*base, holder);
                    self.eval(value, None, state);
                    match push_types(self.facts(), value) {
                        PushTypes::Calls => self.armed(&registries, span, state),
                        PushTypes::Others | PushTypes::None => {}
                    }
                    return;
                }
                "delegate" if is_registry => {
                    let registries = self.registries(*base, holder);
                    let is_nil = self.eval(value, None, state).is_nil;
                    for registry in registries {
                        if is_nil {
                            state.delegates.to_mut().insert(registry, IsSet::No);
                        } else {
                            self.event(EventKind::RegistryDelegateSet, span, Some(registry), None, state);
                            state.delegates.to_mut().insert(registry, IsSet::Yes);
                        }
                    }
                    return;
                }
                "delegate" if is_reporter => {
                    self.eval(value, None, state);
                    self.event(EventKind::ProviderDelegateSet, span, None, None, state);
                    return;
                }
                _ => {}
            }
        }
        let ty = self.type_of(target);
        let before = state.facts.clone();
        let found = self.eval(value, ty.as_ref(), state);
        if let ExprKind::Name(name) = self.kind(target)
            && let Some(local) = self.frame().scope.get(name)
        {
            let slot = Slot::Local(self.frame().file, local.id);
            state.set(slot, found);
            return;
        }
        if let Some(property) = self.unit.program.property_at(&self.place(), target) {
            let span = self.name_span(target);
            if matches!(self.kind(value), ExprKind::Call { .. }) {
                self.imply(property, &before, state);
            }
            self.store(property, &found, span, state);
            self.observe(property, span, state);
        }
    }

    /// Runs the observers of a property, and its setter.
    fn observe(&mut self, at: PropertyRef, span: Span, state: &mut State) {
        let property = self.unit.program.property(at);
        let in_init = self.frame().function.is_some_and(|function| {
            self.unit.program.function(function).kind == crate::facts::FunctionKind::Initializer
                && self.unit.program.owner(function) == self.unit.program.property_owner(at)
        });
        if in_init && property.setter.is_none() {
            return;
        }
        for observer in property.setter.iter().chain(&property.observers) {
            let text = format!("setting `{}` runs its observer", property.name);
            let step = self.step(span, text);
            self.enter(function_at(at.file, *observer), Vec::new(), Some(step), state);
        }
    }

    /// The registries that an expression may be: one of its own where nothing is known.
    fn registries(&mut self, base: ExprId, value: Value) -> BTreeSet<usize> {
        if !value.registries.is_empty() {
            return value.registries;
        }
        let mut base = base;
        while let ExprKind::ForceUnwrap(inner) = self.kind(base) {
            base = *inner;
        }
        let file = self.frame().file;
        let local = match self.kind(base) {
            ExprKind::Name(name) => self.frame().scope.get(name).map(|local| Slot::Local(file, local.id)),
            _ => None,
        };
        let property = self.unit.program.property_at(&self.place(), base).map(Slot::Property);
        let anonymous = Slot::Local(file, LocalId(self.span(base).start));
        BTreeSet::from([self.unseen_registry(local.or(property).unwrap_or(anonymous))])
    }

    /// Where the name stands that an expression ends in.
    pub(super) fn name_span(&self, expr: ExprId) -> Span {
        match self.kind(expr) {
            ExprKind::Member { name_span, .. } => *name_span,
            ExprKind::ForceUnwrap(inner) => self.name_span(*inner),
            _ => self.span(expr),
        }
    }

    /// Whether a queue is one of its own: neither `nil` nor the main queue.
    pub(super) fn is_own_queue(&self, queue: ExprId, hops: u8) -> bool {
        match self.kind(queue) {
            ExprKind::Call { callee, .. } => {
                let name = super::holders::constructed_name(self.facts(), *callee);
                name.is_some_and(|name| matches!(name.as_str(), "DispatchQueue" | "global" | "init"))
            }
            ExprKind::ForceUnwrap(inner) | ExprKind::Cast(_, inner, _) => self.is_own_queue(*inner, hops),
            ExprKind::Name(_) | ExprKind::Member { .. } if hops < 4 => self.is_own_named(queue, hops),
            _ => false,
        }
    }

    fn is_own_named(&self, queue: ExprId, hops: u8) -> bool {
        let program = self.unit.program;
        if let ExprKind::Name(name) = self.kind(queue)
            && self.frame().scope.get(name).is_some()
        {
            // A local: the value that it is declared with, in this file.
            let facts = self.facts();
            let declared = facts.stmts_in(self.frame_span()).find_map(|(_, stmt)| match &stmt.kind {
                StmtKind::Let { pattern, value: Some(value), .. } if pattern.names().contains(&name) => {
                    Some(*value)
                }
                _ => None,
            });
            return declared.is_some_and(|value| self.is_own_queue(value, hops + 1));
        }
        let Some(property) = program.property_at(&self.place(), queue) else { return false };
        let Some(initial) = program.property(property).initial else { return false };
        if property.file == self.frame().file {
            return self.is_own_queue(initial, hops + 1);
        }
        let facts = program.file(property.file);
        match &facts.expr(initial).kind {
            ExprKind::Call { callee, .. } => {
                let name = super::holders::constructed_name(facts, *callee);
                name.is_some_and(|name| matches!(name.as_str(), "DispatchQueue" | "global" | "init"))
            }
            _ => false,
        }
    }

    /// Whether a span lies in the function that is being walked.
    /// Where the code of the frame stands: in a function, or anywhere in the file.
    fn frame_span(&self) -> Span {
        let function = self.frame().function;
        function.map_or(Span { start: 0, end: u32::MAX }, |at| self.unit.program.function(at).span)
    }
}

/// Whether a property is built when it is first used, rather than with its owner.
pub(super) fn is_built_at_first_use(property: &Property) -> bool {
    property.modifiers.is_lazy || property.modifiers.is_static || property.owner.is_none()
}

/// What an assignment of this value to `desiredPushTypes` asks for.
pub(super) fn push_types(facts: &FileFacts, value: ExprId) -> PushTypes {
    let elements: Vec<ExprId> = match &facts.expr(value).kind {
        ExprKind::Nil => return PushTypes::None,
        ExprKind::Array(elements) => elements.clone(),
        ExprKind::Cast(_, inner, _) | ExprKind::ForceUnwrap(inner) => return push_types(facts, *inner),
        // `Set([.voIP])`, `Set<PKPushType>()`
        ExprKind::Call { callee, args, .. } => {
            let is_set = match &facts.expr(*callee).kind {
                ExprKind::Name(name) => name == "Set",
                ExprKind::Type(ty) => ty.name().is_some_and(|name| name == "Set"),
                _ => false,
            };
            return match args.as_slice() {
                [] if is_set => PushTypes::None,
                [Arg { value, .. }] if is_set => push_types(facts, *value),
                _ => PushTypes::Calls,
            };
        }
        _ => return PushTypes::Calls,
    };
    if elements.is_empty() {
        return PushTypes::None;
    }
    let is_other = |element: &ExprId| {
        let name = match &facts.expr(*element).kind {
            ExprKind::Member { name, .. } | ExprKind::Name(name) => name.as_str(),
            _ => "",
        };
        matches!(name, "complication" | "fileProvider")
    };
    if elements.iter().all(is_other) { PushTypes::Others } else { PushTypes::Calls }
}
