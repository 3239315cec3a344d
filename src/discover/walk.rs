//! The walk over folders: which files are there, and which of them define apps and libraries.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::error::reason;

use super::definition::{Marker, MarkerKind};
use super::{Language, Wanted, role};

/// What a walk came across, in no order.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) files: Vec<PathBuf>,
    pub(super) markers: BTreeSet<Marker>,
    pub(super) folders: HashSet<OsString>,
    pub(super) not_entered: BTreeSet<PathBuf>,
    pub(super) links: BTreeSet<PathBuf>,
    pub(super) hidden: BTreeSet<PathBuf>,
    pub(super) no_files: BTreeSet<PathBuf>,
    pub(super) errors: Vec<(Option<PathBuf>, String)>,
}

impl Found {
    pub(super) fn add(&mut self, other: Found) {
        self.files.extend(other.files);
        self.markers.extend(other.markers);
        self.folders.extend(other.folders);
        self.not_entered.extend(other.not_entered);
        self.links.extend(other.links);
        self.hidden.extend(other.hidden);
        self.no_files.extend(other.no_files);
        self.errors.extend(other.errors);
    }
}

enum Sight {
    File(PathBuf),
    Folder(PathBuf),
    NotEntered(PathBuf),
    Link(PathBuf),
    Hidden(PathBuf),
    /// A socket or a pipe with the name of a source.
    NoFile(PathBuf),
    Marker(Marker),
    Error(Option<PathBuf>, String),
}

/// Walks the folders, each of which is entered whatever its name and whatever ignore files say about it.
pub(super) fn walk(folders: &[PathBuf], wanted: &Wanted) -> Found {
    let mut found = Found::default();
    let mut enter = |folder: &&PathBuf| {
        // The ignore files above it count, too.
        let above = folder.ancestors().filter(|_| !wanted.no_ignore);
        let strange: Vec<Strange> = above.flat_map(strange_ignore_files).collect();
        found.errors.extend(strange.iter().map(Strange::told));
        !strange.iter().any(|one| one.is_waited_for)
    };
    let folders: Vec<&PathBuf> = folders.iter().filter(&mut enter).collect();
    let Some((first, others)) = folders.split_first() else { return found };
    let mut builder = WalkBuilder::new(first);
    for folder in others {
        builder.add(folder);
    }
    // What is hidden is passed over below, where it is noted down.
    builder.require_git(false).hidden(false).threads(wanted.threads);
    if wanted.no_ignore {
        builder.ignore(false).git_ignore(false).git_global(false).git_exclude(false).parents(false);
    }
    // Markers are seen here, since bundles such as an `.xcodeproj` are not entered.
    let (sender, sights) = mpsc::channel();
    let markers = sender.clone();
    let ignores = !wanted.no_ignore;
    builder.filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        if let Some(kind) = MarkerKind::of(entry.file_name(), is_folder) {
            // The receiver outlives the walk.
            let _ = markers.send(Sight::Marker(Marker { kind, path: entry.path().to_path_buf() }));
        }
        let name = entry.file_name().to_str().unwrap_or_default();
        if entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".") {
            if is_folder && name != ".git" || Language::of(entry.path()).is_some() {
                let _ = markers.send(Sight::Hidden(entry.path().to_path_buf()));
            }
            return false;
        }
        if !is_folder {
            return true;
        }
        if !role::is_not_entered(name) || entry.depth() == 0 {
            let strange: Vec<Strange> =
                if ignores { strange_ignore_files(entry.path()).collect() } else { Vec::new() };
            for one in &strange {
                let (path, text) = one.told();
                let _ = markers.send(Sight::Error(path, text));
            }
            return !strange.iter().any(|one| one.is_waited_for);
        }
        if role::may_hold_sources(name) {
            let _ = markers.send(Sight::NotEntered(entry.path().to_path_buf()));
        }
        false
    });
    builder.build_parallel().run(|| {
        let sender = sender.clone();
        Box::new(move |entry| {
            if let Some(sight) = sight(entry) {
                let _ = sender.send(sight);
            }
            WalkState::Continue
        })
    });
    drop(sender);
    drop(builder);
    for sight in sights {
        match sight {
            Sight::File(path) => found.files.push(path),
            Sight::Folder(path) => drop(found.folders.insert(path.into_os_string())),
            Sight::NotEntered(path) => drop(found.not_entered.insert(path)),
            Sight::Link(path) => drop(found.links.insert(path)),
            Sight::Hidden(path) => drop(found.hidden.insert(path)),
            Sight::NoFile(path) => drop(found.no_files.insert(path)),
            Sight::Marker(marker) => drop(found.markers.insert(marker)),
            Sight::Error(path, text) => found.errors.push((path, text)),
        }
    }
    found.errors.sort();
    found.errors.dedup();
    found
}

/// What has the name of an ignore file and is none.
struct Strange {
    path: PathBuf,
    /// Who opens it waits until somebody writes to it.
    is_waited_for: bool,
}

impl Strange {
    fn told(&self) -> (Option<PathBuf>, String) {
        let why = if self.is_waited_for { "it is no file" } else { "is a directory" };
        (Some(self.path.clone()), why.to_owned())
    }
}

fn strange_ignore_files(folder: &Path) -> impl Iterator<Item = Strange> {
    let paths = [".gitignore", ".ignore"].map(|name| folder.join(name));
    paths.into_iter().filter_map(|path| {
        let found = std::fs::metadata(&path).ok().filter(|found| !found.is_file())?;
        Some(Strange { path, is_waited_for: !found.is_dir() })
    })
}

fn sight(entry: Result<DirEntry, ignore::Error>) -> Option<Sight> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return refusal(error, None),
    };
    // A broken line in an ignore file is git's matter.
    let kind = entry.file_type()?;
    if kind.is_dir() {
        Some(Sight::Folder(entry.into_path()))
    } else if kind.is_symlink() {
        Some(Sight::Link(entry.into_path()))
    } else {
        Language::of(entry.path())?;
        Some(if kind.is_file() { Sight::File } else { Sight::NoFile }(entry.into_path()))
    }
}

/// What cannot be read is told; what vanished while walking was not there.
fn refusal(error: ignore::Error, path: Option<PathBuf>) -> Option<Sight> {
    match error {
        ignore::Error::WithPath { path, err } => refusal(*err, Some(path)),
        ignore::Error::WithDepth { err, .. } => refusal(*err, path),
        ignore::Error::Io(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        ignore::Error::Io(error) => Some(Sight::Error(path, reason(&error))),
        ignore::Error::Partial(_) | ignore::Error::Glob { .. } => None,
        other => Some(Sight::Error(path, other.to_string())),
    }
}

/// Whether a file, or one in a folder or below it, has the name of a source.
pub(super) fn holds_sources(path: &Path) -> bool {
    walkdir::WalkDir::new(path).into_iter().flatten().any(|entry| {
        entry.file_type().is_file() && Language::of(entry.path()).is_some_and(|it| it != Language::Header)
    })
}

/// The project files of a folder, ignored ones included: generated project files are often not in git.
pub(super) fn markers_in(folder: &Path) -> Vec<Marker> {
    walkdir::WalkDir::new(folder)
        .min_depth(1)
        .max_depth(1)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let kind = MarkerKind::of(entry.file_name(), entry.file_type().is_dir())?;
            Some(Marker { kind, path: entry.into_path() })
        })
        .collect()
}
