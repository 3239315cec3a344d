//! Assignments.

use smol_str::SmolStr;

use super::join::join;
use super::state::{Known, Leave, State, Value};
use super::walk::Walk;
use crate::facts::{ExprId, ExprKind, StmtId, StmtKind};
use crate::program::LocalId;

impl Walk<'_> {
    /// An assignment: what is known of a variable, a closure that is kept, an observer that runs.
    pub(super) fn assign(
        &mut self,
        target: ExprId,
        value: &Value,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let program = self.duties.program;
        let state = self.let_go(target, state);
        let expr = program.file(self.function.file).expr(target);
        let at = self.at(expr.span);
        if let Some(id) = self.local_named(target) {
            let mut state = state;
            state.set_local(id, value.clone());
            return self.written(target, value, state, leaves);
        }
        let mut states = vec![state];
        let name = match &expr.kind {
            ExprKind::Name(name) => Some(name.clone()),
            ExprKind::Member { base: Some(base), name, is_optional, .. } => {
                let state = states.remove(0);
                states = self
                    .base(*base, *is_optional, state, leaves)
                    .into_iter()
                    .map(|(state, _)| state)
                    .collect();
                Some(name.clone())
            }
            ExprKind::Subscript { base, args, is_optional } => {
                let state = states.remove(0);
                for (state, _) in self.base(*base, *is_optional, state, leaves) {
                    let found = self.arguments(args, &[], state, leaves);
                    states.extend(found.into_iter().map(|(state, _)| state));
                }
                None
            }
            _ => None,
        };
        let text = program.dotted(self.function.file, target);
        let whole = self.whole(target);
        let mut after = Vec::new();
        for state in states {
            let mut state = state;
            // What has a part of the push in it goes on to where it is given.
            if let Some(id) = whole {
                let mut changed = state.local(id);
                changed.origin = changed.origin.max(value.origin);
                state.set_local(id, changed);
            }
            if let Some(name) = &name {
                state.forget_name(name);
            }
            if let Some(text) = &text {
                match value.known {
                    Known::Bool(known) if self.is_repeated(text) => state.decide(text, known),
                    Known::Nil => state.decide(&format!("{text}==nil"), true),
                    Known::Something => state.decide(&format!("{text}==nil"), false),
                    _ => {}
                }
            }
            let state = self.keep(value, at, &SmolStr::new(name.as_deref().unwrap_or("a property")), state);
            after.push(state);
        }
        let mut done = Vec::new();
        for state in after {
            done.extend(self.written(target, value, state, leaves));
        }
        join(done)
    }

    /// The local of which a member or an element is given a value.
    fn whole(&self, target: ExprId) -> Option<LocalId> {
        let facts = self.duties.program.file(self.function.file);
        let mut at = target;
        while let ExprKind::Member { base: Some(base), .. }
        | ExprKind::Subscript { base, .. }
        | ExprKind::ForceUnwrap(base) = facts.expr(at).kind
        {
            at = base;
        }
        self.local_named(at)
    }

    /// `if` or `switch` as an expression.
    pub(super) fn statement_value(
        &mut self,
        stmt: StmtId,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let program = self.duties.program;
        let StmtKind::If { conditions, then, otherwise: Some(otherwise) } =
            &program.stmt(self.function.file, stmt).kind
        else {
            let states = self.stmt(stmt, vec![state], leaves);
            return states.into_iter().map(|state| (state, Value::default())).collect();
        };
        let mark = self.scope.enter();
        let (hold, fail) = self.conditions(conditions, vec![state], leaves);
        let mut all = self.body(then, hold, leaves);
        self.scope.leave(mark);
        match otherwise.stmts.as_slice() {
            // `else if`
            [only] if matches!(program.stmt(self.function.file, *only).kind, StmtKind::If { .. }) => {
                for state in fail {
                    all.extend(self.statement_value(*only, state, leaves));
                }
            }
            _ => all.extend(self.body(otherwise, fail, leaves)),
        }
        all
    }
}
