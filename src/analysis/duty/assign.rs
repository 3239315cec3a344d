//! Assignments.

use smol_str::SmolStr;

use super::call::Call;
use super::join::join;
use super::state::{Known, Leave, State, Value};
use super::walk::Walk;
use crate::facts::{ExprId, ExprKind, StmtId};
use crate::finding::Confidence;
use crate::program::FunctionRef;

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
        let expr = program.file(self.function.file).expr(target);
        let at = self.at(expr.span);
        if let Some(id) = self.local_named(target) {
            let mut state = state;
            state.set_local(id, value.clone());
            return vec![state];
        }
        let mut states = vec![state];
        let mut property = None;
        let name = match &expr.kind {
            ExprKind::Name(name) => {
                property = program.owner(self.function).and_then(|owner| program.find_property(owner, name));
                Some(name.clone())
            }
            ExprKind::Member { base: Some(base), name, is_optional, .. } => {
                let state = states.remove(0);
                states = self
                    .base(*base, *is_optional, state, leaves)
                    .into_iter()
                    .map(|(state, _)| state)
                    .collect();
                let owner = program.type_of(&self.place(), *base).and_then(|ty| ty.project());
                property = owner.and_then(|owner| program.find_property(owner, name));
                Some(name.clone())
            }
            ExprKind::Subscript { .. } => {
                let state = states.remove(0);
                states = self.eval(target, state, leaves).into_iter().map(|(state, _)| state).collect();
                None
            }
            _ => None,
        };
        let text = program.dotted(self.function.file, target);
        let mut after = Vec::new();
        for state in states {
            let mut state = state;
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
        if let Some(property) = property {
            for id in &program.property(property).observers {
                let observer = FunctionRef { file: property.file, id: *id };
                let call = Call::implied(at, "didSet".into());
                let mut next = Vec::new();
                for state in after {
                    let done = self.run_functions(&[observer], &call, Confidence::High, state, leaves);
                    next.extend(done.into_iter().map(|(state, _)| state));
                }
                after = join(next);
            }
        }
        after
    }

    /// `if` or `switch` as an expression.
    pub(super) fn statement_value(
        &mut self,
        stmt: StmtId,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        self.stmt(stmt, vec![state], leaves)
    }
}
