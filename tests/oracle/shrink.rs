//! Makes a program that fails smaller, as long as it still fails.

use crate::skeleton::{Act, Block, Condition, Home, Kind, Loop, On, Program, Style, Subject, Value, Work};
use crate::valid::is_valid;

/// The smallest program found by single steps from `program` that are valid and still fail.
pub(crate) fn shrink(program: &Program, fails: impl Fn(&Program) -> bool) -> Program {
    let mut best = program.clone();
    let mut step = 0;
    loop {
        let mut editor = Editor { left: step, is_done: false };
        let mut smaller = best.clone();
        editor.program(&mut smaller);
        if !editor.is_done {
            return best;
        }
        if smaller != best && is_valid(&smaller) && fails(&smaller) {
            best = smaller;
            // What came before this step may be possible now, but seldom is: go on from here, a little back.
            step = step.saturating_sub(8);
        } else {
            step += 1;
        }
    }
}

/// Applies one of all possible steps: the one after `left` others.
struct Editor {
    left: usize,
    is_done: bool,
}

impl Editor {
    /// Whether it is the turn of the step at hand.
    fn turn(&mut self) -> bool {
        if self.is_done {
            return false;
        }
        self.is_done = self.left == 0;
        self.left = self.left.saturating_sub(1);
        self.is_done
    }

    fn program(&mut self, program: &mut Program) {
        for index in (0..program.functions.len()).rev() {
            if self.turn() {
                remove_function(program, index);
                return;
            }
        }
        for body in program.bodies_mut() {
            self.block(body);
        }
        for function in &mut program.functions {
            for other in 0..function.others.len() {
                if self.turn() {
                    function.others.remove(other);
                    return;
                }
            }
            if function.home != Home::Owner && self.turn() {
                function.home = Home::Owner;
            }
            if function.is_property && self.turn() {
                function.is_property = false;
            }
            if function.throws && self.turn() {
                function.throws = false;
            }
            if function.takes_payload && self.turn() {
                function.takes_payload = false;
            }
            if function.result != Kind::Nothing && self.turn() {
                function.result = Kind::Nothing;
                function.bodies_mut().for_each(forget_results);
            }
        }
        if program.implementers > 1 && self.turn() {
            program.implementers -= 1;
        }
        if program.style != Style::default() && self.turn() {
            program.style = Style::default();
        }
    }

    fn block(&mut self, block: &mut Block) {
        for index in 0..block.len() {
            if self.is_done {
                return;
            }
            if self.turn() {
                block.remove(index);
                return;
            }
            for inner in 0..block[index].act.blocks_mut().len() {
                if self.turn() {
                    let parts = block[index].act.blocks_mut().swap_remove(inner).clone();
                    block.splice(index..=index, parts);
                    return;
                }
            }
            self.act(&mut block[index].act);
            for inner in block[index].act.blocks_mut() {
                self.block(inner);
            }
        }
    }

    fn act(&mut self, act: &mut Act) {
        for call in act.calls_mut() {
            if call.on != On::Held && self.turn() {
                call.on = On::Held;
            }
        }
        match act {
            Act::If(condition, _, otherwise) => {
                if otherwise.is_some() && self.turn() {
                    *otherwise = None;
                }
                self.condition(condition);
            }
            Act::Guard(condition, _)
            | Act::Loop(Loop::While(condition) | Loop::RepeatWhile(condition), _, _) => {
                self.condition(condition);
            }
            Act::Switch(subject, cases) => {
                if *subject != Subject::Any && self.turn() {
                    *subject = Subject::Any;
                }
                if cases.len() > 2 && self.turn() {
                    cases.remove(1);
                }
            }
            Act::Return(Some(value)) | Act::Let(_, _, value) | Act::Assign(_, value) => self.value(value),
            Act::Call(call) if matches!(call.work, Some(Work::Local(_) | Work::PassedOn)) && self.turn() => {
                call.work = Some(Work::Closure(Block::new()));
            }
            _ => {}
        }
    }

    fn condition(&mut self, condition: &mut Condition) {
        if *condition != Condition::Random && self.turn() {
            *condition = Condition::Random;
            return;
        }
        let parts: Vec<Condition> = match condition {
            Condition::Not(inner) => vec![(**inner).clone()],
            Condition::And(left, right) | Condition::Or(left, right) => {
                vec![(**left).clone(), (**right).clone()]
            }
            Condition::Choice(which, left, right) => {
                vec![(**which).clone(), (**left).clone(), (**right).clone()]
            }
            _ => Vec::new(),
        };
        for part in parts {
            if self.turn() {
                *condition = part;
                return;
            }
        }
        match condition {
            Condition::Not(inner) => self.condition(inner),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.condition(left);
                self.condition(right);
            }
            Condition::Choice(which, left, right) => {
                self.condition(which);
                self.condition(left);
                self.condition(right);
            }
            _ => {}
        }
    }

    fn value(&mut self, value: &mut Value) {
        let simple = match value {
            Value::Bool(Condition::Constant(_)) | Value::Nil | Value::Some | Value::Case(_) => return,
            Value::Bool(_) | Value::Of(_) => {
                vec![
                    Value::Bool(Condition::Constant(true)),
                    Value::Bool(Condition::Constant(false)),
                    Value::Nil,
                ]
            }
            Value::Optional(_) | Value::Either(..) => vec![Value::Nil, Value::Some],
            Value::AnyCase => vec![Value::Case(0)],
        };
        for simpler in simple {
            if self.turn() {
                *value = simpler;
                return;
            }
        }
        if let Value::Bool(condition) | Value::Optional(condition) = value {
            self.condition(condition);
        }
    }
}

/// Takes a function out, and every statement that calls it (what calls it in an expression stays, and makes
/// the program invalid).
fn remove_function(program: &mut Program, index: usize) {
    // A call of a function that is not there, in the place of what must not be left.
    let gone = program.functions.len();
    program.functions.remove(index);
    for body in program.bodies_mut() {
        renumber(body, index, gone);
    }
}

fn renumber(block: &mut Block, index: usize, gone: usize) {
    block.retain(|stmt| !matches!(&stmt.act, Act::Call(call) if call.function == index));
    for stmt in block {
        for call in stmt.act.calls_mut() {
            if call.function == index {
                call.function = gone;
            } else if call.function > index {
                call.function -= 1;
            }
        }
        for inner in stmt.act.blocks_mut() {
            renumber(inner, index, gone);
        }
    }
}

/// Turns every `return value` into `return`.
fn forget_results(block: &mut Block) {
    for stmt in block {
        if let Act::Return(value) = &mut stmt.act {
            *value = None;
        }
        for inner in stmt.act.blocks_mut() {
            forget_results(inner);
        }
    }
}
