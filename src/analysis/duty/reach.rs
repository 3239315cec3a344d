//! Which functions may come to a report: backwards from everything that is one, may be one or is taken for one, over
//! calls that the walk would follow. Of all others only the result matters.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use smol_str::SmolStr;

use super::Duties;
use super::hidden::Hidden;
use crate::analysis::calls::Body;
use crate::analysis::graph::{Graph, function_at};
use crate::facts::{DECLARES_REPORTING, ExprId, ExprKind, FunctionKind, Node, StmtKind};
use crate::program::{Around, CallSite, FunctionRef, Place, Program, PropertyRef, Scope, Ty, TypeIndex};
use crate::source::Role;
use crate::vocabulary::Owed;

/// How many calls away from a function that is looked for which is owed. Through what an app does for all of its work (a
/// database, a queue of jobs) everything leads to a report in the end; an app that plays sounds activates its audio session
/// everywhere.
const fn max_calls(owed: Owed) -> u32 {
    match owed {
        Owed::Report | Owed::Answer => 8,
        Owed::Activation => 4,
    }
}

/// To so many functions a duty's handlers lead at most where reports are looked for further away, unless there is hardly more
/// than one way to each of them.
const MAX_AHEAD: usize = 1_000;

/// Functions that run without a call, and may come to a report.
#[derive(Debug, Default)]
struct Implied {
    /// By the name of the property that is read.
    getters: HashMap<SmolStr, Vec<FunctionRef>>,
    /// By the name of the property that is written; observers too.
    setters: HashMap<SmolStr, Vec<FunctionRef>>,
    /// Getters and setters of subscripts.
    subscripts: Vec<FunctionRef>,
    operators: HashSet<SmolStr>,
}

/// Functions and types through which a report may be reached.
#[derive(Debug, Default)]
pub(super) struct Reach {
    functions: BTreeSet<FunctionRef>,
    /// What they are called.
    names: HashSet<SmolStr>,
    /// Functions with a call that may run one of them, or one of several others: nobody knows.
    doubtful: HashSet<FunctionRef>,
    types: BTreeSet<TypeIndex>,
    /// Those among them that run without a call.
    implied: Implied,
    /// Those among them that run where nothing names them.
    hidden: Hidden,
    /// Those among them that are values in an array, a table or a tuple, or that something returns.
    loose: Vec<FunctionRef>,
    /// One of them is a closure that is given to a Combine publisher.
    has_subscribers: bool,
    /// There are more of them than was looked for, and where the duty begins leads to too many functions to tell which matter.
    is_cut: bool,
}

impl Reach {
    /// Whether a function may come to a report, whatever it is given.
    pub(super) fn may_report(&self, at: FunctionRef) -> bool {
        self.functions.contains(&at)
    }

    /// Whether one of them has this name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether a function that cannot come to a report, as far as its calls are understood, may come to one all the same.
    pub(super) fn is_doubtful(&self, at: FunctionRef) -> bool {
        self.doubtful.contains(&at)
    }

    /// The getters that may report, of properties of this name.
    pub(super) fn getters(&self, name: &str) -> &[FunctionRef] {
        self.implied.getters.get(name).map_or(&[], Vec::as_slice)
    }

    /// The setters and observers that may report, of properties of this name.
    pub(super) fn setters(&self, name: &str) -> &[FunctionRef] {
        self.implied.setters.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether writing anything may come to a report.
    pub(super) fn has_setters(&self) -> bool {
        !self.implied.setters.is_empty() || !self.implied.subscripts.is_empty()
    }

    /// The accessors of subscripts that may report.
    pub(super) fn subscripts(&self) -> &[FunctionRef] {
        &self.implied.subscripts
    }

    /// Whether an operator may report.
    pub(super) fn has_operators(&self) -> bool {
        !self.implied.operators.is_empty()
    }

    /// Whether an operator of this name may report.
    pub(super) fn is_operator(&self, name: &str) -> bool {
        self.implied.operators.contains(name)
    }

    pub(super) fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    /// Functions among them that may be the value of anything.
    pub(super) fn loose(&self) -> &[FunctionRef] {
        &self.loose
    }

    /// Whether a subscriber of a Combine publisher may come to a report.
    pub(super) fn has_subscribers(&self) -> bool {
        self.has_subscribers
    }

    /// Whether what seems to come to no report may come to one all the same, through more code than was looked at.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
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

impl Implied {
    fn of(program: &Program, functions: &BTreeSet<FunctionRef>) -> Self {
        let mut found = Self::default();
        for at in functions {
            let function = program.function(*at);
            let name = &function.name;
            match function.kind {
                FunctionKind::Subscript => found.subscripts.push(*at),
                FunctionKind::Setter if name == "subscript" => found.subscripts.push(*at),
                FunctionKind::Getter => found.getters.entry(name.clone()).or_default().push(*at),
                FunctionKind::Setter | FunctionKind::Observer => {
                    found.setters.entry(name.clone()).or_default().push(*at);
                }
                FunctionKind::Function if is_operator(name) => {
                    found.operators.insert(name.clone());
                }
                _ => {}
            }
        }
        if ["wrappedValue", "projectedValue"]
            .iter()
            .any(|name| found.getters.contains_key(*name) || found.setters.contains_key(*name))
        {
            found.add_wrapped(program, functions);
        }
        found
    }

    /// What reading or writing a property with a wrapper runs is the wrapper's.
    fn add_wrapped(&mut self, program: &Program, functions: &BTreeSet<FunctionRef>) {
        let wrappers: BTreeSet<TypeIndex> = functions.iter().filter_map(|at| program.owner(*at)).collect();
        let wrappers = wrappers.into_iter().filter(|ty| program.find_property(*ty, "wrappedValue").is_some());
        for at in wrappers.flat_map(|ty| program.wrapped_in(ty)) {
            let property = program.property(at);
            let accessors = program.accessors(at);
            let reports = |at: &FunctionRef| functions.contains(at);
            let getters = accessors.getters.into_iter().filter(reports);
            self.getters.entry(property.name.clone()).or_default().extend(getters);
            let setters = accessors.setters.into_iter().filter(reports);
            self.setters.entry(property.name.clone()).or_default().extend(setters);
            if let Some(projection) = program.projection(at).filter(reports) {
                let name = SmolStr::new(format!("${}", property.name));
                self.getters.entry(name).or_default().push(projection);
            }
        }
    }
}

/// Of these functions those that stand as values in an array, a table, a tuple or a choice, or are returned.
fn loose(graph: &Graph<'_>, functions: &BTreeSet<FunctionRef>) -> Vec<FunctionRef> {
    let program = graph.program;
    let named: BTreeMap<&str, FunctionRef> = functions
        .iter()
        .filter(|at| program.function(**at).kind == FunctionKind::Function)
        .map(|at| (program.function(*at).name.as_str(), *at))
        .collect();
    let mut found = BTreeSet::new();
    if !program.calls("Mirror").is_empty() {
        // Whoever looks into an object finds the closures in it.
        found.extend(
            functions.iter().copied().filter(|at| program.function(*at).kind == FunctionKind::Closure),
        );
    }
    let mut parts: BTreeSet<(u32, u32)> = functions.iter().map(|at| (at.file, at.id.part())).collect();
    for at in functions.iter().filter(|at| program.function(**at).kind == FunctionKind::Function) {
        let name = &program.function(*at).name;
        let naming = graph.naming_files(program.named_function(*at));
        let mut files = program.files_with(name, Around::AS_VALUE);
        files.retain(|file| program.role(*file) != Role::Test && naming.has(*file));
        program.read(&files);
        for file in files {
            let naming = program
                .file(file)
                .parts_with(name, Around::AS_VALUE)
                .filter(|part| naming.has_part(file, *part));
            parts.extend(naming.map(|part| (file, part)));
        }
    }
    for (file, part) in parts.into_iter().filter(|(file, _)| program.role(*file) != Role::Test) {
        let facts = program.file(file);
        let mut values: Vec<ExprId> = Vec::new();
        for (_, expr) in facts.exprs_of_part(part) {
            match &expr.kind {
                ExprKind::Array(parts) | ExprKind::Dictionary(parts) => values.extend(parts),
                ExprKind::Tuple(parts) => values.extend(parts.iter().map(|part| part.value)),
                ExprKind::Ternary(_, a, b) | ExprKind::Coalesce(a, b) => values.extend([*a, *b]),
                // `handlers.append(ring)`
                ExprKind::Call { callee, args, .. }
                    if matches!(&facts.expr(*callee).kind, ExprKind::Member { base: Some(_), name, .. }
                        if ADDING.contains(&name.as_str())) =>
                {
                    values.extend(args.iter().map(|arg| arg.value));
                }
                _ => {}
            }
        }
        for (_, stmt) in facts.stmts_of_part(part) {
            match &stmt.kind {
                // `handlers[key] = ring`, and what is given with `&`.
                StmtKind::Assign { target, value, .. } => match &facts.expr(*target).kind {
                    ExprKind::Subscript { .. } => values.push(*value),
                    ExprKind::Name(name) => {
                        let mut around = facts.functions_around(stmt.span).flat_map(|(_, at)| &at.params);
                        values.extend(
                            around.any(|param| param.is_inout && param.name == *name).then_some(*value),
                        );
                    }
                    _ => {}
                },
                StmtKind::Return(Some(value)) | StmtKind::Expr(value) => values.push(*value),
                _ => {}
            }
        }
        for value in values {
            match &facts.expr(value).kind {
                ExprKind::Closure(id) => {
                    let at = function_at(file, *id);
                    found.extend(functions.contains(&at).then_some(at));
                }
                ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                    found.extend(named.get(name.as_str()));
                }
                _ => {}
            }
        }
    }
    found.into_iter().collect()
}

/// `perform(selector)`, in all its forms.
pub(super) fn is_perform(name: &str) -> bool {
    matches!(name, "perform" | "performSelector")
}

pub(super) fn is_operator(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == '`')
}

/// How many calls away from where a duty begins is looked for code that nothing names.
const MAX_NEAR: u32 = 3;

/// How many calls away from what is owed a function may be to which no calls lead from where the duty begins: something else may
/// run it (a notification, a closure that is kept).
const MAX_ASIDE: u32 = 2;

/// The frameworks of what is owed an answer.
const FRAMEWORKS: [&str; 2] = ["CallKit", "LiveCommunicationKit"];

/// Methods that are given the subscribers of a publisher or a subject.
const SUBSCRIBING: [&str; 6] = ["bind", "drive", "emit", "onReceive", "sink", "subscribe"];

/// Methods that add a value to a collection.
const ADDING: [&str; 6] = ["append", "insert", "push", "updateValue", "setObject", "enqueue"];

/// Methods by which a subject, whoever declares it, hands a value to its subscribers.
pub(super) const SENDING: [&str; 5] = ["accept", "emit", "on", "onNext", "send"];

/// The search for them.
pub(super) struct Search<'a> {
    duties: &'a Duties<'a>,
}

impl<'a> Search<'a> {
    pub(super) fn of(duties: &'a Duties<'a>) -> Reach {
        Self { duties }.run()
    }

    fn run(self) -> Reach {
        let program = self.duties.program;
        let mut reach = Reach::default();
        let owed = self.duties.owed;
        let most = Some(max_calls(owed));
        // Reports and answers are few; a session is activated everywhere in an app.
        let ahead = (owed == Owed::Activation).then(|| self.called_within(max_calls(owed)));
        let ahead = ahead.as_ref().map(|ahead| (ahead, MAX_ASIDE));
        let far = self.spread(self.seeds(), ahead, most, &mut reach);
        if owed == Owed::Report && !far.is_empty() {
            match self.ahead() {
                Some(ahead) => {
                    self.spread(far, Some((&ahead, 0)), None, &mut reach);
                }
                None => reach.is_cut = true,
            }
        }
        self.derive(&mut reach);
        // Who does something by which one of them runs that nobody names may come to a report as well.
        let near = self.near();
        let triggers = self.triggers(&near, &reach);
        if !triggers.is_empty() {
            self.spread(triggers, Some((&near, 0)), most, &mut reach);
            self.derive(&mut reach);
        }
        reach.names = reach.functions.iter().map(|at| program.function(*at).name.clone()).collect();
        for at in &reach.functions {
            reach.types.extend(program.owner(*at).into_iter().flat_map(|owner| program.ancestry(owner)));
        }
        reach
    }

    /// Adds functions, and backwards all that may run them. Nearest first: what is around a closure is as far from the report
    /// as the closure is. What is so many calls away as `within` says, or more, is added only if it is one of those; what is more
    /// than `most` calls away is the result.
    fn spread(
        &self,
        seeds: Vec<FunctionRef>,
        within: Option<(&BTreeSet<FunctionRef>, u32)>,
        most: Option<u32>,
        reach: &mut Reach,
    ) -> Vec<FunctionRef> {
        let mut far = Vec::new();
        let mut open: VecDeque<(FunctionRef, u32)> = seeds.into_iter().map(|at| (at, 0)).collect();
        while let Some((at, calls)) = open.pop_front() {
            if most.is_some_and(|most| calls > most) {
                reach.doubtful.insert(at);
                far.push(at);
                continue;
            }
            let is_aside =
                |(within, away): (&BTreeSet<FunctionRef>, u32)| calls >= away && !within.contains(&at);
            if within.is_some_and(is_aside) || !reach.functions.insert(at) {
                continue;
            }
            reach.doubtful.extend(self.duties.possible_callers(at).iter());
            let callers = self.duties.callers(at);
            open.extend(callers.iter().map(|caller| (*caller, calls + 1)));
            if let Some(parent) = self.duties.program.function(at).parent {
                open.push_front((function_at(at.file, parent), calls));
            }
        }
        far
    }

    /// All functions to which those lead where a duty begins; none where they are too many.
    fn ahead(&self) -> Option<BTreeSet<FunctionRef>> {
        let mut ahead: BTreeSet<FunctionRef> = self.duties.entries.keys().copied().collect();
        let mut open: Vec<FunctionRef> = ahead.iter().copied().collect();
        let mut ways = open.len();
        while let Some(at) = open.pop() {
            let called = self.duties.graph.functions_called(at);
            ways += called.len();
            open.extend(called.into_iter().filter(|at| ahead.insert(*at)));
            if ahead.len() > MAX_AHEAD && ways > ahead.len() + MAX_AHEAD {
                return None;
            }
        }
        Some(ahead)
    }

    /// What the functions are to others: accessors, values, subscribers.
    fn derive(&self, reach: &mut Reach) {
        let program = self.duties.program;
        let files: BTreeSet<u32> = reach.functions.iter().map(|at| at.file).collect();
        reach.has_subscribers = SUBSCRIBING.into_iter().any(|name| {
            program.calls_in(name, |file| files.contains(&file)).any(|site| {
                let ExprKind::Call { args, .. } = &program.expr(site.call).kind else { return false };
                args.iter().any(|arg| match program.file(site.call.file).expr(arg.value).kind {
                    ExprKind::Closure(id) => reach.functions.contains(&function_at(site.call.file, id)),
                    _ => false,
                })
            })
        });
        reach.implied = Implied::of(program, &reach.functions);
        reach.loose = loose(self.duties.graph, &reach.functions);
        let mut initials: BTreeMap<PropertyRef, BTreeSet<FunctionRef>> = BTreeMap::new();
        for at in &reach.functions {
            for property in self.duties.initials_running(*at).iter() {
                initials.entry(*property).or_default().insert(*at);
            }
        }
        let on_the_way = self.on_the_way(&reach.functions);
        reach.hidden =
            Hidden::of(program, &reach.functions, initials, &on_the_way, |at| self.duties.is_entry(at));
    }

    /// Those of the functions to which the functions lead where a duty begins.
    fn on_the_way(&self, functions: &BTreeSet<FunctionRef>) -> BTreeSet<FunctionRef> {
        let mut found = BTreeSet::new();
        let mut open: Vec<FunctionRef> = self.duties.entries.keys().copied().collect();
        while let Some(at) = open.pop() {
            if functions.contains(&at) && found.insert(at) {
                open.extend(self.duties.graph.functions_called(at));
            }
        }
        found
    }

    /// What is called where a duty begins, and what that calls, a few calls away.
    fn near(&self) -> BTreeSet<FunctionRef> {
        self.called_within(MAX_NEAR)
    }

    /// What is called where a duty begins, and what that calls, so many calls away.
    fn called_within(&self, calls: u32) -> BTreeSet<FunctionRef> {
        let mut near: BTreeSet<FunctionRef> = self.duties.entries.keys().copied().collect();
        let mut last: Vec<FunctionRef> = near.iter().copied().collect();
        for _ in 0..calls {
            let called = last.iter().flat_map(|at| self.duties.graph.functions_called(*at));
            last = called.filter(|at| near.insert(*at)).collect();
        }
        near
    }

    /// Functions with an expression that may run one of the functions without naming it: a call of an unknown value, on an
    /// object that was given something, of a subject; a write of what is observed.
    fn triggers(&self, near: &BTreeSet<FunctionRef>, reach: &Reach) -> Vec<FunctionRef> {
        let program = self.duties.program;
        let hidden = &reach.hidden;
        let scope = Scope::default();
        let runs = |at: FunctionRef, node: Node| {
            let file = at.file;
            let facts = program.file(file);
            match node {
                Node::Stmt(id) => match &facts.stmt(id).kind {
                    StmtKind::Assign { target, .. } => match &facts.expr(*target).kind {
                        ExprKind::Name(name) | ExprKind::Member { name, .. } => hidden.is_observed(name),
                        _ => false,
                    },
                    _ => false,
                },
                Node::Expr(id) => match &facts.expr(id).kind {
                    ExprKind::Call { callee, .. } => match &facts.expr(*callee).kind {
                        ExprKind::Member { base: Some(base), name, .. } => {
                            reach.has_subscribers && SENDING.contains(&name.as_str())
                                || !hidden.given(program, &Place::of(program, at, &scope), *base).is_empty()
                                || hidden.has_exposed() && is_perform(name)
                        }
                        ExprKind::Name(name) => hidden.has_exposed() && is_perform(name),
                        ExprKind::Type(_) | ExprKind::Closure(_) => false,
                        _ => !reach.loose.is_empty(),
                    },
                    _ => false,
                },
            }
        };
        let mut found = Vec::new();
        for at in near.iter().filter(|at| !reach.functions.contains(at)) {
            let Some(body) = program.body(*at) else { continue };
            let mut is_trigger = false;
            program.file(at.file).each_node(body, |node| is_trigger = is_trigger || runs(*at, node));
            found.extend(is_trigger.then_some(*at));
        }
        found
    }

    /// Whether it may be an action that is answered: where its framework is named, or its type is known. Elsewhere it is a promise
    /// that is fulfilled, or an expectation.
    fn may_answer(&self, site: &CallSite) -> bool {
        let program = self.duties.program;
        let file = site.call.file;
        if FRAMEWORKS.iter().any(|name| program.may_name(file, name, Around::ANY)) {
            return true;
        }
        let facts = program.file(file);
        let ExprKind::Call { callee, .. } = facts.expr(site.call.id).kind else { return true };
        let (ExprKind::Member { base: Some(base), .. }, Some(function)) =
            (&facts.expr(callee).kind, site.function)
        else {
            return true;
        };
        let scope = self.duties.graph.scope(function);
        let ty = program.type_of(&Place::of(program, function, &scope), *base);
        let name = ty.as_ref().and_then(|ty| ty.unwrapped().outside_name());
        name.is_some_and(|name| name.ends_with("Action"))
    }

    /// Functions in which a report is made, may be, or seems to be; and those that nobody understands.
    fn seeds(&self) -> Vec<FunctionRef> {
        let program = self.duties.program;
        let owed = self.duties.owed;
        let is_owed_by_report = owed == Owed::Report;
        // What nobody understands may do anything; further away it is taken for nothing, as what nobody names.
        let damaged = self.near().into_iter().filter(|at| program.is_damaged(*at));
        let mut seeds: BTreeSet<FunctionRef> = damaged.collect();
        let vocabulary = self.duties.vocabulary;
        let said = vocabulary.names_by_user().flat_map(|name| program.functions_named(name)).copied();
        let types = vocabulary.types_by_user().flat_map(|ty| program.types_named(ty));
        let methods = types.flat_map(|ty| program.declared_of(*ty)).map(|(at, _)| at);
        seeds.extend(said.chain(methods).filter(|at| self.duties.declares_report(*at).is_some()));
        let settling = self.duties.vocabulary.names_meaning(|meaning| meaning.concerns(owed));
        let sites = program.calls_named(settling.as_ref(), |_, _| true);
        let sites = sites.into_iter().flat_map(|(_, sites)| sites);
        let sites = sites.filter(|site| owed != Owed::Answer || self.may_answer(site));
        let functions: BTreeSet<FunctionRef> = sites.filter_map(|site| site.function).collect();
        seeds.extend(
            functions.into_iter().filter(|at| self.duties.graph.calls(Body::Function(*at)).does(owed)),
        );
        let marked =
            if is_owed_by_report { program.files_with(DECLARES_REPORTING, Around::ANY) } else { Vec::new() };
        let functions = marked.iter().flat_map(|file| program.functions_in(*file));
        seeds.extend(functions.filter(|(_, function)| function.declared_reporting).map(|(at, _)| at));
        let declared = marked.into_iter().flat_map(|file| program.properties_in(file));
        for (_, property) in declared.filter(|(_, property)| property.declared_reporting) {
            let sites = program.mentions_in(&property.name, |_| true);
            seeds.extend(sites.filter_map(|site| site.function));
        }
        seeds.into_iter().collect()
    }
}
