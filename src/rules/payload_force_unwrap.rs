//! `payload-force-unwrap`: before the report, something from the payload is taken for granted.

use super::context::{Context, worst_of_each_place};
use super::duty_words::{files_before, name, quote, way_before};
use crate::analysis::duty::{BeforeReport, HandlerDuty, Hazard};
use crate::finding::{Confidence, Finding, Level};

/// The id of the rule.
pub(super) const ID: &str = "payload-force-unwrap";

const EXAMPLE: &str = "\
let id = (push[\"id\"] as? String).flatMap(UUID.init(uuidString:)) ?? UUID()
let caller = push[\"caller\"] as? String ?? \"Unknown\"";

/// Finds crashes for what a payload may lack.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for handler in super::duty_words::reporting(context) {
        let mut places: Vec<&BeforeReport> =
            handler.before_report.iter().filter(|before| before.hazard == Hazard::Crashes).collect();
        // Of several in one expression the outermost speaks.
        places.retain(|before| {
            !handler.before_report.iter().any(|other| {
                other.hazard == Hazard::Crashes
                    && other.at != before.at
                    && other.at.0 == before.at.0
                    && other.at.1.contains(before.at.1)
            })
        });
        findings.extend(places.into_iter().map(|before| finding(context, handler, before)));
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

fn finding(context: &Context<'_>, handler: &HandlerDuty, before: &BeforeReport) -> Finding {
    let quoted = quote(context, before.at);
    Finding {
        rule: ID,
        level: Level::Warning,
        confidence: Confidence::Medium,
        message: format!(
            "`{}` crashes before it has reported a call where the payload is not as `{quoted}` expects",
            name(context, handler)
        ),
        location: super::duty_words::location(context, before.at),
        label: "one push that lacks this crashes the app".to_owned(),
        related: Vec::new(),
        steps: way_before(context, handler, before, "this takes the payload for granted"),
        help: Some(
            "give everything that a payload may lack a fallback, report the call, and end it if it cannot be \
             used; a system that sees an app crash again and again stops launching it for pushes"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: files_before(context, handler, before),
    }
}
