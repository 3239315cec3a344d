//! `missing-audio-background-mode`: an app takes calls, and may not play audio in the background.

use super::context::{Context, worst_of_each_place};
use super::push_apps::{Lack, PushApp, Words, push_apps};
use crate::apple::{Configuration, Found};
use crate::finding::{Confidence, Finding, Level};
use crate::source::Location;

/// The id of the rule.
const ID: &str = "missing-audio-background-mode";

const KEY: &str = "UIBackgroundModes";

const HELP: &str = "add `audio` to `UIBackgroundModes` (Signing & Capabilities, Background Modes, Audio, AirPlay, and Picture in Picture)";

const EXAMPLE: &str = "\
<key>UIBackgroundModes</key>
<array>
    <string>audio</string>
    <string>voip</string>
</array>";

/// Finds apps that take calls without the background mode.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for app in push_apps(context) {
        if !app.target.scripts_name(KEY) {
            findings.extend(app.lacking_info(place).iter().map(|lack| finding(&app, lack)));
        }
    }
    worst_of_each_place(findings)
}

/// Where `audio` is missing beside `voip`: who has neither has a greater worry.
fn place(configuration: &Configuration) -> Option<Location> {
    let Found::Present(modes, place) = configuration.info.as_ref()?.words(KEY) else { return None };
    let has = |wanted: &str| modes.iter().any(|mode| mode == wanted);
    (has("voip") && !has("audio")).then_some(place)
}

fn finding(app: &PushApp<'_>, lack: &Lack<'_>) -> Finding {
    let (name, configurations) = (&app.target.name, lack.words());
    let words = Words {
        rule: ID,
        level: Level::Note,
        confidence: Confidence::Medium,
        message: format!("the `{KEY}` of the app `{name}` have `voip`, but no `audio`{configurations}"),
        label: "`audio` is missing here",
        help: HELP,
        example: EXAMPLE,
    };
    lack.finding(words, app.step())
}
