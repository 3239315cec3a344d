//! Who may run a function, and what a call may change by what it leads to.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use smol_str::SmolStr;

use super::Duties;
use crate::analysis::graph::{Body, Calls, Edge, function_at};
use crate::analysis::mentions::Site;
use crate::facts::FunctionKind;
use crate::program::{CALL_AS_FUNCTION, FunctionRef, TypeIndex};

/// Functions from which a change is looked for; where there are more, everything may change it.
const MAX_WRITERS: usize = 500;

/// Who runs a function without calling it by its name: closures that a property holds, observers, callbacks.
pub(super) type Indirect = HashMap<FunctionRef, BTreeSet<FunctionRef>>;

/// The functions that may give a property another value, directly or by what they call; none where they are too many.
pub(super) type Writers = Option<Rc<HashSet<FunctionRef>>>;

impl Duties<'_> {
    /// The functions that may run a function.
    pub(super) fn callers(&self, indirect: &Indirect, at: FunctionRef) -> BTreeSet<FunctionRef> {
        let program = self.program;
        let function = program.function(at);
        let mut found: BTreeSet<FunctionRef> = indirect.get(&at).cloned().unwrap_or_default();
        if function.name.is_empty() {
            return found;
        }
        if function.kind == FunctionKind::Initializer {
            let Some(owner) = program.owner(at) else { return found };
            let built: Vec<TypeIndex> = std::iter::once(owner).chain(program.descendants(owner)).collect();
            let leads = |calls: &Calls| built.iter().any(|ty| calls.leads_to(Edge::Build(*ty)));
            found.extend(self.functions_leading(self.graph.building(owner, Some(&function.params)), leads));
            return found;
        }
        let leads = |calls: &Calls| calls.leads_to(Edge::Body(Body::Function(at))) || calls.mentions(at);
        if function.name == CALL_AS_FUNCTION {
            // A value is called that has any name.
            let all = program.functions().map(|(at, _)| at);
            found.extend(all.filter(|caller| leads(&self.graph.calls(Body::Function(*caller)))));
            return found;
        }
        found.extend(self.functions_leading(self.naming(at), leads));
        found
    }

    /// The functions with a call that may run a function, or one of several others.
    pub(super) fn possible_callers(&self, at: FunctionRef) -> BTreeSet<FunctionRef> {
        self.functions_leading(self.naming(at), |calls| calls.may_call(at).is_some())
    }

    pub(super) fn functions_leading(
        &self,
        sites: Vec<Site>,
        leads: impl Fn(&Calls) -> bool,
    ) -> BTreeSet<FunctionRef> {
        let bodies = self.graph.leading(sites, leads).into_iter();
        let function = |body| match body {
            Body::Function(at) => Some(at),
            Body::Initial(_) | Body::TopLevel(_) => None,
        };
        bodies.filter_map(function).collect()
    }

    /// The places that may name a function.
    fn naming(&self, at: FunctionRef) -> Vec<Site> {
        let program = self.program;
        self.graph.naming(&program.function(at).name, program.owner(at))
    }

    /// Whether a call of a function may give a property of this name another value, once its object has been built.
    pub(super) fn may_write(&self, at: FunctionRef, name: &str) -> bool {
        let known = self.writers.borrow().get(name).cloned();
        let writers = known.unwrap_or_else(|| {
            let found = self.find_writers(name);
            self.writers.borrow_mut().insert(SmolStr::new(name), found.clone());
            found
        });
        writers.is_none_or(|writers| writers.contains(&at))
    }

    fn find_writers(&self, name: &str) -> Writers {
        let program = self.program;
        let writes = program.writes(name).iter().filter(|write| write.target.is_some());
        let direct = writes.filter_map(|write| write.function);
        let mut open: Vec<FunctionRef> =
            direct.filter(|at| program.function(*at).kind != FunctionKind::Initializer).collect();
        let mut found = HashSet::new();
        while let Some(at) = open.pop() {
            if !found.insert(at) {
                continue;
            }
            if found.len() > MAX_WRITERS {
                return None;
            }
            open.extend(self.callers(&self.reach.indirect, at));
            open.extend(self.possible_callers(at));
            open.extend(program.function(at).parent.map(|parent| function_at(at.file, parent)));
        }
        Some(Rc::new(found))
    }
}
