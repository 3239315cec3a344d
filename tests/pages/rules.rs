//! `rules/*.md`.

use pushlint::finding::{Confidence, Level};
use pushlint::rules::{RULES, Rule, pages};

use crate::examples::{Example, examples};
use crate::{differences, fail_with, not_understood};

const TRIGGERS: &str = "What triggers it";
const WITH_EXAMPLES: [&str; 3] = [TRIGGERS, "What does not", "How to fix it"];

/// Every example of every page, with the id of the rule.
fn all() -> Vec<(&'static str, Example)> {
    let of_rule = |rule: &'static Rule| {
        let examples = examples(&format!("rules/{}.md", rule.id), rule.page);
        examples.into_iter().map(move |example| (rule.id, example))
    };
    RULES.iter().flat_map(of_rule).collect()
}

#[test]
fn what_triggers_a_rule_shows_where() {
    let without_mark = all().into_iter().filter(|(id, example)| {
        example.heading == TRIGGERS && !example.expectations().iter().any(|mark| mark.rule == *id)
    });
    let complaints: Vec<String> =
        without_mark.map(|(_, example)| format!("{}: nothing is marked", example.place)).collect();
    fail_with(&complaints);
}

#[test]
fn what_does_not_trigger_it_and_the_repair_are_worth_a_note_at_most() {
    let mut complaints = Vec::new();
    for (_, example) in all().iter().filter(|(_, example)| example.heading != TRIGGERS) {
        for mark in example.expectations().iter().filter(|mark| mark.level != Some(Level::Note)) {
            complaints.push(format!("{}: {mark} is marked", example.place));
        }
    }
    fail_with(&complaints);
}

#[test]
fn every_page_has_examples_of_both_kinds_and_a_repair() {
    let all = all();
    for rule in RULES {
        for heading in WITH_EXAMPLES {
            let has_one = all.iter().any(|(id, example)| *id == rule.id && example.heading == heading);
            assert!(has_one, "rules/{}.md: \"{heading}\"", rule.id);
        }
    }
}

#[test]
fn every_page_says_what_its_rule_was_judged_on() {
    let is_told = |page: &str| {
        let (_, limits) = page.split_once("\n## What this rule cannot see\n").unwrap_or_default();
        ["\nJudged ", "\nCompared with labels", "\nOn 107 public repositories"]
            .iter()
            .any(|words| limits.contains(words))
    };
    // What comments say of other rules is a matter of the text alone.
    let silent = RULES.iter().filter(|rule| !rule.is_about_comments() && !is_told(rule.page));
    fail_with(&silent.map(|rule| format!("rules/{}.md: on how many cases?", rule.id)).collect::<Vec<_>>());
}

#[test]
fn a_rule_of_high_confidence_was_judged_on_ten_cases_at_least() {
    let judged = |page: &str| {
        let (_, limits) = page.split_once("\n## What this rule cannot see\n").unwrap_or_default();
        let told =
            limits.split("\n\n").find(|part| part.starts_with("Judged ") || part.starts_with("Compared "));
        // How many repositories were read says nothing of the cases.
        let told = told.and_then(|told| told.split_once(": ")).map_or("", |(_, told)| told);
        let numbers =
            told.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<u32>().ok());
        numbers.max().unwrap_or_default()
    };
    let is_sure = |rule: &&Rule| {
        let mut named = pages().iter().filter(|page| page.meta.id == rule.id);
        named.any(|page| page.meta.confidence == Confidence::High) && !rule.is_about_comments()
    };
    let sure = RULES.iter().filter(is_sure);
    let few = sure.filter(|rule| judged(rule.page) < 10);
    fail_with(&few.map(|rule| format!("rules/{}.md: on fewer than ten cases", rule.id)).collect::<Vec<_>>());
}

#[test]
fn every_example_is_understood() {
    fail_with(&all().iter().flat_map(|(_, example)| not_understood(example)).collect::<Vec<_>>());
}

#[test]
fn every_example_is_judged_as_its_page_says() {
    fail_with(&all().iter().flat_map(|(id, example)| differences(id, example)).collect::<Vec<_>>());
}
