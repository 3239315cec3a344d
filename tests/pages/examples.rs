//! The blocks of a Markdown text that are code of an app: Swift, property lists (`xml`), build settings (`xcconfig`), project files
//! (`pbxproj`).
//!
//! The words after ```` ```swift ```` name the file (`file=AppDelegate.swift`), the project (`project=a`) and the target
//! (`target=Service`, an extension): blocks in a row with the same project are its files. [`crate::xcode`] adds what project files need
//! around them.

use std::collections::BTreeMap;

use crate::expectations::{Expectation, expectations};
use crate::xcode::{self, APP, Member};

/// Texts by path that are read as one project.
pub(crate) type Files = BTreeMap<String, String>;

/// Blocks that are read as one project; a block that names none is one of its own.
pub(crate) struct Example {
    /// The second-level heading that it stands under.
    pub(crate) heading: String,
    /// Where it begins: `rules/a.md:17`.
    pub(crate) place: String,
    /// Its files.
    pub(crate) files: Files,
    members: Vec<Member>,
}

impl Example {
    /// What the files are marked with.
    pub(crate) fn expectations(&self) -> Vec<Expectation> {
        let of_file = |(path, text): (&String, &String)| {
            expectations(path, text).unwrap_or_else(|error| panic!("{}: {error}", self.place))
        };
        self.files.iter().flat_map(of_file).collect()
    }
}

/// The examples of a text, in their order.
pub(crate) fn examples(name: &str, text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut heading = String::new();
    let mut last_project: Option<String> = None;
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if let Some(words) = line.strip_prefix("## ") {
            words.clone_into(&mut heading);
            last_project = None;
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let place = format!("{name}:{}", at + 1);
        let code: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```")).collect();
        let mut words = info.split_whitespace();
        let usual = match words.next() {
            Some("swift") => "Example.swift",
            Some("xml") => "Info.plist",
            Some("xcconfig") => "App.xcconfig",
            Some("pbxproj") => "App.xcodeproj/project.pbxproj",
            _ => continue,
        };
        let (mut file, mut project, mut target) = (usual.to_owned(), None, APP.to_owned());
        for word in words {
            match word.split_once('=') {
                Some(("file", name)) => name.clone_into(&mut file),
                Some(("project", name)) => project = Some(name.to_owned()),
                Some(("target", name)) => name.clone_into(&mut target),
                _ => panic!("{place}: what is `{word}`?"),
            }
        }
        let code = format!("{}\n", code.join("\n"));
        let continues = project.is_some() && project == last_project;
        last_project = project;
        let member = Member { path: file.clone(), target };
        match examples.last_mut().filter(|_| continues) {
            Some(example) => {
                let twice = example.files.insert(file, code);
                example.members.push(member);
                assert!(twice.is_none(), "{place}: a file of that name twice");
            }
            None => {
                examples.push(Example {
                    heading: heading.clone(),
                    place,
                    files: Files::from([(file, code)]),
                    members: vec![member],
                });
            }
        }
    }
    for Example { files, members, .. } in &mut examples {
        xcode::complete(files, members);
    }
    examples
}
