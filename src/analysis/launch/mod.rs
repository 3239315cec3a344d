//! The launch: what exists, in which order, when a push can arrive?
//!
//! From the places at which something happens (a registry or a provider is created, a delegate set, pushes are
//! asked for) a backward closure by name finds the code that can matter. Then one walk per app goes
//! forward through that code as the process would: the properties and the initialiser of the `App` struct, those
//! of the app delegate, `willFinishLaunching`, `didFinishLaunching`; what they put off; the push handler; and the
//! callbacks of which nobody knows when they come. It yields a [`Timeline`], and for every holder of a provider its
//! [`Readiness`] at the moment at which a push can arrive.
//!
//! All instances of a type are taken for one, all paths are walked at once, and what could not be followed is
//! noted: it turns "never" into "unknown".

mod call;
mod eval;
mod frame;
mod gate;
mod holders;
mod once;
mod outside;
mod reach;
mod readiness;
mod registration;
mod roots;
mod seeds;
mod starts;
mod state;
mod statements;
mod timeline;
mod waits;
mod walk;

pub use readiness::{Holder, Readiness};
pub use registration::Registration;
pub use timeline::{
    Arming, Certainty, Event, EventKind, IsSet, Phase, Registry, Reports, Root, RootKind, Timeline, Turn,
    TurnKind, WaitsFor,
};

use std::collections::BTreeSet;

use holders::Holders;
use reach::Reach;

use crate::analysis::graph::Graph;
use crate::facts::{Function, FunctionKind};
use crate::program::{FunctionRef, Program, PropertyRef, TypeIndex};
use crate::source::{FileId, Role};
use crate::unit::Settings;
use crate::vocabulary::{HANDLER_NAMES, Vocabulary, handler_form};

/// The launches of a unit: one timeline for each app in it.
#[derive(Debug)]
pub struct Launch {
    timelines: Vec<Timeline>,
    cut: BTreeSet<FileId>,
    facts: readiness::Background,
}

impl Launch {
    /// Walks every launch of a program. `asked` are the properties of which it is asked when they are set: of all others
    /// that lead to a provider nothing is told, and what only they would need is not walked.
    pub fn new(graph: &Graph<'_>, settings: &Settings, asked: &BTreeSet<PropertyRef>) -> Self {
        let (program, vocabulary) = (graph.program, graph.vocabulary);
        let holders = Holders::new(program, asked);
        let reach = Reach::new(graph, &holders);
        let unit = Unit { program, vocabulary, settings, holders, reach };
        let mut timelines =
            if unit.reach.seeds.events.is_empty() { Vec::new() } else { roots::timelines(&unit) };
        let cut = timelines.iter().filter_map(|timeline| timeline.cut).collect();
        timelines.retain(|timeline| !timeline.events.is_empty());
        let facts = readiness::Background::new(&unit, &timelines);
        Self { timelines, cut, facts }
    }

    /// The launches, in the order of their files.
    pub fn timelines(&self) -> &[Timeline] {
        &self.timelines
    }

    /// How many registries ask for pushes somewhere, by the places at which they do.
    pub fn armed_registries(&self) -> usize {
        let events = |timeline: &Timeline| {
            let armings = timeline.armings.iter().map(|arming| timeline.events[arming.event].registry);
            armings.collect::<BTreeSet<_>>().len()
        };
        self.timelines.iter().map(events).sum()
    }

    /// The files in which a launch was not followed to its end, since there is too much of it.
    pub fn cut(&self) -> &BTreeSet<FileId> {
        &self.cut
    }

    /// Whether a property gets its value while the object is built that it belongs to: whoever has the object, has it.
    pub fn is_set_while_built(&self, program: &Program, property: PropertyRef) -> bool {
        let owner = program.property_owner(property);
        let events = self.timelines.iter().flat_map(|timeline| timeline.of_kind(EventKind::HolderStored));
        let mut stored = events.map(|(_, event)| event).filter(|event| event.property == Some(property));
        let is_built_with = |event: &Event| owner.is_some() && event.building.last().copied() == owner;
        stored.next().is_some_and(is_built_with) && stored.all(is_built_with)
    }

    /// Whether an app starts in the source, rather than a plugin, or nothing that can be seen.
    pub fn has_app(&self, program: &Program) -> bool {
        self.timelines.iter().any(|timeline| timeline.root.kind == RootKind::App)
            || !starts::apps(program).is_empty()
    }

    /// Whether a type is an app delegate or an `App` struct.
    pub fn is_app(&self, program: &Program, ty: TypeIndex) -> bool {
        let is_root =
            |timeline: &Timeline| timeline.root.kind == RootKind::App && timeline.root.types.contains(&ty);
        self.timelines.iter().any(is_root) || starts::is_app_delegate(program, ty)
    }
}

/// What the walks of all launches of a unit share.
struct Unit<'a> {
    program: &'a Program,
    vocabulary: &'a Vocabulary,
    settings: &'a Settings,
    holders: Holders,
    reach: Reach<'a>,
}

impl Unit<'_> {
    /// The push handlers, in order.
    fn handlers(&self) -> Vec<FunctionRef> {
        let is_handler = |function: &Function| {
            let labels: Vec<Option<&str>> =
                function.params.iter().map(|param| param.label.as_deref()).collect();
            function.kind == FunctionKind::Function
                && handler_form(&function.name, &labels, function.is_async).is_some()
        };
        let named = HANDLER_NAMES.iter().flat_map(|name| self.program.functions_named(name)).copied();
        let handlers = named.filter(|at| {
            let function = self.program.function(*at);
            self.program.role(at.file) != Role::Test && is_handler(function) && function.body.is_some()
        });
        handlers.collect::<BTreeSet<_>>().into_iter().collect()
    }
}
