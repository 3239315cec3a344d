//! The questions that the rules ask. Everything here is pure: facts in, answers with steps out.

pub mod duty;
pub mod graph;
pub mod launch;
