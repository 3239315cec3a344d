//! The words of a file, and what stands around them: told without knowing what they say.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// What stands around a word at some place: more than is there for certain, never less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Around(u16);

impl Around {
    /// All that may be behind.
    const BEHIND: Self = Self::CALLED.or(Self::WRITTEN).or(Self::LABEL).or(Self::AS_VALUE);
    /// Nothing that matters.
    pub(crate) const NOTHING: Self = Self(0);
    /// No dot in front: a name by itself.
    pub const ALONE: Self = Self(1);
    /// `self.`, `super.` or `Self.` in front.
    pub const OF_SELF: Self = Self(2);
    /// A dot and another value in front.
    pub const OF_VALUE: Self = Self(4);
    /// A dot and the name of a type in front; those are kept as words, too: `Type.name`.
    pub const OF_TYPE: Self = Self(8);
    /// A dot and nothing in front: an implicit member.
    pub const IMPLICIT: Self = Self(16);
    /// A part of a key path.
    pub const KEY_PATH: Self = Self(32);
    /// A sign of assignment behind.
    pub const WRITTEN: Self = Self(64);
    /// A colon behind: a label.
    pub const LABEL: Self = Self(128);
    /// An argument list or a closure behind.
    pub const CALLED: Self = Self(256);
    /// No argument list behind: it may be a value.
    pub const AS_VALUE: Self = Self(512);
    /// Anything.
    pub const ANY: Self = Self(u16::MAX);

    /// One or the other.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The words of a file: the hash of each, and what stands around it, in order, each once. A word is a run of letters, digits and
/// `_`; comments and strings have words, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Box<[(u32, Around)]>);

impl Words {
    /// The words of a text.
    pub fn of(text: &str) -> Self {
        let mut all: Vec<(u32, Around)> = Vec::new();
        each_word(text, |word, around| all.push((hash(word), around)));
        all.sort_unstable();
        all.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 = if is_same { kept.1.or(next.1) } else { kept.1 };
            is_same
        });
        Self(all.into_boxed_slice())
    }

    /// The hash of each word, with what stands around it, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Around)> {
        self.0.iter().copied()
    }

    /// Whether the text may have a word with one of these things around it: as two words can have the same hash, it may be
    /// another one.
    pub fn has(&self, word: &str, around: Around) -> bool {
        let at = self.0.binary_search_by_key(&hash(word), |(word, _)| *word);
        at.ok().and_then(|at| self.0.get(at)).is_some_and(|(_, known)| known.meets(around))
    }
}

/// What stands for a word.
pub fn hash(word: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    (hasher.finish() >> 32) as u32
}

fn is_part(byte: u8) -> bool {
    byte == b'_' || !byte.is_ascii() || byte.is_ascii_alphanumeric()
}

/// The words of a name: those of `a.b` are two, those of an operator none.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_ascii() && !is_part(letter as u8)).filter(|word| !word.is_empty())
}

fn each_word<'t>(text: &'t str, mut visit: impl FnMut(&'t str, Around)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_part(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && is_part(bytes[at]) {
            at += 1;
        }
        let (around, ty) = before(&bytes[..start]);
        let around = around.or(behind(&bytes[at..]));
        visit(&text[start..at], around);
        if let Some(ty) = ty {
            visit(&text[ty..at], around);
        }
    }
}

/// What is in front of a word that follows these bytes, and where the type's name before the dot begins.
fn before(bytes: &[u8]) -> (Around, Option<usize>) {
    let Some(owner) = bytes.strip_suffix(b".") else {
        let bytes = bytes.strip_suffix(b"`").unwrap_or(bytes).trim_ascii_end();
        let around = match bytes.last() {
            // A comment may hide a dot.
            Some(b'/') => Around::ANY,
            Some(b'.') => Around::OF_VALUE.or(Around::OF_SELF).or(Around::IMPLICIT).or(Around::KEY_PATH),
            _ => Around::ALONE,
        };
        return (around, None);
    };
    let path = owner.iter().rev().find(|byte| !is_part(**byte) && !b".?!".contains(byte));
    let key_path = if path == Some(&b'\\') { Around::KEY_PATH } else { Around::NOTHING };
    let value = owner.strip_suffix(b"?").or(owner.strip_suffix(b"!")).unwrap_or(owner);
    let start = value.len() - value.iter().rev().take_while(|byte| is_part(**byte)).count();
    let (front, word) = value.split_at(start);
    let is_first = !front.trim_ascii_end().ends_with(b".");
    let is_end = |byte: &u8| is_part(*byte) || b")]}?!>`\"'".contains(byte);
    match word {
        b"self" | b"super" | b"Self" if is_first => (Around::OF_SELF.or(key_path), None),
        [first, ..] if is_first && first.is_ascii_uppercase() && value.len() == owner.len() => {
            (Around::OF_TYPE.or(key_path), Some(start))
        }
        _ if owner.last().is_some_and(is_end) => (Around::OF_VALUE.or(key_path), None),
        _ => (Around::OF_VALUE.or(Around::IMPLICIT).or(key_path), None),
    }
}

/// What is behind a word that these bytes follow.
fn behind(bytes: &[u8]) -> Around {
    let bytes = bytes.strip_prefix(b"`").unwrap_or(bytes).trim_ascii_start();
    match bytes {
        [b'=', b'=', ..] => Around::AS_VALUE,
        [b'=', ..] => Around::WRITTEN.or(Around::AS_VALUE),
        [b':', ..] => Around::LABEL.or(Around::AS_VALUE),
        [b'(', ..] => Around::CALLED,
        // `if value {`
        [b'{', ..] => Around::CALLED.or(Around::AS_VALUE),
        // `T<A>(…)`, `call?(…)`, a comment, an operator that assigns.
        [b'<' | b'?' | b'!' | b'/', ..] => Around::BEHIND,
        [b'+' | b'-' | b'*' | b'%' | b'&' | b'|' | b'^' | b'>' | b'~', ..] => {
            Around::WRITTEN.or(Around::AS_VALUE)
        }
        _ => Around::AS_VALUE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_word_is_told_apart() {
        use Around as A;
        for (text, around, is_there) in [
            ("x", A::ALONE, true),
            ("a.x", A::ALONE, false),
            ("a.x", A::OF_VALUE, true),
            ("a.x", A::IMPLICIT, false),
            ("A.x", A::OF_VALUE, false),
            ("A.x", A::OF_TYPE, true),
            ("A?.x", A::OF_VALUE, true),
            ("a.A.x", A::OF_VALUE, true),
            ("self.x", A::OF_VALUE, false),
            ("self?.x", A::OF_SELF, true),
            ("a.self.x", A::OF_VALUE, true),
            ("a\n  .x", A::OF_VALUE, true),
            ("f(.x)", A::IMPLICIT, true),
            ("a().x", A::IMPLICIT, false),
            ("a?.x", A::IMPLICIT, false),
            ("a./* b */x", A::OF_VALUE, true),
            ("\\.x", A::KEY_PATH, true),
            ("\\A.b?.x", A::KEY_PATH, true),
            ("a.b.x", A::KEY_PATH, false),
            ("x = 1", A::WRITTEN, true),
            ("x == 1", A::WRITTEN, false),
            ("x += 1", A::WRITTEN, true),
            ("x /* a */ = 1", A::WRITTEN, true),
            ("f(x: 1)", A::LABEL, true),
            ("x {", A::CALLED, true),
            ("x<T>()", A::CALLED, true),
            ("x(1)", A::AS_VALUE, false),
            ("f(x)", A::AS_VALUE, true),
            ("x, y", A::CALLED.or(A::WRITTEN).or(A::LABEL), false),
        ] {
            assert_eq!(Words::of(text).has("x", around), is_there, "{text}");
        }
    }
}
