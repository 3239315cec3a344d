//! Where an app makes its providers, and which of them are made anew for a push.

use std::collections::BTreeSet;

use crate::analysis::launch::{Event, EventKind, Launch, Timeline, TurnKind};
use crate::facts::{Condition, ExprId, ExprKind, Node, StmtKind};
use crate::program::{CallSite, FunctionRef, Program};
use crate::source::{Location, Role, Span};

/// `CallKit`'s class, of which Apple asks for one.
pub const PROVIDER: &str = "CXProvider";

/// The calls in the project's own code that make a provider.
pub fn made(program: &Program) -> impl Iterator<Item = &CallSite> {
    // A type of the project may have the name.
    let is_apples = program
        .types_named(PROVIDER)
        .iter()
        .all(|ty| program.ty(*ty).kind == crate::facts::TypeDeclKind::Extension);
    let is_made = |site: &&CallSite| match &program.expr(site.call).kind {
        ExprKind::Call { args, .. } => {
            args.first().is_some_and(|arg| arg.label.as_deref() == Some("configuration"))
        }
        _ => false,
    };
    program
        .calls(PROVIDER)
        .iter()
        .filter(move |site| is_apples && program.role(site.call.file) == Role::Own)
        .filter(is_made)
}

/// The providers that are made on the way of the push handler, each time: not at their first use, nor where somebody
/// asks before whether there is one, nor for a call that is ended at once by whoever reports it.
pub fn per_push<'l>(program: &Program, launch: &'l Launch) -> Vec<(&'l Timeline, &'l Event)> {
    let is_own =
        |location: Location| program.position(location.file).is_some_and(|at| program.role(at) == Role::Own);
    let mut found = Vec::new();
    for timeline in launch.timelines() {
        for (_, event) in timeline.of_kind(EventKind::ProviderCreated) {
            let is_for_push = event.provider == Some(PROVIDER)
                && timeline.turn_of(event).kind == TurnKind::Handler
                && event.first_use_of.is_none();
            if is_for_push && is_own(event.location) && !is_asked_for(program, timeline, event) {
                found.push((timeline, event));
            }
        }
    }
    found
}

/// Whether code on the way to an event asks for a provider that is there.
fn is_asked_for(program: &Program, timeline: &Timeline, event: &Event) -> bool {
    let names: BTreeSet<&str> =
        timeline.providers.iter().map(|at| program.property(*at).name.as_str()).collect();
    let around = |place: Location| {
        let file = program.position(place.file)?;
        let inside = program.file(file).functions_around(place.span);
        inside.map(|(id, _)| FunctionRef { file, id }).min_by_key(|at| program.function(*at).span.len())
    };
    let places: Vec<Location> =
        event.steps.iter().map(|step| step.location).chain([event.location]).collect();
    let functions: BTreeSet<FunctionRef> =
        places.iter().copied().filter_map(around).chain(event.function).collect();
    event.function.is_some_and(|at| ends_call(program, at))
        || functions.iter().any(|at| asks(program, *at, &names) || is_fallback(program, *at, &places))
}

/// Whether a function, or a closure in it, ends a call: what is made for an emergency needs no provider for long.
fn ends_call(program: &Program, at: FunctionRef) -> bool {
    let body = program.function(at).span;
    program.calls("reportCall").iter().any(|site| {
        let expr = program.expr(site.call);
        let ExprKind::Call { args, .. } = &expr.kind else { return false };
        site.call.file == at.file
            && body.contains(expr.span)
            && args.iter().any(|arg| arg.label.as_deref() == Some("endedAt"))
    })
}

/// Whether one of the places is behind a `??`.
fn is_fallback(program: &Program, at: FunctionRef, places: &[Location]) -> bool {
    let file = program.file(at.file);
    let body = program.function(at).span;
    let is_in = |span: Span| {
        let here = program.file_id(at.file);
        places.iter().any(|place| place.file == here && span.contains(place.span))
    };
    file.exprs_in(body).any(|(_, expr)| match expr.kind {
        ExprKind::Coalesce(_, fallback) => is_in(file.expr(fallback).span),
        _ => false,
    })
}

/// Whether a function has a condition on something of these names.
fn asks(program: &Program, at: FunctionRef, names: &BTreeSet<&str>) -> bool {
    let file = program.file(at.file);
    let Some(body) = program.body(at) else { return false };
    let names_one = |expr: ExprId| {
        let mut found = false;
        file.each_node_in(expr, |node| {
            if let Node::Expr(id) = node
                && let ExprKind::Name(name) | ExprKind::Member { name, .. } = &file.expr(id).kind
            {
                found |= names.contains(name.as_str());
            }
        });
        found
    };
    let in_condition = |condition: &Condition| match condition {
        Condition::Expr(value) => names_one(*value),
        Condition::Bind { value: Some(value), .. } => names_one(*value),
        Condition::Bind { pattern, value: None, .. } => {
            pattern.names().iter().any(|name| names.contains(name.as_str()))
        }
        Condition::Available { .. } => false,
    };
    let mut found = false;
    file.each_node(body, |node| {
        found |= match node {
            Node::Stmt(id) => match &file.stmt(id).kind {
                StmtKind::If { conditions, .. }
                | StmtKind::Guard { conditions, .. }
                | StmtKind::While { conditions, .. } => conditions.iter().any(in_condition),
                _ => false,
            },
            Node::Expr(id) => match file.expr(id).kind {
                ExprKind::Coalesce(asked, _) | ExprKind::Ternary(asked, ..) => names_one(asked),
                _ => false,
            },
        };
    });
    found
}
