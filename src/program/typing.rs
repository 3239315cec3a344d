//! The static type of an expression, as far as names, annotations and initial values tell it.
//!
//! An answer is right or missing, never a guess: `None` means "not known".

use std::cell::{Cell, RefCell};

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

use super::{ExprRef, FunctionRef, Place, Program, PropertyRef, Scope, Target, TypeIndex};
use crate::facts::{CastKind, ExprId, ExprKind, FunctionKind, Property, TryKind, TypeKind, TypeRef};

/// A type, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ty {
    /// A type of the project (also one that it only extends).
    Project(TypeIndex),
    /// A type declared elsewhere, by its last name component.
    Outside(SmolStr),
    /// The type itself as a value: `T` in `T.shared`.
    Meta(Box<Ty>),
    /// `T?`
    Optional(Box<Ty>),
    /// `[T]`; the element, where known.
    Array(Option<Box<Ty>>),
    /// `[K: V]`; the value, where known.
    Dictionary(Option<Box<Ty>>),
    /// A function; its result, where known.
    Function(Option<Box<Ty>>),
    /// A tuple; its parts, where known.
    Tuple(Vec<Option<Ty>>),
}

impl Ty {
    /// Without optionals around it.
    pub fn unwrapped(&self) -> &Ty {
        let mut ty = self;
        while let Ty::Optional(inner) = ty {
            ty = inner;
        }
        ty
    }

    /// The project type, optionals and metatypes ignored.
    pub fn project(&self) -> Option<TypeIndex> {
        match self.unwrapped() {
            Ty::Project(index) => Some(*index),
            Ty::Meta(inner) => inner.project(),
            _ => None,
        }
    }

    /// The name of a type that is declared elsewhere, optionals ignored.
    pub fn outside_name(&self) -> Option<&str> {
        match self.unwrapped() {
            Ty::Outside(name) => Some(name),
            _ => None,
        }
    }

    /// The last component of its name, optionals and metatypes ignored.
    pub fn name<'a>(&'a self, program: &'a Program) -> Option<&'a str> {
        match self.unwrapped() {
            Ty::Project(index) => Some(&program.ty(*index).name),
            Ty::Outside(name) => Some(name),
            Ty::Meta(inner) => inner.name(program),
            Ty::Array(_) => Some("Array"),
            Ty::Dictionary(_) => Some("Dictionary"),
            Ty::Function(_) | Ty::Tuple(_) | Ty::Optional(_) => None,
        }
    }

    fn optional(self) -> Ty {
        match self {
            Ty::Optional(_) => self,
            other => Ty::Optional(Box::new(other)),
        }
    }
}

/// How far an inference may lead from property to property.
const MAX_HOPS: u8 = 16;

/// How many questions for a type may be inside one another: each link of a chain of calls is one.
const MAX_NESTED: u32 = 32;

/// A question for a type while it is answered.
#[derive(Debug, Default)]
pub(super) struct Inference {
    nesting: Cell<u32>,
    /// The types of the calls met so far: a chain asks for each of its links many times.
    calls: RefCell<HashMap<(u32, ExprId), Option<Ty>>>,
    /// The types of the properties met so far; of one that is being asked for nothing is known, so that no property
    /// rests on itself.
    properties: RefCell<HashMap<PropertyRef, Option<Ty>>>,
}

/// Static members of types declared elsewhere that give an instance of the type.
const INSTANCES: [&str; 9] =
    ["shared", "sharedInstance", "default", "standard", "main", "current", "instance", "general", "manager"];

/// Protocols that say nothing of what a value can do: of a generic parameter with such a bound nothing is known.
const OPEN: [&str; 11] = [
    "Any",
    "AnyObject",
    "Codable",
    "Comparable",
    "Decodable",
    "Encodable",
    "Equatable",
    "Hashable",
    "Identifiable",
    "NSObjectProtocol",
    "Sendable",
];

impl Program {
    /// The type that a written type stands for.
    pub fn type_from_ref(
        &self,
        ty: &TypeRef,
        file: u32,
        function: Option<FunctionRef>,
        owner: Option<TypeIndex>,
    ) -> Option<Ty> {
        self.resolve_ref(ty, file, function, owner, 0)
    }

    fn resolve_ref(
        &self,
        ty: &TypeRef,
        file: u32,
        function: Option<FunctionRef>,
        owner: Option<TypeIndex>,
        hops: u8,
    ) -> Option<Ty> {
        if hops > MAX_HOPS {
            return None;
        }
        let inner = |ty: &TypeRef| self.resolve_ref(ty, file, function, owner, hops + 1);
        match &ty.kind {
            TypeKind::Named { name, path, args } => {
                if name == "Self" {
                    return owner.map(Ty::Project);
                }
                if let Some(bound) = self.generic_bound(name, function, owner) {
                    let bound = bound.and_then(|bound| inner(&bound));
                    // What has no more than that may have any members.
                    return bound.filter(|ty| !ty.outside_name().is_some_and(|name| OPEN.contains(&name)));
                }
                if let Some(index) = owner.and_then(|owner| self.nested_type(owner, name)) {
                    return Some(Ty::Project(index));
                }
                if path.split_once('.').is_some_and(|(module, _)| crate::vocabulary::is_apple_module(module))
                {
                    return Some(Ty::Outside(name.clone()));
                }
                if let Some(index) = self.nearest_type(name, path, file) {
                    return Some(Ty::Project(index));
                }
                if let Some((at, aliased)) = self.nearest_alias(name, file) {
                    return self.resolve_ref(aliased, at, None, None, hops + 1);
                }
                match (name.as_str(), args.as_slice()) {
                    ("Array" | "Set", [element]) => Some(Ty::Array(inner(element).map(Box::new))),
                    ("Dictionary", [_, value]) => Some(Ty::Dictionary(inner(value).map(Box::new))),
                    // References to one object of the argument's type.
                    ("Weak" | "Lazy" | "Provider" | "Binding" | "Published", [wrapped]) => inner(wrapped),
                    _ => Some(Ty::Outside(name.clone())),
                }
            }
            TypeKind::Optional(wrapped) | TypeKind::ImplicitOptional(wrapped) => {
                inner(wrapped).map(Ty::optional)
            }
            TypeKind::Function { result, .. } => Some(Ty::Function(inner(result).map(Box::new))),
            TypeKind::Tuple(parts) => Some(Ty::Tuple(parts.iter().map(inner).collect())),
            TypeKind::Array(element) => Some(Ty::Array(inner(element).map(Box::new))),
            TypeKind::Dictionary(_, value) => Some(Ty::Dictionary(inner(value).map(Box::new))),
            TypeKind::Composition(parts) => {
                let all: Vec<Ty> = parts.iter().filter_map(inner).collect();
                all.iter().find(|ty| matches!(ty, Ty::Project(_))).or(all.first()).cloned()
            }
            TypeKind::Metatype(inner_ty) => inner(inner_ty).map(|ty| Ty::Meta(Box::new(ty))),
            TypeKind::Other => None,
        }
    }

    /// Of a generic parameter in scope its bound, as far as one is written.
    #[allow(clippy::option_option, reason = "no parameter, one without a bound, one with a bound")]
    pub(super) fn generic_bound(
        &self,
        name: &str,
        function: Option<FunctionRef>,
        owner: Option<TypeIndex>,
    ) -> Option<Option<TypeRef>> {
        let mut at = function;
        while let Some(function) = at {
            let facts = self.function(function);
            if let Some((_, bound)) = facts.generics.iter().find(|(generic, _)| generic == name) {
                return Some(bound.clone());
            }
            at = facts.parent.map(|id| FunctionRef { file: function.file, id });
        }
        let decls = owner.map_or(&[][..], |owner| &self.ty(owner).decls);
        decls.iter().find_map(|(file, id)| {
            let may_be =
                self.outline(*file, *id).is_some_and(|ty| ty.generics.iter().any(|known| known == name));
            let generics = if may_be { &*self.decl(*file, *id).generics } else { &[] };
            generics.iter().find(|(generic, _)| generic == name).map(|(_, bound)| bound.clone())
        })
    }

    fn nested_type(&self, owner: TypeIndex, name: &str) -> Option<TypeIndex> {
        let mut around = Some(owner);
        let mut hops = 0;
        while let Some(outer) = around {
            let nested = self.types_named(name).iter().copied().find(|at| self.ty(*at).parent == Some(outer));
            if nested.is_some() {
                return nested;
            }
            around = self.ty(outer).parent;
            hops += 1;
            if hops > MAX_HOPS {
                break;
            }
        }
        None
    }

    /// The type of a property: its annotation, or what its initial value tells.
    pub fn type_of_property(&self, at: PropertyRef) -> Option<Ty> {
        self.answer(|| self.property_type(at, 0))
    }

    fn property_type(&self, at: PropertyRef, hops: u8) -> Option<Ty> {
        let property = self.property(at);
        let owner = self.property_owner(at);
        if let Some(ty) = &property.ty {
            return self.type_from_ref(ty, at.file, None, owner);
        }
        if hops > MAX_HOPS {
            return None;
        }
        if let Some(known) = self.inference.properties.borrow().get(&at) {
            return known.clone();
        }
        self.inference.properties.borrow_mut().insert(at, None);
        let found = self.unwritten_type(at, property, owner, hops);
        self.inference.properties.borrow_mut().insert(at, found.clone());
        found
    }

    /// The type of a property that has no annotation.
    fn unwritten_type(
        &self,
        at: PropertyRef,
        property: &Property,
        owner: Option<TypeIndex>,
        hops: u8,
    ) -> Option<Ty> {
        let scope = Scope::default();
        if let Some(initial) = property.initial {
            let place = Place { file: at.file, function: None, owner, scope: &scope };
            if let Some(ty) = self.infer(&place, initial, hops + 1) {
                return Some(ty);
            }
        }
        // `@Injected(\.service) var service`: the wrapper's key path names a property that has a type.
        let injected = property.attributes.iter().find_map(|attribute| {
            attribute.arguments.trim().strip_prefix('\\').and_then(|path| path.rsplit('.').next())
        })?;
        let is_typed_member = |at: &&PropertyRef| {
            let owner = self.property_owner(**at);
            self.property(**at).ty.is_some()
                && owner.is_some_and(|owner| self.member(owner, injected) == Some(**at))
        };
        let mut named = self.properties_named(injected).iter().filter(is_typed_member);
        match (named.next(), named.next()) {
            (Some(only), None) if *only != at => self.property_type(*only, hops + 1),
            _ => None,
        }
    }

    /// The type that a function returns.
    pub fn result_type(&self, at: FunctionRef) -> Option<Ty> {
        let function = self.function(at);
        let owner = self.owner(at);
        if function.kind == FunctionKind::Initializer {
            return owner.map(|owner| {
                if function.is_failable { Ty::Project(owner).optional() } else { Ty::Project(owner) }
            });
        }
        function.result.as_ref().and_then(|ty| self.type_from_ref(ty, at.file, Some(at), owner))
    }

    /// The type of an expression.
    pub fn type_of(&self, place: &Place<'_>, expr: ExprId) -> Option<Ty> {
        self.answer(|| self.infer(place, expr, 0))
    }

    /// Answers a question for a type. What is found on the way is known until the outermost question is answered.
    fn answer(&self, infer: impl FnOnce() -> Option<Ty>) -> Option<Ty> {
        let nesting = self.inference.nesting.get();
        if nesting >= MAX_NESTED {
            return None;
        }
        self.inference.nesting.set(nesting + 1);
        let found = infer();
        self.inference.nesting.set(nesting);
        if nesting == 0 {
            self.inference.calls.borrow_mut().clear();
            self.inference.properties.borrow_mut().clear();
        }
        found
    }

    fn infer(&self, place: &Place<'_>, expr: ExprId, hops: u8) -> Option<Ty> {
        if hops > MAX_HOPS {
            return None;
        }
        let is_call = matches!(self.file(place.file).expr(expr).kind, ExprKind::Call { .. });
        if !is_call || self.inference.nesting.get() == 0 {
            return self.infer_anew(place, expr, hops);
        }
        if let Some(known) = self.inference.calls.borrow().get(&(place.file, expr)) {
            return known.clone();
        }
        let found = self.infer_anew(place, expr, hops);
        // Nothing found far from the question says nothing about the same call nearer to it.
        if found.is_some() || hops == 0 {
            self.inference.calls.borrow_mut().insert((place.file, expr), found.clone());
        }
        found
    }

    fn infer_anew(&self, place: &Place<'_>, expr: ExprId, hops: u8) -> Option<Ty> {
        let again = |expr: ExprId| self.infer(place, expr, hops + 1);
        match &self.file(place.file).expr(expr).kind {
            ExprKind::Name(name) => self.type_of_name(place, name, hops),
            ExprKind::SelfRef => place.owner.map(Ty::Project),
            ExprKind::Super => {
                let owner = place.owner?;
                self.ty(owner).supertypes.first().cloned()
            }
            ExprKind::Member { base: Some(base), name, .. } => {
                if self.names_apple_module(place, *base) && name.starts_with(char::is_uppercase) {
                    return Some(Ty::Meta(Box::new(Ty::Outside(name.clone()))));
                }
                if matches!(self.file(place.file).expr(*base).kind, ExprKind::SelfRef) {
                    let mut selves = self.selves(place);
                    return selves.find_map(|ty| self.type_of_member(&Ty::Project(ty), name, hops));
                }
                let base = again(*base)?;
                self.type_of_member(&base, name, hops)
            }
            ExprKind::Call { callee, args, .. } => self.type_of_call(place, *callee, args, hops),
            ExprKind::Subscript { base, .. } => match again(*base)?.unwrapped() {
                Ty::Array(element) => element.as_deref().cloned(),
                Ty::Dictionary(value) => value.as_deref().cloned().map(Ty::optional),
                _ => None,
            },
            ExprKind::ForceUnwrap(inner) | ExprKind::Try(TryKind::Force, inner) => {
                again(*inner).map(|ty| ty.unwrapped().clone())
            }
            ExprKind::Await(inner) | ExprKind::Try(TryKind::Throws, inner) => again(*inner),
            ExprKind::Try(TryKind::Optional, inner) => again(*inner).map(Ty::optional),
            ExprKind::Coalesce(a, b) => again(*a).map(|ty| ty.unwrapped().clone()).or_else(|| again(*b)),
            ExprKind::Ternary(_, a, b) => again(*a).or_else(|| again(*b)),
            ExprKind::Cast(kind, _, ty) => {
                let ty = self.type_from_ref(ty, place.file, place.function, place.owner)?;
                match kind {
                    CastKind::Upcast | CastKind::Force => Some(ty),
                    CastKind::Optional => Some(ty.optional()),
                    CastKind::Test => Some(Ty::Outside("Bool".into())),
                }
            }
            ExprKind::Type(ty) => {
                let ty = self.type_from_ref(ty, place.file, place.function, place.owner)?;
                Some(Ty::Meta(Box::new(ty)))
            }
            ExprKind::Tuple(parts) => Some(Ty::Tuple(parts.iter().map(|part| again(part.value)).collect())),
            ExprKind::Array(parts) => {
                Some(Ty::Array(parts.first().and_then(|part| again(*part)).map(Box::new)))
            }
            ExprKind::Dictionary(parts) => {
                Some(Ty::Dictionary(parts.get(1).and_then(|part| again(*part)).map(Box::new)))
            }
            ExprKind::Str(_) | ExprKind::Interpolated(_) => Some(Ty::Outside("String".into())),
            ExprKind::Bool(_)
            | ExprKind::Not(_)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Equal(..) => Some(Ty::Outside("Bool".into())),
            ExprKind::Closure(id) => {
                let at = FunctionRef { file: place.file, id: *id };
                let result = self.result_type(at).or_else(|| {
                    let value = self.single_expression(at.file, self.body(at)?)?;
                    let place = Place { function: Some(at), ..*place };
                    self.infer(&place, value, hops + 1)
                });
                Some(Ty::Function(result.map(Box::new)))
            }
            _ => None,
        }
    }

    /// `os` in `os.Logger`: one of Apple's modules, where nothing of the project has that name.
    pub(super) fn names_apple_module(&self, place: &Place<'_>, expr: ExprId) -> bool {
        match &self.file(place.file).expr(expr).kind {
            ExprKind::Name(name) => {
                crate::vocabulary::is_apple_module(name)
                    && place.scope.get(name).is_none()
                    && self.types_named(name).is_empty()
                    && place.owner.is_none_or(|owner| self.find_property(owner, name).is_none())
            }
            _ => false,
        }
    }

    fn type_of_name(&self, place: &Place<'_>, name: &SmolStr, hops: u8) -> Option<Ty> {
        if let Some(local) = place.scope.get(name) {
            return local.ty.clone();
        }
        let mut around = self.selves(place).next();
        let mut outer = 0;
        while let Some(owner) = around {
            if let Some(property) = self.find_property(owner, name) {
                return self.property_type(property, hops + 1);
            }
            around = self.outwards(place, owner);
            outer += 1;
            if outer > MAX_HOPS {
                break;
            }
        }
        if let Some(global) = self.nearest_global(name, place.file) {
            return self.property_type(global, hops + 1);
        }
        if name == "Self" {
            return place.owner.map(|owner| Ty::Meta(Box::new(Ty::Project(owner))));
        }
        if name.starts_with(char::is_uppercase) {
            let written = TypeRef {
                kind: TypeKind::Named { name: name.clone(), path: name.clone(), args: Vec::new() },
                span: crate::source::Span::default(),
            };
            let ty = self.type_from_ref(&written, place.file, place.function, place.owner)?;
            return Some(Ty::Meta(Box::new(ty)));
        }
        None
    }

    /// The global variable that a name stands for in a file.
    pub fn nearest_global(&self, name: &str, file: u32) -> Option<PropertyRef> {
        self.globals_named(name)
            .iter()
            .copied()
            .max_by_key(|at| (self.nearness(at.file, file), std::cmp::Reverse(*at)))
    }

    fn type_of_member(&self, base: &Ty, name: &SmolStr, hops: u8) -> Option<Ty> {
        match base {
            Ty::Optional(inner) => self.type_of_member(inner, name, hops + 1),
            Ty::Meta(inner) => {
                if name == "self" {
                    return Some(base.clone());
                }
                if let Ty::Project(index) = inner.as_ref() {
                    if let Some(property) = self.find_property(*index, name) {
                        return self.property_type(property, hops + 1);
                    }
                    if let Some(nested) = self.nested_type(*index, name) {
                        return Some(Ty::Meta(Box::new(Ty::Project(nested))));
                    }
                    if self.has_case(*index, name)
                        || !self.outside_ancestors(*index).is_empty() && INSTANCES.contains(&name.as_str())
                    {
                        return Some(inner.as_ref().clone());
                    }
                    return None;
                }
                if name.starts_with(char::is_uppercase) {
                    // `Module.Type`, or a nested type that is declared elsewhere.
                    let found =
                        self.types_named(name).iter().copied().find(|at| self.ty(*at).parent.is_none());
                    let ty = found.map_or_else(|| Ty::Outside(name.clone()), Ty::Project);
                    return Some(Ty::Meta(Box::new(ty)));
                }
                INSTANCES.contains(&name.as_str()).then(|| inner.as_ref().clone())
            }
            Ty::Project(index) => {
                let property = self.find_property(*index, name)?;
                self.property_type(property, hops + 1)
            }
            Ty::Tuple(parts) => parts.get(name.parse::<usize>().ok()?).cloned().flatten(),
            Ty::Array(element) if matches!(name.as_str(), "first" | "last") => {
                element.as_deref().cloned().map(Ty::optional)
            }
            Ty::Dictionary(value) if name == "values" => Some(Ty::Array(value.clone())),
            _ => None,
        }
    }

    fn type_of_call(
        &self,
        place: &Place<'_>,
        callee: ExprId,
        args: &[crate::facts::Arg],
        hops: u8,
    ) -> Option<Ty> {
        if let ([arg], ExprKind::Name(name)) = (args, &self.file(place.file).expr(callee).kind)
            && name == "type"
            && arg.label.as_deref() == Some("of")
        {
            return self.infer(place, arg.value, hops + 1).map(|ty| Ty::Meta(Box::new(ty)));
        }
        if let Target::Functions(found) = self.resolve_certain(place, callee, args)
            && let Some(found) = found.first()
        {
            return self.result_type(*found);
        }
        // Constructors, calls of closures, and methods of collections.
        match &self.file(place.file).expr(callee).kind {
            ExprKind::Member { base: Some(base), name, .. } => {
                let base = self.infer(place, *base, hops + 1)?;
                match (base.unwrapped(), name.as_str()) {
                    (Ty::Meta(made), "init") => Some(made.as_ref().clone()),
                    (Ty::Array(element), "first" | "last" | "popLast" | "removeFirst" | "removeLast") => {
                        element.as_deref().cloned().map(Ty::optional)
                    }
                    (Ty::Dictionary(value), "removeValue") => value.as_deref().cloned().map(Ty::optional),
                    (ty, _) => match self.type_of_member(ty, name, hops + 1)? {
                        Ty::Function(result) => result.map(|ty| *ty),
                        Ty::Meta(made) => Some(*made),
                        _ => None,
                    },
                }
            }
            _ => match self.infer(place, callee, hops + 1)?.unwrapped() {
                Ty::Meta(made) => Some(made.as_ref().clone()),
                Ty::Function(result) => result.as_deref().cloned(),
                _ => None,
            },
        }
    }

    /// The type of the elements that a loop over a value of this type walks.
    pub fn element_type(ty: Option<&Ty>) -> Option<Ty> {
        match ty?.unwrapped() {
            Ty::Array(element) => element.as_deref().cloned(),
            Ty::Dictionary(value) => Some(Ty::Tuple(vec![None, value.as_deref().cloned()])),
            _ => None,
        }
    }

    /// An expression of a file, by reference.
    pub fn expr_ref(&self, file: u32, id: ExprId) -> ExprRef {
        ExprRef { file, id }
    }
}
