//! Whether a text is a report of pushlint: what may be replaced by a new one.
//!
//! Other linters write the same formats into files of the same names, and people add words of their own: what is not
//! a report from its beginning to its end stays.

use serde_json::Value;

use super::human::MORE;
use super::markdown;
use crate::rules;

/// Whether an earlier run could have written this, in whichever format. A clean report of a format for people is empty.
pub fn is_report(text: &str) -> bool {
    let text = text.trim();
    match text.chars().next() {
        None => true,
        Some('[' | '{') => serde_json::from_str(text).is_ok_and(|value| is_document(&value)),
        Some('#') => text.starts_with(markdown::HEADING) && text.ends_with(markdown::END.trim()),
        Some(_) => is_drawn(text) || text.lines().all(is_line),
    }
}

/// The report of a format for programs.
fn is_document(value: &Value) -> bool {
    let is_ours = |tool: &Value| tool["name"] == env!("CARGO_PKG_NAME");
    match value {
        // GitLab's form has no place for the name of its author.
        Value::Array(issues) => issues.iter().all(|issue| {
            let (rule, text) = (issue["check_name"].as_str(), issue["description"].as_str());
            rule.is_some_and(|rule| is_rule(rule) && text.is_some_and(|text| text.starts_with(rule)))
        }),
        Value::Object(_) => {
            let runs = value["runs"].as_array().map(Vec::as_slice).unwrap_or_default();
            is_ours(&value["tool"])
                || is_ours(&value["source"])
                || !runs.is_empty() && runs.iter().all(|run| is_ours(&run["tool"]["driver"]))
        }
        _ => false,
    }
}

/// The report for a person.
fn is_drawn(text: &str) -> bool {
    let mut lines = text.lines();
    let is_begun = lines.next().is_some_and(|line| {
        let level = |level| line.strip_prefix(level)?.strip_prefix('[')?.split_once("]:");
        LEVELS.into_iter().filter_map(level).any(|(id, _)| is_rule(id))
    });
    is_begun && lines.next_back().and_then(|line| line.strip_prefix(MORE)).is_some_and(is_rule)
}

const LEVELS: [&str; 3] = ["error", "warning", "note"];

/// A line of the formats that have a line for each finding or place: `short`, `github` and `xcode`.
fn is_line(line: &str) -> bool {
    if line.starts_with("::") {
        return line.contains("title=pushlint%3A ");
    }
    let text = LEVELS.iter().find_map(|level| {
        let (_, text) = line.split_once(&format!(": {level}: "))?;
        Some(text)
    });
    let text = text.or_else(|| LEVELS.iter().find_map(|level| line.strip_prefix(level)?.strip_prefix(": ")));
    let Some(text) = text else { return line.starts_with("pushlint: ") || line.contains(": fixit: ") };
    let is_note = text.split([':', ',']).next().is_some_and(is_rule);
    is_note || text.split(['[', ']']).any(is_rule)
}

fn is_rule(id: &str) -> bool {
    rules::ids().any(|rule| rule == id)
}

#[cfg(test)]
mod tests {
    use super::is_report;

    #[test]
    fn what_others_wrote_is_no_report() {
        for text in [
            "import PushKit\n",
            "# Notes about pushlint\n",
            "## pushlint: what we found so far\n",
            "fail-on = \"error\"\n",
            "[rules]\nmissing-call-report = \"off\"\n",
            "[{\"description\": \"too long\", \"check_name\": \"line_length\"}]",
            "[{\"description\": \"no-unused-vars: `a`\", \"check_name\": \"no-unused-vars\"}]",
            "[1]",
            "{}",
            "{\"name\": \"pushlint\", \"version\": \"1.0.0\"}",
            "{\"runs\": []}",
            "{\"runs\": [{\"tool\": {\"driver\": {\"name\": \"CodeQL\"}}}]}",
            "::set-output name=a::b",
            "App.swift:1:1: error: cannot find 'a' in scope",
            "a.cpp:1:1: warning: invalid case style [readability-identifier-naming]",
            "error: something [else]",
            "error[dangerous-triggers]: use of a dangerous trigger\n",
        ] {
            assert!(!is_report(text), "{text}");
        }
    }
}
