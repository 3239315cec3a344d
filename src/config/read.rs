//! From the text of `pushlint.toml` to a [`Config`].

use std::ops::Range;
use std::path::Path;

use ignore::gitignore::GitignoreBuilder;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{Config, FailOn, Origin, Override, Patterns, RuleSetting, is_rule, unknown_rule};
use crate::error::{Error, Excerpt, did_you_mean, quoted};
use crate::finding::{Confidence, Level};
use crate::source::LineIndex;
use crate::unit::UserReporter;
use crate::vocabulary::{Vocabulary, VocabularyError};

/// The keys of the file.
pub(super) const KEYS: &[&str] =
    &["baseline", "exclude", "fail-on", "min-confidence", "overrides", "project", "reporters", "rules"];
/// The keys of an entry of `[[overrides]]`.
pub(super) const OVERRIDE_KEYS: &[&str] = &["paths", "rules"];
/// The keys of an entry of `[[reporters]]`.
pub(super) const REPORTER_KEYS: &[&str] = &["call", "means", "methods"];
/// The keys of `[project]`.
pub(super) const PROJECT_KEYS: &[&str] = &["deployment-target"];

const LEVELS: [Level; 3] = [Level::Error, Level::Warning, Level::Note];
const CONFIDENCES: [Confidence; 3] = [Confidence::Low, Confidence::Medium, Confidence::High];

type Value<'a> = Spanned<DeValue<'a>>;

/// Reads the text of a configuration file that lies in `folder`, and is shown as `shown`.
pub(super) fn config(text: &str, folder: &Path, shown: &str) -> Result<Config, Error> {
    let reader = Reader { text, lines: LineIndex::new(text), folder, shown };
    let table = DeTable::parse(text).map_err(|error| reader.no_toml(&error))?;
    let mut config =
        Config { path: Some(shown.to_owned()), folder: Some(folder.to_path_buf()), ..Config::default() };
    for (key, value) in table.get_ref() {
        let name = key.get_ref().as_ref();
        config.origins.insert(name.to_owned(), reader.origin(key));
        match name {
            "baseline" => {
                let file = reader.word(value, "the path of a baseline in quotes")?;
                config.baseline = Some(folder.join(file));
            }
            "exclude" => config.exclude = reader.patterns(value)?,
            "fail-on" => config.fail_on = reader.fail_on(value)?,
            "min-confidence" => config.min_confidence = reader.confidence(value)?,
            "overrides" => config.overrides = reader.overrides(value)?,
            "project" => reader.project(value, &mut config)?,
            "reporters" => reader.reporters(value, &mut config)?,
            "rules" => {
                for (key, setting) in reader.rules(value)? {
                    let id = key.get_ref().to_string();
                    config.origins.insert(format!("rules.{id}"), reader.origin(key));
                    config.rules.insert(id, setting);
                }
            }
            _ => return Err(reader.unknown(key, KEYS)),
        }
    }
    Ok(config)
}

/// The text of a configuration file, to say where something is wrong.
struct Reader<'a> {
    text: &'a str,
    lines: LineIndex,
    folder: &'a Path,
    shown: &'a str,
}

impl Reader<'_> {
    fn error(&self, span: Range<usize>, text: &str) -> Error {
        let place = self.lines.chars(span.start as u32, self.text);
        let line = self.lines.line_span(place.line, self.text);
        let line = self.text.get(line.start as usize..line.end as usize).unwrap_or_default();
        let marked = self.text.get(span).unwrap_or_default().lines().next().unwrap_or_default();
        Error::Config {
            place: format!("{}:{}:{}", self.shown, place.line, place.column),
            text: text.lines().collect::<Vec<_>>().join(", "),
            excerpt: Excerpt::new(place, line, marked.chars().count()),
        }
    }

    fn no_toml(&self, error: &toml::de::Error) -> Error {
        let span = error.span().unwrap_or_default();
        let text = match error.message() {
            text if !text.starts_with("string values must be quoted") => text,
            _ if span.is_empty() => "a value is missing here",
            _ => "a text stands in quotes",
        };
        self.error(span, text)
    }

    fn origin(&self, key: &Spanned<DeString<'_>>) -> Origin {
        Origin::Line(self.lines.line(key.span().start as u32))
    }

    fn unknown(&self, key: &Spanned<DeString<'_>>, known: &[&str]) -> Error {
        let name = key.get_ref();
        let meant = match did_you_mean(name, known.iter().copied()) {
            meant if meant.is_empty() => format!("; known are `{}`", known.join("`, `")),
            meant => meant,
        };
        self.error(key.span(), &format!("unknown key {}{meant}", quoted(name)))
    }

    fn wrong(&self, value: &Value<'_>, wanted: &str) -> Error {
        let written = quoted(self.text.get(value.span()).unwrap_or_default());
        self.error(value.span(), &format!("expected {wanted}, found {written}"))
    }

    fn string<'v>(&self, value: &'v Value<'_>, wanted: &str) -> Result<&'v str, Error> {
        value.get_ref().as_str().ok_or_else(|| self.wrong(value, wanted))
    }

    /// A string that says something.
    fn word<'v>(&self, value: &'v Value<'_>, wanted: &str) -> Result<&'v str, Error> {
        let word = self.string(value, wanted)?;
        if word.trim().is_empty() { Err(self.wrong(value, wanted)) } else { Ok(word) }
    }

    fn strings(&self, value: &Value<'_>, wanted: &str) -> Result<Vec<String>, Error> {
        let array = value.get_ref().as_array().ok_or_else(|| self.wrong(value, wanted))?;
        array.iter().map(|item| self.word(item, "the name of a method").map(ToOwned::to_owned)).collect()
    }

    fn array<'v, 'i>(&self, value: &'v Value<'i>, wanted: &str) -> Result<&'v [Value<'i>], Error> {
        value.get_ref().as_array().map(|array| &**array).ok_or_else(|| self.wrong(value, wanted))
    }

    fn table<'v, 'i>(&self, value: &'v Value<'i>, wanted: &str) -> Result<&'v DeTable<'i>, Error> {
        value.get_ref().as_table().ok_or_else(|| self.wrong(value, wanted))
    }

    fn fail_on(&self, value: &Value<'_>) -> Result<FailOn, Error> {
        const WANTED: &str = "\"error\", \"warning\", \"note\" or \"never\"";
        match self.string(value, WANTED)? {
            "never" => Ok(FailOn::Never),
            word => level(word).map(FailOn::Level).ok_or_else(|| self.wrong(value, WANTED)),
        }
    }

    fn confidence(&self, value: &Value<'_>) -> Result<Confidence, Error> {
        const WANTED: &str = "\"low\", \"medium\" or \"high\"";
        let word = self.string(value, WANTED)?;
        let known = CONFIDENCES.into_iter().find(|confidence| confidence.word() == word);
        known.ok_or_else(|| self.wrong(value, WANTED))
    }

    fn patterns(&self, value: &Value<'_>) -> Result<Patterns, Error> {
        const WANTED: &str = "a list of patterns, such as [\"Generated/\"]";
        let mut builder = GitignoreBuilder::new(self.folder);
        let mut written = Vec::new();
        for item in self.array(value, WANTED)? {
            let pattern = self.word(item, "a pattern in quotes")?;
            if has_open_class(pattern) {
                let text = format!("{}: a `[` is not closed; `\\\\[` stands for one", quoted(pattern));
                return Err(self.error(item.span(), &text));
            }
            let bare = pattern.trim_start_matches('!');
            if bare.starts_with("./") || bare.starts_with("../") {
                let text = format!(
                    "{}: a pattern begins in the folder of this file, without `./` or `../`",
                    quoted(pattern)
                );
                return Err(self.error(item.span(), &text));
            }
            builder.add_line(None, pattern).map_err(|error| self.error(item.span(), &error.to_string()))?;
            written.push(pattern.to_owned());
        }
        let matcher = builder.build().map_err(|error| self.error(value.span(), &error.to_string()))?;
        Ok(Patterns { written, matcher })
    }

    fn rules<'v, 'i>(
        &self,
        value: &'v Value<'i>,
    ) -> Result<Vec<(&'v Spanned<DeString<'i>>, RuleSetting)>, Error> {
        const WANTED: &str = "\"error\", \"warning\", \"note\", \"on\" or \"off\"";
        let mut settings = Vec::new();
        for (key, value) in self.table(value, "a table of rules")? {
            if !is_rule(key.get_ref()) {
                return Err(self.error(key.span(), &unknown_rule(key.get_ref())));
            }
            let setting = match self.string(value, WANTED)? {
                "off" => RuleSetting::Off,
                "on" => RuleSetting::On,
                word => RuleSetting::Level(level(word).ok_or_else(|| self.wrong(value, WANTED))?),
            };
            settings.push((key, setting));
        }
        Ok(settings)
    }

    fn overrides(&self, value: &Value<'_>) -> Result<Vec<Override>, Error> {
        let mut overrides = Vec::new();
        for entry in self.array(value, "[[overrides]]")? {
            let (mut paths, mut rules) = (None, None);
            for (key, value) in self.table(entry, "a table with `paths` and `rules`")? {
                match key.get_ref().as_ref() {
                    "paths" => {
                        let patterns = self.patterns(value)?;
                        if patterns.written.is_empty() {
                            return Err(self.wrong(value, "patterns of the files that the override is for"));
                        }
                        paths = Some(patterns);
                    }
                    "rules" => rules = Some(self.rules(value)?),
                    _ => return Err(self.unknown(key, OVERRIDE_KEYS)),
                }
            }
            let missing = |key: &str| self.error(entry.span(), &format!("the override has no `{key}`"));
            let rules = rules.ok_or_else(|| missing("rules"))?;
            overrides.push(Override {
                paths: paths.ok_or_else(|| missing("paths"))?,
                rules: rules.iter().map(|(id, setting)| (id.get_ref().to_string(), *setting)).collect(),
                line: self.lines.line(entry.span().start as u32),
            });
        }
        Ok(overrides)
    }

    fn reporters(&self, value: &Value<'_>, config: &mut Config) -> Result<(), Error> {
        const MEANS: &str = "\"reports\", \"never\" or \"calls-back\"";
        // What was listed before, without what comes with pushlint, over which these win.
        let mut listed = Vocabulary::default();
        for (at, entry) in self.array(value, "[[reporters]]")?.iter().enumerate() {
            let (mut call, mut means, mut methods) = (None, None, Vec::new());
            let (mut call_span, mut methods_span) = (entry.span(), None);
            for (key, value) in self.table(entry, "a table with `call` and `means`")? {
                match key.get_ref().as_ref() {
                    "call" => {
                        call = Some(self.word(value, "a call, such as \"Calls.show(_:)\"")?);
                        call_span = value.span();
                    }
                    "means" => {
                        let word = self.string(value, MEANS)?;
                        if !matches!(word, "reports" | "never" | "calls-back") {
                            return Err(self.wrong(value, MEANS));
                        }
                        means = Some(word);
                    }
                    "methods" => {
                        methods = self.strings(value, "a list of methods")?;
                        methods_span = Some(value.span());
                    }
                    _ => return Err(self.unknown(key, REPORTER_KEYS)),
                }
            }
            let missing = |key: &str| self.error(entry.span(), &format!("the reporter has no `{key}`"));
            let (call, means) =
                (call.ok_or_else(|| missing("call"))?, means.ok_or_else(|| missing("means"))?);
            if means == "calls-back" && methods.is_empty() {
                return Err(missing("methods"));
            }
            let line = Origin::Line(self.lines.line(entry.span().start as u32));
            config.origins.insert(format!("reporters.{at}"), line);
            let reporter = UserReporter {
                call: call.into(),
                means: means.into(),
                methods: methods.into_iter().map(Into::into).collect(),
            };
            listed.add_user(std::slice::from_ref(&reporter)).map_err(|error| {
                let span = match &error {
                    VocabularyError::Meaning { .. } => methods_span.unwrap_or(call_span),
                    _ => call_span,
                };
                self.error(span, &error.to_string())
            })?;
            config.settings.reporters.push(reporter);
        }
        Ok(())
    }

    fn project(&self, value: &Value<'_>, config: &mut Config) -> Result<(), Error> {
        const WANTED: &str = "an iOS version, such as \"15.0\"";
        for (key, value) in self.table(value, "a table with `deployment-target`")? {
            match key.get_ref().as_ref() {
                "deployment-target" => {
                    let version = self.string(value, WANTED)?;
                    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
                    let parsed = major.parse().ok().zip(minor.parse().ok());
                    config.settings.deployment_target =
                        Some(parsed.ok_or_else(|| self.wrong(value, WANTED))?);
                    config.origins.insert("project.deployment-target".to_owned(), self.origin(key));
                }
                _ => return Err(self.unknown(key, PROJECT_KEYS)),
            }
        }
        Ok(())
    }
}

/// Whether a `[` of a pattern has no `]`: git takes it for a letter then, and nobody means that.
fn has_open_class(pattern: &str) -> bool {
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '[' => {
                letters.next_if(|next| matches!(next, '!' | '^'));
                // The first one is a letter of the class.
                letters.next_if_eq(&']');
                if !letters.any(|next| next == ']') {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

fn level(word: &str) -> Option<Level> {
    LEVELS.into_iter().find(|level| level.word() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        config(text, Path::new("/app"), "pushlint.toml").map_err(|error| error.to_string())
    }

    #[test]
    fn everything_that_can_be_said_is_understood() {
        let config = parse(
            r#"
            fail-on = "error"
            min-confidence = "medium"
            exclude = ["Generated/**", "*.pb.swift"]

            [rules]
            missing-call-report = "warning"
            unseen-call-report = "off"

            [[overrides]]
            paths = ["Legacy/"]
            rules = { unseen-call-report = "on" }

            [[reporters]]
            call = "Calls.show(_:)"
            means = "reports"

            [project]
            deployment-target = "15.4"
            "#,
        )
        .unwrap();
        assert_eq!(config.fail_on, FailOn::Level(Level::Error));
        assert_eq!(config.min_confidence, Confidence::Medium);
        assert!(config.excludes(Path::new("/app/Generated/A/B.swift")));
        assert!(config.excludes(Path::new("/app/Sources/C.pb.swift")));
        assert!(!config.excludes(Path::new("/app/Sources/C.swift")));
        assert!(!config.excludes(Path::new("/other/Generated/B.swift")));
        assert_eq!(config.rule("unseen-call-report"), RuleSetting::Off);
        assert_eq!(config.rule_in("unseen-call-report", Path::new("/app/Legacy/A.swift")), RuleSetting::On);
        assert_eq!(config.settings.reporters[0].call, "Calls.show(_:)");
        assert_eq!(config.settings.deployment_target, Some((15, 4)));
        for (key, line) in [
            ("fail-on", 2),
            ("exclude", 4),
            ("rules.unseen-call-report", 8),
            ("reporters", 14),
            ("project.deployment-target", 19),
        ] {
            assert_eq!(config.origin(key), Origin::Line(line), "{key}");
        }
        assert_eq!(config.origin("rules.deferred-call-report"), Origin::Default);
    }

    #[test]
    fn what_means_nothing_is_shown_at_its_place() {
        for (text, error) in [
            (
                "\n  exlude = []",
                "pushlint.toml:2:3: unknown key `exlude`; did you mean `exclude`?\n  \
                 2 |   exlude = []\n    |   ^^^^^^",
            ),
            (
                "[rules]\nmising-call-report = \"off\" # \u{fc}ber",
                "pushlint.toml:2:1: unknown rule `mising-call-report`; did you mean `missing-call-report`?\n  \
                 2 | mising-call-report = \"off\" # \u{fc}ber\n    | ^^^^^^^^^^^^^^^^^^",
            ),
            (
                "[project]\r\n\ttarget = 1\r\n",
                "pushlint.toml:2:2: unknown key `target`; known are `deployment-target`\n  \
                 2 |  target = 1\n    |  ^^^^^^",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), error);
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_the_first_line() {
        for (text, error) in [
            (
                "fail-on = \"eror\"",
                "pushlint.toml:1:11: expected \"error\", \"warning\", \"note\" or \"never\", found `\"eror\"`",
            ),
            ("[[reporters]]\ncall = \"a\"", "pushlint.toml:1:1: the reporter has no `means`"),
            ("[[overrides]]\npaths = [\"a\"]", "pushlint.toml:1:1: the override has no `rules`"),
            ("[[overrides]]\nrules = {}", "pushlint.toml:1:1: the override has no `paths`"),
            ("[overrides]\npaths = []", "pushlint.toml:1:1: expected [[overrides]], found `[overrides]`"),
            ("exclude = [\"a\", 1]", "pushlint.toml:1:17: expected a pattern in quotes, found `1`"),
            (
                "[project]\ndeployment-target = 15",
                "pushlint.toml:2:21: expected an iOS version, such as \"15.0\", found `15`",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().lines().next(), Some(error));
        }
        assert!(parse("fail-on = ").unwrap_err().starts_with("pushlint.toml:1:"));
    }
}
