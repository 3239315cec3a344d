//! The skeleton of a program: what matters for the duty to report, and nothing of how it is written down.
//!
//! The generator makes skeletons, the interpreter tells what each path of one does, the printer writes one
//! down as Swift. None of them knows the facts that the library extracts.

mod program;

pub(crate) use program::Written;

/// A program: project functions, and a push handler that is a method of [`Home::Owner`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Program {
    pub(crate) functions: Vec<Function>,
    pub(crate) handler: Block,
    /// How many types implement the protocol of [`Home::Role`].
    pub(crate) implementers: usize,
    pub(crate) style: Style,
}

/// How a program is written down, where that must not change the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Style {
    /// Every type in a file of its own; else everything in one.
    pub(crate) is_split: bool,
    /// The owner's methods stand in an extension (in a file of its own, if split).
    pub(crate) has_extension: bool,
    /// `self.` also where Swift does not ask for it.
    pub(crate) is_explicit: bool,
    /// Reports and project calls with trailing closures.
    pub(crate) is_trailing: bool,
    /// `if let`, `guard let` rather than `!= nil`; commas rather than `&&`.
    pub(crate) binds: bool,
    /// Open conditions ask the payload, where there is one.
    pub(crate) asks_payload: bool,
    /// Functions of different types have the same names.
    pub(crate) has_namesakes: bool,
    /// How the owner holds the helper.
    pub(crate) helper: Held,
    /// How the owner comes by the object that plays the role.
    pub(crate) role: Held,
    /// One more type implements the protocol of the role, does nothing, and is never made.
    pub(crate) has_double: bool,
    /// Nothing is declared that nothing uses.
    pub(crate) is_lean: bool,
}

/// How an object is held in a property.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Held {
    #[default]
    Plain,
    Annotated,
    Lazily,
    /// The property is of a protocol type that the object's class is the only one to implement.
    AsProtocol,
}

/// Where a function lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Home {
    /// The registry's delegate, whose method the handler is.
    Owner,
    /// A class whose instance is a property of the owner.
    Helper,
    /// A class with a `shared` instance.
    Shared,
    /// Static functions of an enum.
    Static,
    /// Free functions.
    Free,
    /// A protocol that several types implement; the owner holds one of them, nobody knows which.
    Role,
}

pub(crate) const HOMES: [Home; 6] =
    [Home::Owner, Home::Helper, Home::Shared, Home::Static, Home::Free, Home::Role];

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Function {
    pub(crate) home: Home,
    pub(crate) result: Kind,
    pub(crate) throws: bool,
    /// Has the push's payload as its parameter.
    pub(crate) takes_payload: bool,
    /// Has a parameter `work: () -> Void`.
    pub(crate) takes_work: bool,
    /// Is written as a computed property; has no parameters then, throws nothing, and gives a result.
    pub(crate) is_property: bool,
    pub(crate) body: Block,
    /// What the second and further implementers of a role do; where there are fewer bodies than implementers, the
    /// last is the default that an extension of the protocol has for the others.
    pub(crate) others: Vec<Block>,
}

/// The kind of a value: of a function's result, of a local variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Nothing,
    Bool,
    Optional,
    /// An enum of three cases.
    Case,
}

pub(crate) const CASES: usize = 3;

/// A local variable. The number is unique in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Variable {
    pub(crate) number: u32,
    pub(crate) kind: Kind,
}

/// A constant `Bool` member of an instance or type: whatever it is, it stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Flag {
    pub(crate) is_static: bool,
    pub(crate) number: u8,
}

/// The label of a loop, unique in the program.
pub(crate) type Label = u32;

pub(crate) type Block = Vec<Stmt>;

/// A statement with the number by which places are named.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stmt {
    pub(crate) number: u32,
    pub(crate) act: Act,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    /// Something that has nothing to do with calls.
    Noise(u8),
    /// `reportNewIncomingCall`
    Report,
    /// Gives the payload to a library whose code is not there.
    HandOut,
    /// Calls a project function and ignores its result.
    Call(Call),
    If(Condition, Block, Option<Block>),
    Guard(Condition, Block),
    /// One block per case; where there are fewer blocks than cases, the last is the `default`.
    Switch(Subject, Vec<Block>),
    Loop(Loop, Option<Label>, Block),
    Break(Option<Label>),
    Continue(Option<Label>),
    Return(Option<Value>),
    Throw,
    /// `do { } catch { }`
    Do(Block, Block),
    Defer(Block),
    /// `{ … }()`
    Now(Block),
    /// A closure given to a known API.
    Around(Api, Block),
    /// `let name = { … }`
    LetClosure(u32, Block),
    /// Calls such a closure.
    Run(u32),
    /// Calls the parameter `work`.
    RunWork,
    /// Stores the parameter `work` in a property.
    StoreWork,
    /// `let` (`false`) or `var` (`true`)
    Let(Variable, bool, Value),
    Assign(Variable, Value),
    /// `variable.toggle()`
    Toggle(Variable),
    /// Gives `&variable` to a function whose code is not there.
    Change(Variable),
    /// Gives a closure to a library whose code is not there: it may run it now, later or never.
    Give(Block),
    /// `fatalError()`
    Fatal,
    /// `#if DEBUG … #else … #endif`
    Build(Block, Block),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) function: usize,
    /// Whose method of a role is called; means nothing for other functions.
    pub(crate) on: On,
    pub(crate) work: Option<Work>,
    pub(crate) attempt: Attempt,
}

/// The object on which a method of a role is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum On {
    /// The one that the owner holds.
    #[default]
    Held,
    /// `self`; only in a method of the role.
    Own,
    /// One of this type, made for the call.
    Made(usize),
    /// The same, which a generic function gets to call it.
    Generic(usize),
}

/// What is given to a `work` parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Work {
    Closure(Block),
    /// A local closure constant.
    Local(u32),
    /// The caller's own parameter `work`.
    PassedOn,
}

/// How a throwing function is called; means nothing for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    Throws,
    Optional,
    Force,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    /// Anything, anew each time.
    Random,
    Flag(Flag),
    /// A local: true, not nil, or the first case.
    Local(Variable),
    /// A call's result: true, not nil, the first case; for a function without result, that `try?` gave no nil.
    Result(Call),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    /// `a ? b : c`
    Choice(Box<Condition>, Box<Condition>, Box<Condition>),
    Constant(bool),
    /// `type == .voIP`; only in the handler.
    IsVoip,
    /// `#available(iOS 12, *)`; only alone.
    IsAvailable,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Bool(Condition),
    /// nil, or not, as the condition says.
    Optional(Condition),
    Nil,
    Some,
    Case(u8),
    /// Any of the cases, anew each time.
    AnyCase,
    /// The result of a call to a function of this kind.
    Of(Call),
    /// `a ?? b`, both calls to functions that give an optional.
    Either(Call, Call),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Subject {
    Any,
    Of(Call),
    Local(Variable),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Loop {
    /// `for _ in …`
    For,
    While(Condition),
    RepeatWhile(Condition),
}

/// The APIs that closures are given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// `forEach { }`: any number of times, at once.
    ForEach,
    /// `queue.sync { }`: once, at once.
    Sync,
    /// `DispatchQueue.main.async { }`: later.
    Async,
    /// `DispatchQueue.main.asyncAfter(deadline:) { }`: later.
    AsyncAfter,
    /// `Task { }`: later.
    Task,
}

impl From<Act> for Stmt {
    fn from(act: Act) -> Self {
        Stmt { number: 0, act }
    }
}

impl Act {
    /// The blocks in it, closures included, those in conditions left out (there are none).
    pub(crate) fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match self {
            Act::If(_, then, otherwise) => {
                let mut blocks = vec![then];
                blocks.extend(otherwise);
                blocks
            }
            Act::Switch(_, cases) => cases.iter_mut().collect(),
            Act::Do(one, two) | Act::Build(one, two) => vec![one, two],
            Act::Guard(_, body)
            | Act::Loop(_, _, body)
            | Act::Defer(body)
            | Act::Now(body)
            | Act::Give(body)
            | Act::Around(_, body)
            | Act::LetClosure(_, body)
            | Act::Call(Call { work: Some(Work::Closure(body)), .. }) => vec![body],
            _ => Vec::new(),
        }
    }

    /// The calls in the expressions of a statement.
    pub(crate) fn calls_mut(&mut self) -> Vec<&mut Call> {
        let mut calls = Vec::new();
        match self {
            Act::Call(call) | Act::Switch(Subject::Of(call), _) => calls.push(call),
            Act::If(condition, ..)
            | Act::Guard(condition, _)
            | Act::Loop(Loop::While(condition) | Loop::RepeatWhile(condition), _, _) => {
                condition_calls_mut(condition, &mut calls);
            }
            Act::Return(Some(value)) | Act::Let(_, _, value) | Act::Assign(_, value) => match value {
                Value::Bool(condition) | Value::Optional(condition) => {
                    condition_calls_mut(condition, &mut calls);
                }
                Value::Of(call) => calls.push(call),
                Value::Either(left, right) => calls.extend([left, right]),
                Value::Nil | Value::Some | Value::Case(_) | Value::AnyCase => {}
            },
            _ => {}
        }
        calls
    }

    /// Whether nothing runs after it in its block.
    pub(crate) fn leaves(&self) -> bool {
        match self {
            Act::Return(_) | Act::Throw | Act::Fatal | Act::Break(_) | Act::Continue(_) => true,
            Act::If(_, then, Some(otherwise)) => leaves(then) && leaves(otherwise),
            _ => false,
        }
    }
}

/// Whether nothing runs after a block.
pub(crate) fn leaves(block: &[Stmt]) -> bool {
    block.last().is_some_and(|last| last.act.leaves())
}

impl Function {
    /// What the implementations do, one after another; a function that is no role's has one.
    pub(crate) fn bodies(&self) -> impl Iterator<Item = &Block> {
        std::iter::once(&self.body).chain(&self.others)
    }

    /// Whether what the implementer of this number does is the default of an extension.
    pub(crate) fn is_default(&self, implementer: usize, implementers: usize) -> bool {
        self.home == Home::Role && self.others.len() + 1 < implementers && implementer >= self.others.len()
    }

    pub(crate) fn bodies_mut(&mut self) -> impl Iterator<Item = &mut Block> {
        std::iter::once(&mut self.body).chain(&mut self.others)
    }

    /// What the implementer of this number does, and which of the bodies that is.
    pub(crate) fn implementation(&self, implementer: usize) -> (usize, &Block) {
        let which = implementer.min(self.others.len());
        (which, if which == 0 { &self.body } else { &self.others[which - 1] })
    }
}

impl Value {
    /// The calls in a value.
    pub(crate) fn calls<'v>(&'v self, calls: &mut Vec<&'v Call>) {
        match self {
            Value::Bool(condition) | Value::Optional(condition) => condition.calls(calls),
            Value::Of(call) => calls.push(call),
            Value::Either(left, right) => calls.extend([left, right]),
            Value::Nil | Value::Some | Value::Case(_) | Value::AnyCase => {}
        }
    }
}

impl Condition {
    /// The calls in a condition.
    pub(crate) fn calls<'v>(&'v self, calls: &mut Vec<&'v Call>) {
        match self {
            Condition::Result(call) => calls.push(call),
            Condition::Not(inner) => inner.calls(calls),
            Condition::And(left, right) | Condition::Or(left, right) => {
                left.calls(calls);
                right.calls(calls);
            }
            Condition::Choice(which, left, right) => {
                which.calls(calls);
                left.calls(calls);
                right.calls(calls);
            }
            Condition::Random
            | Condition::Flag(_)
            | Condition::Local(_)
            | Condition::Constant(_)
            | Condition::IsVoip
            | Condition::IsAvailable => {}
        }
    }
}

fn condition_calls_mut<'c>(condition: &'c mut Condition, calls: &mut Vec<&'c mut Call>) {
    match condition {
        Condition::Result(call) => calls.push(call),
        Condition::Not(inner) => condition_calls_mut(inner, calls),
        Condition::And(left, right) | Condition::Or(left, right) => {
            condition_calls_mut(left, calls);
            condition_calls_mut(right, calls);
        }
        Condition::Choice(which, left, right) => {
            condition_calls_mut(which, calls);
            condition_calls_mut(left, calls);
            condition_calls_mut(right, calls);
        }
        _ => {}
    }
}
