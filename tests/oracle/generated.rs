//! What holds for every generated program.

use pushlint::source::FileId;
use pushlint::swift;

use crate::answer::{Limits, answer};
use crate::generator::generate;
use crate::printer::print;
use crate::shrink::shrink;
use crate::skeleton::Program;
use crate::valid::is_valid;

#[test]
fn programs_are_valid() {
    for seed in 0..2_000 {
        let program = generate(seed);
        assert!(is_valid(&program), "seed {seed}:\n{}", print(&program).whole());
    }
}

#[test]
fn the_same_seed_gives_the_same_program() {
    assert_eq!(generate(7), generate(7));
}

#[test]
fn most_programs_can_be_walked_whole() {
    let whole = (0..500).filter(|&seed| answer(&generate(seed), &Limits::default()).is_some()).count();
    assert!(whole > 450, "{whole} of 500");
}

#[test]
fn the_front_end_understands_what_is_printed() {
    for seed in 0..300 {
        let printed = print(&generate(seed));
        for (path, text) in &printed.files {
            let facts = swift::parse(FileId(0), text).expect("the text is short");
            assert!(facts.damaged().is_empty(), "seed {seed}, {path}:\n{text}");
        }
    }
}

#[test]
fn a_failing_program_shrinks_to_what_matters() {
    let is_mixed = |program: &Program| {
        answer(program, &Limits::default()).is_some_and(|answer| answer.outcomes.len() > 1)
    };
    for program in (0..200).map(generate).filter(is_mixed).take(10) {
        let mut smallest = shrink(&program, is_mixed);
        assert!(is_mixed(&smallest));
        assert!(
            smallest.bodies_mut().into_iter().map(|body| body.len()).sum::<usize>() <= 3,
            "{smallest:#?}"
        );
    }
}
