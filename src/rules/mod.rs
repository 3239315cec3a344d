//! The rules: what pushlint can find.
//!
//! A rule is its page (`rules/<id>.md`), its check, and one line in [`RULES`].

pub mod context;
pub mod page;
mod push_types_before_delegate;
mod registry_before_provider;
mod registry_stored_property;

use std::sync::OnceLock;

use context::Context;
use page::Page;

use crate::finding::Finding;

/// A kind of mistake that pushlint can find.
#[derive(Debug)]
pub struct Rule {
    /// The id, the name of its page.
    pub id: &'static str,
    /// The text of the page.
    pub page: &'static str,
}

/// A rule with the page of its id; an id without a page does not compile.
macro_rules! rule {
    ($id:literal) => {
        Rule { id: $id, page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $id, ".md")) }
    };
}

/// Every rule, by id.
pub const RULES: &[Rule] = &[
    rule!("async-push-handler"),
    rule!("deferred-call-report"),
    rule!("missing-call-report"),
    rule!("optional-chained-report"),
    rule!("push-types-before-delegate"),
    rule!("registry-before-provider"),
    rule!("registry-stored-property"),
    rule!("unseen-call-report"),
];

/// The pages of all rules, in the order of [`RULES`].
///
/// # Panics
///
/// If a page that is built into the program is malformed; a test reads them all.
pub fn pages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        RULES
            .iter()
            .map(|rule| match Page::parse(rule.id, rule.page) {
                Ok(page) => page,
                Err(error) => panic!("{error}"),
            })
            .collect()
    })
}

/// Asks the rules that rest on the launch. The story of a launch is told with the first of its findings.
pub fn of_the_launch(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = registry_stored_property::check(context);
    findings.extend(registry_before_provider::check(context));
    findings.extend(push_types_before_delegate::check(context));
    context::tell_once(&mut findings);
    findings
}

#[cfg(test)]
mod tests {
    use super::{RULES, pages};

    #[test]
    fn every_page_is_well_formed() {
        assert_eq!(pages().len(), RULES.len());
    }

    #[test]
    fn rules_are_listed_once_and_by_id() {
        assert!(RULES.is_sorted_by(|left, right| left.id < right.id));
    }
}
