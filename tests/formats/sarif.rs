//! SARIF: valid, and as GitHub code scanning requires it. Most tests stand for a mistake that linters made.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use pushlint::fingerprint::line_hashes;
use pushlint::render::{Format, RenderOptions};
use pushlint::report::Report;
use pushlint::rules::pages;
use serde_json::Value;

use crate::{rendered, sample};

fn text(report: &Report) -> String {
    rendered(report, Format::Sarif, &RenderOptions::default())
}

fn log(report: &Report) -> Value {
    serde_json::from_str(&text(report)).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn results(log: &Value) -> &[Value] {
    list(&log["runs"][0]["results"])
}

fn rules(log: &Value) -> &[Value] {
    list(&log["runs"][0]["tool"]["driver"]["rules"])
}

/// Every object in the log that has the key.
fn all_with<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| all_with(item, key, found)),
        Value::Object(fields) => {
            if fields.contains_key(key) {
                found.push(value);
            }
            fields.values().for_each(|field| all_with(field, key, found));
        }
        _ => {}
    }
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).expect("small")
}

/// The text of a region, cut out of a source by lines and UTF-16 columns.
fn cut(text: &str, region: &Value) -> String {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<Vec<u16>> = text.split('\n').map(|line| line.encode_utf16().collect()).collect();
    let (first, last) = (number(&region["startLine"]) - 1, number(&region["endLine"]) - 1);
    let (start, end) = (number(&region["startColumn"]) - 1, number(&region["endColumn"]) - 1);
    let mut units = Vec::new();
    for (at, line) in lines.iter().enumerate().take(last + 1).skip(first) {
        let from = if at == first { start } else { 0 };
        let to = if at == last { end } else { line.len() };
        units.extend_from_slice(&line[from..to]);
        if at < last {
            units.push(u16::from(b'\n'));
        }
    }
    String::from_utf16(&units).expect("whole characters")
}

fn assert_valid(log: &Value) {
    // The pattern of `language` has a bracket too many, which validators that compile patterns refuse.
    let schema = include_str!("../data/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).expect("the schema");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema");
    let errors: Vec<String> =
        validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The log without the list of rules and the places in it: the pages have tests of their own, their prose
/// would hide everything else, and a new rule would change every number.
pub(crate) fn without_rules(mut log: Value) -> String {
    let run = &mut log["runs"][0];
    run["tool"]["driver"]["rules"] = Value::from("…");
    for result in run["results"].as_array_mut().into_iter().flatten() {
        result["ruleIndex"] = Value::from("…");
    }
    serde_json::to_string_pretty(&log).expect("JSON")
}

#[test]
fn the_log_as_a_whole() {
    insta::assert_snapshot!(without_rules(log(&sample::report())));
}

#[test]
fn the_log_is_valid_against_the_schema() {
    assert_valid(&log(&sample::report()));
}

#[test]
fn the_version_of_the_log_is_that_of_the_standard() {
    let log = log(&sample::report());
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["$schema"], "https://json.schemastore.org/sarif-2.1.0.json");
    assert_eq!(log["runs"][0]["tool"]["driver"]["semanticVersion"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_result_has_what_github_requires() {
    let log = log(&sample::report());
    for result in results(&log) {
        assert!(result["ruleId"].is_string() && result["level"].is_string());
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        assert_eq!(list(&result["locations"]).len(), 1);
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].is_string());
        for key in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(number(&place["region"][key]) >= 1);
        }
        let rule = &rules(&log)[number(&result["ruleIndex"])];
        assert_eq!(rule["id"], result["ruleId"]);
    }
}

#[test]
fn every_rule_has_what_github_requires() {
    for rule in rules(&log(&sample::report())) {
        for key in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[key]["text"].as_str().is_some_and(|text| !text.trim().is_empty()), "{key}: {rule}");
        }
        assert!(rule["help"]["markdown"].as_str().is_some_and(|text| text.contains("## How to fix it")));
        let levels = ["error", "warning", "note"];
        assert!(levels.contains(&rule["defaultConfiguration"]["level"].as_str().expect("a level")));
        let name = rule["name"].as_str().expect("a name");
        assert!(name.len() <= 255 && name.starts_with(|first: char| first.is_ascii_uppercase()));
        assert!(name.chars().all(|letter| letter.is_ascii_alphanumeric()), "{name}");
        let properties = &rule["properties"];
        assert!(["high", "medium", "low"].contains(&properties["precision"].as_str().expect("a precision")));
        let severities = ["error", "warning", "recommendation"];
        assert!(severities.contains(&properties["problem.severity"].as_str().expect("a severity")));
        assert!(list(&properties["tags"]).len() <= 20);
        assert!(properties.get("security-severity").is_none(), "a lost call is no vulnerability");
    }
}

#[test]
fn a_fix_is_one_change_of_edits_that_belong_together() {
    let log = log(&sample::report());
    let result = results(&log).iter().find(|result| result["fixes"].is_array()).expect("a fix");
    let changes = list(&result["fixes"][0]["artifactChanges"]);
    assert_eq!((list(&result["fixes"]).len(), changes.len()), (1, 1));
    assert_eq!(list(&changes[0]["replacements"]).len(), 2);
}

#[test]
fn there_are_as_many_results_as_findings() {
    let report = sample::report();
    assert_eq!(results(&log(&report)).len(), report.findings.len());
}

#[test]
fn the_region_cuts_exactly_the_place_out_of_the_source() {
    let report = sample::report();
    let log = log(&report);
    assert_eq!(log["runs"][0]["columnKind"], "utf16CodeUnits");
    for (finding, result) in report.findings.iter().zip(results(&log)) {
        let source = &report.sources.get(finding.location.file).text;
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(cut(source, region), sample::marked(&report, finding).replace("\r\n", "\n"));
    }
}

#[test]
fn no_uri_is_empty_and_every_uri_parses() {
    let log = log(&sample::report());
    for key in ["helpUri", "informationUri", "uri"] {
        let mut found = Vec::new();
        all_with(&log, key, &mut found);
        assert!(!found.is_empty(), "{key}");
        for object in found {
            let uri = object[key].as_str().expect("text");
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~/:%".contains(c);
            assert!(!uri.is_empty() && uri.chars().all(allowed), "{uri}");
        }
    }
}

#[test]
fn the_full_description_is_not_the_documentation() {
    for rule in rules(&log(&sample::report())) {
        for key in ["shortDescription", "fullDescription"] {
            assert!(rule[key]["text"].as_str().is_some_and(|text| text.chars().count() <= 1024));
        }
    }
}

#[test]
fn no_full_description_is_cut_off_or_empty() {
    for page in pages() {
        assert!((1..=1024).contains(&page.rationale().chars().count()), "{}", page.meta.id);
    }
}

#[test]
fn no_absolute_path_leaks_the_layout_of_the_machine() {
    let log = log(&sample::report());
    let mut found = Vec::new();
    all_with(&log, "uri", &mut found);
    for object in found {
        let uri = object["uri"].as_str().expect("text");
        assert!(!uri.starts_with('/') && !uri.starts_with("./") && !uri.contains("://"), "{uri}");
    }
}

#[test]
fn base_ids_that_are_used_are_declared() {
    let log = log(&sample::report());
    let mut found = Vec::new();
    all_with(&log, "uriBaseId", &mut found);
    let used: BTreeSet<&str> =
        found.iter().map(|object| object["uriBaseId"].as_str().expect("text")).collect();
    let declared = log["runs"][0]["originalUriBaseIds"].as_object().expect("base ids");
    assert_eq!(used, declared.keys().map(String::as_str).collect());
}

#[test]
fn a_clean_run_lists_all_rules_and_no_results() {
    let log = log(&sample::clean());
    assert_valid(&log);
    assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
    let ids: Vec<&str> = rules(&log).iter().map(|rule| rule["id"].as_str().expect("an id")).collect();
    assert_eq!(ids, pages().iter().map(|page| page.meta.id.as_str()).collect::<Vec<_>>());
}

#[test]
fn paths_are_percent_encoded() {
    let log = log(&sample::report());
    let mut found = Vec::new();
    all_with(&log, "uri", &mut found);
    let uris: BTreeSet<&str> = found.iter().map(|object| object["uri"].as_str().expect("text")).collect();
    assert!(uris.contains("My%20App/Anrufe%20100%25%20f%C3%BCr%20alle/AppDelegate%2BPush.swift"), "{uris:?}");
    let paths: BTreeSet<String> =
        uris.iter().map(|uri| percent_decode_str(uri).decode_utf8().expect("UTF-8").into_owned()).collect();
    for path in [sample::HANDLER_PATH, sample::DECODER_PATH, sample::DELEGATE_PATH] {
        assert!(paths.contains(path), "{path}");
    }
}

#[test]
fn the_fingerprint_is_the_one_that_github_computes() {
    let report = sample::report();
    let log = log(&report);
    for (finding, result) in report.findings.iter().zip(results(&log)) {
        let source = &report.sources.get(finding.location.file).text;
        let line = number(&result["locations"][0]["physicalLocation"]["region"]["startLine"]);
        let expected = &line_hashes(source)[line - 1];
        assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"], expected.as_str());
    }
}

#[test]
fn related_places_are_linked_from_the_message() {
    let log = log(&sample::report());
    for result in results(&log) {
        let text = result["message"]["text"].as_str().expect("text");
        for place in result["relatedLocations"].as_array().into_iter().flatten() {
            assert!(text.contains(&format!("]({})", place["id"])), "{text}");
        }
    }
}

#[test]
fn brackets_in_words_do_not_make_links() {
    let log = log(&sample::report());
    let texts: Vec<&str> =
        results(&log).iter().map(|result| result["message"]["text"].as_str().expect("text")).collect();
    assert!(texts.iter().any(|text| text.contains(r"[2: \[asks\](2) for the UUID")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains(r"\[handler\](payload)")), "{texts:?}");
}

#[test]
fn the_way_to_the_mistake_is_a_code_flow() {
    let report = sample::report();
    let log = log(&report);
    for (finding, result) in report.findings.iter().zip(results(&log)) {
        if finding.steps.is_empty() {
            assert!(result.get("codeFlows").is_none());
            continue;
        }
        let steps = list(&result["codeFlows"][0]["threadFlows"][0]["locations"]);
        let words: Vec<&str> =
            steps.iter().map(|step| step["location"]["message"]["text"].as_str().expect("text")).collect();
        assert_eq!(
            words,
            finding
                .steps
                .iter()
                .map(|step| step.text.replace("[asks]", r"\[asks\]").replace("\u{1b}[", "\u{1b}\\["))
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn notices_are_notifications_and_a_failure_is_told() {
    let mut report = sample::report();
    let sound = log(&report);
    let invocation = &sound["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let told = list(&invocation["toolExecutionNotifications"]);
    assert_eq!(told.len(), report.notices.len() + report.coverage.unread.len() + 1);
    report.notices[0].is_failure = true;
    let failed = log(&report);
    assert_valid(&failed);
    assert_eq!(failed["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn what_comments_suppress_is_left_out_unless_it_is_asked_for() {
    let report = sample::report();
    let asked = RenderOptions { show_suppressed: true, ..RenderOptions::default() };
    let whole: Value = serde_json::from_str(&rendered(&report, Format::Sarif, &asked)).expect("JSON");
    assert_valid(&whole);
    let without = log(&report);
    assert_eq!(results(&without).len(), report.findings.len());
    assert!(results(&without).iter().all(|result| result["suppressions"].is_null()));

    let (open, suppressed): (Vec<&Value>, Vec<&Value>) =
        results(&whole).iter().partition(|result| list(&result["suppressions"]).is_empty());
    assert_eq!((open.len(), suppressed.len()), (report.findings.len(), report.suppressed.len()));
    let suppression = &suppressed[0]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(suppression["justification"], "the [extension](1) reports it: 📞");
    assert_eq!(suppression["location"]["physicalLocation"]["region"]["startLine"], 3);
    assert!(suppressed[0]["partialFingerprints"]["primaryLocationLineHash"].is_string());
}
