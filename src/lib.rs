//! Finds the mistakes that make an iOS app lose VoIP pushes or get killed by the system.
//!
//! ```text
//! paths -discover-> project, units -prefilter-> candidates -parse-> tree -extract-> facts -join-> program
//!       -rules-> findings -suppress-> -baseline-> report -render-> bytes
//! ```

pub mod analysis;
pub mod apple;
pub mod baseline;
pub mod check;
pub mod cli;
pub mod command;
pub mod config;
pub mod discover;
pub mod error;
pub mod facts;
pub mod finding;
pub mod fingerprint;
pub mod fix;
pub mod git;
mod parallel;
pub mod program;
pub mod read;
pub mod render;
pub mod replace;
pub mod report;
pub mod rules;
pub mod source;
pub mod suppress;
pub mod swift;
pub mod trace;
pub mod unit;
pub mod vocabulary;
