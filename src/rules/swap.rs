//! The repair of two statements that stand below each other in the wrong order.

use super::context::Context;
use crate::facts::{ExprId, ExprKind, FileFacts, Node, Stmt, StmtKind};
use crate::finding::{Applicability, Edit, Fix};
use crate::source::{Location, SourceFile, Span};

/// Swaps two assignments, told by places in their targets, each with its comments. There is no fix unless they are
/// neighbours in one list of statements and stand on lines of their own.
pub(super) fn swapped(context: &Context<'_>, first: Location, second: Location, title: &str) -> Option<Fix> {
    let program = context.program;
    let at = program.position(first.file)?;
    let facts = program.file(at);
    let (upper, lower) = neighbours(facts, first.span, second.span).filter(|_| first.file == second.file)?;
    let source = context.sources.get(first.file);
    let upper_lines = Lines::of(source, upper.span)?;
    let lower_lines = Lines::of(source, lower.span)?;
    let between = upper_lines.last + 1..lower_lines.first;
    if between.into_iter().any(|line| !line_text(source, line).trim().is_empty()) {
        return None;
    }
    let (upper_span, lower_span) = (upper_lines.span(source), lower_lines.span(source));
    let separator = source.slice(Span { start: upper_span.end, end: lower_span.start });
    let applicability = if is_plain(facts, upper) && is_plain(facts, lower) {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    let edit = Edit {
        location: Location { file: first.file, span: Span { start: upper_span.start, end: lower_span.end } },
        text: [source.slice(lower_span), separator, source.slice(upper_span)].concat(),
    };
    Some(Fix { title: title.to_owned(), applicability, edits: vec![edit] })
}

/// The text of the assignment to a place, where it stands on one line.
pub(super) fn assignment<'a>(context: &Context<'a>, place: Location) -> Option<&'a str> {
    let program = context.program;
    let at = program.position(place.file)?;
    let facts = program.file(at);
    let stmt = facts.stmts_around(place.span).map(|(_, stmt)| stmt).find(|stmt| match &stmt.kind {
        StmtKind::Assign { target, .. } => facts.expr(*target).span.contains(place.span),
        _ => false,
    })?;
    Some(context.sources.get(place.file).slice(stmt.span)).filter(|text| !text.contains(['\n', '\r']))
}

/// The assignments to two places, if the second follows the first directly.
fn neighbours(facts: &FileFacts, first: Span, second: Span) -> Option<(&Stmt, &Stmt)> {
    let assigns = |stmt: &Stmt, place: Span| match &stmt.kind {
        StmtKind::Assign { target, .. } => facts.expr(*target).span.contains(place),
        _ => false,
    };
    facts.statement_lists(first).find_map(|list| {
        list.stmts.windows(2).find_map(|pair| {
            let [upper, lower] = pair else { return None };
            let (upper, lower) = (facts.stmt(*upper), facts.stmt(*lower));
            (assigns(upper, first) && assigns(lower, second)).then_some((upper, lower))
        })
    })
}

/// Whether an assignment runs no code but a setter, so that its place among its neighbours tells nobody anything.
fn is_plain(facts: &FileFacts, stmt: &Stmt) -> bool {
    let StmtKind::Assign { target, value, .. } = &stmt.kind else { return false };
    let is_set = |callee: &ExprId| matches!(&facts.expr(*callee).kind, ExprKind::Name(name) if name == "Set");
    let mut is_plain = true;
    for part in [target, value] {
        facts.each_node_in(*part, |node| {
            if let Node::Expr(id) = node {
                is_plain &= match &facts.expr(id).kind {
                    ExprKind::Call { callee, .. } => {
                        is_set(callee) || matches!(facts.expr(*callee).kind, ExprKind::Type(_))
                    }
                    ExprKind::Subscript { .. } | ExprKind::Await(_) | ExprKind::Try(..) => false,
                    _ => true,
                };
            }
        });
    }
    is_plain
}

/// The lines of a statement and of the comments directly above it, 1-based and inclusive.
struct Lines {
    first: usize,
    last: usize,
}

impl Lines {
    /// Nothing where the statement shares a line with something else than a comment behind it.
    fn of(source: &SourceFile, stmt: Span) -> Option<Self> {
        let index = source.lines();
        let mut first = index.line(stmt.start);
        let last = index.line(stmt.end.saturating_sub(1).max(stmt.start));
        let before = Span { start: index.line_span(first, &source.text).start, end: stmt.start };
        let after = Span { start: stmt.end, end: index.line_span(last, &source.text).end };
        let after = source.slice(after).trim();
        let after = after.strip_prefix(';').unwrap_or(after).trim_start();
        if !source.slice(before).trim().is_empty() || !(after.is_empty() || is_comment(after)) {
            return None;
        }
        while first > 1 && is_own_comment(line_text(source, first - 1).trim()) {
            first -= 1;
        }
        Some(Self { first, last })
    }

    /// Their bytes, without the end of the last line.
    fn span(&self, source: &SourceFile) -> Span {
        let start = source.lines().line_span(self.first, &source.text).start;
        let last = source.lines().line_span(self.last, &source.text);
        let text = source.slice(last).trim_end_matches(['\r', '\n']);
        Span { start, end: last.start + text.len() as u32 }
    }
}

fn line_text(source: &SourceFile, line: usize) -> &str {
    source.slice(source.lines().line_span(line, &source.text))
}

/// Whether a comment, and nothing else, is left of a line.
fn is_comment(text: &str) -> bool {
    let is_one_block = text.starts_with("/*") && text.find("*/").is_some_and(|end| end + 2 == text.len());
    text.starts_with("//") || is_one_block
}

/// Whether a comment belongs to the statement below it, and is not a heading of more.
fn is_own_comment(line: &str) -> bool {
    is_comment(line) && !line.starts_with("// MARK")
}
