//! Finding where a launch begins: `App` structs, app delegates, plugins.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Unit;
use super::timeline::RootKind;
use crate::analysis::graph::plugin_entries;
use crate::facts::{TypeDeclKind, TypeOutline};
use crate::program::{FunctionRef, Program, TypeIndex};

/// The start of one app.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) kind: RootKind,
    pub(super) app: Option<TypeIndex>,
    pub(super) delegate: Option<TypeIndex>,
    pub(super) plugin: Option<(TypeIndex, FunctionRef)>,
}

impl Start {
    pub(super) fn types(&self) -> Vec<TypeIndex> {
        self.app.into_iter().chain(self.delegate).chain(self.plugin.map(|(ty, _)| ty)).collect()
    }
}

/// The starts of all apps of a unit; of its plugins where it has no app; else one of which nothing is known.
pub(super) fn starts(unit: &Unit<'_>) -> Vec<Start> {
    let mut starts = apps(unit.program);
    if starts.is_empty() {
        let plugin = |entry| Start { kind: RootKind::Plugin, app: None, delegate: None, plugin: Some(entry) };
        starts.extend(plugin_entries(unit.program).into_iter().map(plugin));
    }
    if starts.is_empty() {
        starts.push(Start { kind: RootKind::Nothing, app: None, delegate: None, plugin: None });
    }
    starts
}

/// The starts of the apps in the source.
pub(super) fn apps(program: &Program) -> Vec<Start> {
    let is_entry = |ty: TypeIndex| {
        let first = program.ty(ty).decls.first();
        first.and_then(|(file, id)| program.outline(*file, *id)).is_some_and(TypeOutline::is_entry_point)
    };
    let mut starts = Vec::new();
    let mut delegates: BTreeSet<TypeIndex> = BTreeSet::new();
    for (ty, facts) in program.types() {
        let is_app = facts.supertypes.iter().any(|parent| parent.outside_name() == Some("App"));
        if facts.is_test || !is_app {
            continue;
        }
        let delegate = adaptor(program, ty);
        if is_entry(ty) || delegate.is_some() {
            delegates.extend(delegate);
            starts.push(Start { kind: RootKind::App, app: Some(ty), delegate, plugin: None });
        }
    }
    for (ty, facts) in program.types() {
        let is_class = facts.kind == TypeDeclKind::Class && !facts.is_test;
        if !is_class || delegates.contains(&ty) || !is_app_delegate(program, ty) {
            continue;
        }
        // One that the project constructs or inherits from is a part of another one.
        let is_part = !is_entry(ty) && (!program.calls(&facts.name).is_empty() || !facts.subtypes.is_empty());
        if !is_part {
            starts.push(Start { kind: RootKind::App, app: None, delegate: Some(ty), plugin: None });
        }
    }
    starts
}

/// Whether the system, or a framework's app delegate, calls a type as the app delegate.
pub(super) fn is_app_delegate(program: &Program, ty: TypeIndex) -> bool {
    let is_delegate = |name: &&str| {
        matches!(
            *name,
            "UIApplicationDelegate"
                | "NSApplicationDelegate"
                | "WKExtensionDelegate"
                | "WKApplicationDelegate"
        ) || name.contains("AppDelegate")
            || name.ends_with("ApplicationDelegate")
    };
    program.outside_ancestors(ty).iter().any(is_delegate)
}

/// The app delegate that an `App` struct names: `@UIApplicationDelegateAdaptor(AppDelegate.self)`.
fn adaptor(program: &Program, app: TypeIndex) -> Option<TypeIndex> {
    let mut properties = program.members(app);
    properties.sort();
    properties.into_iter().find_map(|at| {
        let property = program.property(at);
        let attribute =
            property.attributes.iter().find(|attribute| attribute.name.ends_with("DelegateAdaptor"))?;
        let named = attribute.arguments.trim().strip_suffix(".self").map(str::trim);
        let path = named.map(SmolStr::new);
        let by_argument = path.and_then(|path| {
            let name = path.rsplit('.').next().unwrap_or(&path);
            program.nearest_type(name, &path, at.file)
        });
        by_argument.or_else(|| program.type_of_property(at).and_then(|ty| ty.project()))
    })
}
