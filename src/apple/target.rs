//! Targets: what the project files say about what is built, as typed values with places.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::files::{Document, Files};
use super::info::InfoPlist;
use super::pbxproj::{Configured, Folder, Membership, Objects};
use super::plist::Value;
use super::settings::{Setting, Settings};
use crate::source::{FileId, Location, Sources};

/// What a target builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// An app for the iPhone or iPad.
    App,
    /// An extension of such an app.
    Extension,
    /// A framework or library.
    Library,
    /// Tests.
    Test,
    /// Anything else: an app for another system.
    Other,
}

/// A target of an Xcode project.
#[derive(Debug)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What it builds.
    pub product: Product,
    /// What it compiles.
    pub membership: Membership,
    /// Its configurations, in the order of the project.
    pub configurations: Vec<Configuration>,
    /// The names of the targets, products and package products that it is built from.
    pub(super) needs: BTreeSet<String>,
    /// The file name of its product.
    pub(super) product_file: Option<String>,
    scripts: String,
}

impl Target {
    /// Whether a script that runs when it is built names a word, and may write what is not found in the files.
    pub fn scripts_name(&self, word: &str) -> bool {
        self.scripts.contains(word)
    }
}

/// A configuration of a target: `Debug`, `Release`.
#[derive(Debug)]
pub struct Configuration {
    /// Its name.
    pub name: String,
    /// Its build settings, all layers.
    pub settings: Settings,
    /// The name of the target in the project file: where what no file and no setting says is missing.
    pub place: Location,
    /// The Info.plist; none where it cannot be seen.
    pub info: Option<InfoPlist>,
    /// The entitlements.
    pub entitlements: Entitlements,
    /// What its settings name, or do not name, so that it is not known: in words, each with its place.
    pub(super) absent: Vec<(Location, String)>,
    /// The lowest iOS version that it runs on, major and minor.
    pub deployment_target: Option<(u16, u16)>,
    /// The files that its settings rest on.
    pub consulted: BTreeSet<FileId>,
}

impl Configuration {
    /// The file of its Info.plist, where there is one.
    pub fn info_file(&self) -> Option<FileId> {
        self.info.as_ref().and_then(InfoPlist::file)
    }

    /// The file of its entitlements, where it is known.
    pub fn entitlements_file(&self) -> Option<FileId> {
        match &self.entitlements {
            Entitlements::Known(document) => Some(document.file),
            Entitlements::Unset | Entitlements::Unseen => None,
        }
    }
}

/// The entitlements of a configuration.
#[derive(Clone, Debug)]
pub enum Entitlements {
    /// The project names no file.
    Unset,
    /// A file is named and cannot be seen, or may be named where nothing can be seen.
    Unseen,
    /// The file.
    Known(Arc<Document>),
}

impl Target {
    /// Reads a target of the project whose bundle is `bundle`.
    pub(super) fn read<'d>(
        objects: &Objects<'d>,
        (id, target): (&str, &'d Value),
        bundle: &Path,
        files: &mut Files,
        sources: &mut Sources,
    ) -> Option<Self> {
        let configured = objects.configurations(target, bundle, files, sources);
        let product = product(target.text_of("productType").unwrap_or_default(), &configured);
        let configurations = configured
            .into_iter()
            .map(|configured| Configuration::read(configured, product, &objects.root, files, sources))
            .collect();
        Some(Self {
            name: target.text_of("name")?.to_owned(),
            product,
            membership: objects.membership(id, target),
            configurations,
            needs: objects.needs(target),
            product_file: objects.product_file(target).map(ToOwned::to_owned),
            scripts: objects.scripts(target),
        })
    }
}

impl Target {
    /// A product of a package, with the folders of its sources.
    pub(super) fn of_package(name: String, needs: BTreeSet<String>, folders: Vec<Folder>) -> Self {
        Self {
            name,
            product: Product::Library,
            membership: Membership::of_folders(folders),
            configurations: Vec::new(),
            needs,
            product_file: None,
            scripts: String::new(),
        }
    }
}

fn product(kind: &str, configured: &[Configured]) -> Product {
    let is_ios = configured.iter().all(|configured| is_for_ios(&configured.settings));
    match kind {
        "com.apple.product-type.application" if is_ios => Product::App,
        "com.apple.product-type.app-extension" if is_ios => Product::Extension,
        _ if kind.contains(".framework") || kind.contains(".library.") => Product::Library,
        _ if kind.ends_with("-test") || kind.ends_with("-testing") => Product::Test,
        _ => Product::Other,
    }
}

fn is_for_ios(settings: &Settings) -> bool {
    let sdk = settings.get("SDKROOT");
    match sdk.value() {
        Some("auto") | None => match settings.get("SUPPORTED_PLATFORMS").value() {
            Some(platforms) => platforms.split_whitespace().any(|platform| platform == "iphoneos"),
            None => settings.get("IPHONEOS_DEPLOYMENT_TARGET") != Setting::Absent,
        },
        Some(sdk) => sdk.starts_with("iphoneos"),
    }
}

impl Configuration {
    fn read(
        configured: Configured,
        product: Product,
        root: &Path,
        files: &mut Files,
        sources: &mut Sources,
    ) -> Self {
        let Configured { name, settings, place, is_complete, mut consulted } = configured;
        consulted.insert(place.file);
        // Nothing asks for those of other products.
        let (info, entitlements) = match product {
            Product::App | Product::Extension => (
                InfoPlist::read(&settings, place, root, is_complete, files, sources),
                entitlements(&settings, root, is_complete, files, sources),
            ),
            Product::Library | Product::Test | Product::Other => (None, Entitlements::Unseen),
        };
        let deployment_target = settings.get("IPHONEOS_DEPLOYMENT_TARGET").value().and_then(version);
        let absent = absent(&settings, place, root, is_complete, files);
        Self { name, settings, place, info, entitlements, absent, deployment_target, consulted }
    }
}

/// The files that settings name and that are not there; and that they name no Info.plist, which an app cannot be without.
fn absent(
    settings: &Settings,
    place: Location,
    root: &Path,
    is_complete: bool,
    files: &Files,
) -> Vec<(Location, String)> {
    let named = [("Info.plist", "INFOPLIST_FILE"), ("entitlements", "CODE_SIGN_ENTITLEMENTS")];
    let missing = named.into_iter().filter_map(|(kind, key)| match settings.get(key) {
        Setting::Known(path, place) if !path.is_empty() && !files.has(&root.join(&path)) => {
            Some((place, format!("has `{path}` for its {kind} ({key}), which is not here")))
        }
        _ => None,
    });
    let mut absent: Vec<(Location, String)> = missing.collect();
    let has_info =
        settings.get("INFOPLIST_FILE").is_set() || settings.get("GENERATE_INFOPLIST_FILE").is_yes();
    if is_complete && !has_info {
        let text = "names no Info.plist (INFOPLIST_FILE), and none is generated for it".to_owned();
        absent.push((place, text));
    }
    absent
}

fn entitlements(
    settings: &Settings,
    root: &Path,
    is_complete: bool,
    files: &mut Files,
    sources: &mut Sources,
) -> Entitlements {
    match settings.get("CODE_SIGN_ENTITLEMENTS") {
        Setting::Absent if is_complete => Entitlements::Unset,
        Setting::Known(path, _) if path.is_empty() => Entitlements::Unset,
        Setting::Known(path, _) => {
            files.list(&root.join(path), sources).map_or(Entitlements::Unseen, Entitlements::Known)
        }
        Setting::Absent | Setting::Unknown(_) => Entitlements::Unseen,
    }
}

/// A version, major and minor.
pub(crate) fn version(text: &str) -> Option<(u16, u16)> {
    let mut parts = text.split('.').map(str::trim);
    let major = parts.next()?.parse().ok()?;
    Some((major, parts.next().and_then(|minor| minor.parse().ok()).unwrap_or(0)))
}
