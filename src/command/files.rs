//! `pushlint files`: what a check would read.

use std::io::{self, Write};

use crate::check;
use crate::cli::ScopeArgs;
use crate::discover::File;
use crate::error::Error;
use crate::render;
use crate::report::Report;
use crate::source::Role;

/// Writes a line per file: its path, and after a tab why nothing is reported on it, where that is so.
pub(super) fn files(scope: &ScopeArgs, out: &mut dyn Write) -> Result<u8, Error> {
    let request = super::request(scope, None)?;
    let (files, notices) = check::files(&request);
    let mut buffered = io::BufWriter::new(out);
    let written = files.iter().try_for_each(|file| match remark(file) {
        "" => writeln!(buffered, "{}", file.path),
        remark => writeln!(buffered, "{}\t{remark}", file.path),
    });
    super::unless_closed(written.and_then(|()| buffered.flush()))?;
    let report = Report { notices, ..Report::default() };
    // Where standard error is closed there is nobody to tell.
    let _ = render::notices(&report, render::Format::Human, &mut io::stderr().lock());
    Ok(report.exit_status(None))
}

fn remark(file: &File) -> &'static str {
    match file.role {
        Role::Vendored => "code of others",
        Role::Test => "test code",
        Role::Own if !file.is_requested => "not asked for",
        Role::Own => "",
    }
}
