//! Runs a skeleton on every path that it has, one after another, and says what became of the duty on each.
//!
//! A path is one sequence of answers to the questions that a run leaves open (which way does a condition go,
//! how often does a loop run). The interpreter runs the program as a machine would, asks at each open
//! question, and starts again with the next sequence until all have been tried. There is no cleverness in
//! it that could be wrong in the same way as the analysis.

mod evaluate;

use std::cell::Cell;

use pushlint::report::Outcome;

use crate::answer::{Callee, Limits, Place};
use crate::few::Few;
use crate::skeleton::{Act, Api, Block, Condition, Flag, Label, Loop, Program, Stmt, Written};

/// Turns a script into the next one; false where it was the last.
pub(crate) fn advance(script: &mut Vec<(usize, usize)>) -> bool {
    while let Some((chosen, count)) = script.pop() {
        if chosen + 1 < count {
            script.push((chosen + 1, count));
            return true;
        }
    }
    false
}

/// What is known of the duty at one moment of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Duty {
    Open,
    HandedOut,
    Deferred,
    Reported,
}

impl Duty {
    fn outcome(self) -> Outcome {
        match self {
            Duty::Open => Outcome::Missing,
            Duty::HandedOut => Outcome::Unseen,
            Duty::Deferred => Outcome::Deferred,
            Duty::Reported => Outcome::Reported,
        }
    }
}

/// `#if DEBUG` is a flag too.
const DEBUG: Flag = Flag { is_static: true, number: u8::MAX };

/// Why a block ends before its end.
#[derive(Clone, Debug)]
enum Leave {
    Return(u32, Datum),
    Throw(u32),
    Break(Option<Label>),
    Continue(Option<Label>),
    /// The process ends.
    Dead,
    /// The path goes further than the limits.
    TooFar,
}

type Step<T> = Result<T, Leave>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Datum {
    Nothing,
    /// A `Bool`, or whether an optional is not nil.
    Is(bool),
    /// Whether a field of the payload is not nil, and the field with it.
    Field(bool),
    Case(usize),
}

impl Datum {
    fn holds(self) -> bool {
        match self {
            Datum::Nothing => true,
            Datum::Is(holds) | Datum::Field(holds) => holds,
            Datum::Case(case) => case == 0,
        }
    }
}

#[derive(Clone, Copy)]
struct Closure<'p> {
    body: &'p Block,
    scope: usize,
}

/// The variables of one block while it runs.
#[derive(Clone)]
struct Scope<'p> {
    parent: Option<usize>,
    activation: usize,
    /// The function that is active; none for the handler.
    function: Option<usize>,
    /// Which of the types that implement the role's protocol `self` is of.
    implementer: Option<usize>,
    variables: Few<u32, Datum>,
    closures: Few<u32, Closure<'p>>,
    work: Option<Closure<'p>>,
}

/// How a path leaves the handler.
pub(crate) struct End {
    pub(crate) place: Place,
    pub(crate) outcome: Outcome,
    /// The outcome if closures that are put off do the most that they may.
    pub(crate) lenient: Outcome,
    pub(crate) is_optional: bool,
}

/// One path.
pub(crate) struct Run<'p> {
    program: &'p Program,
    limits: &'p Limits,
    lenient: &'p Limits,
    /// Statements run so far, on all paths.
    spent: &'p Cell<u64>,
    pub(crate) script: Vec<(usize, usize)>,
    asked: usize,
    scopes: Vec<Scope<'p>>,
    /// Those that were there before the handler returned.
    scopes_before: usize,
    flags: Few<(Flag, usize), bool>,
    /// What a computed property gave when it was asked first in an activation: it gives the same again.
    properties: Few<(usize, usize, Option<usize>), Datum>,
    /// Which of the implementers the owner holds, once that has been asked.
    held: Option<usize>,
    duty: Duty,
    /// What closures that are put off do besides, if they do the most that they may.
    lenient_duty: Duty,
    is_excused: bool,
    /// How many closures put one another off until what runs: none of them while the handler has not returned.
    late: usize,
    /// There was more to try than the limits allow.
    pub(crate) is_beyond: bool,
    activations: usize,
    active: Vec<usize>,
    /// What the bodies of functions may return that can come to nothing for the duty.
    idle: &'p [Vec<Option<Vec<Written>>>],
    /// The calls that returned without a report, and where they returned.
    pub(crate) calls: Vec<(Callee, Place)>,
    pub(crate) returned: Vec<(Callee, Duty)>,
}

impl<'p> Run<'p> {
    pub(crate) fn new(
        program: &'p Program,
        [limits, lenient]: [&'p Limits; 2],
        idle: &'p [Vec<Option<Vec<Written>>>],
        spent: &'p Cell<u64>,
        script: Vec<(usize, usize)>,
    ) -> Self {
        Run {
            program,
            limits,
            lenient,
            spent,
            script,
            asked: 0,
            scopes: Vec::new(),
            scopes_before: 0,
            flags: Few::default(),
            properties: Few::default(),
            held: None,
            duty: Duty::Open,
            lenient_duty: Duty::Open,
            is_excused: false,
            late: 0,
            is_beyond: false,
            activations: 0,
            active: vec![0; program.functions.len()],
            idle,
            calls: Vec::new(),
            returned: Vec::new(),
        }
    }

    /// The answer to an open question: a number below `count`.
    fn choose(&mut self, count: usize) -> usize {
        if self.asked == self.script.len() {
            self.script.push((0, count));
        }
        self.asked += 1;
        self.script[self.asked - 1].0
    }

    fn either(&mut self) -> bool {
        self.choose(2) == 0
    }

    pub(crate) fn handler(&mut self) -> Option<End> {
        let scope = self.function_scope(None, None, None);
        let place = match self.block(&self.program.handler, scope) {
            Ok(()) => Place::End(None),
            Err(Leave::Return(number, _)) => Place::At(number),
            Err(_) => return None,
        };
        let outcome = self.duty.outcome();
        if self.is_excused && outcome != Outcome::Reported {
            return None;
        }
        let lenient = self.lenient_duty.max(self.duty).outcome();
        Some(End { place, outcome, lenient, is_optional: self.is_excused })
    }

    fn function_scope(
        &mut self,
        function: Option<usize>,
        implementer: Option<usize>,
        work: Option<Closure<'p>>,
    ) -> usize {
        self.activations += 1;
        self.scopes.push(Scope {
            parent: None,
            activation: self.activations,
            function,
            implementer,
            variables: Few::default(),
            closures: Few::default(),
            work,
        });
        self.scopes.len() - 1
    }

    fn inner_scope(&mut self, parent: usize) -> usize {
        let Scope { activation, function, implementer, .. } = self.scopes[parent];
        self.scopes.push(Scope {
            parent: Some(parent),
            activation,
            function,
            implementer,
            variables: Few::default(),
            closures: Few::default(),
            work: None,
        });
        self.scopes.len() - 1
    }

    /// What the innermost scope around `scope` has that has it.
    fn find<T>(&self, scope: usize, has: impl Fn(&Scope<'p>) -> Option<T>) -> T {
        self.find_at(scope, has).1
    }

    /// With the scope that has it.
    fn find_at<T>(&self, scope: usize, has: impl Fn(&Scope<'p>) -> Option<T>) -> (usize, T) {
        let mut at = scope;
        loop {
            if let Some(found) = has(&self.scopes[at]) {
                return (at, found);
            }
            at = self.scopes[at].parent.expect("the skeleton declares what it uses");
        }
    }

    /// Runs a block in a scope made for it, and what was deferred in it when it is left.
    fn block(&mut self, block: &'p Block, scope: usize) -> Step<()> {
        let mut deferred = Vec::new();
        let mut result = Ok(());
        for stmt in block {
            if let Act::Defer(body) = &stmt.act {
                deferred.push(body);
                continue;
            }
            result = self.stmt(stmt, scope);
            if result.is_err() {
                break;
            }
        }
        if !matches!(result, Err(Leave::Dead | Leave::TooFar)) {
            for body in deferred.into_iter().rev() {
                self.inner(body, scope)?;
            }
        }
        result
    }

    fn inner(&mut self, block: &'p Block, parent: usize) -> Step<()> {
        let scope = self.inner_scope(parent);
        self.block(block, scope)
    }

    fn closure(&mut self, closure: Closure<'p>) -> Step<()> {
        match self.inner(closure.body, closure.scope) {
            Err(Leave::Return(..)) => Ok(()),
            other => other,
        }
    }

    fn report(&mut self) {
        self.duty = self.duty.max(if self.late > 0 { Duty::Deferred } else { Duty::Reported });
    }

    /// A closure that runs later counts with the most that it does on any of its ways: that its report comes
    /// too late is what there is to say of it.
    fn put_off(&mut self, closure: Closure<'p>) {
        let least = self.most(closure, self.limits);
        self.duty = self.duty.max(least);
        let most = if self.limits.is_lenient { least } else { self.most(closure, self.lenient) };
        self.lenient_duty = self.lenient_duty.max(most);
    }

    /// A closure that somebody else may run: if it may report, the duty is in other hands.
    fn give(&mut self, closure: Closure<'p>) {
        let handed_out = |most: Duty| if most == Duty::Open { Duty::Open } else { Duty::HandedOut };
        let least = handed_out(self.most(closure, self.limits));
        self.duty = self.duty.max(least);
        let most = if self.limits.is_lenient { least } else { handed_out(self.most(closure, self.lenient)) };
        self.lenient_duty = self.lenient_duty.max(most);
    }

    /// The most that a closure does on any of its ways, from what is known now; what flags were has changed.
    /// No function that was active then is active any more.
    fn most(&mut self, closure: Closure<'p>, limits: &'p Limits) -> Duty {
        if self.late == limits.late {
            return Duty::Open;
        }
        let mut script = Vec::new();
        let (mut most, mut unfinished) = (Duty::Open, Duty::Open);
        while !self.is_beyond {
            let mut later = Run {
                script,
                scopes: self.scopes.clone(),
                scopes_before: self.scopes.len(),
                held: self.held,
                late: self.late + 1,
                activations: self.activations,
                ..Run::new(self.program, [limits, self.lenient], self.idle, self.spent, Vec::new())
            };
            let has_ended = later.closure(closure).is_ok();
            if has_ended && !later.is_excused {
                most = most.max(later.duty);
            } else if !later.is_excused {
                unfinished = unfinished.max(later.duty);
            }
            script = later.script;
            self.is_beyond |= later.is_beyond;
            if !advance(&mut script) {
                // Reported, and then never came to an end: too far-fetched for an answer.
                self.is_beyond |= unfinished > most;
                break;
            }
        }
        most
    }

    fn stmt(&mut self, stmt: &'p Stmt, scope: usize) -> Step<()> {
        self.spent.set(self.spent.get() + 1);
        if self.spent.get() > self.limits.statements {
            self.is_beyond = true;
            return Err(Leave::TooFar);
        }
        match &stmt.act {
            Act::Noise(_) | Act::Defer(_) => {}
            Act::Report => self.report(),
            Act::HandOut => self.duty = self.duty.max(Duty::HandedOut),
            Act::Call(call) => {
                self.attempt(call, scope, stmt.number)?;
            }
            Act::If(condition, then, otherwise) => {
                if self.holds(condition, scope, stmt.number)? {
                    self.inner(then, scope)?;
                } else if let Some(otherwise) = otherwise {
                    self.inner(otherwise, scope)?;
                }
            }
            Act::Guard(condition, otherwise) => {
                if !self.holds(condition, scope, stmt.number)? {
                    self.inner(otherwise, scope)?;
                }
            }
            Act::Switch(subject, cases) => {
                let case = self.subject(subject, scope, stmt.number)?;
                match self.inner(&cases[case.min(cases.len() - 1)], scope) {
                    Err(Leave::Break(None)) => {}
                    other => other?,
                }
            }
            Act::Loop(kind, label, body) => self.repeat(kind, *label, body, scope, stmt.number)?,
            Act::Break(label) => return Err(Leave::Break(*label)),
            Act::Continue(label) => return Err(Leave::Continue(*label)),
            Act::Return(value) => {
                let datum = match value {
                    Some(value) => self.value(value, scope, stmt.number)?,
                    None => Datum::Nothing,
                };
                return Err(Leave::Return(stmt.number, datum));
            }
            Act::Throw => return Err(Leave::Throw(stmt.number)),
            Act::Do(body, catch) => match self.inner(body, scope) {
                Err(Leave::Throw(_)) => self.inner(catch, scope)?,
                other => other?,
            },
            Act::Now(body) => self.closure(Closure { body, scope })?,
            Act::Around(api, body) => self.around(*api, Closure { body, scope })?,
            Act::LetClosure(name, body) => {
                self.scopes[scope].closures.insert(*name, Closure { body, scope });
            }
            Act::Run(name) => {
                let closure = self.find(scope, |scope| scope.closures.get(*name));
                self.closure(closure)?;
            }
            Act::RunWork => {
                let work = self.find(scope, |scope| scope.work);
                self.closure(work)?;
            }
            Act::StoreWork => {
                let work = self.find(scope, |scope| scope.work);
                self.put_off(work);
            }
            Act::Let(variable, _, value) => {
                let datum = self.value(value, scope, stmt.number)?;
                self.scopes[scope].variables.insert(variable.number, datum);
            }
            Act::Assign(variable, value) => {
                let datum = self.value(value, scope, stmt.number)?;
                let mut scope = scope;
                while self.scopes[scope].variables.get(variable.number).is_none() {
                    scope = self.scopes[scope].parent.expect("the skeleton declares what it assigns");
                }
                self.scopes[scope].variables.insert(variable.number, datum);
            }
            Act::Toggle(variable) => {
                let (at, datum) = self.find_at(scope, |scope| scope.variables.get(variable.number));
                // An analysis need not count.
                let holds = if self.limits.is_lenient { self.either() } else { !datum.holds() };
                self.scopes[at].variables.insert(variable.number, Datum::Is(holds));
            }
            Act::Change(variable) => {
                let (at, datum) = self.find_at(scope, |scope| scope.variables.get(variable.number));
                if matches!(datum, Datum::Field(_)) {
                    self.duty = self.duty.max(Duty::HandedOut);
                }
                let datum = Datum::Is(self.either());
                self.scopes[at].variables.insert(variable.number, datum);
            }
            Act::Give(body) => self.give(Closure { body, scope }),
            Act::Fatal => return Err(Leave::Dead),
            Act::Build(debug, release) => {
                let is_debug = self.flag(DEBUG, scope);
                // Not a block: what is declared in it is seen after it.
                for stmt in if is_debug { debug } else { release } {
                    self.stmt(stmt, scope)?;
                }
            }
        }
        Ok(())
    }

    fn around(&mut self, api: Api, closure: Closure<'p>) -> Step<()> {
        match api {
            Api::ForEach => {
                for _ in 0..self.choose(self.limits.rounds + 1) {
                    self.closure(closure)?;
                }
                Ok(())
            }
            Api::Sync => self.closure(closure),
            Api::Async | Api::AsyncAfter | Api::Task => {
                self.put_off(closure);
                Ok(())
            }
        }
    }

    fn repeat(
        &mut self,
        kind: &'p Loop,
        label: Option<Label>,
        body: &'p Block,
        scope: usize,
        number: u32,
    ) -> Step<()> {
        let mut round = 0;
        let times = if matches!(kind, Loop::For) { self.choose(self.limits.rounds + 1) } else { 0 };
        loop {
            let goes_on = match kind {
                Loop::For => round < times,
                Loop::RepeatWhile(_) if round == 0 => true,
                Loop::While(condition) | Loop::RepeatWhile(condition) => {
                    self.holds(condition, scope, number)?
                }
            };
            if !goes_on {
                return Ok(());
            }
            if round == self.limits.rounds {
                // Once a call is reported, nothing depends on what ends.
                let is_endless =
                    matches!(kind, Loop::While(Condition::Constant(true))) && self.duty != Duty::Reported;
                return if self.limits.is_lenient && !is_endless { Ok(()) } else { Err(Leave::TooFar) };
            }
            round += 1;
            if self.limits.is_lenient {
                self.flags.clear();
            }
            match self.inner(body, scope) {
                Ok(()) | Err(Leave::Continue(None)) => {}
                Err(Leave::Break(None)) => return Ok(()),
                Err(Leave::Break(to)) if to == label => return Ok(()),
                Err(Leave::Continue(to)) if to == label => {}
                Err(other) => return Err(other),
            }
        }
    }
}
