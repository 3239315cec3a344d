//! `unretained-provider`: nobody keeps a provider beyond the function that makes it.

use std::collections::BTreeSet;

use super::context::Context;
use crate::analysis::providers::{made, per_push};
use crate::analysis::retention::Dropping;
use crate::finding::{Confidence, Finding, Level};
use crate::program::CallSite;
use crate::source::{Location, Span};

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
        let first = Location { span: Span { end: location.span.start, ..location.span }, ..location };
        let mut after = told
            .range(first..)
            .take_while(|known| known.file == location.file && known.span.start <= location.span.end);
        after.any(|known| location.span.contains(known.span))
    };
    let place = |site: &CallSite| program.location(site.call.file, program.expr(site.call).span);
    let untold = made(context.program).filter(|site| !is_told(place(site)));
    let mut dropping = Dropping::of(program);
    let dropped = untold.filter(|site| dropping.is_dropped(site.call, site.function));
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
    dropped.map(|site| finding(place(site))).collect()
}
