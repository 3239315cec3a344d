//! What stops a run. Everything else that the user should know is a [`crate::report::Notice`].

use std::fmt;
use std::io;

use crate::source::Position;

/// The run cannot go on; its exit status is 2.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for makes no sense.
    #[error("{0}")]
    Usage(String),
    /// `pushlint.toml` is broken.
    #[error("{place}: {text}\n{excerpt}")]
    Config {
        /// `path:line:column`
        place: String,
        /// What is wrong there.
        text: String,
        /// The line.
        excerpt: Excerpt,
    },
    /// A baseline is broken.
    #[error("{place}: {text}")]
    Baseline {
        /// `path:line:column`, or the path alone.
        place: String,
        /// What is wrong there, and what to do.
        text: String,
    },
    /// Git does not have the state to compare with.
    #[error("--changed-since {revision}: {text}")]
    ChangedSince {
        /// The revision, as the user wrote it.
        revision: String,
        /// Why, and what to do.
        text: String,
    },
    /// A file that the run cannot do without cannot be read.
    #[error("{path}: cannot be read: {}", reason(source))]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// An output cannot be written.
    #[error("{path}: cannot be written: {}", reason(source))]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// A line of a file with a part of it marked, as two lines of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    number: usize,
    line: String,
    marks: String,
}

/// So many letters of a line are shown.
const LONGEST: usize = 100;

/// So many letters of a word that is shown in a message.
const LONGEST_WORD: usize = 60;

/// What somebody wrote, for a message: its first line, and not without end.
pub fn quoted(written: &str) -> String {
    let line = written.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST_WORD) {
        Some((end, _)) => format!("`{}…`", line.get(..end).unwrap_or_default()),
        None => format!("`{line}`"),
    }
}

impl Excerpt {
    /// The line of `place`, whose column counts characters, with so many characters marked from there on.
    pub fn new(place: Position, line: &str, width: usize) -> Self {
        // Tabs would put the marks elsewhere, other control characters could steer the terminal.
        let blank = |letter: char| if letter.is_control() { ' ' } else { letter };
        let line: Vec<char> = line.trim_end().chars().map(blank).collect();
        let column = place.column.saturating_sub(1).min(line.len());
        // Of a line of a thousand letters what stands around the place.
        let start = if column > LONGEST / 2 { column - LONGEST / 4 } else { 0 };
        let end = line.len().min(start + LONGEST);
        let (head, tail) = (if start > 0 { "…" } else { "" }, if end < line.len() { "…" } else { "" });
        let before = column - start + head.chars().count();
        let width = width.min(end - column).max(1);
        let part: String = line.get(start..end).unwrap_or_default().iter().collect();
        let marks = " ".repeat(before) + &"^".repeat(width);
        Self { number: place.line, line: format!("{head}{part}{tail}"), marks }
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number.to_string();
        writeln!(f, "  {number} | {}", self.line)?;
        write!(f, "  {:1$} | {2}", "", number.len(), self.marks)
    }
}

/// What the system says, in lower case and without its error number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// `; did you mean …?` where a known word is close to what was written, else nothing.
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(written, known).map_or_else(String::new, |word| format!("; did you mean `{word}`?"))
}

/// The known word that is closest to what was written, if it is close enough to be meant.
pub fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), word))
        // Half of a short word is any other word.
        .filter(|(distance, word)| *distance <= if word.len() < 6 { 1 } else { 1 + word.len() / 4 })
        .min()
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_line_the_place_is_shown() {
        let line = format!("{}key{}", "a".repeat(5000), "b".repeat(5000));
        let excerpt = Excerpt::new(Position { line: 7, column: 5001 }, &line, 3).to_string();
        let [shown, marks] = excerpt.lines().collect::<Vec<_>>()[..] else { panic!("{excerpt}") };
        let at = marks.chars().position(|letter| letter == '^').expect("a mark");
        assert_eq!(shown.chars().skip(at).take(3).collect::<String>(), "key");
        assert_eq!(marks.matches('^').count(), 3);
        assert!(shown.chars().count() < 120 && shown.ends_with('…'), "{shown}");
        let whole = Excerpt::new(Position { line: 1, column: 1 }, &"x".repeat(300), 300).to_string();
        assert!(whole.lines().all(|line| line.chars().count() < 120), "{whole}");
        assert_eq!(quoted(&"x".repeat(61)), format!("`{}…`", "x".repeat(60)));
        assert_eq!(quoted("a\nb"), "`a`");
    }

    #[test]
    fn of_a_short_word_half_is_no_reason_to_propose_it() {
        assert_eq!(closest("Acme", ["some", "size"]), None);
        assert_eq!(closest("hanlde", ["handle", "candle"]), Some("handle"));
    }

    #[test]
    fn only_a_close_word_is_proposed() {
        let known = ["missing-call-report", "deferred-call-report", "exclude"];
        assert_eq!(did_you_mean("mising-call-report", known), "; did you mean `missing-call-report`?");
        assert_eq!(did_you_mean("exlude", known), "; did you mean `exclude`?");
        assert_eq!(did_you_mean("format", known), "");
    }
}
