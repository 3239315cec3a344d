//! `missing-push-entitlement`: an app asks for VoIP pushes, and is not signed for pushes.

use super::context::{Context, worst_of_each_place};
use super::push_apps::{Lack, PushApp, Words, push_apps};
use crate::apple::{Configuration, Entitlements};
use crate::finding::{Confidence, Finding, Level};

/// The id of the rule.
const ID: &str = "missing-push-entitlement";

/// The key on iOS, and that of the Mac, which Catalyst apps have too.
const KEYS: [&str; 2] = ["aps-environment", "com.apple.developer.aps-environment"];

const HELP: &str = "add the capability Push Notifications to the target (Signing & Capabilities)";

const EXAMPLE: &str = "\
<key>aps-environment</key>
<string>development</string>";

/// Finds apps that ask for VoIP pushes without the entitlement.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for app in push_apps(context) {
        let lacks = app.lacking_entitlement(&KEYS);
        findings.extend(lacks.iter().map(|lack| finding(&app, lack)));
    }
    worst_of_each_place(findings)
}

fn finding(app: &PushApp<'_>, lack: &Lack<'_>) -> Finding {
    let names_a_file =
        |configuration: &Configuration| matches!(configuration.entitlements, Entitlements::Known(_));
    let has_file = app.target.configurations.iter().all(names_a_file);
    let (name, configurations) = (&app.target.name, lack.words());
    let words = Words {
        rule: ID,
        // Where no file is named, signing may be set up elsewhere.
        level: if lack.is_everywhere && has_file { Level::Error } else { Level::Warning },
        confidence: Confidence::Medium,
        message: format!(
            "the app `{name}` asks for VoIP pushes, but has no entitlement `aps-environment`{configurations}"
        ),
        label: if has_file {
            "`aps-environment` is missing here"
        } else {
            "this target names no entitlements"
        },
        help: HELP,
        example: EXAMPLE,
    };
    lack.finding(words, app.step())
}
