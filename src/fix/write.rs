//! Replaces a file by its fixed text: whole, with its permissions, and only if it is still what was analysed.

use std::fs;
use std::io::{Error, ErrorKind, Result, Write};
use std::path::Path;

use super::Change;

/// The bytes of a file that can be written: no symbolic link, which may lead out of the project, and not
/// write-protected.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let refuse = |why: &str| Err(Error::new(ErrorKind::InvalidInput, why));
    let data = fs::symlink_metadata(path)?;
    if data.is_symlink() {
        return refuse("it is a symbolic link");
    }
    if data.permissions().readonly() {
        return refuse("it is write-protected");
    }
    fs::read(path)
}

/// Writes beside the file and renames, so that nobody ever sees half a file.
pub(super) fn replace(change: &Change) -> Result<()> {
    let path = &change.absolute;
    if read(path)? != change.before {
        return Err(Error::new(ErrorKind::InvalidData, "it changed meanwhile"));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".pushlint-").tempfile_in(folder)?;
    file.write_all(&change.after)?;
    file.as_file().set_permissions(fs::metadata(path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
