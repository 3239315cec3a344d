//! What is in force, as a `pushlint.toml` whose comments say where each value comes from.

use std::fmt::Write;
use std::path::Path;

use toml::Value;

use super::{Config, Origin, Override};
use crate::rules;

/// The column in which the comments begin, where the values leave room for it.
const COMMENTS: usize = 40;

/// Everything that is in force. Paths are shown from the folder `here` on.
pub fn show(config: &Config, here: &Path) -> String {
    let mut shown = Shown { config, text: String::new() };
    match &config.path {
        Some(path) => shown.line(&format!("# {path}, and what it leaves open")),
        None => shown.line("# no pushlint.toml: what holds where nobody says anything"),
    }
    shown.key("fail-on", "fail-on", &string(config.fail_on.word()), "");
    shown.key("min-confidence", "min-confidence", &string(config.min_confidence.word()), "");
    shown.key("exclude", "exclude", &strings(&config.exclude.written), "");
    match &config.baseline {
        Some(baseline) => {
            let path = baseline.strip_prefix(here).unwrap_or(baseline).display().to_string();
            shown.key("baseline", "baseline", &string(&path), "");
        }
        None => shown.key("# baseline", "baseline", "\"…\"", ": none"),
    }
    shown.line("\n[project]");
    let key = "project.deployment-target";
    match config.settings.deployment_target {
        Some((major, minor)) => {
            shown.key("deployment-target", key, &string(&format!("{major}.{minor}")), "");
        }
        None => shown.key("# deployment-target", key, "\"…\"", ": what the project says, else iOS 13"),
    }
    shown.line("\n[rules]");
    for page in rules::pages() {
        let id = &page.meta.id;
        let key = format!("rules.{id}");
        let usual = match config.origin(&key) {
            Origin::Default => format!(": usually {}", page.meta.level.word()),
            _ => String::new(),
        };
        shown.key(id, &key, &string(config.rule(id).word()), &usual);
    }
    for one in &config.overrides {
        shown.section("[[overrides]]", Origin::Line(one.line));
        shown.line(&format!("paths = {}", strings(&one.paths.written)));
        shown.line(&format!("rules = {}", table(one)));
    }
    for (at, reporter) in config.settings.reporters.iter().enumerate() {
        shown.section("[[reporters]]", config.origin(&format!("reporters.{at}")));
        shown.line(&format!("call = {}", string(&reporter.call)));
        shown.line(&format!("means = {}", string(&reporter.means)));
        if !reporter.methods.is_empty() {
            shown.line(&format!("methods = {}", strings(&reporter.methods)));
        }
    }
    shown.text
}

struct Shown<'a> {
    config: &'a Config,
    text: String,
}

impl Shown<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A key with its value, where that comes from, and a remark.
    fn key(&mut self, name: &str, key: &str, value: &str, remark: &str) {
        let origin = self.origin(self.config.origin(key));
        self.line(&format!("{:COMMENTS$}# {origin}{remark}", format!("{name} = {value} ")));
    }

    fn section(&mut self, heading: &str, origin: Origin) {
        let origin = self.origin(origin);
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "\n{:COMMENTS$}# {origin}", format!("{heading} "));
    }

    fn origin(&self, origin: Origin) -> String {
        match origin {
            Origin::Default => "default".to_owned(),
            Origin::Line(line) => format!("{}:{line}", self.config.path.as_deref().unwrap_or_default()),
            Origin::Option(option) => option.to_owned(),
        }
    }
}

fn table(one: &Override) -> String {
    let rules: Vec<String> =
        one.rules.iter().map(|(id, setting)| format!("{id} = {}", string(setting.word()))).collect();
    format!("{{ {} }}", rules.join(", "))
}

fn string(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn strings(texts: &[impl AsRef<str>]) -> String {
    Value::Array(texts.iter().map(|text| Value::String(text.as_ref().to_owned())).collect()).to_string()
}
