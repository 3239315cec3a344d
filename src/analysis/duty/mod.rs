//! The duty: is a call reported on every path, before the push handler returns? And is every action of `CallKit` fulfilled
//! or failed, at any time?
//!
//! Both are one question, what the app has [`Owed`]; they differ in where it begins ([`entries`]) and in which calls settle it.
//!
//! A *summary* of a function is the set of its exits: how it is left, what became of the duty, the shortest
//! way there, and which of its closure parameters were called. Summaries are asked for per [`Context`] and
//! solved as a least fixpoint over the call graph ([`summary`]). On one path the duty only rises
//! (none < handed out < deferred < reported); across paths exits are united and never joined, so that one
//! handler may have a missing, a deferred and an unseen exit together.

mod assign;
mod before;
mod call;
mod callers;
mod cases;
mod chain;
mod closures;
mod conditions;
mod counts;
mod entries;
mod eval;
mod functions;
mod getters;
mod hidden;
mod identifiers;
mod implied;
mod indirect;
mod join;
mod operators;
mod origins;
mod outside;
mod passed;
mod patterns;
mod properties;
mod reach;
mod repeated;
mod rounds;
mod state;
mod statements;
mod summary;
mod systems;
mod trace;
mod unnamed;
mod walk;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use smol_str::SmolStr;

pub use before::{BeforeReport, Hazard};
pub(super) use callers::Backward;
pub(crate) use entries::may_name_voip;
pub use state::{At, Duty, NilHolder};
pub use trace::{BranchKind, StepKind, TraceStep};

use self::entries::Entry;
use self::reach::{Reach, Search};
use self::repeated::Repeated;
use self::state::{Known, Origin, State, Value};
use self::summary::{Context, ExitKey, Table, Way};
use self::trace::{Calls, Trace};
use crate::analysis::graph::Graph;
use crate::facts::{ExprId, ExprKind};
use crate::finding::Confidence;
use crate::program::{FunctionRef, Program, PropertyRef};
use crate::report::Outcome;
use crate::unit::Settings;
use crate::vocabulary::{HandlerForm, Match, Meaning, OutsideCall, Owed, Vocabulary};

/// Steps of a way that are kept at most.
const MAX_STEPS: usize = 100;

/// The calls of a file by each name in the chain that they are made on, and whether it is the last one: `a` and, as the
/// last one, `b` in `a.b.call()`.
type CallsOn = HashMap<SmolStr, Vec<(ExprId, bool)>>;

/// The duty of every push handler of a program, or of every method that is given an action.
pub struct Duties<'a> {
    owed: Owed,
    program: &'a Program,
    graph: &'a Graph<'a>,
    vocabulary: &'a Vocabulary,
    settings: &'a Settings,
    reach: Reach,
    /// Functions in which a thread may wait for something, or a provider is invalidated.
    hazardous: RefCell<HashMap<FunctionRef, bool>>,
    entries: BTreeMap<FunctionRef, Entry>,
    /// Some type of the project is `@dynamicMemberLookup`.
    has_dynamic_members: bool,
    table: RefCell<Table>,
    /// Ways that report are told apart by where they do, and ways on which no report is due are told.
    is_detailed: bool,
    repeated: RefCell<HashMap<FunctionRef, Rc<Repeated>>>,
    results: RefCell<HashMap<FunctionRef, Rc<[Known]>>>,
    throwing: RefCell<HashMap<FunctionRef, bool>>,
    called_on: RefCell<HashMap<FunctionRef, Rc<CallsOn>>>,
    /// Functions whose results are being looked for.
    asked: RefCell<Vec<FunctionRef>>,
}

/// A push handler and its ways out.
#[derive(Clone, Debug)]
pub struct HandlerDuty {
    /// The handler.
    pub function: FunctionRef,
    /// Its spelling.
    pub form: HandlerForm,
    /// Its ways out, by place.
    pub ways_out: Vec<DutyExit>,
    /// What can go wrong before it has reported, by place.
    pub before_report: Vec<BeforeReport>,
}

/// A method that is given an action, and its ways out.
#[derive(Clone, Debug)]
pub struct ActionDuty {
    /// The method.
    pub function: FunctionRef,
    /// Its ways out, by place; reported is what is fulfilled or failed.
    pub ways_out: Vec<DutyExit>,
}

/// A way out of a handler.
#[derive(Clone, Debug)]
pub struct DutyExit {
    /// What became of the duty.
    pub outcome: Outcome,
    /// Where the way is decided: where a function turned away from the report, where the report is put off or
    /// handed out, else where the handler is left.
    pub blame: At,
    /// Where the handler is left.
    pub at: At,
    /// How sure this is.
    pub confidence: Confidence,
    /// It rests on one of several implementations that differ.
    pub is_disputed: bool,
    /// The holder that is nil on this way.
    pub nil_holder: Option<NilHolder>,
    /// The steps of the shortest way, in order.
    pub steps: Vec<TraceStep>,
}

impl HandlerDuty {
    /// Whether some way out reports, at once or later.
    pub fn reports_somewhere(&self) -> bool {
        self.ways_out.iter().any(|exit| matches!(exit.outcome, Outcome::Reported | Outcome::Deferred))
    }
}

impl<'a> Duties<'a> {
    /// Prepares the analysis of the push handlers; nothing is walked yet.
    pub fn new(graph: &'a Graph<'a>, settings: &'a Settings) -> Self {
        Self::of(Owed::Report, graph, settings)
    }

    /// Prepares the analysis of the methods that are given an action.
    pub fn of_actions(graph: &'a Graph<'a>, settings: &'a Settings) -> Self {
        Self::of(Owed::Answer, graph, settings)
    }

    /// Prepares the analysis of the methods with which a call begins, and of what they do with the audio session.
    pub fn of_activations(graph: &'a Graph<'a>, settings: &'a Settings) -> Self {
        Self { is_detailed: true, ..Self::of(Owed::Activation, graph, settings) }
    }

    fn of(owed: Owed, graph: &'a Graph<'a>, settings: &'a Settings) -> Self {
        let (program, vocabulary) = (graph.program, graph.vocabulary);
        let mut duties = Self {
            owed,
            program,
            graph,
            vocabulary,
            settings,
            reach: Reach::default(),
            hazardous: RefCell::default(),
            entries: entries::of(owed, program),
            has_dynamic_members: hidden::has_dynamic_members(program),
            table: RefCell::default(),
            is_detailed: false,
            repeated: RefCell::default(),
            results: RefCell::default(),
            throwing: RefCell::default(),
            called_on: RefCell::default(),
            asked: RefCell::default(),
        };
        let is_called = |at: &FunctionRef| !duties.is_for_older_systems(*at);
        let entries = duties.entries.iter().filter(|(at, _)| is_called(at));
        duties.entries = entries.map(|(at, entry)| (*at, *entry)).collect();
        if !duties.entries.is_empty() {
            duties.reach = Search::of(&duties);
        }
        duties
    }

    /// The same, in detail: every call that leads to a report is a way out of its own, and so is every condition behind
    /// which no report is due. Nothing that is not reported is told otherwise than without detail.
    pub fn in_detail(graph: &'a Graph<'a>, settings: &'a Settings) -> Self {
        Self { is_detailed: true, ..Self::new(graph, settings) }
    }

    /// Every push handler, in order of files and places.
    pub fn handlers(&self) -> Vec<HandlerDuty> {
        let handler = |(at, entry): (&FunctionRef, &Entry)| match entry {
            Entry::Push(form) => Some(self.handler(*at, *form)),
            Entry::Action => None,
        };
        self.entries.iter().filter_map(handler).collect()
    }

    fn handler(&self, function: FunctionRef, form: HandlerForm) -> HandlerDuty {
        let context = self.context(function, Entry::Push(form));
        let ways_out = self.ways_out(&context, Entry::Push(form));
        let before_report = self.before_report(&context);
        HandlerDuty { function, form, ways_out, before_report }
    }

    /// Every method that is given an action, in order of files and places.
    pub fn actions(&self) -> Vec<ActionDuty> {
        let action = |(at, entry): (&FunctionRef, &Entry)| {
            let ways_out = match entry {
                Entry::Action => self.ways_out(&self.context(*at, Entry::Action), Entry::Action),
                Entry::Push(_) => return None,
            };
            Some(ActionDuty { function: *at, ways_out })
        };
        self.entries.iter().filter_map(action).collect()
    }

    /// Every method with which a call begins, in order of files and places; what is reported on a way out is an activation of
    /// the audio session.
    pub fn activations(&self) -> Vec<ActionDuty> {
        let activation = |(at, entry): (&FunctionRef, &Entry)| ActionDuty {
            function: *at,
            ways_out: self.ways_out(&self.context(*at, *entry), *entry),
        };
        self.entries.iter().map(activation).collect()
    }

    /// What is known of the arguments where a duty begins.
    fn context(&self, function: FunctionRef, entry: Entry) -> Context {
        let argument = |position| match (position, entry) {
            (1, Entry::Push(_)) => Value { known: Known::PushPayload, origin: Origin::Payload },
            (1, Entry::Action) => Value { known: Known::Something, origin: Origin::Payload },
            (2, Entry::Push(HandlerForm::Metadata | HandlerForm::AsyncMetadata)) => {
                Value::known(Known::Metadata)
            }
            (2, Entry::Push(_)) => Value::known(Known::PushType),
            _ => Value::default(),
        };
        let args = (0..self.program.function(function).params.len()).map(argument).collect();
        Context { function, args, this: Known::Any }
    }

    fn ways_out(&self, context: &Context, entry: Entry) -> Vec<DutyExit> {
        let function = context.function;
        let facts = self.program.function(function);
        let mut ways: BTreeMap<(Outcome, At, Calls), DutyExit> = BTreeMap::new();
        let name_at = (function.file, facts.name_span);
        let mut give_up = |why: &str| {
            ways.insert((Outcome::Unseen, name_at, Calls::default()), not_understood(name_at, why));
        };
        let summary = if self.program.is_damaged(function) {
            give_up("its body could not be parsed");
            None
        } else {
            let does_nothing = |key: &ExitKey| key.duty == Duty::None;
            let summary = self.solve(context);
            let summary = summary.filter(|found| !self.reach.is_cut() || !found.keys().all(does_nothing));
            if summary.is_none() {
                give_up("it leads to more code than is followed");
            }
            summary
        };
        if let Some(summary) = summary {
            for (key, (at, trace)) in summary.as_ref().clone() {
                let blame = key.blame.unwrap_or(at);
                let outcome = match (key.duty, &key.nil_holder) {
                    _ if key.way == Way::Excused => Outcome::Excused,
                    (Duty::Reported, _) if entry == Entry::Push(HandlerForm::AsyncCompletion) => {
                        Outcome::Deferred
                    }
                    (Duty::Reported, _) => Outcome::Reported,
                    (Duty::Deferred, _) => Outcome::Deferred,
                    (Duty::HandedOut, None) => Outcome::Unseen,
                    (Duty::None | Duty::HandedOut, Some(_)) => Outcome::NilHolder,
                    (Duty::None, None) => Outcome::Missing,
                };
                let blame = match key.nil_holder {
                    Some(holder)
                        if outcome == Outcome::NilHolder
                            && (!holder.is_written_out || key.duty == Duty::HandedOut) =>
                    {
                        holder.at
                    }
                    _ => blame,
                };
                let exit = DutyExit {
                    outcome,
                    blame,
                    at,
                    confidence: key.confidence,
                    is_disputed: key.is_disputed,
                    nil_holder: key.nil_holder,
                    steps: steps(&trace),
                };
                match ways.entry((outcome, blame, key.reported)) {
                    std::collections::btree_map::Entry::Vacant(entry) => {
                        entry.insert(exit);
                    }
                    std::collections::btree_map::Entry::Occupied(mut entry) => {
                        let known = entry.get_mut();
                        let confidence = known.confidence.max(exit.confidence);
                        let is_disputed = known.is_disputed && exit.is_disputed;
                        if (exit.is_disputed, exit.steps.len()) < (known.is_disputed, known.steps.len()) {
                            *known = exit;
                        }
                        known.confidence = confidence;
                        known.is_disputed = is_disputed;
                    }
                }
            }
        }
        if ways.is_empty() {
            // No path ends: it always crashes, or a recursion was not seen through.
            let why = "no way out of it was found";
            ways.insert((Outcome::Unseen, name_at, Calls::default()), not_understood(name_at, why));
        }
        // A way that misses for sure makes the same place no place for doubt.
        let missing: BTreeSet<At> =
            ways.keys().filter(|(outcome, ..)| *outcome == Outcome::Missing).map(|(_, at, _)| *at).collect();
        ways.retain(|(outcome, at, _), _| *outcome != Outcome::NilHolder || !missing.contains(at));
        let mut ways_out: Vec<DutyExit> = ways.into_values().collect();
        ways_out.sort_by_key(|exit| (exit.blame, exit.outcome));
        ways_out
    }

    /// The calls in a function, closures included, that are made on something of this name, in order.
    fn calls_on(&self, at: FunctionRef, name: &str) -> Vec<(ExprId, bool)> {
        let file = at.file;
        let known = self.called_on.borrow().get(&at).map(Rc::clone);
        let all = known.unwrap_or_else(|| {
            let mut all = CallsOn::new();
            let facts = self.program.file(file);
            for (id, expr) in facts.exprs_in(facts.function(at.id).span) {
                let ExprKind::Call { callee, .. } = &expr.kind else { continue };
                let ExprKind::Member { base: Some(base), .. } = &facts.expr(*callee).kind else { continue };
                let chain = self.program.chain(file, *base);
                for (at, part) in chain.iter().enumerate() {
                    if !chain[..at].contains(part) {
                        let found = (id, at + 1 == chain.len());
                        all.entry(part.clone()).or_default().push(found);
                    }
                }
            }
            let all = Rc::new(all);
            self.called_on.borrow_mut().insert(at, Rc::clone(&all));
            all
        });
        all.get(name).cloned().unwrap_or_default()
    }

    /// Whether a duty begins in a function.
    fn is_entry(&self, function: FunctionRef) -> bool {
        self.entries.contains_key(&function)
    }

    /// What a call to something outside the project means for this duty.
    fn lookup(&self, call: &OutsideCall) -> Option<Match<'a>> {
        let found = self.vocabulary.lookup(call)?;
        Some(Match { meaning: found.meaning.toward(self.owed), ..found })
    }

    /// `// pushlint:reports` on a function.
    fn is_declared(&self, at: FunctionRef) -> bool {
        self.owed == Owed::Report && self.program.function(at).declared_reporting
    }

    /// `// pushlint:reports` on a property.
    fn is_declared_property(&self, at: PropertyRef) -> bool {
        self.owed == Owed::Report && self.program.property(at).declared_reporting
    }

    /// `Type.method`, as people write it.
    pub fn display_name(&self, at: FunctionRef) -> SmolStr {
        let facts = self.program.function(at);
        if facts.name.is_empty() {
            return "a closure".into();
        }
        match self.program.owner(at) {
            Some(owner) if facts.parent.is_none() => {
                SmolStr::new(format!("{}.{}", self.program.ty(owner).name, facts.name))
            }
            _ => facts.name.clone(),
        }
    }

    /// What the configuration says about a function of the project.
    fn said_by_user(&self, at: FunctionRef) -> Option<&Meaning> {
        if self.owed != Owed::Report || self.settings.reporters.is_empty() {
            return None;
        }
        let program = self.program;
        let facts = program.function(at);
        if facts.parent.is_some() {
            return None;
        }
        let family = program.owner(at).map(|owner| program.ancestry(owner)).unwrap_or_default();
        let types: Vec<SmolStr> = family.into_iter().map(|ty| program.ty(ty).name.clone()).collect();
        let labels: Vec<Option<SmolStr>> = facts.params.iter().map(|param| param.label.clone()).collect();
        self.vocabulary.said_by_user(&types, &facts.name, &labels)
    }

    /// By what a function is declared to report: `// pushlint:reports` on it, or on the requirement that it implements, or the
    /// configuration.
    fn declares_report(&self, at: FunctionRef) -> Option<&'static str> {
        if matches!(self.said_by_user(at), Some(Meaning::Reports { .. })) {
            return Some("declared in `pushlint.toml`");
        }
        self.is_declared_anywhere(at).then_some("declared by `pushlint:reports`")
    }

    /// Whether a function is declared to report nothing, whatever its source says.
    fn declares_none(&self, at: FunctionRef) -> bool {
        matches!(self.said_by_user(at), Some(Meaning::Harmless))
    }

    fn is_declared_anywhere(&self, at: FunctionRef) -> bool {
        let facts = self.program.function(at);
        if self.is_declared(at) {
            return true;
        }
        let Some(owner) = self.program.owner(at) else { return false };
        self.program.ancestry(owner).iter().any(|ty| {
            self.program
                .methods(*ty, &facts.name)
                .iter()
                .any(|other| self.is_declared(*other) && same_labels(self.program.function(*other), facts))
        })
    }

    /// A call of a function may have changed what conditions on properties rest on.
    fn forget_written(&self, at: FunctionRef, state: &mut State) {
        state.forget(|text| {
            let mut names = text.split(['.', '=']).filter(|part| !part.is_empty());
            !text.starts_with('#') && names.any(|name| self.may_write(at, name))
        });
    }
}

fn same_labels(a: &crate::facts::Function, b: &crate::facts::Function) -> bool {
    a.params.len() == b.params.len() && a.params.iter().zip(&b.params).all(|(a, b)| a.label == b.label)
}

/// The answer about a handler that was not followed to its end.
fn not_understood(at: At, why: &str) -> DutyExit {
    DutyExit {
        outcome: Outcome::Unseen,
        blame: at,
        at,
        confidence: Confidence::Low,
        is_disputed: false,
        nil_holder: None,
        steps: vec![TraceStep { at, depth: 0, kind: StepKind::HandOut(why.into()) }],
    }
}

fn steps(trace: &Trace) -> Vec<TraceStep> {
    trace.steps(MAX_STEPS)
}
