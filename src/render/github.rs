//! Annotations of a GitHub workflow
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).
//!
//! A runner takes `::error file=…,line=…::text` for a command. Of each level it shows so many annotations per
//! step as [`SHOWN_PER_STEP`] says and drops the others without a word, so the worst come first, and what is
//! too much follows as plain lines of the log. The log shows the text of an annotation without its place;
//! therefore the text names every place itself. Columns count characters.

use std::io::{self, Write};

use super::short;
use super::visible::visible;
use crate::finding::{Finding, Level};
use crate::report::Report;
use crate::source::{Location, Sources};

/// How many annotations of a level GitHub shows per step.
const SHOWN_PER_STEP: usize = 10;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut left_out = Vec::new();
    for level in [Level::Error, Level::Warning, Level::Note] {
        let mut findings = report.findings.iter().filter(|finding| finding.level == level);
        for finding in findings.by_ref().take(SHOWN_PER_STEP) {
            writeln!(out, "{}", annotation(finding, &report.sources))?;
        }
        left_out.extend(findings);
    }
    if !left_out.is_empty() {
        let (number, these) = match left_out.len() {
            1 => ("1 more finding".to_owned(), "it is"),
            many => (format!("{many} more findings"), "they are"),
        };
        writeln!(
            out,
            "pushlint: {number}, which GitHub would not show as annotations \
             (it shows {SHOWN_PER_STEP} of a level per step); {these} listed here:"
        )?;
    }
    left_out.into_iter().try_for_each(|finding| writeln!(out, "{}", short::line(finding, &report.sources)))
}

fn annotation(finding: &Finding, sources: &Sources) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = vec![("file", sources.get(finding.location.file).path.clone())];
    properties.extend(range(finding.location, sources).into_iter().map(|(key, at)| (key, at.to_string())));
    properties.push(("title", format!("pushlint: {}", finding.rule)));
    let properties: Vec<String> =
        properties.into_iter().map(|(key, value)| format!("{key}={}", escape_property(&value))).collect();
    format!("::{command} {}::{}", properties.join(","), escape(&text(finding, sources)))
}

/// Where the annotation goes. Columns mean something within one line only, and a line behind the last line
/// end is not shown.
fn range(location: Location, sources: &Sources) -> Vec<(&'static str, usize)> {
    let file = sources.get(location.file);
    let end_of_text = file.text.trim_end_matches(['\r', '\n']).len() as u32;
    let start = file.lines().chars(location.span.start.min(end_of_text), &file.text);
    let end = file.lines().chars(location.span.end.min(end_of_text), &file.text);
    if start.line == end.line {
        vec![
            ("line", start.line),
            ("endLine", end.line),
            ("col", start.column),
            ("endColumn", end.column.max(start.column)),
        ]
    } else {
        vec![("line", start.line), ("endLine", end.line)]
    }
}

/// The message, the way to it with its places, and what to do.
fn text(finding: &Finding, sources: &Sources) -> String {
    let mut lines = vec![visible(&finding.message).into_owned()];
    if finding.steps.is_empty() {
        lines.push(place(finding.location, &finding.label, sources));
    }
    let places = finding.steps.iter().chain(&finding.related);
    lines.extend(places.map(|step| place(step.location, &step.text, sources)));
    lines.extend(finding.help.as_deref().map(|help| format!("help: {}", visible(help))));
    lines.join("\n")
}

fn place(location: Location, words: &str, sources: &Sources) -> String {
    let place = short::place(location, sources);
    if words.is_empty() { place } else { format!("{place}: {}", visible(words)) }
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}
