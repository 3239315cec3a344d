//! The apps that ask for VoIP pushes, and what their project files lack. Where no app target compiles the code that
//! asks, in a library, a plugin, or an app whose project is not there, there is nothing to say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::context::Context;
use crate::apple::{Configuration, Target};
use crate::finding::Step;
use crate::source::{FileId, Location, Role};

/// An app target with code that asks for VoIP pushes.
pub(super) struct PushApp<'a> {
    pub(super) target: &'a Target,
    /// Where it asks, or where it takes the pushes.
    pub(super) asks: Location,
}

impl PushApp<'_> {
    /// The place where the app asks, for a finding in another file.
    pub(super) fn step(&self) -> Step {
        Step { location: self.asks, text: "the app asks for VoIP pushes here".to_owned() }
    }

    /// The places that lack something, each with the configurations that it is lacking in; `lacks` names the place.
    pub(super) fn lacking(&self, lacks: impl Fn(&Configuration) -> Option<Location>) -> Vec<Lack<'_>> {
        let mut places: BTreeMap<Location, Vec<&str>> = BTreeMap::new();
        let mut consulted = BTreeSet::from([self.asks.file]);
        for configuration in &self.target.configurations {
            consulted.extend(&configuration.consulted);
            if let Some(place) = lacks(configuration) {
                places.entry(place).or_default().push(&configuration.name);
            }
        }
        let all = self.target.configurations.len();
        let lacking: usize = places.values().map(Vec::len).sum();
        let lack = |(place, configurations)| Lack {
            place,
            configurations,
            is_everywhere: lacking == all,
            consulted: consulted.clone(),
        };
        places.into_iter().map(lack).collect()
    }
}

/// A place that lacks something.
pub(super) struct Lack<'a> {
    pub(super) place: Location,
    configurations: Vec<&'a str>,
    /// No configuration of the target has it.
    pub(super) is_everywhere: bool,
    pub(super) consulted: BTreeSet<FileId>,
}

impl Lack<'_> {
    /// Nothing where it is lacking everywhere, else ` in Debug and Profile`.
    pub(super) fn words(&self) -> String {
        let named: Vec<String> = self.configurations.iter().map(|name| format!("`{name}`")).collect();
        match named.split_last() {
            Some((last, [])) if !self.is_everywhere => format!(" in the configuration {last}"),
            Some((last, others)) if !self.is_everywhere => {
                format!(" in the configurations {} and {last}", others.join(", "))
            }
            _ => String::new(),
        }
    }
}

/// The apps of a unit that ask for VoIP pushes, in the order of the projects.
pub(super) fn push_apps<'a>(context: &Context<'a>) -> Vec<PushApp<'a>> {
    if context.duties.is_empty() && context.launch.armed_registries() == 0 {
        return Vec::new();
    }
    let program = context.program;
    let registries = program.calls("PKPushRegistry").iter().map(|site| {
        let span = program.expr(site.call).span;
        (site.call.file, span)
    });
    let handlers = context.duties.iter().map(|duty| {
        let span = program.function(duty.function).name_span;
        (duty.function.file, span)
    });
    let places: BTreeSet<Location> = registries
        .chain(handlers)
        .filter(|(file, _)| program.role(*file) == Role::Own)
        .map(|(file, span)| program.location(file, span))
        .collect();
    let mut apps: Vec<PushApp<'a>> = Vec::new();
    for asks in places {
        let path: &Path = &context.sources.get(asks.file).absolute;
        for target in context.project.apps_with(path) {
            if !apps.iter().any(|app| std::ptr::eq(app.target, target)) {
                apps.push(PushApp { target, asks });
            }
        }
    }
    apps
}
