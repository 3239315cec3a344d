//! What happens in one launch, in the order in which the process does it: plain data.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Step;
use crate::program::{FunctionRef, PropertyRef, TypeIndex};
use crate::source::{FileId, Location};
use crate::vocabulary::SetupId;

/// What one app (or one library) does from its start on, in order.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Where it begins.
    pub root: Root,
    /// The turns of the run loop and the callbacks: the launch itself first.
    pub turns: Vec<Turn>,
    /// What happens, in order; events of a later turn follow those of the turn that asked for it.
    pub events: Vec<Event>,
    /// The registries, by [`Event::registry`].
    pub registries: Vec<Registry>,
    /// Each place at which a registry asks for pushes, with what is known there.
    pub armings: Vec<Arming>,
    /// The files that were walked.
    pub consulted: BTreeSet<FileId>,
    /// Objects that were given to code that cannot be seen, by their type, and to whom.
    pub escaped: Vec<(TypeIndex, String)>,
    /// There is a push handler.
    pub has_handler: bool,
    /// The properties of this app that are to hold a provider.
    pub providers: BTreeSet<PropertyRef>,
    /// The file in which it was not followed to its end, since there is too much of it.
    pub cut: Option<FileId>,
    /// What a call that could not be followed may bring about, and the call.
    pub(super) doubtful: BTreeMap<Fact, Step>,
}

/// Where a timeline begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// What kind of start it is.
    pub kind: RootKind,
    /// The `App` struct and the app delegate, or the plugin.
    pub types: Vec<TypeIndex>,
    /// The name of the first of them.
    pub location: Option<Location>,
}

/// What kind of start a timeline has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootKind {
    /// An app: its `App` struct, its app delegate.
    App,
    /// A plugin, from where it is registered on.
    Plugin,
    /// No start is in the source: a library, or an app that Objective-C starts.
    Nothing,
}

/// A stretch of the process in which nothing else comes in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What it is.
    pub kind: TurnKind,
    /// The turn that asked for it.
    pub parent: Option<usize>,
    /// Where it begins.
    pub location: Option<Location>,
    /// What it is called: `viewDidLoad`, `Task`; empty for the launch.
    pub name: String,
    /// What must have happened before it begins, over what its parent waits for.
    pub waits_for: WaitsFor,
}

/// What must have happened before a turn can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitsFor {
    /// Nothing: it is the launch, or follows the turn that asked for it by itself.
    Nothing,
    /// A person allowed something, or was asked whether it is allowed.
    Permission,
    /// The app has got a token for ordinary pushes.
    PushToken,
    /// A view or a scene is loaded or shown.
    Screen,
    /// A person opens the app, or touches something in it.
    Person,
    /// Nobody knows what.
    Unknown,
}

/// What a turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TurnKind {
    /// The launch, up to the end of `didFinishLaunching`.
    Launch,
    /// Code that was put off: a task, an asynchronous block, a completion handler.
    Later {
        /// A block of the main queue: such blocks keep their order.
        is_main_queue: bool,
    },
    /// A method that the system or an SDK calls: `viewDidLoad`, `applicationDidBecomeActive`.
    Callback,
    /// Something that is built at its first use, and whose first use was not seen.
    FirstUse,
    /// A function of which nothing in the project shows when it is called.
    Uncalled,
    /// A closure that makes something for code that cannot be seen: a container that injects dependencies.
    Factory,
    /// The push handler.
    Handler,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// Where: the constructor, the assigned member, the name of the property.
    pub location: Location,
    /// The way from the start of the turn to it: where it is called, where it is built.
    pub steps: Vec<Step>,
    /// How certain it is.
    pub certainty: Certainty,
    /// The function that does it; none in initial values.
    pub function: Option<FunctionRef>,
    /// The property that is given a value.
    pub property: Option<PropertyRef>,
    /// The property whose initial value does it, directly, in a closure or through a factory.
    pub initial_of: Option<PropertyRef>,
    /// The types that are being built, outermost first.
    pub building: Vec<TypeIndex>,
    /// All of this happens in initial values of properties of the outermost of them, not in its `init`.
    pub in_initial_values: bool,
    /// The property, built at its first use, that it is a part of building.
    pub first_use_of: Option<PropertyRef>,
    /// The registry that it is about.
    pub registry: Option<usize>,
    /// The type of the provider that is created.
    pub provider: Option<&'static str>,
    /// The turn.
    pub turn: usize,
    /// Before, in or after `didFinishLaunching`.
    pub phase: Phase,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// `PKPushRegistry(queue:)`
    RegistryCreated,
    /// `registry.delegate = …`
    RegistryDelegateSet,
    /// `registry.desiredPushTypes = [.voIP]`: from here on a push can arrive.
    RegistryArmed,
    /// An SDK sets up a registry of its own.
    SdkRegistry,
    /// `CXProvider(configuration:)`, `ConversationManager(configuration:)`
    ProviderCreated,
    /// `provider.setDelegate(_:queue:)`
    ProviderDelegateSet,
    /// A property that leads to a provider gets its value.
    HolderStored,
    /// An SDK with which a push handler reports is made ready for it: `RNCallKeep.setup(_:)`.
    SdkSetUp(SetupId),
}

/// How certain an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// On every path of the launch.
    Always,
    /// On some paths of the launch.
    SomePaths,
    /// In a later turn.
    LaterTurn,
    /// Where it is needed: at its first use, or on the way of the push handler.
    OnDemand,
    /// Nobody knows when, and why.
    Unknown(String),
}

/// Where in the start of the process an event lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// While the `App` struct or the app delegate are built: the app has not finished launching.
    Building,
    /// In `willFinishLaunching` or `didFinishLaunching`.
    Launching,
    /// After that, or outside of a launch.
    Later,
}

/// A registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// The event of its creation, where that was seen.
    pub created: Option<usize>,
    /// The properties that hold it.
    pub properties: BTreeSet<PropertyRef>,
    /// It delivers on a queue of its own, not on the main queue.
    pub own_queue: bool,
    /// It was given to code that cannot be seen.
    pub is_escaped: bool,
}

/// Whether something has been set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IsSet {
    /// On no path.
    No,
    /// On some paths.
    Maybe,
    /// On all paths.
    Yes,
}

/// Who reports a call, as far as the code shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reports {
    /// A provider of the project.
    pub by_provider: bool,
    /// An SDK.
    pub by_sdk: bool,
}

/// The moment at which a registry asks for pushes, and what is known there.
#[derive(Clone, Debug)]
pub struct Arming {
    /// The event.
    pub event: usize,
    /// Each registry that it may be, and whether it has a delegate.
    pub registries: Vec<(usize, IsSet)>,
    /// Who is seen to report a call in the push handlers.
    pub reports: Reports,
    /// What has to be set up before the SDKs report with which the push handlers do.
    pub needs: BTreeSet<SetupId>,
    /// Code that was not met on the way from the launch leads here, too.
    pub is_asked_elsewhere: bool,
    pub(super) before: BTreeSet<Fact>,
    pub(super) after: BTreeSet<Fact>,
    pub(super) on_demand: BTreeSet<Fact>,
    /// What is built at its first use, and was built or being built by then.
    pub(super) built: BTreeSet<PropertyRef>,
}

/// Something that holds from a point on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fact {
    /// The event has happened.
    Happened(usize),
    /// There is a provider.
    Provider,
    /// A provider has a delegate.
    ProviderDelegate,
    /// The property has a value.
    Stored(PropertyRef),
    /// Somebody was asked whether something is allowed, and has answered.
    Answered,
    /// An SDK is set up.
    SetUp(SetupId),
}

impl Fact {
    /// Whether it only says what came before what.
    pub(super) fn is_order(self) -> bool {
        matches!(self, Fact::Happened(_))
    }
}

impl Timeline {
    /// Whether a turn follows, at whatever distance, from another one.
    pub fn follows(&self, turn: usize, earlier: usize) -> bool {
        let mut at = self.turns.get(turn).and_then(|turn| turn.parent);
        while let Some(parent) = at {
            if parent == earlier {
                return true;
            }
            at = self.turns.get(parent).and_then(|turn| turn.parent);
        }
        false
    }

    /// The turn of an event.
    pub fn turn_of(&self, event: &Event) -> &Turn {
        &self.turns[event.turn]
    }

    /// A turn and those that it follows from, the last one first.
    pub fn way_to(&self, turn: usize) -> impl Iterator<Item = &Turn> {
        std::iter::successors(self.turns.get(turn), |turn| self.turns.get(turn.parent?))
    }

    /// Events of a kind, in order.
    pub fn of_kind(&self, kind: EventKind) -> impl Iterator<Item = (usize, &Event)> {
        self.events.iter().enumerate().filter(move |(_, event)| event.kind == kind)
    }

    /// Whether the app has a provider, or a property for one.
    pub fn has_provider(&self) -> bool {
        !self.providers.is_empty() || self.of_kind(EventKind::ProviderCreated).next().is_some()
    }

    /// The story of a registry and of the providers: the way to each event and the event, in order.
    pub fn story(&self, registry: usize) -> Vec<Step> {
        self.told(|event| match event.kind {
            EventKind::ProviderCreated | EventKind::SdkRegistry => true,
            EventKind::HolderStored | EventKind::ProviderDelegateSet | EventKind::SdkSetUp(_) => false,
            _ => event.registry == Some(registry),
        })
    }

    /// The way to each of some events and the event, in order.
    pub fn told(&self, is_told: impl Fn(&Event) -> bool) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for event in self.events.iter().filter(|event| is_told(event)) {
            let own = Step { location: event.location, text: self.words(event) };
            for step in event.steps.iter().cloned().chain([own]) {
                if steps.iter().all(|known| known.location != step.location) {
                    steps.push(step);
                }
            }
        }
        steps
    }

    /// A few words about an event.
    pub fn words(&self, event: &Event) -> String {
        let turn = self.turn_of(event);
        let later = match turn.kind {
            TurnKind::Launch => "",
            TurnKind::Later { .. } => ", in a later turn",
            TurnKind::Callback => ", whenever that is called",
            TurnKind::FirstUse => ", at its first use",
            TurnKind::Uncalled | TurnKind::Factory => ", and nothing shows when",
            TurnKind::Handler => ", when a push arrives",
        };
        match event.kind {
            EventKind::RegistryCreated if event.phase == Phase::Building => {
                "the registry is created here, before the app has finished launching".to_owned()
            }
            EventKind::RegistryCreated => format!("the registry is created here{later}"),
            EventKind::RegistryDelegateSet => format!("the registry gets its delegate here{later}"),
            EventKind::RegistryArmed if later.is_empty() => {
                "the registry asks for pushes here: from now on one can arrive".to_owned()
            }
            EventKind::RegistryArmed => format!("the registry asks for pushes here{later}"),
            EventKind::SdkRegistry => format!("an SDK sets up a registry of its own here{later}"),
            EventKind::ProviderCreated => format!("the provider is created here{later}"),
            EventKind::ProviderDelegateSet => format!("the provider gets its delegate here{later}"),
            EventKind::HolderStored => format!("the holder of the provider gets its value here{later}"),
            EventKind::SdkSetUp(_) => format!("the SDK that reports is set up here{later}"),
        }
    }
}
