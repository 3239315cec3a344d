//! Who is called: resolves a callee and binds arguments to parameters.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::{FunctionRef, LocalId, Place, Program, PropertyRef, Ty, TypeIndex};
use crate::facts::{Arg, ExprId, ExprKind, Param, TypeDeclKind, TypeKind};
use crate::vocabulary::{OutsideCall, is_apple_type};

/// The method that a call of a value runs.
pub const CALL_AS_FUNCTION: &str = "callAsFunction";

/// The same of a type that is `@dynamicCallable`.
pub const DYNAMICALLY_CALL: &str = "dynamicallyCall";

/// What a call may run.
#[derive(Clone, Debug)]
pub enum Target {
    /// Functions of the project: one, or several where dispatch is dynamic.
    Functions(Vec<FunctionRef>),
    /// The construction of a project type without an `init` of its own that fits: memberwise or inherited.
    Construct(TypeIndex),
    /// A local variable that holds a function, or a closure parameter.
    Local(LocalId),
    /// A property that holds a function.
    Property(PropertyRef),
    /// A closure that is called where it stands.
    Closure(FunctionRef),
    /// Something declared elsewhere. `candidates` are project functions that fit by name, labels and
    /// arity, where the receiver's type is not known.
    Outside {
        /// What is known of the call.
        call: OutsideCall,
        /// Functions of the project that it might be.
        candidates: Vec<FunctionRef>,
        /// The type of the receiver is known to be declared elsewhere.
        is_known_outside: bool,
    },
    /// An enum case, an implicit member: runs nothing.
    Nothing,
    /// The result of another call is called, or something as opaque.
    Opaque,
}

/// The names of a chain that are kept, those next to the call: a generated file may have chains of any length.
const MAX_CHAIN: usize = 32;

/// What the name of a member of an SDK ends with that holds an object of the app.
const CALLED_BACK: [&str; 5] = ["delegate", "datasource", "listener", "observer", "handler"];

/// The protocols through which the system tells of pushes and calls, and apps hand that on.
const HANDED_ON: [&str; 2] = ["PKPushRegistryDelegate", "CXProviderDelegate"];

/// How much of what a call may run is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Everything.
    All,
    /// What tells the types and where the call leads to: neither what may be meant on a receiver of unknown type, nor which
    /// initialiser of a type runs.
    Certain,
}

/// For each argument the position of its parameter.
pub type Bound = Vec<usize>;

impl Program {
    /// Binds arguments to parameters by label and order: defaults and variadics may be skipped or repeated,
    /// trailing closures go to parameters of function type. `None` if the call does not fit.
    pub fn bind(params: &[Param], args: &[Arg]) -> Option<Bound> {
        let mut bound = Vec::with_capacity(args.len());
        let mut next = 0;
        for (position, arg) in args.iter().enumerate() {
            let found = if arg.is_trailing {
                let found = (next..params.len()).find(|at| {
                    let param = &params[*at];
                    let takes_closure =
                        param.ty.as_ref().is_none_or(|ty| ty.is_function() || ty.name().is_some());
                    let named = arg.label.is_none() || param.label == arg.label;
                    named
                        && takes_closure
                        && (param.ty.as_ref().is_none_or(crate::facts::TypeRef::is_function)
                            || !params[*at + 1..].iter().any(|later| {
                                later.ty.as_ref().is_some_and(crate::facts::TypeRef::is_function)
                            }))
                })?;
                // What has a default is passed over for what would be missing.
                let is_given =
                    |param: &Param| args[position + 1..].iter().any(|arg| arg.label == param.label);
                let is_missing = |param: &Param| {
                    !is_omittable(param)
                        && param.ty.as_ref().is_some_and(crate::facts::TypeRef::is_function)
                        && !is_given(param)
                };
                let may_pass = arg.label.is_none() && is_omittable(&params[found]);
                let missing =
                    (found + 1..params.len()).filter(|_| may_pass).find(|at| is_missing(&params[*at]));
                missing.unwrap_or(found)
            } else {
                let repeats = bound
                    .last()
                    .copied()
                    .filter(|last: &usize| arg.label.is_none() && params[*last].is_variadic);
                match repeats {
                    Some(last) if params.get(next).is_none_or(|param| param.label.is_some()) => last,
                    _ => (next..params.len()).find(|at| params[*at].label == arg.label)?,
                }
            };
            let skipped = next.min(found)..found;
            if params[skipped].iter().any(|param| !is_omittable(param)) {
                return None;
            }
            bound.push(found);
            next = next.max(found + 1);
        }
        params[next.min(params.len())..].iter().all(is_omittable).then_some(bound)
    }

    /// Whether arguments fit a function's parameters.
    pub fn fits(&self, function: FunctionRef, args: &[Arg]) -> bool {
        Self::bind(&self.function(function).params, args).is_some()
    }

    /// The functions of the project that a call runs, where that is known for certain.
    pub fn functions_called(&self, place: &Place<'_>, callee: ExprId, args: &[Arg]) -> Vec<FunctionRef> {
        match self.resolve(place, callee, args) {
            Target::Functions(found) => found,
            _ => Vec::new(),
        }
    }

    /// What a call may run.
    pub fn resolve(&self, place: &Place<'_>, callee: ExprId, args: &[Arg]) -> Target {
        self.resolve_as(place, callee, args, Asked::All)
    }

    /// The same, without what may be meant on a receiver of unknown type, and without the initialiser, where none of the type
    /// can fail.
    pub(crate) fn resolve_certain(&self, place: &Place<'_>, callee: ExprId, args: &[Arg]) -> Target {
        self.resolve_as(place, callee, args, Asked::Certain)
    }

    fn resolve_as(&self, place: &Place<'_>, callee: ExprId, args: &[Arg], asked: Asked) -> Target {
        match self.resolve_callee(place, callee, args, asked) {
            Target::Functions(found) if found.len() > 1 => {
                let fitting: Vec<FunctionRef> =
                    found.iter().copied().filter(|at| self.closures_fit(place.file, *at, args)).collect();
                let found = if fitting.is_empty() { found } else { fitting };
                Target::Functions(self.of_fitting_types(place, found, args))
            }
            other => other,
        }
    }

    /// What `.init(…)` or `.make(…)` runs where a type of the project is wanted.
    pub fn resolve_implicit(&self, ty: TypeIndex, name: &str, args: &[Arg]) -> Target {
        let found: Vec<FunctionRef> =
            self.find_methods(ty, name).into_iter().filter(|at| self.fits(*at, args)).take(1).collect();
        match (found.is_empty(), name) {
            (false, _) => Target::Functions(found),
            (true, "init") => Target::Construct(ty),
            (true, _) => Target::Nothing,
        }
    }

    /// Of several functions those whose parameters may have the types of the arguments: all of them, where no type tells them
    /// apart.
    fn of_fitting_types(&self, place: &Place<'_>, found: Vec<FunctionRef>, args: &[Arg]) -> Vec<FunctionRef> {
        let mut left: Vec<(FunctionRef, Bound)> = found
            .iter()
            .filter_map(|at| Some((*at, Self::bind(&self.function(*at).params, args)?)))
            .collect();
        for (position, arg) in args.iter().enumerate().filter(|(_, arg)| !arg.is_trailing) {
            let param = |(at, bound): &(FunctionRef, Bound)| {
                self.function(*at).params.get(*bound.get(position)?)?.ty.as_ref()
            };
            let mut kinds = left.iter().map(|of| param(of).map(|ty| &ty.kind));
            let first = kinds.next();
            if kinds.all(|kind| Some(kind) == first) {
                continue;
            }
            let Some(given) = self.type_of(place, arg.value) else { continue };
            // A type of the project may be made from a literal.
            let is_literal = matches!(
                self.file(place.file).expr(arg.value).kind,
                ExprKind::Str(_)
                    | ExprKind::Interpolated(_)
                    | ExprKind::Bool(_)
                    | ExprKind::Array(_)
                    | ExprKind::Dictionary(_)
            );
            left.retain(|of| {
                let taken =
                    param(of).and_then(|ty| self.type_from_ref(ty, of.0.file, Some(of.0), self.owner(of.0)));
                taken.is_none_or(|taken| {
                    is_literal && taken.project().is_some() || !self.differ(&given, &taken)
                })
            });
        }
        if left.is_empty() { found } else { left.into_iter().map(|(at, _)| at).collect() }
    }

    /// Whether a value of one type certainly is none of the other.
    fn differ(&self, given: &Ty, taken: &Ty) -> bool {
        let is_value = |ty: &Ty| self.outside_type(ty).is_some_and(crate::vocabulary::is_value_type);
        let is_leaf = |ty: &Ty| self.outside_type(ty).is_some_and(crate::vocabulary::is_leaf_type);
        match (given.unwrapped(), taken.unwrapped()) {
            (given, taken) if is_leaf(given) && is_leaf(taken) => {
                self.outside_type(given) != self.outside_type(taken)
            }
            (Ty::Project(_), taken) if is_value(taken) => true,
            (given, Ty::Project(ty)) if is_value(given) => self.ty(*ty).kind != TypeDeclKind::Protocol,
            (Ty::Project(given), Ty::Project(taken)) => {
                let is_extension = |ty: &TypeIndex| self.ty(*ty).kind == TypeDeclKind::Extension;
                !is_extension(given)
                    && !is_extension(taken)
                    && !self.ancestry(*given).contains(taken)
                    && !self.ancestry(*taken).contains(given)
            }
            (Ty::Array(_) | Ty::Dictionary(_), taken) if is_value(taken) => true,
            (given, Ty::Array(_) | Ty::Dictionary(_)) if is_value(given) => true,
            (Ty::Array(_), Ty::Dictionary(_)) | (Ty::Dictionary(_), Ty::Array(_)) => true,
            _ => false,
        }
    }

    /// Whether the closures among the arguments take as many values as the parameters give them: that tells
    /// overloads apart.
    fn closures_fit(&self, file: u32, function: FunctionRef, args: &[Arg]) -> bool {
        let params = &self.function(function).params;
        let Some(bound) = Self::bind(params, args) else { return false };
        args.iter().zip(bound).all(|(arg, to)| {
            let ExprKind::Closure(id) = self.file(file).expr(arg.value).kind else { return true };
            let given = params.get(to).and_then(|param| param.ty.as_ref()).map(|ty| &ty.unwrapped().kind);
            let Some(TypeKind::Function { params: given, .. }) = given else { return true };
            let closure = self.file(file).function(id);
            let facts = self.file(file);
            let uses_short = || {
                facts
                    .exprs_in(closure.span)
                    .any(|(_, expr)| matches!(&expr.kind, ExprKind::Name(name) if name.starts_with('$')))
            };
            if closure.params.is_empty() {
                given.is_empty() || uses_short()
            } else {
                closure.params.len() == given.len()
            }
        })
    }

    fn resolve_callee(&self, place: &Place<'_>, callee: ExprId, args: &[Arg], asked: Asked) -> Target {
        match &self.file(place.file).expr(callee).kind {
            ExprKind::Name(name) => self.resolve_name(place, name, args, asked),
            ExprKind::Member { base: Some(base), name, is_optional, .. } => {
                let of_optional =
                    (!is_optional).then(|| self.of_optional(place, *base, name, args)).flatten();
                of_optional.unwrap_or_else(|| self.resolve_member(place, *base, name, args, asked))
            }
            ExprKind::Member { base: None, .. } => Target::Nothing,
            ExprKind::Closure(id) => Target::Closure(FunctionRef { file: place.file, id: *id }),
            ExprKind::Type(ty) => match self.type_from_ref(ty, place.file, place.function, place.owner) {
                Some(ty) => self.construct(&ty, args, asked),
                None => Target::Opaque,
            },
            ExprKind::ForceUnwrap(inner) => match self.resolve_callee(place, *inner, args, asked) {
                // `all.first!()`
                Target::Outside { .. } => Target::Opaque,
                found => found,
            },
            _ if self.has_callable_values() => {
                let ty = self.type_of(place, callee);
                self.call_of_value(ty.as_ref(), args).unwrap_or(Target::Opaque)
            }
            _ => Target::Opaque,
        }
    }

    /// What the project adds to optionals themselves.
    fn of_optional(&self, place: &Place<'_>, base: ExprId, name: &str, args: &[Arg]) -> Option<Target> {
        let found = self.extensions_of("Optional").find_map(|extension| {
            let found = self.dispatch(extension, name, |at| self.fits(at, args));
            (!found.is_empty()).then_some(found)
        })?;
        matches!(self.type_of(place, base)?, Ty::Optional(_)).then_some(Target::Functions(found))
    }

    fn resolve_name(&self, place: &Place<'_>, name: &SmolStr, args: &[Arg], asked: Asked) -> Target {
        if let Some(local) = place.scope.get(name) {
            return match &local.ty {
                Some(Ty::Meta(made)) => self.construct(made, args, asked),
                ty => self.call_of_value(ty.as_ref(), args).unwrap_or(Target::Local(local.id)),
            };
        }
        let mut around = self.selves(place).next();
        while let Some(owner) = around {
            let found = self.dispatch(owner, name, |at| self.fits(at, args));
            if !found.is_empty() {
                return Target::Functions(found);
            }
            if let Some(property) = self.find_property(owner, name) {
                return self.call_of_property(property, args);
            }
            around = self.outwards(place, owner);
        }
        let global = self.global_functions(name).iter().copied().filter(|at| self.fits(*at, args));
        if let Some(found) =
            global.max_by_key(|at| (self.nearness(at.file, place.file), std::cmp::Reverse(*at)))
        {
            return Target::Functions(vec![found]);
        }
        if let Some(global) = self.nearest_global(name, place.file) {
            return self.call_of_property(global, args);
        }
        if name.starts_with(char::is_uppercase) || name == "Self" {
            let written = crate::facts::TypeRef {
                kind: crate::facts::TypeKind::Named {
                    name: name.clone(),
                    path: name.clone(),
                    args: Vec::new(),
                },
                span: crate::source::Span::default(),
            };
            if let Some(ty) = self.type_from_ref(&written, place.file, place.function, place.owner) {
                return self.construct(&ty, args, asked);
            }
        }
        // A free function, or a method inherited from a class that is declared elsewhere.
        let receiver = place
            .owner
            .filter(|_| !name.starts_with(char::is_uppercase))
            .and_then(|owner| self.outside_ancestors(owner).first().map(SmolStr::new));
        Target::Outside {
            call: OutsideCall { receiver, chain: Vec::new(), name: name.clone(), labels: labels(args) },
            candidates: Vec::new(),
            is_known_outside: true,
        }
    }

    /// Calling a value of a project type runs its `callAsFunction`.
    fn call_of_value(&self, ty: Option<&Ty>, args: &[Arg]) -> Option<Target> {
        let Ty::Project(index) = ty?.unwrapped() else { return None };
        let mut found = self.dispatch(*index, CALL_AS_FUNCTION, |at| self.fits(at, args));
        if found.is_empty() {
            found = self.dispatch(*index, DYNAMICALLY_CALL, |_| true);
        }
        (!found.is_empty()).then_some(Target::Functions(found))
    }

    /// Whether values of some type of the project can be called.
    fn has_callable_values(&self) -> bool {
        [CALL_AS_FUNCTION, DYNAMICALLY_CALL].iter().any(|name| !self.functions_named(name).is_empty())
    }

    fn call_of_property(&self, property: PropertyRef, args: &[Arg]) -> Target {
        let ty = if self.has_callable_values() { self.type_of_property(property) } else { None };
        self.call_of_value(ty.as_ref(), args).unwrap_or(Target::Property(property))
    }

    fn resolve_member(
        &self,
        place: &Place<'_>,
        base: ExprId,
        name: &SmolStr,
        args: &[Arg],
        asked: Asked,
    ) -> Target {
        if matches!(self.file(place.file).expr(base).kind, ExprKind::Super) {
            return self.resolve_super(place, name, args);
        }
        if self.names_apple_module(place, base) && name.starts_with(char::is_uppercase) {
            return self.construct(&Ty::Outside(name.clone()), args, asked);
        }
        let chain = self.chain(place.file, base);
        let is_self = matches!(self.file(place.file).expr(base).kind, ExprKind::SelfRef);
        let has_member = |ty: &TypeIndex| {
            self.find_methods(*ty, name).iter().any(|at| self.fits(*at, args))
                || self.find_property(*ty, name).is_some()
        };
        let own = self.selves(place).find(|ty| is_self && has_member(ty)).map(Ty::Project);
        let ty = own.or_else(|| self.type_of(place, base));
        let outside = |receiver: Option<SmolStr>, candidates, is_known_outside| Target::Outside {
            call: OutsideCall { receiver, chain: chain.clone(), name: name.clone(), labels: labels(args) },
            candidates,
            is_known_outside,
        };
        let candidates = || match asked {
            Asked::All => self.candidates(name, args),
            Asked::Certain => Vec::new(),
        };
        let Some(ty) = ty else {
            let is_known = self.is_of_sdk(place, base);
            return outside(None, if is_known { Vec::new() } else { candidates() }, is_known);
        };
        let is_static = matches!(ty.unwrapped(), Ty::Meta(_));
        match ty.unwrapped() {
            Ty::Tuple(_) => Target::Opaque,
            Ty::Project(index) => self.resolve_on(*index, name, args, is_static, asked, &outside),
            Ty::Meta(inner) => {
                if name == "init" {
                    return self.construct(inner, args, asked);
                }
                match inner.unwrapped() {
                    Ty::Project(index) => self.resolve_on(*index, name, args, is_static, asked, &outside),
                    other => {
                        // `Module.Type(…)`
                        if name.starts_with(char::is_uppercase) {
                            if let Some(found) = self.nearest_type(name, name, place.file) {
                                return self.construct(&Ty::Project(found), args, asked);
                            }
                            return self.construct(&Ty::Outside(name.clone()), args, asked);
                        }
                        let receiver = other.name(self).map(SmolStr::new);
                        // `Module.function(…)` or a static method declared elsewhere.
                        outside(receiver, Vec::new(), true)
                    }
                }
            }
            // No collection has such a method: it is the value that is called.
            Ty::Array(_) | Ty::Dictionary(_)
                if args.is_empty() && matches!(name.as_str(), "first" | "last") =>
            {
                Target::Opaque
            }
            other => {
                let receiver = other.name(self).map(SmolStr::new);
                let extended = receiver.as_deref().into_iter().flat_map(|name| self.extensions_of(name));
                for extension in extended {
                    let found = self.dispatch(extension, name, |at| self.fits(at, args));
                    if !found.is_empty() {
                        return Target::Functions(found);
                    }
                }
                let delegates =
                    receiver.as_deref().into_iter().flat_map(|name| self.delegates(name, place.owner));
                let found: BTreeSet<FunctionRef> = delegates
                    .flat_map(|ty| self.find_methods(ty, name))
                    .filter(|at| self.fits(*at, args) && self.function(*at).body.is_some())
                    .collect();
                if !found.is_empty() {
                    return Target::Functions(found.into_iter().collect());
                }
                let is_known = receiver.is_some();
                outside(receiver, if is_known { Vec::new() } else { candidates() }, is_known)
            }
        }
    }

    /// Whether an expression names what an SDK has, `SDK.shared.calls`: its type is none of the project, which the SDK does not
    /// know. What the SDK calls back may be.
    fn is_of_sdk(&self, place: &Place<'_>, expr: ExprId) -> bool {
        let facts = self.file(place.file);
        let mut at = expr;
        let mut is_member = false;
        loop {
            match &facts.expr(at).kind {
                ExprKind::Member { base: Some(base), name, .. } => {
                    let lower = name.to_lowercase();
                    if CALLED_BACK.iter().any(|end| lower.ends_with(end)) {
                        return false;
                    }
                    is_member = true;
                    at = *base;
                }
                ExprKind::ForceUnwrap(inner) => at = *inner,
                ExprKind::Name(root) => {
                    return root.starts_with(char::is_uppercase)
                        && root.contains(char::is_lowercase)
                        && place.scope.get(root).is_none()
                        && self.types_named(root).is_empty()
                        && self.nearest_global(root, place.file).is_none()
                        && self.property_named(place, root).is_none()
                        && !is_apple_type(root)
                        && is_member;
                }
                _ => return false,
            }
        }
    }

    /// The types of the project that conform to a protocol from elsewhere through which somebody is called back. Whoever hands
    /// on what he is told as such a delegate hands it on to another one.
    fn delegates(&self, protocol: &str, around: Option<TypeIndex>) -> Vec<TypeIndex> {
        if !HANDED_ON.contains(&protocol) {
            return Vec::new();
        }
        let types = self.types().filter(|(at, ty)| !ty.is_test && Some(*at) != around).map(|(at, _)| at);
        types.filter(|at| self.inherits_outside(*at, protocol)).collect()
    }

    fn resolve_on(
        &self,
        index: TypeIndex,
        name: &SmolStr,
        args: &[Arg],
        is_static: bool,
        asked: Asked,
        outside: &dyn Fn(Option<SmolStr>, Vec<FunctionRef>, bool) -> Target,
    ) -> Target {
        let found = self.dispatch(index, name, |at| self.fits(at, args));
        if let Some(conforming) = self.conforming_outside(index, &found) {
            return outside(Some(conforming), Vec::new(), true);
        }
        if !found.is_empty() {
            return Target::Functions(found);
        }
        if let Some(property) = self.find_property(index, name) {
            return self.call_of_property(property, args);
        }
        let ty = self.ty(index);
        if is_static && self.has_case(index, name) {
            return Target::Nothing;
        }
        let mut nested = self.types_named(name).iter().copied();
        if is_static
            && name.starts_with(char::is_uppercase)
            && let Some(nested) = nested.find(|at| self.ty(*at).parent == Some(index))
        {
            return self.construct(&Ty::Project(nested), args, asked);
        }
        // Inherited from a type that is declared elsewhere, or the project only extends this type.
        let ancestor = if ty.kind == TypeDeclKind::Extension {
            Some(ty.name.clone())
        } else {
            self.outside_ancestors(index).first().map(SmolStr::new)
        };
        let is_known = ancestor.is_some();
        outside(ancestor.or_else(|| Some(ty.name.clone())), Vec::new(), is_known)
    }

    /// A type that is declared elsewhere and that an extension makes conform to this protocol, where no
    /// project type that is ever constructed implements what is called.
    fn conforming_outside(&self, index: TypeIndex, found: &[FunctionRef]) -> Option<SmolStr> {
        let is_real = |at: &FunctionRef| {
            self.function(*at).body.is_some()
                && self.owner(*at).is_some_and(|owner| self.is_constructed(owner) && !self.ty(owner).is_test)
        };
        if self.ty(index).kind != TypeDeclKind::Protocol || found.iter().any(is_real) {
            return None;
        }
        let conforming = self.conforming_extension(index)?;
        Some(self.ty(conforming).name.clone())
    }

    /// A type that is declared elsewhere and that an extension makes conform to a protocol.
    fn conforming_extension(&self, protocol: TypeIndex) -> Option<TypeIndex> {
        self.descendants(protocol).into_iter().find(|at| self.ty(*at).kind == TypeDeclKind::Extension)
    }

    /// What a call on a value of a protocol runs beside these functions of the project: the method that a type from elsewhere,
    /// which an extension makes conform, has for the requirement. `extension CXProvider: Reporting {}`
    pub fn outside_witness(
        &self,
        place: &Place<'_>,
        callee: ExprId,
        args: &[Arg],
        found: &[FunctionRef],
    ) -> Option<OutsideCall> {
        let ExprKind::Member { base: Some(base), name, .. } = &self.file(place.file).expr(callee).kind else {
            return None;
        };
        let protocol = self.type_of(place, *base)?.project()?;
        if self.ty(protocol).kind != TypeDeclKind::Protocol {
            return None;
        }
        let conforming = self.conforming_extension(protocol)?;
        // A default of the protocol, or the extension's own, is one of the functions.
        let is_own = |owner: TypeIndex| owner == conforming || owner == protocol;
        let has_own =
            |at: &FunctionRef| self.function(*at).body.is_some() && self.owner(*at).is_some_and(is_own);
        (!found.iter().any(has_own)).then(|| OutsideCall {
            receiver: Some(self.ty(conforming).name.clone()),
            chain: self.chain(place.file, *base),
            name: name.clone(),
            labels: labels(args),
        })
    }

    fn resolve_super(&self, place: &Place<'_>, name: &SmolStr, args: &[Arg]) -> Target {
        let Some(owner) = place.owner else { return Target::Opaque };
        for parent in &self.ty(owner).supertypes {
            if let Ty::Project(parent) = parent {
                let found: Vec<FunctionRef> =
                    self.find_methods(*parent, name).into_iter().filter(|at| self.fits(*at, args)).collect();
                if !found.is_empty() {
                    return Target::Functions(found);
                }
            }
        }
        let receiver = self.outside_ancestors(owner).first().map(SmolStr::new);
        Target::Outside {
            call: OutsideCall {
                receiver,
                chain: vec!["super".into()],
                name: name.clone(),
                labels: labels(args),
            },
            candidates: Vec::new(),
            is_known_outside: true,
        }
    }

    fn construct(&self, ty: &Ty, args: &[Arg], asked: Asked) -> Target {
        match ty.unwrapped() {
            Ty::Project(index) if asked == Asked::Certain && self.is_built_for_certain(*index) => {
                Target::Construct(*index)
            }
            Ty::Project(index) => {
                let inits: Vec<FunctionRef> =
                    self.find_methods(*index, "init").into_iter().filter(|at| self.fits(*at, args)).collect();
                let is_extension = self.ty(*index).kind == TypeDeclKind::Extension;
                match inits.first() {
                    Some(_) if self.ty(*index).kind == TypeDeclKind::Protocol => {
                        Target::Functions(self.dispatch(*index, "init", |at| self.fits(at, args)))
                    }
                    Some(first) => Target::Functions(vec![*first]),
                    None if is_extension => {
                        self.construct(&Ty::Outside(self.ty(*index).name.clone()), args, asked)
                    }
                    None => Target::Construct(*index),
                }
            }
            other => Target::Outside {
                call: OutsideCall {
                    receiver: other.name(self).map(SmolStr::new),
                    chain: Vec::new(),
                    name: "init".into(),
                    labels: labels(args),
                },
                candidates: Vec::new(),
                is_known_outside: true,
            },
        }
    }

    /// Whether each of a type's initialisers gives a value of the type, and nothing else does.
    fn is_built_for_certain(&self, ty: TypeIndex) -> bool {
        !matches!(self.ty(ty).kind, TypeDeclKind::Protocol | TypeDeclKind::Extension)
            && !self.ancestry(ty).into_iter().any(|ty| self.may_have_failable_init(ty))
    }

    /// The names of a receiver chain, outermost last; calls and subscripts in it are passed over.
    pub fn chain(&self, file: u32, expr: ExprId) -> Vec<SmolStr> {
        let mut names = Vec::new();
        let mut at = expr;
        while names.len() < MAX_CHAIN {
            match &self.file(file).expr(at).kind {
                ExprKind::Name(name) => {
                    names.push(name.clone());
                    break;
                }
                ExprKind::SelfRef => {
                    names.push("self".into());
                    break;
                }
                ExprKind::Super => {
                    names.push("super".into());
                    break;
                }
                ExprKind::Member { base, name, .. } => {
                    names.push(name.clone());
                    match base {
                        Some(base) => at = *base,
                        None => break,
                    }
                }
                ExprKind::Call { callee: inner, .. }
                | ExprKind::Subscript { base: inner, .. }
                | ExprKind::ForceUnwrap(inner)
                | ExprKind::Try(_, inner)
                | ExprKind::Await(inner)
                | ExprKind::Cast(_, inner, _)
                | ExprKind::Coalesce(inner, _) => at = *inner,
                _ => break,
            }
        }
        names.reverse();
        names
    }
}

/// Whether a call need not have an argument for a parameter.
pub(crate) fn is_omittable(param: &Param) -> bool {
    param.default.is_some() || param.is_variadic
}

/// The argument labels of a call.
pub(super) fn labels(args: &[Arg]) -> Vec<Option<SmolStr>> {
    args.iter().map(|arg| arg.label.clone()).collect()
}
