//! What a trace says: plain values that own all they need, so that nothing else is asked to draw them.

use crate::analysis::launch::{EventKind, RootKind};
use crate::finding::Level;
use crate::report::Outcome;
use crate::source::{Location, Sources};

/// A file that may have more to say about pushes, and was not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Path relative to the project's root.
    pub path: String,
    /// Why.
    pub why: WhyUnread,
}

/// Why a file was not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyUnread {
    /// It names PushKit in a language that is not read.
    Language,
    /// It could not be read, or not be understood in full.
    NotUnderstood,
    /// It names PushKit, and the configuration excludes it.
    Excluded,
}

/// A place in the source, as people and programs name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Path relative to the project's root.
    pub path: String,
    /// 1-based line.
    pub line: usize,
    /// 1-based column in characters.
    pub column: usize,
    /// 1-based column in UTF-16 code units.
    pub utf16_column: usize,
    /// The file as a URI, where it has an absolute path.
    pub uri: Option<String>,
    /// The same place, for the program.
    pub location: Location,
}

impl Place {
    /// Where a location begins.
    pub fn of(location: Location, sources: &Sources) -> Self {
        let file = sources.get(location.file);
        let start = location.span.start;
        Self {
            path: file.path.clone(),
            line: file.lines().line(start),
            column: file.lines().chars(start, &file.text).column,
            utf16_column: file.lines().utf16(start, &file.text).column,
            uri: file.absolute.is_absolute().then(|| format!("file://{}", file.absolute.display())),
            location,
        }
    }

    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// What one unit does: its launches, and the ways of its pushes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitTrace {
    /// The launches.
    pub launches: Vec<LaunchTrace>,
    /// The push handlers.
    pub handlers: Vec<HandlerTrace>,
}

/// What an app does from its start on, as far as it has to do with pushes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchTrace {
    /// What kind of start it is.
    pub kind: RootKind,
    /// The types that it begins with: the `App` struct, the app delegate, the plugin.
    pub types: Vec<String>,
    /// Where it begins.
    pub place: Option<Place>,
    /// The turns of the run loop, each with what happens in it, in order.
    pub turns: Vec<Node>,
    /// The moments at which pushes are asked for, by [`NodeKind::Armed`].
    pub armings: Vec<ArmingTrace>,
    /// The files that were walked: the launch concerns them.
    pub consulted: std::collections::BTreeSet<crate::source::FileId>,
}

impl LaunchTrace {
    /// What stands above the picture.
    pub fn title(&self) -> String {
        if self.types.is_empty() {
            "The launch; no start of an app is in the source".to_owned()
        } else {
            format!("The launch of {}", self.types.join(", "))
        }
    }
}

/// A moment at which a registry asks for pushes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArmingTrace {
    /// Where.
    pub place: Place,
    /// The registry delivers on a queue of its own.
    pub own_queue: bool,
    /// What a push needs, and whether it is there.
    pub needs: Vec<Need>,
}

/// Something that a push needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What.
    pub kind: NeedKind,
    /// In words; code in back-ticks.
    pub what: String,
    /// Whether it is there when a push can arrive.
    pub state: NeedState,
    /// Where it comes from, if that is seen.
    pub place: Option<Place>,
}

/// What a push needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeedKind {
    /// The delegate of the registry.
    Delegate,
    /// A provider, whichever.
    Provider,
    /// A property on the way to the provider.
    Holder,
    /// The set-up of an SDK that reports.
    Sdk,
}

/// Whether something is there when a push can arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NeedState {
    /// It is there.
    Ready,
    /// It is made where the handler needs it.
    OnDemand,
    /// It comes afterwards, in the same turn.
    SameTurn,
    /// It is there on some paths only.
    SomePaths,
    /// It comes in a later turn.
    LaterTurn,
    /// It never comes.
    Never,
    /// The source does not show it; the words say why.
    Unknown(String),
}

impl NeedState {
    /// Whether it is there whenever a push arrives.
    pub fn is_ready(&self) -> bool {
        matches!(self, NeedState::Ready | NeedState::OnDemand)
    }
}

/// A push handler with all of its ways out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerTrace {
    /// `Type.method`
    pub name: String,
    /// `method(_:label:)`
    pub selector: String,
    /// Its name in the source.
    pub place: Place,
    /// Findings about the handler itself, by their number in [`super::Trace::marks`].
    pub marks: Vec<usize>,
    /// How many ways out it has, as a check counts them.
    pub ways_out: usize,
    /// Every path to a way out, and to where no report is due.
    pub paths: Vec<PathTrace>,
    /// The same as a tree, from the arrival of the push on.
    pub tree: Vec<Node>,
}

/// A way out of a push handler. Ways that report at different places are told apart here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathTrace {
    /// What became of the duty to report.
    pub outcome: Outcome,
    /// In words.
    pub text: String,
    /// Where that is decided: the report, the `return` without one, the condition that excuses.
    pub place: Place,
    /// Where the handler is left, on ways that report.
    pub left: Option<Place>,
    /// The launch shows that this way is not taken.
    pub is_ruled_out: bool,
    /// What leads there.
    pub steps: Vec<(String, Place)>,
}

/// A part of a picture: what happens, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// In words; code in back-ticks.
    pub text: String,
    /// Where.
    pub place: Option<Place>,
    /// Findings at this place, by their number in [`super::Trace::marks`].
    pub marks: Vec<usize>,
    /// What follows, in order.
    pub children: Vec<Node>,
}

impl Node {
    /// The text, of an end with the number of paths that lead to it.
    pub fn words(&self) -> String {
        match &self.kind {
            NodeKind::End(end) if end.paths > 1 => format!("{}, on {} paths", self.text, end.paths),
            _ => self.text.clone(),
        }
    }
}

/// What a part of a picture is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A turn of the run loop, a callback, something that is made at its first use.
    Turn,
    /// A call, or something that is built.
    Call,
    /// A condition that decides.
    Condition,
    /// Something that happens at launch.
    Event(EventKind),
    /// From here on a push can arrive; the number is that of the arming.
    Armed(usize),
    /// The end of ways out.
    End(End),
}

/// The end of one path, or of several that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// What became of the duty to report.
    pub outcome: Outcome,
    /// How many paths end so.
    pub paths: usize,
    /// Where the handler is left, on a way that reports.
    pub left: Option<Place>,
    /// The launch shows that this way is not taken.
    pub is_ruled_out: bool,
}

/// A finding, as a picture marks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The rule's id.
    pub rule: &'static str,
    /// How bad.
    pub level: Level,
    /// The message.
    pub message: String,
    /// Where.
    pub place: Place,
}
