//! Runs a skeleton on every path that it has, one after another, and says what became of the duty on each.
//!
//! A path is one sequence of answers to the questions that a run leaves open (which way does a condition go,
//! how often does a loop run). The interpreter runs the program as a machine would, asks at each open
//! question, and starts again with the next sequence until all have been tried. There is no cleverness in
//! it that could be wrong in the same way as the analysis.

mod evaluate;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pushlint::report::Outcome;

use crate::skeleton::{Act, Api, Block, Flag, Label, Loop, Program, Stmt};

/// How far the interpreter goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How often a loop runs at most; a path that would run longer is left out.
    pub(crate) rounds: usize,
    /// How often a function is active at most at one time; a path that goes deeper is left out.
    pub(crate) depth: usize,
    /// How many paths are tried at most.
    pub(crate) paths: usize,
    /// A flag that was asked in one call is open again in the next.
    pub(crate) forgets: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rounds: 2, depth: 2, paths: 2_000, forgets: false }
    }
}

/// Where a path leaves a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// At the statement of this number.
    At(u32),
    /// At the closing brace: of the function of this index, or of the handler.
    End(Option<usize>),
}

/// The right answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What becomes of the duty, over all paths.
    pub(crate) outcomes: BTreeSet<Outcome>,
    /// What an answer may say besides, since it depends on paths that are excused.
    pub(crate) optional: BTreeSet<Outcome>,
    /// Where the ways with no report turn away from it.
    pub(crate) turns: BTreeSet<Place>,
}

/// The answer for a program; none if it has more paths than the limit allows.
pub(crate) fn answer(program: &Program, limits: &Limits) -> Option<Answer> {
    let mut script = Vec::new();
    let mut answer = Answer::default();
    let mut summary = Summary::default();
    let mut missing = BTreeSet::new();
    for _ in 0..limits.paths {
        let mut run = Run::new(program, limits, script);
        if let Some(end) = run.handler() {
            if end.is_optional {
                answer.optional.insert(end.outcome);
            } else {
                answer.outcomes.insert(end.outcome);
                if end.outcome == Outcome::Missing {
                    missing.insert((end.place, run.calls.clone()));
                }
            }
        }
        for (function, reports) in run.returned {
            summary.entry(function).or_default().insert(reports);
        }
        script = run.script;
        if !advance(&mut script) {
            answer.turns = missing.iter().map(|(place, calls)| turn(*place, calls, &summary)).collect();
            return Some(answer);
        }
    }
    None
}

/// Whether a function has been seen to return with a report, without one, or both.
type Summary = BTreeMap<usize, BTreeSet<bool>>;

/// The last call that could have reported and did not, else the handler's own way out.
fn turn(place: Place, calls: &[(usize, Place)], summary: &Summary) -> Place {
    let is_mixed = |function: &usize| summary.get(function).is_some_and(|seen| seen.len() == 2);
    calls.iter().rev().find(|(function, _)| is_mixed(function)).map_or(place, |(_, place)| *place)
}

/// Turns a script into the next one; false where it was the last.
fn advance(script: &mut Vec<(usize, usize)>) -> bool {
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
enum Duty {
    Open,
    HandedOut,
    Deferred,
    Reported,
}

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
    Case(usize),
}

impl Datum {
    fn holds(self) -> bool {
        match self {
            Datum::Nothing => true,
            Datum::Is(holds) => holds,
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
struct Scope<'p> {
    parent: Option<usize>,
    activation: usize,
    variables: HashMap<u32, Datum>,
    closures: HashMap<u32, Closure<'p>>,
    work: Option<Closure<'p>>,
}

struct End {
    place: Place,
    outcome: Outcome,
    is_optional: bool,
}

/// One path.
struct Run<'p> {
    program: &'p Program,
    limits: &'p Limits,
    script: Vec<(usize, usize)>,
    asked: usize,
    scopes: Vec<Scope<'p>>,
    flags: HashMap<(Flag, usize), bool>,
    is_debug: Option<bool>,
    duty: Duty,
    is_excused: bool,
    /// Closures that run after the handler.
    later: Vec<Closure<'p>>,
    /// The handler has returned.
    is_late: bool,
    activations: usize,
    active: Vec<usize>,
    steps: usize,
    /// The calls that returned without a report, and where they returned.
    calls: Vec<(usize, Place)>,
    returned: Vec<(usize, bool)>,
}

impl<'p> Run<'p> {
    fn new(program: &'p Program, limits: &'p Limits, script: Vec<(usize, usize)>) -> Self {
        Run {
            program,
            limits,
            script,
            asked: 0,
            scopes: Vec::new(),
            flags: HashMap::new(),
            is_debug: None,
            duty: Duty::Open,
            is_excused: false,
            later: Vec::new(),
            is_late: false,
            activations: 0,
            active: vec![0; program.functions.len()],
            steps: 0,
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

    fn handler(&mut self) -> Option<End> {
        let scope = self.function_scope(None);
        let place = match self.block(&self.program.handler, scope) {
            Ok(()) => Place::End(None),
            Err(Leave::Return(number, _)) => Place::At(number),
            Err(_) => return None,
        };
        self.is_late = true;
        let mut is_dead = false;
        let mut next = 0;
        while let Some(closure) = self.later.get(next).copied() {
            next += 1;
            match self.closure(closure) {
                Ok(()) => {}
                Err(Leave::Dead) => is_dead = true,
                Err(_) => return None,
            }
        }
        let outcome = match self.duty {
            Duty::Open => Outcome::Missing,
            Duty::HandedOut => Outcome::Unseen,
            Duty::Deferred => Outcome::Deferred,
            Duty::Reported => Outcome::Reported,
        };
        if self.is_excused && outcome != Outcome::Reported {
            return None;
        }
        Some(End { place, outcome, is_optional: self.is_excused || is_dead })
    }

    fn function_scope(&mut self, work: Option<Closure<'p>>) -> usize {
        self.activations += 1;
        self.scopes.push(Scope {
            parent: None,
            activation: self.activations,
            variables: HashMap::new(),
            closures: HashMap::new(),
            work,
        });
        self.scopes.len() - 1
    }

    fn inner_scope(&mut self, parent: usize) -> usize {
        let activation = self.scopes[parent].activation;
        let (variables, closures) = (HashMap::new(), HashMap::new());
        self.scopes.push(Scope { parent: Some(parent), activation, variables, closures, work: None });
        self.scopes.len() - 1
    }

    /// What the innermost scope around `scope` has that has it.
    fn find<T>(&self, scope: usize, has: impl Fn(&Scope<'p>) -> Option<T>) -> T {
        let mut scope = &self.scopes[scope];
        loop {
            if let Some(found) = has(scope) {
                return found;
            }
            scope = &self.scopes[scope.parent.expect("the skeleton declares what it uses")];
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
        self.duty = self.duty.max(if self.is_late { Duty::Deferred } else { Duty::Reported });
    }

    fn stmt(&mut self, stmt: &'p Stmt, scope: usize) -> Step<()> {
        self.steps += 1;
        if self.steps > 2_000 {
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
                let closure = self.find(scope, |scope| scope.closures.get(name).copied());
                self.closure(closure)?;
            }
            Act::RunWork => {
                let work = self.find(scope, |scope| scope.work);
                self.closure(work)?;
            }
            Act::StoreWork => {
                let work = self.find(scope, |scope| scope.work);
                self.later.push(work);
            }
            Act::Let(variable, _, value) => {
                let datum = self.value(value, scope, stmt.number)?;
                self.scopes[scope].variables.insert(variable.number, datum);
            }
            Act::Assign(variable, value) => {
                let datum = self.value(value, scope, stmt.number)?;
                let mut scope = scope;
                while !self.scopes[scope].variables.contains_key(&variable.number) {
                    scope = self.scopes[scope].parent.expect("the skeleton declares what it assigns");
                }
                self.scopes[scope].variables.insert(variable.number, datum);
            }
            Act::Fatal => return Err(Leave::Dead),
            Act::Build(debug, release) => {
                let is_debug = match self.is_debug {
                    Some(known) => known,
                    None => self.either(),
                };
                self.is_debug = Some(is_debug);
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
                self.later.push(closure);
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
                return Err(Leave::TooFar);
            }
            round += 1;
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
