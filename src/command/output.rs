//! `--output FORMAT=PATH`: the findings of the same run, in files.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, did_you_mean};
use crate::render::{self, Format, RenderOptions};
use crate::replace::replace;
use crate::report::Report;

/// A file to write, and in which form.
#[derive(Debug)]
pub(super) struct Output {
    format: Format,
    path: PathBuf,
}

/// Reads every `FORMAT=PATH`; no two may mean one file.
pub(super) fn outputs(texts: &[String]) -> Result<Vec<Output>, Error> {
    let mut outputs: Vec<Output> = Vec::new();
    for text in texts {
        let output = output(text)?;
        let target = target(&output.path);
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
    Ok(Output { format, path: PathBuf::from(path) })
}

/// The file that a path means: absolute, links resolved as far as it exists.
fn target(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let known = path.ancestors().find_map(|part| Some((part, part.canonicalize().ok()?)));
    let Some((existing, resolved)) = known else { return path };
    let rest = path.strip_prefix(existing).unwrap_or(Path::new(""));
    rest.components().fold(resolved, |mut target, component| {
        match component {
            Component::ParentDir => drop(target.pop()),
            other => target.push(other),
        }
        target
    })
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
                render(&mut buffered)?;
                return buffered.flush();
            }
            _ => {}
        }
        let folder = target.parent().unwrap_or(Path::new("."));
        if fs::metadata(folder).is_ok_and(|found| !found.is_dir()) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        fs::create_dir_all(folder)?;
        replace(target, &mut render)
    }
}
