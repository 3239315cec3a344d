//! How many elements a sequence has at least, as far as the source tells: whether a loop has a round.

use smol_str::SmolStr;

use super::walk::Walk;
use crate::facts::{
    Arg, Block, CastKind, Condition, ExprId, ExprKind, FileFacts, Node, Pattern, StmtId, StmtKind,
};
use crate::program::{ExprRef, PropertyRef, Ty};

/// How far a name is followed to what it stands for.
const MAX_HOPS: u8 = 4;

/// Methods that yield as many elements as they get.
const KEEPING: [&str; 5] = ["enumerated", "map", "reversed", "shuffled", "sorted"];

/// Methods that call their closures for pairs of elements.
const COMPARING: [&str; 4] = ["max", "min", "sort", "sorted"];

impl Walk<'_> {
    /// How often a method of a sequence calls a closure at least.
    pub(super) fn rounds_of(&self, callee: ExprId, args: &[Arg]) -> u32 {
        let facts = self.duties.program.file(self.function.file);
        let ExprKind::Member { base: Some(base), name, is_optional: false, .. } = &facts.expr(callee).kind
        else {
            return 0;
        };
        // `DispatchQueue.concurrentPerform(iterations: 2)`
        if let Some(arg) = args.iter().find(|arg| arg.label.as_deref() == Some("iterations")) {
            return number(facts, arg.value).and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
        }
        let count = self.count_of(*base);
        if COMPARING.contains(&name.as_str()) { count.saturating_sub(1) } else { count }
    }

    /// Whether the condition of a `while` certainly holds when it is asked for the first time: `var i = 0`, and then
    /// `while i < 3`.
    pub(super) fn holds_at_first(&self, conditions: &[Condition], at: StmtId) -> bool {
        let facts = self.duties.program.file(self.function.file);
        let [Condition::Expr(condition)] = conditions else { return false };
        let ExprKind::Operator(operator, sides) = &facts.expr(*condition).kind else { return false };
        let [a, b] = sides.as_slice() else { return false };
        let value = |side: ExprId| match &facts.expr(side).kind {
            ExprKind::Name(name) => self.value_before(name, at),
            _ => number(facts, side),
        };
        let (Some(a), Some(b)) = (value(*a), value(*b)) else { return false };
        match operator.as_str() {
            "<" => a < b,
            "<=" => a <= b,
            ">" => a > b,
            ">=" => a >= b,
            _ => false,
        }
    }

    /// The number that a local variable holds before a statement of the same block: nothing in between assigns to it.
    fn value_before(&self, name: &SmolStr, at: StmtId) -> Option<i64> {
        let facts = self.duties.program.file(self.function.file);
        let local = self.scope.get(name)?;
        let block = facts.statement_lists(facts.stmt(at).span).find(|block| block.stmts.contains(&at))?;
        let mut before = block.stmts.iter().take_while(|stmt| **stmt != at);
        let initial = before.find_map(|stmt| match &facts.stmt(*stmt).kind {
            StmtKind::Let { pattern: Pattern::Bind(_, span), value: Some(value), .. }
                if span.start == local.id.0 =>
            {
                Some(*value)
            }
            _ => None,
        })?;
        let between = Block { stmts: before.copied().collect(), span: block.span };
        let mut is_named = false;
        facts.each_node(&between, |node| {
            if let Node::Expr(id) = node {
                is_named |= match &facts.expr(id).kind {
                    ExprKind::Name(other) => other == name,
                    // What a closure does with it is not looked for.
                    ExprKind::Closure(_) => true,
                    _ => false,
                };
            }
        });
        number(facts, initial).filter(|_| !is_named)
    }

    /// The elements that a sequence has at least.
    pub(super) fn count_of(&self, sequence: ExprId) -> u32 {
        self.count(ExprRef { file: self.function.file, id: sequence }, 0)
    }

    fn count(&self, at: ExprRef, hops: u8) -> u32 {
        if hops > MAX_HOPS {
            return 0;
        }
        let program = self.duties.program;
        let facts = program.file(at.file);
        let again = |id: ExprId| self.count(ExprRef { file: at.file, id }, hops + 1);
        match &facts.expr(at.id).kind {
            // `3.times { … }`
            ExprKind::Number(_) => {
                number(facts, at.id).and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
            }
            ExprKind::Array(parts) => parts.len() as u32,
            ExprKind::Dictionary(parts) => parts.len() as u32 / 2,
            ExprKind::Tuple(parts) if parts.len() == 1 => again(parts[0].value),
            ExprKind::Cast(CastKind::Upcast, inner, _) => again(*inner),
            ExprKind::Operator(name, sides) if matches!(name.as_str(), "..<" | "...") => {
                let [from, to] = sides.as_slice() else { return 0 };
                let (Some(from), Some(to)) = (number(facts, *from), number(facts, *to)) else { return 0 };
                u32::try_from(to - from + i64::from(name == "...")).unwrap_or(0)
            }
            ExprKind::Name(name) => match self.value(at.file, name) {
                Some((value, holder)) => {
                    let count = self.count(value, hops + 1);
                    if count > 0 && holder.is_none_or(|holder| self.is_constant(holder)) { count } else { 0 }
                }
                None => 0,
            },
            ExprKind::Member { base: Some(base), name, .. } if name == "allCases" => {
                let ty = program.type_of(&self.place(), *base).filter(|_| at.file == self.function.file);
                let Some(Ty::Project(ty)) = ty.as_ref().and_then(|ty| match ty {
                    Ty::Meta(inner) => Some(inner.unwrapped()),
                    _ => None,
                }) else {
                    return 0;
                };
                program
                    .ty(*ty)
                    .decls
                    .iter()
                    .map(|(file, id)| program.decl(*file, *id).cases.len() as u32)
                    .sum()
            }
            ExprKind::Member { base: Some(base), name, .. } if name == "lazy" => again(*base),
            ExprKind::Call { callee, args, .. } => match &facts.expr(*callee).kind {
                ExprKind::Member { base: Some(base), name, is_optional: false, .. }
                    if KEEPING.contains(&name.as_str()) =>
                {
                    again(*base)
                }
                ExprKind::Name(name) if name == "stride" => {
                    let value = |at: usize| args.get(at).and_then(|arg| number(facts, arg.value));
                    u32::from(matches!((value(0), value(1)), (Some(from), Some(to)) if from < to))
                }
                ExprKind::Name(name) if name == "zip" => {
                    args.iter().map(|arg| again(arg.value)).min().unwrap_or(0)
                }
                ExprKind::Name(_) => {
                    let count = args.iter().find(|arg| arg.label.as_deref() == Some("count"));
                    let repeats = args.first().is_some_and(|arg| {
                        arg.label.as_deref() == Some("repeating") || matches!(&facts.expr(*callee).kind, ExprKind::Name(name) if name == "repeatElement")
                    });
                    let count = count.filter(|_| repeats).and_then(|arg| number(facts, arg.value));
                    count.and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
                }
                _ => 0,
            },
            _ => 0,
        }
    }

    /// The value of a local `let`, or the first one of a property of a type or the file.
    fn value(&self, file: u32, name: &str) -> Option<(ExprRef, Option<PropertyRef>)> {
        let program = self.duties.program;
        if file == self.function.file
            && let Some(local) = self.scope.get(name)
        {
            let facts = program.file(file);
            let id = local.id.0;
            let declared = crate::source::Span { start: id, end: id + 1 };
            return facts.stmts_around(declared).find_map(|(_, stmt)| match &stmt.kind {
                StmtKind::Let {
                    pattern: Pattern::Bind(_, span), value: Some(value), is_var: false, ..
                } if span.start == local.id.0 => Some((ExprRef { file, id: *value }, None)),
                _ => None,
            });
        }
        let at = program.property_named(&self.place(), &name.into())?;
        Some((ExprRef { file: at.file, id: program.property(at).initial? }, Some(at)))
    }

    /// Whether a property keeps its first value, and all elements of it.
    fn is_constant(&self, at: PropertyRef) -> bool {
        let program = self.duties.program;
        let property = program.property(at);
        !property.is_var || !program.is_written(&property.name) && !self.is_shortened(at.file)
    }
}

impl Walk<'_> {
    /// Whether something is taken out of some collection in a file.
    fn is_shortened(&self, file: u32) -> bool {
        let program = self.duties.program;
        let mut names = crate::vocabulary::shortening().iter();
        names.any(|name| program.calls_in(name, |at| at == file).next().is_some())
    }
}

fn number(facts: &FileFacts, id: ExprId) -> Option<i64> {
    match &facts.expr(id).kind {
        ExprKind::Number(text) => text.replace('_', "").parse().ok(),
        _ => None,
    }
}
