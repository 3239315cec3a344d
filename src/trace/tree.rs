//! The ways out of a handler as one tree: what they share is drawn once, and what decides nothing is left out.

use super::model::{End, Node, NodeKind, Place};
use crate::analysis::duty::At;
use crate::report::Outcome;

/// A way out: what leads to it, and its end.
pub(super) struct Path {
    /// What leads to it, in order.
    pub(super) steps: Vec<PathStep>,
    /// Where it is decided.
    pub(super) at: At,
    /// The same.
    pub(super) place: Place,
    /// What became of the duty to report.
    pub(super) outcome: Outcome,
    /// In words.
    pub(super) text: String,
    /// Where the handler is left, on ways that report.
    pub(super) left: Option<Place>,
    /// The launch shows that this way is not taken.
    pub(super) is_ruled_out: bool,
}

/// A step of a way out.
pub(super) struct PathStep {
    /// Where.
    pub(super) at: At,
    /// The same.
    pub(super) place: Place,
    /// A call or a condition.
    pub(super) kind: NodeKind,
    /// In words.
    pub(super) text: String,
    /// It says something even where no other way turns off.
    pub(super) is_kept: bool,
}

/// A part of the tree while it grows.
struct Growing {
    at: At,
    is_kept: bool,
    node: Node,
    children: Vec<Growing>,
}

/// The tree of all ways.
pub(super) fn tree(paths: Vec<Path>) -> Vec<Node> {
    let mut roots: Vec<Growing> = Vec::new();
    for path in paths {
        let mut level = &mut roots;
        for step in path.steps {
            let known = level.iter().position(|node| {
                node.at == step.at && node.node.kind == step.kind && node.node.text == step.text
            });
            let at = known.unwrap_or_else(|| {
                level.push(Growing {
                    at: step.at,
                    is_kept: false,
                    node: node(step.kind, step.text, step.place),
                    children: Vec::new(),
                });
                level.len() - 1
            });
            level[at].is_kept |= step.is_kept;
            level = &mut level[at].children;
        }
        let end = End { outcome: path.outcome, paths: 1, left: path.left, is_ruled_out: path.is_ruled_out };
        level.push(Growing {
            at: path.at,
            is_kept: true,
            node: node(NodeKind::End(end), path.text, path.place),
            children: Vec::new(),
        });
    }
    grown(plain(roots))
}

fn node(kind: NodeKind, text: String, place: Place) -> Node {
    Node { kind, text, place: Some(place), marks: Vec::new(), children: Vec::new() }
}

/// Leaves out what decides nothing, and draws a decision as the lines of code stand: a side that turns off, and below
/// it, no further in, what the other side goes on with.
fn plain(nodes: Vec<Growing>) -> Vec<Growing> {
    let mut nodes = nodes;
    // What every way goes through, and ends behind, decides nothing.
    while nodes.len() == 1 && nodes.iter().all(|node| !node.is_kept) {
        nodes = nodes.into_iter().flat_map(|node| node.children).collect();
    }
    let mut nodes: Vec<Growing> =
        nodes.into_iter().map(|node| Growing { children: plain(node.children), ..node }).collect();
    nodes.sort_by_key(|node| (node.at.0, node.at.1.start, is_condition(node), reading(node)));
    let mut flat: Vec<Growing> = Vec::new();
    let mut rest = nodes.into_iter().peekable();
    while let Some(node) = rest.next() {
        let is_other_side = flat.iter().any(|other| other.at == node.at);
        let is_last_side = rest.peek().is_none_or(|next| next.at != node.at);
        if is_condition(&node) && is_other_side && is_last_side {
            flat.extend(node.children);
        } else {
            flat.push(node);
        }
    }
    flat
}

fn is_condition(node: &Growing) -> bool {
    node.node.kind == NodeKind::Condition
}

/// Where, in the same file, the code goes on behind a decision.
fn reading(node: &Growing) -> u32 {
    let mut first = u32::MAX;
    let mut open: Vec<&Growing> = node.children.iter().collect();
    while let Some(child) = open.pop() {
        let (file, span) = child.at;
        if file == node.at.0 && span.start > node.at.1.start {
            first = first.min(span.start);
        }
        open.extend(&child.children);
    }
    first
}

fn grown(nodes: Vec<Growing>) -> Vec<Node> {
    nodes.into_iter().map(|node| Node { children: grown(node.children), ..node.node }).collect()
}

/// The tree with one line for ways that report at the same place, or are excused at the same place.
pub(super) fn folded(nodes: &[Node]) -> Vec<Node> {
    let mut all: Vec<Node> = Vec::new();
    for node in nodes {
        let Some(end) = same_end(node) else {
            all.push(Node { children: folded(&node.children), ..node.clone() });
            continue;
        };
        let twin = nodes.iter().filter(|other| same_end(other).is_some_and(|other| is_same(&other, &end)));
        if twin.clone().count() < 2 {
            all.push(Node { children: folded(&node.children), ..node.clone() });
        } else if !all.iter().any(|known| is_same(known, &end)) {
            let paths = twin.map(paths_of).sum();
            all.push(with_paths(end, paths));
        }
    }
    all
}

/// Of calls that only lead to one another, this many are drawn.
const MOST_CALLS: usize = 3;

/// The tree with one line for what lies between in a long chain of calls that only lead to one another.
pub(super) fn shortened(nodes: &[Node]) -> Vec<Node> {
    nodes.iter().map(shorten).collect()
}

fn shorten(node: &Node) -> Node {
    let mut chain: Vec<&Node> = vec![node];
    let is_call = |node: &Node| node.kind == NodeKind::Call && node.marks.is_empty();
    let mut last = node;
    while let ([only], true) = (last.children.as_slice(), is_call(last)) {
        if !is_call(only) {
            break;
        }
        chain.push(only);
        last = only;
    }
    let end = Node { children: shortened(&last.children), ..last.clone() };
    if chain.len() <= MOST_CALLS {
        let outer = chain.into_iter().rev().skip(1);
        return outer.fold(end, |inner, node| Node { children: vec![inner], ..node.clone() });
    }
    let text = format!("… {} more calls …", chain.len() - 2);
    let between = Node { kind: NodeKind::Call, text, place: None, marks: Vec::new(), children: vec![end] };
    Node { children: vec![between], ..node.clone() }
}

/// The one end of all ways of a part, if they report at the same place or are excused there.
fn same_end(node: &Node) -> Option<Node> {
    if let NodeKind::End(end) = &node.kind {
        let is_good = matches!(end.outcome, Outcome::Reported | Outcome::Excused);
        return is_good.then(|| node.clone());
    }
    if !node.marks.is_empty() {
        return None;
    }
    let mut ends = node.children.iter().map(same_end);
    let first = ends.next()??;
    ends.all(|other| other.is_some_and(|other| is_same(&other, &first))).then_some(first)
}

fn is_same(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (NodeKind::End(one), NodeKind::End(other)) => {
            one.outcome == other.outcome && a.place == b.place && a.text == b.text
        }
        _ => false,
    }
}

fn paths_of(node: &Node) -> usize {
    match &node.kind {
        NodeKind::End(end) => end.paths,
        _ => node.children.iter().map(paths_of).sum(),
    }
}

fn with_paths(node: Node, paths: usize) -> Node {
    match node.kind {
        NodeKind::End(end) => Node { kind: NodeKind::End(End { paths, ..end }), ..node },
        _ => node,
    }
}
