//! A page that is filled line by line.

use crate::answer::Place;

/// Lines of a file, and the places on them (counted from 1).
#[derive(Default)]
pub(super) struct Page {
    pub(super) lines: Vec<String>,
    pub(super) places: Vec<(Place, usize)>,
    pub(super) indent: usize,
}

impl Page {
    pub(super) fn line(&mut self, text: &str) {
        let indent = if text.is_empty() { 0 } else { self.indent * 4 };
        self.lines.push(format!("{:indent$}{text}", ""));
    }

    pub(super) fn open(&mut self, text: &str) {
        self.line(text);
        self.indent += 1;
    }

    pub(super) fn close(&mut self, text: &str) {
        self.indent -= 1;
        self.line(text);
    }

    /// Closes a block and goes on in the same line: `} else {`.
    pub(super) fn turn(&mut self, text: &str) {
        self.close(text);
        self.indent += 1;
    }

    /// The place is on the last line.
    pub(super) fn mark(&mut self, place: Place) {
        self.places.push((place, self.lines.len()));
    }

    /// The place is on the line that comes.
    pub(super) fn mark_next(&mut self, place: Place) {
        self.places.push((place, self.lines.len() + 1));
    }

    pub(super) fn append(&mut self, other: Page) {
        if !self.lines.is_empty() {
            self.line("");
        }
        let before = self.lines.len();
        self.lines.extend(other.lines);
        self.places.extend(other.places.into_iter().map(|(place, line)| (place, line + before)));
    }
}
