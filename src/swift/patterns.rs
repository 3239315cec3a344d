//! Patterns: the grammar spells most of them out among the children of what contains them.

use super::{Kid, Reader, span_of, types};
use crate::facts::{ExprId, ExprKind, Pattern};
use crate::source::Span;

use tree_sitter::Node;

impl<'t> Reader<'t> {
    /// The pattern of a `pattern` node.
    pub(super) fn pattern(&mut self, node: Node<'t>, binds: bool) -> Pattern {
        let kids = self.kids(node);
        self.nested(span_of(node), |reader| reader.pattern_of(&kids, binds)).unwrap_or(Pattern::Wildcard)
    }

    /// The pattern that a row of nodes spells; `binds` inside of `let` and `var`, where a name is a new one.
    pub(super) fn pattern_of(&mut self, kids: &[Kid<'t>], mut binds: bool) -> Pattern {
        let mut rest = kids;
        while let [first, tail @ ..] = rest {
            match first.kind() {
                "case" | "async" => {}
                "value_binding_pattern" | "let" | "var" => binds = true,
                _ => break,
            }
            rest = tail;
        }
        if let [init @ .., last] = rest
            && last.kind() == "?"
            && !init.is_empty()
        {
            return Pattern::Optional(Box::new(self.pattern_of(init, binds)));
        }
        let Some(first) = rest.first().copied() else { return Pattern::Wildcard };
        if let Some(at) = rest.iter().position(|kid| kid.kind() == "as") {
            let (inner, ty) = rest.split_at(at);
            let inner = self.pattern_of(inner, binds);
            return Pattern::As(
                Box::new(inner),
                types::read(self.text, cover(ty.get(1..).unwrap_or_default())),
            );
        }
        match first.kind() {
            "wildcard_pattern" => Pattern::Wildcard,
            "(" => Pattern::Tuple(self.pattern_items(rest, binds)),
            "is" => Pattern::Is(types::read(self.text, cover(rest.get(1..).unwrap_or_default()))),
            "pattern" => self.pattern(first.node, binds),
            "simple_identifier" if rest.len() == 1 && (binds || first.field == Some("bound_identifier")) => {
                self.binding(first.node)
            }
            _ => {
                if let Some(at) = rest.iter().position(|kid| kid.kind() == ".")
                    && let Some(name) = rest.get(at + 1)
                {
                    let name = self.name(name.node);
                    let args = self.pattern_items(rest.get(at + 2..).unwrap_or_default(), binds);
                    return Pattern::Case { name, args };
                }
                self.expression_pattern(first.node, binds)
            }
        }
    }

    fn binding(&self, node: Node<'t>) -> Pattern {
        let name = self.name(node);
        if name == "_" { Pattern::Wildcard } else { Pattern::Bind(name, span_of(node)) }
    }

    /// The patterns between parentheses, labels left out.
    fn pattern_items(&mut self, kids: &[Kid<'t>], binds: bool) -> Vec<Pattern> {
        let mut items = Vec::new();
        for item in kids.split(|kid| matches!(kid.kind(), "(" | "," | ")")) {
            let value = match item.iter().position(|kid| kid.kind() == ":") {
                Some(at) => item.get(at + 1..).unwrap_or_default(),
                None => item,
            };
            if !value.is_empty() {
                items.push(self.pattern_of(value, binds));
            }
        }
        items
    }

    /// A pattern that the grammar took for an expression.
    fn expression_pattern(&mut self, node: Node<'t>, binds: bool) -> Pattern {
        match node.kind() {
            "simple_identifier" if binds || self.source(node) == "_" => self.binding(node),
            "tuple_expression" => {
                let kids = self.kids(node);
                let is_empty = kids.iter().any(|kid| kid.kind() == "bang");
                let items = if is_empty { Vec::new() } else { self.pattern_items(&kids, binds) };
                Pattern::Tuple(items)
            }
            _ => {
                let value = self.expr(node);
                self.case_of(value, binds).unwrap_or(Pattern::Expr(value))
            }
        }
    }

    /// `.name`, `Type.name` and `.name(x)` read as expressions are enum cases.
    fn case_of(&mut self, value: ExprId, binds: bool) -> Option<Pattern> {
        match self.facts.expr(value).kind.clone() {
            ExprKind::Member { base, name, is_optional: false, .. } => {
                let names_type = base.is_none_or(|base| self.is_type_path(base));
                names_type.then(|| Pattern::Case { name, args: Vec::new() })
            }
            ExprKind::Call { callee, args, is_optional: false }
                if matches!(self.facts.expr(callee).kind, ExprKind::Member { .. }) =>
            {
                let Pattern::Case { name, args: none } = self.case_of(callee, binds)? else { return None };
                if !none.is_empty() {
                    return None;
                }
                let args = args.iter().map(|arg| self.argument_pattern(arg.value, binds)).collect();
                Some(Pattern::Case { name, args })
            }
            _ => None,
        }
    }

    fn argument_pattern(&mut self, value: ExprId, binds: bool) -> Pattern {
        let expr = self.facts.expr(value);
        match &expr.kind {
            ExprKind::Name(name) if name == "_" => Pattern::Wildcard,
            ExprKind::Name(name) if binds => Pattern::Bind(name.clone(), expr.span),
            _ => self.case_of(value, binds).unwrap_or(Pattern::Expr(value)),
        }
    }

    /// Whether an expression is a dotted path of names that begins like a type.
    fn is_type_path(&self, mut value: ExprId) -> bool {
        loop {
            match &self.facts.expr(value).kind {
                ExprKind::Name(name) => return name.starts_with(char::is_uppercase),
                ExprKind::Member { base: Some(base), name, is_optional: false, .. }
                    if name.starts_with(char::is_uppercase) =>
                {
                    value = *base;
                }
                _ => return false,
            }
        }
    }
}

/// The range from the first to the last node.
pub(super) fn cover(kids: &[Kid<'_>]) -> Span {
    match (kids.first(), kids.last()) {
        (Some(first), Some(last)) => Span::new(first.node.start_byte(), last.node.end_byte()),
        _ => Span::default(),
    }
}
