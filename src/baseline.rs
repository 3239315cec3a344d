//! The baseline: what a project was found to have when it took pushlint up, and is not told again.
//!
//! A finding is *known* by its rule, the path of its file and the text of its line, without the blanks around
//! it. So it survives lines that move, and is the same on every machine. How many findings look alike is
//! counted: if there are more than are known, all of them are reported, since nobody can tell which is new.
//! A file that is gone hands what was known about it to the one that it was moved to, where that is beyond doubt:
//! what is new must not be hidden by what is gone.
//!
//! `--changed-since` compares in the same way, with what an older state of the project is found to have.

mod file;
mod moved;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::config::Config;
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

    /// The same of another file.
    #[must_use]
    pub fn at(&self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self.clone() }
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

    /// The files of which another one knows more.
    pub fn lacks_of<'k>(&self, other: &'k Known) -> BTreeSet<&'k str> {
        let more = other.counts.iter().filter(|(key, count)| self.count(key) < **count);
        more.map(|(key, _)| key.path.as_str()).collect()
    }

    /// Forgets what lies at a path, or below it; whether there was anything.
    pub fn forget(&mut self, path: &str) -> bool {
        let before = self.counts.len();
        self.counts.retain(|key, _| !Path::new(&key.path).starts_with(path));
        self.counts.len() < before
    }

    /// Knows of each key at least as many findings as another one does.
    pub fn keep(&mut self, other: Known) {
        for (key, count) in other.counts {
            let known = self.counts.entry(key).or_default();
            *known = count.max(*known);
        }
    }

    /// The paths of the files of which something is known.
    pub fn paths(&self) -> BTreeSet<&str> {
        self.counts.keys().map(|key| key.path.as_str()).collect()
    }

    /// Takes what is known out of `findings`, which are all that were found in what `discovery` was asked for and the
    /// configuration does not exclude. The files that were moved are known by their new paths, each with the old one.
    pub fn withhold(
        &self,
        findings: &mut Vec<Finding>,
        sources: &Sources,
        discovery: &Discovery,
        config: &Config,
        moved: &BTreeMap<String, String>,
    ) -> Comparison {
        let found = Self::of(&*findings, sources);
        let moves = self.moves(&found, moved);
        let known = |key: &Key| moves.get(key).map_or_else(|| self.count(key), |(_, count)| *count);
        let is_known = |key: &Key| found.count(key) <= known(key);
        let (withheld, new) = findings.drain(..).partition(|finding| is_known(&Key::of(finding, sources)));
        *findings = new;

        let mut comparison = Comparison { withheld, ..Comparison::default() };
        comparison.grown.extend(
            found
                .counts
                .iter()
                .filter(|(key, now)| (1..**now).contains(&known(key)))
                .map(|(key, now)| (key.clone(), known(key), *now)),
        );
        let mut gone = self.clone();
        for (key, (from, count)) in &moves {
            comparison.current.add(key.clone(), *count);
            comparison.moved.insert((from.path.clone(), key.path.clone()));
            gone.take(from, *count);
        }
        for (key, known) in gone.counts.iter().filter(|(_, known)| **known > 0) {
            if discovery.judges(&key.path) && !config.excludes(&discovery.base.join(&key.path)) {
                let now = found.count(key);
                comparison.current.add(key.clone(), now.min(*known));
                if now < *known {
                    comparison.stale.push(key.clone());
                }
            } else {
                comparison.not_judged.add(key.clone(), *known);
                comparison.current.add(key.clone(), *known);
            }
        }
        comparison.not_asked.counts =
            found.counts.into_iter().filter(|(key, _)| !discovery.asks_for(&key.path)).collect();
        comparison
    }

    /// What was found and is known of files that were moved: by its key now, the key that it had and how many are known.
    fn moves(&self, found: &Known, moved: &BTreeMap<String, String>) -> BTreeMap<Key, (Key, usize)> {
        let before = found.counts.iter().filter_map(|(key, now)| {
            let from = key.at(moved.get(&key.path)?);
            let known = self.count(&from).min(*now);
            (known > 0).then(|| (key.clone(), (from, known)))
        });
        before.collect()
    }

    fn take(&mut self, key: &Key, count: usize) {
        if let Some(known) = self.counts.get_mut(key) {
            *known -= count.min(*known);
        }
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
    /// What was found in files that were not asked for: it concerns one that was.
    pub not_asked: Known,
    /// What is known of more findings than there are.
    stale: Vec<Key>,
    /// What there is more of than is known: how many are known, how many there are.
    grown: Vec<(Key, usize, usize)>,
    /// The files that were moved and took along what is known, from where to where.
    pub moved: BTreeSet<(String, String)>,
}

impl Comparison {
    /// What there is to say about a baseline that is compared with, once it is clear what is `reported`.
    fn notices(&self, baseline: &str, reported: &Known) -> Vec<Notice> {
        let is_gone = (!self.stale.is_empty()).then(|| {
            let first = self.stale.first().map(|key| format!("`{}` in {}", key.rule, key.path));
            let first = first.unwrap_or_default();
            let text = match self.stale.len() {
                1 => format!("1 entry matches nothing any more ({first})"),
                some => format!("{some} entries match nothing any more ({first}, …)"),
            };
            (baseline.to_owned(), format!("{text}; `pushlint baseline prune` takes out what is gone"))
        });
        let has_moved = self.moved.iter().map(|(from, to)| {
            let text = format!("{from} is now {to}; `pushlint baseline prune` writes the new path");
            (baseline.to_owned(), text)
        });
        let is_more = self.grown.iter().filter(|(key, ..)| reported.count(key) > 0).map(|(key, known, now)| {
            let text = format!(
                "`{}` is found {now} times on lines that read alike, and {known} of them in the baseline: all are \
                 reported",
                key.rule
            );
            (key.path.clone(), text)
        });
        let told = is_gone.into_iter().chain(has_moved).chain(is_more);
        told.map(|(path, text)| Notice { path: Some(path), text, is_failure: false }).collect()
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
    /// What there is to say about the baseline after a comparison that left `findings` to be reported.
    pub fn notices(&self, comparison: &Comparison, findings: &[Finding], sources: &Sources) -> Vec<Notice> {
        comparison.notices(&self.shown, &Known::of(findings, sources))
    }
}
