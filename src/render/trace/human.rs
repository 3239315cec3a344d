//! The picture for a person, in the columns of a terminal.
//!
//! Every row has its place at the right edge, as `File.swift:12`, the form that Xcode's Open Quickly takes. A
//! heavy line across the launch parts what is there when a push can arrive from what is not.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::TraceOptions;
use super::names::Names;
use crate::finding::Level;
use crate::render::human::paint::{Paint, link};
use crate::render::human::wrap::wrap;
use crate::render::visible::visible;
use crate::report::Outcome;
use crate::trace::model::{ArmingTrace, HandlerTrace, LaunchTrace, NeedState, Node, NodeKind, Place};
use crate::trace::{AT_LAUNCH, Trace, need_words};

/// Less is not legible; a narrower terminal wraps by itself.
const LEAST_WIDTH: usize = 40;
/// Text beside a place has at least so many columns; else the place stands below it.
const LEAST_TEXT: usize = 28;

/// Writes the picture for a person.
pub fn human(trace: &Trace, options: &TraceOptions, out: &mut dyn Write) -> io::Result<()> {
    let human = &options.human;
    let mut picture = Picture {
        trace,
        names: Names::of(trace),
        width: human.width.max(LEAST_WIDTH),
        paint: Paint { color: human.color },
        links: human.links,
        glyphs: if human.unicode { &UNICODE } else { &ASCII },
        text: String::new(),
    };
    for launch in &trace.launches {
        picture.launch(launch, options.is_unfolded);
    }
    for handler in &trace.handlers {
        picture.handler(handler, options.is_unfolded);
    }
    picture.elsewhere();
    picture.verdict();
    out.write_all(picture.text.as_bytes())
}

/// What a picture is drawn with.
struct Glyphs {
    branch: &'static str,
    last: &'static str,
    bar: &'static str,
    heavy: &'static str,
    good: &'static str,
    bad: &'static str,
    idle: &'static str,
    unseen: &'static str,
    event: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    branch: "├─ ",
    last: "└─ ",
    bar: "│  ",
    heavy: "━",
    good: "✓",
    bad: "✗",
    idle: "○",
    unseen: "?",
    event: "●",
};

const ASCII: Glyphs = Glyphs {
    branch: "|- ",
    last: "`- ",
    bar: "|  ",
    heavy: "=",
    good: "+",
    bad: "x",
    idle: "o",
    unseen: "?",
    event: "*",
};

/// How good something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Good,
    Bad(Level),
    Idle,
    Plain,
    Title,
}

/// The branches to the left of a row.
#[derive(Clone, Default)]
struct Indent {
    /// Before the first line of a row.
    first: String,
    /// Before its other lines, and what is below it.
    rest: String,
}

struct Picture<'a> {
    trace: &'a Trace,
    names: Names,
    width: usize,
    paint: Paint,
    links: bool,
    glyphs: &'static Glyphs,
    text: String,
}

impl Picture<'_> {
    fn launch(&mut self, launch: &LaunchTrace, is_unfolded: bool) {
        let turns = if is_unfolded { launch.turns.clone() } else { launch.folded() };
        self.gap();
        self.row(&Indent::default(), Tone::Title, "", &launch.title(), launch.place.as_ref());
        // The launch itself needs no heading of its own.
        let is_launch = |turn: &&Node| turn.kind == NodeKind::Turn && turn.text == AT_LAUNCH;
        let first = turns.iter().take(1).filter(is_launch).flat_map(|turn| &turn.children);
        let others = turns.iter().enumerate().filter(|(number, turn)| *number > 0 || !is_launch(turn));
        let nodes: Vec<&Node> = first.chain(others.map(|(_, turn)| turn)).collect();
        for (number, node) in nodes.iter().enumerate() {
            self.node(node, number + 1 == nodes.len(), "", Some(&launch.armings));
        }
    }

    fn handler(&mut self, handler: &HandlerTrace, is_unfolded: bool) {
        self.gap();
        let ways = handler.ways_out;
        let title = format!("A push arrives: {}", handler.name);
        self.row(&Indent::default(), Tone::Title, "", &title, Some(&handler.place));
        let ways = format!("{}; {ways} {} out", handler.selector, if ways == 1 { "way" } else { "ways" });
        self.row(&Indent::default(), Tone::Idle, "", &ways, None);
        self.marks(&handler.marks, "");
        let tree = if is_unfolded { handler.tree.clone() } else { handler.folded() };
        for (number, node) in tree.iter().enumerate() {
            self.node(node, number + 1 == tree.len(), "", None);
        }
    }

    fn elsewhere(&mut self) {
        if self.trace.elsewhere.is_empty() {
            return;
        }
        self.gap();
        self.row(&Indent::default(), Tone::Title, "", "Found elsewhere", None);
        for number in &self.trace.elsewhere {
            if let Some(mark) = self.trace.marks.get(*number) {
                let text = format!("{}[{}]: {}", mark.level.word(), mark.rule, mark.message);
                let indent = Indent { first: String::new(), rest: "  ".to_owned() };
                self.row(&indent, Tone::Bad(mark.level), self.glyphs.bad, &text, Some(&mark.place));
            }
        }
    }

    fn verdict(&mut self) {
        self.gap();
        let (tone, glyph) =
            if self.trace.is_proved { (Tone::Good, self.glyphs.good) } else { (Tone::Plain, "") };
        for sentence in &self.trace.verdict {
            let indent = Indent { first: String::new(), rest: "  ".to_owned() };
            self.row(&indent, tone, glyph, sentence, None);
        }
    }

    fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A part of a tree and what is below it; `before` is what stands to the left of its branch.
    fn node(&mut self, node: &Node, is_last: bool, before: &str, armings: Option<&[ArmingTrace]>) {
        let branch = if is_last { self.glyphs.last } else { self.glyphs.branch };
        let below = if is_last { "   " } else { self.glyphs.bar };
        let below = format!("{before}{below}");
        let has_more = !node.children.is_empty();
        let indent = Indent {
            first: format!("{before}{branch}"),
            rest: format!("{below}{}", if has_more { self.glyphs.bar } else { "  " }),
        };
        let (tone, glyph) = self.look(node);
        match (&node.kind, armings) {
            (NodeKind::Armed(number), Some(armings)) => {
                self.armed(node, &indent, armings.get(*number));
            }
            _ => {
                self.row(&indent, tone, glyph, &node.words(), node.place.as_ref());
            }
        }
        self.marks(&node.marks, &indent.rest);
        // What is deeper than there is room for goes no further to the right.
        let inner = if below.width() > self.width / 2 { before } else { &below };
        for (number, child) in node.children.iter().enumerate() {
            self.node(child, number + 1 == node.children.len(), inner, armings);
        }
    }

    fn look(&self, node: &Node) -> (Tone, &'static str) {
        let glyphs = self.glyphs;
        match &node.kind {
            NodeKind::Turn => (Tone::Title, ""),
            NodeKind::Call | NodeKind::Condition => (Tone::Plain, ""),
            NodeKind::Event(_) | NodeKind::Armed(_) => (Tone::Plain, glyphs.event),
            NodeKind::End(end) if end.is_ruled_out => (Tone::Idle, glyphs.idle),
            NodeKind::End(end) => match end.outcome {
                Outcome::Reported => (Tone::Good, glyphs.good),
                Outcome::Excused => (Tone::Idle, glyphs.idle),
                Outcome::Unseen => (Tone::Bad(Level::Note), glyphs.unseen),
                Outcome::NilHolder => (Tone::Bad(Level::Warning), glyphs.bad),
                Outcome::Missing | Outcome::Deferred => (Tone::Bad(Level::Error), glyphs.bad),
            },
        }
    }

    /// The line from which on a push can arrive, and what is there then.
    fn armed(&mut self, node: &Node, indent: &Indent, arming: Option<&ArmingTrace>) {
        self.row(indent, Tone::Plain, self.glyphs.event, &node.text, node.place.as_ref());
        let Some(arming) = arming else { return };
        let used = indent.rest.width();
        let words = " from here on a push can arrive ";
        let room = self.width.saturating_sub(used + words.width());
        let left = 3.min(room);
        let line =
            format!("{}{words}{}", self.glyphs.heavy.repeat(left), self.glyphs.heavy.repeat(room - left));
        self.push(&indent.rest, &self.paint.bold(&line));
        let below = Indent { first: indent.rest.clone(), rest: format!("{}  ", indent.rest) };
        if arming.own_queue {
            let words = "on a queue of its own, at any time";
            self.row(&below, Tone::Plain, self.glyphs.event, words, None);
        }
        for need in &arming.needs {
            let (tone, glyph) = match &need.state {
                state if state.is_ready() => (Tone::Good, self.glyphs.good),
                NeedState::Unknown(_) => (Tone::Bad(Level::Note), self.glyphs.unseen),
                NeedState::SameTurn => (Tone::Bad(Level::Warning), self.glyphs.bad),
                _ => (Tone::Bad(Level::Error), self.glyphs.bad),
            };
            let text = format!("{} {}", need.what, need_words(&need.state));
            self.row(&below, tone, glyph, &text, need.place.as_ref());
        }
    }

    fn marks(&mut self, marks: &[usize], before: &str) {
        for number in marks {
            if let Some(mark) = self.trace.marks.get(*number) {
                let words = format!("{}[{}]", mark.level.word(), mark.rule);
                self.push(before, &self.paint.level(mark.level, &words));
            }
        }
    }

    /// A row: text, wrapped, and its place at the right edge; where the text has no room beside it, on the last line.
    fn row(&mut self, indent: &Indent, tone: Tone, glyph: &str, text: &str, place: Option<&Place>) {
        let lead = if glyph.is_empty() { String::new() } else { format!("{glyph} ") };
        let text = visible(text).into_owned();
        let name = place.map(|place| visible(&self.names.line(place)).into_owned()).unwrap_or_default();
        let first = self.width.saturating_sub(indent.first.width() + lead.width());
        let rest = self.width.saturating_sub(indent.rest.width());
        let taken = if name.is_empty() { 0 } else { name.width() + 2 };
        let longest = text.split(' ').map(UnicodeWidthStr::width).max().unwrap_or_default();
        let is_beside = rest.min(first).saturating_sub(taken) >= longest.max(LEAST_TEXT.min(text.width()));
        let lines =
            if is_beside { wrap(&text, first - taken, rest - taken) } else { wrap(&text, first, rest) };
        let with_place = if is_beside { 0 } else { lines.len().saturating_sub(1) };
        let mut is_placed = name.is_empty();
        for (number, line) in lines.iter().enumerate() {
            let (before, lead) =
                if number == 0 { (&indent.first, lead.as_str()) } else { (&indent.rest, "") };
            let used = before.width() + lead.width() + line.width();
            let mut drawn = format!("{}{}", self.tone(tone, lead), self.tone(tone, line));
            if number == with_place && !is_placed && used + taken <= self.width {
                let fill = " ".repeat(self.width - used - name.width());
                drawn = format!("{drawn}{fill}{}", self.place(&name, place));
                is_placed = true;
            }
            self.push(before, &drawn);
        }
        if !is_placed {
            let fill = self.width.saturating_sub(indent.rest.width() + name.width());
            let drawn = format!("{}{}", " ".repeat(fill), self.place(&name, place));
            self.push(&indent.rest, &drawn);
        }
    }

    fn place(&self, name: &str, place: Option<&Place>) -> String {
        let painted = self.paint.dim(name);
        match place {
            Some(place) if self.links => match &place.uri {
                Some(uri) => link(uri, &painted),
                None => painted,
            },
            _ => painted,
        }
    }

    fn tone(&self, tone: Tone, text: &str) -> String {
        match tone {
            Tone::Good => self.paint.good(text),
            Tone::Bad(level) => self.paint.level(level, text),
            Tone::Idle => self.paint.dim(text),
            Tone::Plain => text.to_owned(),
            Tone::Title => self.paint.bold(text),
        }
    }

    fn push(&mut self, before: &str, text: &str) {
        let line = format!("{}{text}", self.paint.dim(before));
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}
