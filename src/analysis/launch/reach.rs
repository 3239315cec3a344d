//! Which code can matter: everything from which an event can be reached.
//!
//! An index by name finds who may lead to a body, cheaply; types decide whether he does.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use smol_str::SmolStr;

use super::holders::Holders;
use super::scan::{Found, Scan};
use super::timeline::Reports;
use crate::analysis::graph::{Body, Edge, Graph, function_at, implicit_init};
use crate::facts::{ExprId, FunctionId, FunctionKind};
use crate::program::{FunctionRef, Place, Program, PropertyRef, Ty, TypeIndex};
use crate::source::{Role, Span};

/// How many bodies are looked at from a push handler on.
const MAX_FORWARD: usize = 2_000;

/// How a body comes to run.
#[derive(Debug, Default)]
struct Ways {
    /// Names that are mentioned where it does.
    names: Vec<SmolStr>,
    /// What leads to it.
    edges: Vec<Edge>,
    /// Only calls lead to it.
    is_called: bool,
    /// Only code of its own file sees it.
    is_private: bool,
}

/// Who mentions a name.
#[derive(Debug, Default)]
struct Index {
    called: HashMap<SmolStr, Vec<Body>>,
    named: HashMap<SmolStr, Vec<Body>>,
}

impl Index {
    fn add(&mut self, body: Body, found: Found) {
        for (names, index) in [(found.called, &mut self.called), (found.named, &mut self.named)] {
            let mut names: Vec<SmolStr> = names.into_iter().collect();
            names.sort_unstable();
            for name in names {
                index.entry(name).or_default().push(body);
            }
        }
    }

    fn mentioning(&self, name: &str, is_called: bool) -> impl Iterator<Item = &Body> {
        let named = if is_called { None } else { self.named.get(name) };
        self.called.get(name).into_iter().chain(named).flatten()
    }
}

impl Ways {
    fn to(program: &Program, body: Body) -> Self {
        let mut ways = Self { edges: vec![Edge::Body(body)], ..Self::default() };
        match body {
            Body::TopLevel(_) => {}
            Body::Initial(at) => {
                let property = program.property(at);
                ways.is_private = property.modifiers.is_private;
                match program.property_owner(at) {
                    Some(owner) if !property.modifiers.is_static && !property.modifiers.is_lazy => {
                        ways.edges.clear();
                        ways.is_private = false;
                        ways.building(program, owner);
                    }
                    _ => {
                        ways.names.push(property.name.clone());
                    }
                }
            }
            Body::Function(at) => {
                let function = program.function(at);
                if function.kind == FunctionKind::Initializer {
                    ways.edges.clear();
                    program.owner(at).into_iter().for_each(|owner| ways.building(program, owner));
                    ways.names.push(implicit_init(function.params.iter().map(|param| param.label.clone())));
                } else {
                    ways.names.push(function.name.clone());
                    ways.is_called = function.kind == FunctionKind::Function;
                    ways.is_private = function.modifiers.is_private;
                }
            }
        }
        ways
    }

    /// A type is built where it, or one that inherits from it, is constructed.
    fn building(&mut self, program: &Program, owner: TypeIndex) {
        for ty in std::iter::once(owner).chain(program.descendants(owner)) {
            self.names.push(program.ty(ty).name.clone());
            self.edges.push(Edge::Build(ty));
        }
    }
}

/// The code that can matter.
pub(super) struct Reach<'a> {
    /// Bodies in which something happens.
    pub(super) seeds: BTreeSet<Body>,
    /// Bodies in which a provider reports a call.
    reporting: BTreeSet<Body>,
    /// Bodies in which an SDK reports one, or calls the app back to do it.
    sdk_reporting: BTreeSet<Body>,
    pub(super) relevant: BTreeSet<Body>,
    index: Index,
    graph: &'a Graph<'a>,
    /// The body around a closure or local function.
    around: BTreeMap<FunctionRef, Body>,
    /// Stored properties of a type with an initial value that matters, in order.
    initials: HashMap<TypeIndex, Vec<PropertyRef>>,
    /// Types whose construction matters.
    built: HashSet<TypeIndex>,
}

impl<'a> Reach<'a> {
    pub(super) fn new(graph: &'a Graph<'a>, holders: &Holders) -> Self {
        let (program, vocabulary) = (graph.program, graph.vocabulary);
        let mut reach = Self {
            seeds: BTreeSet::new(),
            reporting: BTreeSet::new(),
            sdk_reporting: BTreeSet::new(),
            relevant: BTreeSet::new(),
            index: Index::default(),
            graph,
            around: BTreeMap::new(),
            initials: HashMap::new(),
            built: HashSet::new(),
        };
        let declared = declared_names(program);
        for body in bodies(program) {
            let found = Scan::new(program, vocabulary, holders, &declared, body).run();
            if found.is_seed {
                reach.seeds.insert(body);
            }
            if found.is_reporting {
                reach.reporting.insert(body);
            }
            if found.is_sdk_reporting {
                reach.sdk_reporting.insert(body);
            }
            reach.index.add(body, found);
        }
        reach.find_surroundings(program);
        reach.close(program);
        reach
    }

    /// Whether an event can be reached from a body.
    pub(super) fn is_relevant(&self, body: Body) -> bool {
        self.relevant.contains(&body)
    }

    /// The stored properties whose initial values matter, in the order in which they are built.
    pub(super) fn initials(&self, ty: TypeIndex) -> &[PropertyRef] {
        self.initials.get(&ty).map_or(&[], Vec::as_slice)
    }

    /// Whether an event can be reached from the construction of a type.
    pub(super) fn is_built(&self, ty: TypeIndex) -> bool {
        self.built.contains(&ty)
    }

    /// The body around a closure or local function.
    pub(super) fn around(&self, function: FunctionRef) -> Option<Body> {
        self.around.get(&function).copied()
    }

    /// Whether the value of an expression is certainly there.
    pub(super) fn is_present(&self, place: &Place<'_>, expr: ExprId) -> bool {
        self.graph.is_present(place, expr, 0)
    }

    /// The bodies that lead to a body.
    pub(super) fn callers(&self, program: &Program, body: Body) -> BTreeSet<Body> {
        let mut callers = BTreeSet::new();
        if let Body::Function(at) = body
            && let Some(around) = self.around(at)
        {
            callers.insert(around);
            return callers;
        }
        let ways = Ways::to(program, body);
        let named = ways.names.iter().flat_map(|name| self.index.mentioning(name, ways.is_called));
        let is_visible = |caller: &Body| !ways.is_private || caller.file() == body.file();
        let named: BTreeSet<Body> =
            named.copied().filter(|caller| *caller != body && is_visible(caller)).collect();
        callers.extend(named.into_iter().filter(|caller| {
            let calls = self.graph.calls(*caller);
            ways.edges.iter().any(|edge| calls.leads_to(*edge))
        }));
        callers
    }

    /// Who reports a call in a push handler and in what it leads to.
    pub(super) fn reports(&self, program: &Program, handler: FunctionRef) -> Reports {
        let seen = self.forward(program, vec![Body::Function(handler)]);
        Reports {
            by_provider: seen.iter().any(|body| self.reporting.contains(body)),
            by_sdk: seen.iter().any(|body| self.sdk_reporting.contains(body)),
        }
    }

    /// Calls that the walk did not follow, since nobody knows which of several functions they run: those that lead
    /// from one of the bodies to something that matters, with the function that they may run.
    pub(super) fn open_calls(
        &self,
        program: &Program,
        from: &BTreeSet<Body>,
    ) -> Vec<(u32, Span, FunctionRef)> {
        let mut found = Vec::new();
        for body in &self.relevant {
            let Body::Function(at) = *body else { continue };
            let function = program.function(at);
            if function.kind != FunctionKind::Function || function.owner.is_none() {
                continue;
            }
            for caller in self.index.mentioning(&function.name, true) {
                if let Some(span) = self.graph.calls(*caller).may_call(at)
                    && self.is_reached(program, *caller, from)
                {
                    found.push((caller.file(), span, at));
                }
            }
        }
        found
    }

    /// Everything that leads to a body, and the body.
    pub(super) fn backward(&self, program: &Program, body: Body) -> BTreeSet<Body> {
        let mut seen = BTreeSet::new();
        let mut open = vec![body];
        while let Some(body) = open.pop() {
            if seen.len() < MAX_FORWARD && seen.insert(body) {
                open.extend(self.callers(program, body));
            }
        }
        seen
    }

    /// Whether one of the bodies leads to a body.
    fn is_reached(&self, program: &Program, body: Body, from: &BTreeSet<Body>) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![body];
        while let Some(body) = open.pop() {
            if from.contains(&body) {
                return true;
            }
            if seen.len() < MAX_FORWARD && seen.insert(body) {
                open.extend(self.callers(program, body));
            }
        }
        false
    }

    /// The type of what a closure is given as its first argument, where the call tells.
    pub(super) fn element(&self, closure: FunctionRef) -> Option<Ty> {
        self.graph.element(closure)
    }

    /// Everything that bodies lead to, closures included.
    pub(super) fn forward(&self, program: &Program, from: Vec<Body>) -> BTreeSet<Body> {
        let mut seen: BTreeSet<Body> = BTreeSet::new();
        let mut open = from;
        while let Some(body) = open.pop() {
            if seen.len() > MAX_FORWARD || !seen.insert(body) {
                continue;
            }
            if let Body::Function(at) = body {
                open.extend(Self::inside(program, at));
            }
            for edge in self.graph.calls(body).edges() {
                match edge {
                    Edge::Body(body) => open.push(*body),
                    Edge::Build(ty) => {
                        open.extend(self.initials(*ty).iter().map(|at| Body::Initial(*at)));
                        let inits = program.ty(*ty).methods.get("init");
                        open.extend(inits.into_iter().flatten().map(|at| Body::Function(*at)));
                    }
                }
            }
        }
        seen
    }

    /// The closures and local functions directly in a function.
    fn inside(program: &Program, at: FunctionRef) -> Vec<Body> {
        let functions = program.file(at.file).functions.iter().enumerate();
        let inner = functions.filter(|(_, function)| function.parent == Some(at.id));
        inner.map(|(id, _)| Body::Function(function_at(at.file, FunctionId(id as u32)))).collect()
    }

    /// Closures and local functions belong to what is around them.
    fn find_surroundings(&mut self, program: &Program) {
        let mut initials: BTreeMap<u32, Vec<(Span, PropertyRef)>> = BTreeMap::new();
        for (at, property) in program.properties() {
            if let Some(initial) = property.initial {
                initials.entry(at.file).or_default().push((program.file(at.file).expr(initial).span, at));
            }
        }
        for spans in initials.values_mut() {
            spans.sort();
        }
        for (at, function) in program.functions() {
            let around = match function.parent {
                Some(parent) => Body::Function(function_at(at.file, parent)),
                None if function.kind == FunctionKind::Closure => {
                    let spans = initials.get(&at.file).map_or(&[][..], Vec::as_slice);
                    let until = spans.partition_point(|(span, _)| span.start <= function.span.start);
                    let inner = spans[..until].iter().rev().find(|(span, _)| span.contains(function.span));
                    inner.map_or(Body::TopLevel(at.file), |(_, property)| Body::Initial(*property))
                }
                None => continue,
            };
            self.around.insert(at, around);
        }
    }

    fn close(&mut self, program: &Program) {
        let mut open: Vec<Body> = self.seeds.iter().copied().collect();
        while let Some(body) = open.pop() {
            if !self.relevant.insert(body) {
                continue;
            }
            open.extend(self.callers(program, body));
        }
        for body in &self.relevant {
            match body {
                Body::Initial(at) => {
                    let property = program.property(*at);
                    let owner = program.property_owner(*at);
                    if let Some(owner) =
                        owner.filter(|_| !property.modifiers.is_static && !property.modifiers.is_lazy)
                    {
                        self.initials.entry(owner).or_default().push(*at);
                        self.built.insert(owner);
                    }
                }
                Body::Function(at) if program.function(*at).kind == FunctionKind::Initializer => {
                    self.built.extend(program.owner(*at));
                }
                _ => {}
            }
        }
        let inherited: Vec<TypeIndex> = program.types().map(|(ty, _)| ty).collect();
        for ty in inherited {
            if program.ancestry(ty).iter().any(|at| self.built.contains(at)) {
                self.built.insert(ty);
            }
        }
    }
}

/// Everything that runs, tests left out.
fn bodies(program: &Program) -> Vec<Body> {
    let product = |file: u32| program.role(file) != Role::Test;
    let mut all: Vec<Body> = program
        .functions()
        .filter(|(at, function)| product(at.file) && function.body.is_some())
        .map(|(at, _)| Body::Function(at))
        .collect();
    all.extend(
        program
            .properties()
            .filter(|(at, property)| product(at.file) && property.initial.is_some())
            .map(|(at, _)| Body::Initial(at)),
    );
    all.extend((0..program.file_count()).filter(|file| product(*file)).map(Body::TopLevel));
    all
}

/// The names that something of the project has.
fn declared_names(program: &Program) -> HashSet<SmolStr> {
    let mut names: HashSet<SmolStr> =
        program.functions().map(|(_, function)| function.name.clone()).collect();
    names.extend(program.properties().map(|(_, property)| property.name.clone()));
    names.extend(program.types().map(|(_, ty)| ty.name.clone()));
    names
}
