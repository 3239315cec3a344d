//! `ignored-provider-reset`: the system has dropped all calls, and the app does not do the same.

use super::context::Context;
use super::delegate_methods::DELEGATE;
use crate::facts::{Block, ExprKind, FileFacts, StmtKind};
use crate::finding::{Confidence, Finding, Level};
use crate::program::{FunctionRef, Place, Target};
use crate::source::Role;
use crate::vocabulary::Meaning;

/// The id of the rule.
const ID: &str = "ignored-provider-reset";

/// The vocabulary's name for methods of loggers.
const LOGGING: &str = "logging";

const EXAMPLE: &str = "\
func providerDidReset(_ provider: CXProvider) {
    calls.forEach { $0.hangUp() }
    calls.removeAll()
}";

/// Finds `providerDidReset(_:)` with nothing in it, or with nothing but logging.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let is_resetting = |at: &FunctionRef| {
        program.role(at.file) == Role::Own
            && program.function(*at).params.len() == 1
            && program.owner(*at).is_some_and(|owner| program.inherits_outside(owner, DELEGATE))
    };
    let methods = program.functions_named("providerDidReset").iter().copied().filter(is_resetting);
    let ignored = methods.filter(|at| {
        program.body(*at).is_some_and(|body| !program.is_damaged(*at) && does_nothing(context, *at, body))
    });
    ignored.map(|at| finding(context, at)).collect()
}

fn does_nothing(context: &Context<'_>, at: FunctionRef, body: &Block) -> bool {
    let file = context.program.file(at.file);
    body.stmts.iter().all(|stmt| match &file.stmt(*stmt).kind {
        StmtKind::Expr(value) => is_logging(context, at, file, *value),
        StmtKind::Return(None) => true,
        _ => false,
    })
}

fn is_logging(context: &Context<'_>, at: FunctionRef, file: &FileFacts, value: crate::facts::ExprId) -> bool {
    let program = context.program;
    let ExprKind::Call { callee, args, .. } = &file.expr(value).kind else { return false };
    let scope = context.graph.scope(at);
    match program.resolve(&Place::of(program, at, &scope), *callee, args) {
        Target::Outside { call, .. } => {
            // `calls.removeAll()` is harmless, too, and does what is to be done.
            let found = context.vocabulary.lookup(&call);
            found.is_some_and(|found| {
                matches!(found.meaning, Meaning::Harmless) && (call.chain.is_empty() || found.name == LOGGING)
            })
        }
        _ => false,
    }
}

fn finding(context: &Context<'_>, at: FunctionRef) -> Finding {
    let program = context.program;
    let location = program.location(at.file, program.function(at).name_span);
    Finding {
        rule: ID,
        level: Level::Note,
        confidence: Confidence::Medium,
        message: "`providerDidReset` leaves the app's calls as they are".to_owned(),
        location,
        label: "the system has forgotten every call".to_owned(),
        related: Vec::new(),
        steps: Vec::new(),
        help: Some("end all calls, stop the audio, and forget the calls' identifiers".to_owned()),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: [location.file].into_iter().collect(),
    }
}
