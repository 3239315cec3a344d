//! The first look at a file: a search over its bytes that tells whether it can matter at all.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::suppress;
use crate::vocabulary::HANDLER_NAMES;

/// What the bytes of a file say at first sight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// It names PushKit or a push handler.
    pub(super) names_pushkit: bool,
    /// It names CallKit, or LiveCommunicationKit.
    pub(super) names_calls: bool,
    /// It hands a push to the app, as an extension may.
    pub(super) hands_push_on: bool,
    /// It has the `@main` of an app.
    pub(super) is_app_entry: bool,
    /// It imports a test framework.
    pub(super) is_test: bool,
    /// It may have a comment that speaks to pushlint.
    pub(super) has_marker: bool,
    /// The bytes are not UTF-8.
    pub(super) is_damaged_text: bool,
    /// The bytes are text of another kind than UTF-8: the name of it.
    pub(super) encoding: Option<&'static str>,
}

/// The words that a first look searches for, all in one pass.
pub(super) struct Scanner {
    words: AhoCorasick,
    kinds: Vec<Word>,
}

/// What a file may be instead of UTF-8.
pub(super) const UTF_16: &str = "UTF-16";
/// What a file may be instead of UTF-8.
pub(super) const UTF_32: &str = "UTF-32";

/// Besides the names of push handlers, an SDK's among them: who leaves the registry to the SDK names nothing of PushKit.
const WORDS: &[(&str, Word)] = &[
    ("PKPush", Word::PushKit),
    ("PushKit", Word::PushKit),
    ("CallKit", Word::Calls),
    ("LiveCommunicationKit", Word::Calls),
    ("reportNewIncomingVoIPPushPayload", Word::HandedOn),
    ("@main", Word::Entry),
    ("@UIApplicationMain", Word::Entry),
    ("import XCTest", Word::Test),
    ("import Testing", Word::Test),
    ("import Quick", Word::Test),
    (suppress::MARKER, Word::Marker),
    (suppress::MISSPELT[0], Word::Marker),
    (suppress::MISSPELT[1], Word::Marker),
];

#[derive(Clone, Copy)]
enum Word {
    PushKit,
    Calls,
    HandedOn,
    Entry,
    Test,
    Marker,
}

impl Scanner {
    pub(super) fn new() -> Self {
        // Leftmost-first searches with vector instructions; the standard kind never does.
        let mut builder = AhoCorasick::builder();
        let handlers = HANDLER_NAMES.map(|name| (name, Word::PushKit));
        let (words, kinds): (Vec<&str>, Vec<Word>) = WORDS.iter().copied().chain(handlers).unzip();
        let words = builder.match_kind(MatchKind::LeftmostFirst).build(words);
        Self { words: words.expect("a handful of short words fits any automaton"), kinds }
    }

    pub(super) fn scan(&self, bytes: &[u8]) -> Scan {
        if let Some((encoding, text)) = from_wide(bytes) {
            return Scan { encoding: Some(encoding), is_damaged_text: false, ..self.scan(text.as_bytes()) };
        }
        let mut scan = Scan::default();
        for found in self.words.find_iter(bytes) {
            match self.kinds.get(found.pattern().as_usize()) {
                Some(Word::PushKit) => scan.names_pushkit = true,
                Some(Word::Calls) => scan.names_calls = true,
                Some(Word::HandedOn) => scan.hands_push_on = true,
                Some(Word::Marker) => scan.has_marker = true,
                Some(Word::Entry) => {
                    scan.is_app_entry |= is_app(bytes.get(found.end()..).unwrap_or_default());
                }
                Some(Word::Test) => {
                    // `import Quickblox` is no test.
                    let next = bytes.get(found.end());
                    scan.is_test |= next.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
                }
                None => {}
            }
        }
        scan.is_damaged_text = scan.names_pushkit && std::str::from_utf8(bytes).is_err();
        scan
    }
}

/// The text of a file whose letters are wider than a byte, and what it is.
fn from_wide(bytes: &[u8]) -> Option<(&'static str, String)> {
    // The mark of UTF-32 begins like that of UTF-16.
    from_utf32(bytes).map(|text| (UTF_32, text)).or_else(|| from_utf16(bytes).map(|text| (UTF_16, text)))
}

/// The text of a file that is UTF-32, with a byte order mark or without one: ASCII in it is a letter and three zero bytes.
fn from_utf32(bytes: &[u8]) -> Option<String> {
    let units = || bytes.chunks_exact(4).filter_map(|unit| unit.try_into().ok());
    let text = |value: fn([u8; 4]) -> u32| -> Option<String> {
        let letters: Option<String> = units().map(|unit| char::from_u32(value(unit))).collect();
        letters.filter(|text| !text.is_empty() && !text.contains('\0'))
    };
    if !bytes.len().is_multiple_of(4) || !bytes.contains(&0) {
        return None;
    }
    text(u32::from_le_bytes).or_else(|| text(u32::from_be_bytes))
}

/// The text of a file that is UTF-16, with a byte order mark or without one. ASCII in it is a letter and a zero byte in
/// turn, which no text in UTF-8 is.
fn from_utf16(bytes: &[u8]) -> Option<String> {
    const LOOKED_AT: usize = 64;
    let units = || bytes.chunks_exact(2).filter_map(|unit| unit.try_into().ok());
    let zeros = |first: bool| {
        let mut head = units().take(LOOKED_AT);
        !bytes.is_empty()
            && bytes.len().is_multiple_of(2)
            && head
                .all(|[high, low]: [u8; 2]| if first { high == 0 && low != 0 } else { high != 0 && low == 0 })
    };
    let is_big_endian = bytes.starts_with(&[0xFE, 0xFF]) || zeros(true);
    if !is_big_endian && !bytes.starts_with(&[0xFF, 0xFE]) && !zeros(false) {
        return None;
    }
    let units =
        units().map(|unit| if is_big_endian { u16::from_be_bytes(unit) } else { u16::from_le_bytes(unit) });
    Some(char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Whether the declaration after `@main` is an app's: a widget bundle or a command line tool has one too.
fn is_app(after: &[u8]) -> bool {
    let head = after.split(|byte| *byte == b'{').next().unwrap_or_default();
    let head = String::from_utf8_lossy(head.get(..300).unwrap_or(head));
    let Some((_, inherited)) = head.split_once(':') else { return false };
    inherited
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|name| name == "App" || name.ends_with("AppDelegate") || name.ends_with("ApplicationDelegate"))
}

/// The text of a file without its byte order mark; what is not UTF-8 is replaced.
pub(super) fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Scan {
        Scanner::new().scan(text.as_bytes())
    }

    #[test]
    fn pushkit_is_seen_by_any_of_its_words() {
        for text in ["import PushKit", "let r: PKPushRegistry?"] {
            assert!(scan(text).names_pushkit, "{text}");
        }
        for name in HANDLER_NAMES {
            assert!(scan(&format!("func {name}(_ r: R")).names_pushkit, "{name}");
        }
        assert!(!scan("import UIKit\nfunc push() {}").names_pushkit);
    }

    #[test]
    fn what_is_utf_16_is_searched_too_with_its_mark_or_without() {
        for mark in ["\u{feff}", ""] {
            let text = format!("{mark}import PushKit\nlet \u{fc} = 1\n");
            let units: Vec<u16> = text.encode_utf16().collect();
            let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            for bytes in [little, big] {
                let scan = Scanner::new().scan(&bytes);
                assert!(
                    scan.encoding == Some(UTF_16) && scan.names_pushkit && !scan.is_damaged_text,
                    "{mark:?}"
                );
            }
        }
        for text in ["", "a", "ab", "a\0b", "\0\0\0\0", "import PushKit\n\0"] {
            assert_eq!(scan(text).encoding, None, "{text:?}");
        }
    }

    #[test]
    fn a_test_is_told_by_the_whole_name_of_the_module() {
        assert!(scan("import XCTest\n").is_test);
        assert!(scan("import Quick").is_test);
        assert!(!scan("import Quickblox\n").is_test);
        assert!(!scan("import TestingKit\n").is_test);
    }

    #[test]
    fn only_an_app_is_an_entry() {
        for text in [
            "@main struct A: App { }",
            "@main\nfinal class AppDelegate: UIResponder, UIApplicationDelegate {",
            "@UIApplicationMain\n@objc class AppDelegate: FlutterAppDelegate {",
        ] {
            assert!(scan(text).is_app_entry, "{text}");
        }
        for text in
            ["@main struct W: WidgetBundle {", "@main struct T { static func main() {} }", "@mainActor"]
        {
            assert!(!scan(text).is_app_entry, "{text}");
        }
    }
}
