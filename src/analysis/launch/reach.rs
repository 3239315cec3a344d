//! Which code can matter: everything from which an event can be reached, by name.
//!
//! By name means: too much rather than too little. The walk itself goes by types.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use smol_str::SmolStr;

use super::holders::{Holders, constructed_name};
use crate::facts::{Arg, ExprId, ExprKind, FileFacts, FunctionId, FunctionKind, Node, StmtKind};
use crate::program::{FunctionRef, Program, PropertyRef, TypeIndex};
use crate::source::Role;
use crate::vocabulary::{Meaning, OutsideCall, Vocabulary, is_registry_type, is_reporter_type};

/// Something that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Body {
    /// A function or closure.
    Function(FunctionRef),
    /// The initial value of a property.
    Initial(PropertyRef),
    /// The statements of a file.
    TopLevel(u32),
}

impl Body {
    pub(super) fn file(self) -> u32 {
        match self {
            Body::Function(at) => at.file,
            Body::Initial(at) => at.file,
            Body::TopLevel(file) => file,
        }
    }
}

/// How a body comes to run.
#[derive(Clone, Debug)]
enum Via {
    /// Where this name is mentioned.
    Name(SmolStr),
    /// As a part of another body.
    Body(Body),
}

/// The code that can matter.
#[derive(Debug)]
pub(super) struct Reach {
    /// Bodies in which something happens.
    pub(super) seeds: BTreeSet<Body>,
    /// Bodies in which a call is reported: what the handler does there is asked, too.
    reporting: BTreeSet<Body>,
    relevant: BTreeSet<Body>,
    mentioning: HashMap<SmolStr, Vec<Body>>,
    /// The body around a closure or local function.
    around: BTreeMap<FunctionRef, Body>,
    /// Stored properties of a type with an initial value that matters, in order.
    initials: HashMap<TypeIndex, Vec<PropertyRef>>,
    /// Types whose construction matters.
    built: HashSet<TypeIndex>,
}

impl Reach {
    pub(super) fn new(program: &Program, vocabulary: &Vocabulary, holders: &Holders) -> Self {
        let mut reach = Self {
            seeds: BTreeSet::new(),
            reporting: BTreeSet::new(),
            relevant: BTreeSet::new(),
            mentioning: HashMap::new(),
            around: BTreeMap::new(),
            initials: HashMap::new(),
            built: HashSet::new(),
        };
        let declared = declared_names(program);
        for body in bodies(program) {
            let mut scan = Scan {
                program,
                vocabulary,
                holders,
                body,
                declared: &declared,
                is_seed: false,
                is_reporting: false,
                names: HashSet::new(),
            };
            scan.run();
            if scan.is_seed {
                reach.seeds.insert(body);
            }
            if scan.is_reporting {
                reach.reporting.insert(body);
            }
            let mut names: Vec<SmolStr> = scan.names.into_iter().collect();
            names.sort();
            for name in names {
                reach.mentioning.entry(name).or_default().push(body);
            }
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

    /// The bodies that may lead to a body, by name.
    pub(super) fn callers(&self, program: &Program, body: Body) -> BTreeSet<Body> {
        let mut callers = BTreeSet::new();
        for via in self.ways_to(program, body) {
            match via {
                Via::Name(name) => callers.extend(self.mentioning.get(&name).into_iter().flatten().copied()),
                Via::Body(around) => {
                    callers.insert(around);
                }
            }
        }
        callers.remove(&body);
        callers
    }

    /// Closures and local functions belong to what is around them.
    fn find_surroundings(&mut self, program: &Program) {
        for (at, function) in program.functions() {
            let is_inner = function.parent.is_some() || function.kind == FunctionKind::Closure;
            if !is_inner {
                continue;
            }
            let around = match function.parent {
                Some(parent) => Some(Body::Function(FunctionRef { file: at.file, id: parent })),
                None => {
                    let facts = program.file(at.file);
                    let holds = |id: ExprId| facts.expr(id).span.contains(function.span);
                    let property =
                        facts.properties.iter().position(|property| property.initial.is_some_and(holds));
                    property.map_or(Some(Body::TopLevel(at.file)), |id| {
                        Some(Body::Initial(PropertyRef {
                            file: at.file,
                            id: crate::facts::PropertyId(id as u32),
                        }))
                    })
                }
            };
            if let Some(around) = around {
                self.around.insert(at, around);
            }
        }
    }

    fn ways_to(&self, program: &Program, body: Body) -> Vec<Via> {
        let names_of = |owner: TypeIndex| {
            let own = std::iter::once(owner).chain(program.descendants(owner));
            own.map(|ty| Via::Name(program.ty(ty).name.clone())).collect::<Vec<_>>()
        };
        match body {
            Body::TopLevel(_) => Vec::new(),
            Body::Initial(at) => {
                let property = program.property(at);
                match program.property_owner(at) {
                    Some(owner) if !property.modifiers.is_static && !property.modifiers.is_lazy => {
                        names_of(owner)
                    }
                    _ => vec![Via::Name(property.name.clone())],
                }
            }
            Body::Function(at) => {
                if let Some(around) = self.around(at) {
                    return vec![Via::Body(around)];
                }
                let function = program.function(at);
                if function.kind != FunctionKind::Initializer {
                    return vec![Via::Name(function.name.clone())];
                }
                let mut ways = program.owner(at).map(names_of).unwrap_or_default();
                let labels = function.params.iter().map(|param| param.label.clone());
                ways.push(Via::Name(implicit_init(labels)));
                ways
            }
        }
    }

    fn close(&mut self, program: &Program) {
        let mut open: Vec<Body> = self.seeds.union(&self.reporting).copied().collect();
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

/// The name under which `.init(labels:)` is indexed where the type is left out.
fn implicit_init(labels: impl Iterator<Item = Option<SmolStr>>) -> SmolStr {
    let mut name = String::from(".init");
    for label in labels {
        name.push(':');
        name.push_str(label.as_deref().unwrap_or("_"));
    }
    name.into()
}

/// The walk over one body.
struct Scan<'a> {
    program: &'a Program,
    vocabulary: &'a Vocabulary,
    holders: &'a Holders,
    body: Body,
    declared: &'a HashSet<SmolStr>,
    is_seed: bool,
    is_reporting: bool,
    names: HashSet<SmolStr>,
}

impl Scan<'_> {
    fn run(&mut self) {
        let program = self.program;
        let facts = program.file(self.body.file());
        match self.body {
            Body::Function(at) => {
                let function = program.function(at);
                self.is_seed |= function
                    .result
                    .as_ref()
                    .and_then(|ty| ty.name())
                    .is_some_and(|name| is_registry_type(name));
                for default in function.params.iter().filter_map(|param| param.default) {
                    facts.each_node_in(default, |node| self.node(facts, node));
                }
                if let Some(body) = &function.body {
                    facts.each_node(body, |node| self.node(facts, node));
                }
            }
            Body::Initial(at) => {
                let property = program.property(at);
                self.is_seed |= self.holders.properties.contains(&at);
                self.names.extend(property.ty.as_ref().and_then(|ty| ty.name()).cloned());
                if let Some(initial) = property.initial {
                    facts.each_node_in(initial, |node| self.node(facts, node));
                }
            }
            Body::TopLevel(_) => facts.each_node(&facts.top_level, |node| self.node(facts, node)),
        }
    }

    fn node(&mut self, facts: &FileFacts, node: Node) {
        match node {
            Node::Stmt(id) => {
                if let StmtKind::Assign { target, .. } = &facts.stmt(id).kind {
                    self.assignment(facts, *target);
                }
            }
            Node::Expr(id) => match &facts.expr(id).kind {
                ExprKind::Name(name) => self.mention(name),
                ExprKind::Member { base, name, .. } => {
                    self.mention(name);
                    let is_super = base.is_some_and(|base| matches!(facts.expr(base).kind, ExprKind::Super));
                    if is_super && name == "init" {
                        self.mention_supertypes();
                    }
                }
                ExprKind::Type(ty) => ty.name().into_iter().for_each(|name| self.mention(name)),
                ExprKind::Call { callee, args, .. } => self.call(facts, *callee, args),
                _ => {}
            },
        }
    }

    fn mention(&mut self, name: &SmolStr) {
        if self.declared.contains(name) {
            self.names.insert(name.clone());
        }
    }

    fn mention_supertypes(&mut self) {
        if let Body::Function(at) = self.body
            && let Some(owner) = self.program.owner(at)
        {
            for ty in self.program.ancestry(owner).into_iter().skip(1) {
                self.names.insert(self.program.ty(ty).name.clone());
            }
        }
    }

    fn assignment(&mut self, facts: &FileFacts, target: ExprId) {
        match &facts.expr(target).kind {
            ExprKind::Member { name, .. } if name == "desiredPushTypes" => self.is_seed = true,
            ExprKind::Member { base: Some(base), name, .. } if name == "delegate" => {
                let chain = self.program.chain(self.body.file(), *base);
                let is_named = chain.last().is_some_and(|name| self.holders.registries.contains(name));
                let modules = ["PushKit", "LiveCommunicationKit"];
                self.is_seed |=
                    is_named || facts.imports.iter().any(|import| modules.contains(&import.as_str()));
            }
            ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                self.is_seed |= self.holders.names.contains(name);
            }
            _ => {}
        }
    }

    fn call(&mut self, facts: &FileFacts, callee: ExprId, args: &[Arg]) {
        if let Some(name) = constructed_name(facts, callee) {
            self.is_seed |= is_registry_type(name) || is_reporter_type(name);
        }
        let labels = || args.iter().map(|arg| arg.label.clone());
        match &facts.expr(callee).kind {
            ExprKind::Member { base: None, name, .. } if name == "init" => {
                self.names.insert(implicit_init(labels()));
                let first = args.first().and_then(|arg| arg.label.as_deref());
                self.is_seed |= matches!(first, Some("queue" | "configuration"));
            }
            ExprKind::Member { base: Some(base), name, .. } => {
                self.is_seed |= name == "setDelegate" && args.len() == 2;
                self.is_reporting |= name.starts_with("reportNewIncoming");
                let chain = self.program.chain(self.body.file(), *base);
                if let Some(receiver) = chain.first().cloned()
                    && receiver.starts_with(char::is_uppercase)
                    && !self.declared.contains(&receiver)
                {
                    let (name, labels) = (name.clone(), labels().collect());
                    let call = OutsideCall { receiver: Some(receiver), chain, name, labels };
                    let meaning = self.vocabulary.lookup(&call).map(|found| found.meaning);
                    self.is_seed |= matches!(meaning, Some(Meaning::OwnsRegistry));
                    self.is_reporting |=
                        matches!(meaning, Some(Meaning::Reports { .. } | Meaning::CallsBack { .. }));
                }
            }
            _ => {}
        }
    }
}

/// The function of an index in a file.
pub(super) fn function_at(file: u32, id: FunctionId) -> FunctionRef {
    FunctionRef { file, id }
}
