//! Operands: names, literals, closures, and the accesses and calls behind them.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::operators::Operand;
use super::{Kid, Reader, span_of, types};
use crate::facts::{Arg, ExprId, ExprKind};
use crate::source::Span;

impl<'t> Reader<'t> {
    /// An operand with everything attached to it.
    pub(super) fn operand(&mut self, operand: Operand<'t>) -> ExprId {
        let Operand { base, implicit, ty, links, unary } = operand;
        let mut value = match (ty, implicit) {
            (Some(ty), _) => {
                let span = ty.span;
                let ty = self.push_expr(ExprKind::Type(ty), span);
                let whole = Span { start: span.start, end: base.end_byte() as u32 };
                self.named_member(ty, base, false, whole)
            }
            (None, Some(start)) if matches!(base.kind(), "simple_identifier" | "self_expression") => {
                let kind = ExprKind::Member {
                    base: None,
                    name: self.name(base),
                    name_span: span_of(base),
                    is_optional: false,
                };
                self.push_expr(kind, Span::new(start, base.end_byte()))
            }
            _ => self.primary(base, links.first().copied()),
        };
        for link in links {
            value = self.link(value, link);
        }
        for (op, start) in unary.into_iter().rev() {
            let inner = self.facts.expr(value);
            let span = Span { start: start as u32, end: inner.span.end };
            let kind = match (op.as_str(), &inner.kind) {
                ("!", _) => ExprKind::Not(value),
                ("-", ExprKind::Number(number)) => ExprKind::Number(SmolStr::new(format!("-{number}"))),
                _ => ExprKind::Operator(op, vec![value]),
            };
            value = self.push_expr(kind, span);
        }
        value
    }

    /// The access in front of which there is nothing but a directive: `.name`.
    pub(super) fn implicit_member(&mut self, access: Node<'t>) -> ExprId {
        let suffix = self.kids(access).last().map(|kid| kid.node);
        let name = suffix.and_then(|suffix| self.kids(suffix).last().map(|kid| kid.node));
        let (Some(suffix), Some(name)) = (suffix, name) else {
            return self.push_expr(ExprKind::Damaged, span_of(access));
        };
        let kind = ExprKind::Member {
            base: None,
            name: self.name(name),
            name_span: span_of(name),
            is_optional: false,
        };
        self.push_expr(kind, span_of(suffix))
    }

    /// What an operand begins with; `link` is what follows.
    fn primary(&mut self, node: Node<'t>, link: Option<Node<'t>>) -> ExprId {
        let span = span_of(node);
        let kind = match node.kind() {
            // The repair writes a name over it.
            "simple_identifier" if self.source(node) == "()" => ExprKind::Tuple(Vec::new()),
            "simple_identifier" => ExprKind::Name(self.name(node)),
            "self_expression" => ExprKind::SelfRef,
            "super_expression" => ExprKind::Super,
            "nil_literal" | "nil" => ExprKind::Nil,
            "boolean_literal" => ExprKind::Bool(self.source(node) == "true"),
            "integer_literal" | "real_literal" | "hex_literal" | "oct_literal" | "bin_literal" => {
                ExprKind::Number(SmolStr::new(self.source(node)))
            }
            "line_string_literal" | "multi_line_string_literal" | "raw_string_literal" => self.string(node),
            "lambda_literal" => ExprKind::Closure(self.closure(node)),
            "tuple_expression" => return self.tuple(node),
            "call_suffix" => return self.parenthesised(node),
            "array_literal" | "dictionary_literal" => self.collection(node, link),
            "constructor_expression" => self.constructor(node),
            "macro_invocation" => self.macro_call(node),
            "if_statement" | "switch_statement" | "do_statement" => match self.statement(node, None) {
                Some(stmt) => ExprKind::Statement(stmt),
                None => ExprKind::Damaged,
            },
            "selector_expression" => ExprKind::Selector(self.selector(node)),
            "key_path_expression" => ExprKind::KeyPath(self.key_path(node)),
            "array_type" if self.is_value_in_brackets(span) => self.value_in_brackets(span),
            "user_type" | "array_type" | "dictionary_type" | "optional_type" | "tuple_type" => {
                ExprKind::Type(types::read(self.text, span))
            }
            "open_start_range_expression" | "open_end_range_expression" => {
                let operands = self.named_operands(node);
                ExprKind::Operator(SmolStr::new("..."), operands)
            }
            "ERROR" => ExprKind::Damaged,
            _ if node.named_child_count() == 0 => ExprKind::Name(self.name(node)),
            _ => ExprKind::Other(self.named_operands(node)),
        };
        self.push_expr(kind, span)
    }

    fn named_operands(&mut self, node: Node<'t>) -> Vec<ExprId> {
        let kids = self.kids(node);
        kids.iter().filter(|kid| kid.node.is_named()).map(|kid| self.expr(kid.node)).collect()
    }

    /// An access or a call behind a value.
    pub(super) fn link(&mut self, base: ExprId, node: Node<'t>) -> ExprId {
        let kids = self.kids(node);
        let span = Span { start: self.facts.expr(base).span.start, end: node.end_byte() as u32 };
        let is_optional = kids.iter().skip(1).any(|kid| kid.kind() == "?");
        let Some(last) = kids.last().map(|kid| kid.node) else { return base };
        let kind = match (node.kind(), last.kind()) {
            ("navigation_expression", _) => return self.access(base, last, is_optional, span),
            ("call_expression", "call_suffix") => {
                let Some((args, is_subscript)) = self.arguments(last) else { return base };
                if is_subscript {
                    ExprKind::Subscript { base, args, is_optional }
                } else if let Some(call) = self.with_trailing(base, &args) {
                    call
                } else {
                    ExprKind::Call { callee: base, args, is_optional }
                }
            }
            ("postfix_expression", "bang") => ExprKind::ForceUnwrap(base),
            ("postfix_expression", _) => ExprKind::Operator(SmolStr::new(self.source(last)), vec![base]),
            _ => return base,
        };
        self.push_expr(kind, span)
    }

    fn access(&mut self, base: ExprId, suffix: Node<'t>, is_optional: bool, span: Span) -> ExprId {
        let Some(name) = self.kids(suffix).last().map(|kid| kid.node) else { return base };
        self.named_member(base, name, is_optional, span)
    }

    fn named_member(&mut self, base: ExprId, name_node: Node<'t>, is_optional: bool, span: Span) -> ExprId {
        let name = self.name(name_node);
        if let ExprKind::KeyPath(names) = &self.facts.expr(base).kind {
            let mut names = names.clone();
            names.push(name);
            return self.push_expr(ExprKind::KeyPath(names), span);
        }
        let name_span = span_of(name_node);
        self.push_expr(ExprKind::Member { base: Some(base), name, name_span, is_optional }, span)
    }

    /// The arguments of a call or subscript (`true`); nothing for a reference such as `f(_:)`.
    fn arguments(&mut self, suffix: Node<'t>) -> Option<(Vec<Arg>, bool)> {
        let mut args = Vec::new();
        let mut is_subscript = false;
        let mut label = None;
        for kid in self.kids(suffix) {
            match kid.kind() {
                "value_arguments" => {
                    let parts = self.kids(kid.node);
                    is_subscript = parts.first().is_some_and(|part| part.kind() == "[");
                    self.list(&parts, &mut args)?;
                }
                "simple_identifier" => label = Some(self.name(kid.node)),
                "lambda_literal" => {
                    let closure = self.closure(kid.node);
                    let value = self.push_expr(ExprKind::Closure(closure), span_of(kid.node));
                    args.push(Arg { label: label.take(), value, is_trailing: true, is_inout: false });
                }
                _ => {}
            }
        }
        Some((args, is_subscript))
    }

    /// The arguments between a pair of parentheses.
    fn list(&mut self, parts: &[Kid<'t>], args: &mut Vec<Arg>) -> Option<()> {
        let parts = parts.iter().filter(|part| part.kind() == "value_argument");
        let mut labels = Vec::new();
        let mut values = Vec::new();
        for part in parts {
            let (mut label, mut value) = (None, None);
            for kid in self.kids(part.node) {
                match kid.field {
                    Some("reference_specifier") => return None,
                    Some("name") => label = Some(self.name(kid.node)),
                    Some("value") => {
                        value.get_or_insert(kid.node);
                    }
                    _ => {}
                }
            }
            labels.push(label);
            values.push(value.unwrap_or(part.node));
        }
        let mut at = 0;
        while let (Some(label), Some(node)) = (labels.get_mut(at), values.get(at).copied()) {
            let label = label.take();
            let (value, last) = match self.joined(&values, at) {
                Some(joined) => joined,
                None => (self.expr(node), at),
            };
            args.push(self.labelled(label, value));
            at = last + 1;
        }
        Some(())
    }

    fn labelled(&self, label: Option<SmolStr>, value: ExprId) -> Arg {
        match &self.facts.expr(value).kind {
            ExprKind::Operator(op, operands) if op == "&" && operands.len() == 1 => {
                let value = operands.first().copied().unwrap_or(value);
                Arg { label, value, is_trailing: false, is_inout: true }
            }
            _ => Arg { label, value, is_trailing: false, is_inout: false },
        }
    }

    /// `(a)` is `a`, `(a, b)` a tuple.
    fn tuple(&mut self, node: Node<'t>) -> ExprId {
        let mut parts = Vec::new();
        let mut label = None;
        for kid in self.kids(node) {
            match kid.field {
                Some("name") => label = Some(self.name(kid.node)),
                // The grammar has no empty tuple: it invents a `!` between the parentheses.
                Some("value") if kid.kind() == "bang" => {}
                Some("value") => {
                    let value = self.expr(kid.node);
                    parts.push(self.labelled(label.take(), value));
                }
                _ => {}
            }
        }
        match parts.as_slice() {
            [Arg { label: None, value, is_inout: false, .. }] => *value,
            _ => self.push_expr(ExprKind::Tuple(parts), span_of(node)),
        }
    }

    /// What stands in parentheses that the grammar takes for those of a call.
    fn parenthesised(&mut self, suffix: Node<'t>) -> ExprId {
        let parts = self.arguments(suffix).map(|(args, _)| args).unwrap_or_default();
        match parts.as_slice() {
            [Arg { label: None, value, is_inout: false, .. }] => *value,
            _ => self.push_expr(ExprKind::Tuple(parts), span_of(suffix)),
        }
    }

    fn string(&mut self, node: Node<'t>) -> ExprKind {
        let kids = self.kids(node);
        let mut parts = Vec::new();
        for kid in kids.iter().filter(|kid| kid.field == Some("interpolation")) {
            let inner = match kid.kind() {
                "raw_str_interpolation" => self.kids(kid.node),
                _ => vec![*kid],
            };
            for part in inner.iter().filter(|part| part.kind() == "interpolated_expression") {
                let values = self.kids(part.node);
                if let Some(value) = values.iter().find(|value| value.field == Some("value")) {
                    parts.push(self.expr(value.node));
                }
            }
        }
        if !parts.is_empty() {
            return ExprKind::Interpolated(parts);
        }
        let text = self.source(node).trim_matches('#');
        let quotes = if text.len() >= 6 && text.starts_with("\"\"\"") { 3 } else { 1 };
        ExprKind::Str(SmolStr::new(text.get(quotes..text.len().saturating_sub(quotes)).unwrap_or_default()))
    }

    /// `f(a) { … }` is one call, also where the grammar reads a call of what `f(a)` returns.
    fn with_trailing(&self, base: ExprId, trailing: &[Arg]) -> Option<ExprKind> {
        let ExprKind::Call { callee, args, is_optional } = &self.facts.expr(base).kind else { return None };
        let is_apart = trailing.is_empty()
            || !trailing.iter().all(|arg| arg.is_trailing)
            || args.iter().any(|arg| arg.is_trailing);
        let args = args.iter().chain(trailing).cloned().collect();
        (!is_apart).then_some(ExprKind::Call { callee: *callee, args, is_optional: *is_optional })
    }

    /// `[a, b]` and `[k: v]`; a type where it is called or asked for `.self`.
    fn collection(&mut self, node: Node<'t>, link: Option<Node<'t>>) -> ExprKind {
        if link.is_some_and(|link| self.makes_type(link)) {
            return ExprKind::Type(types::read(self.text, span_of(node)));
        }
        let kids = self.kids(node);
        let fields = ["element", "key", "value"];
        let parts = kids
            .iter()
            .filter(|kid| kid.field.is_some_and(|field| fields.contains(&field)) && kid.node.is_named())
            .map(|kid| self.expr(kid.node))
            .collect();
        if node.kind() == "array_literal" { ExprKind::Array(parts) } else { ExprKind::Dictionary(parts) }
    }

    /// `[value]` in front of a dot, which the grammar takes for a type.
    fn is_value_in_brackets(&self, span: Span) -> bool {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let inner = text.trim_start_matches('[').trim_end_matches(']').trim();
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
        inner.starts_with(char::is_lowercase) && inner.chars().all(is_name) && !inner.contains("..")
    }

    fn value_in_brackets(&mut self, span: Span) -> ExprKind {
        let mut start = span.start + 1;
        let text = self.text.get(start as usize..span.end as usize - 1).unwrap_or_default();
        let mut value: Option<ExprId> = None;
        for part in text.split('.') {
            let name = SmolStr::new(part.trim());
            let name_span = Span { start, end: start + part.len() as u32 };
            start = name_span.end + 1;
            let kind = match value {
                None if name == "self" => ExprKind::SelfRef,
                None => ExprKind::Name(name),
                Some(base) => ExprKind::Member { base: Some(base), name, name_span, is_optional: false },
            };
            value = Some(self.push_expr(kind, Span { start: span.start + 1, end: name_span.end }));
        }
        ExprKind::Array(value.into_iter().collect())
    }

    /// Whether an access or call makes a type of the `[T]` in front of it.
    fn makes_type(&self, link: Node<'t>) -> bool {
        let Some(suffix) = link.child_count().checked_sub(1).and_then(|last| link.child(last)) else {
            return false;
        };
        let text = self.source(suffix);
        match link.kind() {
            "call_expression" => text.starts_with('('),
            _ => {
                matches!(text.trim_start_matches(['.', ' ']), "self" | "init" | "Element" | "Index" | "Type")
            }
        }
    }

    fn constructor(&mut self, node: Node<'t>) -> ExprKind {
        let kids = self.kids(node);
        let (Some(ty), Some(suffix)) = (kids.first().copied(), kids.last().copied()) else {
            return ExprKind::Damaged;
        };
        let ty = Span::new(ty.node.start_byte(), ty.node.end_byte());
        let callee = self.push_expr(ExprKind::Type(types::read(self.text, ty)), ty);
        let args = self.arguments(suffix.node).map(|(args, _)| args).unwrap_or_default();
        ExprKind::Call { callee, args, is_optional: false }
    }

    fn macro_call(&mut self, node: Node<'t>) -> ExprKind {
        let kids = self.kids(node);
        let named = |kind| kids.iter().find(|kid: &&Kid<'t>| kid.kind() == kind).map(|kid| kid.node);
        let Some(name) = named("simple_identifier") else { return ExprKind::Damaged };
        let text = SmolStr::new(format!("#{}", self.source(name)));
        let callee = self.push_expr(ExprKind::Name(text), Span::new(node.start_byte(), name.end_byte()));
        let args = named("call_suffix").and_then(|suffix| self.arguments(suffix)).map(|(args, _)| args);
        ExprKind::Call { callee, args: args.unwrap_or_default(), is_optional: false }
    }

    /// The base name in `#selector(A.f(_:))`.
    fn selector(&mut self, node: Node<'t>) -> SmolStr {
        let text = self.source(node);
        let inner = text.split_once('(').map_or("", |(_, inner)| inner);
        let inner = inner.strip_suffix(')').unwrap_or(inner).trim();
        let inner = ["getter:", "setter:"].iter().find_map(|word| inner.strip_prefix(word)).unwrap_or(inner);
        let path = inner.split(['(', ' ']).find(|part| !part.is_empty()).unwrap_or_default();
        SmolStr::new(path.rsplit('.').next().unwrap_or_default().trim_matches('`'))
    }

    fn key_path(&mut self, node: Node<'t>) -> Vec<SmolStr> {
        self.kids(node)
            .iter()
            .filter(|kid| matches!(kid.kind(), "simple_identifier" | "self"))
            .map(|kid| self.name(kid.node))
            .collect()
    }
}
