//! Computed properties that are nothing but a condition, asked where one is: `var isActive: Bool { provider != nil }`.

use super::Duties;
use super::conditions::Sides;
use super::state::{Leave, State};
use super::walk::Walk;
use crate::facts::{ExprId, ExprKind, Node};
use crate::program::FunctionRef;

impl Duties<'_> {
    /// The condition that stands behind a property of `self` that is named in a function: it is in the same file, and no
    /// subclass has another.
    fn getter_asked(&self, function: FunctionRef, expr: ExprId) -> Option<ExprId> {
        let program = self.program;
        let facts = program.file(function.file);
        let name = match &facts.expr(expr).kind {
            ExprKind::Name(name) => name,
            ExprKind::Member { base: Some(base), name, .. }
                if matches!(facts.expr(*base).kind, ExprKind::SelfRef) =>
            {
                name
            }
            _ => return None,
        };
        let owner = program.owner(function)?;
        let property = program.find_property(owner, name).filter(|at| at.file == function.file)?;
        let is_overridden = program.descendants(owner).iter().any(|ty| program.member(*ty, name).is_some());
        let getter = program.property(property).getter.filter(|_| !is_overridden)?;
        let value = program.single_expression(function.file, facts.body(facts.function(getter))?)?;
        let is_condition = matches!(
            facts.expr(value).kind,
            ExprKind::Equal(..) | ExprKind::Not(_) | ExprKind::And(..) | ExprKind::Or(..)
        );
        is_condition.then_some(value)
    }

    /// What is asked behind the properties that a function names: whether it is nil (`true`), or whether it holds.
    pub(super) fn each_asked(&self, function: FunctionRef, mut visit: impl FnMut(bool, ExprId)) {
        let facts = self.program.file(function.file);
        let span = self.program.function(function).span;
        for condition in facts.exprs_in(span).filter_map(|(id, _)| self.getter_asked(function, id)) {
            facts.each_node_in(condition, |node| {
                let Node::Expr(id) = node else { return };
                match facts.expr(id).kind {
                    ExprKind::Equal(asked, nil, _) if matches!(facts.expr(nil).kind, ExprKind::Nil) => {
                        visit(true, asked);
                    }
                    ExprKind::Name(_) | ExprKind::Member { .. } => visit(false, id),
                    _ => {}
                }
            });
        }
    }
}

impl Walk<'_> {
    /// The sides of the condition that stands behind a computed property, where an expression names one.
    pub(super) fn getter_condition(
        &mut self,
        expr: ExprId,
        state: &State,
        leaves: &mut Vec<Leave>,
    ) -> Option<Sides> {
        if self.local_named(expr).is_some() {
            return None;
        }
        let condition =
            self.duties.getter_asked(self.function, expr).filter(|at| !self.asked.contains(at))?;
        // The names of this function are none of the getter's.
        let scope = std::mem::take(&mut self.scope);
        self.asked.push(condition);
        let sides = self.condition(condition, state.clone(), leaves);
        self.asked.pop();
        self.scope = scope;
        Some(sides)
    }
}
