//! Files that are read whole. A pipe that nobody writes to would never end, so that only a real file is opened.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Project files, configurations and sources are small; what is larger was generated, or is something else.
pub const MAX_BYTES: u64 = 16 << 20;

/// Whether there is something at a path that cannot be read as a file: a folder, a pipe, a socket.
pub fn is_no_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file())
}

/// Reads a file of at most [`MAX_BYTES`] into a buffer, which is emptied first.
pub fn into(buffer: &mut Vec<u8>, path: &Path) -> io::Result<()> {
    buffer.clear();
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // What a shell hands over with `<(…)` is a pipe below `/dev`, and has a writer.
    if !found.is_file() && !path.starts_with("/dev") {
        return Err(io::Error::other("it is no file"));
    }
    let read = File::open(path)?.take(MAX_BYTES + 1).read_to_end(buffer)? as u64;
    if read > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 16 MiB"));
    }
    Ok(())
}

/// The bytes of a file.
pub fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    into(&mut bytes, path).map(|()| bytes)
}

/// The text of a file that must be UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    let not_text = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text");
    String::from_utf8(bytes(path)?).map_err(not_text)
}
