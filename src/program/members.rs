//! Looks names up: types by name, members through inheritance, overrides and implementations.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet as HashSet;

use super::{FunctionRef, Program, PropertyRef, Ty, TypeIndex};
use crate::facts::{Around, TypeDeclKind, TypeOutline};
use crate::source::Role;

/// No class has more ancestors than this; and each type remembers its own.
const MAX_ANCESTRY: usize = 200;

impl Program {
    /// Types of a last name component, in order.
    pub fn types_named(&self, name: &str) -> &[TypeIndex] {
        self.types_by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The type that a name stands for in a file: of the types so named whose path ends in `path`, the nearest.
    pub fn nearest_type(&self, name: &str, path: &str, file: u32) -> Option<TypeIndex> {
        let all = self.types_named(name);
        let fits = |index: &TypeIndex| {
            let known = &self.ty(*index).path;
            known == path || known.ends_with(&format!(".{path}")) || path.ends_with(&format!(".{known}"))
        };
        let fitting: Vec<TypeIndex> = all.iter().copied().filter(fits).collect();
        // `Module.Type` names a top-level type by a path that no declaration has.
        let candidates = if fitting.is_empty() && path.contains('.') {
            all.iter().copied().filter(|index| self.ty(*index).parent.is_none()).collect()
        } else {
            fitting
        };
        if let [only] = candidates.as_slice() {
            return Some(*only);
        }
        candidates.into_iter().max_by_key(|index| {
            let ty = self.ty(*index);
            let near = ty.decls.iter().map(|(at, _)| self.nearness(*at, file)).max().unwrap_or(0);
            (!ty.is_test, ty.path == path, near, std::cmp::Reverse(*index))
        })
    }

    /// How many leading folders two files have in common; the same file is nearest of all.
    pub fn nearness(&self, a: u32, b: u32) -> usize {
        if a == b {
            return usize::MAX;
        }
        let (a, b) = (&self.folders[a as usize], &self.folders[b as usize]);
        a.iter().zip(b).take_while(|(a, b)| a == b).count()
    }

    /// The type and its project supertypes, nearest first, each once.
    pub fn ancestry(&self, ty: TypeIndex) -> Vec<TypeIndex> {
        match self.ancestors.get(ty.0 as usize) {
            Some(known) => known.get_or_init(|| self.find_ancestry(ty)).clone(),
            // The supertypes are still being joined.
            None => self.find_ancestry(ty),
        }
    }

    fn find_ancestry(&self, ty: TypeIndex) -> Vec<TypeIndex> {
        let mut known = HashSet::from_iter([ty]);
        let mut found = vec![ty];
        let mut at = 0;
        while at < found.len().min(MAX_ANCESTRY) {
            let parents = self.ty(found[at]).supertypes.iter().filter_map(Ty::project);
            found.extend(parents.filter(|parent| known.insert(*parent)));
            at += 1;
        }
        found
    }

    /// All subtypes, direct and not, each once; the type itself is not among them.
    pub fn descendants(&self, ty: TypeIndex) -> Vec<TypeIndex> {
        self.all_subtypes(ty).to_vec()
    }

    /// The same, found once.
    fn all_subtypes(&self, ty: TypeIndex) -> &[TypeIndex] {
        self.descendants[ty.0 as usize].get_or_init(|| {
            let mut known = HashSet::from_iter([ty]);
            let mut found = vec![ty];
            let mut at = 0;
            while at < found.len() {
                let children = self.ty(found[at]).subtypes.iter().copied();
                found.extend(children.filter(|child| known.insert(*child)));
                at += 1;
            }
            found.split_off(1)
        })
    }

    /// Whether the type or one of its ancestors names `outside` as superclass or protocol.
    pub fn inherits_outside(&self, ty: TypeIndex, outside: &str) -> bool {
        self.outside_ancestors(ty).contains(&outside)
    }

    /// Whether the type or one of its subtypes does so, by itself or through an ancestor.
    pub fn has_heir(&self, ty: TypeIndex, outside: &str) -> bool {
        if let Some(known) = self.heirs.borrow().get(outside) {
            return known.contains(&ty);
        }
        let mut found = BTreeSet::new();
        for (heir, _) in self.types().filter(|(at, _)| self.inherits_outside(*at, outside)) {
            found.extend(self.ancestry(heir));
        }
        let has_heir = found.contains(&ty);
        self.heirs.borrow_mut().insert(outside.into(), found);
        has_heir
    }

    /// The names of the superclasses and protocols that are declared elsewhere.
    pub fn outside_ancestors(&self, ty: TypeIndex) -> Vec<&str> {
        let ancestry = self.ancestry(ty);
        let mut names = Vec::new();
        for at in ancestry {
            let facts = self.ty(at);
            // One that the project extends has facts of its own.
            names.extend((facts.kind == TypeDeclKind::Extension).then_some(facts.name.as_str()));
            names.extend(facts.supertypes.iter().filter_map(Ty::outside_name));
        }
        names
    }

    /// A property of a type, its supertypes and the types around it. Whoever lacks one that a protocol asks for has its
    /// default.
    pub fn find_property(&self, ty: TypeIndex, name: &str) -> Option<PropertyRef> {
        self.ancestry(ty).iter().find_map(|at| {
            let default = if *at == ty { None } else { self.default_member(*at, name) };
            default.or_else(|| self.member(*at, name))
        })
    }

    /// Methods of a name in a type, or else in the nearest supertype that has some.
    pub fn find_methods(&self, ty: TypeIndex, name: &str) -> Vec<FunctionRef> {
        for at in self.ancestry(ty) {
            let found = self.methods(at, name);
            if found.iter().any(|at| self.function(*at).body.is_some()) {
                return found.iter().copied().filter(|at| !self.has_default(*at, found)).collect();
            }
        }
        let mut all = self.ancestry(ty).into_iter().map(|at| self.methods(at, name));
        all.find(|found| !found.is_empty()).unwrap_or_default().to_vec()
    }

    /// Whether a function is what a protocol asks for, and one of the others what it has for it.
    fn has_default(&self, required: FunctionRef, others: &[FunctionRef]) -> bool {
        let labels = |at: FunctionRef| self.function(at).params.iter().map(|param| &param.label);
        let is_default =
            |at: &FunctionRef| self.function(*at).body.is_some() && labels(*at).eq(labels(required));
        self.function(required).body.is_none() && others.iter().any(is_default)
    }

    /// The types that implement a protocol or inherit from a class. Types that only tests declare or construct are left out,
    /// unless nothing else remains.
    pub(super) fn implementers(&self, ty: TypeIndex) -> Vec<TypeIndex> {
        let mut implementing: Vec<TypeIndex> = self.descendants(ty);
        implementing.retain(|at| {
            let ty = self.ty(*at);
            !ty.is_test && !matches!(ty.kind, TypeDeclKind::Protocol | TypeDeclKind::Extension)
        });
        if implementing.iter().any(|at| self.is_constructed(*at)) {
            implementing.retain(|at| self.is_constructed(*at));
        }
        implementing
    }

    /// Whether a protocol, or one that it refines, has a requirement of the name.
    fn asks_for(&self, protocol: TypeIndex, name: &str, fits: impl Fn(FunctionRef) -> bool) -> bool {
        self.ancestry(protocol).iter().any(|ty| {
            self.methods(*ty, name).iter().copied().any(|at| self.function(at).body.is_none() && fits(at))
        })
    }

    /// The functions that a call on a receiver of static type `ty` may run, as far as dynamic dispatch goes:
    /// for a protocol its implementations, for a class its own method and the overrides.
    pub fn dispatch(
        &self,
        ty: TypeIndex,
        name: &str,
        fits: impl Fn(FunctionRef) -> bool,
    ) -> Vec<FunctionRef> {
        let own: Vec<FunctionRef> = self.find_methods(ty, name).into_iter().filter(|at| fits(*at)).collect();
        let is_protocol = self.ty(ty).kind == TypeDeclKind::Protocol;
        if self.ty(ty).subtypes.is_empty() {
            return own;
        }
        // What a protocol does not ask for, but its extension has, is not dispatched.
        if is_protocol && !own.is_empty() && !self.asks_for(ty, name, &fits) {
            return own;
        }
        let implementing = self.implementers(ty);
        let mut found = BTreeSet::new();
        // A base class that nobody constructs, with subclasses that are: its own method runs where they inherit it.
        let is_abstract = !self.is_constructed(ty) && implementing.iter().any(|at| self.is_constructed(*at));
        if is_abstract && !is_protocol {
            for at in &implementing {
                let methods = self.find_methods(*at, name);
                found.extend(methods.into_iter().filter(|at| fits(*at) && self.function(*at).body.is_some()));
            }
        } else if !is_protocol {
            found.extend(own.iter().copied());
        }
        for at in &implementing {
            let methods =
                if is_protocol { self.find_methods(*at, name) } else { self.methods(*at, name).to_vec() };
            found.extend(methods.into_iter().filter(|at| fits(*at) && self.function(*at).body.is_some()));
        }
        if found.is_empty() {
            found.extend(own);
        }
        found.into_iter().collect()
    }

    /// Whether the text of a file that is no test constructs a type of this name.
    fn is_built(&self, name: &str) -> bool {
        let files = self.files_with(name, Around::BUILT);
        files.into_iter().any(|file| self.role(file) != Role::Test)
    }

    /// Whether some code that is not a test constructs a type, or the system does: it is named in front of arguments somewhere.
    pub fn is_constructed(&self, at: TypeIndex) -> bool {
        let Some(known) = self.constructed.get(at.0 as usize) else { return false };
        *known.get_or_init(|| {
            let ty = self.ty(at);
            let is_system_class = |name: &str| {
                name.contains("ApplicationDelegate")
                    || name.ends_with("AppDelegate")
                    || name.ends_with("ViewController")
            };
            matches!(ty.kind, TypeDeclKind::Enum | TypeDeclKind::Extension)
                || ty.supertypes.iter().filter_map(Ty::outside_name).any(is_system_class)
                || ty
                    .decls
                    .iter()
                    .any(|(file, id)| self.outline(*file, *id).is_some_and(TypeOutline::is_entry_point))
                || self.names_of(at).into_iter().any(|name| self.is_built(name))
        })
    }
}
