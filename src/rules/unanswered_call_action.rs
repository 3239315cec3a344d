//! `unanswered-call-action`: a method that is given an action leaves without fulfilling it or letting it fail.

use super::context::{Context, worst_of_each_place};
use super::duty_words::{file_ids, name_of, story_of};
use crate::analysis::duty::{ActionDuty, DutyExit};
use crate::finding::{Finding, Level};
use crate::report::Outcome;

/// The id of the rule.
pub(super) const ID: &str = "unanswered-call-action";

/// Finds ways out on which nobody answers the action.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for action in context.actions {
        for exit in &action.ways_out {
            let is_left = exit.nil_holder.is_some_and(|holder| holder.is_written_out);
            if exit.outcome == Outcome::Missing || exit.outcome == Outcome::NilHolder && is_left {
                findings.push(finding(context, action, exit));
            }
        }
    }
    worst_of_each_place(findings)
}

fn finding(context: &Context<'_>, action: &ActionDuty, exit: &DutyExit) -> Finding {
    let start = (action.function, "the system asks for the action here");
    let story = story_of(context, start, exit, "it leaves here, and the action has no answer");
    let facts = context.program.function(action.function);
    let ty = facts.params.get(1).and_then(|param| param.ty.as_ref()).and_then(|ty| ty.name());
    let ty = ty.map_or("action", |name| name.as_str());
    let param = facts.params.get(1).map_or("action", |param| param.name.as_str());
    let answers = action
        .ways_out
        .iter()
        .any(|exit| matches!(exit.outcome, Outcome::Reported | Outcome::Deferred | Outcome::Unseen));
    let name = name_of(context, action.function);
    let message = if answers {
        format!("`{name}` can leave the `{ty}` without an answer")
    } else {
        format!("`{name}` never fulfils the `{ty}`, nor lets it fail")
    };
    Finding {
        rule: ID,
        level: Level::Warning,
        confidence: exit.confidence,
        message,
        location: story.place,
        label: "the action has no answer on this way".to_owned(),
        related: Vec::new(),
        steps: story.steps,
        help: Some(
            "call `fulfill()` where the app did what was asked, and `fail()` where it cannot, on every way; an \
             action without an answer times out, and the system ends the call"
                .to_owned(),
        ),
        example: Some(if answers { format!("{param}.fail()") } else { format!("{param}.fulfill()") }),
        fix: None,
        consulted: file_ids(context, &action.files),
    }
}
