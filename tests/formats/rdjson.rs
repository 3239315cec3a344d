//! reviewdog's JSON, as its documentation (`proto/rdf`) has it.

use pushlint::finding::{Applicability, Edit};
use pushlint::render::{Format, RenderOptions};
use pushlint::report::Report;
use pushlint::source::{FileId, Location, Span};
use serde_json::{Value, json};

use crate::{rendered, sample};

fn result(report: &Report) -> Value {
    serde_json::from_str(&rendered(report, Format::Rdjson, &RenderOptions::default())).expect("JSON")
}

fn diagnostics(result: &Value) -> &[Value] {
    result["diagnostics"].as_array().expect("a list")
}

/// The text of a range, cut out of a source by lines and UTF-8 columns, the end exclusive.
fn cut<'a>(text: &'a str, range: &Value) -> &'a str {
    let starts: Vec<usize> = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let number = |value: &Value| usize::try_from(value.as_u64().expect("a number")).expect("small");
    let byte = |place: &Value| starts[number(&place["line"]) - 1] + number(&place["column"]) - 1;
    &text[byte(&range["start"])..byte(&range["end"])]
}

#[test]
fn every_diagnostic_has_the_fields_that_reviewdog_knows() {
    let words = json!({ "type": "string", "minLength": 1 });
    let position = json!({
        "type": "object",
        "required": ["line", "column"],
        "properties": {
            "line": { "type": "integer", "minimum": 1 },
            "column": { "type": "integer", "minimum": 1 }
        },
        "additionalProperties": false
    });
    let range = json!({
        "type": "object",
        "required": ["start", "end"],
        "properties": { "start": position, "end": position },
        "additionalProperties": false
    });
    let location = json!({
        "type": "object",
        "required": ["path", "range"],
        "properties": { "path": words, "range": range },
        "additionalProperties": false
    });
    let named = |name: &str| {
        json!({
            "type": "object",
            "required": [name, "url"],
            "properties": { name: words, "url": { "type": "string", "format": "uri" } },
            "additionalProperties": false
        })
    };
    let list = |name: &str, key: &str, value: &Value| {
        json!({
            "type": "array",
            "items": {
                "type": "object",
                "required": [name, key],
                "properties": { name: { "type": "string" }, key: value },
                "additionalProperties": false
            }
        })
    };
    let schema = json!({
        "type": "object",
        "required": ["source", "diagnostics"],
        "properties": {
            "source": named("name"),
            "diagnostics": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["message", "location", "severity", "code"],
                    "properties": {
                        "message": words,
                        "location": location,
                        "severity": { "enum": ["ERROR", "WARNING", "INFO"] },
                        "code": named("value"),
                        "suggestions": list("text", "range", &range),
                        "related_locations": list("message", "location", &location)
                    },
                    "additionalProperties": false
                }
            }
        },
        "additionalProperties": false
    });
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema");
    for report in [sample::report(), sample::clean()] {
        let result = result(&report);
        assert_eq!(diagnostics(&result).len(), report.findings.len());
        let errors: Vec<String> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn a_range_cuts_the_place_out_of_the_source() {
    let report = sample::report();
    let result = result(&report);
    for (finding, diagnostic) in report.findings.iter().zip(diagnostics(&result)) {
        let text = &report.sources.get(finding.location.file).text;
        assert_eq!(cut(text, &diagnostic["location"]["range"]), sample::marked(&report, finding));
        let related = diagnostic["related_locations"].as_array().map_or(0, Vec::len);
        assert_eq!(related, finding.steps.len() + finding.related.len());
    }
}

/// The suggestions of the diagnostic that has a fix.
fn suggestions(report: &Report) -> Vec<Value> {
    let result = result(report);
    diagnostics(&result)
        .iter()
        .filter_map(|diagnostic| diagnostic["suggestions"].as_array())
        .flatten()
        .cloned()
        .collect()
}

#[test]
fn edits_that_belong_together_are_one_suggestion() {
    let report = sample::report();
    let suggestions = suggestions(&report);
    assert_eq!(suggestions.len(), 1);
    let fixed = report.findings.iter().find(|finding| finding.fix.is_some()).expect("a fix");
    let text = &report.sources.get(fixed.location.file).text;
    assert_eq!(cut(text, &suggestions[0]["range"]), "private let registry = PKPushRegistry(queue: .main)");
    assert_eq!(
        suggestions[0]["text"],
        "private lazy var registry = PKPushRegistry(queue: .main) // [at first use](1)"
    );
}

#[test]
fn a_fix_that_reaches_into_another_file_or_is_only_to_be_shown_is_no_suggestion() {
    let mut report = sample::report();
    let fix = report.findings.iter_mut().find_map(|finding| finding.fix.as_mut()).expect("a fix");
    fix.applicability = Applicability::Display;
    assert!(suggestions(&report).is_empty());

    let mut report = sample::report();
    let fix = report.findings.iter_mut().find_map(|finding| finding.fix.as_mut()).expect("a fix");
    let location = Location { file: FileId(0), span: Span::new(0, 0) };
    fix.edits.push(Edit { location, text: "// above\n".to_owned() });
    assert!(suggestions(&report).is_empty());
}
