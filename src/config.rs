//! What the user decides: `pushlint.toml`, and what the command line adds to it.
//!
//! A key that means nothing is an error with its place, never ignored: a setting that is misspelt would
//! otherwise be believed to work. Of every value it is known where it comes from.
//!
//! What holds for a rule in a file, the later beating the earlier: the rule's page, `[rules]`, what the command
//! line turns on, `[[overrides]]` for the path of the file, what the command line turns off.

mod read;
mod schema;
mod show;
pub mod starter;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;

pub use schema::{SCHEMA_URI, schema};
pub use show::show;

use crate::error::{Error, did_you_mean, quoted};
use crate::finding::{Confidence, Finding, Level};
use crate::rules;
use crate::source::Sources;
use crate::unit::Settings;

/// The name of the configuration file.
pub const FILE_NAME: &str = "pushlint.toml";

/// What the user wants of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSetting {
    /// Its findings are dropped.
    Off,
    /// Its findings have the levels that the rule gives them.
    On,
    /// All of its findings have this level.
    Level(Level),
}

impl RuleSetting {
    /// The word of the configuration.
    pub fn word(self) -> &'static str {
        match self {
            RuleSetting::Off => "off",
            RuleSetting::On => "on",
            RuleSetting::Level(level) => level.word(),
        }
    }
}

/// From which level on findings fail the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// At this level or above.
    Level(Level),
    /// Findings never fail the run.
    Never,
}

impl FailOn {
    /// The threshold for [`crate::report::Report::exit_status`].
    pub fn threshold(self) -> Option<Level> {
        match self {
            FailOn::Level(level) => Some(level),
            FailOn::Never => None,
        }
    }

    /// The word of the configuration.
    pub fn word(self) -> &'static str {
        match self {
            FailOn::Level(level) => level.word(),
            FailOn::Never => "never",
        }
    }
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    #[default]
    Default,
    /// A line of the configuration file, from 1.
    Line(usize),
    /// An option of the command line.
    Option(&'static str),
}

/// Patterns of files, in the form of `.gitignore`, relative to the folder of the configuration file.
#[derive(Clone, Debug)]
pub struct Patterns {
    /// As they were written.
    pub written: Vec<String>,
    matcher: Gitignore,
}

impl Default for Patterns {
    fn default() -> Self {
        Self { written: Vec::new(), matcher: Gitignore::empty() }
    }
}

impl Patterns {
    /// Whether a file, or a folder around it, is meant.
    pub fn matches(&self, absolute: &Path) -> bool {
        !self.matcher.is_empty()
            && absolute
                .strip_prefix(self.matcher.path())
                .is_ok_and(|relative| self.matcher.matched_path_or_any_parents(relative, false).is_ignore())
    }
}

/// What holds for some files only: an entry of `[[overrides]]`.
#[derive(Clone, Debug, Default)]
pub struct Override {
    /// The files.
    pub paths: Patterns,
    /// Rules by id.
    pub rules: BTreeMap<String, RuleSetting>,
    /// Where it begins in the configuration file, from 1.
    pub line: usize,
}

/// What the command line says about rules; ids, in no order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// These only, if there are any.
    pub only: &'a [String],
    /// Not these.
    pub skip: &'a [String],
    /// These too.
    pub enable: &'a [String],
}

/// Everything that the user can decide about a run, apart from what is read and where the answer goes.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that was read, as it is shown.
    pub path: Option<String>,
    /// The folder in which it lies, absolute.
    pub folder: Option<PathBuf>,
    /// The file with the findings that are known; absolute.
    pub baseline: Option<PathBuf>,
    /// From which level on findings fail the run.
    pub fail_on: FailOn,
    /// Findings that are less sure are dropped.
    pub min_confidence: Confidence,
    /// Nothing is reported on these files.
    pub exclude: Patterns,
    /// What holds for some files only; the later beats the earlier.
    pub overrides: Vec<Override>,
    /// What analyses and rules ask.
    pub settings: Settings,
    /// Rules by id; one that is not named is as its page says.
    rules: BTreeMap<String, RuleSetting>,
    /// Rules that the command line turned off, with the option.
    turned_off: BTreeMap<String, &'static str>,
    /// Where values come from, by their keys (`fail-on`, `rules.missing-call-report`).
    origins: BTreeMap<String, Origin>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            path: None,
            folder: None,
            baseline: None,
            fail_on: FailOn::Level(Level::Warning),
            min_confidence: Confidence::Low,
            exclude: Patterns::default(),
            overrides: Vec::new(),
            settings: Settings::default(),
            rules: BTreeMap::new(),
            turned_off: BTreeMap::new(),
            origins: BTreeMap::new(),
        }
    }
}

impl Config {
    /// The `pushlint.toml` in the folder of `start` or above it. Absolute paths only.
    pub fn find(start: &Path) -> Option<PathBuf> {
        start.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_symlink() || path.exists())
    }

    /// Reads a configuration file. `shown` is its path for messages.
    pub fn read(path: &Path, shown: &str) -> Result<Self, Error> {
        let unreadable = |source| Error::Read { path: shown.to_owned(), source };
        let text = crate::read::text(path).map_err(unreadable)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let folder = folder.canonicalize().map_err(unreadable)?;
        Self::parse(&text, &folder, shown)
    }

    /// Reads the text of a configuration file that lies in `folder`. `shown` is its path for messages.
    pub fn parse(text: &str, folder: &Path, shown: &str) -> Result<Self, Error> {
        read::config(text, folder, shown)
    }

    /// Whether the user said that nothing is to be reported on this file.
    pub fn excludes(&self, absolute: &Path) -> bool {
        self.exclude.matches(absolute)
    }

    /// What holds for a rule everywhere where no override says otherwise.
    pub fn rule(&self, id: &str) -> RuleSetting {
        if self.turned_off.contains_key(id) {
            return RuleSetting::Off;
        }
        self.rules.get(id).copied().unwrap_or_else(|| by_default(id))
    }

    /// What holds for a rule in a file.
    pub fn rule_in(&self, id: &str, absolute: &Path) -> RuleSetting {
        if self.turned_off.contains_key(id) {
            return RuleSetting::Off;
        }
        let mut said = self.overrides.iter().rev().filter(|one| one.paths.matches(absolute));
        said.find_map(|one| one.rules.get(id).copied()).unwrap_or_else(|| self.rule(id))
    }

    /// Where the value of a key comes from: `fail-on`, `rules.missing-call-report`, `project.deployment-target`.
    pub fn origin(&self, key: &str) -> Origin {
        let turned_off = key.strip_prefix("rules.").and_then(|id| self.turned_off.get(id));
        match turned_off {
            Some(option) => Origin::Option(option),
            None => self.origins.get(key).copied().unwrap_or_default(),
        }
    }

    /// Whether the user wants to hear of a finding; it gets the level that the user gave it.
    pub fn admits(&self, finding: &mut Finding, sources: &Sources) -> bool {
        match self.rule_in(finding.rule, &sources.get(finding.location.file).absolute) {
            RuleSetting::Off => return false,
            RuleSetting::Level(level) => finding.level = level,
            RuleSetting::On => {}
        }
        finding.confidence >= self.min_confidence
    }

    /// Findings fail the run from this level on: `--fail-on`.
    pub fn set_fail_on(&mut self, fail_on: FailOn) {
        self.fail_on = fail_on;
        self.origins.insert("fail-on".to_owned(), Origin::Option("--fail-on"));
    }

    /// What this file knows is not reported, or with none everything is: `--baseline` and `--no-baseline`.
    pub fn set_baseline(&mut self, baseline: Option<PathBuf>) {
        let option = if baseline.is_some() { "--baseline" } else { "--no-baseline" };
        self.origins.insert("baseline".to_owned(), Origin::Option(option));
        self.baseline = baseline;
    }

    /// Findings that are less sure are dropped: `--min-confidence`.
    pub fn set_min_confidence(&mut self, least: Confidence) {
        self.min_confidence = least;
        self.origins.insert("min-confidence".to_owned(), Origin::Option("--min-confidence"));
    }

    /// Turns rules on and off. A rule that is named to be heard of is on, whatever the rest of the file says; what
    /// the file says for some paths only goes on to hold there.
    pub fn select(&mut self, selection: Selection<'_>) -> Result<(), Error> {
        let Selection { only, skip, enable } = selection;
        if let Some(id) = only.iter().chain(skip).chain(enable).find(|id| !is_rule(id)) {
            return Err(Error::Usage(unknown_rule(id)));
        }
        for (ids, option) in [(only, "--only"), (enable, "--enable")] {
            if let Some(id) = ids.iter().find(|id| skip.contains(id)) {
                return Err(Error::Usage(format!("`{option} {id}` and `--skip {id}` contradict each other")));
            }
            for id in ids {
                if self.rule(id) == RuleSetting::Off {
                    self.rules.insert(id.clone(), RuleSetting::On);
                    self.origins.insert(format!("rules.{id}"), Origin::Option(option));
                }
            }
        }
        let wanted: BTreeSet<&String> = only.iter().chain(enable).collect();
        for id in rules::ids() {
            if skip.iter().any(|unwanted| unwanted == id) {
                self.turned_off.insert(id.to_owned(), "--skip");
            } else if !only.is_empty() && !wanted.iter().any(|wanted| *wanted == id) {
                self.turned_off.insert(id.to_owned(), "--only");
            }
        }
        Ok(())
    }
}

/// What holds for a rule of which nobody says anything.
fn by_default(id: &str) -> RuleSetting {
    let page = rules::pages().iter().find(|page| page.meta.id == id);
    if page.is_some_and(|page| page.meta.enabled) { RuleSetting::On } else { RuleSetting::Off }
}

fn is_rule(id: &str) -> bool {
    rules::ids().any(|known| known == id)
}

/// One line that says that there is no such rule, and which may be meant.
pub fn unknown_rule(id: &str) -> String {
    let meant = match did_you_mean(id, rules::ids()) {
        meant if meant.is_empty() => "; `pushlint rules` lists them".to_owned(),
        meant => meant,
    };
    format!("unknown rule {}{meant}", quoted(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config::parse(text, Path::new("/app"), FILE_NAME).unwrap()
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    const MISSING: &str = "missing-call-report";
    const DEFERRED: &str = "deferred-call-report";

    #[test]
    fn the_last_override_for_a_path_holds_there() {
        let config = config(
            "[rules]\nmissing-call-report = \"warning\"\n\
             [[overrides]]\npaths = [\"Legacy/\"]\nrules = { missing-call-report = \"off\" }\n\
             [[overrides]]\npaths = [\"Legacy/New/\"]\nrules = { missing-call-report = \"on\" }\n",
        );
        for (path, setting) in [
            ("/app/A.swift", RuleSetting::Level(Level::Warning)),
            ("/app/Legacy/A.swift", RuleSetting::Off),
            ("/app/Legacy/New/A.swift", RuleSetting::On),
            ("/other/Legacy/A.swift", RuleSetting::Level(Level::Warning)),
        ] {
            assert_eq!(config.rule_in(MISSING, Path::new(path)), setting, "{path}");
        }
        assert_eq!(config.rule_in(DEFERRED, Path::new("/app/Legacy/A.swift")), RuleSetting::On);
    }

    #[test]
    fn rules_that_are_not_asked_for_are_off() {
        let mut config = Config::default();
        config.select(Selection { only: &ids(&[MISSING]), ..Selection::default() }).unwrap();
        assert_eq!(config.rule(MISSING), RuleSetting::On);
        assert_eq!(config.rule(DEFERRED), RuleSetting::Off);
        assert_eq!(config.origin("rules.deferred-call-report"), Origin::Option("--only"));
        let unknown = Selection { skip: &ids(&["missing"]), ..Selection::default() };
        let error = config.select(unknown).unwrap_err().to_string();
        assert_eq!(error, "unknown rule `missing`; `pushlint rules` lists them");
    }

    #[test]
    fn the_command_line_turns_on_what_the_file_turns_off_and_keeps_a_level() {
        let text = "[rules]\nmissing-call-report = \"off\"\ndeferred-call-report = \"note\"\n\
                    [[overrides]]\npaths = [\"Old/\"]\nrules = { missing-call-report = \"off\" }\n";
        let asked = ids(&[MISSING, DEFERRED]);
        for selection in [
            Selection { only: &asked, ..Selection::default() },
            Selection { enable: &asked, ..Selection::default() },
        ] {
            let mut config = config(text);
            config.select(selection).unwrap();
            assert_eq!(config.rule_in(MISSING, Path::new("/app/A.swift")), RuleSetting::On);
            assert_eq!(config.rule_in(MISSING, Path::new("/app/Old/A.swift")), RuleSetting::Off);
            assert_eq!(config.rule(DEFERRED), RuleSetting::Level(Level::Note));
            assert_eq!(config.origin("rules.deferred-call-report"), Origin::Line(3));
        }
    }

    #[test]
    fn what_the_command_line_turns_off_is_off_everywhere() {
        let mut config =
            config("[[overrides]]\npaths = [\"New/\"]\nrules = { missing-call-report = \"error\" }\n");
        config.select(Selection { skip: &ids(&[MISSING]), ..Selection::default() }).unwrap();
        assert_eq!(config.rule_in(MISSING, Path::new("/app/New/A.swift")), RuleSetting::Off);
    }
}
