//! How the ways out of a push handler are told: the steps that matter, in words.

use std::collections::BTreeSet;

use super::context::Context;
use super::quote::{on_one_line, shortened};
use crate::analysis::duty::{At, BeforeReport, BranchKind, DutyExit, HandlerDuty, StepKind, TraceStep};
use crate::facts::FunctionKind;
use crate::finding::Step;
use crate::program::FunctionRef;
use crate::source::{FileId, Location, Role};

/// A way out as people are told about it.
pub(super) struct Story {
    /// The steps, from the arrival of the push to the place of the finding.
    pub(super) steps: Vec<Step>,
    /// The place of the finding: in the project's own code.
    pub(super) place: Location,
    /// The condition that decided, where one did.
    pub(super) decision: Option<Decision>,
    /// Why something on the way is no report, though it looks like one.
    pub(super) taken: Option<String>,
}

/// The condition that sent a path away from the report.
pub(super) struct Decision {
    /// Its text, on one line.
    pub(super) text: String,
    /// What became of it.
    pub(super) kind: BranchKind,
}

/// Tells a way out of a handler; `ending` are the words for its last place.
pub(super) fn story(context: &Context<'_>, handler: &HandlerDuty, exit: &DutyExit, ending: &str) -> Story {
    story_of(context, (handler.function, "the push arrives here"), exit, ending)
}

/// Tells a way out of a function that the system calls, with words for that.
pub(super) fn story_of(
    context: &Context<'_>,
    (function, beginning): (FunctionRef, &str),
    exit: &DutyExit,
    ending: &str,
) -> Story {
    let program = context.program;
    let start = program.location(function.file, program.function(function).name_span);
    let mut steps = vec![Step { location: start, text: beginning.into() }];
    let reached = reached(exit);
    let mut calls: Vec<&TraceStep> = Vec::new();
    let mut decision: Option<&TraceStep> = None;
    let mut taken = None;
    let mut told: Vec<(usize, &TraceStep)> = Vec::new();
    for (position, step) in exit.steps[..reached].iter().enumerate() {
        calls.retain(|call| call.depth < step.depth);
        match &step.kind {
            StepKind::Enter(_) => calls.push(step),
            StepKind::TakenForReport(why) => {
                taken = Some(why.to_string());
                told.push((position, step));
            }
            _ => {}
        }
    }
    // What a function did before it is left is one deeper than the place where its caller goes on.
    let depth =
        exit.steps.get(reached).map_or(0, |step| step.depth + u32::from(step.kind == StepKind::Leave));
    // A report is skipped wherever the way to it comes from.
    let is_skip = exit.steps.get(reached).is_some_and(|step| matches!(step.kind, StepKind::Skip));
    calls.retain(|call| call.depth < depth);
    for (position, step) in exit.steps[..reached].iter().enumerate() {
        let is_call = calls.iter().any(|call| std::ptr::eq(*call, step));
        if is_call {
            told.push((position, step));
        } else if matches!(step.kind, StepKind::Branch(_) | StepKind::NoRound | StepKind::Throw)
            && !is_skip
            && step.depth == depth
            && step.at.0 == exit.blame.0
        {
            decision = Some(step);
        }
    }
    if let Some(last) = decision {
        let position = exit.steps.iter().position(|step| std::ptr::eq(step, last)).unwrap_or(reached);
        told.push((position, last));
    }
    told.sort_by_key(|(position, _)| *position);
    let own = |at: At| program.role(at.0) == Role::Own;
    for (_, step) in &told {
        steps.push(Step { location: location(context, step.at), text: words(context, step) });
    }
    let blame = location(context, exit.blame);
    steps.push(Step { location: blame, text: ending.to_owned() });
    let place = if own(exit.blame) {
        blame
    } else {
        told.iter().rev().find(|(_, step)| own(step.at)).map_or(start, |(_, step)| location(context, step.at))
    };
    let decision = decision.and_then(|step| match step.kind {
        StepKind::Branch(kind) => Some(Decision { text: on_one_line(code(context, step.at)), kind }),
        _ => None,
    });
    Story { steps, place, decision, taken }
}

/// The number of steps up to the place of the finding.
fn reached(exit: &DutyExit) -> usize {
    exit.steps
        .iter()
        .position(|step| {
            step.at == exit.blame
                && matches!(
                    step.kind,
                    StepKind::Leave | StepKind::Skip | StepKind::Defer(_) | StepKind::HandOut(_)
                )
        })
        .unwrap_or(exit.steps.len())
}

/// The handlers of which it matters what happens before they report: they report somewhere.
pub(super) fn reporting<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a HandlerDuty> {
    context.duties.iter().filter(|handler| handler.reports_somewhere())
}

/// The way to something that happens before the report; `ending` are the words for its place.
pub(super) fn way_before(
    context: &Context<'_>,
    handler: &HandlerDuty,
    before: &BeforeReport,
    ending: &str,
) -> Vec<Step> {
    let program = context.program;
    let facts = program.function(handler.function);
    let start = program.location(handler.function.file, facts.name_span);
    let calls = before
        .steps
        .iter()
        .map(|step| Step { location: location(context, step.at), text: words(context, step) });
    let end = Step { location: location(context, before.at), text: ending.to_owned() };
    std::iter::once(Step { location: start, text: "the push arrives here".into() })
        .chain(calls)
        .chain([end])
        .collect()
}

/// Every file that the way to something before the report leads through.
pub(super) fn files_before(
    context: &Context<'_>,
    handler: &HandlerDuty,
    before: &BeforeReport,
) -> BTreeSet<FileId> {
    let program = context.program;
    let own = [handler.function.file, before.at.0].into_iter();
    before.steps.iter().map(|step| step.at.0).chain(own).map(|file| program.file_id(file)).collect()
}

/// `Type.method` of a handler.
pub(crate) fn name(context: &Context<'_>, handler: &HandlerDuty) -> String {
    name_of(context, handler.function)
}

/// `Type.method` of a function.
pub(super) fn name_of(context: &Context<'_>, function: FunctionRef) -> String {
    let program = context.program;
    let facts = program.function(function);
    match program.owner(function) {
        Some(owner) => format!("{}.{}", program.ty(owner).name, facts.name),
        None => facts.name.to_string(),
    }
}

/// A place as a location.
pub(crate) fn location(context: &Context<'_>, at: At) -> Location {
    context.program.location(at.0, at.1)
}

/// A step, in words.
pub(crate) fn words(context: &Context<'_>, step: &TraceStep) -> String {
    match &step.kind {
        StepKind::Enter(name) => format!("calls `{name}`"),
        StepKind::Branch(BranchKind::Holds) => format!("`{}` holds", quote(context, step.at)),
        StepKind::Branch(BranchKind::Fails) => format!("`{}` does not hold", quote(context, step.at)),
        StepKind::Branch(BranchKind::Nil | BranchKind::Lacking | BranchKind::Unset) => {
            format!("`{}` is nil", quote_optional(context, step.at))
        }
        StepKind::Branch(BranchKind::NotNil) => format!("`{}` is not nil", quote_optional(context, step.at)),
        StepKind::Branch(BranchKind::Case) => "this case is taken".into(),
        StepKind::Branch(BranchKind::Caught) => "the error is caught here".into(),
        StepKind::NoRound => "this may run no round at all".into(),
        StepKind::Throw => "an error is thrown here".into(),
        StepKind::Skip => format!("skipped where `{}` is nil", quote(context, step.at)),
        StepKind::Report(by) => format!("the call is reported here ({by})"),
        StepKind::Defer(by) => format!("`{by}` runs this after the handler has returned"),
        StepKind::HandOut(why) => why.to_string(),
        StepKind::TakenForReport(why) => format!("this is no report: it {why}"),
        StepKind::Leave => "goes back from here".into(),
        StepKind::Excuse(why) => why.to_string(),
    }
}

/// The code of a place, on one line and short enough for a sentence.
pub(crate) fn quote(context: &Context<'_>, at: At) -> String {
    shortened(code(context, at))
}

/// What a condition compares with nil, for words that say whether it is.
pub(crate) fn quote_optional(context: &Context<'_>, at: At) -> String {
    let text = code(context, at);
    let compared = [" != nil", " == nil"].iter().find_map(|comparison| text.strip_suffix(comparison));
    shortened(compared.unwrap_or(text))
}

fn code<'c>(context: &'c Context<'_>, at: At) -> &'c str {
    let text = context.sources.get(context.program.file_id(at.0)).slice(at.1);
    // Of `let x = value` the value says more than the name.
    text.split_once(" = ").filter(|(left, _)| left.starts_with("let ")).map_or(text, |(_, value)| value)
}

/// Whether a function is one of `providerDidBegin` and its like.
pub(super) fn is_set_by_begin(context: &Context<'_>, text: &str) -> bool {
    let program = context.program;
    let name = text.trim_start_matches('!').rsplit('.').next().unwrap_or(text);
    let writes: Vec<_> = program.writes(name).iter().filter_map(|write| write.function).collect();
    !writes.is_empty()
        && writes.iter().all(|function| {
            let facts = program.function(*function);
            facts.kind == FunctionKind::Initializer
                || matches!(facts.name.as_str(), "providerDidBegin" | "conversationManagerDidBegin")
        })
        && writes.iter().any(|function| program.function(*function).kind == FunctionKind::Function)
}
