//! `blocking-before-report`: the push handler waits for something before it reports.

use super::context::{Context, worst_of_each_place};
use super::duty_words::{files_before, name, way_before};
use crate::analysis::duty::{BeforeReport, HandlerDuty, Hazard};
use crate::finding::{Confidence, Finding, Level};
use crate::vocabulary::Waits;

/// The id of the rule.
pub(super) const ID: &str = "blocking-before-report";

const EXAMPLE: &str = "\
provider.reportNewIncomingCall(with: id, update: update) { _ in completion() }
contacts.fetchName(of: handle) { name in
    update.localizedCallerName = name
    provider.reportCall(with: id, updated: update)
}";

/// Finds what a handler waits for before it reports.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for handler in super::duty_words::reporting(context) {
        for before in &handler.before_report {
            if let Hazard::Waits(waits) = before.hazard {
                findings.extend(finding(context, handler, before, waits));
            }
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

fn finding(
    context: &Context<'_>,
    handler: &HandlerDuty,
    before: &BeforeReport,
    waits: Waits,
) -> Option<Finding> {
    let (level, words) = match waits {
        Waits::Signal => (Level::Error, "waits for a semaphore"),
        Waits::Work => (Level::Error, "waits for other work"),
        Waits::Download => (Level::Error, "waits for the network"),
        Waits::MainQueue if is_on_main_queue(context) => {
            (Level::Error, "waits for the main queue, on which it runs itself,")
        }
        Waits::MainQueue => return None,
        Waits::Time => (Level::Warning, "sleeps"),
        Waits::Events => (Level::Warning, "runs the run loop"),
    };
    Some(Finding {
        rule: ID,
        level,
        confidence: Confidence::Medium,
        message: format!("`{}` {words} before it has reported a call", name(context, handler)),
        location: super::duty_words::location(context, before.at),
        label: "no call has been reported yet".to_owned(),
        related: Vec::new(),
        steps: way_before(context, handler, before, "the thread stands still here"),
        help: Some(
            "report the call first, with what the payload has, and put in what arrives later with \
             `reportCall(with:updated:)`; the system gives up after some seconds and kills the app"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: files_before(context, handler, before),
    })
}

/// Whether the registries of the app, as far as they are seen, deliver on the main queue.
fn is_on_main_queue(context: &Context<'_>) -> bool {
    let mut registries =
        context.launch.timelines().iter().flat_map(|timeline| &timeline.registries).peekable();
    registries.peek().is_some()
        && registries.all(|registry| registry.created.is_some() && !registry.own_queue)
}
