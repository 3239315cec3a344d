//! Walks the body of one function along all of its paths: statements.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use smol_str::SmolStr;

use super::Duties;
use super::before::Before;
use super::state::{
    At, BranchKind, Duty, How, Known, Leave, Origin, State, StepKind, Trace, Value, join, join_leaves,
};
use super::summary::{Context, ContextId, ExitKey, Summary, Way};
use crate::facts::{
    Block, BuildCondition, Case, Catch, Condition, ExprId, ExprKind, FunctionKind, Pattern, StmtId, StmtKind,
};
use crate::program::{FunctionRef, LocalId, Place, Scope, Target, Ty};
use crate::source::Span;

/// The walk over one function in one context.
pub(super) struct Walk<'a> {
    pub(super) duties: &'a Duties<'a>,
    /// The number of the context.
    pub(super) id: ContextId,
    pub(super) context: &'a Context,
    /// The function or closure whose body is walked just now.
    pub(super) function: FunctionRef,
    pub(super) scope: Scope,
    /// The names in scope where a closure or local function stands.
    pub(super) closures: HashMap<FunctionRef, Scope>,
    pub(super) targets: HashMap<ExprId, Rc<Target>>,
    /// Closures and local functions that are being walked inside one another.
    pub(super) inlined: Vec<FunctionRef>,
    /// How deep the walk is inside an expression.
    pub(super) depth: u32,
    /// The expression whose value nobody takes: a statement of its own.
    pub(super) discarded: Option<ExprId>,
    /// What is walked is only asked for what it would do, and does not happen here.
    pub(super) is_trying: bool,
    /// What happens before a report.
    pub(super) before: Before,
    /// Paths on which no report is due from here on.
    pub(super) excused: Vec<(State, At)>,
    /// Conditions that stand more than once in the function: only these are worth remembering.
    repeated: BTreeSet<SmolStr>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(duties: &'a Duties<'a>, id: ContextId, context: &'a Context) -> Self {
        Self {
            duties,
            id,
            context,
            function: context.function,
            scope: Scope::default(),
            closures: HashMap::new(),
            targets: HashMap::new(),
            inlined: Vec::new(),
            depth: 0,
            discarded: None,
            is_trying: false,
            before: Before::default(),
            excused: Vec::new(),
            repeated: duties.repeated_conditions(context.function),
        }
    }

    /// All exits of the function, and what it does before a report.
    pub(super) fn run(mut self) -> (Summary, Before) {
        let program = self.duties.program;
        let at = self.context.function;
        let facts = program.function(at);
        let Some(body) = &facts.body else { return Default::default() };
        self.scope = self.duties.scope_around(at);
        let mut state = State::start();
        let owner = program.owner(at);
        for (position, param) in facts.params.iter().enumerate() {
            let id = LocalId(param.span.start);
            let ty = param.ty.as_ref().and_then(|ty| program.type_from_ref(ty, at.file, Some(at), owner));
            let mut value = self.context.args.get(position).cloned().unwrap_or_default();
            if matches!(ty.as_ref().map(Ty::unwrapped), Some(Ty::Function(_))) || param.is_autoclosure {
                value.known = Known::Param(position as u16);
            }
            state.set_local(id, value);
            self.scope.push(param.name.clone(), id, ty);
        }
        let mut leaves = Vec::new();
        let rest = self.body(body, vec![state], &mut leaves);
        let end = (at.file, body.end());
        leaves.extend(rest.into_iter().map(|(state, value)| Leave {
            state,
            how: How::Return(value),
            at: end,
        }));
        let before = std::mem::take(&mut self.before);
        (self.exits(leaves), before)
    }

    /// A body: its states at the end, each with the value of a body that is one expression.
    pub(super) fn body(
        &mut self,
        body: &Block,
        states: Vec<State>,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        if let Some(value) = self.duties.program.single_expression(self.function.file, body) {
            let mut all = Vec::new();
            for state in states {
                self.discarded = Some(self.duties.program.plain(self.function.file, value));
                all.extend(self.eval(value, state, leaves));
            }
            return all;
        }
        self.block(body, states, leaves).into_iter().map(|state| (state, Value::default())).collect()
    }

    fn exits(self, leaves: Vec<Leave>) -> Summary {
        let is_told_apart = self.duties.is_detailed && self.duties.is_handler(self.context.function);
        let facts = self.duties.program.function(self.context.function);
        let can_throw = facts.is_throwing || facts.kind == FunctionKind::Closure;
        let mut exits = Summary::new();
        for leave in leaves {
            let (way, origin) = match leave.how {
                How::Return(value) => {
                    let known = match value.known {
                        Known::Function(_) | Known::Param(_) => Known::Something,
                        known => known,
                    };
                    (Way::Returns(known), value.origin)
                }
                How::Throw if can_throw => (Way::Throws, Origin::Own),
                // The catch clauses of a function that does not throw are exhaustive.
                How::Throw => continue,
                How::Break(_) | How::Continue(_) | How::Fallthrough => continue,
            };
            let key = leave.state.key;
            let is_open = key.duty < Duty::Reported;
            let key = ExitKey {
                way,
                origin,
                duty: key.duty,
                nil_holder: key.nil_holder.filter(|_| is_open),
                confidence: key.confidence,
                is_disputed: key.is_disputed && is_open,
                is_taken: key.is_taken && is_open,
                params: key.params,
                blame: if is_open {
                    Some(key.turn.unwrap_or(leave.at))
                } else {
                    is_told_apart.then_some(leave.at)
                },
                reported: key.reported,
            };
            insert(&mut exits, key, (leave.at, leave.state.trace));
        }
        for (state, at) in self.excused {
            insert(&mut exits, ExitKey::excused(at), (at, state.trace));
        }
        exits
    }

    /// On the paths of this state that are not followed, no report is due from `at` on.
    pub(super) fn excuse(&mut self, state: &State, at: At, why: &str) {
        if self.duties.is_detailed && state.key.duty < Duty::Reported {
            self.excused.push((state.clone().step(at, StepKind::Excuse(why.into())), at));
        }
    }

    pub(super) fn at(&self, span: Span) -> At {
        (self.function.file, span)
    }

    /// The function whose text this is, for looking names up.
    pub(super) fn place(&self) -> Place<'_> {
        Place::of(self.duties.program, self.function, &self.scope)
    }

    pub(super) fn block(&mut self, block: &Block, states: Vec<State>, leaves: &mut Vec<Leave>) -> Vec<State> {
        let mark = self.scope.enter();
        let mut states = states;
        // Local functions can be called before the line that declares them.
        for id in &block.stmts {
            if let StmtKind::Function(id) = self.duties.program.stmt(self.function.file, *id).kind {
                let at = FunctionRef { file: self.function.file, id };
                let facts = self.duties.program.function(at);
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

    fn stmts(&mut self, stmts: &[StmtId], states: Vec<State>, leaves: &mut Vec<Leave>) -> Vec<State> {
        let program = self.duties.program;
        let mut states = states;
        for (position, id) in stmts.iter().enumerate() {
            if states.is_empty() {
                break;
            }
            if let StmtKind::Defer(body) = &program.stmt(self.function.file, *id).kind {
                // What is deferred runs however the rest of the block is left.
                let mut inner = Vec::new();
                let over = self.stmts(&stmts[position + 1..], states, &mut inner);
                let mut lost = Vec::new();
                for leave in inner {
                    for state in self.block(body, vec![leave.state], &mut lost) {
                        leaves.push(Leave { state, how: leave.how.clone(), at: leave.at });
                    }
                }
                return self.block(body, over, &mut lost);
            }
            states = join(self.stmt(*id, states, leaves));
        }
        states
    }

    fn each(
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
                    Some(expr) => self.each(states, leaves, |walk, state, leaves| {
                        let found = walk.eval(*expr, state, leaves);
                        found
                            .into_iter()
                            .map(|(mut state, value)| {
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
            StmtKind::Assign { target, value, is_compound } => {
                self.each(states, leaves, |walk, state, leaves| {
                    let mut all = Vec::new();
                    for (state, found) in walk.eval(*value, state, leaves) {
                        let value = walk.sharpen(*value, found);
                        let value = if *is_compound { Value::from(value.origin) } else { value };
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
                self.rounds(states, label.as_ref(), is_endless, stmt.span, leaves, |walk, states, leaves| {
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
                let ty =
                    crate::program::Program::element_type(program.type_of(&self.place(), *sequence).as_ref());
                let mut origin = Origin::Own;
                let states = self.each(states, leaves, |walk, state, leaves| {
                    let found = walk.eval(*sequence, state, leaves);
                    origin =
                        found.iter().map(|(_, value)| value.origin).max().unwrap_or_default().max(origin);
                    found.into_iter().map(|(state, _)| state).collect()
                });
                self.rounds(states, label.as_ref(), false, stmt.span, leaves, |walk, states, leaves| {
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
                                leaves.push(Leave { state, how: How::Return(value), at });
                            }
                        }
                        None => leaves.push(Leave { state, how: How::Return(Value::default()), at }),
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

    /// `#if` opens no scope: names declared inside are seen after it.
    fn block_in_scope(&mut self, body: &Block, states: Vec<State>, leaves: &mut Vec<Leave>) -> Vec<State> {
        self.stmts(&body.stmts, states, leaves)
    }

    /// What a constructor or a function that returns no optional yields is not nil.
    fn sharpen(&self, expr: ExprId, value: Value) -> Value {
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

    fn build_arm(condition: &BuildCondition, states: Vec<State>) -> Vec<State> {
        match condition.on_device() {
            Some(true) => states,
            Some(false) => Vec::new(),
            None => states
                .into_iter()
                .filter_map(|mut state| state.assume_build(condition).then_some(state))
                .collect(),
        }
    }

    fn jump(&mut self, states: Vec<State>, how: &How, span: Span, leaves: &mut Vec<Leave>) -> Vec<State> {
        let at = self.at(span);
        leaves.extend(states.into_iter().map(|state| Leave { state, how: how.clone(), at }));
        Vec::new()
    }

    /// A loop: no round, one, and more until nothing new is found.
    fn rounds(
        &mut self,
        states: Vec<State>,
        label: Option<&SmolStr>,
        is_endless: bool,
        span: Span,
        leaves: &mut Vec<Leave>,
        mut round: impl FnMut(&mut Self, Vec<State>, &mut Vec<Leave>) -> (Vec<State>, Vec<State>),
    ) -> Vec<State> {
        let at = self.at(span);
        let mut out = Vec::new();
        let mut states = states;
        for turn in 0..3 {
            let mut inner = Vec::new();
            let (mut over, ended) = round(self, states, &mut inner);
            if !is_endless {
                out.extend(
                    ended.into_iter().map(
                        |state| {
                            if turn == 0 { state.step(at, StepKind::NoRound) } else { state }
                        },
                    ),
                );
            }
            Self::sort_leaves(inner, label, &mut over, &mut out, leaves);
            states = join(over);
            if states.is_empty() {
                break;
            }
        }
        if !is_endless {
            out.extend(states);
        }
        join(out)
    }

    fn sort_leaves(
        inner: Vec<Leave>,
        label: Option<&SmolStr>,
        again: &mut Vec<State>,
        out: &mut Vec<State>,
        leaves: &mut Vec<Leave>,
    ) {
        for leave in inner {
            match &leave.how {
                How::Break(None) => out.push(leave.state),
                How::Continue(None) => again.push(leave.state),
                How::Break(Some(name)) if Some(name) == label => out.push(leave.state),
                How::Continue(Some(name)) if Some(name) == label => again.push(leave.state),
                _ => leaves.push(leave),
            }
        }
    }

    fn catch(&mut self, catches: &[Catch], thrown: Leave, passed: &mut Vec<Leave>) -> Vec<State> {
        let mut over = Vec::new();
        let mut open = Some(thrown);
        for catch in catches {
            let Some(leave) = open.take() else { break };
            let state = leave.state.clone().step(self.at(catch.span), StepKind::Branch(BranchKind::Caught));
            let mark = self.scope.enter();
            if let Some(pattern) = &catch.pattern {
                self.bind(pattern, None);
            } else {
                self.scope.push("error".into(), LocalId(catch.span.start), None);
            }
            over.extend(self.block(&catch.body, vec![state], passed));
            self.scope.leave(mark);
            let catches_all = catch.filter.is_none()
                && catch
                    .pattern
                    .as_ref()
                    .is_none_or(|pattern| matches!(pattern, Pattern::Bind(..) | Pattern::Wildcard));
            if !catches_all {
                open = Some(leave);
            }
        }
        passed.extend(open);
        over
    }

    fn switch(
        &mut self,
        subject: ExprId,
        cases: &[Case],
        states: Vec<State>,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let program = self.duties.program;
        let ty = program.type_of(&self.place(), subject);
        let mut open: Vec<(State, Value)> = Vec::new();
        for state in states {
            open.extend(self.eval(subject, state, leaves));
        }
        let mut over = Vec::new();
        let mut falling: Vec<State> = Vec::new();
        for case in cases {
            if case.build.iter().any(|condition| condition.on_device() == Some(false)) {
                continue;
            }
            let mark = self.scope.enter();
            let mut hit: Vec<State> = std::mem::take(&mut falling);
            if case.is_default {
                hit.extend(
                    std::mem::take(&mut open)
                        .into_iter()
                        .map(|(state, _)| state.step(self.at(case.span), StepKind::Branch(BranchKind::Case))),
                );
            }
            for (pattern, filter) in &case.patterns {
                self.bind(pattern, ty.clone());
                let mut next = Vec::new();
                for (state, value) in open {
                    let (matching, missing) = self.matches(pattern, subject, &value, state);
                    for state in matching {
                        let state = state.step(self.at(case.span), StepKind::Branch(BranchKind::Case));
                        match filter {
                            Some(filter) => {
                                let (holds, fails) = self.condition(*filter, state, leaves);
                                hit.extend(holds);
                                next.extend(fails.into_iter().map(|state| (state, value.clone())));
                            }
                            None => hit.push(state),
                        }
                    }
                    next.extend(missing.into_iter().map(|state| (state, value.clone())));
                }
                open = next;
            }
            let mut inner = Vec::new();
            over.extend(self.block(&case.body, join(hit), &mut inner));
            for leave in inner {
                match &leave.how {
                    How::Break(None) => over.push(leave.state),
                    How::Fallthrough => falling.push(leave.state),
                    _ => leaves.push(leave),
                }
            }
            self.scope.leave(mark);
        }
        // A switch is exhaustive: what no case took cannot be.
        over
    }

    /// Brings the names of a pattern into scope; `ty` is the type of what is matched.
    pub(super) fn bind(&mut self, pattern: &Pattern, ty: Option<Ty>) {
        match pattern {
            Pattern::Bind(name, span) => self.scope.push(name.clone(), LocalId(span.start), ty),
            Pattern::Optional(inner) => self.bind(inner, ty.map(|ty| ty.unwrapped().clone())),
            Pattern::Tuple(parts) => {
                let types = match ty {
                    Some(Ty::Tuple(types)) => types,
                    _ => Vec::new(),
                };
                for (at, part) in parts.iter().enumerate() {
                    self.bind(part, types.get(at).cloned().flatten());
                }
            }
            Pattern::Case { name, args } => {
                let wrapped = ty.filter(|_| name == "some").map(|ty| ty.unwrapped().clone());
                for part in args {
                    self.bind(part, wrapped.clone());
                }
            }
            Pattern::As(inner, target) => {
                let program = self.duties.program;
                let owner = program.owner(self.function);
                let ty = program.type_from_ref(target, self.function.file, Some(self.function), owner);
                self.bind(inner, ty);
            }
            Pattern::Wildcard | Pattern::Expr(_) | Pattern::Is(_) => {}
        }
    }

    /// Gives the names of a pattern what is known of the value.
    pub(super) fn assign_pattern(pattern: &Pattern, value: &Value, state: &mut State) {
        match pattern {
            Pattern::Bind(_, span) => state.set_local(LocalId(span.start), value.clone()),
            _ => {
                let is_optional = matches!(pattern, Pattern::Optional(_));
                let mut open = vec![pattern];
                while let Some(pattern) = open.pop() {
                    match pattern {
                        Pattern::Bind(_, span) => {
                            let known = match &value.known {
                                Known::Function(at) => Known::Function(*at),
                                Known::Param(at) => Known::Param(*at),
                                _ if is_optional => Known::Something,
                                _ => Known::Any,
                            };
                            state.set_local(LocalId(span.start), Value { known, origin: value.origin });
                        }
                        Pattern::Optional(inner) | Pattern::As(inner, _) => open.push(inner),
                        Pattern::Tuple(parts) | Pattern::Case { args: parts, .. } => open.extend(parts),
                        Pattern::Wildcard | Pattern::Expr(_) | Pattern::Is(_) => {}
                    }
                }
            }
        }
    }

    pub(super) fn is_repeated(&self, text: &str) -> bool {
        self.repeated.contains(text) || text == super::before::ON_MAIN_THREAD
    }
}

/// Keeps the shortest way to each exit.
fn insert(exits: &mut Summary, key: ExitKey, found: (At, Trace)) {
    let place = exits.entry(key).or_insert_with(|| found.clone());
    if found.1.len() < place.1.len() {
        *place = found;
    }
}

/// The keyword at the beginning of a statement.
fn keyword(span: Span, word: &str) -> Span {
    Span { start: span.start, end: (span.start + word.len() as u32).min(span.end) }
}
