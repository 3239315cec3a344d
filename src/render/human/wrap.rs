//! Breaks text into lines of a width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The words of `text` in lines of at most `first` columns for the first one and `rest` for the others; a
/// word that is longer than a line is cut. There is at least one line; it is empty if the first word needs
/// the room of the others.
pub(in crate::render) fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let room = |lines: &Vec<String>| if lines.is_empty() { first } else { rest }.max(1);
        let is_cut_only_here = used == 0 && word.width() > room(&lines) && word.width() <= rest;
        if is_cut_only_here || (used > 0 && used + 1 + word.width() > room(&lines)) {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for character in word.chars() {
            let width = character.width().unwrap_or(0);
            if used > 0 && used + width > room(&lines) {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(character);
            used += width;
        }
    }
    lines.push(line);
    lines
}

/// Lines of text in lines of at most `width` columns, each going on further in.
pub(crate) fn broken(text: &str, width: usize) -> String {
    const INDENT: &str = "  ";
    let line = |line: &str| {
        wrap(line, width, width.saturating_sub(INDENT.len())).join(&format!("\n{INDENT}")) + "\n"
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{broken, wrap};

    #[test]
    fn lines_are_broken_at_words_and_go_on_further_in() {
        let text = "pushlint: 1 push handler, 3 ways out\npushlint: done\n";
        let lines = "pushlint: 1 push\n  handler, 3 ways\n  out\npushlint: done\n";
        assert_eq!(broken(text, 18), lines);
    }

    #[test]
    fn words_go_to_the_next_line_where_they_do_not_fit() {
        assert_eq!(wrap("the push arrives here", 10, 12), ["the push", "arrives here"]);
    }

    #[test]
    fn a_word_longer_than_a_line_is_cut() {
        assert_eq!(wrap("an unbelievable", 5, 5), ["an", "unbel", "ievab", "le"]);
    }

    #[test]
    fn a_first_word_that_fits_the_other_lines_stays_whole() {
        assert_eq!(wrap("unbelievable it is", 5, 12), ["", "unbelievable", "it is"]);
    }

    #[test]
    fn nothing_is_one_empty_line() {
        assert_eq!(wrap("", 5, 5), [""]);
    }

    #[test]
    fn wide_characters_count_two_columns() {
        assert_eq!(wrap("電話電話", 4, 4), ["電話", "電話"]);
    }
}
