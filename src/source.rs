//! Source text and places in it.
//!
//! Inside the program a place is a file and a range of bytes. Lines and columns exist only where a
//! person or a platform is told about a place: [`LineIndex`] is the one module that knows encodings.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A file of the run, by its number in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in a file: `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`, in bytes.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// Whether `other` lies inside.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether they have a byte in common.
    pub fn meets(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the range has no bytes.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A place: a range of bytes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
}

/// A line and a column, both 1-based; what a column counts is said by the function that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: usize,
    /// 1-based column.
    pub column: usize,
}

/// Where the lines of a text begin. LF, CRLF and a lone CR each end a line.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the line starts of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends {
                starts.push(at as u32 + 1);
            }
        }
        Self { starts }
    }

    /// The 1-based line of a byte.
    pub fn line(&self, byte: u32) -> usize {
        self.starts.partition_point(|start| *start <= byte)
    }

    /// The bytes of a 1-based line, its line end included.
    pub fn line_span(&self, line: usize, text: &str) -> Span {
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(text.len() as u32);
        let end = self.starts.get(line).copied().unwrap_or(text.len() as u32);
        Span { start, end }
    }

    /// How many lines there are; a text that ends in a line end has an empty last one.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// Line and column of a byte, the column in UTF-8 bytes.
    pub fn utf8(&self, byte: u32, text: &str) -> Position {
        self.position(byte, text, str::len)
    }

    /// Line and column of a byte, the column in UTF-16 code units.
    pub fn utf16(&self, byte: u32, text: &str) -> Position {
        self.position(byte, text, |before| before.encode_utf16().count())
    }

    /// Line and column of a byte, the column in characters (Unicode scalar values).
    pub fn chars(&self, byte: u32, text: &str) -> Position {
        self.position(byte, text, |before| before.chars().count())
    }

    fn position(&self, byte: u32, text: &str, width: impl Fn(&str) -> usize) -> Position {
        let mut at = (byte as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.line(at as u32);
        let start = self.starts[line - 1] as usize;
        Position { line, column: width(&text[start..at]) + 1 }
    }
}

/// What a file is to the project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The project's own code.
    #[default]
    Own,
    /// Code of others, read as callees and never reported on.
    Vendored,
    /// Tests, mocks, previews: never an implementation that a product runs.
    Test,
}

/// One file of the run: its path, and its text once somebody needed it.
#[derive(Debug)]
pub struct SourceFile {
    /// Path relative to the project's root, with `/` between its parts: what is shown and reported.
    pub path: String,
    /// The path to open.
    pub absolute: PathBuf,
    /// The text; invalid UTF-8 is replaced, character for byte run. Empty where no place in the file is told of.
    pub text: Arc<str>,
    /// What the file is to the project.
    pub role: Role,
    /// It was asked for, by itself or through a folder: what may be written to.
    pub is_requested: bool,
    index: OnceLock<LineIndex>,
}

impl SourceFile {
    /// A file with its text.
    pub fn new(path: impl Into<String>, absolute: impl AsRef<Path>, text: impl Into<Arc<str>>) -> Self {
        Self {
            path: path.into(),
            absolute: absolute.as_ref().to_path_buf(),
            text: text.into(),
            role: Role::default(),
            is_requested: true,
            index: OnceLock::new(),
        }
    }

    /// The line starts, found at first use.
    pub fn lines(&self) -> &LineIndex {
        self.index.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The text of a span; empty where the span does not fit the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// The files that were read, by [`FileId`].
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and gives it a number.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of a number that [`Sources::add`] gave.
    pub fn get(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Forgets the text of a file that is not to be shown.
    pub(crate) fn forget_text(&mut self, id: FileId) {
        self.set_text(id, Arc::default());
    }

    /// Gives a file its text where it was forgotten.
    pub(crate) fn remember_text(&mut self, id: FileId, text: Arc<str>) {
        if self.get(id).text.is_empty() {
            self.set_text(id, text);
        }
    }

    fn set_text(&mut self, id: FileId, text: Arc<str>) {
        let file = &mut self.files[id.0 as usize];
        file.text = text;
        file.index = OnceLock::new();
    }

    /// All files, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(at as u32), file))
    }

    /// How many files were read.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether no file was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
