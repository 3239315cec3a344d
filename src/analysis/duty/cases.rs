//! `switch` and `catch`: which case takes a path, and what its pattern binds.

use super::join::join;
use super::state::{How, Known, Leave, State, Value};
use super::trace::{BranchKind, StepKind};
use super::walk::Walk;
use crate::facts::{Case, Catch, ExprId, Pattern};
use crate::program::{LocalId, Ty};

impl Walk<'_> {
    pub(super) fn catch(&mut self, catches: &[Catch], thrown: Leave, passed: &mut Vec<Leave>) -> Vec<State> {
        let mut over = Vec::new();
        let mut open = Some(thrown);
        for catch in catches {
            let Some(leave) = open.take() else { break };
            let state = leave.state.clone().step(self.at(catch.span), StepKind::Branch(BranchKind::Caught));
            let mark = self.scope.enter();
            if let Some(pattern) = &catch.pattern {
                self.bind(pattern, None);
            } else {
                self.scope.push("error".into(), LocalId(catch.span.start), None);
            }
            over.extend(self.block(&catch.body, vec![state], passed));
            self.scope.leave(mark);
            let catches_all = catch.filter.is_none()
                && catch
                    .pattern
                    .as_ref()
                    .is_none_or(|pattern| matches!(pattern, Pattern::Bind(..) | Pattern::Wildcard));
            if !catches_all {
                open = Some(leave);
            }
        }
        passed.extend(open);
        over
    }

    pub(super) fn switch(
        &mut self,
        subject: ExprId,
        cases: &[Case],
        states: Vec<State>,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let program = self.duties.program;
        let ty = program.type_of(&self.place(), subject);
        let mut open: Vec<(State, Value)> = Vec::new();
        for state in states {
            open.extend(self.eval(subject, state, leaves));
        }
        let mut over = Vec::new();
        let mut falling: Vec<State> = Vec::new();
        for case in cases {
            if case.build.iter().any(|condition| condition.on_device() == Some(false)) {
                continue;
            }
            let mark = self.scope.enter();
            let mut hit: Vec<State> = std::mem::take(&mut falling);
            if case.is_default {
                hit.extend(
                    std::mem::take(&mut open)
                        .into_iter()
                        .map(|(state, _)| state.step(self.at(case.span), StepKind::Branch(BranchKind::Case))),
                );
            }
            for (pattern, filter) in &case.patterns {
                self.bind(pattern, ty.clone());
                let mut next = Vec::new();
                for (state, value) in open {
                    let (matching, missing) = match pattern {
                        Pattern::Expr(asked) if self.is_own_operator("~=") => {
                            self.match_by_operator(*asked, subject, state, leaves)
                        }
                        _ => self.matches(pattern, subject, &value, state),
                    };
                    for state in matching {
                        let state = state.step(self.at(case.span), StepKind::Branch(BranchKind::Case));
                        match filter {
                            Some(filter) => {
                                let (holds, fails) = self.condition(*filter, state, leaves);
                                hit.extend(holds);
                                next.extend(fails.into_iter().map(|state| (state, value.clone())));
                            }
                            None => hit.push(state),
                        }
                    }
                    next.extend(missing.into_iter().map(|state| (state, value.clone())));
                }
                open = next;
            }
            let mut inner = Vec::new();
            over.extend(self.block(&case.body, join(hit), &mut inner));
            for leave in inner {
                match &leave.how {
                    How::Break(None) => over.push(leave.state),
                    How::Fallthrough => falling.push(leave.state),
                    _ => leaves.push(leave),
                }
            }
            self.scope.leave(mark);
        }
        // A switch is exhaustive: what no case took cannot be.
        over
    }

    /// Brings the names of a pattern into scope; `ty` is the type of what is matched.
    pub(super) fn bind(&mut self, pattern: &Pattern, ty: Option<Ty>) {
        match pattern {
            Pattern::Bind(name, span) => self.scope.push(name.clone(), LocalId(span.start), ty),
            Pattern::Optional(inner) => self.bind(inner, ty.map(|ty| ty.unwrapped().clone())),
            Pattern::Tuple(parts) => {
                let types = match ty {
                    Some(Ty::Tuple(types)) => types,
                    _ => Vec::new(),
                };
                for (at, part) in parts.iter().enumerate() {
                    self.bind(part, types.get(at).cloned().flatten());
                }
            }
            Pattern::Case { name, args } => {
                let wrapped = ty.filter(|_| name == "some").map(|ty| ty.unwrapped().clone());
                for part in args {
                    self.bind(part, wrapped.clone());
                }
            }
            Pattern::As(inner, target) => {
                let program = self.duties.program;
                let owner = program.owner(self.function);
                let ty = program.type_from_ref(target, self.function.file, Some(self.function), owner);
                self.bind(inner, ty);
            }
            Pattern::Wildcard | Pattern::Expr(_) | Pattern::Is(_) => {}
        }
    }

    /// Gives the names of a pattern what is known of the value.
    pub(super) fn assign_pattern(pattern: &Pattern, value: &Value, state: &mut State) {
        match pattern {
            Pattern::Bind(_, span) => state.set_local(LocalId(span.start), value.clone()),
            _ => {
                let is_optional = matches!(pattern, Pattern::Optional(_));
                let mut open = vec![pattern];
                while let Some(pattern) = open.pop() {
                    match pattern {
                        Pattern::Bind(_, span) => {
                            let known = match &value.known {
                                Known::Function(at) => Known::Function(*at),
                                Known::Param(at) => Known::Param(*at),
                                _ if is_optional => Known::Something,
                                _ => Known::Any,
                            };
                            state.set_local(LocalId(span.start), Value { known, origin: value.origin });
                        }
                        Pattern::Optional(inner) | Pattern::As(inner, _) => open.push(inner),
                        Pattern::Tuple(parts) | Pattern::Case { args: parts, .. } => open.extend(parts),
                        Pattern::Wildcard | Pattern::Expr(_) | Pattern::Is(_) => {}
                    }
                }
            }
        }
    }
}
