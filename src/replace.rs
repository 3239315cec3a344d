//! Files that are written whole or not at all: a reader sees the old text or the new one, never half of one.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::discover::{self, lexical};

/// Replaces the file at `path`, or makes it, with what `write` writes.
///
/// The text is written beside the file, which then takes the place of the old one. The old one's permissions
/// stay; a new file can be read by everybody, as other steps of a build want it. Where `path` is a symbolic
/// link, the file that it leads to is replaced.
pub fn replace(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let target = path.canonicalize();
    let target = target.as_deref().unwrap_or(path);
    let file = beside(target, write)?;
    match fs::metadata(target) {
        Ok(old) => file.as_file().set_permissions(old.permissions())?,
        Err(_) => allow_reading(file.as_file())?,
    }
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// Makes the file at `path` with what `write` writes, unless there is something already.
pub fn create(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let file = beside(path, write)?;
    allow_reading(file.as_file())?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file in the folder of `path` with what `write` writes, which is gone unless it is kept.
fn beside(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".pushlint-").tempfile_in(folder)?;
    let mut buffered = BufWriter::new(file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    Ok(file)
}

/// A temporary file is its owner's alone.
#[cfg(unix)]
fn allow_reading(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn allow_reading(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Whether links of the project lead a path out of it: what is checked does not decide where something is written.
/// Who leaves the project with `..` means it.
pub fn leads_out(path: &Path, target: &Path) -> bool {
    let Ok(here) = std::env::current_dir() else { return false };
    let root = discover::project_root(&here).unwrap_or(&here);
    let Ok(path) = std::path::absolute(path) else { return false };
    if !path.starts_with(root) {
        return false;
    }
    // What is meant where no part of it is a link.
    let named = lexical(&path);
    if named.starts_with(root) {
        !root.canonicalize().is_ok_and(|root| target.starts_with(root))
    } else {
        self::target(&named) != target
    }
}

/// So many links lead to a file at most; more are a circle.
const MOST_LINKS: usize = 40;

/// The file that a path means: absolute, links resolved as far as it exists, one that leads to nothing yet included.
pub fn target(path: &Path) -> PathBuf {
    let mut path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(to) if !path.exists() => path = path.parent().unwrap_or(Path::new("/")).join(to),
            _ => break,
        }
    }
    let known = path.ancestors().find_map(|part| Some((part, part.canonicalize().ok()?)));
    let Some((existing, resolved)) = known else { return path };
    let rest = path.strip_prefix(existing).unwrap_or(Path::new(""));
    lexical(&resolved.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &'static str) -> impl FnMut(&mut dyn Write) -> io::Result<()> {
        move |out| out.write_all(text.as_bytes())
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        replace(&path, &mut with("old")).unwrap();
        let failed = replace(&path, &mut |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("full"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.txt"), folder.path().join("b.txt"));
        replace(&path, &mut with("old")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        symlink("a.txt", &link).unwrap();
        replace(&link, &mut with("new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(link.is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
