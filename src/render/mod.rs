//! Turns a report into bytes: one file per format, all of them reading the same [`Report`].
//!
//! A renderer knows findings and nothing below. To add a format: its file, a variant of [`Format`], and a
//! line in [`write()`].

mod human;
mod json;
mod sarif;
mod short;
mod summary;
pub mod trace;
mod visible;

use std::io::{self, Write};

use crate::report::Report;

pub use human::HumanOptions;
pub use summary::{notices, summary};
pub use trace::TraceOptions;

/// The forms in which a report can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a person: the source, with the way to the mistake drawn into it.
    Human,
    /// One line per finding: `path:line:column: level: message [rule]`, columns in characters.
    Short,
    /// Everything in pushlint's own versioned JSON.
    Json,
    /// SARIF 2.1.0, for GitHub code scanning and other viewers.
    Sarif,
}

impl Format {
    /// Every format, in the order in which they are listed to the user.
    pub const ALL: [Format; 4] = [Format::Human, Format::Short, Format::Json, Format::Sarif];

    /// The name of the format on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Short => "short",
            Format::Json => "json",
            Format::Sarif => "sarif",
        }
    }
}

/// What the renderers are told from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenderOptions {
    /// How the human report looks.
    pub human: HumanOptions,
    /// SARIF's `automationDetails.id`: tells runs over different parts of a repository apart.
    pub category: Option<String>,
}

/// Writes the findings of `report` in a format.
///
/// Summary and notices are for standard error and are written by [`summary()`] and [`notices()`].
pub fn write(
    report: &Report,
    format: Format,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, &options.human, out),
        Format::Short => short::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, options.category.as_deref(), out),
    }
}
