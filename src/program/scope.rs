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
}

/// The local names in scope, innermost last.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    locals: Vec<Local>,
}

impl Scope {
    /// Adds a name, which hides earlier ones.
    pub fn push(&mut self, name: SmolStr, id: LocalId, ty: Option<Ty>) {
        self.locals.push(Local { name, id, ty });
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|local| local.name == name)
    }

    /// A mark for [`Scope::leave`].
    pub fn enter(&self) -> usize {
        self.locals.len()
    }

    /// Forgets the names added since the mark, and says which they were.
    pub fn leave(&mut self, mark: usize) -> Vec<LocalId> {
        self.locals.drain(mark.min(self.locals.len())..).map(|local| local.id).collect()
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
