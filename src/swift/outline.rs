//! What a file declares, told by its words and braces, without the grammar: types with what they inherit, and where each
//! name is declared. Where that is wrong (a text that does not compile, a macro that looks like a declaration), the facts
//! correct it as soon as they are known.

use std::ops::Range;

use smol_str::SmolStr;

use super::scan::Masked;
use super::types;
use super::words::{each_word, is_part};
use crate::facts::words::{FAILABLE_INIT, Words, hash, hash_of_label};
use crate::facts::{Around, MARKS, MAX_DEPTH, Outline, TypeDeclKind, TypeId, TypeKind, TypeOutline};
use crate::source::Span;

/// What may follow `class` where that says that a member belongs to the type itself.
const BEHIND_CLASS: [&str; 15] = [
    "func",
    "var",
    "let",
    "subscript",
    "override",
    "final",
    "private",
    "fileprivate",
    "internal",
    "package",
    "public",
    "open",
    "dynamic",
    "lazy",
    "async",
];

/// Reads the outline of a text.
pub(super) fn outline(text: &str) -> Outline {
    let masked = Masked::new(text);
    let mut reader = Reader::new(text, &masked.code);
    reader.run();
    let is_balanced = reader.is_balanced && reader.braces.is_empty();
    let Reader { outline, mut words, locals, .. } = reader;
    // Who knows where a declaration stands if a brace is missing?
    words.extend(locals.into_iter().filter(|_| !is_balanced));
    each_word(text, |word, around| words.push((hash(word), around)));
    Outline { words: Words::new(words), ..outline }
}

/// So long may a head of a declaration be, in bytes: from every keyword of a text that is none somebody looks so far ahead.
const MAX_HEAD: usize = 1 << 14;

/// What names are declared by a statement that goes on.
#[derive(Clone, Copy)]
struct Declaring {
    what: Around,
    /// The brackets around it.
    depth: usize,
    /// A name comes next.
    is_next: bool,
    /// The brackets inside of which every word is a name.
    tuple: Option<usize>,
}

struct Reader<'t> {
    text: &'t str,
    code: &'t [u8],
    at: usize,
    outline: Outline,
    words: Vec<(u32, Around)>,
    /// Names that are declared inside of functions.
    locals: Vec<(u32, Around)>,
    is_balanced: bool,
    /// For each open brace the type whose body it begins, and the brackets open in front of it.
    braces: Vec<(Option<TypeId>, usize)>,
    /// The types whose bodies are open.
    types: Vec<TypeId>,
    /// The brackets that are open since the last brace.
    depth: usize,
    /// The type whose body begins with the next brace.
    announced: Option<TypeId>,
    /// Attributes of the declaration that comes next.
    attributes: Vec<&'t str>,
    /// `#if` that are open.
    conditions: usize,
    declaring: Option<Declaring>,
    /// The word before, where nothing but white space is between.
    last: &'t str,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, code: &'t [u8]) -> Self {
        Self {
            text,
            code,
            at: 0,
            outline: Outline::default(),
            words: Vec::new(),
            locals: Vec::new(),
            is_balanced: true,
            braces: Vec::new(),
            types: Vec::new(),
            depth: 0,
            announced: None,
            attributes: Vec::new(),
            conditions: 0,
            declaring: None,
            last: "",
        }
    }

    fn run(&mut self) {
        while let Some(byte) = self.code.get(self.at).copied() {
            if byte.is_ascii_whitespace() {
                self.at += 1;
                continue;
            }
            if is_part(byte) || byte == b'`' {
                self.word();
                continue;
            }
            self.last = "";
            self.sign(byte);
            self.at += 1;
        }
    }

    fn sign(&mut self, byte: u8) {
        match byte {
            b'{' => {
                let ty = self.announced.take();
                self.types.extend(ty);
                self.braces.push((ty, self.depth));
                self.depth = 0;
                self.attributes.clear();
            }
            b'}' => {
                let opened = self.braces.pop();
                self.is_balanced &= opened.is_some();
                if let Some((Some(_), _)) = opened {
                    self.types.pop();
                }
                self.depth = opened.map_or(0, |(_, depth)| depth);
                self.attributes.clear();
                if self.level().is_none()
                    || self.depth == 0 && self.declaring.is_some_and(|now| now.depth > 0)
                {
                    self.declaring = None;
                }
            }
            b'(' | b'[' => {
                let before = self.code[..self.at].iter().rev().find(|byte| !b" \t".contains(byte));
                let is_behind = |before: &u8| is_part(*before) || b")]?!}>.`".contains(before);
                if byte == b'[' && before.is_some_and(is_behind) {
                    self.words.push((hash("["), Around::AS_VALUE));
                }
                self.depth += 1;
                if let Some(now) = self.declaring.as_mut().filter(|now| now.is_next && byte == b'(') {
                    now.tuple = Some(self.depth);
                    now.is_next = false;
                }
            }
            b')' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if let Some(now) = &mut self.declaring {
                    now.tuple = now.tuple.filter(|tuple| self.depth >= *tuple);
                }
            }
            b',' => {
                let (depth, is_member) = (self.depth, self.level().is_some());
                if let Some(now) = &mut self.declaring {
                    now.is_next = is_member && now.depth == depth;
                }
            }
            b';' => self.declaring = None,
            b'@' => {
                let name = self.word_at(self.at + 1);
                self.attributes.push(&self.text[name.clone()]);
                self.at = name.end.max(self.at + 1) - 1;
            }
            b'#' => {
                let name = &self.text[self.word_at(self.at + 1)];
                match name {
                    "if" => self.conditions += 1,
                    "endif" => self.conditions = self.conditions.saturating_sub(1),
                    _ => {}
                }
                self.at += name.len();
            }
            _ => {}
        }
    }

    /// What a declaration here is a member of: a type, or the file; nothing inside of a function.
    #[allow(clippy::option_option, reason = "nothing, the file, a type")]
    fn level(&self) -> Option<Option<TypeId>> {
        match self.braces.last() {
            None => Some(None),
            Some((Some(ty), _)) => Some(Some(*ty)),
            Some((None, _)) => None,
        }
    }

    fn word_at(&self, at: usize) -> Range<usize> {
        let rest = self.code.get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_part(*byte)).unwrap_or(rest.len());
        at..at + length
    }

    /// Where code goes on behind white space.
    fn next(&self, at: usize) -> usize {
        let rest = self.code.get(at..).unwrap_or_default();
        at + rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len())
    }

    fn word(&mut self) {
        let is_quoted = self.code[self.at] == b'`';
        let range = self.word_at(self.at + usize::from(is_quoted));
        let word = &self.text[range.clone()];
        let is_member = self.at > 0 && self.code[self.at - 1] == b'.';
        let before = std::mem::replace(&mut self.last, word);
        self.at = range.end + usize::from(is_quoted && self.code.get(range.end) == Some(&b'`'));
        if is_quoted {
            self.at = self.at.max(range.start);
            self.last = "";
        }
        if is_quoted || is_member || !self.keyword(word, before, range.end) {
            let is_name = self.declare(word);
            if !is_name && self.is_built(word, before, range) {
                self.words.push((hash(word), Around::BUILT));
            }
        }
    }

    /// Whether a word is the name of a type in front of arguments.
    fn is_built(&self, word: &str, before: &str, range: Range<usize>) -> bool {
        let is_before = |bytes: &[u8]| self.code[..range.start].ends_with(bytes);
        let is_member_of_value =
            is_before(b".") && !self.code[..range.start - 1].last().is_some_and(|byte| is_part(*byte));
        if !word.starts_with(|letter: char| letter.is_ascii_uppercase()) {
            return false;
        }
        let end = match self.code.get(range.end) {
            Some(b'<') => self.closed(range.end).unwrap_or(range.end),
            _ => range.end,
        };
        let behind = self.code.get(end..).unwrap_or_default().trim_ascii_start();
        // `return T { … }`, `x = T { … }`, but not `-> T { … }`, `as T {`
        let front = self.code[..range.start].trim_ascii_end();
        let takes_closure = behind.starts_with(b"{")
            && (front.last().is_none_or(|byte| b"=({[,;}".contains(byte))
                || matches!(before, "return" | "in"));
        (behind.starts_with(b"(") || behind.starts_with(b".init") || takes_closure)
            && !is_before(b"@")
            && !is_before(b"#")
            && !is_member_of_value
            && !matches!(before, "func" | "case" | "macro" | "is" | "as" | "some" | "any")
    }

    /// A name where one is to be declared, and whether it is.
    fn declare(&mut self, word: &str) -> bool {
        let depth = self.depth;
        if let Some(now) = &mut self.declaring
            && (now.is_next && now.depth == depth || now.tuple.is_some())
        {
            self.words.push((hash(word), now.what));
            now.is_next = false;
            return true;
        }
        false
    }

    /// Whether a word begins a declaration.
    fn keyword(&mut self, word: &'t str, before: &str, end: usize) -> bool {
        let next = self.next(end);
        // A label, or the name of something.
        if self.code.get(next) == Some(&b':') && word != "case" {
            return false;
        }
        let global = if self.level() == Some(None) { Around::GLOBAL } else { Around::NOTHING };
        match word {
            "class" | "struct" | "enum" | "actor" | "protocol" | "extension" if before != "import" => {
                if !self.type_header(word, next) {
                    return false;
                }
            }
            "func" => {
                let range = self.function_name(next);
                let (name, end) = (&self.text[range.clone()], range.end);
                self.words.push((hash(name), Around::FUNCTION.or(global)));
                let generics = self.generics(end);
                self.outline.generics.extend(generics);
                for label in self.labels(end) {
                    self.words.push((hash_of_label(name, label), Around::FUNCTION));
                }
                self.locals.push((hash(name), Around::GLOBAL));
            }
            "init" | "subscript" if matches!(self.code.get(next), Some(b'(' | b'<' | b'?' | b'!')) => {
                self.words.push((hash(word), Around::FUNCTION));
                let is_failable = matches!(self.code.get(next), Some(b'?' | b'!'));
                if is_failable {
                    self.words.push((hash(FAILABLE_INIT), Around::FUNCTION));
                }
                let generics = self.generics(next + usize::from(is_failable));
                self.outline.generics.extend(generics);
            }
            "var" | "let" | "case" => {
                let what = match (self.level(), word) {
                    (Some(Some(ty)), "case") => {
                        let kind = self.outline.types.get(ty.0 as usize).map(|ty| ty.kind);
                        (kind == Some(TypeDeclKind::Enum)).then_some(Around::CASE)
                    }
                    (Some(_), "case") | (None, _) => None,
                    (Some(_), _) => Some(Around::PROPERTY.or(global)),
                };
                if what.is_none() && self.level().is_none() {
                    let name = &self.text[self.word_at(next)];
                    let what = Around::PROPERTY.or(Around::GLOBAL).or(Around::CASE);
                    self.locals.push((hash(name), what));
                    return true;
                }
                self.declaring =
                    what.map(|what| Declaring { what, depth: self.depth, is_next: true, tuple: None });
                self.attributes.clear();
                return true;
            }
            "typealias" | "associatedtype" => self.alias(next),
            _ => return false,
        }
        if self.level().is_some() {
            self.declaring = None;
        }
        self.attributes.clear();
        true
    }

    fn function_name(&self, at: usize) -> Range<usize> {
        let at = at + usize::from(self.code.get(at) == Some(&b'`'));
        let name = self.word_at(at);
        if !name.is_empty() {
            return name;
        }
        let rest = self.code.get(at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'(' | b'<' if *byte == b'('));
        at..at + length.unwrap_or(0)
    }

    /// The generic parameters of a function whose name ends before a place.
    fn generics(&self, at: usize) -> Vec<SmolStr> {
        let at = self.next(at + usize::from(self.code.get(at) == Some(&b'`')));
        let end = if self.code.get(at) == Some(&b'<') { self.closed(at) } else { None };
        end.map(|end| self.parameters(at..end)).unwrap_or_default()
    }

    /// The argument labels of a function whose name ends before a place: `_` where there is none.
    fn labels(&self, at: usize) -> Vec<&'t str> {
        let mut at = self.next(at + usize::from(self.code.get(at) == Some(&b'`')));
        if self.code.get(at) == Some(&b'<') {
            at = self.closed(at).map_or(self.code.len(), |end| self.next(end));
        }
        let Some(end) = self.closed_list(at).filter(|_| self.code.get(at) == Some(&b'(')) else {
            return Vec::new();
        };
        let label = |part: Span| {
            let mut at = self.next(part.start as usize);
            // `@ViewBuilder label: …`
            while self.code.get(at) == Some(&b'@') {
                at = self.word_at(at + 1).end;
                if self.code.get(at) == Some(&b'(') {
                    at = self.closed(at).unwrap_or(at + 1);
                }
                at = self.next(at);
            }
            &self.text[self.word_at(at + usize::from(self.code.get(at) == Some(&b'`')))]
        };
        self.parts(at + 1..end - 1).map(label).collect()
    }

    /// `typealias A = B`, `associatedtype A: B`
    fn alias(&mut self, at: usize) {
        let name = self.word_at(at + usize::from(self.code.get(at) == Some(&b'`')));
        let mut at = name.end + usize::from(self.code.get(name.end) == Some(&b'`'));
        at = self.next(at);
        if self.code.get(at) == Some(&b'<') {
            at = self.closed(at).map_or(self.code.len(), |end| self.next(end));
        }
        if name.is_empty() || !matches!(self.code.get(at), Some(b'=' | b':')) {
            return;
        }
        let ty = types::read(self.text, Span::new(at + 1, self.text.len()));
        self.outline.aliases.push((SmolStr::new(&self.text[name]), ty));
    }

    /// Reads the head of a type up to its brace; `false` where it is none.
    fn type_header(&mut self, keyword: &str, at: usize) -> bool {
        let kind = match keyword {
            "struct" => TypeDeclKind::Struct,
            "enum" => TypeDeclKind::Enum,
            "actor" => TypeDeclKind::Actor,
            "protocol" => TypeDeclKind::Protocol,
            "extension" => TypeDeclKind::Extension,
            _ => TypeDeclKind::Class,
        };
        // An actor is one where its name follows on the line; elsewhere the word may name anything.
        let is_split = self.code[..at]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_whitespace())
            .any(|byte| *byte == b'\n');
        let Some(head) = self.head(kind, at).filter(|_| !is_split || kind != TypeDeclKind::Actor) else {
            return false;
        };
        // So deep the facts do not go either.
        if self.types.len() >= MAX_DEPTH {
            return false;
        }
        let (name, path) = self.name(head.name.clone());
        let parent = self.types.last().copied();
        let path = match parent.and_then(|parent| self.outline.types.get(parent.0 as usize)) {
            Some(outer) => SmolStr::new(format!("{}.{path}", outer.path)),
            None => path,
        };
        let inherits = self.parts(head.inherits).map(|part| types::read(self.text, part)).collect();
        let generics = head.generics.into_iter().flat_map(|range| self.parameters(range)).collect();
        let marks = self.attributes.iter().filter(|name| MARKS.contains(name)).map(SmolStr::new).collect();
        self.announced = Some(TypeId(self.outline.types.len() as u32));
        self.outline.types.push(TypeOutline {
            kind,
            name,
            path,
            parent,
            inherits,
            generics,
            is_conditional: self.conditions > 0,
            marks,
        });
        self.at = head.brace;
        self.last = "";
        true
    }

    /// The name of a type and its path, as the facts have them.
    fn name(&self, range: Range<usize>) -> (SmolStr, SmolStr) {
        if let TypeKind::Named { name, path, .. } =
            types::read(self.text, Span::new(range.start, range.end)).kind
        {
            return (name, path);
        }
        let text = self.text[range].trim().trim_matches('`');
        let bare = SmolStr::new(text.split('<').next().unwrap_or_default());
        (bare.clone(), bare)
    }

    /// The names in front of what is said of each: `A` and `B` of `A: C, B == D`.
    fn parameters(&self, range: Range<usize>) -> Vec<SmolStr> {
        let inside = match self.code.get(range.start) {
            Some(b'<') => range.start + 1..range.end - 1,
            _ => range,
        };
        let name = |part: Span| {
            let said = self.text.get(part.start as usize..part.end as usize).unwrap_or_default();
            let said = said.split([':', '=']).next().unwrap_or_default().trim();
            SmolStr::new(said.rsplit(char::is_whitespace).next().unwrap_or_default())
        };
        self.parts(inside).map(name).collect()
    }

    fn head(&self, kind: TypeDeclKind, start: usize) -> Option<Head> {
        let is_extension = kind == TypeDeclKind::Extension;
        let first = *self.code.get(start)?;
        let mut at = start;
        match first {
            b'`' => at = self.word_at(start + 1).end + 1,
            b'[' | b'(' if is_extension => {}
            _ if is_part(first) && !first.is_ascii_digit() => {
                at = self.word_at(start).end;
                if BEHIND_CLASS.contains(&&self.text[start..at]) {
                    return None;
                }
            }
            _ => return None,
        }
        let mut generics = Vec::new();
        if is_extension {
            // `A.B<C>`, `[A]`
            loop {
                match self.code.get(at) {
                    Some(b'<' | b'[' | b'(') => at = self.closed(at)?,
                    Some(b'.' | b'?' | b'`') => at += 1,
                    Some(byte) if is_part(*byte) => at = self.word_at(at).end,
                    _ => break,
                }
            }
        }
        let name = start..at;
        let mut at = self.next(at);
        if self.code.get(at) == Some(&b'<') {
            let end = self.closed(at)?;
            generics.push(at..end);
            at = self.next(end);
        }
        let mut inherits = at..at;
        if self.code.get(at) == Some(&b':') {
            let from = at + 1;
            at = self.until_body(from)?;
            inherits = from..at;
        }
        if self.code.get(at) == Some(&b'w') {
            let from = self.word_at(at);
            if &self.text[from.clone()] != "where" {
                return None;
            }
            at = self.brace(from.end)?;
            generics.push(from.end..at);
        }
        (self.code.get(at) == Some(&b'{')).then_some(Head { name, generics, inherits, brace: at })
    }

    /// The end of the list of parameters that begins with a parenthesis: closures may be in it.
    fn closed_list(&self, from: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, byte) in self.code.iter().enumerate().skip(from).take(MAX_HEAD) {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The end of what a bracket begins.
    fn closed(&self, from: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, byte) in self.code.iter().enumerate().skip(from).take(MAX_HEAD) {
            match byte {
                b'<' | b'(' | b'[' => depth += 1,
                b'>' if self.code[at - 1] == b'-' => {}
                b'>' | b')' | b']' => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                b'{' | b'}' | b';' => return None,
                _ => {}
            }
        }
        None
    }

    /// Where the body begins, or the `where` in front of it.
    fn until_body(&self, from: usize) -> Option<usize> {
        let mut at = from;
        while at - from < MAX_HEAD {
            let byte = *self.code.get(at)?;
            match byte {
                b'{' => return Some(at),
                b'}' | b';' => return None,
                b'<' | b'(' | b'[' => at = self.closed(at)?,
                _ if is_part(byte) => {
                    let word = self.word_at(at);
                    if &self.text[word.clone()] == "where" {
                        return Some(at);
                    }
                    at = word.end;
                }
                _ => at += 1,
            }
        }
        None
    }

    fn brace(&self, from: usize) -> Option<usize> {
        let rest = self.code.get(from..)?;
        let at = rest.iter().position(|byte| matches!(byte, b'{' | b'}' | b';'))?;
        (rest[at] == b'{').then_some(from + at)
    }

    /// The parts of a list.
    fn parts(&self, range: Range<usize>) -> impl Iterator<Item = Span> {
        let mut depth = 0_usize;
        let mut parts = Vec::new();
        let mut start = range.start;
        for at in range.clone() {
            match self.code[at] {
                b'<' | b'(' | b'[' | b'{' => depth += 1,
                b'>' if self.code[at - 1] == b'-' => {}
                b'>' | b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b',' | b'&' if depth == 0 => {
                    parts.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
        }
        parts.push(start..range.end);
        let whole = parts.into_iter().filter(|part| !self.code[part.clone()].trim_ascii().is_empty());
        whole.map(|part| Span::new(part.start, part.end)).collect::<Vec<_>>().into_iter()
    }
}

/// The head of a type, in bytes.
struct Head {
    name: Range<usize>,
    generics: Vec<Range<usize>>,
    inherits: Range<usize>,
    /// The brace that begins the body.
    brace: usize,
}
