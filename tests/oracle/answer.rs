//! The right answer for a program, from what all of its paths come to.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use pushlint::report::Outcome;

use crate::interpreter::{Duty, Run, advance};
use crate::skeleton::Program;

/// How far the interpreter goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How often a loop runs at most; a path that would run longer is left out.
    pub(crate) rounds: usize,
    /// How often a function is active at most at one time; a path that goes deeper is left out.
    pub(crate) depth: usize,
    /// How many closures put one another off at most; what comes after them is left out.
    pub(crate) late: usize,
    /// How many statements are run at most, over all paths.
    pub(crate) statements: u64,
    /// What an analysis need not know is left open:
    /// that a flag (or `#if`) which was asked in one call, or in one round of a loop, is the same in the next;
    /// what a computed property gives; what a variable is when a closure runs later;
    /// that a loop whose condition always holds does not end once a call is reported;
    /// that a function which has nothing to do with reports, or is called once a call is reported, does not return or does
    /// not throw.
    pub(crate) is_lenient: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rounds: 2, depth: 2, late: 4, statements: 40_000, is_lenient: false }
    }
}

impl Limits {
    /// Where the first answer does not fit.
    pub(crate) const FAR: Self =
        Limits { rounds: 3, depth: 3, late: 6, statements: 500_000, is_lenient: false };

    pub(crate) fn lenient(self) -> Self {
        Limits { is_lenient: true, ..self }
    }
}

/// Where a path leaves a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// At the statement of this number.
    At(u32),
    /// At the closing brace: of the function of this index, with which of its bodies, or of the handler.
    End(Option<(usize, usize)>),
    /// In the generic function that calls the function of this index.
    Generic(usize),
}

/// The right answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What becomes of the duty, over all paths.
    pub(crate) outcomes: BTreeSet<Outcome>,
    /// One of each two must be there, either of them may: what a closure that is put off does at most depends on
    /// what an analysis need not know.
    pub(crate) either: BTreeSet<(Outcome, Outcome)>,
    /// What an answer may say besides, since it depends on paths that are excused.
    pub(crate) optional: BTreeSet<Outcome>,
    /// The ways with no report, each with where it may be said to turn away from it.
    pub(crate) turns: BTreeSet<Turn>,
}

impl Answer {
    /// Whether an outcome may be there.
    pub(crate) fn may_have(&self, outcome: Outcome) -> bool {
        self.outcomes.contains(&outcome)
            || self.optional.contains(&outcome)
            || self.either.iter().any(|(one, other)| *one == outcome || *other == outcome)
    }
}

/// Where a way with no report turns away from it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    /// One of these must be named: where a function was left that reports on another way; if there is none,
    /// where the handler is left.
    pub(crate) places: BTreeSet<Place>,
    /// These may be: where any function was left on this way.
    pub(crate) besides: BTreeSet<Place>,
}

/// The answer for a program; none if it has more paths than the limits allow.
pub(crate) fn answer(program: &Program, limits: &Limits) -> Option<Answer> {
    let mut script = Vec::new();
    let mut answer = Answer::default();
    let mut summary = Summary::default();
    let mut missing = BTreeSet::new();
    let lenient = limits.lenient();
    let idle = program.idle();
    let spent = Cell::new(0);
    loop {
        let mut run = Run::new(program, [limits, &lenient], &idle, &spent, script);
        if let Some(end) = run.handler() {
            if end.is_optional {
                answer.optional.extend([end.outcome, end.lenient]);
            } else if end.outcome != end.lenient {
                answer.either.insert((end.outcome, end.lenient));
            } else {
                answer.outcomes.insert(end.outcome);
                if end.outcome == Outcome::Missing {
                    missing.insert((end.place, run.calls.clone()));
                }
            }
        }
        if run.is_beyond {
            return None;
        }
        for (callee, duty) in run.returned {
            summary.entry(callee).or_default().insert(duty);
        }
        script = run.script;
        if !advance(&mut script) {
            if answer.outcomes.is_empty() && answer.either.is_empty() {
                // No way leaves the handler: nothing is lost, and that it cannot be followed may be said.
                answer.optional.insert(Outcome::Unseen);
            }
            let turn = |(place, calls): &(Place, Vec<_>)| turn(program, *place, calls, &summary);
            answer.turns = missing.iter().map(turn).collect();
            return Some(answer);
        }
    }
}

/// What is called and returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Callee {
    /// The function of this index, with this one of its bodies.
    Body(usize, usize),
    /// The generic function that calls the function of this index.
    Generic(usize),
}

impl Callee {
    fn function(self) -> usize {
        match self {
            Callee::Body(function, _) | Callee::Generic(function) => function,
        }
    }
}

/// What a function has been seen to return with, where nothing was done before it was called.
type Summary = BTreeMap<Callee, BTreeSet<Duty>>;

fn turn(program: &Program, place: Place, calls: &[(Callee, Place)], summary: &Summary) -> Turn {
    let best = |callee: Callee| summary.get(&callee).and_then(BTreeSet::last).copied();
    let mixed = calls.iter().filter(|(callee, _)| best(*callee) > Some(Duty::Open));
    // That it did not call a closure that reports, or did not give the payload away, may be said of the function
    // or of its caller.
    let is_told = mixed.clone().any(|(callee, _)| {
        !program.functions[callee.function()].takes_work && best(*callee) > Some(Duty::HandedOut)
    });
    // Which of several implementers is called is nothing that they turn away from.
    let is_certain =
        is_told && calls.iter().all(|(callee, _)| program.functions[callee.function()].others.is_empty());
    let places = mixed.map(|(_, place)| *place).chain((!is_certain).then_some(place)).collect();
    Turn { places, besides: calls.iter().map(|(_, place)| *place).chain([place]).collect() }
}
