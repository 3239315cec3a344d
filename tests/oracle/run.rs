//! Generated programs, the library's answer against the right one.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use pushlint::unit::with_room;

use crate::compare::{Verdict, compare, tell};
use crate::generator::generate;

/// How many differences are told before a run gives up.
const TOLD: usize = 5;

/// After how many programs a long run says how it goes.
const EVERY: u64 = 50_000;

/// How a run goes.
#[derive(Default)]
struct Progress {
    compared: u64,
    /// Programs with too many paths to know.
    unknown: u64,
    /// By seed.
    told: BTreeMap<u64, String>,
}

/// Compares the programs of these seeds, on all cores.
fn run(seeds: Range<u64>, each: impl Fn(&Progress) + Sync) {
    let next = AtomicU64::new(seeds.start);
    let progress = Mutex::new(Progress::default());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let program = generate(seed);
            let verdict = compare(&program);
            let text = matches!(verdict, Verdict::Wrong(_)).then(|| tell(seed, &program));
            let mut progress = progress.lock().expect("no thread panics while it counts");
            match verdict {
                Verdict::Right => progress.compared += 1,
                Verdict::Unknown => progress.unknown += 1,
                Verdict::Wrong(_) => {}
            }
            progress.told.extend(text.map(|text| (seed, text)));
            each(&progress);
            if progress.told.len() >= TOLD {
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| with_room(work).expect("a thread"));
        }
    });
    let Progress { compared, unknown, told } = progress.into_inner().expect("no thread panicked");
    let texts: Vec<String> = told.into_values().collect();
    assert!(texts.is_empty(), "{} differences:\n\n{}", texts.len(), texts.join("\n"));
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
        if (compared + unknown).is_multiple_of(EVERY) {
            eprintln!("{compared} programs are right, {} differ, {unknown} have too many paths", told.len());
        }
    });
}
