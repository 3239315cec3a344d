//! Generated programs, the library's answer against the right one.

use crate::compare::{Verdict, compare, tell};
use crate::generator::generate;

/// How many differences are told before a run gives up.
const TOLD: usize = 5;

/// How a run goes.
#[derive(Default)]
struct Progress {
    compared: u64,
    /// Programs with too many paths to know.
    unknown: u64,
    told: Vec<String>,
}

/// Compares the programs of these seeds.
fn run(seeds: std::ops::Range<u64>, each: impl Fn(&Progress)) {
    let mut progress = Progress::default();
    for seed in seeds {
        let program = generate(seed);
        match compare(&program) {
            Verdict::Right => progress.compared += 1,
            Verdict::Unknown => progress.unknown += 1,
            Verdict::Wrong(_) => progress.told.push(tell(seed, &program)),
        }
        each(&progress);
        if progress.told.len() == TOLD {
            break;
        }
    }
    let Progress { compared, unknown, told } = progress;
    assert!(told.is_empty(), "{} differences:\n\n{}", told.len(), told.join("\n"));
    assert!(
        compared * 100 >= (compared + unknown) * 85,
        "only {compared} programs could be compared, {unknown} not"
    );
}

#[test]
fn the_duty_is_right_on_generated_programs() {
    run(0..300, |_| {});
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
    run(first..first + count, |progress| {
        let Progress { compared, unknown, told } = progress;
        if (compared + unknown).is_multiple_of(5_000) {
            eprintln!("{compared} programs are right, {} differ, {unknown} have too many paths", told.len());
        }
    });
}
