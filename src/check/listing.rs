//! What a check would read, and what not and why.

use std::collections::BTreeSet;

use super::scan::UTF_16;
use super::{Request, Run};
use crate::discover::{self, Discovery, File, Language, Link};
use crate::report::Notice;
use crate::source::Role;

/// The files of a project and what a check does with each.
#[derive(Debug, Default)]
pub struct Listing {
    /// By path.
    pub entries: Vec<Entry>,
    /// What could not be found or read.
    pub notices: Vec<Notice>,
}

/// A file, or a folder that is left out as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The path relative to the project's root; that of a folder ends in `/`.
    pub path: String,
    /// What a check does with it.
    pub treatment: Treatment,
}

/// What a check does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    /// It is read, and findings in it are reported.
    Reported,
    /// It was not asked for: findings in it are reported only where they concern what was.
    NotAskedFor,
    /// It is read, but `pushlint.toml` excludes it.
    Excluded,
    /// It is read, but is code of others.
    Vendored,
    /// It is a test, a mock or a preview: searched, and never taken for what the app runs.
    Test,
    /// It is read for the settings of the build.
    BuildSettings,
    /// It belongs to another app than what was asked for.
    OtherUnit,
    /// It is a test or code of others, and what it is there for is not.
    Alone,
    /// It is built for the Mac.
    Mac,
    /// Objective-C that does not name PushKit.
    ObjectiveC,
    /// Objective-C that names PushKit: something may be missed.
    ObjectiveCWithPushKit,
    /// It is UTF-16.
    Utf16,
    /// It is UTF-32.
    Utf32,
    /// It cannot be opened, or is larger than 16 MiB.
    Unreadable,
    /// An ignore file excludes it.
    Ignored,
    /// A folder that tools fill.
    NotEntered,
    /// A symbolic link that was not named.
    Link,
    /// Its name begins with a dot.
    Hidden,
    /// A socket or a pipe.
    NoFile,
}

impl Treatment {
    /// Whether the file's text is read.
    pub fn is_read(self) -> bool {
        matches!(
            self,
            Treatment::Reported
                | Treatment::NotAskedFor
                | Treatment::Excluded
                | Treatment::Vendored
                | Treatment::Test
                | Treatment::BuildSettings
        )
    }

    /// The word that JSON uses.
    pub fn word(self) -> &'static str {
        match self {
            Treatment::Reported => "reported",
            Treatment::NotAskedFor => "not_asked_for",
            Treatment::Excluded => "excluded",
            Treatment::Vendored => "vendored",
            Treatment::Test => "test",
            Treatment::BuildSettings => "build_settings",
            Treatment::OtherUnit => "other_unit",
            Treatment::Alone => "alone",
            Treatment::Mac => "mac",
            Treatment::ObjectiveC => "objective_c",
            Treatment::ObjectiveCWithPushKit => "objective_c_with_pushkit",
            Treatment::Utf16 => "utf16",
            Treatment::Utf32 => "utf32",
            Treatment::Unreadable => "unreadable",
            Treatment::Ignored => "ignored",
            Treatment::NotEntered => "not_entered",
            Treatment::Link => "link",
            Treatment::Hidden => "hidden",
            Treatment::NoFile => "no_file",
        }
    }

    /// What a person is told; nothing for what is read and reported on.
    pub fn remark(self) -> &'static str {
        match self {
            Treatment::Reported => "",
            Treatment::NotAskedFor => "reported on only where it concerns what was asked for",
            Treatment::Excluded => "not reported on: excluded in pushlint.toml",
            Treatment::Vendored => "not reported on: code of others",
            Treatment::Test => "not reported on: test code",
            Treatment::BuildSettings => "read for the settings of the build",
            Treatment::OtherUnit => "not read: belongs to another app or library",
            Treatment::Alone => {
                "not read: test code or code of others, with no app or library that it belongs to"
            }
            Treatment::Mac => "not read: the part of a Flutter app that runs on the Mac",
            Treatment::ObjectiveC => "not read: Objective-C",
            Treatment::ObjectiveCWithPushKit => "not read: Objective-C, though it names PushKit",
            Treatment::Utf16 => "not read: UTF-16",
            Treatment::Utf32 => "not read: UTF-32",
            Treatment::Unreadable => "not read: cannot be opened, or is too large",
            Treatment::Ignored => "not read: an ignore file excludes it",
            Treatment::NotEntered => "not read: a folder of dependencies or build products",
            Treatment::Link => "not followed: a symbolic link",
            Treatment::Hidden => "not read: the name begins with a dot",
            Treatment::NoFile => "not read: a pipe or a socket",
        }
    }
}

/// Lists what a check of this request would read and what not; the files are searched, but not parsed.
pub fn list(request: &Request) -> Listing {
    let mut run = Run::new(request);
    run.scan();
    // Project files are read only where a unit has to do with PushKit.
    run.for_each_part(|_, _, _| {});
    let in_units: BTreeSet<usize> =
        run.discovery.units.iter().flat_map(|unit| &unit.files).copied().collect();
    let sources =
        run.discovery.files.iter().enumerate().filter(|(_, file)| is_source(file)).map(|(at, file)| {
            let treatment = match &run.scans[at] {
                _ if !in_units.contains(&at) => match file.role {
                    _ if !file.is_requested => Treatment::OtherUnit,
                    Role::Own => Treatment::Mac,
                    Role::Test | Role::Vendored => Treatment::Alone,
                },
                None => Treatment::Unreadable,
                Some(scan) if file.language == Language::ObjectiveC && scan.names_pushkit => {
                    Treatment::ObjectiveCWithPushKit
                }
                Some(_) if file.language == Language::ObjectiveC => Treatment::ObjectiveC,
                Some(scan) if scan.encoding == Some(UTF_16) => Treatment::Utf16,
                Some(scan) if scan.encoding.is_some() => Treatment::Utf32,
                Some(_) => reading(request, file),
            };
            Entry { path: file.path.clone(), treatment }
        });
    let mut entries: Vec<Entry> = sources.collect();
    entries.extend(run.project_files().map(|file| {
        let treatment = reading(request, &file);
        Entry { path: file.path, treatment }
    }));
    let folder = |path: &String| Entry { path: format!("{path}/"), treatment: Treatment::NotEntered };
    entries.extend(run.discovery.not_entered.iter().map(folder));
    let link = |link: &Link| Entry { path: link.path.clone(), treatment: Treatment::Link };
    entries.extend(run.discovery.links.iter().map(link));
    let no_file = |path: &String| Entry { path: path.clone(), treatment: Treatment::NoFile };
    entries.extend(run.discovery.no_files.iter().map(no_file));
    let hidden = |path: String| Entry { path, treatment: Treatment::Hidden };
    entries.extend(run.discovery.hidden().map(hidden));
    if !request.options.no_ignore {
        entries.extend(ignored(request, &run.discovery));
    }
    entries.sort();
    entries.dedup_by(|later, earlier| later.path == earlier.path);
    Listing { entries, notices: run.discovery.notices }
}

/// Whether a file is listed for its own sake: headers matter only beside sources, project files only where they are read.
fn is_source(file: &File) -> bool {
    matches!(file.language, Language::Swift | Language::ObjectiveC)
}

/// What is done with a file that is read.
fn reading(request: &Request, file: &File) -> Treatment {
    match file.role {
        _ if request.config.excludes(&file.absolute) => Treatment::Excluded,
        // A project file lies in a bundle that nobody edits by hand.
        Role::Vendored if file.language == Language::Project => Treatment::BuildSettings,
        Role::Vendored => Treatment::Vendored,
        Role::Test => Treatment::Test,
        Role::Own if !file.is_requested => Treatment::NotAskedFor,
        Role::Own => Treatment::Reported,
    }
}

/// The sources that only ignore files keep out; of a folder of which nothing is read, the folder.
fn ignored(request: &Request, found: &Discovery) -> Vec<Entry> {
    let known: BTreeSet<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
    let is_known_below = |folder: &str| {
        let folder = format!("{folder}/");
        known.range(folder.as_str()..).next().is_some_and(|path| path.starts_with(&folder))
    };
    let all = discover::discover(&super::wanted(request, true));
    let left_out = all.files.iter().filter(|file| is_source(file));
    let mut paths: BTreeSet<String> = BTreeSet::new();
    for file in left_out.filter(|file| !known.contains(file.path.as_str())) {
        let folders = file.path.match_indices('/').map(|(at, _)| &file.path[..at]);
        let whole = folders.into_iter().find(|folder| !is_known_below(folder));
        paths.insert(whole.map_or(file.path.clone(), |folder| format!("{folder}/")));
    }
    let ignored = paths.into_iter().map(|path| Entry { path, treatment: Treatment::Ignored });
    let hidden = all.hidden().map(|path| Entry { path, treatment: Treatment::Hidden });
    ignored.chain(hidden).collect()
}
