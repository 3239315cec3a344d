//! Replaces a file by its fixed text, if it is one to write to and still what was analysed.

use std::fs;
use std::io::{Error, ErrorKind, Result};
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

/// Writes the fixed text.
pub(super) fn replace(path: &Path, change: &Change) -> Result<()> {
    if read(path)? != change.before {
        return Err(Error::new(ErrorKind::InvalidData, "it changed meanwhile"));
    }
    crate::replace::replace(path, &mut |out| out.write_all(&change.after))
}
