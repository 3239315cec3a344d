//! A file of the program: its outline from the beginning, its facts once something asks for them.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::uses::Uses;
use crate::facts::{FileFacts, Outline};
use crate::source::FileId;

/// Reads the facts of a file, or says why they cannot be had.
pub type ReadFacts = Box<dyn Fn() -> Result<FileFacts, String> + Send + Sync>;

/// A file, of which no more is read than is asked for.
pub struct File {
    id: FileId,
    outline: Arc<Outline>,
    front: ReadFacts,
    known: OnceLock<Known>,
}

struct Known {
    facts: FileFacts,
    /// Who uses a name in each of its parts.
    uses: Box<[OnceLock<Uses>]>,
    given_up: Option<String>,
    /// What the outline should have said.
    corrected: Option<Arc<Outline>>,
}

impl File {
    /// A file that `read` makes the facts of when they are asked for.
    pub fn new(id: FileId, outline: Outline, read: ReadFacts) -> Self {
        Self { id, outline: Arc::new(outline), front: read, known: OnceLock::new() }
    }

    /// The number of the file in the run.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// Its facts; none of a file that was given up.
    pub fn facts(&self) -> &FileFacts {
        &self.known().facts
    }

    /// Whether its facts were asked for.
    pub fn is_read(&self) -> bool {
        self.known.get().is_some()
    }

    /// Reads its facts now.
    pub fn read(&self) {
        self.known();
    }

    /// Why it was given up.
    pub fn given_up(&self) -> Option<&str> {
        let known = self.known.get()?;
        let bodies = known.facts.is_given_up().then_some("parsing its bodies takes too long");
        known.given_up.as_deref().or(bodies)
    }

    /// What it declares, as far as that is known by now.
    pub(super) fn outline(&self) -> &Arc<Outline> {
        self.known.get().and_then(|known| known.corrected.as_ref()).unwrap_or(&self.outline)
    }

    /// Whether its outline was wrong.
    pub(super) fn is_corrected(&self) -> bool {
        self.known.get().is_some_and(|known| known.corrected.is_some())
    }

    /// Who uses names in a part.
    pub(super) fn uses(&self, part: u32) -> &Uses {
        let known = self.known();
        known.uses[part as usize].get_or_init(|| Uses::of(&known.facts, part))
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| {
            let (facts, given_up) = match (self.front)() {
                Ok(facts) => (facts, None),
                Err(reason) => (FileFacts::new(self.id), Some(reason)),
            };
            let outline = self.outline.corrected(&facts);
            let corrected = (!self.outline.is_same(&outline)).then(|| Arc::new(outline));
            let uses = (0..facts.part_count()).map(|_| OnceLock::new()).collect();
            Known { facts, uses, given_up, corrected }
        })
    }
}

impl fmt::Debug for File {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("File")
            .field("id", &self.id)
            .field("is_read", &self.is_read())
            .finish_non_exhaustive()
    }
}
