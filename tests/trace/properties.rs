//! What holds of every picture.

use std::collections::BTreeSet;
use std::{fs, slice};

use pushlint::render::HumanOptions;
use pushlint::report::{Handler, Outcome, Report, Tally};
use pushlint::trace::Trace;
use pushlint::trace::model::{HandlerTrace, Node, NodeKind};

use super::{fixture, human, json, mermaid, report, report_on};

const APPS: [&str; 5] = ["ring", "forum-thread", "clean", "sdk/twilio", "sdk/flutter"];

/// Every part of a tree.
fn parts(nodes: &[Node]) -> Vec<&Node> {
    let mut open: Vec<&Node> = nodes.iter().collect();
    let mut all = Vec::new();
    while let Some(node) = open.pop() {
        open.extend(&node.children);
        all.push(node);
    }
    all
}

/// The ways out of the report that the picture must have: all that does not report as it should.
fn troubled(report: &Report) -> BTreeSet<(Outcome, String, usize)> {
    let ways = report.handlers.iter().flat_map(|handler| &handler.ways_out);
    ways.filter(|way| way.outcome < Outcome::Reported)
        .map(|way| {
            let file = report.sources.get(way.location.file);
            (way.outcome, file.path.clone(), file.lines().line(way.location.span.start))
        })
        .collect()
}

/// The ends of the tree that do not report as they should.
fn troubled_ends(trace: &Trace) -> BTreeSet<(Outcome, String, usize)> {
    let parts = trace.handlers.iter().flat_map(|handler| parts(&handler.tree));
    parts
        .filter_map(|node| match &node.kind {
            NodeKind::End(end) if end.outcome < Outcome::Reported => {
                let place = node.place.as_ref().unwrap();
                Some((end.outcome, place.path.clone(), place.line))
            }
            _ => None,
        })
        .collect()
}

/// The ways out that the paths of a picture lead to: places where the handler is left, or where it is decided that it
/// does not report, on which a report is due.
fn ways_out(handler: &HandlerTrace) -> usize {
    let due = handler.paths.iter().filter(|path| path.outcome != Outcome::Excused);
    due.map(|path| (path.outcome, path.left.as_ref().unwrap_or(&path.place))).collect::<BTreeSet<_>>().len()
}

#[test]
fn every_way_out_of_the_check_is_in_the_picture() {
    for app in APPS {
        let report = report(app);
        let trace = Trace::new(&report);
        assert_eq!(trace.handlers.len(), report.handlers.len(), "{app}");
        assert_eq!(troubled_ends(&trace), troubled(&report), "{app}");
        for handler in &trace.handlers {
            let ends = |nodes: &[Node]| {
                let ends = parts(nodes).into_iter().filter_map(|node| match &node.kind {
                    NodeKind::End(end) => Some(end.paths),
                    _ => None,
                });
                ends.sum::<usize>()
            };
            assert_eq!(ends(&handler.tree), handler.paths.len(), "{app}: {}", handler.name);
            assert_eq!(ends(&handler.folded()), handler.paths.len(), "{app}: {}", handler.name);
            assert_eq!(ways_out(handler), handler.ways_out, "{app}: {}", handler.name);
        }
    }
}

/// The blocks of Swift of all pages, each a file.
fn pages() -> Vec<(String, String)> {
    let pages =
        ["rules", "tests/pages/twins"].map(|folder| fs::read_dir(fixture("..").join(folder)).unwrap());
    let mut all = Vec::new();
    for page in pages.into_iter().flatten() {
        let path = page.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for (number, block) in text.split("\n```swift").skip(1).enumerate() {
            let code = block.split_once('\n').unwrap().1.split("\n```").next().unwrap();
            all.push((format!("{}, block {number}", path.display()), code.to_owned()));
        }
    }
    all
}

#[test]
fn detail_changes_no_verdict() {
    for (place, code) in pages() {
        let report = report_on(&[("App.swift", &code)]);
        let trace = Trace::new(&report);
        assert_eq!(troubled_ends(&trace), troubled(&report), "{place}");
        for node in trace.handlers.iter().flat_map(|handler| parts(&handler.tree)) {
            let is_ruled_out = matches!(&node.kind, NodeKind::End(end) if end.is_ruled_out);
            assert!(!is_ruled_out || node.marks.is_empty(), "{place}: found, and ruled out");
        }
        // A handler that reports on some way does so in the picture, too; one that a newer form replaces is not drawn.
        let is_called = |handler: &&Handler| Tally::of(slice::from_ref(*handler)).handlers == 1;
        let reporting =
            report.handlers.iter().filter(is_called).filter(|handler| !handler.reports.is_empty());
        for handler in reporting {
            let drawn = trace.handlers.iter().find(|drawn| drawn.place.location == handler.location).unwrap();
            assert!(drawn.paths.iter().any(|way| way.outcome >= Outcome::Deferred), "{place}");
        }
    }
}

#[test]
fn every_finding_is_marked_or_named() {
    for app in APPS {
        let report = report(app);
        let trace = Trace::new(&report);
        let launches = trace.launches.iter().flat_map(|launch| parts(&launch.turns));
        let all = launches.chain(trace.handlers.iter().flat_map(|handler| parts(&handler.tree)));
        let mut marked: BTreeSet<usize> = all.flat_map(|node| node.marks.iter().copied()).collect();
        marked.extend(&trace.elsewhere);
        marked.extend(trace.handlers.iter().flat_map(|handler| &handler.marks));
        assert_eq!(marked, (0..report.findings.len()).collect(), "{app}");
        let drawn = human(&trace, HumanOptions::default(), false);
        for finding in &report.findings {
            assert!(drawn.contains(&format!("[{}]", finding.rule)), "{app}: {}", finding.rule);
        }
    }
}

#[test]
fn no_line_is_wider_than_asked_for() {
    for app in APPS {
        for width in [60, 80, 120] {
            let options = HumanOptions { width, ..HumanOptions::default() };
            for line in human(&Trace::new(&report(app)), options, true).lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{app}, {width}: {line}");
            }
        }
    }
}

#[test]
fn a_queue_of_its_own_is_told() {
    let code = "
        import PushKit
        import UIKit
        @main final class AppDelegate: UIResponder, UIApplicationDelegate, PKPushRegistryDelegate {
            func application(_ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
                let registry = PKPushRegistry(queue: .global())
                registry.delegate = self
                registry.desiredPushTypes = [.voIP]
                return true
            }
        }";
    let trace = Trace::new(&report_on(&[("App.swift", code)]));
    let drawn = human(&trace, HumanOptions::default(), false);
    assert!(drawn.contains("● on a queue of its own, at any time\n"), "{drawn}");
    assert!(drawn.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 80), "{drawn}");
    assert!(mermaid(&trace).contains("on a queue of its own"));
}

#[test]
fn the_json_is_what_its_schema_says() {
    let schema = fs::read_to_string(fixture("../schemas/trace.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for app in APPS {
        let document = json(&Trace::new(&report(app)));
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{app}: {errors:#?}");
    }
}
