//! How right pushlint is on real code: compares what it says about a folder of checkouts with what
//! people who read that code say about it.
//!
//! ```text
//! cargo run --release --example corpus -- CHECKOUTS LABELS.json [REPOSITORIES.tsv] [FIXES.tsv]
//! ```
//!
//! `CHECKOUTS` holds a folder `owner+name` per repository, and `fixes/owner+name@parent` and `…@fix` for
//! the commits that mended a lost call. It prints a line per repository, every disagreement with its place,
//! the figures (before and after the corrections of `--overrides`), and which goals are met; it exits with 1
//! if one is not.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the figures are its output")]

mod figures;
mod judge;
mod labels;
mod observe;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use pushlint::finding::Level;

use crate::figures::{Kind, Tally, percent};
use crate::judge::{Disagreement, is_lost_call, judge};
use crate::labels::{KnownFix, Labels, Place, Repository};
use crate::observe::{Said, examine};

/// Compares what pushlint says about real repositories with labels made by hand.
#[derive(Debug, Parser)]
#[command(name = "corpus")]
struct Arguments {
    /// The folder with a checkout `owner+name` per repository
    checkouts: PathBuf,
    /// The labels
    labels: PathBuf,
    /// The list of repositories with their kind: swift, objc or large
    repositories: Option<PathBuf>,
    /// The commits that mended a lost call
    fixes: Option<PathBuf>,
    /// Corrections of the labels, with reasons; the figures are then printed before and after
    #[arg(long, value_name = "FILE")]
    overrides: Option<PathBuf>,
    /// Only repositories whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Print every finding, handler and notice too
    #[arg(long)]
    all: bool,
}

fn main() -> ExitCode {
    match evaluate(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// A goal of the project, and what there is to say about it.
struct Goal {
    name: &'static str,
    is_met: bool,
    figure: String,
}

/// Runs everything; whether every goal is met.
fn evaluate(arguments: &Arguments) -> Result<bool, String> {
    let delivered = labels::read(&arguments.labels)?;
    let corrected = match &arguments.overrides {
        Some(path) => Some(labels::read_corrected(&arguments.labels, path)?),
        None => None,
    };
    let repositories = match &arguments.repositories {
        Some(path) => labels::read_repositories(path)?,
        None => Vec::new(),
    };
    let fixes = match &arguments.fixes {
        Some(path) => labels::read_fixes(path, arguments.overrides.as_deref())?,
        None => Vec::new(),
    };
    let checkouts = arguments
        .checkouts
        .canonicalize()
        .map_err(|error| format!("{}: {error}", arguments.checkouts.display()))?;
    let run = Run { checkouts, only: &arguments.only, prints_all: arguments.all };

    let current = corrected.as_ref().map_or(&delivered, |(labels, _)| labels);
    let (said, mut failures) = run.labelled(current);
    let (tally, disagreements) = totals(current, &said, true);
    failures.extend(run.silent(&repositories));
    failures.extend(run.fixes(&fixes));

    println!("\ndisagreements: {}", disagreements.len());
    for (repo, disagreement) in &disagreements {
        print_disagreement(repo, disagreement);
    }
    if let Some((_, count)) = &corrected {
        println!("\nfigures with the labels as they were delivered");
        print!("{}", totals(&delivered, &said, false).0.table());
        println!("\nfigures with {count} labels corrected");
    } else {
        println!("\nfigures");
    }
    print!("{}\n{}", tally.table(), tally.verdict_table());

    println!("\ngoals");
    let mut all_met = failures.is_empty();
    for goal in goals(&tally) {
        let mark = if goal.is_met { "met    " } else { "NOT MET" };
        println!("  {mark} {}: {}", goal.name, goal.figure);
        all_met &= goal.is_met;
    }
    let mark = if failures.is_empty() { "met    " } else { "NOT MET" };
    println!(
        "  {mark} every repository read, none flagged without cause, fixes told from faults: {} failures",
        failures.len()
    );
    for failure in &failures {
        println!("          {failure}");
    }
    Ok(all_met)
}

fn goals(tally: &Tally) -> Vec<Goal> {
    let handlers = tally.score(Kind::Handlers);
    let exits = tally.score(Kind::Exits);
    let stored = tally.score(Kind::StoredProperties);
    let goal = |name, is_met, figure| Goal { name, is_met, figure };
    vec![
        goal("every handler recognised", handlers.found == handlers.labelled, handlers.brief()),
        goal("no false error", tally.false_errors == 0, tally.false_errors.to_string()),
        goal(
            "95 % of the lost calls found, at the right exit",
            exits.found * 100 >= exits.labelled * 95,
            format!("{} of {} ({})", exits.found, exits.labelled, percent(exits.found, exits.labelled)),
        ),
        goal(
            "no handler needlessly unseen",
            tally.unseen_needlessly == 0,
            tally.unseen_needlessly.to_string(),
        ),
        goal(
            "every stored property found, none invented",
            stored.found == stored.labelled && stored.wrong == 0,
            stored.brief(),
        ),
    ]
}

/// The figures of all repositories that could be read, and the disagreements.
fn totals<'a>(
    labels: &'a [Labels],
    said: &BTreeMap<String, Said>,
    prints: bool,
) -> (Tally, Vec<(&'a str, Disagreement)>) {
    let mut total = Tally::default();
    let mut disagreements = Vec::new();
    for labels in labels {
        let Some(said) = said.get(&labels.repo) else { continue };
        let judgement = judge(labels, said);
        if prints {
            print_repository(labels, said, &judgement.tally);
        }
        total.add(&judgement.tally);
        disagreements.extend(judgement.disagreements.into_iter().map(|each| (labels.repo.as_str(), each)));
    }
    (total, disagreements)
}

fn print_repository(labels: &Labels, said: &Said, tally: &Tally) {
    let score = |kind| tally.score(kind).brief();
    println!(
        "{:<54} handlers {}, lost {}, exits {}, stored {}, order {}, chains {}, false errors {}, damaged files {}, {} ms",
        labels.repo,
        score(Kind::Handlers),
        score(Kind::LostHandlers),
        score(Kind::Exits),
        score(Kind::StoredProperties),
        score(Kind::Order),
        score(Kind::OptionalChains),
        tally.false_errors,
        said.damaged,
        said.time.as_millis(),
    );
}

fn print_all(folder: &Path, said: &Said) {
    println!("{}", folder.file_name().unwrap_or_default().to_string_lossy());
    for handler in &said.handlers {
        println!("  handler {}: {handler}", handler.place);
    }
    for finding in &said.findings {
        println!("  {} {finding}", finding.place);
    }
    for notice in &said.notices {
        println!("  notice {notice}");
    }
}

fn print_disagreement(repo: &str, disagreement: &Disagreement) {
    let place = disagreement.place.as_ref().map_or_else(String::new, |place| format!(" {place}"));
    println!("{}: {repo}{place}", disagreement.what);
    if !disagreement.label.is_empty() {
        println!("    label:    {}", disagreement.label);
    }
    if !disagreement.said.is_empty() {
        println!("    pushlint: {}", disagreement.said);
    }
}

/// The checkouts, and which of them are asked for.
struct Run<'a> {
    checkouts: PathBuf,
    only: &'a str,
    prints_all: bool,
}

impl Run<'_> {
    fn folder(&self, repo: &str) -> PathBuf {
        self.checkouts.join(repo.replace('/', "+"))
    }

    fn is_asked_for(&self, repo: &str) -> bool {
        repo.contains(self.only)
    }

    fn examine(&self, folder: &Path) -> Result<Said, String> {
        if !folder.is_dir() {
            return Err("there is no checkout".to_owned());
        }
        let said = examine(folder)?;
        if self.prints_all {
            print_all(folder, &said);
        }
        Ok(said)
    }

    /// What pushlint says about every labelled repository, and which of them could not be judged.
    fn labelled(&self, labels: &[Labels]) -> (BTreeMap<String, Said>, Vec<String>) {
        let mut said = BTreeMap::new();
        let mut failures = Vec::new();
        for labels in labels.iter().filter(|labels| self.is_asked_for(&labels.repo)) {
            match self.examine(&self.folder(&labels.repo)) {
                Ok(each) => {
                    said.insert(labels.repo.clone(), each);
                }
                Err(error) => failures.push(format!("{}: {error}", labels.repo)),
            }
        }
        (said, failures)
    }

    /// Repositories without PushKit in Swift: nothing may be found in them, and what is written in another
    /// language must be named as not read.
    fn silent(&self, repositories: &[Repository]) -> Vec<String> {
        let mut failures = Vec::new();
        let asked = repositories
            .iter()
            .filter(|each| matches!(each.kind.as_str(), "objc" | "large") && self.is_asked_for(&each.name));
        for Repository { name, kind } in asked {
            let said = match self.examine(&self.folder(name)) {
                Ok(said) => said,
                Err(error) => {
                    failures.push(format!("{name}: {error}"));
                    continue;
                }
            };
            println!(
                "{name:<54} {kind}: {} findings, {} handlers, {} files named as not read, {} ms",
                said.findings.len(),
                said.handlers.len(),
                said.unread,
                said.time.as_millis()
            );
            failures
                .extend(said.findings.iter().map(|finding| format!("{name}: {} {finding}", finding.place)));
            if kind == "objc" && said.unread == 0 {
                failures.push(format!("{name}: names no file as not read"));
            }
        }
        failures
    }

    /// The commit before a fix must be flagged in the mended file, and the fix must not be, but for what the corrections
    /// say that it leaves open. Warnings are shown and decide nothing: they may be about the holder of the reporter.
    fn fixes(&self, fixes: &[KnownFix]) -> Vec<String> {
        let mut failures = Vec::new();
        for fix in fixes.iter().filter(|fix| self.is_asked_for(&fix.repo)) {
            for (side, is_flagged) in [("parent", true), ("fix", false)] {
                let name = format!("{}@{side}", fix.repo);
                let said = match self.examine(&self.checkouts.join("fixes").join(name.replace('/', "+"))) {
                    Ok(said) => said,
                    Err(error) => {
                        failures.push(format!("{name}: {error}"));
                        continue;
                    }
                };
                let count = |level: Level| {
                    let in_file = said.findings.iter().filter(|finding| {
                        let last = finding.last.as_ref().unwrap_or(&finding.place);
                        finding.place.file == fix.file || last.file == fix.file
                    });
                    in_file.filter(|finding| is_lost_call(finding) && finding.level == level).count()
                };
                let (errors, warnings) = (count(Level::Error), count(Level::Warning));
                println!("{name:<54} {errors} errors and {warnings} warnings of a lost call in {}", fix.file);
                let is_left = |place: &Place| {
                    let mut errors = said.findings.iter().filter(|finding| finding.level == Level::Error);
                    errors.any(|finding| is_lost_call(finding) && finding.place == *place)
                };
                let left = fix.left_open.iter().filter(|place| !is_flagged && is_left(place)).count();
                if left > 0 {
                    println!("{:<54} {left} of them left open by the fix, as corrected", "");
                }
                let errors = errors - left;
                if (errors > 0) != is_flagged {
                    let expected = if is_flagged { "must be flagged" } else { "must be silent" };
                    failures.push(format!("{name}: {} {expected}, has {errors} errors", fix.file));
                }
            }
        }
        failures
    }
}
