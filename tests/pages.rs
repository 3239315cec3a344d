//! The pages of the rules: their Swift blocks say what a rule means, and they are well formed.

mod expectations;

use expectations::{Project, expectations};
use pushlint::finding::Level;
use pushlint::rules::page::Page;
use pushlint::rules::pages;
use tree_sitter::Parser;

/// Swift blocks of one section that are read as one project; a block without a project is one of its own.
struct Example {
    /// Where it begins, for a person.
    place: String,
    /// The files.
    files: Project,
}

/// The examples of a section, in their order.
fn examples(page: &Page, section: &str) -> Vec<Example> {
    let text = page.section(section).expect("every page has every section");
    let mut examples: Vec<Example> = Vec::new();
    let mut last_project: Option<String> = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let mut words = info.split_whitespace();
        if words.next() != Some("swift") {
            continue;
        }
        let (mut file, mut project) = ("Example.swift".to_owned(), None);
        for word in words {
            match word.split_once('=') {
                Some(("file", name)) => name.clone_into(&mut file),
                Some(("project", name)) => project = Some(name.to_owned()),
                _ => panic!("rules/{}.md: what is `{word}` in `{line}`?", page.meta.id),
            }
        }
        let code = format!("{}\n", code.join("\n"));
        let continues = project.is_some() && project == last_project;
        last_project = project;
        match examples.last_mut().filter(|_| continues) {
            Some(example) => {
                let twice = example.files.insert(file, code);
                assert!(twice.is_none(), "{}: a file of that name twice", example.place);
            }
            None => examples.push(Example {
                place: format!("rules/{}.md, \"{section}\", example {}", page.meta.id, examples.len() + 1),
                files: Project::from([(file, code)]),
            }),
        }
    }
    examples
}

/// Every example of every page with its section.
fn all_examples() -> Vec<(&'static str, &'static str, Example)> {
    let sections = ["What triggers it", "What does not", "How to fix it"];
    let of_page = |page: &'static Page| {
        sections.into_iter().flat_map(move |section| {
            let id = page.meta.id.as_str();
            examples(page, section).into_iter().map(move |example| (id, section, example))
        })
    };
    pages().iter().flat_map(of_page).collect()
}

fn fail_with(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn what_triggers_a_rule_shows_where_and_nothing_else_is_marked() {
    let mut complaints = Vec::new();
    for (id, section, example) in all_examples() {
        let mut triggers = false;
        for (file, text) in &example.files {
            match expectations(text) {
                Ok(found) => {
                    triggers |= found.iter().any(|expected| expected.rule == id);
                    let fails = found.iter().find(|expected| expected.level != Some(Level::Note));
                    if let Some(fails) = fails.filter(|_| section != "What triggers it") {
                        complaints.push(format!("{}, {file}:{}: a mark", example.place, fails.line));
                    }
                }
                Err(error) => complaints.push(format!("{}, {file}, {error}", example.place)),
            }
        }
        if section == "What triggers it" && !triggers {
            complaints.push(format!("{}: nothing is marked", example.place));
        }
    }
    fail_with(&complaints);
}

#[test]
fn every_page_has_examples_of_both_kinds_and_a_repair() {
    for page in pages() {
        for section in ["What triggers it", "What does not", "How to fix it"] {
            assert!(!examples(page, section).is_empty(), "rules/{}.md: \"{section}\"", page.meta.id);
        }
    }
}

#[test]
fn every_example_is_swift() {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_swift::LANGUAGE.into()).expect("the grammar fits");
    let mut complaints = Vec::new();
    for (_, _, example) in all_examples() {
        for (file, text) in &example.files {
            let tree = parser.parse(text, None).expect("no timeout is set");
            if tree.root_node().has_error() {
                complaints.push(format!("{}, {file}:\n{}", example.place, tree.root_node().to_sexp()));
            }
        }
    }
    fail_with(&complaints);
}
