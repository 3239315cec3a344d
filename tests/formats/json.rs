//! pushlint's own JSON.

use pushlint::render::{Format, RenderOptions};
use serde_json::{Value, json};

use crate::{rendered, sample};

/// What the committed schema has against a document.
pub(crate) fn objections(document: &Value) -> Vec<String> {
    let schema: Value =
        serde_json::from_str(include_str!("../../schemas/report.schema.json")).expect("the schema");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema");
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn document() -> Value {
    let json = rendered(&sample::report(), Format::Json, &RenderOptions::default());
    serde_json::from_str(&json).expect("JSON")
}

/// The pointers to all objects in a value.
fn objects(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                objects(item, &format!("{pointer}/{at}"), found);
            }
        }
        Value::Object(fields) => {
            found.push(pointer.to_owned());
            for (key, field) in fields {
                objects(field, &format!("{pointer}/{key}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_document_is_what_the_schema_says() {
    assert_eq!(objections(&document()), [""; 0]);
    let clean = rendered(&sample::clean(), Format::Json, &RenderOptions::default());
    assert_eq!(objections(&serde_json::from_str(&clean).expect("JSON")), [""; 0]);
}

#[test]
fn the_schema_knows_no_other_field_and_misses_every_one_that_goes() {
    let document = document();
    let mut pointers = Vec::new();
    objects(&document, "", &mut pointers);
    assert!(pointers.len() > 50);
    for pointer in pointers {
        let fields = document.pointer(&pointer).and_then(Value::as_object).expect("an object");
        let with = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let mut changed = document.clone();
            change(changed.pointer_mut(&pointer).and_then(Value::as_object_mut).expect("the object"));
            changed
        };
        let more = with(&|fields| drop(fields.insert("unheard_of".to_owned(), json!(1))));
        assert!(!objections(&more).is_empty(), "{pointer}");
        for key in fields.keys() {
            let less = with(&|fields| drop(fields.remove(key)));
            assert!(!objections(&less).is_empty(), "{pointer}/{key}");
        }
    }
}

#[test]
fn everything_in_one_document() {
    insta::assert_snapshot!(rendered(&sample::report(), Format::Json, &RenderOptions::default()));
}

#[test]
fn a_clean_project_has_empty_lists_and_its_handlers() {
    let json = rendered(&sample::clean(), Format::Json, &RenderOptions::default());
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["findings"], Value::Array(Vec::new()));
    assert_eq!(json["handlers"][0]["all_report"], true);
}

#[test]
fn bytes_cut_the_place_out_of_the_source() {
    let report = sample::report();
    let json = rendered(&report, Format::Json, &RenderOptions::default());
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let byte = |place: &Value| usize::try_from(place["byte"].as_u64().expect("a number")).expect("small");
    for (finding, shown) in report.findings.iter().zip(json["findings"].as_array().expect("a list")) {
        let text = &report.sources.get(finding.location.file).text;
        let cut = &text[byte(&shown["location"]["start"])..byte(&shown["location"]["end"])];
        assert_eq!(cut, sample::marked(&report, finding));
    }
}
