//! The oracle of the launch: generated set-up code whose real order is known, against the timeline.
//!
//! A seeded generator makes skeletons of apps; a plain interpreter runs one on every path that it has and says
//! which objects of PushKit and CallKit are made in which order; the library reads the same app as Swift. What
//! the timeline claims must be true of every path.

mod executed;
mod generator;
mod printer;
mod run;

use pushlint::analysis::launch::{Certainty, EventKind, TurnKind};

use crate::timeline::launch_of;
use generator::{App, generate};
use printer::print;
use run::{Happening, paths};

/// Where a site stands in the timeline: its first event counts.
struct Claim {
    site: u32,
    certainty: Certainty,
    turn: TurnKind,
}

fn claims(text: &str, lines: &[(u32, usize)]) -> Vec<Claim> {
    let (_, launch) = launch_of(text);
    let mut claims: Vec<Claim> = Vec::new();
    for timeline in launch.timelines() {
        for event in &timeline.events {
            let line = text[..event.location.span.start as usize].matches('\n').count() + 1;
            let is_made = matches!(event.kind, EventKind::RegistryCreated | EventKind::ProviderCreated);
            let Some((site, _)) = lines.iter().find(|(_, at)| *at == line).filter(|_| is_made) else {
                continue;
            };
            if claims.iter().all(|claim| claim.site != *site) {
                let turn = timeline.turns[event.turn].kind;
                claims.push(Claim { site: *site, certainty: event.certainty.clone(), turn });
            }
        }
    }
    claims
}

/// What the timeline says that is not so, or does not say.
fn complaints(app: &App) -> Option<Vec<String>> {
    let paths = paths(app)?;
    let (text, lines) = print(app);
    let claims = claims(&text, &lines);
    let first = |path: &[Happening], site: u32| path.iter().position(|happening| happening.site == site);
    let in_launch = |path: &[Happening], site: u32| first(path, site).is_some_and(|at| !path[at].is_late);
    let mut complaints = Vec::new();
    for (site, line) in &lines {
        let launched = paths.iter().filter(|path| in_launch(path, *site)).count();
        let happens = paths.iter().any(|path| first(path, *site).is_some());
        let Some(claim) = claims.iter().find(|claim| claim.site == *site) else {
            if happens {
                complaints.push(format!("line {line}: it happens, and the timeline does not have it"));
            }
            continue;
        };
        let is_launch = claim.turn == TurnKind::Launch;
        let complaint = match (&claim.certainty, is_launch) {
            (Certainty::Unknown(why), _) if happens => Some(format!("unknown ({why})")),
            (Certainty::Always, true) if launched < paths.len() => Some("not on every path".to_owned()),
            (Certainty::SomePaths, true) if launched == paths.len() => Some("on every path".to_owned()),
            (_, true) if launched == 0 => Some("not in the launch".to_owned()),
            (_, false) if launched > 0 => Some("already in the launch".to_owned()),
            (_, false) if happens && matches!(claim.turn, TurnKind::Uncalled | TurnKind::FirstUse) => {
                Some("it is called".to_owned())
            }
            _ => None,
        };
        complaints.extend(
            complaint.map(|why| format!("line {line}: {:?} in {:?}: {why}", claim.certainty, claim.turn)),
        );
    }
    let always: Vec<&Claim> = claims
        .iter()
        .filter(|claim| claim.turn == TurnKind::Launch && claim.certainty == Certainty::Always)
        .collect();
    for (index, before) in always.iter().enumerate() {
        for after in &always[index + 1..] {
            // What is reached from several places stands where it may happen first.
            if paths.iter().all(|path| first(path, before.site) > first(path, after.site)) {
                complaints.push(format!("the order of the sites {} and {}", before.site, after.site));
            }
        }
    }
    Some(complaints)
}

fn run(seeds: std::ops::Range<u64>) {
    let count = seeds.end - seeds.start;
    let (mut compared, mut told) = (0, Vec::new());
    for seed in seeds {
        let app = generate(seed);
        let Some(complaints) = complaints(&app) else { continue };
        compared += 1;
        if !complaints.is_empty() {
            told.push(format!("seed {seed}:\n{}\n{}", complaints.join("\n"), print(&app).0));
        }
    }
    told.sort_by_key(String::len);
    let shown: Vec<&str> = told.iter().take(3).map(String::as_str).collect();
    assert!(told.is_empty(), "{} apps differ:\n\n{}", told.len(), shown.join("\n"));
    assert!(compared * 100 >= count * 90, "only {compared} of {count} apps could be compared");
}

#[test]
fn the_timeline_is_right_on_generated_apps() {
    run(0..200);
}

/// `cargo test --release --test launch -- --ignored very_many`; `ORACLE_PROGRAMS` says how many, `ORACLE_FIRST` the
/// seed of the first.
#[test]
#[ignore = "takes minutes"]
fn the_timeline_is_right_on_very_many_generated_apps() {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |number| number.parse().expect("a number"))
    };
    let first = number("ORACLE_FIRST", 1_000_000);
    run(first..first + number("ORACLE_PROGRAMS", 100_000));
}
