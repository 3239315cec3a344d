//! `uncalled-push-handler`: a method that looks like the push handler, and that PushKit never calls.

use super::context::Context;
use super::push_delegates::{
    METHOD, form, handlers, is_all_known, is_called, is_delegate, is_hidden, is_of_old_sdk, is_old_spelling,
};
use crate::facts::{Function, FunctionKind, TypeDeclKind};
use crate::finding::{Confidence, Finding, Level};
use crate::program::{FunctionRef, Program, TypeIndex};
use crate::source::Role;
use crate::vocabulary::HandlerForm;

/// The id of the rule.
pub(super) const ID: &str = "uncalled-push-handler";

const EXAMPLE: &str = "\
func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                  for type: PKPushType, completion: @escaping () -> Void) {";

/// Why nobody calls a method.
enum Why {
    /// Its labels are not those of any method of the protocol.
    Labels,
    /// The same, in a type that no compiler takes: the labels of an older SDK.
    OldLabels,
    /// It is `private`.
    Private,
    /// It is `static`.
    Static,
    /// `async` stands beside the completion handler.
    AsyncWithCompletion,
    /// Its type is no delegate.
    NoDelegate,
}

/// Finds handlers that PushKit never calls.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let looks = program.functions_named(METHOD).iter().copied().filter(|at| {
        let facts = program.function(*at);
        program.role(at.file) == Role::Own && facts.body.is_some() && looks_like_handler(facts)
    });
    looks
        .filter_map(|at| {
            let owner = program.owner(at)?;
            let why = why(context, at, owner)?;
            Some(finding(context, at, owner, &why))
        })
        .collect()
}

/// A member called `pushRegistry` that is given a payload.
fn looks_like_handler(facts: &Function) -> bool {
    facts.kind == FunctionKind::Function
        && facts.name == METHOD
        && facts.owner.is_some()
        && facts.parent.is_none()
        && facts.params.iter().any(|param| {
            param.ty.as_ref().and_then(|ty| ty.name()).is_some_and(|name| name == "PKPushPayload")
        })
}

fn why(context: &Context<'_>, at: FunctionRef, owner: TypeIndex) -> Option<Why> {
    let program = context.program;
    let facts = program.function(at);
    let has_own_name =
        facts.attributes.iter().any(|attribute| attribute.name == "objc" && !attribute.arguments.is_empty());
    let kind = program.ty(owner).kind;
    if has_own_name
        || matches!(kind, TypeDeclKind::Protocol | TypeDeclKind::Extension)
        || !handlers(program, owner).is_empty() && !is_sound(program, at)
        || is_called(program, at)
    {
        return None;
    }
    if !is_delegate(program, owner) {
        // Elsewhere in the app a handler that is called may do the work: then this one is left over.
        let has_other = program
            .functions_named(METHOD)
            .iter()
            .any(|other| *other != at && is_sound(program, *other) && is_of_delegate(program, *other));
        let is_known = is_all_known(program, owner) && program.descendants(owner).is_empty();
        let is_left_over = is_known && !has_other && form(facts).is_some();
        return (is_left_over && !is_offered(context, at, owner)).then_some(Why::NoDelegate);
    }
    match form(facts) {
        None if facts.is_async && facts.params.len() == 4 => Some(Why::AsyncWithCompletion),
        form if form.is_none() || is_old_spelling(facts) => {
            Some(if is_of_old_sdk(program, owner) { Why::OldLabels } else { Why::Labels })
        }
        Some(_) if facts.modifiers.is_static => Some(Why::Static),
        Some(_) if is_hidden(program, at) => Some(Why::Private),
        _ => None,
    }
}

/// Whether a method is one that a library offers to apps, each of which may call it from its own delegate.
fn is_offered(context: &Context<'_>, at: FunctionRef, owner: TypeIndex) -> bool {
    let program = context.program;
    let facts = program.function(at);
    let is_public = |file, id| program.decl(file, id).modifiers.is_public;
    let has_app = || context.project.has_app() || context.launch.has_app(program);
    let by_extension = facts.owner.is_some_and(|id| {
        program.decl(at.file, id).kind == TypeDeclKind::Extension && is_public(at.file, id)
    });
    (facts.modifiers.is_public || by_extension)
        && program.ty(owner).decls.iter().any(|(file, id)| is_public(*file, *id))
        && !has_app()
}

/// Whether PushKit calls a method if its type is a delegate.
fn is_sound(program: &Program, at: FunctionRef) -> bool {
    let is_handler = form(program.function(at)).is_some_and(|form| !matches!(form, HandlerForm::Managed(_)));
    is_handler && super::push_delegates::is_exposed(program, at)
}

fn is_of_delegate(program: &Program, at: FunctionRef) -> bool {
    program.owner(at).is_some_and(|owner| is_delegate(program, owner))
}

fn finding(context: &Context<'_>, at: FunctionRef, owner: TypeIndex, why: &Why) -> Finding {
    let program = context.program;
    let facts = program.function(at);
    let location = program.location(at.file, facts.name_span);
    let name = format!("{}.{}", program.ty(owner).name, facts.name);
    let (words, label, help) = match why {
        Why::Labels => (
            "its argument labels are those of no method of `PKPushRegistryDelegate`",
            "looks like the push handler, and is none",
            "spell the labels as the protocol does: its methods are optional, so that the compiler accepts every \
             other spelling without a word",
        ),
        Why::OldLabels => (
            "its argument labels are those of an SDK before that of iOS 11",
            "was the push handler, and is none",
            "spell the labels as the protocol does, here and in the method for the token: of that one alone the compiler \
             tells, since the protocol requires it",
        ),
        Why::Private => (
            "it is `private`",
            "`private` hides it from PushKit",
            "make it as visible as its type: a `private` method implements no method of an Objective-C protocol",
        ),
        Why::Static => (
            "it is `static`",
            "a method of the type, not of the delegate",
            "make it a method of the instance that is the registry's delegate",
        ),
        Why::AsyncWithCompletion => (
            "it is `async` and has a completion handler",
            "looks like the push handler, and is none",
            "leave out `async`: with it the method has another name for Objective-C",
        ),
        Why::NoDelegate => (
            "its type is no `PKPushRegistryDelegate`, and nothing in the project calls it",
            "its type is no delegate of a registry",
            "let the type conform to `PKPushRegistryDelegate`, and make its object the registry's delegate",
        ),
    };
    let level = if matches!(why, Why::NoDelegate | Why::OldLabels) { Level::Warning } else { Level::Error };
    Finding {
        rule: ID,
        level,
        confidence: Confidence::Medium,
        message: format!("PushKit never calls `{name}`: {words}"),
        location,
        label: label.to_owned(),
        related: Vec::new(),
        steps: Vec::new(),
        help: Some(help.to_owned()),
        example: matches!(why, Why::Labels | Why::OldLabels | Why::AsyncWithCompletion)
            .then(|| EXAMPLE.to_owned()),
        fix: None,
        consulted: program.files_of(owner),
    }
}
