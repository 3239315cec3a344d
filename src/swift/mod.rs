//! The Swift front end: source text becomes [`FileFacts`].
//!
//! This is the only place that knows the grammar (`tree-sitter-swift`, pinned to an exact version). It
//! promises facts for every text: what the grammar does not understand is repaired where a known gap is
//! the cause, and marked as damaged where it is not. Nothing here panics or overflows, whatever the text.
//!
//! A file is read at three depths: its outline (words and braces, no parser), what it declares (the parser sees empty bodies),
//! and each body when something asks for it (the parser sees that member and the head of its type).

mod blocks;
mod bodies;
mod budget;
mod build;
mod cases;
mod declarations;
mod expressions;
mod lazily;
mod members;
mod operators;
mod outline;
mod patterns;
mod properties;
mod repair;
mod scan;
mod statements;
mod types;
mod words;

use std::borrow::Cow;

use rustc_hash::FxHashSet as HashSet;
use smol_str::SmolStr;
use thiserror::Error;
use tree_sitter::{Node, Tree, TreeCursor};

use crate::facts::{
    BuildCondition, Expr, ExprId, ExprKind, FileFacts, FunctionId, MAX_DEPTH, MAX_PLACES, Outline, Stmt,
    StmtId, StmtKind, TypeId,
};
use crate::source::{FileId, Span};
use budget::{Budget, syntax_tree};
use build::Directive;
pub use lazily::parse_lazily;
use scan::{Masked, Scan};

/// Larger files are generated; the parser's memory grows with them.
const MAX_BYTES: usize = 2_000_000;
/// The grammar's scanner is quadratic in a run of `#` and cannot be interrupted there.
const MAX_HASHES: usize = 1_000;
/// Why a file was not understood at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GiveUp {
    /// More than 2 MB.
    #[error("the file is larger than 2 MB")]
    TooLarge,
    /// The parser was stopped.
    #[error("parsing it takes too long")]
    TooSlow,
    /// A run of `#` on which the parser would hang.
    #[error("the file has a run of more than 1000 `#` characters")]
    HashRun,
}

/// What a text declares, told without parsing it.
pub fn outline(text: &str) -> Outline {
    outline::outline(&with_line_feeds(text))
}

/// Whether a text is not to be parsed at all.
pub fn refuses(text: &str) -> Result<(), GiveUp> {
    if text.len() > MAX_BYTES {
        return Err(GiveUp::TooLarge);
    }
    if has_hash_run(text.as_bytes()) {
        return Err(GiveUp::HashRun);
    }
    Ok(())
}

/// Reads one file.
pub fn parse(file: FileId, text: &str) -> Result<FileFacts, GiveUp> {
    refuses(text)?;
    let text = &*with_line_feeds(text);
    let reading = reading(text, &[], &mut Budget::default())?;
    let scan = Scan::new(text);
    let mut reader = Reader::new(FileFacts::new(file), text, &reading, &scan);
    reader.file(reading.tree.root_node());
    Ok(reader.finish(&reading.unclosed))
}

/// Parses these ranges of a text, or all of it, and mends what the grammar stumbles over.
fn reading(text: &str, ranges: &[Span], budget: &mut Budget) -> Result<Reading, GiveUp> {
    let tree = syntax_tree(text.as_bytes(), ranges, budget).ok_or(GiveUp::TooSlow)?;
    let first = Reading::new(tree, Vec::new());
    Ok(if first.damage.is_empty() { first } else { repaired(text, ranges, first, budget) })
}

/// Whether some closing brace has no opening one before it.
fn has_brace_too_many(text: &str) -> bool {
    let mut depth = 0_i64;
    Masked::new(text).code.iter().any(|byte| {
        depth += match byte {
            b'{' => 1,
            b'}' => -1,
            _ => 0,
        };
        depth < 0
    })
}

/// The text with a line feed for each lone carriage return, byte for byte: for Swift that ends a line, and so a comment;
/// for the grammar it does not.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let is_lone = |at: usize| bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) != Some(&b'\n');
    if !(0..bytes.len()).any(is_lone) {
        return Cow::Borrowed(text);
    }
    let replaced = text.char_indices().map(|(at, letter)| if is_lone(at) { '\n' } else { letter });
    Cow::Owned(replaced.collect())
}

/// The comments of a text, in order, found without parsing it; what looks like one inside of a string is none.
pub fn comments(text: &str) -> Vec<Span> {
    Masked::new(text).comments
}

/// A syntax tree, and what is wrong with it.
struct Reading {
    tree: Tree,
    damage: Vec<Span>,
    /// What has no closing brace.
    unclosed: Vec<Span>,
    /// The `try` and `await` that the repair took out.
    covers: Vec<Span>,
}

impl Reading {
    fn new(tree: Tree, covers: Vec<Span>) -> Self {
        let (damage, unclosed) = damage_of(&tree);
        Self { tree, damage, unclosed, covers }
    }

    /// How much was not understood.
    fn loss(&self) -> usize {
        self.damage.iter().map(|span| span.len() + 1).sum()
    }
}

/// The best reading of a text that the grammar stumbles over.
fn repaired(text: &str, ranges: &[Span], first: Reading, budget: &mut Budget) -> Reading {
    let masked = Masked::new(text);
    let mut best = first;
    for with_directives in [false, true] {
        let repaired = repair::repair(text, &masked, with_directives);
        let Some(tree) = syntax_tree(&repaired.bytes, ranges, budget) else { break };
        let reading = Reading::new(tree, repaired.covers);
        if reading.loss() < best.loss() {
            best = reading;
        }
        if best.damage.is_empty() {
            break;
        }
    }
    best
}

fn has_hash_run(bytes: &[u8]) -> bool {
    let mut run = 0;
    bytes.iter().any(|byte| {
        run = if *byte == b'#' { run + 1 } else { 0 };
        run > MAX_HASHES
    })
}

/// The places that the grammar did not understand, in order: error nodes, and tokens it had to invent. The
/// `!` that it invents in an empty tuple is harmless. Then what it had to close itself: the missing brace may belong
/// to anything inside.
fn damage_of(tree: &Tree) -> (Vec<Span>, Vec<Span>) {
    let mut damage = Vec::new();
    let mut unclosed = Vec::new();
    if !tree.root_node().has_error() {
        return (damage, unclosed);
    }
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || (node.is_missing() && node.kind() != "!") {
            damage.push(span_of(node));
        }
        if node.is_missing() && node.kind() == "}" {
            unclosed.extend(node.parent().map(span_of));
        }
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                damage.sort_unstable();
                return (damage, unclosed);
            }
        }
    }
}

fn span_of(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// A child of a node, with the field it stands in.
#[derive(Clone, Copy)]
struct Kid<'t> {
    node: Node<'t>,
    field: Option<&'t str>,
}

impl<'t> Kid<'t> {
    fn kind(&self) -> &'t str {
        self.node.kind()
    }
}

/// Walks one tree and collects its facts.
struct Reader<'t> {
    text: &'t str,
    facts: FileFacts,
    cursor: TreeCursor<'t>,
    scan: &'t Scan,
    damage: Vec<Span>,
    /// The `try` and `await` of the text that the tree does not have.
    covers: Vec<Span>,
    depth: usize,
    owner: Option<TypeId>,
    function: Option<FunctionId>,
    build: Vec<BuildCondition>,
    imported: HashSet<SmolStr>,
}

impl<'t> Reader<'t> {
    fn new(facts: FileFacts, text: &'t str, reading: &'t Reading, scan: &'t Scan) -> Self {
        Self {
            text,
            facts,
            cursor: reading.tree.walk(),
            scan,
            damage: reading.damage.clone(),
            covers: reading.covers.clone(),
            depth: 0,
            owner: None,
            function: None,
            build: Vec::new(),
            imported: HashSet::default(),
        }
    }

    /// Marks the functions that contain damage, and hands the facts over.
    fn finish(mut self, unclosed: &[Span]) -> FileFacts {
        // A suspension that found no place again is a loss.
        self.damage.append(&mut self.covers);
        self.damage.sort_unstable();
        self.damage.dedup();
        for function in &mut self.facts.first.functions {
            function.is_broken |= unclosed.iter().any(|span| span.contains(function.span));
            let from = self.damage.partition_point(|span| span.start < function.span.start);
            function.is_broken |= self.damage[from..]
                .iter()
                .take_while(|span| span.start <= function.span.end)
                .any(|span| span.end <= function.span.end);
        }
        if !self.damage.is_empty() && has_brace_too_many(self.text) {
            self.cut_short();
        }
        self.facts.first.damaged = self.damage;
        self.facts
    }

    /// Where a brace is too many, a function may end before its text does: what follows it then is damage, up to the next
    /// function or type.
    fn cut_short(&mut self) {
        let named = self.facts.first.functions.iter().filter(|function| function.parent.is_none());
        let functions =
            named.filter(|function| !function.name.is_empty()).map(|function| function.span.start);
        let types = self.facts.types.iter().map(|ty| ty.span.start);
        let mut starts: Vec<u32> = functions.chain(types).collect();
        starts.sort_unstable();
        // How far the damages reach that begin with this one or before it.
        let mut reach: Vec<u32> = Vec::with_capacity(self.damage.len());
        for span in &self.damage {
            reach.push(reach.last().copied().unwrap_or_default().max(span.end));
        }
        for function in &mut self.facts.first.functions {
            let end = function.span.end;
            let next = starts.get(starts.partition_point(|start| *start < end)).copied();
            let before = self.damage.partition_point(|span| next.is_none_or(|next| span.start < next));
            let reaches_behind = reach[..before].last().is_some_and(|reach| *reach > end);
            function.is_broken |= reaches_behind && function.parent.is_none();
        }
    }

    /// The children of a node without comments and errors.
    fn kids(&mut self, node: Node<'t>) -> Vec<Kid<'t>> {
        let mut kids = self.all_kids(node);
        kids.retain(|kid| !kid.node.is_error());
        kids
    }

    /// The children of a node without comments.
    fn all_kids(&mut self, node: Node<'t>) -> Vec<Kid<'t>> {
        let mut kids = Vec::with_capacity(node.child_count() as usize);
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                let child = self.cursor.node();
                if !child.is_extra() || child.is_error() {
                    kids.push(Kid { node: child, field: self.cursor.field_name() });
                }
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        kids
    }

    fn source(&self, node: Node<'t>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The name that a node spells, without back-ticks.
    fn name(&self, node: Node<'t>) -> SmolStr {
        SmolStr::new(self.source(node).trim().trim_matches('`'))
    }

    /// Keeps an expression. One that no index can name is not kept, and what it stands in is damaged.
    fn push_expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let part = &mut self.facts.first;
        if part.exprs.len() < MAX_PLACES {
            part.exprs.push(Expr { kind, span });
        } else {
            self.damage.push(span);
        }
        ExprId::new(part.number, part.exprs.len() - 1)
    }

    /// Keeps a statement, as an expression is kept.
    fn push_stmt(&mut self, kind: StmtKind, span: Span) -> StmtId {
        let part = &mut self.facts.first;
        if part.stmts.len() < MAX_PLACES {
            part.stmts.push(Stmt { kind, span });
        } else {
            self.damage.push(span);
        }
        StmtId::new(part.number, part.stmts.len() - 1)
    }

    /// Goes one level down, unless the nesting is too deep: then the place counts as damaged.
    fn nested<T>(&mut self, span: Span, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            self.damage.push(span);
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        Some(result)
    }

    fn directives(&self, span: Span) -> &'t [Directive] {
        self.scan.directives_in(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is in a part, whose indices are full but for one.
    #[test]
    fn what_no_index_can_name_is_damaged() {
        let text = "func f() { g(1) }\nfunc h() { }\n";
        let reading = reading(text, &[], &mut Budget::default()).expect("the text is small");
        let scan = Scan::new(text);
        for room in [0, 1, 3] {
            let mut reader = Reader::new(FileFacts::new(FileId(0)), text, &reading, &scan);
            let filler = || Expr { kind: ExprKind::Nil, span: Span { start: 0, end: 0 } };
            reader.facts.first.exprs.resize_with(MAX_PLACES - room, filler);
            reader.file(reading.tree.root_node());
            let facts = reader.finish(&reading.unclosed);
            assert_eq!(facts.exprs().count(), MAX_PLACES);
            let damaged = facts.functions().map(|(_, function)| facts.is_damaged(function));
            assert_eq!(damaged.collect::<Vec<_>>(), [room < 3, false], "{room}");
        }
    }

    #[test]
    fn no_file_has_more_than_an_index_can_name() {
        const { assert!(MAX_BYTES < MAX_PLACES) };
        for dense in [
            "-a+",
            "!a!=",
            "a;",
            "_=a;",
            "{a}",
            "a[b]",
            "[a:",
            "a?!",
            "\"\\(a)\"",
            "if a{}",
            "(a)",
            "$0",
            "a=",
            "{}",
            ";",
        ] {
            let text = dense.repeat(500);
            let facts = parse(FileId(0), &text).expect("the text is small");
            let most = facts.exprs().count().max(facts.stmts().count()).max(facts.functions().count());
            assert!(most <= text.len() + 1, "{dense}: {most} for {} bytes", text.len());
        }
    }
}
