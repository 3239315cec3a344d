//! Statements, one kind after another.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::patterns::cover;
use super::{Kid, Reader, span_of};
use crate::facts::{Block, Catch, Condition, ExprId, ExprKind, Pattern, StmtId, StmtKind};
use crate::source::Span;

impl<'t> Reader<'t> {
    /// Reads one statement.
    pub(super) fn statement(&mut self, node: Node<'t>, label: Option<SmolStr>) -> Option<StmtId> {
        let span = span_of(node);
        let kind = match node.kind() {
            "if_statement" => return Some(self.if_chain(node)),
            "guard_statement" => {
                let kids = self.all_kids(node);
                let (conditions, at) = self.conditions(&kids);
                let (otherwise, _) = self.block(kids.get(at..).unwrap_or_default());
                StmtKind::Guard { conditions, otherwise }
            }
            "while_statement" => {
                let kids = self.all_kids(node);
                let (conditions, at) = self.conditions(&kids);
                let (body, _) = self.block(kids.get(at..).unwrap_or_default());
                StmtKind::While { conditions, body, label }
            }
            "repeat_while_statement" => self.repeat(node, label),
            "for_statement" => self.for_in(node, label),
            "switch_statement" => self.switch(node),
            "do_statement" => self.do_catch(node, label),
            "control_transfer_statement" => self.transfer(node),
            "function_declaration" => StmtKind::Function(self.function_declaration(node)),
            "class_declaration" | "protocol_declaration" => StmtKind::Type(self.type_declaration(node)),
            "typealias_declaration" => {
                self.type_alias(node);
                return None;
            }
            "fallthrough" => StmtKind::Fallthrough,
            "simple_identifier" if self.source(node) == "fallthrough" => StmtKind::Fallthrough,
            "call_expression" if self.deferred(node).is_some() => {
                let body = self.deferred(node)?;
                StmtKind::Defer(self.braces(body))
            }
            "directive"
            | "diagnostic"
            | "import_declaration"
            | "operator_declaration"
            | "precedence_group_declaration"
            | "macro_declaration" => return None,
            "macro_invocation" if self.is_preview(node) => return None,
            "ERROR" => {
                self.broken_members(node);
                StmtKind::Damaged
            }
            _ => {
                let value = self.expr(node);
                match self.facts.expr(value).kind {
                    ExprKind::Statement(stmt) => return Some(stmt),
                    ExprKind::Damaged => StmtKind::Damaged,
                    _ => StmtKind::Expr(value),
                }
            }
        };
        Some(self.push_stmt(kind, span))
    }

    /// Whether a macro is one that Xcode shows while the code is written, and no part of the app.
    fn is_preview(&mut self, node: Node<'t>) -> bool {
        let name = self.kids(node).iter().find(|kid| kid.kind() == "simple_identifier").map(|kid| kid.node);
        name.is_some_and(|name| matches!(self.source(name), "Preview" | "Playground"))
    }

    /// The closure of `defer { }`, which the grammar takes for a call.
    fn deferred(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        let kids = self.kids(node);
        let [callee, suffix] = kids.as_slice() else { return None };
        if callee.kind() != "simple_identifier" || self.source(callee.node) != "defer" {
            return None;
        }
        let parts = self.kids(suffix.node);
        let [only] = parts.as_slice() else { return None };
        (only.kind() == "lambda_literal").then_some(only.node)
    }

    /// `if … else if … else`, however long.
    fn if_chain(&mut self, node: Node<'t>) -> StmtId {
        let mut links = Vec::new();
        let mut next = Some(node);
        let mut otherwise = None;
        while let Some(node) = next.take() {
            let kids = self.all_kids(node);
            let (conditions, at) = self.conditions(&kids);
            let (then, taken) = self.block(kids.get(at..).unwrap_or_default());
            links.push((conditions, then, span_of(node)));
            let rest = kids.get(at + taken..).unwrap_or_default();
            if let Some(follow) = rest.iter().find(|kid| kid.kind() == "if_statement") {
                next = Some(follow.node);
            } else if rest.iter().any(|kid| kid.kind() == "{") {
                otherwise = Some(self.block(rest).0);
            }
        }
        let mut stmt = StmtId::new(0, 0);
        for (conditions, then, span) in links.into_iter().rev() {
            stmt = self.push_stmt(StmtKind::If { conditions, then, otherwise: otherwise.take() }, span);
            otherwise = Some(Block { stmts: vec![stmt], span });
        }
        stmt
    }

    /// The conditions of `if`, `guard` and `while`, and where they end.
    fn conditions(&mut self, kids: &[Kid<'t>]) -> (Vec<Condition>, usize) {
        let end = kids
            .iter()
            .position(|kid| kid.field.is_none() && matches!(kid.kind(), "{" | "else"))
            .unwrap_or(kids.len());
        let pieces = kids.get(1..end).unwrap_or_default();
        let pieces: Vec<_> = pieces
            .split(|kid| kid.kind() == "," && kid.field.is_none())
            .filter(|piece| !piece.is_empty())
            .collect();
        let heads: Vec<_> = pieces.iter().filter_map(|piece| piece.first()).map(|kid| kid.node).collect();
        let mut conditions = Vec::new();
        let mut at = 0;
        while let Some(piece) = pieces.get(at) {
            if let Some((value, last)) = self.joined(&heads, at) {
                conditions.push(Condition::Expr(value));
                at = last;
            } else {
                conditions.push(self.condition(piece));
            }
            at += 1;
        }
        (conditions, end)
    }

    fn condition(&mut self, piece: &[Kid<'t>]) -> Condition {
        let span = cover(piece);
        let Some(first) = piece.first() else {
            return Condition::Expr(self.push_expr(ExprKind::Damaged, span));
        };
        match first.kind() {
            "availability_condition" => self.availability(first.node, span),
            "value_binding_pattern" | "case" | "async" => {
                let equals = piece.iter().position(|kid| kid.kind() == "=");
                let (left, right) = piece.split_at(equals.unwrap_or(piece.len()));
                let value = right.get(1).map(|kid| self.expr(kid.node));
                let annotation = left.iter().position(|kid| kid.kind() == "type_annotation");
                let ty = annotation.and_then(|at| left.get(at)).map(|kid| self.annotation(kid.node));
                let names = left.get(..annotation.unwrap_or(left.len())).unwrap_or_default();
                let pattern = self.pattern_of(names, false);
                let pattern =
                    if first.kind() == "case" { pattern } else { Pattern::Optional(Box::new(pattern)) };
                Condition::Bind { pattern, ty, value, span }
            }
            _ => Condition::Expr(self.expr(first.node)),
        }
    }

    fn availability(&mut self, node: Node<'t>, span: Span) -> Condition {
        let text = self.source(node);
        let inner = text.split_once('(').map_or("", |(_, inner)| inner).trim_end().trim_end_matches(')');
        let platforms = inner
            .split(',')
            .filter_map(|platform| platform.trim().split_once(char::is_whitespace))
            .map(|(name, version)| (SmolStr::new(name.trim()), SmolStr::new(version.trim())))
            .collect();
        Condition::Available { platforms, is_negated: text.contains("unavailable"), span }
    }

    fn repeat(&mut self, node: Node<'t>, label: Option<SmolStr>) -> StmtKind {
        let kids = self.all_kids(node);
        let (body, taken) = self.block(&kids);
        let rest = kids.get(taken..).unwrap_or_default();
        let condition = match rest.iter().find(|kid| kid.field == Some("condition")) {
            Some(condition) => self.expr(condition.node),
            None => self.push_expr(ExprKind::Damaged, span_of(node)),
        };
        StmtKind::Repeat { body, condition, label }
    }

    fn for_in(&mut self, node: Node<'t>, label: Option<SmolStr>) -> StmtKind {
        let kids = self.all_kids(node);
        let mut pattern = Pattern::Wildcard;
        let mut sequence = None;
        let mut filter = None;
        let mut is_await = false;
        for kid in &kids {
            match (kid.field, kid.kind()) {
                (Some("item"), _) => pattern = self.pattern(kid.node, true),
                (Some("collection"), _) if sequence.is_none() => sequence = Some(self.expr(kid.node)),
                (_, "where_clause") => filter = self.where_clause(kid.node),
                (_, "await") => is_await = true,
                _ => {}
            }
        }
        let body = self.block(&kids).0;
        let sequence = sequence.unwrap_or_else(|| self.push_expr(ExprKind::Damaged, span_of(node)));
        StmtKind::For { pattern, sequence, filter, body, is_await, label }
    }

    fn where_clause(&mut self, node: Node<'t>) -> Option<ExprId> {
        let condition = self.kids(node).get(1).map(|kid| kid.node)?;
        Some(self.expr(condition))
    }

    fn do_catch(&mut self, node: Node<'t>, label: Option<SmolStr>) -> StmtKind {
        let kids = self.all_kids(node);
        let body = self.block(&kids).0;
        let mut catches = Vec::new();
        for clause in kids.iter().filter(|kid| kid.kind() == "catch_block") {
            let parts = self.all_kids(clause.node);
            let mut pattern = None;
            let mut filter = None;
            for part in &parts {
                match part.kind() {
                    "pattern" => pattern = Some(self.pattern(part.node, false)),
                    "where_clause" => filter = self.where_clause(part.node),
                    _ => {}
                }
            }
            let span = parts.first().map_or(span_of(clause.node), |word| span_of(word.node));
            let body = self.block(&parts).0;
            catches.push(Catch { pattern, filter, body, span });
        }
        StmtKind::Do { body, catches, label }
    }

    fn transfer(&mut self, node: Node<'t>) -> StmtKind {
        let kids = self.kids(node);
        let value = kids.iter().skip(1).find(|kid| !matches!(kid.kind(), "directive" | "diagnostic"));
        let value = value.map(|kid| kid.node);
        let label = value.map(|label| self.name(label));
        match kids.first().map_or("", Kid::kind) {
            "break" => StmtKind::Break(label),
            "continue" => StmtKind::Continue(label),
            "return" => StmtKind::Return(value.map(|value| self.expr(value))),
            "throw_keyword" => match value {
                Some(value) => StmtKind::Throw(self.expr(value)),
                None => StmtKind::Damaged,
            },
            _ => match value {
                Some(value) => StmtKind::Expr(self.expr(value)),
                None => StmtKind::Damaged,
            },
        }
    }
}
