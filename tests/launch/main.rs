//! The launch: what the three rules that rest on it say about whole programs.

#[path = "../pages/examples.rs"]
mod examples;
#[path = "../expectations/mod.rs"]
mod expectations;

mod programs;

use std::collections::BTreeSet;

use examples::{Example, examples};
use expectations::Expectation;
use pushlint::check;
use pushlint::report::Report;
use pushlint::rules::RULES;
use pushlint::unit::Settings;

/// The rules that rest on the launch.
const OF_THE_LAUNCH: [&str; 3] =
    ["push-types-before-delegate", "registry-before-provider", "registry-stored-property"];

fn check_example(example: &Example) -> Report {
    let files: Vec<(&str, &str)> =
        example.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    check::texts(&files, &Settings::default())
}

fn found(report: &Report) -> BTreeSet<Expectation> {
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
    let report = check_example(example);
    let mut unexpected = found(&report);
    let expected = example.expectations();
    for mark in expected.iter().filter(|mark| OF_THE_LAUNCH.contains(&mark.rule.as_str())) {
        let fits = |found: &&Expectation| {
            (&found.path, found.line, &found.rule) == (&mark.path, mark.line, &mark.rule)
                && mark.level.is_none_or(|level| found.level == Some(level))
        };
        match unexpected.iter().find(fits).cloned() {
            Some(found) => {
                unexpected.remove(&found);
            }
            None => complaints.push(format!("{}: missing: {mark}", example.place)),
        }
    }
    complaints.extend(unexpected.iter().map(|found| format!("{}: unexpected: {found}", example.place)));
    complaints
}

fn assert_no_differences(name: &str, text: &str) {
    let complaints: Vec<String> = examples(name, text).iter().flat_map(differences).collect();
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn the_examples_of_all_pages_are_judged_as_they_say() {
    let all = RULES.iter().map(|rule| (format!("rules/{}.md", rule.id), rule.page));
    let complaints: Vec<String> = all
        .flat_map(|(name, page)| examples(&name, page))
        .flat_map(|example| differences(&example))
        .collect();
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}
