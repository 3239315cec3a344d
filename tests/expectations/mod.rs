//! What a text says is to be found in it: `// expect: <rule> [level], …` at the end of the line in question.

use std::fmt;

use pushlint::finding::Level;
use pushlint::rules::RULES;

/// A finding that is expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expectation {
    /// The path of the file.
    pub(crate) path: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The rule's id.
    pub(crate) rule: String,
    /// The level, where it matters.
    pub(crate) level: Option<Level>,
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.rule)?;
        self.level.map_or(Ok(()), |level| write!(f, " {}", level.word()))
    }
}

/// The marks of a text; what is wrong with a mark is an error.
pub(crate) fn expectations(path: &str, text: &str) -> Result<Vec<Expectation>, String> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let marks = line.split_once("// expect:").map_or("", |(_, marks)| marks);
        for mark in marks.split(',').filter(|mark| !mark.trim().is_empty()) {
            found.push(
                expectation(path, at + 1, mark).map_err(|error| format!("{path}:{}: {error}", at + 1))?,
            );
        }
    }
    Ok(found)
}

/// What the words of a mark say: the rule, and its level or not.
fn expectation(path: &str, line: usize, mark: &str) -> Result<Expectation, String> {
    let mut words = mark.split_whitespace();
    let rule = words.next().unwrap_or_default();
    if !RULES.iter().any(|known| known.id == rule) {
        return Err(format!("there is no rule `{rule}`"));
    }
    let levels = [Level::Note, Level::Warning, Level::Error];
    let level = match words.next() {
        None => None,
        Some(word) => {
            let level = levels.into_iter().find(|level| level.word() == word);
            Some(level.ok_or_else(|| format!("there is no level `{word}`"))?)
        }
    };
    match words.next() {
        Some(word) => Err(format!("what is `{word}`?")),
        None => Ok(Expectation { path: path.to_owned(), line, rule: rule.to_owned(), level }),
    }
}
