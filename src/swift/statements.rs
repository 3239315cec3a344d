//! Statements, and the `#if`s among them.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::build::{Arms, Directive, DirectiveKind, unpaired};
use super::patterns::cover;
use super::{Kid, Reader, span_of};
use crate::facts::{
    Block, BuildCondition, Case, Catch, Condition, ExprId, ExprKind, MAX_DEPTH, Pattern, Stmt, StmtId,
    StmtKind,
};
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
    fn items(&mut self, inner: &[Kid<'t>]) -> Vec<Node<'t>> {
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
    fn statements(&mut self, items: &[Node<'t>], directives: &[&Directive], end: u32) -> Vec<StmtId> {
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
        let Some(Stmt { kind, span }) = self.facts.stmts.get_mut(stmt.0 as usize) else { return };
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
            "ERROR" => StmtKind::Damaged,
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
        let mut stmt = StmtId(0);
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

    fn switch(&mut self, node: Node<'t>) -> StmtKind {
        let kids = self.all_kids(node);
        let subject = match kids.iter().find(|kid| kid.field == Some("expr")) {
            Some(subject) => self.expr(subject.node),
            None => self.push_expr(ExprKind::Damaged, span_of(node)),
        };
        let entries: Vec<_> = kids.iter().filter(|kid| kid.kind() == "switch_entry").collect();
        let mut cases = Vec::new();
        let mut open: Vec<Arms> = Vec::new();
        let level = self.build.len();
        let first =
            kids.iter().find(|kid| kid.kind() == "{").map_or(node.start_byte(), |kid| kid.node.end_byte());
        let until = entries.first().map_or(first, |kid| kid.node.start_byte());
        for directive in self.directives(Span::new(first, until)) {
            self.pass_case_directive(&mut open, directive);
        }
        for (at, entry) in entries.iter().enumerate() {
            let build = self.build.get(level..).unwrap_or_default().to_vec();
            let until = entries.get(at + 1).map_or(node.end_byte(), |next| next.node.start_byte());
            let region = Span::new(entry.node.start_byte(), until);
            let directives = self.directives(region);
            let is_unpaired = unpaired(directives);
            let (around, inside): (Vec<_>, Vec<_>) =
                directives.iter().zip(is_unpaired).partition(|(_, is_unpaired)| *is_unpaired);
            let inside: Vec<&Directive> = inside.into_iter().map(|(directive, _)| directive).collect();
            let case = self.case(entry.node, build, &inside, region.end);
            cases.push(case);
            for (directive, _) in around {
                self.pass_case_directive(&mut open, directive);
            }
        }
        self.build.truncate(level);
        StmtKind::Switch { subject, cases }
    }

    /// Follows a directive that stands around declarations or cases.
    pub(super) fn pass_case_directive(&mut self, open: &mut Vec<Arms>, directive: &Directive) {
        let own = match &directive.kind {
            DirectiveKind::If(own) => {
                let mut arms = Arms::default();
                self.build.push(arms.next(Some(own)));
                open.push(arms);
                return;
            }
            DirectiveKind::ElseIf(own) => Some(own),
            DirectiveKind::Else | DirectiveKind::EndIf => None,
        };
        let Some(arms) = open.last_mut() else { return };
        self.build.pop();
        if matches!(directive.kind, DirectiveKind::EndIf) {
            open.pop();
        } else {
            self.build.push(arms.next(own));
        }
    }

    fn case(
        &mut self,
        node: Node<'t>,
        build: Vec<BuildCondition>,
        directives: &[&Directive],
        end: u32,
    ) -> Case {
        let kids = self.all_kids(node);
        let colon =
            kids.iter().position(|kid| kid.kind() == ":" && kid.field.is_none()).unwrap_or(kids.len());
        let head = kids.get(..colon).unwrap_or_default();
        let mut patterns: Vec<(Pattern, Option<ExprId>)> = Vec::new();
        let mut is_filter = false;
        for kid in head {
            match kid.kind() {
                "switch_pattern" => {
                    let inner = self.kids(kid.node);
                    patterns.push((self.pattern_of(&inner, false), None));
                }
                "where_keyword" => is_filter = true,
                "," | "case" | "modifiers" | "default_keyword" => {}
                _ if is_filter => {
                    let filter = self.expr(kid.node);
                    if let Some((_, last)) = patterns.last_mut() {
                        *last = Some(filter);
                    }
                    is_filter = false;
                }
                _ => {}
            }
        }
        let is_default = head.iter().any(|kid| kid.kind() == "default_keyword");
        let inner = kids.get(colon + 1..).unwrap_or_default();
        let span =
            Span { start: node.start_byte() as u32, end: cover(kids.get(..=colon).unwrap_or(head)).end };
        let body_span = match cover(inner) {
            Span { start: 0, end: 0 } => Span { start: span.end, end: span.end },
            body => body,
        };
        let stmts = self.nested(body_span, |reader| {
            let items = reader.items(inner);
            reader.statements(&items, directives, end)
        });
        let stmts = stmts.unwrap_or_else(|| vec![self.push_stmt(StmtKind::Damaged, body_span)]);
        Case { patterns, is_default, build, body: Block { stmts, span: body_span }, span }
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
