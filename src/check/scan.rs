//! The first look at a file: a search over its bytes that tells whether it can matter at all.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::suppress;

/// Sources are small; what is larger was generated, or is no source.
const MAX_BYTES: u64 = 16 << 20;

/// What the bytes of a file say at first sight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// It names PushKit or the push handler.
    pub(super) names_pushkit: bool,
    /// It has the `@main` of an app.
    pub(super) is_app_entry: bool,
    /// It imports a test framework.
    pub(super) is_test: bool,
    /// It may have a comment that speaks to pushlint.
    pub(super) has_marker: bool,
    /// The bytes are not UTF-8.
    pub(super) is_damaged_text: bool,
    /// The bytes are UTF-16.
    pub(super) is_utf16: bool,
}

/// The words that a first look searches for, all in one pass.
pub(super) struct Scanner {
    words: AhoCorasick,
}

const WORDS: &[(&str, Word)] = &[
    ("PKPush", Word::PushKit),
    ("PushKit", Word::PushKit),
    ("pushRegistry", Word::PushKit),
    ("@main", Word::Entry),
    ("@UIApplicationMain", Word::Entry),
    ("import XCTest", Word::Test),
    ("import Testing", Word::Test),
    ("import Quick", Word::Test),
    (suppress::MARKER, Word::Marker),
];

#[derive(Clone, Copy)]
enum Word {
    PushKit,
    Entry,
    Test,
    Marker,
}

impl Scanner {
    pub(super) fn new() -> Self {
        // Leftmost-first searches with vector instructions; the standard kind never does.
        let mut builder = AhoCorasick::builder();
        let words = builder.match_kind(MatchKind::LeftmostFirst).build(WORDS.iter().map(|(word, _)| word));
        Self { words: words.expect("a handful of short words fits any automaton") }
    }

    pub(super) fn scan(&self, bytes: &[u8]) -> Scan {
        let mut scan = Scan {
            is_utf16: bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]),
            ..Scan::default()
        };
        for found in self.words.find_iter(bytes) {
            match WORDS.get(found.pattern().as_usize()).map(|(_, word)| *word) {
                Some(Word::PushKit) => scan.names_pushkit = true,
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

/// Whether the declaration after `@main` is an app's: a widget bundle or a command line tool has one too.
fn is_app(after: &[u8]) -> bool {
    let head = after.split(|byte| *byte == b'{').next().unwrap_or_default();
    let head = String::from_utf8_lossy(head.get(..300).unwrap_or(head));
    let Some((_, inherited)) = head.split_once(':') else { return false };
    inherited
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|name| name == "App" || name.ends_with("AppDelegate") || name.ends_with("ApplicationDelegate"))
}

/// Reads a file into a buffer that is used again and again.
pub(super) fn read_into(buffer: &mut Vec<u8>, path: &Path) -> io::Result<()> {
    buffer.clear();
    let read = File::open(path)?.take(MAX_BYTES + 1).read_to_end(buffer)? as u64;
    if read > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 16 MiB"));
    }
    Ok(())
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
        for text in ["import PushKit", "let r: PKPushRegistry?", "func pushRegistry(_ r: R"] {
            assert!(scan(text).names_pushkit, "{text}");
        }
        assert!(!scan("import UIKit\nfunc push() {}").names_pushkit);
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
