//! Reads a file in parts: what it declares at once, with the braces of its bodies empty, and a body when somebody asks for it,
//! together with nothing but the member that it belongs to and the head of its type.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustc_hash::FxHashMap as HashMap;

use super::bodies::{self, Braces};
use super::budget::Budget;
use super::scan::{Masked, Scan};
use super::words::each_word;
use super::{GiveUp, Reader, parse, reading, refuses, with_line_feeds};
use crate::facts::words::hash;
use crate::facts::{
    Around, Block, FileFacts, FunctionId, FunctionKind, LateBody, Later, MAX_PARTS, Part, ReadBodies, Stmt,
    StmtId, StmtKind, TypeId,
};
use crate::source::{FileId, Span};

/// How often the parser may see a file when all of its bodies are read one by one: with the heads of its types, ordinary code is
/// seen about once.
const MAX_REPETITION: usize = 4;

/// Reads what a file declares; its bodies are read when they are asked for. Where its brackets are not balanced, or something in
/// it is not understood, or the heads of its types are longer than all else, all of it is read at once.
pub fn parse_lazily(file: FileId, text: &Arc<str>) -> Result<FileFacts, GiveUp> {
    refuses(text)?;
    let text = match with_line_feeds(text) {
        Cow::Borrowed(_) => Arc::clone(text),
        Cow::Owned(text) => text.into(),
    };
    declarations(file, &text).map_or_else(|| parse(file, &text), Ok)
}

/// The facts without the bodies that can wait; none where no body can.
fn declarations(file: FileId, text: &Arc<str>) -> Option<FileFacts> {
    let code = Masked::new(text).code;
    let braces = bodies::find(&code)?;
    if braces.bodies.is_empty() {
        return None;
    }
    let mut budget = Budget::default();
    let reading = reading(text, &outside(&braces.bodies, text.len()), &mut budget).ok()?;
    let scan = Scan::new(text);
    let mut reader = Reader::new(FileFacts::new(file), text, &reading, &scan);
    reader.file(reading.tree.root_node());
    let mut facts = reader.finish(&reading.unclosed);
    if !facts.first.damaged.is_empty() {
        return None;
    }
    let places = places(&mut facts, &braces, &code)?;
    // The head of a type is read with each of its members.
    let length: usize = places.iter().map(Place::len).sum();
    if length > MAX_REPETITION * text.len() {
        return None;
    }
    let later = Bodies {
        file,
        text: Arc::clone(text),
        scan,
        places,
        words: OnceLock::new(),
        taken: AtomicU64::new(0),
        is_given_up: AtomicBool::new(false),
    };
    facts.later = Later::new(later.places.len(), Box::new(later));
    Some(facts)
}

/// The ranges of a text outside of these braces.
fn outside(bodies: &[Span], end: usize) -> Vec<Span> {
    let mut ranges = Vec::with_capacity(bodies.len() + 1);
    let mut from = 0;
    for body in bodies {
        ranges.push(Span { start: from, end: body.start + 1 });
        from = body.end - 1;
    }
    ranges.push(Span { start: from, end: end as u32 });
    ranges
}

/// So many bodies of a file are parts of their own.
const MAX_SINGLE: usize = MAX_PARTS / 2;

/// Where a part is, and what is in it.
struct Place {
    /// The declarations whose bodies are in it.
    member: Span,
    /// The type whose member that is, up to its opening brace, and the closing brace.
    around: Option<(Span, Span)>,
    bodies: Vec<Owner>,
    /// How many declarations follow the first one.
    shared: usize,
}

impl Place {
    /// What the parser sees of the file: the head of the type, the member, and the closing brace.
    fn ranges(&self) -> Vec<Span> {
        let (head, end) = self.around.unzip();
        head.into_iter().chain([self.member]).chain(end).collect()
    }

    /// How many bytes those are.
    fn len(&self) -> usize {
        self.ranges().iter().map(|span| span.len()).sum()
    }
}

/// Whose body it is.
struct Owner {
    braces: Span,
    function: FunctionId,
    ty: Option<TypeId>,
}

/// Divides the bodies into parts, and tells the functions; none where a body belongs to none, or where there are too many
/// parts. A generated file has more bodies than parts: there, members that follow each other share one.
fn places(facts: &mut FileFacts, braces: &Braces, code: &[u8]) -> Option<Vec<Place>> {
    let is_declared = |kind| kind != FunctionKind::Closure;
    let functions = &facts.first.functions;
    let by_body: HashMap<Span, usize> = functions
        .iter()
        .enumerate()
        .filter(|(_, function)| function.parent.is_none() && is_declared(function.kind))
        .filter_map(|(at, function)| Some((function.body.as_ref()?.span(), at)))
        .collect();
    let is_member = |kind| {
        !matches!(
            kind,
            FunctionKind::Getter | FunctionKind::Setter | FunctionKind::Observer | FunctionKind::Closure
        )
    };
    let members = functions.iter().filter(|function| is_member(function.kind)).map(|function| function.span);
    let mut members: Vec<Span> =
        members.chain(facts.properties.iter().map(|property| property.span)).collect();
    members.sort_unstable();
    members.dedup();
    let shared = braces.bodies.len().div_ceil(MAX_SINGLE) - 1;
    // Between them is no `#if` or `#endif`, of which the other would be missing.
    let may_share = |place: &Place, member: Span| {
        let between = code.get(place.member.end as usize..member.start as usize);
        place.shared < shared && between.is_some_and(|between| !between.contains(&b'#'))
    };
    let types: HashMap<u32, Span> = facts.types.iter().map(|ty| (ty.span.end, ty.span)).collect();
    let mut places: Vec<Place> = Vec::new();
    for body in &braces.bodies {
        let function = *by_body.get(body)?;
        let before = members.partition_point(|member| member.start <= body.start);
        let member = *members[..before].iter().rev().find(|member| member.contains(*body))?;
        if places.last().is_none_or(|place| !place.member.contains(member)) {
            let ty = braces.types.iter().filter(|ty| ty.contains(member)).min_by_key(|ty| ty.len());
            let around = match ty {
                Some(ty) => {
                    let head = Span { start: types.get(&ty.end)?.start, end: ty.start + 1 };
                    Some((head, Span { start: ty.end - 1, end: ty.end }))
                }
                None => None,
            };
            match places.last_mut().filter(|place| place.around == around && may_share(place, member)) {
                Some(place) => {
                    place.member.end = member.end;
                    place.shared += 1;
                }
                None => places.push(Place { member, around, bodies: Vec::new(), shared: 0 }),
            }
        }
        let number = places.len() as u32;
        let found = &mut facts.first.functions[function];
        found.body.as_mut()?.later = Some(number);
        let owner = Owner { braces: *body, function: FunctionId::new(0, function), ty: found.owner };
        places.last_mut()?.bodies.push(owner);
    }
    (places.len() < MAX_PARTS).then_some(places)
}

/// The bodies of a file that wait.
struct Bodies {
    file: FileId,
    text: Arc<str>,
    scan: Scan,
    places: Vec<Place>,
    words: OnceLock<Vec<(u32, u32, Around)>>,
    /// How many nanoseconds parsing them took so far.
    taken: AtomicU64,
    is_given_up: AtomicBool,
}

impl Bodies {
    fn place(&self, number: u32) -> &Place {
        &self.places[number as usize - 1]
    }

    /// The words of all parts, in order: the hash of a word, the part that has it, what stands around it there.
    fn all_words(&self) -> Vec<(u32, u32, Around)> {
        let mut words = Vec::new();
        for (number, place) in (1..).zip(&self.places) {
            let text = self.text.get(place.member.start as usize..place.member.end as usize);
            each_word(text.unwrap_or_default(), |word, around| words.push((hash(word), number, around)));
        }
        words.sort_unstable();
        words.dedup();
        words
    }

    fn facts(&self, number: u32, place: &Place) -> Result<FileFacts, GiveUp> {
        let before = Budget::default().after(Duration::from_nanos(self.taken.load(Ordering::Relaxed)));
        let mut budget = before;
        let reading = reading(&self.text, &place.ranges(), &mut budget);
        self.taken.fetch_add(before.less(budget).as_nanos() as u64, Ordering::Relaxed);
        let reading = reading.inspect_err(|_| self.is_given_up.store(true, Ordering::Relaxed))?;
        let mut facts = FileFacts::new(self.file);
        facts.first.number = number;
        let mut reader = Reader::new(facts, &self.text, &reading, &self.scan);
        reader.file(reading.tree.root_node());
        Ok(reader.finish(&reading.unclosed))
    }
}

impl ReadBodies for Bodies {
    fn read(&self, number: u32) -> Part {
        let place = self.place(number);
        let mut part = match self.facts(number, place) {
            Ok(facts) => facts.first,
            Err(_) => Part { number, damaged: vec![place.member], ..Part::default() },
        };
        for owner in &place.bodies {
            let found = part.functions.iter().position(|function| {
                function.kind != FunctionKind::Closure
                    && function.body.as_ref().is_some_and(|body| body.span() == owner.braces)
            });
            let body = match found {
                Some(at) => {
                    let own = Some(FunctionId::new(number, at));
                    for inner in part.functions.iter_mut().filter(|inner| inner.parent == own) {
                        inner.parent = Some(owner.function);
                    }
                    let function = &mut part.functions[at];
                    let block = function.body.take().map(|body| body.block).unwrap_or_default();
                    LateBody { function: owner.function, block, is_damaged: function.is_broken }
                }
                None => {
                    let damaged = StmtId::new(number, part.stmts.len());
                    part.stmts.push(Stmt { kind: StmtKind::Damaged, span: owner.braces });
                    let block = Block { stmts: vec![damaged], span: owner.braces };
                    LateBody { function: owner.function, block, is_damaged: true }
                }
            };
            for inner in part.functions.iter_mut().filter(|inner| owner.braces.contains(inner.span)) {
                inner.owner = owner.ty;
            }
            part.bodies.push(body);
        }
        part.damaged.retain(|damaged| place.member.contains(*damaged));
        part
    }

    fn with(&self, word: &str, around: Around) -> Vec<u32> {
        let words = self.words.get_or_init(|| self.all_words());
        let word = hash(word);
        let from = words.partition_point(|known| known.0 < word);
        let places = words[from..].iter().take_while(|known| known.0 == word);
        let mut parts: Vec<u32> = places.filter(|known| known.2.meets(around)).map(|known| known.1).collect();
        parts.dedup();
        parts
    }

    fn span(&self, number: u32) -> Span {
        self.place(number).member
    }

    fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Relaxed)
    }
}
