//! `pushlint rules`: every rule.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::cli::{ColorWord, ListFormat};
use crate::error::Error;
use crate::render;
use crate::rules::{self, page::Page};

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    title: &'a str,
    level: &'a str,
    confidence: &'a str,
    enabled: bool,
    since: &'a str,
    tags: &'a [String],
    symptoms: &'a [String],
    uri: String,
}

impl<'a> Line<'a> {
    fn of(page: &'a Page) -> Self {
        Self {
            id: &page.meta.id,
            title: &page.meta.title,
            level: page.meta.level.word(),
            confidence: page.meta.confidence.word(),
            enabled: page.meta.enabled,
            since: &page.meta.since,
            tags: &page.meta.tags,
            symptoms: &page.meta.symptoms,
            uri: page.meta.uri(),
        }
    }
}

/// Writes a line per rule, or the same as JSON.
pub(super) fn rules(format: ListFormat, color: ColorWord, out: &mut dyn Write) -> Result<u8, Error> {
    let text = match format {
        ListFormat::Json => {
            let lines: Vec<Line<'_>> = rules::pages().iter().map(Line::of).collect();
            let text = serde_json::to_string_pretty(&lines);
            text.map_err(|error| Error::Write { path: "standard output".to_owned(), source: error.into() })?
                + "\n"
        }
        ListFormat::Human => {
            let pages: Vec<&Page> = rules::pages().iter().collect();
            let mut options = super::check::human(color);
            // What is not for a screen is for programs that read lines.
            if !io::stdout().is_terminal() {
                options.width = usize::MAX;
            }
            render::list(&pages, &options)
        }
    };
    super::unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))?;
    Ok(0)
}
