//! The subcommands: each turns parsed arguments into bytes on the streams and an exit status.

mod baseline;
mod check;
mod config;
mod explain;
mod files;
mod fix;
mod init;
mod manual;
mod output;
mod progress;
mod rules;
mod trace;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};

use crate::check::{Options, Request};
use crate::cli::{ChoiceArgs, Cli, Command, ConfidenceWord, FailOnWord, KnownArgs, ScopeArgs};
use crate::config::{Config, FailOn, Selection};
use crate::error::{Error, closest};
use crate::finding::{Confidence, Level};
use crate::render::{self, visible};

/// The exit status of a run that could not do what was asked.
const FAILURE: u8 = 2;

/// Runs the program: 0 nothing at or above the threshold, 1 findings, 2 could not do what was asked.
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, mark(asks_for_xcode(&args))),
    };
    let mut out = io::stdout().lock();
    let outcome = match &cli.command {
        None => match mistyped_command(&cli.check.scope.paths) {
            Some(text) => Err(Error::Usage(text)),
            None => check::check(&cli.check, &mut out),
        },
        Some(Command::Baseline(args)) => baseline::baseline(args),
        Some(Command::Config(args)) => config::config(args, &mut out),
        Some(Command::Init { folder }) => init::init(folder.as_deref(), &mut out),
        Some(Command::Files { scope, format }) => files::files(scope, *format, &mut out),
        Some(Command::Rules { format, color }) => rules::rules(*format, *color, &mut out),
        Some(Command::Explain { words, color }) => explain::explain(words, *color, &mut out),
        Some(Command::Completions { shell }) => manual::completions(*shell, &mut out),
        Some(Command::Man { command }) => manual::man(command, &mut out),
        Some(Command::Trace(args)) => trace::trace(args, &mut out),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(error) => {
            let mark = mark(cli.command.is_none() && cli.check.format == render::Format::Xcode);
            // Where standard error is closed there is nobody to tell.
            let text = error.to_string();
            // Words of a configuration and names of files are in it.
            let lines: Vec<_> = text.split('\n').map(visible).collect();
            let _ = writeln!(io::stderr(), "{mark}pushlint: {}", lines.join("\n"));
            FAILURE.into()
        }
    }
}

/// What stands before a failure: Xcode shows what is marked as an error.
fn mark(is_for_xcode: bool) -> &'static str {
    if is_for_xcode { "error: " } else { "" }
}

/// Whether arguments that cannot be understood ask for Xcode's format all the same.
fn asks_for_xcode(args: &[OsString]) -> bool {
    let in_two = args.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "xcode");
    in_two || args.iter().any(|arg| arg == "--format=xcode")
}

/// What to say where a word was meant as a command and is none: there is no such file, and a command reads alike, or
/// another linter has one of this name.
fn mistyped_command(paths: &[PathBuf]) -> Option<String> {
    let word = paths.first()?.to_str()?;
    if Path::new(word).symlink_metadata().is_ok() {
        return None;
    }
    let hint = if matches!(word, "check" | "lint") {
        "to check, name paths or nothing: `pushlint [PATH]...`".to_owned()
    } else {
        let program = Cli::command();
        let commands = program.get_subcommands().map(clap::Command::get_name);
        format!("did you mean `pushlint {}`?", closest(word, commands)?)
    };
    Some(format!("`{word}` is neither a file nor a command; {hint}"))
}

/// Help and version go to standard output; a wrong argument is one line on standard error.
fn refuse(error: &clap::Error, mark: &str) -> ExitCode {
    if !error.use_stderr() {
        return match unless_closed(error.print()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _ = writeln!(io::stderr(), "{mark}pushlint: {error}");
                FAILURE.into()
            }
        };
    }
    if error.kind() == ErrorKind::MissingSubcommand
        && let (Some(ContextValue::String(command)), Some(ContextValue::Strings(known))) =
            (error.get(ContextKind::InvalidSubcommand), error.get(ContextKind::ValidSubcommand))
    {
        let known: Vec<String> =
            known.iter().filter(|name| *name != "help").map(|name| format!("`{command} {name}`")).collect();
        let _ = writeln!(io::stderr(), "{mark}pushlint: say what is to be done: {}", known.join(" or "));
        return FAILURE.into();
    }
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    // What begins with a dash is no file.
    let lines = lines.filter(|line| !line.contains("as a value, use"));
    let more = lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let line = more.fold(first, |line, part| {
        let glue = if line.ends_with(':') { " " } else { "; " };
        line + glue + part.trim_start_matches("tip: ")
    });
    let usage = text.lines().find_map(|line| line.trim().strip_prefix("Usage: ")).unwrap_or("pushlint");
    let words =
        usage.split(' ').take_while(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()));
    let command = words.collect::<Vec<_>>().join(" ");
    let _ = writeln!(io::stderr(), "{mark}pushlint: {line}; try `{command} --help`");
    FAILURE.into()
}

/// Whether the terminal says that it shows what it is given, and no more.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether the user's locale says that the terminal shows ASCII, or an old set of letters, and no UTF-8.
fn is_ascii_only() -> bool {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(std::env::var_os);
    let locale =
        said.map(|locale| locale.to_string_lossy().to_ascii_lowercase()).find(|locale| !locale.is_empty());
    locale.is_some_and(|locale| !locale.contains("utf-8") && !locale.contains("utf8"))
}

/// Writes lines for a person to standard error, broken at words where that is a terminal.
fn beside(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut text = Vec::new();
    let stderr = io::stderr();
    let width = terminal_size::terminal_size_of(&stderr).map(|(width, _)| usize::from(width.0));
    // Where standard error is closed there is nobody to tell.
    let _ = write(&mut text).and_then(|()| match width {
        // Less than some words in a line cannot be read.
        Some(width) => {
            let width = width.max(40);
            stderr.lock().write_all(render::broken(&String::from_utf8_lossy(&text), width).as_bytes())
        }
        None => stderr.lock().write_all(&text),
    });
}

/// The request that the arguments make, for text that may stand for a file.
fn request(scope: &ScopeArgs, start: Option<&Path>) -> Result<Request, Error> {
    let folder = std::env::current_dir().map_err(|source| Error::Read { path: ".".to_owned(), source })?;
    let config = config(scope, &folder, start.or(scope.paths.first().map(PathBuf::as_path)))?;
    let defaults = Options::default();
    Ok(Request {
        paths: scope.paths.clone(),
        folder,
        config,
        options: Options {
            threads: scope.threads.map_or(defaults.threads, usize::from),
            no_ignore: scope.no_ignore,
            ..defaults
        },
        ..Request::default()
    })
}

/// The configuration: the file that is named, else the nearest one above what is checked first.
fn config(scope: &ScopeArgs, folder: &Path, start: Option<&Path>) -> Result<Config, Error> {
    if scope.no_config {
        return Ok(Config::default());
    }
    if let Some(path) = &scope.config {
        return Config::read(&folder.join(path), &path.display().to_string());
    }
    let start = folder.join(start.unwrap_or(Path::new("")));
    let start = start.canonicalize().unwrap_or(start);
    match Config::find(&start) {
        Some(path) => Config::read(&path, &shown(&path, folder)),
        None => Ok(Config::default()),
    }
}

/// A path as its user would write it in the current folder.
fn shown(path: &Path, folder: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.display().to_string() }
}

/// What the command line decides, on top of what the configuration says. Paths begin in `folder`.
fn choose(config: &mut Config, choices: &ChoiceArgs, known: &KnownArgs, folder: &Path) -> Result<(), Error> {
    let ChoiceArgs { fail_on: level, only, skip, enable, min_confidence } = choices;
    config.select(Selection { only, skip, enable })?;
    if let Some(word) = level {
        config.set_fail_on(fail_on(*word));
    }
    if let Some(word) = min_confidence {
        config.set_min_confidence(confidence(*word));
    }
    if known.no_baseline {
        config.set_baseline(None);
    } else if let Some(baseline) = &known.baseline {
        config.set_baseline(Some(folder.join(baseline)));
    }
    Ok(())
}

fn fail_on(word: FailOnWord) -> FailOn {
    match word {
        FailOnWord::Error => FailOn::Level(Level::Error),
        FailOnWord::Warning => FailOn::Level(Level::Warning),
        FailOnWord::Note => FailOn::Level(Level::Note),
        FailOnWord::Never => FailOn::Never,
    }
}

fn confidence(word: ConfidenceWord) -> Confidence {
    match word {
        ConfidenceWord::Low => Confidence::Low,
        ConfidenceWord::Medium => Confidence::Medium,
        ConfidenceWord::High => Confidence::High,
    }
}

/// Output that nobody reads any more is no failure: `pushlint | head`.
fn unless_closed(result: io::Result<()>) -> Result<(), Error> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::Write { path: "standard output".to_owned(), source: error })
        }
        _ => Ok(()),
    }
}
