//! The baseline: what a project was found to have when it took pushlint up, and is not told again.
//!
//! A finding is *known* by its rule, the path of its file and the text of its line, without the blanks around
//! it. So it survives lines that move, and is the same on every machine. How many findings look alike is
//! counted: if there are more than are known, all of them are reported, since nobody can tell which is new.
//! A file that is gone hands what was known about it to files in which the same now turns up: it was moved
//! or renamed.
//!
//! `--changed-since` compares in the same way, with what an older state of the project is found to have.

mod file;

use std::collections::BTreeMap;

use crate::discover::Discovery;
use crate::finding::Finding;
use crate::report::Notice;
use crate::source::Sources;

/// By what a finding is recognised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The path of the file, relative to the project's root, with `/` between its parts.
    pub path: String,
    /// The rule's id.
    pub rule: String,
    /// The text of the line on which the finding begins, without the blanks around it.
    pub line: String,
}

impl Key {
    /// By what this finding is recognised.
    pub fn of(finding: &Finding, sources: &Sources) -> Self {
        let file = sources.get(finding.location.file);
        let line = file.lines().line_span(file.lines().line(finding.location.span.start), &file.text);
        Self {
            path: file.path.clone(),
            rule: finding.rule.to_owned(),
            line: file.slice(line).trim().to_owned(),
        }
    }

    fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// Findings that are known, with how many look alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    counts: BTreeMap<Key, usize>,
}

impl Known {
    /// What is known once these findings are.
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>, sources: &Sources) -> Self {
        let mut known = Self::default();
        for finding in findings {
            known.add(Key::of(finding, sources), 1);
        }
        known
    }

    /// Adds what another one knows.
    pub fn extend(&mut self, other: Known) {
        for (key, count) in other.counts {
            self.add(key, count);
        }
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.counts.values().sum()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    fn add(&mut self, key: Key, count: usize) {
        if count > 0 {
            let known = self.counts.entry(key).or_default();
            *known = known.saturating_add(count);
        }
    }

    fn count(&self, key: &Key) -> usize {
        self.counts.get(key).copied().unwrap_or_default()
    }

    /// Takes what is known out of `findings`, which are all that were found in what `discovery` was asked for.
    pub fn withhold(
        &self,
        findings: &mut Vec<Finding>,
        sources: &Sources,
        discovery: &Discovery,
    ) -> Comparison {
        let found = Self::of(&*findings, sources);
        let moved = self.moved(&found, discovery);
        let is_known = |key: &Key| found.count(key) <= self.count(key) || moved.contains_key(key);
        let (withheld, new) = findings.drain(..).partition(|finding| is_known(&Key::of(finding, sources)));
        *findings = new;

        let mut comparison = Comparison { withheld, ..Comparison::default() };
        for (key, from) in &moved {
            comparison.current.add(key.clone(), found.count(key));
            comparison.moved.push((from.path.clone(), key.path.clone()));
        }
        for (key, known) in &self.counts {
            let now = found.count(key);
            if !discovery.judges(&key.path) {
                comparison.not_judged.add(key.clone(), *known);
                comparison.current.add(key.clone(), *known);
                continue;
            }
            comparison.current.add(key.clone(), now.min(*known));
            if now > *known {
                comparison.grown.push((key.clone(), *known, now));
            } else if now < *known && !moved.values().any(|from| *from == key) {
                comparison.stale.push(key.clone());
            }
        }
        comparison
    }

    /// What was found and is known of files that are gone: by its key now, the key that it had.
    fn moved<'k>(&'k self, found: &'k Known, discovery: &Discovery) -> BTreeMap<Key, &'k Key> {
        let mut gone: BTreeMap<&Key, usize> = self
            .counts
            .iter()
            .filter(|(key, _)| !found.counts.contains_key(key) && discovery.lacks(&key.path))
            .map(|(key, count)| (key, *count))
            .collect();
        let mut moved = BTreeMap::new();
        // Folders are moved more often than files are renamed.
        for keeps_its_name in [true, false] {
            for (key, count) in found.counts.iter().filter(|(key, _)| self.count(key) == 0) {
                let from = gone.iter_mut().find(|(from, left)| {
                    from.rule == key.rule
                        && from.line == key.line
                        && **left >= *count
                        && (!keeps_its_name || from.file_name() == key.file_name())
                });
                if let (Some((from, left)), false) = (from, moved.contains_key(key)) {
                    *left -= count;
                    moved.insert(key.clone(), *from);
                }
            }
        }
        moved
    }
}

/// What became of findings when they were compared with those that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The findings that are known, and are not reported.
    pub withheld: Vec<Finding>,
    /// What was known and still is, under the paths of today; what was not judged is in it.
    pub current: Known,
    /// What was known of files that the run did not look at.
    pub not_judged: Known,
    /// What is known of more findings than there are.
    stale: Vec<Key>,
    /// What there is more of than is known: how many are known, how many there are.
    grown: Vec<(Key, usize, usize)>,
    /// The files that were moved, from where to where.
    moved: Vec<(String, String)>,
}

impl Comparison {
    /// What there is to say about a baseline that is compared with: what to do about it.
    fn notices(&self, baseline: &str) -> impl Iterator<Item = Notice> {
        let is_gone = (!self.stale.is_empty()).then(|| {
            let first = self.stale.first().map(|key| format!("`{}` in {}", key.rule, key.path));
            let first = first.unwrap_or_default();
            let text = match self.stale.len() {
                1 => format!("1 entry matches nothing any more ({first})"),
                some => format!("{some} entries match nothing any more ({first}, …)"),
            };
            (baseline.to_owned(), format!("{text}; `pushlint baseline prune` takes out what is gone"))
        });
        let has_moved = self.moved.first().map(|(from, to)| {
            let text = format!("{from} is now {to}; `pushlint baseline prune` writes the new path");
            (baseline.to_owned(), text)
        });
        let is_more = self.grown.iter().map(|(key, known, now)| {
            let text = format!(
                "`{}` is found {now} times on lines that read alike, and {known} of them in the baseline: all are \
                 reported",
                key.rule
            );
            (key.path.clone(), text)
        });
        is_gone.into_iter().chain(has_moved).chain(is_more).map(|(path, text)| Notice {
            path: Some(path),
            text,
            is_failure: false,
        })
    }
}

/// A baseline and the name that its user gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The path of its file, for messages.
    pub shown: String,
    /// What it knows.
    pub known: Known,
}

impl Baseline {
    /// Takes what the baseline knows out of `findings`, and gives notice of what is wrong with the baseline.
    pub fn withhold(
        &self,
        findings: &mut Vec<Finding>,
        sources: &Sources,
        discovery: &Discovery,
        notices: &mut Vec<Notice>,
    ) -> Comparison {
        let comparison = self.known.withhold(findings, sources, discovery);
        notices.extend(comparison.notices(&self.shown));
        comparison
    }
}
