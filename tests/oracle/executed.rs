//! Generated programs for a real compiler: what they do when they run is what the interpreter says.
//!
//! `tests/oracle/execute` compiles and runs them; it needs `swiftc`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::answer::{Limits, answer};
use crate::generator::generate;
use crate::printer::print;
use crate::skeleton::{Act, Block};

/// How many programs are written.
const COUNT: usize = 40;

/// Whether a block may depend on how it is built, or ends the process, which a run of the program cannot show.
fn is_told_by_runs(block: &Block) -> bool {
    block.iter().all(|stmt| match &stmt.act {
        Act::Fatal | Act::Build(..) => false,
        act => act.clone().blocks_mut().into_iter().all(|inner| is_told_by_runs(inner)),
    })
}

/// `ORACLE_FOLDER=… cargo test --test oracle -- --ignored programs_for_a_compiler`
#[test]
#[ignore = "writes files for `tests/oracle/execute`"]
fn programs_for_a_compiler() {
    let folder = std::env::var("ORACLE_FOLDER").expect("ORACLE_FOLDER names a folder");
    let limits = Limits::default();
    let lenient = Limits::FAR.lenient();
    let mut written = 0;
    for seed in 5_000_000.. {
        let mut program = generate(seed);
        program.style.is_split = false;
        if !program.reports() || !program.bodies_mut().into_iter().all(|body| is_told_by_runs(body)) {
            continue;
        }
        let (Some(exact), Some(most)) = (answer(&program, &limits), answer(&program, &lenient)) else {
            continue;
        };
        // One outcome says little.
        if exact.outcomes.len() < 2 {
            continue;
        }
        let place = Path::new(&folder).join(format!("p{seed}"));
        fs::create_dir_all(&place).expect("a folder");
        for (path, text) in print(&program).files {
            fs::write(place.join(path), text).expect("a file");
        }
        let mut expected = String::new();
        for outcome in &exact.outcomes {
            let _ = writeln!(expected, "must {}", outcome.word());
        }
        let either = most.either.iter().flat_map(|(one, other)| [one, other]);
        for outcome in most.outcomes.iter().chain(&most.optional).chain(either) {
            let _ = writeln!(expected, "may {}", outcome.word());
        }
        fs::write(place.join("expected"), expected).expect("a file");
        written += 1;
        if written == COUNT {
            break;
        }
    }
}
