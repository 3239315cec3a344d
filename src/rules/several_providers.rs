//! `several-providers`: the launch makes more than one provider.

use super::context::{Context, worst_of_each_place};
use crate::analysis::launch::{Certainty, Event, EventKind, RootKind};
use crate::analysis::providers::PROVIDER;
use crate::finding::{Confidence, Finding, Level, Step};

/// The id of the rule.
const ID: &str = "several-providers";

const HELP: &str =
    "make one provider at the launch, keep it, and hand it to everything that reports or is told of calls";

/// Finds launches that certainly make a second provider.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for timeline in context.launch.timelines().iter().filter(|timeline| timeline.root.kind == RootKind::App) {
        // Of what is made on some paths, or when it is needed, there may be only one all the same.
        let made = timeline.of_kind(EventKind::ProviderCreated).map(|(_, event)| event);
        // A manager of conversations stands for a framework of its own.
        let is_provider = |event: &&Event| event.provider == Some(PROVIDER);
        let is_certain = |event: &&Event| event.certainty == Certainty::Always;
        let made: Vec<&Event> = made.filter(is_certain).filter(is_provider).collect();
        let Some((first, others)) = made.split_first() else { continue };
        findings.extend(others.iter().map(|event| Finding {
            rule: ID,
            level: Level::Note,
            confidence: Confidence::Medium,
            message: "the launch makes another `CXProvider`, beside one that is there".to_owned(),
            location: event.location,
            label: "another one".to_owned(),
            related: vec![Step {
                location: first.location,
                text: "the first provider is made here".to_owned(),
            }],
            steps: timeline.told(|told| told.location == first.location || told.location == event.location),
            help: Some(HELP.to_owned()),
            example: None,
            fix: None,
            consulted: timeline.consulted.clone(),
        }));
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}
