//! Makes random skeletons of apps.

use crate::random::Dice;

/// An app: its first type is the app delegate, the others are classes that it sets up. A type refers only to
/// those after it.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) types: Vec<Type>,
    /// The initial values of a SwiftUI `App` struct, which has the delegate by an adaptor.
    pub(super) scene: Option<Vec<Made>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Type {
    /// Has a `static let shared`.
    pub(super) is_shared: bool,
    pub(super) properties: Vec<Property>,
    pub(super) init: Block,
    /// The delegate's first is `willFinishLaunching`, its second `didFinishLaunching`.
    pub(super) methods: Vec<Block>,
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
    /// A registry or provider, made at the site of this number.
    Site(u32),
    /// An object of the type of this index.
    Object(usize),
    /// The `shared` object of the type of this index.
    Shared(usize),
}

pub(super) type Block = Vec<Act>;

#[derive(Clone, Debug)]
pub(super) enum Act {
    /// A registry or provider is made and kept.
    Site(u32),
    /// A method of `self`.
    Own(usize),
    /// A method of an object.
    Of(Receiver, usize),
    /// `_ = property`
    Touch(usize),
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

#[derive(Clone, Copy, Debug)]
pub(super) enum Receiver {
    /// A property of `self`, which holds an object.
    Property(usize),
    Made(Made),
}

struct Generator {
    dice: Dice,
    /// From the last to the first: what a type refers to is there when it is made.
    types: Vec<Type>,
    sites: u32,
    count: usize,
    budget: usize,
}

/// The app of a seed.
pub(super) fn generate(seed: u64) -> App {
    let mut dice = Dice::new(seed);
    let count = 1 + dice.below(4);
    let mut generator = Generator { dice, types: vec![Type::default(); count], sites: 0, count, budget: 0 };
    for index in (0..count).rev() {
        generator.make_type(index);
    }
    let scene = generator.dice.chance(40).then(|| {
        let values = generator.dice.below(3);
        (0..values).map(|_| generator.made(0)).collect()
    });
    App { types: generator.types, scene }
}

impl Generator {
    fn site(&mut self) -> u32 {
        self.sites += 1;
        self.sites
    }

    /// What a type of this index can be made of.
    fn made(&mut self, index: usize) -> Made {
        if index + 1 < self.count && self.dice.chance(70) {
            let other = index + 1 + self.dice.below(self.count - index - 1);
            if self.types[other].is_shared && self.dice.chance(40) {
                Made::Shared(other)
            } else {
                Made::Object(other)
            }
        } else {
            Made::Site(self.site())
        }
    }

    fn make_type(&mut self, index: usize) {
        self.types[index].is_shared = index > 0 && self.dice.chance(50);
        for _ in 0..self.dice.below(4) {
            let kind = self.dice.pick(&[Kind::Stored, Kind::Stored, Kind::Lazy, Kind::Static]);
            let value = self.made(index);
            self.types[index].properties.push(Property { kind, value });
        }
        let methods = 2 + self.dice.below(3);
        self.types[index].methods = vec![Block::new(); methods];
        for method in (0..methods).rev() {
            self.budget = 1 + self.dice.below(4);
            let callable = if index == 0 { (method + 1).max(2) } else { method + 1 };
            self.types[index].methods[method] = self.block(index, callable, 0);
        }
        if self.dice.chance(50) {
            self.budget = 1 + self.dice.below(3);
            let callable = if index == 0 { 2 } else { 0 };
            self.types[index].init = self.block(index, callable, 0);
        }
    }

    fn block(&mut self, index: usize, callable: usize, depth: usize) -> Block {
        let count = 1 + self.dice.below(3);
        let mut block = Block::new();
        for _ in 0..count {
            if self.budget > 0 {
                self.budget -= 1;
                block.push(self.act(index, callable, depth));
            }
        }
        block
    }

    fn act(&mut self, index: usize, callable: usize, depth: usize) -> Act {
        let is_shallow = depth < 3;
        for _ in 0..10 {
            let inner = |generator: &mut Self| generator.block(index, callable, depth + 1);
            let act = match self.dice.below(14) {
                0 | 1 => Some(Act::Site(self.site())),
                2 | 3 => {
                    let methods = self.types[index].methods.len();
                    (callable < methods).then(|| Act::Own(callable + self.dice.below(methods - callable)))
                }
                4..=6 => self.of(index),
                7 => {
                    let count = self.types[index].properties.len();
                    (count > 0).then(|| Act::Touch(self.dice.below(count)))
                }
                8 if is_shallow => Some(Act::If(
                    inner(self),
                    if self.dice.chance(50) { self.block(index, callable, depth + 1) } else { Block::new() },
                )),
                9 if is_shallow && depth == 0 => Some(Act::Guard(inner(self))),
                10 if is_shallow => {
                    Some(if self.dice.chance(50) { Act::Loop(inner(self)) } else { Act::Defer(inner(self)) })
                }
                11 if is_shallow => {
                    Some(if self.dice.chance(50) { Act::Now(inner(self)) } else { Act::Perform(inner(self)) })
                }
                12 if is_shallow => Some(Act::Async(inner(self))),
                13 if is_shallow => Some(Act::Task(inner(self))),
                _ => None,
            };
            if let Some(act) = act {
                return act;
            }
        }
        Act::Site(self.site())
    }

    /// A call of a method of another object.
    fn of(&mut self, index: usize) -> Option<Act> {
        let holding: Vec<(usize, usize)> = self.types[index]
            .properties
            .iter()
            .enumerate()
            .filter_map(|(at, property)| match property.value {
                Made::Object(other) | Made::Shared(other) => Some((at, other)),
                Made::Site(_) => None,
            })
            .collect();
        let (receiver, other) = if !holding.is_empty() && self.dice.chance(60) {
            let (at, other) = self.dice.pick(&holding);
            (Receiver::Property(at), other)
        } else {
            match self.made(index) {
                Made::Site(_) => return None,
                made @ (Made::Object(other) | Made::Shared(other)) => (Receiver::Made(made), other),
            }
        };
        let method = self.dice.below(self.types[other].methods.len());
        Some(Act::Of(receiver, method))
    }
}
