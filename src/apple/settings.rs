//! Build settings: which value a name has in a configuration, layer over layer, variables filled in.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::source::Location;

/// Variables that are looked up for one answer at most: settings may name each other endlessly.
const MAX_LOOKUPS: u32 = 500;
/// Values longer than this are no answer.
const MAX_LENGTH: usize = 64 << 10;

/// A line that gives a setting its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    key: String,
    /// `[sdk=iphoneos*]`: name and pattern.
    conditions: Vec<(String, String)>,
    value: String,
    place: Location,
}

impl Assignment {
    /// An assignment, its key with conditions in brackets or not.
    pub(super) fn new(key: &str, value: String, place: Location) -> Self {
        let mut parts = key.split('[');
        let name = parts.next().unwrap_or_default().trim().to_owned();
        let conditions = parts
            .flat_map(|part| part.trim_end().trim_end_matches(']').split(','))
            .filter_map(|condition| condition.split_once('='))
            .map(|(name, pattern)| (name.trim().to_owned(), pattern.trim().to_owned()))
            .collect();
        Self { key: name, conditions, value, place }
    }

    /// Whether it holds in a build for a device.
    fn holds(&self, configuration: &str) -> bool {
        self.conditions.iter().all(|(name, pattern)| match name.as_str() {
            "sdk" => fits(pattern, "iphoneos26.0"),
            "arch" => fits(pattern, "arm64"),
            "config" => fits(pattern, configuration),
            _ => false,
        })
    }
}

/// Whether a word fits a pattern with at most one `*`, at its end.
fn fits(pattern: &str, word: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == word, |start| word.starts_with(start))
}

/// The settings of one place: a target's, a project's, an `.xcconfig`'s.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    settings: BTreeMap<String, Vec<Assignment>>,
}

impl Layer {
    /// A layer of assignments, later ones over earlier ones.
    pub(super) fn new(assignments: Vec<Assignment>) -> Self {
        let mut settings: BTreeMap<String, Vec<Assignment>> = BTreeMap::new();
        for assignment in assignments {
            settings.entry(assignment.key.clone()).or_default().push(assignment);
        }
        Self { settings }
    }

    fn get(&self, key: &str, configuration: &str) -> Option<&Assignment> {
        let all = self.settings.get(key)?.iter().filter(|assignment| assignment.holds(configuration));
        all.max_by_key(|assignment| assignment.conditions.len())
    }
}

/// What a setting is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Nothing sets it.
    Absent,
    /// Its value, and where it stands.
    Known(String, Location),
    /// It is set, to something that is not known here.
    Unknown(Location),
}

impl Setting {
    /// The value, where it is known and not empty.
    pub fn value(&self) -> Option<&str> {
        match self {
            Setting::Known(value, _) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// Whether it has a value, known or not.
    pub fn is_set(&self) -> bool {
        self.value().is_some() || matches!(self, Setting::Unknown(_))
    }

    /// Where it is set.
    pub fn place(&self) -> Option<Location> {
        match self {
            Setting::Known(_, place) | Setting::Unknown(place) => Some(*place),
            Setting::Absent => None,
        }
    }

    /// Whether it is `YES`.
    pub fn is_yes(&self) -> bool {
        self.value().is_some_and(|value| value.eq_ignore_ascii_case("yes") || value == "1")
    }
}

/// The settings of a configuration of a target.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What counts most comes first.
    layers: Vec<Layer>,
    known: BTreeMap<&'static str, String>,
    configuration: String,
}

impl Settings {
    /// Layers, what counts most first, and what is known without any setting.
    pub(super) fn new(
        layers: Vec<Layer>,
        known: BTreeMap<&'static str, String>,
        configuration: &str,
    ) -> Self {
        Self { layers, known, configuration: configuration.to_owned() }
    }

    /// What a setting is, variables filled in.
    pub fn get(&self, key: &str) -> Setting {
        let lookups = Cell::new(0);
        self.find(key, 0).map_or(Setting::Absent, |(at, assignment)| {
            match self.expand(&assignment.value, key, at, &lookups) {
                Some(value) => Setting::Known(value, assignment.place),
                None => Setting::Unknown(assignment.place),
            }
        })
    }

    /// The names of all settings that begin like this.
    pub fn keys_with<'s>(&'s self, start: &'s str) -> impl Iterator<Item = &'s str> {
        let names = self.layers.iter().flat_map(|layer| layer.settings.keys());
        names.map(String::as_str).filter(move |name| name.starts_with(start))
    }

    fn find(&self, key: &str, from: usize) -> Option<(usize, &Assignment)> {
        let layers = self.layers.iter().enumerate().skip(from);
        layers.into_iter().find_map(|(at, layer)| Some((at, layer.get(key, &self.configuration)?)))
    }

    /// Fills in `$(NAME)` and `${NAME}`; none where one of them is not known.
    fn expand(&self, text: &str, key: &str, layer: usize, lookups: &Cell<u32>) -> Option<String> {
        let mut full = String::new();
        let mut rest = text;
        while let Some((before, name, after)) = next_variable(rest) {
            full.push_str(before);
            lookups.set(lookups.get() + 1);
            if lookups.get() > MAX_LOOKUPS || full.len() > MAX_LENGTH {
                return None;
            }
            let is_inherited = name == "inherited" || name == key;
            let (name, from) = if is_inherited { (key, layer + 1) } else { (name, 0) };
            match (self.find(name, from), self.known.get(name)) {
                (Some((at, assignment)), _) => {
                    full.push_str(&self.expand(&assignment.value, name, at, lookups)?);
                }
                (None, Some(known)) => full.push_str(known),
                (None, None) if is_inherited => {}
                (None, None) => return None,
            }
            rest = after;
        }
        full.push_str(rest);
        (full.len() <= MAX_LENGTH).then(|| full.trim().trim_matches('"').to_owned())
    }
}

/// The text before the first variable, its name, and the text after it.
pub(super) fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('$')?;
        let close = match text.as_bytes().get(at + 1) {
            Some(b'(') => ')',
            Some(b'{') => '}',
            _ => {
                from = at + 1;
                continue;
            }
        };
        let inside = text.get(at + 2..)?;
        let end = inside.find(close)?;
        return Some((text.get(..at)?, inside.get(..end)?, inside.get(end + 1..)?));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn layer(settings: &[(&str, &str)]) -> Layer {
        let place = Location { file: FileId(0), span: Span::default() };
        let assignment = |(key, value): &(&str, &str)| Assignment::new(key, (*value).to_owned(), place);
        Layer::new(settings.iter().map(assignment).collect())
    }

    fn settings(layers: Vec<Layer>) -> Settings {
        let known = BTreeMap::from([("TARGET_NAME", "App".to_owned())]);
        Settings::new(layers, known, "Debug")
    }

    fn value(layers: Vec<Layer>, key: &str) -> Option<String> {
        settings(layers).get(key).value().map(ToOwned::to_owned)
    }

    #[test]
    fn variables_are_filled_in_and_inherited_values_come_from_below() {
        let layers = vec![
            layer(&[("INFOPLIST_FILE", "$(TARGET_NAME)/${KIND}.plist"), ("FLAGS", "$(inherited) -b")]),
            layer(&[("KIND", "Info"), ("FLAGS", "-a")]),
        ];
        assert_eq!(value(layers.clone(), "INFOPLIST_FILE").as_deref(), Some("App/Info.plist"));
        assert_eq!(value(layers, "FLAGS").as_deref(), Some("-a -b"));
    }

    #[test]
    fn a_variable_that_nothing_sets_makes_the_value_unknown() {
        let all = settings(vec![layer(&[("A", "$(NOWHERE)/x")])]);
        assert!(matches!(all.get("A"), Setting::Unknown(_)));
        assert_eq!(all.get("B"), Setting::Absent);
    }

    #[test]
    fn what_holds_on_a_device_in_this_configuration_counts() {
        let layers = vec![layer(&[
            ("A", "all"),
            ("A[sdk=iphonesimulator*]", "simulator"),
            ("A[sdk=iphoneos*]", "device"),
            ("B[config=Release]", "release"),
        ])];
        assert_eq!(value(layers.clone(), "A").as_deref(), Some("device"));
        assert_eq!(value(layers, "B"), None);
    }

    #[test]
    fn settings_that_name_each_other_endlessly_are_unknown() {
        let deep = (0..60).map(|at| (format!("A{at}"), format!("$(A{0})$(A{0})$(A{0})", at + 1)));
        let deep: Vec<(String, String)> = deep.chain([("A60".to_owned(), "x".to_owned())]).collect();
        let deep: Vec<(&str, &str)> =
            deep.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert!(matches!(settings(vec![layer(&deep)]).get("A0"), Setting::Unknown(_)));
        let cycle = layer(&[("A", "$(B)"), ("B", "$(A)")]);
        assert!(matches!(settings(vec![cycle]).get("A"), Setting::Unknown(_)));
    }
}
