//! pushlint's own JSON: everything that a report says, for programs. `schemas/report.schema.json` describes it.
//!
//! The types here are the format and stand apart from the domain's: `version` changes when a field goes or
//! changes its meaning, not when one is added. Lines and columns begin at 1; `byte` counts from 0 in the
//! file's UTF-8 text. The time that the run took is left out: equal input gives equal bytes.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Applicability, Edit, Finding, Fix, Step};
use crate::report::{Coverage, Handler, Notice, Report, Suppressed, WayOut};
use crate::rules::page;
use crate::source::{Location, SourceFile, Sources};

/// The version of the format.
const VERSION: u32 = 1;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let sources = &report.sources;
    let document = ReportJson {
        version: VERSION,
        tool: ToolJson { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        findings: report.findings.iter().map(|finding| FindingJson::new(finding, sources)).collect(),
        suppressed: report.suppressed.iter().map(|one| SuppressedJson::new(one, sources)).collect(),
        handlers: report.handlers.iter().map(|handler| HandlerJson::new(handler, sources)).collect(),
        notices: report.notices.iter().map(NoticeJson::new).collect(),
        known_from_baseline: report.baseline.as_ref().map(|baseline| baseline.withheld.len()),
        known_from_merge_base: report.changed_since.as_ref().map(|before| before.withheld.len()),
        coverage: CoverageJson::new(&report.coverage),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

#[derive(Serialize)]
struct ReportJson<'a> {
    version: u32,
    tool: ToolJson,
    findings: Vec<FindingJson<'a>>,
    suppressed: Vec<SuppressedJson<'a>>,
    handlers: Vec<HandlerJson<'a>>,
    notices: Vec<NoticeJson<'a>>,
    /// How many findings are left out, where there is a baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    known_from_baseline: Option<usize>,
    /// How many findings are left out, where `--changed-since` had to look at the merge base.
    #[serde(skip_serializing_if = "Option::is_none")]
    known_from_merge_base: Option<usize>,
    coverage: CoverageJson<'a>,
}

#[derive(Serialize)]
struct ToolJson {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    rule: &'a str,
    page: String,
    level: &'static str,
    confidence: &'static str,
    message: &'a str,
    location: LocationJson<'a>,
    label: &'a str,
    steps: Vec<StepJson<'a>>,
    related: Vec<StepJson<'a>>,
    help: Option<&'a str>,
    example: Option<&'a str>,
    fix: Option<FixJson<'a>>,
}

impl<'a> FindingJson<'a> {
    fn new(finding: &'a Finding, sources: &'a Sources) -> Self {
        let steps =
            |steps: &'a [Step]| steps.iter().map(|step| StepJson::new(step, sources)).collect::<Vec<_>>();
        Self {
            rule: finding.rule,
            page: page::uri(finding.rule),
            level: finding.level.word(),
            confidence: finding.confidence.word(),
            message: &finding.message,
            location: LocationJson::new(finding.location, sources),
            label: &finding.label,
            steps: steps(&finding.steps),
            related: steps(&finding.related),
            help: finding.help.as_deref(),
            example: finding.example.as_deref(),
            fix: finding.fix.as_ref().map(|fix| FixJson::new(fix, sources)),
        }
    }
}

#[derive(Serialize)]
struct SuppressedJson<'a> {
    finding: FindingJson<'a>,
    comment: LocationJson<'a>,
    reason: Option<&'a str>,
}

impl<'a> SuppressedJson<'a> {
    fn new(suppressed: &'a Suppressed, sources: &'a Sources) -> Self {
        Self {
            finding: FindingJson::new(&suppressed.finding, sources),
            comment: LocationJson::new(suppressed.comment, sources),
            reason: suppressed.reason.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct StepJson<'a> {
    text: &'a str,
    location: LocationJson<'a>,
}

impl<'a> StepJson<'a> {
    fn new(step: &'a Step, sources: &'a Sources) -> Self {
        Self { text: &step.text, location: LocationJson::new(step.location, sources) }
    }
}

/// A range in a file; `end` is exclusive.
#[derive(Serialize)]
struct LocationJson<'a> {
    path: &'a str,
    start: PositionJson,
    end: PositionJson,
}

impl<'a> LocationJson<'a> {
    fn new(location: Location, sources: &'a Sources) -> Self {
        let file = sources.get(location.file);
        Self {
            path: &file.path,
            start: PositionJson::new(location.span.start, file),
            end: PositionJson::new(location.span.end, file),
        }
    }
}

#[derive(Serialize)]
struct PositionJson {
    byte: u32,
    line: usize,
    utf16_column: usize,
}

impl PositionJson {
    fn new(byte: u32, file: &SourceFile) -> Self {
        let position = file.lines().utf16(byte, &file.text);
        Self { byte, line: position.line, utf16_column: position.column }
    }
}

#[derive(Serialize)]
struct FixJson<'a> {
    title: &'a str,
    applicability: &'static str,
    edits: Vec<EditJson<'a>>,
}

impl<'a> FixJson<'a> {
    fn new(fix: &'a Fix, sources: &'a Sources) -> Self {
        let applicability = match fix.applicability {
            Applicability::Display => "display",
            Applicability::Unsafe => "unsafe",
            Applicability::Safe => "safe",
        };
        let edits = fix.edits.iter().map(|edit| EditJson::new(edit, sources)).collect();
        Self { title: &fix.title, applicability, edits }
    }
}

#[derive(Serialize)]
struct EditJson<'a> {
    location: LocationJson<'a>,
    text: &'a str,
}

impl<'a> EditJson<'a> {
    fn new(edit: &'a Edit, sources: &'a Sources) -> Self {
        Self { location: LocationJson::new(edit.location, sources), text: &edit.text }
    }
}

#[derive(Serialize)]
struct HandlerJson<'a> {
    owner: &'a str,
    location: LocationJson<'a>,
    all_report: bool,
    ways_out: Vec<WayOutJson<'a>>,
    reports: Vec<LocationJson<'a>>,
}

impl<'a> HandlerJson<'a> {
    fn new(handler: &'a Handler, sources: &'a Sources) -> Self {
        Self {
            owner: &handler.owner,
            location: LocationJson::new(handler.location, sources),
            all_report: handler.all_report(),
            ways_out: handler.ways_out.iter().map(|way| WayOutJson::new(way, sources)).collect(),
            reports: handler.reports.iter().map(|report| LocationJson::new(*report, sources)).collect(),
        }
    }
}

#[derive(Serialize)]
struct WayOutJson<'a> {
    outcome: &'static str,
    is_ruled_out: bool,
    location: LocationJson<'a>,
}

impl<'a> WayOutJson<'a> {
    fn new(way: &WayOut, sources: &'a Sources) -> Self {
        Self {
            outcome: way.outcome.word(),
            is_ruled_out: way.is_ruled_out,
            location: LocationJson::new(way.location, sources),
        }
    }
}

#[derive(Serialize)]
struct NoticeJson<'a> {
    path: Option<&'a str>,
    text: &'a str,
    is_failure: bool,
}

impl<'a> NoticeJson<'a> {
    fn new(notice: &'a Notice) -> Self {
        Self { path: notice.path.as_deref(), text: &notice.text, is_failure: notice.is_failure }
    }
}

#[derive(Serialize)]
struct CoverageJson<'a> {
    swift_files: usize,
    parsed_files: usize,
    damaged: &'a [String],
    unseen_handlers: usize,
    registries: usize,
    unread: &'a [String],
}

impl<'a> CoverageJson<'a> {
    fn new(coverage: &'a Coverage) -> Self {
        // Taken apart in full, so that a new field of the domain is not forgotten here.
        let Coverage {
            swift_files,
            parsed_files,
            damaged,
            unseen_handlers,
            unread,
            registries,
            excluded: _,
            handlers_elsewhere: _,
            elapsed_ms: _,
        } = coverage;
        Self {
            swift_files: *swift_files,
            parsed_files: *parsed_files,
            damaged,
            unseen_handlers: *unseen_handlers,
            registries: *registries,
            unread,
        }
    }
}
