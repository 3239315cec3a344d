//! The page of a rule for a terminal, and what is known of a symptom.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

use super::HumanOptions;
use super::human::paint::{Paint, link};
use super::human::wrap::wrap;
use crate::finding::Level;
use crate::rules::page::Page;
use crate::rules::symptoms::Symptoms;

/// Longer lines of prose are hard to read.
const WIDEST: usize = 88;
/// How far the text stands in below its headings.
const INDENT: &str = "  ";
/// How much further in the rest of a broken line of code stands.
const CODE_CONTINUED: usize = 4;

/// The page of a rule. Code is broken into lines only for a terminal (`is_wrapped`): elsewhere it is copied.
pub fn page(page: &Page, options: &HumanOptions, is_wrapped: bool) -> String {
    let paint = Paint { color: options.color };
    let meta = &page.meta;
    let facts = [
        paint.level(meta.level, meta.level.word()),
        format!("{} confidence", meta.confidence.word()),
        format!("since {}", meta.since),
    ];
    let id = if options.links { link(&meta.uri(), &meta.id) } else { meta.id.clone() };
    let mut layout = Layout::new(options);
    layout.code_width = if is_wrapped { options.width } else { usize::MAX };
    layout.line(&paint.bold(&id));
    let title = meta.title.split_whitespace().map(|word| Word::plain(word, Style::Plain)).collect();
    layout.flow(title, "", "");
    layout.line(&facts.join(if options.unicode { " · " } else { ", " }));
    layout.markdown(&page.body);
    if options.unicode { layout.text } else { layout.text.replace('…', "...") }
}

/// What is known of symptoms: what they are, and which rules look for their causes.
pub fn symptoms(symptoms: &Symptoms<'_>, options: &HumanOptions) -> String {
    let paint = Paint { color: options.color };
    let mut layout = Layout::new(options);
    for symptom in &symptoms.told {
        let words = symptom.split_whitespace().map(|word| Word::plain(word, Style::Strong)).collect();
        layout.flow(words, "", INDENT);
    }
    layout.text.push_str("\nThese rules look for what leads to it:\n\n");
    layout.text.push_str(&list(&symptoms.pages, options));
    if let Some(first) = symptoms.pages.first() {
        let id = &first.meta.id;
        layout.line("");
        layout.line(&format!("More about one of them: {}", paint.bold(&format!("pushlint explain {id}"))));
    }
    layout.text
}

/// A line per rule: id, level, title; what does not fit goes on below the title.
pub fn list(pages: &[&Page], options: &HumanOptions) -> String {
    let paint = Paint { color: options.color };
    let ids = pages.iter().map(|page| page.meta.id.len()).max().unwrap_or_default();
    let levels = [Level::Error, Level::Warning, Level::Note].map(|level| level.word().len());
    let levels = levels.into_iter().max().unwrap_or_default();
    let lead = ids + levels + 4;
    let room = options.width.saturating_sub(lead).max(20);
    let mut text = String::new();
    for page in pages {
        let meta = &page.meta;
        let word = meta.level.word();
        let painted = paint.level(meta.level, word);
        let off = if meta.enabled { "" } else { " (off by default)" };
        let id = if options.links { link(&meta.uri(), &meta.id) } else { meta.id.clone() };
        let pad = |used: usize, of: usize| " ".repeat(of.saturating_sub(used));
        for (at, line) in wrap(&format!("{}{off}", meta.title), room, room).into_iter().enumerate() {
            if at == 0 {
                let (after_id, after_level) = (pad(meta.id.len(), ids), pad(word.len(), levels));
                text.extend([&id, &after_id, "  ", &painted, &after_level, "  ", &line, "\n"]);
            } else {
                text.extend([&" ".repeat(lead), &line, "\n"]);
            }
        }
    }
    text
}

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Plain,
    Strong,
    Dim,
}

/// A stretch of text without a blank, in pieces of one look each.
#[derive(Clone, Debug, Default)]
struct Word {
    pieces: Vec<(Style, String)>,
}

impl Word {
    fn plain(text: &str, style: Style) -> Self {
        Self { pieces: vec![(style, text.to_owned())] }
    }

    fn width(&self) -> usize {
        self.pieces.iter().map(|(_, text)| text.width()).sum()
    }
}

/// Text that grows from top to bottom.
struct Layout {
    text: String,
    paint: Paint,
    width: usize,
    code_width: usize,
    bar: &'static str,
    bullet: &'static str,
    links: bool,
}

impl Layout {
    fn new(options: &HumanOptions) -> Self {
        Self {
            text: String::new(),
            paint: Paint { color: options.color },
            width: options.width.min(WIDEST),
            code_width: options.width,
            bar: if options.unicode { "│" } else { "|" },
            bullet: if options.unicode { "• " } else { "- " },
            links: options.links,
        }
    }

    fn line(&mut self, line: &str) {
        self.text.extend([line, "\n"]);
    }

    /// Lays out Markdown: headings, paragraphs, lists and code.
    fn markdown(&mut self, markdown: &str) {
        let mut words: Vec<Word> = Vec::new();
        let mut styles = vec![Style::Plain];
        let mut in_heading = false;
        let mut target: Option<String> = None;
        // The mark that the next line of an item begins with, and how deep in the lists it stands.
        let mut mark: Option<&'static str> = None;
        let mut depth = 0_usize;
        let mut code: Option<(String, String)> = None;
        for event in Parser::new(markdown) {
            let style = styles.last().copied().unwrap_or(Style::Plain);
            match event {
                Event::Start(Tag::Heading { .. }) => in_heading = true,
                Event::End(TagEnd::Heading(_)) => {
                    let heading: String = plain(&std::mem::take(&mut words));
                    self.line("");
                    self.line(&self.paint.bold(&heading));
                    in_heading = false;
                }
                Event::Start(Tag::List(_)) => {
                    self.paragraph(&mut words, &mut mark, depth);
                    if depth == 0 {
                        self.text.push('\n');
                    }
                    depth += 1;
                }
                Event::End(TagEnd::List(_)) => depth = depth.saturating_sub(1),
                Event::Start(Tag::Item) => mark = Some(self.bullet),
                Event::End(TagEnd::Item) => self.paragraph(&mut words, &mut mark, depth),
                Event::Start(Tag::Paragraph) if depth == 0 => self.text.push('\n'),
                Event::End(TagEnd::Paragraph) => self.paragraph(&mut words, &mut mark, depth),
                Event::Start(Tag::CodeBlock(kind)) => {
                    let info = match kind {
                        CodeBlockKind::Fenced(info) => info.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    code = Some((info, String::new()));
                }
                Event::End(TagEnd::CodeBlock) => {
                    if let Some((info, text)) = code.take() {
                        self.code(&info, &text);
                    }
                }
                Event::Start(Tag::Emphasis | Tag::Strong) => styles.push(Style::Strong),
                Event::End(TagEnd::Emphasis | TagEnd::Strong) => drop(styles.pop()),
                Event::Start(Tag::Link { dest_url, .. }) => target = Some(dest_url.to_string()),
                Event::End(TagEnd::Link) => {
                    // A page beside this one is no address.
                    if let Some(address) = target.take().filter(|address| address.starts_with("https:")) {
                        push(&mut words, " ", Style::Plain);
                        push(&mut words, &address, Style::Dim);
                    }
                }
                Event::Text(text) => match &mut code {
                    Some((_, code)) => code.push_str(&text),
                    None => push(&mut words, &text, if in_heading { Style::Plain } else { style }),
                },
                Event::Code(text) => push(&mut words, &format!("`{text}`"), style),
                Event::SoftBreak | Event::HardBreak => push(&mut words, " ", Style::Plain),
                _ => {}
            }
        }
    }

    /// Lays out the words that have come together, after the mark of their item.
    fn paragraph(&mut self, words: &mut Vec<Word>, mark: &mut Option<&'static str>, depth: usize) {
        let words = std::mem::take(words);
        if words.is_empty() {
            return;
        }
        let outer = INDENT.repeat(depth.max(1));
        let inner = if depth == 0 { outer.clone() } else { outer.clone() + INDENT };
        let first = mark.take().map_or(inner.clone(), |mark| outer + mark);
        self.flow(words, &first, &inner);
    }

    /// Puts words into lines; one that is longer than a line, an address, sticks out and can still be copied.
    fn flow(&mut self, words: Vec<Word>, first: &str, rest: &str) {
        let mut line = first.to_owned();
        let mut used = first.width();
        let mut is_empty = true;
        for word in words {
            if !is_empty && used + 1 + word.width() > self.width {
                self.line(line.trim_end());
                rest.clone_into(&mut line);
                (used, is_empty) = (rest.width(), true);
            }
            if !is_empty {
                line.push(' ');
                used += 1;
            }
            used += word.width();
            is_empty = false;
            for (style, text) in &word.pieces {
                line.push_str(&self.painted(*style, text));
            }
        }
        self.line(line.trim_end());
    }

    fn painted(&self, style: Style, text: &str) -> String {
        match style {
            Style::Plain => text.to_owned(),
            Style::Strong => self.paint.bold(text),
            Style::Dim if self.links => link(text, &self.paint.dim(text)),
            Style::Dim => self.paint.dim(text),
        }
    }

    /// Code behind a bar, under the name of its file; what is too long for the width goes on below, further in.
    fn code(&mut self, info: &str, code: &str) {
        self.text.push('\n');
        if let Some(file) = info.split_whitespace().find_map(|word| word.strip_prefix("file=")) {
            self.line(&format!("{INDENT}{}", self.paint.dim(file)));
        }
        let room = self.code_width.saturating_sub(INDENT.len() + 2);
        for line in code.lines().flat_map(marked) {
            let start = line.len() - line.trim_start_matches(' ').len();
            let (indent, first) = (start.min(room / 2), room.saturating_sub(start.min(room / 2)));
            let rest = first.saturating_sub(CODE_CONTINUED);
            let parts =
                if line.width() <= room { vec![line.trim().to_owned()] } else { wrap(&line, first, rest) };
            for (at, part) in parts.into_iter().enumerate() {
                let part = " ".repeat(indent + if at == 0 { 0 } else { CODE_CONTINUED }) + &part;
                let line = format!("{INDENT}{} {}", self.paint.dim(self.bar), part);
                self.line(line.trim_end());
            }
        }
    }
}

/// A line of an example, and below it what pushlint finds there: a page says so at the line's end, in a comment of the
/// language.
fn marked(line: &str) -> Vec<String> {
    let comments = [("//", ""), ("<!--", " -->")];
    let found = comments.into_iter().find_map(|(open, close)| {
        let (code, marks) = line.split_once(&format!(" {open} expect: "))?;
        let indent = &code[..code.len() - code.trim_start().len()];
        let marks = marks.strip_suffix(close)?;
        Some(vec![code.to_owned(), format!("{indent}{open} ^ {marks}{close}")])
    });
    found.unwrap_or_else(|| vec![line.to_owned()])
}

/// Adds text to words; a blank ends a word.
fn push(words: &mut Vec<Word>, text: &str, style: Style) {
    let starts_new = text.starts_with(char::is_whitespace);
    let mut parts = text.split_whitespace();
    if let Some(first) = parts.next() {
        match words.last_mut() {
            Some(last) if !starts_new || last.pieces.is_empty() => {
                last.pieces.push((style, first.to_owned()));
            }
            _ => words.push(Word::plain(first, style)),
        }
    }
    words.extend(parts.map(|part| Word::plain(part, style)));
    // An empty word waits for the one after the blank.
    if text.ends_with(char::is_whitespace) && words.last().is_some_and(|last| !last.pieces.is_empty()) {
        words.push(Word::default());
    }
}

fn plain(words: &[Word]) -> String {
    let word = |word: &Word| word.pieces.iter().map(|(_, text)| text.as_str()).collect::<String>();
    words.iter().map(word).collect::<Vec<_>>().join(" ").trim().to_owned()
}
