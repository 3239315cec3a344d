//! Whether a skeleton is a program that a Swift compiler would accept: names are declared before their use,
//! errors are handled, results returned. The generator keeps to this, and shrinking must not leave it.

use crate::skeleton::{
    Act, Api, Attempt, Block, Call, Condition, Function, Home, Kind, Label, Loop, On, Program, Stmt, Subject,
    Value, Variable, Work, leaves,
};

/// What is in reach at one point of a program.
#[derive(Clone, Default)]
struct Room {
    result: Option<Kind>,
    is_handler: bool,
    /// In a method of the role.
    is_role: bool,
    can_throw: bool,
    has_payload: bool,
    has_work: bool,
    /// Runs after the handler.
    is_late: bool,
    /// In a `defer`, outside of a closure in it.
    is_deferred: bool,
    variables: Vec<(Variable, bool)>,
    closures: Vec<u32>,
    /// Labels of the loops around.
    loops: Vec<Option<Label>>,
    /// What an unlabelled `break` leaves is a loop or a switch.
    can_break: bool,
}

/// Whether a program is valid.
pub(crate) fn is_valid(program: &Program) -> bool {
    let checker = Checker { program };
    let handler =
        Room { result: Some(Kind::Nothing), is_handler: true, has_payload: true, ..Room::default() };
    checker.block(&program.handler, handler)
        && program.functions.iter().all(|function| {
            let room = Room {
                result: Some(function.result),
                is_role: function.home == Home::Role,
                can_throw: function.throws,
                has_payload: function.takes_payload,
                has_work: function.takes_work,
                ..Room::default()
            };
            let is_plain = function.result != Kind::Nothing
                && !function.throws
                && !function.takes_payload
                && !function.takes_work;
            (!function.is_property || is_plain)
                && (function.home == Home::Role || function.others.is_empty())
                && function.others.len() < program.implementers
                && function.bodies().all(|body| {
                    (function.result == Kind::Nothing || leaves(body)) && checker.block(body, room.clone())
                })
        })
}

struct Checker<'p> {
    program: &'p Program,
}

impl Checker<'_> {
    fn block(&self, block: &Block, mut room: Room) -> bool {
        let end = block.len().saturating_sub(1);
        block
            .iter()
            .enumerate()
            .all(|(index, stmt)| (index == end || !stmt.act.leaves()) && self.stmt(stmt, &mut room))
    }

    fn inner(&self, block: &Block, room: &Room) -> bool {
        self.block(block, room.clone())
    }

    fn closure(&self, block: &Block, room: &Room, is_late: bool) -> bool {
        let room = Room {
            result: None,
            can_throw: false,
            is_late: room.is_late || is_late,
            is_deferred: false,
            loops: Vec::new(),
            can_break: false,
            ..room.clone()
        };
        self.block(block, room)
    }

    fn stmt(&self, stmt: &Stmt, room: &mut Room) -> bool {
        match &stmt.act {
            Act::Noise(_) | Act::Report => true,
            Act::HandOut => room.has_payload && !room.is_late,
            Act::Fatal => !room.is_late && !room.is_deferred,
            Act::Call(call) => {
                let work = match &call.work {
                    Some(Work::Closure(body)) => self.closure(body, room, false),
                    _ => true,
                };
                work && self.call(call, room, true)
            }
            Act::If(condition, then, otherwise) => {
                self.whole(condition, room)
                    && self.inner(then, room)
                    && otherwise.as_ref().is_none_or(|otherwise| self.inner(otherwise, room))
            }
            Act::Guard(condition, otherwise) => {
                self.whole(condition, room) && leaves(otherwise) && self.inner(otherwise, room)
            }
            Act::Switch(subject, cases) => {
                let subject = match subject {
                    Subject::Any => true,
                    Subject::Of(call) => self.gives(call, Kind::Case) && self.call(call, room, false),
                    Subject::Local(variable) => variable.kind == Kind::Case && knows(*variable, room),
                };
                let inner = Room { can_break: true, ..room.clone() };
                subject && (2..=3).contains(&cases.len()) && cases.iter().all(|case| self.inner(case, &inner))
            }
            Act::Loop(kind, label, body) => {
                let mut inner = Room { can_break: true, ..room.clone() };
                inner.loops.push(*label);
                let condition = match kind {
                    Loop::For | Loop::While(Condition::Constant(true)) => true,
                    Loop::While(condition) | Loop::RepeatWhile(condition) => self.condition(condition, room),
                };
                condition && self.inner(body, &inner)
            }
            Act::Break(None) => room.can_break,
            Act::Continue(None) => !room.loops.is_empty(),
            Act::Break(label) | Act::Continue(label) => room.loops.contains(label),
            Act::Return(None) => !room.is_deferred && matches!(room.result, None | Some(Kind::Nothing)),
            Act::Return(Some(value)) => {
                !room.is_deferred
                    && room.result.is_some_and(|kind| kind != Kind::Nothing && self.value(value, kind, room))
            }
            Act::Throw => room.can_throw && !room.is_deferred,
            Act::Do(body, catch) => {
                // An error caught here does not leave a `defer`.
                let inner = Room { can_throw: true, ..room.clone() };
                self.inner(body, &inner) && self.inner(catch, room)
            }
            Act::Defer(body) => {
                let inner = Room {
                    can_throw: false,
                    is_deferred: true,
                    loops: Vec::new(),
                    can_break: false,
                    ..room.clone()
                };
                self.inner(body, &inner)
            }
            Act::Now(body) => self.closure(body, room, false),
            Act::Around(api, body) => {
                let is_late = matches!(api, Api::Async | Api::AsyncAfter | Api::Task);
                self.closure(body, room, is_late)
            }
            Act::LetClosure(name, body) => {
                let valid = self.closure(body, room, false);
                room.closures.push(*name);
                valid
            }
            Act::Run(name) => room.closures.contains(name),
            Act::RunWork | Act::StoreWork => room.has_work,
            Act::Let(variable, is_mutable, value) => {
                let valid = self.value(value, variable.kind, room);
                room.variables.push((*variable, *is_mutable));
                valid
            }
            Act::Assign(variable, value) => {
                room.variables.contains(&(*variable, true)) && self.value(value, variable.kind, room)
            }
            Act::Toggle(variable) => {
                variable.kind == Kind::Bool && room.variables.contains(&(*variable, true))
            }
            Act::Change(variable) => {
                matches!(variable.kind, Kind::Bool | Kind::Optional)
                    && room.variables.contains(&(*variable, true))
                    && !room.is_late
            }
            Act::Give(body) => !room.is_late && self.closure(body, room, true),
            Act::Build(debug, release) => {
                let has_names = |block: &Block| {
                    block
                        .iter()
                        .any(|stmt| matches!(stmt.act, Act::Let(..) | Act::LetClosure(..) | Act::Defer(_)))
                };
                !has_names(debug)
                    && !has_names(release)
                    && self.inner(debug, room)
                    && self.inner(release, room)
            }
        }
    }

    fn function(&self, call: &Call) -> Option<&Function> {
        self.program.functions.get(call.function)
    }

    fn gives(&self, call: &Call, kind: Kind) -> bool {
        self.function(call).is_some_and(|function| function.result == kind)
    }

    fn call(&self, call: &Call, room: &Room, is_stmt: bool) -> bool {
        let Some(function) = self.function(call) else { return false };
        let on = match call.on {
            On::Held => true,
            On::Own => function.home != Home::Role || room.is_role,
            On::Made(implementer) | On::Generic(implementer) => implementer < self.program.implementers,
        };
        let work = match &call.work {
            None => !function.takes_work,
            Some(Work::Closure(_)) => is_stmt && function.takes_work,
            Some(Work::Local(name)) => function.takes_work && room.closures.contains(name),
            Some(Work::PassedOn) => function.takes_work && room.has_work,
        };
        on && work
            && (!function.takes_payload || room.has_payload)
            && (!function.throws || call.attempt != Attempt::Throws || room.can_throw)
            && (!function.throws || call.attempt != Attempt::Force || !room.is_late)
    }

    fn whole(&self, condition: &Condition, room: &Room) -> bool {
        matches!(condition, Condition::IsAvailable) || self.condition(condition, room)
    }

    fn condition(&self, condition: &Condition, room: &Room) -> bool {
        let mut calls = Vec::new();
        condition.calls(&mut calls);
        self.one_try(&calls) && self.part(condition, room)
    }

    /// `try` and `try!` cover all that follows, so they do not go together.
    fn one_try(&self, calls: &[&Call]) -> bool {
        let throwing =
            calls.iter().filter(|call| self.function(call).is_some_and(|function| function.throws));
        !throwing.clone().any(|call| call.attempt == Attempt::Force) || throwing.count() == 1
    }

    fn part(&self, condition: &Condition, room: &Room) -> bool {
        match condition {
            Condition::Random | Condition::Flag(_) => true,
            Condition::Constant(_) | Condition::IsAvailable => false,
            Condition::IsVoip => room.is_handler,
            Condition::Local(variable) => knows(*variable, room),
            Condition::Result(call) => {
                let Some(function) = self.function(call) else { return false };
                let has_result = function.result != Kind::Nothing
                    || (function.throws && call.attempt == Attempt::Optional);
                has_result && self.call(call, room, false)
            }
            Condition::Not(inner) => self.part(inner, room),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.part(left, room) && self.part(right, room)
            }
            Condition::Choice(which, left, right) => {
                self.part(which, room) && self.part(left, room) && self.part(right, room)
            }
        }
    }

    fn value(&self, value: &Value, kind: Kind, room: &Room) -> bool {
        let mut calls = Vec::new();
        value.calls(&mut calls);
        let valid = match value {
            Value::Bool(Condition::Constant(_)) => kind == Kind::Bool,
            Value::Bool(condition) => kind == Kind::Bool && self.part(condition, room),
            Value::Optional(condition) => kind == Kind::Optional && self.part(condition, room),
            Value::Nil | Value::Some => kind == Kind::Optional,
            Value::Case(_) | Value::AnyCase => kind == Kind::Case,
            Value::Of(call) => self.call(call, room, false) && self.gives(call, kind),
            Value::Either(left, right) => {
                kind == Kind::Optional
                    && [left, right]
                        .into_iter()
                        .all(|call| self.call(call, room, false) && self.gives(call, kind))
            }
        };
        valid && self.one_try(&calls)
    }
}

fn knows(variable: Variable, room: &Room) -> bool {
    room.variables.iter().any(|(known, _)| *known == variable)
}
