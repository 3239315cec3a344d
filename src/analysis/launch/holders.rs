//! Which properties lead to a reporter: a provider, or an object of the project that has one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use smol_str::SmolStr;

use crate::facts::{Block, ExprId, ExprKind, FileFacts, Node, TypeDeclKind};
use crate::program::{Program, PropertyRef, Ty, TypeIndex};
use crate::source::Role;
use crate::vocabulary::{is_registry_type, is_reporter_type};

/// Holders of holders of holders of a provider; what is further away holds the app.
const MAX_LINKS: usize = 3;

/// The properties that lead to a reporter and are asked for, and those that hold a registry.
#[derive(Debug, Default)]
pub(super) struct Holders {
    /// Properties that lead to a reporter and are asked for, and the providers.
    pub(super) properties: BTreeSet<PropertyRef>,
    /// Their names.
    pub(super) names: BTreeSet<SmolStr>,
    /// Properties of the type `CXProvider` or `ConversationManager` itself.
    pub(super) providers: BTreeSet<PropertyRef>,
    /// Names of properties that hold a registry.
    pub(super) registries: HashSet<SmolStr>,
}

impl Holders {
    pub(super) fn new(program: &Program, asked: &BTreeSet<PropertyRef>) -> Self {
        let mut holders = Self::default();
        let mut typed: Vec<(PropertyRef, Ty)> = Vec::new();
        for (at, property) in program.properties() {
            if program.role(at.file) == Role::Test || !property.is_stored() {
                continue;
            }
            let Some(ty) = program.type_of_property(at) else { continue };
            match program.outside_type(&ty) {
                Some(name) if is_reporter_type(name) => {
                    holders.providers.insert(at);
                }
                None if is_reporter_protocol(program, &ty) => {
                    holders.providers.insert(at);
                }
                Some(name) if is_registry_type(name) => {
                    holders.registries.insert(property.name.clone());
                }
                _ => typed.push((at, ty)),
            }
        }
        let mut types = reporting_types(program);
        types.extend(holders.providers.iter().filter_map(|at| program.property_owner(*at)));
        let mut found = holders.providers.clone();
        for _ in 0..MAX_LINKS {
            let with_protocols: BTreeSet<TypeIndex> =
                types.iter().flat_map(|ty| program.ancestry(*ty)).collect();
            let links: BTreeMap<PropertyRef, Option<TypeIndex>> = typed
                .iter()
                .filter(|(_, ty)| ty.project().is_some_and(|ty| with_protocols.contains(&ty)))
                .map(|(at, _)| (*at, program.property_owner(*at)))
                .collect();
            found.extend(links.keys());
            types.extend(links.into_values().flatten());
        }
        found.retain(|at| asked.contains(at) || holders.providers.contains(at));
        holders.names = found.iter().map(|at| program.property(*at).name.clone()).collect();
        holders.properties = found;
        holders
    }
}

/// Whether a type is a protocol of the project to which `CXProvider` is made to conform.
fn is_reporter_protocol(program: &Program, ty: &Ty) -> bool {
    let Some(index) = ty.project().filter(|index| program.ty(*index).kind == TypeDeclKind::Protocol) else {
        return false;
    };
    program
        .descendants(index)
        .into_iter()
        .any(|at| program.ty(at).kind == TypeDeclKind::Extension && is_reporter_type(&program.ty(at).name))
}

/// Types with a method in which a report is made.
fn reporting_types(program: &Program) -> BTreeSet<TypeIndex> {
    let mut types = BTreeSet::new();
    for name in ["reportNewIncomingCall", "reportNewIncomingConversation"] {
        for site in program.calls(name) {
            let owner = site.function.and_then(|function| program.owner(function));
            types.extend(owner.filter(|owner| program.ty(*owner).kind != TypeDeclKind::Extension));
        }
    }
    types
}

/// The name of the type that a call constructs, as far as the callee alone tells.
pub(super) fn constructed_name(facts: &FileFacts, callee: ExprId) -> Option<&SmolStr> {
    match &facts.expr(callee).kind {
        ExprKind::Type(ty) => ty.name(),
        ExprKind::Member { base: Some(base), name, .. } if name == "init" => match &facts.expr(*base).kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
            _ => None,
        },
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

/// Whether an expression contains a name.
pub(super) fn mentions(facts: &FileFacts, block: &Block, test: impl Fn(&ExprKind) -> bool) -> bool {
    let mut found = false;
    facts.each_node(block, |node| {
        if let Node::Expr(id) = node {
            found |= test(&facts.expr(id).kind);
        }
    });
    found
}
