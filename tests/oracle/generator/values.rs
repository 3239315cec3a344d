//! Random calls, conditions and values.

use crate::skeleton::{Attempt, Call, Condition, Flag, Function, Home, Kind, On, Value, Work};

use super::{Feature, Generator, Room};

impl Generator {
    /// A call that the room allows: of a function with this kind of result, or of any as a statement.
    pub(super) fn call(&mut self, room: &Room, kind: Option<Kind>, is_stmt: bool) -> Option<Call> {
        let fits = |function: &Function| {
            kind.is_none_or(|kind| function.result == kind)
                && (room.has_payload || !function.takes_payload)
                && (!function.takes_work || is_stmt || room.has_work || !room.closures.is_empty())
        };
        let candidates: Vec<usize> =
            (room.callable..self.functions.len()).filter(|&index| fits(&self.functions[index])).collect();
        if candidates.is_empty() {
            return None;
        }
        let function = self.dice.pick(&candidates);
        // Too much recursion leaves no path that ends.
        if function < room.next && self.dice.chance(60) {
            return None;
        }
        let work = if self.functions[function].takes_work { Some(self.work(room, is_stmt)?) } else { None };
        let attempt = match self.dice.below(10) {
            0..=5 if room.can_throw => Attempt::Throws,
            6 if is_stmt && !room.is_late && !room.is_deferred && self.has(Feature::Fatal) => Attempt::Force,
            _ => Attempt::Optional,
        };
        let made = self.dice.below(self.implementers);
        let on = match self.dice.below(6) {
            0..=2 if room.home == Home::Role => On::Own,
            3 => On::Made(made),
            4 => On::Generic(made),
            _ => On::Held,
        };
        Some(Call { function, on, work, attempt })
    }

    pub(super) fn work(&mut self, room: &Room, is_stmt: bool) -> Option<Work> {
        if room.has_work && self.dice.chance(40) {
            return Some(Work::PassedOn);
        }
        if !room.closures.is_empty() && self.dice.chance(40) {
            return Some(Work::Local(self.dice.pick(&room.closures)));
        }
        // Whether it runs late is up to the callee, so it keeps to what is safe for both.
        (is_stmt && room.depth < 4).then(|| Work::Closure(self.closure(room, self.has(Feature::Later))))
    }

    pub(super) fn whole(&mut self, room: &Room) -> Condition {
        if self.has(Feature::Available) && self.dice.chance(10) {
            return Condition::IsAvailable;
        }
        self.condition(room)
    }

    pub(super) fn condition(&mut self, room: &Room) -> Condition {
        self.condition_within(room, 2)
    }

    pub(super) fn condition_within(&mut self, room: &Room, depth: usize) -> Condition {
        for _ in 0..10 {
            let made = match self.dice.below(9) {
                0 => Some(Condition::Random),
                1 | 2 if self.has(Feature::Flag) => Some(Condition::Flag(Flag {
                    is_static: matches!(room.home, Home::Static | Home::Free | Home::Role)
                        || self.dice.chance(30),
                    number: self.dice.below(3) as u8,
                })),
                3 | 4 if !room.variables.is_empty() => {
                    let (variable, _) = self.dice.pick(&room.variables);
                    Some(Condition::Local(variable))
                }
                5 | 6 => {
                    let kind = self.dice.pick(&[Kind::Bool, Kind::Optional, Kind::Case]);
                    self.call(room, Some(kind), false).map(Condition::Result)
                }
                7 if room.is_handler && self.has(Feature::Voip) && self.dice.chance(50) => {
                    Some(Condition::IsVoip)
                }
                8 if depth > 0 && self.has(Feature::Operator) => {
                    let left = Box::new(self.condition_within(room, depth - 1));
                    let right = Box::new(self.condition_within(room, depth - 1));
                    Some(match self.dice.below(4) {
                        0 => Condition::Not(left),
                        1 => Condition::And(left, right),
                        2 => Condition::Or(left, right),
                        _ => Condition::Choice(Box::new(self.condition_within(room, 0)), left, right),
                    })
                }
                _ => None,
            };
            if let Some(condition) = made {
                return condition;
            }
        }
        Condition::Random
    }

    pub(super) fn value(&mut self, kind: Kind, room: &Room) -> Value {
        if self.has(Feature::Operator) && kind == Kind::Optional && self.dice.chance(30) {
            let left = self.call(room, Some(kind), false);
            let right = self.call(room, Some(kind), false);
            if let (Some(left), Some(right)) = (left, right) {
                return Value::Either(left, right);
            }
        }
        if self.dice.chance(30)
            && let Some(call) = self.call(room, Some(kind), false)
        {
            return Value::Of(call);
        }
        match (kind, self.dice.below(4)) {
            (Kind::Bool, 0) => Value::Bool(self.condition(room)),
            (Kind::Bool | Kind::Nothing, _) => Value::Bool(Condition::Constant(self.dice.chance(50))),
            (Kind::Optional, 0) => Value::Optional(self.condition(room)),
            (Kind::Optional, 1) => Value::Some,
            (Kind::Optional, _) => Value::Nil,
            (Kind::Case, 0) => Value::AnyCase,
            (Kind::Case, _) => Value::Case(self.dice.below(3) as u8),
        }
    }
}
