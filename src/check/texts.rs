//! Texts that are checked without a disk: what tests and examples hand over.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::apple::{self, Project};
use crate::config::Config;
use crate::discover;
use crate::report::{Coverage, Report};
use crate::source::{FileId, SourceFile, Sources};
use crate::unit;

use super::outcomes::Outcomes;
use super::scan::Scanner;
use super::{Options, file_of, not_understood};

/// Whoever checks texts checks many, one after another.
static SCANNER: OnceLock<Scanner> = OnceLock::new();

/// Checks texts that are one unit, each with its path. Nothing is read.
pub fn texts(files: &[(&str, &str)], config: &Config) -> Report {
    check_texts(files, config, false)
}

/// The same, and the report has the picture of the unit.
pub fn traced_texts(files: &[(&str, &str)], config: &Config) -> Report {
    check_texts(files, config, true)
}

fn check_texts(files: &[(&str, &str)], config: &Config, is_traced: bool) -> Report {
    let scanner = SCANNER.get_or_init(Scanner::new);
    let mut sources = Sources::default();
    let mut sorted = files.to_vec();
    sorted.sort_unstable();
    let mut files = Vec::new();
    let mut notices = Vec::new();
    let is_swift = |path: &str| Path::new(path).extension().is_some_and(|kind| kind == "swift");
    let is_manifest = |path: &str| Path::new(path).ends_with(apple::MANIFEST);
    let of_project = sorted.iter().filter(|(path, _)| !is_swift(path) || is_manifest(path));
    let given = of_project.map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).collect();
    let bundles = sorted.iter().filter_map(|(path, _)| path.strip_suffix("/project.pbxproj"));
    let manifests = sorted.iter().map(|(path, _)| *path).filter(|path| is_manifest(path));
    let projects: Vec<PathBuf> = bundles.chain(manifests).map(PathBuf::from).collect();
    let mut project_files = apple::Files::given(Path::new(""), given);
    let project = Project::read(&projects, &mut project_files, &mut sources);
    notices.extend(project_files.take_notices());
    sorted.retain(|(path, _)| is_swift(path));
    let swift_files = sorted.len();
    for (path, text) in sorted {
        let mut source = SourceFile::new(path, path, text);
        source.role = discover::of_path(path);
        let file = sources.add(source);
        if scanner.scan(text.as_bytes()).is_test {
            continue;
        }
        match file_of(file, &Arc::from(text)) {
            Ok(known) => files.push(known),
            Err(reason) => notices.push(not_understood(sources.get(file), &reason)),
        }
    }
    let mut outcome = Outcomes::default();
    // Texts are few and short: to begin a thread takes longer than it saves.
    let options = Options { threads: 1, no_ignore: false, is_traced };
    outcome.add(unit::analyse(&files, &project, &sources, &config.settings, &options, false));
    let given_up = files.iter().filter_map(|file| Some((file.id(), file.given_up()?)));
    notices.extend(given_up.map(|(file, reason)| not_understood(sources.get(file), reason)));
    let parsed_files = files.iter().filter(|file| file.is_read()).count();
    let coverage = Coverage { swift_files, parsed_files, ..Coverage::default() };
    let everything: BTreeSet<FileId> = sources.iter().map(|(file, _)| file).collect();
    let mut report = outcome.into_report(sources, notices, coverage, &everything, config, None);
    report.tell_once();
    report
}
