//! `provider-per-call`: every push makes a provider of its own.

use super::context::{Context, worst_of_each_place};
use crate::analysis::launch::EventKind;
use crate::analysis::providers::per_push;
use crate::finding::{Confidence, Finding, Level, Step};

/// The id of the rule.
const ID: &str = "provider-per-call";

const EXAMPLE: &str = "\
private let provider = CXProvider(configuration: CXProviderConfiguration())";

/// Finds providers that are made on the way of the push handler.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let findings = per_push(context.program, context.launch).into_iter().map(|(timeline, event)| {
        let mut others = timeline.of_kind(EventKind::ProviderCreated).map(|(_, other)| other);
        let other = others.find(|other| other.provider == event.provider && other.location != event.location);
        let related = other.map(|other| Step {
            location: other.location,
            text: "the app has another provider, made here".to_owned(),
        });
        Finding {
            rule: ID,
            level: Level::Warning,
            confidence: Confidence::Medium,
            message: "every push makes a new `CXProvider`".to_owned(),
            location: event.location,
            label: "made on the way of the push handler, each time".to_owned(),
            related: related.into_iter().collect(),
            steps: event.steps.clone(),
            help: Some(
                "make one provider at the launch, set its delegate, and keep it for the life of the app: what the user \
                 does with a call reaches the delegate of the provider that reported it"
                    .to_owned(),
            ),
            example: Some(EXAMPLE.to_owned()),
            fix: None,
            consulted: timeline.consulted.clone(),
        }
    });
    worst_of_each_place(findings.collect())
}
