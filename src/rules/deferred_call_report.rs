//! `deferred-call-report`: the report runs only after the push handler has returned.

use super::context::Context;
use super::duty_words::{name, story};
use crate::analysis::duty::StepKind;
use crate::finding::{Confidence, Finding, Level};
use crate::report::Outcome;
use crate::vocabulary::HandlerForm;

/// The id of the rule.
pub(super) const ID: &str = "deferred-call-report";

const HELP: &str = "report the call first, with what the payload has, and then start the work; put in what arrives \
                    later with `reportCall(with:updated:)`";

const CONVERSATION_HELP: &str = "LiveCommunicationKit has no form of its report that is made before the handler \
                                 returns: report through CallKit's provider, with the form that takes a completion";

/// The first version whose documentation names the asynchronous report among those that do.
const NAMES_CONVERSATIONS: (u16, u16) = (26, 4);

const EXAMPLE: &str = "\
provider.reportNewIncomingCall(with: id, update: update) { _ in completion() }
Task {
    update.localizedCallerName = await contacts.name(for: handle)
    provider.reportCall(with: id, updated: update)
}";

/// Finds reports that come too late.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for handler in context.duties {
        // The body of the `async` handler is late as a whole: `async-push-handler` says so.
        if handler.form == HandlerForm::AsyncCompletion {
            continue;
        }
        for exit in handler.ways_out.iter().filter(|exit| exit.outcome == Outcome::Deferred) {
            let by = exit.steps.iter().find_map(|step| match &step.kind {
                StepKind::Defer(by) => Some(by.clone()),
                _ => None,
            });
            let by = by.unwrap_or_else(|| "something".into());
            let ending = format!("`{by}` runs the report after the handler has returned");
            let story = story(context, handler, exit, &ending);
            let mut related = Vec::new();
            // It exists as an asynchronous function alone, and whether the system waits for it is not settled.
            let is_conversation = exit.steps.iter().any(
                |step| matches!(&step.kind, StepKind::Report(by) if by.contains("LiveCommunicationKit")),
            );
            let is_open = is_conversation && context.settings.oldest_with_duty() >= NAMES_CONVERSATIONS;
            if let Some(report) = exit.steps.iter().rfind(|step| matches!(step.kind, StepKind::Report(_))) {
                let location = super::duty_words::location(context, report.at);
                related.push(crate::finding::Step {
                    location,
                    text: "the call is reported here, too late".into(),
                });
            }
            findings.push(Finding {
                rule: ID,
                level: if is_open { Level::Warning } else { Level::Error },
                confidence: if is_open { exit.confidence.min(Confidence::Medium) } else { exit.confidence },
                message: format!(
                    "`{}` reports the call only after it has returned, in `{by}`",
                    name(context, handler)
                ),
                location: story.place,
                label: "this runs later".to_owned(),
                related,
                steps: story.steps,
                help: Some(if is_conversation { CONVERSATION_HELP } else { HELP }.to_owned()),
                example: Some(EXAMPLE.to_owned()),
                fix: None,
                consulted: context.consulted(handler.function),
            });
        }
    }
    super::context::worst_of_each_place(findings)
}
