//! Makes visible what a terminal would obey or hide.
//!
//! Paths, messages and source lines come from the project that is checked. Shown as they are, a file name
//! could clear the screen, and a right-to-left mark could make a line read as another one.

use std::borrow::Cow;

/// The text with every control and hidden character written as its escape: `\u{1b}`, `\t`, `\n`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character acts on the terminal, or on the text around it, instead of being seen.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // Soft hyphen, Arabic letter mark, zero-width space, direction marks.
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            // Line and paragraph separators, embeddings and overrides.
            | '\u{2028}'..='\u{202e}'
            // Word joiner, invisible operators, isolates, byte order mark, tags.
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn control_characters_are_written_as_escapes() {
        assert_eq!(visible("a\u{1b}[2Jb\t\u{7f}\u{9b}\u{202e}"), r"a\u{1b}[2Jb\t\u{7f}\u{9b}\u{202e}");
    }

    #[test]
    fn what_can_be_seen_stays() {
        assert_eq!(visible("Anrufe/Über 📞 👨‍👩‍👧.swift"), "Anrufe/Über 📞 👨‍👩‍👧.swift");
    }
}
