//! Local names, as far as they are in scope at a place.

use smol_str::SmolStr;

use super::{FunctionRef, Program, Ty, TypeIndex};

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

/// So many buckets that the few names of a real function have one each, so few that a scope is copied at no cost.
const BUCKETS: usize = 64;

/// The local names in scope, innermost last.
#[derive(Clone, Debug)]
pub struct Scope {
    locals: Vec<Local>,
    /// The last name of each bucket: a function with thousands of names asks for each of them.
    last: [Option<u32>; BUCKETS],
}

impl Default for Scope {
    fn default() -> Self {
        Self { locals: Vec::new(), last: [None; BUCKETS] }
    }
}

fn bucket(name: &str) -> usize {
    let step = |hash: usize, byte: u8| hash.wrapping_mul(31).wrapping_add(usize::from(byte));
    name.bytes().fold(0, step) % BUCKETS
}

impl Scope {
    /// Adds a name, which hides earlier ones.
    pub fn push(&mut self, name: SmolStr, id: LocalId, ty: Option<Ty>) {
        let last = &mut self.last[bucket(&name)];
        let before = last.replace(self.locals.len() as u32);
        self.locals.push(Local { name, id, ty, before });
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&Local> {
        let mut next = self.last[bucket(name)];
        while let Some(local) = next.and_then(|at| self.locals.get(at as usize)) {
            if local.name == name {
                return Some(local);
            }
            next = local.before;
        }
        None
    }

    /// A mark for [`Scope::leave`].
    pub fn enter(&self) -> usize {
        self.locals.len()
    }

    /// Forgets the names added since the mark, and says which they were, in order.
    pub fn leave(&mut self, mark: usize) -> Vec<LocalId> {
        let mut gone = Vec::new();
        while self.locals.len() > mark
            && let Some(local) = self.locals.pop()
        {
            self.last[bucket(&local.name)] = local.before;
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
