//! The `pushlint.toml` to begin with.

use std::collections::BTreeMap;

use super::SCHEMA_URI;
use crate::rules;

/// So many of the folders that are left out are named; the others are counted.
const NAMED_FOLDERS: usize = 6;

/// What is known of the project that the file is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Folders on which nothing is reported anyway, relative to the file, and what they hold.
    pub left_out: BTreeMap<String, &'static str>,
    /// Patterns of the generated files that were seen.
    pub generated: Vec<String>,
    /// The oldest iOS that the app runs on, as its Xcode project says: major and minor.
    pub deployment_target: Option<(u16, u16)>,
}

/// The text of the file: what is written down holds anyway, or was found in the project; the rest is comments.
pub fn starter(found: &Found) -> String {
    let exclude: Vec<String> = found.generated.iter().map(|pattern| format!("\"{pattern}\"")).collect();
    let generated = if exclude.is_empty() { "" } else { "# These were seen, and look generated.\n" };
    format!(
        "#:schema {SCHEMA_URI}\n\
         # What pushlint reports on in this project, and how it counts. All of it may be left out.\n\
         # `pushlint config` shows what is in force, `pushlint explain ID` what a rule means.\n\
         \n\
         # From which level on a run fails: \"error\", \"warning\", \"note\" or \"never\". An app that has findings already\n\
         # begins with \"error\", or with a baseline (`pushlint baseline write`).\n\
         fail-on = \"warning\"\n\
         \n\
         # Nothing is reported on these files; the patterns are those of .gitignore, seen from this folder.\n\
         # Left out anyway: {left_out}.\n\
         {generated}exclude = [{exclude}]\n\
         \n\
         [project]\n\
         {deployment_target}\
         \n\
         # \"error\", \"warning\" or \"note\" is a level for all findings of a rule, \"on\" stands for the levels that the rule\n\
         # gives them itself, \"off\" for none.\n\
         [rules]\n\
         {rules}\
         \n\
         # What holds for some files only.\n\
         # [[overrides]]\n\
         # paths = [\"Legacy/\"]\n\
         # rules = {{ missing-call-report = \"warning\" }}\n\
         \n\
         # Calls of which pushlint cannot see that they report an incoming call.\n\
         # [[reporters]]\n\
         # call = \"AcmeClient.handlePush\"\n\
         # means = \"reports\"\n",
        left_out = left_out(&found.left_out),
        exclude = exclude.join(", "),
        deployment_target = deployment_target(found),
        rules = rule_lines(),
    )
}

fn left_out(folders: &BTreeMap<String, &'static str>) -> String {
    let mut parts = vec!["what .gitignore names".to_owned()];
    parts.extend(folders.iter().take(NAMED_FOLDERS).map(|(folder, what)| format!("{folder}/ ({what})")));
    match folders.len().saturating_sub(NAMED_FOLDERS) {
        0 => parts.join(", "),
        more => format!("{} and {more} more folders", parts.join(", ")),
    }
}

fn deployment_target(found: &Found) -> String {
    let (seen, (major, minor)) = match found.deployment_target {
        Some(version) => ("here it does", version),
        None => ("here none was seen that does, and iOS 13 counts", (13, 0)),
    };
    format!(
        "# The oldest iOS that the app runs on, where no Xcode project says it ({seen}).\n\
         # deployment-target = \"{major}.{minor}\"\n"
    )
}

fn rule_lines() -> String {
    let width = rules::ids().map(str::len).max().unwrap_or_default();
    let line = |page: &rules::page::Page| {
        let meta = &page.meta;
        let setting = if meta.enabled { "\"on\"" } else { "\"off\"" };
        format!("# {:width$} = {setting:5}  # usually {:7}  {}\n", meta.id, meta.level.word(), meta.title)
    };
    rules::pages().iter().map(line).collect()
}
