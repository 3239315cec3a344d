//! Where values come from: the closures that a property ever holds, the names around a closure.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Duties;
use crate::analysis::calls::Body;
use crate::facts::{Arg, Condition, ExprId, ExprKind, FunctionKind, Pattern, StmtKind};
use crate::program::{
    Around, CallSite, ExprRef, FunctionRef, LocalId, Place, Program, PropertyRef, Scope, Ty, Write,
};
use crate::source::{Role, Span};

/// How far a closure is followed from parameter to argument.
pub(super) const MAX_HOPS: u8 = 4;

impl Duties<'_> {
    /// Every function that a property ever holds; `None` where that cannot be told.
    pub(super) fn stored_functions(&self, property: PropertyRef) -> Option<Vec<FunctionRef>> {
        let program = self.program;
        let facts = program.property(property);
        if let Some(getter) = facts.getter {
            // A computed property: the closure that its body yields.
            let at = FunctionRef { file: property.file, id: getter };
            let value = program.single_expression(at.file, program.body(at)?)?;
            return match program.file(at.file).expr(value).kind {
                ExprKind::Closure(id) => Some(vec![FunctionRef { file: at.file, id }]),
                _ => None,
            };
        }
        let mut found = BTreeSet::new();
        if let Some(initial) = facts.initial {
            self.functions_of(ExprRef { file: property.file, id: initial }, None, &mut found, 0)?;
        }
        for write in program.writes(&facts.name) {
            if program.role(write.value.file) != Role::Test && self.concerns(write, property) {
                self.functions_of(write.value, write.function, &mut found, 0)?;
            }
        }
        for (value, around) in self.closures_behind(property) {
            self.functions_of(value, around, &mut found, 0)?;
        }
        // Somebody must set what cannot be nil, and nobody here does.
        let must_be_set = facts.ty.as_ref().is_some_and(|ty| !ty.is_optional());
        if found.is_empty() && must_be_set {
            return None;
        }
        Some(found.into_iter().collect())
    }

    /// The closures behind calls that construct the property's owner from its members: `Action(id: 1) { … }`; and the function
    /// around each.
    fn closures_behind(&self, property: PropertyRef) -> Vec<(ExprRef, Option<FunctionRef>)> {
        let program = self.program;
        let Some(owner) = program.property_owner(property).filter(|owner| program.is_memberwise(*owner))
        else {
            return Vec::new();
        };
        if !program.takes_closure(property) {
            return Vec::new();
        }
        let sites = self.graph.building(owner, None).into_iter().filter_map(|site| {
            let call = ExprRef { file: site.body.file(), id: site.call? };
            let initial_of = match site.body {
                Body::Initial(at) => Some(at),
                Body::Function(_) | Body::TopLevel(_) => None,
            };
            Some(CallSite { call, function: site.body.function(), initial_of })
        });
        let mut found = Vec::new();
        for site in sites.filter(|site| program.role(site.call.file) != Role::Test) {
            let ExprKind::Call { args, .. } = &program.expr(site.call).kind else { continue };
            let Some(behind) = args.iter().find(|arg| arg.is_trailing && arg.label.is_none()) else {
                continue;
            };
            if program.member_of_closure(owner, args) == Some(property)
                && self.graph.built_at(&site).is_none_or(|built| built == owner)
            {
                found.push((ExprRef { file: site.call.file, id: behind.value }, site.function));
            }
        }
        found
    }

    /// Whether a write to a property's name may be a write to that property.
    fn concerns(&self, write: &Write, property: PropertyRef) -> bool {
        let program = self.program;
        let owner = program.property_owner(property);
        let Some(target) = write.target else {
            // An argument of a constructor.
            return owner.is_some_and(|owner| {
                let is_it = |site: &CallSite| {
                    matches!(&program.expr(site.call).kind, ExprKind::Call { args, .. }
                            if args.iter().any(|arg| arg.value == write.value.id))
                };
                let is_here = |file: u32| file == write.value.file;
                program.calls_in(&program.ty(owner).name, is_here).any(|site| is_it(&site))
                    || ["init", "Self"].iter().flat_map(|name| program.calls_in(name, is_here)).any(|site| {
                        is_it(&site) && self.graph.built_at(&site).is_none_or(|built| built == owner)
                    })
            });
        };
        let scope = write.function.map(|at| self.scope_around(at)).unwrap_or_default();
        match &program.expr(target).kind {
            ExprKind::Name(_) => {
                let around = write.function.and_then(|at| program.owner(at));
                match (around, owner) {
                    (Some(around), Some(owner)) => program.ancestry(around).contains(&owner),
                    (_, None) => true,
                    (None, Some(_)) => false,
                }
            }
            ExprKind::Member { base: Some(base), .. } => {
                let place = Place {
                    file: target.file,
                    function: write.function,
                    owner: write.function.and_then(|at| program.owner(at)),
                    scope: &scope,
                };
                match program.type_of(&place, *base) {
                    Some(ty) => match (ty.project(), owner) {
                        (Some(ty), Some(owner)) => program.ancestry(ty).contains(&owner),
                        _ => false,
                    },
                    None => true,
                }
            }
            _ => false,
        }
    }

    fn functions_of(
        &self,
        value: ExprRef,
        function: Option<FunctionRef>,
        found: &mut BTreeSet<FunctionRef>,
        hops: u8,
    ) -> Option<()> {
        let program = self.program;
        if hops > MAX_HOPS {
            return None;
        }
        match &program.expr(value).kind {
            ExprKind::Nil => Some(()),
            ExprKind::Closure(id) => {
                found.insert(FunctionRef { file: value.file, id: *id });
                Some(())
            }
            ExprKind::Name(name) => {
                let params = function.map_or(&[][..], |around| &program.function(around).params);
                if let Some(around) = function
                    && let Some(position) = params.iter().position(|param| param.name == *name)
                {
                    return self.arguments_for(around, position, found, hops + 1);
                }
                let owner = function.and_then(|around| program.owner(around));
                let mut methods = owner.map(|owner| program.find_methods(owner, name)).unwrap_or_default();
                if methods.is_empty() {
                    methods = program.global_functions(name).to_vec();
                }
                match methods.as_slice() {
                    [only] => {
                        found.insert(*only);
                        Some(())
                    }
                    _ => None,
                }
            }
            ExprKind::Member { base: Some(base), name, .. } => {
                let scope = function.map(|at| self.scope_around(at)).unwrap_or_default();
                let owner = function.and_then(|at| program.owner(at));
                let place = Place { file: value.file, function, owner, scope: &scope };
                let index = program.type_of(&place, *base)?.project()?;
                match program.find_methods(index, name).as_slice() {
                    // What a protocol asks for is that of its implementations.
                    [only] if program.function(*only).body.is_none() => {
                        found.extend(program.dispatch(index, name, |_| true));
                        Some(())
                    }
                    [only] => {
                        found.insert(*only);
                        Some(())
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What callers give to a parameter.
    fn arguments_for(
        &self,
        function: FunctionRef,
        position: usize,
        found: &mut BTreeSet<FunctionRef>,
        hops: u8,
    ) -> Option<()> {
        let program = self.program;
        let facts = program.function(function);
        let name = if facts.kind == FunctionKind::Initializer {
            program.ty(program.owner(function)?).name.clone()
        } else {
            facts.name.clone()
        };
        let mut is_called = false;
        for site in program.calls(&name) {
            let ExprKind::Call { args, .. } = &program.expr(site.call).kind else { continue };
            let Some(bound) = Program::bind(&facts.params, args) else { continue };
            is_called = true;
            if let Some(arg) = bound.iter().position(|to| *to == position) {
                let value = ExprRef { file: site.call.file, id: args[arg].value };
                self.functions_of(value, site.function, found, hops)?;
            }
        }
        is_called.then_some(())
    }

    /// The methods of the app that a selector such as `didStartRinging(_:)` names.
    pub(super) fn methods_by_selector(&self, selector: &str) -> Vec<FunctionRef> {
        let (name, labels) = selector.split_once('(').unwrap_or((selector, ""));
        let labels: Vec<&str> =
            labels.trim_end_matches(')').split(':').filter(|label| !label.is_empty()).collect();
        self.program
            .functions_named(name)
            .iter()
            .copied()
            .filter(|at| {
                let facts = self.program.function(*at);
                self.program.role(at.file) != Role::Test
                    && facts.body.is_some()
                    && facts.owner.is_some()
                    && facts.params.len() == labels.len()
                    && facts
                        .params
                        .iter()
                        .zip(&labels)
                        .all(|(param, label)| param.label.as_deref().unwrap_or("_") == *label)
            })
            .collect()
    }

    /// The functions that a notification of the same name runs before `post` returns: observers by selector,
    /// and by closure without a queue of its own.
    pub(super) fn observers(&self, file: u32, args: &[Arg]) -> Vec<FunctionRef> {
        self.observing(file, args, false)
    }

    /// The closures that a notification of the same name runs on a queue, which may be the one that posts.
    pub(super) fn queued_observers(&self, file: u32, args: &[Arg]) -> Vec<FunctionRef> {
        self.observing(file, args, true)
    }

    fn observing(&self, file: u32, args: &[Arg], on_queue: bool) -> Vec<FunctionRef> {
        let program = self.program;
        let Some(posted) = self.notification(file, args, &["name"]) else { return Vec::new() };
        let mut found = BTreeSet::new();
        let sites = program.calls_in("addObserver", |file| program.may_name(file, &posted, Around::ANY));
        for site in sites {
            let ExprKind::Call { args, .. } = &program.expr(site.call).kind else { continue };
            if program.role(site.call.file) == Role::Test
                || self.notification(site.call.file, args, &["name", "forName"]) != Some(posted.clone())
            {
                continue;
            }
            let is_queued = args.iter().any(|arg| {
                arg.label.as_deref() == Some("queue")
                    && !matches!(program.file(site.call.file).expr(arg.value).kind, ExprKind::Nil)
            });
            let owner = site.function.and_then(|at| program.owner(at));
            for arg in args {
                match &program.file(site.call.file).expr(arg.value).kind {
                    ExprKind::Selector(name) if !on_queue => {
                        found
                            .extend(owner.map(|owner| program.find_methods(owner, name)).unwrap_or_default());
                    }
                    ExprKind::Closure(id) if is_queued == on_queue => {
                        found.insert(FunctionRef { file: site.call.file, id: *id });
                    }
                    _ => {}
                }
            }
        }
        found.into_iter().collect()
    }

    /// Whether a notification of the same name is awaited, or published to subscribers, where that may come to a report.
    pub(super) fn has_subscribers_of(&self, file: u32, args: &[Arg]) -> bool {
        let program = self.program;
        let Some(posted) = self.notification(file, args, &["name"]) else { return false };
        let may_report = |at: FunctionRef| self.reach.has_subscribers() || self.reach.may_report(at);
        ["publisher", "notifications"].into_iter().any(|name| {
            program.calls_in(name, |file| program.may_name(file, &posted, Around::ANY)).any(|site| {
                let ExprKind::Call { args, .. } = &program.expr(site.call).kind else { return false };
                program.role(site.call.file) != Role::Test
                    && self.notification(site.call.file, args, &["for", "named"]) == Some(posted.clone())
                    && site.function.is_none_or(may_report)
            })
        })
    }

    /// The name of the notification that arguments are about.
    pub(super) fn notification(&self, file: u32, args: &[Arg], labels: &[&str]) -> Option<SmolStr> {
        let facts = self.program.file(file);
        let is_name = |arg: &&Arg| arg.label.as_deref().is_some_and(|label| labels.contains(&label));
        let value = facts.expr(args.iter().find(is_name)?.value);
        let is_given = |name: &SmolStr| {
            let around = facts.functions_around(value.span);
            around.flat_map(|(_, function)| &function.params).any(|param| param.name == *name)
        };
        match &value.kind {
            // Whoever passes it on knows which one it is.
            ExprKind::Name(name) if is_given(name) => None,
            ExprKind::Member { name, .. } | ExprKind::Name(name) => Some(name.clone()),
            ExprKind::Call { args, .. } => match &facts.expr(args.first()?.value).kind {
                ExprKind::Str(text) => Some(text.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Properties that a method gives a value that is not nil, whatever happens in it: `provider = CXProvider(…)`
    /// as a statement of its body.
    pub(super) fn filled_by(&self, at: FunctionRef) -> Vec<SmolStr> {
        let program = self.program;
        let facts = program.function(at);
        if facts.kind == FunctionKind::Initializer {
            return Vec::new();
        }
        let stmts = program.body(at).map_or(&[][..], |body| &body.stmts);
        stmts
            .iter()
            .filter_map(|stmt| match &program.stmt(at.file, *stmt).kind {
                StmtKind::Assign { target, value, .. } => {
                    let is_made = matches!(&program.file(at.file).expr(*value).kind, ExprKind::Call { callee, .. }
                        if matches!(&program.file(at.file).expr(*callee).kind, ExprKind::Name(name)
                            if crate::vocabulary::is_reporter_type(name)));
                    is_made.then(|| program.dotted(at.file, *target)).flatten().map(SmolStr::new)
                }
                _ => None,
            })
            .collect()
    }

    /// The names around a closure or local function that is looked at on its own.
    pub(super) fn scope_around(&self, at: FunctionRef) -> Scope {
        let program = self.program;
        let mut parents = Vec::new();
        let mut next = program.function(at).parent;
        while let Some(id) = next {
            let parent = FunctionRef { file: at.file, id };
            parents.push(parent);
            next = program.function(parent).parent;
        }
        parents.reverse();
        let mut scope = Scope::default();
        let before = program.function(at).span.start;
        for parent in parents {
            program.push_captured(parent, &mut scope);
            let facts = program.function(parent);
            let owner = program.owner(parent);
            for param in &facts.params {
                let ty =
                    param.ty.as_ref().and_then(|ty| program.type_from_ref(ty, at.file, Some(parent), owner));
                scope.push(param.name.clone(), LocalId(param.span.start), ty);
            }
            for (span, pattern, ty) in bindings(program, parent, before) {
                let place = Place { file: at.file, function: Some(parent), owner, scope: &scope };
                let ty = match ty {
                    Binding::Annotated(ty) => program.type_from_ref(ty, at.file, Some(parent), owner),
                    Binding::Value(value) => program.type_of(&place, value),
                    Binding::Element(sequence) => {
                        Program::element_type(program.type_of(&place, sequence).as_ref())
                    }
                    Binding::Shorthand(name) => scope.get(name).and_then(|local| local.ty.clone()),
                };
                let _ = span;
                bind_static(pattern, ty, &mut scope);
            }
        }
        program.push_captured(at, &mut scope);
        scope
    }
}

/// What gives a local name its type.
enum Binding<'a> {
    Annotated(&'a crate::facts::TypeRef),
    Value(ExprId),
    Element(ExprId),
    Shorthand(&'a str),
}

/// The local names that a function declares before a place, in order of places.
fn bindings(program: &Program, at: FunctionRef, before: u32) -> Vec<(Span, &Pattern, Binding<'_>)> {
    let facts = program.file(at.file);
    let span = program.function(at).span;
    let mut found = Vec::new();
    for (_, stmt) in facts.stmts_in(span).filter(|(_, stmt)| stmt.span.start < before) {
        match &stmt.kind {
            StmtKind::Let { pattern, ty: Some(ty), .. } => {
                found.push((stmt.span, pattern, Binding::Annotated(ty)));
            }
            StmtKind::Let { pattern, value: Some(value), .. } => {
                found.push((stmt.span, pattern, Binding::Value(*value)));
            }
            StmtKind::For { pattern, sequence, .. } => {
                found.push((stmt.span, pattern, Binding::Element(*sequence)));
            }
            StmtKind::If { conditions, .. }
            | StmtKind::Guard { conditions, .. }
            | StmtKind::While { conditions, .. } => {
                for condition in conditions {
                    if let Condition::Bind { pattern, ty, value, span } = condition {
                        match (ty, value, pattern.names().first()) {
                            (Some(ty), ..) => found.push((*span, pattern, Binding::Annotated(ty))),
                            (None, Some(value), _) => found.push((*span, pattern, Binding::Value(*value))),
                            (None, None, Some(name)) => {
                                found.push((*span, pattern, Binding::Shorthand(name)));
                            }
                            (None, None, None) => {}
                        }
                    }
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|(span, ..)| *span);
    found
}

fn bind_static(pattern: &Pattern, ty: Option<Ty>, scope: &mut Scope) {
    let mut open = vec![(pattern, ty)];
    while let Some((pattern, ty)) = open.pop() {
        match pattern {
            Pattern::Bind(name, span) if name != "self" => scope.push(name.clone(), LocalId(span.start), ty),
            Pattern::Optional(inner) | Pattern::As(inner, _) => {
                open.push((inner, ty.map(|ty| ty.unwrapped().clone())));
            }
            Pattern::Tuple(parts) => {
                let types = match ty {
                    Some(Ty::Tuple(types)) => types,
                    _ => Vec::new(),
                };
                open.extend(
                    parts.iter().enumerate().map(|(at, part)| (part, types.get(at).cloned().flatten())),
                );
            }
            Pattern::Case { args, .. } => open.extend(args.iter().map(|part| (part, None))),
            _ => {}
        }
    }
}
