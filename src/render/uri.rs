//! Paths in addresses.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand in the path of a relative URI as it is. A colon could be taken for a scheme.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// A path as a relative URI, percent-encoded.
pub(super) fn of_path(path: &str) -> String {
    utf8_percent_encode(path, IN_PATH).to_string()
}
