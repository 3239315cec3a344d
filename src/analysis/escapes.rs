//! What the project does with its registries and providers beyond what its own code shows: calls of parts that are missing,
//! objects in the hands of others.

use smol_str::SmolStr;

use crate::analysis::graph::Graph;
use crate::facts::{ExprKind, Node};
use crate::program::{CallSite, FunctionRef, Place, Target, TypeIndex};
use crate::source::Role;
use crate::vocabulary::{is_reporter_type, reporter_types};

/// Whether the project sets the delegate of a provider, whichever it is.
pub fn sets_provider_delegate(graph: &Graph<'_>) -> bool {
    let program = graph.program;
    let is_test = |file: u32| program.role(file) == Role::Test;
    let mut calls = program.calls("setDelegate").iter();
    calls.any(|site| !is_test(site.call.file) && !is_of_observer(graph, site))
}

/// Whether a call is one to an observer of calls, which has a method of the same name.
fn is_of_observer(graph: &Graph<'_>, site: &CallSite) -> bool {
    let program = graph.program;
    let Some(function) = site.function else { return false };
    let ExprKind::Call { callee, .. } = &program.expr(site.call).kind else { return false };
    let ExprKind::Member { base: Some(base), .. } = program.file(site.call.file).expr(*callee).kind else {
        return false;
    };
    let scope = graph.scope(function);
    let ty = program.type_of(&Place::of(program, function, &scope), base);
    ty.is_some_and(|ty| program.outside_type(&ty) == Some("CXCallObserver"))
}

/// Whether somebody outside of the project is given a provider, and may set its delegate.
pub fn gives_provider_away(graph: &Graph<'_>) -> bool {
    let program = graph.program;
    let types = reporter_types().map(SmolStr::new).collect();
    program.files_typing(&types).iter().copied().any(|file| {
        let facts = program.file(file);
        facts.functions().any(|(id, function)| {
            let at = FunctionRef { file, id };
            let Some(body) = facts.body(function) else { return false };
            let scope = graph.scope(at);
            let place = Place::of(program, at, &scope);
            let mut found = false;
            facts.each_node(body, |node| {
                let Node::Expr(id) = node else { return };
                let ExprKind::Call { callee, args, .. } = &facts.expr(id).kind else { return };
                let is_provider = |value| {
                    let ty = program.type_of(&place, value);
                    ty.is_some_and(|ty| program.outside_type(&ty).is_some_and(is_reporter_type))
                };
                found |= args.iter().any(|arg| is_provider(arg.value))
                    && matches!(
                        program.resolve(&place, *callee, args),
                        Target::Outside { .. } | Target::Opaque
                    );
            });
            found
        })
    })
}

/// Whether a type calls a method of its own that is nowhere in the program: a part of it is missing.
pub fn calls_unseen(graph: &Graph<'_>, owner: TypeIndex) -> bool {
    let program = graph.program;
    program.functions_of(owner).any(|(at, facts)| {
        let file = program.file(at.file);
        let Some(body) = file.body(facts) else { return false };
        let scope = graph.scope(at);
        let place = Place::of(program, at, &scope);
        let mut found = false;
        file.each_node(body, |node| {
            let Node::Expr(id) = node else { return };
            let ExprKind::Call { callee, args, .. } = &file.expr(id).kind else { return };
            let is_own = matches!(&file.expr(*callee).kind,
                ExprKind::Name(name) if name.starts_with(char::is_lowercase));
            found |= is_own
                && match program.resolve(&place, *callee, args) {
                    Target::Outside { call, .. } => graph.vocabulary.lookup(&call).is_none(),
                    _ => false,
                };
        });
        found
    })
}
