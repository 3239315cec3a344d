//! `push-types-before-delegate`: the registry asks for pushes before it has a delegate.

use super::context::{Context, worst_of_each_place};
use super::swap::{assignment, swapped};
use crate::analysis::launch::{Arming, Event, EventKind, IsSet, Timeline, TurnKind};
use crate::finding::{Confidence, Finding, Level, Step};

/// The id of the rule.
pub(super) const ID: &str = "push-types-before-delegate";

const HELP: &str = "set the delegate first, and the push types in the line after it";

const FIX: &str = "set the delegate before the push types";

/// Finds registries that ask for pushes while they have no delegate.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for timeline in context.launch.timelines() {
        for arming in &timeline.armings {
            findings.extend(finding(context, timeline, arming));
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

fn finding(context: &Context<'_>, timeline: &Timeline, arming: &Arming) -> Option<Finding> {
    let (registry, _) = arming.registries.iter().copied().find(|(_, is_set)| *is_set == IsSet::No)?;
    let facts = &timeline.registries[registry];
    let armed = &timeline.events[arming.event];
    let set: Vec<&Event> = timeline
        .of_kind(EventKind::RegistryDelegateSet)
        .map(|(_, event)| event)
        .filter(|event| event.registry == Some(registry))
        .collect();
    if set.iter().any(|event| is_in_unknown_order(timeline, armed, event))
        || set.is_empty() && facts.is_escaped
    {
        return None;
    }
    let first = set.iter().find(|event| event.turn == armed.turn).or(set.first());
    let (level, why) = match first {
        None => (Level::Error, "nothing sets it"),
        Some(_) if facts.own_queue => {
            (Level::Error, "it is set afterwards, and the registry delivers on a queue of its own")
        }
        Some(event) if event.turn != armed.turn => (Level::Error, "it is set in a later turn"),
        Some(event) if event.function.is_none() || event.function != armed.function => {
            (Level::Error, "it is set afterwards, in another function")
        }
        Some(_) => (Level::Warning, "it is set afterwards, in the same function"),
    };
    let fix = set.iter().find_map(|event| swapped(context, armed.location, event.location, FIX));
    let related = first
        .map(|event| Step { location: event.location, text: "the delegate is set only here".to_owned() });
    Some(Finding {
        rule: ID,
        level,
        confidence: Confidence::Medium,
        message: format!("the registry asks for pushes before it has a delegate: {why}"),
        location: armed.location,
        label: "from here on a push can arrive, and there is no delegate".to_owned(),
        related: related.into_iter().collect(),
        steps: timeline.story(registry),
        help: Some(HELP.to_owned()),
        example: Some(example(context, armed, first.copied())),
        fix,
        consulted: timeline.consulted.clone(),
    })
}

/// Both lines in the right order, in the words of the code; the delegate is `self` where it is set somewhere else.
fn example(context: &Context<'_>, armed: &Event, set: Option<&Event>) -> String {
    let types = assignment(context, armed.location).unwrap_or("registry.desiredPushTypes = [.voIP]");
    let registry = types.split(".desiredPushTypes").next().unwrap_or("registry");
    let here = set.filter(|event| event.function.is_some() && event.function == armed.function);
    let delegate = here.and_then(|event| assignment(context, event.location)).map(str::to_owned);
    let delegate = delegate.unwrap_or_else(|| format!("{registry}.delegate = self"));
    format!("{delegate}\n{types}")
}

/// Whether nothing shows which of two events comes first.
fn is_in_unknown_order(timeline: &Timeline, armed: &Event, set: &Event) -> bool {
    let is_known = set.turn == armed.turn
        || timeline.follows(set.turn, armed.turn)
        || timeline.follows(armed.turn, set.turn)
        || timeline.turn_of(armed).kind == TurnKind::Launch;
    !is_known
}
