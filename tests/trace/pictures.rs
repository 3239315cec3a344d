//! The pictures of our apps, as they are drawn.

use pushlint::render::HumanOptions;
use pushlint::trace::Trace;

use super::{human, mermaid, report};

fn drawn(name: &str) -> String {
    human(&Trace::new(&report(name)), HumanOptions::default(), false)
}

#[test]
fn an_app_with_mistakes_has_them_marked() {
    insta::assert_snapshot!("ring", drawn("ring"));
}

#[test]
fn the_app_of_the_forum_thread() {
    insta::assert_snapshot!("forum_thread", drawn("forum-thread"));
}

#[test]
fn an_app_without_mistakes_is_proved_to_have_none() {
    insta::assert_snapshot!("clean", drawn("clean"));
}

#[test]
fn every_way_on_its_own() {
    insta::assert_snapshot!("clean_all", human(&Trace::new(&report("clean")), HumanOptions::default(), true));
}

#[test]
fn a_narrow_terminal() {
    let options = HumanOptions { width: 50, ..HumanOptions::default() };
    insta::assert_snapshot!("ring_narrow", human(&Trace::new(&report("ring")), options, false));
}

#[test]
fn as_a_flowchart() {
    insta::assert_snapshot!("ring_mermaid", mermaid(&Trace::new(&report("ring"))));
}
