//! A rule in SARIF, from its page.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{
    MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor,
};

use crate::finding::Level;
use crate::rules::page::Page;

/// GitHub's limit for descriptions, in characters.
const LONGEST_DESCRIPTION: usize = 1024;
/// GitHub's limit for the tags of a rule.
const MOST_TAGS: usize = 20;

pub(super) fn descriptor(page: &Page) -> ReportingDescriptor {
    let meta = &page.meta;
    let help = MultiformatMessageString::builder().text(&page.body).markdown(&page.body).build();
    ReportingDescriptor::builder()
        .id(&meta.id)
        .name(name(&meta.id))
        .short_description(description(&meta.title))
        .full_description(description(&page.rationale()))
        .help(help)
        .help_uri(meta.uri())
        .default_configuration(ReportingConfiguration::builder().level(json!(meta.level.word())).build())
        .properties(properties(page))
        .build()
}

/// The id as one word, as Visual Studio and others show it: `MissingCallReport`.
fn name(id: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    id.split('-').map(capital).collect()
}

fn description(text: &str) -> MultiformatMessageString {
    let text: String = text.chars().take(LONGEST_DESCRIPTION).collect();
    MultiformatMessageString::builder().text(text).build()
}

fn properties(page: &Page) -> PropertyBag {
    let meta = &page.meta;
    let severity = match meta.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "recommendation",
    };
    let values = BTreeMap::from([
        ("precision".to_owned(), json!(meta.confidence.word())),
        ("problem.severity".to_owned(), json!(severity)),
    ]);
    let tags: Vec<String> = meta.tags.iter().take(MOST_TAGS).cloned().collect();
    PropertyBag::builder().tags(tags).additional_properties(values).build()
}
