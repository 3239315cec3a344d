//! `pushlint baseline write|prune`: what is known is written down.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::baseline::{Baseline, Comparison, Known};
use crate::check::{self, Request};
use crate::cli::{BaselineAction, BaselineArgs, BaselineFileArgs};
use crate::error::Error;
use crate::finding::Finding;
use crate::render;
use crate::replace::{leads_out, target};
use crate::report::Report;

/// The file where nobody names another one.
const FILE_NAME: &str = "pushlint-baseline.toml";

pub(super) fn baseline(args: &BaselineArgs) -> Result<u8, Error> {
    match &args.action {
        BaselineAction::Write(args) => {
            // There may be none yet; of one that is there, what is known of other files stays.
            let is_there = |path: &Path| path.symlink_metadata().is_ok();
            update(args, is_there, |report, comparison| {
                let is_asked_for = |finding: &&Finding| {
                    !comparison.not_asked.contains(&report.sources.get(finding.location.file).path)
                };
                let findings = report.findings.iter().chain(&comparison.withheld);
                let mut known = Known::of(findings.filter(is_asked_for), &report.sources);
                known.keep(comparison.not_judged);
                (known, left_out(&comparison.not_asked))
            })
        }
        BaselineAction::Prune(args) => {
            update(args, |_| true, |_, comparison| (comparison.current, String::new()))
        }
    }
}

/// What to say about files in which something was found that concerns those that were asked for.
fn left_out(not_asked: &BTreeSet<String>) -> String {
    let files: Vec<&str> = not_asked.iter().map(String::as_str).collect();
    match files[..] {
        [] => String::new(),
        [file] => format!("; what was found in {file} is not written: it was not asked for"),
        [first, ..] => format!(
            "; what was found in {first} and {} more is not written: they were not asked for",
            files.len() - 1
        ),
    }
}

/// Compares the project with its baseline and writes what `renew` makes of both; it may have to say something.
fn update(
    args: &BaselineFileArgs,
    is_read: impl FnOnce(&Path) -> bool,
    renew: impl FnOnce(&Report, Comparison) -> (Known, String),
) -> Result<u8, Error> {
    let mut request = super::request(&args.scope, None)?;
    let named = args.baseline.as_deref().or(request.config.baseline.as_deref());
    let path = request.folder.join(named.unwrap_or(Path::new(FILE_NAME)));
    let shown = super::shown(&path, &request.folder);
    if leads_out(&path, &target(&path)) {
        return Err(Error::Baseline {
            place: shown,
            text: "a symbolic link leads out of the project; name the file that it leads to".to_owned(),
        });
    }
    let old = if is_read(&path) {
        Baseline::read(&path, &shown)?
    } else {
        Baseline { shown: shown.clone(), ..Baseline::default() }
    };
    let before = old.known.len();
    request.baseline = Some(old);
    let mut report = check::run(&request)?;
    let comparison = report.baseline.take().unwrap_or_default();
    // What an incomplete run did not see is not gone.
    report.notices.retain(|notice| notice.is_failure);
    super::beside(|out| render::notices(&report, render::Format::Human, out));
    if !report.notices.is_empty() {
        return Ok(super::FAILURE);
    }
    let (known, remark) = renew(&report, comparison);
    known.write(&path, &shown)?;
    super::beside(|out| {
        writeln!(out, "pushlint: {}", told(&request, &path, &shown, [before, known.len()], &remark))
    });
    Ok(0)
}

/// One line about what was written, and how it comes into use.
fn told(request: &Request, path: &Path, shown: &str, [before, now]: [usize; 2], remark: &str) -> String {
    let findings = if now == 1 { "1 finding" } else { &format!("{now} findings") };
    let known = match before {
        0 => format!("{shown}: {findings} known"),
        some => format!("{shown}: {findings} known, {some} before"),
    };
    let same = |other: &PathBuf| other.canonicalize().ok() == path.canonicalize().ok();
    let use_of_it = if request.config.baseline.as_ref().is_some_and(same) {
        String::new()
    } else {
        format!("; it is used with `--baseline {shown}`, or with `baseline = \"{shown}\"` in pushlint.toml")
    };
    known + &use_of_it + remark
}
