//! One rich project, checked once by the real binary, in every format: blanks, `ü`, `%` and emoji in its names
//! and lines, two units, fixes, places in other files, a file that is not read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pushlint::render::Format;
use serde_json::Value;

use crate::json::objections;
use crate::project::{Project, Said};

/// The variables by which CI services tell where a project can be read on the web.
const CI: [&str; 2] = ["GITHUB_SHA", "CI_COMMIT_SHA"];

/// Puts what lies in a folder into the project.
fn copy(folder: &Path, at: &str, project: &Project) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        let at = if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
        if path.is_dir() {
            copy(&path, &at, project);
        } else {
            project.write(&at, &fs::read_to_string(&path).expect("text"));
        }
    }
}

/// The project after one run that wrote every format into the folder `out`, and what that run said.
fn checked() -> (Project, Said) {
    let project = Project::new(&[]);
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/project"), "", &project);
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushlint"));
    for format in Format::ALL {
        command.arg("--output").arg(format!("{0}=out/{0}", format.word()));
    }
    for variable in CI {
        command.env_remove(variable);
    }
    let said = Said::of(command.current_dir(project.folder()).stdin(Stdio::null()));
    (project, said)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn in_every_format() {
    let (project, said) = checked();
    assert_eq!(said.status, 1, "{}", said.err);
    assert_eq!(said.out, project.read("out/human"));
    let folder = project.folder().canonicalize().expect("the folder");
    for format in Format::ALL {
        let text = project.read(&format!("out/{}", format.word()));
        let mut text = text.replace(folder.to_str().expect("UTF-8"), "/the project");
        if format == Format::Sarif {
            text = crate::sarif::without_rules(json(&text));
        }
        insta::assert_snapshot!(format.word(), text);
    }
}

#[test]
fn no_finding_is_lost_on_the_way() {
    let (project, _) = checked();
    let read = |format: Format| project.read(&format!("out/{}", format.word()));
    let lines = |format: Format, words: &[&str]| {
        read(format).lines().filter(|line| words.iter().any(|word| line.contains(word))).count()
    };
    let findings = read(Format::Short).lines().count();
    let length = |list: &Value| list.as_array().map_or(0, Vec::len);
    assert!(findings > 4);
    assert_eq!(lines(Format::Human, &["error[", "warning[", "note["]), findings);
    assert_eq!(lines(Format::Xcode, &[": error: ", ": warning: ", "[unseen-call-report]"]), findings);
    assert_eq!(length(&json(&read(Format::Json))["findings"]), findings);
    assert_eq!(length(&json(&read(Format::Sarif))["runs"][0]["results"]), findings);
    assert_eq!(lines(Format::Github, &["::error ", "::warning ", "::notice "]), findings);
    assert_eq!(length(&json(&read(Format::Gitlab))), findings);
    assert_eq!(length(&json(&read(Format::Rdjson))["diagnostics"]), findings);
    assert_eq!(lines(Format::Markdown, &["### "]), findings);
}

#[test]
fn the_edits_of_a_fix_are_the_same_everywhere() {
    let (project, _) = checked();
    let read = |format: Format| project.read(&format!("out/{}", format.word()));
    let findings = json(&read(Format::Json));
    let edits: Vec<&Value> = findings["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|finding| finding["fix"]["edits"].as_array().into_iter().flatten())
        .collect();
    assert!(edits.len() > 1);
    let fix_its = read(Format::Xcode).lines().filter(|line| line.contains(": fixit: ")).count();
    assert_eq!(fix_its, edits.len());
    let log = read(Format::Sarif);
    assert_eq!(log.matches("\"deletedRegion\"").count(), edits.len());
    for edit in edits {
        assert!(log.contains(&format!("\"text\": {}", edit["text"])));
    }
    let fixes = findings["findings"].as_array().into_iter().flatten().filter(|one| one["fix"].is_object());
    assert_eq!(read(Format::Rdjson).matches("\"suggestions\"").count(), fixes.count());
}

#[test]
fn the_json_is_what_the_schema_says() {
    let (project, _) = checked();
    assert_eq!(objections(&json(&project.read("out/json"))), [""; 0]);
}
