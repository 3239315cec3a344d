//! `[[reporters]]` that name nothing in the project: a misspelt call would be believed to work.
//!
//! It is told only where all that the configuration is for was looked at: one that several apps share speaks of calls
//! that not each of them has.

use std::collections::HashSet;

use super::{Run, scan};
use crate::config::Origin;
use crate::discover::Language;
use crate::error::did_you_mean;
use crate::report::Notice;
use crate::unit::UserReporter;

impl Run<'_> {
    /// What to say of reporters whose names stand nowhere in the project's code.
    pub(super) fn reporters_without_calls(&self) -> Vec<Notice> {
        let config = &self.request.config;
        let is_for_all = config.folder.as_deref().is_some_and(|folder| self.discovery.is_asked(folder));
        if config.settings.reporters.is_empty() || !is_for_all || self.request.copy_of.is_some() {
            return Vec::new();
        }
        let reporters = &config.settings.reporters;
        let mut open: HashSet<&str> = reporters.iter().flat_map(names).collect();
        let mut read: HashSet<String> = HashSet::new();
        // What was parsed names them, if anything does.
        let kept = |at: &usize| self.ids.get(at).map(|id| &*self.sources.get(*id).text).unwrap_or_default();
        for at in self.ids.keys() {
            note(kept(at), &mut open, &mut read);
        }
        let mut buffer = Vec::new();
        for (at, file) in self.discovery.files.iter().enumerate() {
            if open.is_empty() {
                break;
            }
            let is_source = file.language != Language::Project && kept(&at).is_empty();
            if is_source && self.read(&mut buffer, at).is_ok() {
                note(&scan::decode(&buffer), &mut open, &mut read);
            }
        }
        let told = reporters.iter().enumerate().filter_map(|(at, reporter)| {
            let name = names(reporter).find(|name| open.contains(name))?;
            let line = match config.origin(&format!("reporters.{at}")) {
                Origin::Line(line) => format!(":{line}"),
                Origin::Default | Origin::Option(_) => String::new(),
            };
            let file = config.path.as_deref().unwrap_or_default();
            let meant = did_you_mean(name, read.iter().map(String::as_str));
            let text = format!(
                "{file}{line}: `{}` names nothing: `{name}` stands nowhere in the project{meant}",
                reporter.call
            );
            Some(Notice { path: None, text, is_failure: false })
        });
        told.collect()
    }
}

/// The names that have to stand somewhere, if the call is ever made.
fn names(reporter: &UserReporter) -> impl Iterator<Item = &str> {
    let calls = [&reporter.call].into_iter().chain(&reporter.methods);
    let paths = calls.map(|call| call.split('(').next().unwrap_or_default());
    paths.flat_map(|path| path.split('.')).filter(|name| !matches!(*name, "" | "*" | "init"))
}

/// Takes the words of a text out of those that are looked for, and keeps them.
fn note(text: &str, open: &mut HashSet<&str>, read: &mut HashSet<String>) {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    for word in words.filter(|word| word.len() > 1) {
        open.remove(word);
        if !read.contains(word) {
            read.insert(word.to_owned());
        }
    }
}
