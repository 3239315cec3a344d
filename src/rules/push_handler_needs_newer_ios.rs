//! `push-handler-needs-newer-ios`: only the handler of iOS 26.4 is there, and the app runs on older systems.

use super::context::Context;
use super::push_delegates::{handlers, is_all_known, is_delegate, own_types};
use crate::facts::{Attribute, TypeDeclKind};
use crate::finding::{Confidence, Finding, Level};
use crate::program::{FunctionRef, TypeIndex};
use crate::vocabulary::HandlerForm;

/// The id of the rule.
pub(super) const ID: &str = "push-handler-needs-newer-ios";

/// The first version that calls the handler with `metadata`.
const FIRST: (u16, u16) = (26, 4);

const EXAMPLE: &str = "\
func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                  for type: PKPushType, completion: @escaping () -> Void) {";

/// Finds delegates that older systems cannot hand a push to.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    if context.settings.deployment_target.is_some_and(|target| target >= FIRST) {
        return Vec::new();
    }
    let is_new = |form: HandlerForm| matches!(form, HandlerForm::Metadata | HandlerForm::AsyncMetadata);
    own_types(context)
        .filter(|ty| is_delegate(program, *ty) && is_all_known(program, *ty))
        .filter_map(|ty| {
            let found = handlers(program, ty);
            let (newer, _) = *found.first()?;
            // Of a family of types the one that has the handler speaks.
            let speaks = program.owner(newer) == Some(ty) && found.iter().all(|(_, form)| is_new(*form));
            (speaks && runs_on_older(context, newer)).then(|| finding(context, ty, newer))
        })
        .collect()
}

/// Whether the type lives on systems that do not call the handler. The handler's own types exist on newer systems
/// only: unless it is marked as limited to them, it compiles in no app that runs on older ones. A type that is
/// limited as a whole leaves older systems to another one.
fn runs_on_older(context: &Context<'_>, handler: FunctionRef) -> bool {
    let program = context.program;
    let is_limited = |attributes: &[Attribute]| attributes.iter().any(|known| known.name == "available");
    let facts = program.function(handler);
    let extension = facts
        .owner
        .map(|id| program.decl(handler.file, id))
        .filter(|decl| decl.kind == TypeDeclKind::Extension && is_limited(&decl.attributes));
    context.settings.deployment_target.is_some() || is_limited(&facts.attributes) || extension.is_some()
}

fn finding(context: &Context<'_>, ty: TypeIndex, handler: FunctionRef) -> Finding {
    let program = context.program;
    let facts = program.function(handler);
    let app = match context.settings.deployment_target {
        Some((major, minor)) => format!("the app runs from iOS {major}.{minor} on"),
        None => "it is marked as one for newer systems only".to_owned(),
    };
    Finding {
        rule: ID,
        level: Level::Error,
        confidence: Confidence::Medium,
        message: format!(
            "below iOS 26.4 nothing in `{}` takes a push: this handler is newer, and {app}",
            program.ty(ty).name
        ),
        location: program.location(handler.file, facts.name_span),
        label: "PushKit calls this from iOS 26.4 on".to_owned(),
        related: Vec::new(),
        steps: Vec::new(),
        help: Some(
            "implement the handler with `completion` too, and report every call in it: iOS 26.4 and later \
             call the one with `metadata`, older systems the other"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: program.files_of(ty),
    }
}
