//! What is no file where one is expected, or no text where that is: told in a line, and nothing waits for it.
#![cfg(unix)]

mod project;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicBool, Ordering};

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
        (
            "App.xcodeproj/project.pbxproj",
            "// !$*UTF8*$!\n{ objects = { A = { isa = PBXProject; }; }; rootObject = A; }\n",
        ),
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
fn what_nests_without_end_in_a_configuration_or_a_baseline_is_one_place_and_status_2() {
    let (open, deep) = ("[".repeat(100_000), "a.".repeat(100_000) + "a");
    for text in [
        format!("a = {open}"),
        format!("a = {open}{}", "]".repeat(100_000)),
        format!("a = {}1{}", "{a = ".repeat(100_000), "}".repeat(100_000)),
        format!("{deep} = 1"),
        format!("[{deep}]"),
        format!("[[{deep}]]"),
    ] {
        let project = app();
        project.write("deep.toml", &text);
        for args in [["--config", "deep.toml"], ["--baseline", "deep.toml"]] {
            let said = project.run(&args);
            assert_eq!(said.told(), (2, ""), "{args:?}");
            assert!(said.err.starts_with("pushlint: deep.toml") && said.err.len() < 800, "{}", said.err);
        }
    }
}

#[test]
fn an_info_plist_whose_entities_multiply_is_told_and_the_sources_are_judged() {
    let ring = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ring");
    let project = Project::new(&[]);
    for file in ["Ring.xcodeproj/project.pbxproj", "Ring/AppDelegate.swift"] {
        project.write(file, &std::fs::read(ring.join(file)).expect("the fixture"));
    }
    let more = |at: usize| format!("<!ENTITY a{at} \"{}\">", format!("&a{};", at - 1).repeat(10));
    let laughs = (1..40).map(more).collect::<Vec<_>>().concat();
    project.write(
        "Ring/Info.plist",
        &format!("<!DOCTYPE plist [<!ENTITY a0 \"ha\">{laughs}]><plist><dict><key>a</key><string>&a39;</string></dict></plist>"),
    );
    let (status, told) = lines(&project, &[]);
    let line = "pushlint: Ring/Info.plist: was not understood: line 1: an unknown entity; what it says about the app is not known";
    assert!(told.contains(&line.to_owned()), "{told:?}");
    assert_eq!(status, 1);
}

#[test]
fn a_source_that_is_no_file_can_be_named_without_waiting() {
    for (_, make) in [KINDS[1], KINDS[2]] {
        let project = app();
        make(&project, "App/No.swift");
        assert_eq!(lines(&project, &[]), (1, vec![]), "nobody asked for it");
        let (status, told) = lines(&project, &["App/No.swift"]);
        assert_eq!((status, told.len()), (2, 1));
        assert!(told[0].starts_with("pushlint: App/No.swift: is neither a file nor a folder"), "{told:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_looked_into_is_told_and_the_rest_is_judged() {
    use std::os::unix::fs::PermissionsExt;
    let project = app();
    project.write("Closed/More.swift", &handler("More", ""));
    let closed = project.folder().join("Closed");
    let permit = |mode| std::fs::set_permissions(&closed, PermissionsExt::from_mode(mode)).expect("a mode");
    permit(0o0);
    for args in [&[][..], &["Closed", "App"]] {
        let said = project.run_as_anybody(&[&["--quiet", "--format", "short"], args].concat());
        assert_eq!(said.complained(), (2, "pushlint: Closed: cannot be read: permission denied\n"));
        assert!(said.out.starts_with("App/Calls.swift:"), "{}", said.out);
    }
    permit(0o755);
}

/// Whether the folder of a project can have files of such names: some systems refuse what is no text.
fn put(project: &Project, name: &[u8], text: &str) -> bool {
    std::fs::write(project.folder().join(OsStr::from_bytes(name)), text).is_ok()
}

#[test]
fn a_name_with_line_feeds_makes_no_line_of_its_own() {
    let loses = "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }";
    let project = Project::new(&[]);
    for (at, name) in ["a\nb.swift", "a\r\n::error::c.swift", "\n.swift"].into_iter().enumerate() {
        project.write(name, &handler(&format!("Calls{at}"), loses));
    }
    for format in ["short", "xcode", "github"] {
        let said = project.run(&["--quiet", "--format", format]);
        assert_eq!(said.complained(), (1, ""), "{format}");
        let is_finding = |line: &&str| line.contains("reports no call where something in the payload");
        assert_eq!(said.out.lines().filter(is_finding).count(), 3, "{format}: {}", said.out);
        let is_whole = |line: &str| line.starts_with("::error file=") == (format == "github");
        let is_named = |line: &str| line.contains(".swift");
        assert!(said.out.lines().all(|line| is_whole(line) && is_named(line)), "{format}: {}", said.out);
    }
    project.run(&["baseline", "write"]);
    let known = ["--quiet", "--baseline", "pushlint-baseline.toml"];
    assert_eq!(project.run(&known).complained(), (0, ""));
}

#[test]
fn a_name_that_is_no_text_is_a_name() {
    let loses = "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }";
    let project = Project::new(&[]);
    if !put(&project, b"a\xff.swift", &handler("A", loses)) {
        return;
    }
    assert!(put(&project, b"\xf0\x9f\x98\x80 \xfe%.swift", &handler("B", loses)));
    for format in ["human", "short", "xcode", "json", "sarif", "github", "gitlab", "rdjson", "markdown"] {
        let said = project.run(&["--quiet", "--format", format]);
        assert_eq!(said.complained(), (1, ""), "{format}");
        for owner in ["`A.pushRegistry`", "`B.pushRegistry`"] {
            assert!(said.out.contains(owner), "{format}: {}", said.out);
        }
    }
    let mut named = project::pushlint(project.folder(), &["--quiet", "--format", "short"]);
    let said = project::Said::of(named.arg(OsStr::from_bytes(b"a\xff.swift")));
    assert_eq!((said.status, said.out.lines().count()), (1, 1), "{}", said.out);
}

#[test]
fn of_two_names_that_are_shown_alike_each_file_gets_its_own_fix() {
    let project = Project::new(&[]);
    let of = |name: &str| project::ASKS_EARLY.replace("AppDelegate:", &format!("{name}:"));
    if !put(&project, b"a\xff.swift", &of("First")) {
        return;
    }
    assert!(put(&project, b"a\xfe.swift", &of("Second")));
    let said = project.run(&["--fix"]);
    assert!(said.err.contains("2 fixed"), "{}", said.err);
    for (name, owner) in [(b"a\xff.swift", "First"), (b"a\xfe.swift", "Second")] {
        let text = std::fs::read_to_string(project.folder().join(OsStr::from_bytes(name))).expect("the file");
        assert!(text.contains(owner) && text != of(owner), "{owner}: {text}");
    }
}

#[test]
fn files_that_vanish_and_change_while_they_are_read_stop_nothing() {
    let project = app();
    let whole = handler("More", "");
    let place = |at: usize| project.folder().join(format!("App/More{}.swift", at % 40));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for at in 0.. {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                // What is in the way of the next step is taken away by another.
                let _ = match at % 5 {
                    0 | 1 => std::fs::write(place(at), whole.replace("More", &format!("More{}", at % 40))),
                    2 => std::fs::write(place(at * 7), whole.get(..at % whole.len()).unwrap_or_default()),
                    3 => std::fs::remove_file(place(at * 3)).or_else(|_| std::fs::remove_dir(place(at * 3))),
                    _ => std::fs::create_dir(place(at * 11)),
                };
            }
        });
        let runs: Vec<_> = (0..12)
            .map(|at| project.run(&["--format", ["short", "json", "sarif"][at % 3], "--fix", "--quiet"]))
            .collect();
        is_over.store(true, Ordering::Relaxed);
        for said in runs {
            assert!(matches!(said.status, 1 | 2), "{}", said.err);
            assert!(said.out.contains("App/Calls.swift"), "{}", said.out);
            assert!(said.err.lines().all(|line| line.starts_with("pushlint: App/More")), "{}", said.err);
        }
    });
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
    project.write("Other.swift", "import PushKit\n// After didReceiveIncomingPushWith.\nlet a = = wrong((\n");
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
