//! What a text says is to be found in it: `// expect: <rule> [level], …` at the end of the line in question, and in XML
//! `<!-- expect: <rule> [level] -->`.

use std::fmt;

use pushlint::finding::Level;
use pushlint::report::Report;
use pushlint::rules::RULES;
use pushlint::source::SourceFile;

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
        let in_xml =
            |line: &'_ str| line.split_once("<!-- expect:").map(|(_, marks)| marks.trim_end().to_owned());
        let marks = line.split_once("// expect:").map(|(_, marks)| marks.to_owned()).or_else(|| in_xml(line));
        let marks = marks.as_deref().map_or("", |marks| marks.trim_end_matches("-->"));
        for mark in marks.split(',').filter(|mark| !mark.trim().is_empty()) {
            found.push(
                expectation(path, at + 1, mark).map_err(|error| format!("{path}:{}: {error}", at + 1))?,
            );
        }
    }
    Ok(found)
}

/// What the words of a mark say: the rule, and its level or not.
pub(crate) fn expectation(path: &str, line: usize, mark: &str) -> Result<Expectation, String> {
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

/// A finding as it is compared.
struct Found {
    path: String,
    line: usize,
    rule: &'static str,
    level: Level,
    message: String,
}

/// Where a report differs from what is expected: what is missing, what nobody expected, what has another level. `path_of` gives
/// the path of a file as expectations name it.
pub(crate) fn differences(
    expected: &[Expectation],
    report: &Report,
    path_of: impl Fn(&SourceFile) -> String,
) -> Vec<String> {
    let mut found: Vec<Found> = report
        .findings
        .iter()
        .map(|finding| {
            let source = report.sources.get(finding.location.file);
            Found {
                path: path_of(source),
                line: source.lines().line(finding.location.span.start),
                rule: finding.rule,
                level: finding.level,
                message: finding.message.clone(),
            }
        })
        .collect();
    let mut complaints = Vec::new();
    for expectation in expected {
        let is_it = |found: &Found| {
            (found.path.as_str(), found.line, found.rule)
                == (expectation.path.as_str(), expectation.line, expectation.rule.as_str())
        };
        let Some(at) = found.iter().position(is_it) else {
            complaints.push(format!("{expectation}: not found"));
            continue;
        };
        let found = found.remove(at);
        if expectation.level.is_some_and(|level| level != found.level) {
            complaints.push(format!("{expectation}: found as {}: {}", found.level.word(), found.message));
        }
    }
    complaints.extend(found.into_iter().map(|found| {
        let Found { path, line, rule, level, message } = found;
        format!("{path}:{line}: {rule} {}: not expected: {message}", level.word())
    }));
    complaints
}
