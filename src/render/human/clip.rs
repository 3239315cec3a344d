//! Cuts a line of source to the columns there are, around what is marked in it, and makes it safe to print.

use unicode_width::UnicodeWidthChar;

use crate::render::visible::is_hidden;

/// A tab, wherever it stands.
pub(super) const TAB: &str = "    ";
/// Columns that the words of a mark should find to the right of its start, corner included.
const ROOM_FOR_WORDS: usize = 24;
/// Columns that a mark gets at least, however many marks there are.
const LEAST_SHARE: usize = 12;

/// A marked place of the line that is cut: bytes of the line, and how wide the words are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// First byte in the line.
    pub(super) start: usize,
    /// Columns of the longest line of words.
    pub(super) words: usize,
}

/// A line as it is printed.
#[derive(Debug, Default)]
pub(super) struct Clipped {
    text: String,
    /// Where the characters that are shown stand in the line, and in `text`.
    places: Vec<(usize, usize)>,
}

impl Clipped {
    /// What is printed.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a byte of the line stands in [`Clipped::text`]: for one that was cut away, the next one shown.
    pub(super) fn place(&self, byte: usize) -> usize {
        let next = self.places.partition_point(|(in_line, _)| *in_line < byte);
        self.places.get(next).map_or(self.text.len(), |(_, in_text)| *in_text)
    }

    fn push(&mut self, line: &str, start: usize, end: usize) {
        for (at, character) in line[start..end].char_indices() {
            self.places.push((start + at, self.text.len()));
            match character {
                '\t' => self.text.push_str(TAB),
                hidden if is_hidden(hidden) => self.text.extend(hidden.escape_default()),
                other => self.text.push(other),
            }
        }
        // The end of the piece: a mark that ends here ends before what stands for the rest.
        self.places.push((end, self.text.len()));
    }
}

/// The line in at most `room` columns (more only if that many places are marked), with an ellipsis for what
/// is left out; every place is in sight, with columns for its words where possible.
pub(super) fn clip(line: &str, places: &[Place], room: usize, unicode: bool) -> Clipped {
    let mut clipped = Clipped::default();
    if fits(line, places, room) {
        clipped.push(line, 0, line.len());
        return clipped;
    }
    let ellipsis = if unicode { "…" } else { "..." };
    let pieces = pieces(line, places, room, ellipsis.chars().count());
    let mut end_of_last = 0;
    for (start, end) in pieces {
        if start > end_of_last {
            clipped.text.push_str(ellipsis);
        }
        clipped.push(line, start, end);
        end_of_last = end;
    }
    if end_of_last < line.len() {
        clipped.text.push_str(ellipsis);
    }
    clipped
}

fn fits(line: &str, places: &[Place], room: usize) -> bool {
    walk_right(line, 0, room) == line.len() && are_in_sight(line, places, room)
}

/// Whether the columns from the start of the line on hold every place and the words below it.
fn are_in_sight(line: &str, places: &[Place], room: usize) -> bool {
    places.iter().all(|place| {
        let column = width(&line[..place.start]);
        column + (place.words + CORNER).min(ROOM_FOR_WORDS) <= room
    })
}

/// What miette draws between the column of a mark and its words.
const CORNER: usize = 4;

/// The parts of the line to show: a share of the room for each place; what is left over closes the gaps
/// between them, then goes to the right, then to the left.
fn pieces(line: &str, places: &[Place], room: usize, ellipsis: usize) -> Vec<(usize, usize)> {
    let starts: Vec<usize> =
        if places.is_empty() { vec![0] } else { places.iter().map(|p| p.start).collect() };
    if are_in_sight(line, places, room.saturating_sub(ellipsis)) {
        return vec![(0, walk_right(line, 0, room.saturating_sub(ellipsis)))];
    }
    let share = (room / starts.len()).max(LEAST_SHARE).saturating_sub(2 * ellipsis);
    let mut pieces: Vec<(usize, usize)> = Vec::new();
    for start in starts {
        let left = walk_left(line, start, share / 4);
        let right = walk_right(line, start, share - share / 4);
        match pieces.last_mut() {
            // An ellipsis must stand for more than it takes.
            Some((_, end)) if left <= *end || width(&line[*end..left]) <= ellipsis => *end = right.max(*end),
            _ => pieces.push((left, right)),
        }
    }
    let shown: usize = pieces.iter().map(|(start, end)| width(&line[*start..*end])).sum();
    let mut left_over = room.saturating_sub(shown + ellipsis * (pieces.len() + 1));
    pieces = pieces.into_iter().fold(Vec::new(), |mut joined: Vec<(usize, usize)>, piece| {
        match joined.last_mut() {
            Some(last) if width(&line[last.1..piece.0]) <= left_over + ellipsis => {
                left_over = left_over + ellipsis - width(&line[last.1..piece.0]);
                last.1 = piece.1;
            }
            _ => joined.push(piece),
        }
        joined
    });
    if let Some((_, end)) = pieces.last_mut() {
        let further = walk_right(line, *end, left_over);
        left_over -= width(&line[*end..further]);
        *end = further;
    }
    if let (Some(last), Some((first, _))) = (places.last(), pieces.first_mut()) {
        let column = ellipsis + width(&line[*first..last.start.max(*first)]);
        let spare = room.saturating_sub(column + (last.words + CORNER).min(ROOM_FOR_WORDS));
        *first = walk_left(line, *first, left_over.min(spare));
    }
    pieces
}

/// The byte as far right of `from` as fits into the columns.
fn walk_right(line: &str, from: usize, columns: usize) -> usize {
    let mut used = 0;
    for (at, character) in line[from..].char_indices() {
        used += width_of(character);
        if used > columns {
            return from + at;
        }
    }
    line.len()
}

/// The byte as far left of `from` as fits into the columns.
fn walk_left(line: &str, from: usize, columns: usize) -> usize {
    let mut used = 0;
    let mut reached = from;
    for (at, character) in line[..from].char_indices().rev() {
        used += width_of(character);
        if used > columns {
            break;
        }
        reached = at;
    }
    reached
}

fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

fn width_of(character: char) -> usize {
    match character {
        '\t' => TAB.len(),
        hidden if is_hidden(hidden) => hidden.escape_default().len(),
        other => other.width().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, clip};

    fn at(start: usize) -> Place {
        Place { start, words: 10 }
    }

    #[test]
    fn a_line_that_fits_stays_whole() {
        let clipped = clip("let a = 1", &[at(4)], 40, true);
        assert_eq!((clipped.text(), clipped.place(4)), ("let a = 1", 4));
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let line = format!("{}target{}", "a".repeat(5000), "b".repeat(5000));
        let clipped = clip(&line, &[at(5000)], 40, true);
        assert!(clipped.text().starts_with("…a") && clipped.text().ends_with("b…"));
        assert!(clipped.text().chars().count() <= 40);
        assert!(clipped.text()[clipped.place(5000)..].starts_with("target"));
    }

    #[test]
    fn a_line_is_cut_at_its_end_alone_where_the_mark_stands_in_front() {
        let line = format!("    target {}", "b".repeat(5000));
        let clipped = clip(&line, &[at(4)], 40, true);
        assert!(clipped.text().starts_with("    target b") && clipped.text().ends_with("b…"));
        assert_eq!(clipped.text().chars().count(), 40);
    }

    #[test]
    fn marks_far_apart_are_both_in_sight() {
        let line = format!("one{}two{}", " ".repeat(5000), " ".repeat(5000));
        let clipped = clip(&line, &[at(0), at(5003)], 60, false);
        assert!(clipped.text().starts_with("one"));
        assert!(clipped.text()[clipped.place(5003)..].starts_with("two"));
        assert!(clipped.text().len() <= 60);
    }

    #[test]
    fn an_ellipsis_stands_for_more_than_it_takes() {
        let line = format!("first {} second {}", "a".repeat(20), "b".repeat(50));
        let clipped = clip(&line, &[at(0), at(27)], 60, false);
        assert!(clipped.text().starts_with(&line[..50]), "{}", clipped.text());
    }

    #[test]
    fn the_words_of_a_mark_at_the_end_find_room() {
        let line = format!("{}end", " ".repeat(66));
        let clipped = clip(&line, &[Place { start: 66, words: 60 }], 70, true);
        assert!(clipped.text().chars().count() < 50, "{}", clipped.text());
    }

    #[test]
    fn tabs_and_control_characters_take_the_columns_that_they_are_shown_in() {
        let clipped = clip("\ta\u{1b}b", &[at(3)], 40, true);
        assert_eq!((clipped.text(), clipped.place(3)), ("    a\\u{1b}b", 11));
    }
}
