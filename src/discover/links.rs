//! Symbolic links that a walk comes across. It does not follow them: it would come round in circles, and out of the project.

use std::path::{Path, PathBuf};

use super::{Language, shown};

/// So deep and so far is looked into a folder outside of the project, to know whether there is anything to tell.
const DEPTH: usize = 4;
const ENTRIES: usize = 2_000;

/// A symbolic link to a source file or to a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The path relative to the project's root; that of a folder ends in `/`.
    pub path: String,
    /// Where it leads to; none where that is nowhere.
    target: Option<PathBuf>,
    /// It leads out of what is walked.
    leads_out: bool,
}

impl Link {
    /// What a link is; none where it is neither to a folder nor named like a source.
    pub(super) fn of(link: &Path, base: &Path, walked: &[PathBuf]) -> Option<Self> {
        let target = link.canonicalize().ok();
        let is_folder = target.as_ref().is_some_and(|target| target.is_dir());
        if !is_folder && Language::of(link).is_none() {
            return None;
        }
        let leads_out = |target: &PathBuf| !walked.iter().any(|root| target.starts_with(root));
        let slash = if is_folder { "/" } else { "" };
        Some(Self {
            path: shown(base, link) + slash,
            leads_out: target.as_ref().is_some_and(leads_out),
            target,
        })
    }

    /// Whether Swift that belongs to the project lies behind it and is not read.
    pub fn hides_swift(&self) -> bool {
        let is_swift = |path: &Path| Language::of(path) == Some(Language::Swift);
        let Some(target) = self.target.as_ref().filter(|_| self.leads_out) else { return false };
        let below = walkdir::WalkDir::new(target).max_depth(DEPTH).into_iter().take(ENTRIES).flatten();
        match self.path.strip_suffix('/') {
            None => is_swift(Path::new(&self.path)),
            Some(_) => below.into_iter().any(|entry| entry.file_type().is_file() && is_swift(entry.path())),
        }
    }
}
