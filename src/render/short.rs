//! One line per finding, for `grep`, editors and tools: `path:line:column: level: message [rule]`.
//!
//! Lines and columns begin at 1; a column counts characters (Unicode scalar values).

use std::io::{self, Write};

use super::visible::visible;
use crate::finding::Finding;
use crate::report::Report;
use crate::source::{Location, Sources};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    report.findings.iter().try_for_each(|finding| writeln!(out, "{}", line(finding, &report.sources)))
}

/// The line of a finding, without its end.
pub(super) fn line(finding: &Finding, sources: &Sources) -> String {
    let place = place(finding.location, sources);
    format!("{place}: {}: {} [{}]", finding.level.word(), visible(&finding.message), finding.rule)
}

/// `path:line:column`
pub(super) fn place(location: Location, sources: &Sources) -> String {
    let file = sources.get(location.file);
    let start = file.lines().chars(location.span.start, &file.text);
    format!("{}:{}:{}", visible(&file.path), start.line, start.column)
}
