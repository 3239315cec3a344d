//! `unretained-delegate`: nobody keeps the object that is to take the pushes.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::context::{Context, worst_of_each_place};
use super::kept::{is_dropped, keeps_itself, value_of_local};
use crate::facts::{ExprId, ExprKind, FunctionKind, TypeDeclKind};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::program::{Around, ExprRef, FunctionRef, Place, Target, TypeIndex};
use crate::source::Role;
use crate::vocabulary::{is_registry_type, is_reporter_type, registry_types, reporter_types};

/// The id of the rule.
const ID: &str = "unretained-delegate";

const EXAMPLE: &str = "\
private let pushes = PushService()

func application(_ application: UIApplication,
                 didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
    pushes.start()
    return true
}";

/// A place at which an object is made the delegate of a registry or of a provider.
struct Set {
    delegate: ExprRef,
    function: FunctionRef,
    is_registry: bool,
}

/// Finds delegates that are gone when the function that made them has ended.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for set in places(context) {
        let made = match &context.program.expr(set.delegate).kind {
            ExprKind::SelfRef => made_elsewhere(context, &set),
            _ => made_here(context, &set).into_iter().collect(),
        };
        for (made, ty) in made {
            if !keeps_itself(context, ty) {
                findings.push(finding(context, &set, made, ty));
            }
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

fn places(context: &Context<'_>) -> Vec<Set> {
    let program = context.program;
    let is_own = |file: u32| program.role(file) == Role::Own;
    let holder = |file: u32, function: FunctionRef, base: ExprId| {
        let scope = context.graph.scope(function);
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
fn made_here(context: &Context<'_>, set: &Set) -> Option<(ExprRef, TypeIndex)> {
    let program = context.program;
    let file = program.file(set.delegate.file);
    let id = match &file.expr(set.delegate.id).kind {
        ExprKind::Name(name) => value_of_local(file, program.function(set.function), name)?,
        _ => set.delegate.id,
    };
    let made = ExprRef { file: set.delegate.file, id };
    let ty = constructed(context, made, set.function)?;
    is_dropped(context, made, Some(set.function)).then_some((made, ty))
}

/// The places at which the object that makes itself the delegate is made, where all of them drop it.
fn made_elsewhere(context: &Context<'_>, set: &Set) -> Vec<(ExprRef, TypeIndex)> {
    let program = context.program;
    let Some(ty) = program.owner(set.function).filter(|ty| is_made_by_project(context, *ty)) else {
        return Vec::new();
    };
    let is_test = |file: u32| program.role(file) == Role::Test;
    let sites = program.calls(&program.ty(ty).name).iter().filter(|site| !is_test(site.call.file));
    let made: Vec<_> = sites.map(|site| (site.call, site.function)).collect();
    let is_it = |(made, function): &(ExprRef, Option<FunctionRef>)| {
        function.is_some_and(|function| constructed(context, *made, function) == Some(ty))
            && is_dropped(context, *made, *function)
    };
    if made.iter().all(is_it) { made.into_iter().map(|(made, _)| (made, ty)).collect() } else { Vec::new() }
}

/// Whether every object of a type is made where the name of the type shows it.
fn is_made_by_project(context: &Context<'_>, ty: TypeIndex) -> bool {
    let program = context.program;
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
            program.file(file).exprs.iter().any(|expr| is_implicit(&expr.kind))
                && program.properties_in(file).any(|(at, _)| is_of_it(at))
        })
    };
    facts.kind == TypeDeclKind::Class
        && facts.subtypes.is_empty()
        && !context.launch.is_app(program, ty)
        && !program.outside_ancestors(ty).iter().any(by_system)
        && !is_held()
}

/// The class of the project that an expression makes an object of.
fn constructed(context: &Context<'_>, made: ExprRef, function: FunctionRef) -> Option<TypeIndex> {
    let program = context.program;
    let ExprKind::Call { callee, args, .. } = &program.expr(made).kind else { return None };
    let scope = context.graph.scope(function);
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

fn finding(context: &Context<'_>, set: &Set, made: ExprRef, ty: TypeIndex) -> Finding {
    let program = context.program;
    let name = &program.ty(ty).name;
    let (level, whose, what) = if set.is_registry {
        (Level::Error, "the push registry", "the pushes")
    } else {
        (Level::Warning, "the provider", "what the user does")
    };
    let location = program.location(made.file, program.expr(made).span);
    let set_at = program.location(set.delegate.file, program.expr(set.delegate).span);
    let text = format!("{whose} is given its delegate here, and does not keep it");
    let related = (set_at != location).then_some(Step { location: set_at, text });
    Finding {
        rule: ID,
        level,
        confidence: Confidence::Medium,
        message: format!("nobody keeps the `{name}` that is the delegate of {whose}, so nobody gets {what}"),
        location,
        label: "it is gone when this function has ended".to_owned(),
        related: related.into_iter().collect(),
        steps: Vec::new(),
        help: Some(
            "keep the delegate for the life of the app, in a property of the app delegate or of something that is \
             kept itself: a delegate is a weak reference"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: [location.file, set_at.file].into_iter().chain(program.files_of(ty)).collect(),
    }
}
