//! `unseen-call-report`: whether a call is reported depends on code that cannot be seen.

use super::context::Context;
use super::duty_words::{name, story};
use crate::analysis::duty::StepKind;
use crate::finding::{Confidence, Finding, Level};
use crate::report::Outcome;

/// The id of the rule.
pub(super) const ID: &str = "unseen-call-report";

const HELP: &str = "if it reports, say so: `// pushlint:reports` on the function, property or protocol requirement \
                    in this project, or an entry of `[[reporters]]` in pushlint.toml for an SDK";

/// Where the code cannot be parsed, nobody is to declare anything first.
const MEND: &str = "mend the syntax error; where the code compiles, its form is not known here yet, and `exclude` in \
                    pushlint.toml leaves the file out";

const EXAMPLE: &str = "\
# pushlint.toml
[[reporters]]
call = \"CallSDK.handle(_:)\"
means = \"reports\"";

/// Says where the answer lies outside the project, once for each place.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for handler in context.duties {
        let Some(exit) = handler.ways_out.iter().find(|exit| exit.outcome == Outcome::Unseen) else {
            continue;
        };
        let why = exit.steps.iter().rev().find_map(|step| match &step.kind {
            StepKind::HandOut(why) => Some(why.to_string()),
            _ => None,
        });
        let why = why.unwrap_or_else(|| "what is called here cannot be seen".to_owned());
        let is_damaged = why.contains("could not be parsed");
        let story = story(context, handler, exit, &why);
        findings.push(Finding {
            rule: ID,
            level: Level::Note,
            confidence: Confidence::Medium,
            message: format!("whether `{}` reports the call cannot be seen: {why}", name(context, handler)),
            location: story.place,
            label: "the answer lies behind this".to_owned(),
            related: Vec::new(),
            steps: story.steps,
            help: Some(if is_damaged { MEND } else { HELP }.to_owned()),
            example: (!is_damaged).then(|| EXAMPLE.to_owned()),
            fix: None,
            consulted: context.consulted(handler.function),
        });
    }
    super::context::worst_of_each_place(findings)
}
