//! `pushlint [PATH]...`: the check.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use super::fix;
use super::output::outputs;
use super::progress::Progress;
use crate::baseline::Baseline;
use crate::check::{self, Given};
use crate::cli::{CheckArgs, ColorWord};
use crate::discover;
use crate::error::Error;
use crate::render::{self, Format, HumanOptions, RenderOptions};

/// Checks, writes what was found where it was asked for, and gives the exit status.
pub(super) fn check(args: &CheckArgs, out: &mut dyn Write) -> Result<u8, Error> {
    let outputs = outputs(&args.output)?;
    let mut request = super::request(&args.scope, args.stdin_filename.as_deref())?;
    let has_dash = request.paths.iter().any(|path| path == Path::new("-"));
    match &args.stdin_filename {
        Some(_) if !has_dash => {
            return Err(Error::Usage(
                "`--stdin-filename` needs `-` among the paths: the source is read from standard input then"
                    .to_owned(),
            ));
        }
        Some(path) => {
            is_source(path, &request.folder)?;
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
    super::choose(&mut request.config, &args.choices, &args.known, &request.folder)?;
    let baseline = request.config.baseline.as_deref();
    let baseline = baseline.map(|path| Baseline::read(path, &super::shown(path, &request.folder)));
    request.baseline = baseline.transpose()?;
    request.changed_since.clone_from(&args.changed_since);
    request.from_hook = args.from_hook;

    let progress = Progress::start(args.quiet);
    let fix::Outcome { report, diff } = fix::mend(&args.fixes, &request, check::run(&request)?)?;
    drop(progress);
    let format = args.format;
    let options = RenderOptions {
        human: human(args.color),
        browse: browsable(),
        show_suppressed: args.show_suppressed,
    };
    let mut buffered = io::BufWriter::new(out);
    let written = match &diff {
        Some(diff) => buffered.write_all(diff.as_bytes()),
        None => render::write(&report, format, &options, &mut buffered),
    };
    super::unless_closed(written.and_then(|()| buffered.flush()))?;

    super::beside(|out| render::notices(&report, format, out));
    // Xcode would make an issue of it, in every build.
    if !args.quiet && format != Format::Xcode {
        super::beside(|out| render::summary(&report, out));
    }
    if args.statistics {
        // Where standard error is closed there is nobody to tell.
        let _ = render::statistics(&report, &mut io::stderr().lock());
    }
    let options = RenderOptions { human: HumanOptions::default(), ..options };
    // One that fails does not keep the others from being written.
    let written: Vec<Result<(), Error>> =
        outputs.iter().map(|output| output.write(&report, &options)).collect();
    written.into_iter().collect::<Result<(), Error>>()?;
    Ok(report.exit_status(request.config.fail_on.threshold()))
}

/// Whether a text can stand for this file, which may not be there yet.
fn is_source(path: &Path, folder: &Path) -> Result<(), Error> {
    let why = if folder.join(path).is_dir() {
        "is a folder; name a file in it"
    } else if discover::is_read(path) {
        return Ok(());
    } else {
        "is neither a Swift nor a project file"
    };
    Err(Error::Usage(format!("`--stdin-filename {}` {why}", path.display())))
}

fn standard_input() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(source) => Err(Error::Read { path: "standard input".to_owned(), source }),
    }
}

/// Where a CI service shows the files of the commit that it checks.
fn browsable() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let github = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/blob/{}", variable("GITHUB_SHA")?))
    };
    let gitlab = || Some(format!("{}/-/blob/{}", variable("CI_PROJECT_URL")?, variable("CI_COMMIT_SHA")?));
    github().or_else(gitlab)
}

/// How a person's output looks on this standard output.
pub(super) fn human(color: ColorWord) -> HumanOptions {
    let is_terminal = io::stdout().is_terminal();
    let is_coloured = match color {
        ColorWord::Always => true,
        ColorWord::Never => false,
        ColorWord::Auto => {
            let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            is_terminal && !is_unwanted && !super::is_dumb()
        }
    };
    let defaults = HumanOptions::default();
    let width = terminal_size::terminal_size().filter(|_| is_terminal).map(|(width, _)| usize::from(width.0));
    // A line of prose over the whole of a wide screen is hard to read.
    HumanOptions {
        color: is_coloured,
        unicode: !(is_terminal && super::is_ascii_only()),
        links: is_coloured && is_terminal,
        width: width.unwrap_or(defaults.width).min(120),
    }
}
