//! Applies the fixes of findings: first in memory until nothing changes any more, then to the files.
//!
//! Promises: the edits are the only bytes that change; a fix is applied as a whole or not at all; none leaves a text
//! that is understood less than before; only files that were asked for are written, and only if they still hold what
//! was analysed. What is left out is told.

mod diff;
mod edits;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::check::{self, Request};
use crate::discover;
use crate::error::{Error, reason};
use crate::finding::{Applicability, Finding, Fix};
use crate::report::{Notice, Report};
use crate::source::{FileId, Role, SourceFile};

pub use diff::unified;

use edits::{Chosen, apply};

/// One fix may uncover the next; what has not settled after so many rounds goes in circles.
const MAX_ROUNDS: usize = 10;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What fixing comes to. Nothing is written yet.
#[derive(Debug, Default)]
pub struct Plan {
    /// The files that change, by the path to open: names that are not UTF-8 may be shown alike.
    pub changes: BTreeMap<PathBuf, Change>,
    /// What would be reported after it; nothing where nothing changes.
    pub remaining: Option<Report>,
    /// Fixes that were left out, and why.
    pub left_out: Vec<Notice>,
}

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path as it is shown.
    pub path: String,
    /// The bytes that were analysed.
    pub before: Vec<u8>,
    /// The bytes with the fixes.
    pub after: Vec<u8>,
    /// How many fixes are in it; one that changes several files counts in the first.
    pub fixes: usize,
}

/// What came of writing.
#[derive(Debug, Default)]
pub struct Written {
    /// How many fixes are in the files now.
    pub fixes: usize,
    /// The files that were not written, and why; they are as they were.
    pub failures: Vec<Notice>,
}

/// Works out what the fixes of `report`, and those that they uncover, come to. `least` says which are applied.
pub fn plan(request: &Request, report: &Report, least: Applicability) -> Result<Plan, Error> {
    let mut plan = Plan::default();
    let mut fixed = Request { fixed: request.fixed.clone(), ..request.clone() };
    for _ in 0..MAX_ROUNDS {
        let round = Round::new(&fixed, plan.remaining.as_ref().unwrap_or(report)).choose(least);
        plan.left_out = round.left_out;
        if round.changes.is_empty() {
            return Ok(plan);
        }
        for (path, change) in round.changes {
            fixed.fixed.insert(path.clone(), change.after.clone());
            plan.changes
                .entry(path)
                .and_modify(|known| {
                    known.after.clone_from(&change.after);
                    known.fixes += change.fixes;
                })
                .or_insert(change);
        }
        plan.remaining = Some(check::run(&fixed)?);
    }
    plan.left_out.push(Notice {
        path: None,
        text: format!("the fixes did not come to an end in {MAX_ROUNDS} rounds; look at what they did"),
        is_failure: false,
    });
    Ok(plan)
}

impl Plan {
    /// Writes the files, each one atomically.
    pub fn write(&self) -> Written {
        let mut written = Written::default();
        for (path, change) in &self.changes {
            match write::replace(path, change) {
                Ok(()) => written.fixes += change.fixes,
                Err(error) => written.failures.push(Notice {
                    path: Some(change.path.clone()),
                    text: format!("was not fixed: {}", reason(&error)),
                    is_failure: true,
                }),
            }
        }
        written
    }
}

/// The fixes that can be applied to one state of the files at once.
struct Round<'a> {
    request: &'a Request,
    report: &'a Report,
    /// The bytes of files that were looked into, or why they are not to be written.
    files: BTreeMap<FileId, Result<Vec<u8>, String>>,
    chosen: Chosen,
}

/// What a round comes to.
struct Outcome {
    changes: BTreeMap<PathBuf, Change>,
    left_out: Vec<Notice>,
}

impl<'a> Round<'a> {
    fn new(request: &'a Request, report: &'a Report) -> Self {
        Self { request, report, files: BTreeMap::new(), chosen: Chosen::default() }
    }

    fn choose(mut self, least: Applicability) -> Outcome {
        let mut applied: BTreeMap<FileId, usize> = BTreeMap::new();
        let mut left_out = Vec::new();
        for finding in &self.report.findings {
            let Some(fix) = finding.fix.as_ref().filter(|fix| is_wanted(fix, least)) else { continue };
            match self.add(fix) {
                Ok(()) => {
                    let first = fix.edits.iter().map(|edit| edit.location.file).min();
                    first.into_iter().for_each(|file| *applied.entry(file).or_default() += 1);
                }
                Err(why) => left_out.push(self.notice(finding, &why)),
            }
        }
        let sources = &self.report.sources;
        let mut changes = BTreeMap::new();
        for (file, edits) in self.chosen.by_file() {
            let (source, before) = (sources.get(*file), self.files.get(file));
            if let Some(Ok(before)) = before {
                let mark = before.strip_prefix(BYTE_ORDER_MARK).map_or(&[][..], |_| BYTE_ORDER_MARK);
                let after = [mark, apply(&source.text, edits).as_bytes()].concat();
                let fixes = applied.get(file).copied().unwrap_or_default();
                let change = Change { path: source.path.clone(), before: before.clone(), after, fixes };
                changes.insert(source.absolute.clone(), change);
            }
        }
        Outcome { changes, left_out }
    }

    /// Takes a fix in, or says why not.
    fn add(&mut self, fix: &Fix) -> Result<(), String> {
        let files: BTreeSet<FileId> = fix.edits.iter().map(|edit| edit.location.file).collect();
        for file in files {
            let source = self.report.sources.get(file);
            let request = self.request;
            self.files
                .entry(file)
                .or_insert_with(|| bytes(request, source))
                .as_ref()
                .map_err(Clone::clone)?;
        }
        self.chosen.add(fix, &self.report.sources)
    }

    fn notice(&self, finding: &Finding, why: &str) -> Notice {
        let source = self.report.sources.get(finding.location.file);
        let line = source.lines().line(finding.location.span.start);
        Notice {
            path: Some(format!("{}:{line}", source.path)),
            text: format!("{} cannot be fixed: {why}", finding.rule),
            is_failure: false,
        }
    }
}

/// Whether a fix is to be applied where the least safe one is `least`.
fn is_wanted(fix: &Fix, least: Applicability) -> bool {
    fix.applicability >= least && fix.applicability != Applicability::Display && !fix.edits.is_empty()
}

/// The bytes of a file as they were analysed, if it is one to write to.
fn bytes(request: &Request, source: &SourceFile) -> Result<Vec<u8>, String> {
    if source.role != Role::Own || !source.is_requested {
        return Err(format!("{} is not among the files to check", source.path));
    }
    let given = request
        .given
        .as_ref()
        .filter(|given| discover::named_path(&request.folder, &given.path) == source.absolute)
        .map(|given| &given.bytes);
    let bytes = match request.fixed.get(&source.absolute).or(given) {
        Some(bytes) => bytes.clone(),
        None => write::read(&source.absolute).map_err(|error| reason(&error))?,
    };
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    if text == source.text.as_bytes() {
        Ok(bytes)
    } else if std::str::from_utf8(text).is_err() {
        Err("the file is not UTF-8 throughout".to_owned())
    } else {
        Err("the file changed meanwhile".to_owned())
    }
}
