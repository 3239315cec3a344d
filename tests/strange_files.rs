//! What is no file where one is expected, or no text where that is: told in a line, and nothing waits for it.
#![cfg(unix)]

mod project;

use std::os::unix::net::UnixListener;

use project::{Project, handler};

type Make = fn(&Project, &str);

/// How a path comes to be something else than a file.
const KINDS: [(&str, Make); 3] = [("folder", folder), ("pipe", pipe), ("socket", socket)];

fn folder(project: &Project, path: &str) {
    std::fs::create_dir_all(project.folder().join(path)).expect("a folder");
}

fn pipe(project: &Project, path: &str) {
    assert_eq!(project.command("mkfifo", &[path]).status, 0);
}

fn socket(project: &Project, path: &str) {
    // A path of a socket must be short.
    drop(UnixListener::bind(project.folder().join(path)).expect("a socket"));
}

/// An app that has a project file and loses calls.
fn app() -> Project {
    let loses = "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }";
    Project::new(&[
        ("App.xcodeproj/project.pbxproj", "// !$*UTF8*$!\n{}\n"),
        ("App/Calls.swift", &handler("Calls", loses)),
    ])
}

/// The lines on standard error, without the summary.
fn lines(project: &Project, args: &[&str]) -> (i32, Vec<String>) {
    let said = project.run(&[&["--quiet", "--format", "short"], args].concat());
    (said.status, said.err.lines().map(ToOwned::to_owned).collect())
}

#[test]
fn a_configuration_or_a_baseline_that_is_no_file_is_one_line_and_status_2() {
    for (kind, make) in KINDS {
        let why = if kind == "folder" { "is a directory" } else { "it is no file" };
        for (path, args) in [
            ("pushlint.toml", &[][..]),
            ("own.toml", &["--config", "own.toml"]),
            ("known.toml", &["--baseline", "known.toml"]),
        ] {
            let project = app();
            make(&project, path);
            let line = format!("pushlint: {path}: cannot be read: {why}");
            assert_eq!(lines(&project, args), (2, vec![line]), "{kind}");
        }
    }
    let project = app();
    for action in ["write", "prune"] {
        let said = project.run(&["baseline", action, "--baseline", "."]);
        assert_eq!(said.complained(), (2, "pushlint: .: cannot be read: is a directory\n"));
    }
    project.write("pushlint.toml", "baseline = \".\"\n");
    assert_eq!(project.run(&[]).complained(), (2, "pushlint: .: cannot be read: is a directory\n"));
}

#[test]
fn what_a_shell_hands_over_is_read() {
    let project = app();
    let binary = env!("CARGO_BIN_EXE_pushlint");
    let script = format!("'{binary}' --quiet --format short --config <(echo 'fail-on = \"never\"')");
    let said = project.command("bash", &["-c", &script]);
    assert_eq!(said.complained(), (0, ""), "{}", said.out);
}

#[test]
fn a_project_file_that_is_no_file_is_told_and_the_sources_are_judged() {
    for (kind, make) in KINDS {
        let why = if kind == "folder" { "is a directory" } else { "it is no file" };
        let path = "App.xcodeproj/project.pbxproj";
        let project = app();
        project.remove(path);
        make(&project, path);
        assert_eq!(lines(&project, &[]), (1, vec![format!("pushlint: {path}: cannot be read: {why}")]));
    }
}

#[test]
fn an_ignore_file_that_is_no_file_is_told_and_nothing_waits_for_it() {
    for (kind, make) in KINDS {
        let why = if kind == "folder" { "is a directory" } else { "it is no file" };
        for path in [".gitignore", "App/.gitignore", "App/.ignore"] {
            let project = app();
            make(&project, path);
            let line = format!("pushlint: {path}: cannot be read: {why}");
            assert_eq!(lines(&project, &[]), (2, vec![line.clone()]), "{kind}");
            assert_eq!(lines(&project, &["App"]).1, [line], "{kind}");
            assert_eq!(lines(&project, &["--no-ignore"]), (1, vec![]), "{kind}");
        }
    }
}

#[test]
fn a_baseline_that_is_no_baseline_says_the_way_out() {
    let project = app();
    for bytes in [&b""[..], b"\x00\xff\x7fELF"] {
        project.write("known.toml", bytes);
        let said = project.run(&["--baseline", "known.toml"]);
        let line = "pushlint: known.toml: is no baseline; name one that `pushlint baseline write` wrote, or let it \
                    write a new file\n";
        assert_eq!(said.complained(), (2, line));
    }
}

#[test]
fn a_line_without_end_in_a_configuration_fills_no_screen() {
    let long = "x".repeat(200_000);
    for text in [
        format!("fail-on = \"{long}\"\n"),
        format!("{long} = 1\n"),
        format!("[rules]\n{long} = \"off\"\n"),
        format!("exclude = [{}]\n", "1, ".repeat(50_000)),
        format!("exclude = [\"{long}\"\n"),
    ] {
        let project = app();
        project.write("pushlint.toml", &text);
        let said = project.run(&[]);
        assert_eq!(said.status, 2);
        assert!(said.err.starts_with("pushlint: pushlint.toml:") && said.err.len() < 800, "{}", said.err);
    }
}

#[test]
fn a_source_that_is_no_file_can_be_named_without_waiting() {
    let project = app();
    pipe(&project, "App/Pipe.swift");
    assert_eq!(lines(&project, &[]), (1, vec![]), "nobody asked for it");
    let (status, told) = lines(&project, &["App/Pipe.swift"]);
    assert_eq!((status, told.len()), (2, 1));
    assert!(told[0].starts_with("pushlint: App/Pipe.swift: is neither a file nor a folder"), "{told:?}");
}

/// The text as UTF-16, lower byte first.
fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The text as UTF-32, lower byte first.
fn utf32(text: &str) -> Vec<u8> {
    text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect()
}

#[test]
fn a_push_handler_that_is_lost_to_a_syntax_error_makes_the_run_fail() {
    let broken = "        let a = = wrong(( payload";
    let good = handler("Good", "");
    for (text, place) in [
        (handler("More", broken), "line 15, column 19"),
        (
            handler("More", "").replace("CXProviderConfiguration())", "CXProviderConfiguration()"),
            "line 7, column 5",
        ),
        (
            handler("More", "").replace("    let provider", "    func other( {\n    let provider"),
            "line 5, column 16",
        ),
        (format!("let open = \"\"\"\n{}", handler("More", "")), "line 20, column 1"),
        // The damage swallows the second of two.
        (format!("{good}\nlet open = \"\"\"\n{}", handler("More", "")), "line 39, column 1"),
    ] {
        let project = app();
        project.write("App/More.swift", &text);
        let line = format!(
            "pushlint: App/More.swift: cannot be parsed at {place}: a push handler in it was not judged; mend the \
             syntax error there or before it"
        );
        assert_eq!(lines(&project, &[]), (2, vec![line]), "{text}");
        assert!(
            project.run(&["--format", "short"]).out.starts_with("App/Calls.swift:"),
            "nothing else is lost"
        );
        assert_eq!(project.run(&["App/Calls.swift"]).status, 1, "it was not asked for");
        project.write("pushlint.toml", "exclude = [\"More.swift\"]\n");
        assert_eq!(lines(&project, &[]), (1, vec![]), "who leaves it out knows");
    }
}

#[test]
fn whoever_cannot_be_parsed_is_told_to_mend_that() {
    let project = Project::new(&[("Calls.swift", &handler("Calls", "        let a = = wrong(( payload"))]);
    let said = project.run(&[]);
    assert!(
        said.out.contains("help: mend the syntax error;") && !said.out.contains("CallSDK"),
        "{}",
        said.out
    );
}

#[test]
fn a_syntax_error_away_from_push_handlers_does_not_matter() {
    let project = Project::new(&[]);
    project.write(
        "Calls.swift",
        &format!("{}\nfunc broken() {{ let a = = wrong(( 1 }}\n", handler("Calls", "")),
    );
    project.write("Other.swift", "// After didReceiveIncomingPushWith.\nlet a = = wrong((\n");
    assert_eq!(project.run(&["--quiet"]).complained(), (0, ""));
}

#[test]
fn a_source_with_push_code_that_was_not_judged_makes_the_run_fail() {
    let (calls, filler) = (handler("More", ""), "let a = [1, 2, 3]\n".repeat(120_000));
    for (bytes, why) in [
        (
            utf16(&format!("\u{feff}{calls}")),
            "is UTF-16 and was not read, though it names PushKit; save it as UTF-8",
        ),
        (utf16(&calls), "is UTF-16 and was not read, though it names PushKit; save it as UTF-8"),
        (
            utf32(&format!("\u{feff}{calls}")),
            "is UTF-32 and was not read, though it names PushKit; save it as UTF-8",
        ),
        (utf32(&calls), "is UTF-32 and was not read, though it names PushKit; save it as UTF-8"),
        (
            format!("{calls}{filler}").into_bytes(),
            "was not understood: the file is larger than 2 MB; it names PushKit, and was not judged",
        ),
        (
            format!("{calls}{}\n", "#".repeat(2_000)).into_bytes(),
            "was not understood: the file has a run of more than 1000 `#` characters; it names PushKit, and was not judged",
        ),
        (format!("{calls}{}", filler.repeat(8)).into_bytes(), "cannot be read: larger than 16 MiB"),
    ] {
        let project = app();
        project.write("App/More.swift", &bytes);
        assert_eq!(lines(&project, &[]), (2, vec![format!("pushlint: App/More.swift: {why}")]));
        assert!(
            project.run(&["--format", "short"]).out.starts_with("App/Calls.swift:"),
            "nothing else is lost"
        );
        project.write("pushlint.toml", "exclude = [\"More.swift\"]\n");
        let (status, told) = lines(&project, &[]);
        assert_eq!((status, told.len()), (1, 1), "who leaves it out knows: {told:?}");
    }
}

#[test]
fn a_source_without_push_code_that_was_not_judged_is_told() {
    let filler = "let a = [1, 2, 3]\n".repeat(120_000);
    for (bytes, why) in [
        (utf16("struct A {}\n"), "is UTF-16 and was not read; save it as UTF-8"),
        (filler.into_bytes(), "was not understood: the file is larger than 2 MB"),
    ] {
        let project = app();
        project.write("App/More.swift", &bytes);
        assert_eq!(lines(&project, &[]), (1, vec![format!("pushlint: App/More.swift: {why}")]));
    }
}

#[test]
fn a_project_file_that_says_nothing_is_told_and_the_check_goes_on() {
    let unknown = "which packages of the project it refers to is not known";
    let check = |project: &Project| {
        let said = project.run(&["--quiet", "--format", "short"]);
        assert!(
            said.out.starts_with("App/Calls.swift:") && said.out.contains("missing-call-report"),
            "{}",
            said.out
        );
        (said.status, said.err)
    };
    for (kind, make) in [KINDS[1], KINDS[2]] {
        let project = app();
        make(&project, "Podfile");
        let line = format!("pushlint: Podfile: cannot be read: it is no file; {unknown}\n");
        assert_eq!(check(&project), (1, line), "{kind}");
    }
    for path in ["Podfile", "pubspec.yaml", "Core/Package.swift"] {
        let project = app();
        project.write(path, "\0\u{1}\u{2}");
        assert_eq!(check(&project), (1, format!("pushlint: {path}: is no text; {unknown}\n")));
    }
}

#[test]
fn types_that_stand_inside_one_another_come_to_an_end() {
    // What is left of two types where braces are missing: each is around the other.
    let text = "import PushKit
class Outer: NSObject, PKPushRegistryDelegate {
    class Inner {
        var made = make()
        extension Outer {
            func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                              for type: PKPushType, completion: @escaping () -> Void) { unknown() }
        }
    }
}
";
    let report = pushlint::check::texts(&[("Damaged.swift", text)], &pushlint::config::Config::default());
    assert_eq!(report.handlers.len(), 1);
}
