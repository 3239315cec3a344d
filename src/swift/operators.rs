//! Operator expressions: the grammar's trees do not follow Swift's precedence (`a && b || c` comes out as
//! `a && (b || c)`, `try a.b.c` as `(try a.b).c`), so they are flattened into a row of operands and operators
//! and folded anew. Neither step recurses along the row.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::{Reader, span_of, types};
use crate::facts::{CastKind, ExprId, ExprKind, StmtKind, TryKind, TypeRef};
use crate::source::Span;

/// An operand: what it begins with, the accesses and calls behind it, the operators in front of it.
pub(super) struct Operand<'t> {
    pub(super) base: Node<'t>,
    /// `.base`, and where the dot stands.
    pub(super) implicit: Option<usize>,
    /// `T<A>` of `T<A>.base`
    pub(super) ty: Option<TypeRef>,
    pub(super) links: Vec<Node<'t>>,
    /// With the place where each begins, the outermost first.
    pub(super) unary: Vec<(SmolStr, usize)>,
}

/// A piece of the row.
enum Token<'t> {
    Operand(Operand<'t>),
    Infix(Infix),
    /// `? middle :`
    Ternary(Node<'t>),
    /// Covers everything to its right.
    Cover(Cover, usize),
    Cast(CastKind, TypeRef),
}

#[derive(Clone, Copy)]
enum Cover {
    Try(TryKind),
    Await,
}

enum Infix {
    And,
    Or,
    Coalesce,
    Equal(bool),
    Assign(Option<SmolStr>),
    Other(SmolStr),
}

/// What is still to be done while the tree is flattened; the last entry comes first.
enum Work<'t> {
    Visit(Node<'t>),
    Emit(Token<'t>),
    Link(Node<'t>),
}

/// What waits for its right operand while the row is folded.
enum Pending {
    Infix(Infix),
    Ternary(ExprId),
    Cover(Cover, usize),
}

const ASSIGNMENT: u8 = 1;
const TERNARY: u8 = 2;
const OTHER: u8 = 3;
const DISJUNCTION: u8 = 4;
const CONJUNCTION: u8 = 5;
const COMPARISON: u8 = 6;
const COALESCING: u8 = 7;
const CASTING: u8 = 8;
const RANGE: u8 = 9;
const ADDITION: u8 = 10;
const MULTIPLICATION: u8 = 11;
const SHIFT: u8 = 12;

impl Infix {
    fn precedence(&self) -> u8 {
        match self {
            Infix::Assign(_) => ASSIGNMENT,
            Infix::Or => DISJUNCTION,
            Infix::And => CONJUNCTION,
            Infix::Equal(_) => COMPARISON,
            Infix::Coalesce => COALESCING,
            Infix::Other(op) => match op.as_str() {
                "<" | ">" | "<=" | ">=" | "~=" => COMPARISON,
                "..." | "..<" => RANGE,
                "+" | "-" | "|" | "^" | "&+" | "&-" => ADDITION,
                "*" | "/" | "%" | "&" | "&*" => MULTIPLICATION,
                "<<" | ">>" | "&<<" | "&>>" => SHIFT,
                _ => OTHER,
            },
        }
    }

    fn is_right_associative(&self) -> bool {
        matches!(self, Infix::Assign(_) | Infix::Coalesce)
    }
}

impl Pending {
    fn precedence(&self) -> u8 {
        match self {
            Pending::Infix(infix) => infix.precedence(),
            Pending::Ternary(_) => TERNARY,
            Pending::Cover(..) => 0,
        }
    }
}

impl<'t> Reader<'t> {
    /// The expression of a node.
    pub(super) fn expr(&mut self, node: Node<'t>) -> ExprId {
        let span = span_of(node);
        match self.nested(span, |reader| {
            let row = reader.row(node);
            reader.fold(row, span)
        }) {
            Some(expr) => expr,
            None => self.push_expr(ExprKind::Damaged, span),
        }
    }

    /// Flattens a tree into operands and operators.
    fn row(&mut self, node: Node<'t>) -> Vec<Token<'t>> {
        let mut row: Vec<Token<'t>> = Vec::new();
        let mut implicit = None;
        let mut unary = Vec::new();
        let mut work = vec![Work::Visit(node)];
        while let Some(next) = work.pop() {
            let node = match next {
                Work::Visit(node) => {
                    self.restore_covers(node, &mut row);
                    node
                }
                Work::Emit(token) => {
                    row.push(token);
                    continue;
                }
                Work::Link(node) => {
                    if let Some(Token::Operand(operand)) =
                        row.iter_mut().rev().find(|token| matches!(token, Token::Operand(_)))
                    {
                        operand.links.push(node);
                    }
                    continue;
                }
            };
            if self.visit(node, &mut work, &mut implicit, &mut unary) {
                continue;
            }
            let links = Vec::new();
            let unary = std::mem::take(&mut unary);
            row.push(Token::Operand(Operand {
                base: node,
                implicit: implicit.take(),
                ty: None,
                links,
                unary,
            }));
        }
        self.join_generics(&mut row);
        row
    }

    /// `T<A>.b` comes out as `T < A > .b`.
    fn join_generics(&self, row: &mut Vec<Token<'t>>) {
        let mut at = 0;
        while at + 4 < row.len() {
            if let [Token::Operand(first), Token::Infix(Infix::Other(op)), ..] =
                row.get(at..).unwrap_or_default()
                && op == "<"
                && let Some((ty, end)) = self.generic_type(first)
                && let Some(last) = row.iter().skip(at).position(
                    |token| matches!(token, Token::Operand(operand) if operand.implicit == Some(end)),
                )
            {
                let mut joined = row.drain(at..=at + last);
                if let Some(Token::Operand(first)) = joined.next()
                    && let Some(Token::Operand(member)) = joined.next_back()
                {
                    drop(joined);
                    let whole = Operand { ty: Some(ty), implicit: None, unary: first.unary, ..member };
                    row.insert(at, Token::Operand(whole));
                }
            }
            at += 1;
        }
    }

    /// `T<A, B>.c` in a list comes out as `T < A` and `B > .c`: the value, and the index of its last part.
    pub(super) fn joined(&mut self, list: &[Node<'t>], at: usize) -> Option<(ExprId, usize)> {
        let first = *list.get(at)?;
        if first.kind() != "comparison_expression" {
            return None;
        }
        let kids = self.kids(first);
        let [left, op, ..] = kids.as_slice() else { return None };
        if op.kind() != "<" || op.node.start_byte() != left.node.end_byte() {
            return None;
        }
        let start = left.node.start_byte();
        let (ty, end) = types::read_prefix(self.text, Span::new(start, self.text.len()))?;
        let last = (at + 1..list.len()).find(|last| {
            list.get(*last).is_some_and(|node| node.start_byte() < end && end < node.end_byte())
        })?;
        let node = *list.get(last)?;
        let mut row = self.row(node);
        let member = row
            .iter()
            .position(|token| matches!(token, Token::Operand(operand) if operand.implicit == Some(end)))?;
        row.drain(..member);
        if let Some(Token::Operand(operand)) = row.first_mut() {
            operand.implicit = None;
            operand.ty = Some(ty);
        }
        Some((self.fold(row, Span::new(start, node.end_byte())), last))
    }

    /// The type that an operand begins, if generic arguments stand right behind it.
    fn generic_type(&self, operand: &Operand<'t>) -> Option<(TypeRef, usize)> {
        let start = operand.base.start_byte();
        let end = operand.links.last().map_or(operand.base.end_byte(), Node::end_byte);
        if operand.implicit.is_some() || !self.text.get(end..)?.starts_with('<') {
            return None;
        }
        let (ty, after) = types::read_prefix(self.text, Span::new(start, self.text.len()))?;
        (after > end).then_some((ty, after))
    }

    /// The `try` and `await` in front of a node that the repair took out of the text.
    fn restore_covers(&mut self, node: Node<'t>, row: &mut Vec<Token<'t>>) {
        if self.covers.is_empty() {
            return;
        }
        let mut found = Vec::new();
        let mut until = node.start_byte();
        while let Some(before) = self.text.get(..until).map(str::trim_end)
            && let Ok(at) = self.covers.binary_search_by_key(&before.len(), |cover| cover.end as usize)
        {
            let cover = self.covers.remove(at);
            until = cover.start as usize;
            found.push(cover);
        }
        for cover in found.into_iter().rev() {
            let word = self.text.get(cover.start as usize..cover.end as usize).unwrap_or_default();
            let kind = match word {
                "await" => Cover::Await,
                "try?" => Cover::Try(TryKind::Optional),
                "try!" => Cover::Try(TryKind::Force),
                _ => Cover::Try(TryKind::Throws),
            };
            row.push(Token::Cover(kind, cover.start as usize));
        }
    }

    /// Takes a node apart if it has to do with operators; otherwise it is an operand.
    fn visit(
        &mut self,
        node: Node<'t>,
        work: &mut Vec<Work<'t>>,
        implicit: &mut Option<usize>,
        unary: &mut Vec<(SmolStr, usize)>,
    ) -> bool {
        let kids = self.kids(node);
        let Some(first) = kids.first().copied() else { return false };
        let Some(last) = kids.last().copied() else { return false };
        match node.kind() {
            "multiplicative_expression"
            | "additive_expression"
            | "range_expression"
            | "infix_expression"
            | "nil_coalescing_expression"
            | "equality_expression"
            | "comparison_expression"
            | "conjunction_expression"
            | "disjunction_expression"
            | "bitwise_operation"
            | "assignment" => {
                let [left, op, right, ..] = kids.as_slice() else { return false };
                let infix = self.infix(node.kind(), op.node);
                work.push(Work::Visit(right.node));
                work.push(Work::Emit(Token::Infix(infix)));
                work.push(Work::Visit(left.node));
            }
            "directly_assignable_expression" => work.push(Work::Visit(first.node)),
            "ternary_expression" => {
                let by_field = |name| kids.iter().find(|kid| kid.field == Some(name)).map(|kid| kid.node);
                let (Some(condition), Some(yes), Some(no)) =
                    (by_field("condition"), by_field("if_true"), by_field("if_false"))
                else {
                    return false;
                };
                work.push(Work::Visit(no));
                work.push(Work::Emit(Token::Ternary(yes)));
                work.push(Work::Visit(condition));
            }
            "as_expression" | "check_expression" => {
                let kind = match self.source(kids.get(1).copied().unwrap_or(last).node) {
                    "as" => CastKind::Upcast,
                    "as?" => CastKind::Optional,
                    "as!" => CastKind::Force,
                    _ => CastKind::Test,
                };
                let from = kids.get(1).map_or(node.end_byte(), |kid| kid.node.end_byte());
                let ty = types::read(self.text, Span::new(from, node.end_byte()));
                work.push(Work::Emit(Token::Cast(kind, ty)));
                work.push(Work::Visit(first.node));
            }
            "try_expression" => {
                let kind = match self.source(first.node).trim_end().as_bytes().last() {
                    Some(b'?') => TryKind::Optional,
                    Some(b'!') => TryKind::Force,
                    _ => TryKind::Throws,
                };
                work.push(Work::Visit(last.node));
                work.push(Work::Emit(Token::Cover(Cover::Try(kind), node.start_byte())));
            }
            "await_expression" => {
                work.push(Work::Visit(last.node));
                work.push(Work::Emit(Token::Cover(Cover::Await, node.start_byte())));
            }
            "unsafe_expression" | "consume_expression" => work.push(Work::Visit(last.node)),
            "prefix_expression" => {
                let op = self.source(first.node);
                if op == "." {
                    *implicit = Some(node.start_byte());
                } else {
                    unary.push((SmolStr::new(op), node.start_byte()));
                }
                work.push(Work::Visit(last.node));
            }
            // `!(a)`, which the grammar takes for a call of `!`.
            "call_expression" if first.kind() == "bang" => {
                unary.push((SmolStr::new("!"), node.start_byte()));
                work.push(Work::Visit(last.node));
            }
            "call_expression" | "navigation_expression" | "postfix_expression" if first.kind() != "(" => {
                work.push(Work::Link(node));
                work.push(Work::Visit(first.node));
            }
            _ => return false,
        }
        true
    }

    /// By its text: the grammar takes `!=` for an operator of the program's own.
    fn infix(&self, kind: &str, op: Node<'t>) -> Infix {
        match self.source(op) {
            "??" => Infix::Coalesce,
            "&&" => Infix::And,
            "||" => Infix::Or,
            "==" | "===" => Infix::Equal(true),
            "!=" | "!==" => Infix::Equal(false),
            op if kind == "assignment" => Infix::Assign((op != "=").then(|| SmolStr::new(op))),
            op => Infix::Other(SmolStr::new(op)),
        }
    }

    /// Folds a row by Swift's precedence.
    fn fold(&mut self, row: Vec<Token<'t>>, span: Span) -> ExprId {
        let mut values = Vec::new();
        let mut pending: Vec<Pending> = Vec::new();
        for token in row {
            match token {
                Token::Operand(operand) => {
                    let value = self.operand(operand);
                    values.push(value);
                }
                Token::Cover(cover, start) => pending.push(Pending::Cover(cover, start)),
                Token::Infix(infix) => {
                    let level = infix.precedence() + u8::from(infix.is_right_associative());
                    self.settle(level, &mut pending, &mut values);
                    pending.push(Pending::Infix(infix));
                }
                Token::Ternary(middle) => {
                    self.settle(TERNARY + 1, &mut pending, &mut values);
                    let middle = self.expr(middle);
                    pending.push(Pending::Ternary(middle));
                }
                Token::Cast(kind, ty) => {
                    self.settle(CASTING, &mut pending, &mut values);
                    if let Some(value) = values.pop() {
                        let whole = Span { start: self.facts.expr(value).span.start, end: ty.span.end };
                        values.push(self.push_expr(ExprKind::Cast(kind, value, ty), whole));
                    }
                }
            }
        }
        self.settle(0, &mut pending, &mut values);
        match values.pop() {
            Some(value) => value,
            None => self.push_expr(ExprKind::Damaged, span),
        }
    }

    /// Applies what binds at least as strongly as `level`.
    fn settle(&mut self, level: u8, pending: &mut Vec<Pending>, values: &mut Vec<ExprId>) {
        while let Some(next) = pending.pop_if(|top| top.precedence() >= level) {
            let Some(right) = values.pop() else { return };
            let end = self.facts.expr(right).span.end;
            if let Pending::Cover(cover, start) = next {
                values.push(self.cover(cover, start, right));
                continue;
            }
            let Some(left) = values.pop() else {
                values.push(right);
                return;
            };
            let whole = Span { start: self.facts.expr(left).span.start, end };
            let kind = match next {
                Pending::Ternary(middle) => ExprKind::Ternary(left, middle, right),
                Pending::Infix(Infix::And) => ExprKind::And(left, right),
                Pending::Infix(Infix::Or) => ExprKind::Or(left, right),
                Pending::Infix(Infix::Coalesce) => ExprKind::Coalesce(left, right),
                Pending::Infix(Infix::Equal(is_equal)) => ExprKind::Equal(left, right, is_equal),
                Pending::Infix(Infix::Other(op)) => ExprKind::Operator(op, vec![left, right]),
                Pending::Infix(Infix::Assign(operator)) => {
                    let assign = StmtKind::Assign { target: left, value: right, operator };
                    ExprKind::Statement(self.push_stmt(assign, whole))
                }
                Pending::Cover(..) => continue,
            };
            values.push(self.push_expr(kind, whole));
        }
    }

    /// `try` or `await` around what is to its right; in front of an assignment it belongs to the value.
    fn cover(&mut self, cover: Cover, start: usize, inner: ExprId) -> ExprId {
        if let ExprKind::Statement(stmt) = self.facts.expr(inner).kind
            && let StmtKind::Assign { target, value, operator } = &self.facts.stmt(stmt).kind
        {
            let (target, value, operator) = (*target, *value, operator.clone());
            let value = self.cover(cover, self.facts.expr(value).span.start as usize, value);
            let span = Span { start: start as u32, end: self.facts.stmt(stmt).span.end };
            let stmt = self.push_stmt(StmtKind::Assign { target, value, operator }, span);
            return self.push_expr(ExprKind::Statement(stmt), span);
        }
        let span = Span { start: start as u32, end: self.facts.expr(inner).span.end };
        let kind = match cover {
            Cover::Try(kind) => ExprKind::Try(kind, inner),
            Cover::Await => ExprKind::Await(inner),
        };
        self.push_expr(kind, span)
    }
}
