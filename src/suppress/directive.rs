//! What a comment says to pushlint: `pushlint:disable:next missing-call-report - the extension reports it`.

use crate::source::Span;

/// What every comment that speaks to pushlint begins with.
pub const MARKER: &str = "pushlint:";
/// What is meant for it, and told.
pub const MISSPELT: [&str; 2] = ["Pushlint:", "PushLint:"];
/// What else can be said, to the analyses: they read it themselves.
pub(super) const REPORTS: &str = "reports";
/// What separates the ids from the reason.
const DASHES: [char; 3] = ['-', '\u{2013}', '\u{2014}'];

/// What is to happen to the findings of the rules that are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Those on a line are suppressed.
    Line(Which),
    /// Those from here on are suppressed.
    Disable,
    /// Those from here on are reported again.
    Enable,
    /// Nobody knows.
    Unknown,
}

/// A line, seen from the comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// The line where the comment begins.
    This,
    /// The next line with code.
    Next,
    /// The last line with code before it.
    Previous,
}

/// The words after [`MARKER`].
pub(super) const WORDS: [(&str, Kind); 5] = [
    ("disable", Kind::Disable),
    ("disable:next", Kind::Line(Which::Next)),
    ("disable:previous", Kind::Line(Which::Previous)),
    ("disable:this", Kind::Line(Which::This)),
    ("enable", Kind::Enable),
];

/// A word of a comment and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Span,
}

/// A comment that speaks to pushlint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// The comment.
    pub(super) comment: Span,
    /// What it says: `pushlint:disable:next`.
    pub(super) word: Word,
    pub(super) kind: Kind,
    /// What is named, rules or not.
    pub(super) ids: Vec<Word>,
    pub(super) reason: Option<String>,
}

impl Directive {
    /// Reads a comment; none where it says nothing to pushlint, or nothing about suppression.
    pub(super) fn read(comment: Span, text: &str) -> Option<Self> {
        let words = words_of(comment, text)?;
        let start = comment.end as usize - words.len();
        let words = words.trim_end();
        let words = words.strip_suffix("*/").or_else(|| words.strip_suffix("-->")).unwrap_or(words);
        if let Some(rest) = MISSPELT.iter().find_map(|marker| words.strip_prefix(marker)) {
            return Self::misspelt(comment, words, rest, start);
        }
        let rest = words.strip_prefix(MARKER)?;
        let said = &rest[..length_of_word(rest)];
        if said == REPORTS {
            return None;
        }
        let said = if said.is_empty() { behind_blanks(rest)? } else { said };
        let length = MARKER.len() + said.len();
        let (ids, reason) = ids_and_reason(words.get(length..)?, start + length);
        Some(Self {
            comment,
            word: word(&words[..length], start),
            kind: WORDS.iter().find(|(word, _)| *word == said).map_or(Kind::Unknown, |(_, kind)| *kind),
            ids,
            reason,
        })
    }

    /// A known word behind a marker that is none; anything else there is prose.
    fn misspelt(comment: Span, words: &str, rest: &str, start: usize) -> Option<Self> {
        let said = &rest[..length_of_word(rest)];
        let is_known = said == REPORTS || WORDS.iter().any(|(known, _)| *known == said);
        let length = words.len() - rest.len() + said.len();
        is_known.then(|| Self {
            comment,
            word: word(&words[..length], start),
            kind: Kind::Unknown,
            ids: Vec::new(),
            reason: None,
        })
    }
}

/// What a comment says, without what begins it; a block may begin on its second line, behind a star.
fn words_of(comment: Span, text: &str) -> Option<&str> {
    let whole = text.get(comment.start as usize..comment.end as usize)?;
    let words = whole.trim_start_matches(['/', '*', '<', '!', '-']).trim_start();
    let is_block = whole.starts_with("/*");
    Some(if is_block { words.trim_start_matches('*').trim_start() } else { words })
}

fn length_of_word(text: &str) -> usize {
    let is_of_word = |letter: char| letter.is_alphanumeric() || matches!(letter, ':' | '-' | '_');
    text.find(|letter| !is_of_word(letter)).unwrap_or(text.len())
}

/// A known word that blanks keep apart from the marker, with these; anything else there is prose.
fn behind_blanks(text: &str) -> Option<&str> {
    let word = text.trim_start_matches([' ', '\t']);
    let said = &word[..length_of_word(word)];
    let is_known = said == REPORTS || WORDS.iter().any(|(known, _)| *known == said);
    is_known.then(|| &text[..text.len() - word.len() + said.len()])
}

/// Where a comment says that something reports; none where it says anything else.
pub(super) fn reports(comment: Span, text: &str) -> Option<Word> {
    let words = words_of(comment, text)?;
    let rest = words.strip_prefix(MARKER)?;
    let said = &rest[..length_of_word(rest)];
    let start = comment.end as usize - words.len();
    (said == REPORTS).then(|| word(&words[..MARKER.len() + said.len()], start))
}

fn word(text: &str, at: usize) -> Word {
    Word { text: text.to_owned(), span: Span::new(at, at + text.len()) }
}

/// Words up to the first that begins with a dash, and what follows it.
fn ids_and_reason(text: &str, at: usize) -> (Vec<Word>, Option<String>) {
    let is_between = |letter: char| letter.is_whitespace() || letter == ',';
    let mut ids = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(is_between);
        if rest.is_empty() {
            return (ids, None);
        }
        if rest.starts_with(DASHES) {
            let reason = rest.trim_start_matches(DASHES).split_whitespace().collect::<Vec<_>>().join(" ");
            return (ids, Some(reason).filter(|reason| !reason.is_empty()));
        }
        let length = rest.find(is_between).unwrap_or(rest.len());
        ids.push(word(&rest[..length], at + text.len() - rest.len()));
        rest = &rest[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Directive> {
        Directive::read(Span::new(0, text.len()), text)
    }

    fn said(text: &str) -> (Kind, Vec<String>, Option<String>) {
        let directive = read(text).unwrap();
        for word in directive.ids.iter().chain([&directive.word]) {
            assert_eq!(&text[word.span.start as usize..word.span.end as usize], word.text, "{text}");
        }
        (directive.kind, directive.ids.into_iter().map(|id| id.text).collect(), directive.reason)
    }

    #[test]
    fn ids_and_reason_are_told_apart_however_they_are_written() {
        for text in [
            "// pushlint:disable:next a-b c-d - the extension - not this - reports it",
            "//pushlint:disable:next a-b, c-d -- the extension - not this - reports it  ",
            "/// pushlint:disable:next a-b,c-d \u{2014} the extension - not this - reports it",
            "/* pushlint:disable:next a-b\n   c-d\n   -the extension - not this -\n   reports it */",
            "/**\n * pushlint:disable:next a-b c-d - the extension - not this - reports it\n */",
            "<!-- pushlint:disable:next a-b c-d - the extension - not this - reports it -->",
        ] {
            let reason = Some("the extension - not this - reports it".to_owned());
            let ids = vec!["a-b".to_owned(), "c-d".to_owned()];
            assert_eq!(said(text), (Kind::Line(Which::Next), ids, reason), "{text}");
        }
    }

    #[test]
    fn a_dash_without_words_is_no_reason() {
        for text in ["// pushlint:disable a", "// pushlint:disable a -", "/* pushlint:disable a - */"] {
            assert_eq!(said(text), (Kind::Disable, vec!["a".to_owned()], None), "{text}");
        }
        assert_eq!(said("// pushlint:enable"), (Kind::Enable, Vec::new(), None));
    }

    #[test]
    fn a_word_that_is_none_is_seen() {
        for text in [
            "// pushlint:disable:nxt a - b",
            "// pushlint:ignore a",
            "// pushlint:disable-next a",
            "// pushlint: disable:next a - b",
            "// pushlint:\tdisable a - b",
            "// pushlint: reports",
            "// Pushlint:disable:next a - b",
            "/// PushLint:reports",
        ] {
            assert_eq!(said(text).0, Kind::Unknown, "{text}");
        }
    }

    #[test]
    fn other_comments_say_nothing() {
        for text in [
            "// see pushlint:disable:next a - b",
            "// `pushlint:disable:next a - b`",
            "// pushlint: see its page",
            "// pushlint: disables this",
            "// Pushlint: disable this",
            "// - pushlint:disable:next a - b",
            "// pushlint:reports",
            "// pushlint:reports - the SDK does",
            "// swiftlint:disable:next a",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
