//! `voip-payload-outside-extension`: the app calls what only its notification service extension may call.

use std::collections::BTreeSet;

use super::context::Context;
use super::voip_payload::{NAME, calls};
use crate::apple::Product;
use crate::finding::{Confidence, Finding, Level};

/// The id of the rule.
const ID: &str = "voip-payload-outside-extension";

const HELP: &str = "in the app report the call itself, with `reportNewIncomingCall`";

/// Finds calls in files that an app compiles and no extension does.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let project = context.project;
    let mut findings = Vec::new();
    for (location, path) in calls(context) {
        let is_in_extension = !project.with(path, Product::Extension).is_empty();
        let app = project.targets_with(path).find(|target| target.product == Product::App);
        let Some(app) = app.filter(|_| !is_in_extension) else { continue };
        let consulted = app.configurations.iter().map(|configuration| configuration.place.file);
        let consulted: BTreeSet<_> = consulted.chain([location.file]).collect();
        findings.push(Finding {
            rule: ID,
            level: Level::Error,
            confidence: Confidence::Medium,
            message: format!("`{NAME}` fails in the app `{}`: only an extension may call it", app.name),
            location,
            label: "CallKit answers `invalidClientProcess`".to_owned(),
            related: Vec::new(),
            steps: Vec::new(),
            help: Some(HELP.to_owned()),
            example: None,
            fix: None,
            consulted,
        });
    }
    findings
}
