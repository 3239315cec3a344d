//! Markdown as GitHub and GitLab render it, for the summary of a job
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary>).
//!
//! The worst findings come first. What comes from the project is escaped or stands in code, so that nothing in
//! it becomes a heading, a link or HTML.

use std::io::{self, Write};

use super::visible::visible;
use super::{summary, uri};
use crate::finding::{Finding, Step};
use crate::report::{Notice, Report};
use crate::rules::page;
use crate::source::{Location, Sources};

/// What a report begins with.
pub(super) const HEADING: &str = "## pushlint: ";
/// What a report ends with; not shown. By it is known that nobody added anything.
pub(super) const END: &str = "\n<!-- the end of the report by pushlint -->\n";
/// GitHub refuses the summary of a step above 1 MiB; the rest of it is for what other commands write there.
const LARGEST: usize = 1_000_000;

pub(super) fn write(report: &Report, browse: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let writer = Writer { sources: &report.sources, browse };
    let heading = match (report.has_failed(), report.findings.is_empty()) {
        (false, _) => summary::found(report),
        (true, true) => "not everything could be checked".to_owned(),
        (true, false) => format!("{}, and not everything could be checked", summary::found(report)),
    };
    let mut text = format!("{HEADING}{heading}\n\n{}\n", escape(&understood(report)));
    if !report.notices.is_empty() {
        text.push('\n');
        report.notices.iter().for_each(|notice| text.push_str(&self::notice(notice)));
    }
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    for (at, finding) in findings.iter().enumerate() {
        let section = writer.section(finding);
        if text.len() + section.len() > LARGEST {
            let rest = findings.len() - at;
            text =
                text + "\nNot shown, since a summary has a largest size: " + &rest.to_string() + " more.\n";
            break;
        }
        text.push_str(&section);
    }
    text.push_str(END);
    out.write_all(text.as_bytes())
}

/// What was proved and read, as a sentence.
fn understood(report: &Report) -> String {
    let mut parts = vec![summary::proved(report)];
    parts.extend(summary::known(report));
    parts.push(summary::read(report));
    parts.extend(summary::not_understood(report));
    parts.join("; ") + "."
}

fn notice(notice: &Notice) -> String {
    let path = notice.path.as_ref().map(|path| code(path) + ": ").unwrap_or_default();
    format!("- {path}{}\n", prose(&notice.text))
}

struct Writer<'a> {
    sources: &'a Sources,
    browse: Option<&'a str>,
}

impl Writer<'_> {
    fn section(&self, finding: &Finding) -> String {
        let rule = finding.rule;
        let mut text = format!(
            "\n### {}: {}\n\n{} · [{rule}]({}) · confidence: {}\n",
            finding.level.word(),
            prose(&finding.message),
            self.place(finding.location),
            page::uri(rule),
            finding.confidence.word(),
        );
        if finding.steps.is_empty() && !finding.label.is_empty() {
            let step = Step { location: finding.location, text: finding.label.clone() };
            text = text + "\n- " + &self.step(&step);
        }
        if !finding.steps.is_empty() {
            text.push('\n');
        }
        for (number, step) in (1..).zip(&finding.steps) {
            text = text + &format!("{number}. ") + &self.step(step);
        }
        if !finding.related.is_empty() {
            text.push_str("\nSee also:\n\n");
        }
        for step in &finding.related {
            text = text + "- " + &self.step(step);
        }
        if let Some(help) = &finding.help {
            text = text + "\n**What to do:** " + &prose(help) + "\n";
        }
        if let Some(example) = &finding.example {
            let fence = "`".repeat(3.max(longest_run(example) + 1));
            let language = match example {
                settings if settings.starts_with("# ") => "toml",
                list if list.starts_with('<') => "xml",
                _ => "swift",
            };
            text = text + "\n" + &fence + language + "\n" + example.trim_end() + "\n" + &fence + "\n";
        }
        if let Some((fix, options)) =
            finding.fix.as_ref().and_then(|fix| Some((fix, fix.applicability.options()?)))
        {
            text = text + "\n**Fix:** " + &prose(&fix.title) + " (`pushlint " + options + "`)\n";
        }
        text
    }

    fn step(&self, step: &Step) -> String {
        format!("{}: {}\n", self.place(step.location), prose(&step.text))
    }

    /// `path:line`, as a link where it is known where the project can be read.
    fn place(&self, location: Location) -> String {
        let file = self.sources.get(location.file);
        let line = file.lines().line(location.span.start);
        let shown = code(&format!("{}:{line}", file.path));
        match self.browse {
            Some(browse) => format!("[{shown}]({browse}/{}#L{line})", uri::of_file(file)),
            None => shown,
        }
    }
}

/// One line of prose, in which back-ticks mark code; code may hold an identifier that Swift has in back-ticks.
fn prose(text: &str) -> String {
    let text = visible(text);
    let (mut marked, mut rest) = (String::new(), &*text);
    while let Some((before, after)) = rest.split_once('`') {
        let Some((inside, behind)) = code_and_rest(after) else { return escape(&text) };
        marked = marked + &escape(before) + &code(inside);
        rest = behind;
    }
    marked + &escape(rest)
}

/// What stands before the back-tick that ends a piece of code, and what behind it.
fn code_and_rest(text: &str) -> Option<(&str, &str)> {
    let mut end = 0;
    loop {
        end += text.get(end..)?.find('`')?;
        let behind = text.get(end + 1..)?;
        let name = behind.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(0);
        if name == 0 || !behind[name..].starts_with('`') {
            return Some((&text[..end], behind));
        }
        end += name + 2;
    }
}

/// Text in a line, with everything that Markdown or HTML would act on escaped.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in visible(text).chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '|' | '~' | '@') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Code in a line.
fn code(text: &str) -> String {
    let text = visible(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    // Blanks keep back-ticks at the ends apart, and are not shown themselves.
    let needs_blanks = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty();
    let blank = if needs_blanks { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// The length of the longest run of back-ticks.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}
