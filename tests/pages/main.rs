//! The pages of the rules, and the pairs that go on where they stop: what they show as Swift says what a rule means.

#[path = "../expectations/mod.rs"]
mod expectations;

mod examples;
mod rules;
mod twins;

/// Fails once, with everything that is to be said.
fn fail_with(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

/// What of an example the grammar does not read as Swift.
fn not_swift(example: &examples::Example) -> Vec<String> {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_swift::LANGUAGE.into()).expect("the grammar fits");
    let mut complaints = Vec::new();
    for (file, text) in &example.files {
        let tree = parser.parse(text, None).expect("no timeout is set");
        if tree.root_node().has_error() {
            complaints.push(format!("{}, {file}: {}", example.place, tree.root_node().to_sexp()));
        }
    }
    complaints
}
