//! `--changed-since`: only what the merge base does not have, and nothing of the repository is touched.

mod project;

use std::path::Path;
use std::process::Command;

use project::{Project, Said, git, handler};

const A: &str = "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }";
const B: &str = "        guard let b = payload.dictionaryPayload[\"b\"] else { return completion() }";

/// A repository with one finding on `main`, at work on a branch.
fn at_work() -> Project {
    let project = Project::repository(&[
        ("App/Calls.swift", &handler("Calls", A)),
        ("App/Other.swift", "struct O {}\n"),
    ]);
    project.git(&["switch", "--quiet", "--create", "work"]);
    project
}

fn since(project: &Project, args: &[&str]) -> Said {
    project.run(&[&["--format", "short", "--changed-since", "main"], args].concat())
}

#[test]
fn what_the_merge_base_has_is_not_reported() {
    let project = at_work();
    let said = since(&project, &[]);
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
    assert!(said.err.contains("; no new findings; 1 known from the merge base; "), "{}", said.err);
    let json = project.run(&["--format", "json", "--changed-since", "main"]).out;
    assert!(json.contains("\"known_from_merge_base\": 1"), "{json}");
}

#[test]
fn what_is_new_is_reported_whether_it_is_committed_or_not() {
    let project = at_work();
    project.write("App/Calls.swift", &handler("Calls", &format!("{A}\n{B}")));
    for is_committed in [false, true] {
        if is_committed {
            project.commit("more");
        }
        let said = since(&project, &[]);
        assert!(said.status == 1 && said.out.starts_with("App/Calls.swift:16:"), "{}{}", said.out, said.err);
        assert_eq!(said.out.lines().count(), 1);
    }
    project.write("App/New.swift", &handler("New", B));
    assert_eq!(since(&project, &[]).out.lines().count(), 2, "a file that git does not know yet");
}

#[test]
fn another_mistake_on_a_line_that_reads_the_same_is_new() {
    let guarded = "        guard let a = payload.dictionaryPayload[\"a\"] else {\n            completion()\n            return\n        }";
    let project = Project::repository(&[("App/Calls.swift", &handler("Calls", guarded))]);
    let before = project.run(&["--format", "short"]).out;
    assert!(before.contains("reports no call"), "{before}");
    let report = "provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in completion() }";
    let never = handler("Calls", "        completion()\n        return").replace(report, "");
    project.write("App/Calls.swift", &never);
    let said = since(&project, &[]);
    assert!(said.status == 1 && said.out.contains("never reports a call"), "{}{}", said.out, said.err);
}

#[test]
fn what_came_to_the_other_branch_meanwhile_does_not_count() {
    let project = at_work();
    project.git(&["switch", "--quiet", "main"]);
    project.write("App/Calls.swift", &handler("Calls", &format!("{A}\n{B}")));
    project.commit("a mistake on main");
    project.git(&["switch", "--quiet", "work"]);
    project.write("App/Calls.swift", &handler("Calls", &format!("{B}\n{A}")));
    assert_eq!(since(&project, &[]).out.lines().count(), 1);
}

#[test]
fn a_mistake_that_a_change_elsewhere_makes_is_new() {
    let calls = handler("Calls", "").replace("provider.report", "screen.report");
    let screen = "import CallKit\nfinal class Screen {\n    let provider = CXProvider(configuration: .init())\n    \
                  func reportNewIncomingCall(with id: UUID, update: CXCallUpdate, then: @escaping (Error?) -> Void) {\n        \
                  provider.reportNewIncomingCall(with: id, update: update, completion: then)\n    }\n}\n";
    let project = Project::repository(&[
        (
            "App/Calls.swift",
            &calls.replace("    let provider", "    let screen = Screen()\n    let provider"),
        ),
        ("App/Screen.swift", screen),
    ]);
    assert_eq!(project.run(&[]).status, 0);
    let line = "        provider.reportNewIncomingCall(with: id, update: update, completion: then)\n";
    project.edit("App/Screen.swift", line, "");
    let said = since(&project, &["App/Screen.swift"]);
    assert!(said.status == 1 && said.out.starts_with("App/Calls.swift:"), "{}{}", said.out, said.err);
}

#[test]
fn moved_files_are_no_news() {
    let project = at_work();
    project.rename("App/Calls.swift", "Core/Push/Calls.swift");
    assert_eq!(since(&project, &[]).out, "");
    project.rename("Core/Push/Calls.swift", "Core/Push/Pushes.swift");
    assert_eq!(since(&project, &[]).out, "");
}

#[test]
fn whatever_is_taken_for_a_moved_file_is_told() {
    let project = at_work();
    project.remove("App/Calls.swift");
    project.write("Core/Pushes.swift", &format!("// Moved.\n{}", handler("Calls", A)));
    let said = since(&project, &[]);
    assert_eq!(said.told(), (0, ""));
    let told = "pushlint: Core/Pushes.swift: reads like App/Calls.swift, which is gone: what the merge base has there \
                is not new here\n";
    assert!(said.err.starts_with(told), "{}", said.err);
}

/// What is known of a file that is gone hides nothing in a file that is not that one.
#[test]
fn a_deleted_file_hides_no_new_mistake() {
    let two = || {
        Project::repository(&[
            ("App/Old.swift", &handler("Old", A)),
            ("App/Other.swift", &handler("Other", "")),
        ])
    };
    let news = |project: &Project, path: &str| {
        let said = since(project, &[]);
        let is_new = said.status == 1 && said.out.starts_with(path) && said.out.lines().count() == 1;
        assert!(is_new, "{}{}", said.out, said.err);
    };
    // One that was there all along.
    let project = two();
    project.remove("App/Old.swift");
    project.write("App/Other.swift", &handler("Other", A));
    news(&project, "App/Other.swift:");
    // A new one that reads otherwise, though it has the name of the one that is gone.
    let project = two();
    project.remove("App/Old.swift");
    project.write("New/Old.swift", &(handler("New", A) + &"func new() {}\n".repeat(20)));
    news(&project, "New/Old.swift:");
    // One that is another file, moved.
    let project = two();
    project.remove("App/Old.swift");
    project.rename("App/Other.swift", "New/Moved.swift");
    project.write("New/Moved.swift", &handler("Other", A));
    news(&project, "New/Moved.swift:");
    // A copy of the one that was moved and mended.
    let project = two();
    project.remove("App/Old.swift");
    project.write("New/Old.swift", &handler("Old", "        // Mended."));
    project.write("New/Copy.swift", &handler("Copy", A));
    news(&project, "New/Copy.swift:");
}

#[test]
fn a_file_that_is_new_is_asked_about_like_the_whole() {
    let project = at_work();
    project.write("App/New.swift", "struct New {}\n");
    assert_eq!(since(&project, &["App/New.swift"]).status, 0);
    assert_eq!(since(&project, &["App/New.swift", "App/Calls.swift"]).out, "");
}

#[test]
fn the_configuration_of_today_holds_for_both() {
    let project = at_work();
    project.write("App/Old/Calls.swift", &handler("Old", B));
    project.commit("old");
    project.write("pushlint.toml", "exclude = [\"App/Old/\"]\n");
    let said = since(&project, &[]);
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    project.write(
        "pushlint.toml",
        "[[overrides]]\npaths = [\"App/Calls.swift\"]\n[overrides.rules]\nmissing-call-report = \"off\"\n",
    );
    let said = since(&project, &[]);
    assert_eq!(said.out.lines().count(), 1, "the one of the last commit: {}{}", said.out, said.err);
}

#[test]
fn the_repository_is_not_touched() {
    let project = at_work();
    project.write("App/Calls.swift", &handler("Calls", B));
    project.git(&["add", "--all"]);
    project.write("App/Calls.swift", &handler("Calls", &format!("{A}\n{B}")));
    let state = || {
        let mut files: Vec<_> = walk(project.folder());
        files.sort();
        files
    };
    let before = state();
    assert_eq!(since(&project, &[]).status, 1);
    assert_eq!(state(), before);
}

/// Every file with its bytes.
fn walk(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(walk(&path));
        } else {
            let bytes = std::fs::read(&path).expect("a file");
            all.push((path, bytes));
        }
    }
    all
}

#[test]
fn a_hook_that_sets_what_git_says_of_itself_changes_nothing() {
    let project = at_work();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushlint"));
    command.current_dir(project.folder().join("App")).args(["--changed-since", "main"]);
    command.env("GIT_DIR", ".git").env("GIT_INDEX_FILE", ".git/index").env("GIT_WORK_TREE", ".");
    let said = Said::of(&mut command);
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
}

#[test]
fn a_work_tree_beside_the_repository_is_one() {
    let project = at_work();
    let beside = tempfile::tempdir().expect("a folder");
    let tree = beside.path().join("tree");
    project.git(&["worktree", "add", "--quiet", "--detach", tree.to_str().expect("UTF-8"), "work"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushlint"));
    let said = Said::of(command.current_dir(&tree).args(["--changed-since", "main"]));
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
}

#[test]
fn submodules_are_compared_too() {
    let library = Project::repository(&[("Calls.swift", &handler("Library", A))]);
    let project = Project::repository(&[("App/A.swift", "struct A {}\n")]);
    project.git(&["submodule", "--quiet", "add", library.folder().to_str().expect("UTF-8"), "Library"]);
    project.commit("a submodule");
    let said = since(&project, &[]);
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
    assert!(said.err.contains("1 known from the merge base"), "{}", said.err);

    // A commit that is not here.
    project.git(&["update-index", "--cacheinfo", "160000,0123456789012345678901234567890123456789,Library"]);
    project.git(&["commit", "--quiet", "--message", "lost"]);
    let said = project.run(&["--format", "short", "--changed-since", "HEAD"]);
    assert!(said.status == 1 && said.out.starts_with("Library/Calls.swift"), "{}", said.err);
    let told = "pushlint: Library: commit 0123456789 of this submodule is not here, so what is found in it counts as new";
    assert!(said.err.starts_with(told), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_in_the_past_either() {
    let project = at_work();
    std::os::unix::fs::symlink("Calls.swift", project.folder().join("App/Link.swift")).expect("a link");
    project.commit("a link");
    let said = project.run(&["--changed-since", "HEAD"]);
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let project = Project::folder_with(&[("App/Calls.swift", &handler("Calls", A))]);
    project.git(&["init", "--quiet", "--initial-branch", "main"]);
    for revision in ["HEAD", "@", "main"] {
        let said = project.run(&["--format", "short", "--changed-since", revision]);
        assert!(said.status == 1 && said.out.starts_with("App/Calls.swift:"), "{revision}: {}", said.err);
    }
    let said = project.run(&["--changed-since", "mian"]);
    assert_eq!(said.complained(), (2, "pushlint: --changed-since mian: there is no commit yet\n"));
    project.write("App/Calls.swift", &handler("Calls", ""));
    assert_eq!(project.run(&["--changed-since", "HEAD"]).status, 0);
}

#[test]
fn what_cannot_be_compared_is_one_line() {
    let project = at_work();
    let (folder, line) = (project.folder(), |said: &Said| said.err.lines().count());
    let said = project.run(&["--changed-since", "mian"]);
    assert_eq!(
        (said.status, said.err.as_str()),
        (
            2,
            "pushlint: --changed-since mian: there is no such revision here; a branch of the server is \
             `origin/NAME`, once it is fetched\n"
        )
    );
    assert_eq!(project.run(&["--changed-since", ""]).status, 2);
    assert_eq!(project.run(&["--changed-since=--all"]).status, 2);

    project.git(&["checkout", "--quiet", "--orphan", "other"]);
    project.commit("no relative");
    let said = since(&project, &[]);
    assert_eq!(
        (said.status, said.err.as_str()),
        (2, "pushlint: --changed-since main: it has no commit in common with HEAD\n")
    );

    let clone = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", folder.display());
    let place = clone.path().to_str().expect("UTF-8");
    Said::of(&mut git(folder, &["clone", "--quiet", "--depth", "1", "--branch", "work", &url, place]));
    Said::of(&mut git(clone.path(), &["fetch", "--quiet", "--depth", "1", "origin", "other:other"]));
    for (revision, told) in [
        (
            "origin/main",
            "there is no such revision in this shallow clone; fetch more of the history (`git fetch",
        ),
        ("other", "the clone is too shallow to hold a common commit; fetch more of the history (`git fetch"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pushlint"));
        let said = Said::of(command.current_dir(clone.path()).args(["--changed-since", revision]));
        let start = format!("pushlint: --changed-since {revision}: {told}");
        assert!(said.status == 2 && said.err.starts_with(&start) && line(&said) == 1, "{}", said.err);
    }

    let outside = Project::folder_with(&[("A.swift", "struct A {}\n")]);
    let said = since(&outside, &[]);
    assert!(said.status == 2 && said.err.trim_end().ends_with("is in no git repository"), "{}", said.err);

    let mut command = Command::new(env!("CARGO_BIN_EXE_pushlint"));
    let said =
        Said::of(command.current_dir(folder).args(["--changed-since", "main"]).env("PATH", "/nowhere"));
    let told = "pushlint: --changed-since main: it needs the program `git`, which is not on the PATH\n";
    assert_eq!((said.status, said.err.as_str()), (2, told));
}

#[test]
fn the_past_of_every_fixture_is_found_to_have_what_it_has() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut with_findings = 0;
    for entry in std::fs::read_dir(fixtures).expect("fixtures") {
        let from = entry.expect("a fixture").path();
        if !from.is_dir() {
            continue;
        }
        let project = Project::folder_with(&[]);
        for (path, bytes) in walk(&from) {
            let to = project.folder().join(path.strip_prefix(&from).expect("inside"));
            std::fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
            std::fs::write(to, bytes).expect("a file");
        }
        project.git(&["init", "--quiet", "--initial-branch", "main"]);
        project.commit("all");
        with_findings += usize::from(project.run(&["--format", "short"]).out.lines().count() > 0);
        let said = since(&project, &[]);
        assert_eq!(said.out, "", "{}: {}", from.display(), said.err);
    }
    assert!(with_findings > 1);
}
