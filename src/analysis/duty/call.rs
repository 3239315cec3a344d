//! What a call does with the duty.

use std::collections::BTreeSet;
use std::rc::Rc;

use smol_str::SmolStr;

use super::eval::{Link, Skipped};
use super::state::{At, Calls, Duty, How, Known, Leave, Origin, State, StepKind, Value, When, join};
use super::summary::{Context, Summary, Way};
use super::walk::Walk;
use crate::facts::{Arg, ExprId, ExprKind, FunctionKind, StmtId};
use crate::finding::Confidence;
use crate::program::{FunctionRef, LocalId, Program, Target};
use crate::vocabulary::{Match, Meaning, OutsideCall};

/// How deep closures and local functions are walked inside one another; a recursion ends here, which is right
/// for a least fixpoint: a path must end.
const MAX_INLINED: usize = 8;

/// A call that is being evaluated.
pub(super) struct Call<'c> {
    pub(super) at: At,
    name: SmolStr,
    pub(super) args: &'c [Arg],
    pub(super) values: Vec<Value>,
    pub(super) receiver: Origin,
    /// Nobody takes the result: a statement of its own.
    is_statement: bool,
}

impl Walk<'_> {
    /// What a call may run; resolved once per call.
    pub(super) fn target(&mut self, expr: ExprId, callee: ExprId, args: &[Arg]) -> Rc<Target> {
        if let Some(known) = self.targets.get(&expr) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.duties.program.resolve(&self.place(), callee, args));
        self.targets.insert(expr, Rc::clone(&found));
        found
    }

    /// Evaluates a call: receiver, arguments, then what it does.
    pub(super) fn call(
        &mut self,
        expr: ExprId,
        callee: ExprId,
        args: &[Arg],
        is_optional: bool,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<Link> {
        let program = self.duties.program;
        let facts = program.file(self.function.file);
        let target = self.target(expr, callee, args);
        let kind = &facts.expr(callee).kind;
        let (name, span) = match kind {
            ExprKind::Member { name, name_span, .. } => (name.clone(), *name_span),
            ExprKind::Name(name) => (name.clone(), facts.expr(callee).span),
            _ => (SmolStr::default(), facts.expr(callee).span),
        };
        let receivers = match kind {
            ExprKind::Member { base: Some(base), is_optional: is_chained, .. } => {
                self.base(*base, *is_chained, state, leaves)
            }
            ExprKind::Name(_) | ExprKind::Closure(_) | ExprKind::Member { .. } | ExprKind::Type(_) => {
                vec![(state, Ok(Value::default()))]
            }
            _ => self.base(callee, is_optional, state, leaves),
        };
        let is_name = matches!(kind, ExprKind::Name(_) | ExprKind::Member { .. });
        let mut all = Vec::new();
        for (state, receiver) in receivers {
            // `handler?(…)`: there may be none. What a closure parameter is, its caller knows.
            if is_optional && is_name && !self.is_param(callee, &state) && receiver.is_ok() {
                all.push((state.clone(), Err(Skipped { at: self.at(span), is_derived: false })));
            }
            let receiver = match receiver {
                Ok(receiver) => receiver,
                Err(skipped) => {
                    all.push((state, Err(skipped)));
                    continue;
                }
            };
            for (state, values) in self.arguments(args, state, leaves) {
                let call = Call {
                    at: self.at(span),
                    name: name.clone(),
                    args,
                    values,
                    receiver: receiver.origin,
                    is_statement: self.discarded == Some(expr),
                };
                let done = self.run_target(&target, callee, &call, state, leaves);
                all.extend(done.into_iter().map(|(state, value)| (state, Ok(value))));
            }
        }
        all
    }

    fn is_param(&self, callee: ExprId, state: &State) -> bool {
        self.local_named(callee).is_some_and(|id| !matches!(state.local(id).known, Known::Any))
    }

    fn run_target(
        &mut self,
        target: &Target,
        callee: ExprId,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        match target {
            Target::Functions(found) => self.run_functions(found, call, Confidence::High, state, leaves),
            Target::Construct(_) | Target::Nothing => vec![(state, Value::from(call.origin()))],
            Target::Closure(at) => {
                if let Some(closure) = self.file_closure(callee) {
                    self.closures.insert(closure, self.scope.clone());
                }
                self.run_value(&Known::Function(*at), call, state, leaves)
            }
            Target::Local(id) => {
                let known = state.local(*id).known;
                self.run_value(&known, call, state, leaves)
            }
            Target::Property(property) => {
                let stored = self.duties.stored_functions(*property);
                if self.duties.program.property(*property).declared_reporting {
                    return vec![self.report(state, call, "declared by `pushlint:reports`")];
                }
                match stored.as_deref() {
                    // Nobody ever sets it: there is nothing to call.
                    Some([]) => vec![(state, Value::default())],
                    Some(found) => self.run_functions(found, call, Confidence::Medium, state, leaves),
                    None if call.hands_payload() || self.hands_report(call, &state) => {
                        vec![Self::unseen(state, call, "what this property holds is not known")]
                    }
                    None => vec![(state, Value::from(call.origin()))],
                }
            }
            Target::Opaque => {
                if call.hands_payload() || self.hands_report(call, &state) {
                    vec![Self::unseen(state, call, "what is called here is not known")]
                } else {
                    vec![(state, Value::from(call.origin()))]
                }
            }
            Target::Outside { call: outside, candidates, is_known_outside } => {
                self.run_outside(outside, candidates, *is_known_outside, call, state, leaves)
            }
        }
    }

    fn file_closure(&self, callee: ExprId) -> Option<FunctionRef> {
        match self.duties.program.file(self.function.file).expr(callee).kind {
            ExprKind::Closure(id) => Some(FunctionRef { file: self.function.file, id }),
            _ => None,
        }
    }

    /// Calls a value: a closure, a local function, a closure parameter.
    fn run_value(
        &mut self,
        known: &Known,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        match known {
            Known::Function(at) if self.is_inline(*at) => {
                self.run_inline(*at, &call.values, call.at, state, leaves)
            }
            Known::Function(at) => self.run_functions(&[*at], call, Confidence::High, state, leaves),
            Known::Param(position) => {
                let mut state = state;
                state.key.params.insert((*position, When::Now));
                vec![(state, Value::default())]
            }
            Known::Nil => vec![(state, Value::known(Known::Nil))],
            _ if call.hands_payload() || self.hands_report(call, &state) => {
                vec![Self::unseen(state, call, "what this variable holds is not known")]
            }
            _ => vec![(state, Value::from(call.origin()))],
        }
    }

    /// A closure or local function whose surroundings are those of this walk.
    fn is_inline(&self, at: FunctionRef) -> bool {
        self.closures.contains_key(&at)
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
        let Some(body) = &facts.body else { return vec![(state, Value::default())] };
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

    /// Reads a computed property.
    pub(super) fn run_getters(
        &mut self,
        getters: &[FunctionRef],
        at: At,
        name: &SmolStr,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let call = Call {
            at,
            name: name.clone(),
            args: &[],
            values: Vec::new(),
            receiver: Origin::Own,
            is_statement: false,
        };
        self.run_functions(getters, &call, Confidence::High, state, leaves)
    }

    /// Calls functions of the project: one, or any of several.
    fn run_functions(
        &mut self,
        found: &[FunctionRef],
        call: &Call<'_>,
        confidence: Confidence,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let program = self.duties.program;
        if found.iter().any(|at| self.duties.declares_report(*at)) {
            return vec![self.report(state, call, "declared by `pushlint:reports`")];
        }
        if self.is_passed_over(found, call, &state) {
            return self.pass_over(found, call, &state, leaves);
        }
        let mut all = Vec::new();
        let mut summaries = Vec::new();
        for at in found {
            let facts = program.function(*at);
            if facts.body.is_none() || facts.is_damaged {
                let why = if facts.is_damaged {
                    "it could not be parsed whole"
                } else {
                    "no implementation of it is in the project"
                };
                summaries.push((*at, None, why));
                continue;
            }
            let bound =
                Program::bind(&facts.params, call.args).unwrap_or_else(|| (0..call.args.len()).collect());
            let args = (0..facts.params.len())
                .map(|position| match bound.iter().position(|to| *to == position) {
                    Some(arg) => call.values.get(arg).map(for_context).unwrap_or_default(),
                    None => facts.params[position]
                        .default
                        .map_or_else(Value::default, |default| self.default_value(at.file, default)),
                })
                .collect();
            let context = Context { function: *at, args };
            let mut table = self.duties.table.borrow_mut();
            let (id, summary) = table.ask(&context, self.id);
            let reports = table.reports(id);
            drop(table);
            self.note_call(id, call.at, &state);
            summaries.push((*at, Some((summary, bound, reports)), ""));
        }
        let duties: BTreeSet<BTreeSet<Option<Duty>>> = summaries
            .iter()
            .map(|(_, summary, _)| match summary {
                Some((summary, ..)) => {
                    let exits = summary.keys().filter(|key| key.way != Way::Excused);
                    exits.map(|key| Some(key.duty)).collect()
                }
                None => [None].into(),
            })
            .collect();
        let is_disputed = found.len() > 1 && duties.len() > 1;
        for (at, summary, why) in summaries {
            match summary {
                Some((summary, bound, reports)) => {
                    all.extend(self.apply(
                        at,
                        (&summary, reports),
                        &bound,
                        call,
                        confidence,
                        is_disputed,
                        &state,
                        leaves,
                    ));
                }
                // A requirement that only a client of this library implements: whoever has the report to make was asked
                // before, and turned away from it.
                None if call.hands_payload()
                    && has_turned_away(&state)
                    && !program.function(at).is_damaged =>
                {
                    let mut state = state.clone();
                    state.doubt(Confidence::Medium);
                    all.push((state, Value::from(call.origin())));
                }
                None if call.hands_payload() || program.function(at).is_damaged => {
                    all.push(Self::unseen(state.clone(), call, why));
                }
                None => all.push((state.clone(), Value::from(call.origin()))),
            }
        }
        all
    }

    fn default_value(&self, file: u32, default: ExprId) -> Value {
        match self.duties.program.file(file).expr(default).kind {
            ExprKind::Nil => Value::known(Known::Nil),
            ExprKind::Bool(value) => Value::known(Known::Bool(value)),
            _ => Value::default(),
        }
    }

    /// Continues a path behind a call, once for each exit of the function called.
    #[allow(clippy::too_many_arguments, reason = "all of them are the call")]
    fn apply(
        &mut self,
        at: FunctionRef,
        (summary, reports_somewhere): (&Summary, bool),
        bound: &[usize],
        call: &Call<'_>,
        confidence: Confidence,
        is_disputed: bool,
        state: &State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let matters = reports_somewhere
            || summary.keys().any(|key| !key.params.is_empty() || key.nil_holder.is_some() || key.is_taken);
        let mut all = Vec::new();
        for (exit, (left_at, trace)) in summary {
            let mut next = state.clone();
            if let (Way::Excused, Some(excused_at)) = (&exit.way, exit.blame) {
                if next.key.duty < Duty::Reported {
                    next = next.step(call.at, StepKind::Enter(self.duties.display_name(at)));
                    next.trace = next.trace.inside(trace);
                    self.excused.push((next, excused_at));
                }
                continue;
            }
            self.duties.forget_written(&mut next);
            for name in self.duties.filled_by(at) {
                next.decide(&format!("{name}==nil"), false);
            }
            if matters {
                next = next.step(call.at, StepKind::Enter(self.duties.display_name(at)));
                next.trace = next.trace.inside(trace);
            }
            next.key.is_taken |= exit.is_taken;
            if exit.duty == Duty::None && reports_somewhere {
                next.key.turn = exit.blame.or(Some((at.file, left_at.1)));
                next = next.step(*left_at, StepKind::Leave);
            }
            if exit.duty != Duty::None {
                next.doubt(confidence.min(exit.confidence));
                if exit.duty < Duty::Reported && exit.blame.is_some() {
                    next.key.turn = exit.blame;
                }
            } else if reports_somewhere {
                next.doubt(confidence.min(exit.confidence));
            }
            if is_disputed {
                next.doubt(Confidence::Medium);
                next.key.is_disputed = true;
                if exit.duty == Duty::None && !reports_somewhere {
                    next.key.turn = None;
                }
            }
            next.key.is_disputed |= exit.is_disputed;
            match next.key.suspended {
                Some(at) if exit.duty == Duty::Reported && next.key.duty < Duty::Reported => {
                    next.key.turn = Some(at);
                    next.raise(Duty::Deferred);
                    next = next.step(at, StepKind::Defer("await".into()));
                }
                _ => {
                    if next.key.duty < Duty::Reported
                        && exit.duty == Duty::Reported
                        && self.duties.is_detailed
                    {
                        next.key.reported = exit.reported.from(call.at);
                    }
                    next.raise(exit.duty);
                }
            }
            if next.key.duty < Duty::Reported
                && let Some(holder) = exit.nil_holder
            {
                next.key.nil_holder.get_or_insert(holder);
            }
            let mut nexts = vec![next];
            for (position, when) in &exit.params {
                let Some(arg) = bound.iter().position(|to| *to == usize::from(*position)) else { continue };
                let value = call.values.get(arg).cloned().unwrap_or_default();
                let arg_at =
                    self.at(self.duties.program.file(self.function.file).expr(call.args[arg].value).span);
                let mut after = Vec::new();
                for next in nexts {
                    after.extend(self.run_argument(&value, *when, arg_at, &call.name, next, leaves));
                }
                nexts = join(after);
            }
            for next in nexts {
                match &exit.way {
                    Way::Returns(known) => {
                        let mut origin = exit.origin.max(call.receiver.min(Origin::Part));
                        if self.duties.program.function(at).kind == FunctionKind::Initializer {
                            origin = origin.max(call.origin());
                        }
                        all.push((next, Value { known: known.clone(), origin }));
                    }
                    Way::Throws => leaves.push(Leave { state: next, how: How::Throw, at: call.at }),
                    Way::Excused => {}
                }
            }
        }
        all
    }

    /// A closure that was given to a function: it is called now, later, or by code that cannot be seen.
    fn run_argument(
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
                let call = Call {
                    at,
                    name: by.clone(),
                    args: &[],
                    values: Vec::new(),
                    receiver: Origin::Own,
                    is_statement: true,
                };
                let done = if self.is_inline(*function) {
                    self.run_inline(*function, &[], at, state, leaves)
                } else {
                    self.run_functions(&[*function], &call, Confidence::High, state, leaves)
                };
                done.into_iter().map(|(state, _)| state).collect()
            }
            (Known::Function(function), When::Later) => vec![self.put_off(*function, at, by, state)],
            (Known::Function(function), When::Unseen) => {
                let effect = self.effect_of(*function, &state);
                if effect.duty != Duty::None {
                    state.raise(Duty::HandedOut);
                    state = state.step(at, StepKind::HandOut(by.clone()));
                }
                vec![state]
            }
            _ => vec![state],
        }
    }

    /// The most that a function does for the duty, on any path, were it called here.
    fn effect_of(&mut self, function: FunctionRef, state: &State) -> Effect {
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
            let call = Call {
                at,
                name: SmolStr::default(),
                args: &[],
                values: Vec::new(),
                receiver: Origin::Own,
                is_statement: true,
            };
            let done = self.run_functions(&[function], &call, Confidence::High, fresh, &mut leaves);
            done.into_iter().map(|(state, _)| state).collect()
        };
        self.excused = excused;
        self.is_trying = was_trying;
        done.extend(leaves.into_iter().map(|leave| leave.state));
        let best = done.iter().max_by_key(|state| (state.key.duty, std::cmp::Reverse(state.trace.len())));
        Effect {
            duty: best.map_or(Duty::None, |state| state.key.duty),
            trace: best.map(|state| state.trace.clone()).unwrap_or_default(),
            params: done.iter().flat_map(|state| state.key.params.iter().map(|(at, _)| *at)).collect(),
        }
    }

    /// A closure that runs after the present turn.
    fn put_off(&mut self, function: FunctionRef, at: At, by: &SmolStr, state: State) -> State {
        let effect = self.effect_of(function, &state);
        let mut state = state;
        for position in effect.params {
            state.key.params.insert((position, When::Later));
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
            _ => state,
        }
    }

    fn report(&self, state: State, call: &Call<'_>, by: &str) -> (State, Value) {
        let mut state = state;
        if let Some(at) = state.key.suspended {
            // Whoever called this has gone on at the first suspension.
            if state.key.duty < Duty::Deferred {
                state.key.turn = Some(at);
            }
            state.raise(Duty::Deferred);
            state = state.step(at, StepKind::Defer("await".into()));
        } else {
            if self.duties.is_detailed && state.key.duty < Duty::Reported {
                state.key.reported = Calls::of(call.at);
            }
            state.raise(Duty::Reported);
        }
        (state.step(call.at, StepKind::Report(by.into())), Value::known(Known::Something))
    }

    fn unseen(state: State, call: &Call<'_>, why: &str) -> (State, Value) {
        let mut state = state;
        if state.key.duty < Duty::HandedOut {
            state.key.turn = Some(call.at);
        }
        state.raise(Duty::HandedOut);
        for value in &call.values {
            if let Known::Param(position) = value.known {
                state.key.params.insert((position, When::Unseen));
            }
        }
        (state.step(call.at, StepKind::HandOut(why.into())), Value::from(call.origin()))
    }

    /// Whether a closure among the arguments reports.
    fn hands_report(&mut self, call: &Call<'_>, state: &State) -> bool {
        let functions: Vec<FunctionRef> = call
            .values
            .iter()
            .filter_map(|value| match value.known {
                Known::Function(at) => Some(at),
                _ => None,
            })
            .collect();
        functions.into_iter().any(|at| self.effect_of(at, state).duty != Duty::None)
    }

    fn run_outside(
        &mut self,
        outside: &OutsideCall,
        candidates: &[FunctionRef],
        is_known_outside: bool,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let vocabulary = self.duties.vocabulary;
        let found = vocabulary.lookup(outside);
        // What a receiver of unknown type does: a listed API wins over a project function of the same name
        // only where it means something; that "every Apple type is harmless" says nothing here.
        if !candidates.is_empty()
            && !is_known_outside
            && found.is_none_or(|found| *found.meaning == Meaning::Harmless)
        {
            return self.run_candidates(candidates, call, state, leaves);
        }
        match found {
            Some(found) => {
                self.note_outside(&found, outside, call, &state);
                self.run_meaning(found, outside, call, state, leaves)
            }
            None => {
                let receiver = outside
                    .receiver
                    .as_ref()
                    .or_else(|| outside.chain.first().filter(|name| name.starts_with(char::is_uppercase)));
                let is_foreign = receiver.is_some_and(|name| {
                    !crate::vocabulary::is_apple_type(name)
                        && self.duties.program.types_named(name).is_empty()
                });
                if call.hands_payload() || self.hands_report(call, &state) {
                    let why = match receiver {
                        Some(name) => format!("`{name}` is not in the project"),
                        None => format!("`{}` is not in the project", outside.name),
                    };
                    return vec![Self::unseen(state, call, &why)];
                }
                let mut state = state;
                if is_foreign && outside.name != "init" && self.duties.is_handler(self.function) {
                    // The handler itself calls an SDK that is not known: that may be the one that reports.
                    let why = format!("`{}` is not in the project", receiver.map_or("", SmolStr::as_str));
                    return vec![Self::unseen(state, call, &why)];
                }
                if is_foreign {
                    // An SDK may know of the push by itself: possible, and no reason to call the rest unseen.
                    state.doubt(Confidence::Medium);
                }
                for value in &call.values {
                    if let Known::Param(position) = value.known {
                        state.key.params.insert((position, When::Unseen));
                    }
                }
                vec![(state, Value::from(call.origin()))]
            }
        }
    }

    /// Project functions that a call may mean: one, or several that agree; otherwise nobody knows.
    fn run_candidates(
        &mut self,
        candidates: &[FunctionRef],
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let mut inner = Vec::new();
        let done = self.run_functions(candidates, call, Confidence::Medium, state.clone(), &mut inner);
        let duties: BTreeSet<Duty> = done
            .iter()
            .map(|(state, _)| state.key.duty)
            .chain(inner.iter().map(|leave| leave.state.key.duty))
            .collect();
        if candidates.len() > 1 && duties.len() > 1 {
            return vec![Self::unseen(
                state,
                call,
                "several functions of the project fit this call, and they differ",
            )];
        }
        leaves.extend(inner);
        done
    }

    fn run_meaning(
        &mut self,
        found: Match<'_>,
        outside: &OutsideCall,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let result = Value::from(call.origin());
        match found.meaning {
            Meaning::Reports { is_proved: true, .. } => vec![self.report(state, call, found.name)],
            Meaning::Reports { is_proved: false, .. } => {
                let why = format!("{} is presumed to report", found.name);
                vec![Self::unseen(state, call, &why)]
            }
            Meaning::TakenForReport(why) => {
                let mut state = state;
                state.key.is_taken = true;
                vec![(state.step(call.at, StepKind::TakenForReport(why.clone())), result)]
            }
            Meaning::Diverges => {
                self.excuse(&state, call.at, "the app stops on purpose");
                Vec::new()
            }
            Meaning::OwnsRegistry => vec![(state, result)],
            Meaning::RunsNow { is_certain } => {
                let mut states = vec![state.clone()];
                let element = Value::from(call.receiver);
                for (position, value) in call.values.iter().enumerate() {
                    let at = self.at(self
                        .duties
                        .program
                        .file(self.function.file)
                        .expr(call.args[position].value)
                        .span);
                    let mut after = Vec::new();
                    for state in states {
                        match &value.known {
                            Known::Function(function) if self.is_inline(*function) => {
                                let arguments = [element.clone(), element.clone(), element.clone()];
                                let done = self.run_inline(*function, &arguments, at, state, leaves);
                                after.extend(done.into_iter().map(|(state, _)| state));
                            }
                            _ => after.extend(self.run_argument(
                                value,
                                When::Now,
                                at,
                                &call.name,
                                state,
                                leaves,
                            )),
                        }
                    }
                    states = join(after);
                }
                let has_closure = call
                    .values
                    .iter()
                    .any(|value| matches!(value.known, Known::Function(_) | Known::Param(_)));
                if !is_certain && has_closure {
                    states.push(state.step(call.at, StepKind::NoRound));
                }
                states.into_iter().map(|state| (state, result.clone())).collect()
            }
            Meaning::RunsLater => {
                let mut state = state;
                let by = if outside.chain.is_empty() || outside.chain[0] == "self" {
                    call.name.clone()
                } else {
                    SmolStr::new(format!("{}.{}", outside.chain.join("."), call.name))
                };
                for value in &call.values {
                    match &value.known {
                        Known::Function(function) => state = self.put_off(*function, call.at, &by, state),
                        Known::Param(position) => {
                            state.key.params.insert((*position, When::Later));
                        }
                        _ => {}
                    }
                }
                vec![(state, result)]
            }
            Meaning::CallsBack { methods, is_synchronous } => {
                let callbacks = if *is_synchronous { self.callbacks(methods, call) } else { Vec::new() };
                let is_answered = !callbacks.is_empty();
                let reporting: Vec<FunctionRef> = callbacks
                    .into_iter()
                    .filter(|at| self.effect_of(*at, &state).duty != Duty::None)
                    .collect();
                if reporting.is_empty() && is_answered {
                    // The app's own callback reports nothing.
                    return vec![(state, result)];
                }
                if reporting.is_empty() {
                    let why = format!("{} calls back into the app, when is not known", found.name);
                    return vec![Self::unseen(state, call, &why)];
                }
                self.run_functions(&reporting, &call.back(), Confidence::Medium, state, leaves)
            }
            Meaning::Posts => {
                let observers = self.duties.observers(self.function.file, call.args);
                if !observers.is_empty() {
                    let back = call.back();
                    return self.run_functions(&observers, &back, Confidence::Medium, state, leaves);
                }
                // What a Combine subject sends goes to its subscribers, whichever they are.
                let has_subscribers = call.name == "send" && self.duties.reach.has_subscribers();
                if has_subscribers || self.hands_report(call, &state) || call.hands_payload() {
                    return vec![Self::unseen(state, call, "observers may report")];
                }
                vec![(state, result)]
            }
            Meaning::Finishes => {
                let mut state = state;
                if state.key.duty == Duty::Deferred && state.key.suspended.is_none() {
                    // Which work it is about is not told apart.
                    state.doubt(Confidence::Medium);
                    state.raise(Duty::Reported);
                    state = state.step(call.at, StepKind::Report(found.name.into()));
                }
                vec![(state, result)]
            }
            Meaning::Harmless => {
                if self.hands_report(call, &state) {
                    return vec![Self::unseen(state, call, "when it calls its closure is not known")];
                }
                let mut state = state;
                for value in &call.values {
                    if let Known::Param(position) = value.known {
                        // `handlers.append(completion)`: kept for later.
                        state.key.params.insert((position, When::Later));
                    }
                }
                vec![(state, result)]
            }
        }
    }

    /// The methods of the app that an SDK calls back: those of the delegate it is given, where
    /// its type is known.
    fn callbacks(&mut self, methods: &[SmolStr], call: &Call<'_>) -> Vec<FunctionRef> {
        let program = self.duties.program;
        let mut found: Vec<FunctionRef> =
            methods.iter().flat_map(|method| self.duties.methods_by_selector(method)).collect();
        let given: Vec<_> = call
            .args
            .iter()
            .filter_map(|arg| program.type_of(&self.place(), arg.value)?.project())
            .flat_map(|ty| program.ancestry(ty).into_iter().chain(program.descendants(ty)))
            .collect();
        let is_given = |at: &FunctionRef| program.owner(*at).is_some_and(|owner| given.contains(&owner));
        if found.iter().any(is_given) {
            found.retain(is_given);
        }
        found
    }

    /// An assignment: what is known of a variable, a closure that is kept, an observer that runs.
    pub(super) fn assign(
        &mut self,
        target: ExprId,
        value: &Value,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let program = self.duties.program;
        let expr = program.file(self.function.file).expr(target);
        let at = self.at(expr.span);
        if let Some(id) = self.local_named(target) {
            let mut state = state;
            state.set_local(id, value.clone());
            return vec![state];
        }
        let mut states = vec![state];
        let mut property = None;
        let name = match &expr.kind {
            ExprKind::Name(name) => {
                property = program.owner(self.function).and_then(|owner| program.find_property(owner, name));
                Some(name.clone())
            }
            ExprKind::Member { base: Some(base), name, is_optional, .. } => {
                let state = states.remove(0);
                states = self
                    .base(*base, *is_optional, state, leaves)
                    .into_iter()
                    .map(|(state, _)| state)
                    .collect();
                let owner = program.type_of(&self.place(), *base).and_then(|ty| ty.project());
                property = owner.and_then(|owner| program.find_property(owner, name));
                Some(name.clone())
            }
            ExprKind::Subscript { .. } => {
                let state = states.remove(0);
                states = self.eval(target, state, leaves).into_iter().map(|(state, _)| state).collect();
                None
            }
            _ => None,
        };
        let text = program.dotted(self.function.file, target);
        let mut after = Vec::new();
        for state in states {
            let mut state = state;
            if let Some(name) = &name {
                state.forget(|text| text.split(['.', '=']).any(|part| part == name.as_str()));
            }
            if let Some(text) = &text {
                match value.known {
                    Known::Bool(known) if self.is_repeated(text) => state.decide(text, known),
                    Known::Nil => state.decide(&format!("{text}==nil"), true),
                    Known::Something => state.decide(&format!("{text}==nil"), false),
                    _ => {}
                }
            }
            let state = self.keep(value, at, &SmolStr::new(name.as_deref().unwrap_or("a property")), state);
            after.push(state);
        }
        if let Some(property) = property {
            for id in &program.property(property).observers {
                let observer = FunctionRef { file: property.file, id: *id };
                let call = Call {
                    at,
                    name: "didSet".into(),
                    args: &[],
                    values: Vec::new(),
                    receiver: Origin::Own,
                    is_statement: true,
                };
                let mut next = Vec::new();
                for state in after {
                    let done = self.run_functions(&[observer], &call, Confidence::High, state, leaves);
                    next.extend(done.into_iter().map(|(state, _)| state));
                }
                after = join(next);
            }
        }
        after
    }

    /// `if` or `switch` as an expression.
    pub(super) fn statement_value(
        &mut self,
        stmt: StmtId,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        self.stmt(stmt, vec![state], leaves)
    }
}

/// What a function does for the duty at most.
struct Effect {
    duty: Duty,
    trace: super::state::Trace,
    params: BTreeSet<u16>,
}

impl Call<'_> {
    /// The result has to do with the payload what the arguments and the receiver have.
    fn origin(&self) -> Origin {
        self.values.iter().map(|value| value.origin).max().unwrap_or_default().max(self.receiver)
    }

    /// Code that cannot be seen gets the payload. A field of it given to a call whose result is taken is a
    /// question ("which account is this?"), not a hand-over.
    /// The call that answers it, of which nothing is known.
    fn back(&self) -> Call<'static> {
        Call {
            at: self.at,
            name: self.name.clone(),
            args: &[],
            values: Vec::new(),
            receiver: Origin::Own,
            is_statement: true,
        }
    }

    fn hands_payload(&self) -> bool {
        let given = self.values.iter().map(|value| value.origin).max().unwrap_or_default();
        given == Origin::Payload || given == Origin::Part && self.is_statement
    }
}

/// Whether a function that reports was left without a report on this path.
fn has_turned_away(state: &State) -> bool {
    state.key.duty == Duty::None && state.key.turn.is_some()
}

/// The part of an argument that can decide something in the function called.
fn for_context(value: &Value) -> Value {
    let known = match &value.known {
        Known::Function(_) | Known::Param(_) | Known::Something | Known::Any => Known::Any,
        other => other.clone(),
    };
    Value { known, origin: value.origin }
}
