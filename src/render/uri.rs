//! Paths in addresses.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};

use crate::source::SourceFile;

/// What may stand in the path of a relative URI as it is. A colon could be taken for a scheme.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// A path as a relative URI, percent-encoded.
pub(super) fn of_path(path: &str) -> String {
    utf8_percent_encode(path, IN_PATH).to_string()
}

/// The path of a file as a relative URI. A name that is no text is shown with something else in it; its URI has its bytes.
pub(super) fn of_file(file: &SourceFile) -> String {
    if !file.path.contains(char::REPLACEMENT_CHARACTER) {
        return of_path(&file.path);
    }
    let parts: Vec<_> = file.absolute.iter().collect();
    let shown = Path::new(&file.path).iter().count();
    let parts = parts.get(parts.len().saturating_sub(shown)..).unwrap_or_default();
    let parts = parts.iter().map(|part| percent_encode(part.as_encoded_bytes(), IN_PATH).to_string());
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn a_name_that_is_no_text_keeps_its_bytes() {
        let absolute = Path::new("/home/a/App").join(OsStr::from_bytes(b"K\xFF b.swift"));
        let file = SourceFile::new("App/K\u{fffd} b.swift", absolute, "");
        assert_eq!(of_file(&file), "App/K%FF%20b.swift");
        let file = SourceFile::new("App/\u{fc}.swift", "/home/a/App/\u{fc}.swift", "");
        assert_eq!(of_file(&file), "App/%C3%BC.swift");
    }
}
