//! reviewdog's JSON (<https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>).
//!
//! Columns begin at 1 and count UTF-8 bytes; ends are exclusive. reviewdog offers every suggestion alone, so
//! the edits of a fix, which belong together, become one suggestion, over all of the text between them.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Edit, Finding, Fix, Level, Step};
use crate::report::Report;
use crate::rules::page;
use crate::source::{Location, SourceFile, Sources, Span};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let sources = &report.sources;
    let result = DiagnosticResult {
        source: Source { name: env!("CARGO_PKG_NAME"), url: env!("CARGO_PKG_REPOSITORY") },
        diagnostics: report.findings.iter().map(|finding| Diagnostic::new(finding, sources)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &result)?;
    writeln!(out)
}

#[derive(Serialize)]
struct DiagnosticResult<'a> {
    source: Source,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Place<'a>,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<RelatedLocation<'a>>,
}

impl<'a> Diagnostic<'a> {
    fn new(finding: &'a Finding, sources: &'a Sources) -> Self {
        let help = finding.help.as_deref().map(|help| format!("\n\nWhat to do: {help}")).unwrap_or_default();
        let steps =
            (1..).zip(&finding.steps).map(|(number, step)| (format!("{number}: {}", step.text), step));
        let related = finding.related.iter().map(|step| (step.text.clone(), step));
        Self {
            message: format!("{}{help}", finding.message),
            location: Place::new(finding.location, sources),
            severity: match finding.level {
                Level::Error => "ERROR",
                Level::Warning => "WARNING",
                Level::Note => "INFO",
            },
            code: Code { value: finding.rule, url: page::uri(finding.rule) },
            suggestions: finding
                .applicable_fix()
                .and_then(|fix| Suggestion::new(fix, finding.location, sources))
                .into_iter()
                .collect(),
            related_locations: steps
                .chain(related)
                .map(|(message, step)| RelatedLocation::new(message, step, sources))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    url: String,
}

#[derive(Serialize)]
struct RelatedLocation<'a> {
    message: String,
    location: Place<'a>,
}

impl<'a> RelatedLocation<'a> {
    fn new(message: String, step: &Step, sources: &'a Sources) -> Self {
        Self { message, location: Place::new(step.location, sources) }
    }
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    range: Range,
}

impl<'a> Place<'a> {
    fn new(location: Location, sources: &'a Sources) -> Self {
        let file = sources.get(location.file);
        Self { path: &file.path, range: Range::new(location.span, file) }
    }
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

impl Range {
    fn new(span: Span, file: &SourceFile) -> Self {
        Self { start: Position::new(span.start, file), end: Position::new(span.end, file) }
    }
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

impl Position {
    fn new(byte: u32, file: &SourceFile) -> Self {
        let position = file.lines().utf8(byte, &file.text);
        Self { line: position.line, column: position.column }
    }
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

impl Suggestion {
    /// The edits as one; none where they reach into other files than the finding's, since a suggestion
    /// has no path.
    fn new(fix: &Fix, finding: Location, sources: &Sources) -> Option<Self> {
        if fix.edits.iter().any(|edit| edit.location.file != finding.file) {
            return None;
        }
        let file = sources.get(finding.file);
        let mut edits: Vec<&Edit> = fix.edits.iter().collect();
        edits.sort_by_key(|edit| edit.location.span);
        let start = edits.first()?.location.span.start;
        let mut end = start;
        let mut text = String::new();
        for edit in edits {
            let span = edit.location.span;
            text.push_str(file.slice(Span { start: end, end: span.start }));
            text.push_str(&edit.text);
            end = span.end;
        }
        Some(Self { range: Range::new(Span { start, end }, file), text })
    }
}
