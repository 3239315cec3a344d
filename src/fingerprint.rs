//! The fingerprints by which a service recognises a finding after its line moved.
//!
//! GitHub reads one partial fingerprint, `primaryLocationLineHash`, and computes it at upload where it is
//! missing. A value of our own must therefore equal GitHub's: the hash of a line covers the first 100
//! characters from the line's start on, over line ends, blanks left out, in UTF-16 code units.

use std::collections::BTreeMap;

/// The first value and the factor of the hash FNV-1a with 64 bits.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// A hash of texts that is the same on every machine and in every version: FNV-1a over their UTF-8 bytes,
/// a zero byte after each, in 16 hexadecimal digits.
pub fn text_hash(parts: &[&str]) -> String {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(FNV_OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    format!("{hash:016x}")
}

/// How many characters a hash covers.
const WINDOW: usize = 100;
/// The base of the polynomial.
const BASE: u64 = 37;
/// Stands behind the last character of the file; zeros follow it.
const END_OF_FILE: u16 = u16::MAX;

const TAB: u16 = b'\t' as u16;
const LINE_FEED: u16 = b'\n' as u16;
const CARRIAGE_RETURN: u16 = b'\r' as u16;
const SPACE: u16 = b' ' as u16;

/// The fingerprints of all lines of a text, first line first: the hash in hexadecimal digits, a colon, and
/// which occurrence of this hash in the file it is.
pub fn line_hashes(text: &str) -> Vec<String> {
    let (units, line_starts) = significant_units(text);
    let mut seen = BTreeMap::<u64, usize>::new();
    line_starts
        .into_iter()
        .map(|start| {
            let hash = hash(&units, start);
            let occurrence = seen.entry(hash).or_default();
            *occurrence += 1;
            format!("{hash:x}:{occurrence}")
        })
        .collect()
}

/// The characters that count, the end mark last, and where in them each line begins.
fn significant_units(text: &str) -> (Vec<u16>, Vec<usize>) {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut line_starts = Vec::new();
    let mut at_line_start = true;
    let mut after_carriage_return = false;
    for unit in text.encode_utf16().chain([END_OF_FILE]) {
        // Blanks never count, and the second half of CRLF was counted with the first.
        if unit == SPACE || unit == TAB || (after_carriage_return && unit == LINE_FEED) {
            after_carriage_return = false;
            continue;
        }
        after_carriage_return = unit == CARRIAGE_RETURN;
        let unit = if after_carriage_return { LINE_FEED } else { unit };
        if at_line_start {
            line_starts.push(units.len());
        }
        at_line_start = unit == LINE_FEED;
        units.push(unit);
    }
    (units, line_starts)
}

fn hash(units: &[u16], start: usize) -> u64 {
    units[start..]
        .iter()
        .copied()
        .chain(std::iter::repeat(0))
        .take(WINDOW)
        .fold(0, |hash: u64, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)))
}

#[cfg(test)]
mod tests {
    use super::{line_hashes, text_hash};

    #[test]
    fn the_hash_of_texts_is_the_published_one() {
        // FNV-1a of one zero byte, and of `foobar` with one behind it.
        assert_eq!(text_hash(&[""]), "af63bd4c8601b7df");
        assert_eq!(text_hash(&["foobar"]), "34531ca7168b8f38");
        assert_ne!(text_hash(&["a", "bc"]), text_hash(&["ab", "c"]));
    }

    #[test]
    fn an_empty_file_has_one_line() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
    }

    #[test]
    fn blanks_do_not_count() {
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
    }

    #[test]
    fn every_kind_of_line_end_counts_as_one() {
        let expected = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        for text in [
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
            " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        ] {
            assert_eq!(line_hashes(text), expected, "{text:?}");
        }
    }

    #[test]
    fn equal_lines_are_told_apart_by_their_count() {
        assert_eq!(
            line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10)),
            [
                "a7f2ff13bc495cf2:1",
                "a7f2ff13bc495cf2:2",
                "a7f2ff13bc495cf2:3",
                "a7f2ff13bc495cf2:4",
                "a7f2ff13bc495cf2:5",
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ]
        );
    }
}
