//! `uncalled-app-delegate-method`: an `App` struct implements methods of the app delegate, which nobody calls.

use super::context::Context;
use super::push_delegates::{is_called, own_types};
use crate::facts::{Function, FunctionKind, TypeDeclKind};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::program::FunctionRef;

/// The id of the rule.
pub(super) const ID: &str = "uncalled-app-delegate-method";

const EXAMPLE: &str = "\
@UIApplicationDelegateAdaptor(AppDelegate.self) private var delegate";

/// Finds `App` structs that take themselves for the app delegate.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let mut findings = Vec::new();
    for ty in own_types(context) {
        let facts = program.ty(ty);
        if facts.kind != TypeDeclKind::Struct || !program.outside_ancestors(ty).contains(&"App") {
            continue;
        }
        let mut methods: Vec<FunctionRef> = program
            .all_methods(ty)
            .into_iter()
            .filter(|at| is_delegate_method(program.function(*at)) && !is_called(program, *at))
            .collect();
        methods.sort();
        let Some((first, others)) = methods.split_first() else { continue };
        let place = |at: &FunctionRef| program.location(at.file, program.function(*at).name_span);
        let related = others.iter().map(|at| Step { location: place(at), text: "nor this one".to_owned() });
        findings.push(Finding {
            rule: ID,
            level: Level::Warning,
            confidence: Confidence::Medium,
            message: format!(
                "nothing calls `{}.{}`: the system calls the app delegate, and an `App` struct is none",
                facts.name,
                selector(program.function(*first))
            ),
            location: place(first),
            label: "looks like a method of the app delegate, and is none".to_owned(),
            related: related.collect(),
            steps: Vec::new(),
            help: Some(
                "move it into a class that is a `UIApplicationDelegate`, and name that class in the struct"
                    .to_owned(),
            ),
            example: Some(EXAMPLE.to_owned()),
            fix: None,
            consulted: program.files_of(ty),
        });
    }
    findings
}

/// Whether a method would be one of `UIApplicationDelegate`: each of them begins with the application.
fn is_delegate_method(facts: &Function) -> bool {
    let takes_application = facts.params.first().is_some_and(|param| {
        param.label.is_none()
            && param.ty.as_ref().and_then(|ty| ty.name()).is_some_and(|name| name == "UIApplication")
    });
    facts.kind == FunctionKind::Function
        && facts.body.is_some()
        && takes_application
        && facts.name.starts_with("application")
}

/// `name(label:_:)`.
fn selector(facts: &Function) -> String {
    let labels: Vec<&str> = facts.params.iter().map(|param| param.label.as_deref().unwrap_or("_")).collect();
    format!("{}({}:)", facts.name, labels.join(":"))
}
