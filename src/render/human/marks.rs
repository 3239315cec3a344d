//! Which places of a finding are drawn, and in which blocks of source.

use crate::finding::Finding;
use crate::source::{FileId, Location, Sources, Span};

/// Lines shown before and after a marked one.
const CONTEXT: usize = 1;
/// Marks with at most so many lines between them stand in one block.
const LARGEST_GAP: usize = 6;

/// A place to draw, with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The bytes, cut at the end of their first line.
    pub(super) span: Span,
    /// The 1-based line.
    pub(super) line: usize,
    /// The words below it; may be empty.
    pub(super) text: String,
    /// Whether it is the finding's own place.
    pub(super) is_primary: bool,
    /// The place in the story.
    pub(super) order: usize,
}

/// A range of lines of one file, with its marks in the order of their places.
#[derive(Debug)]
pub(super) struct Block {
    /// The file.
    pub(super) file: FileId,
    /// First 1-based line.
    pub(super) first_line: usize,
    /// Last 1-based line.
    pub(super) last_line: usize,
    /// The marks; never none.
    pub(super) marks: Vec<Mark>,
}

impl Block {
    /// The place that the block is named by: the finding's own, else the first in the story.
    pub(super) fn main_mark(&self) -> Option<&Mark> {
        self.marks.iter().min_by_key(|mark| (!mark.is_primary, mark.order))
    }

    fn order(&self) -> usize {
        self.marks.iter().map(|mark| mark.order).min().unwrap_or(usize::MAX)
    }
}

/// The blocks of a finding: file by file as the steps reach them, within a file in the order of the steps.
pub(super) fn blocks(finding: &Finding, sources: &Sources) -> Vec<Block> {
    let mut files: Vec<(FileId, Vec<Mark>)> = Vec::new();
    for (location, mark) in marks(finding, sources) {
        match files.iter_mut().find(|(file, _)| *file == location.file) {
            Some((_, marks)) => marks.push(mark),
            None => files.push((location.file, vec![mark])),
        }
    }
    let mut blocks = Vec::new();
    for (file, mut marks) in files {
        marks.sort_by_key(|mark| (mark.span, mark.order));
        let mut in_file: Vec<Block> = Vec::new();
        for mark in marks {
            match in_file.last_mut() {
                Some(block) if mark.line.saturating_sub(block.last_line) <= LARGEST_GAP + 1 => {
                    block.last_line = mark.line;
                    block.marks.push(mark);
                }
                _ => in_file.push(Block {
                    file,
                    first_line: mark.line,
                    last_line: mark.line,
                    marks: vec![mark],
                }),
            }
        }
        for block in &mut in_file {
            block.first_line = block.first_line.saturating_sub(CONTEXT).max(1);
            block.last_line =
                (block.last_line + CONTEXT).min(last_written_line(sources, file)).max(block.last_line);
        }
        in_file.sort_by_key(Block::order);
        blocks.extend(in_file);
    }
    blocks
}

/// The last line, without the empty one that follows a final line end.
fn last_written_line(sources: &Sources, file: FileId) -> usize {
    let file = sources.get(file);
    let last = file.lines().lines();
    if file.lines().line_span(last, &file.text).is_empty() { last.saturating_sub(1) } else { last }
}

/// Steps first, numbered where there are several; then the finding's own place, if no step stands there; then
/// what is related.
fn marks(finding: &Finding, sources: &Sources) -> Vec<(Location, Mark)> {
    let mut places: Vec<(Location, String)> = Vec::new();
    for (number, step) in (1..).zip(&finding.steps) {
        let text =
            if finding.steps.len() > 1 { format!("{number}: {}", step.text) } else { step.text.clone() };
        places.push((step.location, text));
    }
    if places.iter().all(|(location, _)| *location != finding.location) {
        places.push((finding.location, finding.label.clone()));
    }
    places.extend(finding.related.iter().map(|step| (step.location, step.text.clone())));
    places
        .into_iter()
        .enumerate()
        .map(|(order, (location, text))| {
            let file = sources.get(location.file);
            let line = file.lines().line(location.span.start);
            let end_of_line = file.lines().line_span(line, &file.text);
            let text_of_line = file.slice(end_of_line).trim_end_matches(['\r', '\n']);
            let end = end_of_line.start + text_of_line.len() as u32;
            let start = boundary(&file.text, location.span.start.min(end));
            let span = Span { start, end: boundary(&file.text, location.span.end.clamp(start, end)) };
            (location, Mark { span, line, text, is_primary: location == finding.location, order })
        })
        .collect()
}

/// The start of the character that a byte belongs to.
fn boundary(text: &str, byte: u32) -> u32 {
    (0..=byte).rev().find(|at| text.is_char_boundary(*at as usize)).unwrap_or(0)
}
