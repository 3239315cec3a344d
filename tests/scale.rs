//! Code that nobody writes and a generator might: what is twice as long takes about twice as long.
//!
//! Each of these takes a fraction of a second where the cost grows with the length, and minutes where it grows with its
//! square. The limit is generous: the machine may be busy.

mod project;

use std::time::{Duration, Instant};

use pushlint::check;
use pushlint::config::Config;
use pushlint::report::{Outcome, Report};

const LIMIT: Duration = Duration::from_secs(30);

/// `count` lines, each with its number for `#`.
fn lines(count: usize, line: &str) -> String {
    (0..count).map(|number| line.replace('#', &number.to_string()) + "\n").collect()
}

/// A push handler that begins with `ways` and ends with a report, and more code beside it.
fn report(ways: &str, beside: &str) -> Report {
    let text = project::handler("Calls", ways) + beside;
    let start = Instant::now();
    let report = check::texts(&[("Calls.swift", &text)], &Config::default());
    assert!(start.elapsed() < LIMIT, "it took {:?}", start.elapsed());
    report
}

fn outcomes(ways: &str, beside: &str) -> Vec<Outcome> {
    let report = report(ways, beside);
    let mut outcomes: Vec<Outcome> =
        report.handlers.iter().flat_map(|handler| &handler.ways_out).map(|way| way.outcome).collect();
    outcomes.dedup();
    outcomes
}

#[test]
fn a_handler_that_calls_a_thousand_functions() {
    let report = "CXProvider().reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in }";
    let functions = lines(1_000, &format!("func f#() {{ if flag# {{ {report} }} }}"));
    assert_eq!(outcomes(&lines(1_000, "f#()"), &functions), [Outcome::Reported]);
}

#[test]
fn a_handler_with_thousands_of_variables_and_branches() {
    let ways = lines(3_000, "let v# = Bool.random()\nif v# { a() }\nb()\nc()\nd()");
    assert_eq!(outcomes(&ways, ""), [Outcome::Reported]);
    assert_eq!(outcomes(&lines(5_000, "if x# { a#() }"), ""), [Outcome::Reported]);
}

#[test]
fn a_handler_with_a_thousand_ways_out_that_lose_the_call() {
    let ways = lines(1_000, "guard let v# = payload.dictionaryPayload[\"k#\"] as? String else { return }");
    let report = report(&ways, "");
    let missing = report.handlers[0].ways_out.iter().filter(|way| way.outcome == Outcome::Missing);
    assert_eq!(missing.count(), 1_000);
    assert_eq!(report.findings.len(), 1_000);
}

#[test]
fn chains_of_thousands_of_links() {
    for link in ["a?.", "a.", "a[0].", "a()."] {
        let chain = format!("let x = {}b", link.repeat(if link == "a()." { 500 } else { 5_000 }));
        assert_eq!(outcomes(&chain, ""), [Outcome::Reported], "{link}");
    }
}

#[test]
fn a_hierarchy_of_a_thousand_classes() {
    let classes = lines(1_000, "class T#1: T# { override func f() { super.f() } }");
    assert_eq!(outcomes("", &classes), [Outcome::Reported]);
}

#[test]
fn a_protocol_with_a_thousand_implementations() {
    let reports = "CXProvider().reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in }";
    let types = lines(
        1_000,
        &format!(
            "final class I#: Ringing {{ func ring(_ payload: PKPushPayload) {{ {reports} }} }}\nlet i# = I#()"
        ),
    );
    let protocol = "protocol Ringing { func ring(_ payload: PKPushPayload) }\nvar ringing: Ringing = I0()\n";
    assert_eq!(
        outcomes("ringing.ring(payload)\nreturn", &(protocol.to_owned() + &types)),
        [Outcome::Reported]
    );
}

#[test]
fn a_thousand_functions_that_call_one_another_in_circles() {
    let count = 1_000;
    let function = |number: usize| {
        let (next, other) = ((number + 1) % count, number * 7 % count);
        format!("func f{number}() {{ if a {{ f{next}() }} else if b {{ f{other}() }} }}\n")
    };
    let functions: String = (0..count).map(function).collect();
    assert_eq!(outcomes("f0()", &functions), [Outcome::Reported]);
}
