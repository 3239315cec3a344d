//! A call: its receiver and its arguments, and what of the project it runs.

use std::rc::Rc;

use smol_str::SmolStr;

use super::chain::{Link, Skipped};
use super::join::join;
use super::state::{At, Duty, Known, Leave, Origin, State, Value, When};
use super::trace::{Calls, StepKind};
use super::walk::Walk;
use crate::analysis::calls::Body;
use crate::facts::{Arg, ExprId, ExprKind, FunctionKind, TypeDeclKind};
use crate::finding::Confidence;
use crate::program::{FunctionRef, PropertyRef, Target, Ty, TypeIndex};
use crate::vocabulary::OutsideCall;

/// A call that is being evaluated.
pub(super) struct Call<'c> {
    pub(super) at: At,
    pub(super) name: SmolStr,
    /// What a method is called on, where that is written.
    pub(super) on: Option<ExprId>,
    pub(super) args: &'c [Arg],
    pub(super) values: Vec<Value>,
    pub(super) receiver: Origin,
    /// What is known of the receiver: an enum case.
    pub(super) this: Known,
    /// Nobody takes the result: a statement of its own.
    pub(super) is_statement: bool,
    /// How often what is called runs its closures at least, where it does so for each element.
    pub(super) rounds: u32,
}

impl Call<'_> {
    /// A call that stands nowhere as one, of which nobody takes the result: an accessor, an observer, a callback.
    pub(super) fn implied(at: At, name: SmolStr) -> Call<'static> {
        Call {
            at,
            name,
            on: None,
            args: &[],
            values: Vec::new(),
            receiver: Origin::Own,
            this: Known::Any,
            is_statement: true,
            rounds: 0,
        }
    }

    /// The same where the result is taken: a getter.
    pub(super) fn implied_value(at: At, name: SmolStr) -> Call<'static> {
        Call { is_statement: false, ..Call::implied(at, name) }
    }

    /// The call that answers it, of which nothing is known.
    pub(super) fn back(&self) -> Call<'static> {
        Call::implied(self.at, self.name.clone())
    }

    /// The result has to do with the payload what the arguments and the receiver have.
    pub(super) fn origin(&self) -> Origin {
        self.values.iter().map(|value| value.origin).max().unwrap_or_default().max(self.receiver)
    }

    /// Code that cannot be seen gets the payload. A field of it given to a call whose result is taken is a
    /// question ("which account is this?"), not a hand-over.
    pub(super) fn hands_payload(&self) -> bool {
        self.hands_whole()
            || self.is_statement && self.values.iter().any(|value| value.origin == Origin::Part)
    }

    /// What is called gets the payload as a whole.
    pub(super) fn hands_whole(&self) -> bool {
        self.values.iter().any(|value| value.origin == Origin::Payload)
    }
}

/// The enum case that a value is known to be.
pub(super) fn case_of(value: &Value) -> Known {
    if matches!(value.known, Known::Case(_)) { value.known.clone() } else { Known::Any }
}

/// A value in an optional.
pub(super) fn wrapped(value: &Value) -> Value {
    let known = if value.known == Known::Any { Known::Something } else { value.known.clone() };
    Value { known, origin: value.origin }
}

impl Walk<'_> {
    /// What a call may run; resolved once per call.
    pub(super) fn target(&mut self, expr: ExprId, callee: ExprId, args: &[Arg]) -> Rc<Target> {
        if let Some(known) = self.targets.get(&expr) {
            return Rc::clone(known);
        }
        let program = self.duties.program;
        let implicit = match &program.file(self.function.file).expr(callee).kind {
            ExprKind::Member { base: None, name, .. } => {
                self.implicit(callee).map(|ty| program.resolve_implicit(ty, name, args))
            }
            _ => None,
        };
        let found = Rc::new(implicit.unwrap_or_else(|| program.resolve(&self.place(), callee, args)));
        self.targets.insert(expr, Rc::clone(&found));
        found
    }

    /// The type of the project that an implicit member is a member of.
    fn implicit(&self, expr: ExprId) -> Option<TypeIndex> {
        self.duties.graph.implicit(Body::Function(self.function), expr)?.project()
    }

    /// The property that an expression reads or writes, an implicit member among them.
    pub(super) fn property_at(&self, expr: ExprId) -> Option<PropertyRef> {
        let program = self.duties.program;
        match &program.file(self.function.file).expr(expr).kind {
            ExprKind::Member { base: None, name, .. } => program.find_property(self.implicit(expr)?, name),
            _ => program.property_at(&self.place(), expr),
        }
    }

    /// Evaluates a call: receiver, arguments, then what it does.
    pub(super) fn call(
        &mut self,
        expr: ExprId,
        callee: ExprId,
        args: &[Arg],
        is_optional: bool,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<Link> {
        let program = self.duties.program;
        let facts = program.file(self.function.file);
        let target = self.target(expr, callee, args);
        let kind = &facts.expr(callee).kind;
        let (name, span) = match kind {
            ExprKind::Member { name, name_span, .. } => (name.clone(), *name_span),
            ExprKind::Name(name) => (name.clone(), facts.expr(callee).span),
            _ => (SmolStr::default(), facts.expr(callee).span),
        };
        let receivers = match kind {
            // A part of a tuple is a value.
            ExprKind::Member { base: Some(_), .. } if matches!(*target, Target::Opaque) => {
                self.base(callee, is_optional, state, leaves)
            }
            ExprKind::Member { base: Some(base), is_optional: is_chained, .. } => {
                self.base(*base, *is_chained, state, leaves)
            }
            ExprKind::Name(_) | ExprKind::Closure(_) | ExprKind::Member { .. } | ExprKind::Type(_) => {
                vec![(state, Ok(Value::default()))]
            }
            _ => self.base(callee, is_optional, state, leaves),
        };
        let is_opaque = matches!(*target, Target::Opaque);
        let is_name = matches!(kind, ExprKind::Name(_) | ExprKind::Member { .. }) && !is_opaque;
        let rounds = self.rounds_of(callee, args);
        let waiting = self.unevaluated(&target, args);
        // An optional requirement that is implemented: `delegate.didStart?()`.
        let is_there = matches!(&*target, Target::Functions(found) if found.iter().all(|at| program.body(*at).is_some()));
        let mut all = Vec::new();
        for (state, receiver) in receivers {
            // `handler?(…)`: there may be none. What a closure parameter is, its caller knows.
            if is_optional && is_name && !is_there && !self.is_param(callee, &state) && receiver.is_ok() {
                all.push((state.clone(), Err(Skipped { at: self.at(span), is_derived: false })));
            }
            let receiver = match receiver {
                Ok(receiver) => receiver,
                Err(skipped) => {
                    all.push((state, Err(skipped)));
                    continue;
                }
            };
            if receiver.known == Known::Metadata && self.asks_must_report(&name, args) {
                all.push((state, Ok(Value::known(Known::MustReport))));
                continue;
            }
            for (state, values) in self.arguments(args, &waiting, state, leaves) {
                let call = Call {
                    at: self.at(span),
                    name: name.clone(),
                    on: match kind {
                        ExprKind::Member { base, .. } => *base,
                        _ => None,
                    },
                    args,
                    values,
                    receiver: receiver.origin,
                    this: case_of(&receiver),
                    is_statement: self.discarded == Some(expr),
                    rounds,
                };
                let is_known = matches!(receiver.known, Known::Function(_) | Known::Param(_) | Known::Nil);
                let done = if let Some(method) = self.unapplied(callee, args) {
                    vec![(state, Value::known(Known::Function(method)))]
                } else if is_opaque && is_known {
                    self.run_value(&receiver.known, &call, state, leaves)
                } else {
                    self.run_target(&target, callee, &call, state, leaves)
                };
                let done = self.run_unnamed(&target, callee, &call, done, leaves);
                let made = self.made_of_uuid_text(&target, callee, &receiver, &call);
                for (mut state, mut value) in done {
                    if let Some(known) = &made {
                        value.known = known.clone();
                    }
                    self.forget_changed(&target, callee, args, &mut state);
                    let states = self.write_changed(&target, callee, args, state, leaves);
                    all.extend(states.into_iter().map(|state| (state, Ok(value.clone()))));
                }
            }
        }
        all
    }

    /// `value(forKey: "mustReport")`, as code asks that older SDKs have to compile.
    fn asks_must_report(&self, name: &str, args: &[Arg]) -> bool {
        let facts = self.duties.program.file(self.function.file);
        let is_key =
            |arg: &Arg| matches!(&facts.expr(arg.value).kind, ExprKind::Str(key) if key == "mustReport");
        name == "value" && matches!(args, [arg] if arg.label.as_deref() == Some("forKey") && is_key(arg))
    }

    /// `Manager.report(manager)`: the method of the object, which is not called yet.
    fn unapplied(&self, callee: ExprId, args: &[Arg]) -> Option<FunctionRef> {
        let program = self.duties.program;
        let ExprKind::Member { base: Some(base), name, .. } =
            &program.file(self.function.file).expr(callee).kind
        else {
            return None;
        };
        let [Arg { label: None, is_trailing: false, .. }] = args else { return None };
        let Some(Ty::Meta(ty)) = program.type_of(&self.place(), *base) else { return None };
        let found = program.find_methods(ty.project()?, name);
        let [only] = found.as_slice() else { return None };
        let function = program.function(*only);
        let is_method = function.kind == FunctionKind::Function && !function.modifiers.is_static;
        is_method.then_some(*only)
    }

    /// What runs with a call, and is named nowhere in it.
    fn run_unnamed(
        &mut self,
        target: &Target,
        callee: ExprId,
        call: &Call<'_>,
        done: Vec<(State, Value)>,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let mut all = Vec::new();
        for (state, value) in done {
            if state.key.duty != Duty::None {
                all.push((state, value));
                continue;
            }
            let state = self.run_witnesses(callee, call.args, target, call, state);
            let state = self.run_builders(call, state);
            let state = self.run_operator_values(call, state);
            let state = self.perform(call.args, call, state);
            let state = self.call_dynamic_member(callee, target, call, state);
            let states = self.run_initial_values(target, call, state, leaves);
            all.extend(states.into_iter().map(|state| (state, value.clone())));
        }
        all
    }

    /// What is given with `&`, and what a changing method is called on, is written.
    fn write_changed(
        &mut self,
        target: &Target,
        callee: ExprId,
        args: &[Arg],
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        if !self.duties.reach.has_setters() && !self.duties.reach.hidden().has_observed() {
            return vec![state];
        }
        let mut states = vec![state];
        for arg in args.iter().filter(|arg| arg.is_inout) {
            let mut next = Vec::new();
            for state in states {
                next.extend(self.written(arg.value, &Value::default(), state, leaves));
            }
            states = join(next);
        }
        let kind = &self.duties.program.file(self.function.file).expr(callee).kind;
        let ExprKind::Member { base: Some(base), name, .. } = kind else { return states };
        let called: &[FunctionRef] = match target {
            Target::Functions(found) => found,
            _ => &[],
        };
        let mut next = Vec::new();
        for state in states {
            next.extend(self.changed(*base, name, called, state, leaves));
        }
        next
    }

    /// A call changes what it is given with `&`, and may change the variable that it is made on: `isNew.toggle()`.
    fn forget_changed(&self, target: &Target, callee: ExprId, args: &[Arg], state: &mut State) {
        let facts = self.duties.program.file(self.function.file);
        for arg in args.iter().filter(|arg| arg.is_inout) {
            if let ExprKind::Name(name) | ExprKind::Member { name, .. } = &facts.expr(arg.value).kind {
                state.forget_name(name);
            }
            // What a function of the project does with it is known.
            if !matches!(target, Target::Functions(_)) {
                self.local_named(arg.value).into_iter().for_each(|id| state.set_local(id, Value::default()));
            }
        }
        let ExprKind::Member { base: Some(base), name, is_optional: false, .. } = &facts.expr(callee).kind
        else {
            return;
        };
        let Some(id) = self.local_named(*base) else { return };
        let mut value = state.local(id);
        match value.known {
            Known::Bool(known) if name == "toggle" => value.known = Known::Bool(!known),
            Known::Bool(_) | Known::Nil | Known::Case(_) => value.known = Known::Any,
            _ => return,
        }
        state.set_local(id, value);
    }

    pub(super) fn is_param(&self, callee: ExprId, state: &State) -> bool {
        self.local_named(callee).is_some_and(|id| !matches!(state.local(id).known, Known::Any))
    }

    pub(super) fn run_target(
        &mut self,
        target: &Target,
        callee: ExprId,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        match target {
            // `3.times { … }`: how often the extension calls its closure depends on the value.
            Target::Functions(found) | Target::Outside { candidates: found, .. }
                if call.rounds > 0 && self.is_extension(found) && self.hands_report(call, &state) =>
            {
                vec![Self::unseen(state, call, "how often it calls its closure depends on the value")]
            }
            Target::Functions(found) => {
                let outside = self.duties.program.outside_witness(&self.place(), callee, call.args, found);
                let mut done = match outside {
                    Some(outside) => self.run_either(found, &outside, call, state, leaves),
                    None => self.run_functions(found, call, Confidence::High, state, leaves),
                };
                if call.receiver == Origin::Payload && self.extends_payload(callee) {
                    done.iter_mut().for_each(|(_, value)| value.origin = Origin::Payload);
                }
                done
            }
            // `.some(value)`
            Target::Nothing if call.name == "some" && call.values.len() == 1 => {
                vec![(state, wrapped(&call.values[0]))]
            }
            Target::Construct(_) | Target::Nothing => {
                let is_case = matches!(target, Target::Nothing) && self.duties.is_case(&call.name);
                if is_case && self.hands_report(call, &state) {
                    // Whoever matches the case may call it, and that is not followed.
                    return vec![Self::unseen(
                        state,
                        call,
                        "who takes the closure out of the enum is not known",
                    )];
                }
                // A closure among the parts of a value is kept in it.
                let keep = |state, value| self.keep(value, call.at, &call.name, state);
                let state = call.values.iter().fold(state, keep);
                let known = if is_case { Known::Case(call.name.clone()) } else { Known::Any };
                vec![(state, Value { known, origin: call.origin() })]
            }
            Target::Closure(at) => {
                if let Some(closure) = self.file_closure(callee) {
                    self.closures.insert(closure, self.scope.clone());
                }
                self.run_value(&Known::Function(*at), call, state, leaves)
            }
            Target::Local(id) => {
                let known = state.local(*id).known;
                self.run_value(&known, call, state, leaves)
            }
            Target::Property(property) => {
                let stored = self.duties.stored_functions(*property);
                if self.duties.is_declared_property(*property) {
                    return vec![self.report(state, call, "declared by `pushlint:reports`")];
                }
                match stored.as_deref() {
                    // Nobody ever sets it: there is nothing to call.
                    Some([]) => vec![(state, Value::default())],
                    Some(found) => self.run_functions(found, call, Confidence::Medium, state, leaves),
                    None if self.may_be_loose(call)
                        || call.hands_payload()
                        || self.hands_report(call, &state) =>
                    {
                        vec![Self::unseen(state, call, "what this property holds is not known")]
                    }
                    None => vec![(self.pass_on(call, When::Unseen, state), Value::from(call.origin()))],
                }
            }
            Target::Opaque => {
                if self.may_be_loose(call) || call.hands_payload() || self.hands_report(call, &state) {
                    vec![Self::unseen(state, call, "what is called here is not known")]
                } else {
                    vec![(self.pass_on(call, When::Unseen, state), Value::from(call.origin()))]
                }
            }
            Target::Outside { call: outside, candidates, is_known_outside } => {
                self.run_outside(outside, candidates, *is_known_outside, call, state, leaves)
            }
        }
    }

    /// Runs functions of the project, or what a type from elsewhere has in their place.
    fn run_either(
        &mut self,
        found: &[FunctionRef],
        outside: &OutsideCall,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let mut done = self.run_functions(found, call, Confidence::High, state.clone(), leaves);
        let elsewhere = self.run_outside(outside, &[], true, call, state, leaves);
        let least = |done: &[(State, Value)]| done.iter().map(|(state, _)| state.key.duty).min();
        if least(&done) != least(&elsewhere) {
            for (state, _) in &mut done {
                state.doubt(Confidence::Medium);
                state.key.is_disputed = true;
            }
        }
        done.extend(elsewhere);
        done
    }

    /// Whether a method is one that the project adds to a type of the standard library: what it makes of the payload may be
    /// all of it.
    fn extends_payload(&self, callee: ExprId) -> bool {
        let program = self.duties.program;
        let ExprKind::Member { base: Some(base), .. } = program.file(self.function.file).expr(callee).kind
        else {
            return false;
        };
        program.type_of(&self.place(), base).is_some_and(|ty| ty.project().is_none())
    }

    fn is_extension(&self, found: &[FunctionRef]) -> bool {
        let program = self.duties.program;
        let mut owners = found.iter().filter_map(|at| program.owner(*at));
        owners.any(|owner| program.ty(owner).kind == TypeDeclKind::Extension)
    }

    pub(super) fn file_closure(&self, callee: ExprId) -> Option<FunctionRef> {
        match self.duties.program.file(self.function.file).expr(callee).kind {
            ExprKind::Closure(id) => Some(FunctionRef { file: self.function.file, id }),
            _ => None,
        }
    }

    /// Calls a value: a closure, a local function, a closure parameter.
    pub(super) fn run_value(
        &mut self,
        known: &Known,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        match known {
            Known::Function(at) if self.is_inline(*at) => {
                self.run_inline(*at, &call.values, call.at, state, leaves)
            }
            Known::Function(at) => self.run_functions(&[*at], call, Confidence::High, state, leaves),
            Known::Param(position) => {
                // What the closure does that is called with closures is known to those who give it.
                let may_report = self.hands_report(call, &state);
                let mut state = self.pass_on(call, When::Unseen, state);
                state.key.params.insert((*position, When::Now));
                if may_report {
                    return vec![Self::unseen(
                        state,
                        call,
                        "what the closure does that is called here is not known",
                    )];
                }
                vec![(state, Value::default())]
            }
            Known::Nil => vec![(state, Value::known(Known::Nil))],
            _ if self.may_be_loose(call) || call.hands_payload() || self.hands_report(call, &state) => {
                vec![Self::unseen(state, call, "what this variable holds is not known")]
            }
            _ => vec![(self.pass_on(call, When::Unseen, state), Value::from(call.origin()))],
        }
    }

    /// Whether the unknown function that is called may be one that reports: such a one sits in an array, a table, a tuple, or
    /// is returned by something.
    fn may_be_loose(&self, call: &Call<'_>) -> bool {
        let program = self.duties.program;
        self.duties.reach.loose().iter().any(|at| {
            let function = program.function(*at);
            let count = function.params.len();
            count == call.args.len() || count == 0 && function.kind == FunctionKind::Closure
        })
    }

    pub(super) fn report(&self, state: State, call: &Call<'_>, by: &str) -> (State, Value) {
        let mut state = state;
        if let Some(at) = state.key.suspended {
            // Whoever called this has gone on at the first suspension.
            if state.key.duty < Duty::Deferred {
                state.key.turn = Some(at);
            }
            state.raise(Duty::Deferred);
            state = state.step(at, StepKind::Defer("await".into()));
        } else {
            if self.duties.is_detailed && state.key.duty < Duty::Reported {
                state.key.reported = Calls::of(call.at);
            }
            state.raise(Duty::Reported);
        }
        (state.step(call.at, StepKind::Report(by.into())), Value::known(Known::Something))
    }

    pub(super) fn unseen(state: State, call: &Call<'_>, why: &str) -> (State, Value) {
        let mut state = state;
        if state.key.duty < Duty::HandedOut {
            state.key.turn = Some(call.at);
        }
        state.raise(Duty::HandedOut);
        for value in &call.values {
            if let Known::Param(position) = value.known {
                state.key.params.insert((position, When::Unseen));
            }
        }
        (state.step(call.at, StepKind::HandOut(why.into())), Value::from(call.origin()))
    }
}
