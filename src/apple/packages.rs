//! Swift packages: what their manifests offer to the targets of an Xcode project beside them, and which systems they run on.
//!
//! A manifest is a program; it is read as text, by the few words that matter. A product stands for the sources of its
//! targets, and of those that they depend on; where not all of them can be seen, for all sources of its package.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files::Files;
use super::pbxproj::Folder;
use super::target::Target;
use crate::discover::lexical;

/// The name of a manifest.
pub const MANIFEST: &str = "Package.swift";

/// What a package runs on that does not say.
const OLDEST_SYSTEM: (u16, u16) = (12, 0);

/// Packages that are read at most: one may refer to others.
const MAX_PACKAGES: usize = 100;

/// Where a target has its folder, if it does not say.
const SOURCES: [&str; 4] = ["Sources", "Source", "src", "srcs"];

/// The calls that declare a target of a package.
const TARGETS: [&str; 2] = [".target", ".executableTarget"];

/// The calls that name what a target depends on.
const NEEDS: [&str; 2] = [".product", ".byName"];

/// The products of the packages in these folders, and of those that they refer to, as libraries.
pub(super) fn products(folders: Vec<PathBuf>, files: &mut Files) -> Vec<Target> {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut open = folders;
    let mut products = Vec::new();
    while let Some(folder) = open.pop() {
        if seen.len() >= MAX_PACKAGES || !seen.insert(folder.clone()) {
            continue;
        }
        let Some(manifest) = files.text(&folder.join(MANIFEST)) else { continue };
        let package = Package::read(&without_comments(&manifest), &folder);
        products.extend(package.products());
        open.extend(package.packages);
    }
    products.sort_by(|a, b| a.name.cmp(&b.name));
    products
}

/// The lowest iOS version that a package runs on (`.iOS(.v15)`, `.iOS("15.1")`), major and minor; none where it is for other
/// systems only, or the version is no literal.
pub(super) fn oldest_system(manifest: &str) -> Option<(u16, u16)> {
    let manifest = without_comments(manifest);
    let mut named = calls(&manifest, &[".iOS"]).map(|version| match version.trim().strip_prefix(".v") {
        Some(name) => super::target::version(&name.replace('_', ".")),
        None => super::target::version(text(version)?),
    });
    match named.next() {
        Some(first) => named.chain([first]).min().flatten(),
        None => (!manifest.contains("platforms:")).then_some(OLDEST_SYSTEM),
    }
}

/// What a manifest says.
struct Package {
    folder: PathBuf,
    /// The names of the libraries, each with those of its targets.
    libraries: Vec<(String, Vec<String>)>,
    targets: BTreeMap<String, PackageTarget>,
    /// The folders of the packages that it refers to.
    packages: Vec<PathBuf>,
    /// What any of its targets needs.
    needs: BTreeSet<String>,
}

/// A target of a package.
struct PackageTarget {
    folders: Vec<Folder>,
    /// The manifest says where they are.
    is_placed: bool,
    /// Targets of the same package, and products of others.
    needs: BTreeSet<String>,
}

impl Package {
    fn read(manifest: &str, folder: &Path) -> Self {
        let mut targets = BTreeMap::new();
        for call in calls(manifest, &TARGETS) {
            let Some(name) = named(call, "name:") else { continue };
            let path = after(call, "path:").map(text);
            let roots: Vec<PathBuf> = match path {
                Some(path) => path.map(|path| folder.join(path)).into_iter().collect(),
                None => SOURCES.iter().map(|sources| folder.join(sources).join(name)).collect(),
            };
            let folders = roots.iter().flat_map(|root| compiled(root, call)).collect();
            let is_placed = path.is_some();
            let needs = texts(list(call, "dependencies:"));
            targets.insert(name.to_owned(), PackageTarget { folders, is_placed, needs });
        }
        let library = |call| {
            let names = texts(list(call, "targets:")).into_iter().collect();
            Some((named(call, "name:")?.to_owned(), names))
        };
        let refers = calls(manifest, &[".package"]).filter_map(|call| named(call, "path:"));
        let needs = calls(manifest, &NEEDS).filter_map(|call| named(call, "name:")).map(ToOwned::to_owned);
        Self {
            folder: folder.to_path_buf(),
            libraries: calls(manifest, &[".library"]).filter_map(library).collect(),
            packages: refers.map(|path| lexical(&folder.join(path))).collect(),
            needs: needs.collect(),
            targets,
        }
    }

    fn products(&self) -> impl Iterator<Item = Target> {
        self.libraries.iter().map(|(name, targets)| {
            let parts = self.parts(targets);
            let (folders, needs) = match parts {
                Some(parts) => (
                    parts.iter().flat_map(|part| part.folders.iter().cloned()).collect(),
                    parts.iter().flat_map(|part| part.needs.iter().cloned()).collect(),
                ),
                None => (vec![Folder::whole(self.folder.clone())], self.needs.clone()),
            };
            Target::of_package(name.clone(), needs, folders)
        })
    }

    /// The targets of these names, and those that they depend on; none where one of them is not declared in a way that can be
    /// seen. The only target of a package may lie beside its manifest or in `Sources` itself, if the manifest does not say.
    fn parts(&self, names: &[String]) -> Option<Vec<&PackageTarget>> {
        if self.targets.len() < 2 && !self.targets.values().all(|target| target.is_placed) {
            return None;
        }
        let mut parts: BTreeMap<&str, &PackageTarget> = BTreeMap::new();
        let mut open =
            names.iter().map(|name| self.targets.get_key_value(name)).collect::<Option<Vec<_>>>()?;
        while let Some((name, target)) = open.pop() {
            if parts.insert(name, target).is_none() {
                open.extend(target.needs.iter().filter_map(|need| self.targets.get_key_value(need)));
            }
        }
        let is_known = !parts.is_empty() && parts.values().all(|part| !part.folders.is_empty());
        is_known.then(|| parts.into_values().collect())
    }
}

/// What a target compiles of its folder: all of it or its `sources:`, without what it excludes. A list that is no literal says nothing.
fn compiled(root: &Path, call: &str) -> Vec<Folder> {
    let within = |label| texts(list(call, label)).into_iter().map(|path| lexical(&root.join(path)));
    let sources: Vec<PathBuf> = within("sources:").collect();
    let roots = if sources.is_empty() { vec![lexical(root)] } else { sources };
    roots.into_iter().map(|path| Folder { path, without: within("exclude:").collect() }).collect()
}

/// What stands in the parentheses of calls, those inside of others of them left out.
fn calls<'t>(code: &'t str, names: &'t [&str]) -> impl Iterator<Item = &'t str> {
    let mut rest = code;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[rest.find('.')?..];
            let call = names.iter().find_map(|name| rest.strip_prefix(name)?.trim_start().strip_prefix('('));
            let Some(inside) = call else {
                rest = &rest[1..];
                continue;
            };
            let (inside, behind) = inside.split_at(closing(inside));
            rest = behind;
            return Some(inside);
        }
    })
}

/// Where the parenthesis or bracket closes inside of which a code begins; its end where it does not.
fn closing(code: &str) -> usize {
    own(code).find(|(_, sign)| matches!(sign, ')' | ']')).map_or(code.len(), |(at, _)| at)
}

/// The signs of a code that stand neither in a text nor in parentheses or brackets of its own.
fn own(code: &str) -> impl Iterator<Item = (usize, char)> {
    let mut depth = 0_u32;
    let mut is_text = false;
    let mut is_escaped = false;
    code.char_indices().filter(move |(_, sign)| {
        if is_text {
            is_text = is_escaped || *sign != '"';
            is_escaped = !is_escaped && *sign == '\\';
            return false;
        }
        let is_own = depth == 0;
        match sign {
            '"' => is_text = true,
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_own
    })
}

/// What follows a label that is one of a call itself, not of a call among its arguments.
fn after<'t>(call: &'t str, label: &str) -> Option<&'t str> {
    own(call).find_map(|(at, _)| call[at..].strip_prefix(label))
}

/// `name: "Calls"`, or the first argument without a label.
fn named<'t>(call: &'t str, label: &str) -> Option<&'t str> {
    let value = match after(call, label) {
        Some(value) => value,
        None if label == "name:" => call,
        None => return None,
    };
    text(value)
}

/// The text that a code begins with.
fn text(code: &str) -> Option<&str> {
    code.trim_start().strip_prefix('"')?.split('"').next()
}

/// What stands in the brackets behind a label.
fn list<'t>(call: &'t str, label: &str) -> &'t str {
    let inside = after(call, label).and_then(|value| value.trim_start().strip_prefix('['));
    inside.map_or("", |inside| &inside[..closing(inside)])
}

/// The texts of a list, and the names of the calls in it: `"Calls", .product(name: "Kit", package: "kit")`.
fn texts(list: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = list;
    while let Some(at) = rest.find(['"', '(']) {
        let inside = &rest[at + 1..];
        if rest[at..].starts_with('(') {
            let (call, behind) = inside.split_at(closing(inside));
            found.extend(named(call, "name:").map(ToOwned::to_owned));
            rest = behind;
        } else {
            let (text, behind) = inside.split_once('"').unwrap_or((inside, ""));
            found.insert(text.to_owned());
            rest = behind;
        }
    }
    found
}

/// The code without comments that fill a line; a `//` elsewhere may be one of an address.
fn without_comments(code: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    code.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}
