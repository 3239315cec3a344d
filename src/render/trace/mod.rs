//! Draws a [`Trace`]: for a person, for a program, for a page.
//!
//! A renderer of a trace knows its model and nothing else. What differs between people and pages is the form: what is
//! folded is folded in the model.

mod human;
mod json;
mod mermaid;
mod names;

use super::HumanOptions;

pub use human::human;
pub use json::json;
pub use mermaid::mermaid;

/// How a picture looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceOptions {
    /// How it looks on a terminal.
    pub human: HumanOptions,
    /// Ways that report at the same place are drawn one by one.
    pub is_unfolded: bool,
}
