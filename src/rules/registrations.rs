//! Apps that ask for pushes at another time than at their launch: what the rules about them have in common.

use super::context::Context;
use crate::analysis::launch::{Event, RootKind, Timeline, TurnKind};
use crate::apple::{InfoPlist, Product};
use crate::facts::TypeDeclKind;
use crate::finding::{Confidence, Finding, Level, Step};
use crate::source::Location;

const EXAMPLE: &str = "\
func application(_ application: UIApplication,
                 didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
    let registry = PKPushRegistry(queue: .main)
    registry.delegate = self
    registry.desiredPushTypes = [.voIP]
    self.registry = registry
    return true
}";

/// What a rule says of a place at which pushes are asked for.
pub(super) struct Words {
    pub(super) rule: &'static str,
    pub(super) level: Level,
    pub(super) confidence: Confidence,
    pub(super) message: String,
    pub(super) label: &'static str,
    pub(super) help: &'static str,
}

/// The finding about the statement of a turn from which pushes are asked for; none where code that is not read may ask for them at
/// another time.
pub(super) fn finding(
    context: &Context<'_>,
    timeline: &Timeline,
    event: &Event,
    words: Words,
) -> Option<Finding> {
    let location = place(timeline, event);
    let turn = timeline.way_to(event.turn).last().filter(|turn| turn.kind == TurnKind::Callback);
    let begins = turn.and_then(|turn| {
        let location = turn.location.filter(|begins| *begins != location)?;
        Some(Step { location, text: format!("`{}` is not a part of the launch", turn.name) })
    });
    let is_told = context.is_own(location) && !context.has_unread_pushes;
    is_told.then(|| Finding {
        rule: words.rule,
        level: words.level,
        confidence: words.confidence,
        message: words.message,
        location,
        label: words.label.to_owned(),
        related: begins.into_iter().collect(),
        steps: event.registry.map(|registry| timeline.story(registry)).unwrap_or_default(),
        help: Some(words.help.to_owned()),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: timeline.consulted.clone(),
    })
}

/// Where a turn after the launch leaves for the registry: the app's own line, where a library does the rest.
fn place(timeline: &Timeline, event: &Event) -> Location {
    let mut steps = event.steps.iter().map(|step| step.location);
    let leaves = match timeline.turn_of(event).kind {
        TurnKind::Later { .. } => steps.next(),
        // The first step says where it begins.
        TurnKind::Callback => steps.nth(1),
        _ => None,
    };
    leaves.unwrap_or(event.location)
}

/// Whether the app shows itself in scenes, which the system connects only when somebody looks at it. None where nothing shows
/// that it does, and its Info.plist cannot be seen.
pub(super) fn scenes(context: &Context<'_>, timeline: &Timeline) -> Option<bool> {
    let program = context.program;
    let is_app_struct = timeline.root.kind == RootKind::App
        && timeline.root.types.iter().any(|ty| program.ty(*ty).kind == TypeDeclKind::Struct);
    let is_scene = |name: &&str| matches!(*name, "UIWindowSceneDelegate" | "UISceneDelegate");
    if is_app_struct || program.types().any(|(ty, _)| program.outside_ancestors(ty).iter().any(is_scene)) {
        return Some(true);
    }
    // Flutter brings the delegate along.
    let file = timeline.root.location.map(|location| &context.sources.get(location.file).absolute);
    let apps = file.into_iter().flat_map(|file| context.project.with(file, Product::App));
    let infos = apps.flat_map(|app| app.configurations.iter().filter_map(|known| known.info.as_ref()));
    infos.map(InfoPlist::has_scenes).reduce(|one, other| one || other)
}

/// Whether it is known that the app shows itself in scenes.
pub(super) fn has_scenes(context: &Context<'_>, timeline: &Timeline) -> bool {
    scenes(context, timeline) == Some(true)
}

/// When an event of a later turn comes.
pub(super) fn moment(timeline: &Timeline, event: &Event) -> String {
    let turn = timeline.turn_of(event);
    match turn.kind {
        TurnKind::Callback if !turn.name.is_empty() => format!("in `{}`", turn.name),
        _ => "in a later turn".to_owned(),
    }
}
