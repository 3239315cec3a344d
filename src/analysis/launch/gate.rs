//! What decides whether an event happens: the condition around it, or around one of the calls that lead to it.

use super::timeline::Event;
use crate::facts::{Block, Condition, ExprKind, FileFacts, StmtKind};
use crate::program::Program;
use crate::source::{Location, Span};
use crate::vocabulary::{Meaning, Vocabulary};

impl Event {
    /// The nearest condition that keeps it from happening where it does not hold: that of an `if` without an `else`, or
    /// of a `guard` before it. A `guard` that ends the app is none: the app does not go on without pushes.
    pub fn gate(&self, program: &Program, vocabulary: &Vocabulary) -> Option<Location> {
        let steps = self.steps.iter().rev().map(|step| step.location);
        std::iter::once(self.location).chain(steps).find_map(|place| {
            let file = program.position(place.file)?;
            gate_of(program.file(file), vocabulary, place.span).map(|span| program.location(file, span))
        })
    }
}

fn gate_of(facts: &FileFacts, vocabulary: &Vocabulary, place: Span) -> Option<Span> {
    let mut nearest: Option<Span> = None;
    for block in facts.statement_lists(place).filter(|block| block.span.contains(place)) {
        for stmt in block.stmts.iter().map(|id| facts.stmt(*id)) {
            let conditions = match &stmt.kind {
                StmtKind::If { conditions, then, otherwise: None } if then.span.contains(place) => conditions,
                StmtKind::Guard { conditions, otherwise }
                    if stmt.span.end <= place.start && !ends_app(facts, vocabulary, otherwise) =>
                {
                    conditions
                }
                _ => continue,
            };
            let span = conditions.iter().find_map(|condition| span_of(facts, condition));
            if let Some(span) = span.filter(|span| nearest.is_none_or(|known| known.start < span.start)) {
                nearest = Some(span);
            }
        }
    }
    nearest
}

/// Whether a block ends with `fatalError()` or the like.
fn ends_app(facts: &FileFacts, vocabulary: &Vocabulary, block: &Block) -> bool {
    let Some(StmtKind::Expr(last)) = block.stmts.last().map(|id| &facts.stmt(*id).kind) else { return false };
    let ExprKind::Call { callee, .. } = &facts.expr(*last).kind else { return false };
    let ExprKind::Name(name) = &facts.expr(*callee).kind else { return false };
    vocabulary.may_mean(name, |meaning| *meaning == Meaning::Diverges)
}

/// Where a condition stands; the version of the system is none that the app decides.
fn span_of(facts: &FileFacts, condition: &Condition) -> Option<Span> {
    match condition {
        Condition::Expr(value) => Some(facts.expr(*value).span),
        Condition::Bind { span, .. } => Some(*span),
        Condition::Available { .. } => None,
    }
}
