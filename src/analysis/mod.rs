//! The questions that the rules ask. Everything here is pure: facts in, answers with steps out.

mod calls;
pub mod duty;
pub mod escapes;
mod expected;
mod families;
pub mod graph;
pub mod launch;
mod mentions;
mod presence;
pub mod providers;
pub mod retention;
mod shared;
