//! The picture of a push handler: its ways out, and what leads to each.

use super::model::{HandlerTrace, LaunchTrace, Node, NodeKind, PathTrace, Place};
use super::tree::{self, Path, PathStep};
use crate::analysis::duty::{At, BranchKind, DutyExit, HandlerDuty, StepKind, TraceStep};
use crate::report::Outcome;
use crate::rules::context::Context;
use crate::rules::{duty_words, is_ruled_out};

/// The picture of a handler.
pub(super) fn trace(context: &Context<'_>, duty: &HandlerDuty) -> HandlerTrace {
    let program = context.program;
    let facts = program.function(duty.function);
    let labels: Vec<&str> = facts.params.iter().map(|param| param.label.as_deref().unwrap_or("_")).collect();
    let selector = labels.iter().fold(format!("{}(", facts.name), |text, label| text + label + ":") + ")";
    let paths: Vec<Path> = duty.ways_out.iter().map(|exit| path(context, exit)).collect();
    HandlerTrace {
        name: duty_words::name(context, duty),
        selector,
        place: place(context, (duty.function.file, facts.name_span)),
        marks: Vec::new(),
        ways_out: 0,
        paths: paths.iter().map(way).collect(),
        tree: tree::tree(paths),
    }
}

fn place(context: &Context<'_>, at: At) -> Place {
    Place::of(duty_words::location(context, at), context.sources)
}

fn way(path: &Path) -> PathTrace {
    PathTrace {
        outcome: path.outcome,
        text: path.text.clone(),
        place: path.place.clone(),
        left: path.left.clone(),
        is_ruled_out: path.is_ruled_out,
        steps: path
            .steps
            .iter()
            .filter(|step| step.is_kept)
            .map(|step| (step.text.clone(), step.place.clone()))
            .collect(),
    }
}

/// A way out as a path of the tree.
fn path(context: &Context<'_>, exit: &DutyExit) -> Path {
    let end = end_of(exit);
    // A function that is left has been entered one step further out.
    let depth = exit.steps.get(end).map_or(0, |step| match step.kind {
        StepKind::Leave => step.depth + 1,
        _ => step.depth,
    });
    let before = exit.steps.get(..end).unwrap_or(&exit.steps);
    // The calls that are still going on at the end.
    let mut open: Vec<usize> = Vec::new();
    for (number, step) in before.iter().enumerate() {
        open.retain(|call| before[*call].depth < step.depth);
        if matches!(step.kind, StepKind::Enter(_)) {
            open.push(number);
        }
    }
    open.retain(|call| before[*call].depth < depth);
    let steps = before
        .iter()
        .enumerate()
        .filter_map(|(number, step)| {
            let (kind, text) = step_words(context, step)?;
            Some(PathStep {
                at: step.at,
                place: place(context, step.at),
                kind,
                text,
                is_kept: open.contains(&number) || matches!(step.kind, StepKind::TakenForReport(_)),
            })
        })
        .collect();
    let report = exit.steps.get(end).filter(|step| matches!(step.kind, StepKind::Report(_)));
    let at = report.filter(|_| exit.outcome == Outcome::Reported).map_or(exit.blame, |step| step.at);
    Path {
        steps,
        at,
        place: place(context, at),
        outcome: exit.outcome,
        text: end_words(context, exit, exit.steps.get(end)),
        left: (exit.outcome == Outcome::Reported).then(|| place(context, exit.at)),
        is_ruled_out: is_ruled_out(context, exit),
    }
}

/// The number of the step with which a way out is decided.
fn end_of(exit: &DutyExit) -> usize {
    let of = |is_end: &dyn Fn(&TraceStep) -> bool| exit.steps.iter().position(is_end);
    let found = match exit.outcome {
        Outcome::Reported => of(&|step| matches!(step.kind, StepKind::Report(_))),
        Outcome::Excused => of(&|step| matches!(step.kind, StepKind::Excuse(_))),
        _ => of(&|step| {
            step.at == exit.blame
                && matches!(
                    step.kind,
                    StepKind::Leave | StepKind::Skip | StepKind::Defer(_) | StepKind::HandOut(_)
                )
        }),
    };
    found.unwrap_or(exit.steps.len())
}

/// What a step before the end is in the picture; nothing where it says nothing there.
fn step_words(context: &Context<'_>, step: &TraceStep) -> Option<(NodeKind, String)> {
    let quoted = || duty_words::quote(context, step.at);
    Some(match &step.kind {
        StepKind::Enter(name) => (NodeKind::Call, format!("calls `{name}`")),
        StepKind::Branch(BranchKind::Case) => (NodeKind::Condition, format!("`{}`", quoted())),
        StepKind::Branch(BranchKind::Caught) => (NodeKind::Condition, "an error is caught".to_owned()),
        StepKind::Branch(_) => {
            // `guard let provider`: what is nil is `provider`.
            (NodeKind::Condition, duty_words::words(context, step).replacen("`let ", "`", 1))
        }
        StepKind::NoRound => (NodeKind::Condition, "not one round of this is run".to_owned()),
        StepKind::Throw => (NodeKind::Condition, "an error is thrown".to_owned()),
        StepKind::Skip => (NodeKind::Condition, format!("`{}` is nil", quoted())),
        StepKind::TakenForReport(why) => (NodeKind::Call, format!("`{}` is no report: it {why}", quoted())),
        StepKind::Report(_)
        | StepKind::Defer(_)
        | StepKind::HandOut(_)
        | StepKind::Leave
        | StepKind::Excuse(_) => return None,
    })
}

/// What becomes of the duty at the end of a way.
fn end_words(context: &Context<'_>, exit: &DutyExit, end: Option<&TraceStep>) -> String {
    let why = end.map(|step| &step.kind);
    let leaves = match duty_words::quote(context, exit.blame) {
        text if text.starts_with("return") => "returns",
        text if text.starts_with("throw") => "throws",
        _ => "ends",
    };
    match (exit.outcome, why) {
        (Outcome::Reported, Some(StepKind::Report(by))) => format!("reports the call ({by})"),
        (Outcome::Reported, _) => "reports the call".to_owned(),
        (Outcome::Deferred, Some(StepKind::Defer(by))) if by == "await" => {
            "too late: it goes on, and reports, after the handler has returned".to_owned()
        }
        (Outcome::Deferred, Some(StepKind::Defer(by))) => {
            format!("too late: `{by}` reports after the handler has returned")
        }
        (Outcome::Deferred, _) => "too late: the handler is `async`".to_owned(),
        (Outcome::Missing, _) => format!("{leaves} with no call reported"),
        (Outcome::NilHolder, _) => {
            let holder =
                exit.nil_holder.map(|holder| duty_words::quote(context, holder.at)).unwrap_or_default();
            if exit.nil_holder.is_some_and(|holder| holder.is_written_out) {
                format!("{leaves} with no call reported where `{holder}` is nil")
            } else {
                format!("skips the report where `{holder}` is nil")
            }
        }
        (Outcome::Unseen, Some(StepKind::HandOut(why))) => format!("not seen whether it reports: {why}"),
        (Outcome::Unseen, _) => "not seen whether it reports".to_owned(),
        (Outcome::Excused, Some(StepKind::Excuse(why))) => {
            format!("excused: {why}, `{}`", duty_words::quote(context, exit.blame))
        }
        (Outcome::Excused, _) => "excused".to_owned(),
    }
}

impl HandlerTrace {
    /// The tree with one line for ways that report, or are excused, at the same place, and for long chains of calls.
    pub fn folded(&self) -> Vec<Node> {
        tree::shortened(&tree::folded(&self.tree))
    }
}

impl LaunchTrace {
    /// The turns with one line for long chains of calls.
    pub fn folded(&self) -> Vec<Node> {
        tree::shortened(&self.turns)
    }
}
