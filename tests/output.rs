//! `--output FORMAT=PATH`: which files a report may replace, and what stays as it is.

mod project;

use project::{Project, handler};

const FORMATS: [&str; 9] =
    ["human", "short", "xcode", "json", "sarif", "github", "gitlab", "rdjson", "markdown"];

/// A handler that leaves without a report.
fn loses_calls() -> String {
    handler("Calls", "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }")
}

#[test]
fn an_older_report_is_replaced_by_one_of_any_format() {
    for text in [loses_calls(), handler("Calls", "")] {
        let project = Project::new(&[("Calls.swift", &text)]);
        for (at, format) in FORMATS.iter().enumerate() {
            let older = FORMATS[(at + 4) % FORMATS.len()];
            for format in [older, *format, *format] {
                let said = project.run(&["--quiet", "--output", &format!("{format}=report")]);
                assert!(said.status < 2, "{older}, {format}: {}", said.err);
                let shown = project.run(&["--quiet", "--format", format]).out;
                assert_eq!(project.read("report"), shown, "{format}");
            }
        }
    }
}

#[test]
fn a_file_that_is_no_report_stays_as_it_is() {
    let project = Project::new(&[
        ("Calls.swift", &loses_calls()),
        ("pushlint.toml", "fail-on = \"error\"\n"),
        ("ci.toml", "fail-on = \"error\"\n"),
        ("App/Info.plist", "<plist/>"),
        ("README.md", "# Calls\n"),
        ("other.sarif", "{\"runs\": []}"),
        (".gitignore", "build/\n"),
    ]);
    project.run(&["baseline", "write"]);
    for path in [
        "Calls.swift",
        "New.swift",
        "pushlint.toml",
        "App/../pushlint.toml",
        "ci.toml",
        "App/Info.plist",
        "README.md",
        "other.sarif",
        ".gitignore",
        "pushlint-baseline.toml",
    ] {
        let before = std::fs::read(project.folder().join(path)).ok();
        let said = project.run(&["--output", &format!("json={path}"), "--config", "ci.toml"]);
        let (status, line) = said.complained();
        assert_eq!((status, said.out.as_str()), (2, ""), "{path}");
        assert!(line.starts_with(&format!("pushlint: --output json={path}: ")), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert_eq!(std::fs::read(project.folder().join(path)).ok(), before, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn two_outputs_never_reach_one_file() {
    use std::os::unix::fs::symlink;
    let project = Project::new(&[("Calls.swift", &loses_calls()), ("there.json", "")]);
    let at = |path: &str| project.folder().join(path);
    symlink("there.json", at("link.json")).expect("a link");
    symlink("link.json", at("second.json")).expect("a link");
    // Links that lead to nothing yet, one of them through another.
    symlink("new.json", at("early.json")).expect("a link");
    symlink("./early.json", at("earlier.json")).expect("a link");
    symlink("round.json", at("round.json")).expect("a link");
    for (one, other) in [
        ("there.json", "link.json"),
        ("link.json", "second.json"),
        ("new.json", "early.json"),
        ("earlier.json", "new.json"),
        ("early.json", "earlier.json"),
    ] {
        let (one, other) = (format!("json={one}"), format!("sarif={other}"));
        let said = project.run(&["--output", &one, "--output", &other]);
        assert_eq!(said.status, 2, "{one} {other}");
        assert!(said.err.contains("another --output writes"), "{}", said.err);
        assert!(!at("new.json").exists());
    }
    let said = project.run(&["--quiet", "--format", "short", "--output", "json=round.json"]);
    assert!(
        said.status == 2 && said.err.starts_with("pushlint: round.json: cannot be written: "),
        "{}",
        said.err
    );

    let said = project.run(&["--quiet", "--output", "json=earlier.json"]);
    assert_eq!(said.complained(), (1, ""));
    assert!(project.read("new.json").starts_with('{') && at("earlier.json").is_symlink());
}

#[cfg(unix)]
#[test]
fn of_two_names_of_one_file_each_gets_its_own_report() {
    let project = Project::new(&[("Calls.swift", &loses_calls()), ("a.json", "")]);
    std::fs::hard_link(project.folder().join("a.json"), project.folder().join("b.json")).expect("a link");
    let said = project.run(&["--quiet", "--output", "json=a.json", "--output", "gitlab=b.json"]);
    assert_eq!(said.complained(), (1, ""));
    assert!(project.read("a.json").starts_with('{') && project.read("b.json").starts_with('['));
}
