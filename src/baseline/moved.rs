//! Which files were moved, as far as a baseline can tell, which does not know what stood in them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Key, Known};
use crate::discover::Discovery;
use crate::finding::Finding;
use crate::git;
use crate::source::Sources;

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

impl Known {
    /// The files that were moved, by their new paths: one that is gone is the only one of its name of which nothing is
    /// known, and everything that was known is found there. Any other file may have been there all along, and so may
    /// this one, which git knows.
    pub fn moved(
        &self,
        findings: &[Finding],
        sources: &Sources,
        discovery: &Discovery,
    ) -> BTreeMap<String, String> {
        let mut gone: BTreeMap<&str, Vec<(&Key, usize)>> = BTreeMap::new();
        for (key, count) in &self.counts {
            if discovery.lacks(&key.path) {
                gone.entry(&key.path).or_default().push((key, *count));
            }
        }
        if gone.is_empty() {
            return BTreeMap::new();
        }
        let found = Self::of(findings, sources);
        let known = self.paths();
        let mut unknown: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for path in discovery.files.iter().map(|file| file.path.as_str()).filter(|path| !known.contains(path))
        {
            unknown.entry(file_name(path)).or_default().insert(path);
        }
        let mut heirs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (from, entries) in &gone {
            if let Some(to) = unknown.get(file_name(from))
                && let (1, Some(to)) = (to.len(), to.first())
                && entries.iter().all(|(key, count)| found.count(&key.at(to)) >= *count)
            {
                heirs.entry(to).or_default().push(from);
            }
        }
        // Two that are gone cannot both be the one.
        let only = heirs.into_iter().filter_map(|(to, from)| match from[..] {
            [from] => Some((to.to_owned(), from.to_owned())),
            _ => None,
        });
        only.filter(|(to, from)| git::was_beside(&discovery.base, from, to) != Some(true)).collect()
    }
}
