//! What Xcode reads from the output of a script phase, by the patterns of its own parser (swift-build).

use pushlint::finding::{Applicability, Level};
use pushlint::render::{Format, RenderOptions};
use pushlint::report::{Notice, Report};
use pushlint::source::SourceFile;
use regex::Regex;

use crate::{rendered, sample};

/// An issue as Xcode makes it from a line.
#[derive(Debug, PartialEq)]
struct Issue {
    place: Option<(String, usize, usize)>,
    kind: String,
    text: String,
    fix_its: Vec<FixIt>,
}

/// The file, where the text begins and ends that is replaced (lines and columns), the new text.
type FixIt = (String, [usize; 4], String);

/// What Xcode makes of the output. A line that it does not know becomes an issue of the kind `unknown`.
fn read(output: &str) -> Vec<Issue> {
    let line_pattern =
        Regex::new("^([^'\"]+: +|[ \\t\\f\\p{Z}]*)(error|warning|note|notice|fixit|sh): (.*)$").expect("it");
    let place_pattern = Regex::new("^([^:]+):(?:([0-9]+):)?(?:([0-9]+):)? +$").expect("it");
    let fix_pattern = Regex::new("^([^:]+):([0-9]+):([0-9]+)-([0-9]+):([0-9]+): +fixit: (.*)$").expect("it");
    let number = |text: &str| text.parse::<usize>().expect("a number");
    let mut issues: Vec<Issue> = Vec::new();
    for line in output.lines() {
        let Some(parts) = line_pattern.captures(line) else {
            let text = line.to_owned();
            issues.push(Issue { place: None, kind: "unknown".to_owned(), text, fix_its: Vec::new() });
            continue;
        };
        if &parts[2] == "fixit" {
            let fix = fix_pattern.captures(line).expect("a Fix-it that Xcode can read");
            let places = [2, 3, 4, 5].map(|at| number(&fix[at]));
            let text = serde_json::from_str(&format!("\"{}\"", &fix[6])).expect("escaped as in JSON");
            issues.last_mut().expect("an issue above").fix_its.push((fix[1].to_owned(), places, text));
        } else {
            let place = place_pattern
                .captures(&parts[1])
                .map(|place| (place[1].to_owned(), number(&place[2]), number(&place[3])));
            let (kind, text) = (parts[2].to_owned(), parts[3].to_owned());
            issues.push(Issue { place, kind, text, fix_its: Vec::new() });
        }
    }
    issues
}

fn issues(report: &Report) -> Vec<Issue> {
    read(&rendered(report, Format::Xcode, &RenderOptions::default()))
}

fn absolute(path: &str) -> String {
    format!("{}/{path}", sample::CHECKOUT)
}

#[test]
fn every_finding_is_an_issue_at_its_place_with_an_absolute_path() {
    let report = sample::report();
    let issues = issues(&report);
    for finding in &report.findings {
        let file = report.sources.get(finding.location.file);
        let issue = issues
            .iter()
            .find(|issue| issue.text == format!("{} [{}]", finding.message, finding.rule))
            .expect("an issue");
        let (path, line, column) = issue.place.as_ref().expect("a place");
        assert_eq!((path.as_str(), issue.kind.as_str()), (&*absolute(&file.path), finding.level.word()));
        // A column counts UTF-8 bytes.
        let text = &file.text.lines().nth(line - 1).expect("the line")[column - 1..];
        assert!(sample::marked(&report, finding).starts_with(text.get(..6).expect("text")), "{text}");
    }
}

#[test]
fn steps_are_notes_that_name_the_rule() {
    let issues = issues(&sample::report());
    let note = |text: &str| issues.iter().find(|issue| issue.text == text).map(|issue| issue.kind.as_str());
    assert_eq!(note("missing-call-report, step 1 of 5: the push arrives here"), Some("note"));
    assert_eq!(note("missing-call-report: the report that is not reached"), Some("note"));
}

#[test]
fn a_fix_hangs_on_the_issue_itself() {
    let issues = issues(&sample::report());
    let fixed: Vec<&Issue> = issues.iter().filter(|issue| !issue.fix_its.is_empty()).collect();
    assert_eq!(fixed.len(), 1);
    assert!(fixed[0].text.ends_with("[registry-stored-property]"));
    let path = absolute(sample::DELEGATE_PATH);
    assert_eq!(
        fixed[0].fix_its,
        [
            (path.clone(), [8, 5, 8, 16], "private lazy var".to_owned()),
            (path, [8, 56, 8, 56], " // [at first use](1)".to_owned())
        ]
    );
}

#[test]
fn the_text_of_a_fix_arrives_as_it_is() {
    let mut report = sample::report();
    let text = "let text = \"\\(error): fixit: \\u{1F4DE}\"\r\n\tnote: warning: 📞 'x'";
    for finding in &mut report.findings {
        finding.fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| edit.text = text.to_owned());
    }
    let issues = issues(&report);
    let texts: Vec<&str> =
        issues.iter().flat_map(|issue| &issue.fix_its).map(|(_, _, text)| text.as_str()).collect();
    assert_eq!(texts, [text, text]);
}

#[test]
fn what_is_only_to_be_shown_is_no_fix() {
    let mut report = sample::report();
    let fixes = report.findings.iter_mut().filter_map(|finding| finding.fix.as_mut());
    fixes.for_each(|fix| fix.applicability = Applicability::Display);
    assert!(issues(&report).iter().all(|issue| issue.fix_its.is_empty()));
}

#[test]
fn there_is_no_line_that_xcode_would_not_know() {
    assert!(issues(&sample::report()).iter().all(|issue| issue.kind != "unknown"));
    assert_eq!(rendered(&sample::clean(), Format::Xcode, &RenderOptions::default()), "");
}

#[test]
fn words_in_a_message_do_not_change_its_kind() {
    let mut report = sample::report();
    report.findings.retain(|finding| finding.level == Level::Note);
    report.findings[0].message = "result: error: warning: fixit: all".to_owned();
    let issues = issues(&report);
    assert_eq!(issues[0].kind, "note");
    assert!(issues[0].place.is_some());
}

#[test]
fn a_path_that_xcode_cannot_read_is_told_in_the_text() {
    for name in ["O'Brien.swift", "a:b.swift", "\"a\".swift"] {
        let mut report = sample::clean();
        let mut finding = sample::report().findings.remove(0);
        let absolute = format!("{}/{name}", sample::CHECKOUT);
        finding.location.file = report.sources.add(SourceFile::new(name, absolute, "let a = 1\n".repeat(40)));
        let level = finding.level.word();
        (finding.steps, finding.related) = (Vec::new(), Vec::new());
        report.findings = vec![finding];
        let issues = issues(&report);
        assert_eq!((issues[0].kind.as_str(), &issues[0].place), (level, &None));
        assert!(issues[0].text.contains(name) && issues[0].fix_its.is_empty());
    }
}

#[test]
fn notices_are_marked_since_xcode_reads_both_streams() {
    let notice = |text: &str, is_failure| Notice { path: None, text: text.to_owned(), is_failure };
    let report = Report { notices: vec![notice("so", false), notice("not done", true)], ..Report::default() };
    let mut out = Vec::new();
    pushlint::render::notices(&report, Format::Xcode, &mut out).expect("writing into memory");
    let issues = read(std::str::from_utf8(&out).expect("UTF-8"));
    let told: Vec<(&str, &str)> =
        issues.iter().map(|issue| (issue.kind.as_str(), issue.text.as_str())).collect();
    assert_eq!(told, [("warning", "pushlint: so"), ("error", "pushlint: not done")]);
}
