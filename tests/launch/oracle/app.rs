//! The skeleton of an app: what it makes and sets up, in which order, and nothing of how it is written down.

use pushlint::analysis::launch::EventKind;

/// An app: its first type is the app delegate, the others are classes that it sets up. A type refers only to
/// those after it.
#[derive(Clone, Debug, Default)]
pub(super) struct App {
    pub(super) types: Vec<Type>,
    /// The initial values of a SwiftUI `App` struct, which has the delegate by an adaptor.
    pub(super) scene: Option<Vec<Made>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Type {
    /// Has a `static let shared`.
    pub(super) is_shared: bool,
    /// Implements the protocol `Steps`, which asks for the first two methods.
    pub(super) is_steps: bool,
    /// The object that its `init` is given, and keeps in a property.
    pub(super) given: Option<Made>,
    pub(super) properties: Vec<Property>,
    pub(super) init: Block,
    /// The delegate's first is `willFinishLaunching`, its second `didFinishLaunching`.
    pub(super) methods: Vec<Method>,
    /// What the push handler does, in a type that has one.
    pub(super) handler: Option<Block>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Method {
    pub(super) takes: Takes,
    pub(super) body: Block,
}

/// What a method has for a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Takes {
    #[default]
    Nothing,
    /// An object of the type of this index.
    Object(usize),
    Thing(Thing),
    /// A closure.
    Work,
}

/// What is made at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Registry,
    Provider,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Property {
    pub(super) kind: Kind,
    pub(super) value: Made,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Stored,
    Lazy,
    Static,
}

/// What a value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// A registry or provider, made at a site.
    Thing(Site),
    /// An object of the type of this index.
    Object(usize),
    /// The `shared` object of the type of this index.
    Shared(usize),
    /// One of two objects, nobody knows which, held as `Steps`.
    Either(usize, usize),
}

/// A line at which something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) number: u32,
    pub(super) does: Does,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    Make(Thing),
    /// `registry.delegate = self`, `provider.setDelegate(self, queue: nil)`
    SetDelegate(Thing),
    /// `registry.desiredPushTypes = [.voIP]`
    Arm,
}

impl Does {
    pub(super) fn event(self) -> EventKind {
        match self {
            Does::Make(Thing::Registry) => EventKind::RegistryCreated,
            Does::Make(Thing::Provider) => EventKind::ProviderCreated,
            Does::SetDelegate(Thing::Registry) => EventKind::RegistryDelegateSet,
            Does::SetDelegate(Thing::Provider) => EventKind::ProviderDelegateSet,
            Does::Arm => EventKind::RegistryArmed,
        }
    }
}

pub(super) type Block = Vec<Act>;

#[derive(Clone, Debug)]
pub(super) enum Act {
    /// A registry or provider is made and kept in a property.
    Keep(Site),
    /// The same in a local constant.
    Local(Site),
    /// What is held gets a delegate or is armed.
    Use(Holder, Site),
    /// A method of `self`.
    Own(usize, Arg),
    /// A method of an object.
    Of(Receiver, usize, Arg),
    /// A method of an object, called by a generic function that the object is given to.
    Generic(Receiver, usize),
    /// `_ = property`
    Touch(usize),
    /// Calls the closure that the method was given.
    Work,
    If(Block, Block),
    Guard(Block),
    Loop(Block),
    Defer(Block),
    /// `{ … }()`
    Now(Block),
    /// A closure given to a project function that calls it.
    Perform(Block),
    /// Put off to the main queue.
    Async(Block),
    Task(Block),
}

/// Where a registry or provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    Property(usize),
    /// The local constant of the site of this number.
    Local(u32),
    Param,
}

/// Where an object is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Receiver {
    /// A property of `self`, which holds an object.
    Property(usize),
    /// The object that `self` was given when it was made.
    Given,
    Param,
    Made(Made),
}

/// What a method is given.
#[derive(Clone, Debug)]
pub(super) enum Arg {
    Nothing,
    Object(Receiver),
    Thing(Holder, Thing),
    /// A registry or provider made for the call.
    Made(Site),
    Work(Block),
    /// The closure that the caller was given itself.
    PassedOn,
}

impl Type {
    /// The blocks that are run: of its methods, its `init`, its push handler.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.methods.iter().map(|method| &method.body).chain([&self.init]).chain(&self.handler)
    }

    pub(super) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut Block> {
        let methods = self.methods.iter_mut().map(|method| &mut method.body);
        methods.chain([&mut self.init]).chain(&mut self.handler)
    }
}

impl Act {
    /// The blocks in it, to be changed.
    pub(super) fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match self {
            Act::If(then, otherwise) => vec![then, otherwise],
            Act::Guard(body)
            | Act::Loop(body)
            | Act::Defer(body)
            | Act::Now(body)
            | Act::Perform(body)
            | Act::Async(body)
            | Act::Task(body)
            | Act::Own(_, Arg::Work(body))
            | Act::Of(_, _, Arg::Work(body)) => vec![body],
            _ => Vec::new(),
        }
    }

    /// The blocks in it.
    pub(super) fn blocks(&self) -> Vec<&Block> {
        match self {
            Act::If(then, otherwise) => vec![then, otherwise],
            Act::Guard(body)
            | Act::Loop(body)
            | Act::Defer(body)
            | Act::Now(body)
            | Act::Perform(body)
            | Act::Async(body)
            | Act::Task(body)
            | Act::Own(_, Arg::Work(body))
            | Act::Of(_, _, Arg::Work(body)) => vec![body],
            _ => Vec::new(),
        }
    }
}
