//! The one-line format.

use pushlint::render::{Format, RenderOptions};

use crate::{rendered, sample};

#[test]
fn one_line_per_finding() {
    let short = rendered(&sample::report(), Format::Short, &RenderOptions::default());
    insta::assert_snapshot!(short);
}

#[test]
fn nothing_at_all_for_a_clean_project() {
    assert_eq!(rendered(&sample::clean(), Format::Short, &RenderOptions::default()), "");
}

#[test]
fn a_column_counts_characters() {
    let report = sample::report();
    let short = rendered(&report, Format::Short, &RenderOptions::default());
    let line = short.lines().find(|line| line.contains("[missing-call-report]")).expect("the finding's line");
    let place: Vec<usize> = line[sample::HANDLER_PATH.len()..]
        .split(':')
        .skip(1)
        .take(2)
        .map(|number| number.parse().expect("a number"))
        .collect();
    let finding = report.findings.iter().find(|finding| finding.rule == "missing-call-report").expect("it");
    let text = &report.sources.get(finding.location.file).text;
    let cut: String =
        text.lines().nth(place[0] - 1).expect("the line").chars().skip(place[1] - 1).take(6).collect();
    assert_eq!(cut, "return");
}
