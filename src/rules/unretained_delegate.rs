//! `unretained-delegate`: nobody keeps the object that is to take the pushes.

use super::context::{Context, worst_of_each_place};
use crate::analysis::retention::{LooseDelegate, loose_delegates};
use crate::finding::{Confidence, Finding, Level, Step};

/// The id of the rule.
const ID: &str = "unretained-delegate";

const EXAMPLE: &str = "\
private let pushes = PushService()

func application(_ application: UIApplication,
                 didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
    pushes.start()
    return true
}";

/// Finds delegates that are gone when the function that made them has ended.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let loose = loose_delegates(context.graph, context.launch);
    let mut findings: Vec<Finding> = loose.iter().map(|loose| finding(context, loose)).collect();
    findings.retain(|finding| context.is_own(finding.location));
    worst_of_each_place(findings)
}

fn finding(context: &Context<'_>, loose: &LooseDelegate) -> Finding {
    let program = context.program;
    let LooseDelegate { made, ty, set, is_registry } = *loose;
    let name = &program.ty(ty).name;
    let (level, whose, what) = if is_registry {
        (Level::Error, "the push registry", "the pushes")
    } else {
        (Level::Warning, "the provider", "what the user does")
    };
    let location = program.location(made.file, program.expr(made).span);
    let set_at = program.location(set.file, program.expr(set).span);
    let text = format!("{whose} is given its delegate here, and does not keep it");
    let related = (set_at != location).then_some(Step { location: set_at, text });
    Finding {
        rule: ID,
        level,
        confidence: Confidence::Medium,
        message: format!("nobody keeps the `{name}` that is the delegate of {whose}, so nobody gets {what}"),
        location,
        label: "it is gone when this function has ended".to_owned(),
        related: related.into_iter().collect(),
        steps: Vec::new(),
        help: Some(
            "keep the delegate for the life of the app, in a property of the app delegate or of something that is \
             kept itself: a delegate is a weak reference"
                .to_owned(),
        ),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: [location.file, set_at.file].into_iter().chain(program.files_of(ty)).collect(),
    }
}
