//! What the walk keeps: the bodies that it is in, closures as values, and what a run did.

use super::state::{State, Value};
use super::timeline::Fact;
use crate::analysis::shared::SharedSet;
use crate::facts::Block;
use crate::finding::Step;
use crate::program::{FunctionRef, PropertyRef, Scope, TypeIndex};

/// A function, or an initial value, that is being walked.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) file: u32,
    pub(super) function: Option<FunctionRef>,
    pub(super) owner: Option<TypeIndex>,
    pub(super) scope: Scope,
    /// Where and why it is entered.
    pub(super) step: Option<Step>,
    /// The closures that it is given.
    pub(super) given: Vec<FunctionRef>,
    /// An event can be reached from a closure that it is given, or it is such a closure: the closures in it may call that.
    pub(super) runs_relevant: bool,
    /// The type that is being built.
    pub(super) builds: Option<TypeIndex>,
    /// The property whose initial value it is.
    pub(super) initial_of: Option<PropertyRef>,
    pub(super) exits: Vec<(State, Value)>,
    pub(super) jumps: Vec<Jump>,
    pub(super) defers: Vec<Block>,
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
            given: Vec::new(),
            runs_relevant: false,
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
pub(super) struct Jump {
    pub(super) is_loop: bool,
    pub(super) states: Vec<State>,
}

/// A closure or local function as a value.
#[derive(Debug)]
pub(super) struct Closure {
    pub(super) function: FunctionRef,
    pub(super) scope: Scope,
    pub(super) owner: Option<TypeIndex>,
    /// An event can be reached from it.
    pub(super) is_relevant: bool,
    pub(super) is_entered: bool,
    pub(super) is_main_queue: bool,
    /// It makes something for whoever calls it.
    pub(super) is_factory: bool,
    /// What it is given to: `Task`, `requestAuthorization`.
    pub(super) given_to: Option<Step>,
    /// The turn in which it comes into being, and what held there.
    pub(super) turn: usize,
    pub(super) before: SharedSet<Fact>,
}

/// Something that is run and has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Run {
    /// A function.
    Function(FunctionRef),
    /// The construction of a type, with the initialiser.
    Build(TypeIndex, Option<FunctionRef>),
}

/// What a run did.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// What had been built at first use before; the effects hold where all of it has.
    pub(super) needs: SharedSet<PropertyRef>,
    /// What held before, and mattered: it came to hold again on some path, whether on all of them was not seen, or held where
    /// something was put off.
    pub(super) given: Vec<Fact>,
    pub(super) facts: Vec<Fact>,
    pub(super) built: Vec<PropertyRef>,
}

impl Effects {
    /// Whether running it in a state has these effects, too.
    pub(super) fn hold_in(&self, state: &State) -> bool {
        self.needs.differences(&state.built).all(|(_, own, _)| own.is_none())
            && self.given.iter().all(|fact| state.facts.contains(fact))
    }
}
