//! Which files have a word in their text, and what stands around it there.

use std::sync::Arc;

use crate::facts::{Around, FileFacts, words};

/// The words of all files: the hash of a word, the position of a file that has it, what stands around it there; in order.
#[derive(Debug, Default)]
pub(super) struct Words {
    places: Vec<(u32, u32, Around)>,
}

impl Words {
    /// The words of the files.
    pub(super) fn of(files: &[Arc<FileFacts>]) -> Self {
        let all = files.iter().enumerate().flat_map(|(file, facts)| {
            facts.words.iter().map(move |(word, around)| (word, file as u32, around))
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
            let here = self.files(word, around);
            match &mut found {
                Some(found) => found.retain(|file| here.binary_search(file).is_ok()),
                None => found = Some(here),
            }
        }
        found
    }

    fn files(&self, word: &str, around: Around) -> Vec<u32> {
        let word = words::hash(word);
        let from = self.places.partition_point(|place| place.0 < word);
        let places = self.places[from..].iter().take_while(|place| place.0 == word);
        places.filter(|place| place.2.meets(around)).map(|place| place.1).collect()
    }

    /// Whether a file may have a name in it with one of these things around it.
    pub(super) fn has(&self, file: u32, name: &str, around: Around) -> bool {
        words::split(name).all(|word| self.is_at(file, word, around))
    }

    /// Whether a file may name a member of a type right behind the type.
    pub(super) fn has_member(&self, file: u32, ty: &str, name: &str) -> bool {
        self.is_at(file, &format!("{ty}.{name}"), Around::ANY)
    }

    fn is_at(&self, file: u32, word: &str, around: Around) -> bool {
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
    use crate::source::FileId;

    fn words_of(texts: &[&str]) -> Words {
        let facts = texts.iter().map(|text| {
            let words = words::Words::of(text);
            Arc::new(FileFacts { words, ..FileFacts::new(FileId(0)) })
        });
        Words::of(&facts.collect::<Vec<_>>())
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
