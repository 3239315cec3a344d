//! One line per finding, for `grep`, editors and tools: `path:line:column: level: message [rule]`.
//!
//! Lines and columns begin at 1; a column counts characters (Unicode scalar values).

use std::io::{self, Write};

use super::visible::visible;
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let file = report.sources.get(finding.location.file);
        let start = file.lines().chars(finding.location.span.start, &file.text);
        writeln!(
            out,
            "{}:{}:{}: {}: {} [{}]",
            visible(&file.path),
            start.line,
            start.column,
            finding.level.word(),
            visible(&finding.message),
            finding.rule,
        )?;
    }
    Ok(())
}
