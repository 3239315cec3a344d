//! What the targets of an Xcode project make of a unit: the code of an extension is another process than the app.

use std::collections::BTreeSet;
use std::path::Path;

use crate::apple::{Product, Project, Target};
use crate::discover::Unit;

/// Takes a unit apart by its targets. The apps that begin in the same files are one part; an extension, and an app for
/// another system, is a part where `matters` says so of what it has for itself alone. A part has what one of its
/// targets compiles, libraries included, and what no target names: packages, and code of which nobody sees who builds
/// it. Where no app is among the targets nothing is taken apart.
pub(super) fn by_target<'f>(
    unit: &Unit,
    project: &Project,
    path_of: impl Fn(usize) -> &'f Path,
    is_entry: impl Fn(usize) -> bool,
    matters: impl Fn(&[usize]) -> bool,
) -> Vec<Unit> {
    let built: Vec<(&Target, Vec<&Target>)> =
        project.built().map(|target| (target, project.parts(target))).collect();
    // For each file, the targets that it is a part of.
    let claims: Vec<(usize, BTreeSet<usize>)> = unit
        .files
        .iter()
        .map(|file| {
            let path = path_of(*file);
            let compile = |parts: &[&Target]| parts.iter().any(|part| part.membership.contains(path));
            let claimed =
                (0..built.len()).filter(|at| built.get(*at).is_some_and(|(_, parts)| compile(parts)));
            (*file, claimed.collect())
        })
        .collect();
    let is_app = |at: &usize| built.get(*at).is_some_and(|(target, _)| target.product == Product::App);
    let is_test = |at: &usize| built.get(*at).is_some_and(|(target, _)| target.product == Product::Test);
    let entries_of = |target: usize| -> BTreeSet<usize> {
        let claimed = claims.iter().filter(|(file, by)| by.contains(&target) && is_entry(*file));
        claimed.map(|(file, _)| *file).collect()
    };
    let is_met = |target: &usize| claims.iter().any(|(_, by)| by.contains(target));
    let mut groups: Vec<(BTreeSet<usize>, BTreeSet<usize>)> = Vec::new();
    for app in (0..built.len()).filter(is_app).filter(is_met) {
        let entries = entries_of(app);
        match groups.iter_mut().find(|(_, known)| *known == entries) {
            Some((group, _)) => drop(group.insert(app)),
            None => groups.push((BTreeSet::from([app]), entries)),
        }
    }
    if groups.is_empty() {
        return vec![unit.clone()];
    }
    let has_for_itself = |target: &usize| {
        let own = claims.iter().filter(|(_, by)| by.contains(target) && !by.iter().any(is_app));
        matters(&own.map(|(file, _)| *file).collect::<Vec<_>>())
    };
    let others = (0..built.len()).filter(|at| !is_app(at) && !is_test(at)).filter(has_for_itself);
    let groups: Vec<BTreeSet<usize>> =
        groups.into_iter().map(|(group, _)| group).chain(others.map(|at| BTreeSet::from([at]))).collect();
    let part = |group: &BTreeSet<usize>| {
        let files = claims.iter().filter(|(_, by)| by.is_empty() || !by.is_disjoint(group));
        Unit { files: files.map(|(file, _)| *file).collect(), ..unit.clone() }
    };
    groups.iter().map(part).collect()
}
