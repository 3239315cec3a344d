//! Which properties lead to a reporter: a provider, or an object of the project that has one.

use std::collections::{BTreeSet, HashSet};

use smol_str::SmolStr;

use crate::facts::{Block, ExprId, ExprKind, FileFacts, Node, Property, TypeDeclKind};
use crate::program::{Program, PropertyRef, TypeIndex};
use crate::source::Role;
use crate::vocabulary::{is_registry_type, is_reporter_type, registry_types, reporter_types};

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
        let protocols: Vec<TypeIndex> =
            program.types().map(|(ty, _)| ty).filter(|ty| is_reporter_protocol(program, *ty)).collect();
        let protocol_names = protocols.iter().map(|ty| program.ty(*ty).name.clone());
        let names: BTreeSet<SmolStr> =
            reporter_types().chain(registry_types()).map(SmolStr::new).chain(protocol_names).collect();
        for file in program.files_typing(&names).iter().copied() {
            for (at, _) in stored(program, program.properties_in(file)) {
                let Some(ty) = program.type_of_property(at) else { continue };
                match program.outside_type(&ty) {
                    Some(name) if is_reporter_type(name) => {
                        holders.providers.insert(at);
                    }
                    None if ty.project().is_some_and(|ty| protocols.contains(&ty)) => {
                        holders.providers.insert(at);
                    }
                    Some(name) if is_registry_type(name) => {
                        holders.registries.insert(program.property(at).name.clone());
                    }
                    _ => {}
                }
            }
        }
        let mut reporting = reporting_types(program);
        reporting.extend(holders.providers.iter().filter_map(|at| program.property_owner(*at)));
        let links = Links { program, reporting };
        holders.properties.clone_from(&holders.providers);
        let of_project = asked.iter().filter(|at| {
            let property = program.property(**at);
            program.role(at.file) != Role::Test && property.is_stored()
        });
        holders.properties.extend(of_project.filter(|at| links.lead_from(**at, MAX_LINKS)));
        holders.names = holders.properties.iter().map(|at| program.property(*at).name.clone()).collect();
        holders
    }
}

/// Which properties have a value, and are none of a test.
fn stored<'p>(
    program: &'p Program,
    properties: impl Iterator<Item = (PropertyRef, &'p Property)>,
) -> impl Iterator<Item = (PropertyRef, &'p Property)> {
    properties.filter(|(at, property)| program.role(at.file) != Role::Test && property.is_stored())
}

/// What leads from object to object.
struct Links<'a> {
    program: &'a Program,
    /// The types that report, or have a provider.
    reporting: BTreeSet<TypeIndex>,
}

impl Links<'_> {
    /// Whether a property leads to a type that reports in so many steps.
    fn lead_from(&self, at: PropertyRef, steps: usize) -> bool {
        let program = self.program;
        let ty = program.type_of_property(at).and_then(|ty| ty.project());
        let Some(ty) = ty.filter(|_| steps > 0) else { return false };
        // What it holds may be any of them.
        let mut held = vec![ty];
        held.extend(program.descendants(ty));
        held.iter().any(|ty| self.reporting.contains(ty))
            || held.iter().any(|ty| {
                let properties = program.members(*ty).into_iter();
                let properties = properties.map(|at| (at, program.property(at)));
                stored(program, properties).any(|(at, _)| self.lead_from(at, steps - 1))
            })
    }
}

/// Whether a type is a protocol of the project to which `CXProvider` is made to conform.
fn is_reporter_protocol(program: &Program, ty: TypeIndex) -> bool {
    let is_reporter = |at: TypeIndex| {
        let ty = program.ty(at);
        ty.kind == TypeDeclKind::Extension && is_reporter_type(&ty.name)
    };
    program.ty(ty).kind == TypeDeclKind::Protocol && program.descendants(ty).into_iter().any(is_reporter)
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
