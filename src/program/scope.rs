//! Local names, as far as they are in scope at a place.

use std::rc::Rc;

use smol_str::SmolStr;

use super::{FunctionRef, Program, Ty, TypeIndex};
use crate::facts::TypeDeclKind;

/// A local variable, parameter or local function: unique within one walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(pub u32);

/// A local name.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: SmolStr,
    /// Its number.
    pub id: LocalId,
    /// Its type, where known.
    pub ty: Option<Ty>,
    /// The next one to look at for names that fall into the same bucket.
    before: Option<u32>,
}

/// So many buckets that the few names of a real function have one each, so few that a scope is copied at no cost. Where
/// names are crowded, there are twice as many.
const BUCKETS: usize = 64;

/// A copy of so many still costs little.
const MAX_BUCKETS: usize = 512;

/// So many names stand together, and are copied where one of them is added or taken away.
const TOGETHER: usize = 64;

/// The local names in scope, innermost last. Every closure in a function keeps those that are in scope where it stands: what
/// copies have in common is shared, or a long function with many closures would hold the square of its names.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// In groups of [`TOGETHER`], of which only the last has fewer, and none is empty.
    locals: Vec<Rc<Vec<Local>>>,
    /// The last name of each bucket: a function with thousands of names asks for each of them.
    last: Vec<Option<u32>>,
}

fn bucket(name: &str, buckets: usize) -> usize {
    let step = |hash: usize, byte: u8| hash.wrapping_mul(31).wrapping_add(usize::from(byte));
    name.bytes().fold(0, step) % buckets.max(1)
}

impl Scope {
    /// Adds a name, which hides earlier ones.
    pub fn push(&mut self, name: SmolStr, id: LocalId, ty: Option<Ty>) {
        let buckets = self.last.len();
        if buckets == 0 || self.len() >= buckets * 4 && buckets < MAX_BUCKETS {
            self.last = vec![None; (buckets * 2).max(BUCKETS)];
            for at in 0..self.len() {
                self.note(at);
            }
        }
        if self.len().is_multiple_of(TOGETHER) {
            self.locals.push(Rc::default());
        }
        if let Some(group) = self.locals.last_mut() {
            Rc::make_mut(group).push(Local { name, id, ty, before: None });
        }
        self.note(self.len() - 1);
    }

    fn len(&self) -> usize {
        let last = self.locals.last().map_or(0, |group| group.len());
        self.locals.len().saturating_sub(1) * TOGETHER + last
    }

    fn pop(&mut self) -> Option<Local> {
        let group = Rc::make_mut(self.locals.last_mut()?);
        let local = group.pop();
        if group.is_empty() {
            self.locals.pop();
        }
        local
    }

    /// Puts a name into its bucket.
    fn note(&mut self, at: usize) {
        let local = &mut Rc::make_mut(&mut self.locals[at / TOGETHER])[at % TOGETHER];
        let bucket = bucket(&local.name, self.last.len());
        local.before = self.last[bucket].replace(at as u32);
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&Local> {
        let mut next = self.last.get(bucket(name, self.last.len())).copied().flatten();
        while let Some(local) =
            next.and_then(|at| self.locals.get(at as usize / TOGETHER)?.get(at as usize % TOGETHER))
        {
            if local.name == name {
                return Some(local);
            }
            next = local.before;
        }
        None
    }

    /// A mark for [`Scope::leave`].
    pub fn enter(&self) -> usize {
        self.len()
    }

    /// Forgets the names added since the mark, and says which they were, in order.
    pub fn leave(&mut self, mark: usize) -> Vec<LocalId> {
        let mut gone = Vec::new();
        while self.len() > mark
            && let Some(local) = self.pop()
        {
            let bucket = bucket(&local.name, self.last.len());
            self.last[bucket] = local.before;
            gone.push(local.id);
        }
        gone.sort_unstable();
        gone
    }
}

/// From where a name is looked up.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Position of the file.
    pub file: u32,
    /// The function around it.
    pub function: Option<FunctionRef>,
    /// The type of `self`.
    pub owner: Option<TypeIndex>,
    /// The local names.
    pub scope: &'a Scope,
}

impl<'a> Place<'a> {
    /// Inside a function.
    pub fn of(program: &Program, function: FunctionRef, scope: &'a Scope) -> Self {
        Self { file: function.file, function: Some(function), owner: program.owner(function), scope }
    }
}

impl Program {
    /// The types that `self` has at a place: of the protocol that is extended, before it, the one that the extension or the method
    /// is limited to, `where Self: T`.
    pub fn selves(&self, place: &Place<'_>) -> impl Iterator<Item = TypeIndex> + use<> {
        self.bound_of_self(place).into_iter().chain(place.owner)
    }

    /// Where a name is looked for after a type: what it is limited to comes before the protocol that is extended.
    pub(super) fn outwards(&self, place: &Place<'_>, ty: TypeIndex) -> Option<TypeIndex> {
        match place.owner {
            Some(owner) if owner != ty && self.bound_of_self(place) == Some(ty) => Some(owner),
            _ => self.ty(ty).parent,
        }
    }

    fn bound_of_self(&self, place: &Place<'_>) -> Option<TypeIndex> {
        let owner = place.owner.filter(|owner| self.ty(*owner).kind == TypeDeclKind::Protocol)?;
        let bound = self.generic_bound("Self", place.function, None).flatten().or_else(|| {
            let decl = self.function(place.function?).owner?;
            let is_limited = self.outline(place.file, decl)?.generics.iter().any(|name| name == "Self");
            let generics = if is_limited { &*self.decl(place.file, decl).generics } else { &[] };
            generics.iter().find(|(name, _)| name == "Self").and_then(|(_, bound)| bound.clone())
        })?;
        self.type_from_ref(&bound, place.file, None, None)?.project().filter(|bound| *bound != owner)
    }

    /// Adds the names that a closure captures values under, where the names around it are known.
    pub fn push_captured(&self, at: FunctionRef, scope: &mut Scope) {
        for (capture, value) in self.function(at).captured() {
            let ty = self.type_of(&Place::of(self, at, scope), value);
            scope.push(capture.name.clone(), LocalId(self.file(at.file).expr(value).span.start), ty);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_innermost_of_its_kind_until_its_block_is_left() {
        let mut scope = Scope::default();
        let id = |scope: &Scope, name: &str| scope.get(name).map(|local| local.id.0);
        for number in 0..1_000 {
            scope.push(format!("a{number}").into(), LocalId(number), None);
        }
        let mark = scope.enter();
        scope.push("a7".into(), LocalId(2_000), None);
        scope.push("b".into(), LocalId(1_500), None);
        assert_eq!(
            (id(&scope, "a7"), id(&scope, "a8"), id(&scope, "b")),
            (Some(2_000), Some(8), Some(1_500))
        );
        assert_eq!(scope.leave(mark), [LocalId(1_500), LocalId(2_000)]);
        assert_eq!((id(&scope, "a7"), id(&scope, "a999"), id(&scope, "b")), (Some(7), Some(999), None));
    }
}
