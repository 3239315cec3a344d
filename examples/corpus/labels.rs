//! What the readers of real repositories said about them, and our corrections of it.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A place as the label files name it: a path relative to the repository's root and a 1-based line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
}

impl Place {
    /// The same file, and at most one line apart: a reader and a parser may name a statement's start
    /// differently.
    pub(crate) fn is_near(&self, other: &Place) -> bool {
        self.file == other.file && self.line.abs_diff(other.line) <= 1
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What becomes of the duty to report in a handler as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Verdict {
    AllReport,
    SomeExitUnreported,
    Never,
    Deferred,
    Unknown,
}

impl Verdict {
    /// In the order in which tables show them.
    pub(crate) const ALL: [Verdict; 5] = [
        Verdict::AllReport,
        Verdict::SomeExitUnreported,
        Verdict::Never,
        Verdict::Deferred,
        Verdict::Unknown,
    ];

    /// Whether a call can be lost.
    pub(crate) fn is_lost(self) -> bool {
        matches!(self, Verdict::SomeExitUnreported | Verdict::Never | Verdict::Deferred)
    }

    /// The word of the label files.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Verdict::AllReport => "ALL_REPORT",
            Verdict::SomeExitUnreported => "SOME_EXIT_UNREPORTED",
            Verdict::Never => "NEVER",
            Verdict::Deferred => "DEFERRED",
            Verdict::Unknown => "UNKNOWN",
        }
    }
}

/// How sure the reader was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sureness {
    High,
    Medium,
    Low,
}

/// Everything said about one repository.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Labels {
    pub(crate) repo: String,
    #[serde(default)]
    pub(crate) handlers: Vec<LabelledHandler>,
    #[serde(default)]
    pub(crate) registries: Vec<LabelledRegistry>,
    pub(crate) order: LabelledOrder,
    #[serde(default)]
    pub(crate) optional_reports: Vec<LabelledChain>,
    #[serde(default)]
    pub(crate) other: Vec<Remark>,
}

/// A push handler.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LabelledHandler {
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) end_line: usize,
    /// `completion`, `legacy` or `async`.
    pub(crate) form: String,
    pub(crate) verdict: Verdict,
    #[serde(default)]
    pub(crate) unreported_exits: Vec<LabelledExit>,
    pub(crate) confidence: Sureness,
}

impl LabelledHandler {
    /// Whether the label is sure enough to judge by.
    pub(crate) fn decides(&self) -> bool {
        self.confidence != Sureness::Low
    }

    /// Whether a place lies in the handler's own lines.
    pub(crate) fn encloses(&self, place: &Place) -> bool {
        self.place.file == place.file && (self.place.line..=self.end_line).contains(&place.line)
    }
}

/// A way out of a handler, or of what it calls, without a report.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LabelledExit {
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) why: String,
    /// Only the holder of the reporter is nil there.
    #[serde(default)]
    pub(crate) nil_holder: bool,
    /// Cannot be reached, seen by somebody who knows the values.
    #[serde(default)]
    pub(crate) infeasible: bool,
}

impl LabelledExit {
    /// Whether a linter must find it.
    pub(crate) fn decides(&self) -> bool {
        !self.nil_holder && !self.infeasible
    }
}

/// A `PKPushRegistry` that is built somewhere.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LabelledRegistry {
    #[serde(flatten)]
    pub(crate) place: Place,
    /// `stored-property`, `local`, `assigned` or `lazy`.
    pub(crate) shape: String,
    pub(crate) owner: String,
    pub(crate) owner_is_app_delegate_or_app_struct: bool,
    pub(crate) configured_in_same_init: bool,
}

/// In which order registry and provider come to be.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LabelledOrder {
    pub(crate) verdict: OrderVerdict,
    pub(crate) why: String,
    pub(crate) confidence: Sureness,
    /// The handler's own path makes the provider, so that nothing can be lost by the order.
    #[serde(default)]
    pub(crate) provider_on_push_path: bool,
}

/// The bare fact about the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum OrderVerdict {
    RegistryArmedBeforeProvider,
    RegistryCreatedBeforeProviderArmedAfter,
    ProviderFirst,
    NoProvider,
    Unknown,
}

/// A report that is reached through optional chaining.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LabelledChain {
    #[serde(flatten)]
    pub(crate) place: Place,
    #[serde(default)]
    pub(crate) note: String,
    pub(crate) on_push_path: bool,
    /// Only in corrections: the holder cannot be nil there, so that a finding would be wrong.
    #[serde(default)]
    pub(crate) cannot_be_nil: bool,
}

impl LabelledChain {
    /// Whether a linter must find it.
    pub(crate) fn decides(&self) -> bool {
        self.on_push_path && !self.cannot_be_nil
    }
}

/// Something else that the reader noticed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Remark {
    pub(crate) file: String,
    pub(crate) line: Option<usize>,
    pub(crate) what: String,
    #[serde(default)]
    pub(crate) note: String,
}

/// The list of the corrections that concern a known fix.
const FIXES: &str = "fixes";

/// A correction of one label, with its reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    repo: String,
    /// The list in the repository's labels: `handlers`, `unreported_exits`, `registries`,
    /// `optional_reports`, `other`; `order`, which has no place; or `fixes`: a way out that a fix leaves open.
    list: String,
    file: Option<String>,
    line: Option<u64>,
    /// For an exit that nobody labelled: the handler to which it belongs.
    handler: Option<Place>,
    /// The fields to set; the entry is added if there is none at this place, and removed by `null`.
    label: Value,
    reason: String,
}

/// A line of the list of repositories.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    pub(crate) name: String,
    /// `swift`, `objc` or `large`.
    pub(crate) kind: String,
}

/// A commit that mended a lost call in a file.
#[derive(Clone, Debug)]
pub(crate) struct KnownFix {
    pub(crate) repo: String,
    pub(crate) file: String,
    /// Where it still leaves without a report, as the corrections say.
    pub(crate) left_open: Vec<Place>,
}

/// Reads the labels.
pub(crate) fn read(path: &Path) -> Result<Vec<Labels>, String> {
    typed(parse(path)?, path)
}

/// Reads the labels and applies the corrections of a second file; says how many there are.
pub(crate) fn read_corrected(path: &Path, corrections: &Path) -> Result<(Vec<Labels>, usize), String> {
    let mut labels: Value = parse(path)?;
    let list: Vec<Correction> = typed(parse(corrections)?, corrections)?;
    for correction in list.iter().filter(|correction| correction.list != FIXES) {
        apply(&mut labels, correction).map_err(|why| {
            let place = correction.file.as_deref().unwrap_or("order");
            format!(
                "{}: correction of {} {place}:{}: {why}",
                corrections.display(),
                correction.repo,
                correction.line.unwrap_or_default(),
            )
        })?;
    }
    Ok((typed(labels, path)?, list.len()))
}

/// Reads the list of repositories.
pub(crate) fn read_repositories(path: &Path) -> Result<Vec<Repository>, String> {
    let row = |cells: &[&str]| {
        Some(Repository { name: (*cells.first()?).to_owned(), kind: (*cells.get(4)?).to_owned() })
    };
    read_table(path, row)
}

/// Reads the list of known fixes, with the corrections of a second file where there is one.
pub(crate) fn read_fixes(path: &Path, corrections: Option<&Path>) -> Result<Vec<KnownFix>, String> {
    let row = |cells: &[&str]| {
        let (repo, file) = ((*cells.first()?).to_owned(), (*cells.get(2)?).to_owned());
        Some(KnownFix { repo, file, left_open: Vec::new() })
    };
    let mut fixes = read_table(path, row)?;
    let Some(path) = corrections else { return Ok(fixes) };
    let list: Vec<Correction> = typed(parse(path)?, path)?;
    for correction in list.into_iter().filter(|correction| correction.list == FIXES) {
        let complaint = |why: &str| format!("{}: fix of {}: {why}", path.display(), correction.repo);
        if correction.reason.trim().is_empty() {
            return Err(complaint("has no reason"));
        }
        let fix = fixes.iter_mut().find(|fix| fix.repo == correction.repo);
        let fix = fix.ok_or_else(|| complaint("there is no such fix"))?;
        let place: Place = typed(correction.label.clone(), path)?;
        fix.left_open.push(place);
    }
    Ok(fixes)
}

fn read_table<T>(path: &Path, row: impl Fn(&[&str]) -> Option<T>) -> Result<Vec<T>, String> {
    text(path)?
        .lines()
        .enumerate()
        .skip(1)
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            let cells: Vec<&str> = line.split('\t').collect();
            row(&cells).ok_or_else(|| format!("{}:{}: too few columns", path.display(), at + 1))
        })
        .collect()
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(path: &Path) -> Result<Value, String> {
    serde_json::from_str(&text(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn typed<T: DeserializeOwned>(value: Value, path: &Path) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| format!("{}: {error}", path.display()))
}

fn apply(labels: &mut Value, correction: &Correction) -> Result<(), String> {
    if correction.reason.trim().is_empty() {
        return Err("has no reason".to_owned());
    }
    let repo = array(labels)?
        .iter_mut()
        .find(|entry| entry["repo"] == correction.repo.as_str())
        .ok_or("the repository has no labels")?;
    if correction.list == "order" {
        return merge(&mut repo["order"], fields(correction)?);
    }
    let file = correction.file.as_deref().ok_or("names no file")?;
    let line = correction.line.ok_or("names no line")?;
    let is_meant = |entry: &Value| entry["file"] == file && entry["line"] == line;
    if correction.list != "unreported_exits" {
        return correct_list(&mut repo[correction.list.as_str()], correction, is_meant, true).map(|_| ());
    }
    let handlers = array(&mut repo["handlers"])?;
    let mut touched = false;
    for handler in handlers.iter_mut() {
        touched |= correct_list(&mut handler["unreported_exits"], correction, is_meant, false)?;
    }
    if touched {
        return Ok(());
    }
    let owner = correction.handler.as_ref().ok_or("no exit is labelled there, and no handler is named")?;
    let handler = handlers
        .iter_mut()
        .find(|entry| entry["file"] == owner.file.as_str() && entry["line"] == owner.line)
        .ok_or("no handler is labelled where the correction says")?;
    correct_list(&mut handler["unreported_exits"], correction, is_meant, true).map(|_| ())
}

/// Changes the entries that are meant, or adds one where there is none; whether anything was changed.
fn correct_list(
    list: &mut Value,
    correction: &Correction,
    is_meant: impl Fn(&Value) -> bool,
    may_add: bool,
) -> Result<bool, String> {
    let entries = array(list)?;
    let before = entries.len();
    if correction.label.is_null() {
        entries.retain(|entry| !is_meant(entry));
        return if entries.len() < before {
            Ok(true)
        } else if may_add {
            Err("there is nothing to remove".to_owned())
        } else {
            Ok(false)
        };
    }
    let mut touched = false;
    for entry in entries.iter_mut().filter(|entry| is_meant(entry)) {
        merge(entry, fields(correction)?)?;
        touched = true;
    }
    if !touched && may_add {
        let mut entry = serde_json::json!({ "file": correction.file, "line": correction.line });
        merge(&mut entry, fields(correction)?)?;
        entries.push(entry);
        touched = true;
    }
    Ok(touched)
}

fn fields(correction: &Correction) -> Result<&Map<String, Value>, String> {
    correction.label.as_object().ok_or_else(|| "`label` is no object".to_owned())
}

fn merge(entry: &mut Value, fields: &Map<String, Value>) -> Result<(), String> {
    let entry = entry.as_object_mut().ok_or("the label is no object")?;
    entry.extend(fields.iter().map(|(key, value)| (key.clone(), value.clone())));
    Ok(())
}

fn array(value: &mut Value) -> Result<&mut Vec<Value>, String> {
    value.as_array_mut().ok_or_else(|| "there is no such list".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(label: &Value, more: &Value) -> Result<Value, String> {
        let mut labels = serde_json::json!([{
            "repo": "a/b",
            "handlers": [{
                "file": "A.swift", "line": 3, "unreported_exits": [{ "file": "A.swift", "line": 7, "why": "" }],
            }],
        }]);
        let mut correction = serde_json::json!({ "repo": "a/b", "file": "A.swift", "label": label });
        merge(&mut correction, more.as_object().unwrap())?;
        apply(&mut labels, &serde_json::from_value(correction).unwrap())?;
        Ok(labels[0]["handlers"][0].clone())
    }

    #[test]
    fn a_correction_changes_adds_and_removes() {
        let at = |list: &str, line: u64| serde_json::json!({ "list": list, "line": line, "reason": "read" });
        let set = serde_json::json!({ "verdict": "NEVER" });
        assert_eq!(corrected(&set, &at("handlers", 3)).unwrap()["verdict"], "NEVER");
        let set = serde_json::json!({ "infeasible": true });
        let handler = corrected(&set, &at("unreported_exits", 7)).unwrap();
        assert_eq!(handler["unreported_exits"][0]["infeasible"], true);
        let handler = corrected(&Value::Null, &at("unreported_exits", 7)).unwrap();
        assert_eq!(handler["unreported_exits"], serde_json::json!([]));
        let mut more = at("unreported_exits", 9);
        more["handler"] = serde_json::json!({ "file": "A.swift", "line": 3 });
        let handler = corrected(&serde_json::json!({ "why": "new" }), &more).unwrap();
        assert_eq!(handler["unreported_exits"][1]["line"], 9);
    }

    #[test]
    fn a_correction_without_reason_or_aim_is_refused() {
        let at = |line: u64, reason: &str| serde_json::json!({ "list": "unreported_exits", "line": line, "reason": reason });
        assert!(corrected(&Value::Null, &at(7, " ")).is_err());
        assert!(corrected(&Value::Null, &at(8, "read")).is_err());
    }
}
