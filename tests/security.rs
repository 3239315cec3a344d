//! What `SECURITY.md` promises.
#![cfg(unix)]

mod project;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use project::{ASKS_EARLY, Project, handler};

const LOSES: &str = "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }";
const LEADS_OUT: &str = "a symbolic link leads out of the project; name the file that it leads to\n";

fn app() -> Project {
    Project::new(&[("App/Calls.swift", &handler("Calls", LOSES))])
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_link_of_the_project_leads_to_no_source_outside() {
    let outside = Project::folder_with(&[("Secret.swift", &handler("Secret", LOSES)), ("in/More.swift", "")]);
    let project = app();
    symlink(outside.folder().join("Secret.swift"), project.folder().join("App/Link.swift")).expect("a link");
    symlink(outside.folder(), project.folder().join("Folder")).expect("a link");
    let said = project.run(&["--format", "json"]);
    assert!(!said.out.contains("Secret") && said.out.contains("Calls"), "{}", said.out);
    assert!(said.err.contains("1 Swift file read"), "{}", said.err);
    for link in ["App/Link.swift", "Folder/"] {
        let line = format!(
            "pushlint: {link}: is a symbolic link out of the project, and was not followed: the Swift behind it is not known\n"
        );
        assert!(said.err.contains(&line), "{}", said.err);
    }
    let silent = Project::new(&[("App/Views.swift", "struct Views {}\n")]);
    symlink(outside.folder(), silent.folder().join("Folder")).expect("a link");
    assert!(!silent.run(&[]).err.contains("symbolic"), "without push code nothing is missed");
}

#[test]
fn a_link_of_the_project_leads_nothing_that_is_written_out_of_it() {
    let outside = Project::folder_with(&[("App.swift", ASKS_EARLY)]);
    let project = app();
    let at = |path: &str| project.folder().join(path);
    symlink(outside.folder().join("report.json"), at("report.json")).expect("a link");
    symlink(outside.folder().join("known.toml"), at("known.toml")).expect("a link");
    symlink(outside.folder().join("App.swift"), at("App/Link.swift")).expect("a link");
    symlink(outside.folder(), at("Folder")).expect("a link");
    let entries = outside.entries();
    for path in ["report.json", "Folder/new.json"] {
        let said = project.run(&["--output", &format!("json={path}")]);
        let line = format!("pushlint: --output json={path}: {LEADS_OUT}");
        assert_eq!(said.complained(), (2, line.as_str()));
    }
    let said = project.run(&["baseline", "write", "--baseline", "known.toml"]);
    assert_eq!(said.complained(), (2, format!("pushlint: known.toml: {LEADS_OUT}").as_str()));
    symlink(outside.folder().join("pushlint.toml"), at("App/pushlint.toml")).expect("a link");
    assert_eq!(project.run(&["init", "App"]).status, 2);
    for (path, status, line) in [
        (
            "App/Link.swift",
            1,
            "App/Link.swift:9: push-types-before-delegate cannot be fixed: it is a symbolic link\n",
        ),
        ("Folder/App.swift", 2, &format!("Folder/App.swift: {LEADS_OUT}")),
    ] {
        let said = project.run(&["--no-config", "--fix", "--unsafe-fixes", path]);
        assert!(said.status == status && said.err.starts_with(&format!("pushlint: {line}")), "{}", said.err);
        assert_eq!(outside.read("App.swift"), ASKS_EARLY, "{path}");
    }
    project.write("App/App.swift", ASKS_EARLY);
    project.run(&["--no-config", "--fix", "App/App.swift"]);
    assert_ne!(project.read("App/App.swift"), ASKS_EARLY, "it would be changed in the project");
    project.remove("App/App.swift");
    assert_eq!(outside.entries(), entries, "nothing new lies there");
    // Who names a place outside means it.
    let said = project.run(&[
        "--no-config",
        "--quiet",
        "--output",
        &format!("json={}", outside.folder().join("report.json").display()),
    ]);
    assert_eq!((said.status, outside.entries()), (1, entries + 1));
}

#[test]
fn a_terminal_sees_no_control_character_of_names_and_sources() {
    let evil = "\u{1b}[2J\u{7}\u{9b}\u{202e}";
    let project = Project::new(&[(
        &format!("A{evil}/B{evil}.swift"),
        &handler("Calls", &format!("        /* {evil} */ {}", LOSES.trim())),
    )]);
    project.write(&format!("C{evil}.swift"), &b"import PushKit\n// \xff\n"[..]);
    let is_act = |character: char| {
        character != '\n' && (character.is_control() || matches!(character, '\u{202a}'..='\u{202e}'))
    };
    for args in
        [&["--format", "human"][..], &["--format", "short"], &["--format", "xcode"], &["trace"], &["files"]]
    {
        let said = project.run(args);
        assert!(said.status < 2, "{args:?}: {}", said.err);
        assert!(!said.out.is_empty() && !said.out.contains(is_act), "{args:?}: {:?}", said.out);
        assert!(!said.err.contains(is_act), "{args:?}: {:?}", said.err);
    }
    project.write("evil.toml", "[rules]\n\"\\u001b[2J\" = \"off\"\n");
    for args in [
        &["--config", "evil.toml"][..],
        &[&format!("no{evil}.swift")],
        &["--only", evil],
        &["--config", evil],
        &["--baseline", evil],
        &["--output", evil],
    ] {
        let said = project.run(args);
        assert_eq!(said.status, 2, "{args:?}");
        assert!(!said.err.contains(is_act), "{args:?}: {:?}", said.err);
    }
}

#[test]
fn what_the_project_says_is_no_markup_and_no_command() {
    let name = "<img src=x onerror=a()>](http:a) `b` %0A::error::x \"'.swift";
    let project = Project::new(&[(name, &handler("Calls", LOSES))]);
    let markdown = project.run(&["--format", "markdown"]).out;
    // Code, between two backticks since there is one in it: nothing acts there.
    assert!(markdown.contains(&format!("``{name}:")), "{markdown}");
    assert!(!markdown.replace(&format!("``{name}:"), "").contains("<img"), "{markdown}");
    let github = project.run(&["--format", "github"]).out;
    assert!(github.lines().all(|line| line.starts_with("::")), "{github}");
    assert_eq!(github.matches("::error ").count(), 1, "{github}");
    for format in ["json", "sarif", "gitlab", "rdjson"] {
        let text = project.run(&["--format", format]).out;
        serde_json::from_str::<serde_json::Value>(&text).expect(format);
    }
}

#[test]
fn no_connection_can_be_opened() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("the lock file");
    let names: Vec<&str> =
        lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    assert!(names.contains(&"tree-sitter-swift"));
    for name in [
        "reqwest",
        "hyper",
        "ureq",
        "curl",
        "tokio",
        "socket2",
        "rustls",
        "openssl",
        "native-tls",
        "mio",
        "async-std",
    ] {
        assert!(!names.contains(&name), "{name} opens connections");
    }
    for entry in walkdir::WalkDir::new(root().join("src"))
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
    {
        let text = fs::read_to_string(entry.path()).expect("a source");
        let is_net =
            ["std::net", "TcpStream", "UdpSocket", "UnixStream"].iter().any(|word| text.contains(word));
        assert!(!is_net, "{} opens connections", entry.path().display());
    }
}

#[test]
fn unsafe_code_is_forbidden_and_only_git_is_run() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    let mut runs = Vec::new();
    for entry in walkdir::WalkDir::new(root().join("src"))
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
    {
        let text = fs::read_to_string(entry.path()).expect("a source");
        runs.extend(
            text.lines().filter(|line| line.contains("Command::new(\"")).map(|line| line.trim().to_owned()),
        );
    }
    assert_eq!(runs, ["let mut command = Command::new(\"git\");"]);
}
