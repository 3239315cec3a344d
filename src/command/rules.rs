//! `pushlint rules`: every rule.

use std::io::Write;

use serde::Serialize;

use crate::cli::ListFormat;
use crate::error::Error;
use crate::rules;

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    title: &'a str,
    level: &'a str,
    confidence: &'a str,
    enabled: bool,
    since: &'a str,
    tags: &'a [String],
    uri: String,
}

/// Writes a line per rule, or the same as JSON.
pub(super) fn rules(format: ListFormat, out: &mut dyn Write) -> Result<u8, Error> {
    let lines: Vec<Line<'_>> = rules::pages()
        .iter()
        .map(|page| Line {
            id: &page.meta.id,
            title: &page.meta.title,
            level: page.meta.level.word(),
            confidence: page.meta.confidence.word(),
            enabled: page.meta.enabled,
            since: &page.meta.since,
            tags: &page.meta.tags,
            uri: page.meta.uri(),
        })
        .collect();
    let text = match format {
        ListFormat::Json => serde_json::to_string_pretty(&lines)
            .map_err(|error| Error::Write { path: "standard output".to_owned(), source: error.into() })?,
        ListFormat::Human => {
            let width = lines.iter().map(|line| line.id.len()).max().unwrap_or_default();
            let line = |line: &Line<'_>| {
                let off = if line.enabled { "" } else { " (off by default)" };
                format!("{:width$}  {:7}  {}{off}", line.id, line.level, line.title)
            };
            lines.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    };
    super::unless_closed(writeln!(out, "{text}").and_then(|()| out.flush()))?;
    Ok(0)
}
