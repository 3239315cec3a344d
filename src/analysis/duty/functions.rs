//! Functions of the project that are called: the path goes on once for each of their exits.

use std::collections::BTreeSet;

use super::call::Call;
use super::join::join;
use super::state::{At, Duty, How, Known, Leave, Origin, State, Value, When};
use super::summary::{Context, Summary, Way};
use super::trace::StepKind;
use super::walk::Walk;
use crate::facts::{ExprId, ExprKind, FunctionKind, Param, TypeRef};
use crate::finding::Confidence;
use crate::program::{FunctionRef, LocalId, Place, Program, Scope};
use crate::vocabulary::Owed;

impl Walk<'_> {
    /// Calls functions of the project: one, or any of several.
    pub(super) fn run_functions(
        &mut self,
        found: &[FunctionRef],
        call: &Call<'_>,
        confidence: Confidence,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let program = self.duties.program;
        if let Some(declared) = found.iter().find_map(|at| self.duties.declares_report(*at)) {
            return vec![self.report(state, call, declared)];
        }
        let is_said_to_do_nothing =
            !found.is_empty() && found.iter().all(|at| self.duties.declares_none(*at));
        if is_said_to_do_nothing || self.is_passed_over(found, call, &state) {
            return self.pass_over(found, call, &state, leaves);
        }
        let mut all = Vec::new();
        let mut summaries = Vec::new();
        for at in found {
            let facts = program.function(*at);
            let is_damaged = program.is_damaged(*at);
            if facts.body.is_none() || is_damaged {
                let why = if is_damaged {
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
                    Some(arg) => {
                        let given = call.args[arg].value;
                        let is_present =
                            || self.is_sure(given) || self.duties.graph.is_present(&self.place(), given, 0);
                        let value = call.values.get(arg);
                        value
                            .map(|value| for_context(value, &facts.params[position], is_present))
                            .unwrap_or_default()
                    }
                    None => facts.params[position]
                        .default
                        .map_or_else(Value::default, |default| self.default_value(at.file, default)),
                })
                .collect();
            let context = Context { function: *at, args, this: call.this.clone() };
            let (id, summary) = self.duties.ask(&context, self.id, self.depth);
            let most = self.duties.table.borrow().most(id);
            let Some(summary) = summary else {
                self.is_provisional = true;
                all.push((state.clone(), Value::from(call.origin())));
                continue;
            };
            // What a closure may do that runs later is asked for while the function around it is walked, which it may call: that
            // this returns is known from the last fixpoint only, and what rests on the contrary would stay.
            let returns = most != Duty::None && summary.is_empty();
            if self.is_trying && returns && self.duties.table.borrow().in_progress(id).is_some() {
                all.push((state.clone(), Value::from(call.origin())));
            }
            self.note_call(id, call.at, &state);
            summaries.push((*at, Some((summary, bound, most)), ""));
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
                Some((summary, bound, most)) => {
                    for state in self.run_defaults(at, &bound, state.clone(), call.at, leaves) {
                        all.extend(self.apply(
                            at,
                            (&summary, most),
                            &bound,
                            call,
                            confidence,
                            is_disputed,
                            &state,
                            leaves,
                        ));
                    }
                }
                // A requirement that only a client of this library implements: whoever has the report to make was asked
                // before, and turned away from it.
                None if call.hands_payload()
                    && self.duties.owed == Owed::Report
                    && has_turned_away(&state)
                    && !program.is_damaged(at) =>
                {
                    let mut state = state.clone();
                    state.doubt(Confidence::Medium);
                    all.push((state, Value::from(call.origin())));
                }
                None if call.hands_payload() || program.is_damaged(at) || self.hands_report(call, &state) => {
                    all.push(Self::unseen(state.clone(), call, why));
                }
                None => {
                    let state = self.pass_on(call, When::Unseen, state.clone());
                    all.push((state, Value::from(call.origin())));
                }
            }
        }
        all
    }

    /// Whether an expression is a parameter that is always there.
    fn is_sure(&self, expr: ExprId) -> bool {
        let program = self.duties.program;
        let around = std::iter::successors(Some(self.function), |at| {
            program.function(*at).parent.map(|id| FunctionRef { file: at.file, id })
        });
        let mut params = around.flat_map(|at| &program.function(at).params);
        self.local_named(expr).is_some_and(|id| {
            params.any(|param| {
                LocalId(param.span.start) == id && param.ty.as_ref().is_some_and(|ty| !ty.is_optional())
            })
        })
    }

    pub(super) fn default_value(&self, file: u32, default: ExprId) -> Value {
        match self.duties.program.file(file).expr(default).kind {
            ExprKind::Nil => Value::known(Known::Nil),
            ExprKind::Bool(value) => Value::known(Known::Bool(value)),
            ExprKind::Closure(id) => Value::known(Known::Function(FunctionRef { file, id })),
            ExprKind::Name(ref name) => {
                Value::known(self.function_named(self.duties.program.functions_named(name)))
            }
            _ => Value::default(),
        }
    }

    /// Evaluates the default values of the parameters that a call gives nothing, as far as a call in them may report.
    fn run_defaults(
        &mut self,
        at: FunctionRef,
        bound: &[usize],
        state: State,
        from: At,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let program = self.duties.program;
        let params = &program.function(at).params;
        let mut states = vec![state];
        for (_, param) in params.iter().enumerate().filter(|(position, _)| !bound.contains(position)) {
            let Some(default) = param.default else { continue };
            let ExprKind::Call { callee, args, .. } = &program.file(at.file).expr(default).kind else {
                continue;
            };
            let scope = Scope::default();
            let place = Place::of(program, at, &scope);
            let mut called = program.functions_called(&place, *callee, args);
            called.retain(|at| self.duties.reach.may_report(*at));
            if called.is_empty() {
                continue;
            }
            let call = Call::implied_value(from, param.name.clone());
            let mut next = Vec::new();
            for state in states {
                let done = self.run_functions(&called, &call, Confidence::High, state, leaves);
                next.extend(done.into_iter().map(|(state, _)| state));
            }
            states = join(next);
        }
        states
    }

    /// Continues a path behind a call, once for each exit of the function called.
    #[allow(clippy::too_many_arguments, reason = "all of them are the call")]
    pub(super) fn apply(
        &mut self,
        at: FunctionRef,
        (summary, most): (&Summary, Duty),
        bound: &[usize],
        call: &Call<'_>,
        confidence: Confidence,
        is_disputed: bool,
        state: &State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let run = self.reporting_arguments(summary, bound, call, state);
        let reports_somewhere = most != Duty::None;
        let own_most = self.duties.table.borrow().most(self.id);
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
            self.duties.forget_written(at, &mut next);
            for name in self.duties.filled_by(at) {
                next.decide(&format!("{name}==nil"), false);
            }
            if matters {
                next = next.step(call.at, StepKind::Enter(self.duties.display_name(at)));
                next.trace = next.trace.inside(trace);
            }
            next.key.is_taken |= exit.is_taken;
            let is_left_out = |position| !exit.params.iter().any(|(at, _)| *at == position);
            // Who at most hands something out is asked for the report where he is given the push, or a part of it, and it is
            // made nowhere else.
            let is_asked = match most {
                Duty::None => false,
                Duty::HandedOut => {
                    call.hands_payload() && (call.hands_whole() || own_most <= Duty::HandedOut)
                }
                Duty::Deferred | Duty::Reported => true,
            };
            let turns_away = is_asked || run.iter().copied().any(is_left_out);
            if exit.duty == Duty::None && turns_away {
                let place = exit.blame.unwrap_or((at.file, left_at.1));
                // What is handed out or put off already is told there; and who at most hands something out explains less
                // than who turned away from a report.
                if most == Duty::HandedOut || next.key.duty != Duty::None {
                    next.key.turn.get_or_insert(place);
                } else {
                    next.key.turn = Some(place);
                    // Behind `guard let holder else`, this could have reported, and did not.
                    next.key.nil_holder = next.key.nil_holder.filter(|holder| !holder.is_written_out);
                }
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
            for (position, to) in bound.iter().enumerate() {
                let Some(arg) = call.args.get(position).filter(|arg| arg.is_inout) else { continue };
                if let Some(id) = self.local_named(arg.value) {
                    let known = u16::try_from(*to).ok().and_then(|to| exit.inouts.get(&to)).cloned();
                    next.set_local(id, Value::known(known.unwrap_or_default()));
                }
            }
            let mut nexts = vec![next];
            for (position, when) in &exit.params {
                let arg = bound.iter().position(|to| *to == usize::from(*position));
                let (value, arg_at) = match arg {
                    Some(arg) => {
                        let file = self.duties.program.file(self.function.file);
                        let value = call.values.get(arg).cloned().unwrap_or_default();
                        (value, self.at(file.expr(call.args[arg].value).span))
                    }
                    None => {
                        let param = self.duties.program.function(at).params.get(usize::from(*position));
                        let Some(default) = param.and_then(|param| param.default) else { continue };
                        (self.default_value(at.file, default), call.at)
                    }
                };
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
                        let known = match known {
                            // It returns what it was given.
                            Known::Param(position) => {
                                let arg = bound.iter().position(|to| *to == usize::from(*position));
                                let given = arg.and_then(|arg| call.values.get(arg));
                                given.map_or(Known::Something, |value| value.known.clone())
                            }
                            known => known.clone(),
                        };
                        all.push((next, Value { known, origin }));
                    }
                    Way::Throws => leaves.push(Leave { state: next, how: How::Throw, at: call.at }),
                    Way::Excused => {}
                }
            }
        }
        all
    }
}

/// Whether a function that reports was left without a report on this path.
fn has_turned_away(state: &State) -> bool {
    state.key.duty == Duty::None && state.key.turn.is_some()
}

/// The part of an argument that can decide something in the function called: whether there is a value, where there may be none.
fn for_context(value: &Value, param: &Param, is_present: impl Fn() -> bool) -> Value {
    let may_lack = param.ty.as_ref().is_some_and(TypeRef::is_optional);
    let known = match &value.known {
        Known::Function(_) | Known::Something if may_lack => Known::Something,
        Known::Any | Known::Param(_) if may_lack && is_present() => Known::Something,
        Known::Function(_) | Known::Param(_) | Known::Unevaluated(_) | Known::Something | Known::Any => {
            Known::Any
        }
        other => other.clone(),
    };
    Value { known, origin: value.origin }
}
