//! The project files of a run: each is read and understood once for an app, and has one number.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plist::{self, Value};
use super::xcconfig::XcConfig;
use crate::discover::{self, lexical};
use crate::error::reason;
use crate::read;
use crate::report::Notice;
use crate::source::{FileId, Location, SourceFile, Sources, Span};

/// A property list that was understood.
#[derive(Debug)]
pub struct Document {
    /// The file.
    pub file: FileId,
    /// What it holds.
    pub root: Value,
}

impl Document {
    /// A place in it.
    pub fn at(&self, span: Span) -> Location {
        Location { file: self.file, span }
    }
}

/// The project files of a run.
#[derive(Debug)]
pub struct Files {
    base: PathBuf,
    given: BTreeMap<PathBuf, Vec<u8>>,
    reads_disk: bool,
    lists: BTreeMap<PathBuf, Option<Arc<Document>>>,
    configs: BTreeMap<PathBuf, Option<Arc<XcConfig>>>,
    ids: BTreeMap<PathBuf, FileId>,
    notices: Vec<Notice>,
}

impl Files {
    /// The files below a folder on the disk; texts that stand for a file come first.
    pub fn on_disk(base: &Path, given: BTreeMap<PathBuf, Vec<u8>>) -> Self {
        Self { reads_disk: true, ..Self::given(base, given) }
    }

    /// Only these texts.
    pub fn given(base: &Path, given: BTreeMap<PathBuf, Vec<u8>>) -> Self {
        Self {
            base: base.to_path_buf(),
            given,
            reads_disk: false,
            lists: BTreeMap::new(),
            configs: BTreeMap::new(),
            ids: BTreeMap::new(),
            notices: Vec::new(),
        }
    }

    /// What could not be read or understood.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// Every file that was read, with its number.
    pub fn read(&self) -> impl Iterator<Item = (&Path, FileId)> {
        self.ids.iter().map(|(path, id)| (path.as_path(), *id))
    }

    /// Forgets what the files say, and tells which they were. Whoever asks again has them read again.
    pub(crate) fn forget(&mut self) -> Vec<FileId> {
        let lists = std::mem::take(&mut self.lists).into_keys();
        let paths = lists.chain(std::mem::take(&mut self.configs).into_keys());
        paths.filter_map(|path| self.ids.get(&path).copied()).collect()
    }

    /// A property list; none where it is not there, not part of the project, or not understood.
    pub fn list(&mut self, path: &Path, sources: &mut Sources) -> Option<Arc<Document>> {
        let path = lexical(path);
        if let Some(known) = self.lists.get(&path) {
            return known.clone();
        }
        let read = self.bytes(&path).and_then(|bytes| {
            let is_binary = bytes.starts_with(b"bplist");
            let text = if is_binary { String::new() } else { decode(&bytes) };
            let parsed = plist::parse(&bytes, &text);
            let file = self.source(&path, text, sources);
            match parsed {
                Ok(root) => Some(Arc::new(Document { file, root })),
                Err(error) => {
                    self.tell(
                        &path,
                        format!("was not understood: {error}; what it says about the app is not known"),
                    );
                    None
                }
            }
        });
        self.lists.insert(path, read.clone());
        read
    }

    /// Whether a file is there, and a part of the project.
    pub(super) fn has(&self, path: &Path) -> bool {
        let path = lexical(path);
        self.given.contains_key(&path) || self.reads_disk && path.starts_with(&self.base) && path.exists()
    }

    /// A file of build settings; none where it is not there or not part of the project.
    pub fn config(&mut self, path: &Path, sources: &mut Sources) -> Option<Arc<XcConfig>> {
        let path = lexical(path);
        if let Some(known) = self.configs.get(&path) {
            return known.clone();
        }
        let read = self.bytes(&path).map(|bytes| {
            let text = decode(&bytes);
            let file = self.source(&path, text.clone(), sources);
            Arc::new(XcConfig::parse(file, &text))
        });
        self.configs.insert(path, read.clone());
        read
    }

    /// The text of a file that is no part of the report; none where it is not there or not part of the project.
    pub(super) fn text(&mut self, path: &Path) -> Option<String> {
        self.bytes(&lexical(path)).map(|bytes| decode(&bytes))
    }

    fn source(&mut self, path: &Path, text: String, sources: &mut Sources) -> FileId {
        if let Some(known) = self.ids.get(path) {
            sources.remember_text(*known, text.into());
            return *known;
        }
        let shown = discover::shown(&self.base, path);
        let mut source = SourceFile::new(shown.clone(), path, text);
        // A project is no code of others because it lies in a bundle.
        source.role = discover::of_path(&shown.replace(".xcodeproj/", "/"));
        let file = sources.add(source);
        self.ids.insert(path.to_path_buf(), file);
        file
    }

    /// The bytes of a file; what is simply not there is no news.
    fn bytes(&mut self, path: &Path) -> Option<Vec<u8>> {
        match self.read_bytes(path) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    self.tell(path, format!("cannot be read: {}", reason(&error)));
                }
                None
            }
        }
    }

    fn read_bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(bytes) = self.given.get(path) {
            return Ok(bytes.clone());
        }
        // A project file may point anywhere; only what lies in the project is its own.
        if !self.reads_disk || !path.starts_with(&self.base) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let real = path.canonicalize()?;
        if !real.starts_with(&self.base) {
            return Err(io::ErrorKind::NotFound.into());
        }
        read::bytes(&real)
    }

    /// Tells what is wrong with a file.
    pub(super) fn tell(&mut self, path: &Path, text: String) {
        let path = Some(discover::shown(&self.base, path));
        self.notices.push(Notice { path, text, is_failure: false });
    }
}

/// The text of a file without its byte order mark; what is not UTF-8 is replaced.
fn decode(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)).into_owned()
}
