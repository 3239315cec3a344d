//! `--fix`, `--unsafe-fixes` and `--diff` through the real binary, and what a plan refuses.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod project;

use std::fs;
use std::path::Path;
use std::process::Command;

use project::Project;
use pushlint::check::{self, Request};
use pushlint::finding::{Applicability, Edit, Fix};
use pushlint::fix;
use pushlint::report::Report;
use pushlint::source::Span;

/// An app whose launch has `lines`; `registry` is a local variable, `queue` a property.
fn app(lines: &str) -> String {
    format!(
        "import CallKit
import PushKit
import UIKit

@main
final class AppDelegate: UIResponder, UIApplicationDelegate, PKPushRegistryDelegate {{
    private let provider = CXProvider(configuration: CXProviderConfiguration())
    private var voipRegistry: PKPushRegistry?

    func application(_ application: UIApplication,
                     didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {{
        let registry = PKPushRegistry(queue: .main)
{lines}
        voipRegistry = registry
        return true
    }}

    func makeDelegate() -> AppDelegate {{ self }}

    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) {{
        provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) {{ _ in completion() }}
    }}
}}
"
    )
}

const WRONG_ORDER: &str = "        registry.desiredPushTypes = [.voIP]
        registry.delegate = self";

/// An app with a finding that has no fix of its own, on the line after `lines`.
fn app_that_asks_too_early(lines: &str) -> String {
    let asks = "registry.desiredPushTypes = [.voIP]\n        print(0)\n        registry.delegate = self";
    app(&format!("{lines}\n        {asks}"))
}

/// A handler that reports through `?`, in a helper of another file.
const HANDLER: &str = "import CallKit
import PushKit

final class Pushes: NSObject, PKPushRegistryDelegate {
    let calls = Calls()

    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) {
        calls.ring()
        completion()
    }
}
";
const HELPER: &str = "import CallKit

final class Calls {
    var provider: CXProvider?

    func ring() {
        provider?.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in }
    }
}
";

/// What `--fix` makes of the lines of a launch.
fn fixed(lines: &str) -> String {
    let project = Project::new(&[("App.swift", &app(lines))]);
    project.run(&["--fix"]);
    let text = project.read("App.swift");
    let (head, tail) = app("\u{0}").split_once('\u{0}').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    text.strip_prefix(&head).unwrap().strip_suffix(&tail).unwrap().to_owned()
}

#[test]
fn two_lines_change_places_with_their_comments() {
    for (before, after) in [
        (WRONG_ORDER, "        registry.delegate = self\n        registry.desiredPushTypes = [.voIP]"),
        (
            "        // Calls only.\n        registry.desiredPushTypes = [.voIP] // now\n\n        \
             // We answer.\n        registry.delegate = self; /* us */",
            "        // We answer.\n        registry.delegate = self; /* us */\n\n        \
             // Calls only.\n        registry.desiredPushTypes = [.voIP] // now",
        ),
        (
            "\t\tregistry.desiredPushTypes = [\n\t\t\t.voIP,\n\t\t]\n\t\tregistry.delegate = self",
            "\t\tregistry.delegate = self\n\t\tregistry.desiredPushTypes = [\n\t\t\t.voIP,\n\t\t]",
        ),
        (
            "        // MARK: PushKit\n        registry.desiredPushTypes = Set([PKPushType.voIP])\n        \
             registry.delegate = self",
            "        // MARK: PushKit\n        registry.delegate = self\n        \
             registry.desiredPushTypes = Set([PKPushType.voIP])",
        ),
    ] {
        assert_eq!(fixed(before), after);
    }
}

#[test]
fn what_is_shown_is_in_the_words_of_the_code() {
    let lines = "        let voip = PKPushRegistry(queue: .main)\n        voip.desiredPushTypes = Set([.voIP])\n        \
                 print(1)\n        voip.delegate = makeDelegate()";
    let handler = "        if true { return }\n        provider.report";
    let text = app(lines).replace("        provider.report", handler).replace("provider", "callProvider");
    let text = text.replace("if true {", "if payload.dictionaryPayload.isEmpty {");
    let project = Project::new(&[("App.swift", &text)]);
    let said = project.run(&[]);
    for example in [
        "        │ voip.delegate = makeDelegate()\n        │ voip.desiredPushTypes = Set([.voIP])\n",
        "        │ callProvider.reportNewIncomingCall(with: id, update: update) { _ in\n",
    ] {
        assert!(said.out.contains(example), "{}", said.out);
    }
}

#[test]
fn lines_that_are_no_neighbours_or_not_alone_stay() {
    for lines in [
        "        registry.desiredPushTypes = [.voIP]\n        print(1)\n        registry.delegate = self",
        "        registry.desiredPushTypes = [.voIP]; registry.delegate = self",
        "        registry.desiredPushTypes = [.voIP]\n        if true {\n            registry.delegate = self\n        }",
        "        registry.desiredPushTypes = [.voIP]\n        #if DEBUG\n        #endif\n        registry.delegate = self",
    ] {
        let project = Project::new(&[("App.swift", &app(lines))]);
        let said = project.run(&["--unsafe-fixes", "--diff"]);
        assert_eq!(said.told(), (1, ""), "{lines}");
        assert!(!said.err.contains("can be fixed"), "{}", said.err);
    }
}

#[test]
fn a_line_that_runs_other_code_moves_only_if_asked_to() {
    let lines = "        registry.desiredPushTypes = [.voIP]\n        registry.delegate = makeDelegate()";
    assert_eq!(fixed(lines), lines);
    let project = Project::new(&[("App.swift", &app(lines))]);
    project.run(&["--fix", "--unsafe-fixes"]);
    assert!(project.read("App.swift").contains("makeDelegate()\n        registry.desiredPushTypes"));
}

#[test]
fn what_is_reported_after_fixing_is_what_remains() {
    let app = app(WRONG_ORDER);
    let project = Project::new(&[("App.swift", &app), ("Pushes.swift", HANDLER), ("Calls.swift", HELPER)]);
    let before = project.run(&["--format", "short"]);
    assert_eq!((before.status, before.out.lines().count()), (1, 2), "{}", before.out);
    assert!(
        before.err.contains("; 1 can be fixed with --fix, 1 more with --unsafe-fixes; "),
        "{}",
        before.err
    );

    let safe = project.run(&["--fix", "--format", "short"]);
    assert_eq!((safe.status, safe.out.lines().count()), (1, 1), "{}", safe.out);
    assert!(safe.out.contains("optional-chained-report"));
    assert!(safe.err.contains("; 1 fixed, 1 can be fixed with --fix --unsafe-fixes; "), "{}", safe.err);
    assert_eq!(project.read("Calls.swift"), HELPER);

    let all = project.run(&["--fix", "--unsafe-fixes", "--format", "short"]);
    assert_eq!(all.told(), (0, ""));
    assert!(all.err.contains("; no findings; 1 fixed; "), "{}", all.err);
    assert_eq!(project.read("Calls.swift"), HELPER.replace("provider?.report", "provider!.report"));
    assert_eq!(fs::read_dir(project.folder()).unwrap().count(), 4, "nothing else is left behind");
}

#[test]
fn a_chain_is_mended_link_by_link() {
    let helper = HELPER
        .replace("var provider: CXProvider?", "var center: Center?\n}\n\nfinal class Center {\n    var provider: CXProvider?\n}\n\nextension Calls {")
        .replace("provider?.report", "center?.provider?.report");
    let project = Project::new(&[("Pushes.swift", HANDLER), ("Calls.swift", &helper)]);
    let said = project.run(&["--fix", "--unsafe-fixes"]);
    assert_eq!(said.told(), (0, ""));
    assert!(
        project.read("Calls.swift").contains("center!.provider!.report"),
        "{}",
        project.read("Calls.swift")
    );
}

#[test]
fn a_value_whose_type_would_change_is_not_forced() {
    let helper = HELPER.replace("        provider?.report", "        if let _ = provider?.report");
    let helper = helper.replace("{ _ in }\n", "{ _ in } {}\n");
    let project = Project::new(&[("Pushes.swift", HANDLER), ("Calls.swift", &helper)]);
    let said = project.run(&["--unsafe-fixes", "--diff"]);
    assert_eq!(said.told(), (1, ""), "{}", said.err);
}

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    for line_end in ["\n", "\r\n", "\r"] {
        let text = ["\u{feff}", &app(WRONG_ORDER).replace('\n', line_end)].concat();
        let project = Project::new(&[("App.swift", &text)]);
        assert_eq!(project.run(&["--fix"]).status, 0);
        let right = "        registry.delegate = self\n        registry.desiredPushTypes = [.voIP]";
        let right = ["\u{feff}", &app(right).replace('\n', line_end)].concat();
        assert_eq!(fs::read(project.folder().join("App.swift")).unwrap(), right.as_bytes(), "{line_end:?}");
    }
}

#[test]
fn a_diff_is_shown_and_nothing_is_written() {
    let app = app(WRONG_ORDER);
    let project = Project::new(&[("My App/App.swift", &app)]);
    let said = project.run(&["--diff"]);
    assert_eq!(said.status, 1, "nothing is mended yet");
    assert_eq!(project.read("My App/App.swift"), app);
    let expected = "\
--- a/My App/App.swift\t
+++ b/My App/App.swift\t
@@ -10,8 +10,8 @@
     func application(_ application: UIApplication,
                      didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
         let registry = PKPushRegistry(queue: .main)
+        registry.delegate = self
         registry.desiredPushTypes = [.voIP]
-        registry.delegate = self
         voipRegistry = registry
         return true
     }
";
    assert_eq!(said.out, expected);
}

#[test]
fn git_and_patch_take_the_diff() {
    for (tool, args) in [("git", &["apply", "-"][..]), ("patch", &["-p1", "--binary"])] {
        for (path, line_end) in
            [("App.swift", "\n"), ("Über Push/Ap\"p.swift", "\r\n"), ("a b/App.swift", "\r")]
        {
            let app = app(WRONG_ORDER).replace('\n', line_end);
            let project = Project::new(&[(path, &app)]);
            let said = project.run(&["--diff"]);
            let diff = project.folder().join("diff");
            fs::write(&diff, &said.out).unwrap();
            let applied = Command::new(tool)
                .args(args)
                .current_dir(project.folder())
                .stdin(fs::File::open(&diff).unwrap())
                .output();
            let Ok(applied) = applied else { continue };
            assert!(applied.status.success(), "{tool} {path}: {}", String::from_utf8_lossy(&applied.stderr));
            let by_tool = project.read(path);
            fs::write(project.folder().join(path), &app).unwrap();
            project.run(&["--fix"]);
            assert_eq!(by_tool, project.read(path), "{tool} {path}");
            assert_ne!(by_tool, app);
        }
    }
}

#[test]
fn only_what_is_asked_for_and_reported_is_fixed() {
    let project = Project::new(&[("Push/Pushes.swift", HANDLER), ("Calls/Calls.swift", HELPER)]);
    let said = project.run(&["--fix", "--unsafe-fixes", "Push"]);
    assert_eq!(project.read("Calls/Calls.swift"), HELPER);
    assert!(
        said.err.contains("pushlint: Calls/Calls.swift:7: optional-chained-report cannot be fixed: Calls/Calls.swift is not among the files to check"),
        "{}",
        said.err
    );
    project.run(&["--fix", "--unsafe-fixes", "--skip", "optional-chained-report"]);
    assert_eq!(project.read("Calls/Calls.swift"), HELPER);
    project.run(&["--fix", "--unsafe-fixes", "Calls"]);
    assert_ne!(project.read("Calls/Calls.swift"), HELPER);
}

#[test]
fn bytes_that_are_no_text_are_left_alone() {
    let mut app = app(WRONG_ORDER).into_bytes();
    app.extend_from_slice(b"// caf\xE9\n");
    let project = Project::new(&[]);
    project.write("App.swift", &app);
    let said = project.run(&["--fix"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("cannot be fixed: the file is not UTF-8 throughout"), "{}", said.err);
    assert_eq!(fs::read(project.folder().join("App.swift")).unwrap(), app);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new(&[("App.swift", &app(WRONG_ORDER))]);
    let path = project.folder().join("App.swift");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
    assert_eq!(project.run(&["--fix"]).status, 0);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o750);
}

#[cfg(unix)]
#[test]
fn links_and_write_protected_files_are_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let app = app(WRONG_ORDER);
    let elsewhere = Project::new(&[("App.swift", &app)]);
    let linking = Project::new(&[]);
    std::os::unix::fs::symlink(elsewhere.folder().join("App.swift"), linking.folder().join("App.swift"))
        .unwrap();
    let said = linking.run(&["--fix", "App.swift"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("cannot be fixed: it is a symbolic link"), "{}", said.err);
    assert_eq!(elsewhere.read("App.swift"), app);

    let path = elsewhere.folder().join("App.swift");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let said = elsewhere.run(&["--fix"]);
    assert!(said.err.contains("cannot be fixed: it is write-protected"), "{}", said.err);
    let said = elsewhere.run(&["--diff"]);
    assert!(
        said.err.contains("cannot be fixed: it is write-protected"),
        "nothing else was asked: {}",
        said.err
    );
    assert_eq!(elsewhere.read("App.swift"), app);
}

#[test]
fn what_is_not_saved_yet_is_shown_as_a_diff() {
    let project = Project::new(&[("App.swift", "struct Saved {}\n")]);
    let piped = app(WRONG_ORDER);
    let said = project.run_with(&["--stdin-filename", "App.swift", "--diff", "-"], &piped);
    assert!(said.out.contains("+        registry.delegate = self\n"), "{}", said.err);
    let said = project.run_with(&["--stdin-filename", "App.swift", "--fix", "-"], &piped);
    assert_eq!(said.told(), (2, ""));
    assert_eq!(project.read("App.swift"), "struct Saved {}\n");
}

#[test]
fn flags_that_say_nothing_together_are_refused() {
    let project = Project::new(&[]);
    for args in [&["--unsafe-fixes"][..], &["--diff", "--format", "json"]] {
        let said = project.run(args);
        assert_eq!(said.told(), (2, ""), "{args:?}");
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
}

fn request(project: &Project) -> Request {
    Request { folder: project.folder().canonicalize().unwrap(), ..Request::default() }
}

/// The report on an app, its first finding with other edits: what stands at each place becomes the text.
fn report_with(request: &Request, replacements: &[(&str, &str)]) -> Report {
    let mut report = check::run(request).unwrap();
    let found = report.findings.remove(0);
    let text = report.sources.get(found.location.file).text.clone();
    for (old, new) in replacements {
        let start = text.find(old).unwrap();
        let mut location = found.location;
        location.span = Span::new(start, start + old.len());
        let edits = vec![Edit { location, text: (*new).to_owned() }];
        let fix = Fix { title: String::new(), applicability: Applicability::Safe, edits };
        report.findings.push(pushlint::finding::Finding { fix: Some(fix), ..found.clone() });
    }
    report
}

#[test]
fn of_two_fixes_for_one_place_the_first_is_applied() {
    let lines = "        print(1)";
    let project = Project::new(&[("App.swift", &app_that_asks_too_early(lines))]);
    let request = request(&project);
    for (replacements, result) in [
        (&[("print(1)", "print(2)"), ("print(1)", "print(3)")][..], "print(2)"),
        (&[("print(1)", "print(2)"), ("nt(1)", "nt(3)")], "print(2)"),
        (&[("nt(1)", "nt(3)"), ("print(1)", "print(2)")], "print(3)"),
        (&[("print(1)", "print(2)"), ("print(1)", "print(2)")], "print(2)"),
        (&[("print(", "show("), ("(1)", "(3)")], "show(1)"),
        (&[("print", "show"), ("(1)", "(3)")], "show(3)"),
    ] {
        let report = report_with(&request, replacements);
        let plan = fix::plan(&request, &report, Applicability::Safe).unwrap();
        let after = plan.changes.values().map(|change| String::from_utf8_lossy(&change.after)).next();
        let expected = app_that_asks_too_early(&format!("        {result}"));
        assert_eq!(after.as_deref(), Some(expected.as_str()), "{replacements:?}");
    }
}

#[test]
fn a_fix_that_breaks_the_code_is_left_out_and_told() {
    let lines = "        print(1)";
    let project = Project::new(&[("App.swift", &app_that_asks_too_early(lines))]);
    let request = request(&project);
    for broken in ["print(1", "}", "if {", "\""] {
        let report = report_with(&request, &[("print(1)", broken)]);
        let plan = fix::plan(&request, &report, Applicability::Safe).unwrap();
        assert!(plan.changes.is_empty() && plan.remaining.is_none(), "{broken}");
        let [notice] = plan.left_out.as_slice() else { panic!("{broken}: {:?}", plan.left_out) };
        assert_eq!(notice.path.as_deref(), Some("App.swift:14"));
        assert!(
            notice.text.ends_with("cannot be fixed: the result would not be understood"),
            "{}",
            notice.text
        );
    }
}

#[test]
fn a_file_that_changed_meanwhile_is_not_written() {
    let project = Project::new(&[("App.swift", &app(WRONG_ORDER))]);
    let request = request(&project);
    let report = check::run(&request).unwrap();
    let plan = fix::plan(&request, &report, Applicability::Safe).unwrap();
    assert_eq!(plan.changes.len(), 1);

    let path = project.folder().join("App.swift");
    fs::write(&path, "// typed meanwhile\n").unwrap();
    let written = plan.write();
    assert_eq!(written.fixes, 0);
    assert_eq!(written.failures[0].text, "was not fixed: it changed meanwhile");
    assert_eq!(fs::read_to_string(&path).unwrap(), "// typed meanwhile\n");

    let late = fix::plan(&request, &report, Applicability::Safe).unwrap();
    assert!(late.changes.is_empty());
    assert!(late.left_out[0].text.contains("the file changed meanwhile"), "{:?}", late.left_out);
    assert!(Path::new(&path).exists());
}
