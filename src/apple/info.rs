//! The Info.plist of a configuration: the file, and what build settings add to it.

use std::path::Path;
use std::sync::Arc;

use super::files::{Document, Files};
use super::plist::Kind;
use super::settings::{Setting, Settings, next_variable};
use crate::source::{FileId, Location, Sources};

/// What an Info.plist says.
#[derive(Debug)]
pub struct InfoPlist {
    list: Option<Arc<Document>>,
    /// Settings `INFOPLIST_KEY_…` are added.
    is_generated: bool,
    settings: Settings,
    place: Location,
}

/// What is under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// Nothing; the place should hold it.
    Absent(Location),
    /// A value, and the place of its key.
    Present(T, Location),
    /// Something that only the build knows.
    Unknown,
}

impl InfoPlist {
    /// The Info.plist that the settings describe; none where it cannot be seen.
    pub(super) fn read(
        settings: &Settings,
        place: Location,
        root: &Path,
        is_complete: bool,
        files: &mut Files,
        sources: &mut Sources,
    ) -> Option<Self> {
        let generated = settings.get("GENERATE_INFOPLIST_FILE");
        let is_generated = generated.is_yes();
        // Then the file is no property list, but the source of one; or another list is laid over it.
        if settings.get("INFOPLIST_PREPROCESS").is_yes() || settings.get("INFOPLIST_FILE_CONTENTS").is_set() {
            return None;
        }
        let (list, place) = match settings.get("INFOPLIST_FILE") {
            Setting::Known(path, named) if !path.is_empty() => {
                (Some(files.list(&root.join(path), sources)?), named)
            }
            Setting::Absent | Setting::Known(..) if is_generated && is_complete => {
                (None, generated.place().unwrap_or(place))
            }
            Setting::Absent | Setting::Known(..) | Setting::Unknown(_) => return None,
        };
        Some(Self { list, is_generated, settings: settings.clone(), place })
    }

    /// The file, where there is one.
    pub fn file(&self) -> Option<FileId> {
        self.list.as_ref().map(|list| list.file)
    }

    /// Where a key belongs that is not there: the dictionary of the file, else the setting that asks for a file.
    fn home(&self) -> Location {
        self.list.as_ref().map_or(self.place, |list| list.at(list.root.span))
    }

    /// The words of an array of strings, which no setting adds to.
    pub fn words(&self, key: &str) -> Found<Vec<String>> {
        let in_file = self.list.as_ref().and_then(|list| Some((list, list.root.entry(key)?)));
        let Some((list, entry)) = in_file else {
            return Found::Absent(self.ignored_setting(key).unwrap_or_else(|| self.home()));
        };
        let mut words = Vec::new();
        for item in entry.value.items() {
            match item.text().map(|text| (text, next_variable(text))) {
                Some((text, None)) => words.push(text.trim().to_owned()),
                Some((_, Some(_))) | None => return Found::Unknown,
            }
        }
        if !matches!(entry.value.kind, Kind::Array(_)) {
            return Found::Unknown;
        }
        Found::Present(words, list.at(entry.key_span))
    }

    /// A setting that is meant to add an array. Xcode generates the keys of a list of its own, and of the arrays only
    /// what devices and orientations an app needs (swift-build, `InfoPlistProcessorTaskAction.swift`).
    pub fn ignored_setting(&self, key: &str) -> Option<Location> {
        self.settings.get(&format!("INFOPLIST_KEY_{key}")).place()
    }

    /// The text under a key. Xcode writes what a setting says over what the file says.
    pub fn text(&self, key: &str) -> Found<String> {
        match self.setting(key) {
            Some(Setting::Known(text, place)) => return Found::Present(text, place),
            Some(_) => return Found::Unknown,
            None => {}
        }
        let in_file = self.list.as_ref().and_then(|list| Some((list, list.root.entry(key)?)));
        let Some((list, entry)) = in_file else { return Found::Absent(self.home()) };
        match entry.value.text() {
            Some(text) if next_variable(text).is_none() => {
                Found::Present(text.to_owned(), list.at(entry.key_span))
            }
            _ => Found::Unknown,
        }
    }

    /// Whether it says something of scenes: a dictionary, or the setting that asks for one.
    pub fn has_scenes(&self) -> bool {
        const KEY: &str = "UIApplicationSceneManifest";
        let is_written = self.list.as_ref().is_some_and(|list| list.root.entry(KEY).is_some());
        is_written || self.setting(&format!("{KEY}_Generation")).is_some_and(|setting| setting.is_yes())
    }

    /// The setting that gives a key its value.
    fn setting(&self, key: &str) -> Option<Setting> {
        let setting = self.settings.get(&format!("INFOPLIST_KEY_{key}"));
        (self.is_generated && setting != Setting::Absent).then_some(setting)
    }
}
