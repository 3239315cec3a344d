//! The methods by which a provider tells its delegate what happens.

use super::context::Context;
use crate::facts::FunctionKind;
use crate::program::{FunctionRef, Program, TypeIndex};

/// The protocol of a provider's delegate.
pub(super) const DELEGATE: &str = "CXProviderDelegate";

/// `provider(_:label:)` with a second parameter of a type, in the project's own code.
pub(super) fn methods<'a>(
    context: &'a Context<'_>,
    label: &'a str,
    ty: &'a str,
) -> impl Iterator<Item = FunctionRef> {
    let program = context.program;
    let all = program.functions_named("provider").iter().copied();
    all.filter(move |at| is_method(program, *at, label, Some(ty)))
}

/// Whether a function is `provider(_:label:)`, with a second parameter of the type, where one is asked for.
pub(super) fn is_method(program: &Program, at: FunctionRef, label: &str, ty: Option<&str>) -> bool {
    let facts = program.function(at);
    let [first, second] = facts.params.as_slice() else { return false };
    let named = second.ty.as_ref().and_then(|ty| ty.name());
    facts.kind == FunctionKind::Function
        && facts.name == "provider"
        && facts.body.is_some()
        && first.label.is_none()
        && second.label.as_deref() == Some(label)
        && ty.is_none_or(|ty| named.is_some_and(|named| named == ty))
}

/// Whether a type, its supertypes or its subtypes have `provider(_:label:)`.
pub(super) fn has(program: &Program, ty: TypeIndex, label: &str) -> bool {
    let family = program.ancestry(ty).into_iter().chain(program.descendants(ty));
    let mut methods = family.flat_map(|ty| program.methods(ty, "provider"));
    methods.any(|at| is_method(program, *at, label, None))
}
