//! `rules`, `explain`, `files`, `completions` and `man` through the real binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod project;

use std::fs;
use std::path::Path;
use std::process::Command;

use project::{Project, Said, handler, pushlint};
use pushlint::render::{self, HumanOptions};
use pushlint::rules;
use unicode_width::UnicodeWidthStr;

/// What the real binary says in the folder of this repository.
fn run(args: &[&str]) -> Said {
    Said::of(&mut pushlint(Path::new(env!("CARGO_MANIFEST_DIR")), args))
}

/// The ids that a list of rules begins its lines with.
fn listed(text: &str) -> Vec<&str> {
    let ids: Vec<&str> = rules::RULES.iter().map(|rule| rule.id).collect();
    let firsts = text.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next());
    firsts.filter(|first| ids.contains(first)).collect()
}

#[test]
fn a_list_of_rules_has_a_line_for_each_and_fits_a_terminal() {
    let said = run(&["rules"]);
    let ids: Vec<&str> = rules::RULES.iter().map(|rule| rule.id).collect();
    assert_eq!((said.status, listed(&said.out)), (0, ids.clone()));
    assert_eq!(said.out.lines().count(), ids.len(), "a line each where programs read it");
    let pages: Vec<_> = rules::pages().iter().collect();
    let narrow = render::list(&pages, &HumanOptions::default());
    assert_eq!(listed(&narrow), ids);
    assert!(narrow.lines().all(|line| line.width() <= 80), "{narrow}");
}

#[test]
fn the_rules_as_json_say_everything_that_a_page_says_of_itself() {
    let said = run(&["rules", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    for (rule, page) in all.as_array().unwrap().iter().zip(rules::pages()) {
        assert_eq!(rule["id"], page.meta.id.as_str());
        assert_eq!(rule["title"], page.meta.title.as_str());
        assert_eq!(rule["level"], page.meta.level.word());
        assert_eq!(rule["enabled"], page.meta.enabled);
        assert_eq!(rule["symptoms"].as_array().unwrap().len(), page.meta.symptoms.len());
        assert!(rule["uri"].as_str().unwrap().ends_with(&format!("/rules/{}.md", page.meta.id)));
    }
    assert_eq!(all.as_array().unwrap().len(), rules::RULES.len());
}

#[test]
fn every_page_fits_a_terminal_and_loses_no_word() {
    for page in rules::pages() {
        for width in [60, 80, 120] {
            let text = render::page(page, &HumanOptions { width, ..HumanOptions::default() }, true);
            // A word that fills a line on its own, an address or a selector, can only stick out.
            let has_room = |line: &&str| line.split(' ').all(|word| word.width() < width - 20);
            for line in text.lines().filter(has_room) {
                assert!(line.width() <= width, "{}, {width}: {line}", page.meta.id);
            }
            assert!(!text.contains("](") && !text.contains("```") && !text.contains("// expect:"), "{text}");
            assert!(
                text.lines().all(|line| line.trim_end() == line),
                "{}: blanks at a line's end",
                page.meta.id
            );
        }
        let text = render::page(page, &HumanOptions::default(), false);
        let has = |word: &str| text.contains(word);
        for heading in rules::page::SECTIONS {
            assert!(text.lines().any(|line| line == heading), "{}: {heading}", page.meta.id);
        }
        assert!(page.meta.references.iter().any(|address| has(address)), "{}: no address", page.meta.id);
        let prose = page.body.split("```").step_by(2).collect::<String>();
        let words = prose.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words {
            assert!(has(word), "{}: `{word}` is lost", page.meta.id);
        }
    }
}

#[test]
fn an_example_is_copied_whole_where_there_is_no_terminal() {
    let said = run(&["explain", "push-types-before-delegate"]);
    let text = said.out;
    assert!(text.contains(
        "  │                      didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {\n"
    ));
    assert!(
        text.contains(
            "  │         registry.desiredPushTypes = [.voIP]\n  │         // ^ push-types-before-delegate warning\n"
        ),
        "{text}"
    );
    assert!(text.contains("\n  AppDelegate+Push.swift\n  │ import CallKit\n"), "a file of several is named");
}

#[test]
fn colours_are_for_terminals_and_those_who_ask() {
    let is_coloured = |args: &[&str]| run(args).out.contains('\u{1b}');
    for what in ["explain missing-call-report", "explain 0xBAADCA11", "rules"] {
        let args: Vec<&str> = what.split(' ').collect();
        assert!(!is_coloured(&args), "{what}: there is no terminal");
        assert!(is_coloured(&[&args[..], &["--color", "always"]].concat()), "{what}");
        assert!(!is_coloured(&[&args[..], &["--color", "never"]].concat()), "{what}");
    }
}

/// What a terminal gets to see, where there is the program that plays one.
#[cfg(target_os = "linux")]
fn in_a_terminal(args: &str, environment: &[(&str, &str)]) -> Option<String> {
    let mut command = Command::new("script");
    command.args(["-qec", &format!("{} {args}", env!("CARGO_BIN_EXE_pushlint")), "/dev/null"]);
    command.env_remove("LC_ALL").env_remove("LC_CTYPE").env_remove("LANG").env("TERM", "xterm");
    command.envs(environment.iter().copied()).stdin(std::process::Stdio::null());
    Some(String::from_utf8_lossy(&command.output().ok()?.stdout).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_without_utf_8_gets_ascii() {
    for args in ["fixtures/ring", "trace fixtures/ring", "explain missing-call-report"] {
        let drawn = |environment: &[(&str, &str)]| in_a_terminal(args, environment);
        let Some(ascii) = drawn(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]) else { return };
        assert!(ascii.contains("missing-call-report") && ascii.is_ascii(), "{ascii}");
        for environment in [&[][..], &[("LANG", "de_DE.UTF-8")], &[("LC_CTYPE", "UTF-8"), ("LC_ALL", "")]] {
            assert!(!drawn(environment).unwrap().is_ascii(), "{environment:?}");
        }
    }
}

#[test]
fn a_symptom_leads_to_the_rules_that_look_for_its_causes() {
    for (asked, rule) in [
        (&["0xBAADCA11"][..], "push-types-before-delegate"),
        (&["0xbaadca11"], "registry-stored-property"),
        (&["never", "posted", "an", "incoming", "call"], "missing-call-report"),
        (&["never posted an incoming call"], "deferred-call-report"),
        (&["_terminateAppIfThereAreUnhandledVoIPPushes"], "async-push-handler"),
        (&["failed to report an incoming call too many times"], "missing-call-report"),
        (
            &[
                "*** Terminating app due to uncaught exception 'NSInternalInconsistencyException', reason: 'Killing app \
               because it never posted an incoming call to the system after receiving a PushKit VoIP push.'",
            ],
            "missing-call-report",
        ),
        (
            &["Apps receving VoIP pushes must post an incoming call via CallKit in the same run loop as \
               pushRegistry:didReceiveIncomingPushWithPayload:forType:[withCompletionHandler:] without delay."],
            "deferred-call-report",
        ),
    ] {
        let said = run(&[&["explain"], asked].concat());
        assert_eq!(said.status, 0, "{asked:?}: {}", said.err);
        assert!(listed(&said.out).contains(&rule), "{asked:?}: {}", said.out);
        assert!(said.out.contains("pushlint explain "), "the next step is shown");
    }
}

#[test]
fn what_nobody_knows_is_one_line_and_status_2() {
    for (asked, line) in [
        (
            "mising-call-report",
            "pushlint: unknown rule `mising-call-report`; did you mean `missing-call-report`?\n",
        ),
        (
            "EXC_BAD_ACCESS",
            "pushlint: no rule and no symptom is known as `EXC_BAD_ACCESS`; try a part of what the log says, such as 0xBAADCA11, or `pushlint rules`\n",
        ),
        ("", "pushlint: say a rule's id or a symptom; `pushlint rules` lists the rules\n"),
    ] {
        let said = run(&["explain", asked]);
        assert_eq!((said.told(), said.err.as_str()), ((2, ""), line));
    }
}

#[test]
fn the_files_of_a_check_are_listed_and_what_is_left_out_says_why() {
    let swift = "struct A {}\n";
    let project = Project::folder_with(&[
        ("App.xcodeproj/project.pbxproj", ""),
        (".gitignore", "Generated/\nsecret.swift\n"),
        ("pushlint.toml", "exclude = [\"Old\"]\n"),
        ("App/A.swift", swift),
        ("App/secret.swift", swift),
        ("App/Old/B.swift", swift),
        ("App/Bridge.m", "#import <UIKit/UIKit.h>\n"),
        ("App/Push.m", "#import <PushKit/PushKit.h>\n"),
        ("App/Bridge.h", ""),
        ("AppTests/T.swift", swift),
        ("Generated/api/C.swift", swift),
        ("Generated/D.swift", swift),
        ("Pods/Kit/K.swift", swift),
        ("ThirdParty/V.swift", swift),
        ("README.md", ""),
    ]);
    project.write("App/Wide.swift", b"\xFF\xFEi\0m\0");
    let listed = |args: &[&str]| {
        let said = project.run(&[&["files"], args].concat());
        assert_eq!(said.status, 0, "{}", said.err);
        said.out
    };
    let all = "\
App/A.swift
App/Bridge.m\tnot read: Objective-C
App/Old/B.swift\tnot reported on: excluded in pushlint.toml
App/Push.m\tnot read: Objective-C, though it names PushKit
App/Wide.swift\tnot read: UTF-16
App/secret.swift\tnot read: an ignore file excludes it
AppTests/T.swift\tnot reported on: test code
Generated/\tnot read: an ignore file excludes it
Pods/\tnot read: a folder of dependencies or build products
ThirdParty/V.swift\tnot reported on: code of others
";
    assert_eq!(listed(&[]), all);
    assert!(listed(&["--no-ignore"]).contains("\nGenerated/D.swift\nGenerated/api/C.swift\nPods/"));
    let some = listed(&["AppTests"]);
    assert!(some.contains("App/A.swift\treported on only where it concerns what was asked for\n"), "{some}");

    let json: serde_json::Value = serde_json::from_str(&listed(&["--format", "json"])).unwrap();
    assert_eq!(json["version"], 1);
    let told: Vec<(&str, bool, &str)> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let text = |key: &str| file[key].as_str().unwrap();
            (text("path"), file["is_read"].as_bool().unwrap(), text("treatment"))
        })
        .collect();
    assert_eq!(told.len(), all.lines().count());
    for expected in [
        ("App/A.swift", true, "reported"),
        ("App/Push.m", false, "objective_c_with_pushkit"),
        ("Generated/", false, "ignored"),
        ("Pods/", false, "not_entered"),
        ("AppTests/T.swift", true, "test"),
    ] {
        assert!(told.contains(&expected), "{expected:?}: {told:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_has_the_name_of_a_source_and_is_never_read_is_listed() {
    let swift = "struct A {}\n";
    let project = Project::new(&[
        (".gitignore", "/App/\n.build/\n"),
        (".build/checkouts/B.swift", swift),
        (".git/hooks/H.swift", swift),
        (".github/workflows/ci.yml", ""),
        (".hidden/deep/C.swift", swift),
        ("Kit/.D.swift", swift),
        ("App/App.xcodeproj/project.pbxproj", ""),
        ("App/A.swift", swift),
    ]);
    let made = std::process::Command::new("mkfifo").arg(project.folder().join("Kit/Pipe.swift")).status();
    assert!(made.unwrap().success());
    let listed = "\
.build/\tnot read: the name begins with a dot
.hidden/\tnot read: the name begins with a dot
App/\tnot read: an ignore file excludes it
Kit/.D.swift\tnot read: the name begins with a dot
Kit/Pipe.swift\tnot read: a pipe or a socket
";
    assert_eq!(project.run(&["files"]).out, listed);
}

#[test]
fn a_test_without_the_app_that_it_tests_and_the_part_for_the_mac_are_not_read() {
    let swift = "struct A {}\n";
    let project = Project::new(&[
        (".gitignore", "/App/App/\n"),
        ("App/App.xcodeproj/project.pbxproj", ""),
        ("App/App/A.swift", swift),
        ("App/AppTests/T.swift", swift),
        ("Call/pubspec.yaml", "name: call\nflutter:\n"),
        ("Call/ios/Runner/R.swift", swift),
        ("Call/macos/Runner/R.swift", swift),
    ]);
    let listed = "\
App/App/\tnot read: an ignore file excludes it
App/AppTests/T.swift\tnot read: test code or code of others, with no app or library that it belongs to
Call/ios/Runner/R.swift
Call/macos/Runner/R.swift\tnot read: the part of a Flutter app that runs on the Mac
";
    assert_eq!(project.run(&["files"]).out, listed);
}

#[cfg(unix)]
#[test]
fn links_are_listed_and_read_where_they_are_named() {
    let loses = handler(
        "Calls",
        "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }",
    );
    let outside = Project::folder_with(&[("Calls.swift", &loses)]);
    let project = Project::new(&[("App/A.swift", "struct A {}\n")]);
    let link = project.folder().join("App/Calls.swift");
    std::os::unix::fs::symlink(outside.folder().join("Calls.swift"), link).unwrap();
    let listed = "App/A.swift\nApp/Calls.swift\tnot followed: a symbolic link\n";
    assert_eq!(project.run(&["files"]).told(), (0, listed));
    assert_eq!(project.run(&["--quiet", "--format", "short"]).told(), (0, ""));
    let named = project.run(&["--format", "short", "App/Calls.swift"]);
    assert_eq!(named.status, 1);
    assert!(named.out.starts_with("App/Calls.swift:"), "{}", named.out);
    assert!(project.run(&["files", "App/Calls.swift"]).out.contains("App/Calls.swift\n"), "it is read now");
}

#[cfg(unix)]
#[test]
fn a_name_that_would_steer_the_terminal_is_shown_and_kept_whole_in_json() {
    let project = Project::new(&[("App/\u{1b}[2J\n\u{202e}A.swift", "")]);
    assert_eq!(project.run(&["files"]).told(), (0, "App/\\u{1b}[2J\\n\\u{202e}A.swift\n"));
    let json: serde_json::Value =
        serde_json::from_str(&project.run(&["files", "--format", "json"]).out).unwrap();
    assert_eq!(json["files"][0]["path"], "App/\u{1b}[2J\n\u{202e}A.swift");
}

#[test]
fn what_is_read_beside_the_sources_is_listed_too() {
    let said = run(&["files", "fixtures/ring"]);
    for line in [
        "fixtures/ring/Ring/AppDelegate.swift",
        "fixtures/ring/Ring/Info.plist",
        "fixtures/ring/Ring.xcodeproj/project.pbxproj",
        "fixtures/clean/Clear/AppDelegate.swift\tnot read: belongs to another app or library",
    ] {
        assert!(said.out.lines().any(|other| other == line), "{line}: {}", said.out);
    }
}

/// A script that asks a shell, with the completions in the file `$1`, what follows `$2`.
fn asked(shell: &str, script: &str, typed: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let completions = run(&["completions", shell]);
    assert_eq!(completions.status, 0);
    let file = folder.path().join("_pushlint");
    fs::write(&file, &completions.out).unwrap();
    let mut command = Command::new(shell);
    let flags: &[&str] = if shell == "zsh" { &["-f"] } else { &[] };
    command.args(flags).current_dir(folder.path());
    let output = command.arg("-c").arg(script).arg(shell).arg(&file).arg(typed).output().ok()?;
    assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn bash_completes_commands_flags_and_values() {
    let script = "source \"$1\"; read -ra COMP_WORDS <<< \"$2\"; [[ $2 == *' ' ]] && COMP_WORDS+=(''); \
                  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=$2; COMP_POINT=${#2}; \
                  complete -p pushlint > /dev/null; \
                  _pushlint pushlint \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; \
                  echo \"${COMPREPLY[@]}\"";
    for (typed, expected) in [
        ("pushlint ex", "explain"),
        ("pushlint --unsafe", "--unsafe-fixes"),
        ("pushlint --fail-on ", "error warning note never"),
        ("pushlint completions ", "bash elvish fish powershell zsh"),
        ("pushlint explain mis", "missing-call-report"),
        ("pushlint --only uns", "unseen-call-report"),
    ] {
        let Some(reply) = asked("bash", script, typed) else { return };
        assert!(reply.trim().contains(expected), "{typed}: {reply}");
    }
}

#[test]
fn fish_completes_commands_flags_and_values() {
    let script = "source $argv[2]; complete -C \"$argv[3]\"";
    for (typed, expected) in [
        ("pushlint ex", "explain\t"),
        ("pushlint --unsafe", "--unsafe-fixes\t"),
        ("pushlint --fail-on=", "--fail-on=never\t"),
        ("pushlint --fail-on ", "never\t"),
        ("pushlint --quiet --format gi", "github\t"),
        ("pushlint --only mis", "missing-call-report\n"),
        ("pushlint rules --format ", "json\t"),
        ("pushlint completions ", "elvish\n"),
        ("pushlint explain mis", "missing-call-report\n"),
        ("pushlint trace --format mer", "mermaid\t"),
        ("pushlint baseline wr", "write\t"),
    ] {
        let Some(reply) = asked("fish", script, typed) else { return };
        assert!(reply.contains(expected), "{typed}: {reply}");
    }
}

#[test]
fn zsh_takes_the_completions() {
    let script = "autoload -Uz compinit; compinit -u -d ./dump; zsh -n \"$1\"; fpath=(. $fpath); autoload -Uz _pushlint; \
                  compdef _pushlint pushlint; print ${_comps[pushlint]}";
    let Some(reply) = asked("zsh", script, "") else { return };
    assert_eq!(reply.trim(), "_pushlint");
}

/// The first word may be a command or a path; what is generated takes only the second one for a command.
#[test]
fn zsh_takes_the_first_word_for_a_command() {
    let script = run(&["completions", "zsh"]).out;
    assert!(script.contains("\":: :_pushlint_commands_or_paths\""), "{script}");
    assert!(script.contains("case $line[1] in\n            (rules)"), "{script}");
    assert!(!script.contains("$line[2]") && !script.contains("'::paths"), "{script}");
}

#[test]
fn completions_are_there_for_five_shells() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = run(&["completions", shell]);
        assert_eq!(said.status, 0, "{shell}");
        for word in ["explain", "unsafe-fixes", "completions"] {
            assert!(said.out.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).status, 2);
}

#[test]
fn the_manual_page_is_one_that_man_understands() {
    for (args, name) in [
        (&["man"][..], "pushlint"),
        (&["man", "explain"], "pushlint-explain"),
        (&["man", "baseline", "write"], "pushlint-baseline-write"),
        (&["man", "baseline", "prune"], "pushlint-baseline-prune"),
    ] {
        let said = run(args);
        assert_eq!(said.status, 0);
        let page = said.out;
        let version = env!("CARGO_PKG_VERSION");
        assert!(page.contains(&format!(".TH {name} 1  \"pushlint {version}\"")), "{page}");
        assert!(page.contains("SYNOPSIS") && page.contains("OPTIONS") && page.contains("\\-\\-"), "{page}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.1");
        fs::write(&file, page).unwrap();
        if let Ok(output) =
            Command::new("groff").args(["-man", "-ww", "-Tutf8", "-P-cbu"]).arg(&file).output()
        {
            let shown = Said::by(output);
            assert_eq!(shown.complained(), (0, ""));
            assert!(shown.out.contains("NAME"), "{}", shown.out);
        }
    }
    let said = run(&["man", "explian"]);
    assert_eq!(said.complained(), (2, "pushlint: unknown command `explian`; did you mean `explain`?\n"));
    let said = run(&["man", "baseline", "wirte"]);
    assert_eq!(said.complained(), (2, "pushlint: unknown command `baseline wirte`; did you mean `write`?\n"));
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_told() {
    for args in
        [&["--help"][..], &["--version"], &["help"], &["baseline", "write", "--help"], &["man"], &["rules"]]
    {
        let mut command = pushlint(Path::new("."), args);
        command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
        let said = Said::of(&mut command);
        let line = "pushlint: standard output: cannot be written: no space left on device\n";
        assert_eq!(said.complained(), (2, line), "{args:?}");
    }
}

#[test]
fn statistics_count_by_rule_and_say_where_the_time_went() {
    let said = run(&["--statistics", "--format", "short", "fixtures/ring"]);
    let text = said.err;
    let row = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = text.lines().map(row).collect();
    assert!(rows.contains(&row("rule errors warnings notes fixable")), "{text}");
    assert!(rows.contains(&row("optional-chained-report 0 1 0 1")), "{text}");
    assert!(rows.contains(&row("missing-call-report 1 0 0 0")), "{text}");
    let time = text.lines().find(|line| line.starts_with("time: ")).unwrap();
    for part in ["finding files ", "searching them ", "parsing ", "analysing "] {
        assert!(time.contains(part), "{time}");
    }
    assert!(!time.contains("comparing"), "{time}");
    let quiet = run(&["--quiet", "fixtures/ring"]);
    assert_eq!(quiet.complained(), (1, ""));
}

#[test]
fn an_editor_gets_the_findings_of_what_it_has_not_saved() {
    let ring = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ring/Ring");
    let saved = fs::read_to_string(ring.join("Push/AppDelegate+IncomingPush.swift")).unwrap();
    let findings = |unsaved: &str| {
        let args =
            ["--stdin-filename", "Push/AppDelegate+IncomingPush.swift", "--format", "json", "--quiet", "-"];
        let said = Said::with(&mut pushlint(&ring, &args), unsaved);
        let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        let all = json["findings"].as_array().unwrap().clone();
        all.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let rule = "optional-chained-report".to_owned();
    assert!(findings(&saved).contains(&rule), "the report is in another file, on the disk");
    assert!(!findings(&saved.replace("callCenter?.ring", "callCenter!.ring")).contains(&rule));
}
