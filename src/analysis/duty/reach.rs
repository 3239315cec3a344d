//! Which functions may come to a report: backwards from everything that is one, may be one or is taken for one, over
//! calls that the walk would follow. Of all others only the result matters.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use smol_str::SmolStr;

use super::Duties;
use super::callers::Indirect;
use crate::analysis::graph::{Body, Edge, function_at};
use crate::facts::{ExprKind, FunctionKind};
use crate::program::{FunctionRef, Program, Ty, TypeIndex};
use crate::source::Role;
use crate::vocabulary::Meaning;

/// How many calls a report is looked for away from a function. Through what an app does for all of its work (a database, a
/// queue of jobs) everything leads to a report in the end.
const MAX_CALLS: u32 = 8;

/// Functions and types through which a report may be reached.
#[derive(Debug, Default)]
pub(super) struct Reach {
    functions: BTreeSet<FunctionRef>,
    /// Functions with a call that may run one of them, or one of several others: nobody knows.
    doubtful: HashSet<FunctionRef>,
    types: BTreeSet<TypeIndex>,
    /// Names of computed properties among them.
    getters: HashSet<SmolStr>,
    /// One of them is a closure that is given to a Combine publisher.
    has_subscribers: bool,
    /// Who runs what without calling it by its name.
    pub(super) indirect: Indirect,
}

impl Reach {
    /// Whether a function may come to a report, whatever it is given.
    pub(super) fn may_report(&self, at: FunctionRef) -> bool {
        self.functions.contains(&at)
    }

    /// Whether a function that cannot come to a report, as far as its calls are understood, may come to one all the same.
    pub(super) fn is_doubtful(&self, at: FunctionRef) -> bool {
        self.doubtful.contains(&at)
    }

    /// Whether a computed property of this name may report when it is read.
    pub(super) fn is_reporting_getter(&self, name: &str) -> bool {
        self.getters.contains(name)
    }

    /// Whether a subscriber of a Combine publisher may come to a report.
    pub(super) fn has_subscribers(&self) -> bool {
        self.has_subscribers
    }

    /// Whether values of this type lead to a report.
    pub(super) fn holds_reporter(&self, program: &Program, ty: &Ty) -> bool {
        match ty.unwrapped() {
            Ty::Project(index) => {
                self.types.contains(index) || crate::vocabulary::is_reporter_type(&program.ty(*index).name)
            }
            Ty::Outside(name) => crate::vocabulary::is_reporter_type(name),
            _ => false,
        }
    }
}

/// The search for them.
pub(super) struct Search<'a> {
    duties: &'a Duties<'a>,
    indirect: Indirect,
}

impl<'a> Search<'a> {
    pub(super) fn new(duties: &'a Duties<'a>) -> Self {
        let mut search = Self { duties, indirect: HashMap::new() };
        search.stored_closures();
        search.callbacks();
        search
    }

    pub(super) fn run(self) -> Reach {
        let program = self.duties.program;
        let mut reach = Reach::default();
        // Nearest first: what is around a closure is as far from the report as the closure is.
        let mut open: VecDeque<(FunctionRef, u32)> = self.seeds().into_iter().map(|at| (at, 0)).collect();
        while let Some((at, calls)) = open.pop_front() {
            if calls > MAX_CALLS {
                reach.doubtful.insert(at);
                continue;
            }
            if !reach.functions.insert(at) {
                continue;
            }
            reach.doubtful.extend(self.duties.possible_callers(at));
            let callers = self.duties.callers(&self.indirect, at);
            open.extend(callers.into_iter().map(|caller| (caller, calls + 1)));
            if let Some(parent) = program.function(at).parent {
                open.push_front((function_at(at.file, parent), calls));
            }
        }
        reach.has_subscribers = ["sink", "onReceive"].into_iter().any(|name| {
            program.calls(name).iter().any(|site| {
                let ExprKind::Call { args, .. } = &program.expr(site.call).kind else { return false };
                args.iter().any(|arg| match program.file(site.call.file).expr(arg.value).kind {
                    ExprKind::Closure(id) => reach.functions.contains(&function_at(site.call.file, id)),
                    _ => false,
                })
            })
        });
        for at in &reach.functions {
            let function = program.function(*at);
            if function.kind == FunctionKind::Getter {
                reach.getters.insert(function.name.clone());
            }
            reach.types.extend(program.owner(*at).into_iter().flat_map(|owner| program.ancestry(owner)));
        }
        reach.indirect = self.indirect;
        reach
    }

    /// Functions in which a report is made, may be, or seems to be; and those that nobody understands.
    fn seeds(&self) -> Vec<FunctionRef> {
        let program = self.duties.program;
        let mut seeds: BTreeSet<FunctionRef> = program
            .functions()
            .filter(|(at, function)| function.is_damaged || self.duties.is_declared(*at))
            .map(|(at, _)| at)
            .collect();
        for (name, sites) in program.all_calls() {
            let owed = self.duties.owed;
            if !self.duties.vocabulary.may_mean(name, |meaning| meaning.concerns(owed)) {
                continue;
            }
            let functions: BTreeSet<FunctionRef> = sites.iter().filter_map(|site| site.function).collect();
            seeds.extend(
                functions.into_iter().filter(|at| self.duties.graph.calls(Body::Function(*at)).does(owed)),
            );
        }
        for (_, property) in program.properties().filter(|(at, _)| self.duties.is_declared_property(*at)) {
            seeds.extend(self.mentioning(&property.name));
        }
        seeds.into_iter().collect()
    }

    fn mentioning(&self, name: &str) -> BTreeSet<FunctionRef> {
        self.duties.program.mentions(name).iter().filter_map(|site| site.function).collect()
    }

    /// Who mentions a property runs the closures that it holds.
    fn stored_closures(&mut self) {
        let program = self.duties.program;
        for (at, property) in program.properties() {
            let is_function =
                || matches!(program.type_of_property(at).as_ref().map(Ty::unwrapped), Some(Ty::Function(_)));
            if program.role(at.file) == Role::Test || !is_function() {
                continue;
            }
            let held = self.duties.stored_functions(at).unwrap_or_default();
            if held.is_empty() {
                continue;
            }
            let sites = self.duties.graph.naming(&property.name, program.property_owner(at));
            let mentioning =
                self.duties.functions_leading(sites, |calls| calls.leads_to(Edge::Body(Body::Initial(at))));
            for function in held {
                self.indirect.entry(function).or_default().extend(mentioning.iter().copied());
            }
        }
    }

    /// Who posts a notification runs its observers; who calls an SDK, what it calls back.
    fn callbacks(&mut self) {
        let program = self.duties.program;
        for (name, sites) in program.all_calls() {
            if !self.duties.vocabulary.may_mean(name, |meaning| *meaning == Meaning::Posts) {
                continue;
            }
            for site in sites {
                let ExprKind::Call { args, .. } = &program.expr(site.call).kind else { continue };
                let Some(caller) = site.function else { continue };
                for function in self.duties.observers(site.call.file, args) {
                    self.indirect.entry(function).or_default().insert(caller);
                }
            }
        }
    }
}
