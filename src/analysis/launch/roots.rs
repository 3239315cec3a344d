//! How a launch is walked: the start of the process, the push handler, the callbacks.

use std::collections::BTreeSet;

use super::Unit;
use super::eval::is_built_at_first_use;
use super::frame::Frame;
use super::starts::{Start, starts};
use super::state::State;
use super::timeline::{Arming, Phase, Root, Timeline, Turn, TurnKind, WaitsFor};
use super::waits;
use super::walk::Walk;
use crate::analysis::calls::Body;
use crate::facts::FunctionKind;
use crate::finding::Step;
use crate::program::{FunctionRef, TypeIndex};

/// More turns than this are not walked.
const MAX_TURNS: usize = 400;

/// The timelines of all launches of a unit. What the launch of one app leads to is no matter of the others; what
/// none leads to belongs to the apps that are nearest in the folders.
pub(super) fn timelines(unit: &Unit<'_>) -> Vec<Timeline> {
    let starts = starts(unit);
    let files: Vec<Vec<u32>> = starts.iter().map(|start| files_of(unit, start)).collect();
    let near = |file: u32, start: usize| {
        files[start].iter().map(|known| unit.program.nearness(*known, file)).max().unwrap_or(0)
    };
    let is_share = |file: u32, start: usize| {
        let best = (0..files.len()).map(|at| near(file, at)).max().unwrap_or(0);
        near(file, start) == best
    };
    let mut walks: Vec<Walk<'_>> = starts.iter().map(|start| launched(unit, start)).collect();
    let met: BTreeSet<Body> = walks.iter().flat_map(|walk| walk.visited.iter().copied()).collect();
    let mut timelines = Vec::new();
    for (at, walk) in walks.drain(..).enumerate() {
        let mut open = unit.reach.seeds.events.clone();
        open.retain(|seed| is_share(seed.file(), at) && !met.contains(seed));
        let mut handlers = unit.handlers();
        handlers.retain(|handler| is_share(handler.file, at));
        let mut timeline = completed(unit, walk, open, &handlers);
        let providers = unit.holders.providers.iter().copied();
        timeline.providers = providers.filter(|property| is_share(property.file, at)).collect();
        timelines.push(timeline);
    }
    timelines
}

fn files_of(unit: &Unit<'_>, start: &Start) -> Vec<u32> {
    start.types().into_iter().flat_map(|ty| unit.program.ty(ty).decls.iter().map(|(file, _)| *file)).collect()
}

/// The launch itself, and what it puts off.
fn launched<'a>(unit: &'a Unit<'a>, start: &Start) -> Walk<'a> {
    let program = unit.program;
    let types = start.types();
    let named = types.first().and_then(|ty| program.ty(*ty).decls.first());
    let location = named.map(|(file, id)| program.location(*file, program.decl(*file, *id).name_span));
    let mut walk = Walk::new(unit, Root { kind: start.kind, types, location });
    let turn = Turn {
        kind: TurnKind::Launch,
        parent: None,
        location,
        name: String::new(),
        waits_for: WaitsFor::Nothing,
    };
    walk.turn(turn, State::default(), |walk, state| launch(walk, start, state));
    walk
}

/// The push handlers and the callbacks, and what is known where a registry asks for pushes.
fn completed(
    unit: &Unit<'_>,
    mut walk: Walk<'_>,
    open: BTreeSet<Body>,
    handlers: &[FunctionRef],
) -> Timeline {
    let launched = walk.visited.clone();
    for handler in handlers {
        let state = walk.end_of(0);
        walk.turn(turn_of(unit, TurnKind::Handler, *handler), state, |walk, state| {
            walk.enter_method(*handler, state);
        });
    }
    callbacks(&mut walk, open);
    let doubtful = walk.doubtful(&launched);
    walk.find_other_askers();
    let mut timeline = walk.timeline;
    timeline.has_handler = !handlers.is_empty();
    timeline.doubtful = doubtful;
    let armings = std::mem::take(&mut timeline.armings);
    timeline.armings =
        armings.into_iter().map(|arming| ask_handlers(unit, &timeline.root, handlers, arming)).collect();
    timeline
}

/// What the handlers make by themselves if a push comes at that moment.
fn ask_handlers(unit: &Unit<'_>, root: &Root, handlers: &[FunctionRef], mut arming: Arming) -> Arming {
    for handler in handlers {
        let mut walk = Walk::new(unit, root.clone());
        let state = State {
            built: arming.built.iter().map(|property| (*property, ())).collect(),
            ..State::default()
        };
        let met = walk.turn(turn_of(unit, TurnKind::Handler, *handler), state, |walk, state| {
            walk.enter_method(*handler, state);
        });
        arming.on_demand.extend(met);
    }
    arming.reports = unit.reach.reports(handlers);
    arming.needs = unit.reach.needs(handlers);
    arming
}

fn turn_of(unit: &Unit<'_>, kind: TurnKind, at: FunctionRef) -> Turn {
    let function = unit.program.function(at);
    let location = Some(unit.program.location(at.file, function.name_span));
    let waits_for = waits::for_function(unit.program, at);
    Turn { kind, parent: None, location, name: function.name.to_string(), waits_for }
}

fn launch(walk: &mut Walk<'_>, start: &Start, state: &mut State) {
    walk.phase = Phase::Building;
    for ty in start.app.into_iter().chain(start.delegate) {
        walk.build(ty, state);
    }
    walk.phase = Phase::Launching;
    if let Some(delegate) = start.delegate {
        for label in ["willFinishLaunchingWithOptions", "didFinishLaunchingWithOptions"] {
            walk.launch_method(delegate, label, state);
        }
    }
    if let Some((ty, function)) = start.plugin {
        if !walk.unit.program.function(function).modifiers.is_static {
            walk.build(ty, state);
        }
        walk.enter_method(function, state);
    }
}

impl Walk<'_> {
    /// Builds an object that the system makes.
    fn build(&mut self, ty: TypeIndex, state: &mut State) {
        let program = self.unit.program;
        let facts = program.ty(ty);
        let Some((file, id)) = facts.decls.first() else { return };
        let span = program.decl(*file, *id).name_span;
        let text = format!("`{}` is built, with its properties", facts.name);
        let step = Step { location: program.location(*file, span), text };
        let inits: Vec<FunctionRef> = program
            .find_methods(ty, "init")
            .into_iter()
            .filter(|at| program.function(*at).body.is_some())
            .collect();
        let takes_nothing = |at: &&FunctionRef| program.function(**at).params.is_empty();
        let matters = |at: &&FunctionRef| self.unit.reach.is_relevant(Body::Function(**at));
        let init = inits.iter().find(takes_nothing).or_else(|| inits.iter().find(matters)).copied();
        self.construct(ty, init, Vec::new(), Some(step), state);
    }

    /// A method that the system calls on the app delegate at launch.
    fn launch_method(&mut self, delegate: TypeIndex, label: &str, state: &mut State) {
        let program = self.unit.program;
        let is_it = |at: &FunctionRef| {
            let function = program.function(*at);
            let last = function.params.last().and_then(|param| param.label.as_deref());
            function.name == "application" && function.params.len() == 2 && last == Some(label)
                || function.name == "applicationDidFinishLaunching" && label.starts_with("did")
        };
        let found = program.ancestry(delegate).into_iter().find_map(|ty| {
            let all = ["application", "applicationDidFinishLaunching"];
            all.into_iter().flat_map(|name| program.methods(ty, name)).copied().find(is_it)
        });
        if let Some(at) = found {
            let name = if label.starts_with("will") { "willFinishLaunching" } else { "didFinishLaunching" };
            let location = program.location(at.file, program.function(at).name_span);
            let step = Step { location, text: format!("the app is launched: `{name}` begins") };
            self.enter(at, Vec::new(), Some(step), state);
        }
    }

    /// A method that somebody calls of whom nothing is known; its object has been built before.
    fn enter_method(&mut self, at: FunctionRef, state: &mut State) {
        let program = self.unit.program;
        let function = program.function(at);
        let text = match function.kind {
            FunctionKind::Closure => "a closure begins here".to_owned(),
            _ => format!("`{}` begins here", function.name),
        };
        let step = Step { location: program.location(at.file, function.name_span), text };
        self.enter_uncalled(at, Some(step), state);
    }
}

// --- What nobody in the launch calls ---------------------------------------------------------------------------

/// Walks what has not been met yet, each from where it begins.
fn callbacks(walk: &mut Walk<'_>, mut open: BTreeSet<Body>) {
    let unit = walk.unit;
    for handler in unit.handlers() {
        walk.visited.insert(Body::Function(handler));
    }
    let mut tops = Tops::default();
    loop {
        open.retain(|seed| !walk.visited.contains(seed));
        let Some(top) = tops.next(walk, &open) else { break };
        if walk.timeline.turns.len() >= MAX_TURNS {
            walk.timeline.cut.get_or_insert(unit.program.file_id(top.file()));
            break;
        }
        walk.visited.insert(top);
        let start = walk.end_of(0);
        match top {
            Body::Function(at) => {
                // A method comes after the turn in which its object was built.
                let owner = unit
                    .program
                    .owner(at)
                    .filter(|_| unit.program.function(at).kind != FunctionKind::Initializer);
                let built = owner.and_then(|owner| walk.built.get(&owner).copied()).filter(|turn| *turn > 0);
                let turn = Turn { parent: built, ..turn_of(unit, turn_kind(unit, at), at) };
                let start = built.map_or(start, |turn| walk.end_of(turn));
                walk.turn(turn, start, |walk, state| called(walk, at, state));
            }
            Body::Initial(at) => {
                let property = unit.program.property(at);
                let owner = unit.program.property_owner(at).filter(|_| !is_built_at_first_use(property));
                let kind = match owner {
                    Some(owner) if is_made_by_system(unit, owner) => TurnKind::Callback,
                    Some(_) => TurnKind::Uncalled,
                    None => TurnKind::FirstUse,
                };
                let name = owner.map_or(&property.name, |owner| &unit.program.ty(owner).name).to_string();
                let location = Some(unit.program.location(at.file, property.name_span));
                let is_on_screen = owner.is_some_and(|owner| waits::is_on_screen(unit.program, owner));
                let waits_for = if is_on_screen { WaitsFor::Screen } else { WaitsFor::Unknown };
                let turn = Turn { kind, parent: None, location, name, waits_for };
                walk.turn(turn, start, |walk, state| match owner {
                    Some(owner) => walk.build(owner, state),
                    None => {
                        walk.read(at, None, state);
                    }
                });
            }
            Body::TopLevel(file) => {
                let turn = Turn {
                    kind: TurnKind::Callback,
                    parent: None,
                    location: None,
                    name: "main".to_owned(),
                    waits_for: WaitsFor::Unknown,
                };
                walk.turn(turn, start, |walk, state| {
                    walk.in_frame(Frame::new(file, None, None, None), state, |walk, state| {
                        walk.block(&walk.unit.program.file(file).top_level, state)
                    });
                });
            }
        }
    }
}

/// Looks for bodies that nothing unmet leads to, from which one of the open ones is reached.
#[derive(Default)]
struct Tops {
    /// Each leads to the one before it: the way is climbed once, however often the walk goes on from its end.
    way: Vec<Body>,
    seen: BTreeSet<Body>,
}

impl Tops {
    fn next(&mut self, walk: &Walk<'_>, open: &BTreeSet<Body>) -> Option<Body> {
        if let Some(top) = self.climb(walk, open) {
            return Some(top);
        }
        // What was seen before may have been a circle that is open by now.
        self.seen.clear();
        self.climb(walk, open).or_else(|| open.first().copied())
    }

    fn climb(&mut self, walk: &Walk<'_>, open: &BTreeSet<Body>) -> Option<Body> {
        let reach = &walk.unit.reach;
        loop {
            while self.way.pop_if(|body| walk.visited.contains(body)).is_some() {}
            let Some(body) = self.way.last().copied() else {
                let seed = open.iter().copied().find(|seed| self.seen.insert(*seed))?;
                self.way.push(seed);
                continue;
            };
            let callers = reach.callers(body);
            let mut unmet =
                callers.iter().filter(|at| !walk.visited.contains(at) && reach.is_relevant(**at)).peekable();
            if unmet.peek().is_none() {
                return Some(body);
            }
            match unmet.filter(|caller| !self.seen.contains(caller)).last() {
                Some(caller) => {
                    self.seen.insert(*caller);
                    self.way.push(*caller);
                }
                None => {
                    self.way.pop();
                }
            }
        }
    }
}

fn called(walk: &mut Walk<'_>, at: FunctionRef, state: &mut State) {
    let program = walk.unit.program;
    let function = program.function(at);
    let owner = program.owner(at);
    if function.kind == FunctionKind::Initializer {
        if let Some(owner) = owner {
            let location = program.location(at.file, function.name_span);
            let step = Step { location, text: format!("`{}` is built", program.ty(owner).name) };
            walk.construct(owner, Some(at), Vec::new(), Some(step), state);
        }
        return;
    }
    if let Some(owner) =
        owner.filter(|owner| !function.modifiers.is_static && !walk.built.contains_key(owner))
    {
        walk.build(owner, state);
    }
    walk.enter_method(at, state);
}

fn is_made_by_system(unit: &Unit<'_>, ty: TypeIndex) -> bool {
    unit.program.outside_ancestors(ty).iter().any(|name| {
        name.ends_with("ViewController")
            || name.ends_with("View")
            || name.ends_with("Delegate")
            || name.ends_with("Plugin")
    })
}

/// What is known of when a function runs that nothing in the project calls.
fn turn_kind(unit: &Unit<'_>, at: FunctionRef) -> TurnKind {
    let function = unit.program.function(at);
    let is_marked =
        function.attributes.iter().any(|attribute| matches!(attribute.name.as_str(), "objc" | "IBAction"));
    let is_delegate_call = function.params.len() >= 2
        && function.params.first().is_some_and(|param| param.label.is_none())
        && !function.modifiers.is_private;
    match function.kind {
        FunctionKind::Closure => TurnKind::Later { is_main_queue: false },
        FunctionKind::Getter if function.name == "body" => TurnKind::Callback,
        FunctionKind::Initializer
            if unit.program.owner(at).is_some_and(|owner| is_made_by_system(unit, owner)) =>
        {
            TurnKind::Callback
        }
        FunctionKind::Function | FunctionKind::Deinitializer
            if function.modifiers.is_override || is_marked || is_delegate_call =>
        {
            TurnKind::Callback
        }
        FunctionKind::Function if waits::for_function(unit.program, at) != WaitsFor::Unknown => {
            TurnKind::Callback
        }
        _ => TurnKind::Uncalled,
    }
}
