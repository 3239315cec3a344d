//! The walk: statements and conditions, all paths at once.

use super::frame::Jump;
use super::once::Asks;
use super::state::{Slot, State, Value};
use super::walk::Walk;
use crate::analysis::graph::function_at;
use crate::facts::{
    Block, Condition, ExprId, ExprKind, FunctionId, Pattern, StmtId, StmtKind, TryKind, TypeRef,
};
use crate::program::{LocalId, Program, Ty};

impl Walk<'_> {
    /// Walks a block; gives the value of its last expression.
    pub(super) fn block(&mut self, block: &Block, state: &mut State) -> Value {
        let mark = self.frame().scope.enter();
        let deferred = self.frame().defers.len();
        let facts = self.facts();
        for id in &block.stmts {
            if let StmtKind::Function(id) = facts.stmt(*id).kind {
                self.local_function(id, state);
            }
        }
        let mut value = Value::default();
        for id in &block.stmts {
            if state.is_dead {
                break;
            }
            value = self.stmt(*id, state);
        }
        let ended = self.frame_mut().defers.split_off(deferred);
        for body in ended.iter().rev() {
            if !state.is_dead {
                self.block(body, state);
            }
        }
        self.frame_mut().scope.leave(mark);
        value
    }

    fn local_function(&mut self, id: FunctionId, state: &mut State) {
        let at = function_at(self.frame().file, id);
        let function = self.unit.program.function(at);
        let local = LocalId(function.name_span.start);
        self.frame_mut().scope.push(function.name.clone(), local, None);
        let value = self.closure(at, state);
        let number = value.closures.first().copied();
        // Unlike a closure it runs only where it is called.
        self.pending.retain(|pending| Some(*pending) != number);
        state.set(Slot::Local(at.file, local), value);
    }

    fn stmt(&mut self, id: StmtId, state: &mut State) -> Value {
        if self.budget == 0 {
            self.cut();
            return Value::default();
        }
        self.budget -= 1;
        let facts = self.facts();
        match &facts.stmt(id).kind {
            StmtKind::Expr(value) => return self.eval(*value, None, state),
            StmtKind::Let { pattern, ty, value, .. } => self.declare(pattern, ty.as_ref(), *value, state),
            StmtKind::Assign { target, value, .. } => self.assign(*target, *value, state),
            StmtKind::If { conditions, then, otherwise } => {
                let mark = self.frame().scope.enter();
                let (mut hold, mut fail) = self.conditions(conditions, std::mem::take(state));
                match self.asks_for_own(conditions) {
                    Some(Asks::IsNil) if otherwise.iter().all(|block| self.is_idle(block)) => {
                        fail = State::dead();
                    }
                    Some(Asks::IsPresent) if self.is_idle(then) => hold = State::dead(),
                    _ => {}
                }
                let mut value = self.block(then, &mut hold);
                self.frame_mut().scope.leave(mark);
                if let Some(otherwise) = otherwise {
                    value = value.or(self.block(otherwise, &mut fail));
                }
                *state = hold.join(fail);
                return value;
            }
            StmtKind::Guard { conditions, otherwise } => {
                let (hold, mut fail) = self.conditions(conditions, std::mem::take(state));
                if self.asks_for_own(conditions) == Some(Asks::IsNil) && self.is_idle(otherwise) {
                    fail = State::dead();
                }
                self.block(otherwise, &mut fail);
                *state = hold;
            }
            StmtKind::Switch { subject, cases } => {
                self.eval(*subject, None, state);
                let start = std::mem::replace(state, State::dead());
                self.frame_mut().jumps.push(Jump { is_loop: false, states: Vec::new() });
                let mut value: Option<Value> = None;
                for case in
                    cases.iter().filter(|case| case.build.iter().all(|on| on.on_device() != Some(false)))
                {
                    let mark = self.frame().scope.enter();
                    let mut arm = start.clone();
                    for (pattern, filter) in &case.patterns {
                        self.bind(pattern, &Value::default(), None, &mut arm);
                        if let Some(filter) = filter {
                            self.eval(*filter, None, &mut arm);
                        }
                    }
                    let found = self.block(&case.body, &mut arm);
                    value = Some(value.map_or(found.clone(), |value| value.or(found)));
                    self.frame_mut().scope.leave(mark);
                    state.absorb(arm);
                }
                self.leave_jump(state);
                return value.unwrap_or_default();
            }
            StmtKind::While { conditions, body, .. } => {
                let mark = self.frame().scope.enter();
                self.frame_mut().jumps.push(Jump { is_loop: true, states: Vec::new() });
                let (mut hold, fail) = self.conditions(conditions, std::mem::take(state));
                self.block(body, &mut hold);
                *state = fail.join(hold);
                self.leave_jump(state);
                self.frame_mut().scope.leave(mark);
            }
            StmtKind::Repeat { body, condition, .. } => {
                self.frame_mut().jumps.push(Jump { is_loop: true, states: Vec::new() });
                self.block(body, state);
                self.eval(*condition, None, state);
                self.leave_jump(state);
            }
            StmtKind::For { pattern, sequence, filter, body, .. } => {
                self.eval(*sequence, None, state);
                let ty = self.type_of(*sequence);
                let mark = self.frame().scope.enter();
                self.frame_mut().jumps.push(Jump { is_loop: true, states: Vec::new() });
                let mut round = state.clone();
                self.bind(pattern, &Value::default(), Program::element_type(ty.as_ref()), &mut round);
                if let Some(filter) = filter {
                    self.eval(*filter, None, &mut round);
                }
                self.block(body, &mut round);
                state.absorb(round);
                self.leave_jump(state);
                self.frame_mut().scope.leave(mark);
            }
            StmtKind::Do { body, catches, .. } => {
                let before = state.clone();
                self.block(body, state);
                let mut thrown = before.clone();
                thrown.absorb(state.clone());
                thrown.is_dead = before.is_dead;
                let can_throw = super::holders::mentions(facts, body, |kind| {
                    matches!(kind, ExprKind::Try(TryKind::Throws, _))
                });
                for catch in catches.iter().filter(|_| can_throw) {
                    let mut arm = thrown.clone();
                    self.block(&catch.body, &mut arm);
                    state.absorb(arm);
                }
            }
            StmtKind::Defer(body) => self.frame_mut().defers.push(body.clone()),
            StmtKind::Return(value) => {
                let expected = self.frame().function.and_then(|at| self.unit.program.result_type(at));
                let value =
                    value.map_or_else(Value::default, |value| self.eval(value, expected.as_ref(), state));
                self.exit(value, state);
            }
            StmtKind::Throw(value) => {
                self.eval(*value, None, state);
                *state = State::dead();
            }
            StmtKind::Break(label) => self.jump(label.is_some(), state),
            StmtKind::Continue(_) => self.jump(true, state),
            StmtKind::Build(arms) => {
                let start = std::mem::replace(state, State::dead());
                for (_, body) in arms.iter().filter(|(condition, _)| condition.on_device() != Some(false)) {
                    let mut arm = start.clone();
                    self.open_block(body, &mut arm);
                    state.absorb(arm);
                }
            }
            StmtKind::Fallthrough | StmtKind::Function(_) | StmtKind::Type(_) | StmtKind::Damaged => {}
        }
        Value::default()
    }

    /// The arm of an `#if`: its names live on.
    fn open_block(&mut self, block: &Block, state: &mut State) {
        for id in &block.stmts {
            if state.is_dead {
                break;
            }
            self.stmt(*id, state);
        }
    }

    fn exit(&mut self, value: Value, state: &mut State) {
        let defers = std::mem::take(&mut self.frame_mut().defers);
        for body in defers.iter().rev() {
            self.block(body, state);
        }
        self.frame_mut().defers = defers;
        let left = std::mem::replace(state, State::dead());
        self.frame_mut().exits.push((left, value));
    }

    fn jump(&mut self, to_loop: bool, state: &mut State) {
        let left = std::mem::replace(state, State::dead());
        let jumps = &mut self.frame_mut().jumps;
        if let Some(jump) = jumps.iter_mut().rev().find(|jump| jump.is_loop || !to_loop) {
            jump.states.push(left);
        }
    }

    fn leave_jump(&mut self, state: &mut State) {
        let jump = self.frame_mut().jumps.pop();
        for left in jump.into_iter().flat_map(|jump| jump.states) {
            state.absorb(left);
        }
    }

    fn declare(&mut self, pattern: &Pattern, ty: Option<&TypeRef>, value: Option<ExprId>, state: &mut State) {
        let written = ty.and_then(|ty| self.written_type(ty));
        let mut found = value.map(|value| self.eval(value, written.as_ref(), state)).unwrap_or_default();
        found.is_present |= value.is_some_and(|value| self.unit.reach.is_present(&self.place(), value));
        let ty = written.or_else(|| value.and_then(|value| self.type_of(value)));
        self.bind(pattern, &found, ty, state);
    }

    /// Gives the names of a pattern their values.
    pub(super) fn bind(&mut self, pattern: &Pattern, value: &Value, ty: Option<Ty>, state: &mut State) {
        let file = self.frame().file;
        let mut open = vec![(pattern, Some(value), ty)];
        while let Some((pattern, value, ty)) = open.pop() {
            match pattern {
                Pattern::Bind(name, span) => {
                    let local = LocalId(span.start);
                    state.set(Slot::Local(file, local), value.cloned().unwrap_or_default());
                    self.frame_mut().scope.push(name.clone(), local, ty);
                }
                Pattern::Optional(inner) => open.push((inner, value, ty.map(|ty| ty.unwrapped().clone()))),
                Pattern::As(inner, ty) => {
                    let ty = self.written_type(ty);
                    open.push((inner, value, ty));
                }
                Pattern::Tuple(parts) | Pattern::Case { args: parts, .. } => {
                    open.extend(parts.iter().rev().map(|part| (part, None, None)));
                }
                Pattern::Wildcard | Pattern::Expr(_) | Pattern::Is(_) => {}
            }
        }
    }

    // --- Conditions --------------------------------------------------------------------------------------------

    /// The states in which conditions hold, and in which they do not.
    fn conditions(&mut self, conditions: &[Condition], start: State) -> (State, State) {
        let mut hold = start;
        let mut fail = State::dead();
        for condition in conditions {
            let (holds, fails) = match condition {
                Condition::Expr(value) => self.condition(*value, hold),
                Condition::Bind { pattern, ty, value, .. } => {
                    self.binding(pattern, ty.as_ref(), *value, hold)
                }
                Condition::Available { platforms, is_negated, .. } => {
                    match (self.unit.settings.always_has(platforms), is_negated) {
                        (true, false) => (hold, State::dead()),
                        (true, true) => (State::dead(), hold),
                        (false, _) => (hold.clone(), hold),
                    }
                }
            };
            hold = holds;
            fail.absorb(fails);
        }
        (hold, fail)
    }

    fn binding(
        &mut self,
        pattern: &Pattern,
        ty: Option<&TypeRef>,
        value: Option<ExprId>,
        start: State,
    ) -> (State, State) {
        let mut hold = start;
        let shorthand = pattern.names().first().map(|name| (*name).clone());
        let (found, known, property) = match (value, shorthand) {
            (Some(value), _) => {
                let found = self.eval(value, None, &mut hold);
                (found, self.type_of(value), self.unit.program.property_at(&self.place(), value))
            }
            (None, Some(name)) => {
                let local = self.frame().scope.get(&name).cloned();
                let property = self.unit.program.property_named(&self.place(), &name);
                let (found, ty) = match (local, property) {
                    (Some(local), _) => {
                        let slot = Slot::Local(self.frame().file, local.id);
                        (hold.values.get(&slot).cloned().unwrap_or_default(), local.ty)
                    }
                    (None, Some(property)) => {
                        (self.read(property, None, &mut hold), self.unit.program.type_of_property(property))
                    }
                    (None, None) => (Value::default(), None),
                };
                (found, ty, property)
            }
            (None, None) => (Value::default(), None, None),
        };
        let is_present = property.is_none()
            && (found.is_present
                || value.is_some_and(|value| self.unit.reach.is_present(&self.place(), value)));
        let fail = if is_present { State::dead() } else { hold.clone() };
        if matches!(pattern, Pattern::Optional(_)) {
            self.is_present(property, &mut hold);
            // A local that is nil on all paths; a property may have been set where nobody looked.
            if found.is_nil && property.is_none() {
                hold = State::dead();
            }
        }
        let ty = ty.and_then(|ty| self.written_type(ty)).or(known);
        self.bind(pattern, &found, ty, &mut hold);
        (hold, fail)
    }

    /// The states in which an expression is true, and in which it is false.
    pub(super) fn condition(&mut self, expr: ExprId, start: State) -> (State, State) {
        match self.kind(expr) {
            ExprKind::Not(inner) => {
                let (hold, fail) = self.condition(*inner, start);
                (fail, hold)
            }
            ExprKind::And(a, b) => {
                let (hold, mut fail) = self.condition(*a, start);
                let (both, second) = self.condition(*b, hold);
                fail.absorb(second);
                (both, fail)
            }
            ExprKind::Or(a, b) => {
                let (mut hold, fail) = self.condition(*a, start);
                let (second, neither) = self.condition(*b, fail);
                hold.absorb(second);
                (hold, neither)
            }
            ExprKind::Bool(true) => (start, State::dead()),
            ExprKind::Bool(false) => (State::dead(), start),
            ExprKind::Equal(a, b, is_equal) if matches!(self.kind(*b), ExprKind::Nil) => {
                let mut nil = start;
                self.eval(*a, None, &mut nil);
                let mut present = nil.clone();
                let property = self.unit.program.property_at(&self.place(), *a);
                self.is_present(property, &mut present);
                if *is_equal { (nil, present) } else { (present, nil) }
            }
            _ => {
                let mut state = start;
                self.eval(expr, None, &mut state);
                (state.clone(), state)
            }
        }
    }
}
