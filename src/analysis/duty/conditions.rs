//! Conditions: which of them can hold on a path, and what a path then knows.

use smol_str::SmolStr;

use super::join::join;
use super::state::{At, Duty, How, Known, Leave, NilHolder, State, Value};
use super::trace::{BranchKind, StepKind};
use super::walk::Walk;
use crate::facts::{Condition, ExprId, ExprKind, Pattern, TryKind, ios_version};
use crate::program::{Target, Ty};
use crate::vocabulary::OutsideCall;

/// Why no report is due where `metadata.mustReport` is false.
const NO_REPORT_DUE: &str = "no report is due";

pub(super) type Sides = (Vec<State>, Vec<State>);

impl Walk<'_> {
    /// All conditions of an `if`, `guard` or `while`: the states where they hold, and those where one fails.
    pub(super) fn conditions(
        &mut self,
        conditions: &[Condition],
        states: Vec<State>,
        leaves: &mut Vec<Leave>,
    ) -> Sides {
        let (mut hold, mut fail) = (states, Vec::new());
        for condition in conditions {
            let mut next = Vec::new();
            match condition {
                Condition::Expr(value) => {
                    for state in hold {
                        let (holds, fails) = self.condition(*value, state, leaves);
                        next.extend(holds);
                        fail.extend(fails);
                    }
                }
                Condition::Bind { pattern, ty, value, span } => {
                    let (holds, fails) =
                        self.binding(pattern, ty.as_ref(), *value, self.at(*span), hold, leaves);
                    next = holds;
                    fail.extend(fails);
                }
                Condition::Available { platforms, is_negated, span } => {
                    let (newer, older) = self.available(platforms, self.at(*span), hold);
                    let (holds, fails) = if *is_negated { (older, newer) } else { (newer, older) };
                    next = holds;
                    fail.extend(fails);
                }
            }
            if let Condition::Expr(asked) | Condition::Bind { value: Some(asked), .. } = condition {
                self.forget_empty(*asked, &mut next);
                self.forget_empty(*asked, &mut fail);
            }
            hold = join(next);
        }
        (hold, join(fail))
    }

    fn available(&self, platforms: &[(SmolStr, SmolStr)], at: At, states: Vec<State>) -> Sides {
        let asked = ios_version(platforms).filter(|_| !self.duties.settings.always_has(platforms));
        let Some(version) = asked else { return (states, Vec::new()) };
        let text = format!("#available {version}");
        let mut sides = (Vec::new(), Vec::new());
        for state in states {
            let known = state.decided(&text);
            for (holds, side) in [(true, &mut sides.0), (false, &mut sides.1)] {
                if known.is_none_or(|known| known == holds) {
                    let mut state = state.clone();
                    state.decide(&text, holds);
                    let kind = if holds { BranchKind::Holds } else { BranchKind::Fails };
                    side.push(state.step(at, StepKind::Branch(kind)));
                }
            }
        }
        sides
    }

    /// `let x = value`, `let x`, `case pattern = value`.
    fn binding(
        &mut self,
        pattern: &Pattern,
        ty: Option<&crate::facts::TypeRef>,
        value: Option<ExprId>,
        at: At,
        states: Vec<State>,
        leaves: &mut Vec<Leave>,
    ) -> Sides {
        let program = self.duties.program;
        let mut sides = (Vec::new(), Vec::new());
        let Some(value) = value else {
            // `if let x`: the name itself.
            let Some(name) = pattern.names().first().map(|name| (*name).clone()) else {
                return (states, Vec::new());
            };
            let known = match self.scope.get(&name) {
                Some(local) => local.ty.clone(),
                None if name == "self" => program.owner(self.function).map(Ty::Project),
                None => program
                    .owner(self.function)
                    .and_then(|owner| program.find_property(owner, &name))
                    .and_then(|property| program.type_of_property(property)),
            };
            let before = self.scope.get(&name).map(|local| local.id);
            let holder = self.is_holder(known.as_ref(), &name);
            for state in states {
                let value = match before {
                    Some(id) => state.local(id),
                    None if name == "self" => self.this(),
                    None => self.property_value(&name, &state),
                };
                let (mut some, nil) = self.optional_sides(&value, Some(&name), before, at, holder, state);
                for state in &mut some {
                    Self::assign_pattern(pattern, &value, state);
                }
                sides.0.extend(some);
                sides.1.extend(nil);
            }
            if name != "self" {
                self.bind(pattern, known);
            }
            return sides;
        };
        let known = ty
            .and_then(|ty| {
                program.type_from_ref(
                    ty,
                    self.function.file,
                    Some(self.function),
                    program.owner(self.function),
                )
            })
            .or_else(|| program.type_of(&self.place(), value));
        let bound = pattern.names().first().map(|name| (*name).clone());
        let holder = match &bound {
            Some(name) => self.is_holder(known.as_ref(), name),
            None => false,
        };
        for state in states {
            for (state, found) in self.eval(value, state, leaves) {
                let (mut some, nil) = match pattern {
                    Pattern::Optional(_) => {
                        let text = program.dotted(self.function.file, value);
                        let local = self.local_named(value);
                        self.optional_sides(&found, text.as_deref(), local, at, holder, state)
                    }
                    other => self.matches(other, value, &found, state),
                };
                for state in &mut some {
                    Self::assign_pattern(pattern, &found, state);
                }
                sides.0.extend(some);
                sides.1.extend(nil);
            }
        }
        self.bind(pattern, known);
        sides
    }

    /// The sides of "is not nil": with `holder`, the other side is one where only the reporter's holder is nil.
    fn optional_sides(
        &self,
        value: &Value,
        text: Option<&str>,
        local: Option<crate::program::LocalId>,
        at: At,
        holder: bool,
        state: State,
    ) -> Sides {
        let mut sides = (Vec::new(), Vec::new());
        let key = text.filter(|_| local.is_none()).map(|text| format!("{text}==nil"));
        let decided = key.as_ref().and_then(|key| state.decided(key));
        let (can_be_some, can_be_nil) = match (&value.known, decided) {
            (Known::Nil, _) | (_, Some(true)) => (false, true),
            (
                Known::Something | Known::UuidText | Known::Function(_) | Known::Bool(_) | Known::Case(_),
                _,
            )
            | (_, Some(false)) => (true, false),
            (Known::Metadata | Known::PushPayload | Known::PushType | Known::MustReport, _) => (true, false),
            // Whoever called this has given one.
            (Known::Param(position), _)
                if self
                    .context
                    .args
                    .get(usize::from(*position))
                    .is_some_and(|arg| arg.known == Known::Something) =>
            {
                (true, false)
            }
            (Known::Any | Known::MayBeEmpty | Known::Param(_) | Known::Unevaluated(_), None) => (true, true),
        };
        let remember = |state: &mut State, is_nil: bool| {
            if let Some(id) = local {
                let known = if is_nil { Known::Nil } else { Known::Something };
                if matches!(value.known, Known::Any) {
                    state.set_local(id, Value { known, origin: value.origin });
                }
            } else if let Some(key) = key.as_ref().filter(|key| self.is_repeated(key)) {
                state.decide(key, is_nil);
            }
        };
        if can_be_some {
            let mut some = state.clone();
            remember(&mut some, false);
            sides.0.push(some.step(at, StepKind::Branch(BranchKind::NotNil)));
        }
        if can_be_nil {
            let mut nil = state;
            remember(&mut nil, true);
            if holder && !value.is_derived() && nil.key.duty < Duty::Reported {
                nil.key.nil_holder.get_or_insert(NilHolder { at, is_written_out: true });
            }
            let kind = match (local, text) {
                _ if value.is_derived() => BranchKind::Lacking,
                (None, Some(_)) => BranchKind::Unset,
                _ => BranchKind::Nil,
            };
            sides.1.push(nil.step(at, StepKind::Branch(kind)));
        }
        sides
    }

    /// A Boolean expression: the states where it holds, and those where it does not.
    pub(super) fn condition(&mut self, expr: ExprId, state: State, leaves: &mut Vec<Leave>) -> Sides {
        let program = self.duties.program;
        let facts = program.file(self.function.file);
        match &facts.expr(expr).kind {
            _ if self.operator_of(expr).is_some() => self.condition_of_value(expr, state, leaves),
            ExprKind::Not(inner) => {
                let (holds, fails) = self.condition(*inner, state, leaves);
                (fails, holds)
            }
            ExprKind::And(a, b) => {
                let (holds, mut fails) = self.condition(*a, state, leaves);
                let mut both = Vec::new();
                for state in join(holds) {
                    let (holds, not) = self.condition(*b, state, leaves);
                    both.extend(holds);
                    fails.extend(not);
                }
                (both, fails)
            }
            ExprKind::Or(a, b) => {
                let (mut holds, fails) = self.condition(*a, state, leaves);
                let mut neither = Vec::new();
                for state in join(fails) {
                    let (yes, no) = self.condition(*b, state, leaves);
                    holds.extend(yes);
                    neither.extend(no);
                }
                (holds, neither)
            }
            ExprKind::Ternary(which, a, b) => {
                let (first, second) = self.condition(*which, state, leaves);
                let (mut holds, mut fails) = (Vec::new(), Vec::new());
                for (side, value) in [(first, *a), (second, *b)] {
                    for state in join(side) {
                        let (yes, no) = self.condition(value, state, leaves);
                        holds.extend(yes);
                        fails.extend(no);
                    }
                }
                (holds, fails)
            }
            // The `try` is in front of all of it: `try a() ? b : c`
            ExprKind::Try(kind @ (TryKind::Throws | TryKind::Force), inner)
                if matches!(facts.expr(*inner).kind, ExprKind::Ternary(..)) =>
            {
                let mut thrown = Vec::new();
                let sides = self.condition(*inner, state, &mut thrown);
                thrown.extend(self.thrown_outside(*inner, sides.0.iter().chain(&sides.1)));
                leaves.extend(
                    thrown.into_iter().filter(|leave| *kind == TryKind::Throws || leave.how != How::Throw),
                );
                sides
            }
            ExprKind::Equal(a, b, is_equal) => {
                let (a, b, is_equal) = (*a, *b, *is_equal);
                let (a, b) = if is_constant(&facts.expr(a).kind) { (b, a) } else { (a, b) };
                let (holds, fails) = self.equal(a, b, expr, is_equal, state, leaves);
                if is_equal { (holds, fails) } else { (fails, holds) }
            }
            _ => match self.getter_condition(expr, &state, leaves) {
                Some(sides) => sides,
                None => self.condition_of_value(expr, state, leaves),
            },
        }
    }

    /// An expression of which nothing more is known than its value.
    fn condition_of_value(&mut self, expr: ExprId, state: State, leaves: &mut Vec<Leave>) -> Sides {
        let program = self.duties.program;
        let facts = program.file(self.function.file);
        let mut sides = (Vec::new(), Vec::new());
        let at = self.at(facts.expr(expr).span);
        let text = program.dotted(self.function.file, expr);
        let local = self.local_named(expr);
        for (state, value) in self.eval(expr, state, leaves) {
            let (holds, fails) = match value.known {
                Known::MustReport => {
                    self.excuse(&state, at, NO_REPORT_DUE);
                    (vec![state], Vec::new())
                }
                Known::Bool(true) => (vec![state], Vec::new()),
                Known::Bool(false) => (Vec::new(), vec![state]),
                _ => match local {
                    Some(id) => {
                        let side = |known| {
                            let mut state = state.clone();
                            state.set_local(id, Value { known: Known::Bool(known), ..value.clone() });
                            vec![state]
                        };
                        (side(true), side(false))
                    }
                    None => self.decide(text.clone(), state),
                },
            };
            sides
                .0
                .extend(holds.into_iter().map(|state| state.step(at, StepKind::Branch(BranchKind::Holds))));
            sides
                .1
                .extend(fails.into_iter().map(|state| state.step(at, StepKind::Branch(BranchKind::Fails))));
        }
        sides
    }

    /// The states where two values are equal, and those where they are not. The steps tell whether the expression
    /// holds as it is written, with `==` or `!=`.
    fn equal(
        &mut self,
        a: ExprId,
        b: ExprId,
        whole: ExprId,
        is_equal: bool,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Sides {
        let program = self.duties.program;
        let facts = program.file(self.function.file);
        let at = self.at(facts.expr(whole).span);
        let right = facts.expr(b).kind.clone();
        let text = program.dotted(self.function.file, a);
        let local = self.local_named(a);
        let mut sides = (Vec::new(), Vec::new());
        for (state, value) in self.eval(a, state, leaves) {
            let (holds, fails) = match (&value.known, &right) {
                (_, ExprKind::Nil) => {
                    let known = program.type_of(&self.place(), a);
                    let holder = match &text {
                        Some(name) => self.is_holder(known.as_ref(), name),
                        None => false,
                    };
                    let (some, nil) = self.optional_sides(&value, text.as_deref(), local, at, holder, state);
                    sides.0.extend(nil);
                    sides.1.extend(some);
                    continue;
                }
                // `(try? f()) == true`
                (Known::Nil, right) if is_constant(right) => (Vec::new(), vec![state]),
                (Known::PushType, ExprKind::Member { name, .. }) => self.is_voip(name, whole, state),
                (Known::MustReport, ExprKind::Bool(wanted)) => {
                    self.excuse(&state, at, NO_REPORT_DUE);
                    if *wanted { (vec![state], Vec::new()) } else { (Vec::new(), vec![state]) }
                }
                (Known::Bool(known), ExprKind::Bool(wanted)) => {
                    if known == wanted {
                        (vec![state], Vec::new())
                    } else {
                        (Vec::new(), vec![state])
                    }
                }
                (Known::Case(known), ExprKind::Member { base: None, name, .. }) => {
                    if known == name {
                        (vec![state], Vec::new())
                    } else {
                        (Vec::new(), vec![state])
                    }
                }
                (_, ExprKind::Bool(wanted)) => match local {
                    Some(id) => {
                        let side = |known| {
                            let mut state = state.clone();
                            state.set_local(id, Value { known: Known::Bool(known), ..value.clone() });
                            vec![state]
                        };
                        (side(*wanted), side(!*wanted))
                    }
                    None => self.decide_bool(a, *wanted, state),
                },
                (_, right) => {
                    let key = match (&text, constant_text(right)) {
                        (Some(text), Some(right)) => Some(format!("{text}=={right}")),
                        _ => None,
                    };
                    let mut sides = (Vec::new(), Vec::new());
                    for (state, _) in self.eval(b, state, leaves) {
                        let (holds, fails) = self.decide(key.clone(), state);
                        sides.0.extend(holds);
                        sides.1.extend(fails);
                    }
                    sides
                }
            };
            let told = |is_as_written: bool| {
                let kind = if is_as_written { BranchKind::Holds } else { BranchKind::Fails };
                move |state: State| state.step(at, StepKind::Branch(kind))
            };
            sides.0.extend(holds.into_iter().map(told(is_equal)));
            sides.1.extend(fails.into_iter().map(told(!is_equal)));
        }
        sides
    }

    /// The local variable that an expression names.
    pub(super) fn local_named(&self, expr: ExprId) -> Option<crate::program::LocalId> {
        match &self.duties.program.file(self.function.file).expr(expr).kind {
            ExprKind::Name(name) => self.scope.get(name).map(|local| local.id),
            _ => None,
        }
    }

    /// Whether a value that is bound to (or called) `name` holds the reporter: in this function something is
    /// called on it that reports.
    fn is_holder(&mut self, ty: Option<&Ty>, name: &str) -> bool {
        let program = self.duties.program;
        let Some(ty) = ty.map(Ty::unwrapped) else { return false };
        let name = name.rsplit('.').next().unwrap_or(name);
        if name == "self" {
            return self.duties.reach.holds_reporter(program, ty);
        }
        let file = self.context.function.file;
        let facts = program.file(file);
        let calls = self.duties.calls_on(self.context.function, name);
        calls.iter().any(|(call, is_direct)| {
            let expr = facts.expr(*call);
            if !is_direct {
                // `holder.inner.report()`: by its type.
                return self.duties.reach.holds_reporter(program, ty);
            }
            let ExprKind::Call { callee, args, .. } = &expr.kind else { return false };
            let ExprKind::Member { name: method, .. } = &facts.expr(*callee).kind else { return false };
            let target = match ty {
                Ty::Project(index) => Target::Functions(program.dispatch(*index, method, |_| true)),
                other => Target::Outside {
                    call: OutsideCall {
                        receiver: other.outside_name().map(SmolStr::new),
                        chain: Vec::new(),
                        name: method.clone(),
                        labels: args.iter().map(|arg| arg.label.clone()).collect(),
                    },
                    candidates: Vec::new(),
                    is_known_outside: true,
                },
            };
            self.target_reports(&target)
        })
    }
}

fn is_constant(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Nil | ExprKind::Bool(_) | ExprKind::Str(_) | ExprKind::Number(_))
        || matches!(kind, ExprKind::Member { base: None, .. })
}

pub(super) fn constant_text(kind: &ExprKind) -> Option<SmolStr> {
    match kind {
        ExprKind::Nil => Some("nil".into()),
        ExprKind::Bool(value) => Some(SmolStr::new(value.to_string())),
        ExprKind::Str(text) | ExprKind::Number(text) => Some(text.clone()),
        ExprKind::Member { base: None, name, .. } => Some(name.clone()),
        _ => None,
    }
}
