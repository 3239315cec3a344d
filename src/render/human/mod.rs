//! The report for a person: each finding with its source, the way to the mistake drawn into it, and what to
//! do about it.

mod clip;
mod marks;
pub(super) mod paint;
mod snippet;
pub(super) mod wrap;

use std::io::{self, Write};

use super::short::place;
use super::visible::visible;
use crate::finding::{Confidence, Finding, Step};
use crate::report::Report;
use crate::rules::page;
use paint::Paint;

/// How the human report looks. Whether there is a terminal, and what it can do, is for the caller to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HumanOptions {
    /// Columns to fit into.
    pub width: usize,
    /// Whether to use colours.
    pub color: bool,
    /// Whether to draw with more than ASCII.
    pub unicode: bool,
    /// Whether the rule's id becomes a link (OSC 8) to its page.
    pub links: bool,
}

impl Default for HumanOptions {
    /// What a pipe gets: 80 columns, no colours, no links.
    fn default() -> Self {
        Self { width: 80, color: false, unicode: true, links: false }
    }
}

/// Less is not legible; a narrower terminal wraps by itself.
const LEAST_WIDTH: usize = 40;
/// How much further in the rest of a broken line of code stands.
const CODE_CONTINUED: usize = 4;
/// What stands before the help; its other lines are indented as far.
const HELP: &str = "  help: ";
/// What stands before the repair that can be applied.
const FIX: &str = "  fix: ";
/// What the last line says before a rule's id.
pub(super) const MORE: &str = "More about a rule: pushlint explain ";
/// What stands before a place that is drawn with another finding.
const SEE: &str = "  see: ";

pub(super) fn write(report: &Report, options: &HumanOptions, out: &mut dyn Write) -> io::Result<()> {
    let options = HumanOptions { width: options.width.max(LEAST_WIDTH), ..options.clone() };
    for (at, finding) in report.findings.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        out.write_all(draw(report, finding, &options).as_bytes())?;
    }
    if let Some(finding) = report.findings.first() {
        writeln!(out, "\n{MORE}{}", finding.rule)?;
    }
    Ok(())
}

fn draw(report: &Report, finding: &Finding, options: &HumanOptions) -> String {
    let paint = Paint { color: options.color };
    let mut text = header(finding, options, paint);
    let (drawn, elsewhere) = apart(report, finding);
    for block in marks::blocks(&drawn, &report.sources) {
        text.push_str(&snippet::draw(&block, &report.sources, finding.level, options));
    }
    for step in elsewhere {
        let words = format!("{}: {}", place(step.location, &report.sources), visible(&step.text));
        push_after(&mut text, &paint.help(SEE), SEE.len(), &words, options.width);
    }
    if let Some(help) = &finding.help {
        push_after(&mut text, &paint.help(HELP), HELP.len(), &visible(help), options.width);
    }
    if let Some(example) = &finding.example {
        push_code(&mut text, example, options, paint);
    }
    if let Some(fix) = finding.fix.as_ref() {
        let by = fix.applicability.options().map(|options| format!(" ({options})")).unwrap_or_default();
        let words = format!("{}{by}", visible(&fix.title));
        push_after(&mut text, &paint.help(FIX), FIX.len(), &words, options.width);
    }
    if finding.confidence < Confidence::High {
        let certainty = match finding.confidence {
            Confidence::Low => "low; a guess for a person to check",
            Confidence::Medium | Confidence::High => "medium; likely, but not proved",
        };
        let lead = "  confidence: ";
        push_after(&mut text, &paint.dim(lead), lead.len(), certainty, options.width);
    }
    text
}

/// The finding without the related places that are drawn with another finding, and these.
fn apart<'a>(report: &Report, finding: &'a Finding) -> (Finding, Vec<&'a Step>) {
    let is_drawn_elsewhere = |step: &&Step| {
        let is_there = |other: &Finding| other.location == step.location && !other.steps.is_empty();
        step.location != finding.location && report.findings.iter().any(is_there)
    };
    let (elsewhere, here): (Vec<&Step>, Vec<&Step>) = finding.related.iter().partition(is_drawn_elsewhere);
    (Finding { related: here.into_iter().cloned().collect(), ..finding.clone() }, elsewhere)
}

/// `error[rule]: message`, wrapped.
fn header(finding: &Finding, options: &HumanOptions, paint: Paint) -> String {
    let level = finding.level.word();
    let mut id = finding.rule.to_owned();
    if options.links {
        id = paint::link(&page::uri(finding.rule), &id);
    }
    let lead = paint.level(finding.level, &format!("{level}[{id}]"));
    let lead_width = level.len() + finding.rule.len() + "[]: ".len();
    let room = options.width.saturating_sub(lead_width);
    let message = visible(&finding.message);
    let mut lines = wrap::wrap(&message, room, options.width.saturating_sub(2)).into_iter();
    let first = paint.bold(&lines.next().unwrap_or_default());
    let mut header = format!("{lead}: {first}").trim_end().to_owned() + "\n";
    for line in lines {
        header = header + "  " + &paint.bold(&line) + "\n";
    }
    header
}

/// Appends `words`, wrapped, the first line after `lead` and the others below it.
fn push_after(text: &mut String, lead: &str, lead_width: usize, words: &str, width: usize) {
    let room = width.saturating_sub(lead_width);
    for (at, line) in wrap::wrap(words, room, room).into_iter().enumerate() {
        if at == 0 {
            text.push_str(lead);
        } else {
            text.push_str(&" ".repeat(lead_width));
        }
        text.push_str(&line);
        text.push('\n');
    }
}

/// Appends the corrected code; what is too long for the width goes on below, further in.
fn push_code(text: &mut String, code: &str, options: &HumanOptions, paint: Paint) {
    let bar = paint.dim(if options.unicode { "│" } else { "|" });
    let room = options.width.saturating_sub(HELP.len() + 2);
    for line in code.lines() {
        let line = line.replace('\t', clip::TAB);
        let shown = visible(line.trim_start_matches(' '));
        let indent = (line.len() - line.trim_start_matches(' ').len()).min(room / 2);
        let first = room.saturating_sub(indent);
        let rest = first.saturating_sub(CODE_CONTINUED);
        for (at, part) in wrap::wrap(&shown, first, rest).into_iter().enumerate() {
            let further = if at == 0 { 0 } else { CODE_CONTINUED };
            let part = " ".repeat(indent + further) + &part;
            let line = format!("{:lead$}{bar} {part}", "", lead = HELP.len());
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}
