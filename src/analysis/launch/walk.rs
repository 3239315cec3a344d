//! The walk: statements, in the order in which the process runs them, all paths at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::reach::Body;
use super::state::{Mark, Slot, State, Value};
use super::timeline::{
    Arming, Certainty, Event, EventKind, Fact, IsSet, Phase, Registry, Root, Timeline, Turn, TurnKind,
};
use super::{Unit, reach};
use crate::facts::{Block, Condition, ExprId, ExprKind, FileFacts, Pattern, StmtId, StmtKind, TypeRef};
use crate::finding::Step;
use crate::program::{FunctionRef, LocalId, Place, PropertyRef, Scope, Ty, TypeIndex};
use crate::source::Span;

/// Calls inside calls; what is deeper is given up.
pub(super) const MAX_DEPTH: usize = 48;
/// Statements of one timeline; a launch has some hundreds that matter.
const MAX_STATEMENTS: u32 = 20_000;

/// A function, or an initial value, that is being walked.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) file: u32,
    pub(super) function: Option<FunctionRef>,
    pub(super) owner: Option<TypeIndex>,
    pub(super) scope: Scope,
    /// Where and why it is entered.
    pub(super) step: Option<Step>,
    /// The type that is being built.
    pub(super) builds: Option<TypeIndex>,
    /// The property whose initial value it is.
    pub(super) initial_of: Option<PropertyRef>,
    exits: Vec<(State, Value)>,
    jumps: Vec<Jump>,
    defers: Vec<Block>,
}

impl Frame {
    pub(super) fn new(
        file: u32,
        function: Option<FunctionRef>,
        owner: Option<TypeIndex>,
        step: Option<Step>,
    ) -> Self {
        Self {
            file,
            function,
            owner,
            scope: Scope::default(),
            step,
            builds: None,
            initial_of: None,
            exits: Vec::new(),
            jumps: Vec::new(),
            defers: Vec::new(),
        }
    }
}

/// A loop or `switch` that can be left.
#[derive(Debug)]
struct Jump {
    is_loop: bool,
    states: Vec<State>,
}

/// A closure or local function as a value.
#[derive(Debug)]
pub(super) struct Closure {
    pub(super) function: FunctionRef,
    pub(super) scope: Scope,
    pub(super) owner: Option<TypeIndex>,
    pub(super) is_entered: bool,
    pub(super) is_main_queue: bool,
    /// What it is given to: `Task`, `requestAuthorization`.
    pub(super) given_to: Option<Step>,
    turn: usize,
    before: BTreeSet<Fact>,
}

/// Who was seen to report a call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reports {
    pub(super) by_project: bool,
    pub(super) by_sdk: bool,
}

/// The walk of one timeline.
pub(super) struct Walk<'a> {
    pub(super) unit: &'a Unit<'a>,
    pub(super) timeline: Timeline,
    pub(super) frames: Vec<Frame>,
    pub(super) closures: Vec<Closure>,
    pending: VecDeque<usize>,
    ends: Vec<State>,
    turn: usize,
    pub(super) phase: Phase,
    /// Types that have been constructed.
    pub(super) built: BTreeSet<TypeIndex>,
    pub(super) visited: BTreeSet<Body>,
    /// Properties that are being built at their first use.
    pub(super) building: Vec<PropertyRef>,
    /// Registries by the place of their creation, or by what holds them where that was not seen.
    registries: BTreeMap<(u32, u32), usize>,
    unseen: BTreeMap<Slot, usize>,
    /// What came to hold in the current turn, on any path.
    met: BTreeSet<Fact>,
    /// A provider of the project reports, and an SDK does.
    pub(super) reports: Reports,
    budget: u32,
}

impl<'a> Walk<'a> {
    pub(super) fn new(unit: &'a Unit<'a>, root: Root) -> Self {
        let timeline = Timeline {
            root,
            turns: Vec::new(),
            events: Vec::new(),
            registries: Vec::new(),
            armings: Vec::new(),
            consulted: BTreeSet::new(),
            escaped: Vec::new(),
            skipped: Vec::new(),
        };
        Self {
            unit,
            timeline,
            frames: Vec::new(),
            closures: Vec::new(),
            pending: VecDeque::new(),
            ends: Vec::new(),
            turn: 0,
            phase: Phase::Later,
            built: BTreeSet::new(),
            visited: BTreeSet::new(),
            building: Vec::new(),
            registries: BTreeMap::new(),
            unseen: BTreeMap::new(),
            met: BTreeSet::new(),
            reports: Reports::default(),
            budget: MAX_STATEMENTS,
        }
    }

    /// Walks a turn and then everything that it puts off.
    pub(super) fn turn(
        &mut self,
        turn: Turn,
        start: State,
        run: impl FnOnce(&mut Self, &mut State),
    ) -> BTreeSet<Fact> {
        let met = self.one_turn(turn, start, run);
        self.phase = Phase::Later;
        while let Some(number) = self.pending.pop_front() {
            let Some(closure) = self.closures.get(number).filter(|closure| !closure.is_entered) else {
                continue;
            };
            let function = closure.function;
            let mut start = self.ends.get(closure.turn).cloned().unwrap_or_default();
            let since = start.since.get(&Mark::Closure(number)).cloned().unwrap_or_default();
            start.facts = closure.before.union(&since).copied().collect();
            start.is_dead = false;
            let span = self.unit.program.function(function).name_span;
            let name = closure.given_to.as_ref().map(|step| step.text.clone()).unwrap_or_default();
            let turn = Turn {
                kind: TurnKind::Later { is_main_queue: closure.is_main_queue },
                parent: Some(closure.turn),
                location: Some(self.unit.program.location(function.file, span)),
                name,
            };
            self.one_turn(turn, start, |walk, state| {
                walk.run_closure(number, Vec::new(), None, state);
            });
        }
        met
    }

    fn one_turn(
        &mut self,
        turn: Turn,
        start: State,
        run: impl FnOnce(&mut Self, &mut State),
    ) -> BTreeSet<Fact> {
        self.turn = self.timeline.turns.len();
        self.timeline.turns.push(turn);
        self.met = BTreeSet::new();
        let first = self.timeline.events.len();
        let mut state = start;
        run(self, &mut state);
        self.rate(first, &state);
        for arming in &mut self.timeline.armings {
            if self.timeline.events[arming.event].turn == self.turn {
                let since = state.since.get(&Mark::Arming(arming.event));
                arming.after = since.cloned().unwrap_or_default();
            }
        }
        self.ends.push(state);
        std::mem::take(&mut self.met)
    }

    /// The state in which the first turn ended.
    pub(super) fn launched(&self) -> State {
        let mut state = self.ends.first().cloned().unwrap_or_default();
        state.is_dead = false;
        state
    }

    fn rate(&mut self, first: usize, end: &State) {
        let turn = &self.timeline.turns[self.turn];
        for (at, event) in self.timeline.events.iter_mut().enumerate().skip(first) {
            event.certainty = match turn.kind {
                TurnKind::Launch if end.facts.contains(&Fact::Happened(at)) => Certainty::Always,
                TurnKind::Launch => Certainty::SomePaths,
                TurnKind::Later { .. } | TurnKind::Callback => Certainty::LaterTurn,
                TurnKind::FirstUse | TurnKind::Handler => Certainty::OnDemand,
                TurnKind::Uncalled => {
                    Certainty::Unknown(format!("nothing in the project calls `{}`", turn.name))
                }
            };
        }
    }

    // --- Where the walk stands ---------------------------------------------------------------------------------

    pub(super) fn frame(&self) -> &Frame {
        // There is a frame as long as something is walked.
        self.frames.last().expect("the walk is inside a body")
    }

    pub(super) fn frame_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the walk is inside a body")
    }

    pub(super) fn place(&self) -> Place<'_> {
        let frame = self.frame();
        Place { file: frame.file, function: frame.function, owner: frame.owner, scope: &frame.scope }
    }

    pub(super) fn facts(&self) -> &'a FileFacts {
        self.unit.program.file(self.frame().file)
    }

    pub(super) fn kind(&self, expr: ExprId) -> &'a ExprKind {
        &self.facts().expr(expr).kind
    }

    pub(super) fn span(&self, expr: ExprId) -> Span {
        self.facts().expr(expr).span
    }

    pub(super) fn step(&self, span: Span, text: String) -> Step {
        Step { location: self.unit.program.location(self.frame().file, span), text }
    }

    pub(super) fn type_of(&self, expr: ExprId) -> Option<Ty> {
        self.unit.program.type_of(&self.place(), expr)
    }

    pub(super) fn written_type(&self, ty: &TypeRef) -> Option<Ty> {
        let place = self.place();
        self.unit.program.type_from_ref(ty, place.file, place.function, place.owner)
    }

    // --- Events ------------------------------------------------------------------------------------------------

    /// Something happens at a place.
    pub(super) fn event(
        &mut self,
        kind: EventKind,
        span: Span,
        registry: Option<usize>,
        property: Option<PropertyRef>,
        state: &mut State,
    ) -> usize {
        let frame = self.frame();
        let location = self.unit.program.location(frame.file, span);
        let known = self.timeline.events.iter().position(|event| {
            event.kind == kind
                && event.location == location
                && event.property == property
                && event.registry == registry
        });
        let at = known.unwrap_or_else(|| {
            let event = Event {
                kind,
                location,
                steps: self.frames.iter().filter_map(|frame| frame.step.clone()).collect(),
                certainty: Certainty::SomePaths,
                function: self.named_function(),
                property,
                initial_of: self.initial_of(),
                building: self.frames.iter().filter_map(|frame| frame.builds).collect(),
                in_initial_values: self.is_in_initial_values(),
                first_use_of: self.building.last().copied(),
                registry,
                turn: self.turn,
                phase: self.phase,
            };
            self.timeline.events.push(event);
            self.timeline.events.len() - 1
        });
        self.hold(Fact::Happened(at), state);
        match (kind, property) {
            (EventKind::ProviderCreated, _) => self.hold(Fact::Provider, state),
            (EventKind::HolderStored, Some(property)) => self.hold_stored(property, state),
            _ => {}
        }
        at
    }

    fn hold(&mut self, fact: Fact, state: &mut State) {
        state.add(fact);
        self.met.insert(fact);
    }

    fn hold_stored(&mut self, property: PropertyRef, state: &mut State) {
        self.hold(Fact::Stored(property), state);
        if self.unit.holders.providers.contains(&property) {
            self.hold(Fact::Provider, state);
        }
    }

    /// The function around, closures passed over.
    fn named_function(&self) -> Option<FunctionRef> {
        let mut at = self.frame().function?;
        while let Some(parent) = self.unit.program.function(at).parent {
            at = reach::function_at(at.file, parent);
        }
        Some(at)
    }

    /// The property whose initial value is being made, unless a part of it is built by an `init` of its own.
    fn initial_of(&self) -> Option<PropertyRef> {
        let around = self.frames.iter().rev().take_while(|frame| frame.builds.is_none());
        around.filter_map(|frame| frame.initial_of).next()
    }

    /// Whether the outermost thing that is built is at its initial values.
    fn is_in_initial_values(&self) -> bool {
        let mut frames = self.frames.iter().skip_while(|frame| frame.builds.is_none()).skip(1);
        frames.next().is_some_and(|frame| frame.initial_of.is_some())
    }

    /// The registry that is created at a place.
    pub(super) fn registry_created(&mut self, callee: Span, own_queue: bool, state: &mut State) -> usize {
        let key = (self.frame().file, callee.start);
        let number = *self.registries.entry(key).or_insert_with(|| {
            self.timeline.registries.push(Registry {
                created: None,
                properties: BTreeSet::new(),
                own_queue,
                is_escaped: false,
            });
            self.timeline.registries.len() - 1
        });
        let at = self.event(EventKind::RegistryCreated, callee, Some(number), None, state);
        self.timeline.registries[number].created.get_or_insert(at);
        state.delegates.entry(number).or_insert(IsSet::No);
        number
    }

    /// The registry that a slot holds, and of which nothing else is known.
    pub(super) fn unseen_registry(&mut self, slot: Slot) -> usize {
        let property = match slot {
            Slot::Property(property) => Some(property),
            Slot::Local(..) => None,
        };
        *self.unseen.entry(slot).or_insert_with(|| {
            self.timeline.registries.push(Registry {
                created: None,
                properties: property.into_iter().collect(),
                own_queue: false,
                is_escaped: false,
            });
            self.timeline.registries.len() - 1
        })
    }

    /// Registries are armed.
    pub(super) fn armed(&mut self, registries: &BTreeSet<usize>, target: Span, state: &mut State) {
        for registry in registries {
            let before = state.facts.clone();
            let delegate = state.delegate(*registry);
            let event = self.event(EventKind::RegistryArmed, target, Some(*registry), None, state);
            state.mark(Mark::Arming(event));
            let mut built = state.built.clone();
            built.extend(self.building.iter().copied());
            match self.timeline.armings.iter_mut().find(|arming| arming.event == event) {
                Some(known) => known.before.retain(|fact| before.contains(fact)),
                None => self.timeline.armings.push(Arming {
                    event,
                    registries: vec![(*registry, delegate)],
                    sdk_reports: false,
                    before,
                    after: BTreeSet::new(),
                    on_demand: BTreeSet::new(),
                    built,
                }),
            }
        }
    }

    /// A property gets a value.
    pub(super) fn store(&mut self, property: PropertyRef, value: &Value, span: Span, state: &mut State) {
        for registry in &value.registries {
            self.timeline.registries[*registry].properties.insert(property);
        }
        state.values.insert(Slot::Property(property), value.clone());
        if !self.unit.holders.properties.contains(&property) {
            return;
        }
        if value.is_nil {
            state.remove(Fact::Stored(property));
            if self.unit.holders.providers.contains(&property) {
                state.remove(Fact::Provider);
            }
        } else {
            self.event(EventKind::HolderStored, span, None, Some(property), state);
        }
    }

    /// On this path a property is known to have a value.
    fn is_present(&mut self, property: Option<PropertyRef>, state: &mut State) {
        if let Some(property) = property.filter(|at| self.unit.holders.properties.contains(at)) {
            state.add(Fact::Stored(property));
            if self.unit.holders.providers.contains(&property) {
                state.add(Fact::Provider);
            }
        }
    }

    /// A closure comes into being.
    pub(super) fn closure(&mut self, function: FunctionRef, state: &mut State) -> Value {
        let number = self.closures.len();
        let frame = self.frame();
        self.closures.push(Closure {
            function,
            scope: frame.scope.clone(),
            owner: frame.owner,
            is_entered: false,
            is_main_queue: false,
            given_to: None,
            turn: self.turn,
            before: state.facts.clone(),
        });
        if self.unit.reach.is_relevant(Body::Function(function)) {
            state.mark(Mark::Closure(number));
            self.pending.push_back(number);
        }
        Value { closures: BTreeSet::from([number]), ..Value::default() }
    }

    // --- Bodies ------------------------------------------------------------------------------------------------

    /// Walks a body in a frame of its own; the state afterwards is that of all ways out of it.
    pub(super) fn in_frame(
        &mut self,
        frame: Frame,
        state: &mut State,
        run: impl FnOnce(&mut Self, &mut State) -> Value,
    ) -> Value {
        self.frames.push(frame);
        self.timeline.consulted.insert(self.unit.program.file_id(self.frame().file));
        let mut value = run(self, state);
        let exits = self.frames.pop().map(|frame| frame.exits).unwrap_or_default();
        for (exit, returned) in exits {
            value = if state.is_dead { returned } else { value.or(returned) };
            state.absorb(exit);
        }
        value
    }

    /// Walks a block; gives the value of its last expression.
    pub(super) fn block(&mut self, block: &Block, state: &mut State) -> Value {
        let mark = self.frame().scope.enter();
        let deferred = self.frame().defers.len();
        let facts = self.facts();
        for id in &block.stmts {
            if let StmtKind::Function(id) = facts.stmt(*id).kind {
                self.local_function(id, state);
            }
        }
        let mut value = Value::default();
        for id in &block.stmts {
            if state.is_dead {
                break;
            }
            value = self.stmt(*id, state);
        }
        let ended = self.frame_mut().defers.split_off(deferred);
        for body in ended.iter().rev() {
            if !state.is_dead {
                self.block(body, state);
            }
        }
        self.frame_mut().scope.leave(mark);
        value
    }

    fn local_function(&mut self, id: crate::facts::FunctionId, state: &mut State) {
        let at = reach::function_at(self.frame().file, id);
        let function = self.unit.program.function(at);
        let local = LocalId(function.name_span.start);
        self.frame_mut().scope.push(function.name.clone(), local, None);
        let value = self.closure(at, state);
        let number = value.closures.first().copied();
        // Unlike a closure it runs only where it is called.
        self.pending.retain(|pending| Some(*pending) != number);
        state.values.insert(Slot::Local(at.file, local), value);
    }

    fn stmt(&mut self, id: StmtId, state: &mut State) -> Value {
        if self.budget == 0 {
            return Value::default();
        }
        self.budget -= 1;
        let facts = self.facts();
        match &facts.stmt(id).kind {
            StmtKind::Expr(value) => return self.eval(*value, None, state),
            StmtKind::Let { pattern, ty, value, .. } => self.declare(pattern, ty.as_ref(), *value, state),
            StmtKind::Assign { target, value, .. } => self.assign(*target, *value, state),
            StmtKind::If { conditions, then, otherwise } => {
                let mark = self.frame().scope.enter();
                let (mut hold, mut fail) = self.conditions(conditions, std::mem::take(state));
                let mut value = self.block(then, &mut hold);
                self.frame_mut().scope.leave(mark);
                if let Some(otherwise) = otherwise {
                    value = value.or(self.block(otherwise, &mut fail));
                }
                *state = hold.join(fail);
                return value;
            }
            StmtKind::Guard { conditions, otherwise } => {
                let (hold, mut fail) = self.conditions(conditions, std::mem::take(state));
                self.block(otherwise, &mut fail);
                *state = hold;
            }
            StmtKind::Switch { subject, cases } => {
                self.eval(*subject, None, state);
                let start = std::mem::replace(state, State::dead());
                self.frame_mut().jumps.push(Jump { is_loop: false, states: Vec::new() });
                let mut value: Option<Value> = None;
                for case in
                    cases.iter().filter(|case| case.build.iter().all(|on| on.on_device() != Some(false)))
                {
                    let mark = self.frame().scope.enter();
                    let mut arm = start.clone();
                    for (pattern, filter) in &case.patterns {
                        self.bind(pattern, &Value::default(), None, &mut arm);
                        filter.iter().for_each(|filter| {
                            self.eval(*filter, None, &mut arm);
                        });
                    }
                    let found = self.block(&case.body, &mut arm);
                    value = Some(value.map_or(found.clone(), |value| value.or(found)));
                    self.frame_mut().scope.leave(mark);
                    state.absorb(arm);
                }
                self.leave_jump(state);
                return value.unwrap_or_default();
            }
            StmtKind::While { conditions, body, .. } => {
                let mark = self.frame().scope.enter();
                self.frame_mut().jumps.push(Jump { is_loop: true, states: Vec::new() });
                let (mut hold, fail) = self.conditions(conditions, std::mem::take(state));
                self.block(body, &mut hold);
                *state = fail.join(hold);
                self.leave_jump(state);
                self.frame_mut().scope.leave(mark);
            }
            StmtKind::Repeat { body, condition, .. } => {
                self.frame_mut().jumps.push(Jump { is_loop: true, states: Vec::new() });
                self.block(body, state);
                self.eval(*condition, None, state);
                self.leave_jump(state);
            }
            StmtKind::For { pattern, sequence, filter, body, .. } => {
                self.eval(*sequence, None, state);
                let ty = self.type_of(*sequence);
                let mark = self.frame().scope.enter();
                self.frame_mut().jumps.push(Jump { is_loop: true, states: Vec::new() });
                let mut round = state.clone();
                self.bind(
                    pattern,
                    &Value::default(),
                    crate::program::Program::element_type(ty.as_ref()),
                    &mut round,
                );
                filter.iter().for_each(|filter| {
                    self.eval(*filter, None, &mut round);
                });
                self.block(body, &mut round);
                state.absorb(round);
                self.leave_jump(state);
                self.frame_mut().scope.leave(mark);
            }
            StmtKind::Do { body, catches, .. } => {
                let before = state.clone();
                self.block(body, state);
                let mut thrown = before.clone();
                thrown.absorb(state.clone());
                thrown.is_dead = before.is_dead;
                let can_throw = super::holders::mentions(facts, body, |kind| {
                    matches!(kind, ExprKind::Try(crate::facts::TryKind::Throws, _))
                });
                for catch in catches.iter().filter(|_| can_throw) {
                    let mut arm = thrown.clone();
                    self.block(&catch.body, &mut arm);
                    state.absorb(arm);
                }
            }
            StmtKind::Defer(body) => self.frame_mut().defers.push(body.clone()),
            StmtKind::Return(value) => {
                let expected = self.frame().function.and_then(|at| self.unit.program.result_type(at));
                let value =
                    value.map_or_else(Value::default, |value| self.eval(value, expected.as_ref(), state));
                self.exit(value, state);
            }
            StmtKind::Throw(value) => {
                self.eval(*value, None, state);
                *state = State::dead();
            }
            StmtKind::Break(label) => self.jump(label.is_some(), state),
            StmtKind::Continue(_) => self.jump(true, state),
            StmtKind::Build(arms) => {
                let start = std::mem::replace(state, State::dead());
                for (_, body) in arms.iter().filter(|(condition, _)| condition.on_device() != Some(false)) {
                    let mut arm = start.clone();
                    self.open_block(body, &mut arm);
                    state.absorb(arm);
                }
            }
            StmtKind::Fallthrough | StmtKind::Function(_) | StmtKind::Type(_) | StmtKind::Damaged => {}
        }
        Value::default()
    }

    /// The arm of an `#if`: its names live on.
    fn open_block(&mut self, block: &Block, state: &mut State) {
        for id in &block.stmts {
            if state.is_dead {
                break;
            }
            self.stmt(*id, state);
        }
    }

    fn exit(&mut self, value: Value, state: &mut State) {
        let defers = std::mem::take(&mut self.frame_mut().defers);
        for body in defers.iter().rev() {
            self.block(body, state);
        }
        self.frame_mut().defers = defers;
        let left = std::mem::replace(state, State::dead());
        self.frame_mut().exits.push((left, value));
    }

    fn jump(&mut self, to_loop: bool, state: &mut State) {
        let left = std::mem::replace(state, State::dead());
        let jumps = &mut self.frame_mut().jumps;
        if let Some(jump) = jumps.iter_mut().rev().find(|jump| jump.is_loop || !to_loop) {
            jump.states.push(left);
        }
    }

    fn leave_jump(&mut self, state: &mut State) {
        let jump = self.frame_mut().jumps.pop();
        for left in jump.into_iter().flat_map(|jump| jump.states) {
            state.absorb(left);
        }
    }

    fn declare(&mut self, pattern: &Pattern, ty: Option<&TypeRef>, value: Option<ExprId>, state: &mut State) {
        let written = ty.and_then(|ty| self.written_type(ty));
        let found = value.map(|value| self.eval(value, written.as_ref(), state)).unwrap_or_default();
        let ty = written.or_else(|| value.and_then(|value| self.type_of(value)));
        self.bind(pattern, &found, ty, state);
    }

    /// Gives the names of a pattern their values.
    pub(super) fn bind(&mut self, pattern: &Pattern, value: &Value, ty: Option<Ty>, state: &mut State) {
        let file = self.frame().file;
        let mut open = vec![(pattern, Some(value), ty)];
        while let Some((pattern, value, ty)) = open.pop() {
            match pattern {
                Pattern::Bind(name, span) => {
                    let local = LocalId(span.start);
                    state.values.insert(Slot::Local(file, local), value.cloned().unwrap_or_default());
                    self.frame_mut().scope.push(name.clone(), local, ty);
                }
                Pattern::Optional(inner) => open.push((inner, value, ty.map(|ty| ty.unwrapped().clone()))),
                Pattern::As(inner, ty) => {
                    let ty = self.written_type(ty);
                    open.push((inner, value, ty));
                }
                Pattern::Tuple(parts) | Pattern::Case { args: parts, .. } => {
                    open.extend(parts.iter().rev().map(|part| (part, None, None)));
                }
                Pattern::Wildcard | Pattern::Expr(_) | Pattern::Is(_) => {}
            }
        }
    }

    // --- Conditions --------------------------------------------------------------------------------------------

    /// The states in which conditions hold, and in which they do not.
    fn conditions(&mut self, conditions: &[Condition], start: State) -> (State, State) {
        let mut hold = start;
        let mut fail = State::dead();
        for condition in conditions {
            let (holds, fails) = match condition {
                Condition::Expr(value) => self.condition(*value, hold),
                Condition::Bind { pattern, ty, value, .. } => {
                    self.binding(pattern, ty.as_ref(), *value, hold)
                }
                Condition::Available { platforms, is_negated, .. } => {
                    let always = platforms
                        .iter()
                        .find(|(platform, _)| platform == "iOS")
                        .is_none_or(|(_, version)| self.unit.runs_at_least(version));
                    match (always, is_negated) {
                        (true, false) => (hold, State::dead()),
                        (true, true) => (State::dead(), hold),
                        (false, _) => (hold.clone(), hold),
                    }
                }
            };
            hold = holds;
            fail.absorb(fails);
        }
        (hold, fail)
    }

    fn binding(
        &mut self,
        pattern: &Pattern,
        ty: Option<&TypeRef>,
        value: Option<ExprId>,
        start: State,
    ) -> (State, State) {
        let mut hold = start;
        let shorthand = pattern.names().first().map(|name| (*name).clone());
        let (found, known, property) = match (value, shorthand) {
            (Some(value), _) => {
                let found = self.eval(value, None, &mut hold);
                (found, self.type_of(value), self.unit.program.property_at(&self.place(), value))
            }
            (None, Some(name)) => {
                let local = self.frame().scope.get(&name).cloned();
                let property = self.unit.program.property_named(&self.place(), &name);
                let (found, ty) = match (local, property) {
                    (Some(local), _) => {
                        let slot = Slot::Local(self.frame().file, local.id);
                        (hold.values.get(&slot).cloned().unwrap_or_default(), local.ty)
                    }
                    (None, Some(property)) => {
                        (self.read(property, None, &mut hold), self.unit.program.type_of_property(property))
                    }
                    (None, None) => (Value::default(), None),
                };
                (found, ty, property)
            }
            (None, None) => (Value::default(), None, None),
        };
        let fail = hold.clone();
        if matches!(pattern, Pattern::Optional(_)) {
            self.is_present(property, &mut hold);
        }
        let ty = ty.and_then(|ty| self.written_type(ty)).or(known);
        self.bind(pattern, &found, ty, &mut hold);
        (hold, fail)
    }

    /// The states in which an expression is true, and in which it is false.
    pub(super) fn condition(&mut self, expr: ExprId, start: State) -> (State, State) {
        match self.kind(expr) {
            ExprKind::Not(inner) => {
                let (hold, fail) = self.condition(*inner, start);
                (fail, hold)
            }
            ExprKind::And(a, b) => {
                let (hold, mut fail) = self.condition(*a, start);
                let (both, second) = self.condition(*b, hold);
                fail.absorb(second);
                (both, fail)
            }
            ExprKind::Or(a, b) => {
                let (mut hold, fail) = self.condition(*a, start);
                let (second, neither) = self.condition(*b, fail);
                hold.absorb(second);
                (hold, neither)
            }
            ExprKind::Bool(true) => (start, State::dead()),
            ExprKind::Bool(false) => (State::dead(), start),
            ExprKind::Equal(a, b, is_equal) if matches!(self.kind(*b), ExprKind::Nil) => {
                let mut nil = start;
                self.eval(*a, None, &mut nil);
                let mut present = nil.clone();
                let property = self.unit.program.property_at(&self.place(), *a);
                self.is_present(property, &mut present);
                if *is_equal { (nil, present) } else { (present, nil) }
            }
            _ => {
                let mut state = start;
                self.eval(expr, None, &mut state);
                (state.clone(), state)
            }
        }
    }
}
