//! In which files something of a type may be named: told from the words of the files and from the declarations of types, so
//! that no other file needs to be looked at.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet};
use smol_str::SmolStr;

use super::graph::Graph;
use super::mentions::Named;
use crate::facts::TypeDeclKind;
use crate::program::{Around, Program, TypeIndex};

/// The files with places that may name something.
pub(crate) struct NamingFiles<'a> {
    program: &'a Program,
    name: SmolStr,
    /// Whose member it is; none where it may be named anywhere.
    family: Option<Rc<Family>>,
    /// The only file that can name it, where it is private.
    only: Option<u32>,
}

/// A type, and those whose values may be of it.
#[derive(Debug)]
pub(super) struct Family {
    /// The files in which a member may be named without saying of what: those that declare one of the types, or one inside of
    /// them.
    pub(super) files: FxHashSet<u32>,
    /// The names of the types.
    names: BTreeSet<SmolStr>,
}

impl NamingFiles<'_> {
    pub(crate) fn has(&self, file: u32) -> bool {
        let program = self.program;
        let may_name = |name: &str, around| program.may_name(file, name, around);
        self.is_named(file, may_name, |ty| program.may_name_of(file, ty, &self.name))
    }

    /// Whether a place may be in a part of a file that has one.
    pub(crate) fn has_part(&self, file: u32, part: u32) -> bool {
        let may_name = |name: &str, around| self.program.part_may_name(file, part, name, around);
        self.is_named(file, may_name, |ty| may_name(&format!("{ty}.{}", self.name), Around::ANY))
    }

    fn is_named(
        &self,
        file: u32,
        may_name: impl Fn(&str, Around) -> bool,
        may_name_of: impl Fn(&str) -> bool,
    ) -> bool {
        if self.only.is_some_and(|only| file != only) {
            return false;
        }
        let Some(family) = &self.family else { return true };
        self.name.is_empty()
            || family.files.contains(&file)
            || may_name(&self.name, Around::OF_VALUE)
            || may_name(&self.name, Around::OF_TYPE)
                && family.names.iter().chain(self.program.placeholders()).any(|ty| may_name_of(ty))
    }
}

/// What is known of the files around each type.
#[derive(Debug, Default)]
pub(super) struct Families {
    known: RefCell<HashMap<TypeIndex, Rc<Family>>>,
    implicit: RefCell<HashMap<TypeIndex, Rc<FxHashSet<u32>>>>,
    /// The files that extend a protocol for some types only: `where Self: T`.
    limited: OnceCell<Vec<u32>>,
}

impl Graph<'_> {
    /// The files that may name something, in order.
    pub(crate) fn files_naming(&self, named: Named<'_>) -> impl Iterator<Item = u32> {
        let naming = self.naming_files(named);
        self.program.files_with(&naming.name, Around::USED).into_iter().filter(move |file| naming.has(*file))
    }

    /// The files with places that may name something.
    pub(crate) fn naming_files(&self, named: Named<'_>) -> NamingFiles<'_> {
        // No text has the name of a subscript where one is used.
        let name = SmolStr::new(if named.name == "subscript" { "" } else { named.name });
        let family = named.owner.map(|owner| self.family(owner));
        NamingFiles { program: self.program, name, family, only: named.only }
    }

    fn limited(&self) -> &[u32] {
        self.families.limited.get_or_init(|| {
            let program = self.program;
            let protocols = program.types().filter(|(_, ty)| ty.kind == TypeDeclKind::Protocol);
            let files: BTreeSet<u32> =
                protocols.flat_map(|(_, ty)| &ty.decls).map(|(file, _)| *file).collect();
            files.into_iter().filter(|file| program.may_name(*file, "Self", Around::LABEL)).collect()
        })
    }

    pub(super) fn family(&self, owner: TypeIndex) -> Rc<Family> {
        if let Some(known) = self.families.known.borrow().get(&owner) {
            return Rc::clone(known);
        }
        let program = self.program;
        let related: FxHashSet<TypeIndex> =
            program.ancestry(owner).into_iter().chain(program.descendants(owner)).collect();
        let is_inside = |ty: TypeIndex| {
            std::iter::successors(Some(ty), |around| program.ty(*around).parent)
                .any(|around| related.contains(&around))
        };
        let inside = program.types().filter(|(ty, _)| is_inside(*ty));
        let files = inside.flat_map(|(_, ty)| &ty.decls).map(|(file, _)| *file);
        let files = files.chain(self.limited().iter().copied()).collect();
        let names = related.iter().map(|ty| program.ty(*ty).name.clone()).collect();
        let family = Rc::new(Family { files, names });
        self.families.known.borrow_mut().insert(owner, Rc::clone(&family));
        family
    }

    /// The files in which `.init(…)`, alone or of a value that is a type, may construct a type, or one that inherits from it.
    pub(crate) fn implicit_files(&self, owner: TypeIndex) -> Rc<FxHashSet<u32>> {
        if let Some(known) = self.families.implicit.borrow().get(&owner) {
            return Rc::clone(known);
        }
        let program = self.program;
        let built = std::iter::once(owner).chain(program.descendants(owner));
        let names = built.map(|ty| program.ty(ty).name.clone()).collect();
        let typing = program.files_typing(&names);
        let files =
            typing.iter().copied().filter(|file| program.may_name(*file, "init", Around::OF_VALUE)).collect();
        let files = Rc::new(files);
        self.families.implicit.borrow_mut().insert(owner, Rc::clone(&files));
        files
    }
}
