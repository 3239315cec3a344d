//! What one file says, in a language-neutral form.
//!
//! A front end (see [`crate::swift`]) turns a syntax tree into [`FileFacts`]; nothing behind this module
//! knows a grammar. Facts own their data. Everything that can nest sits in an arena of its file and is
//! named by an index, so dropping facts never recurses; types nest at most [`MAX_DEPTH`] deep.
//!
//! What a file declares is read at once, a body when somebody asks for it: see [`FileFacts::body`].
//!
//! Bodies are *structured control flow*: what runs, in evaluation order, with every `?`, `!` and branch
//! kept, and everything that no analysis asks about left out.

mod body;
pub mod dump;
mod outline;
mod parts;
mod types;
mod visit;
pub mod words;

pub use body::*;
pub use outline::*;
pub use parts::*;
pub use types::*;
pub use visit::Node;
pub use words::Around;

use smol_str::SmolStr;

use crate::source::{FileId, Span};

/// Front ends give up on what nests deeper than this: the body counts as damaged.
pub const MAX_DEPTH: usize = 200;

/// The comment by which a declaration is said to report.
pub const DECLARES_REPORTING: &str = "pushlint:reports";

/// Index of a type declaration in [`FileFacts::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

/// Index of a property in [`FileFacts::properties`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyId(pub u32);

/// All that one file says.
#[derive(Debug)]
pub struct FileFacts {
    /// The file.
    pub file: FileId,
    /// Imported modules (`import class PushKit.PKPushRegistry` gives `PushKit`), in order, without repeats.
    pub imports: Vec<SmolStr>,
    /// `typealias A = B` at file scope.
    pub aliases: Vec<(SmolStr, TypeRef)>,
    /// Type declarations and extensions, nested and local ones included.
    pub types: Vec<TypeDecl>,
    /// Members of types, globals and enum cases with their own facts; no local variables.
    pub properties: Vec<Property>,
    /// Statements at file scope that are not declarations (`main.swift`, scripts).
    pub top_level: Block,
    /// What stands outside of the bodies that are read later.
    pub(crate) first: Part,
    pub(crate) later: Later,
}

impl FileFacts {
    /// Empty facts of a file.
    pub fn new(file: FileId) -> Self {
        Self {
            file,
            imports: Vec::new(),
            aliases: Vec::new(),
            types: Vec::new(),
            properties: Vec::new(),
            top_level: Block::default(),
            first: Part::default(),
            later: Later::default(),
        }
    }

    /// Every `typealias` with what it stands for, those inside of types too.
    pub fn all_aliases(&self) -> impl Iterator<Item = &(SmolStr, TypeRef)> {
        self.aliases.iter().chain(self.types.iter().flat_map(|ty| &ty.aliases))
    }

    /// The type declaration of an index.
    pub fn ty(&self, id: TypeId) -> &TypeDecl {
        &self.types[id.0 as usize]
    }

    /// The property of an index.
    pub fn property(&self, id: PropertyId) -> &Property {
        &self.properties[id.0 as usize]
    }

    /// What an assignment gives a value, and which: the parts of a tuple one by one.
    pub fn assigned(&self, target: ExprId, value: ExprId) -> Vec<(ExprId, ExprId)> {
        match (&self.expr(target).kind, &self.expr(value).kind) {
            (ExprKind::Tuple(targets), ExprKind::Tuple(values)) if targets.len() == values.len() => {
                targets.iter().zip(values).map(|(target, value)| (target.value, value.value)).collect()
            }
            // What of the value each of them gets is not known.
            (ExprKind::Tuple(targets), _) => targets.iter().map(|target| (target.value, value)).collect(),
            _ => vec![(target, value)],
        }
    }
}

/// What a type declaration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeDeclKind {
    /// `class`
    Class,
    /// `struct`
    Struct,
    /// `enum`
    Enum,
    /// `actor`
    Actor,
    /// `protocol`
    Protocol,
    /// `extension`: adds to the type of its name.
    Extension,
}

/// A type declaration or an extension.
#[derive(Clone, Debug)]
pub struct TypeDecl {
    /// What it is.
    pub kind: TypeDeclKind,
    /// The last component of its name: `B` for `extension A.B`.
    pub name: SmolStr,
    /// The name qualified by its enclosing types as written: `A.B`.
    pub path: SmolStr,
    /// The type around it, in the same file.
    pub parent: Option<TypeId>,
    /// The function whose body declares it, if it is local.
    pub within: Option<FunctionId>,
    /// Superclass, protocols, raw type, in order of writing.
    pub inherits: Vec<TypeRef>,
    /// Names of generic parameters with their bound, where one is written.
    pub generics: Vec<(SmolStr, Option<TypeRef>)>,
    /// Attributes such as `@main`.
    pub attributes: Vec<Attribute>,
    /// Modifiers such as `private`, `final`.
    pub modifiers: Modifiers,
    /// Names of enum cases.
    pub cases: Vec<SmolStr>,
    /// `typealias A = B` inside or `associatedtype A: B`.
    pub aliases: Vec<(SmolStr, TypeRef)>,
    /// `#if` conditions around the declaration.
    pub build: Vec<BuildCondition>,
    /// The whole declaration.
    pub span: Span,
    /// The name.
    pub name_span: Span,
}

impl TypeDecl {
    /// Whether the system starts here: `@main` and its older spellings.
    pub fn is_entry_point(&self) -> bool {
        self.attributes.iter().any(|attribute| {
            matches!(attribute.name.as_str(), "main" | "UIApplicationMain" | "NSApplicationMain")
        })
    }
}

/// An attribute: `@name(arguments)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name without `@`.
    pub name: SmolStr,
    /// The text between the parentheses, as written; empty where there are none.
    pub arguments: SmolStr,
}

/// The modifiers that an analysis asks about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// `static` or `class` member.
    pub is_static: bool,
    /// `override`
    pub is_override: bool,
    /// `private` or `fileprivate`
    pub is_private: bool,
    /// `lazy`
    pub is_lazy: bool,
    /// `weak`
    pub is_weak: bool,
    /// `unowned`, safe or unsafe
    pub is_unowned: bool,
    /// `nonisolated`, in any form
    pub is_nonisolated: bool,
    /// `mutating`
    pub is_mutating: bool,
    /// `public` or `open`
    pub is_public: bool,
}

/// A stored, computed or lazy property, or a global variable.
#[derive(Clone, Debug)]
pub struct Property {
    /// The name.
    pub name: SmolStr,
    /// The type (or extension) it is a member of; none for a global.
    pub owner: Option<TypeId>,
    /// The type annotation.
    pub ty: Option<TypeRef>,
    /// The initial value. For a tuple pattern every name shares the whole value.
    pub initial: Option<ExprId>,
    /// `var` rather than `let`.
    pub is_var: bool,
    /// `get` accessor or shorthand computed body; a stored property has none. Protocol requirements neither.
    pub getter: Option<FunctionId>,
    /// `set` accessor.
    pub setter: Option<FunctionId>,
    /// `willSet` and `didSet` observers.
    pub observers: Vec<FunctionId>,
    /// Modifiers.
    pub modifiers: Modifiers,
    /// Attributes, property wrappers among them.
    pub attributes: Vec<Attribute>,
    /// `#if` conditions around the declaration.
    pub build: Vec<BuildCondition>,
    /// `// pushlint:reports` stands on the line before or on the same line.
    pub declared_reporting: bool,
    /// The whole declaration.
    pub span: Span,
    /// The name.
    pub name_span: Span,
}

impl Property {
    /// Whether the property has storage of its own (lazy ones included).
    pub fn is_stored(&self) -> bool {
        self.getter.is_none()
    }

    /// Whether its initial value is evaluated when it is used for the first time, rather than with its object.
    pub fn is_initialized_at_first_use(&self) -> bool {
        let is_late = self.modifiers.is_static || self.modifiers.is_lazy || self.owner.is_none();
        self.initial.is_some() && is_late
    }
}

/// What a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// `func`
    Function,
    /// `init`
    Initializer,
    /// `deinit`
    Deinitializer,
    /// `get`, or the body of a read-only computed property
    Getter,
    /// `set`
    Setter,
    /// `willSet` or `didSet`
    Observer,
    /// `subscript`
    Subscript,
    /// A closure expression
    Closure,
}

/// A function in the widest sense: everything that has a body and is called.
#[derive(Clone, Debug)]
pub struct Function {
    /// What it is.
    pub kind: FunctionKind,
    /// Base name: `pushRegistry`, `init`, the property's name for accessors, empty for closures.
    pub name: SmolStr,
    /// The type or extension whose member it is; closures and local functions have the one around them.
    pub owner: Option<TypeId>,
    /// The function whose body contains it: for closures and local functions. A closure in the initial value
    /// of a property has none.
    pub parent: Option<FunctionId>,
    /// Parameters, in order.
    pub params: Vec<Param>,
    /// The return type as written.
    pub result: Option<TypeRef>,
    /// Names of generic parameters with their bound, `where` clauses included.
    pub generics: Vec<(SmolStr, Option<TypeRef>)>,
    /// `async`
    pub is_async: bool,
    /// `throws`, typed or not; `rethrows` too.
    pub is_throwing: bool,
    /// `init?`
    pub is_failable: bool,
    /// Modifiers.
    pub modifiers: Modifiers,
    /// Attributes.
    pub attributes: Vec<Attribute>,
    /// Capture list of a closure.
    pub captures: Vec<Capture>,
    /// `#if` conditions around the declaration.
    pub build: Vec<BuildCondition>,
    /// The body; a protocol requirement has none. [`FileFacts::body`] has what is in it.
    pub body: Option<Body>,
    /// What was read of it when it was declared was not understood; [`FileFacts::is_damaged`] knows of its body too.
    pub(crate) is_broken: bool,
    /// `// pushlint:reports` stands on the line before or on the same line.
    pub declared_reporting: bool,
    /// The whole declaration.
    pub span: Span,
    /// The name (for closures and accessors the opening brace or keyword).
    pub name_span: Span,
}

/// A parameter of a function or closure.
#[derive(Clone, Debug)]
pub struct Param {
    /// The argument label; none for `_` and for closures.
    pub label: Option<SmolStr>,
    /// The name inside the body.
    pub name: SmolStr,
    /// The type.
    pub ty: Option<TypeRef>,
    /// `@escaping`
    pub is_escaping: bool,
    /// `@autoclosure`
    pub is_autoclosure: bool,
    /// `inout`
    pub is_inout: bool,
    /// `...`
    pub is_variadic: bool,
    /// The default value.
    pub default: Option<ExprId>,
    /// The name.
    pub span: Span,
}

impl Function {
    /// What a closure captures under a name of its own, with the values.
    pub fn captured(&self) -> impl Iterator<Item = (&Capture, ExprId)> {
        self.captures.iter().filter_map(|capture| Some((capture, capture.value?)))
    }
}

/// One entry of a capture list.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The name inside the closure (`self` for `[weak self]`).
    pub name: SmolStr,
    /// `weak`
    pub is_weak: bool,
    /// `unowned`
    pub is_unowned: bool,
    /// The value of `[x = value]`.
    pub value: Option<ExprId>,
}
