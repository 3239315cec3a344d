//! The pipeline: from the paths that a person names to the [`Report`].
//!
//! Every file of the scope is read once and searched for a few words. A unit in which nothing names PushKit
//! costs no more than that; only of the others texts are kept, and outlined; parsed are those that an analysis asks
//! for.

mod changes;
pub mod listing;
mod notices;
mod outcomes;
mod reporters;
mod scan;
mod targets;
mod texts;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::apple::{self, Project};
use crate::baseline::Baseline;
use crate::config::Config;
use crate::discover::{self, Discovery, File, Language, Unit, Wanted};
use crate::error::{Error, reason};
use crate::program;
use crate::read;
use crate::report::{Coverage, Notice, Report, Times};
use crate::source::{FileId, Role, SourceFile, Sources};
use crate::suppress;
use crate::swift;
use crate::unit::{self, UnitResult};

use crate::parallel::in_parallel;
use changes::Changes;
use outcomes::Outcomes;
use scan::{Scan, Scanner};
pub use texts::{texts, traced_texts};

/// How a run goes about its work; nothing here changes its answer, ignored files apart.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many threads walk, read and parse.
    pub threads: usize,
    /// Ignore files do not count.
    pub no_ignore: bool,
    /// The report has the pictures of the units, too.
    pub is_traced: bool,
}

impl Default for Options {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
        Self { threads: threads.max(2), no_ignore: false, is_traced: false }
    }
}

/// Text from elsewhere that stands for a file: what an editor has not saved yet.
#[derive(Clone, Debug)]
pub struct Given {
    /// The file that it stands for.
    pub path: PathBuf,
    /// The text.
    pub bytes: Vec<u8>,
}

/// What is asked of a run.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files and folders; none asks for the current folder.
    pub paths: Vec<PathBuf>,
    /// The paths come from a hook: none asks for nothing.
    pub from_hook: bool,
    /// The current folder, absolute.
    pub folder: PathBuf,
    /// Text that stands for a file, which is then asked for too.
    pub given: Option<Given>,
    /// What files would hold after they were fixed, by the path to open: read instead of them.
    pub fixed: BTreeMap<PathBuf, Vec<u8>>,
    /// What the user decided.
    pub config: Config,
    /// The findings that are known, and are not reported.
    pub baseline: Option<Baseline>,
    /// Only what the merge base with this revision does not have is reported.
    pub changed_since: Option<String>,
    /// The root of the project of which the current folder holds a copy: it is the project's own paths that the
    /// configuration speaks of.
    pub copy_of: Option<PathBuf>,
    /// How to go about it.
    pub options: Options,
}

/// Checks what is asked for. What cannot be read does not stop the run: the report's notices name it.
pub fn run(request: &Request) -> Result<Report, Error> {
    let start = Instant::now();
    if !request.folder.is_absolute() {
        return Err(Error::Usage(format!("`{}` is not an absolute path", request.folder.display())));
    }
    if request.from_hook && request.paths.is_empty() {
        return Ok(Report::default());
    }
    let mut run = Run::new(request);
    run.times.finding = start.elapsed();
    let changes =
        request.changed_since.as_deref().map(|revision| Changes::since(request, &run.discovery, revision));
    let changes = changes.transpose()?;
    let searching = Instant::now();
    run.scan();
    run.times.searching = searching.elapsed();
    let analysing = Instant::now();
    let mut outcome = Outcomes::default();
    run.for_each_part(|run, part, project| outcome.add(run.analyse(part, project)));
    let mut times = run.times;
    let (mut report, discovery) = run.finish(outcome);
    times.analysing = analysing.elapsed().saturating_sub(times.parsing);
    let comparing = Instant::now();
    if let Some(changes) = changes.filter(|_| !report.findings.is_empty()) {
        changes.keep(&mut report, &discovery)?;
        times.comparing = comparing.elapsed();
    }
    report.times = times;
    report.tell_once();
    report.coverage.elapsed_ms = start.elapsed().as_millis();
    Ok(report)
}

/// A file of a unit, which is parsed when something asks for its facts; or why it never will be.
fn file_of(id: FileId, text: &Arc<str>) -> Result<Arc<program::File>, String> {
    swift::refuses(text).map_err(|reason| reason.to_string())?;
    let outline = swift::outline(text);
    let text = Arc::clone(text);
    let read = move || swift::parse_lazily(id, &text).map_err(|reason| reason.to_string());
    Ok(Arc::new(program::File::new(id, outline, Box::new(read))))
}

/// A file that was given up. What it says is lost, and the run fails where that may be a push handler.
fn not_understood(source: &SourceFile, reason: &str) -> Notice {
    let is_failure = source.role == Role::Own && Scanner::new().scan(source.text.as_bytes()).names_pushkit;
    let lost = if is_failure { "; it names PushKit, and was not judged" } else { "" };
    let text = format!("was not understood: {reason}{lost}");
    Notice { path: Some(source.path.clone()), text, is_failure }
}

/// The path of a file that the configuration speaks of: where a copy is checked, that of the original.
fn original<'p>(request: &Request, base: &Path, path: &'p Path) -> Cow<'p, Path> {
    match (&request.copy_of, path.strip_prefix(base)) {
        (Some(root), Ok(relative)) => Cow::Owned(root.join(relative)),
        _ => Cow::Borrowed(path),
    }
}

/// What is to be found for a request.
fn wanted(request: &Request, no_ignore: bool) -> Wanted {
    Wanted {
        paths: request.paths.clone(),
        folder: request.folder.clone(),
        given: request.given.as_ref().map(|given| given.path.clone()),
        from_hook: request.from_hook,
        no_ignore,
        threads: request.options.threads,
    }
}

/// A run in progress.
struct Run<'a> {
    request: &'a Request,
    discovery: Discovery,
    given: Option<PathBuf>,
    /// By index of the file; none where it was not or could not be read.
    scans: Vec<Option<Scan>>,
    sources: Sources,
    ids: BTreeMap<usize, FileId>,
    apple: apple::Files,
    parsed: BTreeSet<usize>,
    /// What the files of the app say that is being analysed; none of what was given up.
    known: BTreeMap<usize, Option<Arc<program::File>>>,
    /// The files of which the report shows a place.
    told_of: BTreeSet<FileId>,
    coverage: Coverage,
    times: Times,
}

impl<'a> Run<'a> {
    fn new(request: &'a Request) -> Self {
        let wanted = wanted(request, request.options.no_ignore);
        let mut discovery = discover::discover(&wanted);
        let base = discovery.base.clone();
        for file in &mut discovery.files {
            if request.config.excludes(&original(request, &base, &file.absolute)) && file.role == Role::Own {
                file.role = Role::Vendored;
            }
        }
        let given = wanted.given.as_deref().map(|given| discover::named_path(&wanted.folder, given));
        let texts = given.iter().zip(&request.given).map(|(path, given)| (path.clone(), given.bytes.clone()));
        Self {
            request,
            apple: apple::Files::on_disk(&discovery.base, texts.collect()),
            given,
            scans: vec![None; discovery.files.len()],
            discovery,
            sources: Sources::default(),
            ids: BTreeMap::new(),
            parsed: BTreeSet::new(),
            known: BTreeMap::new(),
            told_of: BTreeSet::new(),
            coverage: Coverage::default(),
            times: Times::default(),
        }
    }

    fn file(&self, at: usize) -> &File {
        &self.discovery.files[at]
    }

    fn read(&self, buffer: &mut Vec<u8>, at: usize) -> std::io::Result<()> {
        let path = &self.file(at).absolute;
        let given = self.request.given.as_ref().filter(|_| self.given.as_ref() == Some(path));
        match self.request.fixed.get(path).or(given.map(|given| &given.bytes)) {
            Some(bytes) => {
                bytes.clone_into(buffer);
                Ok(())
            }
            None => read::into(buffer, path),
        }
    }

    /// Reads and searches every file of the units that were asked for.
    fn scan(&mut self) {
        let scanner = Scanner::new();
        let in_units: BTreeSet<usize> =
            self.discovery.units.iter().flat_map(|unit| &unit.files).copied().collect();
        let is_source =
            |at: &usize| matches!(self.file(*at).language, Language::Swift | Language::ObjectiveC);
        let first: Vec<usize> = in_units.iter().copied().filter(is_source).collect();
        self.scan_files(&scanner, &first);
        // Headers are many, and say something only where their unit has to do with PushKit.
        let headers: BTreeSet<usize> = self
            .discovery
            .units
            .iter()
            .filter(|unit| unit.files.iter().any(|at| self.names_pushkit(*at)))
            .flat_map(|unit| unit.files.iter().copied())
            .filter(|at| self.file(*at).language == Language::Header)
            .collect();
        self.scan_files(&scanner, &headers.into_iter().collect::<Vec<_>>());

        let swift = || in_units.iter().filter(|at| self.file(**at).language == Language::Swift);
        let is_judged = swift().any(|at| self.file(*at).role != Role::Vendored);
        self.coverage.swift_files = swift().filter(|at| self.scans[**at].is_some()).count();
        self.coverage.unread = in_units
            .iter()
            .filter(|at| self.file(**at).role == Role::Own && self.file(**at).language != Language::Swift)
            .filter(|at| self.names_pushkit(**at))
            .map(|at| self.file(*at).path.clone())
            .collect();
        self.coverage.excluded = in_units
            .iter()
            .filter(|at| self.names_pushkit(**at) && self.is_excluded(self.file(**at)))
            .filter(|at| discover::of_path(&self.file(**at).path) == Role::Own)
            .map(|at| self.file(*at).path.clone())
            .collect();
        // A hook names what is committed, whatever it is.
        if !self.request.from_hook && is_judged {
            let named = self.discovery.files.iter().filter(|file| file.is_named && self.is_excluded(file));
            let left_out: Vec<Notice> = named
                .map(|file| Notice {
                    path: Some(file.path.clone()),
                    text: "is left out by `exclude` in the configuration".to_owned(),
                    is_failure: false,
                })
                .collect();
            self.discovery.notices.extend(left_out);
        }
        if !is_judged && self.discovery.notices.is_empty() && !self.request.from_hook {
            let text = self.why_nothing_is_judged();
            self.discovery.notices.push(Notice { path: None, text, is_failure: false });
        }
    }

    /// Why there is no Swift file to report on.
    fn why_nothing_is_judged(&self) -> String {
        let asked = self.discovery.files.iter().filter(|file| file.is_requested);
        let swift = asked.filter(|file| file.language == Language::Swift);
        let (found, left_out) = (swift.clone().count(), swift.filter(|file| self.is_excluded(file)).count());
        if found == 0 {
            "no Swift files were found".to_owned()
        } else if left_out == found {
            format!("every Swift file ({found}) is left out by `exclude` in the configuration")
        } else if left_out == 0 {
            format!("every Swift file ({found}) lies in a folder for code of others")
        } else {
            format!(
                "every Swift file ({found}) is left out by `exclude` or lies in a folder for code of others"
            )
        }
    }

    /// Whether the configuration excludes a file.
    fn is_excluded(&self, file: &File) -> bool {
        self.request.config.excludes(&original(self.request, &self.discovery.base, &file.absolute))
    }

    fn names_pushkit(&self, at: usize) -> bool {
        self.scans.get(at).and_then(Option::as_ref).is_some_and(|scan| scan.names_pushkit)
    }

    fn scan_files(&mut self, scanner: &Scanner, files: &[usize]) {
        let scans = in_parallel(self.request.options.threads, files, |buffer: &mut Vec<u8>, at| {
            self.read(buffer, *at).map(|()| scanner.scan(buffer))
        });
        for (at, scan) in files.iter().zip(scans) {
            let file = &mut self.discovery.files[*at];
            let told = match scan {
                Ok(scan) => {
                    if scan.is_test && file.role == Role::Own {
                        file.role = Role::Test;
                    }
                    let told = if let Some(encoding) = scan.encoding {
                        let is_lost = scan.names_pushkit && file.role == Role::Own;
                        let lost = if is_lost { ", though it names PushKit" } else { "" };
                        Some((format!("is {encoding} and was not read{lost}; save it as UTF-8"), is_lost))
                    } else {
                        scan.is_damaged_text
                            .then(|| ("is not UTF-8 throughout; what is not was replaced".to_owned(), false))
                    };
                    self.scans[*at] = Some(scan);
                    told
                }
                Err(error) => {
                    let is_gone = error.kind() == std::io::ErrorKind::NotFound;
                    let is_missed = file.role == Role::Own && !is_gone;
                    Some((format!("cannot be read: {}", reason(&error)), file.is_named || is_missed))
                }
            };
            let path = Some(file.path.clone());
            self.discovery.notices.extend(told.map(|(text, is_failure)| Notice { path, text, is_failure }));
        }
    }

    /// Goes through the units in which the project's own Swift names PushKit, one after another, with what their project files
    /// say: of many apps, one at a time is held.
    fn for_each_part(&mut self, mut work: impl FnMut(&mut Self, &Unit, &Arc<Project>)) {
        let mut has_parts = false;
        let mut apps = self.apps_with_pushkit().into_iter().peekable();
        while let Some(app) = apps.next() {
            let project = Arc::new(self.project(&app));
            for part in self.parts_with_pushkit(&app, &project) {
                work(self, &part, &project);
                has_parts = true;
            }
            // Apps of one project have files in common.
            if app.projects.is_empty() || apps.peek().is_none_or(|next| next.projects != app.projects) {
                self.forget_app();
            }
        }
        if has_parts {
            let hiding = self.discovery.links.iter().filter(|link| link.hides_swift());
            self.discovery.notices.extend(hiding.map(|link| Notice {
                path: Some(link.path.clone()),
                text: "is a symbolic link out of the project, and was not followed: the Swift behind it is not known"
                    .to_owned(),
                is_failure: false,
            }));
        }
    }

    /// The parts of an app that matter: several apps in one unit are taken apart, and so are an app and its extensions.
    fn parts_with_pushkit(&self, app: &Unit, project: &Project) -> Vec<Unit> {
        let is_own = |at: usize| self.file(at).role == Role::Own && self.file(at).language == Language::Swift;
        let scan = |at: usize| self.scans.get(at).and_then(Option::as_ref).filter(|_| is_own(at));
        let is_entry = |at: usize| scan(at).is_some_and(|scan| scan.is_app_entry);
        let matters = |files: &[usize]| {
            let mut scans = files.iter().filter_map(|at| scan(*at));
            scans.any(|scan| scan.names_pushkit || scan.hands_push_on)
        };
        let path_of = |at: usize| self.file(at).absolute.as_path();
        let mut parts = targets::by_target(app, project, path_of, is_entry, matters);
        parts.retain(|part| matters(&part.files));
        parts
    }

    /// Forgets what the files of an app say once it is analysed, and those texts of which the report shows nothing.
    fn forget_app(&mut self) {
        let of_project = self.apple.forget();
        let swift = std::mem::take(&mut self.known).into_keys().filter_map(|at| self.ids.get(&at).copied());
        for file in swift.chain(of_project) {
            if !self.told_of.contains(&file) && !suppress::may_speak(&self.sources.get(file).text) {
                self.sources.forget_text(file);
            }
        }
    }

    /// The units in which the project's own Swift names PushKit, several apps in folders of their own taken apart.
    fn apps_with_pushkit(&mut self) -> Vec<Unit> {
        let is_own =
            |at: &usize| self.file(*at).role == Role::Own && self.file(*at).language == Language::Swift;
        let matters = |unit: &Unit| {
            let mut own = unit.files.iter().filter(|at| is_own(at));
            own.any(|at| self.names_pushkit(*at)) && unit.files.iter().any(|at| self.file(*at).is_requested)
        };
        let is_entry =
            |at: &usize| is_own(at) && self.scans[*at].as_ref().is_some_and(|scan| scan.is_app_entry);
        let mut apps = Vec::new();
        let mut notices = Vec::new();
        for unit in self.discovery.units.iter().filter(|unit| matters(unit)) {
            let entries: Vec<usize> = unit.files.iter().copied().filter(is_entry).collect();
            let mut parts = discover::split(unit, &self.discovery.files, &entries);
            parts.retain(&matters);
            let names_calls = |at: usize| self.scans[at].as_ref().is_some_and(|scan| scan.names_calls);
            let left_out = discover::leave_out(&mut parts, |at| {
                is_own(&at) && (self.names_pushkit(at) || names_calls(at))
            });
            apps.append(&mut parts);
            if let [first, others @ ..] = left_out.as_slice() {
                let (them, have) = match others.len() {
                    0 => ("this app has".to_owned(), "its"),
                    more => (format!("this app and {more} more have"), "their"),
                };
                notices.push(Notice {
                    path: Some(first.folder.clone()),
                    text: format!(
                        "{them} no code about pushes and calls of {have} own, and nothing is said of what becomes of the code that \
                         many apps share in {have} launch"
                    ),
                    is_failure: false,
                });
            }
        }
        self.discovery.notices.extend(notices);
        apps
    }

    fn analyse(&mut self, unit: &Unit, project: &Arc<Project>) -> UnitResult {
        // What imports a test framework is built into no app: whatever it declares answers no call of one.
        let readable = |at: &usize| {
            self.file(*at).language == Language::Swift
                && self.scans[*at].as_ref().is_some_and(|scan| scan.encoding.is_none() && !scan.is_test)
        };
        let readable: Vec<usize> = unit.files.iter().copied().filter(readable).collect();
        // The parts of one app have files in common.
        let files: Vec<usize> = readable.iter().copied().filter(|at| !self.known.contains_key(at)).collect();
        let parsing = Instant::now();
        let texts = in_parallel(self.request.options.threads, &files, |buffer: &mut Vec<u8>, at| {
            self.read(buffer, *at).ok().map(|()| Arc::<str>::from(scan::decode(buffer)))
        });
        // A file that vanished since the first look was not there.
        let texts: Vec<(usize, Arc<str>)> =
            files.into_iter().zip(texts).filter_map(|(at, text)| Some((at, text?))).collect();
        let texts: Vec<(usize, FileId)> =
            texts.into_iter().map(|(at, text)| (at, self.source(at, text))).collect();
        let known = in_parallel(self.request.options.threads, &texts, |(): &mut (), (_, file)| {
            file_of(*file, &self.sources.get(*file).text)
        });
        for ((at, file), known) in texts.iter().zip(known) {
            let known = known.map_err(|reason| {
                self.discovery.notices.push(not_understood(self.sources.get(*file), &reason));
            });
            self.known.insert(*at, known.ok());
        }
        let known = readable.iter().filter_map(|at| self.known.get(at));
        let files: Vec<Arc<program::File>> = known.flatten().cloned().collect();
        self.times.parsing += parsing.elapsed();
        let Request { config, options, .. } = self.request;
        let is_unread = |at: &usize| {
            let file = self.file(*at);
            file.role == Role::Own && file.language == Language::ObjectiveC && self.names_pushkit(*at)
        };
        let has_unread_pushes = unit.files.iter().any(is_unread);
        let result =
            unit::analyse(&files, project, &self.sources, &config.settings, options, has_unread_pushes);
        self.told_of.extend(result.files());
        for file in files.iter().filter(|file| file.is_read()) {
            let is_new = self.parsed.insert(file.id().0 as usize);
            let reason = file.given_up().filter(|_| is_new);
            let notice = reason.map(|reason| not_understood(self.sources.get(file.id()), reason));
            self.discovery.notices.extend(notice);
        }
        let text = "leads to more code than is followed from the launch and from a push: what happens behind it, and in which \
                    order, is not told";
        self.discovery.notices.extend(result.cut.iter().map(|file| Notice {
            path: Some(self.sources.get(*file).path.clone()),
            text: text.to_owned(),
            is_failure: false,
        }));
        result
    }

    /// What the project files of a unit say.
    fn project(&mut self, unit: &Unit) -> Project {
        let project = Project::read(&unit.projects, &mut self.apple, &mut self.sources);
        self.discovery.notices.extend(self.apple.take_notices());
        if !project.has_app() {
            let base = &self.discovery.base;
            let generator = apple::generator::around(&base.join(&unit.folder), base);
            self.discovery.notices.extend(generator.map(|(path, tool)| Notice {
                path: Some(discover::shown(base, &path)),
                text: format!(
                    "{tool} makes the Xcode project, which is not here: Info.plist, entitlements and deployment \
                     target are not known; make it first to have them checked"
                ),
                is_failure: false,
            }));
        }
        let asking =
            unit.files.iter().filter(|at| self.names_pushkit(**at) && self.file(**at).role == Role::Own);
        let not_there = project.not_there(asking.map(|at| self.file(*at).absolute.as_path()));
        self.discovery.notices.extend(not_there.into_iter().map(|(file, text)| Notice {
            path: Some(self.sources.get(file).path.clone()),
            text,
            is_failure: false,
        }));
        project
    }

    /// The project files that were read.
    fn project_files(&self) -> impl Iterator<Item = File> {
        self.apple.read().map(|(path, file)| File {
            path: self.sources.get(file).path.clone(),
            absolute: path.to_path_buf(),
            language: Language::Project,
            role: self.sources.get(file).role,
            is_requested: self.discovery.is_asked(path),
            is_named: false,
        })
    }

    /// Keeps the texts of the files whose comments are to be judged, though nothing else may ask for them.
    fn keep_comments(&mut self) {
        let is_judged =
            |file: &File| file.is_requested && file.role == Role::Own && file.language == Language::Swift;
        let files: Vec<usize> = (0..self.scans.len())
            .filter(|at| {
                self.scans[*at].as_ref().is_some_and(|scan| scan.has_marker && scan.encoding.is_none())
            })
            .filter(|at| is_judged(self.file(*at)) && !self.ids.contains_key(at))
            .collect();
        let mut buffer = Vec::new();
        for at in files {
            // A file that vanished since the first look was not there.
            if self.read(&mut buffer, at).is_ok() {
                self.source(at, Arc::from(scan::decode(&buffer)));
            }
        }
    }

    /// The number of a file in the report's sources; the same in every unit that sees it. A text that is still there is
    /// the one that counts, whatever became of the file since.
    fn source(&mut self, at: usize, text: Arc<str>) -> FileId {
        if let Some(known) = self.ids.get(&at) {
            self.sources.remember_text(*known, text);
            return *known;
        }
        let file = &self.discovery.files[at];
        let absolute = original(self.request, &self.discovery.base, &file.absolute);
        let mut source = SourceFile::new(file.path.clone(), absolute, text);
        source.role = file.role;
        source.is_requested = file.is_requested;
        let id = self.sources.add(source);
        self.ids.insert(at, id);
        id
    }

    fn finish(mut self, outcome: Outcomes) -> (Report, Discovery) {
        self.keep_comments();
        let sources = self.ids.iter().filter(|(at, _)| self.file(**at).is_requested).map(|(_, id)| *id);
        let of_project = self.apple.read().filter(|(path, _)| self.discovery.is_asked(path));
        let requested: BTreeSet<FileId> = sources.chain(of_project.map(|(_, id)| id)).collect();
        let mut notices = self.discovery.notices.clone();
        notices.extend(self.reporters_without_calls());
        let coverage = Coverage { parsed_files: self.parsed.len(), ..self.coverage };
        let known = self.request.baseline.as_ref().map(|baseline| (baseline, &self.discovery));
        notices::of_named_project_files(&mut notices, &self.discovery, &self.apple, self.request.from_hook);
        let report =
            outcome.into_report(self.sources, notices, coverage, &requested, &self.request.config, known);
        (report, self.discovery)
    }
}
