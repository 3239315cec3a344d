//! Comments that suppress findings: what they cover, and what is said about them. The pairs in `tests/pages/twins` say the
//! same case by case.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use project::Project;
use pushlint::check;
use pushlint::config::{Config, Selection};
use pushlint::finding::{Applicability, Confidence, Finding};
use pushlint::report::Report;
use pushlint::rules::RULES;

/// Loses every call, with a line before the closing brace to which the way out leads.
fn loses_calls(last_line: &str) -> String {
    format!(
        "import PushKit\n\nfinal class Calls: NSObject, PKPushRegistryDelegate {{\n    \
         func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,\n                      \
         for type: PKPushType, completion: @escaping () -> Void) {{\n        \
         completion()\n        {last_line}\n    }}\n}}\n"
    )
}

const COMMENT: &str = "// pushlint:disable:next missing-call-report - no calls here";

fn report(files: &[(&str, &str)]) -> Report {
    check::texts(files, &Config::default())
}

/// The findings of a text, as `line rule`.
fn found(text: &str) -> Vec<String> {
    lines(&report(&[("Calls.swift", text)]))
}

fn lines(report: &Report) -> Vec<String> {
    let place = |finding: &Finding| {
        let line = report.sources.get(finding.location.file).lines().line(finding.location.span.start);
        format!("{line} {}", finding.rule)
    };
    report.findings.iter().map(place).collect()
}

fn messages(text: &str) -> Vec<String> {
    report(&[("Calls.swift", text)]).findings.into_iter().map(|finding| finding.message).collect()
}

#[test]
fn what_is_suppressed_is_kept_with_its_comment_and_its_reason() {
    let report = report(&[("Calls.swift", &loses_calls(COMMENT))]);
    assert_eq!(report.findings, []);
    let [suppressed] = &report.suppressed[..] else { panic!("{:?}", report.suppressed) };
    assert_eq!(suppressed.finding.rule, "missing-call-report");
    assert_eq!(suppressed.reason.as_deref(), Some("no calls here"));
    assert_eq!(report.sources.get(suppressed.comment.file).slice(suppressed.comment.span), COMMENT);
}

#[test]
fn line_ends_change_nothing() {
    let texts = [loses_calls(COMMENT), format!("{COMMENT}\n{}", loses_calls(""))];
    let answers = [vec![], vec!["1 unused-suppression", "9 missing-call-report"]];
    for (text, answer) in texts.iter().zip(answers) {
        for line_end in ["\n", "\r\n", "\r"] {
            assert_eq!(found(&text.replace('\n', line_end)), answer, "{line_end:?}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_comment_is_said_in_a_line() {
    for (comment, message) in [
        (
            "// pushlint:disable:this missing-call-report - a",
            "`pushlint:disable:this` suppresses nothing: there is no code on its line",
        ),
        (
            "// pushlint:disable:previous missing-call-report - a",
            "`pushlint:disable:previous` suppresses nothing: `missing-call-report` is not found on line 6",
        ),
        (
            "// pushlint:disable:next async-push-handler - a",
            "`pushlint:disable:next` suppresses nothing: `async-push-handler` is not found on line 8",
        ),
        (
            "// pushlint:disable async-push-handler - a",
            "`pushlint:disable` suppresses nothing: `async-push-handler` is not found from line 7 on",
        ),
        (
            "/* pushlint:disable async-push-handler - a */ /* pushlint:enable async-push-handler */",
            "`pushlint:disable` suppresses nothing: `async-push-handler` is not found between lines 7 and 7",
        ),
        (
            "// pushlint:enable missing-call-report",
            "`pushlint:enable` ends nothing: no `pushlint:disable` of `missing-call-report` is open",
        ),
        (
            "// pushlint:disable:next unused-suppression - a",
            "`pushlint:disable:next` suppresses nothing: no comment can suppress `unused-suppression`",
        ),
        ("// pushlint:disable:next", "`pushlint:disable:next` names no rule, so this comment does nothing"),
        (
            "// pushlint:disable:nex missing-call-report - a",
            "`pushlint:disable:nex` means nothing; did you mean `pushlint:disable:next`?",
        ),
        ("// pushlint:report", "`pushlint:report` means nothing; did you mean `pushlint:reports`?"),
        (
            "// pushlint: disable:next missing-call-report - a",
            "`pushlint: disable:next` means nothing; did you mean `pushlint:disable:next`?",
        ),
        (
            "// pushlint: disable missing-call-report - a",
            "`pushlint: disable` means nothing; did you mean `pushlint:disable`?",
        ),
        (
            "// Pushlint:disable:next missing-call-report - a",
            "`Pushlint:disable:next` means nothing; did you mean `pushlint:disable:next`?",
        ),
        (
            "// pushlint:disable:line missing-call-report - a",
            "`pushlint:disable:line` means nothing; did you mean `pushlint:disable:this`?",
        ),
        ("// pushlint: reports", "`pushlint: reports` means nothing; did you mean `pushlint:reports`?"),
        ("// pushlint:reports", "`pushlint:reports` belongs to no declaration, so this comment does nothing"),
        ("// pushlint:silence", "`pushlint:silence` means nothing, so this comment does nothing"),
        (
            "// pushlint:disable:next missing-call-reprt - a",
            "`missing-call-reprt` is no rule; did you mean `missing-call-report`?",
        ),
        (
            "// pushlint:disable:next everything - a",
            "`everything` is no rule, so nothing is suppressed by it",
        ),
        ("// pushlint:disable all - a", "`all` is no rule: each rule to suppress is named by its id"),
    ] {
        let messages = messages(&loses_calls(comment));
        assert_eq!(messages.first().map(String::as_str), Some(message), "{comment}");
        assert_eq!(messages.len(), 2, "the finding itself is still there: {messages:?}");
    }
    assert_eq!(
        messages(&loses_calls("// pushlint:disable:next missing-call-report")),
        ["`pushlint:disable:next` does not say why `missing-call-report` is suppressed"]
    );
}

#[test]
fn a_reason_without_its_dash_is_told_as_it_should_be_written() {
    let text = loses_calls("// pushlint:disable:next missing-call-report the server rings again");
    let report = report(&[("Calls.swift", &text)]);
    let no_reason =
        report.findings.iter().find(|finding| finding.rule == "suppression-without-reason").unwrap();
    assert_eq!(
        no_reason.message,
        "`pushlint:disable:next` does not say why `missing-call-report` is suppressed"
    );
    assert_eq!(
        no_reason.help.as_deref(),
        Some(
            "write the reason behind a dash: `pushlint:disable:next missing-call-report - the server rings again`"
        )
    );
}

#[test]
fn what_is_declared_to_report_is_a_declaration() {
    for (text, is_loose) in [
        ("// pushlint:reports\nfunc ring() {}\n", false),
        ("// pushlint:reports - the SDK does\nvar onPush: (() -> Void)?\n", false),
        ("protocol Calls {\n    func ring() // pushlint:reports\n}\n", false),
        ("// pushlint:reports\n@MainActor\nfunc ring() {}\n", false),
        ("/* pushlint:reports */\npublic\nfunc ring() {}\n", false),
        ("// pushlint:reports\nprivate init() {}\n", false),
        ("let text = \"// pushlint:reports\"\n", false),
        ("// pushlint:reports\n", true),
        ("// pushlint:reports\n\nfunc ring() {}\n", true),
        ("// pushlint:reports\n// func ring() {}\n", true),
        ("func ring() {\n    // pushlint:reports\n    sdk.handle()\n}\n", true),
        ("func ring() {\n    sdk.handle() // pushlint:reports\n}\n", true),
        ("// pushlint:reports\nfinal class Calls {}\n", true),
    ] {
        let told = messages(text);
        let loose = "`pushlint:reports` belongs to no declaration, so this comment does nothing";
        let expected: Vec<&str> = is_loose.then_some(loose).into_iter().collect();
        assert_eq!(told, expected, "{text}");
    }
}

#[test]
fn a_comment_that_missed_its_finding_shows_where_that_is() {
    let text = format!("{COMMENT}\n{}", loses_calls(""));
    let report = report(&[("Calls.swift", &text)]);
    let [useless, missing] = &report.findings[..] else { panic!("{:?}", lines(&report)) };
    assert_eq!(useless.related[0].location, missing.location);
}

#[test]
fn a_comment_that_is_of_no_use_can_be_removed() {
    for (before, after) in [
        (
            loses_calls("// pushlint:disable:this missing-call-report - a"),
            loses_calls("").replace("\n        \n", "\n"),
        ),
        (loses_calls("print() \t// pushlint:disable:this missing-call-report - a"), loses_calls("print()")),
        (loses_calls("/* pushlint:disable:this missing-call-report - a */ print()"), loses_calls("print()")),
        (
            loses_calls("// pushlint:disable:next missing-call-report, async-push-handler - a"),
            loses_calls("// pushlint:disable:next missing-call-report - a"),
        ),
        (
            loses_calls("// pushlint:disable:next async-push-handler missing-call-report - a"),
            loses_calls("// pushlint:disable:next missing-call-report - a"),
        ),
    ] {
        for line_end in ["\n", "\r\n"] {
            let (before, after) = (before.replace('\n', line_end), after.replace('\n', line_end));
            let report = report(&[("Calls.swift", &before)]);
            let fix = report.findings.iter().find_map(|finding| finding.fix.as_ref()).expect("a fix");
            assert_eq!(fix.applicability, Applicability::Safe);
            let [edit] = &fix.edits[..] else { panic!("{fix:?}") };
            let span = edit.location.span.start as usize..edit.location.span.end as usize;
            let mut fixed = before.clone();
            fixed.replace_range(span, &edit.text);
            assert_eq!(fixed, after);
            assert!(found(&fixed).iter().all(|finding| !finding.contains("unused-suppression")));
        }
    }
}

#[test]
fn a_disable_is_not_removed_from_under_its_enable() {
    let text = "// pushlint:disable async-push-handler - a\n// pushlint:enable async-push-handler\n";
    let report = report(&[("A.swift", text)]);
    assert_eq!(lines(&report), ["1 unused-suppression"]);
    assert_eq!(report.findings[0].fix, None);
}

#[test]
fn nobody_is_blamed_for_a_comment_about_a_rule_that_is_off() {
    let suppressing = loses_calls(COMMENT);
    let useless = format!("{COMMENT}\nlet a = 1\n");
    let id = |id: &str| vec![id.to_owned()];
    let (missing, other) = (id("missing-call-report"), id("async-push-handler"));
    let mut only_unused = id("unused-suppression");
    for text in [&suppressing, &useless] {
        for selection in [
            Selection { skip: &missing, ..Selection::default() },
            Selection { only: &other, ..Selection::default() },
            Selection { only: &only_unused, ..Selection::default() },
        ] {
            let mut config = Config::default();
            config.select(selection).unwrap();
            let report = check::texts(&[("Calls.swift", text)], &config);
            assert_eq!(lines(&report), Vec::<String>::new(), "{selection:?}");
        }
        for configuration in [
            "rules = { missing-call-report = \"off\" }",
            "overrides = [{ paths = [\"Calls.swift\"], rules = { missing-call-report = \"off\" } }]",
        ] {
            // Texts have relative paths, and so has the folder of this configuration.
            let config = Config::parse(configuration, Path::new(""), "pushlint.toml").unwrap();
            let report = check::texts(&[("Calls.swift", text)], &config);
            assert_eq!(lines(&report), Vec::<String>::new(), "{configuration}");
        }
    }
    only_unused.extend(missing);
    let mut config = Config::default();
    config.select(Selection { only: &only_unused, ..Selection::default() }).unwrap();
    assert_eq!(lines(&check::texts(&[("Calls.swift", &useless)], &config)), ["1 unused-suppression"]);
}

#[test]
fn what_is_not_sure_enough_to_be_reported_is_no_reason_to_call_a_comment_useless() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ring/Ring/AppDelegate.swift");
    let registry = "    let voipRegistry";
    let comment = "    // pushlint:disable:next registry-stored-property - the forum says so\n";
    let text = fs::read_to_string(fixture).unwrap().replace(registry, &format!("{comment}{registry}"));
    let mut config = Config::default();
    let suppressed = |config: &Config| {
        let report = check::texts(&[("Calls.swift", &text)], config);
        assert_eq!(lines(&report), Vec::<String>::new());
        report.suppressed.len()
    };
    assert_eq!(suppressed(&config), 1);
    config.set_min_confidence(Confidence::High);
    assert_eq!(suppressed(&config), 0);
}

// ---- a comment removes exactly the finding that it is about -----------------------------------------------------------

/// The Swift blocks of the pages and of the pairs, without marks and without comments that suppress.
fn samples() -> Vec<String> {
    let twins = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/twins");
    let mut pages: Vec<String> = RULES.iter().map(|rule| rule.page.to_owned()).collect();
    let mut paths: Vec<_> = fs::read_dir(twins).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    pages.extend(paths.iter().map(|path| fs::read_to_string(path).unwrap()));
    let blocks = pages.iter().flat_map(|page| {
        let blocks = page.split("```swift").skip(1).filter_map(|rest| rest.split_once('\n'));
        blocks.map(|(_, rest)| rest.split("```").next().unwrap_or_default())
    });
    let without_marks = |block: &str| {
        let lines = block.lines().map(|line| line.split("// expect:").next().unwrap_or_default().trim_end());
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    blocks.map(without_marks).filter(|block| !block.contains("pushlint:disable")).collect()
}

/// A finding as it is compared: the line, counted without the lines from `inserted` on that were inserted there.
fn told(report: &Report, inserted: &[usize]) -> BTreeSet<(usize, &'static str, String)> {
    let line_of = |finding: &Finding| {
        let line = report.sources.get(finding.location.file).lines().line(finding.location.span.start);
        line - inserted.iter().filter(|at| **at < line).count()
    };
    report.findings.iter().map(|finding| (line_of(finding), finding.rule, finding.message.clone())).collect()
}

#[test]
fn a_comment_removes_exactly_the_findings_of_its_rule_on_its_line() {
    let mut tried = 0;
    for text in samples() {
        let original = report(&[("Sample.swift", &text)]);
        let all = told(&original, &[]);
        for (line, rule, _) in &all {
            let lines: Vec<&str> = text.lines().collect();
            let with = |at: usize, comments: &[(usize, &str)]| {
                let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
                for (at, comment) in comments {
                    lines.insert(*at, format!("    // pushlint:{comment} {rule} - it is known"));
                }
                if at > 0 {
                    lines[at - 1] += " // pushlint:disable:this ";
                    lines[at - 1] += rule;
                    lines[at - 1] += " - it is known";
                }
                lines.join("\n") + "\n"
            };
            // Each finding with one of the four forms, in turn.
            let forms = [
                (with(*line, &[]), vec![]),
                (with(0, &[(line - 1, "disable:next")]), vec![*line]),
                (with(0, &[(*line, "disable:previous")]), vec![line + 1]),
                (with(0, &[(line - 1, "disable"), (line + 1, "enable")]), vec![*line, line + 2]),
            ];
            let (suppressed, inserted) = &forms[tried % forms.len()];
            let report = report(&[("Sample.swift", suppressed)]);
            let mut left = all.clone();
            left.retain(|(other, id, _)| (other, id) != (line, rule));
            assert_eq!(told(&report, inserted), left, "\n{suppressed}");
            assert!(!report.suppressed.is_empty());
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

// ---- the binary -------------------------------------------------------------------------------------------------------

/// Standard output of a run with `--format short`.
fn short(folder: &Project, args: &[&str]) -> String {
    folder.run(&[&["--format", "short"], args].concat()).out
}

#[test]
fn the_summary_counts_what_is_suppressed() {
    let said = Project::folder_with(&[("Calls.swift", &loses_calls(COMMENT))]).run(&[]);
    assert_eq!(said.status, 0);
    let summary = said.err;
    assert!(summary.contains("none reports; no findings; 1 suppressed; 1 Swift file read"), "{summary}");
}

#[test]
fn a_file_that_has_nothing_to_do_with_pushes_is_judged_too() {
    let useless = format!("import UIKit\n\n{COMMENT}\nlet a = 1\n");
    let folder = Project::folder_with(&[("A.swift", &useless), ("B.swift", "let b = 1\n")]);
    let said = folder.run(&["--format", "short"]);
    assert_eq!(said.status, 1);
    let found = said.out;
    assert!(
        found.starts_with("A.swift:3:26: warning: `pushlint:disable:next` suppresses nothing"),
        "{found}"
    );
    assert_eq!(short(&folder, &["B.swift"]), "", "nobody asked for A.swift");
}

#[test]
fn comments_in_code_that_is_not_reported_on_are_not_judged() {
    let useless = format!("import UIKit\n\n{COMMENT}\nlet a = 1\n");
    let test = format!("import XCTest\n{useless}");
    let folder = Project::folder_with(&[
        ("pushlint.toml", "exclude = [\"Generated/\"]\n"),
        ("Generated/A.swift", &useless),
        ("Vendor/A.swift", &useless),
        ("AppTests/A.swift", &useless),
        ("App/Helper.swift", &test),
        ("App/A.swift", "let a = 1\n"),
        ("App/A.m", &format!("#import <PushKit/PushKit.h>\n{COMMENT}\n")),
    ]);
    assert_eq!(short(&folder, &[]), "");
}

#[test]
fn a_finding_that_concerns_a_requested_file_is_suppressed_where_it_stands() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ring/Ring");
    let text = |path: &str| fs::read_to_string(fixture.join(path)).unwrap();
    let (delegate, center) = (text("AppDelegate.swift"), text("Calls/CallCenter.swift"));
    let registry = "    let voipRegistry";
    assert!(delegate.contains(registry));
    let with = |rule: &str| {
        let comment = format!("    // pushlint:disable:next {rule} - the forum says so\n{registry}");
        let delegate = delegate.replace(registry, &comment);
        let folder = Project::folder_with(&[
            (".git/HEAD", ""),
            ("AppDelegate.swift", &delegate),
            ("CallCenter.swift", &center),
            ("Push.swift", &text("Push/AppDelegate+PushKit.swift")),
        ]);
        let found = short(&folder, &["CallCenter.swift"]);
        assert!(!found.contains("unused-suppression"), "nobody asked for AppDelegate.swift: {found}");
        found.contains("AppDelegate.swift:6:24: error: ")
    };
    assert!(with("async-push-handler"), "it concerns what was asked for");
    assert!(!with("registry-stored-property"));
}

#[test]
fn what_is_suppressed_is_in_json_and_in_sarif_where_it_is_asked_for() {
    let folder = Project::folder_with(&[("Calls.swift", &loses_calls(COMMENT))]);
    let output = |args: &[&str]| -> serde_json::Value {
        let said = folder.run(args);
        assert_eq!(said.status, 0);
        serde_json::from_str(&said.out).unwrap()
    };
    let json = output(&["--format", "json"]);
    assert_eq!(json["findings"].as_array().unwrap().len(), 0);
    assert_eq!(json["suppressed"][0]["reason"], "no calls here");
    assert_eq!(json["suppressed"][0]["finding"]["rule"], "missing-call-report");
    assert_eq!(json["suppressed"][0]["comment"]["start"]["line"], 7);
    let sarif = output(&["--format", "sarif"]);
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 0);
    let sarif = output(&["--format", "sarif", "--show-suppressed"]);
    let suppression = &sarif["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(
        (&suppression["kind"], &suppression["justification"]),
        (&"inSource".into(), &"no calls here".into())
    );
}

#[test]
fn the_rules_about_comments_can_be_turned_off_in_the_configuration() {
    let useless = format!("{COMMENT}\nlet a = 1\n");
    let folder = Project::folder_with(&[
        ("pushlint.toml", "[rules]\nunused-suppression = \"off\"\n"),
        ("A.swift", &useless),
    ]);
    assert_eq!(short(&folder, &[]), "");
    assert!(short(&folder, &["--no-config"]).contains("[unused-suppression]"));
}
