//! All facts of a unit, joined by name: types with their extensions, members through inheritance, who
//! implements a protocol, and who is called.
//!
//! Answers are about the whole unit and never depend on the order of files: where a name stands for several
//! declarations, the one nearest to the asking file wins (most folders in common), then the first by path.

mod calls;
mod candidates;
mod file;
mod implicit;
mod join;
mod members;
mod memberwise;
mod names;
mod places;
mod scope;
mod typed;
mod typing;
mod uses;
mod words;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

pub use crate::facts::Around;
pub(crate) use calls::is_omittable;
pub use calls::{Bound, CALL_AS_FUNCTION, DYNAMICALLY_CALL, Target};
pub(crate) use candidates::Candidacy;
pub use file::{File, ReadFacts};
pub use implicit::Accessors;
pub(crate) use names::is_word;
pub use scope::{Local, LocalId, Place, Scope};
pub use typing::Ty;

use join::NO_TYPE;

use crate::facts::{
    Block, Expr, ExprId, ExprKind, FileFacts, Function, FunctionId, FunctionKind, Outline, Property,
    PropertyId, Stmt, StmtId, StmtKind, TypeDecl, TypeDeclKind, TypeId, TypeOutline,
};
use crate::source::{FileId, Location, Role, Span};

/// A type of the unit, all of its declarations joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeIndex(pub u32);

/// A function of the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionRef {
    /// Position of the file in the program.
    pub file: u32,
    /// The function in that file.
    pub id: FunctionId,
}

/// A property of the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyRef {
    /// Position of the file in the program.
    pub file: u32,
    /// The property in that file.
    pub id: PropertyId,
}

/// An expression of the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprRef {
    /// Position of the file in the program.
    pub file: u32,
    /// The expression in that file.
    pub id: ExprId,
}

/// A type with all of its declarations.
#[derive(Debug)]
pub struct Type {
    /// Last component of the name.
    pub name: SmolStr,
    /// Qualified name.
    pub path: SmolStr,
    /// What it is; `Extension` for a type that is only extended here and declared elsewhere.
    pub kind: TypeDeclKind,
    /// Its declarations: file position and index there; the main one first.
    pub decls: Vec<(u32, TypeId)>,
    /// Superclass and protocols, named in any declaration, joined with the project's types.
    pub supertypes: Vec<Ty>,
    /// Direct subclasses and conforming types.
    pub subtypes: Vec<TypeIndex>,
    /// The type around it.
    pub parent: Option<TypeIndex>,
    /// All declarations are in test code.
    pub is_test: bool,
}

/// All facts of a unit, joined.
#[derive(Debug)]
pub struct Program {
    files: Vec<Arc<File>>,
    /// What was known of each file when the types were joined.
    outlines: Vec<Arc<Outline>>,
    /// How many threads read files.
    threads: usize,
    /// The files whose outlines were corrected before the types were joined.
    corrected: usize,
    paths: Vec<String>,
    /// The parts of each path, numbered: paths are compared often.
    folders: Vec<Vec<u32>>,
    roles: Vec<Role>,
    types: Vec<Type>,
    /// Filled on demand, once the supertypes are known.
    ancestors: Vec<OnceLock<Vec<TypeIndex>>>,
    descendants: Vec<OnceLock<Vec<TypeIndex>>>,
    constructed: Vec<OnceLock<bool>>,
    types_by_name: HashMap<SmolStr, Vec<TypeIndex>>,
    type_of_decl: HashMap<(u32, TypeId), TypeIndex>,
    /// The files with an alias, by its name.
    aliases: HashMap<SmolStr, Vec<u32>>,
    /// The names that stand for a type by `typealias`, by its name.
    aliased: HashMap<SmolStr, Vec<SmolStr>>,
    /// The names of generic parameters, in order.
    generics: Vec<SmolStr>,
    memo: names::Memo,
    words: words::Words,
    /// The files in which something may have one of some types.
    typing: RefCell<HashMap<BTreeSet<SmolStr>, Arc<BTreeSet<u32>>>>,
    inference: typing::Inference,
    /// The types that a type declared elsewhere has among its heirs, and their ancestors; by its name.
    heirs: RefCell<HashMap<SmolStr, BTreeSet<TypeIndex>>>,
}

/// Names in a row that are a text: each link of a chain has one.
const MAX_DOTTED: usize = 64;

/// A place that gives a property its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Write {
    /// The value.
    pub value: ExprRef,
    /// The function that does it; none at file scope and in initial values of properties.
    pub function: Option<FunctionRef>,
    /// The property in whose initial value it is done.
    pub initial_of: Option<PropertyRef>,
    /// The target expression; none where it is an argument `name: value` of a constructor.
    pub target: Option<ExprRef>,
}

/// A call, by the base name of its callee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallSite {
    /// The call expression.
    pub call: ExprRef,
    /// The function around it.
    pub function: Option<FunctionRef>,
    /// The property in whose initial value it stands.
    pub initial_of: Option<PropertyRef>,
}

/// A place that names something, called or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// The name, member or selector.
    pub expr: ExprRef,
    /// The call whose callee it is.
    pub call: Option<ExprId>,
    /// The function around it.
    pub function: Option<FunctionRef>,
    /// The property in whose initial value it stands.
    pub initial_of: Option<PropertyRef>,
}

impl Program {
    /// The file at a position.
    pub fn file(&self, at: u32) -> &FileFacts {
        self.files[at as usize].facts()
    }

    /// A declaration of a type, in the file at a position.
    pub fn decl(&self, at: u32, id: TypeId) -> &TypeDecl {
        // Where an outline has a type that is none, nobody will hear of what comes of it.
        self.file(at).types.get(id.0 as usize).unwrap_or(&NO_TYPE)
    }

    /// What is known of a declaration of a type without reading its file.
    pub fn outline(&self, at: u32, id: TypeId) -> Option<&TypeOutline> {
        self.outlines[at as usize].types.get(id.0 as usize)
    }

    /// Whether a file that was read has other types than its outline, so that the types are joined wrong: a program that is
    /// made anew of the same files knows better.
    pub fn is_outdated(&self) -> bool {
        self.corrected != self.files.iter().filter(|file| file.is_corrected()).count()
    }

    /// How many files there are.
    pub fn file_count(&self) -> u32 {
        self.files.len() as u32
    }

    /// What the file at a position is to the project.
    pub fn role(&self, at: u32) -> Role {
        self.roles[at as usize]
    }

    /// The path of the file at a position, relative to the project's root.
    pub fn path(&self, at: u32) -> &str {
        &self.paths[at as usize]
    }

    /// A location in the file at a position.
    pub fn location(&self, at: u32, span: Span) -> Location {
        Location { file: self.file_id(at), span }
    }

    /// The number in the run of the file at a position.
    pub fn file_id(&self, at: u32) -> FileId {
        self.files[at as usize].id()
    }

    /// The position of a file of the run, where it is one of the program's.
    pub fn position(&self, file: FileId) -> Option<u32> {
        (0..self.file_count()).find(|at| self.file_id(*at) == file)
    }

    /// A function.
    pub fn function(&self, at: FunctionRef) -> &Function {
        self.file(at.file).function(at.id)
    }

    /// A property.
    pub fn property(&self, at: PropertyRef) -> &Property {
        self.file(at.file).property(at.id)
    }

    /// An expression.
    pub fn expr(&self, at: ExprRef) -> &Expr {
        self.file(at.file).expr(at.id)
    }

    /// A statement of the file at a position.
    pub fn stmt(&self, file: u32, id: StmtId) -> &Stmt {
        self.file(file).stmt(id)
    }

    /// A type.
    pub fn ty(&self, at: TypeIndex) -> &Type {
        &self.types[at.0 as usize]
    }

    /// All types.
    pub fn types(&self) -> impl Iterator<Item = (TypeIndex, &Type)> {
        self.types.iter().enumerate().map(|(at, ty)| (TypeIndex(at as u32), ty))
    }

    /// The functions that the declarations of a type have, accessors, closures and local ones apart, in order.
    pub fn all_methods(&self, ty: TypeIndex) -> Vec<FunctionRef> {
        let all = self.declared_of(ty).filter(|(_, function)| function.parent.is_none());
        let named = all.filter(|(_, function)| {
            matches!(
                function.kind,
                FunctionKind::Function | FunctionKind::Initializer | FunctionKind::Subscript
            )
        });
        named.map(|(at, _)| at).collect()
    }

    /// All functions, closures included, in order of files and places: every file is read for them.
    pub fn functions(&self) -> impl Iterator<Item = (FunctionRef, &Function)> {
        self.read(&(0..self.file_count()).collect::<Vec<_>>());
        (0..self.file_count()).flat_map(|file| self.functions_in(file))
    }

    /// The joined type of a declaration.
    pub fn type_of_decl(&self, file: u32, id: TypeId) -> Option<TypeIndex> {
        self.type_of_decl.get(&(file, id)).copied()
    }

    /// The type whose member a function is, closures and local functions included.
    pub fn owner(&self, at: FunctionRef) -> Option<TypeIndex> {
        self.function(at).owner.and_then(|id| self.type_of_decl(at.file, id))
    }

    /// The type whose member a property is.
    pub fn property_owner(&self, at: PropertyRef) -> Option<TypeIndex> {
        self.property(at).owner.and_then(|id| self.type_of_decl(at.file, id))
    }

    /// The files that may have a name in their text, with one of these things around it, in order; all of them where it is an
    /// operator.
    pub fn files_with(&self, name: &str, around: Around) -> Vec<u32> {
        let files = self.words.files_with(name, around);
        files.unwrap_or_else(|| (0..self.file_count()).collect())
    }

    /// Whether a file may have a name in its text, with one of these things around it.
    pub fn may_name(&self, file: u32, name: &str, around: Around) -> bool {
        self.words.has(file, name, around)
    }

    /// Whether a file may name a member of a type right behind the type.
    pub fn may_name_of(&self, file: u32, ty: &str, name: &str) -> bool {
        self.words.has_member(file, ty, name)
    }

    /// The functions of a file, closures included, in order of places.
    pub fn functions_in(&self, file: u32) -> impl Iterator<Item = (FunctionRef, &Function)> {
        self.file(file).functions().map(move |(id, function)| (FunctionRef { file, id }, function))
    }

    /// The functions that a file declares, in order of places: nothing that stands in a body is among them that is read later.
    pub fn declared_in(&self, file: u32) -> impl Iterator<Item = (FunctionRef, &Function)> {
        self.file(file).declared().map(move |(id, function)| (FunctionRef { file, id }, function))
    }

    /// The body of a function, which is read now if nobody has yet.
    pub fn body(&self, at: FunctionRef) -> Option<&Block> {
        let file = self.file(at.file);
        file.body(file.function(at.id))
    }

    /// Whether a function contains something that was not understood: it proves nothing.
    pub fn is_damaged(&self, at: FunctionRef) -> bool {
        let file = self.file(at.file);
        file.is_damaged(file.function(at.id))
    }

    /// The functions that a type declares, in order.
    pub fn declared_of(&self, ty: TypeIndex) -> impl Iterator<Item = (FunctionRef, &Function)> {
        let files: BTreeSet<u32> = self.ty(ty).decls.iter().map(|(file, _)| *file).collect();
        let all = files.into_iter().flat_map(|file| self.declared_in(file));
        all.filter(move |(at, _)| self.owner(*at) == Some(ty))
    }

    /// The functions of a type, closures in them included, in order.
    pub fn functions_of(&self, ty: TypeIndex) -> impl Iterator<Item = (FunctionRef, &Function)> {
        let files: BTreeSet<u32> = self.ty(ty).decls.iter().map(|(file, _)| *file).collect();
        let all = files.into_iter().flat_map(|file| self.functions_in(file));
        all.filter(move |(at, _)| self.owner(*at) == Some(ty))
    }

    /// The properties of a file, globals included, in order of places.
    pub fn properties_in(&self, file: u32) -> impl Iterator<Item = (PropertyRef, &Property)> {
        let properties = self.file(file).properties.iter().enumerate();
        properties.map(move |(id, property)| (PropertyRef { file, id: PropertyId(id as u32) }, property))
    }

    /// A chain of names as `a.b.c`; none for anything else, or longer than anybody writes one. `self.` is dropped, `?` and `!` too.
    pub fn dotted(&self, file: u32, id: ExprId) -> Option<String> {
        let mut parts: Vec<&str> = Vec::new();
        let mut at = id;
        loop {
            match &self.file(file).expr(at).kind {
                ExprKind::Name(name) => {
                    parts.push(name);
                    break;
                }
                ExprKind::SelfRef => {
                    if parts.is_empty() {
                        parts.push("self");
                    }
                    break;
                }
                ExprKind::Member { base: Some(base), name, .. } if parts.len() < MAX_DOTTED => {
                    parts.push(name);
                    at = *base;
                }
                ExprKind::ForceUnwrap(inner) => at = *inner,
                _ => return None,
            }
        }
        parts.reverse();
        Some(parts.join("."))
    }

    /// An expression without `try`, `await`, `!` and `_ =` around it.
    pub fn plain(&self, file: u32, id: ExprId) -> ExprId {
        let mut at = id;
        while let ExprKind::Try(_, inner) | ExprKind::Await(inner) | ExprKind::ForceUnwrap(inner) =
            &self.file(file).expr(at).kind
        {
            at = *inner;
        }
        at
    }

    /// The value of a body that is one expression: what a function without `return` returns.
    pub fn single_expression(&self, file: u32, body: &Block) -> Option<ExprId> {
        match body.stmts.as_slice() {
            [only] => match &self.stmt(file, *only).kind {
                StmtKind::Expr(value) => Some(*value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The files that declare a type.
    pub fn files_of(&self, ty: TypeIndex) -> BTreeSet<FileId> {
        self.ty(ty).decls.iter().map(|(file, _)| self.file_id(*file)).collect()
    }
}
