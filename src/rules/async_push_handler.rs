//! `async-push-handler`: the `async` form of the push handler, whose body starts after it has returned.

use super::context::Context;
use super::duty_words::name;
use crate::finding::{Confidence, Finding, Level, Step};
use crate::vocabulary::HandlerForm;

/// The id of the rule.
pub(super) const ID: &str = "async-push-handler";

const EXAMPLE: &str = "\
func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                  for type: PKPushType, completion: @escaping () -> Void) {
    provider.reportNewIncomingCall(with: id, update: update) { _ in completion() }
}";

/// Finds `async` push handlers.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for handler in context.duties {
        let (level, confidence, words) = match handler.form {
            HandlerForm::AsyncCompletion => (
                Level::Error,
                Confidence::Medium,
                "is `async`: its body starts only after the system has checked for a call",
            ),
            HandlerForm::AsyncMetadata => (
                Level::Note,
                Confidence::Low,
                "is `async`: that its report comes in time is not proved on a device",
            ),
            _ => continue,
        };
        let facts = context.program.function(handler.function);
        let location = context.program.location(handler.function.file, facts.name_span);
        findings.push(Finding {
            rule: ID,
            level,
            confidence,
            message: format!("`{}` {words}", name(context, handler)),
            location,
            label: "the `async` form of the handler".to_owned(),
            related: Vec::new(),
            steps: vec![Step {
                location,
                text: "the push arrives here, and the call returns at once".into(),
            }],
            help: Some(
                "use the form with a completion handler, and report the call in it with the form of \
                 `reportNewIncomingCall` that takes a completion"
                    .to_owned(),
            ),
            example: Some(EXAMPLE.to_owned()),
            fix: None,
            consulted: [location.file].into_iter().collect(),
        });
    }
    findings
}
