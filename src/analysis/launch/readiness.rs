//! Whether what the push handler needs is there when a push can arrive.

use std::collections::{BTreeMap, BTreeSet};

use super::timeline::{Arming, Certainty, Event, EventKind, Fact, Timeline, TurnKind};
use super::{Launch, RootKind, Unit};
use crate::program::PropertyRef;
use crate::vocabulary::SetupId;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A property that leads to a provider.
    Property(PropertyRef),
    /// A provider, whichever.
    AnyProvider,
    /// The delegate of a provider, whichever.
    ProviderDelegate,
    /// An SDK that has to be set up before it reports.
    Sdk(SetupId),
}

/// When something is there, seen from the moment at which a push can arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Before.
    Before,
    /// It is made where the handler needs it.
    OnDemand,
    /// The source does not show it; the words say why.
    Unknown(String),
    /// Afterwards, in the same turn.
    SameTurn,
    /// On some paths only.
    SomePaths,
    /// In a later turn.
    LaterTurn,
    /// Never.
    Never,
}

impl Readiness {
    /// Whether it is there whenever a push arrives.
    pub fn is_ready(&self) -> bool {
        matches!(self, Readiness::Before | Readiness::OnDemand)
    }

    /// How bad it is: the worst of several counts.
    fn rank(&self) -> u8 {
        match self {
            Readiness::Before => 0,
            Readiness::OnDemand => 1,
            Readiness::Unknown(_) => 2,
            Readiness::SameTurn => 3,
            Readiness::SomePaths => 4,
            Readiness::LaterTurn => 5,
            Readiness::Never => 6,
        }
    }

    fn worse(self, other: Readiness) -> Readiness {
        if other.rank() > self.rank() { other } else { self }
    }
}

/// What is known of the properties of providers beside the timelines.
#[derive(Debug, Default)]
pub(super) struct Background {
    /// Properties of the type of a provider.
    providers: BTreeSet<PropertyRef>,
    /// Properties that lead to a provider, with the reason why it is not known that they stay empty.
    holders: BTreeMap<PropertyRef, Option<String>>,
}

impl Background {
    pub(super) fn new(unit: &Unit<'_>, timelines: &[Timeline]) -> Self {
        let holders = unit.holders.properties.iter().map(|at| (*at, doubt(unit, timelines, *at))).collect();
        Self { providers: unit.holders.providers.clone(), holders }
    }
}

/// Why it is not certain that a property stays empty though nothing was seen to fill it.
fn doubt(unit: &Unit<'_>, timelines: &[Timeline], at: PropertyRef) -> Option<String> {
    let program = unit.program;
    let property = program.property(at);
    let name = &property.name;
    if let Some(attribute) = property.attributes.iter().find(|attribute| attribute.name != "objc") {
        return Some(format!("`@{}` fills `{name}`", attribute.name));
    }
    if property.initial.is_some() || !property.is_var {
        return Some(format!("nothing shows when `{name}` is built"));
    }
    if program.is_written(name) {
        return Some(format!("`{name}` is set where the launch could not be followed"));
    }
    let owner = program.property_owner(at)?;
    let escaped = timelines
        .iter()
        .flat_map(|timeline| &timeline.escaped)
        .find(|(ty, _)| program.ancestry(*ty).contains(&owner) || program.descendants(*ty).contains(&owner));
    if let Some((_, to)) = escaped {
        return Some(format!("`{}` is given to `{to}`, which is not in the project", program.ty(owner).name));
    }
    let is_library = timelines.iter().all(|timeline| timeline.root.kind != RootKind::App);
    let is_visible =
        property.modifiers.is_public || property.attributes.iter().any(|attribute| attribute.name == "objc");
    (is_visible || is_library && !property.modifiers.is_private)
        .then(|| format!("code outside the project can set `{name}`"))
}

impl Launch {
    /// Whether a holder is ready when a push can arrive: the worst of all launches.
    pub fn readiness(&self, holder: Holder) -> Readiness {
        let mut worst: Option<Readiness> = None;
        for timeline in self.timelines() {
            if let Some(first) = timeline.armings.first() {
                let found = self.readiness_at(timeline, first, holder);
                worst = Some(worst.map_or(found.clone(), |worst| worst.worse(found)));
            }
        }
        worst.unwrap_or_else(|| Readiness::Unknown("nothing in the project asks for pushes".to_owned()))
    }

    /// Whether a holder is ready when a registry is armed, in one launch.
    pub fn readiness_at(&self, timeline: &Timeline, arming: &Arming, holder: Holder) -> Readiness {
        let fact = match holder {
            Holder::Property(property) => Fact::Stored(property),
            Holder::AnyProvider => Fact::Provider,
            Holder::ProviderDelegate => Fact::ProviderDelegate,
            Holder::Sdk(setup) => Fact::SetUp(setup),
        };
        let found = self.readiness_of(timeline, arming, fact);
        // A call that could not be followed may have made it long before.
        match timeline.doubtful.get(&fact) {
            Some(step) if found.rank() >= Readiness::SameTurn.rank() => Readiness::Unknown(step.text.clone()),
            _ => found,
        }
    }

    fn readiness_of(&self, timeline: &Timeline, arming: &Arming, fact: Fact) -> Readiness {
        if arming.before.contains(&fact) {
            return Readiness::Before;
        }
        let makers: Vec<&Event> = timeline.events.iter().filter(|event| self.makes(event, fact)).collect();
        let is_lazy =
            |event: &&&Event| event.first_use_of.is_some_and(|property| !arming.built.contains(&property));
        if arming.on_demand.contains(&fact) || makers.iter().any(|event| is_lazy(&event)) {
            return Readiness::OnDemand;
        }
        if arming.after.contains(&fact) {
            return Readiness::SameTurn;
        }
        let turn = timeline.events[arming.event].turn;
        let is_timed =
            |event: &&&Event| !matches!(event.certainty, Certainty::Unknown(_)) || event.turn == turn;
        let in_turn = |event: &&&Event| event.turn == turn || timeline.follows(turn, event.turn);
        if makers.iter().filter(|event| is_timed(event)).any(|event| in_turn(&event)) {
            return Readiness::SomePaths;
        }
        if makers.iter().filter(|event| is_timed(event)).any(|event| timeline.follows(event.turn, turn)) {
            return Readiness::LaterTurn;
        }
        let from_launch = timeline.turns[turn].kind == TurnKind::Launch;
        let mut found: Option<Readiness> = None;
        for event in &makers {
            let of_event = match (&event.certainty, timeline.turn_of(event).kind) {
                (Certainty::OnDemand, _) => Readiness::OnDemand,
                (Certainty::Unknown(why), _) => Readiness::Unknown(why.clone()),
                _ if from_launch => Readiness::LaterTurn,
                (_, kind) => Self::between(timeline, turn, event.turn, kind),
            };
            // What comes first counts.
            let is_better = found.as_ref().is_none_or(|known| of_event.rank() < known.rank());
            if is_better {
                found = Some(of_event);
            }
        }
        found.unwrap_or_else(|| self.absent(timeline, fact))
    }

    /// Two turns of which neither follows from the other.
    fn between(timeline: &Timeline, arming: usize, making: usize, kind: TurnKind) -> Readiness {
        let (a, b) = (&timeline.turns[arming], &timeline.turns[making]);
        let in_order = matches!(
            (a.kind, kind),
            (TurnKind::Later { is_main_queue: true }, TurnKind::Later { is_main_queue: true })
        );
        if in_order && a.parent == b.parent {
            return if making < arming { Readiness::SomePaths } else { Readiness::LaterTurn };
        }
        let name = |name: &str| if name.is_empty() { "the launch".to_owned() } else { format!("`{name}`") };
        Readiness::Unknown(format!(
            "nothing shows whether {} or {} comes first",
            name(&a.name),
            name(&b.name)
        ))
    }

    /// Whether an event brings something about.
    fn makes(&self, event: &Event, fact: Fact) -> bool {
        match (fact, event.kind, event.property) {
            (Fact::Provider, EventKind::ProviderCreated, _)
            | (Fact::ProviderDelegate, EventKind::ProviderDelegateSet, _) => true,
            (Fact::Provider, EventKind::HolderStored, Some(at)) => self.facts.providers.contains(&at),
            (Fact::Stored(property), EventKind::HolderStored, Some(at)) => at == property,
            (Fact::SetUp(needed), EventKind::SdkSetUp(done), _) => done == needed,
            _ => false,
        }
    }

    /// Nothing was seen to make it.
    fn absent(&self, timeline: &Timeline, fact: Fact) -> Readiness {
        let of_property = |at: &PropertyRef| match self.facts.holders.get(at) {
            Some(None) => Readiness::Never,
            Some(Some(why)) => Readiness::Unknown(why.clone()),
            None => Readiness::Unknown("nothing is known of it".to_owned()),
        };
        match fact {
            Fact::Stored(property) => of_property(&property),
            Fact::ProviderDelegate => Readiness::Unknown("nothing sets the delegate".to_owned()),
            // JavaScript, Dart or Objective-C may.
            Fact::SetUp(_) => Readiness::Unknown("nothing in Swift sets the SDK up".to_owned()),
            Fact::Provider | Fact::Happened(_) | Fact::Answered => {
                let all = timeline.providers.iter().map(of_property);
                // One that may be filled is enough.
                all.min_by_key(Readiness::rank)
                    .unwrap_or_else(|| Readiness::Unknown("there is no provider in the project".to_owned()))
            }
        }
    }
}
