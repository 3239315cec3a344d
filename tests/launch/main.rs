//! The launch: what happens in which order, and what the rules that rest on it say about whole programs.

#[path = "../pages/examples.rs"]
mod examples;
#[allow(dead_code, reason = "the launch compares by itself")]
#[path = "../expectations/mod.rs"]
mod expectations;
#[path = "../pages/xcode.rs"]
mod xcode;

#[path = "../oracle/random.rs"]
mod random;

mod oracle;
mod timeline;

use std::collections::BTreeSet;

use examples::{Example, examples};
use expectations::Expectation;
use pushlint::check;
use pushlint::config::Config;
use pushlint::rules::RULES;

/// The rules that rest on the launch.
const OF_THE_LAUNCH: [&str; 3] =
    ["push-types-before-delegate", "registry-before-provider", "registry-stored-property"];

/// What is found in an example, by those rules.
fn found(example: &Example) -> BTreeSet<Expectation> {
    let files: Vec<(&str, &str)> =
        example.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let report = check::texts(&files, &Config::default());
    let of_the_launch = report.findings.iter().filter(|finding| OF_THE_LAUNCH.contains(&finding.rule));
    of_the_launch
        .map(|finding| {
            let file = report.sources.get(finding.location.file);
            Expectation {
                path: file.path.clone(),
                line: file.lines().line(finding.location.span.start),
                rule: finding.rule.to_owned(),
                level: Some(finding.level),
            }
        })
        .collect()
}

/// What is expected and not found, and what is found and not expected.
fn differences(example: &Example) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut unexpected = found(example);
    let place = format!("{} ({})", example.place, example.heading);
    for mark in example.expectations().iter().filter(|mark| OF_THE_LAUNCH.contains(&mark.rule.as_str())) {
        let fits = |found: &&Expectation| {
            (&found.path, found.line, &found.rule) == (&mark.path, mark.line, &mark.rule)
                && mark.level.is_none_or(|level| found.level == Some(level))
        };
        match unexpected.iter().find(fits).cloned() {
            Some(found) => {
                unexpected.remove(&found);
            }
            None => complaints.push(format!("{place}: missing: {mark}")),
        }
    }
    complaints.extend(unexpected.iter().map(|found| format!("{place}: unexpected: {found}")));
    complaints
}

/// A handler that reports with a provider of which the rest of the program says nothing.
const HANDLER: &str = "
import CallKit
import PushKit

final class Receiver: NSObject, PKPushRegistryDelegate {
    func provider() -> CXProvider { fatalError() }

    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) {
        provider().reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in completion() }
    }
}
";

fn assert_judged_as_marked(name: &str, text: &str) {
    let complaints: Vec<String> = examples(name, text).iter().flat_map(differences).collect();
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn the_examples_of_all_pages_are_judged_as_they_say() {
    for rule in RULES {
        assert_judged_as_marked(&format!("rules/{}.md", rule.id), rule.page);
    }
}

#[test]
fn where_the_registry_is_built() {
    assert_judged_as_marked("built.md", include_str!("built.md"));
}

#[test]
fn whether_a_provider_is_there_when_a_push_can_arrive() {
    let mut complaints = Vec::new();
    for mut example in examples("order.md", include_str!("order.md")) {
        if !example.files.values().any(|text| text.contains("didReceiveIncomingPushWith")) {
            example.files.insert("Receiver.swift".to_owned(), HANDLER.to_owned());
        }
        complaints.extend(differences(&example));
    }
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn whether_the_delegate_is_there_when_a_push_can_arrive() {
    assert_judged_as_marked("delegate.md", include_str!("delegate.md"));
}
