//! `pushlint baseline write|prune`: what is known is written down.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::baseline::{Baseline, Comparison, Known};
use crate::check::{self, Request};
use crate::cli::{BaselineAction, BaselineArgs, BaselineFileArgs};
use crate::config;
use crate::discover;
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
                let not_asked = comparison.not_asked.paths();
                let is_asked_for = |finding: &&Finding| {
                    !not_asked.contains(report.sources.get(finding.location.file).path.as_str())
                };
                let findings = report.findings.iter().chain(&comparison.withheld);
                let mut known = Known::of(findings.filter(is_asked_for), &report.sources);
                known.keep(comparison.not_judged);
                let remark = left_out(&known.lacks_of(&comparison.not_asked));
                (known, remark)
            })
        }
        BaselineAction::Prune(args) => {
            update(args, |_| true, |_, comparison| (comparison.current, String::new()))
        }
    }
}

/// What to say about files in which something was found that concerns those that were asked for.
fn left_out(not_asked: &BTreeSet<&str>) -> String {
    let files: Vec<&str> = not_asked.iter().copied().collect();
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
    let target = target(&path);
    if discover::may_be_read(&target) || target.file_name().is_some_and(|name| name == config::FILE_NAME) {
        return Err(Error::Baseline {
            place: shown,
            text: format!(
                "a baseline is not written to a file that pushlint reads; name another one, such as {FILE_NAME}"
            ),
        });
    }
    let mut old = if is_read(&path) {
        Baseline::read(&path, &shown)?
    } else {
        Baseline { shown: shown.clone(), ..Baseline::default() }
    };
    let before = old.known.len();
    if forget_what_is_gone(&mut request, &mut old.known) {
        return write(&request, &path, &shown, (before, &old.known), "");
    }
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
    write(&request, &path, &shown, (before, &known), &remark)
}

/// Writes the file, the folders that are missing above it too, and says what is in it.
fn write(
    request: &Request,
    path: &Path,
    shown: &str,
    (before, known): (usize, &Known),
    remark: &str,
) -> Result<u8, Error> {
    let unwritable = |source| Error::Write { path: shown.to_owned(), source };
    fs::create_dir_all(target(path).parent().unwrap_or(Path::new("."))).map_err(unwritable)?;
    known.write(path, shown)?;
    super::beside(|out| {
        writeln!(out, "pushlint: {}", told(request, path, shown, [before, known.len()], remark))
    });
    Ok(0)
}

/// Nobody can look at a file that is gone: of one that is named, what is known is forgotten. Whether there is nothing
/// else to ask about.
fn forget_what_is_gone(request: &mut Request, known: &mut Known) -> bool {
    let Request { paths, folder, .. } = request;
    let root = discover::project_root(folder).unwrap_or(folder);
    let named = paths.len();
    paths.retain(|path| {
        let absolute = discover::named_path(folder, path);
        absolute.symlink_metadata().is_ok() || !known.forget(&discover::shown(root, &absolute))
    });
    named > 0 && paths.is_empty()
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
