//! `deprecated-push-handler`: only the form without a completion handler is there, deprecated since iOS 11.

use super::context::Context;
use super::push_delegates::{handlers, is_delegate, own_types};
use crate::finding::{Confidence, Finding, Level};
use crate::vocabulary::HandlerForm;

/// The id of the rule.
pub(super) const ID: &str = "deprecated-push-handler";

const EXAMPLE: &str = "\
func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                  for type: PKPushType, completion: @escaping () -> Void) {
    provider.reportNewIncomingCall(with: id, update: update) { _ in completion() }
}";

/// Finds delegates that have the deprecated form alone.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let mut findings = Vec::new();
    for ty in own_types(context).filter(|ty| is_delegate(program, *ty)) {
        let found = handlers(program, ty);
        let is_usual =
            |form: HandlerForm| matches!(form, HandlerForm::Completion | HandlerForm::AsyncCompletion);
        if found.iter().any(|(_, form)| is_usual(*form)) {
            continue;
        }
        let own = found
            .iter()
            .find(|(at, form)| *form == HandlerForm::Deprecated && program.owner(*at) == Some(ty));
        let Some((handler, _)) = own else { continue };
        let facts = program.function(*handler);
        findings.push(Finding {
            rule: ID,
            level: Level::Note,
            confidence: Confidence::Medium,
            message: format!(
                "`{}.{}` without a completion handler is deprecated since iOS 11",
                program.ty(ty).name,
                facts.name
            ),
            location: program.location(handler.file, facts.name_span),
            label: "the deprecated form of the handler".to_owned(),
            related: Vec::new(),
            steps: Vec::new(),
            help: Some(
                "implement the form with `completion`; where both are there, only that one is called"
                    .to_owned(),
            ),
            example: Some(EXAMPLE.to_owned()),
            fix: None,
            consulted: program.files_of(ty),
        });
    }
    findings
}
