//! What was not read or not understood takes the proof away, and every form of the picture names it.

use std::fs;
use std::path::Path;

use super::fixture;
use super::project::Project;

const LOST: &str = "import PushKit

extension Zed: PKPushRegistryDelegate {
    fun pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                     for type: PKPushType, completion: @escaping () -> Void) { completion() }
}
";

const SILENT: &str = "import PushKit

final class Zed: NSObject, PKPushRegistryDelegate {
    func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType) {}
    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) { completion() }
}
";

/// A copy of the app in which nothing is missing.
fn clean() -> Project {
    fn add(project: &Project, folder: &Path, shown: &str) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let shown = format!("{shown}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                add(project, &path, &format!("{shown}/"));
            } else {
                project.write(&shown, &fs::read(&path).unwrap());
            }
        }
    }
    let project = Project::new(&[]);
    add(&project, &fixture("clean"), "");
    project
}

fn picture(project: &Project, format: &str) -> String {
    project.run(&["trace", "--format", format]).out
}

fn document(project: &Project) -> serde_json::Value {
    serde_json::from_str(&picture(project, "json")).unwrap()
}

/// No form of the picture is a proof, and each names this file.
#[track_caller]
fn is_open(project: &Project, path: &str) {
    let document = document(project);
    assert_eq!(document["is_proved"], false);
    assert_eq!(document["unread"], serde_json::json!([path]));
    for format in ["human", "mermaid"] {
        let picture = picture(project, format);
        let name = if format == "mermaid" { path.replace('_', "#95;") } else { path.to_owned() };
        // A line of a terminal may end in the middle of a sentence.
        let words = picture.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&name), "{format}: {picture}");
        assert!(!words.contains("Nothing is missing"), "{format}: {picture}");
    }
    let chart = picture(project, "mermaid");
    let verdict = chart.lines().find(|line| line.trim_start().starts_with("verdict[")).unwrap();
    assert!(verdict.ends_with(":::plain"), "{verdict}");
}

#[test]
fn the_copy_itself_is_proved() {
    let project = clean();
    assert_eq!(document(&project)["is_proved"], true);
    assert_eq!(document(&project)["unread"], serde_json::json!([]));
    assert!(picture(&project, "human").contains("Nothing is missing."));
}

#[test]
fn a_handler_that_is_lost_to_a_syntax_error() {
    let project = clean();
    project.write("Clear/Bad.swift", LOST);
    is_open(&project, "Clear/Bad.swift");
}

#[test]
fn a_file_that_is_not_utf_8() {
    let project = clean();
    let bytes: Vec<u8> = SILENT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    project.write("Clear/Wide.swift", &bytes);
    is_open(&project, "Clear/Wide.swift");
}

#[test]
fn a_file_that_cannot_be_read() {
    // Who may read everything cannot read this either.
    let project = clean();
    project.write("Clear/Large.swift", SILENT);
    let large = fs::File::options().write(true).open(project.folder().join("Clear/Large.swift")).unwrap();
    large.set_len(17 << 20).unwrap();
    is_open(&project, "Clear/Large.swift");
}

#[test]
fn a_project_file_that_is_cut_off() {
    for path in ["Clear/Info.plist", "Clear.xcodeproj/project.pbxproj"] {
        let project = clean();
        let text = project.read(path);
        project.write(path, &text[..text.len() / 2]);
        is_open(&project, path);
    }
}

#[test]
fn a_project_file_without_a_project() {
    let project = clean();
    for text in ["{}", "{ objects = {}; rootObject = A; }"] {
        project.write("Clear.xcodeproj/project.pbxproj", text);
        is_open(&project, "Clear.xcodeproj/project.pbxproj");
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_with_swift_behind_it() {
    let elsewhere = Project::folder_with(&[("Zed.swift", SILENT)]);
    let project = clean();
    std::os::unix::fs::symlink(elsewhere.folder(), project.folder().join("Clear/Shared")).unwrap();
    is_open(&project, "Clear/Shared/");
}

#[test]
fn a_handler_that_the_configuration_excludes() {
    let project = clean();
    project.write("Clear/Old/Zed.swift", SILENT);
    project.write("pushlint.toml", "exclude = [\"Clear/Old\"]\n");
    is_open(&project, "Clear/Old/Zed.swift");
    assert!(picture(&project, "human").contains("Left out by `exclude`"));
}

#[test]
fn an_excluded_file_that_has_nothing_to_do_with_pushes_changes_no_proof() {
    let project = clean();
    project.write("Clear/Old/View.swift", "import UIKit\nfinal class View: UIView {}\n");
    project.write("pushlint.toml", "exclude = [\"Clear/Old\"]\n");
    assert_eq!(document(&project)["is_proved"], true);
}

#[test]
fn where_all_that_names_pushkit_is_excluded_the_picture_says_so() {
    let project = Project::new(&[("Old/Zed.swift", SILENT), ("App/View.swift", "import UIKit\n")]);
    project.write("pushlint.toml", "exclude = [\"Old\"]\n");
    is_open(&project, "Old/Zed.swift");
    assert!(picture(&project, "human").contains("Left out by `exclude`"));
}
