//! `gated-push-registration`: whether the app asks for pushes depends on something that pushes do not need.

use super::context::Context;
use super::quote::shortened;
use super::registrations::{Words, finding};
use crate::analysis::launch::{Event, Registration, Timeline, TurnKind, WaitsFor};
use crate::finding::{Confidence, Finding, Level};

/// The id of the rule.
pub(super) const ID: &str = "gated-push-registration";

const HELP: &str = "VoIP pushes need no permission and no other token: ask for them in `didFinishLaunching`, at every \
                    launch, and set the types to `[]` when the user logs out";

/// Finds apps that ask for pushes once something else has happened, or where a condition holds.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let timelines = context.launch.timelines().iter();
    timelines.filter_map(|timeline| of_launch(context, timeline)).collect()
}

fn of_launch(context: &Context<'_>, timeline: &Timeline) -> Option<Finding> {
    let (event, level, confidence, message) = match timeline.registration() {
        Registration::After(event, WaitsFor::Permission) => {
            let is_awaited = timeline.way_to(event.turn).all(|turn| turn.waits_for != WaitsFor::Permission);
            let name = waiting(timeline, event, WaitsFor::Permission).unwrap_or("didRegister");
            let message = if is_awaited {
                "the app asks for pushes only when it has been told what it may do".to_owned()
            } else {
                format!("the app asks for pushes only when `{name}` has answered")
            };
            (event, Level::Error, Confidence::Medium, message)
        }
        Registration::After(event, WaitsFor::PushToken) => {
            let message = "the app asks for pushes only when it has got a token for other notifications";
            (event, Level::Error, Confidence::Medium, message.to_owned())
        }
        Registration::After(event, WaitsFor::Unknown) => {
            let name = waiting(timeline, event, WaitsFor::Unknown)?;
            let message = format!("the app asks for pushes only once `{name}` calls back");
            (event, Level::Note, Confidence::Low, message)
        }
        Registration::SomePaths(event) => {
            let gate = event.gate(context.program, context.vocabulary)?;
            let code = shortened(context.sources.get(gate.file).slice(gate.span));
            (
                event,
                Level::Note,
                Confidence::Low,
                format!("whether the app asks for pushes at launch depends on `{code}`"),
            )
        }
        _ => return None,
    };
    let label = "not at every launch";
    finding(context, timeline, event, Words { rule: ID, level, confidence, message, label, help: HELP })
}

/// What is given the closure that the way to an event waits for. When the system calls a method by itself, nobody sees.
fn waiting<'t>(timeline: &'t Timeline, event: &Event, waits_for: WaitsFor) -> Option<&'t str> {
    let turn = timeline.way_to(event.turn).find(|turn| turn.waits_for == waits_for)?;
    let is_given = matches!(turn.kind, TurnKind::Later { .. }) && !turn.name.is_empty();
    is_given.then_some(turn.name.as_str())
}
