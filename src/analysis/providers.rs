//! Where an app makes its providers, and which of them are made anew for a push.

use std::collections::{BTreeSet, HashMap};

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
        let mut askers = Askers::of(program, timeline);
        for (_, event) in timeline.of_kind(EventKind::ProviderCreated) {
            let is_for_push = event.provider == Some(PROVIDER)
                && timeline.turn_of(event).kind == TurnKind::Handler
                && event.first_use_of.is_none();
            if is_for_push && is_own(event.location) && !askers.ask_before(event) {
                found.push((timeline, event));
            }
        }
    }
    found
}

/// The functions that ask for a provider, each looked at once: many events may have the same on their way.
struct Askers<'a> {
    program: &'a Program,
    names: BTreeSet<&'a str>,
    known: HashMap<FunctionRef, Asking>,
    ending: HashMap<FunctionRef, bool>,
}

/// How a function asks for a provider that is there.
struct Asking {
    /// It has a condition on one.
    in_condition: bool,
    /// What stands behind a `??`; none of them inside another.
    fallbacks: Vec<Span>,
}

impl<'a> Askers<'a> {
    fn of(program: &'a Program, timeline: &Timeline) -> Self {
        let names = timeline.providers.iter().map(|at| program.property(*at).name.as_str()).collect();
        Self { program, names, known: HashMap::new(), ending: HashMap::new() }
    }

    /// Whether code on the way to an event asks for a provider that is there.
    fn ask_before(&mut self, event: &Event) -> bool {
        let program = self.program;
        let around = |place: Location| {
            let file = program.position(place.file)?;
            let inside = program.file(file).functions_around(place.span);
            inside.map(|(id, _)| FunctionRef { file, id }).min_by_key(|at| program.function(*at).span.len())
        };
        let places: Vec<Location> =
            event.steps.iter().map(|step| step.location).chain([event.location]).collect();
        let functions: BTreeSet<FunctionRef> =
            places.iter().copied().filter_map(around).chain(event.function).collect();
        event.function.is_some_and(|at| *self.ending.entry(at).or_insert_with(|| ends_call(program, at)))
            || functions.into_iter().any(|at| self.asks(at, &places))
    }

    fn asks(&mut self, at: FunctionRef, places: &[Location]) -> bool {
        let program = self.program;
        let asking = self.known.entry(at).or_insert_with(|| Asking {
            in_condition: asks(program, at, &self.names),
            fallbacks: fallbacks(program, at),
        });
        let is_fallback = |place: &Location| {
            let after = asking.fallbacks.partition_point(|span| span.start <= place.span.start);
            let before = asking.fallbacks[..after].last();
            place.file == program.file_id(at.file) && before.is_some_and(|span| span.contains(place.span))
        };
        asking.in_condition || places.iter().any(is_fallback)
    }
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

/// What stands behind a `??` in a function, in order.
fn fallbacks(program: &Program, at: FunctionRef) -> Vec<Span> {
    let file = program.file(at.file);
    let behind = file.exprs_in(program.function(at).span).filter_map(|(_, expr)| match expr.kind {
        ExprKind::Coalesce(_, fallback) => Some(file.expr(fallback).span),
        _ => None,
    });
    let mut spans: Vec<Span> = behind.collect();
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut end = 0;
    spans.retain(|span| {
        let is_outermost = span.end > end;
        end = end.max(span.end);
        is_outermost
    });
    spans
}

/// Whether a function has a condition on something of these names, or on what it sets to `true`.
fn asks(program: &Program, at: FunctionRef, names: &BTreeSet<&str>) -> bool {
    let file = program.file(at.file);
    let Some(body) = program.body(at) else { return false };
    let mut flags = BTreeSet::new();
    file.each_node(body, |node| {
        if let Node::Stmt(id) = node
            && let StmtKind::Assign { target, value, .. } = file.stmt(id).kind
            && matches!(file.expr(value).kind, ExprKind::Bool(true))
            && let ExprKind::Name(name) | ExprKind::Member { name, .. } = &file.expr(target).kind
        {
            flags.insert(name.as_str());
        }
    });
    let names_one = |expr: ExprId| {
        let mut found = false;
        file.each_node_in(expr, |node| {
            if let Node::Expr(id) = node
                && let ExprKind::Name(name) | ExprKind::Member { name, .. } = &file.expr(id).kind
            {
                found |= names.contains(name.as_str()) || flags.contains(name.as_str());
            }
        });
        found
    };
    let in_condition = |condition: &Condition| match condition {
        Condition::Expr(value) => names_one(*value),
        Condition::Bind { value: Some(value), .. } => names_one(*value),
        Condition::Bind { pattern, value: None, .. } => {
            pattern.names().iter().any(|name| names.contains(name.as_str()) || flags.contains(name.as_str()))
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
