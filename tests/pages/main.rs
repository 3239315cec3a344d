//! The pages of the rules, and the pairs that go on where they stop: what they show as code says what a rule means.

#[path = "../expectations/mod.rs"]
mod expectations;

mod examples;
mod fixes;
mod rules;
mod twins;
mod xcode;

use pushlint::check;
use pushlint::config::{Config, Selection};
use pushlint::source::FileId;
use pushlint::swift;

/// Fails once, with everything that is to be said.
fn fail_with(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

/// What of an example the front end does not understand.
fn not_understood(example: &examples::Example) -> Vec<String> {
    let mut complaints = Vec::new();
    for (file, text) in example.files.iter().filter(|(file, _)| xcode::is_swift(file)) {
        let facts = swift::parse(FileId(0), text).expect("an example is small");
        for span in facts.damaged() {
            let damaged = &text[span.start as usize..span.end as usize];
            complaints.push(format!("{}, {file}: not understood: {damaged}", example.place));
        }
    }
    complaints
}

/// What pushlint finds in an example of a rule and should not, and the other way round. The rule is on, and so is every one
/// that is on by default.
fn differences(id: &str, example: &examples::Example) -> Vec<String> {
    let files: Vec<(&str, &str)> =
        example.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut config = Config::default();
    let selection = Selection { enable: &[id.to_owned()], ..Selection::default() };
    config.select(selection).expect("a known rule");
    let report = check::texts(&files, &config);
    let complaints = expectations::differences(&example.expectations(), &report, |file| file.path.clone());
    complaints.into_iter().map(|complaint| format!("{}: {complaint}", example.place)).collect()
}
