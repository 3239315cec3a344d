//! The apps in `fixtures/`, read as they come: every expected finding is there, and no other one.

mod expectations;

use std::fs;
use std::path::{Path, PathBuf};

use expectations::{Expectation, differences, expectation, expectations};
use pushlint::check::{self, Request};
use pushlint::config::{Config, Selection};
use pushlint::finding::Confidence;
use pushlint::report::{Handler, Report};
use pushlint::source::FileId;
use pushlint::swift;
use walkdir::WalkDir;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The path of a file below the fixture, with `/` between the parts.
fn below(fixture: &Path, file: &Path) -> String {
    let path = file.strip_prefix(fixture).expect("a file of the fixture");
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A line of a list of expectations: `<path>:<line> <rule> [level]`.
fn expectation_at(line: &str) -> Result<Expectation, String> {
    let (place, mark) = line.split_once(' ').ok_or_else(|| format!("`{line}` has no rule"))?;
    let (path, number) = place.rsplit_once(':').ok_or_else(|| format!("`{place}` has no line"))?;
    let number = number.parse().map_err(|_| format!("`{number}` is no line"))?;
    expectation(path, number, mark)
}

fn files(folder: &Path, kinds: &[&str]) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let paths = entries.map(|entry| entry.expect("a readable folder").into_path());
    let is_wanted =
        |path: &PathBuf| path.extension().is_some_and(|kind| kinds.iter().any(|wanted| kind == *wanted));
    paths.filter(is_wanted).collect()
}

/// The marks in the files of a fixture, and what its `expected.txt` lists.
fn expected(fixture: &Path) -> Vec<Expectation> {
    let mut all = Vec::new();
    for path in files(fixture, &["swift", "plist", "entitlements", "xcconfig", "pbxproj"]) {
        let text = fs::read_to_string(&path).expect("a readable file");
        all.extend(expectations(&below(fixture, &path), &text).expect("marks that make sense"));
    }
    let list = fs::read_to_string(fixture.join("expected.txt")).unwrap_or_default();
    all.extend(list.lines().map(|line| expectation_at(line).expect("a line that makes sense")));
    all
}

/// Checks a fixture as somebody would who names its folder.
fn check(name: &str) -> Report {
    let fixture = fixtures().join(name);
    let request = Request { paths: vec![fixture.clone()], folder: fixtures(), ..Request::default() };
    let report = check::run(&request).expect("a run");
    assert_eq!(report.notices, [], "{name}");
    let complaints = differences(&expected(&fixture), &report, |file| below(&fixture, &file.absolute));
    assert!(
        complaints.is_empty(),
        "fixtures/{name}: {} complaints\n{}",
        complaints.len(),
        complaints.join("\n")
    );
    report
}

#[test]
fn every_file_is_understood() {
    let mut complaints = Vec::new();
    for path in files(&fixtures(), &["swift"]) {
        let text = fs::read_to_string(&path).expect("a readable file");
        let facts = swift::parse(FileId(0), &text).expect("a file of usual size");
        for span in facts.damaged() {
            complaints.push(format!("{}: {}", path.display(), &text[span.start as usize..span.end as usize]));
        }
    }
    assert_eq!(complaints, Vec::<String>::new());
}

#[test]
fn ring_has_four_mistakes_in_four_files() {
    assert_eq!(expected(&fixtures().join("ring")).len(), 4);
    check("ring");
}

#[test]
fn the_case_of_the_forum_thread_is_one_story_with_its_smaller_faults_and_no_missing_report() {
    assert_eq!(expected(&fixtures().join("forum-thread")).len(), 6);
    let report = check("forum-thread");
    let stored = report.findings.iter().find(|finding| finding.rule == "registry-stored-property");
    assert_eq!(stored.map(|finding| finding.confidence), Some(Confidence::Medium));
}

#[test]
fn the_identifier_that_nobody_keeps_is_told_to_whoever_asks() {
    let mut config = Config::default();
    let rule = "unkept-call-identifier".to_owned();
    config.select(Selection { only: &[rule], ..Selection::default() }).expect("a known rule");
    let paths = vec![fixtures().join("forum-thread")];
    let report =
        check::run(&Request { paths, folder: fixtures(), config, ..Request::default() }).expect("a run");
    let told: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(told, ["the app does not keep the identifier of this call"]);
}

#[test]
fn nothing_is_found_in_a_correct_app() {
    assert_eq!(expected(&fixtures().join("clean")), []);
    let report = check("clean");
    // The handler of file changes has no call to report, and is none of them.
    assert_eq!(report.handlers.len(), 4);
    assert!(report.handlers.iter().all(Handler::all_report));
}

#[test]
fn a_plugin_reports_where_the_handler_gets_that_far() {
    check("sdk/flutter");
}

#[test]
fn a_first_screen_that_makes_the_provider_is_too_late() {
    check("sdk/twilio");
}

#[test]
fn apps_that_are_read_together_are_not_mixed() {
    let folder = fixtures();
    let apps = ["ring", "forum-thread", "clean", "sdk/flutter", "sdk/twilio"];
    let in_folder = |app: &str| {
        let of_app = expected(&folder.join(app)).into_iter();
        of_app.map(|found| Expectation { path: format!("{app}/{}", found.path), ..found }).collect::<Vec<_>>()
    };
    let expected: Vec<Expectation> = apps.into_iter().flat_map(in_folder).collect();
    let request = Request { paths: vec![folder.clone()], folder: folder.clone(), ..Request::default() };
    let report = check::run(&request).expect("a run");
    let complaints = differences(&expected, &report, |file| below(&folder, &file.absolute));
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}
