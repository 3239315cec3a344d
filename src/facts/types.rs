//! Types as they are written, and conditions of `#if`.

use smol_str::SmolStr;

use crate::source::Span;

/// A type as written. `some`, `any`, `inout`, attributes and ownership words are dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeRef {
    /// Its shape.
    pub kind: TypeKind,
    /// Where it is written.
    pub span: Span,
}

/// The shape of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// `Name`, `Module.Name<Args>`
    Named {
        /// The last component: `CXProvider` of `CallKit.CXProvider`.
        name: SmolStr,
        /// The dotted text without generic arguments.
        path: SmolStr,
        /// Generic arguments of the last component.
        args: Vec<TypeRef>,
    },
    /// `T?`, also `Optional<T>`
    Optional(Box<TypeRef>),
    /// `T!`
    ImplicitOptional(Box<TypeRef>),
    /// `(A, B) async throws -> R`
    Function {
        /// Parameter types.
        params: Vec<TypeRef>,
        /// Return type.
        result: Box<TypeRef>,
        /// `async`
        is_async: bool,
    },
    /// `(A, B)`; `()` and `Void` are the empty tuple.
    Tuple(Vec<TypeRef>),
    /// `[T]`, also `Array<T>`
    Array(Box<TypeRef>),
    /// `[K: V]`
    Dictionary(Box<TypeRef>, Box<TypeRef>),
    /// `A & B`
    Composition(Vec<TypeRef>),
    /// `T.Type`, `T.Protocol`
    Metatype(Box<TypeRef>),
    /// Anything else.
    Other,
}

impl TypeRef {
    /// The type without `?` and `!` around it.
    pub fn unwrapped(&self) -> &TypeRef {
        let mut ty = self;
        while let TypeKind::Optional(inner) | TypeKind::ImplicitOptional(inner) = &ty.kind {
            ty = inner;
        }
        ty
    }

    /// The name of a named type, `?` and `!` around it ignored.
    pub fn name(&self) -> Option<&SmolStr> {
        match &self.unwrapped().kind {
            TypeKind::Named { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Whether the outermost layer is `?` or `!`.
    pub fn is_optional(&self) -> bool {
        matches!(self.kind, TypeKind::Optional(_) | TypeKind::ImplicitOptional(_))
    }

    /// Whether this is a function type, `?` and `!` around it ignored.
    pub fn is_function(&self) -> bool {
        matches!(self.unwrapped().kind, TypeKind::Function { .. })
    }

    /// Whether this is `Void` or `()`.
    pub fn is_void(&self) -> bool {
        matches!(&self.kind, TypeKind::Tuple(parts) if parts.is_empty())
    }
}

/// The condition of an `#if` arm, all earlier arms of the same `#if` negated in front of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BuildCondition {
    /// `DEBUG`, any flag
    Flag(SmolStr),
    /// `targetEnvironment(simulator)`
    Simulator,
    /// `os(iOS)`: the name
    Os(SmolStr),
    /// `canImport(Module)`: the module
    CanImport(SmolStr),
    /// `!a`
    Not(Box<BuildCondition>),
    /// `a && b`
    And(Vec<BuildCondition>),
    /// `a || b`
    Or(Vec<BuildCondition>),
    /// `true`, `false`
    Constant(bool),
    /// `swift(>=5.9)` and everything else, as written
    Other(SmolStr),
}

impl BuildCondition {
    /// Whether code under this condition can be built for an iOS device, as far as the condition alone tells:
    /// `os(iOS)` holds, the simulator does not, every flag may go both ways.
    pub fn on_device(&self) -> Option<bool> {
        match self {
            BuildCondition::Simulator => Some(false),
            BuildCondition::Os(name) => Some(name == "iOS"),
            BuildCondition::Constant(value) => Some(*value),
            BuildCondition::CanImport(module) => {
                matches!(module.as_str(), "UIKit" | "CallKit" | "PushKit" | "Foundation").then_some(true)
            }
            BuildCondition::Not(inner) => inner.on_device().map(|holds| !holds),
            BuildCondition::And(parts) => {
                if parts.iter().any(|part| part.on_device() == Some(false)) {
                    Some(false)
                } else {
                    parts.iter().all(|part| part.on_device() == Some(true)).then_some(true)
                }
            }
            BuildCondition::Or(parts) => {
                if parts.iter().any(|part| part.on_device() == Some(true)) {
                    Some(true)
                } else {
                    parts.iter().all(|part| part.on_device() == Some(false)).then_some(false)
                }
            }
            BuildCondition::Flag(_) | BuildCondition::Other(_) => None,
        }
    }
}
