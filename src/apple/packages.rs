//! Swift packages that lie beside an Xcode project: what their manifests offer to its targets.
//!
//! A manifest is a program; it is read as text, by the few words that matter. A product stands for all sources of its
//! package.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::files::{Files, lexical};
use super::target::Target;

/// Packages that are read at most: one may refer to others.
const MAX_PACKAGES: usize = 100;

/// The products of the packages in these folders, and of those that they refer to, as libraries.
pub(super) fn products(folders: Vec<PathBuf>, files: &mut Files) -> Vec<Target> {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut open = folders;
    let mut products = Vec::new();
    while let Some(folder) = open.pop() {
        if seen.len() >= MAX_PACKAGES || !seen.insert(folder.clone()) {
            continue;
        }
        let Some(manifest) = files.text(&folder.join("Package.swift")) else { continue };
        let needs: BTreeSet<String> =
            texts_after(&manifest, ".product(").chain(texts_after(&manifest, ".byName(")).collect();
        let offered = texts_after(&manifest, ".library(");
        products.extend(offered.map(|name| Target::of_package(name, needs.clone(), &folder)));
        open.extend(paths(&manifest).map(|path| lexical(&folder.join(path))));
    }
    products.sort_by(|a, b| a.name.cmp(&b.name));
    products
}

/// The first text in the parentheses of each call: its name.
fn texts_after<'t>(manifest: &'t str, call: &'t str) -> impl Iterator<Item = String> + 't {
    manifest.split(call).skip(1).filter_map(first_text).map(ToOwned::to_owned)
}

/// `.package(name: "Calls", path: "../Calls")`
fn paths(manifest: &str) -> impl Iterator<Item = &Path> {
    let calls = manifest.split(".package(").skip(1);
    let inside = calls.filter_map(|call| call.split(')').next());
    inside.filter_map(|inside| first_text(inside.split_once("path:")?.1)).map(Path::new)
}

fn first_text(code: &str) -> Option<&str> {
    code.split('"').nth(1)
}
