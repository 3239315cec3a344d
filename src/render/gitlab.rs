//! GitLab Code Quality (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).
//!
//! One list, empty for a clean project. GitLab shows neither rule nor columns, so the text begins with the
//! rule. It tells new findings from old ones by their fingerprint, and shows those with equal ones as one:
//! a fingerprint is made of what a baseline knows a finding by, and a count.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::baseline::Key;
use crate::finding::{Finding, Level};
use crate::fingerprint::text_hash;
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = BTreeMap::new();
    let issues: Vec<Issue<'_>> =
        report.findings.iter().map(|finding| Issue::new(finding, report, &mut seen)).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

impl<'a> Issue<'a> {
    /// `seen` counts the findings that are alike, so that each gets a fingerprint of its own.
    fn new(finding: &'a Finding, report: &'a Report, seen: &mut BTreeMap<Key, usize>) -> Self {
        let file = report.sources.get(finding.location.file);
        let begin = file.lines().line(finding.location.span.start);
        let end = file.lines().line(finding.location.span.end);
        let key = Key::of(finding, &report.sources);
        let alike = seen.entry(key.clone()).or_default();
        *alike += 1;
        Self {
            description: format!("{}: {}", finding.rule, finding.message),
            check_name: finding.rule,
            fingerprint: text_hash(&[&key.rule, &key.path, &key.line, &alike.to_string()]),
            severity: match finding.level {
                Level::Error => "critical",
                Level::Warning => "major",
                Level::Note => "info",
            },
            location: Place { path: &file.path, lines: Lines { begin, end } },
        }
    }
}
