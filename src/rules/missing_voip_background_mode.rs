//! `missing-voip-background-mode`: an app asks for VoIP pushes, and its Info.plist does not say so.

use super::context::{Context, worst_of_each_place};
use super::push_apps::{Lack, PushApp, Words, push_apps};
use crate::apple::{Configuration, Found};
use crate::finding::{Confidence, Finding, Level};
use crate::source::Location;

/// The id of the rule.
const ID: &str = "missing-voip-background-mode";

const KEY: &str = "UIBackgroundModes";

const HELP: &str =
    "add `voip` to `UIBackgroundModes` (Signing & Capabilities, Background Modes, Voice over IP)";

const EXAMPLE: &str = "\
<key>UIBackgroundModes</key>
<array>
    <string>voip</string>
</array>";

/// Finds apps that ask for VoIP pushes without the background mode.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for app in push_apps(context) {
        // A script that writes the key may write what is missing.
        if !app.target.scripts_name(KEY) {
            findings.extend(app.lacking_info(place).into_iter().map(|lack| finding(&app, &lack)));
        }
    }
    worst_of_each_place(findings)
}

/// Where `voip` is missing.
fn place(configuration: &Configuration) -> Option<Location> {
    match configuration.info.as_ref()?.words(KEY) {
        Found::Absent(place) => Some(place),
        Found::Present(modes, place) => (!modes.iter().any(|mode| mode == "voip")).then_some(place),
        Found::Unknown => None,
    }
}

fn finding(app: &PushApp<'_>, lack: &Lack<'_>) -> Finding {
    let (name, configurations) = (&app.target.name, lack.words());
    let is_ignored = |configuration: &Configuration| {
        let info = configuration.info.as_ref();
        info.and_then(|info| info.ignored_setting(KEY)) == Some(lack.place)
    };
    let why = if app.target.configurations.iter().any(is_ignored) {
        ": Xcode takes no modes from a build setting"
    } else {
        ""
    };
    let words = Words {
        rule: ID,
        level: if lack.is_everywhere { Level::Error } else { Level::Warning },
        confidence: Confidence::Medium,
        message: format!(
            "the app `{name}` asks for VoIP pushes, but its `{KEY}` have no `voip`{configurations}{why}"
        ),
        label: "`voip` is missing here",
        help: HELP,
        example: EXAMPLE,
    };
    lack.finding(words, app.step())
}
