//! Calls, conditions and values in Swift.

use crate::skeleton::{Attempt, Call, Condition, Flag, Function, Home, Kind, On, Value, Variable, Work};

use super::Writer;
use super::role::implementer_name;

impl Writer<'_> {
    /// A call in an expression, without its `try`.
    pub(super) fn bare_call(&self, call: &Call) -> String {
        let mut args = self.plain_args(call);
        match &call.work {
            None => {}
            Some(Work::Local(name)) => args.push(format!("work: block{name}")),
            Some(Work::PassedOn) => args.push("work: work".to_owned()),
            Some(Work::Closure(_)) => args.push("work: {}".to_owned()),
        }
        if self.program.functions[call.function].is_property && self.generic(call).is_none() {
            return self.callee(call);
        }
        format!("{}({})", self.callee(call), args.join(", "))
    }

    /// The arguments in front of the closure.
    pub(super) fn plain_args(&self, call: &Call) -> Vec<String> {
        let made = self.generic(call).map(|implementer| format!("{}()", implementer_name(implementer)));
        let payload = self.program.functions[call.function].takes_payload.then(|| "payload".to_owned());
        made.into_iter().chain(payload).collect()
    }

    /// Which implementer of the role a generic function gets.
    fn generic(&self, call: &Call) -> Option<usize> {
        match call.on {
            On::Generic(implementer) if self.program.functions[call.function].home == Home::Role => {
                Some(implementer)
            }
            _ => None,
        }
    }

    pub(super) fn function_name(&self, index: usize) -> String {
        let names = [
            "prepare", "handle", "ring", "check", "route", "begin", "accept", "inspect", "announce",
            "resolve",
        ];
        let home = self.program.functions[index].home;
        let number = if self.style().has_namesakes && home != Home::Free {
            // Counted per type, so that functions of different types have the same name.
            self.program.functions[..index].iter().filter(|other| other.home == home).count()
        } else {
            index + if home == Home::Free { 10 } else { 0 }
        };
        format!("{}{number}", names[number % names.len()])
    }

    pub(super) fn callee(&self, call: &Call) -> String {
        let home = self.program.functions[call.function].home;
        let name = self.function_name(call.function);
        let receiver = match home {
            Home::Free => String::new(),
            Home::Static if self.home == Home::Static && !self.style().is_explicit => String::new(),
            Home::Static => "CallTools.".to_owned(),
            Home::Role => match call.on {
                On::Own => self.me(),
                On::Made(implementer) => format!("{}().", implementer_name(implementer)),
                On::Generic(_) => return format!("{name}Through"),
                On::Held if self.home == Home::Owner => format!("{}ringer.", self.me()),
                On::Held => "PushCenter.shared.ringer.".to_owned(),
            },
            _ if home == self.home => self.me(),
            Home::Owner => "PushCenter.shared.".to_owned(),
            Home::Shared => "CallManager.shared.".to_owned(),
            Home::Helper if self.home == Home::Owner => format!("{}helper.", self.me()),
            Home::Helper => "PushCenter.shared.helper.".to_owned(),
        };
        format!("{receiver}{name}")
    }

    /// `self.` where it is needed or wanted.
    pub(super) fn me(&self) -> String {
        if self.closures > 0 || self.style().is_explicit { "self.".to_owned() } else { String::new() }
    }

    pub(super) fn flag(&self, flag: Flag) -> String {
        if flag.is_static || matches!(self.home, Home::Static | Home::Free | Home::Role) {
            format!("CallTools.flag{}", flag.number)
        } else {
            format!("{}flag{}", self.me(), flag.number)
        }
    }

    /// A number for a name or key that nothing else has.
    fn fresh(&self) -> usize {
        self.fresh.set(self.fresh.get() + 1);
        self.fresh.get()
    }

    /// Whether an open condition is written as a question to the payload. No key is asked at two places, since
    /// that the answers agree is nothing that an analysis need know.
    fn asks_payload(&self) -> bool {
        let has_payload = self.function.is_none_or(|index| self.program.functions[index].takes_payload);
        self.style().asks_payload && has_payload
    }

    /// The conditions of an `if`, `guard` or `while`.
    pub(super) fn whole_condition(&self, condition: &Condition) -> String {
        if let (true, Condition::And(left, right)) = (self.style().binds, condition) {
            return format!("{}, {}", self.whole_condition(left), self.whole_condition(right));
        }
        if self.style().binds {
            match condition {
                Condition::Result(call) => {
                    let function = &self.program.functions[call.function];
                    let word = attempt_word(function, call);
                    let text = self.bare_call(call);
                    match function.result {
                        Kind::Optional => {
                            return format!("let found{} = {word}{text}", self.fresh());
                        }
                        Kind::Case if call.attempt != Attempt::Optional || !function.throws => {
                            return format!("case .ring = {word}{text}");
                        }
                        _ => {}
                    }
                }
                Condition::Local(variable) if variable.kind == Kind::Optional => {
                    return format!("let found{} = {}", self.fresh(), variable_name(*variable));
                }
                Condition::Random if self.asks_payload() => {
                    let fresh = self.fresh();
                    return format!(
                        "let found{fresh} = payload.dictionaryPayload[\"key{fresh}\"] as? String"
                    );
                }
                _ => {}
            }
        }
        format!("{}{}", self.try_word(&Value::Bool(condition.clone())), self.condition(condition))
    }

    pub(super) fn condition(&self, condition: &Condition) -> String {
        match condition {
            Condition::Random if self.asks_payload() => {
                format!("payload.dictionaryPayload[\"key{}\"] != nil", self.fresh())
            }
            Condition::Random => "Bool.random()".to_owned(),
            Condition::Constant(value) => value.to_string(),
            Condition::Flag(flag) => self.flag(*flag),
            Condition::Local(variable) => match variable.kind {
                Kind::Optional => format!("{} != nil", variable_name(*variable)),
                Kind::Case => format!("{} == .ring", variable_name(*variable)),
                Kind::Nothing | Kind::Bool => variable_name(*variable),
            },
            Condition::Result(call) => {
                let function = &self.program.functions[call.function];
                let text = self.bare_call(call);
                match (function.throws && call.attempt == Attempt::Optional, function.result) {
                    (true, Kind::Bool) => format!("(try? {text}) == true"),
                    (true, Kind::Case) => format!("(try? {text}) == .ring"),
                    (true, Kind::Nothing | Kind::Optional) => format!("(try? {text}) != nil"),
                    (false, Kind::Optional) => format!("{text} != nil"),
                    (false, Kind::Case) => format!("{text} == .ring"),
                    (false, Kind::Bool | Kind::Nothing) => text,
                }
            }
            Condition::Not(inner) => match &**inner {
                Condition::Local(variable) if variable.kind == Kind::Optional => {
                    format!("{} == nil", variable_name(*variable))
                }
                Condition::Random if self.asks_payload() => {
                    format!("payload.dictionaryPayload[\"key{}\"] == nil", self.fresh())
                }
                Condition::Random | Condition::Flag(_) | Condition::Constant(_) => {
                    format!("!{}", self.condition(inner))
                }
                Condition::Local(variable) if variable.kind == Kind::Bool => {
                    format!("!{}", variable_name(*variable))
                }
                other => format!("!({})", self.condition(other)),
            },
            Condition::And(left, right) => format!("{} && {}", self.operand(left), self.operand(right)),
            Condition::Or(left, right) => format!("{} || {}", self.operand(left), self.operand(right)),
            Condition::Choice(which, left, right) => {
                format!("{} ? {} : {}", self.operand(which), self.operand(left), self.operand(right))
            }
            Condition::IsVoip => "type == .voIP".to_owned(),
            Condition::IsAvailable => "#available(iOS 12, *)".to_owned(),
        }
    }

    pub(super) fn operand(&self, condition: &Condition) -> String {
        match condition {
            Condition::And(..) | Condition::Or(..) | Condition::Choice(..) => {
                format!("({})", self.condition(condition))
            }
            _ => self.condition(condition),
        }
    }

    /// A value with its `try`.
    pub(super) fn value(&self, value: &Value) -> String {
        let text = match value {
            Value::Bool(condition) => self.condition(condition),
            Value::Optional(Condition::Random) if self.asks_payload() => {
                format!("payload.dictionaryPayload[\"key{}\"] as? String", self.fresh())
            }
            Value::Optional(condition) => format!("{} ? \"call\" : nil", self.operand(condition)),
            Value::Nil => "nil".to_owned(),
            Value::Some => "\"call\"".to_owned(),
            Value::Case(0) => "CallKind.ring".to_owned(),
            Value::Case(1) => ".cancel".to_owned(),
            Value::Case(_) => "CallKind.other".to_owned(),
            Value::AnyCase => "CallKind(rawValue: Int.random(in: 0...2)) ?? .other".to_owned(),
            Value::Of(call) => {
                let function = &self.program.functions[call.function];
                let text = self.bare_call(call);
                match (function.throws && call.attempt == Attempt::Optional, function.result) {
                    (true, Kind::Bool) => format!("(try? {text}) ?? false"),
                    (true, Kind::Case) => format!("(try? {text}) ?? .other"),
                    (true, Kind::Optional | Kind::Nothing) => format!("try? {text}"),
                    (false, _) => text,
                }
            }
            Value::Either(left, right) => {
                format!("{} ?? {}", self.either_side(left), self.either_side(right))
            }
        };
        format!("{}{text}", self.try_word(value))
    }

    pub(super) fn either_side(&self, call: &Call) -> String {
        let function = &self.program.functions[call.function];
        let text = self.bare_call(call);
        if function.throws && call.attempt == Attempt::Optional { format!("(try? {text})") } else { text }
    }

    /// The `try ` or `try! ` in front of a value: one covers everything in it.
    pub(super) fn try_word(&self, value: &Value) -> &'static str {
        let mut calls = Vec::new();
        value.calls(&mut calls);
        let throwing = |call: &&&Call| self.program.functions[call.function].throws;
        if calls.iter().filter(throwing).any(|call| call.attempt == Attempt::Throws) {
            "try "
        } else if calls.iter().filter(throwing).any(|call| call.attempt == Attempt::Force) {
            "try! "
        } else {
            ""
        }
    }
}

pub(super) fn attempt_word(function: &Function, call: &Call) -> &'static str {
    match call.attempt {
        _ if !function.throws => "",
        Attempt::Throws => "try ",
        Attempt::Optional => "try? ",
        Attempt::Force => "try! ",
    }
}

pub(super) fn variable_name(variable: Variable) -> String {
    match variable.kind {
        Kind::Bool => format!("done{}", variable.number),
        Kind::Optional => format!("call{}", variable.number),
        Kind::Nothing | Kind::Case => format!("kind{}", variable.number),
    }
}
