//! Walks expressions in evaluation order.

use super::before::{is_dictionary_of_push, takes_push};
use super::chain::close_chain;
use super::join::{join, join_values};
use super::state::{How, Known, Leave, Origin, State, Value};
use super::trace::StepKind;
use super::walk::Walk;
use crate::facts::{CastKind, ExprId, ExprKind, TryKind};
use crate::program::{FunctionRef, LocalId, Program, Target, Ty};

/// Expressions inside expressions, closures that are called in them included.
pub(super) const MAX_EXPRESSION_DEPTH: u32 = 1_000;

/// How much of one expression is looked through before it is evaluated, as is each expression in it.
const MAX_LOOKED_AT: usize = 5_000;

impl Walk<'_> {
    /// Whether an expression is a dictionary: that of a push, if it comes from one.
    fn is_dictionary(&self, expr: ExprId) -> bool {
        let program = self.duties.program;
        is_dictionary_of_push(program.file(self.function.file), expr)
            || matches!(program.type_of(&self.place(), expr), Some(Ty::Dictionary(..)))
    }

    /// Evaluates an expression: the states after it, each with what is known of the value.
    pub(super) fn eval(
        &mut self,
        expr: ExprId,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        // A chain of operators can be as long as a file: what is deeper says nothing.
        if self.depth >= MAX_EXPRESSION_DEPTH {
            return vec![(state, Value::default())];
        }
        self.depth += 1;
        let found = self.eval_inside(expr, state, leaves);
        self.depth -= 1;
        join_values(found, Value::forget)
    }

    fn eval_inside(&mut self, expr: ExprId, state: State, leaves: &mut Vec<Leave>) -> Vec<(State, Value)> {
        let program = self.duties.program;
        let file = self.function.file;
        let whole = program.file(file).expr(expr);
        if let Some((name, operands)) = self.operator_of(expr) {
            return self.apply_operator(&name, expr, &operands, state, leaves);
        }
        match &whole.kind {
            ExprKind::Member { .. } | ExprKind::Call { .. } | ExprKind::Subscript { .. } => {
                let before = (state.key.duty, state.key.params.clone());
                let links = self.link(expr, state, leaves);
                let may_report = links.iter().all(|(_, value)| value.is_err()) && self.may_report(expr);
                close_chain(&before, links, may_report)
            }
            ExprKind::ForceUnwrap(inner) => {
                // nil crashes here: no way out that counts.
                let found = self.eval(*inner, state, leaves);
                self.note_forced(expr, *inner, &found);
                found
                    .into_iter()
                    .filter(|(_, value)| value.known != Known::Nil)
                    .map(|(mut state, value)| {
                        // Whoever comes this far knows that the variable is not nil.
                        if let Some(id) = self.local_named(*inner)
                            && value.known == Known::Any
                            && value.is_derived()
                        {
                            state.set_local(id, Value { known: Known::Something, origin: value.origin });
                        }
                        let known = if value.known == Known::Something { Known::Any } else { value.known };
                        (state, Value { known, origin: value.origin })
                    })
                    .collect()
            }
            ExprKind::Name(name) => {
                if let Some(local) = self.scope.get(name) {
                    let value = state.local(local.id);
                    return self.read(expr, name, value, state, leaves);
                }
                let value = self.property_value(name, &state);
                self.read(expr, name, value, state, leaves)
            }
            ExprKind::Closure(id) => {
                let at = FunctionRef { file, id: *id };
                let mut around = self.scope.clone();
                let mut states = vec![state];
                for (capture, value) in program.function(at).captured() {
                    let id = LocalId(program.file(file).expr(value).span.start);
                    let mut next = Vec::new();
                    for state in states {
                        for (mut state, mut found) in self.eval(value, state, leaves) {
                            if capture.is_weak && found.known == Known::Something {
                                found.known = Known::Any;
                            }
                            state.set_local(id, found);
                            next.push(state);
                        }
                    }
                    states = join(next);
                    let ty = program.type_of(&self.place(), value);
                    around.push(capture.name.clone(), id, ty);
                }
                self.closures.insert(at, around);
                states.into_iter().map(|state| (state, Value::known(Known::Function(at)))).collect()
            }
            ExprKind::Selector(name) => {
                let methods = program.owner(self.function).map(|owner| program.find_methods(owner, name));
                let methods = methods.filter(|found| !found.is_empty());
                let methods = methods.unwrap_or_else(|| program.functions_named(name).to_vec());
                vec![(state, Value::known(self.function_named(&methods)))]
            }
            ExprKind::KeyPath(names) => {
                let known = self.key_path(names).map_or(Known::Any, Known::Function);
                vec![(state, Value::known(known))]
            }
            ExprKind::SelfRef => vec![(state, self.this())],
            ExprKind::Nil => vec![(state, Value::known(Known::Nil))],
            ExprKind::Bool(value) => vec![(state, Value::known(Known::Bool(*value)))],
            ExprKind::Not(_) | ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Equal(..) => {
                if self.has_effect(expr) || self.is_decidable(expr) {
                    let (holds, fails) = self.condition(expr, state, leaves);
                    let yes = join(holds).into_iter().map(|state| (state, Value::known(Known::Bool(true))));
                    let no = join(fails).into_iter().map(|state| (state, Value::known(Known::Bool(false))));
                    yes.chain(no).collect()
                } else {
                    vec![(state, Value::default())]
                }
            }
            ExprKind::Coalesce(a, b) => self.coalesce(*a, *b, state, leaves),
            ExprKind::Ternary(condition, a, b) => {
                let (holds, fails) = self.condition(*condition, state, leaves);
                let mut all = Vec::new();
                for (side, value) in [(holds, *a), (fails, *b)] {
                    for state in join(side) {
                        all.extend(self.eval(value, state, leaves));
                    }
                }
                all
            }
            ExprKind::Try(kind, inner) => {
                let found = self.attempt(*kind, *inner, state, leaves);
                if *kind == TryKind::Force {
                    self.note_forced(expr, *inner, &found);
                }
                found
            }
            ExprKind::Await(inner) => {
                let at = self.at(whole.span);
                let mut found = self.eval(*inner, state, leaves);
                for (state, _) in &mut found {
                    state.key.suspended.get_or_insert(at);
                }
                found
            }
            ExprKind::Cast(kind, inner, ty) => {
                let found = self.eval(*inner, state, leaves);
                let is_whole = *kind == CastKind::Optional && takes_push(ty) && self.is_dictionary(*inner);
                if *kind == CastKind::Force && !ty.is_optional() {
                    self.note_forced(expr, *inner, &found);
                }
                found
                    .into_iter()
                    .filter(|(_, value)| {
                        // nil crashes a forced cast, unless to an optional.
                        !(*kind == CastKind::Force && value.known == Known::Nil && !ty.is_optional())
                    })
                    .map(|(state, value)| {
                        let keeps = matches!(kind, CastKind::Upcast | CastKind::Force)
                            || matches!(
                                value.known,
                                Known::Nil | Known::Function(_) | Known::Param(_) | Known::MustReport
                            );
                        let known = match value.known {
                            known if keeps => known,
                            _ if is_whole && value.origin == Origin::Payload => Known::Something,
                            _ => Known::Any,
                        };
                        (state, Value { known, origin: value.origin })
                    })
                    .collect()
            }
            ExprKind::Statement(stmt) => self.statement_value(*stmt, state, leaves),
            ExprKind::Tuple(parts) if parts.len() == 1 => self.eval(parts[0].value, state, leaves),
            kind => {
                // Operators, literals, strings: the operands in order; made from the payload if one of them is.
                let is_text = matches!(kind, ExprKind::Interpolated(_));
                let mut states = vec![(state, Origin::Own)];
                for operand in kind.operands() {
                    let mut next = Vec::new();
                    for (state, origin) in states {
                        for (state, value) in self.eval(operand, state, leaves) {
                            let state = if is_text { self.run_witnesses_of(operand, state) } else { state };
                            // A message that mentions the payload is for people.
                            let part = if is_text { Origin::Own } else { value.origin };
                            next.push((state, origin.max(part)));
                        }
                    }
                    states = join_values(next, |_| {});
                }
                let known = if is_literal(kind) { Known::Something } else { Known::Any };
                let value = |origin| Value { known: known.clone(), origin };
                states.into_iter().map(|(state, origin)| (state, value(origin))).collect()
            }
        }
    }

    fn coalesce(
        &mut self,
        a: ExprId,
        b: ExprId,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let mut all = Vec::new();
        let ty = self.duties.program.type_of(&self.place(), b);
        let is_optional = matches!(ty, Some(Ty::Optional(_)));
        let b_matters = is_optional || self.has_effect(b);
        let kind = &self.duties.program.file(self.function.file).expr(b).kind;
        let is_empty = matches!(kind, ExprKind::Str(text) if text.is_empty());
        for (state, value) in self.eval(a, state, leaves) {
            let is_derived = value.is_derived();
            let may_be_some = value.known != Known::Nil;
            let may_be_nil = matches!(value.known, Known::Nil | Known::Any | Known::Param(_));
            if may_be_nil && (b_matters || !may_be_some) {
                for (state, right) in self.eval(b, state.clone(), leaves) {
                    let origin = value.origin.max(right.origin);
                    all.push((state, Value { known: right.known, origin }));
                }
            }
            if may_be_some {
                let known = match value.known {
                    Known::Any if is_optional => Known::Something,
                    Known::Something if !is_optional => Known::Any,
                    known => known,
                };
                let known = match known {
                    Known::Any if may_be_nil && is_empty && is_derived => Known::MayBeEmpty,
                    known => known,
                };
                all.push((state, Value { known, origin: value.origin }));
            }
        }
        all
    }

    fn attempt(
        &mut self,
        kind: TryKind,
        inner: ExprId,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let mut thrown = Vec::new();
        let mut all = self.eval(inner, state, &mut thrown);
        thrown.extend(self.thrown_outside(inner, all.iter().map(|(state, _)| state)));
        match kind {
            TryKind::Throws => leaves.extend(thrown),
            TryKind::Force => leaves.extend(thrown.into_iter().filter(|leave| leave.how != How::Throw)),
            TryKind::Optional => {
                // What is optional itself stays so: `try?` adds no second layer.
                let ty = self.duties.program.type_of(&self.place(), inner);
                let is_flattened = matches!(ty, Some(Ty::Optional(_)));
                for (_, value) in &mut all {
                    if value.known == Known::Any && !is_flattened {
                        value.known = Known::Something;
                    }
                }
                for leave in thrown {
                    if leave.how == How::Throw {
                        all.push((leave.state, Value::known(Known::Nil)));
                    } else {
                        leaves.push(leave);
                    }
                }
            }
        }
        all
    }

    /// What is declared elsewhere may throw, where an expression calls it.
    pub(super) fn thrown_outside<'s>(
        &mut self,
        expr: ExprId,
        states: impl Iterator<Item = &'s State>,
    ) -> Vec<Leave> {
        if !self.calls_outside(expr) {
            return Vec::new();
        }
        let at = self.at(self.duties.program.file(self.function.file).expr(expr).span);
        // An error that CallKit answers with comes after the report.
        let leave =
            |state: &State| Leave { state: state.clone().step(at, StepKind::Throw), how: How::Throw, at };
        states.map(leave).collect()
    }

    /// Whether evaluating an expression may do anything but yield a value.
    pub(super) fn has_effect(&self, expr: ExprId) -> bool {
        self.any(expr, |kind| match kind {
            ExprKind::Call { .. } | ExprKind::Statement(_) => true,
            ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                !self.duties.reach.getters(name).is_empty()
            }
            ExprKind::Subscript { .. } => !self.duties.reach.subscripts().is_empty(),
            ExprKind::Operator(name, _) => self.duties.reach.is_operator(name),
            _ => false,
        })
    }

    fn is_decidable(&self, expr: ExprId) -> bool {
        self.any(expr, |kind| match kind {
            ExprKind::Member { name, .. } => name == "mustReport" || name == "voIP",
            ExprKind::Name(_) | ExprKind::Nil | ExprKind::Bool(_) => true,
            _ => false,
        })
    }

    /// Whether something in an expression is so; of what is too large to be looked through it may be.
    fn any(&self, expr: ExprId, test: impl Fn(&ExprKind) -> bool) -> bool {
        let file = self.duties.program.file(self.function.file);
        let mut open = vec![expr];
        let mut looked_at = 0;
        while let Some(at) = open.pop() {
            let kind = &file.expr(at).kind;
            looked_at += 1;
            if looked_at > MAX_LOOKED_AT || test(kind) {
                return true;
            }
            kind.each_operand(|operand| open.push(operand));
        }
        false
    }

    /// Whether something declared elsewhere is what a `try` is written for: a function of the project that
    /// throws explains it.
    fn calls_outside(&mut self, expr: ExprId) -> bool {
        let program: &Program = self.duties.program;
        let file = self.function.file;
        let mut open = vec![expr];
        let mut is_outside = false;
        while let Some(at) = open.pop() {
            let kind = &program.file(file).expr(at).kind;
            if let ExprKind::Call { callee, args, .. } = kind {
                match &*self.target(at, *callee, args) {
                    Target::Outside { candidates, .. } if candidates.is_empty() => is_outside = true,
                    Target::Opaque => is_outside = true,
                    Target::Functions(found) if found.iter().any(|at| program.function(*at).is_throwing) => {
                        return false;
                    }
                    _ => {}
                }
            }
            if !matches!(kind, ExprKind::Try(..)) {
                open.extend(kind.operands());
            }
        }
        is_outside
    }
}

fn is_literal(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Str(_)
            | ExprKind::Interpolated(_)
            | ExprKind::Number(_)
            | ExprKind::Array(_)
            | ExprKind::Dictionary(_)
    )
}
