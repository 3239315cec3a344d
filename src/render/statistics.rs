//! Figures about a run, for standard error: the findings per rule, and where the time went.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use crate::finding::Level;
use crate::report::{Report, Times};

/// Writes a line per rule with findings, and one with the time of each part of the run.
pub fn statistics(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for finding in &report.findings {
        let counts = rules.entry(finding.rule).or_default();
        let column = match finding.level {
            Level::Error => 0,
            Level::Warning => 1,
            Level::Note => 2,
        };
        counts[column] += 1;
        counts[3] += usize::from(finding.fix.is_some());
    }
    if !rules.is_empty() {
        let width = rules.keys().map(|rule| rule.len()).max().unwrap_or_default();
        let mut line = |first: &str, columns: [String; 4]| {
            let columns = columns.map(|column| format!("{column:>9}")).concat();
            writeln!(out, "{first:width$}{columns}")
        };
        line("rule", ["errors", "warnings", "notes", "fixable"].map(str::to_owned))?;
        for (rule, counts) in &rules {
            line(rule, counts.map(|count| count.to_string()))?;
        }
    }
    let Times { finding, searching, parsing, analysing, comparing } = report.times;
    let parts = [
        ("finding files", finding),
        ("searching them", searching),
        ("parsing", parsing),
        ("analysing", analysing),
        ("comparing", comparing),
    ];
    // The comparison is only there with --changed-since.
    let parts = parts.into_iter().filter(|(name, time)| *name != "comparing" || *time > Duration::ZERO);
    let parts: Vec<String> = parts.map(|(name, time)| format!("{name} {} ms", time.as_millis())).collect();
    writeln!(out, "time: {}", parts.join(", "))
}
