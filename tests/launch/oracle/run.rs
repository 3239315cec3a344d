//! Runs a skeleton as the process would, on every path that it has.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use super::app::{Act, App, Arg, Block, Does, Holder, Kind, Made, Receiver, Site, Thing};

/// How many paths, and how many acts on one, are run at most.
const PATHS: usize = 512;
const ACTS: usize = 1_000;

/// Something happens at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Happening {
    pub(super) site: u32,
    pub(super) does: Does,
    /// After the launch: in a block that was put off.
    pub(super) is_late: bool,
    /// In the turn of the push handler, or put off by it.
    pub(super) is_pushed: bool,
    /// While a method of `Steps` runs of which it is open whose it is.
    pub(super) is_alternative: bool,
}

/// What happens on each path; none if there are too many.
pub(super) fn paths(app: &App) -> Option<Vec<Vec<Happening>>> {
    paths_of(app, false)
}

/// The same where it is open which of the types that implement `Steps` a method of it is called on: who calls it does not
/// tell.
pub(super) fn open_paths(app: &App) -> Option<Vec<Vec<Happening>>> {
    paths_of(app, true)
}

fn paths_of(app: &App, is_open: bool) -> Option<Vec<Vec<Happening>>> {
    let mut script: Vec<bool> = Vec::new();
    let mut paths = Vec::new();
    loop {
        let mut process = Process { script, is_open, ..Process::new(app) };
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

/// What a method was called with, and on.
struct Frame<'a> {
    owner: Object,
    param: Param<'a>,
}

#[derive(Clone)]
enum Param<'a> {
    Nothing,
    Object(Object),
    Work(&'a Block, Rc<Frame<'a>>),
}

/// A block that was put off.
struct Later<'a> {
    block: &'a Block,
    frame: Rc<Frame<'a>>,
    is_pushed: bool,
}

struct Process<'a> {
    app: &'a App,
    /// Which way each question went, so far.
    script: Vec<bool>,
    asked: usize,
    /// Which implementer of `Steps` is called is open.
    is_open: bool,
    happened: Vec<Happening>,
    is_late: bool,
    is_pushed: bool,
    is_alternative: bool,
    /// The object with a push handler that made itself the delegate of a registry last.
    receiver: Option<Object>,
    objects: usize,
    /// The objects in properties that have their value: by object (static ones by none) and property.
    values: HashMap<(usize, Option<usize>, usize), Option<Object>>,
    /// What the objects were given when they were made, by their number.
    given: HashMap<usize, Object>,
    shared: HashMap<usize, Object>,
    /// The last object of each type.
    built: HashMap<usize, Object>,
    /// Blocks of the main queue keep their order, and so do tasks; which comes first of a block and a task is open.
    blocks: VecDeque<Later<'a>>,
    tasks: VecDeque<Later<'a>>,
    acts: usize,
}

impl<'a> Process<'a> {
    fn new(app: &'a App) -> Self {
        Process {
            app,
            script: Vec::new(),
            asked: 0,
            is_open: false,
            happened: Vec::new(),
            is_late: false,
            is_pushed: false,
            is_alternative: false,
            receiver: None,
            objects: 0,
            values: HashMap::new(),
            given: HashMap::new(),
            shared: HashMap::new(),
            built: HashMap::new(),
            blocks: VecDeque::new(),
            tasks: VecDeque::new(),
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
        let app = self.app;
        for made in app.scene.iter().flatten() {
            self.make(*made);
        }
        let delegate = self.build(0);
        for method in 0..2 {
            self.call(delegate, method, Param::Nothing);
        }
        self.is_late = true;
        // A push comes before anything that was put off, or after all of it.
        let is_early = self.receiver.is_some() && self.either();
        if is_early {
            self.push();
        }
        self.drain();
        if !is_early {
            self.push();
            self.drain();
        }
    }

    /// A push arrives, if somebody is there to get it. That a registry asked for it is not looked at: neither does the
    /// timeline.
    fn push(&mut self) {
        let app = self.app;
        let Some(owner) = self.receiver else { return };
        if let Some(handler) = &app.types[owner.index].handler {
            self.is_pushed = true;
            self.block(handler, &Rc::new(Frame { owner, param: Param::Nothing }));
            self.is_pushed = false;
        }
    }

    /// Runs what was put off.
    fn drain(&mut self) {
        loop {
            let is_open = !self.blocks.is_empty() && !self.tasks.is_empty();
            let takes_task = self.blocks.is_empty() || is_open && self.either();
            let next = if takes_task { self.tasks.pop_front() } else { self.blocks.pop_front() };
            let Some(Later { block, frame, is_pushed }) = next else { break };
            self.is_pushed = is_pushed;
            self.block(block, &frame);
        }
        self.is_pushed = false;
    }

    fn later(&self, block: &'a Block, frame: &Rc<Frame<'a>>) -> Later<'a> {
        Later { block, frame: Rc::clone(frame), is_pushed: self.is_pushed }
    }

    fn happens(&mut self, site: Site) {
        let Process { is_late, is_pushed, is_alternative, .. } = *self;
        self.happened.push(Happening {
            site: site.number,
            does: site.does,
            is_late,
            is_pushed,
            is_alternative,
        });
    }

    fn build(&mut self, index: usize) -> Object {
        let ty = &self.app.types[index];
        let given = ty.given.and_then(|made| self.make(made));
        self.objects += 1;
        let object = Object { index, number: self.objects };
        self.built.insert(index, object);
        for (at, property) in ty.properties.iter().enumerate() {
            if property.kind == Kind::Stored {
                self.value(object, at);
            }
        }
        if let Some(given) = given {
            self.given.insert(object.number, given);
        }
        self.block(&ty.init, &Rc::new(Frame { owner: object, param: Param::Nothing }));
        object
    }

    fn make(&mut self, made: Made) -> Option<Object> {
        match made {
            Made::Thing(site) => {
                self.happens(site);
                None
            }
            Made::Object(index) => Some(self.build(index)),
            Made::Either(one, other) => {
                let index = if one == other || self.either() { one } else { other };
                Some(self.build(index))
            }
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

    /// The object that a method of `Steps` is called on, where all that is known of it is that it implements that.
    fn implementer(&mut self, object: Object) -> Object {
        if !self.is_open {
            return object;
        }
        let others =
            self.app.types.iter().enumerate().filter(|(index, ty)| ty.is_steps && *index != object.index);
        let others: Vec<usize> = others.map(|(index, _)| index).collect();
        match others.into_iter().find(|_| self.either()) {
            None => object,
            Some(index) => match self.built.get(&index) {
                Some(known) => *known,
                None => {
                    // It is made elsewhere.
                    let before = (self.happened.len(), self.blocks.len(), self.tasks.len());
                    let (values, shared) = (self.values.clone(), self.shared.clone());
                    let object = self.build(index);
                    // Whether that was before is open: what is made at its first use may not be there.
                    self.values.retain(|key, _| key.1.is_some() || values.contains_key(key));
                    self.shared = shared;
                    self.happened.truncate(before.0);
                    self.blocks.truncate(before.1);
                    self.tasks.truncate(before.2);
                    object
                }
            },
        }
    }

    /// Whether all that is known of an object is that it implements `Steps`.
    fn is_steps(&self, receiver: Receiver, frame: &Frame<'a>) -> bool {
        let Receiver::Property(at) = receiver else { return false };
        matches!(self.app.types[frame.owner.index].properties[at].value, Made::Either(..))
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

    fn object(&mut self, receiver: Receiver, frame: &Frame<'a>) -> Option<Object> {
        match receiver {
            Receiver::Property(at) => self.value(frame.owner, at),
            Receiver::Given => self.given.get(&frame.owner.number).copied(),
            Receiver::Param => match frame.param {
                Param::Object(object) => Some(object),
                Param::Nothing | Param::Work(..) => None,
            },
            Receiver::Made(made) => self.make(made),
        }
    }

    /// What a method is given.
    fn arg(&mut self, arg: &'a Arg, frame: &Rc<Frame<'a>>) -> Param<'a> {
        match arg {
            Arg::Nothing => Param::Nothing,
            Arg::Object(receiver) => self.object(*receiver, frame).map_or(Param::Nothing, Param::Object),
            Arg::Thing(Holder::Property(at), _) => {
                self.value(frame.owner, *at);
                Param::Nothing
            }
            Arg::Thing(..) => Param::Nothing,
            Arg::Made(site) => {
                self.happens(*site);
                Param::Nothing
            }
            Arg::Work(body) => Param::Work(body, Rc::clone(frame)),
            Arg::PassedOn => frame.param.clone(),
        }
    }

    /// Calls a method of `Steps`, on this object or on one of another type.
    fn call_some(&mut self, object: Object, method: usize) {
        let chosen = self.implementer(object);
        let before = self.is_alternative;
        self.is_alternative = true;
        self.call(chosen, method, Param::Nothing);
        self.is_alternative = before;
    }

    fn call(&mut self, owner: Object, method: usize, param: Param<'a>) {
        let body = &self.app.types[owner.index].methods[method].body;
        self.block(body, &Rc::new(Frame { owner, param }));
    }

    /// Runs a block; false where the function is left in it.
    fn block(&mut self, block: &'a Block, frame: &Rc<Frame<'a>>) -> bool {
        let mut deferred: Vec<&Block> = Vec::new();
        let mut goes_on = true;
        for act in block {
            if let Act::Defer(body) = act {
                deferred.push(body);
            } else if !self.act(act, frame) {
                goes_on = false;
                break;
            }
        }
        for body in deferred.into_iter().rev() {
            self.block(body, frame);
        }
        goes_on
    }

    fn act(&mut self, act: &'a Act, frame: &Rc<Frame<'a>>) -> bool {
        self.acts += 1;
        if self.acts > ACTS {
            return false;
        }
        match act {
            Act::Keep(site) | Act::Local(site) => self.happens(*site),
            Act::Use(holder, site) => {
                if let Holder::Property(at) = holder {
                    self.value(frame.owner, *at);
                }
                self.happens(*site);
                if site.does == Does::SetDelegate(Thing::Registry)
                    && self.app.types[frame.owner.index].handler.is_some()
                {
                    self.receiver = Some(frame.owner);
                }
            }
            Act::Own(method, arg) => {
                let param = self.arg(arg, frame);
                self.call(frame.owner, *method, param);
            }
            Act::Of(receiver, method, arg) => {
                if let Some(object) = self.object(*receiver, frame) {
                    if self.is_steps(*receiver, frame) {
                        self.call_some(object, *method);
                    } else {
                        let param = self.arg(arg, frame);
                        self.call(object, *method, param);
                    }
                }
            }
            Act::Generic(receiver, method) => {
                if let Some(object) = self.object(*receiver, frame) {
                    self.call_some(object, *method);
                }
            }
            Act::Touch(at) => {
                self.value(frame.owner, *at);
            }
            Act::Work => {
                if let Param::Work(body, around) = frame.param.clone() {
                    self.block(body, &around);
                }
            }
            Act::If(then, otherwise) => {
                let side = if self.either() { then } else { otherwise };
                return self.block(side, frame);
            }
            Act::Guard(otherwise) => {
                if !self.either() {
                    self.block(otherwise, frame);
                    return false;
                }
            }
            Act::Loop(body) => {
                if self.either() {
                    return self.block(body, frame);
                }
            }
            Act::Now(body) | Act::Perform(body) | Act::Defer(body) => {
                self.block(body, frame);
            }
            Act::Async(body) => self.blocks.push_back(self.later(body, frame)),
            Act::Task(body) => self.tasks.push_back(self.later(body, frame)),
        }
        true
    }
}
