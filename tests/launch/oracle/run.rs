//! Runs a skeleton as the process would, on every path that it has.

use std::collections::{HashMap, VecDeque};

use super::generator::{Act, App, Block, Kind, Made, Receiver};

/// How many paths, and how many acts on one, are run at most.
const PATHS: usize = 256;
const ACTS: usize = 1_000;

/// A registry or provider is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Happening {
    pub(super) site: u32,
    /// After the launch: in a block that was put off.
    pub(super) is_late: bool,
}

/// What happens on each path; none if there are too many.
pub(super) fn paths(app: &App) -> Option<Vec<Vec<Happening>>> {
    let mut script: Vec<bool> = Vec::new();
    let mut paths = Vec::new();
    loop {
        let mut process = Process { script, ..Process::new(app) };
        process.launch();
        if process.acts > ACTS || paths.len() == PATHS {
            return None;
        }
        paths.push(process.happened);
        script = process.script;
        while script.last() == Some(&true) {
            script.pop();
        }
        match script.last_mut() {
            Some(last) => *last = true,
            None => return Some(paths),
        }
    }
}

#[derive(Clone, Copy)]
struct Object {
    index: usize,
    number: usize,
}

struct Process<'a> {
    app: &'a App,
    /// Which way each question went, so far.
    script: Vec<bool>,
    asked: usize,
    happened: Vec<Happening>,
    is_late: bool,
    objects: usize,
    /// The objects in properties that have their value: by object (static ones by none) and property.
    values: HashMap<(usize, Option<usize>, usize), Option<Object>>,
    shared: HashMap<usize, Object>,
    put_off: VecDeque<(&'a Block, Object)>,
    acts: usize,
}

impl<'a> Process<'a> {
    fn new(app: &'a App) -> Self {
        Process {
            app,
            script: Vec::new(),
            asked: 0,
            happened: Vec::new(),
            is_late: false,
            objects: 0,
            values: HashMap::new(),
            shared: HashMap::new(),
            put_off: VecDeque::new(),
            acts: 0,
        }
    }

    /// A question that the run leaves open.
    fn either(&mut self) -> bool {
        if self.asked == self.script.len() {
            self.script.push(false);
        }
        self.asked += 1;
        self.script[self.asked - 1]
    }

    fn launch(&mut self) {
        for made in self.app.scene.iter().flatten() {
            self.make(*made);
        }
        let delegate = self.build(0);
        for method in 0..2 {
            self.block(&self.app.types[0].methods[method], delegate);
        }
        self.is_late = true;
        while let Some((block, owner)) = self.put_off.pop_front() {
            self.block(block, owner);
        }
    }

    fn build(&mut self, index: usize) -> Object {
        self.objects += 1;
        let object = Object { index, number: self.objects };
        let ty = &self.app.types[index];
        for (at, property) in ty.properties.iter().enumerate() {
            if property.kind == Kind::Stored {
                self.value(object, at);
            }
        }
        self.block(&ty.init, object);
        object
    }

    fn make(&mut self, made: Made) -> Option<Object> {
        match made {
            Made::Site(site) => {
                self.happened.push(Happening { site, is_late: self.is_late });
                None
            }
            Made::Object(index) => Some(self.build(index)),
            Made::Shared(index) => Some(match self.shared.get(&index) {
                Some(object) => *object,
                None => {
                    let object = self.build(index);
                    self.shared.insert(index, object);
                    object
                }
            }),
        }
    }

    /// What a property holds; it is made if it has no value yet.
    fn value(&mut self, owner: Object, at: usize) -> Option<Object> {
        let property = self.app.types[owner.index].properties[at];
        let holder = (property.kind != Kind::Static).then_some(owner.number);
        let key = (owner.index, holder, at);
        match self.values.get(&key) {
            Some(value) => *value,
            None => {
                let value = self.make(property.value);
                self.values.insert(key, value);
                value
            }
        }
    }

    /// Runs a block; false where the function is left in it.
    fn block(&mut self, block: &'a Block, owner: Object) -> bool {
        let mut deferred: Vec<&Block> = Vec::new();
        let mut goes_on = true;
        for act in block {
            if let Act::Defer(body) = act {
                deferred.push(body);
            } else if !self.act(act, owner) {
                goes_on = false;
                break;
            }
        }
        for body in deferred.into_iter().rev() {
            self.block(body, owner);
        }
        goes_on
    }

    fn act(&mut self, act: &'a Act, owner: Object) -> bool {
        self.acts += 1;
        if self.acts > ACTS {
            return false;
        }
        match act {
            Act::Site(site) => {
                self.make(Made::Site(*site));
            }
            Act::Own(method) => {
                self.block(&self.app.types[owner.index].methods[*method], owner);
            }
            Act::Of(receiver, method) => {
                let object = match receiver {
                    Receiver::Property(at) => self.value(owner, *at),
                    Receiver::Made(made) => self.make(*made),
                };
                if let Some(object) = object {
                    self.block(&self.app.types[object.index].methods[*method], object);
                }
            }
            Act::Touch(at) => {
                self.value(owner, *at);
            }
            Act::If(then, otherwise) => {
                let side = if self.either() { then } else { otherwise };
                return self.block(side, owner);
            }
            Act::Guard(otherwise) => {
                if !self.either() {
                    self.block(otherwise, owner);
                    return false;
                }
            }
            Act::Loop(body) => {
                if self.either() {
                    return self.block(body, owner);
                }
            }
            Act::Now(body) | Act::Perform(body) => {
                self.block(body, owner);
            }
            Act::Async(body) | Act::Task(body) => self.put_off.push_back((body, owner)),
            Act::Defer(body) => {
                self.block(body, owner);
            }
        }
        true
    }
}
