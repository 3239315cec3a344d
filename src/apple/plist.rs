//! Property lists with places: XML, binary, and the old form of `project.pbxproj`.
//!
//! Whatever a file holds, reading it ends: what nests deeper or has more values than any list that a person or
//! Xcode writes is refused, and entities of one's own are not expanded.

mod ascii;
mod binary;
mod build;
mod xml;

use crate::source::{LineIndex, Span};

/// Lists nest less than this; a project file has seven levels.
const MAX_DEPTH: usize = 64;
/// The largest project files have some 200,000 values.
const MAX_VALUES: usize = 2_000_000;

/// A value of a property list.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it is pointed at: the opening tag or bracket of a collection, the whole of anything else. Empty in a
    /// binary list, which has no text.
    pub span: Span,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Keys with their values, in the order of the file.
    Dictionary(Vec<Entry>),
    /// Values in order.
    Array(Vec<Value>),
    /// Text; everything in the old form that is no collection.
    String(String),
    /// `<true/>`, `<false/>`
    Bool(bool),
    /// A number, a date, data.
    Other,
}

/// A key of a dictionary with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Value,
}

impl Value {
    /// The entries of a dictionary; nothing for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Dictionary(entries) => entries,
            _ => &[],
        }
    }

    /// The items of an array; nothing for anything else.
    pub fn items(&self) -> &[Value] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The entry of a key; of several the last one, as the system reads it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The text of the string under a key.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::text)
    }
}

/// Why a property list is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// Deeper than any real list.
    #[error("it nests deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// More values than any real list.
    #[error("it has more than {MAX_VALUES} values")]
    TooLarge,
    /// A list or a text, with no keys.
    #[error("its root is no dictionary")]
    NoDictionary,
    /// UTF-16.
    #[error("it is UTF-16; pushlint reads UTF-8")]
    Utf16,
    /// Two versions of it in one, as git leaves them, with the line.
    #[error("line {0}: a merge conflict is not solved")]
    Conflict(usize),
    /// Not well formed, with the line where that shows.
    #[error("line {line}: {what}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What was wrong there.
        what: String,
    },
    /// A damaged binary list.
    #[error("it is a binary property list, and damaged")]
    DamagedBinary,
}

/// Reads a property list in any of its forms. `text` is what spans count in: the bytes without byte order mark.
pub fn parse(bytes: &[u8], text: &str) -> Result<Value, NotUnderstood> {
    let root = parse_root(bytes, text)?;
    // Info.plist, entitlements and Xcode projects have keys.
    if matches!(root.kind, Kind::Dictionary(_)) { Ok(root) } else { Err(NotUnderstood::NoDictionary) }
}

fn parse_root(bytes: &[u8], text: &str) -> Result<Value, NotUnderstood> {
    if bytes.starts_with(b"bplist") {
        return binary::parse(bytes);
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(NotUnderstood::Utf16);
    }
    let is_xml = text.trim_start().starts_with('<') && !text.starts_with(CONFLICT);
    let parsed = if is_xml { xml::parse(text) } else { ascii::parse(text) };
    parsed.map_err(|error| match text.lines().position(|line| line.starts_with(CONFLICT)) {
        Some(line) => NotUnderstood::Conflict(line + 1),
        None => error,
    })
}

/// What begins the first of two versions.
const CONFLICT: &str = "<<<<<<< ";

/// What is not well formed at a byte of the text.
fn malformed(text: &str, at: usize, what: impl Into<String>) -> NotUnderstood {
    NotUnderstood::Malformed { line: LineIndex::new(text).line(at as u32), what: what.into() }
}
