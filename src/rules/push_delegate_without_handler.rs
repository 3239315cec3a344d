//! `push-delegate-without-handler`: a registry that asks for calls has a delegate that takes no push.

use super::context::Context;
use super::push_delegates::{METHOD, handlers, is_all_known, is_delegate, own_types, places_set};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::program::{ExprRef, Program, TypeIndex};

/// The id of the rule.
pub(super) const ID: &str = "push-delegate-without-handler";

const EXAMPLE: &str = "\
func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                  for type: PKPushType, completion: @escaping () -> Void) {
    provider.reportNewIncomingCall(with: id, update: update) { _ in completion() }
}";

/// Finds delegates without any form of the push handler.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    own_types(context)
        .filter(|ty| {
            is_delegate(program, *ty)
                && is_all_known(program, *ty)
                && is_understood(program, *ty)
                && handlers(program, *ty).is_empty()
                && !has_lookalike(program, *ty)
        })
        .filter_map(|ty| Some(finding(context, ty, *places_set(program, ty).first()?)))
        .collect()
}

/// Whether nothing of the type's declarations was lost in parsing.
fn is_understood(program: &Program, ty: TypeIndex) -> bool {
    program.ty(ty).decls.iter().all(|(file, id)| {
        let span = program.decl(*file, *id).span;
        !program.file(*file).damaged().iter().any(|damaged| span.contains(*damaged))
    })
}

/// Whether a method is given the payload: that PushKit does not call it, another rule says.
fn has_lookalike(program: &Program, ty: TypeIndex) -> bool {
    let family = program.ancestry(ty).into_iter().chain(program.descendants(ty));
    let mut methods = family.flat_map(|ty| program.methods(ty, METHOD));
    methods.any(|at| {
        program.function(*at).params.iter().any(|param| {
            param.ty.as_ref().and_then(|ty| ty.name()).is_some_and(|name| name == "PKPushPayload")
        })
    })
}

fn finding(context: &Context<'_>, ty: TypeIndex, set: ExprRef) -> Finding {
    let program = context.program;
    let facts = program.ty(ty);
    let location = program.location(set.file, program.expr(set).span);
    let declared = facts.decls.first().map(|(file, id)| Step {
        location: program.location(*file, program.decl(*file, *id).name_span),
        text: "has no method that takes a push".to_owned(),
    });
    let mut consulted = program.files_of(ty);
    consulted.insert(location.file);
    Finding {
        rule: ID,
        level: Level::Error,
        confidence: Confidence::Medium,
        message: format!(
            "the registry asks for calls, and its delegate `{}` has no push handler",
            facts.name
        ),
        location,
        label: "no push reaches the app through this delegate".to_owned(),
        related: declared.into_iter().collect(),
        steps: Vec::new(),
        help: Some(
            "implement the push handler, and report a call in it: the system looks for the report whether a \
             handler is there or not"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted,
    }
}
