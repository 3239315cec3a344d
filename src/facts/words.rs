//! The words of a file, and what stands around them.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::Param;

/// What stands around a word at some place: more than is there for certain, never less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Around(u32);

impl Around {
    /// All that may be in front.
    pub(crate) const IN_FRONT: Self = Self(Self::WRITTEN.0 - 1);
    /// All that may be behind.
    pub(crate) const BEHIND: Self = Self(Self::FUNCTION.0 - Self::WRITTEN.0);
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
    /// It may be changed without a sign of assignment: something is done with a part of it, or it is given as `inout`.
    pub const CHANGED: Self = Self(1024);
    /// An argument list behind that has nothing in it.
    pub const CALLED_BARE: Self = Self(2048);
    /// Arguments or a closure behind.
    pub const CALLED_WITH: Self = Self(4096);
    /// A function, an `init` or a `subscript` of this name is declared.
    pub const FUNCTION: Self = Self(8192);
    /// A property of this name is declared, of a type or of the file.
    pub const PROPERTY: Self = Self(1 << 14);
    /// What is declared is at file scope.
    pub const GLOBAL: Self = Self(1 << 15);
    /// A case of this name is declared.
    pub const CASE: Self = Self(1 << 16);
    /// It is the name of a type, and constructed.
    pub const BUILT: Self = Self(1 << 17);
    /// It is used, not declared.
    pub const USED: Self = Self(Self::FUNCTION.0 - 1);
    /// Anything.
    pub const ANY: Self = Self(u32::MAX);

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
    /// These words, each with what stands around it at one of its places.
    pub fn new(mut all: Vec<(u32, Around)>) -> Self {
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

/// What stands for the declaration of an `init?`, or of an `init!`, beside the word itself.
pub const FAILABLE_INIT: &str = "init?";

/// What stands for `.init`, of nothing or of a value that is a type, with arguments of which nothing is known.
pub const IMPLICIT_INIT: &str = ".init";

/// What stands for the calls of an initialiser with these parameters that do not name its type: `.init(` and the label of the first argument,
/// `.init(` alone where that has none, `.init()`, and [`IMPLICIT_INIT`] for any. The argument of a parameter may be missing that
/// has a default value, or that may be a closure, which stands behind the call.
pub fn implicit_inits(params: &[Param], may_be_closure: impl Fn(&Param) -> bool) -> Vec<String> {
    let mut calls = vec![IMPLICIT_INIT.to_owned()];
    for param in params {
        calls.push(implicit_init(param.label.as_deref()));
        if param.default.is_none() && !param.is_variadic && !may_be_closure(param) {
            return calls;
        }
    }
    calls.push(format!("{IMPLICIT_INIT}()"));
    calls
}

/// What stands for an implicit call of an initialiser whose first argument has this label.
pub fn implicit_init(label: Option<&str>) -> String {
    format!("{IMPLICIT_INIT}({}", label.unwrap_or_default())
}

/// What stands for a word.
pub fn hash(word: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    (hasher.finish() >> 32) as u32
}

/// What stands for an argument label of a function that is declared.
pub fn hash_of_label(function: &str, label: &str) -> u32 {
    hash(&format!("{function}({label}"))
}

/// The words of a name: those of `a.b` are two, those of an operator none.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_ascii() && letter != '_' && !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}
