//! Reads the files of a commit out of git's objects.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;

use super::{command, short};
use crate::discover;
use crate::report::Notice;

/// A file or submodule of a commit.
struct Entry {
    kind: Kind,
    id: String,
    /// Relative to the root of the repository.
    path: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Submodule,
}

/// Writes the files of a commit that a check may read below `folder`.
pub(super) fn copy(root: &Path, commit: &str, folder: &Path, notices: &mut Vec<Notice>) -> io::Result<()> {
    // Submodules, each with a commit of its own, are repositories inside of this one.
    let mut open = vec![(PathBuf::new(), commit.to_owned())];
    while let Some((place, commit)) = open.pop() {
        let repository = root.join(&place);
        let entries = match list(&repository, &commit) {
            Ok(entries) => entries,
            Err(_) if !place.as_os_str().is_empty() => {
                notices.push(Notice {
                    path: Some(discover::shown(Path::new(""), &place)),
                    text: format!(
                        "commit {} of this submodule is not here, so what is found in it counts as new; fetch it with \
                         `git -C {} fetch`",
                        short(&commit),
                        place.display()
                    ),
                    is_failure: false,
                });
                continue;
            }
            Err(error) => return Err(error),
        };
        let (files, submodules): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|entry| entry.kind == Kind::File);
        write(&repository, &files, &folder.join(&place))?;
        // One that is not checked out has no files in the work tree either.
        let is_here = |entry: &&Entry| repository.join(&entry.path).join(".git").exists();
        open.extend(
            submodules.iter().filter(is_here).map(|entry| (place.join(&entry.path), entry.id.clone())),
        );
    }
    Ok(())
}

/// What there is in a commit: files that a check may read, and submodules.
fn list(repository: &Path, commit: &str) -> io::Result<Vec<Entry>> {
    let output = command(repository, ["ls-tree", "-r", "-z", "--full-tree", commit]).output()?;
    if !output.status.success() {
        return Err(said(&output.stderr));
    }
    Ok(output.stdout.split(|byte| *byte == 0).filter_map(entry).collect())
}

/// `<mode> <type> <id>\t<path>`; symbolic links are not followed anywhere, and so not read here.
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = (std::str::from_utf8(line.get(..tab)?).ok()?, path_of(line.get(tab + 1..)?)?);
    let mut words = head.split(' ');
    let kind = match words.next()? {
        "100644" | "100755" if discover::may_be_read(&path) => Kind::File,
        "160000" => Kind::Submodule,
        _ => return None,
    };
    // A tree that somebody made by hand could lead out of the folder.
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(name) if name != ".git"));
    is_plain.then(|| Entry { kind, id: words.nth(1).unwrap_or_default().to_owned(), path })
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a path may not be one")]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

/// Writes files below a folder, each as one question and one answer of a single `git cat-file`.
fn write(repository: &Path, files: &[Entry], folder: &Path) -> io::Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let mut git = command(repository, ["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let closed = || io::Error::new(io::ErrorKind::BrokenPipe, "git ended too early");
    let mut questions = git.stdin.take().ok_or_else(closed)?;
    let mut answers = BufReader::new(git.stdout.take().ok_or_else(closed)?);
    let mut header = String::new();
    for file in files {
        writeln!(questions, "{}", file.id)?;
        questions.flush()?;
        header.clear();
        answers.read_line(&mut header)?;
        // `<id> blob <size>`, or `<id> missing`
        let size = header.trim_end().rsplit_once(" blob ").and_then(|(_, size)| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("git has no object {} ({})", short(&file.id), file.path.display()),
            )
        })?;
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let mut out = BufWriter::new(std::fs::File::create(path)?);
        io::copy(&mut answers.by_ref().take(size), &mut out)?;
        out.flush()?;
        // A line end follows.
        io::copy(&mut answers.by_ref().take(1), &mut io::sink())?;
    }
    drop(questions);
    git.wait().map(drop)
}

/// What git said is wrong.
fn said(stderr: &[u8]) -> io::Error {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().next().unwrap_or("git failed");
    io::Error::other(line.strip_prefix("fatal: ").unwrap_or(line).to_owned())
}
