//! What Xcode shows in its issue navigator and beside the code, from the output of a script phase.
//!
//! Xcode reads such output line by line (`GenericOutputParser` and `ShellScriptOutputParser` in
//! <https://github.com/swiftlang/swift-build>, `Sources/SWBCore/SpecImplementations/CommandLineToolSpec.swift`):
//!
//! - `path:line:column: error|warning|note: text` is an issue of its own. A note does not belong to the
//!   warning above it, so each says which rule it is about.
//! - `path:line:column-line:column: fixit: text` is a Fix-it of the issue right above; its text is escaped
//!   as in a JSON string.
//! - Before the keyword there may be no quotes, and no colons but those shown. A path with one of these is
//!   told in the text of an issue without a place.
//! - Every other line would become an issue, too.
//!
//! Columns count UTF-8 bytes, as those of the Swift compiler do.

use std::io::{self, Write};

use super::visible::visible;
use crate::finding::{Finding, Fix};
use crate::report::Report;
use crate::source::{Location, SourceFile, Sources};

/// What Xcode takes for the kind of an issue when `: ` and a space stand around it.
const KEYWORDS: [&str; 5] = ["error", "warning", "note", "notice", "fixit"];

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        write_finding(finding, &report.sources, out)?;
    }
    Ok(())
}

fn write_finding(finding: &Finding, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let rule = finding.rule;
    let text = format!("{} [{rule}]", finding.message);
    issue(finding.level.word(), &text, finding.location, sources, out)?;
    if let Some(fix) = finding.applicable_fix() {
        fix_its(fix, sources, out)?;
    }
    let steps = finding.steps.len();
    for (number, step) in (1..).zip(&finding.steps) {
        let text = format!("{rule}, step {number} of {steps}: {}", step.text);
        issue("note", &text, step.location, sources, out)?;
    }
    for step in &finding.related {
        issue("note", &format!("{rule}: {}", step.text), step.location, sources, out)?;
    }
    if let Some(help) = &finding.help {
        issue("note", &format!("{rule}, what to do: {help}"), finding.location, sources, out)?;
    }
    Ok(())
}

fn issue(
    kind: &str,
    text: &str,
    location: Location,
    sources: &Sources,
    out: &mut dyn Write,
) -> io::Result<()> {
    let file = sources.get(location.file);
    let start = file.lines().utf8(location.span.start, &file.text);
    let text = without_keywords(&visible(text), "\u{a0}");
    match path(file) {
        Some(path) => writeln!(out, "{path}:{}:{}: {kind}: {text}", start.line, start.column),
        None => writeln!(out, "{kind}: {text} ({}, line {})", visible(&file.path), start.line),
    }
}

/// The edits as Fix-its: all of them or none, since they belong together.
fn fix_its(fix: &Fix, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let lines: Option<Vec<String>> = fix
        .edits
        .iter()
        .map(|edit| {
            let file = sources.get(edit.location.file);
            let start = file.lines().utf8(edit.location.span.start, &file.text);
            let end = file.lines().utf8(edit.location.span.end, &file.text);
            let quoted = serde_json::Value::from(edit.text.as_str()).to_string();
            let escaped = quoted.strip_prefix('"')?.strip_suffix('"')?;
            Some(format!(
                "{}:{}:{}-{}:{}: fixit: {}",
                path(file)?,
                start.line,
                start.column,
                end.line,
                end.column,
                without_keywords(escaped, r"\u0020")
            ))
        })
        .collect();
    lines.into_iter().flatten().try_for_each(|line| writeln!(out, "{line}"))
}

/// The absolute path, if Xcode can tell where it ends.
fn path(file: &SourceFile) -> Option<String> {
    let path = file.absolute.to_str()?;
    let confuses = |character: char| matches!(character, ':' | '\'' | '"') || character.is_control();
    (!path.chars().any(confuses)).then(|| path.to_owned())
}

/// The text with another blank after each word that Xcode would take for the kind of the issue.
fn without_keywords(text: &str, blank: &str) -> String {
    KEYWORDS.iter().fold(text.to_owned(), |text, keyword| {
        text.replace(&format!("{keyword}: "), &format!("{keyword}:{blank}"))
    })
}
