//! `--changed-since`: what a run finds and an older state of the project does not have.
//!
//! The older state is read from git's objects into a folder of its own and checked there, with the
//! configuration of today. It is compared as a baseline is, and by what the findings say, too.

mod moved;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Request, run};
use crate::baseline::{Comparison, Key, Known};
use crate::discover::{self, Discovery};
use crate::error::Error;
use crate::finding::Finding;
use crate::git::MergeBase;
use crate::report::{Notice, Report};
use crate::source::Sources;

/// What was done to the project since a commit.
pub(super) struct Changes<'a> {
    request: &'a Request,
    /// The root of the project and of its repository.
    root: PathBuf,
    base: MergeBase,
}

/// By what a finding is known, and what it says.
type Said = (Key, String);

fn place(finding: &Finding, sources: &Sources) -> Said {
    (Key::of(finding, sources), finding.message.clone())
}

/// How often each thing is said.
fn said(findings: &[Finding], sources: &Sources) -> BTreeMap<Said, usize> {
    let mut said = BTreeMap::new();
    for finding in findings {
        *said.entry(place(finding, sources)).or_default() += 1;
    }
    said
}

impl<'a> Changes<'a> {
    /// The changes since the merge base with a revision; nothing is read yet.
    pub(super) fn since(request: &'a Request, discovery: &Discovery, revision: &str) -> Result<Self, Error> {
        let root = discover::project_root(&discovery.base).unwrap_or(&discovery.base).to_path_buf();
        let base = MergeBase::find(&root, revision)?;
        Ok(Self { request, root, base })
    }

    /// Keeps of the findings what the older state does not have.
    pub(super) fn keep(&self, report: &mut Report, discovery: &Discovery) -> Result<(), Error> {
        if self.base.is_unborn() {
            report.changed_since = Some(Comparison::default());
            return Ok(());
        }
        let copy = tempfile::Builder::new().prefix("pushlint-").tempdir();
        let unwritable = |source| Error::Write { path: "a temporary folder".to_owned(), source };
        let copy = copy.map_err(unwritable)?;
        report.notices.extend(self.base.copy_to(copy.path())?);
        let copy = copy.path().canonicalize().map_err(unwritable)?;
        let before = run(&self.request_in(copy.clone()))?;
        let known = Known::of(&before.findings, &before.sources);
        let found = Known::of(&report.findings, &report.sources);
        let moved = moved::between(&copy, &discovery.base, discovery, &known, &found);
        let mut comparison =
            known.withhold(&mut report.findings, &report.sources, discovery, &self.request.config, &moved);
        // Many lines read `return` or `}`: one mistake there is no other one.
        let (said_before, said) =
            (said(&before.findings, &before.sources), said(&comparison.withheld, &report.sources));
        // What a new finding says needs not be said of an old place, too.
        let told: BTreeSet<String> = report.findings.iter().map(|finding| finding.message.clone()).collect();
        let mut known = Vec::new();
        for finding in std::mem::take(&mut comparison.withheld) {
            let at = place(&finding, &report.sources);
            let from = moved.get(&at.0.path).map_or_else(|| at.clone(), |from| (at.0.at(from), at.1.clone()));
            let is_known = told.contains(&finding.message) || said.get(&at) <= said_before.get(&from);
            if is_known { &mut known } else { &mut report.findings }.push(finding);
        }
        comparison.withheld = known;
        report.add_notices(comparison.moved.iter().map(|(from, to)| Notice {
            path: Some(to.clone()),
            text: format!("reads like {from}, which is gone: what the merge base has there is not new here"),
            is_failure: false,
        }));
        report.changed_since = Some(comparison);
        Ok(())
    }

    /// The same question about the copy. It is asked about the whole of it: a finding may have concerned another file
    /// than it does now.
    fn request_in(&self, copy: PathBuf) -> Request {
        let request = self.request;
        let place = |path: &Path| {
            let path = request.folder.join(path);
            let path = path.canonicalize().unwrap_or(path);
            path.strip_prefix(&self.root).map(|relative| copy.join(relative)).ok()
        };
        let named = request.paths.iter().filter_map(|path| place(path)).filter(|path| path.exists());
        Request {
            paths: named.chain([copy.clone()]).collect(),
            copy_of: Some(self.root.clone()),
            config: request.config.clone(),
            options: request.options.clone(),
            folder: copy,
            ..Request::default()
        }
    }
}
