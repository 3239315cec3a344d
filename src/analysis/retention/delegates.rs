//! Delegates that nobody keeps: a registry and a provider hold theirs weakly.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::{Dropping, keeps_itself, value_of_local};
use crate::analysis::graph::Graph;
use crate::analysis::launch::Launch;
use crate::facts::{ExprId, ExprKind, FunctionKind, TypeDeclKind};
use crate::program::{Around, ExprRef, FunctionRef, Place, Target, TypeIndex};
use crate::source::Role;
use crate::vocabulary::{is_registry_type, is_reporter_type, registry_types, reporter_types};

/// An object that is made the delegate of a registry or of a provider, and that is gone when the function that made it has
/// ended.
#[derive(Clone, Copy, Debug)]
pub struct LooseDelegate {
    /// The expression that makes it.
    pub made: ExprRef,
    /// Its class.
    pub ty: TypeIndex,
    /// What is made the delegate: the object, or `self` in it.
    pub set: ExprRef,
    /// The delegate of a registry, not of a provider.
    pub is_registry: bool,
}

/// A place at which an object is made the delegate of a registry or of a provider.
struct Set {
    delegate: ExprRef,
    function: FunctionRef,
    is_registry: bool,
}

/// The delegates that nobody keeps, in the order of the places that set them.
pub fn loose_delegates(graph: &Graph<'_>, launch: &Launch) -> Vec<LooseDelegate> {
    let mut loose = Vec::new();
    for set in places(graph) {
        let made = match &graph.program.expr(set.delegate).kind {
            ExprKind::SelfRef => made_elsewhere(graph, launch, &set),
            _ => made_here(graph, &set).into_iter().collect(),
        };
        let dropped = made.into_iter().filter(|(_, ty)| !keeps_itself(graph.program, *ty));
        loose.extend(dropped.map(|(made, ty)| LooseDelegate {
            made,
            ty,
            set: set.delegate,
            is_registry: set.is_registry,
        }));
    }
    loose
}

fn places(graph: &Graph<'_>) -> Vec<Set> {
    let program = graph.program;
    let is_own = |file: u32| program.role(file) == Role::Own;
    let holder = |file: u32, function: FunctionRef, base: ExprId| {
        let scope = graph.scope(function);
        let ty = program.type_of(&Place::of(program, function, &scope), base)?;
        let name = program.outside_type(&ty).filter(|_| is_own(file))?;
        (is_registry_type(name) || is_reporter_type(name)).then(|| is_registry_type(name))
    };
    let types = reporter_types().chain(registry_types()).map(SmolStr::new).collect();
    let typing = program.files_typing(&types);
    let assigned = program.writes_in("delegate", |file| typing.contains(&file));
    let assigned = assigned.filter_map(|write| {
        let (target, function) = (write.target?, write.function?);
        let ExprKind::Member { base: Some(base), .. } = program.expr(target).kind else { return None };
        let is_registry = holder(target.file, function, base)?;
        Some(Set { delegate: write.value, function, is_registry })
    });
    let called = program.calls("setDelegate").iter().filter_map(|site| {
        let function = site.function?;
        let ExprKind::Call { callee, args, .. } = &program.expr(site.call).kind else { return None };
        let ExprKind::Member { base: Some(base), .. } = program.file(site.call.file).expr(*callee).kind
        else {
            return None;
        };
        let is_registry = holder(site.call.file, function, base)?;
        let delegate = ExprRef { file: site.call.file, id: args.first()?.value };
        Some(Set { delegate, function, is_registry })
    });
    assigned.chain(called).collect()
}

/// A delegate that is made where it is set, inline or in a local.
fn made_here(graph: &Graph<'_>, set: &Set) -> Option<(ExprRef, TypeIndex)> {
    let program = graph.program;
    let file = program.file(set.delegate.file);
    let id = match &file.expr(set.delegate.id).kind {
        ExprKind::Name(name) => value_of_local(file, program.function(set.function), name)?,
        _ => set.delegate.id,
    };
    let made = ExprRef { file: set.delegate.file, id };
    let ty = constructed(graph, made, set.function)?;
    Dropping::of(program).is_dropped(made, Some(set.function)).then_some((made, ty))
}

/// The places at which the object that makes itself the delegate is made, where all of them drop it.
fn made_elsewhere(graph: &Graph<'_>, launch: &Launch, set: &Set) -> Vec<(ExprRef, TypeIndex)> {
    let program = graph.program;
    let Some(ty) = program.owner(set.function).filter(|ty| is_made_by_project(graph, launch, *ty)) else {
        return Vec::new();
    };
    let is_test = |file: u32| program.role(file) == Role::Test;
    let sites = program.calls(&program.ty(ty).name).iter().filter(|site| !is_test(site.call.file));
    let made: Vec<_> = sites.map(|site| (site.call, site.function)).collect();
    let is_it = |(made, function): &(ExprRef, Option<FunctionRef>)| {
        function.is_some_and(|function| constructed(graph, *made, function) == Some(ty))
            && Dropping::of(program).is_dropped(*made, *function)
    };
    if made.iter().all(is_it) { made.into_iter().map(|(made, _)| (made, ty)).collect() } else { Vec::new() }
}

/// Whether every object of a type is made where the name of the type shows it.
fn is_made_by_project(graph: &Graph<'_>, launch: &Launch, ty: TypeIndex) -> bool {
    let program = graph.program;
    let facts = program.ty(ty);
    let by_system = |name: &&str| {
        ["ViewController", "View", "Delegate", "Plugin", "Module"].iter().any(|end| name.ends_with(end))
            && !matches!(
                *name,
                "PKPushRegistryDelegate" | "CXProviderDelegate" | "ConversationManagerDelegate"
            )
    };
    // `.init()` says nothing of the type.
    let is_implicit =
        |kind: &ExprKind| matches!(kind, ExprKind::Member { base: None, name, .. } if name == "init");
    let is_of_it = |at| program.type_of_property(at).is_some_and(|held| held.project() == Some(ty));
    let is_held = || {
        let typing = program.files_typing(&BTreeSet::from([facts.name.clone()]));
        let mut typing =
            typing.iter().copied().filter(|file| program.may_name(*file, "init", Around::IMPLICIT));
        typing.any(|file| {
            let facts = program.file(file);
            let mut parts = facts.parts_with("init", Around::IMPLICIT);
            parts.any(|part| facts.exprs_of_part(part).any(|(_, expr)| is_implicit(&expr.kind)))
                && program.properties_in(file).any(|(at, _)| is_of_it(at))
        })
    };
    facts.kind == TypeDeclKind::Class
        && facts.subtypes.is_empty()
        && !launch.is_app(program, ty)
        && !program.outside_ancestors(ty).iter().any(by_system)
        && !is_held()
}

/// The class of the project that an expression makes an object of.
fn constructed(graph: &Graph<'_>, made: ExprRef, function: FunctionRef) -> Option<TypeIndex> {
    let program = graph.program;
    let ExprKind::Call { callee, args, .. } = &program.expr(made).kind else { return None };
    let scope = graph.scope(function);
    let ty = match program.resolve(&Place::of(program, function, &scope), *callee, args) {
        Target::Construct(ty) => ty,
        Target::Functions(found) => match found.as_slice() {
            [only] if program.function(*only).kind == FunctionKind::Initializer => program.owner(*only)?,
            _ => return None,
        },
        _ => return None,
    };
    matches!(program.ty(ty).kind, TypeDeclKind::Class | TypeDeclKind::Actor).then_some(ty)
}
