//! The small words of the dump: types, modifiers, conditions.

use std::fmt::Write as _;

use smol_str::SmolStr;

use crate::facts::{Attribute, BuildCondition, Function, Modifiers, TypeKind, TypeRef};

pub(super) fn mark(is_optional: bool) -> &'static str {
    if is_optional { "?" } else { "" }
}

pub(super) fn effects(function: &Function) -> String {
    format!(
        "{}{}",
        if function.is_async { " async" } else { "" },
        if function.is_throwing { " throws" } else { "" }
    )
}

pub(super) fn label_text(label: Option<&SmolStr>) -> String {
    label.map(|label| format!("{label}: ")).unwrap_or_default()
}

pub(super) fn jump(word: &str, label: Option<&SmolStr>) -> String {
    label.map_or_else(|| word.to_owned(), |label| format!("{word} {label}"))
}

pub(super) fn attributes(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes {
        let _ = if attribute.arguments.is_empty() {
            write!(text, "@{} ", attribute.name)
        } else {
            write!(text, "@{}({}) ", attribute.name, attribute.arguments)
        };
    }
    text
}

pub(super) fn modifiers(modifiers: Modifiers) -> String {
    let words = [
        (modifiers.is_public, "public "),
        (modifiers.is_private, "private "),
        (modifiers.is_static, "static "),
        (modifiers.is_override, "override "),
        (modifiers.is_lazy, "lazy "),
        (modifiers.is_weak, "weak "),
        (modifiers.is_unowned, "unowned "),
        (modifiers.is_nonisolated, "nonisolated "),
        (modifiers.is_mutating, "mutating "),
    ];
    words.iter().filter(|(is_set, _)| *is_set).map(|(_, word)| *word).collect()
}

pub(super) fn generics_text(generics: &[(SmolStr, Option<TypeRef>)]) -> String {
    if generics.is_empty() {
        return String::new();
    }
    let parts: Vec<_> = generics
        .iter()
        .map(|(name, bound)| {
            bound.as_ref().map_or_else(|| name.to_string(), |bound| format!("{name}: {}", type_text(bound)))
        })
        .collect();
    format!("<{}>", parts.join(", "))
}

pub(super) fn build_prefix(conditions: &[BuildCondition]) -> String {
    conditions.iter().fold(String::new(), |mut text, condition| {
        let _ = write!(text, "#if {} ", build_text(condition));
        text
    })
}

pub(super) fn build_text(condition: &BuildCondition) -> String {
    let list = |parts: &[BuildCondition], op: &str| {
        let texts: Vec<_> = parts.iter().map(build_text).collect();
        format!("({})", texts.join(op))
    };
    match condition {
        BuildCondition::Flag(name) => name.to_string(),
        BuildCondition::Simulator => "simulator".to_owned(),
        BuildCondition::Os(name) => format!("os({name})"),
        BuildCondition::CanImport(module) => format!("canImport({module})"),
        BuildCondition::Not(inner) => format!("!{}", build_text(inner)),
        BuildCondition::And(parts) => list(parts, " && "),
        BuildCondition::Or(parts) => list(parts, " || "),
        BuildCondition::Constant(value) => value.to_string(),
        BuildCondition::Other(text) => text.to_string(),
    }
}

pub(super) fn type_text(ty: &TypeRef) -> String {
    let list = |parts: &[TypeRef], between: &str| {
        let texts: Vec<_> = parts.iter().map(type_text).collect();
        texts.join(between)
    };
    match &ty.kind {
        TypeKind::Named { path, args, .. } if args.is_empty() => path.to_string(),
        TypeKind::Named { path, args, .. } => format!("{path}<{}>", list(args, ", ")),
        TypeKind::Optional(inner) => format!("{}?", type_text(inner)),
        TypeKind::ImplicitOptional(inner) => format!("{}!", type_text(inner)),
        TypeKind::Function { params, result, is_async } => {
            let word = if *is_async { " async" } else { "" };
            format!("(({}){word} -> {})", list(params, ", "), type_text(result))
        }
        TypeKind::Tuple(parts) => format!("({})", list(parts, ", ")),
        TypeKind::Array(inner) => format!("[{}]", type_text(inner)),
        TypeKind::Dictionary(key, value) => format!("[{}: {}]", type_text(key), type_text(value)),
        TypeKind::Composition(parts) => list(parts, " & "),
        TypeKind::Metatype(inner) => format!("{}.Type", type_text(inner)),
        TypeKind::Other => "other".to_owned(),
    }
}
