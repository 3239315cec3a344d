//! The analysis of one unit: the files that are joined by name.

mod damage;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use smol_str::SmolStr;

use crate::analysis::duty::{ActionDuty, At, Duties, HandlerDuty, StepKind};
use crate::analysis::graph::Graph;
use crate::analysis::launch::Launch;
use crate::apple::{self, Project};
use crate::check::Options;
use crate::facts::ios_version;
use crate::finding::Finding;
use crate::parallel::in_parallel;
use crate::program::{File, Program, PropertyRef};
use crate::report::{Handler, Outcome, WayOut};
use crate::rules;
use crate::rules::context::Context;
use crate::source::{FileId, Location, Sources, Span};
use crate::trace::{self, model::UnitTrace};
use crate::vocabulary::{self, Vocabulary};

/// What the user told about the project: the part of the configuration that analyses and rules ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Functions and SDK calls that report, beyond those in the vocabulary.
    pub reporters: Vec<UserReporter>,
    /// The lowest iOS version that the app runs on, major and minor, where the user says it; else what the project
    /// says, and iOS 13 where that is unknown.
    pub deployment_target: Option<(u16, u16)>,
}

/// The first version that kills an app for a push without a call.
const FIRST_WITH_DUTY: (u16, u16) = (13, 0);

impl Settings {
    /// The oldest system that the app runs on and that asks for a report; what runs before it alone needs none.
    pub fn oldest_with_duty(&self) -> (u16, u16) {
        self.deployment_target.map_or(FIRST_WITH_DUTY, |target| target.max(FIRST_WITH_DUTY))
    }

    /// Whether every system that the app runs on and that asks for a report has what `#available` names.
    pub fn always_has(&self, platforms: &[(SmolStr, SmolStr)]) -> bool {
        ios_version(platforms).is_none_or(|version| {
            apple::version(version).is_some_and(|asked| asked <= self.oldest_with_duty())
        })
    }

    /// These settings, and what the project says where the user says nothing.
    fn with_project(&self, project: &Project) -> Self {
        let deployment_target = self.deployment_target.or_else(|| project.deployment_target());
        Self { deployment_target, ..self.clone() }
    }
}

/// An entry of `[[reporters]]` in `pushlint.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserReporter {
    /// `Type.method`, `Type.method(labels:)`, `method(labels:)`: the form of the vocabulary.
    pub call: SmolStr,
    /// `reports`, `never`, or `calls-back`.
    pub means: SmolStr,
    /// For `calls-back`: the methods of the app that it calls.
    pub methods: Vec<SmolStr>,
}

/// What the analysis of one unit says.
#[derive(Debug, Default)]
pub struct UnitResult {
    /// The findings of all rules, in no order, nothing filtered.
    pub findings: Vec<Finding>,
    /// Its push handlers.
    pub handlers: Vec<Handler>,
    /// How many registries are armed.
    pub registries: usize,
    /// The files in which a launch was not followed to its end, since there is too much of it.
    pub cut: BTreeSet<FileId>,
    /// Files that were not understood where it matters, each with a place that was not.
    pub damaged: BTreeMap<FileId, Span>,
    /// Its picture, where one is asked for.
    pub trace: Option<UnitTrace>,
}

impl UnitResult {
    /// The files in which it names a place.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        let findings = self.findings.iter().flat_map(Finding::places);
        let handlers = self.handlers.iter().flat_map(|handler| {
            let ways = handler.ways_out.iter().map(|way| way.location);
            std::iter::once(handler.location).chain(ways).chain(handler.reports.iter().copied())
        });
        findings.chain(handlers).map(|place| place.file).chain(self.damaged.keys().copied())
    }
}

/// The analyses follow calls inside calls and expressions inside expressions: they get room for that.
const STACK: usize = 512 << 20;

thread_local! {
    /// Whether this thread has a stack of that size.
    static HAS_ROOM: Cell<bool> = const { Cell::new(false) };
}

/// Joins the facts of a unit and asks every rule; draws its picture where `is_traced`. `has_unread_pushes` where it has code about
/// pushes in a language that is not read.
pub fn analyse(
    files: &[Arc<File>],
    project: &Project,
    sources: &Sources,
    settings: &Settings,
    options: &Options,
    has_unread_pushes: bool,
) -> UnitResult {
    let settings = &settings.with_project(project);
    // Without room nothing is analysed, and the caller sees no handler.
    with_room(|| analyse_here(files, project, sources, settings, options, has_unread_pushes))
        .unwrap_or_default()
}

/// Does `work` with the room that the analyses need: here, where this thread has it, else on a thread of its own; none where
/// there is no thread to be had. Many small units are analysed faster if all of it is done with room, as then not each of
/// them begins a thread.
pub fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    if HAS_ROOM.get() {
        return Some(work());
    }
    std::thread::scope(|scope| {
        let roomy = std::thread::Builder::new().stack_size(STACK);
        let started = roomy.spawn_scoped(scope, || {
            HAS_ROOM.set(true);
            work()
        });
        let running = started.ok()?;
        Some(running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// So often a unit is analysed with the outlines of files that nobody had to read.
const MAX_ROUNDS: usize = 2;

fn analyse_here(
    files: &[Arc<File>],
    project: &Project,
    sources: &Sources,
    settings: &Settings,
    options: &Options,
    has_unread_pushes: bool,
) -> UnitResult {
    let vocabulary = vocabulary::standard();
    let reporters = Some(&settings.reporters).filter(|reporters| !reporters.is_empty());
    let extended = reporters.and_then(|reporters| vocabulary.with_user(reporters).ok());
    let vocabulary = extended.as_ref().unwrap_or(vocabulary);
    let asking =
        Asking { project, sources, settings, vocabulary, has_unread_pushes, is_traced: options.is_traced };
    for _ in 0..MAX_ROUNDS {
        let (program, result) = asking.analyse(files, options.threads);
        // What was joined by a wrong outline is joined anew.
        if !program.is_outdated() {
            return result;
        }
    }
    in_parallel(options.threads, files, |(): &mut (), file| file.read());
    asking.analyse(files, options.threads).1
}

/// What a unit is asked, and with what.
struct Asking<'a> {
    project: &'a Project,
    sources: &'a Sources,
    settings: &'a Settings,
    vocabulary: &'a Vocabulary,
    has_unread_pushes: bool,
    is_traced: bool,
}

/// What the analyses answer. None needs the answer of another, so that they are asked side by side.
#[derive(Default)]
struct Answers {
    handlers: OnceLock<Vec<HandlerDuty>>,
    launch: OnceLock<Launch>,
    actions: OnceLock<Vec<ActionDuty>>,
    activations: OnceLock<Vec<ActionDuty>>,
}

impl Asking<'_> {
    /// Asks the analyses side by side. Each thread joins the files for itself, as what a program or a graph remembers is not
    /// for two at a time; what is read of a file, all of them have.
    fn analyse(&self, files: &[Arc<File>], threads: usize) -> (Program, UnitResult) {
        let tasks: [fn(&Self, &Graph<'_>, &Answers); 4] =
            [Self::handlers, Self::launch, Self::actions, Self::activations];
        let sides = vec![(); threads.clamp(1, tasks.len())];
        // All of them before anything is read: reading corrects what is joined.
        let mut programs = in_parallel(threads, &sides, |(): &mut (), ()| {
            Program::new(files.to_vec(), self.sources, threads)
        });
        let program = programs.swap_remove(0);
        let graph = Graph::new(&program, self.vocabulary);
        let answers = Answers::default();
        let next = AtomicUsize::new(0);
        let work = |graph: &Graph<'_>| {
            while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                task(self, graph, &answers);
            }
        };
        std::thread::scope(|scope| {
            let work = &work;
            for other in programs {
                let beside = std::thread::Builder::new().stack_size(STACK);
                let started = beside.spawn_scoped(scope, move || work(&Graph::new(&other, self.vocabulary)));
                // Where no thread is to be had, the others do its work.
                drop(started);
            }
            work(&graph);
        });
        let result = self.judge(&graph, answers);
        drop(graph);
        (program, result)
    }

    fn handlers(&self, graph: &Graph<'_>, answers: &Answers) {
        let _ = answers.handlers.set(Duties::new(graph, self.settings).handlers());
    }

    fn actions(&self, graph: &Graph<'_>, answers: &Answers) {
        let _ = answers.actions.set(Duties::of_actions(graph, self.settings).actions());
    }

    fn activations(&self, graph: &Graph<'_>, answers: &Answers) {
        if !graph.program.calls("setActive").is_empty() {
            let _ = answers.activations.set(Duties::of_activations(graph, self.settings).activations());
        }
    }

    fn launch(&self, graph: &Graph<'_>, answers: &Answers) {
        let _ = answers.launch.set(Launch::new(graph, self.settings, &BTreeSet::new()));
    }

    /// Asks every rule; draws the picture where it is asked for.
    fn judge(&self, graph: &Graph<'_>, answers: Answers) -> UnitResult {
        let (program, sources) = (graph.program, self.sources);
        let handlers = answers.handlers.into_inner().unwrap_or_default();
        let (duties, superseded) = rules::superseded::apart(program, handlers);
        let actions = answers.actions.into_inner().unwrap_or_default();
        let activations = answers.activations.into_inner().unwrap_or_default();
        let holders = holders(program, &duties, sources);
        let usual = answers.launch.into_inner().filter(|_| holders.is_empty());
        let launch = usual.unwrap_or_else(|| Launch::new(graph, self.settings, &holders));
        let context = Context {
            program,
            graph,
            project: self.project,
            vocabulary: self.vocabulary,
            settings: self.settings,
            launch: &launch,
            duties: &duties,
            superseded: &superseded,
            actions: &actions,
            activations: &activations,
            has_unread_pushes: self.has_unread_pushes,
            sources,
        };
        UnitResult {
            findings: rules::findings(&context),
            handlers: duties
                .iter()
                .map(|duty| handler(&context, duty))
                .chain(superseded.iter().map(|duty| excused(handler(&context, duty))))
                .collect(),
            registries: launch.armed_registries(),
            cut: launch.cut().clone(),
            damaged: damage::of(program, sources, duties.iter().chain(&superseded)),
            trace: self.is_traced.then(|| trace::unit(&context)),
        }
    }
}

/// The properties that are nil where a handler goes without a report: when they are set is asked of the launch.
fn holders(program: &Program, duties: &[HandlerDuty], sources: &Sources) -> BTreeSet<PropertyRef> {
    let ways = duties.iter().flat_map(|duty| &duty.ways_out);
    let places = ways.filter_map(|way| way.nil_holder).map(|holder| holder.at);
    places.filter_map(|(file, span)| program.property_in(file, span, sources)).collect()
}

/// A handler that is not called owes nothing.
fn excused(mut handler: Handler) -> Handler {
    handler.ways_out.iter_mut().for_each(|way| way.outcome = Outcome::Excused);
    handler
}

/// What the report says of a handler.
fn handler(context: &Context<'_>, duty: &HandlerDuty) -> Handler {
    let program = context.program;
    let facts = program.function(duty.function);
    let place = |at: At| program.location(at.0, at.1);
    let reports: BTreeSet<Location> = duty
        .ways_out
        .iter()
        .flat_map(|exit| &exit.steps)
        .filter(|step| matches!(step.kind, StepKind::Report(_)))
        .map(|step| place(step.at))
        .collect();
    Handler {
        location: program.location(duty.function.file, facts.name_span),
        owner: program
            .owner(duty.function)
            .map_or_else(String::new, |owner| program.ty(owner).name.to_string()),
        ways_out: duty
            .ways_out
            .iter()
            .map(|exit| WayOut {
                location: place(exit.blame),
                outcome: exit.outcome,
                is_ruled_out: rules::is_ruled_out(context, exit),
            })
            .collect(),
        reports: reports.into_iter().collect(),
        consulted: context.consulted(duty.function),
    }
}
