//! `apis.toml` and the user's `[[reporters]]`, read into a [`Vocabulary`].

use std::collections::HashMap;

use serde::Deserialize;
use smol_str::SmolStr;

use super::pattern::{Owner, Pattern};
use super::{Basis, Entry, Loses, Meaning, Names, Rule, Setup, SetupId, Unlisted, Vocabulary, Waits};
use crate::unit::UserReporter;

/// Why a vocabulary cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VocabularyError {
    /// The embedded file is not what it should be.
    #[error("apis.toml: {0}")]
    Data(#[from] toml::de::Error),
    /// The text of a call has not the form of a pattern.
    #[error("`{call}`: {why}")]
    Call {
        /// The text.
        call: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The meaning of an entry does not go with the rest of it.
    #[error("`{name}`: {why}")]
    Meaning {
        /// The entry's name, or the user's call.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// Two entries speak of the same call.
    #[error("`{call}` is listed twice")]
    Twice {
        /// The text.
        call: String,
    },
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    apple: AppleNames,
    harmless: Vec<HarmlessModule>,
    entry: Vec<FileEntry>,
    setup: Vec<FileSetup>,
    unlisted: Vec<Unlisted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppleNames {
    modules: Vec<SmolStr>,
    prefixes: Vec<SmolStr>,
    types: Vec<SmolStr>,
    open: Vec<SmolStr>,
    foreign: Vec<SmolStr>,
    reporters: Vec<SmolStr>,
    registries: Vec<SmolStr>,
    report_checks: Vec<SmolStr>,
    permissions: Vec<SmolStr>,
    values: Vec<SmolStr>,
    leaves: Vec<SmolStr>,
    changing: Vec<SmolStr>,
    shortening: Vec<SmolStr>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HarmlessModule {
    module: SmolStr,
    #[serde(default)]
    types: Vec<SmolStr>,
    #[serde(default)]
    functions: Vec<SmolStr>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    name: SmolStr,
    means: Means,
    basis: Basis,
    calls: Vec<String>,
    #[serde(default)]
    distinct: bool,
    #[serde(default)]
    any_receiver: bool,
    #[serde(default)]
    after: Vec<SmolStr>,
    #[serde(default)]
    methods: Vec<SmolStr>,
    why: Option<SmolStr>,
    hint: Option<SmolStr>,
    waits: Option<Waits>,
    identifier: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSetup {
    of: Vec<SmolStr>,
    basis: Basis,
    calls: Vec<String>,
    until: SmolStr,
    loses: Loses,
}

/// The words for a meaning.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Means {
    Reports,
    ReportsAsync,
    PresumedReport,
    CallsBackNow,
    CallsBack,
    Never,
    RunsNow,
    RunsMaybe,
    RunsLater,
    Diverges,
    OwnsRegistry,
    Posts,
    Finishes,
    Answers,
    Activates,
    Harmless,
    Unknown,
}

/// Reads the embedded file.
pub(super) fn load(text: &str) -> Result<Vocabulary, VocabularyError> {
    let file: File = toml::from_str(text)?;
    let mut vocabulary = Vocabulary {
        entries: Vec::with_capacity(file.entry.len() + file.harmless.len()),
        rules: HashMap::new(),
        every_method: HashMap::new(),
        names: Names {
            modules: file.apple.modules.into_iter().collect(),
            prefixes: file.apple.prefixes,
            types: file.apple.types.into_iter().collect(),
            open: file.apple.open.into_iter().collect(),
            foreign: file.apple.foreign.into_iter().collect(),
            reporters: file.apple.reporters,
            registries: file.apple.registries,
            report_checks: file.apple.report_checks,
            permissions: file.apple.permissions,
            values: file.apple.values,
            leaves: file.apple.leaves,
            changing: file.apple.changing,
            shortening: file.apple.shortening,
            harmless: HashMap::new(),
        },
        setups: Vec::new(),
        unlisted: file.unlisted,
    };
    for entry in file.entry {
        let meaning = meaning_of(&entry)?;
        let index = vocabulary.entries.len();
        for call in &entry.calls {
            let pattern = parse(call)?;
            vocabulary.add(
                Rule {
                    pattern,
                    entry: index,
                    is_distinct: entry.distinct,
                    any_receiver: entry.any_receiver,
                    after: entry.after.clone(),
                    is_users: false,
                },
                call,
            )?;
        }
        vocabulary.entries.push(Entry {
            name: entry.name,
            basis: entry.basis,
            hint: entry.hint,
            waits: entry.waits,
            identifier: entry.identifier,
            setup: None,
            meaning,
        });
    }
    for module in file.harmless {
        let index = vocabulary.entries.len();
        for function in module.functions {
            let pattern = parse(&function)?;
            let rule = Rule {
                pattern,
                entry: index,
                is_distinct: false,
                any_receiver: false,
                after: Vec::new(),
                is_users: false,
            };
            vocabulary.add(rule, &function)?;
        }
        for ty in module.types {
            if vocabulary.names.harmless.insert(ty.clone(), index).is_some() {
                return Err(VocabularyError::Twice { call: ty.to_string() });
            }
        }
        vocabulary.entries.push(Entry {
            name: module.module,
            basis: Basis::Docs,
            hint: None,
            waits: None,
            identifier: None,
            setup: None,
            meaning: Some(Meaning::Harmless),
        });
    }
    for setup in file.setup {
        add_setup(&mut vocabulary, setup)?;
    }
    Ok(vocabulary)
}

/// Adds what the reports of some entries need.
fn add_setup(vocabulary: &mut Vocabulary, setup: FileSetup) -> Result<(), VocabularyError> {
    let id = SetupId(vocabulary.setups.len());
    for name in &setup.of {
        let reports = |entry: &&mut Entry| {
            entry.name == *name && matches!(entry.meaning, Some(Meaning::Reports { .. }))
        };
        let Some(entry) = vocabulary.entries.iter_mut().find(reports) else {
            let why = "nothing of this name reports, so that nothing needs to be set up".to_owned();
            return Err(VocabularyError::Meaning { name: name.to_string(), why });
        };
        entry.setup = Some(id);
    }
    let calls = setup.calls.iter().map(|call| parse(call)).collect::<Result<_, _>>()?;
    let FileSetup { of, basis, until, loses, .. } = setup;
    vocabulary.setups.push(Setup { of, basis, until, loses, calls });
    Ok(())
}

/// Adds the user's entries, which win over all others.
pub(super) fn add_user(
    vocabulary: &mut Vocabulary,
    reporters: &[UserReporter],
) -> Result<(), VocabularyError> {
    for reporter in reporters {
        let mut pattern = parse(&reporter.call)?;
        if pattern.owner == Owner::Any {
            let why = "nothing stands before the dot; without it, the method of any type is meant";
            return Err(VocabularyError::Call { call: reporter.call.to_string(), why });
        }
        // `method(labels:)` of a user means the method of anything as well as the function.
        if pattern.owner == Owner::Free && !starts_upper(pattern.name.as_deref().unwrap_or_default()) {
            pattern.owner = Owner::Any;
        }
        let fail =
            |why: &str| VocabularyError::Meaning { name: reporter.call.to_string(), why: why.to_owned() };
        if reporter.means != "calls-back" && !reporter.methods.is_empty() {
            return Err(fail("`methods` goes with `means = \"calls-back\"` only"));
        }
        let meaning = match reporter.means.as_str() {
            "reports" => Meaning::Reports { is_proved: true, is_async: false },
            "never" => Meaning::Harmless,
            "calls-back" if reporter.methods.is_empty() => {
                return Err(fail("`calls-back` needs `methods`: which methods of the app it calls"));
            }
            "calls-back" => {
                check_methods(&reporter.call, &reporter.methods)?;
                Meaning::CallsBack { methods: reporter.methods.clone(), is_synchronous: true }
            }
            other => {
                return Err(fail(&format!(
                    "means `{other}`, but only `reports`, `never` and `calls-back` exist"
                )));
            }
        };
        let entry = vocabulary.entries.len();
        // With its labels it is told from other calls where the receiver's type is unknown.
        let is_distinct = pattern.labels.is_some();
        let rule =
            Rule { pattern, entry, is_distinct, any_receiver: true, after: Vec::new(), is_users: true };
        vocabulary.add(rule, &reporter.call)?;
        vocabulary.entries.push(Entry {
            name: reporter.call.clone(),
            basis: Basis::User,
            hint: None,
            waits: None,
            identifier: None,
            setup: None,
            meaning: Some(meaning),
        });
    }
    Ok(())
}

fn parse(call: &str) -> Result<Pattern, VocabularyError> {
    Pattern::parse(call).map_err(|why| VocabularyError::Call { call: call.to_owned(), why })
}

/// A method that is called back is a base name with labels, nothing else.
fn check_methods(name: &str, methods: &[SmolStr]) -> Result<(), VocabularyError> {
    for method in methods {
        if !Pattern::parse(method).is_ok_and(|p| p.owner == Owner::Free && p.labels.is_some()) {
            return Err(VocabularyError::Meaning {
                name: name.to_owned(),
                why: format!("the method `{method}` has not the form `name(label:_:)`"),
            });
        }
    }
    Ok(())
}

fn meaning_of(entry: &FileEntry) -> Result<Option<Meaning>, VocabularyError> {
    let fail = |why: &str| VocabularyError::Meaning { name: entry.name.to_string(), why: why.to_owned() };
    let calls_back = matches!(entry.means, Means::CallsBack | Means::CallsBackNow);
    if calls_back == entry.methods.is_empty() {
        return Err(fail("`methods` goes with calling back, and calling back with `methods`"));
    }
    if (entry.means == Means::Never) != entry.why.is_some() {
        return Err(fail("`why` goes with `never`, and `never` with `why`"));
    }
    check_methods(&entry.name, &entry.methods)?;
    Ok(match entry.means {
        Means::Reports => Some(Meaning::Reports { is_proved: true, is_async: false }),
        Means::ReportsAsync => Some(Meaning::Reports { is_proved: true, is_async: true }),
        Means::PresumedReport => Some(Meaning::Reports { is_proved: false, is_async: false }),
        Means::CallsBack | Means::CallsBackNow => Some(Meaning::CallsBack {
            methods: entry.methods.clone(),
            is_synchronous: entry.means == Means::CallsBackNow,
        }),
        Means::Never => Some(Meaning::TakenForReport(entry.why.clone().unwrap_or_default())),
        Means::RunsNow => Some(Meaning::RunsNow { is_certain: true }),
        Means::RunsMaybe => Some(Meaning::RunsNow { is_certain: false }),
        Means::RunsLater => Some(Meaning::RunsLater),
        Means::Diverges => Some(Meaning::Diverges),
        Means::OwnsRegistry => Some(Meaning::OwnsRegistry),
        Means::Posts => Some(Meaning::Posts),
        Means::Finishes => Some(Meaning::Finishes),
        Means::Answers => Some(Meaning::Answers),
        Means::Activates => Some(Meaning::Activates),
        Means::Harmless => Some(Meaning::Harmless),
        Means::Unknown => None,
    })
}

pub(super) fn starts_upper(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}
