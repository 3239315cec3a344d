//! Who calls whom, by type: a call counts only where the walk would follow it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::calls::{Body, Calls, Edge, Open, accessors_of};
use super::duty::Backward;
use super::expected::Expected;
use super::families::Families;
use super::mentions::Site;
use crate::facts::{
    Arg, Condition, ExprId, ExprKind, FunctionId, FunctionKind, Node, Pattern, StmtId, StmtKind,
};
use crate::program::{
    CallSite, FunctionRef, LocalId, Place, Program, PropertyRef, Scope, Target, Ty, TypeIndex,
};
use crate::vocabulary::{Meaning, OutsideCall, Owed, Vocabulary};

/// How many calls away from where a duty begins a change can change the answer.
const MAX_FORWARD: usize = 6;

/// Who calls whom, found where it is asked.
#[derive(Debug)]
pub struct Graph<'a> {
    pub(crate) program: &'a Program,
    pub(crate) vocabulary: &'a Vocabulary,
    plugins: Vec<FunctionRef>,
    scopes: RefCell<HashMap<FunctionRef, Rc<Scope>>>,
    /// What the first parameter of a closure is, where the call that gets the closure tells.
    elements: RefCell<HashMap<FunctionRef, Ty>>,
    /// What a closure is to return, where what it is given to or assigned to tells.
    results: RefCell<HashMap<FunctionRef, Ty>>,
    /// The types that implicit members are members of, of the bodies whose calls are known.
    implicit: RefCell<HashMap<(u32, ExprId), Ty>>,
    calls: RefCell<HashMap<Body, Rc<Calls>>>,
    /// The same of single places in them.
    sites: RefCell<HashMap<(u32, ExprId), Rc<Calls>>>,
    pub(super) families: Families,
    pub(super) backward: Backward,
}

impl<'a> Graph<'a> {
    /// Prepares the graph; nothing is looked at yet.
    pub fn new(program: &'a Program, vocabulary: &'a Vocabulary) -> Self {
        let plugins = plugin_entries(program).into_iter().map(|(_, at)| at).collect();
        Self {
            program,
            vocabulary,
            plugins,
            scopes: RefCell::default(),
            elements: RefCell::default(),
            results: RefCell::default(),
            implicit: RefCell::default(),
            calls: RefCell::default(),
            sites: RefCell::default(),
            families: Families::default(),
            backward: Backward::default(),
        }
    }

    /// What a body leads to.
    pub(crate) fn calls(&self, body: Body) -> Rc<Calls> {
        if let Some(known) = self.calls.borrow().get(&body) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.find(body));
        self.calls.borrow_mut().insert(body, Rc::clone(&found));
        found
    }

    /// The functions that a function calls or builds something with, and the closures and local functions in it.
    pub(crate) fn functions_called(&self, at: FunctionRef) -> Vec<FunctionRef> {
        let program = self.program;
        let mut found: Vec<FunctionRef> = self.inner(at).collect();
        let calls = self.calls(Body::Function(at));
        for edge in &calls.edges {
            match edge {
                Edge::Body(Body::Function(called)) => found.push(*called),
                Edge::Body(_) => {}
                Edge::Build(ty) => match program.methods(*ty, "init") {
                    [] => found.extend(program.find_methods(*ty, "init")),
                    own => found.extend(own),
                },
            }
        }
        found.extend(calls.members.iter().flat_map(|member| accessors_of(program, member)));
        let only = |open: &Open| program.only_candidate(&open.name, open.args(program));
        found.extend(calls.open.iter().filter_map(only));
        found
    }

    /// The files of the functions that a function calls, and of those that they call, its own among them: where a report
    /// stood that has been deleted, nothing else shows.
    pub(crate) fn files_ahead(&self, root: FunctionRef) -> BTreeSet<u32> {
        let mut seen = BTreeSet::from([root]);
        let mut last = vec![root];
        for _ in 0..MAX_FORWARD {
            let called = last.iter().flat_map(|at| self.functions_called(*at));
            last = called.filter(|at| seen.insert(*at)).collect();
        }
        seen.into_iter().map(|function| function.file).collect()
    }

    /// Whether closures or local functions stand in a function.
    pub(crate) fn has_inner(&self, at: FunctionRef) -> bool {
        self.inner(at).next().is_some()
    }

    fn inner(&self, at: FunctionRef) -> impl Iterator<Item = FunctionRef> {
        self.program.file(at.file).inner(at.id).map(move |(id, _)| function_at(at.file, id))
    }

    /// What one name in a body leads to, with the call whose callee it is.
    pub(crate) fn calls_at(&self, site: &Site) -> Rc<Calls> {
        let body = site.body;
        if let Some(known) = self.calls.borrow().get(&body) {
            return Rc::clone(known);
        }
        if let ExprKind::Member { base: None, .. } = self.program.file(body.file()).expr(site.expr).kind {
            // What is around it tells the type.
            return self.calls(body);
        }
        let key = (body.file(), site.expr);
        if let Some(known) = self.sites.borrow().get(&key) {
            return Rc::clone(known);
        }
        let scope = self.scope_in(body);
        let place = self.place_in(body, &scope);
        let (mut calls, mut expected) = (Calls::default(), Expected::default());
        for expr in std::iter::once(site.expr).chain(site.call) {
            self.add(&place, expr, &mut expected, &mut calls);
        }
        let found = Rc::new(calls);
        self.sites.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    fn scope_in(&self, body: Body) -> Rc<Scope> {
        match body {
            Body::Function(at) => self.scope(at),
            Body::Initial(_) | Body::TopLevel(_) => Rc::default(),
        }
    }

    fn place_in<'s>(&self, body: Body, scope: &'s Scope) -> Place<'s> {
        let (function, owner) = match body {
            Body::Function(at) => (Some(at), self.program.owner(at)),
            Body::Initial(at) => (None, self.program.property_owner(at)),
            Body::TopLevel(_) => (None, None),
        };
        Place { file: body.file(), function, owner, scope }
    }

    fn find(&self, body: Body) -> Calls {
        let program = self.program;
        let facts = program.file(body.file());
        let scope = self.scope_in(body);
        let place = self.place_in(body, &scope);
        let (function, owner) = (place.function, place.owner);
        let mut calls = Calls::default();
        let mut expected = Expected::default();
        match body {
            Body::Function(at) => {
                let params = &program.function(at).params;
                for (default, ty) in
                    params.iter().filter_map(|param| Some((param.default?, param.ty.as_ref()?)))
                {
                    let ty = program.type_from_ref(ty, at.file, function, owner);
                    expected.want(program, at.file, default, ty);
                }
                expected.result = program.result_type(at).or_else(|| self.result_of_closure(at));
                let body = program.body(at);
                if let Some(value) = body.and_then(|body| program.single_expression(at.file, body)) {
                    expected.want(program, at.file, value, expected.result.clone());
                }
            }
            Body::Initial(at) => {
                let property = program.property(at);
                if let (Some(initial), Some(_)) = (property.initial, &property.ty) {
                    expected.want(program, at.file, initial, program.type_of_property(at));
                }
            }
            Body::TopLevel(_) => {}
        }
        let mut add = |node| {
            expected.note(&place, program, node);
            if let Node::Expr(id) = node {
                self.add(&place, id, &mut expected, &mut calls);
            }
        };
        match body {
            Body::Function(at) => {
                let function = program.function(at);
                let defaults = function.params.iter().filter_map(|param| param.default);
                let captured = function.captured().map(|(_, value)| value);
                defaults.chain(captured).for_each(|value| facts.each_node_in(value, &mut add));
                if let Some(body) = program.body(at) {
                    facts.each_node(body, &mut add);
                }
                // The end of an initialiser runs the one that it inherits.
                if function.kind == FunctionKind::Initializer
                    && let Some(owner) = owner
                {
                    let parents = program.ancestry(owner).into_iter().skip(1);
                    calls.edges.extend(parents.map(Edge::Build));
                }
            }
            Body::Initial(at) => {
                if let Some(initial) = program.property(at).initial {
                    facts.each_node_in(initial, &mut add);
                }
            }
            Body::TopLevel(_) => facts.each_node(&facts.top_level, &mut add),
        }
        let file = body.file();
        self.implicit.borrow_mut().extend(expected.types.into_iter().map(|(expr, ty)| ((file, expr), ty)));
        let results = expected.results.into_iter().map(|(id, ty)| (function_at(file, id), ty));
        self.results.borrow_mut().extend(results);
        calls
    }

    /// The type that a call constructs.
    pub(crate) fn built_at(&self, site: &CallSite) -> Option<TypeIndex> {
        let program = self.program;
        let body = Body::of_call(site);
        let ExprKind::Call { callee, args, .. } = &program.expr(site.call).kind else { return None };
        let target = match &program.file(site.call.file).expr(*callee).kind {
            ExprKind::Member { base: None, name, .. } => {
                program.resolve_implicit(self.implicit(body, *callee)?.project()?, name, args)
            }
            _ => program.resolve(&self.place_in(body, &self.scope_in(body)), *callee, args),
        };
        match target {
            Target::Construct(ty) => Some(ty),
            Target::Functions(found) => {
                let mut inits =
                    found.into_iter().filter(|at| program.function(*at).kind == FunctionKind::Initializer);
                inits.find_map(|at| program.owner(at))
            }
            _ => None,
        }
    }

    /// The type that an implicit member in a body is a member of, where its surroundings tell.
    pub(crate) fn implicit(&self, body: Body, expr: ExprId) -> Option<Ty> {
        self.calls(body);
        self.implicit.borrow().get(&(body.file(), expr)).cloned()
    }

    /// What a closure is to return, where it does not say so itself.
    fn result_of_closure(&self, at: FunctionRef) -> Option<Ty> {
        let function = self.program.function(at);
        let parent = function.parent.filter(|_| function.kind == FunctionKind::Closure)?;
        self.calls(Body::Function(function_at(at.file, parent)));
        self.results.borrow().get(&at).cloned()
    }

    fn add(&self, place: &Place<'_>, id: ExprId, expected: &mut Expected, calls: &mut Calls) {
        let program = self.program;
        match &program.file(place.file).expr(id).kind {
            ExprKind::Name(name) => {
                self.add_property(program.property_named(place, name), calls);
                if place.scope.get(name).is_none() {
                    let around = std::iter::successors(place.owner, |owner| program.ty(*owner).parent);
                    let methods = around.flat_map(|owner| program.find_methods(owner, name));
                    calls.mentioned.extend(methods);
                    calls.mentioned.extend(program.global_functions(name));
                }
                // A local of the name may be out of scope here.
                let open = Scope::default();
                let outer = Place { scope: &open, ..*place };
                if place.scope.get(name).is_some() {
                    self.add_property(program.property_named(&outer, name), calls);
                }
            }
            ExprKind::Member { base: Some(base), name, .. } => {
                match program.type_of(place, *base).and_then(|ty| ty.project()) {
                    Some(ty) => {
                        calls.members.insert((ty, name.clone()));
                        let methods = program.find_methods(ty, name);
                        // What a protocol asks for is that of its implementations.
                        if methods.iter().any(|at| program.function(*at).body.is_none()) {
                            calls.mentioned.extend(program.dispatch(ty, name, |_| true));
                        }
                        calls.mentioned.extend(methods);
                    }
                    None => self.add_property(program.property_at(place, id), calls),
                }
            }
            ExprKind::Selector(name) => {
                let methods = place.owner.map(|owner| program.find_methods(owner, name)).unwrap_or_default();
                if methods.is_empty() {
                    calls.mentioned.extend(program.functions_named(name));
                }
                calls.mentioned.extend(methods);
            }
            ExprKind::Member { base: None, name, .. } => {
                let ty = expected.of(id).and_then(Ty::project);
                self.add_property(ty.and_then(|ty| program.find_property(ty, name)), calls);
                calls.mentioned.extend(ty.into_iter().flat_map(|ty| program.find_methods(ty, name)));
            }
            ExprKind::Call { .. } => self.add_call(place, id, expected, calls),
            _ => {}
        }
    }

    fn add_property(&self, property: Option<PropertyRef>, calls: &mut Calls) {
        let Some(at) = property else { return };
        calls.edges.insert(Edge::Body(Body::Initial(at)));
        let accessors = self.program.accessors(at);
        let accessors = accessors.getters.into_iter().chain(accessors.setters);
        calls.edges.extend(accessors.map(|at| Edge::Body(Body::Function(at))));
    }

    fn add_call(&self, place: &Place<'_>, call: ExprId, expected: &mut Expected, calls: &mut Calls) {
        let program = self.program;
        let ExprKind::Call { callee, args, .. } = &program.file(place.file).expr(call).kind else { return };
        let callee = *callee;
        let mut implicit = None;
        match &program.file(place.file).expr(callee).kind {
            ExprKind::Member { base: None, name, .. } => {
                let ty = expected.of(callee).and_then(Ty::project);
                implicit = ty.map(|ty| program.resolve_implicit(ty, name, args));
            }
            ExprKind::Member { base: Some(base), name, .. }
                if name == "init"
                    && matches!(
                        program.file(place.file).expr(*base).kind,
                        ExprKind::SelfRef | ExprKind::Super
                    ) =>
            {
                let around = place.owner.into_iter().flat_map(|owner| program.ancestry(owner));
                calls.edges.extend(around.map(Edge::Build));
                return;
            }
            _ => {}
        }
        self.note_elements(place, callee, args);
        let edges = &mut calls.edges;
        let mut to_function = |at: FunctionRef| {
            edges.insert(match (program.function(at).kind, program.owner(at)) {
                (FunctionKind::Initializer, Some(owner)) => Edge::Build(owner),
                _ => Edge::Body(Body::Function(at)),
            });
        };
        let target = implicit.unwrap_or_else(|| program.resolve_certain(place, callee, args));
        if Expected::may_want(program, place.file, args) {
            match target {
                // The initialiser tells what it wants.
                Target::Construct(_) => {
                    expected.note_args(place, program, args, &program.resolve(place, callee, args));
                }
                _ => expected.note_args(place, program, args, &target),
            }
        }
        let means = |outside: &OutsideCall| self.vocabulary.lookup(outside).map(|found| found.meaning);
        let done_by = |meaning: Option<&Meaning>| {
            let is_done = |owed: &Owed| meaning.is_some_and(|meaning| meaning.concerns(*owed));
            Owed::ALL.into_iter().filter(is_done).collect::<Vec<_>>()
        };
        match target {
            Target::Functions(found) => {
                let outside = program.outside_witness(place, callee, args, &found);
                calls.done.extend(done_by(outside.as_ref().and_then(means)));
                found.into_iter().for_each(to_function);
            }
            Target::Construct(ty) => {
                edges.insert(Edge::Build(ty));
            }
            Target::Outside { call: outside, is_known_outside, .. } => {
                if !is_known_outside && outside.receiver.is_none() && program.declares_function(&outside.name)
                {
                    let name = outside.name.clone();
                    calls.open.push(Open { file: place.file, name, callee, call });
                }
                let meaning = means(&outside);
                calls.done.extend(done_by(meaning));
                if let Some(Meaning::CallsBack { methods, .. }) = meaning {
                    let bases = methods.iter().filter_map(|method| method.split('(').next());
                    bases.flat_map(|base| program.functions_named(base)).copied().for_each(&mut to_function);
                }
                if outside.name == "register" {
                    self.plugins.iter().copied().for_each(to_function);
                }
            }
            Target::Local(_)
            | Target::Property(_)
            | Target::Closure(_)
            | Target::Nothing
            | Target::Opaque => {}
        }
    }

    /// `all.forEach { $0… }`: the closure is given the elements.
    fn note_elements(&self, place: &Place<'_>, callee: ExprId, args: &[Arg]) {
        let facts = self.program.file(place.file);
        let ExprKind::Member { base: Some(base), .. } = &facts.expr(callee).kind else { return };
        for arg in args {
            if let ExprKind::Closure(id) = facts.expr(arg.value).kind
                && let Some(ty) = Program::element_type(self.program.type_of(place, *base).as_ref())
            {
                self.elements.borrow_mut().insert(function_at(place.file, id), ty);
            }
        }
    }

    /// The type of what a closure is given as its first argument.
    pub(crate) fn element(&self, closure: FunctionRef) -> Option<Ty> {
        let function = self.program.function(closure);
        let parent = function.parent.filter(|_| function.kind == FunctionKind::Closure)?;
        self.calls(Body::Function(function_at(closure.file, parent)));
        self.elements.borrow().get(&closure).cloned()
    }

    // --- Local names -------------------------------------------------------------------------------------------

    /// All local names of a function and of those around it, with their types.
    pub(crate) fn scope(&self, at: FunctionRef) -> Rc<Scope> {
        if let Some(known) = self.scopes.borrow().get(&at) {
            return Rc::clone(known);
        }
        let function = self.program.function(at);
        let mut scope = match function.parent {
            Some(parent) => self.scope(function_at(at.file, parent)).as_ref().clone(),
            None => Scope::default(),
        };
        self.program.push_captured(at, &mut scope);
        let owner = self.program.owner(at);
        let mut element = self.element(at);
        if function.params.is_empty() && element.is_some() {
            scope.push("$0".into(), LocalId(function.span.start), element.take());
        }
        for param in &function.params {
            let ty = param.ty.as_ref();
            let ty = ty.and_then(|ty| self.program.type_from_ref(ty, at.file, Some(at), owner));
            let ty = ty.or(element.take());
            scope.push(param.name.clone(), LocalId(param.span.start), ty);
        }
        if let Some(body) = self.program.body(at) {
            let facts = self.program.file(at.file);
            facts.each_node(body, |node| {
                if let Node::Stmt(id) = node {
                    self.declare(at, owner, id, &mut scope);
                }
            });
        }
        let scope = Rc::new(scope);
        self.scopes.borrow_mut().insert(at, Rc::clone(&scope));
        scope
    }

    fn declare(&self, at: FunctionRef, owner: Option<TypeIndex>, stmt: StmtId, scope: &mut Scope) {
        let program = self.program;
        let typed = |scope: &Scope, ty: Option<&crate::facts::TypeRef>, value: Option<ExprId>| {
            let written = ty.and_then(|ty| program.type_from_ref(ty, at.file, Some(at), owner));
            let place = Place { file: at.file, function: Some(at), owner, scope };
            written.or_else(|| value.and_then(|value| program.type_of(&place, value)))
        };
        match &program.stmt(at.file, stmt).kind {
            StmtKind::Let { pattern, ty, value, .. } => {
                let ty = typed(scope, ty.as_ref(), *value);
                bind(pattern, ty, scope);
            }
            StmtKind::For { pattern, sequence, .. } => {
                let ty = Program::element_type(typed(scope, None, Some(*sequence)).as_ref());
                bind(pattern, ty, scope);
            }
            StmtKind::If { conditions, .. }
            | StmtKind::Guard { conditions, .. }
            | StmtKind::While { conditions, .. } => {
                for condition in conditions {
                    if let Condition::Bind { pattern, ty, value, .. } = condition {
                        let ty = match (value, pattern.names().first()) {
                            (None, Some(name)) => {
                                let place = Place { file: at.file, function: Some(at), owner, scope };
                                let local = scope.get(name).and_then(|local| local.ty.clone());
                                let property = program.property_named(&place, name);
                                local.or_else(|| property.and_then(|at| program.type_of_property(at)))
                            }
                            _ => typed(scope, ty.as_ref(), *value),
                        };
                        bind(pattern, ty, scope);
                    }
                }
            }
            StmtKind::Switch { cases, .. } => {
                for (pattern, _) in cases.iter().flat_map(|case| &case.patterns) {
                    bind(pattern, None, scope);
                }
            }
            StmtKind::Function(id) => {
                let function = program.function(function_at(at.file, *id));
                scope.push(function.name.clone(), LocalId(function.name_span.start), None);
            }
            _ => {}
        }
    }
}

fn bind(pattern: &Pattern, ty: Option<Ty>, scope: &mut Scope) {
    let mut open = vec![(pattern, ty)];
    while let Some((pattern, ty)) = open.pop() {
        match pattern {
            Pattern::Bind(name, span) => scope.push(name.clone(), LocalId(span.start), ty),
            Pattern::Optional(inner) => open.push((inner, ty.map(|ty| ty.unwrapped().clone()))),
            Pattern::As(inner, _) => open.push((inner, None)),
            Pattern::Tuple(parts) | Pattern::Case { args: parts, .. } => {
                open.extend(parts.iter().rev().map(|part| (part, None)));
            }
            Pattern::Wildcard | Pattern::Expr(_) | Pattern::Is(_) => {}
        }
    }
}

/// The function of an index in a file.
pub(crate) fn function_at(file: u32, id: FunctionId) -> FunctionRef {
    FunctionRef { file, id }
}

/// Where plugins of the project are registered: `static func register(with:)` of a `FlutterPlugin`, `load()` of
/// a Capacitor plugin.
pub(crate) fn plugin_entries(program: &Program) -> Vec<(TypeIndex, FunctionRef)> {
    let mut entries = Vec::new();
    for (ty, _) in program.types().filter(|(_, facts)| !facts.is_test) {
        let ancestors = program.outside_ancestors(ty);
        let (name, label) = if ancestors.iter().any(|name| name.ends_with("FlutterPlugin")) {
            ("register", Some("with"))
        } else if ancestors.contains(&"CAPPlugin") {
            ("load", None)
        } else {
            continue;
        };
        let fits = |at: &FunctionRef| {
            let first = program.function(*at).params.first();
            first.and_then(|param| param.label.as_deref()) == label
        };
        entries.extend(program.methods(ty, name).iter().copied().filter(fits).map(|at| (ty, at)));
    }
    entries
}
