//! Which files have a word in their text, and what stands around it there.

use crate::facts::{Around, Outline, words};

/// The words of all files: the hash of a word, the position of a file that has it, what stands around it there; in order.
#[derive(Debug, Default)]
pub(super) struct Words {
    places: Vec<(u32, u32, Around)>,
}

impl Words {
    /// The words of the files.
    pub(super) fn of<'o>(files: impl Iterator<Item = &'o Outline>) -> Self {
        let all = files.enumerate().flat_map(|(file, outline)| {
            outline.words.iter().map(move |(word, around)| (word, file as u32, around))
        });
        let mut places: Vec<_> = all.collect();
        places.sort_unstable();
        Self { places }
    }

    /// The positions of the files that may have a name in them with one of these things around it, in order: those with all of
    /// its words, and perhaps, as two words have the same hash, another. None where it has no word, and may be anywhere.
    pub(super) fn files_with(&self, name: &str, around: Around) -> Option<Vec<u32>> {
        let mut found: Option<Vec<u32>> = None;
        for word in words::split(name) {
            let here = self.files_with_word(word, around);
            match &mut found {
                Some(found) => found.retain(|file| here.binary_search(file).is_ok()),
                None => found = Some(here),
            }
        }
        found
    }

    /// The files that may have a word, or a sign, in them.
    pub(super) fn files_with_word(&self, word: &str, around: Around) -> Vec<u32> {
        self.files_with_hash(words::hash(word), around)
    }

    /// The files that may declare a function of a name with an argument label.
    pub(super) fn files_with_label(&self, function: &str, label: &str) -> Vec<u32> {
        self.files_with_hash(words::hash_of_label(function, label), Around::FUNCTION)
    }

    fn files_with_hash(&self, word: u32, around: Around) -> Vec<u32> {
        let from = self.places.partition_point(|place| place.0 < word);
        let places = self.places[from..].iter().take_while(|place| place.0 == word);
        places.filter(|place| place.2.meets(around)).map(|place| place.1).collect()
    }

    /// Whether a file may have a name in it with one of these things around it.
    pub(super) fn has(&self, file: u32, name: &str, around: Around) -> bool {
        words::split(name).all(|word| self.has_word(file, word, around))
    }

    /// Whether a file may name a member of a type right behind the type.
    pub(super) fn has_member(&self, file: u32, ty: &str, name: &str) -> bool {
        self.has_word(file, &format!("{ty}.{name}"), Around::ANY)
    }

    /// Whether a file may have a word, or a sign, in it.
    pub(super) fn has_word(&self, file: u32, word: &str, around: Around) -> bool {
        let first = (words::hash(word), file, Around::NOTHING);
        let at = self.places.partition_point(|place| *place < first);
        self.places
            .get(at)
            .is_some_and(|place| (place.0, place.1) == (first.0, file) && place.2.meets(around))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(texts: &[&str]) -> Words {
        let outlines: Vec<Outline> = texts.iter().map(|text| crate::swift::outline(text)).collect();
        Words::of(outlines.iter())
    }

    #[test]
    fn a_name_is_where_all_of_its_words_are() {
        let words = words_of(&["let a1 = b", "f(\"a1\") // grün", "b.c", ""]);
        let with = |name| words.files_with(name, Around::ANY);
        assert_eq!(with("a1"), Some(vec![0, 1]));
        assert_eq!(with("grün"), Some(vec![1]));
        assert_eq!(with("c.b"), Some(vec![2]));
        assert_eq!(with("a"), Some(vec![]));
        assert_eq!(with("=="), None);
        let has = |file, name| words.has(file, name, Around::ANY);
        assert!(has(2, "b") && !has(3, "b") && has(3, "=="));
        let words = words_of(&["A.b", "B.b, A.c"]);
        assert!(words.has_member(0, "A", "b") && !words.has_member(1, "A", "b"));
    }
}
