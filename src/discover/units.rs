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
//! What no folder claims belongs to the folder that was walked for it: the root of its project or, outside of projects,
//! what was named; two folders that are named in one breath need not belong together. On top of its own files a unit *sees* what its project files
//! refer to: by path (local packages, subprojects, `:path =>` pods, Flutter packages) or by the name of a product
//! that one other folder alone provides; and an app that lies inside a library's folder (an example) sees the
//! library. Seeing goes one way: two apps that use one package do not see each other. A library that another
//! unit sees is not looked at a second time alone.
//!
//! An `.xcodeproj` that git ignores still counts; `Pods.xcodeproj` never does, and a folder with tests only forms
//! no unit.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::definition::{Definition, Marker, MarkerKind};
use super::{File, shown, walk};
use crate::error::reason;
use crate::read;
use crate::report::Notice;
use crate::source::Role;

/// The files that are joined by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The folder that defines it, relative to the base; empty for the base itself.
    pub folder: String,
    /// Indices into the discovered files, ascending.
    pub files: Vec<usize>,
    /// The Xcode projects and the manifests of packages whose sources it may hold, absolute, sorted.
    pub projects: Vec<PathBuf>,
}

struct Map<'a> {
    base: &'a Path,
    /// The folders to which what no definition claims belongs.
    loose: &'a BTreeSet<&'a Path>,
    definitions: BTreeMap<PathBuf, Definition>,
    /// Project files of which it is not known what they refer to.
    notices: Vec<Notice>,
}

impl Map<'_> {
    fn define(&mut self, marker: &Marker) {
        let bytes = match read::bytes(&marker.file()) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.tell(marker, &format!("cannot be read: {}", reason(&error)), error.kind());
                Vec::new()
            }
        };
        if bytes.contains(&0) {
            self.tell(marker, "is no text", ErrorKind::InvalidData);
        }
        let definition = Definition::of(marker, &String::from_utf8_lossy(&bytes));
        if let (Some(definition), Some(folder)) = (definition, marker.path.parent()) {
            self.definitions.entry(folder.to_path_buf()).or_default().add(definition);
        }
    }

    /// Tells that it is not known what a project file refers to. Of an Xcode project, and of Swift that cannot be read,
    /// that is told where they are read for the rest of what they say.
    fn tell(&mut self, marker: &Marker, what: &str, kind: ErrorKind) {
        let is_swift = marker.path.extension().is_some_and(|extension| extension == "swift");
        let is_told = marker.kind == MarkerKind::XcodeProject || is_swift && kind != ErrorKind::InvalidData;
        if !is_told && kind != ErrorKind::NotFound {
            self.notices.push(Notice {
                path: Some(shown(self.base, &marker.path)),
                text: format!("{what}; which packages of the project it refers to is not known"),
                is_failure: false,
            });
        }
    }

    /// The folder whose unit owns the files of a folder.
    fn home<'p>(&self, folder: &'p Path) -> &'p Path {
        let inside = || folder.ancestors().take_while(|above| above.starts_with(self.base));
        let separate =
            |above: &&Path| self.definitions.get(*above).is_some_and(|definition| definition.is_separate);
        inside()
            .find(separate)
            .or_else(|| inside().filter(|above| self.definitions.contains_key(*above)).last())
            .or_else(|| inside().find(|above| self.loose.contains(above)))
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
                let above = folder.ancestors().skip(1).take_while(|above| above.starts_with(self.base));
                let is_library = |at: &&Path| self.definitions.get(*at).is_some_and(|it| it.is_library);
                let library = above.into_iter().find(is_library);
                open.extend(library.filter(|library| !self.is_app(library)).map(Path::to_path_buf));
            }
        }
        seen
    }

    /// Whether a folder lies in one of the places and belongs to the unit to which the place belongs.
    fn is_in(&self, folder: &Path, places: &BTreeSet<PathBuf>) -> bool {
        let home = self.home(folder);
        places.iter().any(|place| self.home(place) == home && folder.starts_with(place))
    }

    fn is_app(&self, folder: &Path) -> bool {
        self.definitions.get(folder).is_some_and(|definition| definition.is_app)
    }

    /// The folders that provide something of these names, where only one folder does.
    fn named(&self, names: &BTreeSet<String>) -> impl Iterator<Item = PathBuf> {
        names.iter().filter_map(|name| {
            let mut provide = self.definitions.iter().filter(|(_, it)| it.provides.contains(name));
            let (folder, _) = provide.next()?;
            provide.next().is_none().then(|| folder.clone())
        })
    }

    /// Whether a folder holds the part of a Flutter package that is built for the Mac, where the same names
    /// stand for other things.
    fn is_for_mac(&self, folder: &Path) -> bool {
        folder.ancestors().take_while(|above| above.starts_with(self.base)).any(|above| {
            above.file_name().is_some_and(|name| name == "macos")
                && above.parent().and_then(|up| self.definitions.get(up)).is_some_and(|it| it.is_flutter)
        })
    }
}

/// The units that hold a requested file, in the order of their folders, and what there is to tell of their project
/// files. `loose` are the folders to which what no definition claims belongs.
pub(super) fn units(
    base: &Path,
    loose: &BTreeSet<&Path>,
    files: &[File],
    markers: &BTreeSet<Marker>,
) -> (Vec<Unit>, Vec<Notice>) {
    let mut map = Map { base, loose, definitions: BTreeMap::new(), notices: Vec::new() };
    for marker in markers {
        map.define(marker);
    }
    let folders = Folders::new(files);
    let mut markers = markers.clone();
    for folder in folders.unclaimed(&map) {
        for marker in walk::markers_in(folder) {
            map.define(&marker);
            markers.insert(marker);
        }
    }

    let homes: Vec<Option<&Path>> =
        folders.all.iter().map(|folder| (!map.is_for_mac(folder)).then(|| map.home(folder))).collect();
    // A test host is no app; what it sees is looked at without it.
    let own: BTreeSet<usize> = files
        .iter()
        .zip(&folders.of_file)
        .filter(|(file, _)| file.role == Role::Own)
        .map(|(_, at)| *at)
        .collect();
    let seen: BTreeMap<&Path, BTreeSet<PathBuf>> = own
        .into_iter()
        .filter_map(|at| homes.get(at).copied().flatten())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|home| (home, map.seen(home)))
        .collect();
    let sees = |who: &Path, whom: &Path| seen.get(who).is_some_and(|folders| folders.contains(whom));
    // Of libraries that see each other the first is looked at.
    let is_part_of_another = |home: &Path| {
        !map.is_app(home)
            && seen
                .keys()
                .any(|other| *other != home && sees(other, home) && !(sees(home, other) && home < *other))
    };
    let alone = seen.iter().filter(|(home, _)| !is_part_of_another(home));
    let projects = |places: &BTreeSet<PathBuf>| {
        let is_meant = |kind| matches!(kind, MarkerKind::XcodeProject | MarkerKind::SwiftPackage);
        let projects = markers.iter().filter(|marker| is_meant(marker.kind));
        let paths = projects.map(|marker| &marker.path);
        paths.filter(|path| map.is_in(path.parent().unwrap_or(base), places)).cloned().collect()
    };
    let units = alone.map(|(home, places)| Unit {
        folder: shown(base, home),
        files: folders.files_in(&map, files, &homes, places),
        projects: projects(places),
    });
    let units = units
        .filter(|unit| unit.files.iter().any(|at| files.get(*at).is_some_and(|file| file.is_requested)))
        .collect();
    (units, map.notices)
}

/// The folders of all files: there are many files to a folder, and asking about paths is slow.
struct Folders<'a> {
    all: Vec<&'a Path>,
    /// By index of the file, the index of its folder.
    of_file: Vec<usize>,
}

impl<'a> Folders<'a> {
    fn new(files: &'a [File]) -> Self {
        let mut known: HashMap<&OsStr, usize> = HashMap::new();
        let mut all = Vec::new();
        let of_file = files
            .iter()
            .map(|file| {
                let folder = file.absolute.parent().unwrap_or(Path::new(""));
                *known.entry(folder.as_os_str()).or_insert_with(|| {
                    all.push(folder);
                    all.len() - 1
                })
            })
            .collect();
        Self { all, of_file }
    }

    /// The folders with files, and those above them, that lie below no project file.
    fn unclaimed(&self, map: &Map<'_>) -> BTreeSet<&'a Path> {
        let is_unclaimed = |folder: &&&Path| !map.definitions.contains_key(map.home(folder));
        let folders = self.all.iter().filter(is_unclaimed);
        folders
            .flat_map(|folder| folder.ancestors().take_while(|above| above.starts_with(map.base)))
            .collect()
    }

    /// The files that lie in one of the places and belong to the unit to which the place belongs.
    fn files_in(
        &self,
        map: &Map<'_>,
        files: &[File],
        homes: &[Option<&Path>],
        places: &BTreeSet<PathBuf>,
    ) -> Vec<usize> {
        let places: Vec<(&Path, &Path)> =
            places.iter().map(|place| (place.as_path(), map.home(place))).collect();
        let is_inside: Vec<bool> = self
            .all
            .iter()
            .zip(homes)
            .map(|(folder, home)| {
                let Some(home) = home else { return false };
                places.iter().any(|(place, its_home)| its_home == home && folder.starts_with(place))
            })
            .collect();
        // A project file may name a single file of another folder.
        let single: HashSet<&OsStr> = places.iter().map(|(place, _)| place.as_os_str()).collect();
        let belongs = |at: &usize| {
            let folder = self.of_file.get(*at);
            folder.and_then(|folder| is_inside.get(*folder)).is_some_and(|is_inside| *is_inside)
                || files.get(*at).is_some_and(|file| single.contains(file.absolute.as_os_str()))
        };
        (0..files.len()).filter(belongs).collect()
    }
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
            projects: unit.projects.clone(),
        }
    };
    has_common.then(|| part(None)).into_iter().chain(owned.iter().map(|folder| part(Some(folder)))).collect()
}

/// So many apps that have nothing about pushes and calls for themselves are looked at with the code that they share with others: each of
/// them may be the one that is built with it.
const MAX_SHARING: usize = 4;

/// Takes those of the apps of a unit out, and returns them, of which there are too many that only share what matters with others:
/// the smallest.
pub fn leave_out(apps: &mut Vec<Unit>, matters: impl Fn(usize) -> bool) -> Vec<Unit> {
    let mut claims: BTreeMap<usize, usize> = BTreeMap::new();
    for at in apps.iter().flat_map(|app| &app.files) {
        *claims.entry(*at).or_default() += 1;
    }
    let own = |app: &Unit| -> Vec<usize> {
        app.files.iter().copied().filter(|at| claims.get(at) == Some(&1)).collect()
    };
    let mut sharing: Vec<(usize, String)> = apps
        .iter()
        .map(|app| (own(app), app.folder.clone()))
        .filter(|(own, _)| !own.iter().any(|at| matters(*at)))
        .map(|(own, folder)| (own.len(), folder))
        .collect();
    // Demonstrations are small.
    sharing.sort_by_key(|(own, _)| std::cmp::Reverse(*own));
    let small: BTreeSet<String> = sharing.into_iter().skip(MAX_SHARING).map(|(_, folder)| folder).collect();
    apps.extract_if(.., |app| small.contains(&app.folder)).collect()
}
