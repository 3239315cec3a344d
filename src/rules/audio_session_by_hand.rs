//! `audio-session-by-hand`: the app activates the audio session of a call, which is CallKit's to do.

use super::context::{Context, worst_of_each_place};
use super::duty_words::{location, words};
use crate::analysis::duty::{ActionDuty, BranchKind, DutyExit, StepKind, TraceStep};
use crate::analysis::retention::value_of_local;
use crate::facts::{ExprId, ExprKind, FileFacts};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::program::{CallSite, FunctionRef, Place};
use crate::report::Outcome;

/// The id of the rule.
const ID: &str = "audio-session-by-hand";

/// Apple's class, and the one around it of WebRTC.
const SESSIONS: &[&str] = &["AVAudioSession", "RTCAudioSession"];

/// CallKit's method that reports a call: what it calls back runs before the session is active.
const REPORT: &str = "reportNewIncomingCall";

const EXAMPLE: &str = "\
func provider(_ provider: CXProvider, didActivate audioSession: AVAudioSession) {
    startAudio()
}";

/// Finds ways of a push handler, or of a method that starts or answers a call, on which the session is activated.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for begin in context.activations {
        let is_told = |exit: &&DutyExit| is_before_session(exit) && !is_without_call(context, begin, exit);
        for exit in begin.ways_out.iter().filter(is_told) {
            let activation = exit.steps.iter().position(|step| matches!(step.kind, StepKind::Report(_)));
            let way = &exit.steps[..activation.map_or(0, |at| at + 1)];
            findings.extend(
                way.last().filter(|step| is_of_session(context, step)).map(|_| finding(context, begin, way)),
            );
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

/// Whether what happens on a way happens before the session is active: of what is put off, only what learns that a call was
/// reported.
fn is_before_session(exit: &DutyExit) -> bool {
    let mut put_off = exit.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Defer(by) => Some(by),
        _ => None,
    });
    matches!(exit.outcome, Outcome::Reported | Outcome::Deferred) && put_off.all(|by| by.ends_with(REPORT))
}

/// Whether the push handler reports no call on any way on which its conditions decide as they do here: CallKit has no session to
/// activate then. That no call is reported is told by itself.
fn is_without_call(context: &Context<'_>, begin: &ActionDuty, exit: &DutyExit) -> bool {
    let Some(handler) = context.duties.iter().find(|duty| duty.function == begin.function) else {
        return false;
    };
    let mut same = handler.ways_out.iter().filter(|way| !contradict(&way.steps, &exit.steps)).peekable();
    same.peek().is_some() && same.all(|way| way.outcome == Outcome::Missing)
}

/// Whether a condition holds on one way and does not on the other.
fn contradict(one: &[TraceStep], other: &[TraceStep]) -> bool {
    let decided = |step: &TraceStep| match step.kind {
        StepKind::Branch(BranchKind::Holds | BranchKind::NotNil) => Some(true),
        StepKind::Branch(BranchKind::Fails | BranchKind::Nil | BranchKind::Lacking | BranchKind::Unset) => {
            Some(false)
        }
        _ => None,
    };
    let differs = |a: &TraceStep, b: &TraceStep| {
        a.at == b.at && decided(a).is_some_and(|holds| decided(b) == Some(!holds))
    };
    one.iter().any(|a| other.iter().any(|b| differs(a, b)))
}

/// Whether the call at a step is one to the audio session.
fn is_of_session(context: &Context<'_>, step: &TraceStep) -> bool {
    let program = context.program;
    let (file, span) = step.at;
    let base_of = |site: &CallSite| {
        let ExprKind::Call { callee, .. } = &program.expr(site.call).kind else { return None };
        match &program.file(file).expr(*callee).kind {
            ExprKind::Member { base: Some(base), name_span, .. } if *name_span == span => {
                Some((site.function?, *base))
            }
            _ => None,
        }
    };
    let mut sites = program.calls("setActive").iter().filter(|site| site.call.file == file);
    sites.find_map(base_of).is_some_and(|(at, base)| is_session(context, at, base))
}

/// Whether an expression in a function is the shared audio session: by its type, or by the value that it begins with.
fn is_session(context: &Context<'_>, at: FunctionRef, expr: ExprId) -> bool {
    let program = context.program;
    let scope = context.graph.scope(at);
    let place = Place::of(program, at, &scope);
    let ty = program.type_of(&place, expr);
    if ty.as_ref().and_then(|ty| program.outside_type(ty)).is_some_and(|name| SESSIONS.contains(&name)) {
        return true;
    }
    let file = program.file(at.file);
    let is_shared = |file: &FileFacts, value: ExprId| match &file.expr(value).kind {
        ExprKind::Call { callee, .. } => match &file.expr(*callee).kind {
            ExprKind::Member { base: Some(base), name, .. } => {
                name == "sharedInstance"
                    && matches!(&file.expr(*base).kind, ExprKind::Name(name) if SESSIONS.contains(&name.as_str()))
            }
            _ => false,
        },
        _ => false,
    };
    let local = match &file.expr(expr).kind {
        ExprKind::Name(name) => value_of_local(file, program.function(at), name),
        _ => Some(expr),
    };
    let of_property = || {
        let property = program.property_at(&place, expr)?;
        Some(is_shared(program.file(property.file), program.property(property).initial?))
    };
    local.is_some_and(|value| is_shared(file, value)) || of_property() == Some(true)
}

fn finding(context: &Context<'_>, begin: &ActionDuty, way: &[TraceStep]) -> Finding {
    let program = context.program;
    let start = program.location(begin.function.file, program.function(begin.function).name_span);
    let is_push = context.duties.iter().any(|duty| duty.function == begin.function);
    let (beginning, when) = if is_push {
        ("the push arrives here", "when the push arrives")
    } else {
        ("the system asks for the action here", "before the call has the session")
    };
    let (activation, before) =
        way.split_last().map_or((start, way), |(last, before)| (location(context, last.at), before));
    let beginning = Step { location: start, text: beginning.to_owned() };
    let calls = before.iter().filter(|step| matches!(step.kind, StepKind::Enter(_) | StepKind::Defer(_)));
    let calls = calls.map(|step| Step { location: location(context, step.at), text: words(context, step) });
    let end = Step { location: activation, text: "the session is activated here".to_owned() };
    Finding {
        rule: ID,
        level: Level::Warning,
        confidence: Confidence::Medium,
        message: format!("the app activates the audio session by itself, {when}"),
        location: activation,
        label: "CallKit activates the session, with a priority that the app does not have".to_owned(),
        related: Vec::new(),
        steps: std::iter::once(beginning).chain(calls).chain([end]).collect(),
        help: Some(
            "set the category and the mode here, and start the audio in `provider(_:didActivate:)`"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: context.consulted(begin.function),
    }
}
