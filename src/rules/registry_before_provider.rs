//! `registry-before-provider`: the app asks for pushes before it can report a call.

use super::context::{Context, worst_of_each_place};
use crate::analysis::launch::{Arming, EventKind, Holder, Readiness, Timeline};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::source::Location;

/// The id of the rule.
pub(super) const ID: &str = "registry-before-provider";

const HELP: &str = "a push that finds no provider is lost: create the provider first, keep it for the life of the app, \
                    and let the registry ask for pushes last";

const EXAMPLE: &str = "\
provider = CXProvider(configuration: configuration)
provider.setDelegate(self, queue: nil)

let registry = PKPushRegistry(queue: .main)
registry.delegate = self
registry.desiredPushTypes = [.voIP]";

/// Finds registries that come before the provider.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for timeline in context.launch.timelines() {
        if !timeline.has_provider() {
            continue;
        }
        for registry in 0..timeline.registries.len() {
            let of_registry = |arming: &&Arming| timeline.events[arming.event].registry == Some(registry);
            // A registry that asks for pushes again is armed already.
            if let Some(arming) = timeline
                .armings
                .iter()
                .find(of_registry)
                .filter(|arming| arming.reports.by_provider || !arming.reports.by_sdk)
            {
                findings.extend(finding(context, timeline, registry, arming));
            }
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

fn finding(context: &Context<'_>, timeline: &Timeline, registry: usize, arming: &Arming) -> Option<Finding> {
    let own_queue = timeline.registries[registry].own_queue;
    let armed = &timeline.events[arming.event];
    let (level, confidence, why) = match context.launch.readiness_at(timeline, arming, Holder::AnyProvider) {
        Readiness::OnDemand => return None,
        Readiness::Before => return created_first(timeline, registry),
        Readiness::Unknown(why) => {
            (Level::Note, Confidence::Low, format!("the launch does not show when the provider comes: {why}"))
        }
        Readiness::SameTurn if own_queue => (
            Level::Error,
            Confidence::Medium,
            "the provider comes afterwards, and the registry delivers on a queue of its own".to_owned(),
        ),
        Readiness::SameTurn => {
            (Level::Warning, Confidence::Medium, "the provider comes afterwards, in the same turn".to_owned())
        }
        Readiness::SomePaths => {
            (Level::Error, Confidence::Medium, "the provider is there on some paths only".to_owned())
        }
        Readiness::LaterTurn => {
            (Level::Error, Confidence::Medium, "the provider comes in a later turn".to_owned())
        }
        Readiness::Never => (Level::Error, Confidence::Medium, "the provider is never created".to_owned()),
    };
    // A provider with which no handler reports may have nothing to do with pushes.
    let (level, confidence) = match (timeline.has_handler, arming.reports.by_provider) {
        (_, true) => (level, confidence),
        (true, false) => (level.min(Level::Warning), Confidence::Low),
        (false, false) => (Level::Note, Confidence::Low),
    };
    let message = format!("the registry asks for pushes before a call can be reported: {why}");
    let label = "from here on a push can arrive".to_owned();
    let made = timeline.of_kind(EventKind::ProviderCreated).next();
    let related = made
        .map(|(_, event)| Step { location: event.location, text: "the provider is created here".to_owned() });
    let finding = told(timeline, registry, armed.location, level, confidence, message, label);
    Some(Finding { related: related.into_iter().collect(), ..finding })
}

/// The registry is created before the provider, and asks for pushes after it.
fn created_first(timeline: &Timeline, registry: usize) -> Option<Finding> {
    let created = timeline.registries[registry].created?;
    let (provider, _) = timeline.of_kind(EventKind::ProviderCreated).next()?;
    if provider < created {
        return None;
    }
    let message =
        "the registry is created before the provider, though it asks for pushes only afterwards".to_owned();
    let location = timeline.events[created].location;
    let label = "created before the provider".to_owned();
    Some(told(timeline, registry, location, Level::Note, Confidence::Medium, message, label))
}

fn told(
    timeline: &Timeline,
    registry: usize,
    location: Location,
    level: Level,
    confidence: Confidence,
    message: String,
    label: String,
) -> Finding {
    Finding {
        rule: ID,
        level,
        confidence,
        message,
        location,
        label,
        related: Vec::new(),
        steps: timeline.story(registry),
        help: Some(HELP.to_owned()),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: timeline.consulted.clone(),
    }
}
