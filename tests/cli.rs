//! The real binary: what it prints where, and its exit status.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod project;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use project::{Project, Said, pushlint};

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

#[test]
fn a_clean_project_is_success_and_says_what_was_proved() {
    let said = Project::folder_with(&[("A.swift", CLEAN)]).run(&[]);
    assert_eq!(said.told(), (0, ""));
    assert!(said.err.starts_with("pushlint: 0 push handlers found; no findings; 1 Swift file read"));
}

#[test]
fn a_lost_call_is_status_1_in_every_format() {
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS)]);
    for format in ["human", "short", "xcode", "json", "sarif", "github", "gitlab", "rdjson", "markdown"] {
        let said = project.run(&["--format", format]);
        assert_eq!(said.status, 1, "{format}");
        assert!(said.out.contains("missing-call-report"), "{format}");
    }
}

#[test]
fn a_folder_without_handlers_of_a_project_that_has_some_says_so() {
    let project = Project::new(&[("App/Calls.swift", LOSES_CALLS), ("App/Views/A.swift", CLEAN)]);
    project.edit(
        "App/Calls.swift",
        "let provider",
        "func start() { PKPushRegistry(queue: nil).desiredPushTypes = [.voIP] }\n    let provider",
    );
    let picture = project.run(&["trace", "App/Views"]);
    assert_eq!(
        picture.told(),
        (
            0,
            "No push handler concerns what was asked for; the project has 1 elsewhere.\nWhat asks for pushes does not \
             concern what was asked for.\n"
        )
    );
    let said = project.run(&["App/Views"]);
    assert!(
        said.err.starts_with("pushlint: 0 push handlers found here, 1 elsewhere in the project; "),
        "{}",
        said.err
    );
}

#[test]
fn the_summary_of_a_job_that_failed_does_not_say_that_nothing_was_found() {
    let project = Project::folder_with(&[("A.swift", CLEAN), ("Calls.swift", LOSES_CALLS)]);
    let heading = |args: &[&str]| {
        let said = project.run(&[args, &["--format", "markdown"]].concat());
        assert_eq!(said.status, 2);
        said.out.lines().next().unwrap().to_owned()
    };
    assert_eq!(heading(&["A.swift", "missing"]), "## pushlint: not everything could be checked");
    assert!(heading(&["Calls.swift", "missing"]).ends_with(", and not everything could be checked"));
}

#[test]
fn the_threshold_is_the_users() {
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS)]);
    assert_eq!(project.run(&["--fail-on", "never"]).status, 0);
    assert_eq!(project.run(&["--skip", "missing-call-report"]).status, 0);
    assert_eq!(project.run(&["--only", "missing-call-report"]).status, 1);
    fs::write(project.folder().join("pushlint.toml"), "[rules]\nmissing-call-report = \"note\"\n").unwrap();
    assert_eq!(project.run(&[]).status, 0);
    assert_eq!(project.run(&["--fail-on", "note"]).status, 1);
    assert_eq!(project.run(&["--no-config"]).status, 1);
}

#[test]
fn what_is_asked_wrongly_is_one_line_and_status_2() {
    let project = Project::folder_with(&[("A.swift", CLEAN)]);
    for (args, line) in [
        (&["--frmat", "short"][..], "pushlint: unexpected argument '--frmat' found"),
        (&["--format", "xml"], "pushlint: invalid value 'xml' for '--format <FORMAT>'"),
        (
            &["--thread", "3"],
            "pushlint: unexpected argument '--thread' found; a similar argument exists: '--threads'; try \
             `pushlint --help`\n",
        ),
        (
            &["explain"],
            "pushlint: the following required arguments were not provided: <ID|SYMPTOM>...; try \
             `pushlint explain --help`\n",
        ),
        (
            &["baseline", "wirte"],
            "pushlint: unrecognized subcommand 'wirte'; a similar subcommand exists: 'write'; try \
             `pushlint baseline --help`\n",
        ),
        (
            &["--only", "mising-call-report"],
            "pushlint: unknown rule `mising-call-report`; did you mean `missing-call-report`?",
        ),
        (
            &["--enable", "mising-call-report"],
            "pushlint: unknown rule `mising-call-report`; did you mean `missing-call-report`?",
        ),
        (
            &["explain", "missing-report"],
            "pushlint: unknown rule `missing-report`; did you mean `missing-call-report`?",
        ),
        (
            &["explain", "ringtone"],
            "pushlint: no rule and no symptom is known as `ringtone`; try a part of what the log says",
        ),
        (&["--only", "calls"], "pushlint: unknown rule `calls`; `pushlint rules` lists them\n"),
        (&["config", "missing"], "pushlint: missing: cannot be read: no such file or directory\n"),
        (&["--stdin-filename", ".", "-"], "pushlint: `--stdin-filename .` is a folder; name a file in it\n"),
        (
            &["--stdin-filename", "README.md", "-"],
            "pushlint: `--stdin-filename README.md` is neither a Swift nor a project file\n",
        ),
        (
            &["--stdin-filename", "none/a.txt", "-"],
            "pushlint: `--stdin-filename none/a.txt` is neither a Swift nor a project file\n",
        ),
        (&["--output", "sarf=x"], "pushlint: --output sarf=x: unknown format `sarf`; did you mean `sarif`?"),
        (&["--output", "sarif"], "pushlint: --output sarif: expected FORMAT=PATH"),
        (&["--output", "sarif=out/"], "pushlint: --output sarif=out/: names a folder; name a file in it\n"),
        (&["--output", "sarif=-"], "pushlint: --output sarif=-: for standard output, use `--format sarif`"),
        (
            &["--output", "sarif=out/a", "--output", "json=./out/b/../a"],
            "pushlint: --output json=./out/b/../a: another --output writes ./out/b/../a already",
        ),
        (&["--config", "none.toml"], "pushlint: none.toml: cannot be read: "),
        (&["-"], "pushlint: `-` needs `--stdin-filename`"),
        (&["--stdin-filename", "A.swift"], "pushlint: `--stdin-filename` needs `-` among the paths"),
        (
            &["--only", "missing-call-report", "--skip", "missing-call-report"],
            "pushlint: `--only missing-call-report` and `--skip missing-call-report` contradict each other",
        ),
        (
            &["--skip", "deferred-call-report,missing-call-report", "--enable", "missing-call-report"],
            "pushlint: `--enable missing-call-report` and `--skip missing-call-report` contradict each other",
        ),
        (
            &["baseline"],
            "pushlint: say what is to be done: `pushlint baseline write` or `pushlint baseline prune`\n",
        ),
    ] {
        let said = project.run(args);
        assert_eq!(said.told(), (2, ""), "{args:?}");
        assert!(said.err.starts_with(line), "{args:?}: {}", said.err);
        assert_eq!(said.err.lines().count(), 1, "{args:?}: {}", said.err);
    }
}

#[test]
fn a_missing_path_is_named_and_the_others_are_still_checked() {
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS)]);
    let said = project.run(&["--quiet", "--format", "short", "Missing.swift", "Calls.swift"]);
    assert_eq!(said.status, 2);
    assert_eq!(said.err, "pushlint: Missing.swift: cannot be read: no such file or directory\n");
    assert!(said.out.starts_with("Calls.swift:"));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::folder_with(&[("A.swift", CLEAN), ("B.swift", CLEAN)]);
    let path = project.folder().join("B.swift");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&path).is_ok() {
        return; // root reads everything
    }
    let said = project.run(&["--quiet"]);
    assert_eq!(said.status, 2);
    assert_eq!(said.err, "pushlint: B.swift: cannot be read: permission denied\n");
}

#[test]
fn a_broken_configuration_is_named_with_its_place() {
    let project = Project::folder_with(&[("A.swift", CLEAN), ("pushlint.toml", "\nexlude = []\n")]);
    let said = project.run(&[]);
    assert_eq!(said.status, 2);
    assert_eq!(
        said.err,
        "pushlint: pushlint.toml:2:1: unknown key `exlude`; did you mean `exclude`?\n  \
         2 | exlude = []\n    | ^^^^^^\n"
    );
}

#[test]
fn the_configuration_above_what_is_checked_counts() {
    let project = Project::folder_with(&[
        ("pushlint.toml", "exclude = [\"Old\"]\n"),
        ("App/Old/Calls.swift", LOSES_CALLS),
    ]);
    assert_eq!(project.run(&["App"]).status, 0);
    assert_eq!(project.run(&["App/Old/Calls.swift"]).status, 0, "an exclusion holds for a named file too");
    assert_eq!(project.run(&["App", "--no-config"]).status, 1);
}

#[test]
fn an_override_holds_for_its_paths() {
    let project = Project::folder_with(&[
        (
            "pushlint.toml",
            "[[overrides]]\npaths = [\"Old/\"]\n[overrides.rules]\nmissing-call-report = \"note\"\n",
        ),
        ("Old/Calls.swift", LOSES_CALLS),
        ("New/Calls.swift", LOSES_CALLS),
    ]);
    assert_eq!(project.run(&["Old"]).status, 0);
    assert_eq!(project.run(&["New"]).status, 1);
}

#[test]
fn patterns_are_relative_to_the_file_that_has_them() {
    let project = Project::folder_with(&[
        ("ci/strict.toml", "exclude = [\"/Calls.swift\"]\n"),
        ("pushlint.toml", "exclude = [\"/App/Calls.swift\"]\n"),
        ("App/Calls.swift", LOSES_CALLS),
    ]);
    let status_in_app = |config: &str| project.run_in("App", &["--config", config]).status;
    assert_eq!(status_in_app("../pushlint.toml"), 0);
    assert_eq!(status_in_app("../ci/strict.toml"), 1);
}

#[test]
fn strange_files_do_not_stop_the_run() {
    let mut latin = LOSES_CALLS.as_bytes().to_vec();
    latin.extend_from_slice(b"// \xE9t\xE9\n");
    let project = Project::folder_with(&[("Empty.swift", ""), ("x.swift/A.swift", CLEAN)]);
    project.write("Latin.swift", &latin);
    project.write("Wide.swift", b"\xFF\xFEi\0m\0p\0o\0r\0t\0");
    project.write("Binary.swift", &[0, 159, 146, 150, 0]);
    let said = project.run(&["--format", "short"]);
    assert_eq!(said.status, 1);
    assert!(said.out.starts_with("Latin.swift:"));
    assert!(said.err.contains("Latin.swift: is not UTF-8 throughout"));
    assert!(said.err.contains("Wide.swift: is UTF-16"));
    assert!(!said.err.contains("Empty.swift"));
}

#[cfg(unix)]
#[test]
fn a_circle_of_links_ends() {
    let project = Project::folder_with(&[("App/A.swift", CLEAN)]);
    std::os::unix::fs::symlink("..", project.folder().join("App/up")).unwrap();
    let said = project.run(&[]);
    assert_eq!(said.status, 0);
    assert!(said.err.contains("1 Swift file read"));
}

#[test]
fn a_folder_without_swift_is_success_and_says_so() {
    let said = Project::folder_with(&[("README.md", "hello")]).run(&[]);
    assert_eq!(said.status, 0);
    assert!(said.err.contains("pushlint: no Swift files were found"));
}

#[test]
fn who_leaves_everything_out_is_not_told_that_there_is_nothing() {
    let project = Project::folder_with(&[
        ("pushlint.toml", "exclude = [\"App\"]\n"),
        ("App/Calls.swift", LOSES_CALLS),
        ("App/A.swift", CLEAN),
    ]);
    let said = project.run(&["--quiet"]);
    assert_eq!(
        said.complained(),
        (0, "pushlint: every Swift file (2) is left out by `exclude` in the configuration\n")
    );
    fs::write(project.folder().join("pushlint.toml"), "").unwrap();
    fs::rename(project.folder().join("App"), project.folder().join("ThirdParty")).unwrap();
    let said = project.run(&["--quiet"]);
    assert_eq!(said.err, "pushlint: every Swift file (2) lies in a folder for code of others\n");
}

#[test]
fn source_on_standard_input_stands_for_its_file() {
    let project = Project::folder_with(&[("App/Calls.swift", CLEAN)]);
    let said =
        project.run_with(&["--stdin-filename", "App/Calls.swift", "--format", "short", "-"], LOSES_CALLS);
    assert_eq!(said.status, 1);
    assert!(said.out.starts_with("App/Calls.swift:"));
}

#[test]
fn output_that_nobody_reads_is_no_failure() {
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS)]);
    let mut child = pushlint(project.folder(), &["rules", "--format", "json"])
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
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS)]);
    let coloured = |args: &[&str], no_color: Option<&str>| {
        let mut command = pushlint(project.folder(), args);
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
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS)]);
    let said =
        project.run(&["--output", "sarif=out.sarif", "--output", "short=out.txt", "--format", "short"]);
    assert_eq!(said.status, 1);
    assert_eq!(fs::read_to_string(project.folder().join("out.txt")).unwrap(), said.out);
    assert!(fs::read_to_string(project.folder().join("out.sarif")).unwrap().contains("\"2.1.0\""));
    assert_eq!(fs::read_dir(project.folder()).unwrap().count(), 3, "nothing else is left behind");
}

#[test]
fn folders_above_an_output_are_made() {
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS)]);
    let said = project.run(&["--quiet", "--output", "gitlab=build/reports/gl.json"]);
    assert_eq!(said.complained(), (1, ""));
    assert!(fs::read_to_string(project.folder().join("build/reports/gl.json")).unwrap().starts_with("[\n"));
}

#[test]
fn an_output_that_cannot_be_written_is_named_and_keeps_nothing_else_from_being_written() {
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS), ("folder/a", "")]);
    for (path, why) in [
        ("Calls.swift/out.sarif", "not a directory"),
        ("Calls.swift/deep/out.sarif", "not a directory"),
        ("folder", "is a directory"),
    ] {
        let bad = format!("sarif={path}");
        let said = project.run(&["--quiet", "--output", &bad, "--output", "short=out.txt"]);
        assert_eq!(said.status, 2);
        assert_eq!(said.err, format!("pushlint: {path}: cannot be written: {why}\n"));
        assert!(said.out.contains("missing-call-report"));
        assert!(fs::read_to_string(project.folder().join("out.txt")).unwrap().starts_with("Calls.swift:"));
        fs::remove_file(project.folder().join("out.txt")).unwrap();
    }
    assert_eq!(fs::read(project.folder().join("Calls.swift")).unwrap(), LOSES_CALLS.as_bytes());
}

#[cfg(unix)]
#[test]
fn an_output_through_a_link_goes_where_the_link_points() {
    let project = Project::folder_with(&[("A.swift", CLEAN), ("real.json", "[]")]);
    std::os::unix::fs::symlink("real.json", project.folder().join("link.json")).unwrap();
    assert_eq!(project.run(&["--output", "gitlab=link.json"]).status, 0);
    assert_eq!(fs::read_to_string(project.folder().join("real.json")).unwrap(), "[]\n");
    let twice = project.run(&["--output", "gitlab=link.json", "--output", "json=real.json"]);
    assert_eq!(twice.status, 2);
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS)]);
    let said = project.run(&["--quiet", "--output", "short=/dev/stdout", "--format", "gitlab"]);
    assert_eq!(said.status, 1);
    assert!(said.out.contains("\nCalls.swift:"), "{}", said.out);
}

#[test]
fn what_stops_a_run_is_an_error_in_xcode_too() {
    let project = Project::folder_with(&[("Calls.swift", LOSES_CALLS)]);
    let said = project.run(&["--format", "xcode"]);
    assert_eq!(said.complained(), (1, ""), "no summary, which Xcode would show as an issue");
    for wrong in [&["--format", "xcode", "--foo"][..], &["--format=xcode", "--threads", "x"]] {
        let said = project.run(wrong);
        assert_eq!((said.status, said.out.as_str()), (2, ""));
        assert!(said.err.starts_with("error: pushlint: ") && said.err.lines().count() == 1, "{}", said.err);
    }
    let said = project.run(&["--format", "xcode", "--config", "none.toml"]);
    assert_eq!(said.status, 2);
    assert!(said.err.starts_with("error: pushlint: none.toml: cannot be read"));
}

#[test]
fn a_hook_that_names_one_file_gets_the_answer_of_the_project() {
    let helper = "import Foundation\nfunc helper() {}\n";
    let project = Project::folder_with(&[
        (".git/HEAD", ""),
        ("App/Calls.swift", LOSES_CALLS),
        ("App/Helper.swift", helper),
    ]);
    assert_eq!(project.run(&["App/Helper.swift"]).status, 0);
    assert_eq!(project.run(&["App/Calls.swift"]).status, 1);
}

#[test]
fn tests_and_code_of_others_are_never_reported_on() {
    let project = Project::folder_with(&[
        ("AppTests/Calls.swift", LOSES_CALLS),
        ("Pods/Calls/Calls.swift", LOSES_CALLS),
        ("ThirdParty/Calls.swift", LOSES_CALLS),
        ("App/A.swift", CLEAN),
    ]);
    assert_eq!(project.run(&[]).status, 0);
}

/// When an app asks for pushes cannot be told where a file that is not read may ask for them.
#[test]
fn that_pushes_are_asked_for_late_is_not_said_where_objective_c_may_ask_for_them() {
    let scene = "import PushKit\nimport UIKit\n\nfinal class Scene: NSObject, UIWindowSceneDelegate, PKPushRegistryDelegate {\n    \
        private var registry: PKPushRegistry?\n\n    func scene(_ scene: UIScene, willConnectTo session: UISceneSession, options: UIScene.ConnectionOptions) {\n        \
        let registry = PKPushRegistry(queue: .main)\n        registry.delegate = self\n        registry.desiredPushTypes = [.voIP]\n        self.registry = registry\n    }\n\n    \
        func pushRegistry(_ registry: PKPushRegistry, didUpdate pushCredentials: PKPushCredentials, for type: PKPushType) {}\n}\n";
    let app = "import UIKit\n\n@main\nfinal class AppDelegate: UIResponder, UIApplicationDelegate {}\n";
    let says_late = |other: &str| {
        let project = Project::new(&[
            ("App/Scene.swift", scene),
            ("App/AppDelegate.swift", app),
            ("App/Pushes.m", other),
        ]);
        project.run(&["--no-config", "--format", "short"]).out.contains("late-push-registration")
    };
    assert!(says_late("#import <UIKit/UIKit.h>\n"));
    assert!(!says_late("#import <PushKit/PushKit.h>\n"));
}

#[test]
fn what_is_in_another_language_is_said() {
    let project = Project::folder_with(&[
        ("App/A.swift", CLEAN),
        ("App/Calls.m", "#import <PushKit/PushKit.h>\n"),
        ("App/Other.m", "#import <UIKit/UIKit.h>\n"),
    ]);
    let said = project.run(&[]);
    assert_eq!(said.status, 0);
    assert!(said.err.contains("not read: App/Calls.m"), "{}", said.err);
    assert!(!said.err.contains("Other.m"));
}

#[test]
fn every_rule_is_listed_and_explained() {
    let project = Project::folder_with(&[]);
    let list = project.run(&["rules"]);
    assert_eq!(list.status, 0);
    for line in list.out.lines() {
        let id = line.split_whitespace().next().unwrap();
        let page = project.run(&["explain", id]);
        assert!(page.status == 0 && page.out.starts_with(id), "{id}");
    }
    assert!(list.out.contains("missing-call-report"));
}

#[test]
fn the_launch_is_told_once_by_the_first_finding_that_is_shown() {
    let app = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/ring");
    let told = |args: &[&str]| {
        let said = Said::of(&mut pushlint(Path::new(app), args));
        ["1: `AppDelegate` is built", "  see: "].map(|words| said.out.matches(words).count())
    };
    assert_eq!(told(&[]), [1, 1]);
    assert_eq!(told(&["--only", "registry-before-provider"]), [1, 0]);
}

#[test]
fn a_file_that_breaks_off_inside_its_handler_is_said_not_to_be_understood() {
    let cut = LOSES_CALLS.split("completion()").next().unwrap();
    let text = format!("{cut} if x {{ (((\n");
    let project = Project::folder_with(&[("Calls.swift", &text)]);
    let said = project.run(&["Calls.swift"]);
    let summary = said.err;
    assert!(summary.contains("not understood"), "{summary}");
}

#[test]
fn a_hook_that_names_nothing_asks_for_nothing() {
    let project = Project::folder_with(&[(".git/HEAD", ""), ("App/Calls.swift", LOSES_CALLS)]);
    assert_eq!(project.run(&[]).status, 1);
    let said = project.run(&["--from-hook", "--format", "json"]);
    assert_eq!(said.status, 0);
    assert!(said.out.contains("\"findings\": []"));
    assert_eq!(project.run(&["--from-hook", "App/Calls.swift"]).status, 1);
}

#[test]
fn what_is_excluded_stays_so_though_a_hook_names_it() {
    let files = ["Pods/Calls/Calls.swift", "Generated/Calls.swift", "Old/Calls.swift", "App/A.swift"];
    let project = Project::folder_with(&[
        (".git/HEAD", ""),
        (".gitignore", "Generated/\n"),
        ("pushlint.toml", "exclude = [\"Old/\"]\n"),
        (files[0], LOSES_CALLS),
        (files[1], LOSES_CALLS),
        (files[2], LOSES_CALLS),
        (files[3], CLEAN),
    ]);
    for file in files {
        let said = project.run(&["--from-hook", file]);
        assert_eq!(said.status, 0, "{file}: {}", said.out);
    }
    // A person who names them wants to hear about them.
    assert_eq!(project.run(&files[..2]).status, 1);
}

#[test]
fn a_named_file_that_is_not_checked_is_told_and_fails_a_run_that_checks_nothing_else() {
    let project = Project::new(&[
        ("App.swift", CLEAN),
        ("Old.SWIFT", LOSES_CALLS),
        ("README.md", ""),
        ("Info.plist", "<plist>"),
        ("Broken.plist", "<plist"),
        ("Old.m", "#import <UIKit/UIKit.h>\n"),
    ]);
    let objective_c = "is Objective-C, which pushlint does not read";
    let other = "is neither a Swift nor a project file, and was not read";
    let swift = "was not read: the name of a Swift file ends in `.swift`, in small letters";
    let unused = "was not read: no app with VoIP pushes is seen to be built with it";
    for (asked, status, told) in [
        (&["README.md"][..], 2, vec![("README.md", other)]),
        (&["README.md", "App.swift"], 0, vec![("README.md", other)]),
        (&["Old.SWIFT", "App.swift"], 2, vec![("Old.SWIFT", swift)]),
        (&["Old.m"], 2, vec![("Old.m", objective_c)]),
        (&["Old.m", "App.swift"], 0, vec![("Old.m", objective_c)]),
        (&["Info.plist"], 0, vec![("Info.plist", unused)]),
        (&["Broken.plist", "README.md"], 0, vec![("Broken.plist", unused), ("README.md", other)]),
    ] {
        let said = project.run(&[&["--quiet"], asked].concat());
        let lines: Vec<String> =
            told.iter().map(|(path, why)| format!("pushlint: {path}: {why}\n")).collect();
        assert_eq!((said.status, said.err), (status, lines.concat()), "{asked:?}");
        let said = project.run(&[&["--quiet", "--from-hook"], asked].concat());
        assert_eq!((said.status, said.err.as_str()), (0, ""), "a hook names what is committed: {asked:?}");
    }
}

#[test]
fn a_reporter_that_names_nothing_in_the_project_is_told() {
    let reporter = |call: &str| format!("[[reporters]]\ncall = \"{call}\"\nmeans = \"reports\"\n");
    let config = |calls: &[&str]| calls.iter().map(|call| reporter(call)).collect::<String>();
    let project = Project::new(&[
        ("One/A.swift", LOSES_CALLS),
        ("Two/B.swift", "func talk() { CallSDK.shared.handle(push) }\n"),
        ("pushlint.toml", &config(&["CallSDK.hanlde(_:)", "CalSDK.*", "elsewhere()", "CallSDK.handle(_:)"])),
    ]);
    let told = "\
pushlint: pushlint.toml:1: `CallSDK.hanlde(_:)` names nothing: `hanlde` stands nowhere in the project; did you mean \
                `handle`?
pushlint: pushlint.toml:4: `CalSDK.*` names nothing: `CalSDK` stands nowhere in the project; did you mean `CallSDK`?
pushlint: pushlint.toml:7: `elsewhere()` names nothing: `elsewhere` stands nowhere in the project
";
    let said = project.run(&["--quiet"]);
    assert_eq!((said.status, said.err.as_str()), (1, told));
    // The configuration is for more than what was asked for.
    assert_eq!(project.run(&["--quiet", "Two"]).err, "");
    assert_eq!(project.run(&["--quiet", "--from-hook", "One/A.swift"]).err, "");
    project.write("pushlint.toml", &config(&["CallSDK.handle(_:)", "talk"]));
    assert_eq!(
        project.run(&["--quiet"]).err,
        "",
        "a function that has nothing to do with pushes is one, too"
    );
}

#[test]
fn an_excluded_handler_is_not_passed_over_in_silence() {
    let project = Project::new(&[
        ("App.swift", CLEAN),
        ("Old/Push.swift", LOSES_CALLS),
        ("pushlint.toml", "exclude = [\"Old/\"]\n"),
    ]);
    let said = project.run(&["Old/Push.swift", "App.swift"]);
    let notice = "pushlint: Old/Push.swift: is left out by `exclude` in the configuration\n";
    assert!(said.status == 0 && said.err.contains(notice), "{}", said.err);
    assert!(!project.run(&["--from-hook", "Old/Push.swift", "App.swift"]).err.contains("left out"));
    let said = project.run(&[]);
    assert!(
        said.err.contains("0 push handlers found") && said.err.contains("; excluded: Old/Push.swift; "),
        "{}",
        said.err
    );
}

#[test]
fn what_is_excluded_and_read_is_counted() {
    let project = Project::new(&[
        ("App.swift", LOSES_CALLS),
        ("Old/Calls.swift", LOSES_CALLS),
        ("pushlint.toml", "exclude = [\"Old/\"]\n"),
    ]);
    let said = project.run(&[]);
    assert!(said.err.contains("2 Swift files read, 2 parsed"), "{}", said.err);
}

#[test]
fn a_word_that_was_meant_as_a_command_is_told_so() {
    let project = Project::new(&[("App.swift", "struct App {}\n")]);
    for (word, line) in [
        ("check", "to check, name paths or nothing: `pushlint [PATH]...`"),
        ("explian", "did you mean `pushlint explain`?"),
        ("rule", "did you mean `pushlint rules`?"),
    ] {
        let said = project.run(&[word]);
        let line = format!("pushlint: `{word}` is neither a file nor a command; {line}\n");
        assert_eq!(said.complained(), (2, line.as_str()));
    }
    assert!(project.run(&["Sources"]).err.starts_with("pushlint: Sources: cannot be read: "));
    project.write("check/App.swift", "struct App {}\n");
    assert_eq!(project.run(&["check"]).status, 0);
}

#[test]
fn a_handler_concerns_every_file_that_it_leads_through() {
    let screen = "import CallKit\n\nfinal class Screen {\n    private let provider = CXProvider(configuration: \
                  CXProviderConfiguration())\n\n    func show() {\n        \
                  provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in }\n    }\n}\n";
    let project = Project::new(&[
        ("Calls.swift", &project::handler("Calls", "        Screen().show()")),
        ("Screen.swift", screen),
        ("Other.swift", "struct Other {}\n"),
    ]);
    assert!(
        project.run(&["Screen.swift"]).err.starts_with("pushlint: 1 push handler, 1 way out, it reports;")
    );
    assert!(project.run(&["trace", "Screen.swift"]).out.contains("A push arrives: Calls.pushRegistry"));
    assert!(project.run(&["Other.swift"]).err.starts_with("pushlint: 0 push handlers found"));
}
