//! `pushlint.toml`: its schema, what is in force (`pushlint config`), and the file to begin with (`pushlint init`).
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod project;

use std::fs;
use std::path::Path;

use project::Project;
use pushlint::config::{Config, Origin, RuleSetting, schema, show};
use pushlint::rules;
use serde_json::Value;

/// Says everything that can be said.
const RICH: &str = r#"
fail-on = "error"
min-confidence = "medium"
baseline = "known.toml"
exclude = ["Generated/", "*.pb.swift", "!Own.pb.swift"]

[project]
deployment-target = "15.4"

[rules]
missing-call-report = "warning"
unseen-call-report = "off"
deferred-call-report = "on"

[[overrides]]
paths = ["Legacy/", "Old \"quoted\"/"]
rules = { missing-call-report = "note", unseen-call-report = "error" }

[[overrides]]
paths = ["Empty/"]
rules = {}

[[reporters]]
call = "AcmeClient.handlePush"
means = "reports"

[[reporters]]
call = "OtherSDK.process(_:)"
means = "calls-back"
methods = ["otherSDK(_:didReceive:)"]
"#;

/// Each with one mistake.
const WRONG: &[&str] = &[
    "exlude = []",
    "exclude = \"Generated\"",
    "exclude = [1]",
    "fail-on = \"eror\"",
    "fail-on = \"off\"",
    "fail-on = true",
    "min-confidence = \"sure\"",
    "baseline = 1",
    "rules = []",
    "[rules]\nmising-call-report = \"off\"",
    "[rules]\nmissing-call-report = \"of\"",
    "[rules]\nmissing-call-report = false",
    "[rules.missing-call-report]\nlevel = \"off\"",
    "[overrides]\npaths = []\nrules = {}",
    "[[overrides]]\npaths = []",
    "[[overrides]]\nrules = {}",
    "[[overrides]]\npaths = []\nrules = {}",
    "[[overrides]]\npaths = [\" \"]\nrules = {}",
    "exclude = [\"\"]",
    "baseline = \"\"",
    "[[reporters]]\ncall = \"\"\nmeans = \"reports\"",
    "[[reporters]]\ncall = \"a\"\nmeans = \"calls-back\"\nmethods = [\"\"]",
    "[[overrides]]\npaths = [\"a\"]\nrules = { missing-call-report = \"never\" }",
    "[[overrides]]\npaths = [\"a\"]\nrules = {}\nfail-on = \"never\"",
    "[project]\ndeployment-target = 15",
    "[project]\ndeployment-target = \"fifteen\"",
    "[project]\ndeployment-target = \"15.4.1\"",
    "[project]\ntarget = \"15\"",
    "[[reporters]]\nmeans = \"reports\"",
    "[[reporters]]\ncall = \"a\"",
    "[[reporters]]\ncall = \"a\"\nmeans = \"report\"",
    "[[reporters]]\ncall = \"a\"\nmeans = \"calls-back\"",
    "[[reporters]]\ncall = \"a\"\nmeans = \"calls-back\"\nmethods = []",
    "[[reporters]]\ncall = \"a\"\nmeans = \"reports\"\nmethod = \"b\"",
    "[[reporters]]\ncall = \"((\"\nmeans = \"reports\"",
    "[[reporters]]\ncall = \"A..b\"\nmeans = \"reports\"",
    "[[reporters]]\ncall = \".b\"\nmeans = \"reports\"",
    "[[reporters]]\ncall = \"A.b(c)\"\nmeans = \"reports\"",
    "[[reporters]]\ncall = \"*\"\nmeans = \"reports\"",
    "[[reporters]]\ncall = \"a\"\nmeans = \"reports\"\nmethods = [\"b(_:)\"]",
    "[[reporters]]\ncall = \"a\"\nmeans = \"never\"\nmethods = [\"b(_:)\"]",
    "[[reporters]]\ncall = \"a\"\nmeans = \"calls-back\"\nmethods = [\"b\"]",
];

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(text, Path::new("/app"), "pushlint.toml").map_err(|error| error.to_string())
}

/// What the schema has to say against a file.
fn complaints(text: &str) -> Vec<String> {
    let file: Value = toml::from_str(text).unwrap();
    let validator = jsonschema::validator_for(&schema()).unwrap();
    validator.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

// ---- the schema -------------------------------------------------------------------------------------------------------

#[test]
fn the_committed_schema_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/config.schema.json");
    let expected = format!("{:#}\n", schema());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == expected, "`UPDATE_SCHEMA=1 cargo test --test config` writes {}", path.display());
    assert_eq!(Project::folder_with(&[]).run(&["config", "--schema"]).out, committed);
}

#[test]
fn the_schema_accepts_what_is_accepted() {
    for text in [RICH, "", "exclude = []\n[rules]\n"] {
        assert_eq!(complaints(text), Vec::<String>::new());
        parse(text).unwrap();
    }
    for word in ["error", "warning", "note", "on", "off"] {
        let rules: Vec<String> = rules::ids().map(|id| format!("{id} = \"{word}\"")).collect();
        let text = format!("[rules]\n{}\n", rules.join("\n"));
        assert_eq!(complaints(&text), Vec::<String>::new());
        parse(&text).unwrap();
    }
}

#[test]
fn the_schema_refuses_what_is_refused() {
    for text in WRONG {
        assert!(!complaints(text).is_empty(), "{text}");
        let error = parse(text).unwrap_err();
        assert!(error.starts_with("pushlint.toml:") && error.contains(" | "), "{text}: {error}");
    }
}

#[test]
fn a_reporter_that_cannot_be_meant_is_told_at_its_place() {
    let entry = |call: &str, rest: &str| format!("[[reporters]]\ncall = \"{call}\"\n{rest}\n");
    let twice = entry("A.b", "means = \"never\"") + &entry("A.b", "means = \"reports\"");
    for (text, line) in [
        (entry("((", "means = \"reports\""), ":2:8: `((`: the parenthesis is not closed at the end"),
        (entry("A..b", "means = \"reports\""), ":2:8: `A..b`: the name of the function is not a name "),
        (entry(".b", "means = \"reports\""), ":2:8: `.b`: nothing stands before the dot; "),
        (
            entry("a", "means = \"never\"\nmethods = [\"b(_:)\"]"),
            ":4:11: `a`: `methods` goes with `means = \"calls-back\"` only",
        ),
        (
            entry("a", "means = \"calls-back\"\nmethods = [\"b\"]"),
            ":4:11: `a`: the method `b` has not the form `name(label:_:)`",
        ),
        (twice, ":5:8: `A.b` is listed twice"),
    ] {
        let said = Project::folder_with(&[("pushlint.toml", &text), ("A.swift", "")]).run(&[]);
        assert_eq!(said.status, 2);
        assert!(said.err.starts_with(&format!("pushlint: pushlint.toml{line}")), "{}", said.err);
    }
}

#[test]
fn a_pattern_or_a_value_that_was_not_finished_is_told_in_words() {
    for (text, line) in [
        ("exclude = [\"a\", \"[\"]\n", ":1:17: `[`: a `[` is not closed; `\\\\[` stands for one\n"),
        ("exclude = [\"[]a\"]\n", ":1:12: `[]a`: a `[` is not closed; "),
        ("exclude = [\"{a,b\"]\n", ":1:12: "),
        (
            "exclude = [\"./App\"]\n",
            ":1:12: `./App`: a pattern begins in the folder of this file, without `./`",
        ),
        (
            "[[overrides]]\npaths = [\"!../App\"]\nrules = {}\n",
            ":2:10: `!../App`: a pattern begins in the folder",
        ),
        ("fail-on =\n", ":1:10: a value is missing here\n"),
        ("fail-on = error\n", ":1:11: a text stands in quotes\n"),
    ] {
        let said = Project::folder_with(&[("pushlint.toml", text), ("A.swift", "")]).run(&[]);
        assert_eq!(said.status, 2, "{text}");
        assert!(said.err.starts_with(&format!("pushlint: pushlint.toml{line}")), "{text}: {}", said.err);
    }
    for pattern in ["[Gg]enerated/", "[!a]*.swift", "[]]b", "\\\\[a"] {
        parse(&format!("exclude = [\"{pattern}\"]\n")).unwrap();
    }
}

// ---- what the page says ------------------------------------------------------------------------------------------------

const PAGE: &str = include_str!("../docs/configuration.md");

#[test]
fn the_page_names_every_key_and_no_other() {
    let (_, table) = PAGE.split_once("## The keys").unwrap();
    let rows = table.split("\n## ").next().unwrap().lines().filter_map(|line| line.strip_prefix("| `"));
    let mut named: Vec<&str> =
        rows.filter_map(|row| row.split('`').next()).map(|key| key.trim_matches(['[', ']'])).collect();
    named.sort_unstable();
    let schema = schema();
    assert_eq!(named, schema["properties"].as_object().unwrap().keys().collect::<Vec<_>>());
}

#[test]
fn the_configurations_on_the_page_are_accepted() {
    let blocks: Vec<&str> =
        PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 1);
    for block in blocks {
        assert_eq!(complaints(block), Vec::<String>::new());
        parse(block).unwrap();
    }
}

#[test]
fn the_error_on_the_page_is_the_one_that_is_told() {
    let folder = Project::folder_with(&[("pushlint.toml", "[rules]\nmising-call-report = \"off\"\n")]);
    let said = folder.run(&[]);
    let error = said.err;
    assert!(PAGE.contains(&format!("```text\n{error}```\n")), "{error}");
}

// ---- what is in force -------------------------------------------------------------------------------------------------

/// The value that is shown for a key, and where it comes from.
fn shown<'a>(text: &'a str, key: &str) -> (&'a str, &'a str) {
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key} = ")));
    let (value, origin) = line.unwrap_or_else(|| panic!("no {key}\n{text}")).rsplit_once(" # ").unwrap();
    (value.trim(), origin)
}

#[test]
fn every_value_is_shown_with_its_origin() {
    let folder = Project::folder_with(&[("pushlint.toml", RICH), ("App/A.swift", "")]);
    let args =
        ["config", "--fail-on", "note", "--skip", "missing-call-report", "--enable", "unseen-call-report"];
    let said = folder.run(&args);
    let (status, text) = said.told();
    assert_eq!(status, 0);
    for (key, value, origin) in [
        ("fail-on", "\"note\"", "--fail-on"),
        ("min-confidence", "\"medium\"", "pushlint.toml:3"),
        ("baseline", "\"known.toml\"", "pushlint.toml:4"),
        ("exclude", "[\"Generated/\", \"*.pb.swift\", \"!Own.pb.swift\"]", "pushlint.toml:5"),
        ("deployment-target", "\"15.4\"", "pushlint.toml:8"),
        ("missing-call-report", "\"off\"", "--skip"),
        ("unseen-call-report", "\"on\"", "--enable"),
        ("deferred-call-report", "\"on\"", "pushlint.toml:13"),
        ("registry-before-provider", "\"on\"", "default: usually warning"),
    ] {
        assert_eq!(shown(text, key), (value, origin), "{text}");
    }
    assert!(text.starts_with("# pushlint.toml, and what it leaves open\n"), "{text}");
    for (heading, origin) in [("[[overrides]]", "pushlint.toml:15"), ("[[reporters]]", "pushlint.toml:23")] {
        let line = text.lines().find(|line| line.starts_with(heading)).unwrap();
        assert!(line.ends_with(&format!("# {origin}")), "{line}");
    }
}

#[test]
fn the_baseline_that_the_command_line_names_is_shown() {
    let folder = Project::folder_with(&[("pushlint.toml", "baseline = \"known.toml\"\n"), ("A.swift", "")]);
    let text = |args: &[&str]| folder.run(&[&["config"], args].concat()).out;
    assert_eq!(shown(&text(&[]), "baseline"), ("\"known.toml\"", "pushlint.toml:1"));
    assert_eq!(shown(&text(&["--baseline", "new.toml"]), "baseline"), ("\"new.toml\"", "--baseline"));
    assert_eq!(shown(&text(&["--no-baseline"]), "# baseline"), ("\"…\"", "--no-baseline: none"));
    assert_eq!(folder.run(&["config", "--baseline", "a", "--no-baseline"]).status, 2);
}

#[test]
fn only_that_the_command_line_names_is_on() {
    let folder = Project::folder_with(&[]);
    let said = folder.run(&["config", "--only", "missing-call-report", "--min-confidence", "high"]);
    let (_, text) = said.told();
    assert_eq!(shown(text, "missing-call-report"), ("\"on\"", "default: usually error"));
    assert_eq!(shown(text, "deferred-call-report"), ("\"off\"", "--only"));
    assert_eq!(shown(text, "min-confidence"), ("\"high\"", "--min-confidence"));
    assert_eq!(shown(text, "fail-on"), ("\"warning\"", "default"));
    assert!(text.starts_with("# no pushlint.toml"), "{text}");
}

#[test]
fn the_file_that_counts_is_the_one_above_what_is_checked() {
    let folder = Project::folder_with(&[
        ("pushlint.toml", "fail-on = \"never\"\n"),
        ("App/pushlint.toml", "\nfail-on = \"error\"\n"),
        ("App/Push/A.swift", ""),
    ]);
    let fail_on = |args: &[&str]| {
        let said = folder.run(args);
        let (value, origin) = shown(said.told().1, "fail-on");
        format!("{value} {origin}")
    };
    assert_eq!(fail_on(&["config"]), "\"never\" pushlint.toml:1");
    assert_eq!(fail_on(&["config", "App/Push"]), "\"error\" App/pushlint.toml:2");
    assert_eq!(fail_on(&["config", "--no-config"]), "\"warning\" default");
}

#[test]
fn what_is_shown_is_itself_a_configuration_and_means_the_same() {
    for text in [RICH, ""] {
        let config = parse(text).unwrap();
        let first = show(&config, Path::new("/app"));
        let again = parse(&first).unwrap();
        assert_eq!(complaints(&first), Vec::<String>::new());
        for path in ["A.swift", "Legacy/A.swift", "Generated/A.swift", "Own.pb.swift"] {
            let path = Path::new("/app").join(path);
            assert_eq!(config.excludes(&path), again.excludes(&path));
            for id in rules::ids() {
                assert_eq!(config.rule_in(id, &path), again.rule_in(id, &path), "{id}");
            }
        }
        assert_eq!((config.fail_on, config.min_confidence), (again.fail_on, again.min_confidence));
        assert_eq!((&config.baseline, &config.settings), (&again.baseline, &again.settings));
    }
}

// ---- the file to begin with -------------------------------------------------------------------------------------------

fn starter(folder: &Project) -> String {
    let said = folder.run(&["init"]);
    assert_eq!(said.told(), (0, "pushlint.toml\n"));
    folder.read("pushlint.toml")
}

#[test]
fn the_file_to_begin_with_changes_nothing() {
    let text = starter(&Project::folder_with(&[("A.swift", "")]));
    assert_eq!(complaints(&text), Vec::<String>::new());
    let (config, default) = (parse(&text).unwrap(), Config::default());
    assert_eq!((config.fail_on, config.min_confidence), (default.fail_on, default.min_confidence));
    assert_eq!((&config.settings, config.exclude.written.len()), (&default.settings, 0));
    assert!(rules::ids().all(|id| config.origin(&format!("rules.{id}")) == Origin::Default));
}

#[test]
fn every_line_of_the_file_to_begin_with_can_be_used() {
    let text = starter(&Project::folder_with(&[("A.swift", "")]));
    // A line of TOML in a comment, not one of prose.
    let is_setting = |line: &str| {
        let key = line.strip_prefix("# ").and_then(|line| line.split_once(" = "));
        key.is_some_and(|(key, _)| !key.trim_end().contains(' ')) || line.starts_with("# [[")
    };
    let used: Vec<&str> = text
        .lines()
        .map(|line| if is_setting(line) { line.trim_start_matches("# ") } else { line })
        .collect();
    let used = used.join("\n");
    assert_eq!(complaints(&used), Vec::<String>::new(), "{used}");
    let config = parse(&used).unwrap();
    for page in rules::pages() {
        let setting = if page.meta.enabled { RuleSetting::On } else { RuleSetting::Off };
        assert_eq!(config.rule(&page.meta.id), setting);
        assert!(matches!(config.origin(&format!("rules.{}", page.meta.id)), Origin::Line(_)));
    }
    assert_eq!((config.overrides.len(), config.settings.reporters.len()), (1, 1));
    assert!(config.settings.deployment_target.is_some());
}

#[test]
fn the_file_to_begin_with_tells_what_is_left_out_and_leaves_out_what_is_generated() {
    let text = starter(&Project::folder_with(&[
        (".gitignore", "Pods/\n"),
        ("App/A.swift", ""),
        ("App/Proto/calls.pb.swift", ""),
        ("AppTests/T.swift", ""),
        ("App.xcodeproj/project.pbxproj", ""),
        ("ios/Vendor/Acme/Acme.swift", ""),
        ("Pods/Acme/Acme.swift", ""),
    ]));
    let left_out = text.lines().find(|line| line.starts_with("# Left out anyway")).unwrap();
    assert_eq!(
        left_out,
        "# Left out anyway: what .gitignore names, AppTests/ (tests), ios/Vendor/ (code of others)."
    );
    assert_eq!(parse(&text).unwrap().exclude.written, ["*.pb.swift"]);
    assert!(text.starts_with("#:schema https://"), "{text}");
}

#[test]
fn the_file_to_begin_with_tells_the_deployment_target_of_the_project() {
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/clean/Clear.xcodeproj/project.pbxproj");
    let xcode = fs::read_to_string(fixture).unwrap();
    let target = xcode.split("IPHONEOS_DEPLOYMENT_TARGET = ").nth(1).and_then(|rest| rest.split(';').next());
    for (project, told) in [
        (Project::folder_with(&[("ios/Clear.xcodeproj/project.pbxproj", &xcode)]), target.unwrap()),
        (Project::folder_with(&[("App/A.swift", "")]), "13.0"),
    ] {
        let text = starter(&project);
        assert!(text.contains(&format!("# deployment-target = \"{told}\"\n")), "{text}");
        assert_eq!(parse(&text).unwrap().settings.deployment_target, None);
    }
}

#[test]
fn a_file_that_is_there_is_left_as_it_is() {
    let folder = Project::folder_with(&[("pushlint.toml", "fail-on = \"never\"\n")]);
    let said = folder.run(&["init"]);
    assert_eq!(said.told(), (2, ""));
    assert_eq!(said.err, "pushlint: pushlint.toml is there already, and was left as it is\n");
    assert_eq!(folder.read("pushlint.toml"), "fail-on = \"never\"\n");
}

#[test]
fn the_file_belongs_to_the_root_of_the_project_unless_a_folder_is_named() {
    let folder = Project::folder_with(&[(".git/HEAD", ""), ("ios/App/A.swift", "")]);
    let root = folder.folder().canonicalize().unwrap();
    let said = folder.run_in("ios/App", &["init"]);
    assert_eq!(said.told(), (0, format!("{}\n", root.join("pushlint.toml").display()).as_str()));
    assert_eq!(folder.run(&["init", "ios"]).told(), (0, "ios/pushlint.toml\n"));
    let said = folder.run(&["init", "android"]);
    assert_eq!(said.status, 2);
    let error = said.err;
    assert_eq!(error, "pushlint: android/pushlint.toml: cannot be written: no such file or directory\n");
}
