//! The picture for a page: a Mermaid flowchart, as GitHub, GitLab and most wikis draw it.
//!
//! Each launch is a row of what happens, in order; each handler is a flow from the push to its ways out. Texts come
//! from the project and may hold anything: all but plain characters are written as entities.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::TraceOptions;
use super::names::Names;
use crate::finding::Level;
use crate::render::visible::visible;
use crate::report::Outcome;
use crate::trace::model::{ArmingTrace, HandlerTrace, LaunchTrace, Node, NodeKind, Place};
use crate::trace::{Trace, need_words};

/// Colours that are legible on a light and on a dark page.
const CLASSES: &str = "  classDef good fill:#dcf5e3,stroke:#2da44e,color:#0b2e13
  classDef bad fill:#ffe3e0,stroke:#cf222e,color:#3b0508,stroke-width:2px
  classDef risk fill:#fff3c4,stroke:#bf8700,color:#3b2a00,stroke-width:2px
  classDef idle fill:#eef1f4,stroke:#8c959f,color:#24292f,stroke-dasharray:4 3
  classDef plain fill:#ffffff,stroke:#57606a,color:#1f2328
  classDef armed fill:#1f2328,stroke:#1f2328,color:#ffffff
";

/// Writes the picture as a Mermaid flowchart.
pub fn mermaid(trace: &Trace, options: &TraceOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut chart = Chart { trace, names: Names::of(trace), text: String::new(), nodes: 0 };
    for (number, launch) in trace.launches.iter().enumerate() {
        chart.launch(number, launch);
    }
    for (number, handler) in trace.handlers.iter().enumerate() {
        chart.handler(number, handler, options.is_unfolded);
    }
    chart.verdict();
    writeln!(out, "flowchart TD")?;
    out.write_all(CLASSES.as_bytes())?;
    out.write_all(chart.text.as_bytes())
}

/// The form of a node.
#[derive(Clone, Copy)]
enum Shape {
    Box,
    Round,
    Hexagon,
}

struct Chart<'a> {
    trace: &'a Trace,
    names: Names,
    text: String,
    nodes: usize,
}

impl Chart<'_> {
    fn line(&mut self, text: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "  {text}");
    }

    /// Draws a node and gives its id.
    fn node(
        &mut self,
        shape: Shape,
        class: &str,
        text: &str,
        place: Option<&Place>,
        marks: &[usize],
    ) -> String {
        let id = format!("n{}", self.nodes);
        self.nodes += 1;
        let mut label = escaped(text);
        if let Some(place) = place {
            label = format!("{label}<br/>{}", escaped(&self.names.line(place)));
        }
        for mark in marks.iter().filter_map(|number| self.trace.marks.get(*number)) {
            let words = format!("{}[{}]", mark.level.word(), mark.rule);
            label = format!("{label}<br/>{}", escaped(&words));
        }
        let (open, close) = match shape {
            Shape::Box => ("[", "]"),
            Shape::Round => ("([", "])"),
            Shape::Hexagon => ("{{", "}}"),
        };
        self.line(&format!("{id}{open}\"{label}\"{close}:::{class}"));
        id
    }

    fn edge(&mut self, from: &str, to: &str, label: &str) {
        let arrow = if label.is_empty() { "-->".to_owned() } else { format!("-->|{label}|") };
        self.line(&format!("{from} {arrow} {to}"));
    }

    fn launch(&mut self, number: usize, launch: &LaunchTrace) {
        self.line(&format!("subgraph launch{number}[\"{}\"]", escaped(&launch.title())));
        self.line("direction TB");
        for turn in &launch.turns {
            let mut last = self.node(Shape::Round, "plain", &turn.text, turn.place.as_ref(), &turn.marks);
            let mut open: Vec<&Node> = turn.children.iter().rev().collect();
            while let Some(node) = open.pop() {
                open.extend(node.children.iter().rev());
                let class = self.class_of_marks(&node.marks);
                let id = match &node.kind {
                    NodeKind::Armed(arming) => {
                        let class = if class == "plain" { "armed" } else { class };
                        let own_queue = launch.armings.get(*arming).is_some_and(|arming| arming.own_queue);
                        let queue = if own_queue { ", on a queue of its own" } else { "" };
                        let text = format!("{}: from here on a push can arrive{queue}", node.text);
                        let id = self.node(Shape::Hexagon, class, &text, node.place.as_ref(), &node.marks);
                        self.needs(&id, launch.armings.get(*arming));
                        id
                    }
                    NodeKind::Event(_) => {
                        self.node(Shape::Box, class, &node.text, node.place.as_ref(), &node.marks)
                    }
                    _ if node.marks.is_empty() => continue,
                    _ => self.node(Shape::Box, class, &node.text, node.place.as_ref(), &node.marks),
                };
                self.edge(&last, &id, "");
                last = id;
            }
        }
        self.line("end");
    }

    /// What a push needs, beside the moment from which on one can arrive.
    fn needs(&mut self, armed: &str, arming: Option<&ArmingTrace>) {
        for need in arming.iter().flat_map(|arming| &arming.needs) {
            let class = if need.state.is_ready() { "good" } else { "risk" };
            let text = format!("{} {}", need.what, need_words(&need.state));
            let id = self.node(Shape::Round, class, &text, need.place.as_ref(), &[]);
            self.line(&format!("{armed} -.- {id}"));
        }
    }

    fn handler(&mut self, number: usize, handler: &HandlerTrace, is_unfolded: bool) {
        let title = format!("A push arrives: {}", handler.name);
        self.line(&format!("subgraph push{number}[\"{}\"]", escaped(&title)));
        self.line("direction TB");
        let class = self.class_of_marks(&handler.marks);
        let id = self.node(Shape::Round, class, &handler.selector, Some(&handler.place), &handler.marks);
        let tree = if is_unfolded { handler.tree.clone() } else { handler.folded() };
        self.flow(&id, &tree, "");
        self.line("end");
    }

    /// What follows a node: a condition that does not hold leads to the next one.
    fn flow(&mut self, from: &str, nodes: &[Node], label: &str) {
        let (mut from, mut label) = (from.to_owned(), label);
        for (number, node) in nodes.iter().enumerate() {
            let class = match &node.kind {
                NodeKind::End(end) if end.is_ruled_out => "idle",
                NodeKind::End(end) => match end.outcome {
                    Outcome::Reported => "good",
                    Outcome::Excused => "idle",
                    Outcome::NilHolder | Outcome::Unseen => "risk",
                    Outcome::Missing | Outcome::Deferred => "bad",
                },
                _ => self.class_of_marks(&node.marks),
            };
            let is_decision = node.kind == NodeKind::Condition && number + 1 < nodes.len();
            let shape = match &node.kind {
                NodeKind::Condition => Shape::Hexagon,
                NodeKind::End(_) => Shape::Round,
                _ => Shape::Box,
            };
            let id = self.node(shape, class, &node.words(), node.place.as_ref(), &node.marks);
            self.edge(&from, &id, label);
            self.flow(&id, &node.children, if is_decision { "yes" } else { "" });
            if is_decision {
                (from, label) = (id, "otherwise");
            }
        }
    }

    fn verdict(&mut self) {
        let class = if self.trace.is_proved { "good" } else { "plain" };
        let text: Vec<String> = self.trace.verdict.iter().map(|sentence| escaped(sentence)).collect();
        self.line(&format!("verdict[\"{}\"]:::{class}", text.join("<br/>")));
        // One below the other: the launches, the pushes, the verdict.
        let launches = (0..self.trace.launches.len()).map(|number| format!("launch{number}"));
        let pushes = (0..self.trace.handlers.len()).map(|number| format!("push{number}"));
        let all: Vec<String> = launches.chain(pushes).chain(["verdict".to_owned()]).collect();
        if all.len() > 1 {
            self.line(&all.join(" ~~~ "));
        }
    }

    fn class_of_marks(&self, marks: &[usize]) -> &'static str {
        let levels = marks.iter().filter_map(|number| self.trace.marks.get(*number)).map(|mark| mark.level);
        match levels.max() {
            Some(Level::Error) => "bad",
            Some(Level::Warning | Level::Note) => "risk",
            None => "plain",
        }
    }
}

/// A text inside a quoted label: what could mean something to Mermaid or to HTML is written as an entity.
fn escaped(text: &str) -> String {
    let mut label = String::with_capacity(text.len() + 8);
    for character in visible(text).chars() {
        let is_plain = character.is_alphanumeric()
            || matches!(character, ' ' | '.' | ',' | ':' | '(' | ')' | '+' | '-' | '/' | '\'' | '…')
            || !character.is_ascii();
        if is_plain {
            label.push(character);
        } else {
            let _ = write!(label, "#{};", u32::from(character));
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_in_a_label_means_anything() {
        assert_eq!(escaped("Anrufe/Über.swift:3"), "Anrufe/Über.swift:3");
        assert_eq!(escaped("\"]%%{<b>`x`;#"), "#34;#93;#37;#37;#123;#60;b#62;#96;x#96;#59;#35;");
        assert_eq!(escaped("a\u{1b}\nb"), "a#92;u#123;1b#125;#92;nb");
    }
}
