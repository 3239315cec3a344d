//! The walk over the body of one function along all of its paths, and the exits that it comes to.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::Duties;
use super::before::Before;
use super::call::Call;
use super::closures::{Asked, Effect};
use super::repeated::Repeated;
use super::state::{At, Duty, How, Known, Leave, Origin, State, Value, When};
use super::summary::{Context, ContextId, ExitKey, Summary, Way};
use super::trace::{StepKind, Trace};
use crate::facts::{Block, ExprId, ExprKind, FunctionKind, Node, TypeDeclKind};
use crate::finding::Confidence;
use crate::program::{FunctionRef, LocalId, Place, Scope, Target, Ty};
use crate::source::Span;

/// The walk over one function in one context.
pub(super) struct Walk<'a> {
    pub(super) duties: &'a Duties<'a>,
    /// The number of the context.
    pub(super) id: ContextId,
    pub(super) context: &'a Context,
    /// The function or closure whose body is walked just now.
    pub(super) function: FunctionRef,
    pub(super) scope: Scope,
    /// The names in scope where a closure or local function stands.
    pub(super) closures: HashMap<FunctionRef, Scope>,
    pub(super) targets: HashMap<ExprId, Rc<Target>>,
    /// What closures do for the duty at most, as far as it was asked.
    pub(super) effects: BTreeMap<Asked, Rc<Effect>>,
    /// Closures and local functions that are being walked inside one another.
    pub(super) inlined: Vec<FunctionRef>,
    /// The conditions behind computed properties that are being walked inside one another.
    pub(super) asked: Vec<ExprId>,
    /// How deep the walk is inside an expression.
    pub(super) depth: u32,
    /// The expression whose value nobody takes: a statement of its own.
    pub(super) discarded: Option<ExprId>,
    /// What is walked is only asked for what it would do, and does not happen here.
    pub(super) is_trying: bool,
    /// What happens before a report.
    pub(super) before: Before,
    /// Paths on which no report is due from here on.
    pub(super) excused: Vec<(State, At)>,
    /// Something was called of which nothing is known yet: the walk goes on to see what else is called, and its exits
    /// say nothing. Were it given up instead, a function with many calls would be walked once for each of them.
    pub(super) is_provisional: bool,
    /// How many `defer` are to run yet, which may ask for variables after a `return`.
    pub(super) keeps_locals: u32,
    /// Conditions that stand more than once in the function.
    pub(super) repeated: Rc<Repeated>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(duties: &'a Duties<'a>, id: ContextId, context: &'a Context) -> Self {
        Self {
            duties,
            id,
            context,
            function: context.function,
            scope: Scope::default(),
            closures: HashMap::new(),
            targets: HashMap::new(),
            effects: BTreeMap::new(),
            inlined: Vec::new(),
            asked: Vec::new(),
            depth: 0,
            discarded: None,
            is_trying: false,
            before: Before::default(),
            excused: Vec::new(),
            is_provisional: false,
            keeps_locals: 0,
            repeated: duties.repeated_conditions(context.function),
        }
    }

    /// All exits of the function, and what it does before a report; none where something that it calls is to be looked
    /// at first.
    pub(super) fn run(mut self) -> Option<(Summary, Before)> {
        let program = self.duties.program;
        let at = self.context.function;
        let facts = program.function(at);
        let Some(body) = program.body(at) else { return Some(Default::default()) };
        self.scope = self.duties.scope_around(at);
        let mut state = self.with_captured(State::start());
        let owner = program.owner(at);
        for (position, param) in facts.params.iter().enumerate() {
            let id = LocalId(param.span.start);
            let ty = param.ty.as_ref().and_then(|ty| program.type_from_ref(ty, at.file, Some(at), owner));
            let mut value = self.context.args.get(position).cloned().unwrap_or_default();
            let is_function = matches!(ty.as_ref().map(Ty::unwrapped), Some(Ty::Function(_)));
            if is_function && value.known != Known::Nil || param.is_autoclosure {
                value.known = Known::Param(position as u16);
            }
            state.set_local(id, value);
            self.scope.push(param.name.clone(), id, ty);
        }
        let mut leaves = Vec::new();
        let rest = self.body(body, vec![state], &mut leaves);
        let rest = self.run_inherited(rest, &mut leaves);
        let end = (at.file, body.end());
        leaves.extend(rest.into_iter().map(|(state, value)| Leave {
            state,
            how: How::Return(value),
            at: end,
        }));
        if self.is_provisional {
            return None;
        }
        for leave in &mut leaves {
            self.keep_captured(leave);
        }
        let before = std::mem::take(&mut self.before);
        Some((self.exits(leaves), before))
    }

    /// What a closure that is looked at on its own has captured, as far as the text tells.
    fn with_captured(&mut self, state: State) -> State {
        let program = self.duties.program;
        let mut state = state;
        for (capture, value) in program.function(self.function).captured() {
            let facts = program.file(self.function.file).expr(value);
            let id = LocalId(facts.span.start);
            if matches!(facts.kind, ExprKind::Name(_) | ExprKind::Member { .. })
                && let [(_, found)] = self.eval(value, State::start(), &mut Vec::new()).as_slice()
                && !capture.is_weak
            {
                state.set_local(id, found.clone());
            }
        }
        state
    }

    /// The end of an initialiser without a call of one runs the one without parameters that it inherits.
    fn run_inherited(&mut self, states: Vec<(State, Value)>, leaves: &mut Vec<Leave>) -> Vec<(State, Value)> {
        let program = self.duties.program;
        let facts = program.function(self.function);
        let is_initializer = facts.kind == FunctionKind::Initializer && facts.parent.is_none();
        let Some(owner) = program.owner(self.function).filter(|_| is_initializer) else { return states };
        let parents = program.ancestry(owner).into_iter().skip(1);
        let mut parents = parents.filter(|ty| program.ty(*ty).kind == TypeDeclKind::Class);
        let inherited = parents.find_map(|ty| {
            program.methods(ty, "init").iter().copied().find(|at| program.function(*at).params.is_empty())
        });
        let Some(inherited) = inherited.filter(|at| self.duties.reach.may_report(*at)) else { return states };
        let mut calls_one = false;
        if let Some(body) = program.body(self.function) {
            let file = program.file(self.function.file);
            file.each_node(body, |node| {
                if let Node::Expr(id) = node
                    && let ExprKind::Member { name, .. } = &file.expr(id).kind
                {
                    calls_one |= name == "init";
                }
            });
        }
        if calls_one {
            return states;
        }
        let call = Call::implied(self.at(facts.name_span), "init".into());
        let mut all = Vec::new();
        for (state, value) in states {
            let done = self.run_functions(&[inherited], &call, Confidence::High, state, leaves);
            all.extend(done.into_iter().map(|(state, _)| (state, value.clone())));
        }
        all
    }

    /// Whoever gets a closure from here may call what it captured.
    pub(super) fn keep_captured(&mut self, leave: &mut Leave) {
        if let How::Return(Value { known: Known::Function(at), .. }) = &leave.how
            && self.is_inline(*at)
        {
            let effect = self.effect_of(*at, &leave.state);
            leave.state.key.params.extend(effect.params.iter().map(|position| (*position, When::Unseen)));
        }
    }

    /// A body: its states at the end, each with the value of a body that is one expression.
    pub(super) fn body(
        &mut self,
        body: &Block,
        states: Vec<State>,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        if let Some(value) = self.duties.program.single_expression(self.function.file, body) {
            let mut all = Vec::new();
            for state in states {
                self.discarded = Some(self.duties.program.plain(self.function.file, value));
                all.extend(self.eval(value, state, leaves));
            }
            return all;
        }
        self.block(body, states, leaves).into_iter().map(|state| (state, Value::default())).collect()
    }

    fn exits(mut self, leaves: Vec<Leave>) -> Summary {
        // The ways out of a handler are told, those that report among them.
        let is_told_apart = self.duties.is_entry(self.context.function);
        let facts = self.duties.program.function(self.context.function);
        let can_throw = facts.is_throwing || facts.kind == FunctionKind::Closure;
        let mut exits = Summary::new();
        for leave in leaves {
            let (way, origin) = match leave.how {
                How::Return(value) => {
                    let known = match value.known {
                        Known::Unevaluated(_) => Known::Something,
                        known => known,
                    };
                    (Way::Returns(known), value.origin)
                }
                How::Throw if can_throw => (Way::Throws, Origin::Own),
                // The catch clauses of a function that does not throw are exhaustive.
                How::Throw => continue,
                How::Break(_) | How::Continue(_) | How::Fallthrough => continue,
            };
            let inouts = self.inouts(&leave.state);
            let key = leave.state.key;
            let is_open = key.duty < Duty::Reported;
            let key = ExitKey {
                way,
                origin,
                duty: key.duty,
                nil_holder: key.nil_holder.filter(|_| is_open),
                confidence: key.confidence,
                is_disputed: key.is_disputed && is_open,
                is_taken: key.is_taken && is_open,
                params: key.params,
                inouts,
                blame: if is_open {
                    Some(key.turn.unwrap_or(leave.at))
                } else {
                    is_told_apart.then_some(leave.at)
                },
                reported: key.reported,
            };
            insert(&mut exits, key, (leave.at, leave.state.trace));
        }
        for (state, at) in std::mem::take(&mut self.excused) {
            insert(&mut exits, ExitKey::excused(at), (at, state.trace));
        }
        exits
    }

    /// What the `inout` parameters hold.
    fn inouts(&self, state: &State) -> BTreeMap<u16, Known> {
        let params = self.duties.program.function(self.context.function).params.iter().enumerate();
        params
            .filter(|(_, param)| param.is_inout)
            .map(|(position, param)| (position as u16, state.local(LocalId(param.span.start)).known))
            .filter(|(_, known)| {
                matches!(known, Known::Bool(_) | Known::Nil | Known::Something | Known::Case(_))
            })
            .collect()
    }

    /// On the paths of this state that are not followed, no report is due from `at` on.
    pub(super) fn excuse(&mut self, state: &State, at: At, why: &str) {
        if self.duties.is_detailed && state.key.duty < Duty::Reported {
            self.excused.push((state.clone().step(at, StepKind::Excuse(why.into())), at));
        }
    }

    pub(super) fn at(&self, span: Span) -> At {
        (self.function.file, span)
    }

    /// The function whose text this is, for looking names up.
    pub(super) fn place(&self) -> Place<'_> {
        Place::of(self.duties.program, self.function, &self.scope)
    }
}

/// Keeps the shortest way to each exit.
fn insert(exits: &mut Summary, key: ExitKey, found: (At, Trace)) {
    let place = exits.entry(key).or_insert_with(|| found.clone());
    if found.1.len() < place.1.len() {
        *place = found;
    }
}
