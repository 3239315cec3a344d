//! The Swift blocks of a Markdown text.
//!
//! The words after ```` ```swift ```` name the file (`file=AppDelegate.swift`) and the project (`project=a`): blocks in a row with the
//! same project are its files.

use std::collections::BTreeMap;

use crate::expectations::{Expectation, expectations};

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
        if words.next() != Some("swift") {
            continue;
        }
        let (mut file, mut project) = ("Example.swift".to_owned(), None);
        for word in words {
            match word.split_once('=') {
                Some(("file", name)) => name.clone_into(&mut file),
                Some(("project", name)) => project = Some(name.to_owned()),
                _ => panic!("{place}: what is `{word}`?"),
            }
        }
        let code = format!("{}\n", code.join("\n"));
        let continues = project.is_some() && project == last_project;
        last_project = project;
        match examples.last_mut().filter(|_| continues) {
            Some(example) => {
                let twice = example.files.insert(file, code);
                assert!(twice.is_none(), "{place}: a file of that name twice");
            }
            None => {
                examples.push(Example {
                    heading: heading.clone(),
                    place,
                    files: Files::from([(file, code)]),
                });
            }
        }
    }
    examples
}
