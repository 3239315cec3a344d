//! Draws a block of source with its marks. The one module that knows miette.
//!
//! miette draws the frame, the line numbers, the underlines and the words below them. What it gets is text
//! that is ready to print (cut to the width, nothing in it that a terminal obeys), marks that do not overlap,
//! and words that are already broken into lines, since it would do none of these.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use unicode_width::UnicodeWidthStr;

use super::HumanOptions;
use super::clip::{Clipped, Place, clip};
use super::marks::{Block, Mark};
use super::wrap::wrap;
use crate::finding::Level;
use crate::render::visible::visible;
use crate::source::{SourceFile, Sources};

/// Words are not broken into less than this, even if they then stick out.
const LEAST_WORDS: usize = 16;
/// What miette draws between the start of a mark and its words.
const CORNER: usize = 4;

/// The block as miette draws it, its lines ending in line feeds.
pub(super) fn draw(block: &Block, sources: &Sources, level: Level, options: &HumanOptions) -> String {
    let file = sources.get(block.file);
    let (drawing, primaries) = Drawing::new(block, file, options);
    let styles = if options.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    let plain = ThemeStyles::none().help;
    // As in `paint`: what can be read on black and on white.
    let mut styles = ThemeStyles {
        warning: if options.color { styles.error.magenta() } else { plain },
        advice: if options.color { plain.bold() } else { plain },
        help: plain,
        link: if options.color { plain.bold() } else { plain },
        ..styles
    };
    let primary_style = match level {
        Level::Error => styles.error,
        Level::Warning => styles.warning,
        Level::Note => styles.advice,
    };
    // miette gives the styles to the labels in the order of their places.
    styles.highlights = primaries
        .into_iter()
        .map(|is_primary| if is_primary { primary_style } else { styles.help })
        .collect();
    let characters = if options.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(options.width)
        .without_primary_span_start()
        .without_syntax_highlighting()
        .without_cause_chain();
    let mut drawn = String::new();
    // Writing into a string does not fail, and the drawing's source answers every question.
    if handler.render_report(&mut drawn, &drawing).is_err() {
        return String::new();
    }
    // The first line is for the message, which stands above all blocks of the finding.
    drawn.lines().skip(1).fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

/// What miette is handed: text ready to print, and labels in it.
#[derive(Debug)]
struct Drawing {
    source: Excerpt,
    labels: Vec<LabeledSpan>,
}

impl Drawing {
    /// The drawing, and for each label whether it belongs to the finding's own place.
    fn new(block: &Block, file: &SourceFile, options: &HumanOptions) -> (Self, Vec<bool>) {
        let gutter = block.last_line.to_string().len() + CORNER;
        let room = options.width.saturating_sub(gutter);
        let mut source =
            Excerpt { name: name(block, file), first_line: block.first_line, text: String::new() };
        let mut labels = Vec::new();
        let mut primaries = Vec::new();
        for number in block.first_line..=block.last_line {
            let line_span = file.lines().line_span(number, &file.text);
            let line = file.slice(line_span).trim_end_matches(['\r', '\n']);
            let start_of_line = line_span.start as usize;
            let marks = apart(block.marks.iter().filter(|mark| mark.line == number), start_of_line);
            let places: Vec<Place> =
                marks.iter().map(|mark| Place { start: mark.start, words: mark.words_width() }).collect();
            let clipped = clip(line, &places, room, options.unicode);
            if number > block.first_line {
                source.text.push('\n');
            }
            for (at, mark) in marks.iter().enumerate() {
                let is_last = at + 1 == marks.len();
                for label in mark.labels(&clipped, source.text.len(), room, is_last) {
                    labels.push(label);
                    primaries.push(mark.is_primary);
                }
            }
            // A marked line without a character would not be drawn.
            source.text.push_str(if clipped.text().is_empty() { " " } else { clipped.text() });
        }
        (Self { source, labels }, primaries)
    }
}

/// `path:line:column`, the column in characters.
fn name(block: &Block, file: &SourceFile) -> String {
    let start = block.main_mark().map_or(0, |mark| mark.span.start);
    let position = file.lines().chars(start, &file.text);
    format!("{}:{}:{}", visible(&file.path), position.line, position.column)
}

/// A mark in a line, in bytes of the line.
struct LineMark {
    start: usize,
    end: usize,
    /// The words, with their place in the story.
    texts: Vec<(usize, String)>,
    is_primary: bool,
}

/// The marks of a line so that none covers another: those that begin together become one, and one that
/// reaches into the next ends where that begins.
fn apart<'a>(marks: impl Iterator<Item = &'a Mark>, start_of_line: usize) -> Vec<LineMark> {
    let mut apart: Vec<LineMark> = Vec::new();
    for mark in marks {
        let start = (mark.span.start as usize).saturating_sub(start_of_line);
        let end = (mark.span.end as usize).saturating_sub(start_of_line);
        let text = Some((mark.order, visible(&mark.text).into_owned())).filter(|(_, text)| !text.is_empty());
        match apart.last_mut() {
            Some(last) if last.start == start => {
                last.end = if last.end == start { end } else { last.end.min(end.max(start)) };
                last.texts.extend(text);
                last.texts.sort();
                last.is_primary |= mark.is_primary;
            }
            last => {
                if let Some(last) = last {
                    last.end = last.end.min(start);
                }
                let texts = text.into_iter().collect();
                apart.push(LineMark { start, end, texts, is_primary: mark.is_primary });
            }
        }
    }
    apart
}

impl LineMark {
    fn words_width(&self) -> usize {
        self.texts.iter().map(|(_, text)| text.width()).max().unwrap_or(0)
    }

    /// The labels that draw the mark. miette hangs words on the middle of a label; the words of the last mark
    /// of a line hang on its first character, where they have the most room, and the rest of it is a label
    /// without words. (Before other marks, miette would draw a line down from that rest.)
    fn labels(&self, clipped: &Clipped, offset: usize, room: usize, is_last: bool) -> Vec<LabeledSpan> {
        let shown = clipped.text();
        let start = clipped.place(self.start);
        let end = clipped.place(self.end);
        let marked = shown.get(start..end).unwrap_or_default();
        let first = marked.chars().next().map_or(0, char::len_utf8);
        let before = shown.get(..start).unwrap_or_default().width();
        if is_last && first < marked.len() {
            let words = self.words(before, room);
            let rest = LabeledSpan::new(None, offset + start + first, marked.len() - first);
            vec![LabeledSpan::new(words, offset + start, first), rest]
        } else {
            let words = self.words(before + marked.width() / 2, room);
            vec![LabeledSpan::new(words, offset + start, marked.len())]
        }
    }

    fn words(&self, column: usize, room: usize) -> Option<String> {
        let room = room.saturating_sub(column + CORNER).max(LEAST_WORDS);
        let lines: Vec<String> = self.texts.iter().flat_map(|(_, text)| wrap(text, room, room)).collect();
        Some(lines.join("\n")).filter(|words| !words.is_empty())
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing {}

impl Diagnostic for Drawing {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// Some lines of a file.
#[derive(Debug)]
struct Excerpt {
    name: String,
    first_line: usize,
    text: String,
}

impl SourceCode for Excerpt {
    /// Always the whole excerpt: it holds the lines to show, and they are shown in one frame.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            self.first_line.saturating_sub(1),
            0,
            self.text.lines().count(),
        )))
    }
}
