//! Generated apps for a real compiler: the order in which they make things when they run is one that the interpreter
//! knows.
//!
//! `tests/launch/oracle/execute` compiles and runs them; it needs `swiftc`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::app::Site;
use super::generator::generate;
use super::printer::print;
use super::run::{Happening, paths};

/// How many apps are written.
const COUNT: usize = 40;

/// The lines at which something happens on a path, those of later turns after a bar.
fn order(path: &[Happening], lines: &[(Site, usize)]) -> String {
    let launched = path.iter().filter(|happening| !happening.is_late).count();
    let mut words = vec!["happened".to_owned()];
    for (index, happening) in path.iter().enumerate() {
        if index == launched {
            words.push("|".to_owned());
        }
        let line =
            lines.iter().find(|(site, _)| site.number == happening.site).map(|(_, line)| line.to_string());
        words.extend(line);
    }
    if launched == path.len() {
        words.push("|".to_owned());
    }
    words.join(" ")
}

/// `ORACLE_FOLDER=… cargo test --test launch -- --ignored apps_for_a_compiler`
#[test]
#[ignore = "writes files for `tests/launch/oracle/execute`"]
fn apps_for_a_compiler() {
    let folder = std::env::var("ORACLE_FOLDER").expect("ORACLE_FOLDER names a folder");
    let mut written = 0;
    for seed in 5_000_000.. {
        let mut app = generate(seed);
        // The stubs send no pushes.
        app.types.iter_mut().for_each(|ty| ty.handler = None);
        let Some(paths) = paths(&app) else { continue };
        let (text, lines) = print(&app);
        let orders: BTreeSet<String> = paths.iter().map(|path| order(path, &lines)).collect();
        // One thing that is made says little of an order.
        if paths.iter().all(|path| path.len() < 3) {
            continue;
        }
        let place = Path::new(&folder).join(format!("a{seed}"));
        fs::create_dir_all(&place).expect("a folder");
        fs::write(place.join("App.swift"), text).expect("a file");
        let expected = orders.into_iter().collect::<Vec<_>>().join("\n");
        fs::write(place.join("expected"), expected + "\n").expect("a file");
        written += 1;
        if written == COUNT {
            break;
        }
    }
}
