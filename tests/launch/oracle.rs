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
mod shrink;

use pushlint::analysis::launch::{Certainty, Holder, Readiness, TurnKind};

use crate::timeline::launch_of;
use app::{App, Does, Kind, Site, Thing};
use generator::generate;
use printer::print;
use run::{Happening, open_paths, paths};
use shrink::shrink;

/// How many differences are told.
const TOLD: usize = 5;

/// Where a site stands in the timeline: its first event counts.
struct Claim {
    site: u32,
    certainty: Certainty,
    turn: TurnKind,
    /// The number of its turn, and of the turn that asked for that.
    order: (usize, Option<usize>),
    /// Whether a provider is there, where a registry asks for pushes.
    provider: Option<Readiness>,
    /// There are other events of the launch at the site: of other registries.
    is_shared: bool,
    /// The timeline has turns of which nothing shows when they come: somebody else may get there, too.
    is_open: bool,
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
            let arming = timeline.armings.iter().find(|arming| arming.event == at);
            let provider = arming.map(|arming| launch.readiness_at(timeline, arming, Holder::AnyProvider));
            if let Some(known) = claims.iter_mut().find(|claim| claim.site == site.number) {
                // In several turns, or of several registries: which of them comes first is open.
                known.provider = known.provider.take().filter(|known| Some(known) == provider.as_ref());
                known.is_shared |= turn.kind == TurnKind::Launch;
                // Of another registry, in a method that gets one: the site is reached on every path all the same.
                let is_certain = event.certainty == Certainty::Always && turn.kind == TurnKind::Launch;
                if is_certain && known.turn == TurnKind::Launch {
                    known.certainty = Certainty::Always;
                }
                continue;
            }
            let is_open = timeline.turns.iter().any(|turn| {
                matches!(turn.kind, TurnKind::Uncalled | TurnKind::FirstUse | TurnKind::Callback)
            });
            claims.push(Claim {
                site: site.number,
                certainty: event.certainty.clone(),
                turn: turn.kind,
                order: (event.turn, turn.parent),
                provider,
                is_shared: false,
                is_open,
            });
        }
    }
    claims
}

fn first(path: &[Happening], site: u32) -> Option<usize> {
    path.iter().position(|happening| happening.site == site)
}

/// Whether something happens that the timeline must have. A registry that a push arms was armed before, or no push would have
/// come.
fn must_be_told(path: &[Happening], site: u32) -> bool {
    let mut happenings = path.iter().filter(|happening| happening.site == site);
    happenings.any(|happening| happening.does != Does::Arm || !happening.is_pushed)
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
            Some(claim) => wrong(claim, &paths, &open).or_else(|| wrong_readiness(claim, app, &paths, &open)),
            None => paths
                .iter()
                .any(|path| must_be_told(path, site.number))
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
    let happens = paths.iter().any(|path| must_be_told(path, claim.site));
    let in_push = |path: &&Vec<Happening>| first(path, claim.site).is_some_and(|at| path[at].is_pushed);
    let may_be_pushed = open.iter().any(|path| in_push(&path));
    let why = match (&claim.certainty, claim.turn == TurnKind::Launch) {
        (Certainty::Unknown(why), _) if happens => Some(format!("unknown ({why})")),
        (Certainty::Always, true) if launched < paths.len() => Some("not on every path".to_owned()),
        (Certainty::SomePaths, true) if may_launch == open.len() && !claim.is_shared => {
            Some("on every path".to_owned())
        }
        (_, true) if may_launch == 0 => Some("not in the launch".to_owned()),
        (_, false) if launched > 0 => Some("already in the launch".to_owned()),
        (_, false) if happens && matches!(claim.turn, TurnKind::Uncalled | TurnKind::FirstUse) => {
            Some("it is called".to_owned())
        }
        (_, false) if happens && claim.turn == TurnKind::Handler && !may_be_pushed => {
            Some("not by a push".to_owned())
        }
        _ => None,
    };
    why.map(|why| format!("{:?} in {:?}: {why}", claim.certainty, claim.turn))
}

/// Why what is said of the provider, where a registry asks for pushes, is not so.
fn wrong_readiness(
    claim: &Claim,
    app: &App,
    paths: &[Vec<Happening>],
    open: &[Vec<Happening>],
) -> Option<String> {
    let readiness = claim.provider.as_ref()?;
    let made =
        |before: &[Happening]| before.iter().any(|happening| happening.does == Does::Make(Thing::Provider));
    // What is made at its first use is made when it is needed, whoever that is.
    let is_lazy = app
        .types
        .iter()
        .any(|ty| ty.is_shared || ty.properties.iter().any(|property| property.kind != Kind::Stored));
    // Whose handler it is may be set where nobody sees it.
    let is_unregistered = app.types.iter().any(|ty| ty.handler.is_some())
        && !open.iter().flatten().any(|happening| happening.is_pushed);
    let is_pushed_provider =
        |happening: &Happening| happening.is_pushed && happening.does == Does::Make(Thing::Provider);
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
        Readiness::SameTurn | Readiness::SomePaths if claim.is_open => None,
        Readiness::SameTurn | Readiness::SomePaths | Readiness::LaterTurn | Readiness::Never
            if !is_missing(&may_arm) =>
        {
            Some("on every path there is one")
        }
        Readiness::OnDemand
            if !is_lazy && !is_unregistered && !open.iter().flatten().any(is_pushed_provider) =>
        {
            Some("no push makes one")
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
            // What a push does is another turn.
            let at = |path: &[Happening], site| first(path, site).filter(|at| !path[*at].is_pushed);
            let both = open.iter().filter_map(|path| Some((at(path, before.site)?, at(path, after.site)?)));
            let mut both = both.peekable();
            // What is reached from several places stands where it may happen first, and what the implementers of a
            // protocol do one after another, though only one of them does it.
            let is_alternative = open.iter().any(|path| {
                let at = first(path, before.site).filter(|at| path[*at].is_alternative);
                at.is_some_and(|at| first(path, after.site).is_none_or(|after| after > at))
            });
            if is_ordered
                && !is_alternative
                && both.peek().is_some()
                && both.all(|(before, after)| before > after)
            {
                complaints.push(format!("the order of the sites {} and {}", before.site, after.site));
            }
        }
    }
    complaints
}

/// Whether something happens in the push handler of an app on some path.
fn is_pushed(app: &App) -> bool {
    paths(app).is_some_and(|paths| paths.iter().flatten().any(|happening| happening.is_pushed))
}

fn differs(app: &App) -> bool {
    complaints(app).is_some_and(|complaints| !complaints.is_empty())
}

/// How many apps of a run could be compared, and in how many of these something happens in a push handler.
#[derive(Debug, Default)]
struct Counts {
    compared: u64,
    pushed: u64,
    differ: u64,
}

/// The difference of a seed, told with the smallest app that shows it.
fn tell(seed: u64, app: &App) -> String {
    let smallest = shrink(app, differs);
    let complaints = complaints(&smallest).unwrap_or_default();
    format!("seed {seed}:\n{}\n{}", complaints.join("\n"), print(&smallest).0)
}

fn run(seeds: std::ops::Range<u64>) -> Counts {
    let count = seeds.end - seeds.start;
    let (mut counts, mut told) = (Counts::default(), Vec::new());
    for seed in seeds {
        let app = generate(seed);
        let Some(complaints) = complaints(&app) else { continue };
        counts.compared += 1;
        counts.pushed += u64::from(is_pushed(&app));
        if !complaints.is_empty() {
            counts.differ += 1;
            if told.len() < TOLD {
                told.push(tell(seed, &app));
            }
        }
    }
    told.sort_by_key(String::len);
    assert!(told.is_empty(), "{counts:?} of {count}:\n\n{}", told.join("\n"));
    assert!(counts.compared * 100 >= count * 90, "only {counts:?} of {count} apps");
    counts
}

#[test]
fn the_timeline_is_right_on_generated_apps() {
    let counts = run(0..200);
    assert!(counts.pushed > 10, "{counts:?}");
}

/// `cargo test --release --test launch -- --ignored --nocapture very_many`; `ORACLE_PROGRAMS` says how many, `ORACLE_FIRST` the
/// seed of the first.
#[test]
#[ignore = "takes minutes"]
#[expect(clippy::print_stderr, reason = "a long run says what it compared")]
fn the_timeline_is_right_on_very_many_generated_apps() {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |number| number.parse().expect("a number"))
    };
    let first = number("ORACLE_FIRST", 1_000_000);
    eprintln!("{:?}", run(first..first + number("ORACLE_PROGRAMS", 100_000)));
}
