//! The analysis of one unit: the files that are joined by name.

use smol_str::SmolStr;

use crate::analysis::launch::Launch;
use crate::facts::FileFacts;
use crate::finding::Finding;
use crate::program::Program;
use crate::report::Handler;
use crate::rules::context::Context;
use crate::source::Sources;
use crate::{rules, vocabulary};

/// What the user told about the project: the part of the configuration that analyses and rules ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Functions and SDK calls that report, beyond those in the vocabulary.
    pub reporters: Vec<UserReporter>,
    /// The lowest iOS version that the app runs on, major and minor; iOS 13 where unknown.
    pub deployment_target: Option<(u16, u16)>,
}

/// An entry of `[[reporters]]` in `pushlint.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserReporter {
    /// `Type.method`, `Type.method(labels:)`, `method(labels:)`: the form of the vocabulary.
    pub call: SmolStr,
    /// `reports`, `never`, or `calls-back`.
    pub means: SmolStr,
    /// For `calls-back`: the methods of the app that it calls.
    pub methods: Vec<SmolStr>,
}

/// What the analysis of one unit says.
#[derive(Debug, Default)]
pub struct UnitResult {
    /// The findings of all rules, in no order, nothing filtered.
    pub findings: Vec<Finding>,
    /// Its push handlers.
    pub handlers: Vec<Handler>,
    /// How many registries are armed.
    pub registries: usize,
    /// Function bodies on the way that were not understood.
    pub damaged_bodies: usize,
}

/// Joins the facts of a unit and asks every rule.
pub fn analyse(facts: Vec<FileFacts>, sources: &Sources, settings: &Settings) -> UnitResult {
    let program = Program::new(facts, sources);
    let vocabulary = vocabulary::standard();
    let extended = vocabulary.with_user(&settings.reporters);
    let vocabulary = extended.as_ref().unwrap_or(vocabulary);
    let launch = Launch::new(&program, vocabulary, settings);
    let context = Context { program: &program, vocabulary, settings, launch: &launch };
    UnitResult {
        findings: rules::of_the_launch(&context),
        registries: launch.armed_registries(),
        ..UnitResult::default()
    }
}
