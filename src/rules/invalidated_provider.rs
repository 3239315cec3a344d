//! `invalidated-provider`: the push handler invalidates the provider, and then reports through it.

use super::context::{Context, worst_of_each_place};
use super::duty_words::{files_before, name, reporting, way_before};
use crate::analysis::duty::{BeforeReport, HandlerDuty, Hazard};
use crate::analysis::providers::made;
use crate::finding::{Confidence, Finding, Level};

/// The id of the rule.
const ID: &str = "invalidated-provider";

const EXAMPLE: &str = "provider.reportNewIncomingCall(with: id, update: update) { _ in completion() }";

/// Finds handlers that invalidate a provider before they have reported, where nothing makes another one for a push.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for handler in reporting(context) {
        for before in handler.before_report.iter().filter(|before| before.hazard == Hazard::Invalidates) {
            if !makes_another(context, handler) {
                findings.push(finding(context, handler, before));
            }
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

/// Whether a function that the handler leads to makes a provider.
fn makes_another(context: &Context<'_>, handler: &HandlerDuty) -> bool {
    let mut seen = std::collections::BTreeSet::from([handler.function]);
    let mut open = vec![handler.function];
    while let Some(at) = open.pop() {
        if made(context.program).any(|site| site.function == Some(at)) {
            return true;
        }
        open.extend(context.graph.functions_called(at).into_iter().filter(|next| seen.insert(*next)));
    }
    false
}

fn finding(context: &Context<'_>, handler: &HandlerDuty, before: &BeforeReport) -> Finding {
    Finding {
        rule: ID,
        level: Level::Note,
        confidence: Confidence::Medium,
        message: format!(
            "`{}` invalidates the provider before it has reported a call",
            name(context, handler)
        ),
        location: super::duty_words::location(context, before.at),
        label: "from here on the provider reports nothing".to_owned(),
        related: Vec::new(),
        steps: way_before(context, handler, before, "the provider is invalidated here"),
        help: Some(
            "keep the provider for the life of the app; what is over is the call, not the provider"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: files_before(context, handler, before),
    }
}
