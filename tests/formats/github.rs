//! Annotations of a GitHub workflow, read by the rules of the runner (actions/runner, `ActionCommand.cs`).

use std::collections::BTreeMap;

use pushlint::finding::{Finding, Level};
use pushlint::render::{Format, RenderOptions};
use pushlint::report::Report;
use pushlint::source::Span;

use crate::{rendered, sample};

/// A command as the runner understands it.
#[derive(Debug)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    text: String,
}

impl Command {
    /// None for a line that is no command.
    fn read(line: &str) -> Option<Self> {
        let (head, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let properties = properties
            .trim()
            .split(',')
            .filter_map(|property| property.split_once('='))
            .map(|(key, value)| {
                let value = value.replace("%0D", "\r").replace("%0A", "\n");
                let value = value.replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
                (key.to_owned(), value)
            })
            .collect();
        let text = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
        Some(Self { name: name.to_owned(), properties, text })
    }

    fn number(&self, key: &str) -> usize {
        self.properties[key].parse().expect("a number")
    }
}

fn lines(report: &Report) -> Vec<String> {
    rendered(report, Format::Github, &RenderOptions::default()).lines().map(str::to_owned).collect()
}

fn commands(report: &Report) -> Vec<Command> {
    lines(report).iter().filter_map(|line| Command::read(line)).collect()
}

/// A report with so many findings of each level.
fn many(errors: usize, warnings: usize, notes: usize) -> Report {
    let mut report = sample::report();
    let of = |level: Level| report.findings.iter().find(|finding| finding.level == level).expect("one");
    let repeat = |level, number| std::iter::repeat_n(of(level).clone(), number);
    let findings: Vec<Finding> = repeat(Level::Note, notes)
        .chain(repeat(Level::Warning, warnings))
        .chain(repeat(Level::Error, errors))
        .collect();
    report.findings = findings;
    report
}

#[test]
fn every_finding_is_an_annotation_at_its_place() {
    let report = sample::report();
    let commands = commands(&report);
    assert_eq!(commands.len(), report.findings.len());
    for finding in &report.findings {
        let title = format!("pushlint: {}", finding.rule);
        let command =
            commands.iter().find(|command| command.properties["title"] == title).expect("an annotation");
        let file = report.sources.get(finding.location.file);
        assert_eq!(command.properties["file"], file.path);
        assert_eq!(command.text.lines().next(), Some(finding.message.as_str()));
        let line = file.text.lines().nth(command.number("line") - 1).expect("the line");
        if command.properties.contains_key("col") {
            let (start, end) = (command.number("col") - 1, command.number("endColumn") - 1);
            let cut: String = line.chars().skip(start).take(end - start).collect();
            assert_eq!(cut, sample::marked(&report, finding));
        }
    }
}

#[test]
fn a_range_over_several_lines_has_no_columns() {
    let report = sample::report();
    let commands = commands(&report);
    let several: Vec<&Command> = commands
        .iter()
        .filter(|command| command.properties["line"] != command.properties["endLine"])
        .collect();
    assert_eq!(several.len(), 1);
    assert!(!several[0].properties.contains_key("col") && !several[0].properties.contains_key("endColumn"));
}

#[test]
fn no_annotation_lies_behind_the_last_line() {
    let mut report = sample::report();
    report.findings.truncate(1);
    let file = report.sources.get(report.findings[0].location.file);
    let (length, last) = (file.text.len(), file.text.lines().count());
    report.findings[0].location.span = Span::new(length, length);
    assert_eq!(commands(&report)[0].number("line"), last);
}

#[test]
fn the_worst_come_first() {
    let names: Vec<String> = commands(&many(1, 1, 1)).into_iter().map(|command| command.name).collect();
    assert_eq!(names, ["error", "warning", "notice"]);
}

#[test]
fn what_github_would_drop_is_told_in_the_log() {
    let lines = lines(&many(12, 10, 11));
    let (annotations, plain): (Vec<&String>, Vec<&String>) =
        lines.iter().partition(|line| Command::read(line).is_some());
    assert_eq!(annotations.len(), 30);
    assert_eq!(
        plain[0],
        "pushlint: 3 more findings, which GitHub would not show as annotations (it shows 10 of a level per \
         step); they are listed here:"
    );
    assert_eq!(plain.len(), 4);
    assert!(plain[1].contains(": error: ") && plain[3].contains(": note: "));
}

#[test]
fn nothing_in_the_project_becomes_a_command_of_its_own() {
    let mut report = sample::report();
    for finding in &mut report.findings {
        finding.message = "a\n::stop-commands::x\r::error::y, %0A: 100%25".to_owned();
    }
    let commands = commands(&report);
    assert_eq!(commands.len(), report.findings.len());
    for command in &commands {
        assert!(["error", "warning", "notice"].contains(&command.name.as_str()));
        assert!(
            command.text.starts_with(r"a\n::stop-commands::x\r::error::y, %0A: 100%25"),
            "{}",
            command.text
        );
    }
}

#[test]
fn nothing_at_all_for_a_clean_project() {
    assert_eq!(rendered(&sample::clean(), Format::Github, &RenderOptions::default()), "");
}
