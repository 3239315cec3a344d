//! What calls, conditions and values come to on the path of a run.

use std::cmp::Ordering;

use crate::answer::{Callee, Place};
use crate::skeleton::{
    Attempt, CASES, Call, Condition, Flag, Home, Kind, On, Subject, Value, Variable, Work, Written,
};

use super::{Closure, Datum, Duty, Leave, Run, Scope, Step};

impl<'p> Run<'p> {
    /// A call of a project function.
    pub(super) fn call(&mut self, call: &'p Call, scope: usize) -> Step<Datum> {
        let function = &self.program.functions[call.function];
        let is_generic = function.home == Home::Role && matches!(call.on, On::Generic(_));
        if !is_generic {
            return self.call_itself(call, scope);
        }
        let is_idle = self.idle[call.function].iter().all(Option::is_some);
        if self.limits.is_lenient && is_idle && self.either() {
            // What a function gives that has no part in the duty need not be seen through another one.
            let throws = function.throws && self.either();
            return if throws { Err(Leave::Throw(0)) } else { Ok(self.anything(function.result)) };
        }
        let before = self.duty;
        let result = self.call_itself(call, scope);
        if matches!(result, Ok(_) | Err(Leave::Throw(_))) {
            self.left(Callee::Generic(call.function), Place::Generic(call.function), before);
        }
        result
    }

    fn call_itself(&mut self, call: &'p Call, scope: usize) -> Step<Datum> {
        let program = self.program;
        let function = &program.functions[call.function];
        let implementer = (function.home == Home::Role).then(|| self.implementer(call, scope));
        if function.is_property {
            let asked = (self.scopes[scope].activation, call.function, implementer);
            if self.limits.is_lenient {
                if self.either() {
                    return Ok(self.anything(function.result));
                }
            } else if let Some(known) = self.properties.get(asked) {
                return Ok(known);
            }
            let datum = self.enter(call.function, implementer, None)?;
            self.properties.insert(asked, datum);
            return Ok(datum);
        }
        let work = match &call.work {
            Some(Work::Closure(body)) => Some(Closure { body, scope }),
            Some(Work::Local(name)) => Some(self.find(scope, |scope| scope.closures.get(*name))),
            Some(Work::PassedOn) => Some(self.find(scope, |scope| scope.work)),
            None => None,
        };
        self.enter(call.function, implementer, work)
    }

    /// Which implementer of the role a call is made on.
    fn implementer(&mut self, call: &'p Call, scope: usize) -> usize {
        let Scope { function, implementer, .. } = self.scopes[scope];
        let is_open = self.limits.is_lenient
            && match call.on {
                On::Held | On::Generic(_) => true,
                // The default is one text for all that have none of their own.
                On::Own => function.zip(implementer).is_some_and(|(function, implementer)| {
                    self.program.functions[function].is_default(implementer, self.program.implementers)
                }),
                On::Made(_) => false,
            };
        match (call.on, implementer) {
            _ if is_open => self.choose(self.program.implementers),
            (On::Made(implementer) | On::Generic(implementer), _) | (On::Own, Some(implementer)) => {
                implementer
            }
            (On::Held | On::Own, _) => {
                let held = self.held.unwrap_or_else(|| self.choose(self.program.implementers));
                self.held = Some(held);
                held
            }
        }
    }

    fn local(&mut self, variable: Variable, scope: usize) -> Datum {
        let (at, datum) = self.find_at(scope, |scope| scope.variables.get(variable.number));
        if self.limits.is_lenient && at < self.scopes_before { self.anything(variable.kind) } else { datum }
    }

    fn anything(&mut self, kind: Kind) -> Datum {
        match kind {
            Kind::Nothing => Datum::Nothing,
            Kind::Bool | Kind::Optional => Datum::Is(self.either()),
            Kind::Case => Datum::Case(self.choose(CASES)),
        }
    }

    /// Runs the body of a project function.
    fn enter(&mut self, index: usize, implementer: Option<usize>, work: Option<Closure<'p>>) -> Step<Datum> {
        let program = self.program;
        let function = &program.functions[index];
        if self.limits.is_lenient && self.duty == Duty::Reported && self.either() {
            // Nor need it be seen what a function does once a call is reported.
            let throws = function.throws && self.either();
            return if throws { Err(Leave::Throw(0)) } else { Ok(self.anything(function.result)) };
        }
        let (which, body) = function.implementation(implementer.unwrap_or(0));
        if let Some(written) = self.idle[index][which].as_ref().filter(|_| self.limits.is_lenient) {
            // What a function does that has no part in the duty need not be seen: only what it may give.
            let results = written.len().max(1);
            let choice = self.choose(results + 1 + usize::from(function.throws));
            match choice.cmp(&results) {
                // As it is.
                Ordering::Equal => {}
                Ordering::Greater => return Err(Leave::Throw(0)),
                Ordering::Less => {
                    return Ok(match written.get(choice) {
                        None => Datum::Nothing,
                        Some(Written::Is(value)) => Datum::Is(*value),
                        Some(Written::Case(case)) => Datum::Case(*case),
                        Some(Written::Anything) => self.anything(function.result),
                    });
                }
            }
        }
        if self.active[index] == self.limits.depth {
            // An analysis need not see that a recursion never ends.
            return match self.choose(if !self.limits.is_lenient {
                1
            } else if function.throws {
                3
            } else {
                2
            }) {
                0 => Err(Leave::TooFar),
                1 => Ok(self.anything(function.result)),
                _ => Err(Leave::Throw(0)),
            };
        }
        let before = self.duty;
        let inner = self.function_scope(Some(index), implementer, work);
        self.active[index] += 1;
        let result = self.block(body, inner);
        self.active[index] -= 1;
        let place = match result {
            Ok(()) => Place::End(Some((index, which))),
            Err(Leave::Return(number, _) | Leave::Throw(number)) => Place::At(number),
            // What never ends for reasons of its values need not be seen to, where it has no part in the duty.
            Err(Leave::Dead | Leave::TooFar)
                if self.limits.is_lenient && before != Duty::Open && self.either() =>
            {
                return Ok(self.anything(function.result));
            }
            Err(_) => return result.map(|()| Datum::Nothing),
        };
        self.left(Callee::Body(index, which), place, before);
        match result {
            Err(Leave::Return(_, datum)) => Ok(datum),
            Err(thrown) => Err(thrown),
            Ok(()) => Ok(Datum::Nothing),
        }
    }

    /// A function was left at a place.
    fn left(&mut self, callee: Callee, place: Place, before: Duty) {
        if before == Duty::Open && self.late == 0 && !self.is_excused {
            self.returned.push((callee, self.duty));
            if self.duty == Duty::Open {
                self.calls.push((callee, place));
            }
        }
    }

    /// A call with its `try`: what it gives, none where `try?` made nil of an error.
    pub(super) fn attempt(&mut self, call: &'p Call, scope: usize, number: u32) -> Step<Option<Datum>> {
        match (self.call(call, scope), call.attempt) {
            (Err(Leave::Throw(_)), Attempt::Throws) => Err(Leave::Throw(number)),
            (Err(Leave::Throw(_)), Attempt::Optional) => Ok(None),
            (Err(Leave::Throw(_)), Attempt::Force) => Err(Leave::Dead),
            (Err(other), _) => Err(other),
            (Ok(datum), _) => Ok(Some(datum)),
        }
    }

    pub(super) fn holds(&mut self, condition: &'p Condition, scope: usize, number: u32) -> Step<bool> {
        Ok(match condition {
            Condition::Random => self.either(),
            Condition::Constant(value) => *value,
            Condition::Flag(flag) => self.flag(*flag, scope),
            Condition::Local(variable) => self.local(*variable, scope).holds(),
            Condition::Result(call) => self.attempt(call, scope, number)?.is_some_and(Datum::holds),
            Condition::Not(inner) => !self.holds(inner, scope, number)?,
            Condition::And(left, right) => {
                self.holds(left, scope, number)? && self.holds(right, scope, number)?
            }
            Condition::Or(left, right) => {
                self.holds(left, scope, number)? || self.holds(right, scope, number)?
            }
            Condition::Choice(which, left, right) => {
                let side = if self.holds(which, scope, number)? { left } else { right };
                self.holds(side, scope, number)?
            }
            Condition::IsVoip | Condition::IsAvailable => {
                let holds = self.either();
                self.is_excused |= !holds;
                holds
            }
        })
    }

    pub(super) fn flag(&mut self, flag: Flag, scope: usize) -> bool {
        let activation = if self.limits.is_lenient { self.scopes[scope].activation } else { 0 };
        let known = self.flags.get((flag, activation));
        let value = known.unwrap_or_else(|| self.either());
        self.flags.insert((flag, activation), value);
        value
    }

    pub(super) fn value(&mut self, value: &'p Value, scope: usize, number: u32) -> Step<Datum> {
        Ok(match value {
            Value::Optional(Condition::Random) if self.asks_payload(scope) => Datum::Field(self.either()),
            Value::Bool(condition) | Value::Optional(condition) => {
                Datum::Is(self.holds(condition, scope, number)?)
            }
            Value::Nil => Datum::Is(false),
            Value::Some => Datum::Is(true),
            Value::Case(case) => Datum::Case(usize::from(*case)),
            Value::AnyCase => Datum::Case(self.choose(CASES)),
            Value::Of(call) => match self.attempt(call, scope, number)? {
                // `try? f()` of a Bool is written `(try? f()) ?? false`; of a case `?? .other`.
                None if self.program.functions[call.function].result == Kind::Case => Datum::Case(CASES - 1),
                None => Datum::Is(false),
                Some(datum) => datum,
            },
            Value::Either(left, right) => match self.attempt(left, scope, number)? {
                Some(datum) if datum.holds() => datum,
                _ => self.attempt(right, scope, number)?.unwrap_or(Datum::Is(false)),
            },
        })
    }

    /// Whether an open value is written as a question to the payload.
    fn asks_payload(&self, scope: usize) -> bool {
        let function = self.scopes[scope].function;
        self.program.style.asks_payload
            && function.is_none_or(|index| self.program.functions[index].takes_payload)
    }

    pub(super) fn subject(&mut self, subject: &'p Subject, scope: usize, number: u32) -> Step<usize> {
        let datum = match subject {
            Subject::Any => Datum::Case(self.choose(CASES)),
            Subject::Of(call) => self.attempt(call, scope, number)?.unwrap_or(Datum::Case(CASES - 1)),
            Subject::Local(variable) => self.local(*variable, scope),
        };
        Ok(match datum {
            Datum::Case(case) => case,
            Datum::Nothing | Datum::Is(_) | Datum::Field(_) => CASES - 1,
        })
    }
}
