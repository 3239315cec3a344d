//! Units: the files that are joined by name.
//!
//! A file belongs to the nearest folder above it that defines something that is built:
//!
//! - an **app** (`.xcodeproj`, XcodeGen's `project.yml`, Tuist's `Project.swift`, a `Podfile`) or a **Flutter**
//!   package (`pubspec.yaml`) always has files of its own: a samples repository holds five apps with an
//!   `AppDelegate` each;
//! - a **library** (`Package.swift`, `.podspec`) has files of its own only where nothing above it defines a unit;
//!   a package inside an app's folder is part of the app.
//!
//! What no folder claims belongs to the root. On top of its own files a unit *sees* what its project files
//! refer to by path (local packages, subprojects, `:path =>` pods, Flutter packages, these by name too), and an
//! app that lies inside a library's folder (an example) sees the library. Seeing goes one way: two apps that use one package
//! do not see each other. A unit that another one sees as a whole is not looked at a second time alone.
//!
//! An `.xcodeproj` that git ignores still counts; `Pods.xcodeproj` never does.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::{File, shown, walk};

/// The files that are joined by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The folder that defines it, relative to the base; empty for the base itself.
    pub folder: String,
    /// Indices into the discovered files, ascending.
    pub files: Vec<usize>,
}

/// A file (or bundle) that defines an app or a library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Marker {
    pub(super) path: PathBuf,
    pub(super) kind: MarkerKind,
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
struct Definition {
    /// Never part of the unit above.
    is_separate: bool,
    /// Something that an app below it uses.
    is_library: bool,
    references: BTreeSet<PathBuf>,
    /// The name of the Flutter package, and those it depends on.
    name: Option<String>,
    dependencies: BTreeSet<String>,
}

impl Definition {
    fn add(&mut self, marker: &Marker) {
        let Some(folder) = marker.path.parent() else { return };
        let file = match marker.kind {
            MarkerKind::XcodeProject => marker.path.join("project.pbxproj"),
            _ => marker.path.clone(),
        };
        let text =
            std::fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let is_meant = match marker.kind {
            // A model of an app may have these names too.
            MarkerKind::SwiftPackage => text.contains("PackageDescription"),
            MarkerKind::ProjectSpec => text.contains("ProjectDescription") || text.contains("targets:"),
            _ => true,
        };
        if !is_meant {
            return;
        }
        match marker.kind {
            MarkerKind::XcodeProject | MarkerKind::ProjectSpec | MarkerKind::Podfile => {
                self.is_separate = true;
            }
            MarkerKind::Flutter => {
                self.is_separate = true;
                self.is_library = true;
                self.name = text
                    .lines()
                    .find_map(|line| line.strip_prefix("name:"))
                    .map(|name| name.trim().to_owned());
                self.dependencies = text
                    .lines()
                    .filter_map(|line| {
                        line.strip_prefix("  ").filter(|rest| !rest.starts_with([' ', '#', '-']))
                    })
                    .filter_map(|line| line.split_once(':'))
                    .map(|(name, _)| name.to_owned())
                    .collect();
            }
            MarkerKind::SwiftPackage | MarkerKind::PodSpec => self.is_library = true,
        }
        let keys: &[&str] = match marker.kind {
            MarkerKind::XcodeProject => &["relativePath = ", "path = "],
            MarkerKind::Podfile => &[":path =>", "path:"],
            MarkerKind::PodSpec => &[],
            MarkerKind::ProjectSpec | MarkerKind::Flutter | MarkerKind::SwiftPackage => &["path:"],
        };
        for key in keys {
            for value in values(&text, key) {
                let path = lexical(&folder.join(value));
                let is_project = path.extension().is_some_and(|kind| kind == "xcodeproj");
                if *key == "path = " && !is_project && !value.starts_with("..") {
                    continue;
                }
                let target = if is_project { path.parent().map(Path::to_path_buf) } else { Some(path) };
                self.references.extend(target.filter(|target| target != folder));
            }
        }
    }
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

/// The path without `.` and `..`, without asking the disk.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

struct Map<'a> {
    base: &'a Path,
    definitions: BTreeMap<PathBuf, Definition>,
}

impl Map<'_> {
    /// The folder whose unit owns the files of a folder.
    fn home<'p>(&self, folder: &'p Path) -> &'p Path {
        let inside = || folder.ancestors().take_while(|above| above.starts_with(self.base));
        let separate =
            |above: &&Path| self.definitions.get(*above).is_some_and(|definition| definition.is_separate);
        inside()
            .find(separate)
            .or_else(|| inside().filter(|above| self.definitions.contains_key(*above)).last())
            .or_else(|| inside().last())
            .unwrap_or(folder)
    }

    /// Everything that a unit sees: folders, each of which stands for the files below it of the same home.
    fn seen(&self, unit: &Path) -> BTreeSet<PathBuf> {
        let mut seen = BTreeSet::new();
        let mut open = vec![unit.to_path_buf()];
        while let Some(folder) = open.pop() {
            if !seen.insert(folder.clone()) {
                continue;
            }
            let home = self.home(&folder);
            let parts =
                self.definitions.range(folder.clone()..).take_while(|(at, _)| at.starts_with(&folder));
            for (at, definition) in parts.filter(|(at, _)| self.home(at) == home) {
                // The folder above without a project file of its own would stand for half of the repository.
                let is_meant = |target: &&PathBuf| {
                    target.starts_with(self.base)
                        && (!at.starts_with(target) || self.definitions.contains_key(*target))
                };
                open.extend(definition.references.iter().filter(is_meant).cloned());
                open.extend(self.named(&definition.dependencies));
            }
            if folder == home {
                let above = folder
                    .parent()
                    .filter(|above| above.starts_with(self.base))
                    .map(|above| self.home(above));
                open.extend(
                    above
                        .filter(|above| self.definitions.get(*above).is_some_and(|it| it.is_library))
                        .map(Path::to_path_buf),
                );
            }
        }
        seen
    }

    /// The folders of the Flutter packages of these names.
    fn named(&self, names: &BTreeSet<String>) -> impl Iterator<Item = PathBuf> {
        self.definitions
            .iter()
            .filter(|(_, definition)| definition.name.as_ref().is_some_and(|name| names.contains(name)))
            .map(|(folder, _)| folder.clone())
    }
}

/// The units that hold a requested file, in the order of their folders.
pub(super) fn units(base: &Path, files: &[File], markers: &BTreeSet<Marker>) -> Vec<Unit> {
    let mut map = Map { base, definitions: BTreeMap::new() };
    for marker in markers {
        define(&mut map, marker);
    }
    let folders: BTreeSet<&Path> = files
        .iter()
        .filter_map(|file| file.absolute.parent())
        .flat_map(|folder| folder.ancestors().take_while(|above| above.starts_with(base)))
        .collect();
    let unclaimed: Vec<&Path> =
        folders.into_iter().filter(|folder| !map.definitions.contains_key(map.home(folder))).collect();
    for folder in unclaimed {
        for marker in walk::markers_in(folder) {
            define(&mut map, &marker);
        }
    }

    let homes: Vec<PathBuf> =
        files.iter().map(|file| map.home(file.absolute.parent().unwrap_or(base)).to_path_buf()).collect();
    let seen: BTreeMap<&Path, BTreeSet<PathBuf>> = homes
        .iter()
        .map(PathBuf::as_path)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|home| (home, map.seen(home)))
        .collect();
    let sees = |who: &Path, whom: &Path| seen.get(who).is_some_and(|folders| folders.contains(whom));
    // Of units that see each other the first is looked at.
    let is_seen_by_another = |home: &Path| {
        seen.keys().any(|other| *other != home && sees(other, home) && !(sees(home, other) && home < *other))
    };
    let alone = seen.iter().filter(|(home, _)| !is_seen_by_another(home));
    let units = alone.map(|(home, folders)| {
        let folders: Vec<(&Path, &Path)> =
            folders.iter().map(|folder| (folder.as_path(), map.home(folder))).collect();
        let belongs = |at: &usize| match (files.get(*at), homes.get(*at)) {
            (Some(file), Some(its_home)) => {
                folders.iter().any(|(folder, home)| its_home == home && file.absolute.starts_with(folder))
            }
            _ => false,
        };
        Unit { folder: shown(base, home), files: (0..files.len()).filter(belongs).collect() }
    });
    units
        .filter(|unit| unit.files.iter().any(|at| files.get(*at).is_some_and(|file| file.is_requested)))
        .collect()
}

fn define(map: &mut Map<'_>, marker: &Marker) {
    let mut definition = Definition::default();
    definition.add(marker);
    let Some(folder) = marker.path.parent().filter(|_| definition.is_separate || definition.is_library)
    else {
        return;
    };
    let all = map.definitions.entry(folder.to_path_buf()).or_default();
    all.is_separate |= definition.is_separate;
    all.is_library |= definition.is_library;
    all.references.extend(definition.references);
    all.dependencies.extend(definition.dependencies);
    all.name = all.name.take().or(definition.name);
}

/// Splits a unit that holds several apps, each starting in a folder of its own: every part has what lies in
/// the folder of its app, and what lies in no app's folder. `entries` are the files with an app's `@main`.
pub fn split(unit: &Unit, files: &[File], entries: &[usize]) -> Vec<Unit> {
    let folder_of = |entry: usize| {
        files.get(entry).map_or("", |file| file.path.rsplit_once('/').map_or("", |(folder, _)| folder))
    };
    let is_below =
        |path: &str, folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    // The highest folder that holds this entry and no other one.
    let own = |entry: usize| {
        let mut folder = folder_of(entry);
        let is_shared = |folder: &str| {
            folder.is_empty()
                || folder == unit.folder
                || entries.iter().any(|other| {
                    *other != entry && files.get(*other).is_some_and(|file| is_below(&file.path, folder))
                })
        };
        if is_shared(folder) {
            return None;
        }
        while let Some((above, _)) = folder.rsplit_once('/').filter(|(above, _)| !is_shared(above)) {
            folder = above;
        }
        Some(folder)
    };
    let owned: BTreeSet<&str> = entries.iter().filter_map(|entry| own(*entry)).collect();
    let has_common = entries.iter().any(|entry| own(*entry).is_none());
    if owned.len() + usize::from(has_common) < 2 {
        return vec![unit.clone()];
    }
    let part = |mine: Option<&str>| {
        let keeps = |at: &&usize| {
            let path = files.get(**at).map_or("", |file| file.path.as_str());
            owned.iter().filter(|folder| is_below(path, folder)).all(|folder| Some(*folder) == mine)
        };
        Unit {
            folder: mine.unwrap_or(&unit.folder).to_owned(),
            files: unit.files.iter().filter(keeps).copied().collect(),
        }
    };
    has_common.then(|| part(None)).into_iter().chain(owned.iter().map(|folder| part(Some(folder)))).collect()
}
