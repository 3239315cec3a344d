//! Which files were moved between two states of a project.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use crate::baseline::Known;
use crate::discover::{self, Discovery};
use crate::read;

/// The files that were moved, by their new paths: of one that is gone and one that was not there before, each is what
/// the other one resembles most. Only what has findings on both sides is asked about.
pub(super) fn between(
    before: &Path,
    now: &Path,
    discovery: &Discovery,
    known: &Known,
    found: &Known,
) -> BTreeMap<String, String> {
    let is_gone = |path: &&str| !now.join(path).exists();
    let is_new = |path: &&str| !before.join(path).exists();
    let known: BTreeSet<&str> = known.paths().into_iter().filter(is_gone).collect();
    let found: BTreeSet<&str> = found.paths().into_iter().filter(is_new).collect();
    if known.is_empty() || found.is_empty() {
        return BTreeMap::new();
    }
    let listed: BTreeSet<String> = walkdir::WalkDir::new(before)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Some(discover::shown(Path::new(""), entry.path().strip_prefix(before).ok()?)))
        .collect();
    let gone = texts(before, listed.iter().map(String::as_str).filter(is_gone));
    let of_today = discovery.files.iter().map(|file| file.path.as_str()).filter(is_new);
    let new = texts(now, of_today.chain(found.iter().copied()));
    let pairs = found.iter().filter_map(|to| {
        let from = closest(to, new.get(to)?, &gone)?;
        let is_mutual = known.contains(from) && closest(from, gone.get(from)?, &new) == Some(to);
        is_mutual.then(|| ((*to).to_owned(), from.to_owned()))
    });
    pairs.collect()
}

/// The lines of a text that say something, with how often each stands there.
struct Lines {
    counts: HashMap<String, usize>,
    total: usize,
}

fn texts<'p>(folder: &Path, paths: impl Iterator<Item = &'p str>) -> BTreeMap<&'p str, Lines> {
    paths.filter_map(|path| Some((path, Lines::of(&read::bytes(&folder.join(path)).ok()?)))).collect()
}

impl Lines {
    fn of(bytes: &[u8]) -> Self {
        let mut lines = Self { counts: HashMap::new(), total: 0 };
        let text = String::from_utf8_lossy(bytes);
        // A brace says nothing of its file.
        for line in text.lines().map(str::trim).filter(|line| line.contains(char::is_alphanumeric)) {
            *lines.counts.entry(line.to_owned()).or_default() += 1;
            lines.total += 1;
        }
        lines
    }

    /// How many lines two texts have in common, of a thousand of the longer one.
    fn likeness(&self, other: &Self) -> usize {
        let shared: usize = self
            .counts
            .iter()
            .map(|(line, count)| other.counts.get(line).copied().unwrap_or(0).min(*count))
            .sum();
        shared * 1000 / self.total.max(other.total).max(1)
    }
}

/// So many lines of a thousand are the same in a file that was moved. Two delegates have more than half of them in
/// common; what is taken for another file is only told anew.
const ENOUGH: usize = 750;

/// The file that resembles one most, if enough; of equals the one with its name, else none.
fn closest<'p>(path: &str, lines: &Lines, others: &BTreeMap<&'p str, Lines>) -> Option<&'p str> {
    let name = |path: &str| path.rsplit('/').next().map(ToOwned::to_owned);
    let mut all: Vec<((usize, bool), &str)> = others
        .iter()
        .map(|(other, theirs)| ((lines.likeness(theirs), name(other) == name(path)), *other))
        .filter(|((likeness, _), _)| *likeness >= ENOUGH)
        .collect();
    all.sort_by(|(a, _), (b, _)| b.cmp(a));
    match all[..] {
        [(first, _), (second, _), ..] if first == second => None,
        [(_, other), ..] => Some(other),
        [] => None,
    }
}
