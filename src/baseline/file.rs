//! The file of a baseline: TOML, an entry for each line with findings, sorted, so that a change of it can be
//! read and merged.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Baseline, Key, Known};
use crate::error::Error;
use crate::source::LineIndex;

/// The version of the form. Another one is refused, not guessed at.
const VERSION: i64 = 1;

/// The way out of every baseline that cannot be understood.
const ANEW: &str = "remove it and write it anew with `pushlint baseline write`";

/// What to say of a file that has nothing of a baseline: nobody is to remove it.
const NONE: &str =
    "is no baseline; name one that `pushlint baseline write` wrote, or let it write a new file";

const HEAD: &str = "\
# What pushlint found when it was taken up here, and does not report again. A finding is recognised by its rule,
# its file and the text of its line. Written by `pushlint baseline write`; `pushlint baseline prune` takes out
# what is gone.
";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: i64,
    #[serde(default, rename = "finding", skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    rule: String,
    line: String,
    /// How many findings look like this.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: u32,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_one(count: &u32) -> bool {
    *count == 1
}

impl Baseline {
    /// Reads a baseline. `shown` is its path for messages.
    pub fn read(path: &Path, shown: &str) -> Result<Self, Error> {
        let text = crate::read::text(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Error::Baseline {
                place: shown.to_owned(),
                text: "is not there; `pushlint baseline write` writes it".to_owned(),
            },
            io::ErrorKind::InvalidData => Error::Baseline { place: shown.to_owned(), text: NONE.to_owned() },
            _ => Error::Read { path: shown.to_owned(), source },
        })?;
        Self::parse(&text, shown)
    }

    /// Reads the text of a baseline. `shown` is its path for messages.
    pub fn parse(text: &str, shown: &str) -> Result<Self, Error> {
        Ok(Self { shown: shown.to_owned(), known: Known::parse(text, shown)? })
    }
}

impl Known {
    fn parse(text: &str, shown: &str) -> Result<Self, Error> {
        let none = || Error::Baseline { place: shown.to_owned(), text: NONE.to_owned() };
        let is_one = text.lines().any(|line| line == "[[finding]]" || line == "version = 1");
        let broken = |error: &toml::de::Error| {
            if !is_one {
                return none();
            }
            let place = error.span().map_or_else(
                || shown.to_owned(),
                |span| {
                    let place = LineIndex::new(text).chars(span.start as u32, text);
                    format!("{shown}:{}:{}", place.line, place.column)
                },
            );
            let text = error.message().lines().collect::<Vec<_>>().join(", ");
            Error::Baseline { place, text: format!("{text}; mend it, or {ANEW}") }
        };
        // The version first: what another version writes may look broken to this one.
        let table: toml::Table = toml::from_str(text).map_err(|error| broken(&error))?;
        match table.get("version").and_then(toml::Value::as_integer) {
            Some(VERSION) => {}
            Some(other) => {
                return Err(Error::Baseline {
                    place: shown.to_owned(),
                    text: format!(
                        "is a baseline of version {other}, and this pushlint knows version {VERSION}; update \
                         pushlint, or {ANEW}"
                    ),
                });
            }
            None if is_one => {
                return Err(Error::Baseline {
                    place: shown.to_owned(),
                    text: format!("does not say `version = {VERSION}`; {ANEW}"),
                });
            }
            None => return Err(none()),
        }
        let document: Document = toml::from_str(text).map_err(|error| broken(&error))?;
        let mut known = Self::default();
        for Entry { path, rule, line, count } in document.findings {
            known.add(Key { path, rule, line }, count as usize);
        }
        Ok(known)
    }

    /// The text of the file.
    fn text(&self) -> Result<String, toml::ser::Error> {
        let findings = self.counts.iter().map(|(key, count)| Entry {
            path: key.path.clone(),
            rule: key.rule.clone(),
            line: key.line.clone(),
            count: u32::try_from(*count).unwrap_or(u32::MAX),
        });
        let document = Document { version: VERSION, findings: findings.collect() };
        Ok(format!("{HEAD}{}", toml::to_string(&document)?))
    }

    /// Writes the file: the old one is replaced by a whole new one, or stays.
    pub fn write(&self, path: &Path, shown: &str) -> Result<(), Error> {
        let text = self
            .text()
            .map_err(|error| Error::Baseline { place: shown.to_owned(), text: error.to_string() })?;
        crate::replace::replace(path, &mut |out| out.write_all(text.as_bytes()))
            .map_err(|source| Error::Write { path: shown.to_owned(), source })
    }
}
