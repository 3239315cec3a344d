//! The apps that ask for VoIP pushes, and what their project files lack. Where no app target compiles the code that
//! asks, in a library, a plugin, or an app whose project is not there, there is nothing to say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::context::Context;
use crate::apple::plist::Kind;
use crate::apple::{Configuration, Entitlements, Product, Target};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::source::{FileId, Location, Role, Span};

/// An app target with code that asks for VoIP pushes.
pub(super) struct PushApp<'a> {
    pub(super) target: &'a Target,
    /// Where it asks, or takes the pushes where it is not seen to ask: the first such place.
    shown: Step,
    /// The files with such places.
    files: BTreeSet<FileId>,
}

impl PushApp<'_> {
    /// What shows that it is such an app, for a finding in another file.
    pub(super) fn step(&self) -> Step {
        self.shown.clone()
    }

    /// The places of the app that lack something in its Info.plist.
    pub(super) fn lacking_info(&self, lacks: impl Fn(&Configuration) -> Option<Location>) -> Vec<Lack<'_>> {
        lacking(self.target, &self.files, Configuration::info_file, lacks)
    }

    /// The places of the app that lack all of these entitlements.
    pub(super) fn lacking_entitlement(&self, keys: &[&str]) -> Vec<Lack<'_>> {
        lacking_entitlement(self.target, &self.files, keys)
    }
}

/// The places of a target that lack all of some entitlements; `why` are the files with the code that needs one.
pub(super) fn lacking_entitlement<'t>(
    target: &'t Target,
    why: &BTreeSet<FileId>,
    keys: &[&str],
) -> Vec<Lack<'t>> {
    lacking(target, why, Configuration::entitlements_file, |configuration| {
        without_entitlement(configuration, keys)
    })
}

/// The places of a target that lack something, each with the configurations that it is lacking in; `lacks` names the
/// place, `asked` the file that is looked into beside the settings, and `why` are the files with the code that needs it.
fn lacking<'t>(
    target: &'t Target,
    why: &BTreeSet<FileId>,
    asked: impl Fn(&Configuration) -> Option<FileId>,
    lacks: impl Fn(&Configuration) -> Option<Location>,
) -> Vec<Lack<'t>> {
    let mut places: BTreeMap<Location, Vec<&str>> = BTreeMap::new();
    let mut consulted = why.clone();
    for configuration in &target.configurations {
        consulted.extend(&configuration.consulted);
        consulted.extend(asked(configuration));
        if let Some(place) = lacks(configuration) {
            places.entry(place).or_default().push(&configuration.name);
        }
    }
    let lacking: usize = places.values().map(Vec::len).sum();
    let is_everywhere = lacking == target.configurations.len();
    let lack =
        |(place, configurations)| Lack { place, configurations, is_everywhere, consulted: consulted.clone() };
    places.into_iter().map(lack).collect()
}

/// Where an entitlement is missing: the dictionary that should hold it, or the target that names no file at all. One
/// that is `false` is missing, too.
fn without_entitlement(configuration: &Configuration, keys: &[&str]) -> Option<Location> {
    match &configuration.entitlements {
        Entitlements::Known(list) => {
            let entry = keys.iter().find_map(|key| list.root.entry(key));
            match entry {
                None => Some(list.at(list.root.span)),
                Some(entry) => (entry.value.kind == Kind::Bool(false)).then(|| list.at(entry.key_span)),
            }
        }
        Entitlements::Unset => Some(configuration.place),
        Entitlements::Unseen => None,
    }
}

/// A place that lacks something.
pub(super) struct Lack<'a> {
    pub(super) place: Location,
    configurations: Vec<&'a str>,
    /// No configuration of the target has it.
    pub(super) is_everywhere: bool,
    consulted: BTreeSet<FileId>,
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

/// What a rule says of a place that lacks something.
pub(super) struct Words<'a> {
    pub(super) rule: &'static str,
    pub(super) level: Level,
    pub(super) confidence: Confidence,
    pub(super) message: String,
    pub(super) label: &'a str,
    pub(super) help: &'a str,
    pub(super) example: &'a str,
}

impl Lack<'_> {
    /// The finding about the place; `related` is the code that needs what is lacking.
    pub(super) fn finding(&self, words: Words<'_>, related: Step) -> Finding {
        Finding {
            rule: words.rule,
            level: words.level,
            confidence: words.confidence,
            message: words.message,
            location: self.place,
            label: words.label.to_owned(),
            related: vec![related],
            steps: Vec::new(),
            help: Some(words.help.to_owned()),
            example: Some(words.example.to_owned()),
            fix: None,
            consulted: self.consulted.clone(),
        }
    }
}

/// The apps of a unit that ask for VoIP pushes, in the order of the projects.
pub(super) fn push_apps<'a>(context: &Context<'a>) -> Vec<PushApp<'a>> {
    if context.duties.is_empty() && context.launch.armed_registries() == 0 {
        return Vec::new();
    }
    let program = context.program;
    let own = |places: &mut dyn Iterator<Item = (u32, Span)>| -> BTreeSet<Location> {
        let own = places.filter(|(file, _)| program.role(*file) == Role::Own);
        own.map(|(file, span)| program.location(file, span)).collect()
    };
    let registries = program.calls("PKPushRegistry").iter().map(|site| site.call);
    let asks = own(&mut registries.map(|call| (call.file, program.expr(call).span)));
    let handlers = context.duties.iter().map(|duty| duty.function);
    let takes = own(&mut handlers.map(|at| (at.file, program.function(at).name_span)));
    let asks = asks.into_iter().map(|location| (location, "the app asks for VoIP pushes here"));
    let takes = takes.into_iter().map(|location| (location, "the app takes VoIP pushes here"));
    let mut apps: Vec<PushApp<'a>> = Vec::new();
    for (location, text) in asks.chain(takes) {
        let path: &Path = &context.sources.get(location.file).absolute;
        for target in context.project.with(path, Product::App) {
            match apps.iter_mut().find(|app| std::ptr::eq(app.target, target)) {
                Some(app) => drop(app.files.insert(location.file)),
                None => apps.push(PushApp {
                    target,
                    shown: Step { location, text: text.to_owned() },
                    files: BTreeSet::from([location.file]),
                }),
            }
        }
    }
    apps
}
