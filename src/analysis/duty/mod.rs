//! The duty: is a call reported on every path, before the push handler returns?
//!
//! A *summary* of a function is the set of its exits: how it is left, what became of the duty, the shortest
//! way there, and which of its closure parameters were called. Summaries are asked for per [`Context`] and
//! solved as a least fixpoint over the call graph ([`summary`]). On one path the duty only rises
//! (none < handed out < deferred < reported); across paths exits are united and never joined, so that one
//! handler may have a missing, a deferred and an unseen exit together.

mod assign;
mod before;
mod call;
mod cases;
mod chain;
mod closures;
mod conditions;
mod eval;
mod functions;
mod join;
mod origins;
mod outside;
mod passed;
mod patterns;
mod properties;
mod reach;
mod rounds;
mod state;
mod statements;
mod summary;
mod trace;
mod walk;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use smol_str::SmolStr;

pub use before::{BeforeReport, Hazard};
pub use state::{At, Duty, NilHolder};
pub use trace::{BranchKind, StepKind, TraceStep};

use self::reach::{Reach, Search};
use self::state::{Known, Origin, State, Value};
use self::summary::{Context, Table, Way};
use self::trace::{Calls, Trace};
use crate::analysis::graph::Graph;
use crate::facts::ExprKind;
use crate::finding::Confidence;
use crate::program::{ExprRef, FunctionRef, Place, Program, Scope, Write};
use crate::report::Outcome;
use crate::source::Role;
use crate::unit::Settings;
use crate::vocabulary::{HandlerForm, Vocabulary, handler_form};

/// How many calls away from a handler a change can change the answer, and is told with it.
const MAX_FORWARD: usize = 6;

/// Steps of a way that are kept at most.
const MAX_STEPS: usize = 100;

/// The duty of every push handler of a program.
pub struct Duties<'a> {
    program: &'a Program,
    graph: &'a Graph<'a>,
    vocabulary: &'a Vocabulary,
    settings: &'a Settings,
    reach: Reach,
    /// Functions in which a thread may wait for something.
    waiting: BTreeSet<FunctionRef>,
    handlers: BTreeMap<FunctionRef, HandlerForm>,
    table: RefCell<Table>,
    /// Ways that report are told apart by where they do, and ways on which no report is due are told.
    is_detailed: bool,
    repeated: RefCell<HashMap<FunctionRef, BTreeSet<SmolStr>>>,
    results: RefCell<HashMap<FunctionRef, Rc<[Known]>>>,
    throwing: RefCell<HashMap<FunctionRef, bool>>,
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
    /// The files of all functions that were walked for its sake.
    pub files: BTreeSet<u32>,
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
    /// Prepares the analysis; nothing is walked yet.
    pub fn new(graph: &'a Graph<'a>, settings: &'a Settings) -> Self {
        let (program, vocabulary) = (graph.program, graph.vocabulary);
        let handlers = program
            .functions()
            .filter(|(at, facts)| {
                program.role(at.file) == Role::Own
                    && facts.owner.is_some()
                    && facts.parent.is_none()
                    && facts.body.is_some()
            })
            .filter_map(|(at, facts)| {
                let labels: Vec<Option<&str>> =
                    facts.params.iter().map(|param| param.label.as_deref()).collect();
                handler_form(&facts.name, &labels, facts.is_async).map(|form| (at, form))
            })
            .filter(|(at, _)| serves_calls(program, *at))
            .filter(|(at, _)| {
                let facts = program.function(*at);
                !facts.build.iter().any(|condition| condition.on_device() == Some(false))
            })
            .collect();
        let mut duties = Self {
            program,
            graph,
            vocabulary,
            settings,
            reach: Reach::default(),
            waiting: BTreeSet::new(),
            handlers,
            table: RefCell::default(),
            is_detailed: false,
            repeated: RefCell::default(),
            results: RefCell::default(),
            throwing: RefCell::default(),
            asked: RefCell::default(),
        };
        if !duties.handlers.is_empty() {
            duties.reach = Search::new(&duties).run();
            duties.waiting = before::waiting(program, vocabulary);
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
        self.handlers.iter().map(|(at, form)| self.handler(*at, *form)).collect()
    }

    fn handler(&self, function: FunctionRef, form: HandlerForm) -> HandlerDuty {
        let facts = self.program.function(function);
        let args = (0..facts.params.len())
            .map(|position| match (position, form) {
                (1, _) => Value { known: Known::PushPayload, origin: Origin::Payload },
                (2, HandlerForm::Metadata | HandlerForm::AsyncMetadata) => Value::known(Known::Metadata),
                (2, _) => Value::known(Known::PushType),
                _ => Value::default(),
            })
            .collect();
        let context = Context { function, args };
        let mut ways: BTreeMap<(Outcome, At, Calls), DutyExit> = BTreeMap::new();
        let name_at = (function.file, facts.name_span);
        let mut give_up = |why: &str| {
            ways.insert((Outcome::Unseen, name_at, Calls::default()), not_understood(name_at, why));
        };
        let summary = if facts.is_damaged {
            give_up("its body could not be parsed");
            None
        } else {
            let summary = self.solve(&context);
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
                    (Duty::Reported, _) if form == HandlerForm::AsyncCompletion => Outcome::Deferred,
                    (Duty::Reported, _) => Outcome::Reported,
                    (Duty::Deferred, _) => Outcome::Deferred,
                    (Duty::HandedOut, None) => Outcome::Unseen,
                    (Duty::None | Duty::HandedOut, Some(_)) => Outcome::NilHolder,
                    (Duty::None, None) => Outcome::Missing,
                };
                let blame = match key.nil_holder {
                    Some(holder) if outcome == Outcome::NilHolder && !holder.is_written_out => holder.at,
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
        let files = self.files(function);
        let before_report = self.before_report(&context);
        HandlerDuty { function, form, ways_out, before_report, files }
    }

    /// The files of the functions that a function calls, and of those that they call, its own among them: where a report
    /// stood that has been deleted, nothing else shows.
    fn files(&self, root: FunctionRef) -> BTreeSet<u32> {
        let mut seen = BTreeSet::from([root]);
        let mut last = vec![root];
        for _ in 0..MAX_FORWARD {
            let called = last.iter().flat_map(|at| self.graph.functions_called(*at));
            last = called.filter(|at| seen.insert(*at)).collect();
        }
        seen.into_iter().map(|function| function.file).collect()
    }

    /// Whether a function is a push handler.
    pub fn is_handler(&self, function: FunctionRef) -> bool {
        self.handlers.contains_key(&function)
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

    /// `// pushlint:reports` on a function, or on the requirement that it implements.
    fn declares_report(&self, at: FunctionRef) -> bool {
        let facts = self.program.function(at);
        if facts.declared_reporting {
            return true;
        }
        let Some(owner) = self.program.owner(at) else { return false };
        self.program.ancestry(owner).iter().any(|ty| {
            self.program.ty(*ty).methods.get(&facts.name).is_some_and(|all| {
                all.iter().any(|other| {
                    let other = self.program.function(*other);
                    other.declared_reporting && same_labels(other, facts)
                })
            })
        })
    }

    /// A call may have changed what conditions on properties rest on.
    fn forget_written(&self, state: &mut State) {
        state.forget(|text| {
            !text.starts_with('#')
                && text.split(['.', '=']).filter(|part| !part.is_empty()).any(|name| {
                    self.program.writes(name).iter().any(|write| {
                        write.target.is_some()
                            && write.function.is_some_and(|function| {
                                self.program.function(function).kind
                                    != crate::facts::FunctionKind::Initializer
                            })
                    })
                })
        });
    }
}

/// Whether the registries that a handler's type sets up (or else those of the whole unit) ask for VoIP pushes:
/// a handler that only serves `.fileProvider` or `.complication` has nothing to report.
fn serves_calls(program: &Program, handler: FunctionRef) -> bool {
    let writes: Vec<&Write> = program
        .writes("desiredPushTypes")
        .iter()
        .filter(|write| program.role(write.value.file) != Role::Test)
        .collect();
    let own: Vec<&Write> = writes
        .iter()
        .copied()
        .filter(|write| write.function.and_then(|at| program.owner(at)) == program.owner(handler))
        .collect();
    let of_its_registries: Vec<&Write> =
        writes.iter().copied().filter(|write| sets_up_for(program, write, handler)).collect();
    let asked =
        [of_its_registries, own, writes].into_iter().find(|asked| !asked.is_empty()).unwrap_or_default();
    asked.is_empty() || asked.iter().any(|write| may_name_voip(program, write.value))
}

/// Whether push types are set on a registry whose delegate is, in the same function, an object of the handler's type.
fn sets_up_for(program: &Program, types: &Write, handler: FunctionRef) -> bool {
    let registry = |write: &Write| match write.target.map(|target| (target.file, &program.expr(target).kind))
    {
        Some((file, ExprKind::Member { base: Some(base), .. })) => program.dotted(file, *base),
        _ => None,
    };
    let owner = program.owner(handler);
    program.writes("delegate").iter().any(|delegate| {
        let scope = Scope::default();
        let place = Place {
            file: delegate.value.file,
            function: delegate.function,
            owner: delegate.function.and_then(|at| program.owner(at)),
            scope: &scope,
        };
        delegate.function == types.function
            && registry(delegate).is_some()
            && registry(delegate) == registry(types)
            && program.type_of(&place, delegate.value.id).and_then(|ty| ty.project()) == owner
    })
}

/// Whether a set of push types may have `.voIP` in it: it is not a literal of other types alone.
pub(crate) fn may_name_voip(program: &Program, value: ExprRef) -> bool {
    let mut names_other = false;
    let mut open = vec![value.id];
    while let Some(id) = open.pop() {
        let kind = &program.file(value.file).expr(id).kind;
        match kind {
            ExprKind::Member { name, .. } if name == "fileProvider" || name == "complication" => {
                names_other = true;
            }
            ExprKind::Array(_) => {}
            _ => return true,
        }
        if matches!(kind, ExprKind::Array(_)) {
            open.extend(kind.operands());
        }
    }
    !names_other
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
