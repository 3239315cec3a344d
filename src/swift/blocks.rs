//! Rows of statements, and the `#if`s among them.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::build::{Arms, Directive, DirectiveKind};
use super::patterns::cover;
use super::{Kid, Reader};
use crate::facts::{Block, BuildCondition, ExprId, MAX_DEPTH, Stmt, StmtId, StmtKind};
use crate::source::Span;

/// The statements of a block while its `#if`s are paired.
#[derive(Default)]
pub(super) struct Row {
    stmts: Vec<StmtId>,
    open: Vec<OpenIf>,
}

/// An `#if` whose `#endif` has not come yet.
struct OpenIf {
    /// What stands before it.
    before: Vec<StmtId>,
    start: u32,
    conditions: Arms,
    arms: Vec<(BuildCondition, Block)>,
    /// The arm that is being read, and where its directive ends.
    condition: BuildCondition,
    arm_start: u32,
    has_else: bool,
}

impl OpenIf {
    fn close_arm(&mut self, stmts: Vec<StmtId>, end: u32) {
        let condition = std::mem::replace(&mut self.condition, BuildCondition::Constant(false));
        self.arms.push((condition, Block { stmts, span: Span { start: self.arm_start, end } }));
    }
}

impl<'t> Reader<'t> {
    /// Reads a block from the children of what contains it, from its opening brace on; gives the number of
    /// children that it takes as well.
    pub(super) fn block(&mut self, kids: &[Kid<'t>]) -> (Block, usize) {
        let Some(open) = kids.iter().position(|kid| kid.kind() == "{") else {
            return (Block::default(), kids.len());
        };
        let close = kids.iter().position(|kid| kid.kind() == "}").unwrap_or(kids.len());
        let inner = kids.get(open + 1..close).unwrap_or_default();
        let span = cover(kids.get(open..=close).or(kids.get(open..)).unwrap_or_default());
        (self.block_of(inner, span), close + 1)
    }

    /// The statements of a node that holds one pair of braces.
    pub(super) fn braces(&mut self, node: Node<'t>) -> Block {
        let kids = self.all_kids(node);
        self.block(&kids).0
    }

    fn block_of(&mut self, inner: &[Kid<'t>], span: Span) -> Block {
        let stmts = self.nested(span, |reader| {
            let items = reader.items(inner);
            let directives = reader.directives(span);
            let chosen: Vec<&Directive> = directives.iter().collect();
            reader.statements(&items, &chosen, span.end)
        });
        let stmts = stmts.unwrap_or_else(|| vec![self.push_stmt(StmtKind::Damaged, span)]);
        Block { stmts, span }
    }

    /// The statements among nodes: those of a `statements` node, and errors.
    pub(super) fn items(&mut self, inner: &[Kid<'t>]) -> Vec<Node<'t>> {
        let mut items = Vec::new();
        for kid in inner {
            match kid.kind() {
                "statements" => items.extend(self.all_kids(kid.node).iter().map(|kid| kid.node)),
                "fallthrough" | "ERROR" => items.push(kid.node),
                _ => {}
            }
        }
        items
    }

    /// Reads statements with the directives that stand between them.
    pub(super) fn statements(
        &mut self,
        items: &[Node<'t>],
        directives: &[&Directive],
        end: u32,
    ) -> Vec<StmtId> {
        let mut row = Row::default();
        let mut waiting = directives;
        let mut label = None;
        let mut at = 0;
        while let Some(&item) = items.get(at) {
            at += 1;
            let start = self.first_code(item);
            waiting = self.pass_directives(&mut row, waiting, start);
            let until = self.last_code(item);
            waiting =
                waiting.get(waiting.partition_point(|next| next.span.start < until)..).unwrap_or_default();
            match item.kind() {
                "directive" | "diagnostic" | ";" => {}
                "statement_label" => {
                    label = Some(SmolStr::new(self.source(item).trim_end_matches(':').trim_end()));
                }
                "control_transfer_statement" if self.returns_next_line(item, items.get(at), waiting) => {
                    if let Some(value) = items.get(at).copied() {
                        at += 1;
                        let span = Span::new(item.start_byte(), value.end_byte());
                        let value = self.expr(value);
                        row.stmts.push(self.push_stmt(StmtKind::Return(Some(value)), span));
                    }
                }
                _ if self.continues(item, &mut row) => {}
                _ => self.statements_of(item, label.take(), &mut row.stmts),
            }
        }
        self.pass_directives(&mut row, waiting, end);
        self.close(row, end)
    }

    /// Reads one node, which may be several statements (`let a = 1, b = 2`).
    fn statements_of(&mut self, node: Node<'t>, label: Option<SmolStr>, stmts: &mut Vec<StmtId>) {
        if node.kind() == "property_declaration" {
            self.local_properties(node, stmts);
        } else if let Some(stmt) = self.statement(node, label) {
            stmts.push(stmt);
        }
    }

    /// Where the code of a statement begins: a chain may begin with a directive.
    fn first_code(&mut self, node: Node<'t>) -> u32 {
        match self.chain_directive(node) {
            Some(directive) => directive.end_byte() as u32,
            None => node.start_byte() as u32,
        }
    }

    /// Where the code of a statement ends: a `return` takes the directive on the next line for its value.
    fn last_code(&mut self, node: Node<'t>) -> u32 {
        if node.kind() == "directive" {
            return node.start_byte() as u32;
        }
        if node.kind() == "control_transfer_statement" {
            let kids = self.kids(node);
            if let Some(directive) = kids.iter().find(|kid| kid.kind() == "directive") {
                return directive.node.start_byte() as u32;
            }
        }
        node.end_byte() as u32
    }

    /// The directive that a chain of accesses begins with: `.b()` after an `#if` line.
    fn chain_directive(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        let mut at = node;
        while matches!(at.kind(), "call_expression" | "navigation_expression" | "postfix_expression") {
            at = self.kids(at).first()?.node;
        }
        (at.kind() == "directive" && at.id() != node.id()).then_some(at)
    }

    /// `.b()` after a directive continues the expression before it; without one it is an implicit member.
    fn continues(&mut self, node: Node<'t>, row: &mut Row) -> bool {
        if self.chain_directive(node).is_none() {
            return false;
        }
        let mut links = vec![node];
        while let Some(&last) = links.last()
            && let Some(first) = self.kids(last).first()
            && first.kind() != "directive"
        {
            links.push(first.node);
        }
        let mut before = std::iter::once(&row.stmts).chain(row.open.iter().rev().map(|open| &open.before));
        let target = before.find_map(|stmts| stmts.last().copied());
        if let Some(target) = target
            && let Some(value) = self.value_of(target)
        {
            let value = links.into_iter().rev().fold(value, |value, link| self.link(value, link));
            self.set_value(target, value);
            return true;
        }
        let Some(first) = links.pop() else { return true };
        let value = self.implicit_member(first);
        let value = links.into_iter().rev().fold(value, |value, link| self.link(value, link));
        let span = self.facts.expr(value).span;
        row.stmts.push(self.push_stmt(StmtKind::Expr(value), span));
        true
    }

    fn value_of(&self, stmt: StmtId) -> Option<ExprId> {
        match &self.facts.stmt(stmt).kind {
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. } => {
                Some(*value)
            }
            StmtKind::Let { value, .. } => *value,
            _ => None,
        }
    }

    fn set_value(&mut self, stmt: StmtId, new: ExprId) {
        let end = self.facts.expr(new).span.end;
        let Some(Stmt { kind, span }) = self.facts.first.stmts.get_mut(stmt.place()) else { return };
        match kind {
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. } => {
                *value = new;
            }
            StmtKind::Let { value, .. } => *value = Some(new),
            _ => return,
        }
        span.end = span.end.max(end);
    }

    /// `return` takes an expression on the next line, as in the compiler.
    fn returns_next_line(&mut self, node: Node<'t>, next: Option<&Node<'t>>, waiting: &[&Directive]) -> bool {
        let Some(next) = next else { return false };
        let gap = self.text.get(node.end_byte()..next.start_byte()).unwrap_or_default();
        self.source(node) == "return"
            && !gap.contains(';')
            && waiting.first().is_none_or(|directive| directive.span.start as usize >= next.start_byte())
            && is_expression(next.kind())
    }

    /// Handles the directives before a place.
    fn pass_directives<'d>(
        &mut self,
        row: &mut Row,
        mut waiting: &'d [&'d Directive],
        until: u32,
    ) -> &'d [&'d Directive] {
        while let [next, rest @ ..] = waiting
            && next.span.start < until
        {
            self.pass_directive(row, next);
            waiting = rest;
        }
        waiting
    }

    fn pass_directive(&mut self, row: &mut Row, directive: &Directive) {
        let Span { start, end } = directive.span;
        let own = match &directive.kind {
            DirectiveKind::If(own) => {
                if row.open.len() >= MAX_DEPTH {
                    self.damage.push(directive.span);
                }
                let mut conditions = Arms::default();
                let condition = conditions.next(Some(own));
                let before = std::mem::take(&mut row.stmts);
                self.build.push(condition.clone());
                let arms = Vec::new();
                let open =
                    OpenIf { before, start, conditions, arms, condition, arm_start: end, has_else: false };
                row.open.push(open);
                return;
            }
            DirectiveKind::ElseIf(own) => Some(own),
            DirectiveKind::Else | DirectiveKind::EndIf => None,
        };
        let Some(mut open) = row.open.pop() else {
            self.damage.push(directive.span);
            row.stmts.push(self.push_stmt(StmtKind::Damaged, directive.span));
            return;
        };
        open.close_arm(std::mem::take(&mut row.stmts), start);
        self.build.pop();
        if matches!(directive.kind, DirectiveKind::EndIf) {
            row.stmts = self.close_if(open, end);
            return;
        }
        open.has_else |= own.is_none();
        open.condition = open.conditions.next(own);
        open.arm_start = end;
        self.build.push(open.condition.clone());
        row.open.push(open);
    }

    /// The statements before an `#if`, and it.
    fn close_if(&mut self, mut open: OpenIf, end: u32) -> Vec<StmtId> {
        if !open.has_else {
            let condition = open.conditions.next(None);
            let span = Span { start: end, end };
            open.arms.push((condition, Block { stmts: Vec::new(), span }));
        }
        let mut stmts = open.before;
        if open.arms.iter().any(|(_, block)| !block.stmts.is_empty()) {
            stmts.push(self.push_stmt(StmtKind::Build(open.arms), Span { start: open.start, end }));
        }
        stmts
    }

    fn close(&mut self, mut row: Row, end: u32) -> Vec<StmtId> {
        while let Some(mut open) = row.open.pop() {
            let span = Span { start: open.start, end };
            self.damage.push(Span { start: open.start, end: open.start });
            let damaged = self.push_stmt(StmtKind::Damaged, span);
            open.close_arm(std::mem::take(&mut row.stmts), end);
            self.build.pop();
            row.stmts = self.close_if(open, end);
            row.stmts.push(damaged);
        }
        row.stmts
    }

    /// Reads top-level code: declarations go to the facts, statements are returned.
    pub(super) fn top_level(&mut self, items: &[Node<'t>], span: Span) -> Block {
        let directives = self.directives(span);
        let mut row = Row::default();
        let chosen: Vec<&Directive> = directives.iter().collect();
        let mut waiting = chosen.as_slice();
        let mut label = None;
        for &item in items {
            let start = self.first_code(item);
            waiting = self.pass_directives(&mut row, waiting, start);
            let until = self.last_code(item);
            waiting =
                waiting.get(waiting.partition_point(|next| next.span.start < until)..).unwrap_or_default();
            match item.kind() {
                "directive" | "diagnostic" | ";" | "shebang_line" => {}
                "statement_label" => {
                    label = Some(SmolStr::new(self.source(item).trim_end_matches(':').trim_end()));
                }
                _ if self.member(item) => {}
                _ if self.continues(item, &mut row) => {}
                _ => self.statements_of(item, label.take(), &mut row.stmts),
            }
        }
        let waiting_end = span.end;
        self.pass_directives(&mut row, waiting, waiting_end);
        Block { stmts: self.close(row, span.end), span }
    }
}

fn is_expression(kind: &str) -> bool {
    !(kind.ends_with("_declaration")
        || matches!(
            kind,
            "if_statement"
                | "guard_statement"
                | "while_statement"
                | "repeat_while_statement"
                | "for_statement"
                | "switch_statement"
                | "do_statement"
                | "control_transfer_statement"
                | "statement_label"
                | "directive"
                | "diagnostic"
                | "fallthrough"
                | "ERROR"
                | ";"
        ))
}
