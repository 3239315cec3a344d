//! Makes random skeletons.
//!
//! Each program uses only some of the kinds of statements, so that rare combinations of a few kinds come up
//! as well as everything at once.

mod values;

use crate::random::Dice;
use crate::skeleton::{
    Act, Api, Block, Condition, Function, Held, Home, Kind, Label, Loop, Program, Style, Subject, Variable,
    leaves,
};

/// The kinds of statements that a program may use or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Feature {
    Result,
    Throw,
    Loop,
    Jump,
    Switch,
    Defer,
    Now,
    LocalClosure,
    Work,
    Later,
    Sync,
    ForEach,
    Local,
    Reassign,
    Flag,
    Operator,
    HandOut,
    Fatal,
    Build,
    Recursion,
    Voip,
    Available,
    Toggle,
    Change,
    Give,
    Role,
}

const FEATURES: [Feature; 26] = [
    Feature::Result,
    Feature::Throw,
    Feature::Loop,
    Feature::Jump,
    Feature::Switch,
    Feature::Defer,
    Feature::Now,
    Feature::LocalClosure,
    Feature::Work,
    Feature::Later,
    Feature::Sync,
    Feature::ForEach,
    Feature::Local,
    Feature::Reassign,
    Feature::Flag,
    Feature::Operator,
    Feature::HandOut,
    Feature::Fatal,
    Feature::Build,
    Feature::Recursion,
    Feature::Voip,
    Feature::Available,
    Feature::Toggle,
    Feature::Change,
    Feature::Give,
    Feature::Role,
];

/// The program of a seed.
pub(crate) fn generate(seed: u64) -> Program {
    let mut dice = Dice::new(seed);
    let share = dice.pick(&[15, 30, 50, 80]);
    let features = FEATURES.into_iter().filter(|_| dice.chance(share)).collect();
    let mut generator =
        Generator { dice, features, functions: Vec::new(), fresh: 0, implementers: 1, budget: 0 };
    let mut program = generator.program();
    // A program that reports nowhere has little to ask; a few may stay.
    while !program.reports() && generator.dice.chance(80) {
        program = generator.program();
    }
    program
}

/// What is in reach at one point of a program.
#[derive(Clone)]
struct Room {
    /// Functions from this one on may be called.
    callable: usize,
    /// The first function that does not lead back here by itself.
    next: usize,
    home: Home,
    /// What a `return` needs; none in a closure.
    result: Option<Kind>,
    is_handler: bool,
    can_throw: bool,
    has_payload: bool,
    has_work: bool,
    is_late: bool,
    is_deferred: bool,
    variables: Vec<(Variable, bool)>,
    closures: Vec<u32>,
    loops: Vec<Option<Label>>,
    can_break: bool,
    depth: usize,
    /// At this depth nothing is declared: the arms of `#if` are no blocks.
    bare: usize,
}

struct Generator {
    dice: Dice,
    features: Vec<Feature>,
    /// Signatures first, bodies afterwards.
    functions: Vec<Function>,
    fresh: u32,
    implementers: usize,
    /// How many statements the body being made may still have.
    budget: usize,
}

impl Generator {
    fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    fn fresh(&mut self) -> u32 {
        self.fresh += 1;
        self.fresh
    }

    fn program(&mut self) -> Program {
        let count = self.dice.below(6);
        self.implementers = 2 + self.dice.below(2);
        for _ in 0..count {
            let result = if self.has(Feature::Result) && self.dice.chance(60) {
                self.dice.pick(&[Kind::Bool, Kind::Optional, Kind::Case])
            } else {
                Kind::Nothing
            };
            let is_property = result != Kind::Nothing && self.dice.chance(20);
            let function = Function {
                home: if self.has(Feature::Role) && self.dice.chance(35) {
                    Home::Role
                } else {
                    self.dice.pick(&[Home::Owner, Home::Helper, Home::Shared, Home::Static, Home::Free])
                },
                result,
                throws: !is_property && self.has(Feature::Throw) && self.dice.chance(50),
                takes_payload: !is_property && self.dice.chance(50),
                takes_work: !is_property && self.has(Feature::Work) && self.dice.chance(50),
                is_property,
                body: Vec::new(),
                others: Vec::new(),
            };
            self.functions.push(function);
        }
        for index in 0..count {
            let Function { home, result, throws, takes_payload, takes_work, .. } = self.functions[index];
            let room = Room {
                callable: if self.has(Feature::Recursion) { 0 } else { index + 1 },
                next: index + 1,
                result: Some(result),
                can_throw: throws,
                has_payload: takes_payload,
                has_work: takes_work,
                ..Room::outermost(home)
            };
            self.functions[index].body = self.body(result, &room);
            if home == Home::Role {
                let others = self.dice.below(self.implementers);
                self.functions[index].others = (0..others).map(|_| self.body(result, &room)).collect();
            }
        }
        let room = Room {
            result: Some(Kind::Nothing),
            is_handler: true,
            has_payload: true,
            ..Room::outermost(Home::Owner)
        };
        self.budget = 2 + self.dice.below(9);
        let handler = self.block(&room);
        let style = Style {
            is_split: self.dice.chance(50),
            has_extension: self.dice.chance(50),
            is_explicit: self.dice.chance(50),
            is_trailing: self.dice.chance(50),
            binds: self.dice.chance(50),
            asks_payload: self.dice.chance(50),
            has_namesakes: self.dice.chance(50),
            helper: self.dice.pick(&[Held::Plain, Held::Annotated, Held::Lazily, Held::AsProtocol]),
            role: self.dice.pick(&[Held::Plain, Held::Annotated, Held::Lazily, Held::AsProtocol]),
            has_double: self.dice.chance(50),
            is_lean: self.dice.chance(75),
        };
        let program = Program::new(std::mem::take(&mut self.functions), handler, style);
        Program { implementers: self.implementers, ..program }
    }

    /// What a function does.
    fn body(&mut self, result: Kind, room: &Room) -> Block {
        self.budget = 1 + self.dice.below(6);
        let mut body = self.block(room);
        if result != Kind::Nothing && !leaves(&body) {
            let value = self.value(result, room);
            body.push(Act::Return(Some(value)).into());
        }
        body
    }

    fn block(&mut self, room: &Room) -> Block {
        let mut room = room.clone();
        room.depth += 1;
        let mut block = Block::new();
        let count = if room.depth == 1 { 2 + self.dice.below(5) } else { self.dice.below(4) };
        for _ in 0..count {
            if self.budget == 0 || leaves(&block) {
                break;
            }
            self.budget -= 1;
            let act = self.act(&mut room);
            block.push(act.into());
        }
        block
    }

    /// A block that ends by leaving what is around it.
    fn leaving_block(&mut self, room: &Room) -> Block {
        let mut block = if self.dice.chance(60) { Block::new() } else { self.block(room) };
        if !leaves(&block) {
            let act = self.leave(room);
            block.push(act.into());
        }
        block
    }

    fn leave(&mut self, room: &Room) -> Act {
        if self.has(Feature::Throw) && room.can_throw && self.dice.chance(40) {
            return Act::Throw;
        }
        if self.has(Feature::Jump)
            && self.dice.chance(50)
            && let Some(jump) = self.jump(room)
        {
            return jump;
        }
        if self.has(Feature::Fatal) && !room.is_late && self.dice.chance(30) {
            return Act::Fatal;
        }
        match room.result {
            None | Some(Kind::Nothing) => Act::Return(None),
            Some(kind) => Act::Return(Some(self.value(kind, room))),
        }
    }

    fn jump(&mut self, room: &Room) -> Option<Act> {
        let labels: Vec<Label> = room.loops.iter().flatten().copied().collect();
        let label = (!labels.is_empty() && self.dice.chance(50)).then(|| self.dice.pick(&labels));
        match (label, room.loops.is_empty()) {
            (Some(label), _) if self.dice.chance(50) => Some(Act::Break(Some(label))),
            (Some(label), _) => Some(Act::Continue(Some(label))),
            (None, false) if self.dice.chance(50) => Some(Act::Continue(None)),
            (None, _) => room.can_break.then_some(Act::Break(None)),
        }
    }

    fn act(&mut self, room: &mut Room) -> Act {
        let shallow = room.depth < 4;
        for _ in 0..20 {
            let made = match self.dice.below(35) {
                0 | 1 => Some(Act::Noise(self.dice.below(5) as u8)),
                // A report in the handler itself settles too much.
                2 | 3 if !room.is_handler || room.depth > 1 || self.dice.chance(20) => Some(Act::Report),
                4..=8 => self.call(room, None, true).map(Act::Call),
                9..=11 if shallow => Some(self.branch(room)),
                12 | 13 => {
                    let condition = self.whole(room);
                    (!room.is_deferred).then(|| Act::Guard(condition, self.leaving_block(room)))
                }
                14 if room.depth > 1 && !room.is_deferred => Some(self.leave(room)),
                15 if self.has(Feature::Switch) && shallow => Some(self.switch(room)),
                16 | 17 if self.has(Feature::Loop) && shallow => Some(self.repeat(room)),
                18 if self.has(Feature::Defer) && shallow && room.depth != room.bare => {
                    let inner = Room {
                        can_throw: false,
                        is_deferred: true,
                        loops: Vec::new(),
                        can_break: false,
                        ..room.clone()
                    };
                    Some(Act::Defer(self.block(&inner)))
                }
                19 if self.has(Feature::Now) && shallow => Some(Act::Now(self.closure(room, false))),
                20 | 21 if shallow => self.around(room),
                22 if self.has(Feature::LocalClosure) && shallow && room.depth != room.bare => {
                    // It may be given to a function that stores it.
                    let may_be_late = self.has(Feature::Work) && self.has(Feature::Later);
                    let body = self.closure(room, may_be_late);
                    let name = self.fresh();
                    room.closures.push(name);
                    Some(Act::LetClosure(name, body))
                }
                23 if !room.closures.is_empty() => Some(Act::Run(self.dice.pick(&room.closures))),
                24 if room.has_work && !room.is_late => Some(Act::RunWork),
                25 if room.has_work && self.has(Feature::Later) && self.dice.chance(50) => {
                    Some(Act::StoreWork)
                }
                26 if self.has(Feature::Local) && room.depth != room.bare => Some(self.declare(room)),
                27 if self.has(Feature::Reassign) => self.assign(room),
                28 if self.has(Feature::Throw) && shallow => {
                    let inner = Room { can_throw: true, ..room.clone() };
                    let body = self.block(&inner);
                    Some(Act::Do(body, self.block(room)))
                }
                29 => match self.dice.below(3) {
                    0 if self.has(Feature::HandOut) && room.has_payload && !room.is_late => {
                        Some(Act::HandOut)
                    }
                    1 if self.has(Feature::Build) && shallow => Some(self.build(room)),
                    _ => None,
                },
                30 if self.has(Feature::Toggle) => self.mutable(room, &[Kind::Bool]).map(Act::Toggle),
                31 if self.has(Feature::Change) && !room.is_late => {
                    self.mutable(room, &[Kind::Bool, Kind::Optional]).map(Act::Change)
                }
                32 if self.has(Feature::Give) && shallow && !room.is_late => {
                    Some(Act::Give(self.closure(room, true)))
                }
                // Loops in loops, for what leaves the outer one.
                33 | 34 if self.has(Feature::Jump) && self.has(Feature::Loop) && shallow => {
                    Some(self.repeat(room))
                }
                _ => None,
            };
            if let Some(act) = made {
                return act;
            }
        }
        Act::Noise(0)
    }

    fn branch(&mut self, room: &Room) -> Act {
        let condition = self.whole(room);
        let then = self.block(room);
        let otherwise = self.dice.chance(40).then(|| self.block(room));
        Act::If(condition, then, otherwise)
    }

    fn switch(&mut self, room: &Room) -> Act {
        let locals = of_kind(room, Kind::Case);
        let subject = if !locals.is_empty() && self.dice.chance(50) {
            Subject::Local(self.dice.pick(&locals))
        } else if let Some(call) = self.call(room, Some(Kind::Case), false) {
            Subject::Of(call)
        } else {
            Subject::Any
        };
        let inner = Room { can_break: true, ..room.clone() };
        let count = 2 + self.dice.below(2);
        Act::Switch(subject, (0..count).map(|_| self.block(&inner)).collect())
    }

    fn repeat(&mut self, room: &Room) -> Act {
        let kind = match self.dice.below(6) {
            0..=2 => Loop::For,
            3 => Loop::While(self.condition(room)),
            4 => Loop::While(Condition::Constant(true)),
            _ => Loop::RepeatWhile(self.condition(room)),
        };
        let label = (self.has(Feature::Jump) && self.dice.chance(60)).then(|| self.fresh());
        let mut inner = Room { can_break: true, ..room.clone() };
        inner.loops.push(label);
        let mut body = self.block(&inner);
        let outer: Vec<Label> = room.loops.iter().flatten().copied().collect();
        if !outer.is_empty() && !leaves(&body) && self.dice.chance(60) {
            let condition = self.condition(&inner);
            let label = Some(self.dice.pick(&outer));
            let jump = if self.dice.chance(50) { Act::Break(label) } else { Act::Continue(label) };
            let at = self.dice.below(body.len() + 1);
            body.insert(at, Act::If(condition, vec![jump.into()], None).into());
        }
        if kind == Loop::While(Condition::Constant(true)) && !leaves(&body) {
            let condition = self.condition(&inner);
            body.push(Act::If(condition, vec![Act::Break(None).into()], None).into());
        }
        Act::Loop(kind, label, body)
    }

    fn closure(&mut self, room: &Room, is_late: bool) -> Block {
        let inner = Room {
            result: None,
            can_throw: false,
            is_late: room.is_late || is_late,
            is_deferred: false,
            loops: Vec::new(),
            can_break: false,
            // What a late closure sees of a variable is what it is later: too far for an honest answer.
            variables: room
                .variables
                .iter()
                .filter(|(_, is_mutable)| !is_late || !is_mutable)
                .copied()
                .collect(),
            ..room.clone()
        };
        let mut block = self.block(&inner);
        if self.dice.chance(30) {
            block.insert(0, Act::Report.into());
        }
        block
    }

    fn around(&mut self, room: &Room) -> Option<Act> {
        let mut apis = Vec::new();
        if self.has(Feature::ForEach) {
            apis.push(Api::ForEach);
        }
        if self.has(Feature::Sync) {
            apis.push(Api::Sync);
        }
        if self.has(Feature::Later) {
            apis.extend([Api::Async, Api::AsyncAfter, Api::Task]);
        }
        if apis.is_empty() {
            return None;
        }
        let api = self.dice.pick(&apis);
        let is_late = !matches!(api, Api::ForEach | Api::Sync);
        Some(Act::Around(api, self.closure(room, is_late)))
    }

    fn build(&mut self, room: &Room) -> Act {
        let inner = Room { bare: room.depth + 1, ..room.clone() };
        let debug = self.block(&inner);
        let release = if self.dice.chance(50) { self.block(&inner) } else { Block::new() };
        Act::Build(debug, release)
    }

    fn declare(&mut self, room: &mut Room) -> Act {
        let kind = self.dice.pick(&[Kind::Bool, Kind::Bool, Kind::Optional, Kind::Case]);
        let variable = Variable { number: self.fresh(), kind };
        let is_mutable = self.has(Feature::Reassign) && self.dice.chance(70);
        let value = self.value(kind, room);
        room.variables.push((variable, is_mutable));
        Act::Let(variable, is_mutable, value)
    }

    fn assign(&mut self, room: &Room) -> Option<Act> {
        let variable = self.mutable(room, &[Kind::Bool, Kind::Optional, Kind::Case])?;
        Some(Act::Assign(variable, self.value(variable.kind, room)))
    }

    /// A variable in reach that can change.
    fn mutable(&mut self, room: &Room, kinds: &[Kind]) -> Option<Variable> {
        let fits = |(variable, is_mutable): &&(Variable, bool)| *is_mutable && kinds.contains(&variable.kind);
        let mutable: Vec<Variable> =
            room.variables.iter().filter(fits).map(|(variable, _)| *variable).collect();
        (!mutable.is_empty()).then(|| self.dice.pick(&mutable))
    }
}

impl Room {
    fn outermost(home: Home) -> Self {
        Room {
            callable: 0,
            next: 0,
            home,
            result: None,
            is_handler: false,
            can_throw: false,
            has_payload: false,
            has_work: false,
            is_late: false,
            is_deferred: false,
            variables: Vec::new(),
            closures: Vec::new(),
            loops: Vec::new(),
            can_break: false,
            depth: 0,
            bare: 0,
        }
    }
}

fn of_kind(room: &Room, kind: Kind) -> Vec<Variable> {
    room.variables.iter().map(|(variable, _)| *variable).filter(|variable| variable.kind == kind).collect()
}
