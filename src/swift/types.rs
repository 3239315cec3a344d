//! Types, read from their text: the grammar has several shapes for one type and loses some (the parameters of
//! a function type behind an attribute), the text has one.

use smol_str::SmolStr;

use crate::facts::{MAX_DEPTH, TypeKind, TypeRef};
use crate::source::Span;

/// Words in front of a type that say nothing about what it is.
const DROPPED: [&str; 13] = [
    "inout",
    "borrowing",
    "consuming",
    "sending",
    "isolated",
    "some",
    "any",
    "each",
    "repeat",
    "__owned",
    "__shared",
    "nonisolated",
    "let",
];

/// Attributes of types that take arguments even so: for all others a parenthesis begins the type.
const WITH_ARGUMENTS: [&str; 5] = ["convention", "isolated", "available", "objc", "differentiable"];

/// Reads the type that stands in a range of the text.
pub(super) fn read(text: &str, span: Span) -> TypeRef {
    let mut parser = TypeParser::new(text, span);
    parser.ty(0).unwrap_or(TypeRef { kind: TypeKind::Other, span })
}

/// Reads the type that a range begins with; gives where it ends as well.
pub(super) fn read_prefix(text: &str, span: Span) -> Option<(TypeRef, usize)> {
    let mut parser = TypeParser::new(text, span);
    parser.is_in_value = true;
    let ty = parser.postfix(0)?;
    Some((ty, parser.last))
}

/// The attributes in front of a type: `escaping` of `@escaping (T) -> Void`.
pub(super) fn attributes(text: &str, span: Span) -> Vec<SmolStr> {
    let mut parser = TypeParser::new(text, span);
    let mut found = Vec::new();
    parser.prefix(&mut found);
    found
}

struct TypeParser<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    /// The end of the last token.
    last: usize,
    /// A value may follow behind a dot.
    is_in_value: bool,
}

impl<'a> TypeParser<'a> {
    fn new(text: &'a str, span: Span) -> Self {
        let end = (span.end as usize).min(text.len());
        let mut parser =
            Self { text, at: span.start as usize, end, last: span.start as usize, is_in_value: false };
        parser.blank();
        parser
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    /// Skips white space and comments.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            let skipped = rest.len() - rest.trim_start().len();
            self.at += skipped;
            let rest = self.rest();
            self.at += if rest.starts_with("//") {
                rest.find(['\n', '\r']).unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                break;
            };
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        if !self.rest().starts_with(token) {
            return false;
        }
        self.at += token.len();
        self.last = self.at;
        self.blank();
        true
    }

    /// The word that comes next.
    fn word(&self) -> &'a str {
        let rest = self.rest();
        if let Some(quoted) = rest.strip_prefix('`') {
            return quoted.find('`').and_then(|end| rest.get(..end + 2)).unwrap_or_default();
        }
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..length).unwrap_or_default()
    }

    fn eat_word(&mut self, word: &str) -> bool {
        self.word() == word && self.eat(word)
    }

    fn ty(&mut self, depth: usize) -> Option<TypeRef> {
        if depth > MAX_DEPTH / 2 {
            return None;
        }
        self.prefix(&mut Vec::new());
        let start = self.at;
        let first = self.postfix(depth)?;
        let is_async = self.eat_word("async");
        if self.eat_word("throws") && self.rest().starts_with('(') {
            self.parentheses();
        }
        self.eat_word("rethrows");
        if self.eat("->") {
            let result = self.ty(depth + 1)?;
            let params = match first.kind {
                TypeKind::Tuple(parts) => parts,
                _ => vec![first],
            };
            let kind = TypeKind::Function { params, result: Box::new(result), is_async };
            return Some(TypeRef { kind, span: Span::new(start, self.last) });
        }
        if !self.rest().starts_with('&') || self.rest().starts_with("&&") {
            return Some(first);
        }
        let mut parts = vec![first];
        while self.eat("&") {
            self.prefix(&mut Vec::new());
            parts.push(self.postfix(depth + 1)?);
        }
        Some(TypeRef { kind: TypeKind::Composition(parts), span: Span::new(start, self.last) })
    }

    /// Skips attributes and words that say nothing about the type.
    fn prefix(&mut self, attributes: &mut Vec<SmolStr>) {
        loop {
            if self.eat("@") {
                let name = self.word();
                attributes.push(SmolStr::new(name));
                self.eat(name);
                if self.rest().starts_with('(') && WITH_ARGUMENTS.contains(&name) {
                    self.parentheses();
                }
                continue;
            }
            let word = self.word();
            let after = self.rest().get(word.len()..).unwrap_or_default();
            let is_alone = !after.trim_start().starts_with(['.', '<', ',', ')', '?', '!', ':', '=']);
            if word == "nonisolated" && after.starts_with('(') {
                self.eat(word);
                self.parentheses();
            } else if DROPPED.contains(&word) && is_alone && !after.trim_start().is_empty() {
                self.eat(word);
            } else {
                break;
            }
        }
    }

    /// Skips what stands in parentheses.
    fn parentheses(&mut self) {
        let mut depth = 0usize;
        for (offset, c) in self.rest().char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.at += offset + 1;
                self.last = self.at;
                self.blank();
                return;
            }
        }
        self.at = self.end;
    }

    fn postfix(&mut self, depth: usize) -> Option<TypeRef> {
        let start = self.at;
        let mut ty = self.primary(depth)?;
        let mut layers = depth;
        loop {
            // A mark or dot on the next line belongs to what follows.
            let is_adjacent = self.at == self.last;
            let wrap: fn(Box<TypeRef>) -> TypeKind = if is_adjacent && self.eat("?") {
                TypeKind::Optional
            } else if is_adjacent && self.eat("!") {
                TypeKind::ImplicitOptional
            } else if self.metatype() {
                TypeKind::Metatype
            } else {
                return Some(ty);
            };
            layers += 1;
            if layers > MAX_DEPTH {
                return None;
            }
            ty = TypeRef { kind: wrap(Box::new(ty)), span: Span::new(start, self.last) };
        }
    }

    fn metatype(&mut self) -> bool {
        for suffix in [".Type", ".Protocol"] {
            if self.rest().starts_with(suffix) && self.ends_word(suffix.len()) {
                return self.eat(suffix);
            }
        }
        false
    }

    fn ends_word(&self, length: usize) -> bool {
        let after = self.rest().get(length..).unwrap_or_default();
        !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    }

    fn primary(&mut self, depth: usize) -> Option<TypeRef> {
        let start = self.at;
        if self.eat("(") {
            return self.tuple(start, depth);
        }
        if self.eat("[") {
            return self.collection(start, depth);
        }
        if self.eat("~") {
            self.postfix(depth + 1)?;
            return Some(TypeRef { kind: TypeKind::Other, span: Span::new(start, self.last) });
        }
        self.named(start, depth)
    }

    fn tuple(&mut self, start: usize, depth: usize) -> Option<TypeRef> {
        let mut parts = Vec::new();
        let mut is_labelled = false;
        while !self.eat(")") {
            is_labelled |= self.label();
            parts.push(self.ty(depth + 1)?);
            self.eat("...");
            if self.eat("=") {
                self.default_value();
            }
            if !self.eat(",") && !self.rest().starts_with(')') {
                return None;
            }
        }
        let span = Span::new(start, self.last);
        let is_function =
            ["->", "async", "throws", "rethrows"].iter().any(|next| self.rest().starts_with(next));
        if parts.len() == 1 && !is_labelled && !is_function {
            return parts.pop().map(|part| TypeRef { span, ..part });
        }
        Some(TypeRef { kind: TypeKind::Tuple(parts), span })
    }

    /// Skips `label:` or `_ label:`.
    fn label(&mut self) -> bool {
        let before = (self.at, self.last);
        let first = self.word();
        if !first.is_empty() {
            self.eat(first);
            let second = self.word();
            self.eat(second);
            if self.eat(":") {
                return true;
            }
        }
        (self.at, self.last) = before;
        false
    }

    /// Skips the default value of an associated value, up to its comma or parenthesis.
    fn default_value(&mut self) {
        let mut depth = 0usize;
        for (offset, c) in self.rest().char_indices() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ',' if depth == 0 => {
                    self.at += offset;
                    return;
                }
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        self.at = self.end;
    }

    fn collection(&mut self, start: usize, depth: usize) -> Option<TypeRef> {
        let count = self.word();
        if count.starts_with(|c: char| c.is_ascii_digit()) {
            self.eat(count);
            self.eat_word("of");
        }
        let first = Box::new(self.ty(depth + 1)?);
        let kind = if self.eat(":") {
            TypeKind::Dictionary(first, Box::new(self.ty(depth + 1)?))
        } else {
            TypeKind::Array(first)
        };
        self.eat("]").then(|| TypeRef { kind, span: Span::new(start, self.last) })
    }

    fn named(&mut self, start: usize, depth: usize) -> Option<TypeRef> {
        let mut path = String::new();
        let mut name;
        let mut args;
        loop {
            let word = self.word();
            if word.is_empty() {
                return None;
            }
            self.eat(word);
            name = word.trim_matches('`');
            path.push_str(name);
            args = Vec::new();
            if self.rest().starts_with('<') {
                self.eat("<");
                while !self.eat(">") {
                    args.push(self.ty(depth + 1)?);
                    if !self.eat(",") && !self.rest().starts_with('>') {
                        return None;
                    }
                }
            }
            let is_path = self.rest().starts_with('.')
                && !self.rest().starts_with("..")
                && ![".Type", ".Protocol", ".self"]
                    .iter()
                    .any(|suffix| self.rest().starts_with(suffix) && self.ends_word(suffix.len()));
            if !is_path {
                break;
            }
            let before = (self.at, self.last);
            self.eat(".");
            let is_value = self.is_in_value && !self.word().starts_with(char::is_uppercase);
            if self.word().is_empty() || is_value {
                (self.at, self.last) = before;
                break;
            }
            path.push('.');
        }
        let span = Span::new(start, self.last);
        Some(TypeRef { kind: spelled(name, &path, args), span })
    }
}

/// The shape of a named type: some names have a spelling of their own.
fn spelled(name: &str, path: &str, mut args: Vec<TypeRef>) -> TypeKind {
    match (name, args.len()) {
        ("Optional", 1) => TypeKind::Optional(Box::new(args.remove(0))),
        ("Array", 1) => TypeKind::Array(Box::new(args.remove(0))),
        ("Dictionary", 2) => {
            let key = args.remove(0);
            TypeKind::Dictionary(Box::new(key), Box::new(args.remove(0)))
        }
        ("Void", 0) => TypeKind::Tuple(Vec::new()),
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => TypeKind::Other,
        _ => TypeKind::Named { name: SmolStr::new(name), path: SmolStr::new(path), args },
    }
}
