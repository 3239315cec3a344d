//! Walks over everything that stands in a body, in order of writing; nested functions are not entered.

use super::parts::Part;
use super::{Block, Condition, ExprId, ExprKind, FileFacts, Pattern, StmtId, StmtKind};
use crate::source::Span;

/// Something that stands in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A statement; what is in it follows.
    Stmt(StmtId),
    /// An expression; its operands follow.
    Expr(ExprId),
}

impl FileFacts {
    /// Every list of statements that reaches into a range: bodies, arms and cases at any depth, and the file's own.
    pub fn statement_lists(&self, span: Span) -> impl Iterator<Item = &Block> {
        let bodies = self.parts_in(span).flat_map(|part| self.blocks_of_part(part.number));
        let inside = self.parts_in(span).flat_map(Part::stmts).flat_map(|(_, stmt)| stmt.kind.blocks());
        let all = std::iter::once(&self.top_level).chain(bodies.map(|(_, block)| block)).chain(inside);
        all.filter(move |block| block.span.meets(span))
    }

    /// Every statement and expression of a block. Closures are met as expressions, their bodies are not entered.
    pub fn each_node(&self, block: &Block, mut visit: impl FnMut(Node)) {
        let open = block.stmts.iter().rev().map(|stmt| Node::Stmt(*stmt)).collect();
        self.drain(open, &mut visit);
    }

    /// An expression and everything in it.
    pub fn each_node_in(&self, expr: ExprId, mut visit: impl FnMut(Node)) {
        self.drain(vec![Node::Expr(expr)], &mut visit);
    }

    fn drain(&self, mut open: Vec<Node>, visit: &mut dyn FnMut(Node)) {
        while let Some(node) = open.pop() {
            visit(node);
            let at = open.len();
            match node {
                Node::Stmt(id) => self.directly_in(id, &mut open),
                Node::Expr(id) => {
                    let kind = &self.expr(id).kind;
                    if let ExprKind::Statement(stmt) = kind {
                        open.push(Node::Stmt(*stmt));
                    }
                    kind.each_operand(|id| open.push(Node::Expr(id)));
                }
            }
            open[at..].reverse();
        }
    }

    /// What is directly in a statement, in order.
    fn directly_in(&self, id: StmtId, into: &mut Vec<Node>) {
        let block = |block: &Block, into: &mut Vec<Node>| {
            into.extend(block.stmts.iter().map(|stmt| Node::Stmt(*stmt)));
        };
        match &self.stmt(id).kind {
            StmtKind::Expr(value) | StmtKind::Throw(value) | StmtKind::Return(Some(value)) => {
                into.push(Node::Expr(*value));
            }
            StmtKind::Let { value, .. } => into.extend(value.iter().map(|value| Node::Expr(*value))),
            StmtKind::Assign { target, value, .. } => {
                into.extend([Node::Expr(*target), Node::Expr(*value)]);
            }
            StmtKind::If { conditions, then, otherwise } => {
                condition_parts(conditions, into);
                block(then, into);
                if let Some(otherwise) = otherwise {
                    block(otherwise, into);
                }
            }
            StmtKind::Guard { conditions, otherwise } => {
                condition_parts(conditions, into);
                block(otherwise, into);
            }
            StmtKind::Switch { subject, cases } => {
                into.push(Node::Expr(*subject));
                for case in cases {
                    for (pattern, filter) in &case.patterns {
                        pattern_parts(pattern, into);
                        into.extend(filter.iter().map(|filter| Node::Expr(*filter)));
                    }
                    block(&case.body, into);
                }
            }
            StmtKind::While { conditions, body, .. } => {
                condition_parts(conditions, into);
                block(body, into);
            }
            StmtKind::Repeat { body, condition, .. } => {
                block(body, into);
                into.push(Node::Expr(*condition));
            }
            StmtKind::For { sequence, filter, body, .. } => {
                into.push(Node::Expr(*sequence));
                into.extend(filter.iter().map(|filter| Node::Expr(*filter)));
                block(body, into);
            }
            StmtKind::Do { body, catches, .. } => {
                block(body, into);
                for catch in catches {
                    block(&catch.body, into);
                }
            }
            StmtKind::Defer(body) => block(body, into),
            StmtKind::Build(arms) => arms.iter().for_each(|(_, body)| block(body, into)),
            StmtKind::Return(None)
            | StmtKind::Break(_)
            | StmtKind::Continue(_)
            | StmtKind::Fallthrough
            | StmtKind::Function(_)
            | StmtKind::Type(_)
            | StmtKind::Damaged => {}
        }
    }
}

fn condition_parts(conditions: &[Condition], into: &mut Vec<Node>) {
    for condition in conditions {
        match condition {
            Condition::Expr(value) => into.push(Node::Expr(*value)),
            Condition::Bind { pattern, value, .. } => {
                pattern_parts(pattern, into);
                into.extend(value.iter().map(|value| Node::Expr(*value)));
            }
            Condition::Available { .. } => {}
        }
    }
}

fn pattern_parts(pattern: &Pattern, into: &mut Vec<Node>) {
    if let Pattern::Expr(value) = pattern {
        into.push(Node::Expr(*value));
    }
}
