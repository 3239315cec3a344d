//! What a text says is to be found in it: `// expect: <id> [level], …` at the end of the line in question.

use std::collections::BTreeMap;

use pushlint::finding::Level;
use pushlint::rules::RULES;

/// A finding that a line is marked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expectation {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The rule's id.
    pub(crate) rule: String,
    /// The level, where it matters.
    pub(crate) level: Option<Level>,
}

/// The marks of a text; what is wrong with a mark is an error.
pub(crate) fn expectations(text: &str) -> Result<Vec<Expectation>, String> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let Some((_, marks)) = line.split_once("// expect:") else { continue };
        for mark in marks.split(',') {
            let mut words = mark.split_whitespace();
            let rule = words.next().unwrap_or_default();
            if !RULES.iter().any(|known| known.id == rule) {
                return Err(format!("line {}: there is no rule `{rule}`", at + 1));
            }
            let level = match words.next() {
                None => None,
                Some(word) => Some(level(word).ok_or_else(|| format!("line {}: no level `{word}`", at + 1))?),
            };
            if let Some(word) = words.next() {
                return Err(format!("line {}: what is `{word}`?", at + 1));
            }
            found.push(Expectation { line: at + 1, rule: rule.to_owned(), level });
        }
    }
    Ok(found)
}

fn level(word: &str) -> Option<Level> {
    [Level::Note, Level::Warning, Level::Error].into_iter().find(|level| level.word() == word)
}

/// Texts with their paths that are read as one project.
pub(crate) type Project = BTreeMap<String, String>;
