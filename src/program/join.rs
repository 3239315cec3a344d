//! Joins the facts of files into a program.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, OnceLock};

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use smol_str::SmolStr;

use super::names::Memo;
use super::typing::Inference;
use super::words::Words;
use super::{File, Program, Ty, Type, TypeIndex};
use crate::facts::{BuildCondition, Modifiers, Outline, TypeDecl, TypeDeclKind, TypeId, TypeOutline};
use crate::source::{Role, Sources, Span};

/// What stands for a declaration of a type that is none.
pub(super) static NO_TYPE: LazyLock<TypeDecl> = LazyLock::new(|| TypeDecl {
    kind: TypeDeclKind::Extension,
    name: "".into(),
    path: "".into(),
    parent: None,
    within: None,
    inherits: Vec::new(),
    generics: Vec::new(),
    attributes: Vec::new(),
    modifiers: Modifiers::default(),
    cases: Vec::new(),
    aliases: Vec::new(),
    build: Vec::<BuildCondition>::new(),
    span: Span::default(),
    name_span: Span::default(),
});

impl Program {
    /// Joins the files of one unit, on so many threads. Their order does not matter.
    pub fn new(mut files: Vec<Arc<File>>, sources: &Sources, threads: usize) -> Self {
        files.sort_by(|a, b| sources.get(a.id()).path.cmp(&sources.get(b.id()).path));
        let paths: Vec<String> = files.iter().map(|file| sources.get(file.id()).path.clone()).collect();
        let roles = files.iter().map(|file| sources.get(file.id()).role).collect();
        let outlines: Vec<_> = files.iter().map(|file| Arc::clone(file.outline())).collect();
        let words = Words::of(outlines.iter().map(|outline| &**outline));
        let mut program = Self {
            corrected: files.iter().filter(|file| file.is_corrected()).count(),
            files,
            outlines,
            threads,
            folders: folders(&paths),
            paths,
            roles,
            types: Vec::new(),
            ancestors: Vec::new(),
            descendants: Vec::new(),
            constructed: Vec::new(),
            types_by_name: HashMap::default(),
            type_of_decl: HashMap::default(),
            aliases: HashMap::default(),
            aliased: HashMap::default(),
            generics: Vec::new(),
            memo: Memo::default(),
            words,
            typing: RefCell::default(),
            inference: Inference::default(),
            heirs: RefCell::default(),
        };
        program.join_aliases();
        program.join_generics();
        program.join_types();
        program.join_supertypes();
        program.ancestors = vec![OnceLock::new(); program.types.len()];
        program.descendants = vec![OnceLock::new(); program.types.len()];
        program.constructed = vec![OnceLock::new(); program.types.len()];
        program
    }

    fn decls(&self) -> Vec<((u32, TypeId), Arc<Outline>)> {
        let mut all = Vec::new();
        for (file, outline) in self.outlines.iter().enumerate() {
            let ids = 0..outline.types.len() as u32;
            all.extend(ids.map(|id| ((file as u32, TypeId(id)), Arc::clone(outline))));
        }
        all
    }

    fn join_types(&mut self) {
        let decls = self.decls();
        let (extensions, declarations): (Vec<_>, Vec<_>) = decls
            .iter()
            .map(|(at, outline)| (*at, outline.ty(at.1)))
            .partition(|(_, decl)| decl.kind == TypeDeclKind::Extension);
        for (at, decl) in declarations {
            // The same type twice in one file: the arms of an `#if`.
            let twin = self.types_named(&decl.name).iter().copied().find(|known| {
                let first = self.ty(*known).decls[0];
                first.0 == at.0 && self.ty(*known).path == decl.path && decl.is_conditional
            });
            match twin {
                Some(index) => self.add_decl(index, at),
                None => self.add_type(at, decl, (&decl.name, &decl.path)),
            }
        }
        for (at, decl) in extensions {
            let mut named = (&decl.name, &decl.path);
            let mut found = self.nearest_type(named.0, named.1, at.0);
            let aliased = if found.is_none() { self.aliased_type(named.0, at.0) } else { None };
            match &aliased {
                Some(Ty::Project(index)) => found = Some(*index),
                Some(Ty::Outside(name)) => {
                    named = (name, name);
                    found = self.nearest_type(name, name, at.0);
                }
                _ => {}
            }
            match found {
                Some(index) => self.add_decl(index, at),
                None => self.add_type(at, decl, named),
            }
        }
        for (at, outline) in &decls {
            let parent = outline.ty(at.1).parent.and_then(|parent| self.type_of_decl(at.0, parent));
            let (Some(index), Some(parent)) = (self.type_of_decl(at.0, at.1), parent) else { continue };
            // Where braces are missing, an extension of a type can stand inside a type that is inside of it.
            let mut around = std::iter::successors(Some(parent), |at| self.ty(*at).parent);
            if !around.any(|at| at == index) {
                self.types[index.0 as usize].parent.get_or_insert(parent);
            }
        }
    }

    /// What a name stands for in a file by `typealias`.
    pub(super) fn aliased_type(&self, name: &str, file: u32) -> Option<Ty> {
        let (at, aliased) = self.nearest_alias(name, file)?;
        self.type_from_ref(aliased, at, None, None)
    }

    fn add_type(&mut self, at: (u32, TypeId), decl: &TypeOutline, (name, path): (&SmolStr, &SmolStr)) {
        let ty = Type {
            name: name.clone(),
            path: path.clone(),
            kind: decl.kind,
            decls: vec![at],
            supertypes: Vec::new(),
            subtypes: Vec::new(),
            parent: None,
            is_test: self.role(at.0) == Role::Test,
        };
        let index = TypeIndex(self.types.len() as u32);
        self.types_by_name.entry(ty.name.clone()).or_default().push(index);
        self.types.push(ty);
        self.type_of_decl.insert(at, index);
    }

    fn add_decl(&mut self, index: TypeIndex, at: (u32, TypeId)) {
        let is_test = self.role(at.0) == Role::Test;
        let ty = &mut self.types[index.0 as usize];
        ty.decls.push(at);
        ty.is_test &= is_test;
        self.type_of_decl.insert(at, index);
    }

    fn join_aliases(&mut self) {
        for (at, outline) in self.outlines.iter().enumerate() {
            for (name, ty) in &outline.aliases {
                let files = self.aliases.entry(name.clone()).or_default();
                if files.last() != Some(&(at as u32)) {
                    files.push(at as u32);
                }
                if let Some(ty) = ty.name() {
                    self.aliased.entry(ty.clone()).or_default().push(name.clone());
                }
            }
        }
    }

    fn join_generics(&mut self) {
        let all = self.outlines.iter().flat_map(|outline| {
            let of_types = outline.types.iter().flat_map(|ty| &ty.generics);
            of_types.chain(&outline.generics).cloned()
        });
        // In front of a dot, what is in capital letters alone may be a value anyhow.
        let names: BTreeSet<SmolStr> = all.filter(|name| name.contains(char::is_lowercase)).collect();
        self.generics = names.into_iter().collect();
    }

    fn join_supertypes(&mut self) {
        let mut found: Vec<(TypeIndex, Ty)> = Vec::new();
        for (at, outline) in self.decls() {
            let Some(index) = self.type_of_decl(at.0, at.1) else { continue };
            for inherited in &outline.ty(at.1).inherits {
                if let Some(ty) = self.type_from_ref(inherited, at.0, None, Some(index)) {
                    found.push((index, ty));
                }
            }
        }
        let mut known: HashSet<(TypeIndex, Ty)> = HashSet::default();
        for (index, ty) in found {
            if ty == Ty::Project(index) || !known.insert((index, ty.clone())) {
                continue;
            }
            if let Ty::Project(parent) = &ty {
                self.types[parent.0 as usize].subtypes.push(index);
            }
            self.types[index.0 as usize].supertypes.push(ty);
        }
    }
}

/// The parts of each path as numbers, the same part with the same number.
fn folders(paths: &[String]) -> Vec<Vec<u32>> {
    let mut numbers: HashMap<&str, u32> = HashMap::default();
    let mut number = |part| {
        let next = numbers.len() as u32;
        *numbers.entry(part).or_insert(next)
    };
    paths.iter().map(|path| path.split('/').map(&mut number).collect()).collect()
}
