//! Statements, along all paths.

use super::join::{join, join_leaves};
use super::rounds::Ends;
use super::state::{At, Duty, How, Known, Leave, Origin, State, Value};
use super::trace::StepKind;
use super::walk::Walk;
use crate::analysis::shared::SharedMap;
use crate::facts::{Block, BuildCondition, Condition, ExprId, ExprKind, FunctionKind, StmtId, StmtKind};
use crate::program::{FunctionRef, LocalId, Program, Target, Ty};
use crate::source::Span;

impl Walk<'_> {
    pub(super) fn block(&mut self, block: &Block, states: Vec<State>, leaves: &mut Vec<Leave>) -> Vec<State> {
        let mark = self.scope.enter();
        let mut states = states;
        // Local functions can be called before the line that declares them.
        for id in &block.stmts {
            if let StmtKind::Function(id) = self.duties.program.stmt(self.function.file, *id).kind {
                let at = FunctionRef { file: self.function.file, id };
                let facts = self.duties.program.function(at);
                // Accessors of a local variable stand beside it.
                if facts.kind != FunctionKind::Function {
                    continue;
                }
                let local = LocalId(facts.name_span.start);
                self.scope.push(facts.name.clone(), local, None);
                for state in &mut states {
                    state.set_local(local, Value::known(Known::Function(at)));
                }
            }
        }
        for id in &block.stmts {
            if let StmtKind::Function(id) = self.duties.program.stmt(self.function.file, *id).kind {
                self.closures.insert(FunctionRef { file: self.function.file, id }, self.scope.clone());
            }
        }
        let before = leaves.len();
        let mut states = self.stmts(&block.stmts, states, leaves);
        let gone = self.scope.leave(mark);
        states.iter_mut().for_each(|state| state.forget_locals(&gone));
        leaves.iter_mut().skip(before).for_each(|leave| leave.state.forget_locals(&gone));
        join_leaves(leaves, before);
        states
    }

    pub(super) fn stmts(
        &mut self,
        stmts: &[StmtId],
        states: Vec<State>,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let program = self.duties.program;
        let mut states = states;
        for (position, id) in stmts.iter().enumerate() {
            if states.is_empty() {
                break;
            }
            if let StmtKind::Defer(body) = &program.stmt(self.function.file, *id).kind {
                // What is deferred runs however the rest of the block is left.
                let mut inner = Vec::new();
                self.keeps_locals += 1;
                let over = self.stmts(&stmts[position + 1..], states, &mut inner);
                self.keeps_locals -= 1;
                let mut lost = Vec::new();
                for leave in inner {
                    for state in self.block(body, vec![leave.state], &mut lost) {
                        leaves.push(Leave { state, how: leave.how.clone(), at: leave.at });
                    }
                }
                return self.block(body, over, &mut lost);
            }
            if let StmtKind::Function(id) = program.stmt(self.function.file, *id).kind {
                // From here on it sees what stands before it.
                let at = FunctionRef { file: self.function.file, id };
                self.closures.insert(at, self.scope.clone());
                continue;
            }
            states = join(self.stmt(*id, states, leaves));
        }
        states
    }

    pub(super) fn each(
        &mut self,
        states: Vec<State>,
        leaves: &mut Vec<Leave>,
        mut step: impl FnMut(&mut Self, State, &mut Vec<Leave>) -> Vec<State>,
    ) -> Vec<State> {
        let mut all = Vec::new();
        for state in states {
            all.extend(step(self, state, leaves));
        }
        all
    }

    pub(super) fn stmt(&mut self, id: StmtId, states: Vec<State>, leaves: &mut Vec<Leave>) -> Vec<State> {
        let program = self.duties.program;
        let stmt = program.stmt(self.function.file, id);
        match &stmt.kind {
            StmtKind::Expr(value) => self.each(states, leaves, |walk, state, leaves| {
                walk.discarded = Some(program.plain(walk.function.file, *value));
                walk.eval(*value, state, leaves).into_iter().map(|(state, _)| state).collect()
            }),
            StmtKind::Let { pattern, ty, value, .. } => {
                let known = ty.as_ref().and_then(|ty| {
                    program.type_from_ref(
                        ty,
                        self.function.file,
                        Some(self.function),
                        program.owner(self.function),
                    )
                });
                let ty = known.or_else(|| value.and_then(|value| program.type_of(&self.place(), value)));
                let states = match value {
                    // `let isNew = self.isNew`: both are asked later.
                    Some(expr) if self.copies_condition(*expr, ty.as_ref()) => {
                        self.each(states, leaves, |walk, state, leaves| {
                            let (holds, fails) = walk.condition(*expr, state, leaves);
                            let sides = [(true, holds), (false, fails)];
                            let mut all = Vec::new();
                            for (known, state) in sides
                                .into_iter()
                                .flat_map(|(known, side)| side.into_iter().map(move |state| (known, state)))
                            {
                                let mut state = state;
                                Self::assign_pattern(pattern, &Value::known(Known::Bool(known)), &mut state);
                                all.push(state);
                            }
                            all
                        })
                    }
                    Some(expr) => self.each(states, leaves, |walk, state, leaves| {
                        let found = walk.eval(*expr, state, leaves);
                        found
                            .into_iter()
                            .map(|(state, value)| {
                                let mut state = walk.make_from_literal(ty.as_ref(), *expr, state);
                                let value = walk.sharpen(*expr, value);
                                Self::assign_pattern(pattern, &value, &mut state);
                                state
                            })
                            .collect()
                    }),
                    None => {
                        // `var x: T?` begins as nil.
                        let is_optional = matches!(ty, Some(Ty::Optional(_)));
                        let known = if is_optional { Known::Nil } else { Known::Any };
                        self.each(states, leaves, |_, mut state, _| {
                            Self::assign_pattern(pattern, &Value::known(known.clone()), &mut state);
                            vec![state]
                        })
                    }
                };
                self.bind(pattern, ty);
                states
            }
            StmtKind::Assign { target, value, operator: None }
                if let (ExprKind::Tuple(targets), ExprKind::Tuple(values)) = (
                    &program.file(self.function.file).expr(*target).kind,
                    &program.file(self.function.file).expr(*value).kind,
                ) && targets.len() == values.len() =>
            {
                self.each(states, leaves, |walk, state, leaves| {
                    let mut all = Vec::new();
                    for (state, found) in walk.arguments(values, &[], state, leaves) {
                        let mut states = vec![state];
                        for (target, value) in targets.iter().zip(&found) {
                            states = walk.each(states, leaves, |walk, state, leaves| {
                                walk.assign(target.value, value, state, leaves)
                            });
                        }
                        all.extend(states);
                    }
                    all
                })
            }
            StmtKind::Assign { target, value, operator } => {
                self.each(states, leaves, |walk, state, leaves| {
                    if let Some(operator) = operator.as_ref().filter(|name| walk.is_own_operator(name)) {
                        let done = walk.apply_operator(operator, *target, &[*target, *value], state, leaves);
                        return done.into_iter().map(|(state, _)| state).collect();
                    }
                    let mut all = Vec::new();
                    for (state, found) in walk.eval(*value, state, leaves) {
                        let value = walk.sharpen(*value, found);
                        let value = if operator.is_some() { Value::from(value.origin) } else { value };
                        all.extend(walk.assign(*target, &value, state, leaves));
                    }
                    all
                })
            }
            StmtKind::If { conditions, then, otherwise } => {
                let mark = self.scope.enter();
                let (hold, fail) = self.conditions(conditions, states, leaves);
                let mut over = self.block(then, hold, leaves);
                self.scope.leave(mark);
                over.extend(match otherwise {
                    Some(otherwise) => self.block(otherwise, fail, leaves),
                    None => fail,
                });
                over
            }
            StmtKind::Guard { conditions, otherwise } => {
                let (hold, fail) = self.conditions(conditions, states, leaves);
                // A guard cannot be left over its end.
                self.block(otherwise, fail, leaves);
                hold
            }
            StmtKind::Switch { subject, cases } => self.switch(*subject, cases, states, leaves),
            StmtKind::While { conditions, body, label } => {
                let is_endless = matches!(conditions.as_slice(), [Condition::Expr(value)]
                    if matches!(program.file(self.function.file).expr(*value).kind, ExprKind::Bool(true)));
                let ends = if is_endless {
                    Ends::Never
                } else if self.holds_at_first(conditions, id) {
                    Ends::AfterOne
                } else {
                    Ends::Anytime
                };
                self.rounds(states, label.as_ref(), ends, stmt.span, leaves, |walk, states, leaves| {
                    let mark = walk.scope.enter();
                    let (hold, fail) = walk.conditions(conditions, states, leaves);
                    let over = walk.block(body, hold, leaves);
                    walk.scope.leave(mark);
                    (over, fail)
                })
            }
            StmtKind::Repeat { body, condition, label } => {
                let mut inner = Vec::new();
                let over = self.block(body, states, &mut inner);
                let (mut over, mut out) = (over, Vec::new());
                Self::sort_leaves(inner, label.as_ref(), &mut over, &mut out, leaves);
                let (again, fail) = self.conditions(&[Condition::Expr(*condition)], over, leaves);
                out.extend(fail);
                let mut second = Vec::new();
                let mut over = self.block(body, again, &mut second);
                Self::sort_leaves(second, label.as_ref(), &mut over, &mut out, leaves);
                out.extend(over);
                out
            }
            StmtKind::For { pattern, sequence, filter, body, label, .. } => {
                let ty = Program::element_type(program.type_of(&self.place(), *sequence).as_ref());
                let mut origin = Origin::Own;
                let states = self.each(states, leaves, |walk, state, leaves| {
                    let found = walk.eval(*sequence, state, leaves);
                    origin =
                        found.iter().map(|(_, value)| value.origin).max().unwrap_or_default().max(origin);
                    found.into_iter().map(|(state, _)| walk.run_witnesses_of(*sequence, state)).collect()
                });
                let ends = if self.count_of(*sequence) > 0 { Ends::AfterOne } else { Ends::Anytime };
                self.rounds(states, label.as_ref(), ends, stmt.span, leaves, |walk, states, leaves| {
                    let mark = walk.scope.enter();
                    walk.bind(pattern, ty.clone());
                    let mut round = states.clone();
                    for state in &mut round {
                        Self::assign_pattern(pattern, &Value::from(origin), state);
                    }
                    let mut skipped = Vec::new();
                    if let Some(filter) = filter {
                        (round, skipped) = walk.conditions(&[Condition::Expr(*filter)], round, leaves);
                    }
                    let mut over = walk.block(body, round, leaves);
                    over.extend(skipped);
                    walk.scope.leave(mark);
                    (over, states)
                })
            }
            StmtKind::Do { body, catches, label } => {
                let mut inner = Vec::new();
                let mut over = self.block(body, states, &mut inner);
                let mut passed = Vec::new();
                for leave in inner {
                    if leave.how == How::Throw && !catches.is_empty() {
                        over.extend(self.catch(catches, leave, &mut passed));
                    } else {
                        passed.push(leave);
                    }
                }
                for leave in passed {
                    match &leave.how {
                        How::Break(Some(name)) if Some(name) == label.as_ref() => over.push(leave.state),
                        _ => leaves.push(leave),
                    }
                }
                over
            }
            StmtKind::Defer(_) | StmtKind::Function(_) | StmtKind::Type(_) => states,
            StmtKind::Return(value) => {
                let at = self.at(keyword(stmt.span, "return"));
                for state in states {
                    match value {
                        Some(value) => {
                            for (state, value) in self.eval(*value, state, leaves) {
                                leaves.push(self.left(state, value, at));
                            }
                        }
                        None => leaves.push(self.left(state, Value::default(), at)),
                    }
                }
                Vec::new()
            }
            StmtKind::Throw(value) => {
                let at = self.at(keyword(stmt.span, "throw"));
                for state in states {
                    for (state, _) in self.eval(*value, state, leaves) {
                        leaves.push(Leave { state: state.step(at, StepKind::Throw), how: How::Throw, at });
                    }
                }
                Vec::new()
            }
            StmtKind::Break(label) => self.jump(states, &How::Break(label.clone()), stmt.span, leaves),
            StmtKind::Continue(label) => self.jump(states, &How::Continue(label.clone()), stmt.span, leaves),
            StmtKind::Fallthrough => self.jump(states, &How::Fallthrough, stmt.span, leaves),
            StmtKind::Build(arms) => {
                let mut over = Vec::new();
                for (condition, body) in arms {
                    let chosen = Self::build_arm(condition, states.clone());
                    over.extend(self.block_in_scope(body, chosen, leaves));
                }
                over
            }
            StmtKind::Damaged => {
                let at = self.at(stmt.span);
                states
                    .into_iter()
                    .map(|mut state| {
                        state.raise(Duty::HandedOut);
                        state.step(at, StepKind::HandOut("this could not be parsed".into()))
                    })
                    .collect()
            }
        }
    }

    /// A `return`. Where nothing runs any more that sees the variables of the function, they are forgotten.
    fn left(&mut self, state: State, value: Value, at: At) -> Leave {
        let mut leave = Leave { state, how: How::Return(value), at };
        if self.inlined.is_empty() && self.keeps_locals == 0 {
            self.keep_captured(&mut leave);
            leave.state.key.locals = SharedMap::default();
        }
        leave
    }

    /// `#if` opens no scope: names declared inside are seen after it.
    pub(super) fn block_in_scope(
        &mut self,
        body: &Block,
        states: Vec<State>,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        self.stmts(&body.stmts, states, leaves)
    }

    /// What a constructor or a function that returns no optional yields is not nil.
    pub(super) fn sharpen(&self, expr: ExprId, value: Value) -> Value {
        let program = self.duties.program;
        let ExprKind::Call { callee, args, .. } = &program.file(self.function.file).expr(expr).kind else {
            return value;
        };
        if value.known != Known::Any {
            return value;
        }
        let is_some = match program.resolve(&self.place(), *callee, args) {
            Target::Construct(_) => true,
            Target::Functions(found) => {
                let some = |at: &FunctionRef| {
                    program
                        .result_type(*at)
                        .is_some_and(|ty| !matches!(ty, Ty::Optional(_) | Ty::Function(_)))
                };
                !found.is_empty() && found.iter().all(some)
            }
            // `UUID()`, but not `UUID(uuidString:)`.
            Target::Outside { call, .. } => {
                call.name == "init"
                    && (args.is_empty()
                        || call.receiver.as_ref().is_some_and(|ty| crate::vocabulary::is_reporter_type(ty)))
            }
            _ => false,
        };
        if is_some { Value { known: Known::Something, origin: value.origin } } else { value }
    }

    pub(super) fn build_arm(condition: &BuildCondition, states: Vec<State>) -> Vec<State> {
        match condition.on_device() {
            Some(true) => states,
            Some(false) => Vec::new(),
            None => states
                .into_iter()
                .filter_map(|mut state| state.assume_build(condition).then_some(state))
                .collect(),
        }
    }

    pub(super) fn jump(
        &mut self,
        states: Vec<State>,
        how: &How,
        span: Span,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let at = self.at(span);
        leaves.extend(states.into_iter().map(|state| Leave { state, how: how.clone(), at }));
        Vec::new()
    }
}

/// The keyword at the beginning of a statement.
fn keyword(span: Span, word: &str) -> Span {
    Span { start: span.start, end: (span.start + word.len() as u32).min(span.end) }
}
