//! What there is to say of a whole program, going by its text.

use std::collections::BTreeSet;

use super::{Act, Block, Condition, Function, Program, Style, Value};

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

    /// For each function that has no part in the duty what it may return, going by its text; none for the others.
    pub(crate) fn idle(&self) -> Vec<Option<Vec<Written>>> {
        let functions = self.functions.iter().zip(self.busy());
        functions
            .map(|(function, is_busy)| {
                let mut found = BTreeSet::new();
                function.bodies().for_each(|body| written(&mut body.clone(), &mut found));
                (!is_busy && !function.takes_work).then(|| found.into_iter().collect())
            })
            .collect()
    }

    /// For each function whether it can come to a report, or gives the payload away.
    pub(crate) fn busy(&self) -> Vec<bool> {
        let mut program = self.clone();
        let mut calls = Vec::new();
        let mut busy = Vec::new();
        for function in &mut program.functions {
            let mut bodies: Vec<&mut Block> = function.bodies_mut().collect();
            busy.push(bodies.iter_mut().any(|body| concerns_duty(body)));
            calls.push(bodies.into_iter().flat_map(called).collect::<Vec<_>>());
        }
        for _ in 0..busy.len() {
            let before = busy.clone();
            for (is_busy, called) in busy.iter_mut().zip(&calls) {
                *is_busy |= called.iter().any(|function| before[*function]);
            }
        }
        busy
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

/// The functions that are called in a block.
fn called(block: &mut Block) -> Vec<usize> {
    let mut functions = Vec::new();
    for stmt in block {
        functions.extend(stmt.act.calls_mut().iter().map(|call| call.function));
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
