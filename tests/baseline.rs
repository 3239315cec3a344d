//! A baseline: what it knows is not reported again, what is new is, and what is gone is told.

mod project;

use std::fs;

use project::{Project, handler};

const A: &str = "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }";
const B: &str = "        guard let b = payload.dictionaryPayload[\"b\"] else { return completion() }";
const FILE: &str = "pushlint-baseline.toml";

/// A project with one finding, which its baseline knows.
fn adopted() -> Project {
    let project = Project::new(&[
        ("pushlint.toml", "baseline = \"pushlint-baseline.toml\"\n"),
        ("App/Calls.swift", &handler("Calls", A)),
    ]);
    assert_eq!(project.run(&[]).status, 2, "a baseline that is named and not there");
    let said = project.run(&["baseline", "write"]);
    assert_eq!((said.status, said.err.as_str()), (0, "pushlint: pushlint-baseline.toml: 1 finding known\n"));
    project
}

/// A project with one finding in `App/Calls.swift`, which concerns `App/Screen.swift` too.
fn calls_through_a_screen() -> Project {
    let calls = handler("Calls", "").replace("provider.report", "screen.report");
    let screen = "final class Screen {\n    func reportNewIncomingCall(with: UUID, update: CXCallUpdate, then: () -> Void) {}\n}\n";
    let project = Project::new(&[("App/Calls.swift", &calls), ("App/Screen.swift", screen)]);
    project.edit("App/Calls.swift", "    let provider", "    let screen = Screen()\n    let provider");
    project
}

/// The findings, a line each.
fn found(project: &Project, args: &[&str]) -> Vec<String> {
    let args = [&["--format", "short"], args].concat();
    project.run(&args).out.lines().map(ToOwned::to_owned).collect()
}

#[test]
fn what_is_known_is_not_reported_and_is_counted() {
    let project = adopted();
    let said = project.run(&[]);
    assert_eq!((said.status, said.out.as_str()), (0, ""));
    assert!(said.err.contains("; no new findings; 1 known from the baseline; "), "{}", said.err);
    assert_eq!(found(&project, &["--no-baseline"]).len(), 1);
}

#[test]
fn a_baseline_is_read_like_a_list_and_written_the_same_each_time() {
    let project = adopted();
    let text = project.read(FILE);
    let entry = "version = 1\n\n[[finding]]\npath = \"App/Calls.swift\"\nrule = \"missing-call-report\"\n\
                 line = 'guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }'\n";
    assert!(text.ends_with(entry), "{text}");
    project.run(&["baseline", "write"]);
    assert_eq!(project.read(FILE), text);
    project.run(&["baseline", "prune"]);
    assert_eq!(project.read(FILE), text);
}

#[test]
fn moved_and_indented_lines_are_known() {
    let project = adopted();
    project.write("App/Calls.swift", &format!("// One.\r\n\r\n{}", handler("Other", &format!("\t{A}"))));
    assert_eq!(found(&project, &[]), [""; 0]);
}

#[test]
fn what_is_new_is_reported() {
    let project = adopted();
    project.write("App/Calls.swift", &handler("Calls", &format!("{B}\n{A}")));
    let found = found(&project, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("App/Calls.swift:15:"), "{found:?}");
    assert_eq!(project.run(&[]).status, 1);
}

#[test]
fn of_more_lines_that_read_alike_than_are_known_all_are_reported() {
    let project = adopted();
    project.write("App/Calls.swift", &handler("Calls", &format!("{A}\n{A}")));
    assert_eq!(found(&project, &[]).len(), 2);
    let said = project.run(&[]).err;
    assert!(
        said.contains(
            "pushlint: App/Calls.swift: `missing-call-report` is found 2 times on lines that read alike, and 1 of \
             them in the baseline: all are reported\n"
        ),
        "{said}"
    );
    project.run(&["baseline", "write"]);
    assert!(project.read(FILE).ends_with("count = 2\n"));
    assert_eq!(found(&project, &[]), [""; 0]);
}

#[test]
fn what_is_gone_is_told_and_taken_out() {
    let project = adopted();
    project.write("App/Calls.swift", &handler("Calls", ""));
    let said = project.run(&[]);
    assert_eq!(said.status, 0);
    let told = "pushlint: pushlint-baseline.toml: 1 entry matches nothing any more (`missing-call-report` in \
                App/Calls.swift); `pushlint baseline prune` takes out what is gone\n";
    assert!(said.err.starts_with(told), "{}", said.err);
    let said = project.run(&["baseline", "prune"]);
    assert_eq!(said.err, "pushlint: pushlint-baseline.toml: 0 findings known, 1 before\n");
    assert!(project.read(FILE).ends_with("version = 1\n"));
    assert_eq!(project.run(&["--quiet"]).err, "");
}

#[test]
fn pruning_takes_nothing_new_in() {
    let project = adopted();
    project.write("App/Calls.swift", &handler("Calls", &format!("{B}\n{A}")));
    project.run(&["baseline", "prune"]);
    assert_eq!(found(&project, &[]).len(), 1);
}

#[test]
fn only_what_was_judged_can_be_gone() {
    let project = adopted();
    project.write("App/Other.swift", "struct Other {}\n");
    project.write("App/Calls.swift", &handler("Calls", ""));
    let before = project.read(FILE);
    // Another file was asked for.
    assert_eq!(project.run(&["--quiet", "App/Other.swift"]).err, "");
    for action in ["write", "prune"] {
        project.run(&["baseline", action, "App/Other.swift"]);
        assert_eq!(project.read(FILE), before, "{action}");
    }
    // What is not to be heard of is still there.
    project.write("App/Calls.swift", &handler("Calls", A));
    for args in [["--only", "deferred-call-report"], ["--skip", "missing-call-report"]] {
        assert_eq!(project.run(&[&["--quiet"][..], &args].concat()).err, "", "{args:?}");
    }
    let said = project.run(&["--skip", "missing-call-report"]).err;
    assert!(!said.contains("known"), "what was turned off is not counted: {said}");
}

#[test]
fn what_concerns_the_file_that_was_asked_for_is_known_too() {
    let project = calls_through_a_screen();
    let about_screen = found(&project, &["App/Screen.swift"]);
    assert!(about_screen.len() == 1 && about_screen[0].starts_with("App/Calls.swift"), "{about_screen:?}");
    project.run(&["baseline", "write"]);
    assert_eq!(found(&project, &["--baseline", FILE, "App/Screen.swift"]), [""; 0]);
}

#[test]
fn without_git_an_empty_configuration_keeps_paths_the_same_from_wherever_it_is_called() {
    let project = Project::folder_with(&[
        ("Sources/pushlint.toml", ""),
        ("Sources/App/Calls.swift", &handler("Calls", A)),
    ]);
    project.run(&["baseline", "write", "--baseline", "known.toml", "Sources"]);
    for (folder, known, asked) in [
        ("", "known.toml", &["Sources"][..]),
        ("", "known.toml", &["Sources/App/Calls.swift"]),
        ("Sources", "../known.toml", &[]),
        ("Sources/App", "../../known.toml", &[]),
    ] {
        let said = project.run_in(folder, &[&["--baseline", known, "--format", "gitlab"], asked].concat());
        assert_eq!(said.told(), (0, "[]\n"), "{folder}");
    }
}

#[test]
fn a_file_that_was_moved_takes_along_what_is_known() {
    let project = adopted();
    project.rename("App/Calls.swift", "App/Push/Calls.swift");
    let said = project.run(&["--quiet"]);
    assert_eq!(said.told(), (0, ""));
    let told = "pushlint: pushlint-baseline.toml: App/Calls.swift is now App/Push/Calls.swift; `pushlint baseline \
                prune` writes the new path\n";
    assert_eq!(said.err, told);
    project.run(&["baseline", "prune"]);
    assert!(project.read(FILE).contains("path = \"App/Push/Calls.swift\""));
    assert_eq!(project.run(&["--quiet"]).err, "");
}

/// What is known of a file that is gone hides nothing in a file that may be another one.
#[test]
fn a_deleted_file_hides_no_new_mistake() {
    let moved_to = |files: &[(&str, &str)]| {
        let project = adopted();
        project.remove("App/Calls.swift");
        for (path, ways) in files {
            project.write(path, &handler("Other", ways));
        }
        let said = project.run(&["--format", "short"]);
        assert!(!said.err.contains("is now"), "{}", said.err);
        let before = said.out.clone();
        project.run(&["baseline", "prune"]);
        assert_eq!(found(&project, &[]).len(), before.lines().count(), "prune knows no more than a run");
        before
    };
    // Another name.
    assert!(moved_to(&[("App/Other.swift", A)]).starts_with("App/Other.swift:"));
    // The same name, twice: nobody can tell which one it is.
    let two = moved_to(&[("One/Calls.swift", A), ("Two/Calls.swift", "")]);
    assert!(two.starts_with("One/Calls.swift:"), "{two}");

    // A file that has entries of its own was there before.
    let project = adopted();
    project.write("Two/Calls.swift", &handler("Two", B));
    project.run(&["baseline", "write"]);
    project.remove("App/Calls.swift");
    project.write("Two/Calls.swift", &handler("Two", &format!("{B}\n{A}")));
    assert_eq!(found(&project, &[]).len(), 1);
    // One that has a part of what was known may be another one.
    let project = adopted();
    project.write("App/Calls.swift", &handler("Calls", &format!("{B}\n{A}")));
    project.run(&["baseline", "write"]);
    project.remove("App/Calls.swift");
    project.write("New/Calls.swift", &handler("Calls", A));
    assert_eq!(found(&project, &[]).len(), 1);
}

#[test]
fn writing_about_a_path_touches_only_what_lies_there() {
    let project = calls_through_a_screen();
    let said = project.run(&["baseline", "write", "App/Screen.swift"]);
    assert_eq!(said.status, 0);
    assert!(said.err.starts_with("pushlint: pushlint-baseline.toml: 0 findings known; "), "{}", said.err);
    assert!(
        said.err.ends_with("; what was found in App/Calls.swift is not written: it was not asked for\n"),
        "{}",
        said.err
    );
    assert!(!project.read(FILE).contains("[[finding]]"), "{}", project.read(FILE));

    project.run(&["baseline", "write"]);
    let whole = project.read(FILE);
    assert!(whole.contains("path = \"App/Calls.swift\""), "{whole}");
    for _ in 0..2 {
        project.run(&["baseline", "write", "App/Screen.swift"]);
        assert_eq!(project.read(FILE), whole);
    }
}

#[test]
fn what_is_known_already_is_not_said_to_be_left_out() {
    let project = calls_through_a_screen();
    project.run(&["baseline", "write"]);
    let said = project.run(&["baseline", "write", "App/Screen.swift"]).err;
    assert!(said.contains("1 finding known, 1 before") && !said.contains("not written"), "{said}");
}

#[test]
fn a_run_that_does_not_look_at_a_file_says_nothing_of_its_entries() {
    for (name, text) in [
        ("pushlint.toml", "baseline = \"pushlint-baseline.toml\"\nexclude = [\"App/\"]\n"),
        (".gitignore", "App/\n"),
    ] {
        let project = adopted();
        let before = project.read(FILE);
        project.write(name, text);
        let said = project.run(&[]).err;
        assert!(!said.contains("matches nothing"), "{name}: {said}");
        for action in ["prune", "write"] {
            project.run(&["baseline", action]);
            assert_eq!(project.read(FILE), before, "{name}: {action}");
        }
    }
}

#[test]
fn a_baseline_takes_the_place_of_nothing_else() {
    let project = Project::new(&[("Calls.swift", &handler("Calls", A))]);
    for name in ["pushlint.toml", "App/New.swift", "Info.plist"] {
        let said = project.run(&["baseline", "write", "--baseline", name]);
        let line = format!(
            "pushlint: {name}: a baseline is not written to a file that pushlint reads; name another one, such as \
             pushlint-baseline.toml\n"
        );
        assert_eq!(said.complained(), (2, line.as_str()));
        assert!(!project.folder().join(name).exists());
    }
    project.write("notes.toml", "a = 1\n");
    assert_eq!(project.run(&["baseline", "write", "--baseline", "notes.toml"]).status, 2);
    assert_eq!(project.read("notes.toml"), "a = 1\n");
}

#[test]
fn the_folder_of_a_baseline_is_made() {
    let project = Project::new(&[("Calls.swift", &handler("Calls", A))]);
    let said = project.run(&["baseline", "write", "--baseline", "ci/known/pushlint.toml.known"]);
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(project.run(&["--baseline", "ci/known/pushlint.toml.known"]).status, 0);
}

#[test]
fn the_entries_of_a_file_that_is_gone_can_be_taken_out() {
    for gone in ["App/Calls.swift", "App", "./App/"] {
        for action in ["prune", "write"] {
            let project = adopted();
            project.write("Other.swift", &handler("Other", B));
            project.run(&["baseline", "write"]);
            fs::remove_dir_all(project.folder().join("App")).expect("a folder");
            let said = project.run(&["baseline", action, gone]);
            assert_eq!(
                said.complained(),
                (0, "pushlint: pushlint-baseline.toml: 1 finding known, 2 before\n")
            );
            assert!(project.read(FILE).contains("Other.swift") && !project.read(FILE).contains("App/"));
            let said = project.run(&["baseline", action, gone]);
            assert!(said.status == 2 && said.err.contains("cannot be read"), "{gone}: {}", said.err);
        }
    }
}

#[test]
fn what_is_written_twice_about_a_damaged_text_is_known_once() {
    let project = Project::new(&[]);
    project.write("Calls.swift", &[b"// \xff\n", handler("Calls", A).as_bytes()].concat());
    project.run(&["baseline", "write"]);
    let once = project.read(FILE);
    assert!(once.contains("path = \"Calls.swift\"") && !once.contains("count"), "{once}");
    project.run(&["baseline", "write"]);
    assert_eq!(project.read(FILE), once);
}

/// Git knows which files were there before: a namesake that was is no moved file, though it reads the same now.
#[test]
fn a_file_that_was_there_before_is_not_the_one_that_is_gone() {
    let begin = |files: &[(&str, &str)]| {
        let project = Project::repository(files);
        project.run(&["baseline", "write"]);
        project.write("pushlint.toml", &format!("baseline = \"{FILE}\"\n"));
        project.commit("adopt");
        project
    };
    let (lost, fine) = (handler("Calls", A), handler("Calls", ""));
    for is_committed in [false, true] {
        let project = begin(&[("One/Calls [1].swift", &lost), ("Two/Calls [1].swift", &fine)]);
        project.remove("One/Calls [1].swift");
        project.write("Two/Calls [1].swift", &lost);
        if is_committed {
            project.commit("remove");
        }
        assert_eq!(found(&project, &[]).len(), 1, "new, committed: {is_committed}");

        let project = begin(&[("One/Calls [1].swift", &lost)]);
        project.rename("One/Calls [1].swift", "Two/Calls [1].swift");
        if is_committed {
            project.commit("move");
        }
        assert_eq!(found(&project, &[]), [""; 0], "moved, committed: {is_committed}");
    }
}

#[test]
fn a_moved_file_that_has_more_of_a_line_than_is_known_keeps_its_entry() {
    let project = adopted();
    project.remove("App/Calls.swift");
    project.write("App/Push/Calls.swift", &handler("Calls", &format!("{A}\n{A}")));
    assert_eq!(found(&project, &[]).len(), 2, "nobody can tell which one is new");
    let said = project.run(&["--quiet"]).err;
    assert!(said.contains("App/Calls.swift is now App/Push/Calls.swift; "), "{said}");
    assert!(said.contains("found 2 times on lines that read alike, and 1 of them in the baseline"), "{said}");
    project.run(&["baseline", "prune"]);
    let entry = "path = \"App/Push/Calls.swift\"\nrule = \"missing-call-report\"\n";
    assert!(
        project.read(FILE).contains(entry) && !project.read(FILE).contains("count"),
        "{}",
        project.read(FILE)
    );
    project.write("App/Push/Calls.swift", &handler("Calls", A));
    assert_eq!(found(&project, &[]), [""; 0]);
}

#[test]
fn a_moved_file_is_known_under_one_path() {
    for action in ["write", "prune"] {
        let project = adopted();
        project.rename("App/Calls.swift", "App/Push/Calls.swift");
        project.run(&["baseline", action, "App/Push/Calls.swift"]);
        let text = project.read(FILE);
        assert!(
            text.contains("App/Push/Calls.swift") && !text.contains("App/Calls.swift"),
            "{action}: {text}"
        );
    }
}

#[test]
fn of_a_rule_that_is_skipped_nothing_is_said_to_be_reported() {
    let project = adopted();
    project.write("App/Calls.swift", &handler("Calls", &format!("{A}\n{A}")));
    assert_eq!(project.run(&["--quiet", "--skip", "missing-call-report"]).err, "");
}

#[test]
fn nobody_is_told_to_remove_what_is_no_baseline() {
    let project = adopted();
    project.write("README.md", "# Calls\n\nAn app.\n");
    project.write("other.toml", "title = \"something else\"\n");
    for name in ["README.md", "other.toml"] {
        let said = project.run(&["--baseline", name]);
        let line = format!(
            "pushlint: {name}: is no baseline; name one that `pushlint baseline write` wrote, or let it write a new file\n"
        );
        assert_eq!((said.status, said.err), (2, line));
    }
}

#[test]
fn a_copy_is_new() {
    let project = adopted();
    let copy = project.read("App/Calls.swift").replace("Calls", "Copies");
    project.write("App/Copies.swift", &copy);
    assert_eq!(found(&project, &[]).len(), 1);
}

#[test]
fn two_apps_have_entries_of_their_own() {
    let project = Project::new(&[
        ("One/One.xcodeproj/project.pbxproj", ""),
        ("Two/Two.xcodeproj/project.pbxproj", ""),
        ("One/Calls.swift", &handler("Calls", A)),
        ("Two/Calls.swift", &handler("Calls", "")),
    ]);
    project.run(&["baseline", "write"]);
    project.write("Two/Calls.swift", &handler("Calls", A));
    let found = found(&project, &["--baseline", FILE]);
    assert!(found.len() == 1 && found[0].starts_with("Two/Calls.swift"), "{found:?}");
}

#[test]
fn a_baseline_holds_wherever_the_project_lies_and_from_wherever_it_is_asked() {
    let (here, there) = (adopted(), adopted());
    assert_eq!(here.read(FILE), there.read(FILE));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pushlint"));
    let said = project::Said::of(command.current_dir(here.folder().join("App")));
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn a_project_reached_through_a_link_is_the_same() {
    let project = adopted();
    let around = tempfile::tempdir().expect("a folder");
    let link = around.path().join("link");
    std::os::unix::fs::symlink(project.folder(), &link).expect("a link");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pushlint"));
    let said = project::Said::of(command.current_dir(&link));
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
}

#[test]
fn a_baseline_that_cannot_be_understood_is_one_line() {
    let project = adopted();
    for (text, line) in [
        (
            "version = 2\n[new]\n",
            "is a baseline of version 2, and this pushlint knows version 1; update pushlint",
        ),
        ("", "is no baseline; name one"),
        ("version = 1\n<<<<<<< ours\n", ":2:9: "),
        ("version = 1\n[[finding]]\npath = \"a\"\nrule = \"b\"\n", ":2:1: missing field `line`"),
        ("version = 1\n[[finding]]\npath = 1\n", ":3:8: invalid type"),
        ("version = 1\nfindings = []\n", ":2:1: unknown field `findings`"),
    ] {
        project.write(FILE, text);
        for args in [&[][..], &["baseline", "prune"], &["baseline", "write"]] {
            let said = project.run(args);
            assert_eq!((said.status, said.out.as_str()), (2, ""), "{text}");
            assert!(said.err.starts_with("pushlint: pushlint-baseline.toml:"), "{}", said.err);
            assert!(said.err.contains(line) && said.err.lines().count() == 1, "{line}: {}", said.err);
            assert_eq!(project.read(FILE), text, "it stays as it is");
        }
    }
}

#[test]
fn an_incomplete_run_writes_nothing() {
    let project = adopted();
    let before = project.read(FILE);
    let said = project.run(&["baseline", "write", "Missing", "App"]);
    assert_eq!(said.status, 2);
    assert_eq!(said.err, "pushlint: Missing: cannot be read: no such file or directory\n");
    assert_eq!(project.read(FILE), before);
}

#[test]
fn without_a_name_the_use_is_told() {
    let project = Project::new(&[("Calls.swift", &handler("Calls", A))]);
    let said = project.run(&["baseline", "write"]).err;
    assert!(said.contains("`--baseline pushlint-baseline.toml`"), "{said}");
    assert_eq!(project.run(&[]).status, 1);
    assert_eq!(project.run(&["--baseline", FILE]).status, 0);
    assert_eq!(project.run(&["baseline", "prune", "--baseline", "none.toml"]).status, 2);
}

#[test]
fn programs_are_told_how_much_is_known() {
    let project = adopted();
    let json = project.run(&["--format", "json"]).out;
    assert!(json.contains("\"findings\": []") && json.contains("\"known_from_baseline\": 1"), "{json}");
    assert!(!project.run(&["--format", "json", "--no-baseline"]).out.contains("known_from_baseline"));
    // GitHub would open what is only marked as known.
    assert!(project.run(&["--format", "sarif"]).out.contains("\"results\": []"));
}

/// Their paths are one text, which is all that an entry has of them.
#[test]
#[cfg(target_os = "linux")]
fn files_whose_names_are_shown_alike_share_an_entry_and_what_is_new_in_one_is_reported() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::new(&[("pushlint.toml", "")]);
    let put = |name: &[u8], owner: &str| {
        let path = project.folder().join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(path, handler(owner, A)).is_ok()
    };
    if !put(b"a\xff.swift", "One") {
        return;
    }
    assert_eq!(project.run(&["baseline", "write", "--baseline", "known.toml"]).status, 0);
    assert_eq!(found(&project, &["--baseline", "known.toml"]).len(), 0);
    assert!(put(b"a\xfe.swift", "Two"));
    assert_eq!(found(&project, &["--baseline", "known.toml"]).len(), 2, "nobody can tell which is new");
}
