//! `switch`: its cases, and the `#if`s around them.

use tree_sitter::Node;

use super::build::{Arms, Directive, DirectiveKind, unpaired};
use super::patterns::cover;
use super::{Reader, span_of};
use crate::facts::{Block, BuildCondition, Case, ExprId, ExprKind, Pattern, StmtKind};
use crate::source::Span;

impl<'t> Reader<'t> {
    pub(super) fn switch(&mut self, node: Node<'t>) -> StmtKind {
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
