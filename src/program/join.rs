//! Joins the facts of files into a program.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap as HashMap;

use super::typing::Inference;
use super::words::Words;
use super::{FunctionRef, Program, PropertyRef, Ty, Type, TypeIndex, uses};
use crate::facts::{FileFacts, FunctionId, FunctionKind, PropertyId, TypeDeclKind, TypeId};
use crate::source::{Role, Sources};

impl Program {
    /// Joins the facts of one unit. The order of `files` does not matter.
    pub fn new<F: Into<Arc<FileFacts>>>(files: Vec<F>, sources: &Sources) -> Self {
        let mut files: Vec<Arc<FileFacts>> = files.into_iter().map(Into::into).collect();
        files.sort_by(|a, b| sources.get(a.file).path.cmp(&sources.get(b.file).path));
        let paths: Vec<String> = files.iter().map(|facts| sources.get(facts.file).path.clone()).collect();
        let roles = files.iter().map(|facts| sources.get(facts.file).role).collect();
        let words = Words::of(&files);
        let uses::Uses { writes, calls, mentions } = uses::collect(&files);
        let mut program = Self {
            files,
            folders: folders(&paths),
            paths,
            roles,
            types: Vec::new(),
            ancestors: Vec::new(),
            descendants: Vec::new(),
            types_by_name: HashMap::default(),
            type_of_decl: HashMap::default(),
            functions_by_name: HashMap::default(),
            globals: HashMap::default(),
            aliases: HashMap::default(),
            writes,
            calls,
            mentions,
            properties_by_name: HashMap::default(),
            words,
            typing: RefCell::default(),
            inference: Inference::default(),
            heirs: RefCell::default(),
        };
        program.join_types();
        program.join_members();
        program.join_supertypes();
        program.ancestors = vec![OnceLock::new(); program.types.len()];
        program.descendants = vec![OnceLock::new(); program.types.len()];
        program.mark_constructed();
        program
    }

    fn decls(&self) -> Vec<(u32, TypeId)> {
        let mut all = Vec::new();
        for (file, facts) in self.files.iter().enumerate() {
            all.extend((0..facts.types.len()).map(|id| (file as u32, TypeId(id as u32))));
        }
        all
    }

    fn join_types(&mut self) {
        let (extensions, declarations): (Vec<_>, Vec<_>) =
            self.decls().into_iter().partition(|at| self.decl(at.0, at.1).kind == TypeDeclKind::Extension);
        for at in declarations {
            // The same type twice in one file: the arms of an `#if`.
            let twin = self.types_named(&self.decl(at.0, at.1).name).iter().copied().find(|known| {
                let first = self.ty(*known).decls[0];
                first.0 == at.0
                    && self.decl(first.0, first.1).path == self.decl(at.0, at.1).path
                    && !self.decl(at.0, at.1).build.is_empty()
            });
            match twin {
                Some(index) => self.add_decl(index, at),
                None => self.add_type(at),
            }
        }
        for at in extensions {
            let decl = self.decl(at.0, at.1);
            match self.nearest_type(&decl.name, &decl.path, at.0) {
                Some(index) => self.add_decl(index, at),
                None => self.add_type(at),
            }
        }
        for at in self.decls() {
            let parent = self.decl(at.0, at.1).parent.and_then(|parent| self.type_of_decl(at.0, parent));
            let (Some(index), Some(parent)) = (self.type_of_decl(at.0, at.1), parent) else { continue };
            // Where braces are missing, an extension of a type can stand inside a type that is inside of it.
            let mut around = std::iter::successors(Some(parent), |at| self.ty(*at).parent);
            if !around.any(|at| at == index) {
                self.types[index.0 as usize].parent.get_or_insert(parent);
            }
        }
    }

    fn add_type(&mut self, at: (u32, TypeId)) {
        let decl = self.decl(at.0, at.1);
        let ty = Type {
            name: decl.name.clone(),
            path: decl.path.clone(),
            kind: decl.kind,
            decls: vec![at],
            supertypes: Vec::new(),
            subtypes: Vec::new(),
            methods: HashMap::default(),
            properties: HashMap::default(),
            parent: None,
            is_test: self.role(at.0) == Role::Test,
            is_constructed: false,
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

    fn join_members(&mut self) {
        for file in 0..self.file_count() {
            for id in 0..self.file(file).functions.len() as u32 {
                let at = FunctionRef { file, id: FunctionId(id) };
                let function = self.function(at);
                let is_named = matches!(
                    function.kind,
                    FunctionKind::Function | FunctionKind::Initializer | FunctionKind::Subscript
                );
                if !is_named || function.parent.is_some() {
                    continue;
                }
                let name = function.name.clone();
                if let Some(owner) = self.owner(at) {
                    self.types[owner.0 as usize].methods.entry(name.clone()).or_default().push(at);
                }
                self.functions_by_name.entry(name).or_default().push(at);
            }
            for id in 0..self.file(file).properties.len() as u32 {
                let at = PropertyRef { file, id: PropertyId(id) };
                let name = self.property(at).name.clone();
                self.properties_by_name.entry(name.clone()).or_default().push(at);
                match self.property_owner(at) {
                    Some(owner) => {
                        self.types[owner.0 as usize].properties.entry(name).or_insert(at);
                    }
                    None => self.globals.entry(name).or_default().push(at),
                }
            }
            for (name, aliased) in self.files[file as usize].all_aliases() {
                self.aliases.entry(name.clone()).or_default().push((file, aliased.clone()));
            }
        }
    }

    fn join_supertypes(&mut self) {
        let mut found: Vec<(TypeIndex, Ty)> = Vec::new();
        for at in self.decls() {
            let Some(index) = self.type_of_decl(at.0, at.1) else { continue };
            for inherited in &self.decl(at.0, at.1).inherits {
                if let Some(ty) = self.type_from_ref(inherited, at.0, None, Some(index)) {
                    found.push((index, ty));
                }
            }
        }
        for (index, ty) in found {
            if ty == Ty::Project(index) {
                continue;
            }
            if let Ty::Project(parent) = &ty {
                let subtypes = &mut self.types[parent.0 as usize].subtypes;
                if !subtypes.contains(&index) {
                    subtypes.push(index);
                }
            }
            let supertypes = &mut self.types[index.0 as usize].supertypes;
            if !supertypes.contains(&ty) {
                supertypes.push(ty);
            }
        }
    }

    /// A type is constructed where non-test code names it before `(`, or where the system makes it.
    fn mark_constructed(&mut self) {
        let mut made = Vec::new();
        for (index, ty) in self.types() {
            let by_system = ty.decls.iter().any(|at| self.decl(at.0, at.1).is_entry_point())
                || ty.supertypes.iter().any(|parent| {
                    parent.outside_name().is_some_and(|name| {
                        name.contains("ApplicationDelegate")
                            || name.ends_with("AppDelegate")
                            || name.ends_with("ViewController")
                    })
                });
            let by_code = self.calls(&ty.name).iter().any(|site| self.role(site.call.file) != Role::Test);
            if by_system || by_code || matches!(ty.kind, TypeDeclKind::Enum | TypeDeclKind::Extension) {
                made.push(index);
            }
        }
        for index in made {
            self.types[index.0 as usize].is_constructed = true;
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
