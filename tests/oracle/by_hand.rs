//! Skeletons written by hand, with the answer that a person gives: the interpreter is right.

use std::collections::BTreeSet;

use pushlint::report::Outcome::{self, Deferred, Missing, Reported, Unseen};

use crate::answer::{Answer, Limits, Place, answer};
use crate::skeleton::{
    Act, Api, Attempt, Block, Call, Condition, Flag, Function, Home, Kind, Loop, On, Program, Style, Value,
    Variable, Work,
};

fn block(acts: impl IntoIterator<Item = Act>) -> Block {
    acts.into_iter().map(Into::into).collect()
}

fn function(result: Kind, acts: impl IntoIterator<Item = Act>) -> Function {
    Function {
        home: Home::Owner,
        result,
        throws: false,
        takes_payload: false,
        takes_work: false,
        is_property: false,
        body: block(acts),
        others: Vec::new(),
    }
}

fn call(function: usize) -> Call {
    Call { function, on: On::Held, work: None, attempt: Attempt::Throws }
}

fn solve(functions: Vec<Function>, handler: impl IntoIterator<Item = Act>) -> Answer {
    let program = Program::new(functions, block(handler), Style::default());
    answer(&program, &Limits::default()).expect("few paths")
}

fn outcomes(functions: Vec<Function>, handler: impl IntoIterator<Item = Act>) -> Vec<Outcome> {
    solve(functions, handler).outcomes.into_iter().collect()
}

fn turns(answer: &Answer) -> Vec<Place> {
    answer.turns.iter().flat_map(|turn| &turn.places).copied().collect()
}

fn flag(number: u8) -> Condition {
    Condition::Flag(Flag { is_static: false, number })
}

fn random() -> Condition {
    Condition::Random
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn done() -> Variable {
    Variable { number: 1, kind: Kind::Bool }
}

fn set_done(value: bool) -> Value {
    Value::Bool(Condition::Constant(value))
}

#[test]
fn a_straight_line() {
    assert_eq!(outcomes(vec![], [Act::Noise(0)]), [Missing]);
    assert_eq!(outcomes(vec![], [Act::Report]), [Reported]);
    assert_eq!(outcomes(vec![], [Act::HandOut]), [Unseen]);
    assert_eq!(outcomes(vec![], [Act::HandOut, Act::Report]), [Reported]);
    let task = Act::Around(Api::Task, block([Act::Report]));
    assert_eq!(outcomes(vec![], [Act::HandOut, task]), [Deferred]);
}

#[test]
fn a_branch_unites_its_sides() {
    assert_eq!(outcomes(vec![], [Act::If(random(), block([Act::Report]), None)]), [Missing, Reported]);
    let both = Act::If(random(), block([Act::Report]), Some(block([Act::Report])));
    assert_eq!(outcomes(vec![], [both]), [Reported]);
}

#[test]
fn a_way_out_before_the_report_is_found_at_its_place() {
    let solved = solve(vec![], [Act::Guard(random(), block([Act::Return(None)])), Act::Report]);
    assert_eq!(solved.outcomes, BTreeSet::from([Missing, Reported]));
    assert_eq!(turns(&solved), [Place::At(2)]);
}

#[test]
fn a_flag_stays_what_it_is_along_a_path() {
    let ways =
        [Act::If(flag(0), block([Act::Report]), None), Act::If(not(flag(0)), block([Act::Report]), None)];
    assert_eq!(outcomes(vec![], ways.clone()), [Reported]);
    let asks = || function(Kind::Bool, [Act::Return(Some(Value::Bool(flag(0))))]);
    let apart = [
        Act::If(Condition::Result(call(0)), block([Act::Report]), None),
        Act::If(not(flag(0)), block([Act::Report]), None),
    ];
    let program = Program::new(vec![asks()], block(apart), Style::default());
    let lenient = Limits::default().lenient();
    assert_eq!(answer(&program, &Limits::default()).map(|answer| answer.outcomes.len()), Some(1));
    assert_eq!(answer(&program, &lenient).map(|answer| answer.outcomes.len()), Some(2));
}

#[test]
fn a_variable_carries_what_happened() {
    let ways = |finally: Condition| {
        [
            Act::Let(done(), true, set_done(false)),
            Act::If(random(), block([Act::Report, Act::Assign(done(), set_done(true))]), None),
            Act::If(finally, block([Act::Report]), None),
        ]
    };
    assert_eq!(outcomes(vec![], ways(not(Condition::Local(done())))), [Reported]);
    assert_eq!(outcomes(vec![], ways(Condition::Local(done()))), [Missing, Reported]);
}

#[test]
fn the_caller_follows_the_result() {
    let handles = || {
        let reports = block([Act::Report, Act::Return(Some(set_done(true)))]);
        function(Kind::Bool, [Act::If(random(), reports, None), Act::Return(Some(set_done(false)))])
    };
    let right = [Act::If(Condition::Result(call(0)), block([Act::Return(None)]), None), Act::Report];
    assert_eq!(outcomes(vec![handles()], right), [Reported]);
    let wrong = [Act::If(not(Condition::Result(call(0))), block([Act::Return(None)]), None), Act::Report];
    let solved = solve(vec![handles()], wrong);
    assert_eq!(solved.outcomes, BTreeSet::from([Missing, Reported]));
    // The `return false` of the function is where the way turns away from the report.
    assert_eq!(turns(&solved), [Place::At(4)]);
}

#[test]
fn an_error_leaves_for_the_catch() {
    let throws = || Function {
        throws: true,
        ..function(Kind::Nothing, [Act::If(random(), block([Act::Throw]), None), Act::Report])
    };
    let caught = |catch: Block| Act::Do(block([Act::Call(call(0))]), catch);
    assert_eq!(outcomes(vec![throws()], [caught(block([Act::Noise(0)]))]), [Missing, Reported]);
    assert_eq!(outcomes(vec![throws()], [caught(block([Act::Report]))]), [Reported]);
    let forced = Act::Call(Call { attempt: Attempt::Force, ..call(0) });
    assert_eq!(outcomes(vec![throws()], [forced]), [Reported]);
}

#[test]
fn a_loop_may_not_run() {
    assert_eq!(outcomes(vec![], [Act::Loop(Loop::For, None, block([Act::Report]))]), [Missing, Reported]);
    assert_eq!(
        outcomes(vec![], [Act::Loop(Loop::RepeatWhile(random()), None, block([Act::Report]))]),
        [Reported]
    );
    let forever = Loop::While(Condition::Constant(true));
    let body = block([Act::If(random(), block([Act::Report, Act::Break(None)]), None)]);
    assert_eq!(outcomes(vec![], [Act::Loop(forever, None, body)]), [Reported]);
}

#[test]
fn a_defer_runs_at_the_end_of_its_own_block() {
    let early = [Act::Defer(block([Act::Report])), Act::Guard(random(), block([Act::Return(None)]))];
    assert_eq!(outcomes(vec![], early), [Reported]);
    let late = [Act::Guard(random(), block([Act::Return(None)])), Act::Defer(block([Act::Report]))];
    assert_eq!(outcomes(vec![], late), [Missing, Reported]);
    let inside = [
        Act::Let(done(), true, set_done(false)),
        Act::If(random(), block([Act::Defer(block([Act::Assign(done(), set_done(true))]))]), None),
        Act::If(Condition::Local(done()), block([Act::Report]), None),
    ];
    assert_eq!(outcomes(vec![], inside), [Missing, Reported]);
}

#[test]
fn a_closure_counts_when_it_runs() {
    let reports = || block([Act::Report]);
    assert_eq!(outcomes(vec![], [Act::Now(reports())]), [Reported]);
    assert_eq!(outcomes(vec![], [Act::LetClosure(1, reports())]), [Missing]);
    assert_eq!(outcomes(vec![], [Act::LetClosure(1, reports()), Act::Run(1)]), [Reported]);
    assert_eq!(outcomes(vec![], [Act::Around(Api::Sync, reports())]), [Reported]);
    assert_eq!(outcomes(vec![], [Act::Around(Api::ForEach, reports())]), [Missing, Reported]);
    assert_eq!(outcomes(vec![], [Act::Around(Api::Async, reports())]), [Deferred]);
    let perhaps = block([Act::If(random(), reports(), None)]);
    assert_eq!(outcomes(vec![], [Act::Around(Api::Async, perhaps)]), [Deferred]);
    let gets_work = |acts: Vec<Act>| {
        let takes = Function { takes_work: true, ..function(Kind::Nothing, acts) };
        outcomes(vec![takes], [Act::Call(Call { work: Some(Work::Closure(reports())), ..call(0) })])
    };
    assert_eq!(gets_work(vec![Act::RunWork]), [Reported]);
    assert_eq!(gets_work(vec![]), [Missing]);
    assert_eq!(gets_work(vec![Act::StoreWork]), [Deferred]);
    assert_eq!(gets_work(vec![Act::If(random(), block([Act::RunWork]), None)]), [Missing, Reported]);
}

#[test]
fn what_somebody_else_changes_or_runs_is_open() {
    let ways = |change: Act| {
        [
            Act::Let(done(), true, set_done(false)),
            change,
            Act::If(Condition::Local(done()), block([Act::Report]), None),
        ]
    };
    assert_eq!(outcomes(vec![], ways(Act::Toggle(done()))), [Reported]);
    assert_eq!(outcomes(vec![], ways(Act::Change(done()))), [Missing, Reported]);
    assert_eq!(outcomes(vec![], [Act::Give(block([Act::Report]))]), [Unseen]);
    assert_eq!(outcomes(vec![], [Act::Give(block([Act::Noise(0)]))]), [Missing]);
    assert_eq!(outcomes(vec![], [Act::Give(block([Act::Report])), Act::Report]), [Reported]);
}

#[test]
fn a_path_that_never_ends_is_none() {
    let recursive = |acts: Vec<Act>| function(Kind::Nothing, acts);
    assert_eq!(outcomes(vec![recursive(vec![Act::Call(call(0))])], [Act::Call(call(0))]), []);
    let sometimes =
        recursive(vec![Act::If(random(), block([Act::Call(call(0))]), Some(block([Act::Report])))]);
    assert_eq!(outcomes(vec![sometimes], [Act::Call(call(0))]), [Reported]);
}

#[test]
fn excused_ways_do_not_count() {
    assert_eq!(outcomes(vec![], [Act::Guard(random(), block([Act::Fatal])), Act::Report]), [Reported]);
    let voip = [Act::Guard(Condition::IsVoip, block([Act::Return(None)])), Act::Report];
    assert_eq!(outcomes(vec![], voip), [Reported]);
    let old = [Act::If(Condition::IsAvailable, block([Act::Report]), None)];
    assert_eq!(outcomes(vec![], old), [Reported]);
}

fn of_role(result: Kind, bodies: Vec<Vec<Act>>) -> Function {
    let mut bodies = bodies.into_iter();
    let first = bodies.next().unwrap_or_default();
    Function { home: Home::Role, others: bodies.map(block).collect(), ..function(result, first) }
}

fn on(on: On) -> Act {
    Act::Call(Call { on, ..call(0) })
}

#[test]
fn what_a_protocol_asks_for_is_done_by_any_of_its_implementers() {
    let differ = || vec![of_role(Kind::Nothing, vec![vec![Act::Report], vec![]])];
    assert_eq!(outcomes(differ(), [on(On::Held)]), [Missing, Reported]);
    assert_eq!(outcomes(differ(), [on(On::Made(0))]), [Reported]);
    assert_eq!(outcomes(differ(), [on(On::Made(1))]), [Missing]);
    assert_eq!(outcomes(differ(), [on(On::Generic(1))]), [Missing]);
    let solved = solve(differ(), [on(On::Held)]);
    // The one that does nothing turns away from nothing.
    assert_eq!(turns(&solved), [Place::End(None)]);
    // The one that is held stays the same.
    let halves = vec![
        of_role(Kind::Nothing, vec![vec![Act::Report], vec![]]),
        of_role(Kind::Nothing, vec![vec![], vec![Act::Report]]),
    ];
    let both = [on(On::Held), Act::Call(call(1))];
    assert_eq!(outcomes(halves, both), [Reported]);
}

#[test]
fn the_default_of_an_extension_stands_for_who_has_none_of_his_own() {
    let asks = of_role(Kind::Nothing, vec![vec![Act::Call(Call { on: On::Own, ..call(1) })]]);
    let answers = of_role(Kind::Nothing, vec![vec![Act::Noise(0)], vec![Act::Report]]);
    let program = Program::new(vec![asks, answers], block([on(On::Held)]), Style::default());
    let program = Program { implementers: 3, ..program };
    let solved = answer(&program, &Limits::default()).expect("few paths");
    assert_eq!(solved.outcomes, BTreeSet::from([Missing, Reported]));
}

#[test]
fn a_field_of_the_payload_that_somebody_else_may_change_is_handed_out() {
    let found = || Variable { number: 1, kind: Kind::Optional };
    let asks = |asks_payload: bool, value: Value| {
        let ways = [Act::Let(found(), true, value), Act::Change(found())];
        let program = Program::new(vec![], block(ways), Style { asks_payload, ..Style::default() });
        answer(&program, &Limits::default()).expect("few paths").outcomes.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(asks(true, Value::Optional(random())), [Unseen]);
    assert_eq!(asks(false, Value::Optional(random())), [Missing]);
    assert_eq!(asks(true, Value::Some), [Missing]);
}

#[test]
fn that_a_loop_never_ends_must_be_known_where_nothing_is_reported() {
    let solved = |before: Act| {
        let forever = Act::Loop(Loop::While(Condition::Constant(true)), None, block([]));
        let program = Program::new(vec![], block([before, forever]), Style::default());
        let lenient = Limits::default().lenient();
        let answers =
            [Limits::default(), lenient].map(|limits| answer(&program, &limits).expect("few paths"));
        answers.map(|answer| answer.outcomes.into_iter().collect::<Vec<_>>())
    };
    assert_eq!(solved(Act::Report), [vec![], vec![Reported]]);
    assert_eq!(solved(Act::Noise(0)), [vec![], vec![]]);
}

/// The right answer, and with it whatever may be said besides.
fn exact_and_lenient(program: &Program) -> [Vec<Outcome>; 2] {
    [Limits::FAR, Limits::FAR.lenient()].map(|limits| {
        let answer = answer(program, &limits).expect("few paths");
        [Missing, Unseen, Deferred, Reported]
            .into_iter()
            .filter(|outcome| answer.may_have(*outcome))
            .collect()
    })
}

#[test]
fn that_an_implementation_without_a_part_in_the_duty_always_throws_need_not_be_known() {
    let throwing = |bodies| vec![Function { throws: true, ..of_role(Kind::Nothing, bodies) }];
    let solved = |bodies| {
        let caught = Act::Do(block([on(On::Made(0)), on(On::Made(1))]), block([]));
        exact_and_lenient(&Program::new(throwing(bodies), block([caught]), Style::default()))
    };
    assert_eq!(solved(vec![vec![Act::Throw], vec![Act::Report]]), [vec![Missing], vec![Missing, Reported]]);
    // This one hands the push out before it throws.
    assert_eq!(solved(vec![vec![Act::HandOut, Act::Throw], vec![Act::Report]]), [vec![Unseen], vec![Unseen]]);
}

#[test]
fn that_nothing_throws_need_not_be_known_once_a_call_is_reported() {
    let solved = |first: Act| {
        let throws = Function { throws: true, ..function(Kind::Nothing, [Act::Report]) };
        let caught = Act::Do(block([first, Act::Call(call(0)), Act::Fatal]), block([]));
        let sometimes = Act::If(random(), block([caught]), None);
        exact_and_lenient(&Program::new(vec![throws], block([sometimes]), Style::default()))
    };
    assert_eq!(solved(Act::Report), [vec![Missing], vec![Missing, Reported]]);
    assert_eq!(solved(Act::Noise(0)), [vec![Missing], vec![Missing]]);
}

#[test]
fn what_runs_later_is_not_inside_of_what_put_it_off() {
    let keeps = Function { takes_work: true, ..function(Kind::Nothing, [Act::StoreWork]) };
    let put_off = |act: Act| Act::Call(Call { work: Some(Work::Closure(block([act]))), ..call(0) });
    let often = (0..4).fold(Act::Report, |act, _| put_off(act));
    assert_eq!(outcomes(vec![keeps], [often]), [Deferred]);
}
