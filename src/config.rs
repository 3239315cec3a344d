//! `pushlint.toml`, and what the command line adds to it.
//!
//! A key that means nothing is an error with its place, never ignored: a setting that is misspelt would
//! otherwise be believed to work.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::error::{Error, did_you_mean};
use crate::finding::{Confidence, Finding, Level};
use crate::rules;
use crate::source::LineIndex;
use crate::unit::{Settings, UserReporter};

/// The name of the configuration file.
pub const FILE_NAME: &str = "pushlint.toml";

/// What the user wants of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSetting {
    /// Its findings are dropped.
    Off,
    /// All of its findings have this level.
    Level(Level),
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
}

/// Everything that the user can decide about a run, apart from what is read and where the answer goes.
#[derive(Debug)]
pub struct Config {
    /// From which level on findings fail the run.
    pub fail_on: FailOn,
    /// Levels by rule id; rules that are not named keep theirs.
    pub rules: BTreeMap<String, RuleSetting>,
    /// Findings that are less sure are dropped.
    pub min_confidence: Confidence,
    /// What analyses and rules ask.
    pub settings: Settings,
    exclude: Gitignore,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            fail_on: FailOn::Level(Level::Warning),
            rules: BTreeMap::new(),
            min_confidence: Confidence::Low,
            settings: Settings::default(),
            exclude: Gitignore::empty(),
        }
    }
}

impl Config {
    /// The `pushlint.toml` in the folder of `start` or above it. Absolute paths only.
    pub fn find(start: &Path) -> Option<PathBuf> {
        start.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file())
    }

    /// Reads a configuration file. `shown` is its path for messages.
    pub fn read(path: &Path, shown: &str) -> Result<Self, Error> {
        let text =
            std::fs::read_to_string(path).map_err(|source| Error::Read { path: shown.to_owned(), source })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, folder, shown)
    }

    fn parse(text: &str, folder: &Path, shown: &str) -> Result<Self, Error> {
        let reader = Reader { text, shown };
        let table = DeTable::parse(text)
            .map_err(|error| reader.error(error.span().unwrap_or_default(), error.message()))?;
        let mut config = Self::default();
        for (key, value) in table.get_ref() {
            match key.get_ref().as_ref() {
                "fail-on" => config.fail_on = reader.fail_on(value)?,
                "exclude" => config.exclude = reader.exclude(value, folder)?,
                "rules" => config.rules = reader.rules(value)?,
                "reporters" => config.settings.reporters = reader.reporters(value)?,
                "project" => config.settings.deployment_target = reader.project(value)?,
                _ => {
                    return Err(reader.unknown(key, &["exclude", "fail-on", "project", "reporters", "rules"]));
                }
            }
        }
        Ok(config)
    }

    /// Whether the user said that nothing is to be reported on this file.
    pub fn excludes(&self, absolute: &Path) -> bool {
        !self.exclude.is_empty()
            && absolute
                .strip_prefix(self.exclude.path())
                .is_ok_and(|relative| self.exclude.matched_path_or_any_parents(relative, false).is_ignore())
    }

    /// Keeps what the user wants to hear of, at the level that the user gave it.
    pub fn apply(&self, findings: &mut Vec<Finding>) {
        findings.retain_mut(|finding| {
            match self.rules.get(finding.rule) {
                Some(RuleSetting::Off) => return false,
                Some(RuleSetting::Level(level)) => finding.level = *level,
                None => {}
            }
            finding.confidence >= self.min_confidence
        });
    }

    /// Turns off every rule that `--only` does not name (where it names any) and every rule that `--skip` names.
    pub fn select(&mut self, only: &[String], skip: &[String]) -> Result<(), Error> {
        for id in only.iter().chain(skip) {
            if !is_rule(id) {
                return Err(Error::Usage(unknown_rule(id)));
            }
        }
        for id in rule_ids() {
            let is_left_out = !only.is_empty() && !only.iter().any(|wanted| wanted == id);
            if is_left_out || skip.iter().any(|unwanted| unwanted == id) {
                self.rules.insert(id.to_owned(), RuleSetting::Off);
            } else if !only.is_empty() && self.rules.get(id) == Some(&RuleSetting::Off) {
                self.rules.remove(id);
            }
        }
        Ok(())
    }
}

fn level_of(word: &str) -> Option<Level> {
    [Level::Note, Level::Warning, Level::Error].into_iter().find(|level| level.word() == word)
}

/// The ids of all rules.
fn rule_ids() -> impl Iterator<Item = &'static str> {
    rules::RULES.iter().map(|rule| rule.id)
}

fn is_rule(id: &str) -> bool {
    rule_ids().any(|known| known == id)
}

/// One line that says that there is no such rule, and which may be meant.
pub fn unknown_rule(id: &str) -> String {
    format!("unknown rule `{id}`{}", did_you_mean(id, rule_ids()))
}

/// The text of a configuration file, to say where something is wrong.
struct Reader<'a> {
    text: &'a str,
    shown: &'a str,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    fn error(&self, span: Range<usize>, text: &str) -> Error {
        let place = LineIndex::new(self.text).chars(span.start as u32, self.text);
        let text = text.lines().collect::<Vec<_>>().join(", ");
        Error::Config { place: format!("{}:{}:{}", self.shown, place.line, place.column), text }
    }

    fn unknown(&self, key: &Spanned<DeString<'_>>, known: &[&str]) -> Error {
        let name = key.get_ref();
        self.error(key.span(), &format!("unknown key `{name}`{}", did_you_mean(name, known.iter().copied())))
    }

    fn wrong(&self, value: &Value<'_>, wanted: &str) -> Error {
        let written = &self.text.get(value.span()).unwrap_or_default();
        let written = written.lines().next().unwrap_or_default();
        self.error(value.span(), &format!("expected {wanted}, found `{written}`"))
    }

    fn string<'v>(&self, value: &'v Value<'_>, wanted: &str) -> Result<&'v str, Error> {
        value.get_ref().as_str().ok_or_else(|| self.wrong(value, wanted))
    }

    fn strings(&self, value: &Value<'_>, wanted: &str) -> Result<Vec<String>, Error> {
        let array = value.get_ref().as_array().ok_or_else(|| self.wrong(value, wanted))?;
        array.iter().map(|item| self.string(item, "a string").map(ToOwned::to_owned)).collect()
    }

    fn table<'v, 'i>(&self, value: &'v Value<'i>, wanted: &str) -> Result<&'v DeTable<'i>, Error> {
        value.get_ref().as_table().ok_or_else(|| self.wrong(value, wanted))
    }

    fn fail_on(&self, value: &Value<'_>) -> Result<FailOn, Error> {
        const WANTED: &str = "\"error\", \"warning\", \"note\" or \"never\"";
        match self.string(value, WANTED)? {
            "never" => Ok(FailOn::Never),
            word => level_of(word).map(FailOn::Level).ok_or_else(|| self.wrong(value, WANTED)),
        }
    }

    fn exclude(&self, value: &Value<'_>, folder: &Path) -> Result<Gitignore, Error> {
        let mut builder = GitignoreBuilder::new(folder);
        for glob in self.strings(value, "a list of globs")? {
            builder.add_line(None, &glob).map_err(|error| self.error(value.span(), &error.to_string()))?;
        }
        builder.build().map_err(|error| self.error(value.span(), &error.to_string()))
    }

    fn rules(&self, value: &Value<'_>) -> Result<BTreeMap<String, RuleSetting>, Error> {
        const WANTED: &str = "\"error\", \"warning\", \"note\" or \"off\"";
        let mut settings = BTreeMap::new();
        for (key, value) in self.table(value, "a table of rules")? {
            if !is_rule(key.get_ref()) {
                return Err(self.error(key.span(), &unknown_rule(key.get_ref())));
            }
            let setting = match self.string(value, WANTED)? {
                "off" => RuleSetting::Off,
                word => RuleSetting::Level(level_of(word).ok_or_else(|| self.wrong(value, WANTED))?),
            };
            settings.insert(key.get_ref().to_string(), setting);
        }
        Ok(settings)
    }

    fn reporters(&self, value: &Value<'_>) -> Result<Vec<UserReporter>, Error> {
        const MEANS: &str = "\"reports\", \"never\" or \"calls-back\"";
        let array = value.get_ref().as_array().ok_or_else(|| self.wrong(value, "[[reporters]]"))?;
        let mut reporters = Vec::new();
        for entry in array {
            let (mut call, mut means, mut methods) = (None, None, Vec::new());
            for (key, value) in self.table(entry, "a table with `call` and `means`")? {
                match key.get_ref().as_ref() {
                    "call" => call = Some(self.string(value, "a call, such as \"Calls.show(_:)\"")?),
                    "means" => {
                        let word = self.string(value, MEANS)?;
                        if !matches!(word, "reports" | "never" | "calls-back") {
                            return Err(self.wrong(value, MEANS));
                        }
                        means = Some(word);
                    }
                    "methods" => methods = self.strings(value, "a list of methods")?,
                    _ => return Err(self.unknown(key, &["call", "means", "methods"])),
                }
            }
            let missing = |key: &str| self.error(entry.span(), &format!("the reporter has no `{key}`"));
            let (call, means) =
                (call.ok_or_else(|| missing("call"))?, means.ok_or_else(|| missing("means"))?);
            if means == "calls-back" && methods.is_empty() {
                return Err(missing("methods"));
            }
            reporters.push(UserReporter {
                call: call.into(),
                means: means.into(),
                methods: methods.into_iter().map(Into::into).collect(),
            });
        }
        Ok(reporters)
    }

    fn project(&self, value: &Value<'_>) -> Result<Option<(u16, u16)>, Error> {
        const WANTED: &str = "an iOS version, such as \"15.0\"";
        let mut target = None;
        for (key, value) in self.table(value, "a table with `deployment-target`")? {
            match key.get_ref().as_ref() {
                "deployment-target" => {
                    let version = self.string(value, WANTED)?;
                    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
                    let parsed = major.parse().ok().zip(minor.parse().ok());
                    target = Some(parsed.ok_or_else(|| self.wrong(value, WANTED))?);
                }
                _ => return Err(self.unknown(key, &["deployment-target"])),
            }
        }
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("/app"), FILE_NAME).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_that_can_be_said_is_understood() {
        let config = parse(
            r#"
            fail-on = "error"
            exclude = ["Generated/**", "*.pb.swift"]

            [rules]
            missing-call-report = "warning"
            unseen-call-report = "off"

            [[reporters]]
            call = "Calls.show(_:)"
            means = "reports"

            [project]
            deployment-target = "15.4"
            "#,
        )
        .unwrap();
        assert_eq!(config.fail_on, FailOn::Level(Level::Error));
        assert!(config.excludes(Path::new("/app/Generated/A/B.swift")));
        assert!(config.excludes(Path::new("/app/Sources/C.pb.swift")));
        assert!(!config.excludes(Path::new("/app/Sources/C.swift")));
        assert!(!config.excludes(Path::new("/other/Generated/B.swift")));
        assert_eq!(config.rules["unseen-call-report"], RuleSetting::Off);
        assert_eq!(config.settings.reporters[0].call, "Calls.show(_:)");
        assert_eq!(config.settings.deployment_target, Some((15, 4)));
    }

    #[test]
    fn what_means_nothing_is_named_with_its_place() {
        for (text, error) in [
            ("\n  exlude = []", "pushlint.toml:2:3: unknown key `exlude`; did you mean `exclude`?"),
            (
                "[rules]\nmising-call-report = \"off\"",
                "pushlint.toml:2:1: unknown rule `mising-call-report`; did you mean `missing-call-report`?",
            ),
            (
                "fail-on = \"eror\"",
                "pushlint.toml:1:11: expected \"error\", \"warning\", \"note\" or \"never\", found `\"eror\"`",
            ),
            ("[[reporters]]\ncall = \"a\"", "pushlint.toml:1:1: the reporter has no `means`"),
            (
                "[project]\ndeployment-target = 15",
                "pushlint.toml:2:21: expected an iOS version, such as \"15.0\", found `15`",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), error);
        }
        assert!(parse("fail-on = ").unwrap_err().starts_with("pushlint.toml:1:"));
    }

    #[test]
    fn rules_that_are_not_asked_for_are_off() {
        let mut config = Config::default();
        config.select(&["missing-call-report".to_owned()], &[]).unwrap();
        assert!(!config.rules.contains_key("missing-call-report"));
        assert_eq!(config.rules["deferred-call-report"], RuleSetting::Off);
        let error = config.select(&["missing".to_owned()], &[]).unwrap_err().to_string();
        assert_eq!(error, "unknown rule `missing`");
    }
}
