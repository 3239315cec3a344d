//! `unanswered-call-action`: a method that is given an action leaves without fulfilling it or letting it fail.

use super::context::{Context, worst_of_each_place};
use super::duty_words::{name_of, story_of};
use crate::analysis::duty::{ActionDuty, DutyExit};
use crate::facts::{ExprKind, FunctionKind};
use crate::finding::{Finding, Level};
use crate::program::{CallSite, FunctionRef, Program};
use crate::report::Outcome;
use crate::source::Role;

/// The id of the rule.
pub(super) const ID: &str = "unanswered-call-action";

/// What an app says of its calls, and the actions that the system asks for only where that is so.
const ON_REQUEST: [(&str, &[&str]); 3] = [
    ("CXSetHeldCallAction", &["supportsHolding"]),
    ("CXSetGroupCallAction", &["supportsGrouping", "supportsUngrouping"]),
    ("CXPlayDTMFCallAction", &["supportsDTMF"]),
];

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

/// Whether something in the project names the function around a call, or may call it without a name.
fn is_used(program: &Program, site: &CallSite) -> bool {
    let around = |at: &FunctionRef| {
        let parent = program.function(*at).parent?;
        Some(FunctionRef { file: at.file, id: parent })
    };
    let Some(outermost) = std::iter::successors(site.function, around).last() else { return true };
    let facts = program.function(outermost);
    facts.kind != FunctionKind::Function
        || facts.attributes.iter().any(|attribute| matches!(attribute.name.as_str(), "IBAction" | "objc"))
        || program.is_mentioned(&facts.name)
}

/// Whether every call of the app says that it does without an action, and the app asks for none itself.
fn is_ruled_out(program: &Program, action: &str) -> bool {
    let Some((_, properties)) = ON_REQUEST.iter().find(|(name, _)| *name == action) else { return false };
    let is_false = |property: &&str| {
        let mut own = program
            .writes(property)
            .iter()
            .filter(|write| program.role(write.value.file) == Role::Own)
            .peekable();
        own.peek().is_some()
            && own.all(|write| matches!(program.expr(write.value).kind, ExprKind::Bool(false)))
    };
    properties.iter().all(is_false) && !program.calls(action).iter().any(|site| is_used(program, site))
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
    let is_ruled_out = is_ruled_out(context.program, ty);
    let message = if answers {
        format!("`{name}` can leave the `{ty}` without an answer")
    } else {
        format!("`{name}` never fulfils the `{ty}`, nor lets it fail")
    };
    let message =
        if is_ruled_out { format!("{message}; the app tells the system not to ask for it") } else { message };
    Finding {
        rule: ID,
        level: if is_ruled_out { Level::Note } else { Level::Warning },
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
        consulted: context.consulted(action.function),
    }
}
