//! Colours and links for a terminal.
//!
//! Nobody knows whether the terminal is dark or light. Of the eight colours only red and magenta can be read on
//! black and on white in the usual palettes (contrast 3 and more); yellow, green and cyan fade on white, blue
//! on black. What has to be read is red, magenta, bold or plain; green only adds to words that say the same.

use crate::finding::Level;

/// Paints, or leaves text as it is where colours are not wanted.
#[derive(Clone, Copy, Debug)]
pub(in crate::render) struct Paint {
    /// Whether to use colours.
    pub(in crate::render) color: bool,
}

impl Paint {
    pub(in crate::render) fn level(self, level: Level, text: &str) -> String {
        self.with(
            match level {
                Level::Error => "1;31",
                Level::Warning => "1;35",
                Level::Note => "1",
            },
            text,
        )
    }

    pub(in crate::render) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(in crate::render) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(in crate::render) fn help(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(in crate::render) fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A hyperlink in the terminal (OSC 8).
pub(in crate::render) fn link(uri: &str, words: &str) -> String {
    format!("\u{1b}]8;;{uri}\u{1b}\\{words}\u{1b}]8;;\u{1b}\\")
}
