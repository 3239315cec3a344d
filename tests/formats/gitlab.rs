//! GitLab Code Quality, as its documentation and its parser require it.

use std::collections::BTreeSet;

use pushlint::render::{Format, RenderOptions};
use pushlint::report::Report;
use pushlint::source::SourceFile;
use serde_json::{Value, json};

use crate::{rendered, sample};

fn issues(report: &Report) -> Vec<Value> {
    let text = rendered(report, Format::Gitlab, &RenderOptions::default());
    assert!(!text.starts_with('\u{feff}'));
    serde_json::from_str(&text).expect("a list")
}

fn fingerprints(report: &Report) -> Vec<String> {
    let issues = issues(report);
    issues.iter().map(|issue| issue["fingerprint"].as_str().expect("text").to_owned()).collect()
}

/// The report with lines put above everything in every file.
fn moved_down(report: &Report) -> Report {
    let mut moved = Report::default();
    let lines = "// moved\n// down\n";
    for (_, file) in report.sources.iter() {
        moved.sources.add(SourceFile::new(&*file.path, &file.absolute, format!("{lines}{}", file.text)));
    }
    moved.findings.clone_from(&report.findings);
    for finding in &mut moved.findings {
        finding.location.span.start += lines.len() as u32;
        finding.location.span.end += lines.len() as u32;
    }
    moved
}

#[test]
fn every_issue_has_what_gitlab_requires() {
    let text = |values: &[&str]| json!({ "type": "string", "enum": values });
    let words = json!({ "type": "string", "minLength": 1 });
    let line = json!({ "type": "integer", "minimum": 1 });
    let schema = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": words,
                "check_name": words,
                "fingerprint": words,
                "severity": text(&["info", "minor", "major", "critical", "blocker"]),
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": { "type": "string", "pattern": "^[^/.]" },
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": { "begin": line, "end": line },
                            "additionalProperties": false
                        }
                    },
                    "additionalProperties": false
                }
            },
            "additionalProperties": false
        }
    });
    let validator = jsonschema::validator_for(&schema).expect("the schema");
    for report in [sample::report(), sample::clean()] {
        let issues = Value::Array(issues(&report));
        let errors: Vec<String> = validator.iter_errors(&issues).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn the_text_names_the_rule_which_gitlab_does_not_show() {
    let report = sample::report();
    for (finding, issue) in report.findings.iter().zip(issues(&report)) {
        assert_eq!(issue["description"], format!("{}: {}", finding.rule, finding.message));
    }
}

#[test]
fn a_clean_project_is_an_empty_list() {
    assert_eq!(rendered(&sample::clean(), Format::Gitlab, &RenderOptions::default()), "[]\n");
}

#[test]
fn a_finding_that_moved_is_the_same_one() {
    let report = sample::report();
    assert_eq!(fingerprints(&report), fingerprints(&moved_down(&report)));
}

#[test]
fn two_findings_in_equal_lines_are_two() {
    let mut report = sample::report();
    let twice: Vec<_> =
        report.findings.iter().flat_map(|finding| [finding.clone(), finding.clone()]).collect();
    report.findings = twice;
    let unique: BTreeSet<String> = fingerprints(&report).into_iter().collect();
    assert_eq!(unique.len(), report.findings.len());
}

#[test]
fn a_fingerprint_is_the_same_in_every_version() {
    // Another one would make every known issue of every project a new one.
    assert_eq!(
        fingerprints(&sample::report()),
        ["9ba183c24fffbc20", "8c5c394d786e361e", "ccd9c6a797159bae", "f6495a5452239825"]
    );
}
