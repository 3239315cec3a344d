//! What is said beside the findings, on standard error: the notices, and one line about the whole run.

use std::io::{self, Write};

use super::Format;
use super::visible::visible;
use crate::finding::{Applicability, Level};
use crate::report::{Report, Tally};

/// So many of the files that were not read or understood are named; the others are counted.
const NAMED_FILES: usize = 3;

/// Writes the notices, one line each, so that they can stand beside findings in a format.
pub fn notices(report: &Report, format: Format, out: &mut dyn Write) -> io::Result<()> {
    for notice in &report.notices {
        let text = visible(&notice.text);
        // Xcode reads both streams, and shows what is marked.
        let mark = match format {
            Format::Xcode if notice.is_failure => "error: ",
            Format::Xcode => "warning: ",
            _ => "",
        };
        match &notice.path {
            Some(path) => writeln!(out, "{mark}pushlint: {}: {text}", visible(path))?,
            None => writeln!(out, "{mark}pushlint: {text}")?,
        }
    }
    Ok(())
}

/// Writes one line: what was proved, what was found, what was read, what was not understood, the time.
pub fn summary(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut parts = vec![proved(report), found(report)];
    parts.extend(suppressed(report));
    parts.extend(known(report));
    parts.extend(fixes(report));
    parts.push(read(report));
    parts.extend(not_understood(report));
    parts.push(time(report.coverage.elapsed_ms));
    writeln!(out, "pushlint: {}", parts.join("; "))
}

pub(super) fn proved(report: &Report) -> String {
    let tally = Tally::of(&report.handlers);
    let handlers = count(tally.handlers, "push handler", "push handlers");
    if tally.handlers == 0 {
        return match (report.coverage.handlers_elsewhere, report.coverage.registries) {
            (0, 0) => format!("{handlers} found"),
            (0, some) => format!("{handlers} found, but {}", count(some, "push registry", "push registries")),
            (some, _) => format!("{handlers} found here, {some} elsewhere in the project"),
        };
    }
    let total = count(tally.ways_out, "way out", "ways out");
    let ruled_out = match tally.ruled_out {
        0 => String::new(),
        some => format!(", {some} ruled out by the launch"),
    };
    let reporting = match (tally.reported, tally.ways_out) {
        (_, 0) => return format!("{handlers}, {total}"),
        (0, 1) if tally.unseen == 1 => "not seen whether it reports",
        (0, all) if tally.unseen == all => "not seen whether they report",
        (0, _) => "none reports",
        (1, 1) => "it reports",
        (some, all) if some == all => "all report",
        (1, _) => "1 of them reports",
        (some, _) => &format!("{some} of them report"),
    };
    format!("{handlers}, {total}, {reporting}{ruled_out}")
}

pub(super) fn found(report: &Report) -> String {
    let levels: Vec<String> = [
        (Level::Error, "error", "errors"),
        (Level::Warning, "warning", "warnings"),
        (Level::Note, "note", "notes"),
    ]
    .into_iter()
    .map(|(level, one, many)| (report.count(level), one, many))
    .filter(|(number, ..)| *number > 0)
    .map(|(number, one, many)| count(number, one, many))
    .collect();
    if !levels.is_empty() {
        levels.join(", ")
    } else if !known(report).is_empty() {
        "no new findings".to_owned()
    } else {
        "no findings".to_owned()
    }
}

pub(super) fn known(report: &Report) -> Vec<String> {
    [(&report.baseline, "baseline"), (&report.changed_since, "merge base")]
        .into_iter()
        .map(|(comparison, place)| (comparison.as_ref().map_or(0, |known| known.withheld.len()), place))
        .filter(|(known, _)| *known > 0)
        .map(|(known, place)| format!("{known} known from the {place}"))
        .collect()
}

fn suppressed(report: &Report) -> Option<String> {
    let suppressed = report.suppressed.len();
    (suppressed > 0).then(|| format!("{suppressed} suppressed"))
}

/// What was mended, and what could be.
fn fixes(report: &Report) -> Option<String> {
    let (safe, more) = (report.fixable(Applicability::Safe), report.fixable(Applicability::Unsafe));
    let possible = match (safe, more) {
        (0, 0) => None,
        (0, more) => Some(format!("{more} can be fixed with --fix --unsafe-fixes")),
        (safe, 0) => Some(format!("{safe} can be fixed with --fix")),
        (safe, more) => Some(format!("{safe} can be fixed with --fix, {more} more with --unsafe-fixes")),
    };
    let done = Some(format!("{} fixed", report.fixed)).filter(|_| report.fixed > 0);
    let parts: Vec<String> = done.into_iter().chain(possible).collect();
    Some(parts.join(", ")).filter(|text| !text.is_empty())
}

pub(super) fn read(report: &Report) -> String {
    let coverage = &report.coverage;
    format!(
        "{} read, {} parsed",
        count(coverage.swift_files, "Swift file", "Swift files"),
        coverage.parsed_files
    )
}

pub(super) fn not_understood(report: &Report) -> Vec<String> {
    let coverage = &report.coverage;
    let mut parts = Vec::new();
    if !coverage.damaged.is_empty() {
        parts.push(format!("not understood in part: {}", named(&coverage.damaged)));
    }
    if coverage.unseen_handlers > 0 {
        let verb = if coverage.unseen_handlers == 1 { "depends" } else { "depend" };
        let handlers = count(coverage.unseen_handlers, "handler", "handlers");
        parts.push(format!("{handlers} {verb} on code that cannot be seen"));
    }
    if !coverage.unread.is_empty() {
        parts.push(format!("not read: {}", named(&coverage.unread)));
    }
    // Where there is no handler, it may be in these.
    if report.handlers.is_empty() && !coverage.excluded.is_empty() {
        parts.push(format!("excluded: {}", named(&coverage.excluded)));
    }
    parts
}

/// The first few of some paths, and how many more there are.
fn named(paths: &[String]) -> String {
    let named: Vec<_> = paths.iter().take(NAMED_FILES).map(|path| visible(path)).collect();
    let rest = match paths.len().saturating_sub(NAMED_FILES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    named.join(", ") + &rest
}

fn time(milliseconds: u128) -> String {
    if milliseconds < 1000 {
        format!("{milliseconds} ms")
    } else {
        format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
