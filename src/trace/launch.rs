//! The picture of a launch: the timeline as a tree of turns and calls.

use std::collections::BTreeSet;

use super::model::{ArmingTrace, LaunchTrace, Need, NeedKind, NeedState, Node, NodeKind, Place};
use crate::analysis::launch::{
    Arming, Certainty, Event, EventKind, Holder, IsSet, Phase, Readiness, Timeline, Turn, TurnKind,
};
use crate::finding::Step;
use crate::program::PropertyRef;
use crate::rules::context::Context;

/// What the turn of the launch itself is called.
pub(crate) const AT_LAUNCH: &str = "at launch";

/// What is said of a provider that is created.
const CREATED: &str = "the provider is created";

/// The picture of a timeline.
pub(super) fn trace(context: &Context<'_>, timeline: &Timeline) -> LaunchTrace {
    let program = context.program;
    let place = |location| Place::of(location, context.sources);
    let needed = needed(context);
    // Of what leads to a provider, only that is drawn on which a report hangs.
    let is_drawn = |event: &Event| {
        event.kind != EventKind::HolderStored
            || event
                .property
                .is_some_and(|property| needed.contains(&property) || timeline.providers.contains(&property))
    };
    let mut turns: Vec<(usize, Node)> = Vec::new();
    for (number, event) in timeline.events.iter().enumerate().filter(|(_, event)| is_drawn(event)) {
        let at = match turns.iter().position(|(turn, _)| *turn == event.turn) {
            Some(at) => at,
            None => {
                let turn = timeline.turn_of(event);
                let node = node(NodeKind::Turn, turn_words(turn), turn.location.map(place));
                turns.push((event.turn, node));
                turns.len() - 1
            }
        };
        let armed = timeline.armings.iter().position(|arming| arming.event == number);
        let kind = armed.map_or(NodeKind::Event(event.kind), NodeKind::Armed);
        let own = node(kind, event_words(context, timeline, event), Some(place(event.location)));
        insert(&mut turns[at].1.children, &event.steps, own, &place);
        if let (EventKind::HolderStored, Some(property)) = (event.kind, event.property) {
            let kept = property_name(context, property);
            merge(&mut turns[at].1.children, &format!(" and kept in `{kept}`"));
        }
    }
    LaunchTrace {
        kind: timeline.root.kind,
        types: timeline.root.types.iter().map(|ty| program.ty(*ty).name.to_string()).collect(),
        place: timeline.root.location.map(place),
        turns: turns.into_iter().map(|(_, node)| node).collect(),
        armings: timeline.armings.iter().map(|arming| arming_trace(context, timeline, arming)).collect(),
        consulted: timeline.consulted.clone(),
    }
}

fn node(kind: NodeKind, text: String, place: Option<Place>) -> Node {
    Node { kind, text, place, marks: Vec::new(), children: Vec::new() }
}

/// Puts an event where its steps lead; steps that the event before it shares are drawn once.
fn insert(
    nodes: &mut Vec<Node>,
    steps: &[Step],
    event: Node,
    place: &impl Fn(crate::source::Location) -> Place,
) {
    let Some((step, rest)) = steps.split_first() else {
        nodes.push(event);
        return;
    };
    let is_same = |node: &Node| {
        node.kind == NodeKind::Call
            && node.place.as_ref().is_some_and(|place| place.location == step.location)
    };
    if !nodes.last().is_some_and(is_same) {
        // The place stands beside it.
        nodes.push(node(NodeKind::Call, step.text.replacen(" here", "", 1), Some(place(step.location))));
    }
    if let Some(last) = nodes.last_mut() {
        insert(&mut last.children, rest, event, place);
    }
}

/// A provider that is created and kept in one line of code is drawn in one line.
fn merge(nodes: &mut Vec<Node>, kept: &str) {
    if let Some(last) = nodes.last_mut().filter(|last| !last.children.is_empty()) {
        merge(&mut last.children, kept);
        return;
    }
    if let [.., created, stored] = nodes.as_mut_slice() {
        let line = |node: &Node| node.place.as_ref().map(|place| (place.location.file, place.line));
        let is_created = created.kind == NodeKind::Event(EventKind::ProviderCreated);
        if is_created && line(created) == line(stored) && created.text.starts_with(CREATED) {
            created.text = created.text.replacen(CREATED, &format!("{CREATED}{kept}"), 1);
            nodes.pop();
        }
    }
}

/// The properties that are nil where a handler does not report.
fn needed(context: &Context<'_>) -> BTreeSet<PropertyRef> {
    let ways = context.duties.iter().flat_map(|duty| &duty.ways_out);
    ways.filter_map(|way| context.holder(way.nil_holder?.at)).collect()
}

fn turn_words(turn: &Turn) -> String {
    let name = &turn.name;
    let named = |before: &str, otherwise: &str| {
        if name.is_empty() { otherwise.to_owned() } else { format!("{before} `{name}`") }
    };
    match turn.kind {
        TurnKind::Launch => AT_LAUNCH.to_owned(),
        TurnKind::Later { is_main_queue: true } => {
            named("later, on the main queue:", "later, on the main queue")
        }
        TurnKind::Later { is_main_queue: false } => named("later, in", "later"),
        TurnKind::Callback => named("whenever the system calls", "whenever the system calls it"),
        TurnKind::FirstUse => named("at the first use of", "at its first use"),
        TurnKind::Uncalled => named("nothing shows when this is called:", "nothing shows when"),
        TurnKind::Factory => named("whenever it is made by", "whenever a container makes it"),
        TurnKind::Handler => "when a push arrives".to_owned(),
    }
}

fn event_words(context: &Context<'_>, timeline: &Timeline, event: &Event) -> String {
    let several = timeline.registries.len() > 1;
    let registry = match event.registry {
        Some(number) if several => format!("registry {}", number + 1),
        _ => "the registry".to_owned(),
    };
    let words = match event.kind {
        EventKind::RegistryCreated if event.phase == Phase::Building => {
            format!("{registry} is created, before the app has finished launching")
        }
        EventKind::RegistryCreated => format!("{registry} is created"),
        EventKind::RegistryDelegateSet => format!("{registry} gets its delegate"),
        EventKind::RegistryArmed => format!("{registry} asks for pushes"),
        EventKind::SdkRegistry => "an SDK sets up a registry of its own".to_owned(),
        EventKind::SdkSetUp(_) => "the SDK that reports is set up".to_owned(),
        EventKind::ProviderCreated => CREATED.to_owned(),
        EventKind::ProviderDelegateSet => "the provider gets its delegate".to_owned(),
        EventKind::HolderStored => match event.property {
            Some(property) => format!("`{}` gets its value", property_name(context, property)),
            None => "the holder of the provider gets its value".to_owned(),
        },
    };
    match &event.certainty {
        Certainty::SomePaths => format!("{words}, on some paths only"),
        Certainty::Unknown(why) => format!("{words}; when is not known: {why}"),
        Certainty::Always | Certainty::LaterTurn | Certainty::OnDemand => words,
    }
}

fn arming_trace(context: &Context<'_>, timeline: &Timeline, arming: &Arming) -> ArmingTrace {
    let place = |location| Place::of(location, context.sources);
    let event = &timeline.events[arming.event];
    let made = |kind: EventKind, property: Option<PropertyRef>| {
        let of = timeline.of_kind(kind);
        of.map(|(_, event)| event).find(|event| property.is_none() || event.property == property)
    };
    let mut needs = Vec::new();
    let delegate = arming.registries.iter().map(|(_, is_set)| *is_set).min();
    let state = match delegate {
        Some(IsSet::Yes) => NeedState::Ready,
        Some(IsSet::Maybe) => NeedState::SomePaths,
        Some(IsSet::No) if registry_delegate(timeline, event.registry).is_some() => NeedState::SameTurn,
        Some(IsSet::No) => NeedState::Never,
        None => NeedState::Unknown("which registry this is was not seen".to_owned()),
    };
    let state = match (state, registry_delegate(timeline, event.registry)) {
        (NeedState::SameTurn, Some(set)) if set.turn != event.turn => NeedState::LaterTurn,
        (state, _) => state,
    };
    needs.push(Need {
        kind: NeedKind::Delegate,
        what: "the registry's delegate".to_owned(),
        state,
        place: registry_delegate(timeline, event.registry).map(|set| place(set.location)),
    });
    let by_provider = arming.reports.by_provider || !arming.reports.by_sdk;
    if timeline.has_provider() && by_provider {
        let state = need_state(context.launch.readiness_at(timeline, arming, Holder::AnyProvider));
        let place = made(EventKind::ProviderCreated, None).map(|event| place(event.location));
        needs.push(Need { kind: NeedKind::Provider, what: "a provider".to_owned(), state, place });
    }
    // What nothing in Swift sets up JavaScript or Dart may.
    for (setup, done) in
        arming.needs.iter().filter_map(|id| Some((*id, made(EventKind::SdkSetUp(*id), None)?)))
    {
        let state = need_state(context.launch.readiness_at(timeline, arming, Holder::Sdk(setup)));
        let what = format!("the set-up of `{}`", context.vocabulary.setup(setup).of.join("`, `"));
        needs.push(Need { kind: NeedKind::Sdk, what, state, place: Some(place(done.location)) });
    }
    for property in needed(context) {
        let state = need_state(context.launch.readiness_at(timeline, arming, Holder::Property(property)));
        needs.push(Need {
            kind: NeedKind::Holder,
            what: format!("`{}`", property_name(context, property)),
            state,
            place: made(EventKind::HolderStored, Some(property)).map(|event| place(event.location)),
        });
    }
    ArmingTrace {
        place: place(event.location),
        own_queue: event.registry.is_some_and(|number| timeline.registries[number].own_queue),
        needs,
    }
}

/// The first time that a registry gets its delegate.
fn registry_delegate(timeline: &Timeline, registry: Option<usize>) -> Option<&Event> {
    let mut set = timeline.of_kind(EventKind::RegistryDelegateSet).map(|(_, event)| event);
    set.find(|event| event.registry == registry)
}

fn need_state(readiness: Readiness) -> NeedState {
    match readiness {
        Readiness::Before => NeedState::Ready,
        Readiness::OnDemand => NeedState::OnDemand,
        Readiness::Unknown(why) => NeedState::Unknown(why),
        Readiness::SameTurn => NeedState::SameTurn,
        Readiness::SomePaths => NeedState::SomePaths,
        Readiness::LaterTurn => NeedState::LaterTurn,
        Readiness::Never => NeedState::Never,
    }
}

/// `Type.property`
fn property_name(context: &Context<'_>, at: PropertyRef) -> String {
    let program = context.program;
    let name = &program.property(at).name;
    match program.property_owner(at) {
        Some(owner) => format!("{}.{name}", program.ty(owner).name),
        None => name.to_string(),
    }
}
