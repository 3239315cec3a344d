//! The command line, as clap types. No logic.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::render::Format;

/// Finds the mistakes that make an iOS app lose VoIP pushes or get killed by the system.
#[derive(Debug, Parser)]
#[command(name = "pushlint", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
#[command(
    after_help = "Exit status: 0 nothing at or above --fail-on, 1 findings, 2 could not do what was asked."
)]
pub struct Cli {
    /// What to do, if not to check.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What and how to check.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// What to do other than to check.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List every rule, a line each
    Rules {
        /// The form of the list
        #[arg(long, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
        /// Colours in the list
        #[arg(long, value_enum, default_value_t = ColorWord::Auto, value_name = "WHEN")]
        color: ColorWord,
    },
    /// Show the page of a rule, or which rules look for the causes of a symptom
    #[command(
        after_help = "Examples:\n  pushlint explain missing-call-report\n  pushlint explain 0xBAADCA11\n  \
                            pushlint explain never posted an incoming call"
    )]
    Explain {
        /// The rule's id, or what the system or its log says
        #[arg(value_name = "ID|SYMPTOM", required = true)]
        words: Vec<String>,
        /// Colours in the page
        #[arg(long, value_enum, default_value_t = ColorWord::Auto, value_name = "WHEN")]
        color: ColorWord,
    },
    /// Write down what is found today, so that only new findings are reported
    Baseline(BaselineArgs),
    /// List the files that a check would read, and those that it would not, with the reason
    Files {
        /// What is read.
        #[command(flatten)]
        scope: ScopeArgs,
        /// The form of the list
        #[arg(long, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
    /// Write the completions of a shell to standard output
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Show what is in force, and where each value comes from
    Config(ConfigArgs),
    /// Write a pushlint.toml to begin with
    Init {
        /// Where to put it [default: the root of the project around the current folder]
        #[arg(value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
    /// Write the manual page of pushlint, or of one of its commands, to standard output
    Man {
        /// The command: `baseline`, or `baseline write`
        command: Vec<String>,
    },
    /// Draw the launch and every way of a push, from its arrival to the report
    Trace(TraceArgs),
}

/// What is done with a baseline.
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = false)]
pub struct BaselineArgs {
    /// What is done.
    #[command(subcommand)]
    pub action: BaselineAction,
}

/// What is done with a baseline.
#[derive(Debug, Subcommand)]
pub enum BaselineAction {
    /// Write down everything that is found
    Write(BaselineFileArgs),
    /// Take out what is not found any more
    Prune(BaselineFileArgs),
}

/// A baseline, and the run that it is compared with.
#[derive(Debug, Args)]
pub struct BaselineFileArgs {
    /// The file [default: `baseline` in pushlint.toml, else pushlint-baseline.toml]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// What is read. Of files that are not asked for the baseline stays as it is.
    #[command(flatten)]
    pub scope: ScopeArgs,
}

/// The configuration that a check would have.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// What is read.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// What is reported, and how it counts.
    #[command(flatten)]
    pub choices: ChoiceArgs,
    /// What is known already.
    #[command(flatten)]
    pub known: KnownArgs,
    /// Print the JSON Schema of pushlint.toml instead
    #[arg(long)]
    pub schema: bool,
}

/// What is read.
#[derive(Debug, Args)]
pub struct ScopeArgs {
    /// Files and folders to report on, with what concerns them in other files [default: the current folder]. The project
    /// around them is analysed.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Use this configuration file instead of the nearest pushlint.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long)]
    pub no_config: bool,
    /// Read what .gitignore and .ignore exclude, too
    #[arg(long)]
    pub no_ignore: bool,
    /// How many threads to use [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}

/// What is reported, and how it counts, beyond what `pushlint.toml` says.
#[derive(Debug, Args)]
pub struct ChoiceArgs {
    /// The level from which on findings make the exit status 1 [default: warning]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<FailOnWord>,
    /// Report this rule only; repeatable
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Do not report this rule; repeatable
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Report this rule too, though it is off by default or in pushlint.toml; repeatable
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub enable: Vec<String>,
    /// Report only what is at least this sure [default: low]
    #[arg(long, value_enum, value_name = "CONFIDENCE")]
    pub min_confidence: Option<ConfidenceWord>,
}

/// What is known already, and not reported.
#[derive(Debug, Args)]
pub struct KnownArgs {
    /// Report only what this baseline does not know [default: `baseline` in pushlint.toml]
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    pub baseline: Option<PathBuf>,
    /// Use no baseline
    #[arg(long)]
    pub no_baseline: bool,
}

/// What is mended.
#[derive(Debug, Args)]
pub struct FixArgs {
    /// Apply the safe fixes to the files, and report what remains
    #[arg(long, conflicts_with = "stdin_filename")]
    pub fix: bool,
    /// Apply those fixes, too, that may change what the program does (with --fix or --diff)
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Show what --fix would change as a unified diff, instead of the findings; change nothing
    #[arg(long, conflicts_with = "format")]
    pub diff: bool,
}

/// What and how to draw.
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// What is read.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// The form of the picture
    #[arg(long, value_enum, default_value_t = TraceFormat::Human)]
    pub format: TraceFormat,
    /// Draw every way on its own, those too that report at the same place
    #[arg(long)]
    pub all: bool,
    /// Colours in the picture
    #[arg(long, value_enum, default_value_t = ColorWord::Auto, value_name = "WHEN")]
    pub color: ColorWord,
}

/// The forms of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TraceFormat {
    /// For a terminal
    Human,
    /// Everything, in pushlint's own JSON
    Json,
    /// Mermaid, for a pull request or a design document
    Mermaid,
}

/// What and how to check.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// What is read.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// The form of the findings on standard output
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Write the findings of the same run to a file, too; repeatable
    #[arg(long, value_name = "FORMAT=PATH")]
    pub output: Vec<String>,
    /// What is reported, and how it counts.
    #[command(flatten)]
    pub choices: ChoiceArgs,
    /// What is known already.
    #[command(flatten)]
    pub known: KnownArgs,
    /// Report only what the last common commit with this revision does not have
    #[arg(long, value_name = "REV")]
    pub changed_since: Option<String>,
    /// In SARIF, list what comments suppress too, as suppressed (GitHub would open it as alerts)
    #[arg(long)]
    pub show_suppressed: bool,
    /// What is mended.
    #[command(flatten)]
    pub fixes: FixArgs,
    /// The PATHs come from a hook: none means nothing, not everything, and what is excluded stays so
    #[arg(long)]
    pub from_hook: bool,
    /// Read the source of this file from standard input (PATH is `-`)
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,
    /// Say nothing but the findings and what went wrong
    #[arg(long, short)]
    pub quiet: bool,
    /// Write figures to standard error, too: the findings per rule, and where the time went
    #[arg(long)]
    pub statistics: bool,
    /// Colours in the human report
    #[arg(long, value_enum, default_value_t = ColorWord::Auto, value_name = "WHEN")]
    pub color: ColorWord,
}

/// The forms of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A line for each
    Human,
    /// JSON
    Json,
}

/// From which level on findings fail the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOnWord {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Any finding
    Note,
    /// Nothing
    Never,
}

/// How sure a finding must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConfidenceWord {
    /// Everything
    Low,
    /// No guesses
    Medium,
    /// Only what rests on the code alone
    High,
}

/// When there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWord {
    /// In a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
