//! The pages of the rules, and the pairs that go on where they stop: what they show as Swift says what a rule means.

#[path = "../expectations/mod.rs"]
mod expectations;

mod examples;
mod rules;
mod twins;

use pushlint::source::FileId;
use pushlint::swift;

/// Fails once, with everything that is to be said.
fn fail_with(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

/// What of an example the front end does not understand.
fn not_understood(example: &examples::Example) -> Vec<String> {
    let mut complaints = Vec::new();
    for (file, text) in &example.files {
        let facts = swift::parse(FileId(0), text).expect("an example is small");
        for span in facts.damaged {
            let damaged = &text[span.start as usize..span.end as usize];
            complaints.push(format!("{}, {file}: not understood: {damaged}", example.place));
        }
    }
    complaints
}
