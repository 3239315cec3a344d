//! pushlint's own JSON.

use pushlint::render::{Format, RenderOptions};
use serde_json::Value;

use crate::{rendered, sample};

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
