//! What a file declares, as far as that is told without parsing it: its types, its aliases, and its words.

use smol_str::SmolStr;

use super::words::Words;
use super::{FileFacts, TypeDeclKind, TypeId, TypeRef};

/// What a front end sees of a file before it parses it.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Its types, in the order and by the index of [`FileFacts::types`].
    pub types: Vec<TypeOutline>,
    /// Every `typealias` with what it stands for, those inside of types too.
    pub aliases: Vec<(SmolStr, TypeRef)>,
    /// The names of the generic parameters of its functions: perhaps more.
    pub generics: Vec<SmolStr>,
    /// The words of the text.
    pub words: Words,
}

/// What joins a type with others.
#[derive(Clone, Debug)]
pub struct TypeOutline {
    /// What it is.
    pub kind: TypeDeclKind,
    /// The last component of its name.
    pub name: SmolStr,
    /// The name qualified by its enclosing types as written.
    pub path: SmolStr,
    /// The type around it, in the same file.
    pub parent: Option<TypeId>,
    /// Superclass, protocols, raw type, in order of writing.
    pub inherits: Vec<TypeRef>,
    /// The names of its generic parameters: perhaps more.
    pub generics: Vec<SmolStr>,
    /// It stands in an `#if`.
    pub is_conditional: bool,
    /// The names of the attributes that say how it is used: see [`MARKS`].
    pub marks: Vec<SmolStr>,
}

/// Attributes of types that an outline tells of.
pub const MARKS: [&str; 5] =
    ["main", "UIApplicationMain", "NSApplicationMain", "dynamicMemberLookup", "resultBuilder"];

impl TypeOutline {
    /// Whether the system starts here: `@main` and its older spellings.
    pub fn is_entry_point(&self) -> bool {
        self.marks.iter().any(|mark| mark.ends_with("ain"))
    }

    /// Whether the other says the same.
    fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.path == other.path
            && self.name == other.name
            && self.parent == other.parent
            && self.is_conditional == other.is_conditional
            && self.marks == other.marks
            && self.inherits == other.inherits
    }
}

impl Outline {
    /// The type of an index.
    pub fn ty(&self, id: TypeId) -> &TypeOutline {
        &self.types[id.0 as usize]
    }

    /// What the facts of a file say instead.
    #[must_use]
    pub fn corrected(&self, facts: &FileFacts) -> Self {
        let types = facts.types.iter().map(|ty| TypeOutline {
            kind: ty.kind,
            name: ty.name.clone(),
            path: ty.path.clone(),
            parent: ty.parent,
            inherits: ty.inherits.clone(),
            generics: ty.generics.iter().map(|(name, _)| name.clone()).collect(),
            is_conditional: !ty.build.is_empty(),
            marks: ty
                .attributes
                .iter()
                .map(|attribute| &attribute.name)
                .filter(|name| MARKS.contains(&name.as_str()))
                .cloned()
                .collect(),
        });
        let mut aliases: Vec<_> = facts.all_aliases().cloned().collect();
        aliases.sort_by_key(|(_, ty)| ty.span);
        Self { types: types.collect(), aliases, generics: self.generics.clone(), words: self.words.clone() }
    }

    /// Whether the other has the same types and aliases.
    pub fn is_same(&self, other: &Self) -> bool {
        self.types.len() == other.types.len()
            && self.types.iter().zip(&other.types).all(|(a, b)| a.is_same(b))
            && self.aliases == other.aliases
    }
}
