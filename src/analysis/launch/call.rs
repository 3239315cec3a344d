//! The walk: who is called, and what is built.

use smol_str::SmolStr;

use super::frame::{Frame, Run};
use super::holders::mentions;
use super::state::{Slot, State, Value};
use super::walk::{MAX_DEPTH, Walk};
use crate::analysis::calls::Body;
use crate::facts::{Arg, ExprId, ExprKind, FunctionKind};
use crate::finding::Step;
use crate::program::{FunctionRef, LocalId, Program, Target, Ty, TypeIndex};
use crate::vocabulary::{OutsideCall, is_registry_type, is_reporter_type};

/// Values by the position of their parameter.
pub(super) type Args = Vec<(usize, Value)>;

impl Walk<'_> {
    pub(super) fn call(
        &mut self,
        callee: ExprId,
        args: &[Arg],
        expected: Option<&Ty>,
        state: &mut State,
    ) -> Value {
        let program = self.unit.program;
        if let ExprKind::Member { base: Some(base), name, .. } = self.kind(callee)
            && name == "init"
            && matches!(self.kind(*base), ExprKind::SelfRef | ExprKind::Super)
        {
            return self.delegated_init(*base, callee, args, state);
        }
        let mut held = Value::default();
        if let ExprKind::Member { base: Some(base), .. } = self.kind(callee) {
            held = self.eval(*base, None, state);
        } else if matches!(self.kind(callee), ExprKind::Call { .. } | ExprKind::Subscript { .. }) {
            self.eval(callee, None, state);
        }
        let target = match (self.kind(callee), expected) {
            (ExprKind::Member { base: None, name, .. }, Some(ty)) => self.implicit(ty, name, args),
            _ => program.resolve(&self.place(), callee, args),
        };
        let params = match &target {
            Target::Functions(found) => found.first().map(|at| &program.function(*at).params),
            _ => None,
        };
        let bound = params.and_then(|params| Program::bind(params, args));
        let mut values = Vec::with_capacity(args.len());
        for (at, arg) in args.iter().enumerate() {
            let ty = params.zip(bound.as_ref()).and_then(|(params, bound)| {
                let function = match &target {
                    Target::Functions(found) => found.first().copied()?,
                    _ => return None,
                };
                let ty = params.get(*bound.get(at)?)?.ty.as_ref()?;
                program.type_from_ref(ty, function.file, Some(function), program.owner(function))
            });
            values.push(self.eval(arg.value, ty.as_ref(), state));
        }
        let span = self.name_span(callee);
        match target {
            Target::Functions(found) => self.functions(&found, args, &values, callee, state),
            Target::Construct(ty) => {
                for (arg, value) in args.iter().zip(&values) {
                    let property = arg.label.as_ref().and_then(|label| program.find_property(ty, label));
                    if let Some(property) = property {
                        let at = self.span(arg.value);
                        self.store(property, value, at, state);
                    }
                }
                let step = self.step(span, format!("`{}` is built here", program.ty(ty).name));
                self.construct(ty, None, Vec::new(), Some(step), state);
                Value::default()
            }
            Target::Closure(at) => {
                let value = self.closure(at, state);
                self.run_closures(&value, &values, None, state)
            }
            Target::Local(local) => {
                let slot = Slot::Local(self.frame().file, local);
                let value = state.values.get(&slot).cloned().unwrap_or_default();
                let step = self.step(span, "the closure is called here".to_owned());
                self.run_closures(&value, &values, Some(&step), state)
            }
            Target::Property(property) => {
                let value = self.read(property, Some(span), state);
                let name = &program.property(property).name;
                let step = self.step(span, format!("`{name}` is called here"));
                self.run_closures(&value, &values, Some(&step), state)
            }
            Target::Outside { call, candidates, .. } => {
                self.outside(&call, &candidates, args, &values, callee, &held, state)
            }
            Target::Nothing | Target::Opaque => Value::default(),
        }
    }

    /// `.init(…)` or `.make(…)` of the type that is wanted.
    fn implicit(&self, ty: &Ty, name: &str, args: &[Arg]) -> Target {
        let program = self.unit.program;
        if let Some(outside) = program.outside_type(ty)
            && name == "init"
        {
            let labels = args.iter().map(|arg| arg.label.clone()).collect();
            let call =
                OutsideCall { receiver: Some(outside.into()), chain: Vec::new(), name: name.into(), labels };
            return Target::Outside { call, candidates: Vec::new(), is_known_outside: true };
        }
        let Some(ty) = ty.project() else { return Target::Nothing };
        program.resolve_implicit(ty, name, args)
    }

    pub(super) fn functions(
        &mut self,
        found: &[FunctionRef],
        args: &[Arg],
        values: &[Value],
        callee: ExprId,
        state: &mut State,
    ) -> Value {
        let program = self.unit.program;
        let is_given_closure = values.iter().any(|value| self.is_relevant_closure(value));
        if let [only] = found
            && let Some(created) = self.created_by_extension(*only, callee, args, state)
        {
            return created;
        }
        let matters = |at: &FunctionRef| {
            let function = program.function(*at);
            let builds = function.kind == FunctionKind::Initializer
                && program.owner(*at).is_some_and(|owner| self.unit.reach.is_built(owner));
            is_given_closure || builds || self.unit.reach.is_relevant(Body::Function(*at))
        };
        let relevant: Vec<FunctionRef> = found.iter().copied().filter(matters).collect();
        if relevant.is_empty() {
            self.escape(values);
            return Value::default();
        }
        let span = self.name_span(callee);
        let before = (relevant.len() < found.len()).then(|| state.clone());
        let start = if relevant.len() > 1 { Some(state.clone()) } else { None };
        let mut result: Option<(State, Value)> = None;
        for at in relevant {
            let function = program.function(at);
            let bound = Program::bind(&function.params, args).unwrap_or_default();
            let given: Args = bound.into_iter().zip(values.iter().cloned()).collect();
            let mut path = start.clone().unwrap_or_else(|| std::mem::take(state));
            let value = if function.kind == FunctionKind::Initializer {
                let Some(owner) = program.owner(at) else { continue };
                let step = self.step(span, format!("`{}` is built here", program.ty(owner).name));
                self.construct(owner, Some(at), given, Some(step), &mut path);
                Value::default()
            } else {
                let step = self.step(span, format!("`{}` is called here", function.name));
                self.enter(at, given, Some(step), &mut path)
            };
            result = Some(match result {
                None => (path, value),
                Some((known, other)) => (known.join(path), other.or(value)),
            });
        }
        let Some((after, value)) = result else { return Value::default() };
        *state = match before {
            Some(before) => after.join(before),
            None => after,
        };
        value
    }

    /// An initialiser that the project adds to `CXProvider` or `PKPushRegistry` makes one.
    fn created_by_extension(
        &mut self,
        init: FunctionRef,
        callee: ExprId,
        args: &[Arg],
        state: &mut State,
    ) -> Option<Value> {
        let program = self.unit.program;
        if program.function(init).kind != FunctionKind::Initializer {
            return None;
        }
        let ty = Ty::Project(program.owner(init)?);
        let name = program.outside_type(&ty)?;
        (is_registry_type(name) || is_reporter_type(name)).then(|| self.created(name, callee, args, state))
    }

    /// `self.init(…)` and `super.init(…)`
    fn delegated_init(&mut self, base: ExprId, callee: ExprId, args: &[Arg], state: &mut State) -> Value {
        let program = self.unit.program;
        let values: Vec<Value> = args.iter().map(|arg| self.eval(arg.value, None, state)).collect();
        let Some(owner) = self.frame().owner else { return Value::default() };
        let is_super = matches!(self.kind(base), ExprKind::Super);
        let target = if is_super { self.superclass(owner) } else { Some(owner) };
        let Some(target) = target.filter(|ty| self.unit.reach.is_built(*ty)) else { return Value::default() };
        let init = program.find_methods(target, "init").into_iter().find(|at| program.fits(*at, args));
        let bound = init.and_then(|at| Program::bind(&program.function(at).params, args)).unwrap_or_default();
        let given = bound.into_iter().zip(values).collect();
        let step = self.step(self.name_span(callee), "the initialiser goes on here".to_owned());
        self.construct(target, init, given, Some(step), state);
        Value::default()
    }

    fn superclass(&self, ty: TypeIndex) -> Option<TypeIndex> {
        let program = self.unit.program;
        let is_class = |at: &TypeIndex| program.ty(*at).kind == crate::facts::TypeDeclKind::Class;
        program.ty(ty).supertypes.iter().filter_map(Ty::project).find(is_class)
    }

    /// Whether there are so many calls inside one another that what is deeper is given up.
    fn is_too_deep(&mut self) -> bool {
        let is_too_deep = self.frames.len() > MAX_DEPTH;
        if is_too_deep {
            self.cut();
        }
        is_too_deep
    }

    /// Builds an object: initial values of its properties in order, then the body of the initialiser.
    pub(super) fn construct(
        &mut self,
        ty: TypeIndex,
        init: Option<FunctionRef>,
        args: Args,
        step: Option<Step>,
        state: &mut State,
    ) {
        let program = self.unit.program;
        if !self.unit.reach.is_built(ty) && !args.iter().any(|(_, value)| self.is_relevant_closure(value)) {
            return;
        }
        if self.is_too_deep() || self.is_being_built(ty) {
            return;
        }
        let turn = self.current_turn();
        self.built.entry(ty).or_insert(turn);
        let body = init.and_then(|at| program.body(at).map(|body| (at, body)));
        let calls_init = |base: fn(&ExprKind) -> bool| {
            body.is_some_and(|(at, body)| {
                let facts = program.file(at.file);
                mentions(facts, body, |kind| match kind {
                    ExprKind::Member { base: Some(on), name, .. } => {
                        name == "init" && base(&facts.expr(*on).kind)
                    }
                    _ => false,
                })
            })
        };
        let is_delegating = calls_init(|kind| matches!(kind, ExprKind::SelfRef));
        let file = program.ty(ty).decls.first().map_or(0, |(file, _)| *file);
        let calls_super = calls_init(|kind| matches!(kind, ExprKind::Super));
        let mut frame = Frame::new(file, None, Some(ty), step);
        frame.builds = Some(ty);
        let is_plain = args.iter().all(|(_, value)| !value.matters());
        let build = |walk: &mut Self, state: &mut State| {
            if !is_delegating {
                for property in walk.unit.reach.initials(ty).to_vec() {
                    walk.initial(property, None, state);
                }
            }
            if let Some((at, _)) = body {
                walk.enter(at, args, None, state);
            }
            if !is_delegating
                && !calls_super
                && let Some(parent) = walk.superclass(ty)
            {
                let init = program.find_methods(parent, "init").into_iter().find(|at| program.fits(*at, &[]));
                walk.construct(parent, init, Vec::new(), None, state);
            }
            Value::default()
        };
        if is_plain {
            self.remembered(Run::Build(ty, init), state, |walk, state| walk.in_frame(frame, state, build));
        } else {
            self.in_frame(frame, state, build);
        }
    }

    fn is_being_built(&self, ty: TypeIndex) -> bool {
        self.frames.iter().filter(|frame| frame.builds == Some(ty)).count() > 1
    }

    /// Whether a value is a closure from which an event can be reached.
    fn is_relevant_closure(&self, value: &Value) -> bool {
        let mut closures = value.closures.iter().filter_map(|number| self.closures.get(*number));
        closures.any(|closure| closure.is_relevant)
    }

    /// Walks the body of a function, if it matters.
    pub(super) fn enter(
        &mut self,
        at: FunctionRef,
        args: Args,
        step: Option<Step>,
        state: &mut State,
    ) -> Value {
        let is_given_closure = args.iter().any(|(_, value)| self.is_relevant_closure(value));
        if !is_given_closure && !self.unit.reach.is_relevant(Body::Function(at)) {
            return Value::default();
        }
        if args.iter().any(|(_, value)| value.matters()) {
            return self.enter_body(at, args, step, None, state);
        }
        self.remembered(Run::Function(at), state, |walk, state| walk.enter_body(at, args, step, None, state))
    }

    /// Walks the body of a function that nothing calls, whether an event can be reached from it or not.
    pub(super) fn enter_uncalled(&mut self, at: FunctionRef, step: Option<Step>, state: &mut State) {
        self.enter_body(at, Vec::new(), step, None, state);
    }

    fn enter_body(
        &mut self,
        at: FunctionRef,
        args: Args,
        step: Option<Step>,
        closure: Option<usize>,
        state: &mut State,
    ) -> Value {
        let program = self.unit.program;
        let Some(body) = program.body(at) else { return Value::default() };
        let closures = args.iter().flat_map(|(_, value)| &value.closures);
        let given: Vec<FunctionRef> = closures
            .filter_map(|number| self.closures.get(*number).map(|closure| closure.function))
            .collect();
        // A function that runs what it is given may be called in what it runs: that is no recursion without end.
        let is_entered = |frame: &Frame| {
            frame.function == Some(at) && given.iter().all(|closure| frame.given.contains(closure))
        };
        if self.frames.iter().any(is_entered) || self.is_too_deep() {
            return Value::default();
        }
        self.visited.insert(Body::Function(at));
        let mut frame = Frame::new(at.file, Some(at), program.owner(at), step);
        frame.given = given;
        frame.runs_relevant = args.iter().any(|(_, value)| self.is_relevant_closure(value));
        if let Some(closure) = closure.and_then(|number| self.closures.get_mut(number)) {
            closure.is_entered = true;
            frame.runs_relevant |= closure.is_relevant;
            frame.scope = closure.scope.clone();
            frame.owner = closure.owner;
        }
        // The locals of a function are one for all of its calls: in one of the calls around, its parameters are as they were.
        let is_recursive = self.frames.iter().any(|frame| frame.function == Some(at));
        let around = if is_recursive { self.bound(at, state) } else { Vec::new() };
        let value = self.in_frame(frame, state, |walk, state| {
            walk.parameters(at, args, state);
            walk.block(body, state)
        });
        for (slot, value) in around {
            state.values.insert(slot, value);
        }
        value
    }

    /// What the parameters of a function are.
    fn bound(&self, at: FunctionRef, state: &State) -> Vec<(Slot, Value)> {
        let slots = self.unit.program.function(at).params.iter().map(|param| {
            let local = LocalId(param.span.start);
            Slot::Local(at.file, local)
        });
        slots.filter_map(|slot| Some((slot, state.values.get(&slot)?.clone()))).collect()
    }

    fn parameters(&mut self, at: FunctionRef, args: Args, state: &mut State) {
        let program = self.unit.program;
        let function = program.function(at);
        let mut element = self.unit.reach.element(at);
        if function.params.is_empty() && element.is_some() {
            let local = LocalId(function.span.start);
            self.frame_mut().scope.push("$0".into(), local, element.take());
        }
        let mut given: Vec<Option<Value>> = vec![None; function.params.len()];
        for (position, value) in args {
            if let Some(slot) = given.get_mut(position) {
                *slot = Some(value);
            } else if function.params.is_empty() && function.kind == FunctionKind::Closure {
                let local = LocalId(function.span.start.saturating_add(position as u32));
                state.set(Slot::Local(at.file, local), value);
                let name: SmolStr = format!("${position}").into();
                if self.frame().scope.get(&name).is_none_or(|known| known.id != local) {
                    self.frame_mut().scope.push(name, local, None);
                }
            }
        }
        for (param, value) in function.params.iter().zip(given) {
            let local = LocalId(param.span.start);
            let ty = param.ty.as_ref().and_then(|ty| self.written_type(ty)).or(element.take());
            let value = match (value, param.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(default, ty.as_ref(), state),
                (None, None) => Value::default(),
            };
            state.set(Slot::Local(at.file, local), value);
            self.frame_mut().scope.push(param.name.clone(), local, ty);
        }
    }

    /// Runs every closure that a value may be.
    pub(super) fn run_closures(
        &mut self,
        value: &Value,
        args: &[Value],
        step: Option<&Step>,
        state: &mut State,
    ) -> Value {
        let mut result = Value::default();
        if value.closures.is_empty() {
            return result;
        }
        let start = state.clone();
        for (position, number) in value.closures.iter().enumerate() {
            let given: Args = args.iter().cloned().enumerate().collect();
            if position == 0 {
                result = self.run_closure(*number, given, step.cloned(), state);
            } else {
                let mut path = start.clone();
                result = result.or(self.run_closure(*number, given, step.cloned(), &mut path));
                state.absorb(path);
            }
        }
        result
    }

    pub(super) fn run_closure(
        &mut self,
        number: usize,
        args: Args,
        step: Option<Step>,
        state: &mut State,
    ) -> Value {
        let Some(closure) = self.closures.get(number) else { return Value::default() };
        let at = closure.function;
        if !closure.is_relevant && args.iter().all(|(_, value)| !value.matters()) {
            return Value::default();
        }
        self.enter_body(at, args, step, Some(number), state)
    }
}
