//! `tests/pages/twins/*.md`: under each heading at least one example that is marked, and one that differs in one place and is not.

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
    for rule in RULES {
        let path = folder.join(rule.id).with_extension("md");
        if let Ok(text) = fs::read_to_string(&path) {
            let name = format!("tests/pages/twins/{}.md", rule.id);
            all.extend(examples(&name, &text).into_iter().map(|example| (rule.id, example)));
        }
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
