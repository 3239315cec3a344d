//! `missing-filtering-entitlement`: a notification service extension hands pushes to the app, and may not.

use std::collections::BTreeSet;

use super::context::{Context, worst_of_each_place};
use super::push_apps::{Words, lacking_entitlement};
use super::voip_payload::calls;
use crate::apple::Product;
use crate::finding::{Confidence, Finding, Level, Step};

/// The id of the rule.
const ID: &str = "missing-filtering-entitlement";

const KEY: &str = "com.apple.developer.usernotifications.filtering";

const HELP: &str =
    "ask Apple for the entitlement, and add it to the extension's entitlements; the app needs none";

const EXAMPLE: &str = "\
<key>com.apple.developer.usernotifications.filtering</key>
<true/>";

/// Finds extensions that call `reportNewIncomingVoIPPushPayload` without the entitlement.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (call, path) in calls(context) {
        for extension in context.project.with(path, Product::Extension) {
            let name = &extension.name;
            let why = BTreeSet::from([call.file]);
            for lack in lacking_entitlement(extension, &why, &[KEY]) {
                let words = Words {
                    rule: ID,
                    level: if lack.is_everywhere { Level::Error } else { Level::Warning },
                    confidence: Confidence::Medium,
                    message: format!(
                        "the extension `{name}` hands VoIP pushes to the app, but has no entitlement `{KEY}`{}",
                        lack.words()
                    ),
                    label: "the entitlement is missing here",
                    help: HELP,
                    example: EXAMPLE,
                };
                let text = "the extension hands a push to the app here".to_owned();
                findings.push(lack.finding(words, Step { location: call, text }));
            }
        }
    }
    worst_of_each_place(findings)
}
