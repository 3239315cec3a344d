//! `registry-stored-property`: a push registry that is built together with the object that holds it.

use super::context::{Context, worst_of_each_place};
use crate::analysis::launch::{Event, EventKind, IsSet, Phase, Timeline};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::program::{PropertyRef, TypeIndex};
use crate::source::Location;

/// The id of the rule.
pub(super) const ID: &str = "registry-stored-property";

/// What to do where the app itself builds the registry, or something else that it has.
fn help(is_app: bool) -> String {
    let place = if is_app {
        "`application(_:didFinishLaunchingWithOptions:)`"
    } else {
        "a function that the launch calls"
    };
    format!(
        "the push that launches the app may find nobody there yet: create the registry in {place}, after the provider, \
         and set its delegate and then its push types in the same place; keep it in an optional property"
    )
}

fn example(is_app: bool, property: &str) -> String {
    let (begin, end) = if is_app {
        (
            "func application(_ application: UIApplication,\n                 didFinishLaunchingWithOptions options: \
             [UIApplication.LaunchOptionsKey: Any]?) -> Bool {",
            "    return true\n}",
        )
    } else {
        ("/// Called at the launch.\nfunc askForPushes() {", "}")
    };
    format!(
        "private var {property}: PKPushRegistry?\n\n{begin}\n    provider = CXProvider(configuration: configuration)\n    \
         let registry = PKPushRegistry(queue: .main)\n    registry.delegate = self\n    \
         registry.desiredPushTypes = [.voIP]\n    {property} = registry\n{end}"
    )
}

/// Finds registries that are built with their owner.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for timeline in context.launch.timelines() {
        for (at, registry) in timeline.registries.iter().enumerate() {
            if let Some(created) = registry.created.and_then(|event| timeline.events.get(event))
                && let Some(shape) = Shape::of(context, created)
            {
                findings.push(finding(context, timeline, at, created, shape));
            }
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

/// How a registry is a part of its owner.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// The initial value of a stored property.
    Stored(PropertyRef, TypeIndex),
    /// The value of a static property or of a global, which is built at its first use.
    FirstUse(PropertyRef),
    /// Made in the `init` of the app delegate, of the `App` struct, or of something that is stored in them.
    Init(TypeIndex),
}

impl Shape {
    fn of(context: &Context<'_>, created: &Event) -> Option<Self> {
        let program = context.program;
        if let Some(property) = created.initial_of {
            let facts = program.property(property);
            let owner = program.property_owner(property);
            return match owner {
                _ if facts.modifiers.is_lazy => None,
                Some(owner) if !facts.modifiers.is_static => Some(Shape::Stored(property, owner)),
                _ => Some(Shape::FirstUse(property)),
            };
        }
        let owner = *created.building.last()?;
        let is_with_app = created.phase == Phase::Building
            && created.first_use_of.is_none()
            && (context.launch.is_app(program, owner) || created.in_initial_values);
        is_with_app.then_some(Shape::Init(owner))
    }
}

fn finding(
    context: &Context<'_>,
    timeline: &Timeline,
    registry: usize,
    created: &Event,
    shape: Shape,
) -> Finding {
    let program = context.program;
    let events = |kind| timeline.of_kind(kind).filter(move |(_, event)| event.registry == Some(registry));
    let set_up: Vec<&Event> = events(EventKind::RegistryDelegateSet)
        .chain(events(EventKind::RegistryArmed))
        .map(|(_, event)| event)
        .collect();
    let is_at_once = |event: &&Event| match shape {
        Shape::Stored(property, owner) => {
            event.initial_of == Some(property) || event.building.contains(&owner)
        }
        Shape::FirstUse(property) => {
            event.initial_of == Some(property) || event.first_use_of == Some(property)
        }
        Shape::Init(owner) => event.building.contains(&owner),
    };
    let arms_itself = timeline.armings.iter().any(|arming| {
        timeline.events[arming.event].initial_of.is_some()
            && timeline.events[arming.event].initial_of == created.initial_of
            && arming.registries.contains(&(registry, IsSet::No))
    });
    let property = match shape {
        Shape::Stored(property, _) | Shape::FirstUse(property) => Some(property),
        Shape::Init(_) => timeline.registries[registry].properties.first().copied(),
    };
    let name =
        property.map_or("the push registry".to_owned(), |at| format!("`{}`", program.property(at).name));
    let owner = match shape {
        Shape::Stored(_, owner) | Shape::Init(owner) => Some(owner),
        Shape::FirstUse(_) => None,
    };
    let is_app = owner.is_some_and(|owner| context.launch.is_app(program, owner));
    let with = owner
        .map_or("at its first use".to_owned(), |owner| format!("together with `{}`", program.ty(owner).name));
    let (level, message) = if arms_itself {
        (Level::Error, format!("the initial value of {name} asks for pushes before a delegate can be set"))
    } else if set_up.is_empty() {
        (Level::Warning, format!("{name} is built {with}, and nothing that can be seen configures it"))
    } else if set_up.iter().all(is_at_once) {
        (Level::Note, format!("{name} is built {with}, and configured there"))
    } else if is_app {
        (Level::Error, format!("{name} is built {with}, before the app has finished launching"))
    } else {
        (Level::Warning, format!("{name} is built {with}, away from where it is configured"))
    };
    let location = place(context, created, property, shape);
    let mut related = Vec::new();
    if location != created.location {
        related.push(Step { location: created.location, text: "the registry is made here".to_owned() });
    }
    Finding {
        rule: ID,
        level,
        confidence: Confidence::Medium,
        message,
        location,
        label: match created.phase {
            Phase::Building => "built before the app has finished launching".to_owned(),
            Phase::Launching | Phase::Later => "built with its owner".to_owned(),
        },
        related,
        steps: timeline.story(registry),
        help: Some(help(is_app)),
        example: Some(example(
            is_app,
            property.map_or("voipRegistry", |at| program.property(at).name.as_str()),
        )),
        fix: None,
        consulted: timeline.consulted.clone(),
    }
}

/// The constructor where it stands in the property itself, else the name of the property.
fn place(context: &Context<'_>, created: &Event, property: Option<PropertyRef>, shape: Shape) -> Location {
    match property {
        Some(at) if created.function.is_some() && !matches!(shape, Shape::Init(_)) => {
            context.program.location(at.file, context.program.property(at).name_span)
        }
        _ => created.location,
    }
}
