//! `unkept-call-identifier`: a call is reported under an identifier that nobody can name again.

use super::context::Context;
use crate::facts::{ExprKind, FileFacts};
use crate::finding::{Confidence, Finding, Level};
use crate::program::CallSite;
use crate::source::Role;

/// The id of the rule.
const ID: &str = "unkept-call-identifier";

const METHODS: &[&str] = &["reportNewIncomingCall", "reportNewIncomingConversation"];

const EXAMPLE: &str = "\
let id = UUID()
calls[id] = call
provider.reportNewIncomingCall(with: id, update: update) { _ in completion() }";

/// Finds reports whose identifier is made in the call itself.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let sites = METHODS.iter().flat_map(|name| program.calls(name));
    let own = sites.filter(|site| program.role(site.call.file) == Role::Own);
    own.filter_map(|site| finding(context, site)).collect()
}

fn finding(context: &Context<'_>, site: &CallSite) -> Option<Finding> {
    let program = context.program;
    let file = program.file(site.call.file);
    let ExprKind::Call { callee, args, .. } = &program.expr(site.call).kind else { return None };
    let ExprKind::Member { name, .. } = &file.expr(*callee).kind else { return None };
    // A function of the project may keep it.
    if program.functions_named(name).iter().any(|at| program.fits(*at, args)) {
        return None;
    }
    let made = args.iter().find(|arg| matches!(arg.label.as_deref(), Some("with" | "uuid")))?;
    if !is_new(file, made.value) {
        return None;
    }
    Some(Finding {
        rule: ID,
        level: Level::Note,
        confidence: Confidence::Medium,
        message: "the app does not keep the identifier of this call".to_owned(),
        location: program.location(site.call.file, file.expr(made.value).span),
        label: "made here, and known to nobody afterwards".to_owned(),
        related: Vec::new(),
        steps: Vec::new(),
        help: Some(
            "keep the identifier: without it the app cannot end the call when the caller hangs up, nor know it again"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: [program.file_id(site.call.file)].into_iter().collect(),
    })
}

/// `UUID()`
fn is_new(file: &FileFacts, value: crate::facts::ExprId) -> bool {
    let ExprKind::Call { callee, args, .. } = &file.expr(value).kind else { return false };
    args.is_empty()
        && matches!(&file.expr(*callee).kind, ExprKind::Name(name) if matches!(name.as_str(), "UUID" | "NSUUID"))
}
