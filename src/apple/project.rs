//! The Xcode projects and Swift packages of a unit, taken together.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::files::Files;
use super::packages::{self, MANIFEST};
use super::pbxproj::Objects;
use super::target::{Product, Target};
use crate::source::{FileId, Sources};

/// The targets of a unit's Xcode projects, and what its packages run on.
#[derive(Debug, Default)]
pub struct Project {
    /// The targets, project after project.
    pub targets: Vec<Target>,
    /// The lowest iOS version that a package runs on, major and minor.
    oldest_of_packages: Option<(u16, u16)>,
}

impl Project {
    /// Reads projects and packages by their bundles and manifests.
    pub fn read(paths: &[PathBuf], files: &mut Files, sources: &mut Sources) -> Self {
        let mut targets = Vec::new();
        let mut packages = Vec::new();
        let (manifests, bundles): (Vec<&PathBuf>, Vec<&PathBuf>) =
            paths.iter().partition(|path| path.ends_with(MANIFEST));
        for bundle in bundles {
            let path = bundle.join("project.pbxproj");
            let Some(document) = files.list(&path, sources) else { continue };
            let Some(objects) = Objects::new(&document, bundle) else {
                files.tell(
                    &path,
                    "holds no Xcode project; what it says about the app is not known".to_owned(),
                );
                continue;
            };
            packages.extend(objects.package_folders());
            targets.extend(
                objects.targets().filter_map(|target| Target::read(&objects, target, bundle, files, sources)),
            );
        }
        targets.extend(packages::products(packages, files));
        let oldest =
            manifests.into_iter().filter_map(|path| packages::oldest_system(&files.text(path)?)).min();
        Self { targets, oldest_of_packages: oldest }
    }

    /// Whether an app is among the targets.
    pub fn has_app(&self) -> bool {
        self.targets.iter().any(|target| target.product == Product::App)
    }

    /// The targets that are no library: what they build runs as a process of its own, or in a test.
    pub fn built(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(|target| target.product != Product::Library)
    }

    /// The targets that compile a file themselves.
    pub fn targets_with(&self, path: &Path) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(move |target| target.membership.contains(path))
    }

    /// The apps, or the extensions, that a file is a part of: they compile it, or are built with a library that does.
    pub fn with(&self, path: &Path, product: Product) -> Vec<&Target> {
        let targets = self.targets.iter().filter(|target| target.product == product);
        targets
            .filter(|target| self.parts(target).iter().any(|part| part.membership.contains(path)))
            .collect()
    }

    /// What is not known of the apps that these files are a part of, since a file of theirs is not there: the file that names it
    /// or should, and a sentence.
    pub fn not_there<'p>(&self, paths: impl Iterator<Item = &'p Path>) -> BTreeSet<(FileId, String)> {
        let apps = paths.flat_map(|path| self.with(path, Product::App));
        let absent = apps.flat_map(|app| {
            let all = app.configurations.iter().flat_map(|configuration| &configuration.absent);
            all.map(|(place, words)| {
                (place.file, format!("the app `{}` {words}; what it says is not checked", app.name))
            })
        });
        absent.collect()
    }

    /// A target and the libraries that it is built with, each once.
    pub fn parts<'p>(&'p self, target: &'p Target) -> Vec<&'p Target> {
        let mut parts = vec![target];
        let mut at = 0;
        while let Some(part) = parts.get(at).copied() {
            at += 1;
            for library in self.targets.iter().filter(|target| target.product == Product::Library) {
                let is_needed = part.needs.contains(&library.name)
                    || library.product_file.as_ref().is_some_and(|file| part.needs.contains(file));
                if is_needed && !parts.iter().any(|known| std::ptr::eq(*known, library)) {
                    parts.push(library);
                }
            }
        }
        parts
    }

    /// The lowest iOS version that an app of the projects runs on, major and minor; where no app is here, that of the packages,
    /// which no app that uses them goes below.
    pub fn deployment_target(&self) -> Option<(u16, u16)> {
        let apps = self.targets.iter().filter(|target| target.product == Product::App);
        let configurations = apps.flat_map(|app| &app.configurations);
        let of_apps = configurations.filter_map(|configuration| configuration.deployment_target).min();
        of_apps.or(self.oldest_of_packages.filter(|_| !self.has_app()))
    }
}
