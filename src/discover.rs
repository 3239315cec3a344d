//! From the paths that a person names to the files of the projects around them, and the units they form.
//!
//! The *scope* is the project, the *request* says what is reported: a hook that names one file still gets
//! the answer that the whole project gives.
//!
//! The project is the git root, else the nearest folder upward with a `pushlint.toml`, `.xcodeproj` or
//! `Package.swift`, else the folder that was named. A file that is named and lies in no project is alone. Paths
//! are shown from the project's root on, and outside of projects from the current folder on.
//!
//! Ignore files are honoured while walking, and folders that tools fill (Pods, `node_modules`, …) are not
//! entered; but what is named is read. Symbolic links are not followed unless they are named, so loops do no harm;
//! what may be missed behind them is told. Everything is sorted by path: the answer does not depend on threads or on the file system.

mod definition;
mod links;
mod role;
mod units;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

use definition::MarkerKind;
pub use links::Link;
pub use role::of_path;
pub use units::{Unit, leave_out, split};

use crate::config;
use crate::error::reason;
use crate::report::Notice;
use crate::source::Role;

/// What is to be found.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Files and folders, absolute or relative to `folder`; none asks for `folder`.
    pub paths: Vec<PathBuf>,
    /// The current folder, absolute.
    pub folder: PathBuf,
    /// A file that counts as there and as named, whatever the disk says: its text comes from elsewhere.
    pub given: Option<PathBuf>,
    /// The paths come from a hook, which names what is committed and not what somebody wants to hear about: code of
    /// others and ignored files stay what they are.
    pub from_hook: bool,
    /// Ignore files do not count.
    pub no_ignore: bool,
    /// How many threads walk.
    pub threads: usize,
}

/// The language of a file, as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `.swift`
    Swift,
    /// `.m`, `.mm`
    ObjectiveC,
    /// `.h`
    Header,
    /// A property list or a file of build settings; only one that is named is in the list of files.
    Project,
}

impl Language {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "swift" => Some(Self::Swift),
            "m" | "mm" => Some(Self::ObjectiveC),
            "h" => Some(Self::Header),
            _ => None,
        }
    }

    /// The language of a file that is named.
    fn of_named(path: &Path) -> Option<Self> {
        Self::of(path).or_else(|| {
            let kind = path.extension()?.to_str()?;
            ["plist", "entitlements", "xcconfig", "pbxproj"].contains(&kind).then_some(Self::Project)
        })
    }
}

/// A file of a project.
#[derive(Clone, Debug)]
pub struct File {
    /// The path relative to [`Discovery::base`], with `/` between its parts.
    pub path: String,
    /// The path to open.
    pub absolute: PathBuf,
    /// The language.
    pub language: Language,
    /// What its path says about it.
    pub role: Role,
    /// Findings that concern it are reported.
    pub is_requested: bool,
    /// It was named itself, not through a folder.
    pub is_named: bool,
}

/// The files of all projects that were asked for, sorted by path.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The root of the project; the folder above all of them if there are several.
    pub base: PathBuf,
    /// The files, by path.
    pub files: Vec<File>,
    /// The units that hold a requested file.
    pub units: Vec<Unit>,
    /// Folders that tools fill and that were not entered, by path.
    pub not_entered: Vec<String>,
    /// Symbolic links that were not followed, by path.
    pub links: Vec<Link>,
    /// Files and folders whose names begin with a dot.
    hidden: BTreeSet<PathBuf>,
    /// Sockets and pipes with the name of a source, by path.
    pub no_files: Vec<String>,
    /// What could not be found or read.
    pub notices: Vec<Notice>,
    /// The folders that were asked for, by themselves or as the current one.
    asked: Vec<PathBuf>,
}

impl Discovery {
    /// Whether the run says all there is to say about a path that somebody wrote down earlier: it was asked for, and
    /// it was understood or is gone.
    pub fn judges(&self, path: &str) -> bool {
        let is_doubtful = |notice: &Notice| notice.path.as_deref() == Some(path);
        self.asks_for(path) && self.looks_at(path) && !self.notices.iter().any(is_doubtful)
    }

    /// Whether a file is read, if it is there: not one of others' code, nor one that is ignored.
    fn looks_at(&self, path: &str) -> bool {
        match self.files.binary_search_by(|file| file.path.as_str().cmp(path)) {
            Ok(at) => self.files.get(at).is_some_and(|file| file.role != Role::Vendored),
            // Project files are in no list.
            Err(_) => Language::of(Path::new(path)).is_none() || self.lacks(path),
        }
    }

    /// Whether what is found in the file of this path was asked for, be it there or not.
    pub fn asks_for(&self, path: &str) -> bool {
        match self.files.binary_search_by(|file| file.path.as_str().cmp(path)) {
            Ok(at) => self.files.get(at).is_some_and(|file| file.is_requested),
            Err(_) => self.is_asked(&self.base.join(path)),
        }
    }

    /// Whether findings in a file are asked for that is in no list unless it was named: a project file.
    pub fn is_asked(&self, path: &Path) -> bool {
        self.asked.iter().any(|folder| path.starts_with(folder))
            || self.files.iter().any(|file| file.is_named && file.absolute == path)
    }

    /// The files and folders with sources that are not looked at because their names begin with a dot, by path; that
    /// of a folder ends in `/`.
    pub fn hidden(&self) -> impl Iterator<Item = String> {
        let missed = self.hidden.iter().filter(|path| walk::holds_sources(path));
        missed.map(|path| shown(&self.base, path) + if path.is_dir() { "/" } else { "" })
    }

    /// Whether there is no file of this path any more.
    pub fn lacks(&self, path: &str) -> bool {
        self.base.join(path).symlink_metadata().is_err()
    }
}

/// Something that was named, with the names of symbolic links in its folder resolved.
struct Named {
    path: PathBuf,
    is_folder: bool,
}

/// Finds the projects around the paths, their files and their units.
pub fn discover(wanted: &Wanted) -> Discovery {
    let mut notices = Vec::new();
    let mut named = resolve(wanted, &mut notices);
    let roots = roots(&named, &wanted.folder);
    let base = common_folder(roots.values().map(|root| &root.base)).unwrap_or_else(|| wanted.folder.clone());

    let whole: Vec<PathBuf> =
        roots.iter().filter(|(_, root)| root.is_walked).map(|(folder, _)| folder.clone()).collect();
    let loose: BTreeSet<&Path> = roots
        .iter()
        .map(|(folder, root)| if root.is_walked { folder.as_path() } else { root.base.as_path() })
        .collect();
    let mut found = walk::walk(&whole, wanted);
    if wanted.from_hook {
        let is_outside = |path: &Path| !whole.iter().any(|root| path.starts_with(root));
        let reached: HashSet<&OsStr> = found.files.iter().map(|path| path.as_os_str()).collect();
        named.retain(|one| {
            // A walk looks for sources only; a project file is judged by what refers to it.
            let is_project_file = Language::of(&one.path).is_none();
            one.is_folder
                || is_project_file
                || is_outside(&one.path)
                || reached.contains(one.path.as_os_str())
        });
    }
    // What was named and not reached is ignored, or lies in a folder that a walk does not enter.
    let missed: Vec<PathBuf> = named
        .iter()
        .filter(|one| one.is_folder && !found.folders.contains(one.path.as_os_str()))
        .map(|one| one.path.clone())
        .collect();
    let missed: Vec<PathBuf> = missed
        .iter()
        .filter(|path| !missed.iter().any(|other| *path != other && path.starts_with(other)))
        .cloned()
        .collect();
    found.add(walk::walk(&missed, wanted));
    notices.extend(found.errors.iter().map(|(path, text)| Notice {
        path: path.as_deref().map(|path| shown(&base, path)),
        text: format!("cannot be read: {text}"),
        is_failure: true,
    }));

    let files = files(wanted, &base, &named, found.files);
    let roots: Vec<PathBuf> = whole.into_iter().chain(missed).collect();
    let unnamed = found.links.iter().filter(|link| !named.iter().any(|one| one.path == **link));
    let links = unnamed.filter_map(|link| Link::of(link, &base, &roots)).collect();
    let (units, told) = units::units(&base, &loose, &files, &found.markers);
    notices.extend(told);
    let asked = named.into_iter().filter(|one| one.is_folder).map(|one| one.path).collect();
    let not_entered = found.not_entered.iter().map(|path| shown(&base, path)).collect();
    let no_files = found.no_files.iter().map(|path| shown(&base, path)).collect();
    Discovery { base, files, units, not_entered, links, hidden: found.hidden, no_files, notices, asked }
}

/// The files that were found and named, by path, with what the request says about each.
fn files(wanted: &Wanted, base: &Path, named: &[Named], mut paths: Vec<PathBuf>) -> Vec<File> {
    let single: HashSet<&OsStr> =
        named.iter().filter(|one| !one.is_folder).map(|one| one.path.as_os_str()).collect();
    let requested: Vec<&Path> =
        named.iter().filter(|one| one.is_folder).map(|one| one.path.as_path()).collect();
    paths.extend(named.iter().filter(|one| !one.is_folder).map(|one| one.path.clone()));
    let mut sorted: Vec<(String, PathBuf)> =
        paths.into_iter().map(|path| (shown(base, &path), path)).collect();
    sorted.sort_unstable();
    sorted.dedup();
    // The folder that asks for the files of a folder: the innermost of those that were named.
    let mut asking: HashMap<OsString, Option<String>> = HashMap::new();
    let innermost = |folder: &Path| {
        let around = requested.iter().filter(|asked| folder.starts_with(asked));
        around.max_by_key(|asked| asked.as_os_str().len()).map(|asked| shown(base, asked))
    };
    let mut files = Vec::with_capacity(sorted.len());
    for (path, absolute) in sorted {
        let Some(language) = Language::of_named(&absolute) else { continue };
        let is_named = single.contains(absolute.as_os_str());
        let folder = absolute.parent().unwrap_or(base);
        let asked = match asking.get(folder.as_os_str()) {
            Some(asked) => asked,
            None => asking.entry(folder.as_os_str().to_owned()).or_insert_with(|| innermost(folder)),
        };
        files.push(File {
            role: role(&path, asked.as_deref(), is_named && !wanted.from_hook),
            is_requested: is_named || asked.is_some(),
            is_named,
            path,
            language,
            absolute,
        });
    }
    files
}

/// The role of a file. Who names a folder inside `Tests` or `Pods` wants to hear about that code.
fn role(path: &str, requested: Option<&str>, is_named: bool) -> Role {
    let inside = requested.filter(|folder| of_path(&format!("{folder}/x.swift")) != Role::Own);
    match inside {
        _ if is_named && of_path(path) == Role::Vendored => Role::Own,
        Some(folder) => of_path(path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/')),
        None => of_path(path),
    }
}

fn resolve(wanted: &Wanted, notices: &mut Vec<Notice>) -> Vec<Named> {
    let here = [PathBuf::from(".")];
    let paths = if wanted.paths.is_empty() && wanted.given.is_none() { &here[..] } else { &wanted.paths };
    let is_unread =
        |path: &Path| matches!(Language::of_named(path), Some(Language::ObjectiveC | Language::Header));
    let names_more = paths.iter().any(|path| {
        wanted.folder.join(path).is_dir() || Language::of_named(path).is_some() && !is_unread(path)
    });
    let mut named = Vec::new();
    for path in paths {
        let mut tell = |text: String, is_failure: bool| {
            notices.push(Notice { path: Some(path.display().to_string()), text, is_failure });
        };
        let absolute = wanted.folder.join(path);
        match std::fs::metadata(&absolute) {
            Err(error) => tell(format!("cannot be read: {}", reason(&error)), true),
            Ok(data) if data.is_dir() => match absolute.canonicalize() {
                Ok(path) => named.push(Named { path: around_bundle(path), is_folder: true }),
                Err(error) => tell(format!("cannot be read: {}", reason(&error)), true),
            },
            // A hook names whatever is committed.
            Ok(data) if data.is_file() && Language::of_named(path).is_none() && wanted.from_hook => {}
            Ok(data) if data.is_file() && Language::of_named(path).is_none() => {
                let text = "is neither a Swift nor a project file, and was not read";
                let swift = "was not read: the name of a Swift file ends in `.swift`, in small letters";
                let is_swift = path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("swift"));
                // `App/*` may name some of these; who names nothing else means it.
                tell(if is_swift { swift } else { text }.to_owned(), is_swift || !names_more);
            }
            Ok(data) if data.is_file() => {
                if is_unread(path) && !wanted.from_hook {
                    tell("is Objective-C, which pushlint does not read".to_owned(), !names_more);
                }
                named.push(Named { path: named_path(&wanted.folder, path), is_folder: false });
            }
            Ok(_) => tell(
                "is neither a file nor a folder; source can be piped in with `--stdin-filename`".to_owned(),
                true,
            ),
        }
    }
    if let Some(given) = &wanted.given {
        named.push(Named { path: named_path(&wanted.folder, given), is_folder: false });
    }
    named
}

/// The folder around an Xcode project or workspace: who names one means the app.
fn around_bundle(mut path: PathBuf) -> PathBuf {
    if path.extension().is_some_and(|kind| kind == "xcodeproj" || kind == "xcworkspace") {
        path.pop();
    }
    path
}

/// The path with links in its folder resolved, the file's own name kept: build systems link single files.
pub(crate) fn named_path(folder: &Path, path: &Path) -> PathBuf {
    let path = &folder.join(path);
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.clone(),
    }
}

/// Whether a file of this name is read where somebody names it.
pub fn is_read(path: &Path) -> bool {
    Language::of_named(path).is_some()
}

/// The root of a project, or a folder or file in no project.
struct Root {
    /// All files below belong to the run.
    is_walked: bool,
    /// The folder from which paths are shown: the root itself, outside of projects the current folder.
    base: PathBuf,
}

/// The roots of what was named, outermost only.
fn roots(named: &[Named], here: &Path) -> BTreeMap<PathBuf, Root> {
    let here = here.canonicalize().unwrap_or_else(|_| here.to_path_buf());
    let mut roots: BTreeMap<PathBuf, Root> = BTreeMap::new();
    for one in named {
        let folder =
            if one.is_folder { one.path.as_path() } else { one.path.parent().unwrap_or(Path::new("/")) };
        let (folder, root) = if let Some(root) = project_root(folder) {
            (root, Root { is_walked: true, base: root.to_path_buf() })
        } else {
            let base = if folder.starts_with(&here) { here.as_path() } else { folder };
            (folder, Root { is_walked: one.is_folder, base: base.to_path_buf() })
        };
        let known = roots.entry(folder.to_path_buf()).or_insert(root);
        known.is_walked |= one.is_folder;
    }
    let walked: Vec<PathBuf> =
        roots.iter().filter(|(_, root)| root.is_walked).map(|(folder, _)| folder.clone()).collect();
    roots.retain(|folder, _| !walked.iter().any(|other| other != folder && folder.starts_with(other)));
    roots
}

/// Whether a run may read a file of this path: as source, as a definition of what is built, or to know what is ignored.
pub(crate) fn may_be_read(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    Language::of_named(path).is_some()
        || MarkerKind::of(name, false).is_some()
        || name == ".gitignore"
        || name == ".ignore"
}

/// The git root, else the nearest folder that says that it is a project.
pub fn project_root(folder: &Path) -> Option<&Path> {
    let mut above = folder.ancestors();
    above
        .clone()
        .find(|folder| folder.join(".git").exists())
        .or_else(|| above.find(|folder| is_project(folder)))
}

fn is_project(folder: &Path) -> bool {
    folder.join(config::FILE_NAME).is_file()
        || folder.join("Package.swift").is_file()
        || std::fs::read_dir(folder).is_ok_and(|entries| {
            entries.flatten().any(|entry| {
                Path::new(&entry.file_name()).extension().is_some_and(|kind| kind == "xcodeproj")
            })
        })
}

fn common_folder<'a>(mut folders: impl Iterator<Item = &'a PathBuf>) -> Option<PathBuf> {
    let mut common = folders.next()?.clone();
    for folder in folders {
        while !folder.starts_with(&common) && common.pop() {}
    }
    Some(common)
}

/// A path as it is shown: relative to the base, `/` between the parts.
pub(crate) fn shown(base: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(base).unwrap_or(path).to_string_lossy();
    if MAIN_SEPARATOR == '/' { relative.into_owned() } else { relative.replace(MAIN_SEPARATOR, "/") }
}

/// The path without `.` and `..`, without asking the disk.
pub(crate) fn lexical(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
        plain
    })
}
