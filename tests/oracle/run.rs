//! Generated programs, the library's answer against the right one.

use crate::compare::{Level, Verdict, compare, tell};
use crate::generator::generate;

/// How many differences are told before a run gives up.
const TOLD: usize = 5;

/// Compares the programs of these seeds.
fn run(seeds: std::ops::Range<u64>, level: Level, progress: impl Fn(u64, usize)) {
    let mut told = Vec::new();
    let mut compared = 0;
    for seed in seeds.clone() {
        let program = generate(seed);
        match compare(&program, level) {
            Verdict::Right => compared += 1,
            Verdict::Unknown => {}
            Verdict::Wrong(_) => told.push(tell(seed, &program, level)),
        }
        progress(seed, told.len());
        if told.len() == TOLD {
            break;
        }
    }
    assert!(told.is_empty(), "{} differences:\n\n{}", told.len(), told.join("\n"));
    let share = compared * 100 / (seeds.end - seeds.start);
    assert!(share >= 85, "only {share} % of the programs could be compared");
}

#[test]
fn the_duty_is_right_on_generated_programs() {
    run(0..300, Level::Outcomes, |_, _| {});
}

#[test]
fn a_missing_report_is_told_at_its_place_in_generated_programs() {
    run(0..300, Level::Places, |_, _| {});
}

/// `cargo test --release --test oracle -- --ignored --nocapture very_many`; `ORACLE_PROGRAMS=1000000` for more of them,
/// `ORACLE_FIRST` for the seed of the first.
#[test]
#[ignore = "takes minutes"]
#[expect(clippy::print_stderr, reason = "a long run shows that it goes on")]
fn the_duty_is_right_on_very_many_generated_programs() {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |number| number.parse().expect("a number"))
    };
    let (first, count) = (number("ORACLE_FIRST", 1_000_000), number("ORACLE_PROGRAMS", 100_000));
    run(first..first + count, Level::Places, |seed, told| {
        if seed % 5_000 == 0 {
            eprintln!("{} programs, {told} differences", seed - first);
        }
    });
}
