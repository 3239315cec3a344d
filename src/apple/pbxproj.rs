//! `project.pbxproj` as a graph of objects: which targets there are, what they compile, what their settings say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{Document, Files};
use super::plist::{Kind, Value};
use super::settings::{Assignment, Layer, Settings};
use super::xcconfig::{Line, XcConfig};
use crate::discover::lexical;
use crate::source::{FileId, Location, Sources, Span};

/// Groups nest less than this; a damaged project may have a group inside itself.
const MAX_GROUPS: usize = 64;
/// Includes nest less than this.
const MAX_INCLUDES: usize = 16;
/// Files that one configuration includes at most, repeats counted.
const MAX_INCLUDED: usize = 200;

/// The objects of a project file.
pub(super) struct Objects<'d> {
    document: &'d Document,
    by_id: HashMap<&'d str, &'d Value>,
    /// The group that holds an object.
    parents: HashMap<&'d str, &'d str>,
    /// The folder of the project: `$(SRCROOT)`.
    pub(super) root: PathBuf,
    project: &'d Value,
}

/// What a target compiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    files: BTreeSet<PathBuf>,
    folders: Vec<Folder>,
}

/// A file or folder with everything in it, but for some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) without: Vec<PathBuf>,
}

impl Folder {
    /// Everything in a folder.
    pub(super) fn whole(path: PathBuf) -> Self {
        Self { path, without: Vec::new() }
    }

    fn contains(&self, path: &Path) -> bool {
        path.starts_with(&self.path) && !self.without.iter().any(|exception| path.starts_with(exception))
    }
}

impl Membership {
    /// Everything in some folders.
    pub(super) fn of_folders(folders: Vec<Folder>) -> Self {
        Self { folders, ..Self::default() }
    }

    /// Whether a file is compiled into the target.
    pub fn contains(&self, path: &Path) -> bool {
        self.files.contains(path) || self.folders.iter().any(|folder| folder.contains(path))
    }
}

impl<'d> Objects<'d> {
    /// The objects of the project file of the bundle `bundle`; none where it has no project.
    pub(super) fn new(document: &'d Document, bundle: &Path) -> Option<Self> {
        let mut by_id: HashMap<&str, &Value> = HashMap::new();
        let mut parents: HashMap<&str, &str> = HashMap::new();
        for entry in document.root.get("objects")?.entries() {
            by_id.insert(&entry.key, &entry.value);
            for child in strings(&entry.value, "children") {
                parents.insert(child, &entry.key);
            }
        }
        let project = *by_id.get(document.root.text_of("rootObject")?)?;
        let folder = bundle.parent().unwrap_or(Path::new(""));
        let root = lexical(&folder.join(project.text_of("projectDirPath").unwrap_or_default()));
        Some(Self { document, by_id, parents, root, project })
    }

    /// The targets, in order, each with its id.
    pub(super) fn targets(&self) -> impl Iterator<Item = (&'d str, &'d Value)> {
        let targets = strings(self.project, "targets");
        targets.filter_map(|id| Some((id, *self.by_id.get(id)?)))
    }

    /// A place in the project file.
    pub(super) fn at(&self, span: Span) -> Location {
        self.document.at(span)
    }

    fn object(&self, id: &str) -> Option<&'d Value> {
        self.by_id.get(id).copied()
    }

    fn referred(&self, from: &'d Value, key: &'d str) -> impl Iterator<Item = (&'d str, &'d Value)> {
        strings(from, key).filter_map(|id| Some((id, self.object(id)?)))
    }

    fn one(&self, from: &'d Value, key: &str) -> Option<(&'d str, &'d Value)> {
        let id = from.text_of(key)?;
        Some((id, self.object(id)?))
    }

    /// The path of a file or group; none where it lies outside of the sources (products, the SDK).
    fn path(&self, id: &'d str) -> Option<PathBuf> {
        let mut parts: Vec<&str> = Vec::new();
        let mut at = id;
        let mut base = self.root.clone();
        for _ in 0..MAX_GROUPS {
            let object = self.object(at)?;
            parts.extend(object.text_of("path"));
            match object.text_of("sourceTree") {
                Some("<group>") | None => {}
                Some("SOURCE_ROOT") => break,
                Some("<absolute>") => {
                    base = PathBuf::new();
                    break;
                }
                Some(_) => return None,
            }
            match self.parents.get(at) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        Some(lexical(&parts.iter().rev().fold(base, |path, part| path.join(part))))
    }

    /// The files that a target compiles.
    pub(super) fn membership(&self, id: &str, target: &'d Value) -> Membership {
        let mut membership = Membership::default();
        let phases = self.referred(target, "buildPhases");
        for (_, phase) in phases.filter(|(_, phase)| isa(phase) == "PBXSourcesBuildPhase") {
            let references = self.referred(phase, "files").filter_map(|(_, file)| self.one(file, "fileRef"));
            membership.files.extend(references.filter_map(|(reference, _)| self.path(reference)));
        }
        let own: BTreeSet<&str> = strings(target, "fileSystemSynchronizedGroups").collect();
        let groups =
            self.by_id.iter().filter(|(_, group)| isa(group) == "PBXFileSystemSynchronizedRootGroup");
        for (group, object) in groups {
            let Some(folder) = self.path(group) else { continue };
            let sets = self.referred(object, "exceptions").map(|(_, set)| set);
            let exceptions: Vec<PathBuf> = sets
                .filter(|set| set.text_of("target") == Some(id))
                .flat_map(|set| strings(set, "membershipExceptions"))
                .map(|path| folder.join(path))
                .collect();
            // What a target has of a folder is all but the exceptions; of a folder that it does not have, the exceptions.
            if own.contains(group) {
                membership.folders.push(Folder { path: folder, without: exceptions });
            } else {
                membership.files.extend(exceptions);
            }
        }
        membership.folders.sort();
        membership
    }

    /// The names of what a target needs: targets, the files of their products, products of packages.
    pub(super) fn needs(&self, target: &'d Value) -> BTreeSet<String> {
        let mut needs = BTreeSet::new();
        for (_, dependency) in self.referred(target, "dependencies") {
            let target = self.one(dependency, "target").and_then(|(_, target)| target.text_of("name"));
            let remote =
                self.one(dependency, "targetProxy").and_then(|(_, proxy)| proxy.text_of("remoteInfo"));
            needs.extend(target.or(remote).map(ToOwned::to_owned));
        }
        let phases = self.referred(target, "buildPhases").map(|(_, phase)| phase);
        let linking = ["PBXFrameworksBuildPhase", "PBXCopyFilesBuildPhase"];
        for phase in phases.filter(|phase| linking.contains(&isa(phase))) {
            for (_, file) in self.referred(phase, "files") {
                let reference = self.one(file, "fileRef").and_then(|(_, file)| file.text_of("path"));
                let product =
                    self.one(file, "productRef").and_then(|(_, product)| product.text_of("productName"));
                needs.extend(reference.or(product).map(ToOwned::to_owned));
            }
        }
        for (_, product) in self.referred(target, "packageProductDependencies") {
            needs.extend(product.text_of("productName").map(ToOwned::to_owned));
        }
        needs
    }

    /// The folders of the Swift packages that the project refers to by path: those of Xcode 15, and before that any folder.
    pub(super) fn package_folders(&self) -> Vec<PathBuf> {
        let folder = |(id, object): (&&'d str, &&'d Value)| match isa(object) {
            "XCLocalSwiftPackageReference" => {
                object.text_of("relativePath").map(|path| lexical(&self.root.join(path)))
            }
            "PBXFileReference" => {
                let kind = object.text_of("lastKnownFileType")?;
                matches!(kind, "wrapper" | "folder").then(|| self.path(id)).flatten()
            }
            _ => None,
        };
        let mut folders: Vec<PathBuf> = self.by_id.iter().filter_map(folder).collect();
        folders.sort();
        folders
    }

    /// The file name of what a target builds: `Calls.framework`.
    pub(super) fn product_file(&self, target: &'d Value) -> Option<&'d str> {
        self.one(target, "productReference").and_then(|(_, product)| product.text_of("path"))
    }

    /// The scripts that run when a target is built.
    pub(super) fn scripts(&self, target: &'d Value) -> String {
        let phases = self.referred(target, "buildPhases").map(|(_, phase)| phase);
        let scripts: Vec<&str> = phases.filter_map(|phase| phase.text_of("shellScript")).collect();
        scripts.join("\n")
    }

    /// The configurations of a target, in order.
    pub(super) fn configurations(
        &self,
        target: &'d Value,
        bundle: &Path,
        files: &mut Files,
        sources: &mut Sources,
    ) -> Vec<Configured> {
        let project: BTreeMap<&str, (&str, &Value)> = self.listed(self.project).collect();
        let mut all = Vec::new();
        for (name, (_, configuration)) in self.listed(target) {
            let mut layers = Vec::new();
            let mut is_complete = true;
            let mut consulted = BTreeSet::new();
            let below = project.get(name).map(|(_, configuration)| *configuration);
            for level in [Some(configuration), below].into_iter().flatten() {
                layers.push(self.layer(level));
                if let Some(path) = self.base_configuration(level) {
                    let mut reading = Reading {
                        files,
                        sources,
                        is_complete: true,
                        consulted: BTreeSet::new(),
                        left: MAX_INCLUDED,
                    };
                    let mut lines = Vec::new();
                    reading.read(&path, false, 0, &mut lines);
                    is_complete &= reading.is_complete;
                    consulted.extend(reading.consulted);
                    layers.push(Layer::new(lines));
                }
            }
            let known = self.known(target, bundle, name);
            all.push(Configured {
                name: name.to_owned(),
                settings: Settings::new(layers, known, name),
                place: self.at(target.entry("name").map_or(target.span, |name| name.value.span)),
                is_complete,
                consulted,
            });
        }
        all
    }

    fn listed(&self, from: &'d Value) -> impl Iterator<Item = (&'d str, (&'d str, &'d Value))> {
        let list = self.one(from, "buildConfigurationList").map(|(_, list)| list);
        let all = list.into_iter().flat_map(|list| self.referred(list, "buildConfigurations"));
        all.filter_map(|(id, configuration)| Some((configuration.text_of("name")?, (id, configuration))))
    }

    fn layer(&self, configuration: &Value) -> Layer {
        let settings = configuration.get("buildSettings").map(Value::entries).unwrap_or_default();
        let assignments = settings.iter().map(|entry| {
            let value = match &entry.value.kind {
                Kind::Array(items) => items.iter().filter_map(Value::text).collect::<Vec<_>>().join(" "),
                _ => entry.value.text().unwrap_or_default().to_owned(),
            };
            let end = entry.value.span.end.max(entry.key_span.end);
            let place = self.at(Span { start: entry.key_span.start, end });
            Assignment::new(&entry.key, value, place)
        });
        Layer::new(assignments.collect())
    }

    fn base_configuration(&self, configuration: &'d Value) -> Option<PathBuf> {
        if let Some((id, _)) = self.one(configuration, "baseConfigurationReference") {
            return self.path(id);
        }
        // Xcode 16: a file in a synchronised folder has no object of its own.
        let (anchor, _) = self.one(configuration, "baseConfigurationReferenceAnchor")?;
        let path = configuration.text_of("baseConfigurationReferenceRelativePath")?;
        Some(lexical(&self.path(anchor)?.join(path)))
    }

    /// What is known without any setting.
    fn known(&self, target: &Value, bundle: &Path, configuration: &str) -> BTreeMap<&'static str, String> {
        let name = target.text_of("name").unwrap_or_default();
        let root = self.root.to_string_lossy();
        let project = bundle.file_stem().unwrap_or_default().to_string_lossy();
        BTreeMap::from([
            ("TARGET_NAME", name.to_owned()),
            ("TARGETNAME", name.to_owned()),
            ("PRODUCT_NAME", target.text_of("productName").unwrap_or(name).to_owned()),
            ("PROJECT_NAME", project.into_owned()),
            ("CONFIGURATION", configuration.to_owned()),
            ("SRCROOT", root.clone().into_owned()),
            ("SOURCE_ROOT", root.clone().into_owned()),
            ("PROJECT_DIR", root.into_owned()),
        ])
    }
}

/// A configuration of a target.
pub(super) struct Configured {
    pub(super) name: String,
    pub(super) settings: Settings,
    /// The name of the target in the project file.
    pub(super) place: Location,
    /// No file of settings is missing.
    pub(super) is_complete: bool,
    pub(super) consulted: BTreeSet<FileId>,
}

/// Files of settings with what they include.
struct Reading<'r> {
    files: &'r mut Files,
    sources: &'r mut Sources,
    is_complete: bool,
    consulted: BTreeSet<FileId>,
    left: usize,
}

impl Reading<'_> {
    fn read(&mut self, path: &Path, is_optional: bool, depth: usize, into: &mut Vec<Assignment>) {
        let is_within = depth < MAX_INCLUDES && self.left > 0;
        self.left = self.left.saturating_sub(1);
        let config: Option<Arc<XcConfig>> =
            if is_within { self.files.config(path, self.sources) } else { None };
        let Some(config) = config else {
            // What CocoaPods and Flutter write says nothing about what the app may do.
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_generated = name.starts_with("Pods-") || name == "Generated.xcconfig";
            self.is_complete &= is_optional || is_generated;
            return;
        };
        self.consulted.insert(config.file);
        for line in &config.lines {
            match line {
                Line::Setting(assignment) => into.push(assignment.clone()),
                Line::Include { path: included, is_optional } => {
                    let folder = path.parent().unwrap_or(Path::new(""));
                    self.read(&lexical(&folder.join(included)), *is_optional, depth + 1, into);
                }
            }
        }
    }
}

/// The class of an object.
pub(super) fn isa(object: &Value) -> &str {
    object.text_of("isa").unwrap_or_default()
}

fn strings<'d>(object: &'d Value, key: &str) -> impl Iterator<Item = &'d str> {
    object.get(key).map(Value::items).unwrap_or_default().iter().filter_map(Value::text)
}
