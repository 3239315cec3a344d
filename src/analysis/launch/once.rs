//! What is made where it is missing: `if provider == nil { provider = CXProvider(…) }`, `guard !isSetUp else { return }`.

use super::walk::Walk;
use crate::analysis::calls::Body;
use crate::facts::{Block, Condition, ExprId, ExprKind, Node, Pattern, StmtKind};
use crate::program::{FunctionRef, Place, Program, PropertyRef, Scope};

/// What a condition says of a property.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// It has no value, or is `false`.
    IsNil,
    /// It has one, or is `true`.
    IsPresent,
}

impl Walk<'_> {
    /// What these conditions ask of a property that is only filled in the function that asks: where it has a value, this
    /// function has run before, and all that it brings about is there already.
    pub(super) fn asks_for_own(&self, conditions: &[Condition]) -> Option<Asks> {
        let [condition] = conditions else { return None };
        let (property, asks, asked) = self.asked_property(condition)?;
        self.is_filled_only_behind(asked, property).then_some(asks)
    }

    /// The property, what is asked of it, and where that begins.
    fn asked_property(&self, condition: &Condition) -> Option<(PropertyRef, Asks, u32)> {
        let program = self.unit.program;
        match condition {
            Condition::Expr(value) => {
                let (asked, is_present) = match *self.kind(*value) {
                    ExprKind::Equal(a, b, is_equal) => match *self.kind(b) {
                        ExprKind::Nil => (a, !is_equal),
                        ExprKind::Bool(wanted) => (a, wanted == is_equal),
                        _ => return None,
                    },
                    ExprKind::Not(inner) => (inner, false),
                    _ => (*value, true),
                };
                let asks = if is_present { Asks::IsPresent } else { Asks::IsNil };
                Some((program.property_at(&self.place(), asked)?, asks, self.span(*value).start))
            }
            Condition::Bind { pattern: pattern @ Pattern::Optional(_), value, span, .. } => {
                let property = match value {
                    Some(value) => program.property_at(&self.place(), *value)?,
                    None => program.property_named(&self.place(), pattern.names().first()?)?,
                };
                Some((property, Asks::IsPresent, span.start))
            }
            _ => None,
        }
    }

    /// Whether a property is empty until the function that is being walked fills it, behind a place: what it is given in front
    /// of that may come from anywhere.
    fn is_filled_only_behind(&self, place: u32, at: PropertyRef) -> bool {
        let program = self.unit.program;
        let property = program.property(at);
        let is_nothing = |kind: &ExprKind| matches!(kind, ExprKind::Nil | ExprKind::Bool(false));
        let is_empty =
            property.initial.is_none_or(|initial| is_nothing(&program.file(at.file).expr(initial).kind));
        let Some(here) = self.named_function().filter(|_| is_empty && property.is_stored()) else {
            return false;
        };
        let fills = program.writes(&property.name).iter().filter(|write| {
            !is_nothing(&program.expr(write.value).kind)
                && self.may_be_of(at, write.function, write.target.map(|target| target.id))
        });
        let mut is_here = fills.map(|write| {
            write.function.is_some_and(|at| self.outermost(at) == here)
                && program.expr(write.value).span.start > place
        });
        // One that nothing is seen to fill is filled by code that is not seen.
        is_here.next() == Some(true) && is_here.all(|is_here| is_here)
    }

    /// Whether an expression in a function may name a property that has its name.
    fn may_be_of(&self, at: PropertyRef, function: Option<FunctionRef>, target: Option<ExprId>) -> bool {
        let program = self.unit.program;
        let (Some(function), Some(target)) = (function, target) else { return true };
        let scope = Scope::default();
        let place = Place::of(program, function, &scope);
        program.property_at(&place, target).is_none_or(|named| named == at)
    }

    /// Whether nothing happens in a block that matters to the launch: it leaves, and may say why.
    pub(super) fn is_idle(&self, block: &Block) -> bool {
        let program = self.unit.program;
        let facts = self.facts();
        let matters = |name: &str| {
            let mut functions = program.functions_named(name).iter();
            functions.any(|at| self.unit.reach.is_relevant(Body::Function(*at)))
                || !program.types_named(name).is_empty()
        };
        let mut is_idle = true;
        facts.each_node(block, |node| {
            is_idle &= match node {
                Node::Expr(id) => match facts.expr(id).kind {
                    ExprKind::Call { callee, .. } => {
                        Program::callee_name(facts, callee).is_some_and(|name| !matters(&name))
                    }
                    _ => true,
                },
                Node::Stmt(id) => !matches!(facts.stmt(id).kind, StmtKind::Assign { .. }),
            };
        });
        is_idle
    }
}
