//! `dropped-push-token`: `pushToken(for:)` is asked, and nobody takes the answer.

use super::context::Context;
use crate::facts::{Arg, ExprId, ExprKind, FileFacts, FunctionKind, StmtId, StmtKind};
use crate::finding::{Confidence, Finding, Level};
use crate::program::CallSite;
use crate::source::Role;

/// The id of the rule.
pub(super) const ID: &str = "dropped-push-token";

const METHOD: &str = "pushToken";

/// Finds calls whose result is a statement of its own.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let own = program.calls(METHOD).iter().filter(|site| program.role(site.call.file) == Role::Own);
    own.filter_map(|site| finding(context, site)).collect()
}

fn finding(context: &Context<'_>, site: &CallSite) -> Option<Finding> {
    let program = context.program;
    let file = program.file(site.call.file);
    let ExprKind::Call { callee, args, .. } = &program.expr(site.call).kind else { return None };
    let ExprKind::Member { base: Some(_), name_span, .. } = &file.expr(*callee).kind else { return None };
    let is_of_project = program.functions_named(METHOD).iter().any(|at| program.fits(*at, args));
    if is_of_project || !asks_for_voip(file, args) || !is_dropped(file, site.call.id) {
        return None;
    }
    Some(Finding {
        rule: ID,
        level: Level::Note,
        confidence: Confidence::Medium,
        message: "`pushToken(for:)` is called, and nothing takes the token".to_owned(),
        location: program.location(site.call.file, *name_span),
        label: "it asks for no token, it only hands out a known one".to_owned(),
        related: Vec::new(),
        steps: Vec::new(),
        help: Some(
            "leave the call out, or use its result: setting `desiredPushTypes` asks for a token, and \
             `pushRegistry(_:didUpdate:for:)` brings it"
                .to_owned(),
        ),
        example: None,
        fix: None,
        consulted: [program.file_id(site.call.file)].into_iter().collect(),
    })
}

/// `(for: .voIP)`
fn asks_for_voip(file: &FileFacts, args: &[Arg]) -> bool {
    let [arg] = args else { return false };
    arg.label.as_deref() == Some("for")
        && matches!(&file.expr(arg.value).kind, ExprKind::Member { name, .. } if name == "voIP")
}

/// Whether a call is a statement, and not the whole of a body that gives its value back.
fn is_dropped(file: &FileFacts, call: ExprId) -> bool {
    let is_it = |id: &StmtId| matches!(file.stmt(*id).kind, StmtKind::Expr(value) if value == call);
    let span = file.expr(call).span;
    let is_statement = file.stmts_in(span).any(|(id, _)| is_it(&id));
    let is_result = file.functions_around(span).any(|(_, function)| {
        let gives_back = function.result.as_ref().is_some_and(|ty| !ty.is_void())
            || matches!(function.kind, FunctionKind::Closure | FunctionKind::Getter);
        gives_back
            && file.body(function).is_some_and(|body| matches!(body.stmts.as_slice(), [only] if is_it(only)))
    });
    is_statement && !is_result
}
