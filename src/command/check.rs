//! `pushlint [PATH]...`: the check.

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use super::fix;
use crate::baseline::Baseline;
use crate::check::{self, Given, Request};
use crate::cli::{CheckArgs, ColorWord, OutputFormat};
use crate::error::{Error, did_you_mean};
use crate::render::{self, Format, HumanOptions, RenderOptions};
use crate::replace::replace;
use crate::report::Report;

/// Checks, writes what was found where it was asked for, and gives the exit status.
pub(super) fn check(args: &CheckArgs, out: &mut dyn Write) -> Result<u8, Error> {
    let outputs = args.output.iter().map(|text| output(text)).collect::<Result<Vec<_>, _>>()?;
    let mut request = super::request(&args.scope, args.stdin_filename.as_deref())?;
    let has_dash = request.paths.iter().any(|path| path == Path::new("-"));
    match &args.stdin_filename {
        Some(path) => {
            request.paths.retain(|path| path != Path::new("-"));
            request.given = Some(Given { path: path.clone(), bytes: standard_input()? });
        }
        None if has_dash => {
            return Err(Error::Usage(
                "`-` needs `--stdin-filename`, to know where the source belongs".to_owned(),
            ));
        }
        None => {}
    }
    super::choose(&mut request.config, &args.choices)?;
    if !args.no_baseline {
        request.baseline = baseline(&request, args.baseline.as_deref())?;
    }
    request.changed_since.clone_from(&args.changed_since);

    let fix::Outcome { report, diff } = fix::mend(&args.fixes, &request, check::run(&request)?)?;
    for (format, path) in &outputs {
        write_file(&report, *format, path)?;
    }
    let options = RenderOptions { human: human(args.color), ..RenderOptions::default() };
    let mut buffered = io::BufWriter::new(out);
    let written = match &diff {
        Some(diff) => buffered.write_all(diff.as_bytes()),
        None => render::write(&report, format(args.format), &options, &mut buffered),
    };
    super::unless_closed(written.and_then(|()| buffered.flush()))?;

    let mut beside = io::stderr().lock();
    // Where standard error is closed there is nobody to tell.
    let _ = render::notices(&report, &mut beside);
    if !args.quiet {
        let _ = render::summary(&report, &mut beside);
    }
    Ok(report.exit_status(request.config.fail_on.threshold()))
}

/// The baseline: the file that is named, else the one that the configuration names.
fn baseline(request: &Request, named: Option<&Path>) -> Result<Option<Baseline>, Error> {
    let Some(path) = named.or(request.config.baseline.as_deref()) else { return Ok(None) };
    Baseline::read(&request.folder.join(path), &super::shown(path, &request.folder)).map(Some)
}

fn standard_input() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(source) => Err(Error::Read { path: "standard input".to_owned(), source }),
    }
}

/// `FORMAT=PATH`
fn output(text: &str) -> Result<(Format, PathBuf), Error> {
    let words = || Format::ALL.into_iter().map(Format::word);
    let wanted =
        || format!("expected FORMAT=PATH with FORMAT one of {}", words().collect::<Vec<_>>().join(", "));
    match text.split_once('=') {
        Some((word, path)) if !path.is_empty() => Format::ALL
            .into_iter()
            .find(|format| format.word() == word)
            .map(|format| (format, PathBuf::from(path)))
            .ok_or_else(|| {
                Error::Usage(format!(
                    "--output {text}: unknown format `{word}`{}",
                    did_you_mean(word, words())
                ))
            }),
        _ => Err(Error::Usage(format!("--output {text}: {}", wanted()))),
    }
}

fn write_file(report: &Report, format: Format, path: &Path) -> Result<(), Error> {
    replace(path, &mut |out| render::write(report, format, &RenderOptions::default(), out))
        .map_err(|source| Error::Write { path: path.display().to_string(), source })
}

/// How a person's output looks on this standard output.
pub(super) fn human(color: ColorWord) -> HumanOptions {
    let is_terminal = io::stdout().is_terminal();
    let is_coloured = match color {
        ColorWord::Always => true,
        ColorWord::Never => false,
        ColorWord::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let defaults = HumanOptions::default();
    let width = terminal_size::terminal_size().filter(|_| is_terminal).map(|(width, _)| usize::from(width.0));
    // A line of prose over the whole of a wide screen is hard to read.
    HumanOptions {
        color: is_coloured,
        links: is_coloured && is_terminal,
        width: width.unwrap_or(defaults.width).min(120),
        ..defaults
    }
}

fn format(format: OutputFormat) -> Format {
    match format {
        OutputFormat::Human => Format::Human,
        OutputFormat::Short => Format::Short,
        OutputFormat::Json => Format::Json,
        OutputFormat::Sarif => Format::Sarif,
    }
}
