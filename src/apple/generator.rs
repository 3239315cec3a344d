//! Projects that another file stands for: what it says about the app is seen only once the Xcode project is made.

use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};

use crate::read;

/// A file, what it must contain, and the tool that makes an Xcode project of it.
const GENERATORS: [(&str, &str, &str); 8] = [
    ("project.yml", "targets:", "XcodeGen"),
    ("project.yaml", "targets:", "XcodeGen"),
    ("Project.swift", "ProjectDescription", "Tuist"),
    ("BUILD.bazel", "ios_application", "Bazel"),
    ("BUILD", "ios_application", "Bazel"),
    ("app.json", "\"expo\"", "Expo"),
    ("app.config.js", "expo", "Expo"),
    ("app.config.ts", "expo", "Expo"),
];

/// The nearest file, in a folder or above it up to `base`, of which a tool makes the Xcode project, and the tool.
pub fn around(folder: &Path, base: &Path) -> Option<(PathBuf, &'static str)> {
    let folders = folder.ancestors().take_while(|above| above.starts_with(base));
    folders.filter(|folder| !is_made(folder)).find_map(|folder| {
        GENERATORS.iter().find_map(|(name, word, tool)| {
            let path = folder.join(name);
            contains(&path, word).then_some((path, *tool))
        })
    })
}

/// Whether the Xcode project is there: beside the file, or where Expo and React Native have it.
fn is_made(folder: &Path) -> bool {
    let is_project = |entry: &DirEntry| entry.path().extension().is_some_and(|kind| kind == "xcodeproj");
    let has_project = |folder: &Path| {
        fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| is_project(&entry)))
    };
    has_project(folder) || has_project(&folder.join("ios"))
}

fn contains(path: &Path, word: &str) -> bool {
    read::bytes(path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(word))
}
