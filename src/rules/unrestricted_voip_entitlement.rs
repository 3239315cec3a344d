//! `unrestricted-voip-entitlement`: an app counts on a permission that the system no longer gives.

use std::collections::BTreeMap;

use super::context::{Context, worst_of_each_place};
use crate::apple::plist::Kind;
use crate::apple::{Entitlements, Product};
use crate::finding::{Confidence, Finding, Level};
use crate::source::Location;

/// The id of the rule.
const ID: &str = "unrestricted-voip-entitlement";

const KEYS: [&str; 2] =
    ["com.apple.developer.pushkit.unrestricted-voip", "com.apple.developer.pushkit.unrestricted-voip.ptt"];

const HELP: &str = "report a call for every VoIP push; for what is no call use PushToTalk or a notification service extension";

/// Finds the entitlement in the apps and extensions of the unit.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let signed = |product: Product| matches!(product, Product::App | Product::Extension);
    for target in context.project.targets.iter().filter(|target| signed(target.product)) {
        let mut places: BTreeMap<Location, &str> = BTreeMap::new();
        for configuration in &target.configurations {
            let Entitlements::Known(list) = &configuration.entitlements else { continue };
            for key in KEYS {
                let entry = list.root.entry(key).filter(|entry| entry.value.kind != Kind::Bool(false));
                places.extend(entry.map(|entry| (list.at(entry.key_span), key)));
            }
        }
        let consulted = target
            .configurations
            .iter()
            .flat_map(|configuration| {
                configuration.consulted.iter().copied().chain(configuration.entitlements_file())
            })
            .collect();
        findings.extend(places.into_iter().map(|(location, key)| Finding {
            rule: ID,
            // With which SDK it is built, the source does not say.
            level: Level::Warning,
            confidence: Confidence::Medium,
            message: format!("`{key}` has no effect in an app that is built with the SDK of iOS 26"),
            location,
            label: "the system ignores this".to_owned(),
            related: Vec::new(),
            steps: Vec::new(),
            help: Some(HELP.to_owned()),
            example: None,
            fix: None,
            consulted: std::collections::BTreeSet::clone(&consulted),
        }));
    }
    worst_of_each_place(findings)
}
