//! `registry-without-push-types`: a registry is made, and nothing ever asks for pushes.

use super::context::{Context, worst_of_each_place};
use crate::analysis::escapes::calls_unseen;
use crate::finding::{Confidence, Finding, Level};
use crate::source::Role;

/// The id of the rule.
const ID: &str = "registry-without-push-types";

const EXAMPLE: &str = "\
registry.delegate = self
registry.desiredPushTypes = [.voIP]";

/// Finds registries in a program in which nothing sets push types.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    if program.writes("desiredPushTypes").iter().any(|write| program.role(write.value.file) != Role::Test) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for timeline in context.launch.timelines() {
        for registry in timeline.registries.iter().filter(|registry| !registry.is_escaped) {
            let Some(created) = registry.created.and_then(|at| timeline.events.get(at)) else { continue };
            let mut holders = registry.properties.iter().filter_map(|at| program.property_owner(*at));
            if holders.any(|owner| calls_unseen(context.graph, owner)) {
                continue;
            }
            findings.push(Finding {
                rule: ID,
                level: Level::Note,
                confidence: Confidence::Medium,
                message: "the push registry never asks for pushes: nothing sets `desiredPushTypes`"
                    .to_owned(),
                location: created.location,
                label: "no token and no push comes without push types".to_owned(),
                related: Vec::new(),
                steps: created.steps.clone(),
                help: Some("set the registry's delegate, and then `desiredPushTypes`".to_owned()),
                example: Some(EXAMPLE.to_owned()),
                fix: None,
                consulted: (0..program.file_count()).map(|at| program.file_id(at)).collect(),
            });
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}
