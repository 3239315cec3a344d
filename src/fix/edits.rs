//! Edits of texts: which of them go together, and what they make of a text.

use std::collections::BTreeMap;

use crate::finding::{Edit, Fix};
use crate::source::{FileId, Sources, Span};
use crate::swift;

/// Edits that can be applied together, by file, in order of their places.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    edits: BTreeMap<FileId, Vec<Edit>>,
}

impl Chosen {
    /// The edits, by file.
    pub(super) fn by_file(&self) -> impl Iterator<Item = (&FileId, &[Edit])> {
        self.edits.iter().map(|(file, edits)| (file, edits.as_slice()))
    }

    /// Takes in all edits of a fix, or none and says why.
    pub(super) fn add(&mut self, fix: &Fix, sources: &Sources) -> Result<(), String> {
        let mut changed: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        let mut own: Vec<&Edit> = Vec::new();
        for edit in &fix.edits {
            let file = edit.location.file;
            let known = self.edits.get(&file).map_or(&[][..], Vec::as_slice);
            // Two findings may ask for one edit.
            if known.contains(edit) {
                continue;
            }
            let fits = sources.get(file).text.get(range(edit.location.span)).is_some();
            if !fits || own.iter().any(|other| are_in_conflict(other, edit)) {
                return Err("its edits do not fit the file".to_owned());
            }
            if known.iter().any(|other| are_in_conflict(other, edit)) {
                return Err("another fix changes the same place".to_owned());
            }
            own.push(edit);
            changed.entry(file).or_insert_with(|| known.to_vec()).push(edit.clone());
        }
        for (file, edits) in &mut changed {
            edits.sort_by_key(|edit| edit.location.span);
            let text = &sources.get(*file).text;
            if loss(*file, &apply(text, edits)) > loss(*file, text) {
                return Err("the result would not be understood".to_owned());
            }
        }
        self.edits.extend(changed);
        Ok(())
    }
}

/// The text with edits that do not overlap and are in order of their places.
pub(super) fn apply(text: &str, edits: &[Edit]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let span = range(edit.location.span);
        result.push_str(text.get(done..span.start).unwrap_or_default());
        result.push_str(&edit.text);
        done = span.end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

/// Whether two edits change the same text, or insert at one place in an order that nobody has said.
fn are_in_conflict(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (one.location.span, other.location.span);
    one.location.file == other.location.file && (a.start < b.end && b.start < a.end || a.start == b.start)
}

fn range(span: Span) -> std::ops::Range<usize> {
    span.start as usize..span.end as usize
}

/// How many places of a text are not understood.
fn loss(file: FileId, text: &str) -> usize {
    swift::parse(file, text).map_or(usize::MAX, |facts| facts.damaged().len())
}
