//! Reporting code that the system or the language runs at a place that does not name it: the initial values of properties,
//! `deinit`, observers of a property, what a protocol of the standard library asks for, result builders.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use smol_str::SmolStr;

use crate::facts::{Arg, ExprId, ExprKind, FileFacts, FunctionKind, Node, StmtKind};
use crate::program::{Around, FunctionRef, Place, Program, PropertyRef, Scope, Ty, TypeIndex};
use crate::source::Role;

/// Methods that code outside the project calls on what it is given, and the getters among them.
const WITNESSES: [&str; 10] = [
    "main",
    "start",
    "hash",
    "next",
    "makeIterator",
    "description",
    "debugDescription",
    "encode",
    "cancel",
    "run",
];

/// Labels of initialisers that code outside the project calls: those of `Decodable`, and of literals.
const MADE_FROM: [&str; 9] = [
    "from",
    "stringLiteral",
    "integerLiteral",
    "floatLiteral",
    "booleanLiteral",
    "nilLiteral",
    "arrayLiteral",
    "dictionaryLiteral",
    "stringInterpolation",
];

pub(super) const DYNAMIC: &str = "dynamicMemberLookup";

/// What of the reporting functions runs where nothing names it.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// What the initial value of a property runs.
    pub(super) initials: BTreeMap<PropertyRef, BTreeSet<FunctionRef>>,
    /// What constructing a type runs besides its initialiser.
    pub(super) built: BTreeMap<TypeIndex, Vec<FunctionRef>>,
    pub(super) deinits: BTreeMap<TypeIndex, FunctionRef>,
    pub(super) witnesses: BTreeMap<TypeIndex, Vec<FunctionRef>>,
    /// Names of properties whose observers are closures given to something.
    observed: HashSet<SmolStr>,
    /// Functions of result builders.
    pub(super) builders: Vec<FunctionRef>,
    /// Functions that a selector may name.
    pub(super) exposed: Vec<FunctionRef>,
    /// What was given something which reports: a closure, a delegate with a method that nobody here calls.
    given: BTreeMap<Holder, BTreeSet<FunctionRef>>,
}

/// An object of a type that cannot be seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holder {
    /// One that a property builds itself: no other property has it.
    Own(PropertyRef),
    /// Any with this name, or of the type with this name.
    Named(SmolStr),
}

impl Hidden {
    /// `on_the_way` are those of the functions to which the entries lead.
    pub(super) fn of(
        program: &Program,
        functions: &BTreeSet<FunctionRef>,
        initials: BTreeMap<PropertyRef, BTreeSet<FunctionRef>>,
        on_the_way: &BTreeSet<FunctionRef>,
        is_entry: impl Fn(FunctionRef) -> bool,
    ) -> Self {
        let mut found = Self { initials, ..Self::default() };
        for (at, run) in &found.initials {
            let property = program.property(*at);
            let is_made_with_owner = !property.modifiers.is_lazy && !property.modifiers.is_static;
            if let Some(owner) = program.property_owner(*at).filter(|_| is_made_with_owner) {
                found.built.entry(owner).or_default().extend(run);
            }
        }
        let mut observes = false;
        for at in functions {
            let function = program.function(*at);
            observes |= function.name == "observeValue";
            let Some(owner) = program.owner(*at).filter(|_| function.parent.is_none()) else { continue };
            if function.kind == FunctionKind::Deinitializer {
                found.deinits.insert(owner, *at);
            }
            if is_witness(program, *at) {
                found.witnesses.entry(owner).or_default().push(*at);
            }
            if function.name.starts_with("build")
                && function.modifiers.is_static
                && is_marked(program, owner, "resultBuilder")
            {
                found.builders.push(*at);
            }
            if function
                .attributes
                .iter()
                .any(|attribute| attribute.name == "objc" || attribute.name == "IBAction")
            {
                found.exposed.push(*at);
            }
        }
        let listeners: BTreeSet<FunctionRef> = functions
            .iter()
            .copied()
            .filter(|at| !(on_the_way.contains(at) && names_parameter_around(program, *at)))
            .collect();
        let delegates = delegates(program, functions, is_entry);
        // What is given away is a closure that reports, or `self` where a type of such methods is declared.
        let closures = functions.iter().map(|at| at.file);
        let own = delegates.keys().flat_map(|ty| program.ty(*ty).decls.iter().map(|(file, _)| *file));
        let own: BTreeSet<u32> = own.collect();
        let by_key = if observes { program.files_with("forKeyPath", Around::LABEL) } else { Vec::new() };
        let files: BTreeSet<u32> = closures.chain(own.iter().copied()).chain(by_key).collect();
        let mut closures: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for at in functions {
            closures.entry(at.file).or_default().insert(at.id.part());
        }
        for file in files.into_iter().filter(|at| program.role(*at) != Role::Test) {
            let facts = program.file(file);
            // What names none of these, gives none of them away.
            let mut parts = closures.remove(&file).unwrap_or_default();
            if own.contains(&file) {
                parts.extend(facts.parts_with("self", Around::AS_VALUE));
            }
            if observes {
                parts.extend(facts.parts_with("forKeyPath", Around::LABEL));
            }
            for part in parts {
                found.observe(facts, (file, part), functions, observes);
                found.give(program, (file, part), &listeners, &delegates);
            }
        }
        found
    }

    /// Which properties have observers that are closures.
    fn observe(
        &mut self,
        facts: &FileFacts,
        (file, part): (u32, u32),
        functions: &BTreeSet<FunctionRef>,
        observes: bool,
    ) {
        for (_, expr) in facts.exprs_of_part(part) {
            let ExprKind::Call { callee, args, .. } = &expr.kind else { continue };
            if observes && let Some(arg) = args.iter().find(|arg| arg.label.as_deref() == Some("forKeyPath"))
            {
                self.name_observed(facts, arg.value);
            }
            let is_reporting = |arg: &Arg| match facts.expr(arg.value).kind {
                ExprKind::Closure(id) => functions.contains(&FunctionRef { file, id }),
                _ => false,
            };
            if args.iter().any(is_reporting) {
                self.name_observed(facts, *callee);
                args.iter().for_each(|arg| self.name_observed(facts, arg.value));
            }
        }
    }

    /// Which objects are given closures or delegates that report.
    fn give(
        &mut self,
        program: &Program,
        (file, part): (u32, u32),
        listeners: &BTreeSet<FunctionRef>,
        delegates: &BTreeMap<TypeIndex, Vec<FunctionRef>>,
    ) {
        let facts = program.file(file);
        let reporting = |value: ExprId, own: Option<TypeIndex>| match facts.expr(value).kind {
            ExprKind::Closure(id) => {
                let at = FunctionRef { file, id };
                if listeners.contains(&at) { vec![at] } else { Vec::new() }
            }
            ExprKind::SelfRef => own.and_then(|own| delegates.get(&own)).cloned().unwrap_or_default(),
            _ => Vec::new(),
        };
        let scope = Scope::default();
        for (id, body) in facts.blocks_of_part(part) {
            let place = Place::of(program, FunctionRef { file, id }, &scope);
            let own = place.owner;
            facts.each_node(body, |node| {
                let (base, given) = match node {
                    Node::Stmt(id) => match &facts.stmt(id).kind {
                        StmtKind::Assign { target, value, .. } => (*target, reporting(*value, own)),
                        _ => return,
                    },
                    Node::Expr(id) => match &facts.expr(id).kind {
                        ExprKind::Call { callee, args, .. } => {
                            (*callee, args.iter().flat_map(|arg| reporting(arg.value, own)).collect())
                        }
                        _ => return,
                    },
                };
                let ExprKind::Member { base: Some(base), .. } = facts.expr(base).kind else { return };
                // A variable, or an element of a collection, is another object each time.
                let is_kept = || {
                    let chain = program.chain(file, base);
                    chain.first().is_some_and(|name| names_type(name))
                        || program.property_at(&place, base).is_some()
                };
                if given.is_empty() || !is_kept() {
                    return;
                }
                for holder in holders(program, &place, base) {
                    self.given.entry(holder).or_default().extend(&given);
                }
            });
        }
    }

    fn name_observed(&mut self, facts: &FileFacts, expr: ExprId) {
        facts.each_node_in(expr, |node| {
            let Node::Expr(id) = node else { return };
            match &facts.expr(id).kind {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                    if let Some(name) = name.strip_prefix('$') {
                        self.observed.insert(name.into());
                    }
                }
                ExprKind::KeyPath(names) => self.observed.extend(names.last().cloned()),
                ExprKind::Str(name) => self.observed.extend(name.rsplit('.').next().map(SmolStr::new)),
                _ => {}
            }
        });
    }

    /// Whether a property of this name has observers that are closures.
    pub(super) fn is_observed(&self, name: &str) -> bool {
        self.observed.contains(name)
    }

    /// What the object that an expression yields was given that may report.
    pub(super) fn given(
        &self,
        program: &Program,
        place: &Place<'_>,
        object: ExprId,
    ) -> BTreeSet<FunctionRef> {
        if self.given.is_empty() {
            return BTreeSet::new();
        }
        let given = holders(program, place, object).into_iter().filter_map(|holder| self.given.get(&holder));
        given.flatten().copied().collect()
    }

    /// Whether a selector that is made at run time may name one of them.
    pub(super) fn has_exposed(&self) -> bool {
        !self.exposed.is_empty()
    }

    pub(super) fn has_observed(&self) -> bool {
        !self.observed.is_empty()
    }
}

/// Types with a method that reports, and that nothing in the project calls: whoever is given such an object may.
fn delegates(
    program: &Program,
    functions: &BTreeSet<FunctionRef>,
    is_entry: impl Fn(FunctionRef) -> bool,
) -> BTreeMap<TypeIndex, Vec<FunctionRef>> {
    let is_callback = |at: &&FunctionRef| {
        let function = program.function(**at);
        function.kind == FunctionKind::Function
            && function.parent.is_none()
            && !function.modifiers.is_private
            && !program.is_mentioned(&function.name)
            && !is_entry(**at)
    };
    let mut found: BTreeMap<TypeIndex, Vec<FunctionRef>> = BTreeMap::new();
    for at in functions.iter().filter(is_callback) {
        if let Some(owner) = program.owner(*at) {
            found.entry(owner).or_default().push(*at);
        }
    }
    found
}

/// Whether a closure uses a parameter of a function around it. What is given away on a push's way with that is about that
/// push: it reports no later one.
fn names_parameter_around(program: &Program, at: FunctionRef) -> bool {
    let facts = program.file(at.file);
    let mut params: HashSet<&str> = HashSet::new();
    let mut around = facts.function(at.id).parent;
    while let Some(id) = around {
        let function = facts.function(id);
        params.extend(function.params.iter().map(|param| param.name.as_str()));
        around = function.parent;
    }
    let (mut names, mut open) = (false, vec![at.id]);
    while let Some(id) = open.pop().filter(|_| !params.is_empty() && !names) {
        let Some(body) = facts.body(facts.function(id)) else { continue };
        facts.each_node(body, |node| {
            let Node::Expr(id) = node else { return };
            match &facts.expr(id).kind {
                ExprKind::Name(name) => names |= params.contains(name.as_str()),
                ExprKind::Closure(inner) => open.push(*inner),
                _ => {}
            }
        });
    }
    names
}

/// What an expression stands for where it yields an object of a type that is neither the project's nor Apple's.
fn holders(program: &Program, place: &Place<'_>, object: ExprId) -> Vec<Holder> {
    let is_foreign = |ty: &str| !crate::vocabulary::is_apple_type(ty) && program.types_named(ty).is_empty();
    let foreign = |ty: &Option<Ty>| {
        let name = ty.as_ref().and_then(|ty| program.outside_type(ty));
        name.filter(|ty| is_foreign(ty)).map(SmolStr::new)
    };
    let Some(at) = program.property_at(place, object) else {
        // `Sdk.shared`, or a variable that may have been named as the property whose value it has.
        let chain = program.chain(place.file, object);
        let ty = chain.first().filter(|name| names_type(name)).cloned();
        let is_known = match &ty {
            Some(ty) => is_foreign(ty),
            None => foreign(&program.type_of(place, object)).is_some(),
        };
        let names = holder(&chain).cloned().into_iter().chain(ty).filter(|_| is_known);
        return names.map(Holder::Named).collect();
    };
    match foreign(&program.type_of_property(at)) {
        Some(_) if builds_its_own(program, at) => vec![Holder::Own(at)],
        Some(ty) => vec![Holder::Named(program.property(at).name.clone()), Holder::Named(ty)],
        None => Vec::new(),
    }
}

fn names_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// Whether the value of a property is an object that is built for it, and never another.
fn builds_its_own(program: &Program, at: PropertyRef) -> bool {
    let property = program.property(at);
    let Some(initial) = property.initial else { return false };
    let ExprKind::Call { callee, .. } = &program.file(at.file).expr(initial).kind else { return false };
    let is_type = match &program.file(at.file).expr(*callee).kind {
        ExprKind::Name(name) => names_type(name),
        ExprKind::Type(_) => true,
        _ => false,
    };
    is_type && (!property.is_var || !program.is_written(&property.name))
}

/// The name at the end of a chain, `Sdk` of `Sdk.shared`.
fn holder(chain: &[SmolStr]) -> Option<&SmolStr> {
    let is_plain = |name: &&SmolStr| {
        !matches!(
            name.as_str(),
            "self" | "super" | "shared" | "sharedInstance" | "default" | "instance" | "main"
        )
    };
    chain.iter().rev().find(is_plain)
}

/// Whether code outside the project may call a function because its type has a protocol or a class from there.
pub(super) fn is_witness(program: &Program, at: FunctionRef) -> bool {
    let function = program.function(at);
    if function.parent.is_some() || function.owner.is_none() {
        return false;
    }
    match function.kind {
        FunctionKind::Initializer => {
            let first = function.params.first().and_then(|param| param.label.as_deref());
            first.is_some_and(|label| MADE_FROM.contains(&label))
        }
        FunctionKind::Function => {
            let is_sign = matches!(function.name.as_str(), "<" | "==" | ">" | "<=" | ">=");
            is_sign || WITNESSES.contains(&function.name.as_str())
        }
        FunctionKind::Getter => WITNESSES.contains(&function.name.as_str()),
        _ => false,
    }
}

/// Whether some type passes on what it is asked for: `@dynamicMemberLookup`.
pub(super) fn has_dynamic_members(program: &Program) -> bool {
    program.types().any(|(ty, _)| is_marked(program, ty, DYNAMIC))
}

/// Whether a type has an attribute.
pub(super) fn is_marked(program: &Program, ty: TypeIndex, name: &str) -> bool {
    program.ty(ty).decls.iter().any(|(file, id)| {
        program.outline(*file, *id).is_some_and(|ty| ty.marks.iter().any(|mark| mark == name))
    })
}
