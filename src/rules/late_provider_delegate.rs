//! `late-provider-delegate`: a call can be reported before anybody hears what the user does with it.

use super::context::{Context, worst_of_each_place};
use super::registrations::{has_scenes, moment};
use crate::analysis::launch::{Arming, EventKind, Holder, Readiness, Timeline, WaitsFor};
use crate::finding::{Confidence, Finding, Level, Step};

/// The id of the rule.
const ID: &str = "late-provider-delegate";

const EXAMPLE: &str = "\
provider = CXProvider(configuration: CXProviderConfiguration())
provider.setDelegate(self, queue: nil)";

/// Finds providers that are there when a push can arrive, and get their delegate only later.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for timeline in context.launch.timelines() {
        // A registry that asks for pushes again is armed already.
        findings.extend(timeline.armings.first().and_then(|arming| finding(context, timeline, arming)));
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

fn finding(context: &Context<'_>, timeline: &Timeline, arming: &Arming) -> Option<Finding> {
    let readiness = |holder| context.launch.readiness_at(timeline, arming, holder);
    // A provider that is late itself is told by another rule, and one that reports no push may take its time.
    let is_there = matches!(
        readiness(Holder::AnyProvider),
        Readiness::Before | Readiness::OnDemand | Readiness::SameTurn
    );
    // Where it comes on some paths of a turn, they are those with a provider: `if let provider { provider.setDelegate… }`.
    let is_late = readiness(Holder::ProviderDelegate) == Readiness::LaterTurn;
    if !is_there || !is_late || !arming.reports.by_provider {
        return None;
    }
    let armed = &timeline.events[arming.event];
    let (_, event) = timeline.of_kind(EventKind::ProviderDelegateSet).next()?;
    let when = moment(timeline, event);
    // Without scenes UIKit loads the first view controller at a launch in the background, too.
    let waits_for_screen = timeline.way_to(event.turn).any(|turn| turn.waits_for == WaitsFor::Screen);
    let is_doubtful = waits_for_screen && !has_scenes(context, timeline);
    let asks = Step { location: armed.location, text: "from here on a push can arrive".to_owned() };
    Some(Finding {
        rule: ID,
        level: if is_doubtful { Level::Note } else { Level::Warning },
        confidence: Confidence::Medium,
        message: format!("the provider gets its delegate only {when}, and a call can be reported before"),
        location: event.location,
        label: "until then nobody hears that a call is answered".to_owned(),
        related: vec![asks],
        steps: timeline.told(|event| match event.kind {
            EventKind::ProviderCreated | EventKind::ProviderDelegateSet => true,
            _ => event.location == armed.location,
        }),
        help: Some("set the delegate where the provider is made, and keep the delegate".to_owned()),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: timeline.consulted.clone(),
    })
}
