//! `--output FORMAT=PATH`: which files a report may replace, and what stays as it is.

mod project;

use project::{ASKS_EARLY, Project, handler};

const FORMATS: [&str; 9] =
    ["human", "short", "xcode", "json", "sarif", "github", "gitlab", "rdjson", "markdown"];

/// A handler that leaves without a report.
fn loses_calls() -> String {
    handler("Calls", "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }")
}

#[test]
fn an_older_report_is_replaced_by_one_of_any_format() {
    // A message that has no room behind the name of its rule begins below.
    let long = loses_calls().replace("Calls", &"Calls".repeat(10));
    for text in [loses_calls(), handler("Calls", ""), long] {
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

#[test]
fn what_somebody_wrote_before_or_after_a_report_is_not_lost() {
    let project = Project::new(&[("Calls.swift", &loses_calls())]);
    for format in FORMATS {
        let write = || project.run(&["--quiet", "--output", &format!("{format}=report")]);
        assert_eq!(write().status, 1, "{format}");
        let report = project.read("report");
        for text in [format!("{report}\nTo do: ask Ada\n"), format!("To do: ask Ada\n\n{report}")] {
            project.write("report", &text);
            let said = write();
            let (status, line) = said.complained();
            assert_eq!(status, 2, "{format}");
            assert!(line.contains("holds something else than a report of pushlint"), "{line}");
            assert_eq!(project.read("report"), text, "{format}");
        }
        std::fs::remove_file(project.folder().join("report")).unwrap();
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

/// What a run says of a device that takes nothing.
const FULL: &str = "cannot be written: no space left on device\n";

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_in_a_line_and_fails() {
    let project = Project::new(&[("Calls.swift", &loses_calls())]);
    for format in FORMATS {
        let mut command = project::pushlint(project.folder(), &["--quiet", "--format", format]);
        command.stdout(std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device"));
        let said = project::Said::of(&mut command);
        let mark = if format == "xcode" { "error: " } else { "" };
        let line = format!("{mark}pushlint: standard output: {FULL}");
        assert_eq!(said.complained(), (2, line.as_str()), "{format}");

        let said = project.run(&["--quiet", "--output", &format!("{format}=/dev/full")]);
        assert_eq!(said.complained(), (2, format!("pushlint: /dev/full: {FULL}").as_str()), "{format}");
        assert!(said.out.contains("missing-call-report"), "the findings are not lost: {}", said.out);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_whole_stays_as_it_was() {
    let project = Project::new(&[("Calls.swift", &loses_calls()), ("App.swift", ASKS_EARLY)]);
    project.run(&["--output", "json=report.json"]);
    project.run(&["baseline", "write"]);
    let (report, baseline) = (project.read("report.json"), project.read("pushlint-baseline.toml"));
    let entries = project.entries();
    for (args, told) in [
        (&["--no-baseline", "--output", "sarif=report.json"][..], "report.json: cannot be written"),
        (&["--output", "sarif=new.json"], "new.json: cannot be written"),
        (&["baseline", "write"], "pushlint-baseline.toml: cannot be written"),
        (&["init"], "pushlint.toml: cannot be written"),
        (&["--no-baseline", "--fix"], "App.swift: was not fixed"),
    ] {
        let said = project.run_without_space(args);
        let line = format!("pushlint: {told}: file too large\n");
        assert_eq!(said.status, 2, "{args:?}: {}", said.err);
        assert!(said.err.contains(&line), "{args:?}: {}", said.err);
        assert_eq!(project.read("report.json"), report, "{args:?}");
        assert_eq!(project.read("pushlint-baseline.toml"), baseline, "{args:?}");
        assert_eq!(project.read("App.swift"), ASKS_EARLY, "{args:?}");
        assert_eq!(project.entries(), entries, "nothing is left behind: {args:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_takes_no_files_is_told_and_the_findings_are_shown() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new(&[("Calls.swift", &loses_calls()), ("out/old.txt", "")]);
    for folder in ["out", "."] {
        let read_only = std::fs::Permissions::from_mode(0o555);
        std::fs::set_permissions(project.folder().join(folder), read_only).expect("permissions");
    }
    for path in ["out/report.json", "out/deep/report.json", "report.json"] {
        let said =
            project.run_as_anybody(&["--quiet", "--format", "short", "--output", &format!("json={path}")]);
        let line = format!("pushlint: {path}: cannot be written: permission denied\n");
        assert_eq!(said.complained(), (2, line.as_str()));
        assert!(said.out.starts_with("Calls.swift:"), "{}", said.out);
    }
    let said = project.run_as_anybody(&["baseline", "write"]);
    let line = "pushlint: pushlint-baseline.toml: cannot be written: permission denied\n";
    assert_eq!(said.complained(), (2, line));
}

#[test]
fn nobody_who_reads_is_no_failure() {
    let project = Project::new(&[("Calls.swift", &loses_calls())]);
    let unread = |args: &[&str]| {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        project::Said::of(project::pushlint(project.folder(), args).stdout(writer))
    };
    for format in FORMATS {
        assert_eq!(unread(&["--quiet", "--format", format]).complained(), (1, ""), "{format}");
        if cfg!(unix) {
            let output = format!("{format}=/dev/stdout");
            assert_eq!(unread(&["--quiet", "--output", &output]).complained(), (1, ""), "{format}");
        }
    }
    for args in [
        &["trace"][..],
        &["files"],
        &["rules"],
        &["explain", "missing-call-report"],
        &["config"],
        &["--help"],
        &["--version"],
    ] {
        assert_eq!(unread(args).complained(), (0, ""), "{args:?}");
    }
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let said = project::Said::of(project::pushlint(project.folder(), &["--format", "short"]).stderr(writer));
    assert_eq!((said.status, said.out.lines().count()), (1, 1), "nor of standard error: {}", said.out);
}

#[test]
fn a_folder_beside_the_project_is_where_its_name_says() {
    let around = Project::folder_with(&[("app/App/Calls.swift", &loses_calls()), ("app/.git/HEAD", "")]);
    for (folder, path) in [("app", "../out/a.json"), ("app/App", "../../b.json"), ("app/App", "../c.json")] {
        let said = around.run_in(folder, &["--quiet", "--output", &format!("json={path}")]);
        assert_eq!(said.complained(), (1, ""), "{path}");
        assert!(around.read(&format!("{folder}/{path}")).starts_with('{'), "{path}");
    }
    // Behind a link `..` means something else than its name says.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../out", around.folder().join("app/link")).expect("a link");
        let said = around.run_in("app", &["--output", "json=link/../d.json"]);
        assert_eq!(said.status, 2, "{}", said.err);
        assert!(said.err.contains("a symbolic link leads out of the project"), "{}", said.err);
    }
}
