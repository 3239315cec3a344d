//! Who may run a function, and what a call may change by what it leads to.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

use super::Duties;
use super::hidden::is_witness;
use super::indirect::Indirect;
use super::reach::is_operator;
use crate::analysis::calls::{Body, Calls, Edge};
use crate::analysis::graph::function_at;
use crate::analysis::mentions::{Named, Site};
use crate::facts::{ExprKind, Function, FunctionKind, Property, PropertyId};
use crate::program::{Around, CALL_AS_FUNCTION, DYNAMICALLY_CALL, FunctionRef, PropertyRef, TypeIndex};

/// Functions from which a change is looked for; where there are more, everything may change it.
const MAX_WRITERS: usize = 50;

/// Files in which it is looked for; where there are more, everything may change it.
const MAX_FILES: usize = 8;

/// The functions that may give a property another value, directly or by what they call; none where they are too many.
pub(super) type Writers = Option<Rc<HashSet<FunctionRef>>>;

/// What has been found of who may run a function: the same for every duty.
#[derive(Debug, Default)]
pub(in crate::analysis) struct Backward {
    pub(super) indirect: Indirect,
    naming: Known<Rc<[Site]>>,
    callers: Known<Rc<BTreeSet<FunctionRef>>>,
    possible_callers: Known<Rc<BTreeSet<FunctionRef>>>,
    initials: Known<Rc<[PropertyRef]>>,
    writers: RefCell<HashMap<SmolStr, Writers>>,
}

type Known<T> = RefCell<HashMap<FunctionRef, T>>;

/// The answer to a question about a function, which is found once.
fn once<T: Clone>(known: &Known<T>, at: FunctionRef, find: impl Fn() -> T) -> T {
    if let Some(known) = known.borrow().get(&at) {
        return known.clone();
    }
    let found = find();
    known.borrow_mut().insert(at, found.clone());
    found
}

impl Duties<'_> {
    /// The functions that may run a function.
    pub(super) fn callers(&self, at: FunctionRef) -> Rc<BTreeSet<FunctionRef>> {
        once(&self.graph.backward.callers, at, || Rc::new(self.find_callers(at)))
    }

    fn find_callers(&self, at: FunctionRef) -> BTreeSet<FunctionRef> {
        let program = self.program;
        let function = program.function(at);
        let mut found: BTreeSet<FunctionRef> = self.indirect_callers(at).iter().copied().collect();
        found.extend(self.initials_running(at).iter().flat_map(|property| self.users(*property)));
        if function.name.is_empty() {
            found.extend(self.with_default(at));
            return found;
        }
        if function.kind == FunctionKind::Deinitializer || is_witness(program, at) {
            let owner = program.owner(at).map(|owner| program.calls(&program.ty(owner).name));
            found.extend(owner.into_iter().flatten().filter_map(|site| site.function));
        }
        if function.kind == FunctionKind::Initializer {
            let Some(owner) = program.owner(at) else { return found };
            let built: Vec<TypeIndex> = std::iter::once(owner).chain(program.descendants(owner)).collect();
            let leads = |calls: &Calls| calls.mentions(at) || self.builds(calls, &built);
            found.extend(self.functions_leading(&self.graph.building(owner, Some(at)), leads));
            // An initialiser without a call of another runs the one that it inherits, `Self()` any.
            let inits = built.iter().flat_map(|ty| program.methods(*ty, "init"));
            let own =
                Named { name: "Self", owner: Some(owner), only: None, used: Around::CALLED, params: None };
            let dynamic = self.graph.naming(own).into_iter();
            let dynamic = dynamic.filter_map(|site| site.body.function());
            let others: BTreeSet<FunctionRef> =
                inits.copied().chain(dynamic).filter(|init| *init != at).collect();
            found.extend(
                others.into_iter().filter(|caller| leads(&self.graph.calls(Body::Function(*caller)))),
            );
            return found;
        }
        let leads =
            |calls: &Calls| calls.leads_to(program, Edge::Body(Body::Function(at))) || calls.mentions(at);
        if matches!(function.name.as_str(), CALL_AS_FUNCTION | DYNAMICALLY_CALL) {
            // A value is called that has any name.
            let all = program.functions().map(|(at, _)| at);
            found.extend(all.filter(|caller| leads(&self.graph.calls(Body::Function(*caller)))));
            return found;
        }
        found.extend(self.functions_leading(&self.naming(at), leads));
        found.extend(self.implying(at));
        found
    }

    /// A type, and those that inherit its initialisers, as they have none of their own.
    fn built_by(&self, owner: TypeIndex) -> Vec<TypeIndex> {
        let mut heirs = self.program.descendants(owner);
        heirs.retain(|heir| self.program.methods(*heir, "init").is_empty());
        std::iter::once(owner).chain(heirs).collect()
    }

    fn builds(&self, calls: &Calls, types: &[TypeIndex]) -> bool {
        types.iter().any(|ty| calls.leads_to(self.program, Edge::Build(*ty)))
    }

    /// The properties whose initial value runs a function.
    pub(super) fn initials_running(&self, at: FunctionRef) -> Rc<[PropertyRef]> {
        once(&self.graph.backward.initials, at, || self.find_initials(at).into())
    }

    fn find_initials(&self, at: FunctionRef) -> Vec<PropertyRef> {
        let program = self.program;
        let function = program.function(at);
        if function.name.is_empty() {
            if function.parent.is_some() {
                return Vec::new();
            }
            let facts = program.file(at.file);
            let is_around = |property: &Property| {
                property.initial.is_some_and(|initial| facts.expr(initial).span.contains(function.span))
            };
            let all = facts.properties.iter().enumerate().filter(|(_, property)| is_around(property));
            return all.map(|(id, _)| PropertyRef { file: at.file, id: PropertyId(id as u32) }).collect();
        }
        let bodies = match program.owner(at) {
            Some(owner) if function.kind == FunctionKind::Initializer => {
                let sites = self.graph.building(owner, Some(at));
                let built = self.built_by(owner);
                self.graph.leading(&sites, |calls| calls.mentions(at) || self.builds(calls, &built))
            }
            _ => {
                let leads = |calls: &Calls| calls.leads_to(program, Edge::Body(Body::Function(at)));
                self.graph.leading(&self.naming(at), leads)
            }
        };
        let initial = |body| match body {
            Body::Initial(at) => Some(at),
            Body::Function(_) | Body::TopLevel(_) => None,
        };
        bodies.into_iter().filter_map(initial).collect()
    }

    /// The functions that evaluate the initial value of a property: at its first use, or with the whole object.
    fn users(&self, at: PropertyRef) -> BTreeSet<FunctionRef> {
        let program = self.program;
        let property = program.property(at);
        match program.property_owner(at) {
            Some(owner) if !property.is_initialized_at_first_use() => {
                let built = self.built_by(owner);
                let leads = |calls: &Calls| self.builds(calls, &built);
                let mut found = self.functions_leading(&self.graph.building(owner, None), leads);
                found.extend(program.methods(owner, "init"));
                found
            }
            _ => {
                let leads = |calls: &Calls| calls.leads_to(program, Edge::Body(Body::Initial(at)));
                self.functions_leading(&self.graph.naming(program.named_property(at)), leads)
            }
        }
    }

    /// The function of which a closure is the default value of a parameter.
    fn with_default(&self, at: FunctionRef) -> Option<FunctionRef> {
        let closure = self.program.function(at);
        let facts = self.program.file(at.file);
        let is_default = |function: &Function| {
            let mut defaults = function.params.iter().filter_map(|param| param.default);
            defaults.any(|default| facts.expr(default).span.contains(closure.span))
        };
        let mut all = facts.functions_around(closure.span).filter(|_| closure.parent.is_none());
        let (id, _) = all.find(|(_, function)| is_default(function))?;
        Some(function_at(at.file, id))
    }

    /// The functions with an operator, a subscript or a key path that may run a function, or with a property that has a
    /// wrapper.
    fn implying(&self, at: FunctionRef) -> BTreeSet<FunctionRef> {
        let program = self.program;
        let function = program.function(at);
        let is_written_otherwise = |kind: &ExprKind| {
            matches!(kind, ExprKind::Subscript { .. } | ExprKind::KeyPath(_)) || is_operator(&function.name)
        };
        // No text has the name of a subscript where one is used.
        let is_everywhere = function.name == "subscript" || is_operator(&function.name);
        let mentions = program.mentions_in(&function.name, |file| {
            is_everywhere || program.may_name(file, &function.name, Around::KEY_PATH)
        });
        let implying = mentions.filter(|site| is_written_otherwise(&program.expr(site.expr).kind));
        let mut found: BTreeSet<FunctionRef> = implying.filter_map(|site| site.function).collect();
        if matches!(function.name.as_str(), "wrappedValue" | "projectedValue") {
            let wrapper = program.owner(at);
            let wrapped = wrapper.into_iter().flat_map(|ty| program.wrapped_in(ty));
            let sites = wrapped.flat_map(|at| program.mentions_in(&program.property(at).name, |_| true));
            found.extend(sites.filter_map(|site| site.function));
        }
        found
    }

    /// The functions with a call that may run a function, or one of several others.
    pub(super) fn possible_callers(&self, at: FunctionRef) -> Rc<BTreeSet<FunctionRef>> {
        let find =
            || self.functions_leading(&self.naming(at), |calls| calls.may_call(self.program, at).is_some());
        once(&self.graph.backward.possible_callers, at, || Rc::new(find()))
    }

    pub(super) fn functions_leading(
        &self,
        sites: &[Site],
        leads: impl Fn(&Calls) -> bool,
    ) -> BTreeSet<FunctionRef> {
        let bodies = self.graph.leading(sites, leads).into_iter();
        bodies.filter_map(Body::function).collect()
    }

    /// The places that may name a function.
    fn naming(&self, at: FunctionRef) -> Rc<[Site]> {
        once(&self.graph.backward.naming, at, || self.find_naming(at).into())
    }

    fn find_naming(&self, at: FunctionRef) -> Vec<Site> {
        let program = self.program;
        let function = program.function(at);
        match program.owner(at) {
            Some(owner) if function.kind == FunctionKind::Initializer => self.graph.building(owner, Some(at)),
            _ => self.graph.naming(program.named_function(at)),
        }
    }

    /// Whether a call of a function may give a property of this name another value, once its object has been built.
    pub(super) fn may_write(&self, at: FunctionRef, name: &str) -> bool {
        let known = self.graph.backward.writers.borrow().get(name).cloned();
        let writers = known.unwrap_or_else(|| {
            let found = self.find_writers(name);
            self.graph.backward.writers.borrow_mut().insert(SmolStr::new(name), found.clone());
            found
        });
        writers.is_none_or(|writers| writers.contains(&at))
    }

    /// The files from which a function may be called, going by its name.
    fn files_naming(&self, at: FunctionRef) -> Vec<u32> {
        let program = self.program;
        let function = program.function(at);
        match program.owner(at) {
            _ if function.name.is_empty() => Vec::new(),
            Some(owner) if function.kind == FunctionKind::Initializer => {
                let built = std::iter::once(owner).chain(program.descendants(owner));
                let names = built.flat_map(|ty| program.names_of(ty));
                let named = names.flat_map(|name| program.files_with(name, Around::ANY));
                named.chain(self.graph.implicit_files(owner).iter().copied()).collect()
            }
            _ => self.graph.files_naming(program.named_function(at)).collect(),
        }
    }

    fn find_writers(&self, name: &str) -> Writers {
        let program = self.program;
        if program.files_with(name, Around::WRITTEN).len() > MAX_FILES {
            return None;
        }
        let is_written = |file: u32| program.may_name(file, name, Around::WRITTEN);
        let writes = program.writes_in(name, is_written).filter(|write| write.target.is_some());
        let direct: BTreeSet<FunctionRef> = writes.filter_map(|write| write.function).collect();
        if direct.len() > MAX_WRITERS {
            return None;
        }
        let mut open: Vec<FunctionRef> = direct.into_iter().collect();
        open.retain(|at| program.function(*at).kind != FunctionKind::Initializer);
        let (mut found, mut files) = (HashSet::new(), BTreeSet::new());
        while let Some(at) = open.pop() {
            if !found.insert(at) {
                continue;
            }
            files.extend(self.files_naming(at));
            if found.len() > MAX_WRITERS || files.len() > MAX_FILES {
                return None;
            }
            open.extend(self.callers(at).iter());
            open.extend(self.possible_callers(at).iter());
            open.extend(program.function(at).parent.map(|parent| function_at(at.file, parent)));
        }
        Some(Rc::new(found))
    }
}
