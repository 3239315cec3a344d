//! Which property an expression names.

use smol_str::SmolStr;

use super::{FunctionRef, Place, Program, PropertyRef, Scope, Ty, TypeIndex};
use crate::facts::{ExprId, ExprKind, TypeDeclKind};
use crate::source::{Sources, Span};

/// Nested types are looked through this far outwards.
const MAX_OUTER: usize = 16;

impl Program {
    /// The property that an expression reads or writes; `?`, `!` and casts around it are passed over.
    pub fn property_at(&self, place: &Place<'_>, expr: ExprId) -> Option<PropertyRef> {
        match &self.file(place.file).expr(expr).kind {
            ExprKind::Name(name) => self.property_named(place, name),
            ExprKind::Member { base: Some(base), name, .. } => {
                if matches!(self.file(place.file).expr(*base).kind, ExprKind::SelfRef) {
                    return self.selves(place).find_map(|ty| self.find_property(ty, name));
                }
                let ty = self.type_of(place, *base)?;
                match ty.project() {
                    Some(index) => self.find_property(index, name),
                    None => {
                        self.extensions_of(ty.name(self)?).find_map(|index| self.find_property(index, name))
                    }
                }
            }
            ExprKind::ForceUnwrap(inner) | ExprKind::Cast(_, inner, _) | ExprKind::Await(inner) => {
                self.property_at(place, *inner)
            }
            _ => None,
        }
    }

    /// The property that the expression in a span names, however it is wrapped: what a holder that may be nil is.
    pub fn property_in(&self, file: u32, span: Span, sources: &Sources) -> Option<PropertyRef> {
        let facts = self.file(file);
        // Of nested places the widest names the holder; a condition `let x = holder` encloses it.
        let expr = facts
            .exprs_in(span)
            .max_by_key(|(id, expr)| (expr.span.len(), std::cmp::Reverse(*id)))
            .map(|(id, _)| id);
        let function = facts
            .functions_around(span)
            .min_by_key(|(_, function)| function.span.len())
            .map(|(id, _)| FunctionRef { file, id });
        let owner = function.and_then(|function| self.owner(function));
        let Some(expr) = expr else {
            // `guard let provider`: the name alone.
            let text = sources.get(self.file_id(file)).slice(span);
            let name = text.split_whitespace().last()?;
            return self.find_property(owner?, name);
        };
        match &facts.expr(expr).kind {
            ExprKind::Name(name) => self.find_property(owner?, name),
            ExprKind::Member { base: Some(base), name, .. } => {
                let scope = Scope::default();
                let place = Place { file, function, owner, scope: &scope };
                self.find_property(self.type_of(&place, *base)?.project()?, name)
            }
            _ => None,
        }
    }

    /// The property that a plain name stands for: of the type around, of the types around that, a global.
    pub fn property_named(&self, place: &Place<'_>, name: &SmolStr) -> Option<PropertyRef> {
        if place.scope.get(name).is_some() {
            return None;
        }
        let mut around = self.selves(place).next();
        for _ in 0..MAX_OUTER {
            let Some(owner) = around else { break };
            if let Some(found) = self.find_property(owner, name) {
                return Some(found);
            }
            around = self.outwards(place, owner);
        }
        self.nearest_global(name, place.file)
    }

    /// The name of a type that is declared elsewhere, also where the project extends it; optionals and
    /// metatypes are ignored.
    pub fn outside_type<'a>(&'a self, ty: &'a Ty) -> Option<&'a str> {
        match ty.unwrapped() {
            Ty::Outside(name) => Some(name),
            Ty::Project(index) => self.extended_only(*index),
            Ty::Meta(inner) => self.outside_type(inner),
            _ => None,
        }
    }

    /// What the project adds to a type that is declared elsewhere, by itself or through a protocol of its collections.
    pub(super) fn extensions_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = TypeIndex> + 'a {
        let protocols: &[&str] = match name {
            "String" => &["StringProtocol", "BidirectionalCollection", "Collection", "Sequence"],
            "Array" => &[
                "RandomAccessCollection",
                "BidirectionalCollection",
                "MutableCollection",
                "Collection",
                "Sequence",
            ],
            "Dictionary" | "Set" => &["Collection", "Sequence"],
            _ => &[],
        };
        let types =
            std::iter::once(name).chain(protocols.iter().copied()).flat_map(|name| self.types_named(name));
        types.copied().filter(|index| self.ty(*index).kind == TypeDeclKind::Extension)
    }

    fn extended_only(&self, index: TypeIndex) -> Option<&str> {
        let ty = self.ty(index);
        (ty.kind == TypeDeclKind::Extension).then_some(ty.name.as_str())
    }
}
