//! Operators of the project: which of them an expression applies.

use smol_str::SmolStr;

use super::call::Call;
use super::conditions::Sides;
use super::implied::Implied;
use super::state::{Known, Leave, Origin, State, Value};
use super::walk::Walk;
use crate::facts::{Arg, ExprId, ExprKind, Param};
use crate::program::{FunctionRef, Ty};
use crate::source::Role;

/// How well a value fits a parameter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    No,
    Maybe,
    Yes,
}

impl Walk<'_> {
    /// The operator that an expression applies, with its operands, where one of its name may report.
    pub(super) fn operator_of(&self, expr: ExprId) -> Option<(SmolStr, Vec<ExprId>)> {
        let reach = &self.duties.reach;
        if !reach.has_operators() {
            return None;
        }
        let kind = &self.duties.program.file(self.function.file).expr(expr).kind;
        let name = match kind {
            ExprKind::Operator(name, _) => name.clone(),
            ExprKind::Equal(..) => SmolStr::new_static("=="),
            ExprKind::Not(_) => SmolStr::new_static("!"),
            _ => return None,
        };
        reach.is_operator(&name).then(|| (name, kind.operands()))
    }

    pub(super) fn is_own_operator(&self, name: &str) -> bool {
        self.duties.reach.is_operator(name)
    }

    /// Applies an operator of the project.
    pub(super) fn apply_operator(
        &mut self,
        name: &SmolStr,
        expr: ExprId,
        operands: &[ExprId],
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let arg = |value: &ExprId| Arg { label: None, value: *value, is_trailing: false, is_inout: false };
        let args: Vec<Arg> = operands.iter().map(arg).collect();
        let implied = self.operators(name, operands);
        let at = self.at(self.duties.program.file(self.function.file).expr(expr).span);
        let mut all = Vec::new();
        for (state, values) in self.arguments(&args, &[], state, leaves) {
            let name = name.clone();
            let call = Call {
                at,
                name,
                on: None,
                args: &args,
                values,
                receiver: Origin::Own,
                this: Known::Any,
                is_statement: false,
                rounds: 0,
            };
            all.extend(self.run_implied(&implied, &call, state, leaves));
        }
        all
    }

    /// `all.reduce(none, +)`: which of the operators of that name is meant, and how often it runs, is not looked for.
    pub(super) fn run_operator_values(&mut self, call: &Call<'_>, state: State) -> State {
        if !self.duties.reach.has_operators() {
            return state;
        }
        let program = self.duties.program;
        let facts = program.file(self.function.file);
        let mut found = Vec::new();
        for arg in call.args {
            if let ExprKind::Name(name) = &facts.expr(arg.value).kind
                && self.is_own_operator(name)
            {
                found.extend_from_slice(program.functions_named(name));
            }
        }
        self.run_perhaps(&found, &call.back(), state).remove(0).0
    }

    /// `case value:` where the project says itself what matches.
    pub(super) fn match_by_operator(
        &mut self,
        pattern: ExprId,
        subject: ExprId,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Sides {
        let name = SmolStr::new_static("~=");
        let (mut holds, mut fails) = (Vec::new(), Vec::new());
        for (state, value) in self.apply_operator(&name, pattern, &[pattern, subject], state, leaves) {
            holds.extend((value.known != Known::Bool(false)).then(|| state.clone()));
            fails.extend((value.known != Known::Bool(true)).then_some(state));
        }
        (holds, fails)
    }

    /// The functions that an operator may run.
    fn operators(&self, name: &str, operands: &[ExprId]) -> Implied {
        let program = self.duties.program;
        let (mut certain, mut possible) = (Vec::new(), Vec::new());
        for at in program.functions_named(name) {
            let function = program.function(*at);
            let is_own = program.role(at.file) != Role::Test && function.body.is_some();
            if !is_own || function.params.len() != operands.len() {
                continue;
            }
            let fit = operands
                .iter()
                .zip(&function.params)
                .map(|(value, param)| self.fit(*value, param, *at))
                .min();
            match fit {
                Some(Fit::Yes) => certain.push(*at),
                Some(Fit::Maybe) => possible.push(*at),
                _ => {}
            }
        }
        if certain.len() == 1 {
            return Implied::certain(certain);
        }
        certain.append(&mut possible);
        Implied::possible(certain)
    }

    /// Whether an expression may be given to a parameter.
    fn fit(&self, value: ExprId, param: &Param, function: FunctionRef) -> Fit {
        let program = self.duties.program;
        let owner = program.owner(function);
        let wanted = param.ty.as_ref();
        let wanted = wanted.and_then(|ty| program.type_from_ref(ty, function.file, Some(function), owner));
        let given = match program.file(self.function.file).expr(value).kind {
            ExprKind::Number(_) => Some(Ty::Outside("Int".into())),
            _ => program.type_of(&self.place(), value),
        };
        let (Some(wanted), Some(given)) = (wanted, given) else { return Fit::Maybe };
        match (wanted.unwrapped(), given.unwrapped()) {
            (Ty::Project(wanted), Ty::Project(given)) => {
                if program.ancestry(*given).contains(wanted) {
                    Fit::Yes
                } else if program.ancestry(*wanted).contains(given) {
                    Fit::Maybe
                } else {
                    Fit::No
                }
            }
            (Ty::Outside(wanted), Ty::Outside(given)) => {
                if wanted == given {
                    Fit::Yes
                } else {
                    Fit::Maybe
                }
            }
            (Ty::Project(wanted), Ty::Outside(given)) => {
                if program.ty(*wanted).name == *given {
                    Fit::Yes
                } else {
                    Fit::No
                }
            }
            (Ty::Outside(wanted), Ty::Project(given)) => {
                if program.outside_ancestors(*given).contains(&wanted.as_str()) { Fit::Yes } else { Fit::No }
            }
            _ => Fit::Maybe,
        }
    }
}
