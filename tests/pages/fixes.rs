//! What holds for every fix, tried on all examples of the pages, all twins and all fixtures, with every kind of line
//! end and with a byte order mark.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pushlint::check::{self, Request};
use pushlint::config::Config;
use pushlint::finding::Applicability;
use pushlint::fix::{self, Plan};
use pushlint::report::Report;
use pushlint::rules::RULES;
use pushlint::source::FileId;
use pushlint::swift;

use crate::examples::{Files, examples};

/// How a text is written to its file.
#[derive(Clone, Copy, Debug)]
struct Clothes {
    line_end: &'static str,
    byte_order_mark: bool,
}

const CLOTHES: [Clothes; 3] = [
    Clothes { line_end: "\n", byte_order_mark: false },
    Clothes { line_end: "\r\n", byte_order_mark: true },
    Clothes { line_end: "\r", byte_order_mark: false },
];

/// Small projects, each with the place where it is written.
fn projects() -> Vec<(String, Files)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut projects = Vec::new();
    for rule in RULES {
        let twins = fs::read_to_string(root.join("tests/pages/twins").join(rule.id).with_extension("md"));
        let texts = [(format!("rules/{}.md", rule.id), rule.page.to_owned())]
            .into_iter()
            .chain(twins.ok().map(|text| (format!("twins/{}.md", rule.id), text)));
        for (name, text) in texts {
            projects.extend(examples(&name, &text).into_iter().map(|example| (example.place, example.files)));
        }
    }
    let mut fixtures: Vec<_> = fs::read_dir(root.join("fixtures")).unwrap().flatten().collect();
    fixtures.sort_by_key(fs::DirEntry::file_name);
    for fixture in fixtures.iter().filter(|entry| entry.path().is_dir()) {
        let mut files = Files::new();
        let walk = walkdir::WalkDir::new(fixture.path()).into_iter().flatten();
        for entry in walk.filter(|entry| entry.file_type().is_file()) {
            let path = entry.path().strip_prefix(fixture.path()).unwrap().to_str().unwrap().to_owned();
            files.insert(path, fs::read_to_string(entry.path()).unwrap());
        }
        projects.push((fixture.path().display().to_string(), files));
    }
    assert!(projects.len() > 200, "only {} projects", projects.len());
    projects
}

fn dressed(text: &str, clothes: Clothes) -> String {
    let mark = if clothes.byte_order_mark { "\u{feff}" } else { "" };
    mark.to_owned() + &text.replace('\n', clothes.line_end)
}

struct Tried {
    first: Report,
    plan: Plan,
    again: Plan,
}

/// Fixes a project on the disk, and fixes the result once more.
fn tried(files: &Files, clothes: Clothes, least: Applicability) -> Tried {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, dressed(text, clothes)).unwrap();
    }
    let request = Request {
        folder: folder.path().canonicalize().unwrap(),
        config: Config::default(),
        ..Request::default()
    };
    let first = check::run(&request).unwrap();
    let plan = fix::plan(&request, &first, least).unwrap();
    assert!(plan.write().failures.is_empty());
    let second = check::run(&request).unwrap();
    let again = fix::plan(&request, &second, least).unwrap();
    Tried { first, plan, again }
}

/// The lines of a text, without their order, each `!` as `?`, and without comments to pushlint: what no fix may change.
fn matter(bytes: &[u8]) -> BTreeMap<String, usize> {
    const REMOVED: char = '\0';
    const CRLF: char = '\u{85}';
    let mut text = String::from_utf8(bytes.to_vec()).unwrap();
    for comment in swift::comments(&text).iter().rev() {
        let range = comment.start as usize..comment.end as usize;
        if text[range.clone()].contains("pushlint:") {
            text.replace_range(range, &REMOVED.to_string());
        }
    }
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.replace("\r\n", &CRLF.to_string()).split_inclusive(['\n', '\r', CRLF]) {
        let content = line.trim_end_matches(['\n', '\r', CRLF]);
        let code = content.replace("\0 ", "").replace(REMOVED, "").replace('!', "?");
        if !code.trim().is_empty() || !content.contains(REMOVED) {
            *lines.entry(code.trim_end().to_owned() + &line[content.len()..]).or_default() += 1;
        }
    }
    lines
}

fn damage(bytes: &[u8]) -> usize {
    swift::parse(FileId(0), std::str::from_utf8(bytes).unwrap()).unwrap().damaged().len()
}

/// What findings there are: rule and message.
fn told(report: &Report) -> BTreeMap<(&'static str, &str), usize> {
    let mut told = BTreeMap::new();
    for finding in &report.findings {
        *told.entry((finding.rule, finding.message.as_str())).or_default() += 1;
    }
    told
}

fn complaints(place: &str, files: &Files, clothes: Clothes) -> (usize, Vec<String>) {
    let mut complaints = Vec::new();
    let mut complain = |text: String| complaints.push(format!("{place} {clothes:?}: {text}"));
    let Tried { first, plan, again } = tried(files, clothes, Applicability::Unsafe);
    if !again.changes.is_empty() {
        complain("fixing it again changes it again".to_owned());
    }
    for notice in &plan.left_out {
        complain(format!("left out: {}", notice.text));
    }
    for change in plan.changes.values() {
        let path = &change.path;
        if matter(&change.before) != matter(&change.after) {
            complain(format!("{path}: more was changed than lines moved and `?` made `!`"));
        }
        if change.before == change.after {
            complain(format!("{path}: nothing was changed"));
        }
        if damage(&change.after) > damage(&change.before) {
            complain(format!("{path}: is understood less than before"));
        }
    }
    let Some(remaining) = &plan.remaining else { return (0, complaints) };
    let (before, after) = (told(&first), told(remaining));
    for (finding, count) in &after {
        if before.get(finding).is_none_or(|known| known < count) {
            complain(format!("a new finding: {finding:?}"));
        }
    }
    for rule in RULES {
        let of_rule = |report: &Report, is_fixable: bool| {
            let all = report.findings.iter().filter(|finding| finding.rule == rule.id);
            all.filter(|finding| !is_fixable || finding.fix.is_some()).count()
        };
        let fixable = of_rule(&first, true);
        if of_rule(remaining, false) + fixable != of_rule(&first, false) {
            complain(format!("{}: {fixable} were to be fixed, and not so many are gone", rule.id));
        }
    }
    (plan.changes.values().map(|change| change.fixes).sum(), complaints)
}

#[test]
fn fixes_settle_change_nothing_else_and_mend_what_they_are_for() {
    let mut all = Vec::new();
    let mut fixes = 0;
    for (place, files) in projects() {
        for clothes in CLOTHES {
            let (count, complaints) = complaints(&place, &files, clothes);
            fixes += count;
            all.extend(complaints);
            // What has nothing to fix in one dress has nothing in the others: line ends change no finding.
            if count == 0 {
                break;
            }
        }
    }
    assert!(all.is_empty(), "{} complaints, {fixes} fixes\n{}", all.len(), all.join("\n"));
    assert!(fixes > 50, "only {fixes} fixes were tried");
}

#[test]
fn without_unsafe_fixes_only_lines_move() {
    let no_marks = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().matches('!').count();
    let mut moved = 0;
    for (place, files) in projects() {
        let Tried { plan, .. } = tried(&files, CLOTHES[0], Applicability::Safe);
        for change in plan.changes.values() {
            moved += 1;
            assert_eq!(no_marks(&change.before), no_marks(&change.after), "{place}");
        }
    }
    assert!(moved > 3, "only {moved} files were changed");
}
