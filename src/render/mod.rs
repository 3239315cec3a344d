//! Turns a report into bytes: one file per format, all of them reading the same [`Report`].
//!
//! A renderer knows findings and nothing below. To add a format: its file, a variant of [`Format`], and a
//! line in [`write()`].

mod github;
mod gitlab;
mod human;
mod json;
mod markdown;
mod page;
mod rdjson;
mod recognise;
mod sarif;
mod short;
mod statistics;
mod summary;
pub mod trace;
mod uri;
mod visible;
mod xcode;

use std::io::{self, Write};

use crate::report::Report;

pub use human::HumanOptions;
pub(crate) use human::wrap::broken;
pub use page::{list, page, symptoms};
pub use recognise::is_report;
pub use statistics::statistics;
pub use summary::{notices, summary};
pub use trace::TraceOptions;
pub(crate) use visible::visible;

/// The forms in which a report can be written, with the words of the command line's help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Format {
    /// The source, with the way to the mistake drawn into it
    Human,
    /// One line per finding
    Short,
    /// What Xcode shows beside the code
    Xcode,
    /// Everything, in pushlint's own JSON
    Json,
    /// SARIF 2.1.0, for GitHub code scanning and other viewers
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// GitLab Code Quality
    Gitlab,
    /// reviewdog's JSON
    Rdjson,
    /// Markdown, for the summary of a job
    Markdown,
}

impl Format {
    /// Every format, in the order in which they are listed to the user.
    pub const ALL: [Format; 9] = [
        Format::Human,
        Format::Short,
        Format::Xcode,
        Format::Json,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Rdjson,
        Format::Markdown,
    ];

    /// The name of the format on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Short => "short",
            Format::Xcode => "xcode",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Rdjson => "rdjson",
            Format::Markdown => "markdown",
        }
    }
}

/// What the renderers are told from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenderOptions {
    /// How the human report looks.
    pub human: HumanOptions,
    /// Where the project's files can be read on the web, without a slash at the end: what the places in
    /// Markdown link to.
    pub browse: Option<String>,
    /// Whether SARIF lists what comments suppress, as suppressed results. GitHub would open them as alerts.
    pub show_suppressed: bool,
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
        Format::Xcode => xcode::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, options, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Rdjson => rdjson::write(report, out),
        Format::Markdown => markdown::write(report, options.browse.as_deref(), out),
    }
}
