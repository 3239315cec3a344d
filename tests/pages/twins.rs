//! `tests/pages/twins/*.md`, named by the rule, and by a part of it: under each heading at least one example that is marked, and one that differs in one place and is not.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pushlint::finding::Level;
use pushlint::rules::RULES;

use crate::examples::{Example, examples};
use crate::{differences, fail_with, not_understood};

/// Every example, with the id of the rule that it is about.
fn all() -> Vec<(&'static str, Example)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/twins");
    let mut all = Vec::new();
    let entries = fs::read_dir(&folder).expect("the folder of the twins");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
    files.sort();
    for file in files.iter().filter_map(|file| file.to_str()) {
        let id = file.split('.').next().unwrap_or_default();
        let rule = RULES.iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("{file} names no rule"));
        let text = fs::read_to_string(folder.join(file)).expect("a text");
        let name = format!("tests/pages/twins/{file}");
        all.extend(examples(&name, &text).into_iter().map(|example| (rule.id, example)));
    }
    assert!(!all.is_empty(), "no twins in {}", folder.display());
    all
}

#[test]
fn under_each_heading_one_is_marked_and_one_is_not() {
    let mut kinds: BTreeMap<(&str, String), (bool, bool)> = BTreeMap::new();
    for (id, example) in all() {
        let marks = example.expectations();
        let is_silent = marks.iter().all(|mark| mark.rule != id);
        assert!(
            !is_silent || marks.iter().all(|mark| mark.level == Some(Level::Note)),
            "{}: marked, but not with {id}",
            example.place
        );
        let (marked, silent) = kinds.entry((id, example.heading)).or_default();
        *marked |= !is_silent;
        *silent |= is_silent;
    }
    let complaints: Vec<String> = kinds
        .iter()
        .filter(|(_, (marked, silent))| !marked || !silent)
        .map(|((id, heading), (marked, _))| {
            format!("{id}, {heading}: {}", if *marked { "no silent twin" } else { "nothing is marked" })
        })
        .collect();
    fail_with(&complaints);
}

#[test]
fn every_example_is_understood() {
    fail_with(&all().iter().flat_map(|(_, example)| not_understood(example)).collect::<Vec<_>>());
}

#[test]
fn every_twin_is_told_from_the_other() {
    fail_with(&all().iter().flat_map(|(id, example)| differences(id, example)).collect::<Vec<_>>());
}
