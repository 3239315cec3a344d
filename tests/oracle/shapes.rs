//! Which shapes the generated programs have: what the oracle is to know must come up in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::generator::generate;
use crate::skeleton::{Act, Attempt, Block, Call, Condition, Home, Label, Loop, On, Program, Subject, Work};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    ClosuresThreeDeep,
    ClosurePassedOnThroughThreeFunctions,
    ImplementationsThatDiffer,
    DefaultImplementation,
    CallOfAnExistential,
    CallOfAGeneric,
    CallOfOneOfOnesOwn,
    DoubleThatIsNeverMade,
    BranchOnAResult,
    SwitchOnAResult,
    ErrorPassedOn,
    ErrorCaught,
    ErrorMadeNil,
    BreakOfAnOuterLoop,
    ContinueOfAnOuterLoop,
    DeferInABranch,
    DeferInALoop,
    DeferThatCalls,
    Recursion,
    BuildCondition,
    BuildConditionInAClosure,
}

const SHAPES: [Shape; 21] = [
    Shape::ClosuresThreeDeep,
    Shape::ClosurePassedOnThroughThreeFunctions,
    Shape::ImplementationsThatDiffer,
    Shape::DefaultImplementation,
    Shape::CallOfAnExistential,
    Shape::CallOfAGeneric,
    Shape::CallOfOneOfOnesOwn,
    Shape::DoubleThatIsNeverMade,
    Shape::BranchOnAResult,
    Shape::SwitchOnAResult,
    Shape::ErrorPassedOn,
    Shape::ErrorCaught,
    Shape::ErrorMadeNil,
    Shape::BreakOfAnOuterLoop,
    Shape::ContinueOfAnOuterLoop,
    Shape::DeferInABranch,
    Shape::DeferInALoop,
    Shape::DeferThatCalls,
    Shape::Recursion,
    Shape::BuildCondition,
    Shape::BuildConditionInAClosure,
];

/// What is around a statement.
#[derive(Clone, Default)]
struct Around {
    closures: usize,
    loops: Vec<Option<Label>>,
    is_branch: bool,
    catches: bool,
}

struct Look<'p> {
    program: &'p Program,
    shapes: BTreeSet<Shape>,
    /// The functions that are called, with their callers; the handler is the one after the last.
    calls: BTreeSet<(usize, usize)>,
    /// The functions that pass on the closure that they were given, with those that get it.
    passes: BTreeSet<(usize, usize)>,
    /// The functions that are given a closure.
    gets: BTreeSet<usize>,
}

/// The shapes of what the handler leads to.
fn shapes(program: &Program) -> BTreeSet<Shape> {
    let handler = program.functions.len();
    let mut look = Look {
        program,
        shapes: BTreeSet::new(),
        calls: BTreeSet::new(),
        passes: BTreeSet::new(),
        gets: BTreeSet::new(),
    };
    look.block(&program.handler, handler, &Around::default());
    let mut seen = BTreeSet::new();
    while let Some(next) = look.calls.iter().map(|(_, callee)| *callee).find(|callee| !seen.contains(callee))
    {
        seen.insert(next);
        let function = &program.functions[next];
        if function.home == Home::Role {
            look.role(next);
        }
        for body in function.bodies() {
            look.block(body, next, &Around::default());
        }
    }
    let leads = |from: usize, edges: &BTreeSet<(usize, usize)>| -> BTreeSet<usize> {
        edges.iter().filter(|(caller, _)| *caller == from).map(|(_, callee)| *callee).collect()
    };
    if look
        .gets
        .iter()
        .any(|first| leads(*first, &look.passes).iter().any(|next| !leads(*next, &look.passes).is_empty()))
    {
        look.shapes.insert(Shape::ClosurePassedOnThroughThreeFunctions);
    }
    let is_recursive = |start: &usize| {
        let mut reached = leads(*start, &look.calls);
        for _ in 0..program.functions.len() {
            let further: Vec<usize> = reached.iter().flat_map(|at| leads(*at, &look.calls)).collect();
            reached.extend(further);
        }
        reached.contains(start)
    };
    if seen.iter().any(is_recursive) {
        look.shapes.insert(Shape::Recursion);
    }
    look.shapes
}

impl Look<'_> {
    fn has(&mut self, is_there: bool, shape: Shape) {
        if is_there {
            self.shapes.insert(shape);
        }
    }

    fn role(&mut self, index: usize) {
        let program = self.program;
        let function = &program.functions[index];
        self.has(!function.others.is_empty(), Shape::ImplementationsThatDiffer);
        let has_default = function.is_default(program.implementers - 1, program.implementers);
        self.has(has_default, Shape::DefaultImplementation);
        self.has(program.style.has_double, Shape::DoubleThatIsNeverMade);
    }

    fn call(&mut self, call: &Call, by: usize, around: &Around) {
        let function = &self.program.functions[call.function];
        self.calls.insert((by, call.function));
        match &call.work {
            Some(Work::PassedOn) => {
                self.passes.insert((by, call.function));
            }
            Some(_) => {
                self.gets.insert(call.function);
            }
            None => {}
        }
        if function.home == Home::Role {
            self.shapes.insert(match call.on {
                On::Held => Shape::CallOfAnExistential,
                On::Own => Shape::CallOfOneOfOnesOwn,
                On::Generic(_) => Shape::CallOfAGeneric,
                On::Made(_) => return,
            });
        }
        if function.throws {
            self.has(call.attempt == Attempt::Optional, Shape::ErrorMadeNil);
            self.has(call.attempt == Attempt::Throws && around.catches, Shape::ErrorCaught);
            self.has(call.attempt == Attempt::Throws && !around.catches, Shape::ErrorPassedOn);
        }
    }

    fn block(&mut self, block: &Block, by: usize, around: &Around) {
        for stmt in block {
            for call in stmt.act.clone().calls_mut() {
                self.call(call, by, around);
            }
            self.act(&stmt.act, by, around);
        }
    }

    fn act(&mut self, act: &Act, by: usize, around: &Around) {
        let mut inner = around.clone();
        match act {
            Act::If(condition, ..) | Act::Guard(condition, _) => {
                self.has(asks_result(condition), Shape::BranchOnAResult);
                inner.is_branch = true;
            }
            Act::Switch(subject, _) => {
                self.has(matches!(subject, Subject::Of(_)), Shape::SwitchOnAResult);
                inner.is_branch = true;
            }
            Act::Loop(Loop::For | Loop::While(_) | Loop::RepeatWhile(_), label, _) => {
                inner.loops.push(*label);
            }
            Act::Break(Some(label)) => {
                self.has(around.loops.last() != Some(&Some(*label)), Shape::BreakOfAnOuterLoop);
            }
            Act::Continue(Some(label)) => {
                self.has(around.loops.last() != Some(&Some(*label)), Shape::ContinueOfAnOuterLoop);
            }
            Act::Do(body, catch) => {
                let body_around = Around { catches: true, ..around.clone() };
                self.block(body, by, &body_around);
                self.block(catch, by, around);
                return;
            }
            Act::Defer(body) => {
                self.has(around.is_branch, Shape::DeferInABranch);
                self.has(!around.loops.is_empty(), Shape::DeferInALoop);
                self.has(body.iter().any(|stmt| matches!(stmt.act, Act::Call(_))), Shape::DeferThatCalls);
            }
            Act::Build(..) => {
                self.shapes.insert(Shape::BuildCondition);
                self.has(around.closures > 0, Shape::BuildConditionInAClosure);
            }
            Act::Now(_)
            | Act::Give(_)
            | Act::Around(..)
            | Act::LetClosure(..)
            | Act::Call(Call { work: Some(Work::Closure(_)), .. }) => {
                inner = Around { closures: around.closures + 1, ..Around::default() };
                self.has(inner.closures >= 3, Shape::ClosuresThreeDeep);
            }
            _ => {}
        }
        for block in act.clone().blocks_mut() {
            self.block(block, by, &inner);
        }
    }
}

fn asks_result(condition: &Condition) -> bool {
    let mut calls = Vec::new();
    condition.calls(&mut calls);
    !calls.is_empty()
}

/// `cargo test --test oracle -- --nocapture shape` prints how many of the programs have which.
#[test]
#[expect(clippy::print_stderr, reason = "the counts are worth a look")]
fn every_shape_comes_up_in_generated_programs() {
    const PROGRAMS: u64 = 3_000;
    let mut counts: BTreeMap<Shape, usize> = SHAPES.into_iter().map(|shape| (shape, 0)).collect();
    for seed in 0..PROGRAMS {
        for shape in shapes(&generate(seed)) {
            *counts.entry(shape).or_default() += 1;
        }
    }
    for (shape, count) in &counts {
        eprintln!("{shape:?}: {count} of {PROGRAMS}");
    }
    let rare: Vec<_> = counts.iter().filter(|(_, count)| **count < 15).collect();
    assert!(rare.is_empty(), "{rare:?}");
}
