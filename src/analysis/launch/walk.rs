//! The walk: statements, in the order in which the process runs them, all paths at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rustc_hash::FxHashMap as HashMap;

use super::Unit;
use super::frame::{Closure, Effects, Frame, Run};
use super::state::{Mark, Slot, State, Value};
use super::timeline::{
    Arming, Certainty, Event, EventKind, Fact, IsSet, Phase, Registry, Reports, Root, Timeline, Turn,
    TurnKind,
};
use super::waits;
use crate::analysis::calls::Body;
use crate::analysis::graph::function_at;
use crate::analysis::shared::SharedSet;
use crate::facts::{ExprId, ExprKind, FileFacts, TypeRef};
use crate::finding::Step;
use crate::program::{FunctionRef, Place, PropertyRef, Ty, TypeIndex};
use crate::source::{Location, Span};

/// Calls inside calls; what is deeper is given up.
pub(super) const MAX_DEPTH: usize = 48;
/// Statements of one timeline; a launch has some hundreds that matter. What is behind them is given up, and said so.
const MAX_STATEMENTS: u32 = 200_000;

/// The walk of one timeline.
pub(super) struct Walk<'a> {
    pub(super) unit: &'a Unit<'a>,
    pub(super) timeline: Timeline,
    pub(super) frames: Vec<Frame>,
    pub(super) closures: Vec<Closure>,
    /// The number that each closure had the last time.
    last_closures: HashMap<FunctionRef, usize>,
    pub(super) pending: VecDeque<usize>,
    ends: Vec<State>,
    turn: usize,
    pub(super) phase: Phase,
    /// Types that have been constructed, with the first turn that did it.
    pub(super) built: BTreeMap<TypeIndex, usize>,
    pub(super) visited: BTreeSet<Body>,
    /// Properties that are being built at their first use.
    pub(super) building: Vec<PropertyRef>,
    /// Registries by the place of their creation, or by what holds them where that was not seen.
    registries: BTreeMap<(u32, u32), usize>,
    unseen: BTreeMap<Slot, usize>,
    /// The events, by what tells them apart.
    happened: BTreeMap<(EventKind, Location, Option<PropertyRef>, Option<usize>), usize>,
    /// Closures that have been walked as turns of their own: the turn, and what held at its start.
    put_off: BTreeMap<FunctionRef, (usize, SharedSet<Fact>)>,
    /// What calls and constructions did that have to do with no registry.
    known: BTreeMap<Run, Effects>,
    /// When it mattered last whether something holds, in numbers of [`Self::runs`].
    mattered: HashMap<Fact, usize>,
    /// How many calls and constructions were begun.
    runs: usize,
    /// Counts what has to do with a registry or with closures that are kept: it is walked each time.
    pub(super) involved: usize,
    /// What came to hold where the object was made that a property was given: where it has one, that holds.
    implied: BTreeMap<PropertyRef, BTreeSet<Fact>>,
    /// What came to hold in the current turn, on any path.
    met: BTreeSet<Fact>,
    pub(super) budget: u32,
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
            has_handler: false,
            providers: BTreeSet::new(),
            doubtful: BTreeMap::new(),
            cut: None,
        };
        Self {
            unit,
            timeline,
            frames: Vec::new(),
            closures: Vec::new(),
            last_closures: HashMap::default(),
            pending: VecDeque::new(),
            ends: Vec::new(),
            turn: 0,
            phase: Phase::Later,
            built: BTreeMap::new(),
            visited: BTreeSet::new(),
            building: Vec::new(),
            registries: BTreeMap::new(),
            unseen: BTreeMap::new(),
            happened: BTreeMap::new(),
            put_off: BTreeMap::new(),
            known: BTreeMap::new(),
            mattered: HashMap::default(),
            runs: 0,
            involved: 0,
            implied: BTreeMap::new(),
            met: BTreeSet::new(),
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
            start.facts = closure.before.clone();
            since.keys().for_each(|fact| start.facts.insert(*fact, ()));
            start.is_dead = false;
            // The same code put off again tells nothing new, unless less holds where it runs.
            if let Some((turn, facts)) = self.put_off.get(&function) {
                if facts.keys().all(|fact| fact.is_order() || start.facts.contains(fact)) {
                    continue;
                }
                let turn = *turn;
                start.facts.intersect(facts);
                self.put_off.insert(function, (turn, start.facts.clone()));
                self.walk_turn(turn, start, |walk, state| {
                    walk.run_closure(number, Vec::new(), None, state);
                });
                continue;
            }
            self.put_off.insert(function, (self.timeline.turns.len(), start.facts.clone()));
            let span = self.unit.program.function(function).name_span;
            let name = closure.given_to.as_ref().map(|step| step.text.clone()).unwrap_or_default();
            let kind = if closure.is_factory {
                TurnKind::Factory
            } else {
                TurnKind::Later { is_main_queue: closure.is_main_queue }
            };
            let waits_for = waits::for_closure(&name);
            let turn = Turn {
                kind,
                parent: Some(closure.turn),
                location: Some(self.unit.program.location(function.file, span)),
                name,
                waits_for,
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
        self.timeline.turns.push(turn);
        self.walk_turn(self.timeline.turns.len() - 1, start, run)
    }

    /// Walks a turn, or walks it again from another start.
    fn walk_turn(
        &mut self,
        number: usize,
        start: State,
        run: impl FnOnce(&mut Self, &mut State),
    ) -> BTreeSet<Fact> {
        self.turn = number;
        self.met = BTreeSet::new();
        let first = self.timeline.events.len();
        let mut state = start;
        run(self, &mut state);
        self.rate(first, &state);
        for arming in &mut self.timeline.armings {
            if self.timeline.events[arming.event].turn == self.turn {
                let since = state.since.get(&Mark::Arming(arming.event));
                if let Some(since) = since {
                    arming.after = since.keys().copied().collect();
                }
            }
        }
        match self.ends.get_mut(number) {
            Some(end) => end.absorb(state),
            None => self.ends.push(state),
        }
        std::mem::take(&mut self.met)
    }

    /// The state in which a turn ended.
    pub(super) fn end_of(&self, turn: usize) -> State {
        let mut state = self.ends.get(turn).cloned().unwrap_or_default();
        state.is_dead = false;
        state
    }

    /// What calls that were not followed may have brought about in the launch, with the call.
    pub(super) fn doubtful(&self, launched: &BTreeSet<Body>) -> BTreeMap<Fact, Step> {
        let mut doubtful = BTreeMap::new();
        let is_made = |event: &&Event| {
            matches!(
                event.kind,
                EventKind::ProviderCreated
                    | EventKind::ProviderDelegateSet
                    | EventKind::HolderStored
                    | EventKind::RegistryArmed
                    | EventKind::SdkSetUp(_)
            )
        };
        let late = self.timeline.events.iter().filter(is_made).any(|event| event.turn > 0);
        if self.timeline.armings.is_empty() || !late {
            return doubtful;
        }
        let program = self.unit.program;
        let calls = self.unit.reach.open_calls(program, launched);
        if calls.is_empty() {
            return doubtful;
        }
        let events = self.timeline.events.iter().enumerate().filter(|(_, event)| is_made(event));
        let made: Vec<(usize, &Event, BTreeSet<Body>)> = events
            .map(|(at, event)| {
                let body = event.function.map(Body::Function).or(event.initial_of.map(Body::Initial));
                (at, event, self.unit.reach.backward(body))
            })
            .collect();
        for (file, span, candidate) in calls {
            let text = format!("it is not known which `{}` is called", program.function(candidate).name);
            let step = Step { location: program.location(file, span), text };
            for (at, event, leading) in &made {
                if !leading.contains(&Body::Function(candidate)) {
                    continue;
                }
                let fact = match (event.kind, event.property) {
                    (EventKind::RegistryArmed, _) => Fact::Happened(*at),
                    (EventKind::ProviderDelegateSet, _) => Fact::ProviderDelegate,
                    (EventKind::SdkSetUp(setup), _) => Fact::SetUp(setup),
                    (EventKind::HolderStored, Some(property)) => Fact::Stored(property),
                    _ => Fact::Provider,
                };
                doubtful.entry(fact).or_insert_with(|| step.clone());
            }
        }
        doubtful
    }

    /// Finds armings to which code leads that was not walked: what was met once is not entered again from there.
    pub(super) fn find_other_askers(&mut self) {
        let events = &self.timeline.events;
        for arming in &mut self.timeline.armings {
            let at = events.get(arming.event).and_then(|event| event.function);
            let is_elsewhere = |body| !self.visited.contains(&body);
            arming.is_asked_elsewhere =
                at.is_some_and(|at| self.unit.reach.leads_from([Body::Function(at)], is_elsewhere));
        }
    }

    /// The number of the turn that is being walked.
    pub(super) fn current_turn(&self) -> usize {
        self.turn
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
                TurnKind::Factory => Certainty::Unknown(format!("`{}` decides when it is made", turn.name)),
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

    /// Something is not followed here, since there is too much of it.
    pub(super) fn cut(&mut self) {
        let file = self.unit.program.file_id(self.frame().file);
        self.timeline.cut.get_or_insert(file);
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
        self.involved += usize::from(registry.is_some() || kind == EventKind::SdkRegistry);
        let frame = self.frame();
        let location = self.unit.program.location(frame.file, span);
        let happened = (kind, location, property, registry);
        let at = self.happened.get(&happened).copied().unwrap_or_else(|| {
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
                provider: None,
                turn: self.turn,
                phase: self.phase,
            };
            self.timeline.events.push(event);
            self.happened.insert(happened, self.timeline.events.len() - 1);
            self.timeline.events.len() - 1
        });
        self.hold(Fact::Happened(at), state);
        match (kind, property) {
            (EventKind::ProviderCreated, _) => self.hold(Fact::Provider, state),
            (EventKind::ProviderDelegateSet, _) => self.hold(Fact::ProviderDelegate, state),
            (EventKind::SdkSetUp(setup), _) => self.hold(Fact::SetUp(setup), state),
            (EventKind::HolderStored, Some(property)) => self.hold_stored(property, state),
            _ => {}
        }
        at
    }

    pub(super) fn hold(&mut self, fact: Fact, state: &mut State) {
        state.add(fact);
        self.mattered.insert(fact, self.runs);
        self.met.insert(fact);
    }

    fn hold_stored(&mut self, property: PropertyRef, state: &mut State) {
        self.hold(Fact::Stored(property), state);
        if self.unit.holders.providers.contains(&property) {
            self.hold(Fact::Provider, state);
        }
    }

    /// The function around, closures passed over.
    pub(super) fn named_function(&self) -> Option<FunctionRef> {
        self.frame().function.map(|at| self.outermost(at))
    }

    /// A function, or the one around a closure or local function.
    pub(super) fn outermost(&self, mut at: FunctionRef) -> FunctionRef {
        while let Some(parent) = self.unit.program.function(at).parent {
            at = function_at(at.file, parent);
        }
        at
    }

    /// The property whose initial value is being made, unless a part of it is built by an `init` of its own.
    fn initial_of(&self) -> Option<PropertyRef> {
        let mut around = self.frames.iter().rev().take_while(|frame| frame.builds.is_none());
        around.find_map(|frame| frame.initial_of)
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
        state.delegates.to_mut().entry(number).or_insert(IsSet::No);
        number
    }

    /// The registry that a slot holds, and of which nothing else is known.
    pub(super) fn unseen_registry(&mut self, slot: Slot) -> usize {
        let property = match slot {
            Slot::Property(property) => Some(property),
            Slot::Local(..) => None,
        };
        if let Some(property) = property
            && let Some(known) =
                self.timeline.registries.iter().position(|known| known.properties.contains(&property))
        {
            return known;
        }
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

    /// Registries are armed. Where a push is handled they have been before, or it would not have come.
    pub(super) fn armed(&mut self, registries: &BTreeSet<usize>, target: Span, state: &mut State) {
        if self.timeline.turns[self.turn].kind == TurnKind::Handler {
            return;
        }
        for registry in registries {
            let before: BTreeSet<Fact> = state.facts.keys().copied().collect();
            let delegate = state.delegate(*registry);
            let event = self.event(EventKind::RegistryArmed, target, Some(*registry), None, state);
            state.mark(Mark::Arming(event));
            let mut built: BTreeSet<PropertyRef> = state.built.keys().copied().collect();
            built.extend(self.building.iter().copied());
            match self.timeline.armings.iter_mut().find(|arming| arming.event == event) {
                Some(known) => known.before.retain(|fact| before.contains(fact)),
                None => self.timeline.armings.push(Arming {
                    event,
                    registries: vec![(*registry, delegate)],
                    reports: Reports::default(),
                    needs: BTreeSet::new(),
                    is_asked_elsewhere: false,
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
        self.involved += value.registries.len() + value.closures.len() + usize::from(value.is_nil);
        for registry in &value.registries {
            self.timeline.registries[*registry].properties.insert(property);
        }
        state.set(Slot::Property(property), value.clone());
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

    /// The value of a property has been made since these facts held.
    pub(super) fn imply(&mut self, property: PropertyRef, before: &SharedSet<Fact>, state: &State) {
        let found: BTreeSet<Fact> = added(before, &state.facts).into_iter().collect();
        match self.implied.get_mut(&property) {
            Some(known) => known.retain(|fact| found.contains(fact)),
            None => drop(self.implied.insert(property, found)),
        }
    }

    /// On this path a property is known to have a value.
    pub(super) fn is_present(&mut self, property: Option<PropertyRef>, state: &mut State) {
        let implied = property.and_then(|at| self.implied.get(&at));
        implied.into_iter().flatten().for_each(|fact| state.add(*fact));
        if let Some(property) = property.filter(|at| self.unit.holders.properties.contains(at)) {
            let provider = self.unit.holders.providers.contains(&property).then_some(Fact::Provider);
            for fact in provider.into_iter().chain([Fact::Stored(property)]) {
                state.add(fact);
                self.mattered.insert(fact, self.runs);
            }
        }
    }

    /// A closure comes into being. Where all that is known is as it was the last time, it is the same one.
    pub(super) fn closure(&mut self, function: FunctionRef, state: &mut State) -> Value {
        let known = self.last_closures.get(&function).copied().filter(|number| {
            let known = &self.closures[*number];
            known.turn == self.turn && known.before == state.facts
        });
        let number = known.unwrap_or(self.closures.len());
        let frame = self.frame();
        let is_relevant = frame.runs_relevant || self.unit.reach.is_relevant(Body::Function(function));
        if known.is_none() {
            self.closures.push(Closure {
                function,
                scope: frame.scope.clone(),
                owner: frame.owner,
                is_relevant,
                is_entered: false,
                is_main_queue: false,
                is_factory: false,
                given_to: None,
                turn: self.turn,
                before: state.facts.clone(),
            });
            self.last_closures.insert(function, number);
        }
        if is_relevant {
            state.mark(Mark::Closure(number));
            self.pending.push_back(number);
            let facts = state.facts.keys().filter(|fact| !fact.is_order());
            self.mattered.extend(facts.map(|fact| (*fact, self.runs)));
        }
        Value { closures: BTreeSet::from([number]), ..Value::default() }
    }

    /// Runs something, or does what it did the last time.
    pub(super) fn remembered(
        &mut self,
        run: Run,
        state: &mut State,
        walk: impl FnOnce(&mut Self, &mut State) -> Value,
    ) -> Value {
        if let Some(known) = self.known.get(&run).filter(|known| known.hold_in(state)) {
            let (facts, given) = (known.facts.clone(), known.given.clone());
            known.built.iter().for_each(|property| state.built.insert(*property, ()));
            facts.into_iter().for_each(|fact| self.hold(fact, state));
            self.mattered.extend(given.into_iter().map(|fact| (fact, self.runs)));
            return Value::default();
        }
        self.runs += 1;
        let begun = self.runs;
        let (facts, built, involved) = (state.facts.clone(), state.built.clone(), self.involved);
        let value = walk(self, state);
        if involved == self.involved && !value.matters() && !state.is_dead {
            let mattered =
                self.mattered.iter().filter(|(fact, last)| **last >= begun && facts.contains(fact));
            let effects = Effects {
                given: mattered.map(|(fact, _)| *fact).collect(),
                facts: added(&facts, &state.facts),
                built: added(&built, &state.built),
                needs: built,
            };
            self.known.insert(run, effects);
        }
        value
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
        let Some(frame) = self.frames.pop() else { return value };
        for (exit, returned) in frame.exits {
            value = if state.is_dead { returned } else { value.or(returned) };
            state.absorb(exit);
        }
        // Nobody asks for its locals any more where it has no closures.
        if let Some(function) = frame.function.filter(|at| !self.unit.reach.has_closures(*at)) {
            state.forget_locals(frame.file, self.unit.program.function(function).span);
        }
        value
    }
}

/// What a set has more than an earlier one.
fn added<T: Ord + Copy>(before: &SharedSet<T>, set: &SharedSet<T>) -> Vec<T> {
    before.differences(set).filter(|(_, before, _)| before.is_none()).map(|(at, ..)| *at).collect()
}
