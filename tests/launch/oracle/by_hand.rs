//! Skeletons written by hand, with the order that a person gives: the interpreter is right.

use super::app::{
    Act, App, Arg, Block, Does, Holder, Kind, Made, Method, Property, Receiver, Site, Takes, Thing, Type,
};
use super::run::paths;

/// Even numbers make registries, odd ones providers.
fn make(number: u32) -> Site {
    let thing = if number.is_multiple_of(2) { Thing::Registry } else { Thing::Provider };
    Site { number, does: Does::Make(thing) }
}

fn keep(number: u32) -> Act {
    Act::Keep(make(number))
}

fn method(body: Block) -> Method {
    Method { takes: Takes::Nothing, body }
}

/// An app delegate with this `didFinishLaunching`.
fn launched(body: Block) -> Type {
    Type { methods: vec![method(vec![]), method(body)], ..Type::default() }
}

fn app(types: Vec<Type>) -> App {
    App { types, scene: None }
}

/// What happens on each path, what is put off after 0.
fn orders(app: &App) -> Vec<Vec<u32>> {
    let mut orders: Vec<Vec<u32>> = Vec::new();
    for path in paths(app).expect("few paths") {
        let in_launch = path.iter().take_while(|happening| !happening.is_late).count();
        let mut order: Vec<u32> = path.iter().map(|happening| happening.site).collect();
        if in_launch < path.len() {
            order.insert(in_launch, 0);
        }
        orders.push(order);
    }
    orders.sort();
    orders.dedup();
    orders
}

#[test]
fn properties_come_before_the_initialiser_and_that_before_the_launch() {
    let stored = |number| Property { kind: Kind::Stored, value: Made::Thing(make(number)) };
    let delegate = Type {
        properties: vec![stored(1), stored(2)],
        init: vec![keep(3)],
        methods: vec![method(vec![keep(4)]), method(vec![keep(5)])],
        ..Type::default()
    };
    let app = App { types: vec![delegate], scene: Some(vec![Made::Thing(make(7))]) };
    assert_eq!(orders(&app), [[7, 1, 2, 3, 4, 5]]);
}

#[test]
fn what_is_lazy_is_made_at_its_first_use_and_once() {
    let lazy = |kind| Type {
        properties: vec![Property { kind, value: Made::Thing(make(1)) }],
        ..launched(vec![keep(2), Act::Touch(0), Act::Touch(0), keep(4)])
    };
    assert_eq!(orders(&app(vec![lazy(Kind::Lazy)])), [[2, 1, 4]]);
    assert_eq!(orders(&app(vec![lazy(Kind::Static)])), [[2, 1, 4]]);
    assert_eq!(orders(&app(vec![lazy(Kind::Stored)])), [[1, 2, 4]]);
}

#[test]
fn a_use_makes_what_it_is_about() {
    let arm = Site { number: 9, does: Does::Arm };
    let delegate = Type {
        properties: vec![Property { kind: Kind::Lazy, value: Made::Thing(make(2)) }],
        ..launched(vec![keep(1), Act::Use(Holder::Property(0), arm)])
    };
    assert_eq!(orders(&app(vec![delegate])), [[1, 2, 9]]);
}

#[test]
fn an_object_is_built_before_its_method_runs_and_what_it_is_given_before_itself() {
    let part = |number, given| Type {
        given,
        properties: vec![Property { kind: Kind::Stored, value: Made::Thing(make(number)) }],
        methods: vec![method(vec![keep(number + 10)]), method(vec![])],
        ..Type::default()
    };
    let types = vec![
        launched(vec![Act::Of(Receiver::Made(Made::Object(1)), 0, Arg::Nothing)]),
        part(1, Some(Made::Object(2))),
        part(2, None),
    ];
    assert_eq!(orders(&app(types)), [[2, 1, 11]]);
}

#[test]
fn a_method_gets_what_it_is_given() {
    let mut delegate = launched(vec![Act::Own(2, Arg::Object(Receiver::Made(Made::Object(1))))]);
    let of_param = vec![keep(2), Act::Of(Receiver::Param, 0, Arg::Nothing)];
    delegate.methods.push(Method { takes: Takes::Object(1), body: of_param });
    let part = Type { init: vec![keep(1)], ..launched(vec![]) };
    let part = Type { methods: vec![method(vec![keep(3)]), method(vec![])], ..part };
    assert_eq!(orders(&app(vec![delegate, part])), [[1, 2, 3]]);
}

#[test]
fn a_closure_runs_where_it_is_called_with_what_is_its_own() {
    let body = vec![keep(1), Act::Of(Receiver::Given, 1, Arg::Nothing)];
    let part = Type {
        given: Some(Made::Object(2)),
        methods: vec![method(vec![Act::Of(Receiver::Given, 2, Arg::Work(body))]), method(vec![])],
        ..Type::default()
    };
    let last = Type {
        methods: vec![
            method(vec![]),
            method(vec![keep(5)]),
            Method { takes: Takes::Work, body: vec![keep(2), Act::Work, Act::Work, keep(4)] },
        ],
        ..Type::default()
    };
    let types = vec![launched(vec![Act::Of(Receiver::Made(Made::Object(1)), 0, Arg::Nothing)]), part, last];
    assert_eq!(orders(&app(types)), [[2, 1, 5, 1, 5, 4]]);
}

#[test]
fn one_of_two_objects_plays_the_part() {
    let part = |number| Type {
        is_steps: true,
        ..Type { methods: vec![method(vec![keep(number)]), method(vec![])], ..Type::default() }
    };
    let delegate = Type {
        properties: vec![Property { kind: Kind::Lazy, value: Made::Either(1, 2) }],
        ..launched(vec![
            Act::Of(Receiver::Property(0), 0, Arg::Nothing),
            Act::Of(Receiver::Property(0), 0, Arg::Nothing),
        ])
    };
    assert_eq!(orders(&app(vec![delegate, part(1), part(3)])), [[1, 1], [3, 3]]);
}

#[test]
fn branches_loops_and_early_exits_part_the_paths() {
    assert_eq!(orders(&app(vec![launched(vec![Act::If(vec![keep(1)], vec![keep(2)])])])), [[1], [2]]);
    assert_eq!(orders(&app(vec![launched(vec![Act::Loop(vec![keep(1)]), keep(2)])])), [vec![1, 2], vec![2]]);
    let left = vec![Act::Defer(vec![keep(3)]), Act::Guard(vec![keep(1)]), keep(2)];
    assert_eq!(orders(&app(vec![launched(left)])), [[1, 3], [2, 3]]);
}

#[test]
fn what_is_put_off_comes_after_the_launch() {
    let put_off = vec![
        Act::Async(vec![keep(1), Act::Async(vec![keep(3)])]),
        Act::Async(vec![keep(2)]),
        Act::Now(vec![keep(4)]),
    ];
    // Blocks of the main queue keep their order.
    assert_eq!(orders(&app(vec![launched(put_off)])), [[4, 0, 1, 2, 3]]);
    let both = vec![Act::Task(vec![keep(1)]), Act::Async(vec![keep(2)])];
    assert_eq!(orders(&app(vec![launched(both)])), [[0, 1, 2], [0, 2, 1]]);
}
