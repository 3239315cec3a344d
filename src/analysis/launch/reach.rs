//! Which code can matter: everything from which an event can be reached.
//!
//! Names tell who may lead to a body, cheaply; types decide whether he does.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::holders::Holders;
use super::seeds::Seeds;
use super::timeline::Reports;
use crate::analysis::calls::{Body, Edge};
use crate::analysis::graph::{Graph, function_at};
use crate::analysis::mentions::Site;
use crate::facts::{ExprId, FunctionKind, PropertyId};
use crate::program::{FunctionRef, Place, Program, PropertyRef, Ty, TypeIndex};
use crate::source::{Role, Span};
use crate::vocabulary::SetupId;

/// How many bodies that lead somewhere are looked at.
const MAX_BACKWARD: usize = 2_000;

/// The code that can matter.
pub(super) struct Reach<'a> {
    pub(super) seeds: Seeds,
    pub(super) relevant: BTreeSet<Body>,
    graph: &'a Graph<'a>,
    /// Stored properties of a type with an initial value that matters, in order.
    initials: HashMap<TypeIndex, Vec<PropertyRef>>,
    /// Types whose construction matters.
    built: HashSet<TypeIndex>,
    callers: RefCell<HashMap<Body, Rc<BTreeSet<Body>>>>,
}

impl<'a> Reach<'a> {
    pub(super) fn new(graph: &'a Graph<'a>, holders: &Holders) -> Self {
        let mut reach = Self {
            seeds: Seeds::new(graph.program, graph.vocabulary, holders),
            relevant: BTreeSet::new(),
            graph,
            initials: HashMap::new(),
            built: HashSet::new(),
            callers: RefCell::default(),
        };
        reach.close();
        reach
    }

    /// Whether an event can be reached from a body.
    pub(super) fn is_relevant(&self, body: Body) -> bool {
        self.relevant.contains(&body)
    }

    /// Whether closures or local functions stand in a function.
    pub(super) fn has_closures(&self, at: FunctionRef) -> bool {
        self.graph.has_inner(at)
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
    fn around(&self, at: FunctionRef) -> Option<Body> {
        let program = self.graph.program;
        let facts = program.file(at.file);
        let function = facts.function(at.id);
        if let Some(parent) = function.parent {
            return Some(Body::Function(function_at(at.file, parent)));
        }
        if function.kind != FunctionKind::Closure {
            return None;
        }
        let holds = |initial: ExprId| facts.expr(initial).span.contains(function.span);
        let property = facts.properties.iter().position(|property| property.initial.is_some_and(holds));
        let initial = property.map(|id| PropertyRef { file: at.file, id: PropertyId(id as u32) });
        Some(initial.map_or(Body::TopLevel(at.file), Body::Initial))
    }

    /// Whether the value of an expression is certainly there.
    pub(super) fn is_present(&self, place: &Place<'_>, expr: ExprId) -> bool {
        self.graph.is_present(place, expr, 0)
    }

    /// The bodies that lead to a body; tests are left out.
    pub(super) fn callers(&self, body: Body) -> Rc<BTreeSet<Body>> {
        if let Some(known) = self.callers.borrow().get(&body) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.find_callers(body));
        self.callers.borrow_mut().insert(body, Rc::clone(&found));
        found
    }

    fn find_callers(&self, body: Body) -> BTreeSet<Body> {
        if let Body::Function(at) = body
            && let Some(around) = self.around(at)
        {
            return BTreeSet::from([around]);
        }
        let program = self.graph.program;
        let (mut sites, edges) = self.possible_callers(body);
        sites.retain(|site| site.body != body && program.role(site.body.file()) != Role::Test);
        let mut callers =
            self.graph.leading(&sites, |calls| edges.iter().any(|edge| calls.leads_to(program, *edge)));
        if let Body::Function(at) = body {
            let calling_back = self.seeds.calling_back.get(&program.function(at).name);
            let calling_back = calling_back.into_iter().flatten().copied();
            callers.extend(
                calling_back.filter(|caller| self.graph.calls(*caller).leads_to(program, Edge::Body(body))),
            );
        }
        callers
    }

    /// The places that may lead to a body, by name, and what they lead to if they do.
    fn possible_callers(&self, body: Body) -> (Vec<Site>, Vec<Edge>) {
        let (program, graph) = (self.graph.program, self.graph);
        match body {
            Body::TopLevel(_) => (Vec::new(), Vec::new()),
            Body::Initial(at) => {
                let property = program.property(at);
                let owner = program.property_owner(at);
                match owner.filter(|_| !property.is_initialized_at_first_use()) {
                    Some(owner) => (graph.building(owner, None), self.constructions(owner)),
                    None => (graph.naming(program.named_property(at)), vec![Edge::Body(body)]),
                }
            }
            Body::Function(at) => {
                let function = program.function(at);
                let owner = program.owner(at);
                match (function.kind, owner) {
                    (FunctionKind::Initializer, Some(owner)) => {
                        (graph.building(owner, Some(at)), self.constructions(owner))
                    }
                    (FunctionKind::Initializer, None) => (Vec::new(), Vec::new()),
                    (FunctionKind::Function, _) => {
                        (graph.calling(program.named_function(at)), vec![Edge::Body(body)])
                    }
                    _ => (graph.naming(program.named_function(at)), vec![Edge::Body(body)]),
                }
            }
        }
    }

    /// A type is built where it, or one that inherits from it, is constructed.
    fn constructions(&self, owner: TypeIndex) -> Vec<Edge> {
        let built = std::iter::once(owner).chain(self.graph.program.descendants(owner));
        built.map(Edge::Build).collect()
    }

    /// Who reports a call in one of the push handlers and in what they lead to.
    pub(super) fn reports(&self, handlers: &[FunctionRef]) -> Reports {
        let lead_to = |bodies: &BTreeSet<Body>| self.lead_to(handlers, bodies);
        Reports { by_provider: lead_to(&self.seeds.reporting), by_sdk: lead_to(&self.seeds.sdk_reporting) }
    }

    /// What has to be set up before the SDKs report with which the push handlers do.
    pub(super) fn needs(&self, handlers: &[FunctionRef]) -> BTreeSet<SetupId> {
        let needing = self.seeds.needing.iter().filter(|(_, bodies)| self.lead_to(handlers, bodies));
        needing.map(|(setup, _)| *setup).collect()
    }

    /// Whether one of the push handlers leads to one of the bodies.
    fn lead_to(&self, handlers: &[FunctionRef], bodies: &BTreeSet<Body>) -> bool {
        let is_handler = |body: Body| matches!(body, Body::Function(at) if handlers.contains(&at));
        self.leads_from(bodies.iter().copied(), is_handler)
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
            for site in &self.graph.calling(program.named_function(at)) {
                if let Some(span) = self.graph.calls_at(site).may_call(program, at)
                    && self.leads_from([site.body], |body| from.contains(&body))
                {
                    found.push((site.body.file(), span, at));
                }
            }
        }
        found
    }

    /// Everything that leads to one of the bodies, and the bodies.
    pub(super) fn backward(&self, bodies: impl IntoIterator<Item = Body>) -> BTreeSet<Body> {
        let mut seen = BTreeSet::new();
        self.leads_from(bodies, |body| {
            seen.insert(body);
            false
        });
        seen
    }

    /// Whether something that is looked for leads to one of the bodies, or is one.
    pub(super) fn leads_from(
        &self,
        bodies: impl IntoIterator<Item = Body>,
        mut is_it: impl FnMut(Body) -> bool,
    ) -> bool {
        let mut seen = BTreeSet::new();
        let mut open: Vec<Body> = bodies.into_iter().collect();
        while let Some(body) = open.pop() {
            if seen.len() < MAX_BACKWARD && seen.insert(body) {
                if is_it(body) {
                    return true;
                }
                open.extend(self.callers(body).iter());
            }
        }
        false
    }

    /// The type of what a closure is given as its first argument, where the call tells.
    pub(super) fn element(&self, closure: FunctionRef) -> Option<Ty> {
        self.graph.element(closure)
    }

    fn close(&mut self) {
        let program = self.graph.program;
        let mut open: Vec<Body> = self.seeds.events.iter().copied().collect();
        while let Some(body) = open.pop() {
            if !self.relevant.insert(body) {
                continue;
            }
            open.extend(self.callers(body).iter());
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
        let inherited: Vec<TypeIndex> = self.built.iter().flat_map(|ty| program.descendants(*ty)).collect();
        self.built.extend(inherited);
    }
}
