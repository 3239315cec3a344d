use pushlint::report::Outcome;
use serde_json::{Value, json};

use super::*;
use crate::observe::SaidHandler;

fn place(line: usize) -> Place {
    Place { file: "A.swift".to_owned(), line }
}

fn labels(exits: &Value, confidence: &str) -> Labels {
    let handler = json!({
        "file": "A.swift", "line": 10, "end_line": 30, "form": "completion", "verdict": "SOME_EXIT_UNREPORTED",
        "unreported_exits": exits, "confidence": confidence,
    });
    let order = json!({ "verdict": "REGISTRY_ARMED_BEFORE_PROVIDER", "why": "", "confidence": "high" });
    serde_json::from_value(json!({ "repo": "a/b", "handlers": [handler], "order": order })).unwrap()
}

fn finding(rule: &str, level: Level, at: usize, last: Option<usize>) -> SaidFinding {
    SaidFinding {
        rule: rule.to_owned(),
        level,
        message: String::new(),
        place: place(at),
        last: last.map(place),
    }
}

fn said(findings: Vec<SaidFinding>, ways: &[(usize, Outcome)]) -> Said {
    let ways = ways.iter().map(|(line, outcome)| (place(*line), *outcome)).collect();
    Said { findings, handlers: vec![SaidHandler { place: place(10), ways }], ..Said::default() }
}

fn score(judgement: &Judgement, kind: Kind) -> [usize; 4] {
    let score = judgement.tally.score(kind);
    [score.labelled, score.found, score.right, score.wrong]
}

#[test]
fn an_exit_is_found_at_its_line_or_beside_it_or_at_the_end_of_the_way() {
    let labels = labels(&json!([{ "file": "A.swift", "line": 20, "why": "" }]), "high");
    for (at, last) in [(20, None), (21, Some(12)), (12, Some(20))] {
        let judgement = judge(&labels, &said(vec![finding(MISSING, Level::Error, at, last)], &[]));
        assert_eq!(score(&judgement, Kind::Exits), [1, 1, 1, 0]);
        assert_eq!(judgement.tally.false_errors, 0);
    }
    let judgement = judge(&labels, &said(vec![finding(MISSING, Level::Error, 22, None)], &[]));
    assert_eq!(score(&judgement, Kind::Exits), [1, 0, 0, 1]);
    assert_eq!(judgement.tally.false_errors, 1);
}

#[test]
fn one_finding_between_two_exits_finds_only_the_one_at_its_line() {
    let exits =
        json!([{ "file": "A.swift", "line": 20, "why": "" }, { "file": "A.swift", "line": 21, "why": "" }]);
    let judgement =
        judge(&labels(&exits, "high"), &said(vec![finding(MISSING, Level::Error, 21, None)], &[]));
    assert_eq!(score(&judgement, Kind::Exits), [2, 1, 1, 0]);
}

#[test]
fn exits_that_decide_nothing_are_neither_missed_nor_wrong() {
    for flag in ["nil_holder", "infeasible"] {
        let labels = labels(&json!([{ "file": "A.swift", "line": 20, "why": "", flag: true }]), "high");
        let alarms = vec![finding(MISSING, Level::Error, 20, None)];
        let ways = [(20, Outcome::Missing), (30, Outcome::Reported)];
        let judgement = judge(&labels, &said(alarms, &ways));
        assert_eq!(score(&judgement, Kind::Exits), [0, 0, 0, 0]);
        assert_eq!((judgement.tally.false_errors, judgement.tally.undecided), (0, 1));
        assert_eq!(score(&judgement, Kind::LostHandlers), [1, 0, 0, 0]);
    }
}

#[test]
fn a_handler_of_which_the_reader_was_unsure_decides_nothing() {
    let labels = labels(&json!([{ "file": "A.swift", "line": 20, "why": "" }]), "low");
    let alarms = vec![finding(MISSING, Level::Error, 25, None), finding(MISSING, Level::Error, 20, None)];
    let judgement = judge(&labels, &said(alarms, &[(25, Outcome::Missing)]));
    assert_eq!(score(&judgement, Kind::Exits), [0, 0, 0, 0]);
    assert_eq!(score(&judgement, Kind::LostHandlers), [0, 0, 0, 0]);
    assert_eq!(score(&judgement, Kind::Handlers), [0, 0, 1, 0]);
    assert_eq!(judgement.tally.undecided, 2);
}

#[test]
fn unseen_is_no_answer_to_a_handler_that_can_be_judged() {
    let judgement = judge(&labels(&json!([]), "high"), &said(vec![], &[(30, Outcome::Unseen)]));
    assert_eq!((judgement.tally.unseen, judgement.tally.unseen_needlessly), (1, 1));
    assert_eq!(score(&judgement, Kind::LostHandlers), [1, 0, 0, 0]);
}

#[test]
fn the_order_is_one_count_per_repository_and_a_note_is_not_enough() {
    let mut labels = labels(&json!([]), "high");
    let both = vec![finding(ORDER, Level::Error, 5, None), finding(ORDER, Level::Error, 7, None)];
    let judgement = judge(&labels, &said(both, &[]));
    assert_eq!(score(&judgement, Kind::Order), [1, 1, 1, 0]);
    let judgement = judge(&labels, &said(vec![finding(ORDER, Level::Note, 5, None)], &[]));
    assert_eq!(score(&judgement, Kind::Order), [1, 0, 0, 0]);
    labels.order.provider_on_push_path = true;
    let both = vec![finding(ORDER, Level::Error, 5, None), finding(ORDER, Level::Error, 7, None)];
    let judgement = judge(&labels, &said(both, &[]));
    assert_eq!(score(&judgement, Kind::Order), [0, 0, 0, 1]);
    assert_eq!(judgement.tally.false_errors, 2);
}

#[test]
fn a_stored_property_counts_at_any_level_and_its_level_is_compared_with_the_design() {
    let mut labels = labels(&json!([]), "high");
    labels.registries = serde_json::from_value(json!([{
        "file": "A.swift", "line": 3, "shape": "stored-property", "owner": "AppDelegate",
        "owner_is_app_delegate_or_app_struct": true, "configured_in_same_init": false,
    }]))
    .unwrap();
    let findings = vec![finding(STORED, Level::Note, 3, None), finding(STORED, Level::Error, 9, None)];
    let judgement = judge(&labels, &said(findings, &[]));
    assert_eq!(score(&judgement, Kind::StoredProperties), [1, 1, 1, 1]);
    assert_eq!((judgement.tally.levels, judgement.tally.false_errors), ((1, 0), 1));
}

#[test]
fn an_optional_chain_off_the_pushs_path_must_not_be_flagged() {
    let mut labels = labels(&json!([]), "high");
    let chain = |line: usize, on_push_path: bool| json!({ "file": "A.swift", "line": line, "on_push_path": on_push_path });
    labels.optional_reports = serde_json::from_value(json!([chain(40, true), chain(50, false)])).unwrap();
    let findings =
        vec![finding(OPTIONAL, Level::Warning, 40, None), finding(OPTIONAL, Level::Warning, 50, None)];
    let judgement = judge(&labels, &said(findings, &[]));
    assert_eq!(score(&judgement, Kind::OptionalChains), [1, 1, 1, 1]);
    labels.optional_reports[0].cannot_be_nil = true;
    let judgement = judge(&labels, &said(vec![finding(OPTIONAL, Level::Warning, 40, None)], &[]));
    assert_eq!(score(&judgement, Kind::OptionalChains), [0, 0, 0, 1]);
}
