//! The walk where the language or the system runs code that nothing names: what it runs is [`Hidden`].

use smol_str::SmolStr;

use super::call::Call;
use super::hidden::{DYNAMIC, Hidden, is_marked};
use super::join::join;
use super::reach::is_perform;
use super::state::{Duty, Known, Leave, State};
use super::walk::Walk;
use crate::facts::{Arg, ExprId, ExprKind, FunctionKind, Node};
use crate::finding::Confidence;
use crate::program::{FunctionRef, Target, Ty};

impl Walk<'_> {
    fn hidden(&self) -> &Hidden {
        self.duties.reach.hidden()
    }

    // --- Initial values and deinit -----------------------------------------------------------------------------

    /// The first use of a `lazy`, `static` or global property runs its initial value; which use is the first nobody knows.
    pub(super) fn first_use(&mut self, expr: ExprId, state: State) -> State {
        if self.hidden().initials.is_empty()
            || state.key.duty != Duty::None
            || self.local_named(expr).is_some()
        {
            return state;
        }
        let program = self.duties.program;
        let Some(at) = self.property_at(expr) else { return state };
        let property = program.property(at);
        let is_made_at_use =
            property.modifiers.is_lazy || property.modifiers.is_static || property.owner.is_none();
        let run: Vec<FunctionRef> = match self.hidden().initials.get(&at) {
            Some(run) if is_made_at_use => run.iter().copied().collect(),
            _ => return state,
        };
        if run.into_iter().all(|at| self.effect_of(at, &state).duty != Duty::Reported) {
            return state;
        }
        let at = self.at(program.file(self.function.file).expr(expr).span);
        let call = Call::implied(at, property.name.clone());
        Self::unseen(state, &call, "its initial value reports, at the first use only").0
    }

    /// Constructing a type evaluates the initial values of its properties.
    pub(super) fn run_initial_values(
        &mut self,
        target: &Target,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let program = self.duties.program;
        if self.hidden().built.is_empty() && self.hidden().deinits.is_empty() {
            return vec![state];
        }
        let built = match target {
            Target::Construct(ty) => Some(*ty),
            Target::Functions(found) => match found.as_slice() {
                [only] if program.function(*only).kind == FunctionKind::Initializer => program.owner(*only),
                _ => None,
            },
            _ => None,
        };
        let Some(built) = built else { return vec![state] };
        let around = program.ancestry(built);
        let run: Vec<FunctionRef> =
            around.iter().flat_map(|ty| self.hidden().built.get(ty).into_iter().flatten()).copied().collect();
        let ends: Vec<FunctionRef> =
            around.iter().filter_map(|ty| self.hidden().deinits.get(ty)).copied().collect();
        let mut states = vec![state];
        let back = call.back();
        for at in run {
            let mut next = Vec::new();
            for state in states {
                let done = self.run_functions(&[at], &back, Confidence::High, state, leaves);
                next.extend(done.into_iter().map(|(state, _)| state));
            }
            states = join(next);
        }
        let when_gone = |walk: &mut Self, state| {
            walk.run_perhaps(&ends, &back, state).into_iter().map(|(state, _)| state)
        };
        states.into_iter().flat_map(|state| when_gone(self, state).collect::<Vec<_>>()).collect()
    }

    /// What was in a variable may be gone when something else is assigned.
    pub(super) fn let_go(&mut self, target: ExprId, state: State) -> State {
        if self.hidden().deinits.is_empty() {
            return state;
        }
        let program = self.duties.program;
        let Some(ty) = program.type_of(&self.place(), target).and_then(|ty| ty.project()) else {
            return state;
        };
        let Some(at) = self.hidden().deinits.get(&ty).copied() else { return state };
        let call =
            Call::implied(self.at(program.file(self.function.file).expr(target).span), "deinit".into());
        self.run_perhaps(&[at], &call, state).remove(0).0
    }

    // --- Observers ---------------------------------------------------------------------------------------------

    /// Closures that observe a property run when it is written, at once or later.
    pub(super) fn observe(&self, target: ExprId, name: &SmolStr, state: State) -> State {
        if state.key.duty != Duty::None
            || !self.hidden().is_observed(name)
            || self.local_named(target).is_some()
        {
            return state;
        }
        let at = self.at(self.duties.program.file(self.function.file).expr(target).span);
        Self::unseen(state, &Call::implied(at, name.clone()), "observers of this property may report").0
    }

    // --- Witnesses ---------------------------------------------------------------------------------------------

    /// What code outside the project may call on values of a type.
    fn witnesses_of(&self, ty: Option<&Ty>) -> Vec<FunctionRef> {
        let Some(ty) = ty else { return Vec::new() };
        let index = match ty.unwrapped() {
            Ty::Array(Some(element)) | Ty::Dictionary(Some(element)) => element.project(),
            other => other.project(),
        };
        let program = self.duties.program;
        let around = index.map(|index| program.ancestry(index)).unwrap_or_default();
        around.iter().flat_map(|ty| self.hidden().witnesses.get(ty).into_iter().flatten()).copied().collect()
    }

    /// Code outside the project is called on, or with, values that it knows how to use.
    pub(super) fn run_witnesses(
        &mut self,
        callee: ExprId,
        args: &[Arg],
        target: &Target,
        call: &Call<'_>,
        state: State,
    ) -> State {
        let is_outside = matches!(target, Target::Outside { .. });
        if self.hidden().witnesses.is_empty() || !is_outside || state.key.duty != Duty::None {
            return state;
        }
        let facts = self.duties.program.file(self.function.file);
        let mut given: Vec<ExprId> = args.iter().map(|arg| arg.value).collect();
        if let ExprKind::Member { base: Some(base), .. } = &facts.expr(callee).kind {
            given.push(*base);
        }
        let mut found = Vec::new();
        for value in given {
            found.extend(self.witnesses_at(value));
        }
        self.run_perhaps(&found, &call.back(), state).remove(0).0
    }

    fn witnesses_at(&self, value: ExprId) -> Vec<FunctionRef> {
        let ty = self.duties.program.type_of(&self.place(), value);
        self.witnesses_of(ty.as_ref())
    }

    /// A value is used in a way that the language has its own calls for: walked over, put into a text.
    pub(super) fn run_witnesses_of(&mut self, value: ExprId, state: State) -> State {
        if self.hidden().witnesses.is_empty() || state.key.duty != Duty::None {
            return state;
        }
        let found = self.witnesses_at(value);
        let at = self.at(self.duties.program.file(self.function.file).expr(value).span);
        self.run_perhaps(&found, &Call::implied(at, SmolStr::default()), state).remove(0).0
    }

    /// A literal becomes a value of a type.
    pub(super) fn make_from_literal(&mut self, ty: Option<&Ty>, value: ExprId, state: State) -> State {
        let is_literal = matches!(
            self.duties.program.file(self.function.file).expr(value).kind,
            ExprKind::Str(_)
                | ExprKind::Interpolated(_)
                | ExprKind::Number(_)
                | ExprKind::Bool(_)
                | ExprKind::Nil
                | ExprKind::Array(_)
                | ExprKind::Dictionary(_)
        );
        if !is_literal || self.hidden().witnesses.is_empty() || state.key.duty != Duty::None {
            return state;
        }
        let found = self.witnesses_of(ty);
        let at = self.at(self.duties.program.file(self.function.file).expr(value).span);
        self.run_perhaps(&found, &Call::implied(at, "init".into()), state).remove(0).0
    }

    // --- Builders, selectors, dynamic members ------------------------------------------------------------------

    /// A closure that is given to a function of the project may be the body of a result builder.
    pub(super) fn run_builders(&mut self, call: &Call<'_>, state: State) -> State {
        let takes_closure = call.values.iter().any(|value| matches!(value.known, Known::Function(_)));
        if !takes_closure || self.hidden().builders.is_empty() {
            return state;
        }
        let builders = self.hidden().builders.clone();
        self.run_perhaps(&builders, &call.back(), state).remove(0).0
    }

    /// `perform(NSSelectorFromString("ring"))`: what a selector names that is made at run time.
    pub(super) fn perform(&mut self, args: &[Arg], call: &Call<'_>, state: State) -> State {
        if !is_perform(&call.name) || self.hidden().exposed.is_empty() {
            return state;
        }
        let program = self.duties.program;
        let facts = program.file(self.function.file);
        let Some(first) = args.first().filter(|arg| !arg.is_trailing) else { return state };
        let (mut names, mut is_known) = (Vec::new(), false);
        facts.each_node_in(first.value, |node| {
            let Node::Expr(id) = node else { return };
            match &facts.expr(id).kind {
                ExprKind::Str(text) => names.push(text.split(':').next().unwrap_or_default().to_owned()),
                ExprKind::Selector(_) | ExprKind::Closure(_) => is_known = true,
                _ => {}
            }
        });
        if is_known {
            return state;
        }
        let is_named = |at: &FunctionRef| {
            let name = &program.function(*at).name;
            names.is_empty()
                || names.iter().any(|text| text == name || text.starts_with(&format!("{name}With")))
        };
        let exposed: Vec<FunctionRef> = self.hidden().exposed.iter().copied().filter(is_named).collect();
        self.run_perhaps(&exposed, &call.back(), state).remove(0).0
    }

    /// What a type with `@dynamicMemberLookup` runs for a member that it does not have.
    pub(super) fn dynamic_member(&self, base: ExprId, name: &str, kind: FunctionKind) -> Vec<FunctionRef> {
        let program = self.duties.program;
        let reach = &self.duties.reach;
        let ty = program.type_of(&self.place(), base).and_then(|ty| ty.project());
        let Some(ty) = ty.filter(|ty| program.find_property(*ty, name).is_none()) else { return Vec::new() };
        let around = program.ancestry(ty);
        if !around.iter().any(|ty| is_marked(program, *ty, DYNAMIC)) {
            return Vec::new();
        }
        let is_own = |at: &&FunctionRef| {
            let function = program.function(**at);
            function.kind == kind
                && function
                    .params
                    .first()
                    .is_some_and(|param| param.label.as_deref() == Some("dynamicMember"))
                && program.owner(**at).is_some_and(|owner| around.contains(&owner))
        };
        reach.subscripts().iter().filter(is_own).copied().collect()
    }

    /// A method is called on a type with `@dynamicMemberLookup` that has none of the name: whoever it passes it on to has it.
    pub(super) fn call_dynamic_member(
        &mut self,
        callee: ExprId,
        target: &Target,
        call: &Call<'_>,
        state: State,
    ) -> State {
        let program = self.duties.program;
        let ExprKind::Member { base: Some(base), name, .. } =
            &program.file(self.function.file).expr(callee).kind
        else {
            return state;
        };
        if !matches!(target, Target::Outside { .. }) || !self.duties.has_dynamic_members {
            return state;
        }
        let ty = program.type_of(&self.place(), *base).and_then(|ty| ty.project());
        if !ty.is_some_and(|ty| program.ancestry(ty).iter().any(|ty| is_marked(program, *ty, DYNAMIC))) {
            return state;
        }
        let mut found: Vec<FunctionRef> = program.functions_named(name).to_vec();
        found.extend(self.dynamic_member(*base, name, FunctionKind::Subscript));
        found.extend(self.duties.reach.loose());
        found.retain(|at| self.duties.reach.may_report(*at));
        self.run_perhaps(&found, &call.back(), state).remove(0).0
    }
}
