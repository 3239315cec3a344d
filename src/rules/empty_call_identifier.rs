//! `empty-call-identifier`: an SDK that needs a UUID is given an empty text where the payload has none.

use super::context::{Context, worst_of_each_place};
use super::duty_words::{files_before, name, way_before};
use crate::analysis::duty::{BeforeReport, HandlerDuty, Hazard};
use crate::finding::{Confidence, Finding, Level};

/// The id of the rule.
pub(super) const ID: &str = "empty-call-identifier";

const EXAMPLE: &str = "\
let id = payload.dictionaryPayload[\"id\"] as? String ?? UUID().uuidString";

/// Finds identifiers with an empty fallback.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for handler in context.duties {
        for before in &handler.before_report {
            if let Hazard::EmptyIdentifier(sdk) = &before.hazard {
                findings.push(finding(context, handler, before, sdk));
            }
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

fn finding(context: &Context<'_>, handler: &HandlerDuty, before: &BeforeReport, sdk: &str) -> Finding {
    Finding {
        rule: ID,
        level: Level::Error,
        confidence: Confidence::Medium,
        message: format!(
            "`{}` gives {sdk} an empty identifier where the payload has none, and {sdk} then reports no call",
            name(context, handler)
        ),
        location: super::duty_words::location(context, before.at),
        label: "this may be empty, and has to be a UUID".to_owned(),
        related: Vec::new(),
        steps: way_before(context, handler, before, "the identifier is handed over here"),
        help: Some("fall back to a new UUID instead of an empty text".to_owned()),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: files_before(context, handler, before),
    }
}
