//! What runs without a call expression: accessors and observers of properties, those of their wrappers.

use std::collections::BTreeSet;

use super::{Around, FunctionRef, Program, PropertyRef, TypeIndex};
use crate::facts::{FunctionId, TypeDeclKind};

/// The functions that reading or writing a property runs.
#[derive(Debug, Default)]
pub struct Accessors {
    /// What reading runs.
    pub getters: Vec<FunctionRef>,
    /// What writing runs: setters and observers.
    pub setters: Vec<FunctionRef>,
    /// Some of what it may stand for runs nothing.
    pub has_plain: bool,
}

impl Program {
    /// What reading and writing a property runs; of one that a protocol asks for, that of its implementations.
    pub fn accessors(&self, at: PropertyRef) -> Accessors {
        let mut found = Accessors::default();
        let property = self.property(at);
        let owner = self.property_owner(at);
        match owner.filter(|owner| self.ty(*owner).kind == TypeDeclKind::Protocol) {
            Some(protocol) if property.getter.is_none() => {
                let mut known = Vec::new();
                let extended = self.descendants(protocol);
                let extended = extended.into_iter().filter(|ty| self.ty(*ty).kind == TypeDeclKind::Extension);
                for ty in self.implementers(protocol).into_iter().chain(extended) {
                    if let Some(implemented) = self.find_property(ty, &property.name)
                        && implemented != at
                        && !known.contains(&implemented)
                    {
                        known.push(implemented);
                        self.add_accessors(implemented, &mut found);
                    }
                }
            }
            _ => self.add_accessors(at, &mut found),
        }
        found
    }

    fn add_accessors(&self, at: PropertyRef, found: &mut Accessors) {
        let function = |file: u32, id: FunctionId| FunctionRef { file, id };
        let before = found.setters.len();
        let wrapped = self.wrapper(at).and_then(|ty| self.find_property(ty, "wrappedValue"));
        for at in std::iter::once(at).chain(wrapped) {
            let property = self.property(at);
            found.getters.extend(property.getter.map(|id| function(at.file, id)));
            let setters = property.setter.iter().chain(&property.observers);
            found.setters.extend(setters.map(|id| function(at.file, *id)));
        }
        found.has_plain |= found.setters.len() == before;
    }

    /// The property wrapper of the project around a property.
    pub fn wrapper(&self, at: PropertyRef) -> Option<TypeIndex> {
        let attributes = &self.property(at).attributes;
        attributes.iter().find_map(|attribute| {
            let path = attribute.name.split('<').next().unwrap_or_default();
            let name = path.rsplit('.').next().unwrap_or_default();
            let aliased = || self.aliased_type(name, at.file)?.project();
            let ty = self.nearest_type(name, name, at.file).or_else(aliased)?;
            self.find_property(ty, "wrappedValue").map(|_| ty)
        })
    }

    /// The properties that a property wrapper is around.
    pub fn wrapped_in(&self, wrapper: TypeIndex) -> impl Iterator<Item = PropertyRef> {
        let named = self.names_of(wrapper).into_iter();
        let files: BTreeSet<u32> = named.flat_map(|name| self.files_with(name, Around::ANY)).collect();
        let all = files.into_iter().flat_map(|file| self.properties_in(file));
        let wrapped = all.filter(move |(at, property)| {
            !property.attributes.is_empty() && self.wrapper(*at) == Some(wrapper)
        });
        wrapped.map(|(at, _)| at)
    }

    /// What reading `$name` of a property with a wrapper runs.
    pub fn projection(&self, at: PropertyRef) -> Option<FunctionRef> {
        let projected = self.find_property(self.wrapper(at)?, "projectedValue")?;
        self.property(projected).getter.map(|id| FunctionRef { file: projected.file, id })
    }
}
