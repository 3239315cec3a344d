//! Makes random skeletons of apps.

use super::app::{
    Act, App, Arg, Block, Does, Holder, Kind, Made, Method, Property, Receiver, Site, Takes, Thing, Type,
};
use super::printer::sets_delegate;
use crate::random::Dice;

struct Generator {
    dice: Dice,
    /// From the last to the first: what a type refers to is there when it is made.
    types: Vec<Type>,
    sites: u32,
    budget: usize,
}

/// What is in reach at one point of a method.
#[derive(Clone, Default)]
struct Room {
    index: usize,
    /// Methods of `self` from this one on may be called.
    callable: usize,
    takes: Takes,
    locals: Vec<(u32, Thing)>,
    depth: usize,
}

/// The app of a seed.
pub(super) fn generate(seed: u64) -> App {
    let mut dice = Dice::new(seed);
    let count = 1 + dice.below(4);
    let mut generator = Generator { dice, types: vec![Type::default(); count], sites: 0, budget: 0 };
    for index in (0..count).rev() {
        generator.make_type(index);
    }
    let scene = generator.dice.chance(40).then(|| {
        let values = generator.dice.below(3);
        (0..values).map(|_| generator.made(0)).collect()
    });
    generator.handler();
    App { types: generator.types, scene }
}

impl Generator {
    fn site(&mut self, does: Does) -> Site {
        self.sites += 1;
        Site { number: self.sites, does }
    }

    fn thing(&mut self) -> Site {
        let thing = self.dice.pick(&[Thing::Registry, Thing::Provider]);
        self.site(Does::Make(thing))
    }

    /// An object that a type of this index can refer to.
    fn object(&mut self, index: usize) -> Option<Made> {
        let others = self.types.len() - index - 1;
        if others == 0 {
            return None;
        }
        let other = index + 1 + self.dice.below(others);
        Some(if self.types[other].is_shared && self.dice.chance(40) {
            Made::Shared(other)
        } else {
            Made::Object(other)
        })
    }

    /// What a type of this index can be made of.
    fn made(&mut self, index: usize) -> Made {
        let object = if self.dice.chance(70) { self.object(index) } else { None };
        object.unwrap_or_else(|| Made::Thing(self.thing()))
    }

    /// What a property of a type of this index can hold.
    fn value(&mut self, index: usize) -> Made {
        let steps: Vec<usize> =
            (index + 1..self.types.len()).filter(|other| self.types[*other].is_steps).collect();
        if !steps.is_empty() && self.dice.chance(25) {
            Made::Either(self.dice.pick(&steps), self.dice.pick(&steps))
        } else {
            self.made(index)
        }
    }

    fn make_type(&mut self, index: usize) {
        if index > 0 {
            self.types[index].is_shared = self.dice.chance(50);
            self.types[index].is_steps = self.dice.chance(50);
            self.types[index].given = if self.dice.chance(30) { self.object(index) } else { None };
        }
        for _ in 0..self.dice.below(4) {
            let kind = self.dice.pick(&[Kind::Stored, Kind::Stored, Kind::Lazy, Kind::Static]);
            let value = self.value(index);
            self.types[index].properties.push(Property { kind, value });
        }
        let count = 2 + self.dice.below(3);
        // The first two are called by the system, or asked for by the protocol.
        let takes: Vec<Takes> =
            (0..count).map(|method| if method < 2 { Takes::Nothing } else { self.takes(index) }).collect();
        let method = |takes: &Takes| Method { takes: *takes, body: Block::new() };
        self.types[index].methods = takes.iter().map(method).collect();
        for method in (0..count).rev() {
            self.budget = 1 + self.dice.below(5);
            let callable = if index == 0 { (method + 1).max(2) } else { method + 1 };
            let room = Room { index, callable, takes: takes[method], ..Room::default() };
            self.types[index].methods[method].body = self.block(&room);
        }
        if self.dice.chance(50) {
            self.budget = 1 + self.dice.below(3);
            let callable = if index == 0 { 2 } else { 0 };
            self.types[index].init = self.block(&Room { index, callable, ..Room::default() });
        }
    }

    /// Gives a type that makes itself a registry's delegate the push handler.
    fn handler(&mut self) {
        let is_delegate = |index: &usize| {
            let mut blocks = self.types[*index].blocks();
            blocks.any(|block| sets_delegate(block, Thing::Registry))
        };
        let delegates: Vec<usize> = (0..self.types.len()).filter(is_delegate).collect();
        if !delegates.is_empty() && self.dice.chance(80) {
            let index = self.dice.pick(&delegates);
            self.budget = 1 + self.dice.below(4);
            let callable = if index == 0 { 2 } else { 0 };
            self.types[index].handler = Some(self.block(&Room { index, callable, ..Room::default() }));
        }
    }

    fn takes(&mut self, index: usize) -> Takes {
        let others = self.types.len() - index - 1;
        match self.dice.below(6) {
            0 if others > 0 => Takes::Object(index + 1 + self.dice.below(others)),
            1 => Takes::Thing(Thing::Registry),
            2 => Takes::Thing(Thing::Provider),
            3 => Takes::Work,
            _ => Takes::Nothing,
        }
    }

    fn block(&mut self, room: &Room) -> Block {
        let mut room = Room { depth: room.depth + 1, ..room.clone() };
        let count = 1 + self.dice.below(3);
        let mut block = Block::new();
        for _ in 0..count {
            if self.budget > 0 {
                self.budget -= 1;
                let act = self.act(&mut room);
                block.push(act);
            }
        }
        block
    }

    fn act(&mut self, room: &mut Room) -> Act {
        let is_shallow = room.depth < 4;
        for _ in 0..10 {
            let act = match self.dice.below(19) {
                0 => Some(Act::Keep(self.thing())),
                1 | 2 => {
                    let site = self.thing();
                    if let Does::Make(thing) = site.does {
                        room.locals.push((site.number, thing));
                    }
                    Some(Act::Local(site))
                }
                3 | 4 => {
                    let methods = self.types[room.index].methods.len();
                    if room.callable < methods {
                        let method = room.callable + self.dice.below(methods - room.callable);
                        let takes = self.types[room.index].methods[method].takes;
                        self.arg(takes, room).map(|arg| Act::Own(method, arg))
                    } else {
                        None
                    }
                }
                5..=7 => self.of(room),
                8 => {
                    let count = self.types[room.index].properties.len();
                    (count > 0).then(|| Act::Touch(self.dice.below(count)))
                }
                9 if is_shallow => {
                    let then = self.block(room);
                    Some(Act::If(then, if self.dice.chance(50) { self.block(room) } else { Block::new() }))
                }
                10 if room.depth == 1 => Some(Act::Guard(self.block(room))),
                11 if is_shallow => {
                    let body = self.block(room);
                    Some(if self.dice.chance(50) { Act::Loop(body) } else { Act::Defer(body) })
                }
                12 if is_shallow => {
                    let body = self.block(room);
                    Some(if self.dice.chance(50) { Act::Now(body) } else { Act::Perform(body) })
                }
                13 if is_shallow => Some(Act::Async(self.block(room))),
                14 if is_shallow => Some(Act::Task(self.block(room))),
                15 if room.takes == Takes::Work => Some(Act::Work),
                16..=18 => self.set_up(room),
                _ => None,
            };
            if let Some(act) = act {
                return act;
            }
        }
        Act::Keep(self.thing())
    }

    /// Something that is there gets a delegate, or is armed.
    fn set_up(&mut self, room: &Room) -> Option<Act> {
        let mut held = Vec::new();
        for thing in [Thing::Registry, Thing::Provider] {
            held.extend(self.holders(room, thing).into_iter().map(|holder| (holder, thing)));
        }
        if held.is_empty() {
            return None;
        }
        let (holder, thing) = self.dice.pick(&held);
        let does = match thing {
            Thing::Registry if self.dice.chance(60) => Does::Arm,
            _ => Does::SetDelegate(thing),
        };
        Some(Act::Use(holder, self.site(does)))
    }

    /// Where a registry or provider can be had.
    fn holders(&self, room: &Room, thing: Thing) -> Vec<Holder> {
        let properties = self.types[room.index].properties.iter().enumerate();
        let is_it = |value: Made| matches!(value, Made::Thing(site) if site.does == Does::Make(thing));
        let mut holders: Vec<Holder> = properties
            .filter(|(_, property)| is_it(property.value))
            .map(|(at, _)| Holder::Property(at))
            .collect();
        let locals = room.locals.iter().filter(|(_, of)| *of == thing);
        holders.extend(locals.map(|(number, _)| Holder::Local(*number)));
        if room.takes == Takes::Thing(thing) {
            holders.push(Holder::Param);
        }
        holders
    }

    /// Where an object of a type can be had.
    fn objects(&self, room: &Room, fits: impl Fn(usize) -> bool) -> Vec<(Receiver, usize)> {
        let ty = &self.types[room.index];
        let of = |made: Made| match made {
            Made::Object(other) | Made::Shared(other) => Some(other),
            Made::Thing(_) | Made::Either(..) => None,
        };
        let held = ty.properties.iter().enumerate();
        let mut all: Vec<(Receiver, usize)> =
            held.filter_map(|(at, property)| Some((Receiver::Property(at), of(property.value)?))).collect();
        all.extend(ty.given.and_then(of).map(|other| (Receiver::Given, other)));
        if let Takes::Object(other) = room.takes {
            all.push((Receiver::Param, other));
        }
        all.retain(|(_, other)| fits(*other));
        all
    }

    fn arg(&mut self, takes: Takes, room: &Room) -> Option<Arg> {
        match takes {
            Takes::Nothing => Some(Arg::Nothing),
            Takes::Object(index) => {
                let mut all = self.objects(room, |other| other == index);
                all.push((Receiver::Made(Made::Object(index)), index));
                if self.types[index].is_shared {
                    all.push((Receiver::Made(Made::Shared(index)), index));
                }
                // A type refers only to those after it.
                (index > room.index).then(|| Arg::Object(self.dice.pick(&all).0))
            }
            Takes::Thing(thing) => {
                let held = self.holders(room, thing);
                Some(if held.is_empty() || self.dice.chance(30) {
                    Arg::Made(self.site(Does::Make(thing)))
                } else {
                    Arg::Thing(self.dice.pick(&held), thing)
                })
            }
            Takes::Work if room.takes == Takes::Work && self.dice.chance(50) => Some(Arg::PassedOn),
            Takes::Work => (room.depth < 4).then(|| Arg::Work(self.block(room))),
        }
    }

    /// A call of a method of another object.
    fn of(&mut self, room: &Room) -> Option<Act> {
        let either: Vec<usize> = self.types[room.index]
            .properties
            .iter()
            .enumerate()
            .filter(|(_, property)| matches!(property.value, Made::Either(..)))
            .map(|(at, _)| at)
            .collect();
        if !either.is_empty() && self.dice.chance(50) {
            let at = self.dice.pick(&either);
            return Some(Act::Of(Receiver::Property(at), self.dice.below(2), Arg::Nothing));
        }
        let held = self.objects(room, |_| true);
        let (receiver, other) = if !held.is_empty() && self.dice.chance(60) {
            self.dice.pick(&held)
        } else {
            match self.object(room.index)? {
                made @ (Made::Object(other) | Made::Shared(other)) => (Receiver::Made(made), other),
                Made::Thing(_) | Made::Either(..) => return None,
            }
        };
        if self.types[other].is_steps && self.dice.chance(20) {
            return Some(Act::Generic(receiver, self.dice.below(2)));
        }
        let method = self.dice.below(self.types[other].methods.len());
        let takes = self.types[other].methods[method].takes;
        self.arg(takes, room).map(|arg| Act::Of(receiver, method, arg))
    }
}
