//! The parts in which a file is read: what it declares first, and the body of each function when somebody asks for it.
//!
//! An index names the part and the place in it, so that it means the same whatever was read before.

use std::fmt;
use std::sync::OnceLock;

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

use super::{Around, Block, Expr, FileFacts, Function, PropertyId, Stmt};
use crate::source::Span;

/// How many bits of an index say where in its part something stands: more than the largest file that is read has of anything.
const PLACE_BITS: u32 = 21;

/// How much of one kind a part can have.
pub const MAX_PLACES: usize = 1 << PLACE_BITS;

/// Of fewer all are looked at.
const MIN_INDEXED: usize = 500;

/// The largest number of parts of a file, the first one included.
pub const MAX_PARTS: usize = 1 << (u32::BITS - PLACE_BITS);

macro_rules! index {
    ($(#[$said:meta])* $name:ident) => {
        $(#[$said])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            pub(crate) fn new(part: u32, place: usize) -> Self {
                debug_assert!((part as usize) < MAX_PARTS && place < MAX_PLACES);
                Self(part << PLACE_BITS | place as u32)
            }

            pub(crate) fn part(self) -> u32 {
                self.0 >> PLACE_BITS
            }

            pub(crate) fn place(self) -> usize {
                (self.0 & ((1 << PLACE_BITS) - 1)) as usize
            }
        }
    };
}

index! {
    /// Names a function of a file: see [`FileFacts::function`].
    FunctionId
}
index! {
    /// Names an expression of a file: see [`FileFacts::expr`].
    ExprId
}
index! {
    /// Names a statement of a file: see [`FileFacts::stmt`].
    StmtId
}

/// The body of a function: its braces, and who knows what is between them.
#[derive(Clone, Debug)]
pub struct Body {
    pub(crate) block: Block,
    /// The part that has the statements, where it is not that of the function.
    pub(crate) later: Option<u32>,
}

impl Body {
    /// Where it stands, the braces included.
    pub fn span(&self) -> Span {
        self.block.span
    }
}

impl From<Block> for Body {
    fn from(block: Block) -> Self {
        Self { block, later: None }
    }
}

/// A body that was read later.
#[derive(Debug)]
pub(crate) struct LateBody {
    pub(crate) function: FunctionId,
    pub(crate) block: Block,
    pub(crate) is_damaged: bool,
}

/// What stands in a part of a file.
#[derive(Debug, Default)]
pub struct Part {
    /// The number of the part: 0 for the first one.
    pub(crate) number: u32,
    pub(crate) functions: Vec<Function>,
    pub(crate) exprs: Vec<Expr>,
    pub(crate) stmts: Vec<Stmt>,
    /// Ranges that were not understood (error nodes left after the repair).
    pub(crate) damaged: Vec<Span>,
    /// The bodies that are in it, of functions that are not.
    pub(crate) bodies: Vec<LateBody>,
    pub(crate) nested_functions: Nesting,
    pub(crate) nested_exprs: Nesting,
    pub(crate) nested_stmts: Nesting,
    /// Of the first part of a file.
    pub(crate) named_functions: Named,
    pub(crate) named_properties: Named,
}

/// How the things of one kind in a large part stand in one another: whoever asks for those in a range, or around one, does not
/// look at all.
#[derive(Debug, Default)]
pub(crate) struct Nesting(OnceLock<Vec<Nested>>);

/// A thing, in the order of where they begin, the outer one first.
#[derive(Debug)]
struct Nested {
    span: Span,
    place: u32,
    /// The one right around it.
    outer: Option<u32>,
}

impl Nesting {
    fn of(&self, spans: impl Iterator<Item = Span>) -> &[Nested] {
        self.0.get_or_init(|| {
            let nested = |(place, span)| Nested { span, place: place as u32, outer: None };
            let mut all: Vec<Nested> = spans.enumerate().map(nested).collect();
            all.sort_by_key(|nested| (nested.span.start, std::cmp::Reverse(nested.span.end)));
            let mut open: Vec<u32> = Vec::new();
            for at in 0..all.len() {
                while open.pop_if(|outer| !all[*outer as usize].span.contains(all[at].span)).is_some() {}
                all[at].outer = open.last().copied();
                open.push(at as u32);
            }
            all
        })
    }

    /// The places of what is in a range, in order.
    fn within(&self, range: Span, spans: impl ExactSizeIterator<Item = Span>) -> Vec<usize> {
        if spans.len() < MIN_INDEXED {
            let all = spans.enumerate().filter(|(_, span)| range.contains(*span));
            return all.map(|(place, _)| place).collect();
        }
        let all = self.of(spans);
        let from = all.partition_point(|nested| nested.span.start < range.start);
        let inside = all[from..].iter().take_while(|nested| nested.span.start <= range.end);
        let inside = inside.filter(|nested| range.contains(nested.span));
        let mut places: Vec<usize> = inside.map(|nested| nested.place as usize).collect();
        places.sort_unstable();
        places
    }

    /// The places of what is around a range, in order.
    fn around(&self, range: Span, spans: impl ExactSizeIterator<Item = Span>) -> Vec<usize> {
        if spans.len() < MIN_INDEXED {
            let all = spans.enumerate().filter(|(_, span)| span.contains(range));
            return all.map(|(place, _)| place).collect();
        }
        let all = self.of(spans);
        let after = all.partition_point(|nested| nested.span.start <= range.start);
        let last = after.checked_sub(1).and_then(|last| all.get(last));
        let outer = |nested: &&Nested| all.get(nested.outer? as usize);
        let around = std::iter::successors(last, outer).filter(|nested| nested.span.contains(range));
        let mut places: Vec<usize> = around.map(|nested| nested.place as usize).collect();
        places.sort_unstable();
        places
    }
}

/// Where each name of what a large file declares stands: whoever asks for one does not look at all.
#[derive(Debug, Default)]
pub(crate) struct Named(OnceLock<HashMap<SmolStr, Vec<u32>>>);

impl Named {
    /// The places of what has a name, in order.
    fn places<'a>(&self, name: &str, names: impl ExactSizeIterator<Item = &'a SmolStr>) -> Vec<usize> {
        if names.len() < MIN_INDEXED {
            return names.enumerate().filter(|(_, known)| *known == name).map(|(place, _)| place).collect();
        }
        let known = self.0.get_or_init(|| {
            let mut known: HashMap<SmolStr, Vec<u32>> = HashMap::default();
            for (place, name) in names.enumerate() {
                known.entry(name.clone()).or_default().push(place as u32);
            }
            known
        });
        known.get(name).into_iter().flatten().map(|place| *place as usize).collect()
    }
}

impl Part {
    /// Whether something of it counts: what stands around its bodies is only read to understand them.
    fn has(&self, span: Span) -> bool {
        self.number == 0
            || self.bodies.iter().any(|body| body.block.span.contains(span) && body.block.span != span)
    }

    fn functions(&self) -> impl Iterator<Item = (FunctionId, &Function)> {
        let all = self.functions.iter().enumerate().filter(|(_, function)| self.has(function.span));
        all.map(|(at, function)| (FunctionId::new(self.number, at), function))
    }

    fn exprs(&self) -> impl Iterator<Item = (ExprId, &Expr)> {
        let all = self.exprs.iter().enumerate().filter(|(_, expr)| self.has(expr.span));
        all.map(|(at, expr)| (ExprId::new(self.number, at), expr))
    }

    fn exprs_in(&self, range: Span) -> impl Iterator<Item = (ExprId, &Expr)> {
        let places = self.nested_exprs.within(range, self.exprs.iter().map(|expr| expr.span));
        let inside = places.into_iter().map(|at| (ExprId::new(self.number, at), &self.exprs[at]));
        inside.filter(move |(_, expr)| self.has(expr.span))
    }

    fn exprs_around(&self, range: Span) -> impl Iterator<Item = (ExprId, &Expr)> {
        let places = self.nested_exprs.around(range, self.exprs.iter().map(|expr| expr.span));
        let around = places.into_iter().map(|at| (ExprId::new(self.number, at), &self.exprs[at]));
        around.filter(move |(_, expr)| self.has(expr.span))
    }

    fn stmts_in(&self, range: Span) -> impl Iterator<Item = (StmtId, &Stmt)> {
        let places = self.nested_stmts.within(range, self.stmts.iter().map(|stmt| stmt.span));
        let inside = places.into_iter().map(|at| (StmtId::new(self.number, at), &self.stmts[at]));
        inside.filter(move |(_, stmt)| self.has(stmt.span))
    }

    fn stmts_around(&self, range: Span) -> impl Iterator<Item = (StmtId, &Stmt)> {
        let places = self.nested_stmts.around(range, self.stmts.iter().map(|stmt| stmt.span));
        let around = places.into_iter().map(|at| (StmtId::new(self.number, at), &self.stmts[at]));
        around.filter(move |(_, stmt)| self.has(stmt.span))
    }

    fn functions_around(&self, range: Span) -> impl Iterator<Item = (FunctionId, &Function)> {
        let spans = self.functions.iter().map(|function| function.span);
        let places = self.nested_functions.around(range, spans);
        let around = places.into_iter().map(|at| (FunctionId::new(self.number, at), &self.functions[at]));
        around.filter(move |(_, function)| self.has(function.span))
    }

    pub(super) fn stmts(&self) -> impl Iterator<Item = (StmtId, &Stmt)> {
        let all = self.stmts.iter().enumerate().filter(|(_, stmt)| self.has(stmt.span));
        all.map(|(at, stmt)| (StmtId::new(self.number, at), stmt))
    }
}

/// Who reads the bodies of a file.
pub(crate) trait ReadBodies: Send + Sync {
    /// Reads a part.
    fn read(&self, number: u32) -> Part;
    /// The parts that may have a word, or one with the type's name and a dot in front, with one of these things around it; in
    /// order.
    fn with(&self, word: &str, around: Around) -> Vec<u32>;
    /// Where a part stands.
    fn span(&self, number: u32) -> Span;
    /// Whether some part was given up, as reading it took too long.
    fn is_given_up(&self) -> bool;
}

/// The parts that are read later.
#[derive(Default)]
pub(crate) struct Later {
    pub(crate) parts: Box<[OnceLock<Part>]>,
    pub(crate) reader: Option<Box<dyn ReadBodies>>,
}

impl Later {
    pub(crate) fn new(parts: usize, reader: Box<dyn ReadBodies>) -> Self {
        Self { parts: (0..parts).map(|_| OnceLock::new()).collect(), reader: Some(reader) }
    }

    fn numbers(&self) -> std::ops::RangeInclusive<u32> {
        1..=self.parts.len() as u32
    }
}

impl fmt::Debug for Later {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Later").field("parts", &self.parts.len()).finish_non_exhaustive()
    }
}

impl FileFacts {
    fn part(&self, number: u32) -> &Part {
        if number == self.first.number {
            return &self.first;
        }
        match (self.later.parts.get(number as usize - 1), &self.later.reader) {
            (Some(part), Some(reader)) => part.get_or_init(|| reader.read(number)),
            _ => &self.first,
        }
    }

    /// All parts, those that nobody has asked for yet among them.
    fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.first).chain(self.later.numbers().map(|number| self.part(number)))
    }

    /// The parts that reach into a range.
    pub(super) fn parts_in(&self, span: Span) -> impl Iterator<Item = &Part> {
        let reaches = move |number: &u32| {
            let reader = self.later.reader.as_deref();
            reader.map(|reader| reader.span(*number)).is_some_and(|part| part.meets(span))
        };
        let later = self.later.numbers().filter(reaches);
        std::iter::once(&self.first).chain(later.map(|number| self.part(number)))
    }

    /// The numbers of the parts in which a word may stand, or one with the type's name and a dot in front, with one of these
    /// things around it: the first one, and those whose text has it; in order.
    pub(crate) fn parts_with(&self, word: &str, around: Around) -> impl Iterator<Item = u32> + use<> {
        let later = self.later.reader.as_ref().map(|reader| reader.with(word, around));
        std::iter::once(self.first.number).chain(later.unwrap_or_default())
    }

    /// The numbers of all parts.
    pub(crate) fn part_numbers(&self) -> impl Iterator<Item = u32> {
        std::iter::once(self.first.number).chain(self.later.numbers())
    }

    /// Whether reading the bodies took too long.
    pub(crate) fn is_given_up(&self) -> bool {
        self.later.reader.as_ref().is_some_and(|reader| reader.is_given_up())
    }

    /// How many parts there are.
    pub fn part_count(&self) -> usize {
        1 + self.later.parts.len()
    }

    /// The function of an index.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.part(id.part()).functions[id.place()]
    }

    /// The expression of an index.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.part(id.part()).exprs[id.place()]
    }

    /// The statement of an index.
    pub fn stmt(&self, id: StmtId) -> &Stmt {
        &self.part(id.part()).stmts[id.place()]
    }

    /// The body of a function of this file, which is read now if nobody has yet.
    pub fn body<'a>(&'a self, function: &'a Function) -> Option<&'a Block> {
        let body = function.body.as_ref()?;
        Some(self.late(body).map_or(&body.block, |late| &late.block))
    }

    /// Whether a function of this file contains something that was not understood: it proves nothing. Its body is read for that.
    pub fn is_damaged(&self, function: &Function) -> bool {
        let late = function.body.as_ref().and_then(|body| self.late(body));
        function.is_broken || late.is_some_and(|late| late.is_damaged)
    }

    fn late(&self, body: &Body) -> Option<&LateBody> {
        let part = self.part(body.later?);
        part.bodies.iter().find(|late| late.block.span == body.block.span)
    }

    /// What is declared: functions, initialisers, accessors and closures of initial values, but nothing that stands in a body
    /// that is read later.
    pub fn declared(&self) -> impl Iterator<Item = (FunctionId, &Function)> {
        self.first.functions()
    }

    /// Those of a name among them.
    pub fn declared_as(&self, name: &str) -> impl Iterator<Item = (FunctionId, &Function)> {
        let names = self.first.functions.iter().map(|function| &function.name);
        let places = self.first.named_functions.places(name, names).into_iter();
        let named = places.map(|at| (FunctionId::new(self.first.number, at), &self.first.functions[at]));
        named.filter(|(_, function)| self.first.has(function.span))
    }

    /// The properties of a name.
    pub fn properties_as(&self, name: &str) -> impl Iterator<Item = PropertyId> + use<> {
        let names = self.properties.iter().map(|property| &property.name);
        let places = self.first.named_properties.places(name, names).into_iter();
        places.map(|at| PropertyId(at as u32))
    }

    /// All functions, initialisers, accessors and closures. Every body is read for that.
    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, &Function)> {
        self.parts().flat_map(Part::functions)
    }

    /// The closures and local functions right inside of a function, in order.
    pub fn inner(&self, id: FunctionId) -> impl Iterator<Item = (FunctionId, &Function)> {
        let function = self.function(id);
        let later = function.body.as_ref().and_then(|body| body.later);
        // What stands in a function follows it.
        let from = if later.is_some() { 0 } else { id.place() + 1 };
        let part = self.part(later.unwrap_or(id.part()));
        let inside = part.functions[from..].iter().enumerate();
        let inside =
            inside.take_while(move |(_, inner)| later.is_some() || function.span.contains(inner.span));
        let own = inside.filter(move |(_, inner)| inner.parent == Some(id));
        own.map(move |(at, inner)| (FunctionId::new(part.number, from + at), inner))
    }

    /// The functions that stand in a part.
    pub(crate) fn functions_of_part(&self, number: u32) -> impl Iterator<Item = (FunctionId, &Function)> {
        self.part(number).functions()
    }

    /// The expressions that stand in a part.
    pub(crate) fn exprs_of_part(&self, number: u32) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.part(number).exprs()
    }

    /// The statements that stand in a part.
    pub(crate) fn stmts_of_part(&self, number: u32) -> impl Iterator<Item = (StmtId, &Stmt)> {
        self.part(number).stmts()
    }

    /// The bodies that are in a part.
    pub(crate) fn blocks_of_part(&self, number: u32) -> impl Iterator<Item = (FunctionId, &Block)> {
        let part = self.part(number);
        let own = part.functions().filter_map(|(id, function)| {
            let body = function.body.as_ref()?;
            body.later.is_none().then_some((id, &body.block))
        });
        part.bodies.iter().map(|late| (late.function, &late.block)).chain(own)
    }

    /// All expressions. Every body is read for that.
    pub fn exprs(&self) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.parts().flat_map(Part::exprs)
    }

    /// The expressions in a range.
    pub fn exprs_in(&self, span: Span) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.parts_in(span).flat_map(move |part| part.exprs_in(span))
    }

    /// All statements. Every body is read for that.
    pub fn stmts(&self) -> impl Iterator<Item = (StmtId, &Stmt)> {
        self.parts().flat_map(Part::stmts)
    }

    /// The statements in a range.
    pub fn stmts_in(&self, span: Span) -> impl Iterator<Item = (StmtId, &Stmt)> {
        self.parts_in(span).flat_map(move |part| part.stmts_in(span))
    }

    /// The expressions around a range.
    pub fn exprs_around(&self, span: Span) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.parts_in(span).flat_map(move |part| part.exprs_around(span))
    }

    /// The statements around a range.
    pub fn stmts_around(&self, span: Span) -> impl Iterator<Item = (StmtId, &Stmt)> {
        self.parts_in(span).flat_map(move |part| part.stmts_around(span))
    }

    /// The functions that a place may stand in: those of the parts around it.
    pub fn functions_around(&self, span: Span) -> impl Iterator<Item = (FunctionId, &Function)> {
        self.parts_in(span).flat_map(move |part| part.functions_around(span))
    }

    /// Ranges that were not understood (error nodes left after the repair), in order. Every body is read for that.
    pub fn damaged(&self) -> Vec<Span> {
        let mut all: Vec<Span> = self.parts().flat_map(|part| part.damaged.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
