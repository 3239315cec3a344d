//! Structures that are made from their members, without an initialiser of their own.

use super::{Program, PropertyRef, Ty, TypeIndex};
use crate::facts::{Arg, TypeDeclKind};

impl Program {
    /// Whether a type is constructed from its members.
    pub(crate) fn is_memberwise(&self, ty: TypeIndex) -> bool {
        self.ty(ty).kind == TypeDeclKind::Struct
    }

    /// Whether a property may be given a function where its owner is constructed.
    pub(crate) fn takes_closure(&self, at: PropertyRef) -> bool {
        let property = self.property(at);
        let is_given = property.getter.is_none()
            && !property.modifiers.is_static
            && (property.is_var || property.initial.is_none());
        is_given && matches!(self.type_of_property(at).as_ref().map(Ty::unwrapped), Some(Ty::Function(_)))
    }

    /// The property whose value is the closure behind a call that constructs a type from its members with these arguments: the
    /// first that is not given, or rather the first that must be.
    pub(crate) fn member_of_closure(&self, ty: TypeIndex, args: &[Arg]) -> Option<PropertyRef> {
        if !self.is_memberwise(ty) || self.methods(ty, "init").iter().any(|at| self.fits(*at, args)) {
            return None;
        }
        let is_given =
            |at: &PropertyRef| args.iter().any(|arg| arg.label.as_ref() == Some(&self.property(*at).name));
        let taking: Vec<PropertyRef> =
            self.members(ty).into_iter().filter(|at| self.takes_closure(*at) && !is_given(at)).collect();
        let must_be_given = |at: &&PropertyRef| {
            let property = self.property(**at);
            property.initial.is_none()
                && !property.ty.as_ref().is_some_and(crate::facts::TypeRef::is_optional)
        };
        taking.iter().find(must_be_given).or(taking.first()).copied()
    }
}
