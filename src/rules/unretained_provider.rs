//! `unretained-provider`: nobody keeps a provider beyond the function that makes it.

use std::collections::BTreeSet;

use super::context::Context;
use crate::analysis::providers::{made, per_push};
use crate::analysis::retention::is_dropped;
use crate::finding::{Confidence, Finding, Level};
use crate::source::Location;

/// The id of the rule.
const ID: &str = "unretained-provider";

const EXAMPLE: &str = "\
private let provider = CXProvider(configuration: CXProviderConfiguration())";

/// Finds providers in local variables that nobody keeps; those that are made for a push have a rule of their own.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let told: BTreeSet<Location> =
        per_push(context.program, context.launch).into_iter().map(|(_, event)| event.location).collect();
    let is_told = |location: Location| {
        told.iter().any(|known| known.file == location.file && location.span.contains(known.span))
    };
    let dropped = made(context.program).filter(|site| is_dropped(program, site.call, site.function));
    let places = dropped.map(|site| program.location(site.call.file, program.expr(site.call).span));
    let finding = |location: Location| {
        Finding {
        rule: ID,
        level: Level::Warning,
        confidence: Confidence::Medium,
        message: "nobody keeps this `CXProvider`".to_owned(),
        location,
        label: "it is gone when this function has ended".to_owned(),
        related: Vec::new(),
        steps: Vec::new(),
        help: Some(
            "keep the provider in a property for the life of the app: the call that it reports is answered and ended \
             through it"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: [location.file].into_iter().collect(),
    }
    };
    places.filter(|location| !is_told(*location)).map(finding).collect()
}
