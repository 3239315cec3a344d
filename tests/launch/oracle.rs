//! The oracle of the launch: generated set-up code whose real order is known, against the timeline.
//!
//! A seeded generator makes skeletons of apps; a plain interpreter runs one on every path that it has and says
//! which objects of PushKit and CallKit are made and set up in which order; the library reads the same app as Swift. What
//! the timeline claims must be true of every path.

mod app;
mod by_hand;
mod executed;
mod generator;
mod printer;
mod run;

use pushlint::analysis::launch::{Certainty, Holder, Readiness, TurnKind};

use crate::timeline::launch_of;
use app::{App, Does, Site, Thing};
use generator::generate;
use printer::print;
use run::{Happening, open_paths, paths};

/// Where a site stands in the timeline: its first event counts.
struct Claim {
    site: u32,
    certainty: Certainty,
    turn: TurnKind,
    /// The number of its turn, and of the turn that asked for that.
    order: (usize, Option<usize>),
    /// Whether a provider is there, where a registry asks for pushes.
    provider: Option<Readiness>,
}

fn claims(text: &str, lines: &[(Site, usize)]) -> Vec<Claim> {
    let (_, launch) = launch_of(text);
    let mut claims: Vec<Claim> = Vec::new();
    for timeline in launch.timelines() {
        for (at, event) in timeline.events.iter().enumerate() {
            let line = text[..event.location.span.start as usize].matches('\n').count() + 1;
            let is_it = |site: &Site, of: usize| of == line && site.does.event() == event.kind;
            let Some((site, _)) = lines.iter().find(|(site, of)| is_it(site, *of)) else { continue };
            let turn = &timeline.turns[event.turn];
            if let Some(known) = claims.iter_mut().find(|claim| claim.site == site.number) {
                // Of another registry, in a method that gets one: the site is reached on every path all the same.
                let is_certain = event.certainty == Certainty::Always && turn.kind == TurnKind::Launch;
                if is_certain && known.turn == TurnKind::Launch {
                    known.certainty = Certainty::Always;
                }
                continue;
            }
            let arming = timeline.armings.iter().find(|arming| arming.event == at);
            claims.push(Claim {
                site: site.number,
                certainty: event.certainty.clone(),
                turn: turn.kind,
                order: (event.turn, turn.parent),
                provider: arming.map(|arming| launch.readiness_at(timeline, arming, Holder::AnyProvider)),
            });
        }
    }
    claims
}

fn first(path: &[Happening], site: u32) -> Option<usize> {
    path.iter().position(|happening| happening.site == site)
}

/// What the timeline says that is not so, or does not say.
fn complaints(app: &App) -> Option<Vec<String>> {
    let (paths, open) = (paths(app)?, open_paths(app)?);
    let (text, lines) = print(app);
    let claims = claims(&text, &lines);
    let mut complaints = Vec::new();
    for (site, line) in &lines {
        let claim = claims.iter().find(|claim| claim.site == site.number);
        let why = match claim {
            Some(claim) => wrong(claim, &paths, &open).or_else(|| wrong_readiness(claim, &paths, &open)),
            None => paths
                .iter()
                .any(|path| first(path, site.number).is_some())
                .then(|| "it happens, and the timeline does not have it".to_owned()),
        };
        complaints.extend(why.map(|why| format!("line {line}: {why}")));
    }
    complaints.extend(disorder(&claims, &open));
    Some(complaints)
}

/// Why a claim is not true of every path.
fn wrong(claim: &Claim, paths: &[Vec<Happening>], open: &[Vec<Happening>]) -> Option<String> {
    let in_launch = |path: &&Vec<Happening>| first(path, claim.site).is_some_and(|at| !path[at].is_late);
    let launched = paths.iter().filter(in_launch).count();
    let may_launch = open.iter().filter(in_launch).count();
    let happens = paths.iter().any(|path| first(path, claim.site).is_some());
    let why = match (&claim.certainty, claim.turn == TurnKind::Launch) {
        (Certainty::Unknown(why), _) if happens => Some(format!("unknown ({why})")),
        (Certainty::Always, true) if launched < paths.len() => Some("not on every path".to_owned()),
        (Certainty::SomePaths, true) if may_launch == open.len() => Some("on every path".to_owned()),
        (_, true) if may_launch == 0 => Some("not in the launch".to_owned()),
        (_, false) if launched > 0 => Some("already in the launch".to_owned()),
        (_, false) if happens && matches!(claim.turn, TurnKind::Uncalled | TurnKind::FirstUse) => {
            Some("it is called".to_owned())
        }
        _ => None,
    };
    why.map(|why| format!("{:?} in {:?}: {why}", claim.certainty, claim.turn))
}

/// Why what is said of the provider, where a registry asks for pushes, is not so.
fn wrong_readiness(claim: &Claim, paths: &[Vec<Happening>], open: &[Vec<Happening>]) -> Option<String> {
    let readiness = claim.provider.as_ref()?;
    let made =
        |before: &[Happening]| before.iter().any(|happening| happening.does == Does::Make(Thing::Provider));
    // Whether there is a provider before, and after.
    let armed = |paths: &[Vec<Happening>]| -> Vec<(bool, bool)> {
        let at_arming =
            |path: &Vec<Happening>| first(path, claim.site).map(|at| (made(&path[..at]), made(&path[at..])));
        paths.iter().filter_map(at_arming).collect()
    };
    let is_missing = |armed: &[(bool, bool)]| armed.iter().any(|(before, _)| !before);
    let (armed, may_arm) = (armed(paths), armed(open));
    let why = match readiness {
        _ if armed.is_empty() => None,
        Readiness::Before if is_missing(&armed) => Some("not on every path"),
        Readiness::SameTurn | Readiness::SomePaths | Readiness::LaterTurn | Readiness::Never
            if !is_missing(&may_arm) =>
        {
            Some("on every path there is one")
        }
        Readiness::Never if armed.iter().any(|(before, after)| *before || *after) => {
            Some("on some path there is one")
        }
        _ => None,
    };
    why.map(|why| format!("a provider {readiness:?}: {why}"))
}

/// What the timeline has in an order in which it never happens.
fn disorder(claims: &[Claim], open: &[Vec<Happening>]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (index, before) in claims.iter().enumerate() {
        for after in &claims[index + 1..] {
            let is_ordered = match (before.turn, after.turn) {
                (TurnKind::Launch, TurnKind::Launch) => {
                    before.certainty == Certainty::Always && after.certainty == Certainty::Always
                }
                // Blocks that one turn put off to the main queue keep their order.
                (TurnKind::Later { is_main_queue: true }, TurnKind::Later { is_main_queue: true }) => {
                    before.order.0 == after.order.0 || before.order.1 == after.order.1
                }
                _ => false,
            };
            let both =
                open.iter().filter_map(|path| Some((first(path, before.site)?, first(path, after.site)?)));
            let mut both = both.peekable();
            // What is reached from several places stands where it may happen first.
            if is_ordered && both.peek().is_some() && both.all(|(before, after)| before > after) {
                complaints.push(format!("the order of the sites {} and {}", before.site, after.site));
            }
        }
    }
    complaints
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
