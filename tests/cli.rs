//! The real binary: what it prints where, and its exit status.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// An app that sets its registry up and never reports a call.
const LOSES_CALLS: &str = r"
import PushKit
import CallKit

final class Calls: NSObject, PKPushRegistryDelegate {
    let provider = CXProvider(configuration: CXProviderConfiguration())

    func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType) {}

    func pushRegistry(
        _ registry: PKPushRegistry,
        didReceiveIncomingPushWith payload: PKPushPayload,
        for type: PKPushType,
        completion: @escaping () -> Void
    ) {
        completion()
    }
}
";

const CLEAN: &str = "struct A { let b = 1 }\n";

fn project(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushlint"));
    command.current_dir(folder).args(args).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn run(project: &TempDir, args: &[&str]) -> Output {
    command(project.path(), args).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

#[test]
fn a_clean_project_is_success_and_says_what_was_proved() {
    let output = run(&project(&[("A.swift", CLEAN.as_bytes())]), &[]);
    assert_eq!((status(&output), stdout(&output)), (0, ""));
    assert!(stderr(&output).starts_with("pushlint: 0 push handlers found; no findings; 1 Swift file read"));
}

#[test]
fn a_lost_call_is_status_1_in_every_format() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes())]);
    for format in ["human", "short", "xcode", "json", "sarif", "github", "gitlab", "rdjson", "markdown"] {
        let output = run(&project, &["--format", format]);
        assert_eq!(status(&output), 1, "{format}");
        assert!(stdout(&output).contains("missing-call-report"), "{format}");
    }
}

#[test]
fn the_threshold_is_the_users() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes())]);
    assert_eq!(status(&run(&project, &["--fail-on", "never"])), 0);
    assert_eq!(status(&run(&project, &["--skip", "missing-call-report"])), 0);
    assert_eq!(status(&run(&project, &["--only", "missing-call-report"])), 1);
    fs::write(project.path().join("pushlint.toml"), "[rules]\nmissing-call-report = \"note\"\n").unwrap();
    assert_eq!(status(&run(&project, &[])), 0);
    assert_eq!(status(&run(&project, &["--fail-on", "note"])), 1);
    assert_eq!(status(&run(&project, &["--no-config"])), 1);
}

#[test]
fn what_is_asked_wrongly_is_one_line_and_status_2() {
    let project = project(&[("A.swift", CLEAN.as_bytes())]);
    for (args, line) in [
        (&["--frmat", "short"][..], "pushlint: unexpected argument '--frmat' found"),
        (&["--format", "xml"], "pushlint: invalid value 'xml' for '--format <FORMAT>'"),
        (
            &["--only", "mising-call-report"],
            "pushlint: unknown rule `mising-call-report`; did you mean `missing-call-report`?",
        ),
        (
            &["--enable", "mising-call-report"],
            "pushlint: unknown rule `mising-call-report`; did you mean `missing-call-report`?",
        ),
        (&["explain", "missing-report"], "pushlint: unknown rule `missing-report`"),
        (&["--output", "sarf=x"], "pushlint: --output sarf=x: unknown format `sarf`; did you mean `sarif`?"),
        (&["--output", "sarif"], "pushlint: --output sarif: expected FORMAT=PATH"),
        (&["--output", "sarif=-"], "pushlint: --output sarif=-: for standard output, use `--format sarif`"),
        (
            &["--output", "sarif=out/a", "--output", "json=./out/b/../a"],
            "pushlint: --output json=./out/b/../a: another --output writes ./out/b/../a already",
        ),
        (&["--config", "none.toml"], "pushlint: none.toml: cannot be read: "),
        (&["-"], "pushlint: `-` needs `--stdin-filename`"),
    ] {
        let output = run(&project, args);
        assert_eq!((status(&output), stdout(&output)), (2, ""), "{args:?}");
        assert!(stderr(&output).starts_with(line), "{args:?}: {}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1, "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn a_missing_path_is_named_and_the_others_are_still_checked() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes())]);
    let output = run(&project, &["--quiet", "--format", "short", "Missing.swift", "Calls.swift"]);
    assert_eq!(status(&output), 2);
    assert_eq!(stderr(&output), "pushlint: Missing.swift: cannot be read: no such file or directory\n");
    assert!(stdout(&output).starts_with("Calls.swift:"));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let project = project(&[("A.swift", CLEAN.as_bytes()), ("B.swift", CLEAN.as_bytes())]);
    let path = project.path().join("B.swift");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&path).is_ok() {
        return; // root reads everything
    }
    let output = run(&project, &["--quiet"]);
    assert_eq!(status(&output), 2);
    assert_eq!(stderr(&output), "pushlint: B.swift: cannot be read: permission denied\n");
}

#[test]
fn a_broken_configuration_is_named_with_its_place() {
    let project = project(&[("A.swift", CLEAN.as_bytes()), ("pushlint.toml", b"\nexlude = []\n")]);
    let output = run(&project, &[]);
    assert_eq!(status(&output), 2);
    assert_eq!(
        stderr(&output),
        "pushlint: pushlint.toml:2:1: unknown key `exlude`; did you mean `exclude`?\n  \
         2 | exlude = []\n    | ^^^^^^\n"
    );
}

#[test]
fn the_configuration_above_what_is_checked_counts() {
    let project = project(&[
        ("pushlint.toml", b"exclude = [\"Old\"]\n"),
        ("App/Old/Calls.swift", LOSES_CALLS.as_bytes()),
    ]);
    assert_eq!(status(&run(&project, &["App"])), 0);
    assert_eq!(
        status(&run(&project, &["App/Old/Calls.swift"])),
        0,
        "an exclusion holds for a named file too"
    );
    assert_eq!(status(&run(&project, &["App", "--no-config"])), 1);
}

#[test]
fn an_override_holds_for_its_paths() {
    let project = project(&[
        (
            "pushlint.toml",
            b"[[overrides]]\npaths = [\"Old/\"]\n[overrides.rules]\nmissing-call-report = \"note\"\n",
        ),
        ("Old/Calls.swift", LOSES_CALLS.as_bytes()),
        ("New/Calls.swift", LOSES_CALLS.as_bytes()),
    ]);
    assert_eq!(status(&run(&project, &["Old"])), 0);
    assert_eq!(status(&run(&project, &["New"])), 1);
}

#[test]
fn patterns_are_relative_to_the_file_that_has_them() {
    let project = project(&[
        ("ci/strict.toml", b"exclude = [\"/Calls.swift\"]\n"),
        ("pushlint.toml", b"exclude = [\"/App/Calls.swift\"]\n"),
        ("App/Calls.swift", LOSES_CALLS.as_bytes()),
    ]);
    let app = project.path().join("App");
    let status_in_app = |config: &str| status(&command(&app, &["--config", config]).output().unwrap());
    assert_eq!(status_in_app("../pushlint.toml"), 0);
    assert_eq!(status_in_app("../ci/strict.toml"), 1);
}

#[test]
fn strange_files_do_not_stop_the_run() {
    let mut latin = LOSES_CALLS.as_bytes().to_vec();
    latin.extend_from_slice(b"// \xE9t\xE9\n");
    let project = project(&[
        ("Empty.swift", b""),
        ("Latin.swift", &latin),
        ("Wide.swift", b"\xFF\xFEi\0m\0p\0o\0r\0t\0"),
        ("Binary.swift", &[0, 159, 146, 150, 0]),
        ("x.swift/A.swift", CLEAN.as_bytes()),
    ]);
    let output = run(&project, &["--format", "short"]);
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).starts_with("Latin.swift:"));
    assert!(stderr(&output).contains("Latin.swift: is not UTF-8 throughout"));
    assert!(stderr(&output).contains("Wide.swift: is UTF-16"));
    assert!(!stderr(&output).contains("Empty.swift"));
}

#[cfg(unix)]
#[test]
fn a_circle_of_links_ends() {
    let project = project(&[("App/A.swift", CLEAN.as_bytes())]);
    std::os::unix::fs::symlink("..", project.path().join("App/up")).unwrap();
    let output = run(&project, &[]);
    assert_eq!(status(&output), 0);
    assert!(stderr(&output).contains("1 Swift file read"));
}

#[test]
fn a_folder_without_swift_is_success_and_says_so() {
    let output = run(&project(&[("README.md", b"hello")]), &[]);
    assert_eq!(status(&output), 0);
    assert!(stderr(&output).contains("pushlint: no Swift files were found"));
}

#[test]
fn who_leaves_everything_out_is_not_told_that_there_is_nothing() {
    let project = project(&[
        ("pushlint.toml", b"exclude = [\"App\"]\n"),
        ("App/Calls.swift", LOSES_CALLS.as_bytes()),
        ("App/A.swift", CLEAN.as_bytes()),
    ]);
    let output = run(&project, &["--quiet"]);
    assert_eq!(
        (status(&output), stderr(&output)),
        (0, "pushlint: every Swift file (2) is left out by `exclude` in the configuration\n")
    );
    fs::write(project.path().join("pushlint.toml"), "").unwrap();
    fs::rename(project.path().join("App"), project.path().join("ThirdParty")).unwrap();
    let output = run(&project, &["--quiet"]);
    assert_eq!(stderr(&output), "pushlint: every Swift file (2) lies in a folder for code of others\n");
}

#[test]
fn source_on_standard_input_stands_for_its_file() {
    let project = project(&[("App/Calls.swift", CLEAN.as_bytes())]);
    let mut child =
        command(project.path(), &["--stdin-filename", "App/Calls.swift", "--format", "short", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
    child.stdin.take().unwrap().write_all(LOSES_CALLS.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).starts_with("App/Calls.swift:"));
}

#[test]
fn output_that_nobody_reads_is_no_failure() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes())]);
    let mut child = command(project.path(), &["rules", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn colours_are_for_those_who_ask() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes())]);
    let coloured = |args: &[&str], no_color: Option<&str>| {
        let mut command = command(project.path(), args);
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        command.output().unwrap().stdout.contains(&0x1B)
    };
    assert!(!coloured(&[], None), "there is no terminal");
    assert!(coloured(&["--color", "always"], None));
    assert!(coloured(&["--color", "always"], Some("1")), "who asks on the command line means it");
    assert!(!coloured(&["--color", "never"], None));
}

#[test]
fn further_outputs_are_written_whole() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes())]);
    let output =
        run(&project, &["--output", "sarif=out.sarif", "--output", "short=out.txt", "--format", "short"]);
    assert_eq!(status(&output), 1);
    assert_eq!(fs::read_to_string(project.path().join("out.txt")).unwrap(), stdout(&output));
    assert!(fs::read_to_string(project.path().join("out.sarif")).unwrap().contains("\"2.1.0\""));
    assert_eq!(fs::read_dir(project.path()).unwrap().count(), 3, "nothing else is left behind");
}

#[test]
fn folders_above_an_output_are_made() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes())]);
    let output = run(&project, &["--quiet", "--output", "gitlab=build/reports/gl.json"]);
    assert_eq!((status(&output), stderr(&output)), (1, ""));
    assert!(fs::read_to_string(project.path().join("build/reports/gl.json")).unwrap().starts_with("[\n"));
}

#[test]
fn an_output_that_cannot_be_written_is_named_and_keeps_nothing_else_from_being_written() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes()), ("folder/a", b"")]);
    for (path, why) in [
        ("Calls.swift/out.sarif", "not a directory"),
        ("Calls.swift/deep/out.sarif", "not a directory"),
        ("folder", "is a directory"),
    ] {
        let bad = format!("sarif={path}");
        let output = run(&project, &["--quiet", "--output", &bad, "--output", "short=out.txt"]);
        assert_eq!(status(&output), 2);
        assert_eq!(stderr(&output), format!("pushlint: {path}: cannot be written: {why}\n"));
        assert!(stdout(&output).contains("missing-call-report"));
        assert!(fs::read_to_string(project.path().join("out.txt")).unwrap().starts_with("Calls.swift:"));
        fs::remove_file(project.path().join("out.txt")).unwrap();
    }
    assert_eq!(fs::read(project.path().join("Calls.swift")).unwrap(), LOSES_CALLS.as_bytes());
}

#[cfg(unix)]
#[test]
fn an_output_through_a_link_goes_where_the_link_points() {
    let project = project(&[("A.swift", CLEAN.as_bytes()), ("real.json", b"old")]);
    std::os::unix::fs::symlink("real.json", project.path().join("link.json")).unwrap();
    assert_eq!(status(&run(&project, &["--output", "gitlab=link.json"])), 0);
    assert_eq!(fs::read_to_string(project.path().join("real.json")).unwrap(), "[]\n");
    let twice = run(&project, &["--output", "gitlab=link.json", "--output", "json=real.json"]);
    assert_eq!(status(&twice), 2);
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes())]);
    let output = run(&project, &["--quiet", "--output", "short=/dev/stdout", "--format", "gitlab"]);
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).contains("\nCalls.swift:"), "{}", stdout(&output));
}

#[test]
fn what_stops_a_run_is_an_error_in_xcode_too() {
    let project = project(&[("Calls.swift", LOSES_CALLS.as_bytes())]);
    let output = run(&project, &["--format", "xcode"]);
    assert_eq!((status(&output), stderr(&output)), (1, ""), "no summary, which Xcode would show as an issue");
    let output = run(&project, &["--format", "xcode", "--config", "none.toml"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).starts_with("error: pushlint: none.toml: cannot be read"));
}

#[test]
fn a_hook_that_names_one_file_gets_the_answer_of_the_project() {
    let helper = "import Foundation\nfunc helper() {}\n";
    let project = project(&[
        (".git/HEAD", b""),
        ("App/Calls.swift", LOSES_CALLS.as_bytes()),
        ("App/Helper.swift", helper.as_bytes()),
    ]);
    assert_eq!(status(&run(&project, &["App/Helper.swift"])), 0);
    assert_eq!(status(&run(&project, &["App/Calls.swift"])), 1);
}

#[test]
fn tests_and_code_of_others_are_never_reported_on() {
    let project = project(&[
        ("AppTests/Calls.swift", LOSES_CALLS.as_bytes()),
        ("Pods/Calls/Calls.swift", LOSES_CALLS.as_bytes()),
        ("ThirdParty/Calls.swift", LOSES_CALLS.as_bytes()),
        ("App/A.swift", CLEAN.as_bytes()),
    ]);
    assert_eq!(status(&run(&project, &[])), 0);
}

#[test]
fn what_is_in_another_language_is_said() {
    let project = project(&[
        ("App/A.swift", CLEAN.as_bytes()),
        ("App/Calls.m", b"#import <PushKit/PushKit.h>\n"),
        ("App/Other.m", b"#import <UIKit/UIKit.h>\n"),
    ]);
    let output = run(&project, &[]);
    assert_eq!(status(&output), 0);
    assert!(stderr(&output).contains("not read: App/Calls.m"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("Other.m"));
}

#[test]
fn every_rule_is_listed_and_explained() {
    let project = project(&[]);
    let list = run(&project, &["rules"]);
    assert_eq!(status(&list), 0);
    for line in stdout(&list).lines() {
        let id = line.split_whitespace().next().unwrap();
        let page = run(&project, &["explain", id]);
        assert!(status(&page) == 0 && stdout(&page).starts_with(id), "{id}");
    }
    assert!(stdout(&list).contains("missing-call-report"));
}

#[test]
fn the_launch_is_told_once_by_the_first_finding_that_is_shown() {
    let app = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/ring");
    let told = |args: &[&str]| {
        let output = command(Path::new(app), args).output().unwrap();
        ["1: `AppDelegate` is built", "  see: "].map(|words| stdout(&output).matches(words).count())
    };
    assert_eq!(told(&[]), [1, 1]);
    assert_eq!(told(&["--only", "registry-before-provider"]), [1, 0]);
}

#[test]
fn a_file_that_breaks_off_inside_its_handler_is_said_not_to_be_understood() {
    let cut = LOSES_CALLS.split("completion()").next().unwrap();
    let text = format!("{cut} if x {{ (((\n");
    let project = project(&[("Calls.swift", text.as_bytes())]);
    let output = run(&project, &["Calls.swift"]);
    let summary = String::from_utf8_lossy(&output.stderr);
    assert!(summary.contains("not understood"), "{summary}");
}

#[test]
fn a_hook_that_names_nothing_asks_for_nothing() {
    let project = project(&[(".git/HEAD", b""), ("App/Calls.swift", LOSES_CALLS.as_bytes())]);
    assert_eq!(status(&run(&project, &[])), 1);
    let output = run(&project, &["--from-hook", "--format", "json"]);
    assert_eq!(status(&output), 0);
    assert!(stdout(&output).contains("\"findings\": []"));
    assert_eq!(status(&run(&project, &["--from-hook", "App/Calls.swift"])), 1);
}

#[test]
fn what_is_excluded_stays_so_though_a_hook_names_it() {
    let files = ["Pods/Calls/Calls.swift", "Generated/Calls.swift", "Old/Calls.swift", "App/A.swift"];
    let project = project(&[
        (".git/HEAD", b""),
        (".gitignore", b"Generated/\n"),
        ("pushlint.toml", b"exclude = [\"Old/\"]\n"),
        (files[0], LOSES_CALLS.as_bytes()),
        (files[1], LOSES_CALLS.as_bytes()),
        (files[2], LOSES_CALLS.as_bytes()),
        (files[3], CLEAN.as_bytes()),
    ]);
    for file in files {
        let output = run(&project, &["--from-hook", file]);
        assert_eq!(status(&output), 0, "{file}: {}", stdout(&output));
    }
    // A person who names them wants to hear about them.
    assert_eq!(status(&run(&project, &files[..2])), 1);
}
