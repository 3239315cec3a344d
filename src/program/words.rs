//! Which files have a word in their text, and what stands around it: told without knowing what they say.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// What stands around a word at some place: more than is there for certain, never less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Around(u16);

impl Around {
    /// All that may be behind.
    const BEHIND: Self = Self::CALLED.or(Self::WRITTEN).or(Self::LABEL).or(Self::AS_VALUE);
    /// Nothing that matters.
    const NOTHING: Self = Self(0);
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

    const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The words of all files. A word is a run of letters, digits and `_`; comments and strings have words, too.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// The hash of a word, the position of a file that has it, what stands around it there; in order, each word once for each
    /// file.
    places: Vec<(u32, u32, Around)>,
}

impl Words {
    /// The words of texts, in the order of their files.
    pub(super) fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut places: Vec<(u32, u32, Around)> = Vec::new();
        for (file, text) in texts.enumerate() {
            let mut own: Vec<(u32, u32, Around)> = Vec::new();
            each_word(text, |word, around| own.push((hash(word), file as u32, around)));
            own.sort_unstable();
            own.dedup_by(|next, kept| {
                let is_same = next.0 == kept.0;
                kept.2 = if is_same { kept.2.or(next.2) } else { kept.2 };
                is_same
            });
            places.append(&mut own);
        }
        places.sort_unstable();
        Self { places }
    }

    /// The positions of the files that may have a name in them with one of these things around it, in order: those with all of
    /// its words, and perhaps, as two words have the same hash, another. None where it has no word, and may be anywhere.
    pub(super) fn files_with(&self, name: &str, around: Around) -> Option<Vec<u32>> {
        let mut found: Option<Vec<u32>> = None;
        for word in split(name) {
            let here = self.files(word, around);
            match &mut found {
                Some(found) => found.retain(|file| here.binary_search(file).is_ok()),
                None => found = Some(here),
            }
        }
        found
    }

    fn files(&self, word: &str, around: Around) -> Vec<u32> {
        let word = hash(word);
        let from = self.places.partition_point(|place| place.0 < word);
        let places = self.places[from..].iter().take_while(|place| place.0 == word);
        places.filter(|place| place.2.meets(around)).map(|place| place.1).collect()
    }

    /// Whether a file may have a name in it with one of these things around it.
    pub(super) fn has(&self, file: u32, name: &str, around: Around) -> bool {
        split(name).all(|word| self.is_at(file, word, around))
    }

    /// Whether a file may name a member of a type right behind the type.
    pub(super) fn has_member(&self, file: u32, ty: &str, name: &str) -> bool {
        self.is_at(file, &format!("{ty}.{name}"), Around::ANY)
    }

    fn is_at(&self, file: u32, word: &str, around: Around) -> bool {
        let first = (hash(word), file, Around::NOTHING);
        let at = self.places.partition_point(|place| *place < first);
        self.places
            .get(at)
            .is_some_and(|place| (place.0, place.1) == (first.0, file) && place.2.meets(around))
    }
}

fn hash(word: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    (hasher.finish() >> 32) as u32
}

fn is_part(byte: u8) -> bool {
    byte == b'_' || !byte.is_ascii() || byte.is_ascii_alphanumeric()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
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
    fn a_name_is_where_all_of_its_words_are() {
        let words = Words::of(["let a1 = b", "f(\"a1\") // grün", "b.c", ""].into_iter());
        let with = |name| words.files_with(name, Around::ANY);
        assert_eq!(with("a1"), Some(vec![0, 1]));
        assert_eq!(with("grün"), Some(vec![1]));
        assert_eq!(with("c.b"), Some(vec![2]));
        assert_eq!(with("a"), Some(vec![]));
        assert_eq!(with("=="), None);
        let has = |file, name| words.has(file, name, Around::ANY);
        assert!(has(2, "b") && !has(3, "b") && has(3, "=="));
        let words = Words::of(["A.b", "B.b, A.c"].into_iter());
        assert!(words.has_member(0, "A", "b") && !words.has_member(1, "A", "b"));
    }

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
            assert_eq!(Words::of([text].into_iter()).has(0, "x", around), is_there, "{text}");
        }
    }
}
