//! Declarations and uses by their name: asked of those files only that may have them, each name once.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::BuildHasherDefault;

use elsa::FrozenMap;
use rustc_hash::FxHasher;
use smol_str::SmolStr;

use super::uses::Uses;
use super::{CallSite, FunctionRef, Mention, Program, PropertyRef, TypeIndex, Write};
use crate::facts::words::FAILABLE_INIT;
use crate::facts::{Arg, Around, FunctionKind, TypeDeclKind, TypeRef};
use crate::parallel::in_parallel;

type Map<K, T> = FrozenMap<K, Box<[T]>, BuildHasherDefault<FxHasher>>;

/// What was asked before.
#[derive(Default)]
pub(super) struct Memo {
    functions: Map<SmolStr, FunctionRef>,
    global_functions: Map<SmolStr, FunctionRef>,
    properties: Map<SmolStr, PropertyRef>,
    globals: Map<SmolStr, PropertyRef>,
    methods: Map<(TypeIndex, SmolStr), FunctionRef>,
    members: Map<(TypeIndex, SmolStr), PropertyRef>,
    writes: Map<SmolStr, Write>,
    calls: Map<SmolStr, CallSite>,
}

impl fmt::Debug for Memo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Memo").finish_non_exhaustive()
    }
}

/// What was found for a key, or what is found now.
fn known<K: Clone + Eq + std::hash::Hash, T>(
    map: &Map<K, T>,
    key: K,
    find: impl FnOnce(&K) -> Vec<T>,
) -> &[T] {
    match map.get(&key) {
        Some(known) => known,
        None => {
            let found = find(&key).into_boxed_slice();
            map.insert(key, found)
        }
    }
}

/// Whether a text has a name where it is used: an operator is no word, and a subscript has no name there.
pub(crate) fn is_word(name: &str) -> bool {
    name != "subscript" && name.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
}

impl Program {
    /// Reads files on all threads, as far as nobody has yet: for who will look into all of them.
    pub fn read(&self, files: &[u32]) {
        let unread: Vec<u32> =
            files.iter().copied().filter(|at| !self.files[*at as usize].is_read()).collect();
        if unread.len() > 1 {
            let files = &self.files;
            in_parallel(self.threads, &unread, |(): &mut (), at| files[*at as usize].read());
        }
    }

    /// Functions of a base name that are not closures, accessors or local, in order.
    pub fn functions_named(&self, name: &str) -> &[FunctionRef] {
        known(&self.memo.functions, SmolStr::new(name), |name| {
            let files = self.words.files_with_word(name, Around::FUNCTION);
            self.read(&files);
            files.into_iter().flat_map(|file| self.declared_functions(file, name)).collect()
        })
    }

    /// The files with a function of a base name that takes all of these arguments, closures behind a call apart.
    pub(super) fn files_taking(&self, name: &str, args: &[Arg]) -> Vec<u32> {
        let mut files = self.words.files_with_word(name, Around::FUNCTION);
        // Behind the first one, what has no label may be another value of a variadic parameter.
        let asked = args.iter().enumerate().filter(|(at, arg)| *at == 0 || arg.label.is_some());
        for (_, arg) in asked.filter(|(_, arg)| !arg.is_trailing) {
            let labelled = self.words.files_with_label(name, arg.label.as_deref().unwrap_or("_"));
            files.retain(|file| labelled.binary_search(file).is_ok());
        }
        files
    }

    /// Those of the functions of a base name whose file has one that takes all of these arguments, closures behind a call
    /// apart.
    pub fn functions_taking(&self, name: &str, args: &[Arg]) -> Vec<FunctionRef> {
        let files = self.files_taking(name, args);
        self.read(&files);
        files.into_iter().flat_map(|file| self.declared_functions(file, name)).collect()
    }

    /// Whether a declaration of a type may have an initialiser that can fail.
    pub(super) fn may_have_failable_init(&self, ty: TypeIndex) -> bool {
        let mut decls = self.ty(ty).decls.iter();
        decls.any(|(file, _)| self.words.has_word(*file, FAILABLE_INIT, Around::FUNCTION))
    }

    /// Whether a function of a base name seems to be declared.
    pub fn declares_function(&self, name: &str) -> bool {
        !self.words.files_with_word(name, Around::FUNCTION).is_empty()
    }

    /// The same of those that are no member of a type.
    pub fn global_functions(&self, name: &str) -> &[FunctionRef] {
        known(&self.memo.global_functions, SmolStr::new(name), |name| {
            let mut files = self.words.files_with_word(name, Around::GLOBAL);
            files.retain(|file| self.words.has_word(*file, name, Around::FUNCTION));
            self.read(&files);
            let all = files.into_iter().flat_map(|file| self.declared_functions(file, name));
            all.filter(|at| self.function(*at).owner.is_none()).collect()
        })
    }

    /// Methods of a base name that the declarations of a type have, in order.
    pub fn methods(&self, ty: TypeIndex, name: &str) -> &[FunctionRef] {
        known(&self.memo.methods, (ty, SmolStr::new(name)), |(_, name)| {
            let files = self.declaring_files(ty, name, Around::FUNCTION);
            let all = files.into_iter().flat_map(|file| self.declared_functions(file, name));
            all.filter(|at| self.owner(*at) == Some(ty)).collect()
        })
    }

    /// A property of a name that the declarations of a type have.
    pub fn member(&self, ty: TypeIndex, name: &str) -> Option<PropertyRef> {
        let found = self.members_named(ty, name);
        let is_protocol = found.len() > 1 && self.ty(ty).kind == TypeDeclKind::Protocol;
        let required = found.iter().filter(|_| is_protocol).find(|at| self.property(**at).getter.is_none());
        required.or(found.first()).copied()
    }

    /// What a protocol has in an extension for those that lack the property that it asks for.
    pub(super) fn default_member(&self, ty: TypeIndex, name: &str) -> Option<PropertyRef> {
        let found = self.members_named(ty, name);
        let is_protocol = !found.is_empty() && self.ty(ty).kind == TypeDeclKind::Protocol;
        found.iter().copied().filter(|_| is_protocol).find(|at| self.property(*at).getter.is_some())
    }

    fn members_named(&self, ty: TypeIndex, name: &str) -> &[PropertyRef] {
        known(&self.memo.members, (ty, SmolStr::new(name)), |(_, name)| {
            let files = self.declaring_files(ty, name, Around::PROPERTY);
            let all = files.into_iter().flat_map(|file| self.declared_properties(file, name));
            all.filter(|at| self.property_owner(*at) == Some(ty)).collect()
        })
    }

    /// All properties that the declarations of a type have, each name once.
    pub fn members(&self, ty: TypeIndex) -> Vec<PropertyRef> {
        let files: BTreeSet<u32> = self.ty(ty).decls.iter().map(|(file, _)| *file).collect();
        let mut names = BTreeSet::new();
        let all = files.into_iter().flat_map(|file| self.properties_in(file));
        all.filter(|(at, property)| {
            self.property_owner(*at) == Some(ty) && names.insert(property.name.clone())
        })
        .map(|(at, _)| at)
        .collect()
    }

    /// Those files of a type's declarations that declare something of a name.
    fn declaring_files(&self, ty: TypeIndex, name: &str, what: Around) -> BTreeSet<u32> {
        let decls = self.ty(ty).decls.iter().map(|(file, _)| *file);
        decls.filter(|file| self.words.has_word(*file, name, what)).collect()
    }

    /// Global variables of a name.
    pub fn globals_named(&self, name: &str) -> &[PropertyRef] {
        known(&self.memo.globals, SmolStr::new(name), |name| {
            let mut files = self.words.files_with_word(name, Around::GLOBAL);
            files.retain(|file| self.words.has_word(*file, name, Around::PROPERTY));
            self.read(&files);
            let all = files.into_iter().flat_map(|file| self.declared_properties(file, name));
            all.filter(|at| self.property_owner(*at).is_none()).collect()
        })
    }

    /// Properties of a name, globals among them, in order.
    pub fn properties_named(&self, name: &str) -> &[PropertyRef] {
        known(&self.memo.properties, SmolStr::new(name), |name| {
            let files = self.words.files_with_word(name, Around::PROPERTY);
            self.read(&files);
            files.into_iter().flat_map(|file| self.declared_properties(file, name)).collect()
        })
    }

    pub(super) fn declared_functions(&self, file: u32, name: &str) -> impl Iterator<Item = FunctionRef> {
        let named = self.file(file).declared_as(name).filter(|(_, function)| {
            function.parent.is_none()
                && matches!(
                    function.kind,
                    FunctionKind::Function | FunctionKind::Initializer | FunctionKind::Subscript
                )
        });
        named.map(move |(id, _)| FunctionRef { file, id })
    }

    fn declared_properties(&self, file: u32, name: &str) -> impl Iterator<Item = PropertyRef> {
        self.file(file).properties_as(name).map(move |id| PropertyRef { file, id })
    }

    /// Whether a type has an enum case of a name.
    pub fn has_case(&self, ty: TypeIndex, name: &str) -> bool {
        self.ty(ty).decls.iter().any(|(file, id)| {
            self.words.has_word(*file, name, Around::CASE)
                && self.decl(*file, *id).cases.iter().any(|case| case == name)
        })
    }

    /// Whether some enum has a case of a name.
    pub fn is_case(&self, name: &str) -> bool {
        let files = self.words.files_with_word(name, Around::CASE);
        files
            .into_iter()
            .any(|file| self.file(file).types.iter().flat_map(|ty| &ty.cases).any(|case| case == name))
    }

    /// The names that stand for types by `typealias`, or as generic parameters, in no order.
    pub fn placeholders(&self) -> impl Iterator<Item = &SmolStr> {
        self.aliases.keys().chain(&self.generics)
    }

    /// The types that a name may stand for in a file, `typealias` among them.
    pub fn types_called(&self, name: &str, file: u32) -> Vec<TypeIndex> {
        let aliased = || self.aliased_type(name, file).and_then(|ty| ty.project());
        match self.types_named(name) {
            [] => aliased().into_iter().collect(),
            named => named.to_vec(),
        }
    }

    /// The names that may stand for a type: its own, and those by `typealias`.
    pub fn names_of(&self, ty: TypeIndex) -> Vec<&SmolStr> {
        let mut names = vec![&self.ty(ty).name];
        let mut at = 0;
        while let Some(name) = names.get(at) {
            let more = self.aliased.get(*name).into_iter().flatten();
            let more: Vec<&SmolStr> = more.filter(|name| !names.contains(name)).collect();
            names.extend(more);
            at += 1;
        }
        names
    }

    /// What a name stands for in a file by `typealias`, with the position of the nearest file that says so.
    pub(super) fn nearest_alias(&self, name: &str, near: u32) -> Option<(u32, &TypeRef)> {
        let files = self.aliases.get(name)?.iter().copied();
        let file = files.max_by_key(|at| (self.nearness(*at, near), std::cmp::Reverse(*at)))?;
        let all = self.outlines[file as usize].aliases.iter();
        all.rev().find(|(known, _)| known == name).map(|(_, ty)| (file, ty))
    }

    /// All aliases, in order of files.
    pub(super) fn all_aliases(&self) -> impl Iterator<Item = &(SmolStr, TypeRef)> {
        self.outlines.iter().flat_map(|outline| &outline.aliases)
    }

    /// Where a property of this name gets a value, apart from its own initial value: assignments to any
    /// member or variable of the name, and arguments of the name in constructor calls.
    pub fn writes(&self, name: &str) -> &[Write] {
        known(&self.memo.writes, SmolStr::new(name), |name| self.writes_in(name, |_| true).collect())
    }

    /// The same, in those files only.
    pub fn writes_in(&self, name: &str, within: impl Fn(u32) -> bool) -> impl Iterator<Item = Write> {
        let files = self.read_of(self.files_with(name, Around::WRITTEN.or(Around::LABEL)), within);
        files.into_iter().flat_map(move |at| self.writes_of(at, name))
    }

    /// Whether a property of this name may get a value, apart from its own initial value.
    pub fn is_written(&self, name: &str) -> bool {
        let mut files = self.files_with(name, Around::WRITTEN.or(Around::LABEL)).into_iter();
        files.any(|at| {
            let mut all = self.uses(at, name, Around::WRITTEN.or(Around::LABEL));
            all.any(|uses| uses.writes(at, name).next().is_some())
        })
    }

    /// Calls whose callee has this base name (a constructor has the type's name).
    pub fn calls(&self, name: &str) -> &[CallSite] {
        known(&self.memo.calls, SmolStr::new(name), |name| self.calls_in(name, |_| true).collect())
    }

    /// The same, in those files only.
    pub fn calls_in(&self, name: &str, within: impl Fn(u32) -> bool) -> impl Iterator<Item = CallSite> {
        let files = self.read_of(self.calling_files(name), within);
        files.into_iter().flat_map(move |at| self.calls_of(at, name, |_| true))
    }

    fn calling_files(&self, name: &str) -> Vec<u32> {
        let mut files = self.files_with(name, Around::CALLED);
        files.extend(self.words.files_with_word(&format!("{name}.init"), Around::ANY));
        files.sort_unstable();
        files.dedup();
        files
    }

    /// The same, in those parts of files only: `may_be` is given the file and the part.
    pub fn calls_in_parts(
        &self,
        name: &str,
        within: impl Fn(u32) -> bool,
        may_be: impl Fn(u32, u32) -> bool,
    ) -> Vec<CallSite> {
        let files = self.read_of(self.calling_files(name), within);
        files.into_iter().flat_map(|at| self.calls_of(at, name, |part| may_be(at, part))).collect()
    }

    /// The base names of all calls: every file is read for them.
    pub fn called_names(&self) -> BTreeSet<SmolStr> {
        self.read(&(0..self.file_count()).collect::<Vec<_>>());
        let parts =
            self.files.iter().flat_map(|file| file.facts().part_numbers().map(|part| file.uses(part)));
        parts.flat_map(Uses::called).cloned().collect()
    }

    /// The calls whose callee has one of these base names, or any, by the name.
    pub fn calls_named(
        &self,
        names: Option<&BTreeSet<&str>>,
        within: impl Fn(&str, u32) -> bool,
    ) -> Vec<(SmolStr, Vec<CallSite>)> {
        let all = match names {
            Some(names) => names.iter().map(SmolStr::new).collect(),
            None => self.called_names(),
        };
        let sites = |name: &SmolStr| self.calls_in(name, |file| within(name, file)).collect();
        all.into_iter().map(|name| (name.clone(), sites(&name))).collect()
    }

    /// Where a name stands that may be that of a function or a property, in those files: in calls, as a value, in a
    /// `#selector`.
    pub fn mentions_in(&self, name: &str, within: impl Fn(u32) -> bool) -> impl Iterator<Item = Mention> {
        let files = self.read_of(self.mentioning_files(name), within);
        files.into_iter().flat_map(move |at| self.mentions_of(at, name, Around::USED))
    }

    /// The same, in those parts of files only: `may_be` is given the file and the part.
    pub fn mentions_in_parts(
        &self,
        name: &str,
        within: impl Fn(u32) -> bool,
        may_be: impl Fn(u32, u32) -> bool,
    ) -> Vec<Mention> {
        let mut found = Vec::new();
        for file in self.read_of(self.mentioning_files(name), within) {
            let parts = self.parts(file, name, Around::USED).into_iter().filter(|part| may_be(file, *part));
            let uses = parts.map(|part| self.files[file as usize].uses(part));
            let from = found.len();
            found.extend(uses.flat_map(|uses| uses.mentions(file, name)));
            found[from..].sort_by_key(|mention: &Mention| self.expr(mention.expr).span.start);
        }
        found
    }

    /// Whether a part of a file may have a name, or a type's name with a dot and a name, with one of these things around it.
    pub fn part_may_name(&self, file: u32, part: u32, name: &str, around: Around) -> bool {
        !is_word(name) || self.file(file).parts_with(name, around).any(|known| known == part)
    }

    /// Whether a file may have an implicit call of an initialiser that one of these stand for: see
    /// [`crate::facts::words::implicit_inits`].
    pub fn may_init(&self, file: u32, calls: &[String]) -> bool {
        calls.iter().any(|call| self.words.has_word(file, call, Around::ANY))
    }

    /// The same of a part of a file.
    pub fn part_may_init(&self, file: u32, part: u32, calls: &[String]) -> bool {
        let facts = self.file(file);
        calls.iter().any(|call| facts.parts_with(call, Around::ANY).any(|known| known == part))
    }

    /// Where a name stands as a value, in those parts of files only: not where it is called.
    pub fn values_in_parts(
        &self,
        name: &str,
        within: impl Fn(u32) -> bool,
        may_be: impl Fn(u32, u32) -> bool,
    ) -> Vec<Mention> {
        let is_value = |file| within(file) && self.may_name(file, name, Around::AS_VALUE);
        let stands =
            |file, part| may_be(file, part) && self.part_may_name(file, part, name, Around::AS_VALUE);
        let mut found = self.mentions_in_parts(name, is_value, stands);
        found.retain(|mention| mention.call.is_none());
        found
    }

    /// Whether a name stands somewhere.
    pub fn is_mentioned(&self, name: &str) -> bool {
        let mut files = self.mentioning_files(name).into_iter();
        files.any(|at| self.uses(at, name, Around::USED).any(|uses| uses.mentions(at, name).next().is_some()))
    }

    fn mentioning_files(&self, name: &str) -> Vec<u32> {
        match name {
            "" => Vec::new(),
            // No text has the name of a subscript where one is used.
            "subscript" => self.words.files_with_word("[", Around::USED),
            _ => self.files_with(name, Around::USED),
        }
    }

    /// Who uses a name in those parts of a file that may have it with one of these things around it.
    fn uses(&self, at: u32, name: &str, around: Around) -> impl Iterator<Item = &Uses> {
        let file = &self.files[at as usize];
        self.parts(at, name, around).into_iter().map(|part| file.uses(part))
    }

    fn parts(&self, at: u32, name: &str, around: Around) -> BTreeSet<u32> {
        let facts = self.file(at);
        match (is_word(name), around) {
            (false, _) => facts.part_numbers().collect(),
            (true, Around::CALLED) => {
                let made = format!("{name}.init");
                facts.parts_with(name, around).chain(facts.parts_with(&made, Around::ANY)).collect()
            }
            (true, _) => facts.parts_with(name, around).collect(),
        }
    }

    fn writes_of(&self, file: u32, name: &str) -> Vec<Write> {
        let all = self.uses(file, name, Around::WRITTEN.or(Around::LABEL));
        let mut found: Vec<Write> = all.flat_map(|uses| uses.writes(file, name)).collect();
        found.sort_by_key(|write| self.expr(write.value).span.start);
        found
    }

    fn calls_of(&self, file: u32, name: &str, may_be: impl Fn(u32) -> bool) -> Vec<CallSite> {
        let parts = self.parts(file, name, Around::CALLED).into_iter().filter(|part| may_be(*part));
        let all = parts.map(|part| self.files[file as usize].uses(part));
        let mut found: Vec<CallSite> = all.flat_map(|uses| uses.calls(file, name)).collect();
        found.sort_by_key(|site| self.expr(site.call).span.start);
        found
    }

    fn mentions_of(&self, file: u32, name: &str, around: Around) -> Vec<Mention> {
        let all = self.uses(file, name, around);
        let mut found: Vec<Mention> = all.flat_map(|uses| uses.mentions(file, name)).collect();
        found.sort_by_key(|mention| self.expr(mention.expr).span.start);
        found
    }

    fn read_of(&self, mut files: Vec<u32>, within: impl Fn(u32) -> bool) -> Vec<u32> {
        files.retain(|file| within(*file));
        self.read(&files);
        files
    }
}
