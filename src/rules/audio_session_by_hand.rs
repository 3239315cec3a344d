//! `audio-session-by-hand`: the app activates the audio session of a call, which is CallKit's to do.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, worst_of_each_place};
use super::delegate_methods::{is_method, methods};
use super::kept::value_of_local;
use crate::facts::{ExprId, ExprKind, FileFacts, FunctionKind};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::program::{CallSite, ExprRef, FunctionRef, Place, Program};
use crate::source::Role;

/// The id of the rule.
const ID: &str = "audio-session-by-hand";

/// Apple's class, and the one around it of WebRTC.
const SESSIONS: &[&str] = &["AVAudioSession", "RTCAudioSession"];

/// CallKit's method that reports a call.
const REPORT: &str = "reportNewIncomingCall";

const EXAMPLE: &str = "\
func provider(_ provider: CXProvider, didActivate audioSession: AVAudioSession) {
    startAudio()
}";

/// Finds `setActive(true)` on the way of a push handler, or of a method that starts or answers a call.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let handlers = context.duties.iter().map(|duty| duty.function);
    let answers = methods(context, "perform", "CXAnswerCallAction");
    let starts = methods(context, "perform", "CXStartCallAction");
    let own = |at: &FunctionRef| program.role(at.file) == Role::Own;
    // Most of what a handler leads to has nothing to do with it.
    let leading = leading(program);
    if leading.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for begin in handlers.chain(answers).chain(starts).filter(own) {
        let mut came_from: BTreeMap<FunctionRef, Option<FunctionRef>> = BTreeMap::from([(begin, None)]);
        let mut open = vec![begin];
        while let Some(at) = open.pop() {
            for call in activations(context, at) {
                findings.push(finding(context, begin, at, &came_from, call));
            }
            for next in context.graph.functions_called(at) {
                // What the system calls when the session is active may activate what it likes.
                let is_after = is_method(program, next, "didActivate", None);
                if leading.contains(&next)
                    && own(&next)
                    && !is_after
                    && !is_put_off(context, next)
                    && !came_from.contains_key(&next)
                {
                    came_from.insert(next, Some(at));
                    open.push(next);
                }
            }
        }
    }
    worst_of_each_place(findings)
}

/// The functions that activate something, and those that name one of them, by name alone.
fn leading(program: &Program) -> BTreeSet<FunctionRef> {
    let mut open: Vec<FunctionRef> =
        program.calls("setActive").iter().filter_map(|site| site.function).collect();
    let mut leading: BTreeSet<FunctionRef> = BTreeSet::new();
    while let Some(at) = open.pop() {
        if !leading.insert(at) {
            continue;
        }
        let facts = program.function(at);
        open.extend(facts.parent.map(|parent| FunctionRef { file: at.file, id: parent }));
        let built = program.owner(at).filter(|_| facts.kind == FunctionKind::Initializer);
        let made = built.map(|owner| program.calls(&program.ty(owner).name)).unwrap_or_default();
        open.extend(made.iter().filter_map(|site| site.function));
        open.extend(program.mentions(&facts.name).iter().filter_map(|mention| mention.function));
    }
    leading
}

/// Whether a function is a closure of which nobody knows that it runs before the session is active: any but the one that
/// learns that a call was reported.
fn is_put_off(context: &Context<'_>, at: FunctionRef) -> bool {
    let program = context.program;
    let is_given = |site: &CallSite| match &program.expr(site.call).kind {
        ExprKind::Call { args, .. } => args.iter().any(|arg| {
            site.call.file == at.file
                && matches!(program.file(at.file).expr(arg.value).kind, ExprKind::Closure(id) if id == at.id)
        }),
        _ => false,
    };
    program.function(at).kind == FunctionKind::Closure && !program.calls(REPORT).iter().any(is_given)
}

/// The calls in a function that activate the session.
fn activations(context: &Context<'_>, at: FunctionRef) -> Vec<ExprRef> {
    let program = context.program;
    let file = program.file(at.file);
    let in_it = program.calls("setActive").iter().filter(|site| site.function == Some(at));
    let activates = |call: &ExprRef| {
        let ExprKind::Call { callee, args, .. } = &program.expr(*call).kind else { return false };
        let ExprKind::Member { base: Some(base), .. } = file.expr(*callee).kind else { return false };
        let is_true =
            args.first().is_some_and(|arg| matches!(file.expr(arg.value).kind, ExprKind::Bool(true)));
        is_true && is_session(context, at, base)
    };
    in_it.map(|site| site.call).filter(activates).collect()
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

fn finding(
    context: &Context<'_>,
    begin: FunctionRef,
    at: FunctionRef,
    came_from: &BTreeMap<FunctionRef, Option<FunctionRef>>,
    call: ExprRef,
) -> Finding {
    let program = context.program;
    let way = std::iter::successors(Some(at), |at| came_from.get(at).copied().flatten());
    let mut steps: Vec<Step> = way
        .map(|at| {
            let facts = program.function(at);
            let name =
                if facts.name.is_empty() { "a closure".to_owned() } else { format!("`{}`", facts.name) };
            Step { location: program.location(at.file, facts.name_span), text: format!("{name} begins here") }
        })
        .collect();
    steps.reverse();
    let is_push = context.duties.iter().any(|duty| duty.function == begin);
    let when = if is_push { "when the push arrives" } else { "before the call has the session" };
    let location = program.location(call.file, program.expr(call).span);
    let consulted = steps.iter().map(|step| step.location.file).chain([location.file]).collect();
    Finding {
        rule: ID,
        level: Level::Warning,
        confidence: Confidence::Medium,
        message: format!("the app activates the audio session by itself, {when}"),
        location,
        label: "CallKit activates the session, with a priority that the app does not have".to_owned(),
        related: Vec::new(),
        steps,
        help: Some(
            "set the category and the mode here, and start the audio in `provider(_:didActivate:)`"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted,
    }
}
