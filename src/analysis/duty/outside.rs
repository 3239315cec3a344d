//! Calls of what is declared elsewhere: the vocabulary says what they do.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::call::{Call, wrapped};
use super::join::join;
use super::reach::SENDING;
use super::state::{Duty, How, Known, Leave, State, Value, When};
use super::trace::StepKind;
use super::walk::Walk;
use crate::finding::Confidence;
use crate::program::FunctionRef;
use crate::vocabulary::{Match, Meaning, OutsideCall, Owed};

impl Walk<'_> {
    pub(super) fn run_outside(
        &mut self,
        outside: &OutsideCall,
        candidates: &[FunctionRef],
        is_known_outside: bool,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        if outside.receiver.as_deref() == Some("Optional")
            && matches!(outside.name.as_str(), "init" | "some")
            && let [value] = call.values.as_slice()
        {
            return vec![(state, wrapped(value))];
        }
        let found = self.duties.lookup(outside);
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
                if SENDING.contains(&outside.name.as_str()) && self.duties.reach.has_subscribers() {
                    return vec![Self::unseen(state, call, "subscribers may report")];
                }
                let mut state = state;
                let is_foreign = is_foreign && self.duties.owed == Owed::Report;
                if is_foreign && outside.name != "init" && self.duties.is_entry(self.function) {
                    // The handler itself calls an SDK that is not known: that may be the one that reports.
                    let why = format!("`{}` is not in the project", receiver.map_or("", SmolStr::as_str));
                    return vec![Self::unseen(state, call, &why)];
                }
                let given = call.on.filter(|_| is_foreign).map(|object| {
                    self.duties.reach.hidden().given(self.duties.program, &self.place(), object)
                });
                if given.iter().flatten().any(|at| self.effect_of(*at, &state).duty >= Duty::Deferred) {
                    let why = format!("`{}` was given what reports", receiver.map_or("", SmolStr::as_str));
                    return vec![Self::unseen(state, call, &why)];
                }
                if is_foreign {
                    // An SDK may know of the push by itself: possible, and no reason to call the rest unseen.
                    state.doubt(Confidence::Medium);
                }
                let state = self.pass_on(call, When::Unseen, state);
                vec![(state, Value::from(call.origin()))]
            }
        }
    }

    /// Project functions that a call may mean: one, or several that agree; otherwise nobody knows.
    pub(super) fn run_candidates(
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

    pub(super) fn run_meaning(
        &mut self,
        found: Match<'_>,
        outside: &OutsideCall,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let result = Value::from(call.origin());
        match found.meaning {
            Meaning::Reports { is_proved: true, .. } | Meaning::Answers => {
                vec![self.report(state, call, found.name)]
            }
            Meaning::Activates => match call.values.first() {
                Some(value) if value.known == Known::Bool(true) => {
                    vec![self.report(state, call, found.name)]
                }
                _ => vec![(state, result)],
            },
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
            Meaning::RunsNow { .. } if outside.receiver.as_deref() == Some("Result") => {
                let mut inner = Vec::new();
                let mut all = self.run_now(true, call, state, &mut inner);
                for leave in inner {
                    match leave.how {
                        How::Throw => all.push((leave.state, Value::known(Known::Case("failure".into())))),
                        _ => leaves.push(leave),
                    }
                }
                all
            }
            // `queue.sync(execute: workItem)`: its closure was put off where it was made.
            Meaning::RunsNow { .. } if self.takes_work_item(call) => {
                vec![(Self::finish(state, call, found.name), result)]
            }
            Meaning::RunsNow { is_certain } => self.run_now(*is_certain, call, state, leaves),
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
                let queued = self.duties.queued_observers(self.function.file, call.args);
                if !queued.is_empty() {
                    return self.run_perhaps(&queued, call, state);
                }
                // What a Combine subject sends goes to its subscribers, whichever they are.
                let has_subscribers = call.name == "send" && self.duties.reach.has_subscribers()
                    || self.duties.has_subscribers_of(self.function.file, call.args);
                if has_subscribers || self.hands_report(call, &state) || call.hands_payload() {
                    return vec![Self::unseen(state, call, "observers may report")];
                }
                vec![(state, result)]
            }
            Meaning::Finishes => vec![(Self::finish(state, call, found.name), result)],
            Meaning::Harmless => {
                if self.duties.owed == Owed::Answer && outside.has_receiver() && call.hands_payload() {
                    return vec![Self::unseen(state, call, "whoever gets the action may answer it")];
                }
                if self.hands_report(call, &state) {
                    return vec![Self::unseen(state, call, "when it calls its closure is not known")];
                }
                // `handlers.append(completion)`: kept for later.
                vec![(self.pass_on(call, When::Later, state), result)]
            }
        }
    }

    /// Work that was put off is done now.
    fn finish(state: State, call: &Call<'_>, by: &str) -> State {
        let mut state = state;
        if state.key.duty == Duty::Deferred && state.key.suspended.is_none() {
            // Which work it is about is not told apart.
            state.doubt(Confidence::Medium);
            state.raise(Duty::Reported);
            state = state.step(call.at, StepKind::Report(by.into()));
        }
        state
    }

    fn takes_work_item(&self, call: &Call<'_>) -> bool {
        let program = self.duties.program;
        let mut types = call.args.iter().filter_map(|arg| program.type_of(&self.place(), arg.value));
        types.any(|ty| program.outside_type(&ty) == Some("DispatchWorkItem"))
    }

    /// Runs the closures among the arguments: once, or any number of times.
    fn run_now(
        &mut self,
        is_certain: bool,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let result = Value::from(call.origin());
        let mut states = vec![state.clone()];
        let element = Value::from(call.receiver);
        for (position, value) in call.values.iter().enumerate() {
            let at =
                self.at(self.duties.program.file(self.function.file).expr(call.args[position].value).span);
            let mut after = Vec::new();
            for state in states {
                match &value.known {
                    Known::Function(function) if self.is_inline(*function) => {
                        let arguments = [element.clone(), element.clone(), element.clone()];
                        let done = self.run_inline(*function, &arguments, at, state, leaves);
                        after.extend(done.into_iter().map(|(state, _)| state));
                    }
                    _ => after.extend(self.run_argument(value, When::Now, at, &call.name, state, leaves)),
                }
            }
            states = join(after);
        }
        let has_closure =
            call.values.iter().any(|value| matches!(value.known, Known::Function(_) | Known::Param(_)));
        if !is_certain && call.rounds == 0 && has_closure {
            states.push(state.step(call.at, StepKind::NoRound));
        }
        states.into_iter().map(|state| (state, result.clone())).collect()
    }

    /// The methods of the app that an SDK calls back: those of the delegate it is given, where
    /// its type is known.
    pub(super) fn callbacks(&mut self, methods: &[SmolStr], call: &Call<'_>) -> Vec<FunctionRef> {
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
}
