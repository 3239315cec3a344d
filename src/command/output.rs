//! `--output FORMAT=PATH`: the findings of the same run, in files.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::config;
use crate::discover;
use crate::error::{Error, did_you_mean};
use crate::render::{self, Format, RenderOptions};
use crate::replace::{leads_out, replace, target};
use crate::report::Report;

/// A file to write, and in which form.
#[derive(Debug)]
pub(super) struct Output {
    format: Format,
    path: PathBuf,
}

/// Reads every `FORMAT=PATH`; no two may mean one file, and none a file that is no report.
pub(super) fn outputs(texts: &[String]) -> Result<Vec<Output>, Error> {
    let mut outputs: Vec<Output> = Vec::new();
    for text in texts {
        let output = output(text)?;
        let target = target(&output.path);
        if let Some(why) = spared(&output.path, &target) {
            return Err(Error::Usage(format!("--output {text}: {why}")));
        }
        if outputs.iter().any(|other| self::target(&other.path) == target) {
            let path = output.path.display();
            return Err(Error::Usage(format!("--output {text}: another --output writes {path} already")));
        }
        outputs.push(output);
    }
    Ok(outputs)
}

fn output(text: &str) -> Result<Output, Error> {
    let words = || Format::ALL.into_iter().map(Format::word);
    let refused = |why: String| Err(Error::Usage(format!("--output {text}: {why}")));
    let Some((word, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        let known = words().collect::<Vec<_>>().join(", ");
        return refused(format!("expected FORMAT=PATH with FORMAT one of {known}"));
    };
    let Some(format) = Format::ALL.into_iter().find(|format| format.word() == word) else {
        return refused(format!("unknown format `{word}`{}", did_you_mean(word, words())));
    };
    if path == "-" {
        return refused(format!("for standard output, use `--format {word}`"));
    }
    if path.ends_with(std::path::is_separator) {
        return refused("names a folder; name a file in it".to_owned());
    }
    Ok(Output { format, path: PathBuf::from(path) })
}

/// Why a file is not to be replaced by a report, if so.
fn spared(path: &Path, target: &Path) -> Option<&'static str> {
    let name = target.file_name().unwrap_or_default();
    // A pipe or a device is written to, not replaced, and `/dev/stdout` may lead to any file.
    let is_replaced = !path.starts_with("/dev") && fs::metadata(target).is_ok_and(|found| found.is_file());
    if discover::may_be_read(target) || name == config::FILE_NAME {
        Some("a report is not written to a file that pushlint reads; choose another path")
    } else if leads_out(path, target) {
        Some("a symbolic link leads out of the project; name the file that it leads to")
    } else if is_replaced
        && !fs::read(target).is_ok_and(|old| render::is_report(&String::from_utf8_lossy(&old)))
    {
        Some(
            "the file holds something else than a report of pushlint; choose another path, or remove it first",
        )
    } else {
        None
    }
}

impl Output {
    /// Writes the report, and the folders that are missing above it.
    pub(super) fn write(&self, report: &Report, options: &RenderOptions) -> Result<(), Error> {
        let target = target(&self.path);
        self.write_to(&target, report, options)
            .map_err(|source| Error::Write { path: self.path.display().to_string(), source })
    }

    fn write_to(&self, target: &Path, report: &Report, options: &RenderOptions) -> io::Result<()> {
        let mut render = |out: &mut dyn Write| render::write(report, self.format, options, out);
        match fs::metadata(target) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            // A pipe or a device is written to, not replaced; `/dev/stdout` may lead to a file.
            Ok(found) if !found.is_file() || self.path.starts_with("/dev") => {
                let mut buffered = BufWriter::new(OpenOptions::new().append(true).open(target)?);
                let written = render(&mut buffered).and_then(|()| buffered.flush());
                // Who reads no more of a pipe has enough, as with standard output.
                return written.or_else(|error| match error.kind() {
                    io::ErrorKind::BrokenPipe => Ok(()),
                    _ => Err(error),
                });
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::create_dir_all(target.parent().unwrap_or(Path::new(".")))?;
        replace(target, &mut render)
    }
}
