//! What there is to say of a whole program, going by its text.

use std::collections::BTreeSet;

use super::{Act, Block, Condition, Function, On, Program, Style, Value};

impl Program {
    pub(crate) fn new(functions: Vec<Function>, handler: Block, style: Style) -> Self {
        let implementers = functions.iter().map(|function| 1 + function.others.len()).max().unwrap_or(1);
        let mut program = Program { functions, handler, implementers, style };
        program.number();
        program
    }

    /// Gives every statement a number of its own.
    fn number(&mut self) {
        let mut next = 0;
        for block in self.bodies_mut() {
            number(block, &mut next);
        }
    }

    /// Whether it reports anywhere.
    pub(crate) fn reports(&self) -> bool {
        self.clone().bodies_mut().into_iter().any(concerns_duty)
    }

    /// For each body of each function what it may return, going by its text, if it has no part in the duty; none for the others.
    pub(crate) fn idle(&self) -> Vec<Vec<Option<Vec<Written>>>> {
        let idle = |(function, busy): (&Function, Vec<bool>)| {
            let body = |(body, is_busy): (&Block, bool)| {
                let mut found = BTreeSet::new();
                written(&mut body.clone(), &mut found);
                (!is_busy && !function.takes_work).then(|| found.into_iter().collect())
            };
            function.bodies().zip(busy).map(body).collect()
        };
        self.functions.iter().zip(self.busy()).map(idle).collect()
    }

    /// For each body of each function whether it can come to a report, or gives the payload away.
    fn busy(&self) -> Vec<Vec<bool>> {
        let (mut busy, mut calls) = (Vec::new(), Vec::new());
        for mut function in self.functions.clone() {
            let mut bodies: Vec<&mut Block> = function.bodies_mut().collect();
            busy.push(bodies.iter_mut().map(|body| concerns_duty(body)).collect::<Vec<_>>());
            calls.push(bodies.into_iter().map(called).collect::<Vec<_>>());
        }
        loop {
            let before = busy.clone();
            for (busy, calls) in busy.iter_mut().zip(&calls) {
                for (is_busy, called) in busy.iter_mut().zip(calls) {
                    let may_run = |(function, on): &(usize, On)| match on {
                        On::Made(implementer) => {
                            before[*function][self.functions[*function].implementation(*implementer).0]
                        }
                        On::Held | On::Own | On::Generic(_) => before[*function].contains(&true),
                    };
                    *is_busy |= called.iter().any(may_run);
                }
            }
            if busy == before {
                return busy;
            }
        }
    }

    /// The body of every function, the handler's last.
    pub(crate) fn bodies_mut(&mut self) -> Vec<&mut Block> {
        let mut bodies: Vec<&mut Block> = self.functions.iter_mut().flat_map(Function::bodies_mut).collect();
        bodies.push(&mut self.handler);
        bodies
    }
}

fn concerns_duty(block: &mut Block) -> bool {
    block.iter_mut().any(|stmt| {
        matches!(stmt.act, Act::Report | Act::HandOut | Act::Change(_))
            || stmt.act.blocks_mut().into_iter().any(concerns_duty)
    })
}

/// What a `return` gives, as far as its text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Written {
    Is(bool),
    Case(usize),
    Anything,
}

/// What the `return` statements of a block give, those of closures left out.
fn written(block: &mut Block, into: &mut BTreeSet<Written>) {
    for stmt in block {
        match &mut stmt.act {
            Act::Return(Some(value)) => {
                into.insert(match value {
                    Value::Bool(Condition::Constant(value)) => Written::Is(*value),
                    Value::Nil => Written::Is(false),
                    Value::Some => Written::Is(true),
                    Value::Case(case) => Written::Case(usize::from(*case)),
                    _ => Written::Anything,
                });
            }
            Act::Now(_) | Act::Give(_) | Act::Around(..) | Act::LetClosure(..) => {}
            act => act.blocks_mut().into_iter().for_each(|block| written(block, into)),
        }
    }
}

/// The functions that are called in a block, and on what.
fn called(block: &mut Block) -> Vec<(usize, On)> {
    let mut functions = Vec::new();
    for stmt in block {
        functions.extend(stmt.act.calls_mut().iter().map(|call| (call.function, call.on)));
        for inner in stmt.act.blocks_mut() {
            functions.extend(called(inner));
        }
    }
    functions
}

fn number(block: &mut Block, next: &mut u32) {
    for stmt in block {
        *next += 1;
        stmt.number = *next;
        for inner in stmt.act.blocks_mut() {
            number(inner, next);
        }
    }
}
