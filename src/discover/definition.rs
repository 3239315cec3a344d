//! What the project files of a folder say: whether an app, a library or a Flutter package is built there, and what
//! it refers to.
//!
//! Read as text, by the few keys that matter: a reference that is overlooked makes a call unseen, one too many
//! joins files that could be joined.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::lexical;

/// A file (or bundle) that defines an app or a library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Marker {
    pub(super) path: PathBuf,
    pub(super) kind: MarkerKind,
}

impl Marker {
    /// The file that has its text.
    pub(super) fn file(&self) -> PathBuf {
        match self.kind {
            MarkerKind::XcodeProject => self.path.join("project.pbxproj"),
            _ => self.path.clone(),
        }
    }
}

/// What a marker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MarkerKind {
    XcodeProject,
    /// XcodeGen or Tuist.
    ProjectSpec,
    Podfile,
    Flutter,
    SwiftPackage,
    PodSpec,
}

impl MarkerKind {
    /// What an entry of a folder is, told from its name.
    pub(super) fn of(name: &OsStr, is_folder: bool) -> Option<Self> {
        let name = name.to_str()?;
        match (is_folder, name) {
            (true, _) if name.ends_with("Pods.xcodeproj") => None,
            (true, _) => name.ends_with(".xcodeproj").then_some(Self::XcodeProject),
            (false, "Package.swift") => Some(Self::SwiftPackage),
            (false, "Project.swift" | "project.yml") => Some(Self::ProjectSpec),
            (false, "Podfile") => Some(Self::Podfile),
            (false, "pubspec.yaml") => Some(Self::Flutter),
            (false, _) => name.ends_with(".podspec").then_some(Self::PodSpec),
        }
    }
}

/// What the markers of one folder say together.
#[derive(Debug, Default)]
pub(super) struct Definition {
    /// Never part of the unit above.
    pub(super) is_separate: bool,
    /// An app is built here, not only what apps use.
    pub(super) is_app: bool,
    /// Something that an app below it uses.
    pub(super) is_library: bool,
    pub(super) is_flutter: bool,
    /// Folders that it refers to by path.
    pub(super) references: BTreeSet<PathBuf>,
    /// The names under which others refer to it.
    pub(super) provides: BTreeSet<String>,
    /// What it refers to by name.
    pub(super) dependencies: BTreeSet<String>,
}

impl Definition {
    /// Reads the text of a marker; none where it only has the name of one (a model `Package.swift`).
    pub(super) fn of(marker: &Marker, text: &str) -> Option<Self> {
        let folder = marker.path.parent()?;
        let mut definition = match marker.kind {
            MarkerKind::XcodeProject => {
                let name = marker.path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
                Self::of_xcode_project(text, name)
            }
            MarkerKind::ProjectSpec if text.contains("ProjectDescription") || text.contains("targets:") => {
                Self { is_separate: true, ..Self::default() }
            }
            MarkerKind::SwiftPackage if text.contains("PackageDescription") => Self {
                is_library: true,
                provides: owned(
                    text.split(".library(").skip(1).filter_map(|product| values(product, "name:").next()),
                ),
                ..Self::default()
            },
            MarkerKind::ProjectSpec | MarkerKind::SwiftPackage => return None,
            MarkerKind::Podfile => Self { is_separate: true, ..Self::default() },
            MarkerKind::Flutter => Self::of_flutter_package(text),
            MarkerKind::PodSpec => Self { is_library: true, ..Self::default() },
        };
        definition.references = marker.kind.references(folder, text);
        Some(definition)
    }

    fn of_xcode_project(text: &str, name: &str) -> Self {
        let is_app = text.contains("com.apple.product-type.application");
        let frameworks = values(text, "path = ").filter_map(|path| path.strip_suffix(".framework"));
        Self {
            is_separate: true,
            is_app,
            provides: if is_app { BTreeSet::new() } else { owned([name]) },
            dependencies: owned(values(text, "productName = ").chain(frameworks)),
            ..Self::default()
        }
    }

    fn of_flutter_package(text: &str) -> Self {
        let name = text.lines().find_map(|line| line.strip_prefix("name:"));
        let entries = text
            .lines()
            .filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with([' ', '#', '-'])))
            .filter_map(|line| line.split_once(':'));
        Self {
            is_separate: true,
            is_library: true,
            is_flutter: true,
            provides: owned(name.map(str::trim)),
            dependencies: owned(entries.map(|(name, _)| name)),
            ..Self::default()
        }
    }

    /// Adds what another marker of the folder says.
    pub(super) fn add(&mut self, other: Definition) {
        self.is_separate |= other.is_separate;
        self.is_app |= other.is_app;
        self.is_library |= other.is_library;
        self.is_flutter |= other.is_flutter;
        self.references.extend(other.references);
        self.provides.extend(other.provides);
        self.dependencies.extend(other.dependencies);
    }
}

impl MarkerKind {
    /// The folders that a project file in `folder` refers to.
    fn references(self, folder: &Path, text: &str) -> BTreeSet<PathBuf> {
        let keys: &[&str] = match self {
            MarkerKind::XcodeProject => &["relativePath = ", "path = "],
            MarkerKind::Podfile => &[":path =>", "path:"],
            MarkerKind::PodSpec => &[],
            MarkerKind::ProjectSpec | MarkerKind::Flutter | MarkerKind::SwiftPackage => &["path:"],
        };
        let mut references = BTreeSet::new();
        for key in keys {
            for value in values(text, key) {
                let path = lexical(&folder.join(value));
                let is_project = path.extension().is_some_and(|kind| kind == "xcodeproj");
                // Nearly every path of an Xcode project is that of a file of its own.
                if *key == "path = " && !is_project && !value.starts_with("..") {
                    continue;
                }
                let target = if is_project { path.parent().map(Path::to_path_buf) } else { Some(path) };
                references.extend(target.filter(|target| target != folder));
            }
        }
        references
    }
}

fn owned<'t>(words: impl IntoIterator<Item = &'t str>) -> BTreeSet<String> {
    words.into_iter().map(ToOwned::to_owned).collect()
}

/// What follows a key in a project file, up to the end of the string or of the word.
fn values<'t>(text: &'t str, key: &str) -> impl Iterator<Item = &'t str> {
    text.match_indices(key).filter_map(move |(at, _)| {
        let rest = text.get(at + key.len()..)?.trim_start_matches(' ');
        let value = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest.get(1..)?.split(quote).next()?,
            _ => rest.split([' ', ';', ',', '\n', '\r', ')']).next()?,
        };
        (!value.is_empty()).then_some(value)
    })
}
