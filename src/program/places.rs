//! Which property an expression names.

use smol_str::SmolStr;

use super::{Place, Program, PropertyRef, Ty, TypeIndex};
use crate::facts::{ExprId, ExprKind, TypeDeclKind};

/// Nested types are looked through this far outwards.
const MAX_OUTER: usize = 16;

impl Program {
    /// The property that an expression reads or writes; `?`, `!` and casts around it are passed over.
    pub fn property_at(&self, place: &Place<'_>, expr: ExprId) -> Option<PropertyRef> {
        match &self.file(place.file).expr(expr).kind {
            ExprKind::Name(name) => self.property_named(place, name),
            ExprKind::Member { base: Some(base), name, .. } => {
                let ty = self.type_of(place, *base)?;
                self.find_property(ty.project()?, name)
            }
            ExprKind::ForceUnwrap(inner) | ExprKind::Cast(_, inner, _) | ExprKind::Await(inner) => {
                self.property_at(place, *inner)
            }
            _ => None,
        }
    }

    /// The property that a plain name stands for: of the type around, of the types around that, a global.
    pub fn property_named(&self, place: &Place<'_>, name: &SmolStr) -> Option<PropertyRef> {
        if place.scope.get(name).is_some() {
            return None;
        }
        let mut around = place.owner;
        for _ in 0..MAX_OUTER {
            let Some(owner) = around else { break };
            if let Some(found) = self.find_property(owner, name) {
                return Some(found);
            }
            around = self.ty(owner).parent;
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

    fn extended_only(&self, index: TypeIndex) -> Option<&str> {
        let ty = self.ty(index);
        (ty.kind == TypeDeclKind::Extension).then_some(ty.name.as_str())
    }
}
