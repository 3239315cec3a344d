//! `late-push-registration`: the app asks for pushes only when it is on the screen.

use super::context::Context;
use super::registrations::{Words, finding, has_scenes};
use crate::analysis::launch::{Registration, WaitsFor};
use crate::finding::{Confidence, Finding, Level};

/// The id of the rule.
pub(super) const ID: &str = "late-push-registration";

const HELP: &str = "a push starts the app in the background, where nothing is shown: create the registry in \
                    `didFinishLaunching`, at every launch";

/// Finds apps that ask for pushes in a view, a scene, or when somebody touches something.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for timeline in context.launch.timelines() {
        let Registration::After(event, waits_for) = timeline.registration() else { continue };
        let name =
            timeline.way_to(event.turn).find(|turn| turn.waits_for == waits_for).map(|turn| &turn.name);
        let name = name.map_or("", String::as_str);
        let (level, message) = match waits_for {
            WaitsFor::Person => (
                Level::Error,
                format!(
                    "the app asks for pushes only in `{name}`, which a launch by a push does not lead to"
                ),
            ),
            WaitsFor::Screen if has_scenes(context, timeline) => (
                Level::Error,
                format!("the app asks for pushes only in `{name}`: started by a push, it shows nothing"),
            ),
            // Without scenes UIKit loads the first view controller in the background, too.
            WaitsFor::Screen => {
                (Level::Note, format!("the app asks for pushes only in `{name}`, not at every launch"))
            }
            WaitsFor::Nothing | WaitsFor::Permission | WaitsFor::PushToken | WaitsFor::Unknown => continue,
        };
        let label = "nothing at the launch leads here";
        let words = Words { rule: ID, level, confidence: Confidence::Medium, message, label, help: HELP };
        findings.extend(finding(context, timeline, event, words));
    }
    findings
}
