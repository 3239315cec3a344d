//! What is said on standard error.

use pushlint::render::{Format, notices, summary};
use pushlint::report::{Outcome, Report};

use crate::sample;

fn summarised(report: &Report) -> String {
    let mut out = Vec::new();
    summary(report, &mut out).expect("writing into memory");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn one_line_says_what_was_found_read_and_not_understood() {
    assert_eq!(
        summarised(&sample::report()),
        "pushlint: 1 push handler, 3 ways out, 1 of them reports; 1 error, 2 warnings, 1 note; 1 suppressed; 1 can be fixed with \
         --fix --unsafe-fixes; 41 Swift files read, \
         3 parsed; not understood in part: My App/Broken \\u{1b}[1mPush.swift; not read: My App/Legacy Push.m; 12 ms\n"
    );
}

#[test]
fn a_clean_run_says_what_was_proved() {
    assert_eq!(
        summarised(&sample::clean()),
        "pushlint: 2 push handlers, 9 ways out, all report; no findings; 1 Swift file read, 1 parsed; 1.2 s\n"
    );
}

#[test]
fn what_was_not_seen_is_not_said_to_report_nothing() {
    let mut report = sample::clean();
    let ways = report.handlers.iter_mut().flat_map(|handler| &mut handler.ways_out);
    ways.for_each(|way| way.outcome = Outcome::Unseen);
    assert!(
        summarised(&report)
            .starts_with("pushlint: 2 push handlers, 9 ways out, not seen whether they report;")
    );
    report.handlers.truncate(1);
    report.handlers[0].ways_out.truncate(1);
    assert!(
        summarised(&report).starts_with("pushlint: 1 push handler, 1 way out, not seen whether it reports;")
    );
    report.handlers[0].ways_out[0].outcome = Outcome::Missing;
    assert!(summarised(&report).starts_with("pushlint: 1 push handler, 1 way out, none reports;"));
}

#[test]
fn no_handler_is_another_answer_than_no_mistake() {
    assert!(summarised(&Report::default()).starts_with("pushlint: 0 push handlers found; no findings;"));
    let mut armed = Report::default();
    armed.coverage.registries = 1;
    assert!(summarised(&armed).starts_with("pushlint: 0 push handlers found, but 1 push registry;"));
}

#[test]
fn only_ways_on_which_a_report_is_due_count() {
    let mut report = sample::clean();
    report.handlers[0].ways_out[0].outcome = Outcome::Excused;
    assert!(summarised(&report).starts_with("pushlint: 2 push handlers, 8 ways out, all report;"));
    let way = &mut report.handlers[0].ways_out[1];
    (way.outcome, way.is_ruled_out) = (Outcome::NilHolder, true);
    assert!(
        summarised(&report).starts_with(
            "pushlint: 2 push handlers, 8 ways out, 7 of them report, 1 ruled out by the launch;"
        )
    );
    assert!(report.handlers[0].all_report());
}

#[test]
fn files_that_were_not_read_are_named_up_to_three() {
    let mut report = sample::clean();
    report.coverage.unread = ["a.m", "b.m", "c.mm", "d.h", "e.h"].map(str::to_owned).to_vec();
    assert!(summarised(&report).contains("; not read: a.m, b.m, c.mm and 2 more;"));
}

#[test]
fn a_notice_is_one_line_that_names_the_file() {
    let mut out = Vec::new();
    notices(&sample::report(), Format::Human, &mut out).expect("writing into memory");
    assert_eq!(
        String::from_utf8(out).expect("UTF-8"),
        "pushlint: `[rules.nothing]` names no rule\n\
         pushlint: My App/Bad\\u{1b}[7m.swift: not UTF-8, read as far as possible\n"
    );
}
