//! Which types take pushes from a registry, and by which of the handler's spellings.

use super::context::Context;
use crate::analysis::duty::may_name_voip;
use crate::facts::{ExprKind, Function, FunctionKind, TypeDeclKind};
use crate::program::{ExprRef, FunctionRef, Place, Program, Scope, TypeIndex, Write};
use crate::source::Role;
use crate::vocabulary::{HandlerForm, handler_form, is_apple_type};

/// The protocol of a registry's delegate.
const DELEGATE: &str = "PKPushRegistryDelegate";

/// The name of every method of the delegate.
pub(super) const METHOD: &str = "pushRegistry";

/// The form of a function by its name and labels, whoever calls it.
pub(super) fn form(facts: &Function) -> Option<HandlerForm> {
    if facts.kind != FunctionKind::Function {
        return None;
    }
    let labels: Vec<Option<&str>> = facts.params.iter().map(|param| param.label.as_deref()).collect();
    handler_form(&facts.name, &labels, facts.is_async)
}

/// Whether the labels are those that Swift 2 had: the form of a handler, which nobody calls any more.
pub(super) fn is_old_spelling(facts: &Function) -> bool {
    facts.params.last().and_then(|param| param.label.as_deref()) == Some("forType")
}

/// Whether a type is written for an SDK before that of iOS 11: it has the method for the token, which the protocol
/// requires, under another name alone, so that no compiler takes it as it is.
pub(super) fn is_of_old_sdk(program: &Program, ty: TypeIndex) -> bool {
    let takes_token = |facts: &Function| {
        let mut types = facts.params.iter().filter_map(|param| param.ty.as_ref()?.name());
        types.any(|name| name == "PKPushCredentials")
    };
    let methods = program.ancestry(ty).into_iter().flat_map(|at| program.methods(at, METHOD));
    let mut labels = methods
        .map(|at| program.function(*at))
        .filter(|facts| takes_token(facts))
        .map(|facts| facts.params.iter().map(|param| param.label.as_deref()).collect::<Vec<_>>())
        .peekable();
    labels.peek().is_some() && labels.all(|labels| labels != [None, Some("didUpdate"), Some("for")])
}

/// The handlers that PushKit finds in a type, its supertypes and its subtypes.
pub(super) fn handlers(program: &Program, ty: TypeIndex) -> Vec<(FunctionRef, HandlerForm)> {
    let mut found = Vec::new();
    for at in program.ancestry(ty).into_iter().chain(program.descendants(ty)) {
        for method in program.methods(at, METHOD) {
            let facts = program.function(*method);
            if let Some(form) = form(facts).filter(|_| facts.body.is_some() && is_exposed(program, *method)) {
                found.push((*method, form));
            }
        }
    }
    found
}

/// Whether Objective-C sees a method of an exposed type under the name that the protocol gives it.
pub(super) fn is_exposed(program: &Program, method: FunctionRef) -> bool {
    let facts = program.function(method);
    !is_old_spelling(facts) && !facts.modifiers.is_static && !is_hidden(program, method)
}

/// Whether a method is `private` in a type that is not.
pub(super) fn is_hidden(program: &Program, method: FunctionRef) -> bool {
    let facts = program.function(method);
    let Some(owner) = program.owner(method) else { return false };
    let is_private_type = program.ty(owner).decls.iter().any(|(file, id)| {
        let decl = program.decl(*file, *id);
        decl.kind != TypeDeclKind::Extension && decl.modifiers.is_private
    });
    let by_extension = facts.owner.is_some_and(|id| {
        let decl = program.decl(method.file, id);
        decl.kind == TypeDeclKind::Extension && decl.modifiers.is_private
    });
    (facts.modifiers.is_private || by_extension) && !is_private_type
}

/// Whether a type, or one that inherits from it, is a registry's delegate.
pub(super) fn is_delegate(program: &Program, ty: TypeIndex) -> bool {
    program.has_heir(ty, DELEGATE)
}

/// Whether all that a type inherits from is known: the project's own types and Apple's.
pub(super) fn is_all_known(program: &Program, ty: TypeIndex) -> bool {
    let is_declared = |at: &TypeIndex| program.ty(*at).kind != TypeDeclKind::Extension;
    program.ancestry(ty).iter().all(is_declared)
        && program.outside_ancestors(ty).iter().all(|name| is_apple_type(name) || *name == DELEGATE)
}

/// Whether a call in the project may run a function: a delegate that another one hands its pushes to.
pub(super) fn is_called(program: &Program, at: FunctionRef) -> bool {
    let facts = program.function(at);
    program.calls(&facts.name).iter().any(|site| match &program.expr(site.call).kind {
        ExprKind::Call { args, .. } => program.fits(at, args),
        _ => false,
    })
}

/// The types of the project's own code, in order of files and places.
pub(super) fn own_types<'a>(context: &'a Context<'_>) -> impl Iterator<Item = TypeIndex> + 'a {
    let program = context.program;
    program
        .types()
        .filter(|(_, ty)| {
            ty.decls.first().is_some_and(|(file, _)| program.role(*file) == Role::Own)
                && !matches!(ty.kind, TypeDeclKind::Protocol | TypeDeclKind::Extension)
        })
        .map(|(index, _)| index)
}

/// The places that make an object of a type the delegate of a registry that asks for calls.
pub(super) fn places_set(program: &Program, ty: TypeIndex) -> Vec<ExprRef> {
    let registry = |write: &Write| {
        let target = write.target?;
        let owner = write.function.and_then(|at| program.owner(at));
        match &program.expr(target).kind {
            ExprKind::Member { base: Some(base), .. } => Some((owner, program.dotted(target.file, *base)?)),
            _ => None,
        }
    };
    let asking: Vec<_> = program
        .writes("desiredPushTypes")
        .iter()
        .filter(|write| program.role(write.value.file) == Role::Own && may_name_voip(program, write.value))
        .filter_map(registry)
        .collect();
    let of_type = |write: &Write| {
        let scope = Scope::default();
        let owner = write.function.and_then(|at| program.owner(at));
        let place = Place { file: write.value.file, function: write.function, owner, scope: &scope };
        program.type_of(&place, write.value.id).and_then(|ty| ty.project()) == Some(ty)
    };
    let owners: Vec<TypeIndex> = asking.iter().filter_map(|(owner, _)| *owner).collect();
    let is_around =
        |file: u32| owners.iter().any(|ty| program.ty(*ty).decls.iter().any(|(known, _)| *known == file));
    program
        .writes_in("delegate", is_around)
        .filter(|write| registry(write).is_some_and(|registry| asking.contains(&registry)))
        .filter(of_type)
        .map(|write| write.value)
        .collect()
}
