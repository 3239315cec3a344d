//! What becomes of closures: walked where they are called, put off, kept, given away.

use std::collections::BTreeSet;
use std::rc::Rc;

use smol_str::SmolStr;

use super::call::Call;
use super::state::{At, Duty, How, Known, Leave, Origin, State, Value, When};
use super::summary::Summary;
use super::trace::{StepKind, Trace};
use super::walk::Walk;
use crate::analysis::shared::SharedMap;
use crate::facts::{Arg, ExprId, ExprKind, FunctionKind, Node, StmtKind};
use crate::finding::Confidence;
use crate::program::{FunctionRef, LocalId, Program, Target};
use crate::vocabulary::Owed;

/// How deep closures and local functions are walked inside one another; a recursion ends here, which is right
/// for a least fixpoint: a path must end.
const MAX_INLINED: usize = 8;

/// What a closure does is asked with these: the closures that are walked around it, and the variables that are known.
pub(super) type Asked = (FunctionRef, Vec<FunctionRef>, SharedMap<LocalId, Value>);

/// What a function does for the duty at most.
pub(super) struct Effect {
    pub(super) duty: Duty,
    trace: Trace,
    pub(super) params: BTreeSet<u16>,
}

impl Effect {
    fn of(done: &[State]) -> Self {
        let best = done.iter().max_by_key(|state| (state.key.duty, std::cmp::Reverse(state.trace.len())));
        Self {
            duty: best.map_or(Duty::None, |state| state.key.duty),
            trace: best.map(|state| state.trace.clone()).unwrap_or_default(),
            params: done.iter().flat_map(|state| state.key.params.iter().map(|(at, _)| *at)).collect(),
        }
    }
}

impl Walk<'_> {
    /// A closure or local function whose surroundings are those of this walk.
    pub(super) fn is_inline(&self, at: FunctionRef) -> bool {
        self.closures.contains_key(&at)
    }

    /// The value of `self`. A closure that is run at once, inside of the method that made it, may hold it weakly, and finds it
    /// all the same: whoever called the method keeps its object until the method has returned.
    pub(super) fn this(&self) -> Value {
        let is_made_by_closure =
            self.duties.program.function(self.context.function).kind == FunctionKind::Closure;
        match &self.context.this {
            Known::Any if !self.inlined.is_empty() && !is_made_by_closure => Value::known(Known::Something),
            known => Value::known(known.clone()),
        }
    }

    /// Walks a closure or local function where it is called: it sees and changes the variables around it.
    pub(super) fn run_inline(
        &mut self,
        at: FunctionRef,
        values: &[Value],
        from: At,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let program = self.duties.program;
        let facts = program.function(at);
        let depth = self.inlined.iter().filter(|open| **open == at).count();
        if self.inlined.len() >= MAX_INLINED || depth > 1 {
            return Vec::new();
        }
        let Some(body) = program.body(at) else { return vec![(state, Value::default())] };
        let around = self.closures.get(&at).cloned().unwrap_or_default();
        let outer_scope = std::mem::replace(&mut self.scope, around);
        let outer_function = std::mem::replace(&mut self.function, at);
        self.inlined.push(at);
        let mut state = state;
        let was_suspended = state.key.suspended;
        let owner = program.owner(at);
        for (position, param) in facts.params.iter().enumerate() {
            let id = LocalId(param.span.start);
            let ty = param.ty.as_ref().and_then(|ty| program.type_from_ref(ty, at.file, Some(at), owner));
            state.set_local(id, values.get(position).cloned().unwrap_or_default());
            self.scope.push(param.name.clone(), id, ty);
        }
        if facts.params.is_empty() {
            for (position, value) in values.iter().enumerate() {
                let id = LocalId(u32::MAX - position as u32);
                state.set_local(id, value.clone());
                self.scope.push(SmolStr::new(format!("${position}")), id, None);
            }
        }
        let mut inner = Vec::new();
        let mut results = self.body(body, vec![state], &mut inner);
        self.inlined.pop();
        self.function = outer_function;
        self.scope = outer_scope;
        // What follows the closure does not wait for it.
        for (state, _) in &mut results {
            if state.key.turn.is_some() && state.key.turn == state.key.suspended {
                state.key.turn = Some(from);
            }
            state.key.suspended = was_suspended;
        }
        for leave in inner {
            match leave.how {
                How::Return(value) => results.push((leave.state, value)),
                How::Throw => leaves.push(Leave { state: leave.state, how: How::Throw, at: from }),
                How::Break(_) | How::Continue(_) | How::Fallthrough => {}
            }
        }
        results
    }

    /// A closure that was given to a function: it is called now, later, or by code that cannot be seen.
    pub(super) fn run_argument(
        &mut self,
        value: &Value,
        when: When,
        at: At,
        by: &SmolStr,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let mut state = state;
        match (&value.known, when) {
            (Known::Param(position), when) => {
                state.key.params.insert((*position, when));
                vec![state]
            }
            (Known::Function(function), When::Now) => {
                let call = Call::implied(at, by.clone());
                let done = if self.is_inline(*function) {
                    self.run_inline(*function, &[], at, state, leaves)
                } else {
                    self.run_functions(&[*function], &call, Confidence::High, state, leaves)
                };
                done.into_iter().map(|(state, _)| state).collect()
            }
            (Known::Unevaluated(expr), When::Now) => {
                self.eval(*expr, state, leaves).into_iter().map(|(state, _)| state).collect()
            }
            (Known::Unevaluated(expr), When::Later | When::Unseen) => {
                let effect = self.effect_of_expr(*expr, &state);
                state.pass_on(&effect.params, when);
                if effect.duty != Duty::None {
                    state.raise(Duty::HandedOut);
                    state = state.step(at, StepKind::HandOut(by.clone()));
                }
                vec![state]
            }
            (Known::Function(function), When::Later) => vec![self.put_off(*function, at, by, state)],
            (Known::Function(function), When::Unseen) => {
                let effect = self.effect_of(*function, &state);
                state.pass_on(&effect.params, When::Unseen);
                if effect.duty != Duty::None {
                    if state.key.duty < Duty::HandedOut {
                        state.key.turn = Some(at);
                    }
                    state.raise(Duty::HandedOut);
                    let why = format!("`{by}` may run the closure that reports at once, later or never");
                    state = state.step(at, StepKind::HandOut(why.into()));
                }
                self.forget_captured(std::slice::from_ref(value), &mut state);
                vec![state]
            }
            _ => vec![state],
        }
    }

    /// The most that a function does for the duty, on any path, were it called here.
    pub(super) fn effect_of(&mut self, function: FunctionRef, state: &State) -> Rc<Effect> {
        // Many paths lead past a closure, and what it does rests on the variables around it alone.
        let key = (function, self.inlined.clone(), state.key.locals.clone());
        if let Some(known) = self.effects.get(&key) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.find_effect(function, state));
        self.effects.insert(key, Rc::clone(&found));
        found
    }

    fn find_effect(&mut self, function: FunctionRef, state: &State) -> Effect {
        let excused = std::mem::take(&mut self.excused);
        let was_trying = std::mem::replace(&mut self.is_trying, true);
        let mut fresh = State::start();
        fresh.key.locals = state.key.locals.clone();
        let mut leaves = Vec::new();
        let at = (function.file, self.duties.program.function(function).span);
        let mut done: Vec<State> = if self.is_inline(function) {
            self.run_inline(function, &[], at, fresh, &mut leaves)
                .into_iter()
                .map(|(state, _)| state)
                .collect()
        } else {
            let call = Call::implied(at, SmolStr::default());
            let done = self.run_functions(&[function], &call, Confidence::High, fresh, &mut leaves);
            done.into_iter().map(|(state, _)| state).collect()
        };
        self.excused = excused;
        self.is_trying = was_trying;
        done.extend(leaves.into_iter().map(|leave| leave.state));
        Effect::of(&done)
    }

    /// The most that evaluating an expression does for the duty.
    fn effect_of_expr(&mut self, expr: ExprId, state: &State) -> Effect {
        let was_trying = std::mem::replace(&mut self.is_trying, true);
        let excused = std::mem::take(&mut self.excused);
        let mut fresh = State::start();
        fresh.key.locals = state.key.locals.clone();
        let mut leaves = Vec::new();
        let done = self.eval(expr, fresh, &mut leaves);
        self.is_trying = was_trying;
        self.excused = excused;
        let done = done.into_iter().map(|(state, _)| state);
        let all: Vec<State> = done.chain(leaves.into_iter().map(|leave| leave.state)).collect();
        Effect::of(&all)
    }

    /// The arguments of a call that are not evaluated before it: the `@autoclosure`s of functions of the project, and what a
    /// release build leaves out.
    pub(super) fn unevaluated(&self, target: &Target, args: &[Arg]) -> Vec<usize> {
        let program = self.duties.program;
        match target {
            Target::Functions(found) => (0..args.len())
                .filter(|position| {
                    let waits = |at: &FunctionRef| {
                        let params = &program.function(*at).params;
                        let bound = Program::bind(params, args);
                        let param = bound.and_then(|bound| params.get(*bound.get(*position)?));
                        param.is_some_and(|param| param.is_autoclosure)
                    };
                    !found.is_empty() && found.iter().all(waits)
                })
                .collect(),
            Target::Outside { call, .. } if call.chain.is_empty() => match call.name.as_str() {
                "assert" | "assertionFailure" => (0..args.len()).collect(),
                "precondition" => (1..args.len()).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// A closure that runs after the present turn.
    pub(super) fn put_off(&mut self, function: FunctionRef, at: At, by: &SmolStr, state: State) -> State {
        let effect = self.effect_of(function, &state);
        let mut state = state;
        for position in &effect.params {
            state.key.params.insert((*position, When::Later));
        }
        match effect.duty {
            Duty::None => state,
            Duty::HandedOut => {
                state.raise(Duty::HandedOut);
                state.trace = state.trace.inside(&effect.trace);
                state
            }
            Duty::Deferred | Duty::Reported => {
                if state.key.duty == Duty::HandedOut {
                    state.doubt(Confidence::Medium);
                }
                if state.key.duty < Duty::Deferred {
                    state.key.turn = Some(at);
                }
                state.raise(Duty::Deferred);
                let mut state = state.step(at, StepKind::Defer(by.clone()));
                state.trace = state.trace.inside(&effect.trace);
                state
            }
        }
    }

    /// A closure or parameter is kept for later: stored in a property, returned.
    pub(super) fn keep(&mut self, value: &Value, at: At, by: &SmolStr, state: State) -> State {
        let mut state = state;
        match &value.known {
            Known::Param(position) => {
                state.key.params.insert((*position, When::Later));
                state
            }
            Known::Function(function) if self.is_inline(*function) => self.put_off(*function, at, by, state),
            // Whoever finds the action there may answer it.
            _ if self.duties.owed == Owed::Answer && value.origin == Origin::Payload => {
                state.raise(Duty::HandedOut);
                state.step(at, StepKind::HandOut(by.clone()))
            }
            _ => state,
        }
    }

    /// The parameters that a function calls on some of its ways, and that are given something which reports.
    pub(super) fn reporting_arguments(
        &mut self,
        summary: &Summary,
        bound: &[usize],
        call: &Call<'_>,
        state: &State,
    ) -> Vec<u16> {
        let called: BTreeSet<u16> = summary.keys().flat_map(|exit| &exit.params).map(|(at, _)| *at).collect();
        let reports = |position: &u16| {
            let arg = bound.iter().position(|to| *to == usize::from(*position));
            match arg.and_then(|arg| call.values.get(arg)).map(|value| &value.known) {
                Some(Known::Function(at)) => {
                    let effect = self.effect_of(*at, state);
                    effect.duty != Duty::None || !effect.params.is_empty()
                }
                Some(Known::Param(_)) => true,
                Some(Known::Unevaluated(expr)) => {
                    let effect = self.effect_of_expr(*expr, state);
                    effect.duty != Duty::None || !effect.params.is_empty()
                }
                _ => false,
            }
        };
        called.into_iter().filter(reports).collect()
    }

    /// Whoever is given a closure may run it, so that nothing is known any more of the variables that it assigns.
    pub(super) fn forget_captured(&self, values: &[Value], state: &mut State) {
        for given in values.iter().filter_map(Value::function) {
            let Some(around) = self.closures.get(&given) else { continue };
            let facts = self.duties.program.file(given.file);
            let mut open = vec![given.id];
            while let Some(body) = open.pop().and_then(|id| facts.body(facts.function(id))) {
                facts.each_node(body, |node| match node {
                    Node::Expr(id) => {
                        if let ExprKind::Closure(inner) = facts.expr(id).kind {
                            open.push(inner);
                        }
                    }
                    Node::Stmt(id) => {
                        if let StmtKind::Assign { target, .. } = facts.stmt(id).kind
                            && let ExprKind::Name(name) = &facts.expr(target).kind
                        {
                            state.forget_name(name);
                            around
                                .get(name)
                                .into_iter()
                                .for_each(|local| state.set_local(local.id, Value::default()));
                        }
                    }
                });
            }
        }
    }

    /// Closure parameters that are given to a call, or called by a closure that is: they may be called now or later.
    pub(super) fn pass_on(&mut self, call: &Call<'_>, when: When, state: State) -> State {
        let mut state = state;
        self.forget_captured(&call.values, &mut state);
        let has_params = state.key.locals.values().any(|value| matches!(value.known, Known::Param(_)));
        for value in &call.values {
            match value.known {
                Known::Param(position) => {
                    state.key.params.insert((position, when));
                }
                Known::Function(at) if has_params => {
                    let effect = self.effect_of(at, &state);
                    state.key.params.extend(effect.params.iter().map(|position| (*position, when)));
                }
                _ => {}
            }
        }
        state
    }

    /// Whether a closure among the arguments reports.
    pub(super) fn hands_report(&mut self, call: &Call<'_>, state: &State) -> bool {
        let functions: Vec<FunctionRef> = call.values.iter().filter_map(Value::function).collect();
        functions.into_iter().any(|at| self.effect_of(at, state).duty != Duty::None)
    }
}
