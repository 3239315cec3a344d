//! The README says what is true. `UPDATE_README=1 cargo test --test readme` writes what is computed into it.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use pushlint::rules;
use tempfile::TempDir;

/// The app that the README shows.
const APP: &str = "fixtures/ring";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// What stands between the markers of `name` is `expected`.
fn shows(name: &str, expected: &str) {
    // Tests run at the same time, and each may write its part.
    static README: Mutex<()> = Mutex::new(());
    let _guard = README.lock();
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let text = readme();
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("no {begin}"));
    let (shown, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no {end}"));
    if shown == expected {
        return;
    }
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(root().join("README.md"), format!("{before}{begin}{expected}{end}{after}")).unwrap();
        return;
    }
    panic!(
        "README.md, {name}: shown is\n{shown}\nbut it should be\n{expected}\n\
         `UPDATE_README=1 cargo test --test readme` writes it"
    );
}

/// The texts of the README's blocks of code in a language.
fn blocks(language: &str) -> Vec<String> {
    let text = readme();
    let opening = format!("```{language}\n");
    text.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// The one block of code in a language that has these words.
fn block_with(language: &str, words: &str) -> String {
    let mut found = blocks(language).into_iter().filter(|block| block.contains(words));
    let block = found.next().unwrap();
    assert_eq!(found.next(), None, "{words}");
    block
}

/// A project with these files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::Builder::new().prefix("readme").tempdir().unwrap();
    for (path, text) in [(".git/HEAD", "")].iter().chain(files) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pushlint"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// The last line ends in the time, which is another one in every run.
fn without_time(text: &str) -> String {
    let (kept, time) = text.trim_end().rsplit_once("; ").unwrap();
    assert!(time.ends_with(" ms") || time.ends_with(" s"), "{time}");
    format!("{kept}; 5 ms\n")
}

#[test]
fn the_output_shown_is_what_the_program_prints() {
    // A copy, so that it does not matter in which folder, or in whose repository, this one lies.
    let folder = project(&[]);
    copy(&root().join(APP), &folder.path().join(APP));
    let output = run(folder.path(), &[APP]);
    assert_eq!(output.status.code(), Some(1));
    let found = String::from_utf8(output.stdout).unwrap();
    let summary = without_time(std::str::from_utf8(&output.stderr).unwrap());
    shows("output", &format!("```text\n{found}{summary}```\n"));
}

/// `.ci/pre-commit` compares the lines of pre-commit itself with those of the real one.
#[test]
fn the_refused_commit_is_the_one_that_a_hook_refuses() {
    const REPORT: &str = "Ring/Calls/CallCenter.swift";
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join(APP), folder.path());
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
        let mut git = Command::new("git");
        git.current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").args(who).args(args);
        assert!(git.output().unwrap().status.success(), "{args:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "Ring"]);
    let report = folder.path().join(REPORT);
    let text = fs::read_to_string(&report).unwrap();
    let (before, rest) = text.split_once("        provider.reportNewIncomingCall").unwrap();
    let (_, after) = rest.split_once("\n        }\n").unwrap();
    fs::write(&report, format!("{before}{after}")).unwrap();
    let output = run(folder.path(), &["--from-hook", "--changed-since", "HEAD", REPORT]);
    assert_eq!(output.status.code(), Some(1));
    let found = String::from_utf8(output.stdout).unwrap();
    let finding = found.split("\n\nMore about").next().unwrap();
    let name = format!("{:.<73}Failed", "pushlint");
    shows("commit", &format!("```text\n{name}\n- hook id: pushlint\n- exit code: 1\n\n{finding}\n```\n"));
}

#[test]
fn the_summary_shown_is_that_of_a_job() {
    let folder = project(&[]);
    copy(&root().join(APP), folder.path());
    let output = run(folder.path(), &["--only", "missing-call-report", "--format", "markdown"]);
    shows("summary", &format!("````markdown\n{}````\n", String::from_utf8(output.stdout).unwrap()));
}

#[test]
fn the_lines_shown_are_those_of_a_build_in_xcode() {
    let folder = project(&[]);
    copy(&root().join(APP), folder.path());
    let output = run(folder.path(), &["--only", "missing-call-report", "--format", "xcode", "--quiet"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    let project = folder.path().canonicalize().unwrap();
    let lines: String = lines
        .lines()
        .filter(|line| !line.contains("what to do"))
        .map(|line| line.replacen(project.to_str().unwrap(), "/Users/you/Ring", 1) + "\n")
        .collect();
    shows("xcode", &format!("```text\n{lines}```\n"));
}

#[test]
fn the_table_of_rules_is_that_of_the_pages() {
    let mut table = "| rule | usual level | what is wrong |\n|---|---|---|\n".to_owned();
    for page in rules::pages() {
        let (id, level, title) = (&page.meta.id, page.meta.level.word(), &page.meta.title);
        let off = if page.meta.enabled { "" } else { ", off by default" };
        writeln!(table, "| [`{id}`](rules/{id}.md) | {level}{off} | {title} |").unwrap();
    }
    shows("rules", &table);
}

#[test]
fn the_workflow_shown_is_the_one_in_the_examples() {
    let workflow = fs::read_to_string(root().join("examples/github-actions.yml")).unwrap();
    shows("workflow", &format!("```yaml\n{workflow}```\n"));
}

#[test]
fn the_configurations_shown_are_accepted() {
    let configurations = blocks("toml");
    assert!(!configurations.is_empty());
    for configuration in configurations {
        let folder = project(&[("pushlint.toml", &configuration)]);
        let output = run(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn what_is_declared_as_shown_is_believed() {
    const RECEIVER: &str = "
import PushKit

final class PushReceiver: NSObject, PKPushRegistryDelegate {
    private let reporter: CallReporting

    init(reporter: CallReporting) {
        self.reporter = reporter
    }

    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) {
        reporter.callArrived(payload.dictionaryPayload)
        completion()
    }
}
";
    let declaration = block_with("swift", "pushlint:reports");
    let undeclared = declaration.replace("// pushlint:reports", "");
    assert_ne!(declaration, undeclared);
    for (declaration, finding) in [(undeclared, "unseen-call-report"), (declaration, "")] {
        let folder = project(&[("Receiver.swift", RECEIVER), ("CallReporting.swift", &declaration)]);
        let output = run(folder.path(), &["--format", "short"]);
        let found = String::from_utf8(output.stdout).unwrap();
        assert!(found.contains(finding) && found.is_empty() == finding.is_empty(), "{found}");
    }
}

#[test]
fn what_is_suppressed_as_shown_is_suppressed() {
    let shown = block_with("swift", "pushlint:disable");
    let comment = shown.lines().find(|line| line.contains("pushlint:disable")).unwrap();
    for (text, findings) in [(shown.replace(comment, ""), 1), (shown.clone(), 0)] {
        let receiver = format!(
            "import CallKit\nimport PushKit\n\nfinal class PushReceiver: NSObject, PKPushRegistryDelegate {{\n    \
             let provider = CXProvider(configuration: CXProviderConfiguration())\n    \
             func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,\n    \
             for type: PKPushType, completion: @escaping () -> Void) {{\n{text}\n        \
             provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) {{ _ in completion() }}\n    }}\n}}\n"
        );
        let output = run(project(&[("Receiver.swift", &receiver)]).path(), &["--format", "short"]);
        let found = String::from_utf8(output.stdout).unwrap();
        assert_eq!(found.lines().count(), findings, "{found}");
        assert_eq!(found.contains("missing-call-report"), findings > 0, "{found}");
    }
}

#[test]
fn the_commands_of_a_newcomer_are_those_of_the_text_and_of_ci() {
    let text = readme();
    assert!(text.contains(&format!("\ncargo run --release -- {APP}\n")));
    assert!(text.contains("\ncargo test\n"));
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(ci.lines().any(|line| line == "cargo test"));
}

#[test]
fn every_option_named_is_one() {
    let folder = project(&[]);
    let help = String::from_utf8(run(folder.path(), &["--help"]).stdout).unwrap();
    let known: Vec<&str> = help.split_whitespace().filter(|word| word.starts_with("--")).collect();
    let text = readme();
    let own = text.lines().filter(|line| !line.contains("cargo "));
    let is_of_word = |c: char| c.is_ascii_lowercase() || c == '-';
    for word in own.flat_map(|line| line.split(|c: char| !is_of_word(c))) {
        if word.starts_with("--") && word.chars().any(char::is_alphabetic) {
            assert!(known.contains(&word), "{word}");
        }
    }
}

#[test]
fn every_link_into_the_repository_leads_somewhere() {
    let text = readme();
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let file = target.split('#').next().unwrap_or_default();
        if !target.starts_with("http") && !file.is_empty() {
            assert!(root().join(file).exists(), "{target}");
        }
    }
}
