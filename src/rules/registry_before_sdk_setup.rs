//! `registry-before-sdk-setup`: the app asks for pushes before the SDK that reports its calls is ready.

use std::collections::BTreeSet;

use super::context::{Context, worst_of_each_place};
use super::registrations::{moment, scenes};
use crate::analysis::launch::{Arming, EventKind, Holder, Readiness, Timeline, WaitsFor};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::vocabulary::{Loses, SetupId};

/// The id of the rule.
const ID: &str = "registry-before-sdk-setup";

/// What Flutter calls in apps with scenes, where they follow its guide.
const FOR_SCENES: &str = "didInitializeImplicitFlutterEngine";

const HELP: &str = "set the SDK up at every launch, in `didFinishLaunching`, before the registry asks for pushes; where that \
                    cannot be, report with a `CXProvider` of your own";

/// Finds registries that come before the SDK with which the push handlers report.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for timeline in context.launch.timelines() {
        let mut asked = BTreeSet::new();
        for arming in &timeline.armings {
            // A registry that asks for pushes again is armed already. What a provider of the app reports needs no SDK.
            if asked.insert(timeline.events[arming.event].registry) && !arming.reports.by_provider {
                let of_setup = |setup: &SetupId| finding(context, timeline, arming, *setup);
                findings.extend(arming.needs.iter().filter_map(of_setup));
            }
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

fn finding(context: &Context<'_>, timeline: &Timeline, arming: &Arming, needed: SetupId) -> Option<Finding> {
    let armed = &timeline.events[arming.event];
    let own_queue = armed.registry.is_some_and(|registry| timeline.registries[registry].own_queue);
    let (_, done) = timeline.of_kind(EventKind::SdkSetUp(needed)).next()?;
    let when = match context.launch.readiness_at(timeline, arming, Holder::Sdk(needed)) {
        Readiness::SameTurn if own_queue => {
            "afterwards, and the registry delivers on a queue of its own".to_owned()
        }
        Readiness::SomePaths => "on some paths only".to_owned(),
        Readiness::LaterTurn => format!("only {}", moment(timeline, done)),
        // On the main queue nothing arrives before the turn is over. What is not seen JavaScript or Dart may do.
        Readiness::Before
        | Readiness::OnDemand
        | Readiness::SameTurn
        | Readiness::Never
        | Readiness::Unknown(_) => return None,
    };
    // Without scenes UIKit loads the first view controller at every launch, Flutter's engine with it.
    let screen = timeline.way_to(done.turn).find(|turn| turn.waits_for == WaitsFor::Screen);
    if screen.is_some_and(|turn| !scenes(context, timeline).unwrap_or(turn.name == FOR_SCENES)) {
        return None;
    }
    let setup = context.vocabulary.setup(needed);
    let name = setup.of.first()?;
    let (level, label) = match setup.loses {
        Loses::Calls => (Level::Warning, "from here on a push can arrive, and its call is not reported"),
        Loses::Answers => (Level::Note, "from here on a call can be reported, and its answer is lost"),
    };
    let told = format!("the SDK is set up here: {}", setup.until);
    Some(Finding {
        rule: ID,
        level,
        confidence: Confidence::Medium,
        message: format!(
            "the registry asks for pushes before `{name}` can report a call: it is set up {when}"
        ),
        location: armed.location,
        label: label.to_owned(),
        related: vec![Step { location: done.location, text: told }],
        steps: timeline
            .told(|event| event.location == armed.location || event.kind == EventKind::SdkSetUp(needed)),
        help: Some(HELP.to_owned()),
        example: None,
        fix: None,
        consulted: timeline.consulted.clone(),
    })
}
