//! Who runs a function without calling it by its name: whoever mentions a property that holds it, whoever posts a notification
//! that it observes.
//!
//! Asked from the function: where it stands as a value tells under which names it may be kept.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use smol_str::SmolStr;

use super::Duties;
use super::origins::MAX_HOPS;
use crate::analysis::calls::{Body, Edge};
use crate::facts::{Arg, ExprId, ExprKind, FileFacts, FunctionId, PropertyId, StmtKind};
use crate::program::{Around, ExprRef, FunctionRef, Program, PropertyRef, Ty, TypeIndex};
use crate::source::Role;
use crate::vocabulary::Meaning;

/// What a value is used for.
#[derive(Clone, Copy, Debug)]
enum Use {
    /// The argument of a call, at a position.
    Argument(ExprId, usize),
    /// It is assigned to a place.
    Assigned(ExprId),
}

/// What the values of a part of a file are used for.
#[derive(Debug, Default)]
struct Values {
    uses: HashMap<ExprId, Use>,
    /// The initial values of properties.
    initials: HashMap<ExprId, PropertyId>,
    closures: HashMap<FunctionId, ExprId>,
}

impl Values {
    fn of(facts: &FileFacts, part: u32) -> Self {
        let mut found = Self::default();
        for (id, expr) in facts.exprs_of_part(part) {
            match &expr.kind {
                ExprKind::Call { args, .. } => {
                    let args = args.iter().enumerate();
                    found.uses.extend(args.map(|(at, arg)| (arg.value, Use::Argument(id, at))));
                }
                ExprKind::Closure(function) => {
                    found.closures.insert(*function, id);
                }
                _ => {}
            }
        }
        for (_, stmt) in facts.stmts_of_part(part) {
            if let StmtKind::Assign { target, value, .. } = &stmt.kind {
                let pairs = facts.assigned(*target, *value).into_iter();
                found.uses.extend(pairs.map(|(target, value)| (value, Use::Assigned(target))));
            }
        }
        let initials = facts.properties.iter().enumerate();
        let initials = initials.filter_map(|(id, property)| Some((property.initial?, PropertyId(id as u32))));
        found.initials = initials.collect();
        found
    }
}

/// The functions that a property holds.
#[derive(Debug, Default)]
struct Held {
    functions: Vec<FunctionRef>,
    /// Who runs them.
    running: OnceCell<BTreeSet<FunctionRef>>,
}

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Indirect {
    values: RefCell<HashMap<(u32, u32), Rc<Values>>>,
    held: RefCell<HashMap<PropertyRef, Rc<Held>>>,
    callers: RefCell<HashMap<FunctionRef, Rc<BTreeSet<FunctionRef>>>>,
}

impl Duties<'_> {
    /// The functions that run a function without calling it by its name.
    pub(super) fn indirect_callers(&self, at: FunctionRef) -> Rc<BTreeSet<FunctionRef>> {
        if let Some(known) = self.graph.backward.indirect.callers.borrow().get(&at) {
            return Rc::clone(known);
        }
        let values = self.values_of(at);
        let mut found = self.posting_to(at, &values);
        for property in self.kept_in(at, values) {
            let held = self.held(property);
            if held.functions.contains(&at) {
                found.extend(held.running.get_or_init(|| self.mentioning(property)));
            }
        }
        let found = Rc::new(found);
        self.graph.backward.indirect.callers.borrow_mut().insert(at, Rc::clone(&found));
        found
    }

    /// The functions that mention a property, and so may run what it holds.
    fn mentioning(&self, at: PropertyRef) -> BTreeSet<FunctionRef> {
        let sites = self.graph.naming(self.program.named_property(at));
        self.functions_leading(&sites, |calls| calls.leads_to(self.program, Edge::Body(Body::Initial(at))))
    }

    fn held(&self, at: PropertyRef) -> Rc<Held> {
        if let Some(known) = self.graph.backward.indirect.held.borrow().get(&at) {
            return Rc::clone(known);
        }
        let program = self.program;
        let is_function =
            || matches!(program.type_of_property(at).as_ref().map(Ty::unwrapped), Some(Ty::Function(_)));
        let holds = program.role(at.file) != Role::Test && is_function();
        let functions = if holds { self.stored_functions(at).unwrap_or_default() } else { Vec::new() };
        let held = Rc::new(Held { functions, running: OnceCell::new() });
        self.graph.backward.indirect.held.borrow_mut().insert(at, Rc::clone(&held));
        held
    }

    /// The places where a function stands as a value, rather than being called.
    fn values_of(&self, at: FunctionRef) -> Vec<ExprRef> {
        let program = self.program;
        let name = &program.function(at).name;
        if name.is_empty() {
            let closure = self.values_in(at.file, at.id.part()).closures.get(&at.id).copied();
            return closure.into_iter().map(|id| ExprRef { file: at.file, id }).collect();
        }
        let naming = self.graph.naming_files(program.named_function(at));
        let may_be = |file, part| naming.has_part(file, part);
        let values = program.values_in_parts(name, |file| naming.has(file), may_be);
        values.into_iter().map(|site| site.expr).collect()
    }

    fn values_in(&self, file: u32, part: u32) -> Rc<Values> {
        let mut known = self.graph.backward.indirect.values.borrow_mut();
        Rc::clone(
            known.entry((file, part)).or_insert_with(|| Rc::new(Values::of(self.program.file(file), part))),
        )
    }

    /// The properties that may hold a function: those that it is assigned to or given for, and those that a parameter is
    /// assigned to which it is the argument for.
    fn kept_in(&self, at: FunctionRef, values: Vec<ExprRef>) -> BTreeSet<PropertyRef> {
        let program = self.program;
        let mut found: BTreeSet<PropertyRef> = self.yielding(at).into_iter().collect();
        let mut seen: BTreeSet<ExprRef> = values.iter().copied().collect();
        let mut open: Vec<(ExprRef, u8)> = values.into_iter().map(|value| (value, 0)).collect();
        while let Some((value, hops)) = open.pop() {
            let facts = program.file(value.file);
            let of_file = self.values_in(value.file, value.id.part());
            let initial = of_file.initials.get(&value.id);
            found.extend(initial.map(|id| PropertyRef { file: value.file, id: *id }));
            match of_file.uses.get(&value.id) {
                Some(Use::Assigned(target)) => {
                    found.extend(self.properties_at(value.file, *target));
                }
                Some(Use::Argument(call, position)) => {
                    let ExprKind::Call { callee, args, .. } = &facts.expr(*call).kind else { continue };
                    let Some(name) = Program::callee_name(facts, *callee) else { continue };
                    let built = program.types_called(&name, value.file);
                    let member = |ty: TypeIndex| match &args[*position] {
                        Arg { label: Some(label), .. } => program.member(ty, label),
                        Arg { is_trailing: true, .. } => program.member_of_closure(ty, args),
                        _ => None,
                    };
                    found.extend(built.into_iter().filter_map(member));
                    if hops > MAX_HOPS {
                        continue;
                    }
                    for function in self.called_by_name(&name, args) {
                        let params = &program.function(function).params;
                        let bound = Program::bind(params, args);
                        let Some(param) = bound.and_then(|bound| params.get(*bound.get(*position)?)) else {
                            continue;
                        };
                        let further = self.naming_in(function, &param.name);
                        open.extend(
                            further.into_iter().filter(|at| seen.insert(*at)).map(|at| (at, hops + 1)),
                        );
                    }
                }
                None => {}
            }
        }
        found
    }

    /// The properties that a place may be, going by its name, and by the type around where it is one of `self`.
    fn properties_at(&self, file: u32, target: ExprId) -> Vec<PropertyRef> {
        let program = self.program;
        let facts = program.file(file);
        let name = match &facts.expr(target).kind {
            ExprKind::Name(name) => name,
            ExprKind::Member { base: Some(base), name, .. }
                if matches!(facts.expr(*base).kind, ExprKind::SelfRef) =>
            {
                name
            }
            ExprKind::Member { name, .. } => return program.properties_named(name).to_vec(),
            _ => return Vec::new(),
        };
        let span = facts.expr(target).span;
        let around = facts.functions_around(span);
        let owners: BTreeSet<TypeIndex> =
            around.filter_map(|(_, function)| program.type_of_decl(file, function.owner?)).collect();
        let family = owners.iter().flat_map(|owner| program.ancestry(*owner));
        let members = family.filter_map(|ty| program.member(ty, name));
        members.chain(program.globals_named(name).iter().copied()).collect()
    }

    /// The computed property whose value a closure may be.
    fn yielding(&self, at: FunctionRef) -> Option<PropertyRef> {
        let parent = self.program.function(at).parent;
        let properties = &self.program.file(at.file).properties;
        let id = properties.iter().position(|property| parent.is_some() && property.getter == parent)?;
        Some(PropertyRef { file: at.file, id: PropertyId(id as u32) })
    }

    /// The functions that calls of a name may run, going by the name alone: of a type's name its initialisers.
    fn called_by_name(&self, name: &str, args: &[Arg]) -> Vec<FunctionRef> {
        let program = self.program;
        let methods = if name == "init" { Vec::new() } else { program.functions_taking(name, args) };
        let types = program.types_named(name).iter();
        let inits = types.flat_map(|ty| program.methods(*ty, "init").iter().copied());
        methods.into_iter().chain(inits).collect()
    }

    /// The places in a function that are nothing but a name.
    fn naming_in(&self, at: FunctionRef, name: &SmolStr) -> Vec<ExprRef> {
        let span = self.program.function(at).span;
        let exprs = self.program.file(at.file).exprs_in(span);
        let naming = exprs.filter(|(_, expr)| matches!(&expr.kind, ExprKind::Name(known) if known == name));
        naming.map(|(id, _)| ExprRef { file: at.file, id }).collect()
    }

    /// The functions that post a notification which a function observes.
    fn posting_to(&self, at: FunctionRef, values: &[ExprRef]) -> BTreeSet<FunctionRef> {
        let program = self.program;
        let observed: BTreeSet<SmolStr> =
            values.iter().filter_map(|value| self.observed_by(*value)).collect();
        let mut found = BTreeSet::new();
        for notification in observed {
            let posting = self.vocabulary.names_meaning(|meaning| *meaning == Meaning::Posts);
            let sites = program
                .calls_named(posting.as_ref(), |_, file| program.may_name(file, &notification, Around::ANY));
            for site in sites.into_iter().flat_map(|(_, sites)| sites) {
                let ExprKind::Call { args, .. } = &program.expr(site.call).kind else { continue };
                let Some(caller) = site.function else { continue };
                let runs = || {
                    self.observers(site.call.file, args).contains(&at)
                        || self.queued_observers(site.call.file, args).contains(&at)
                };
                if !found.contains(&caller) && runs() {
                    found.insert(caller);
                }
            }
        }
        found
    }

    /// The notification of which a value is given to the centre as the observer.
    fn observed_by(&self, value: ExprRef) -> Option<SmolStr> {
        let facts = self.program.file(value.file);
        let Some(Use::Argument(call, _)) =
            self.values_in(value.file, value.id.part()).uses.get(&value.id).copied()
        else {
            return None;
        };
        let ExprKind::Call { callee, args, .. } = &facts.expr(call).kind else { return None };
        let is_adding = Program::callee_name(facts, *callee)? == "addObserver";
        is_adding.then(|| self.notification(value.file, args, &["name", "forName"]))?
    }
}
