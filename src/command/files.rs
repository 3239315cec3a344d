//! `pushlint files`: what a check would read, and what not and why.

use std::io::{self, Write};

use serde::Serialize;

use crate::check::listing::{self, Entry};
use crate::cli::{ListFormat, ScopeArgs};
use crate::error::Error;
use crate::render;
use crate::report::Report;

/// The version of the JSON.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    files: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    is_read: bool,
    treatment: &'a str,
}

/// Writes a line per file: its path, and after a tab what is not done with it and why; or the same as JSON.
pub(super) fn files(scope: &ScopeArgs, format: ListFormat, out: &mut dyn Write) -> Result<u8, Error> {
    let request = super::request(scope, None)?;
    let listing = listing::list(&request);
    let mut buffered = io::BufWriter::new(out);
    let written = match format {
        ListFormat::Human => listing.entries.iter().try_for_each(|entry| match entry.treatment.remark() {
            "" => writeln!(buffered, "{}", render::visible(&entry.path)),
            remark => writeln!(buffered, "{}\t{remark}", render::visible(&entry.path)),
        }),
        ListFormat::Json => json(&listing.entries, &mut buffered),
    };
    super::unless_closed(written.and_then(|()| buffered.flush()))?;
    let report = Report { notices: listing.notices, ..Report::default() };
    super::beside(|out| render::notices(&report, render::Format::Human, out));
    Ok(report.exit_status(None))
}

fn json(entries: &[Entry], out: &mut dyn Write) -> io::Result<()> {
    let files = entries
        .iter()
        .map(|entry| Line {
            path: &entry.path,
            is_read: entry.treatment.is_read(),
            treatment: entry.treatment.word(),
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &Document { version: VERSION, files })?;
    writeln!(out)
}
