//! In which files something may have a type: those that name the type, and those that name what has it elsewhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use smol_str::SmolStr;

use super::{Around, Program};
use crate::facts::{ExprKind, FileFacts, FunctionKind, Node, TypeKind, TypeRef};

/// An alias of an alias of an alias.
const MAX_ALIASES: usize = 3;

impl Program {
    /// The files in which something may have a type of one of these names, in order: those that name it, and those that name a
    /// property, a parameter or a function that has it.
    pub fn files_typing(&self, types: &BTreeSet<SmolStr>) -> Arc<BTreeSet<u32>> {
        if let Some(known) = self.typing.borrow().get(types) {
            return Arc::clone(known);
        }
        let found = Arc::new(self.find_files_typing(types.clone()));
        self.typing.borrow_mut().insert(types.clone(), Arc::clone(&found));
        found
    }

    fn find_files_typing(&self, mut types: BTreeSet<SmolStr>) -> BTreeSet<u32> {
        for _ in 0..MAX_ALIASES {
            let standing = self.all_aliases().filter(|(_, ty)| is_named_in(ty, &types));
            let standing: Vec<SmolStr> = standing.map(|(name, _)| name.clone()).collect();
            types.extend(standing);
        }
        let mut files: BTreeSet<u32> =
            types.iter().flat_map(|name| self.files_with(name, Around::ANY)).collect();
        self.read(&files.iter().copied().collect::<Vec<_>>());
        let mut of_type = BTreeSet::new();
        for file in &files {
            add_names_of_type(self.file(*file), &types, &mut of_type);
        }
        files.extend(of_type.iter().flat_map(|name| self.files_with(name, Around::ANY)));
        files
    }
}

/// The names of what a file declares to have one of these types: properties, functions by their result, parameters by their
/// label, or by the function where they have none.
fn add_names_of_type(facts: &FileFacts, types: &BTreeSet<SmolStr>, found: &mut BTreeSet<SmolStr>) {
    let is_typed = |ty: &Option<TypeRef>| ty.as_ref().is_some_and(|ty| is_named_in(ty, types));
    for property in &facts.properties {
        let is_made = || {
            let mut names_one = false;
            property.initial.iter().for_each(|initial| {
                facts.each_node_in(*initial, |node| {
                    let Node::Expr(id) = node else { return };
                    names_one |= match &facts.expr(id).kind {
                        ExprKind::Name(name) => types.contains(name),
                        ExprKind::Type(ty) => is_named_in(ty, types),
                        _ => false,
                    };
                });
            });
            names_one
        };
        if is_typed(&property.ty) || property.ty.is_none() && is_made() {
            found.insert(property.name.clone());
        }
    }
    for (_, function) in facts.declared() {
        let owner = function.owner.map(|owner| &facts.ty(owner).name);
        let name = match function.kind {
            FunctionKind::Initializer => owner.cloned(),
            _ => Some(function.name.clone()).filter(|name| !name.is_empty()),
        };
        if is_typed(&function.result) {
            found.extend(name.clone());
        }
        for param in function.params.iter().filter(|param| is_typed(&param.ty)) {
            found.extend(param.label.clone().or_else(|| name.clone()));
        }
    }
}

/// Whether a type as it is written has one of these names in it.
fn is_named_in(ty: &TypeRef, names: &BTreeSet<SmolStr>) -> bool {
    let mut open = vec![ty];
    while let Some(ty) = open.pop() {
        match &ty.kind {
            TypeKind::Named { name, .. } if names.contains(name) => return true,
            TypeKind::Named { args, .. } => open.extend(args),
            TypeKind::Optional(inner)
            | TypeKind::ImplicitOptional(inner)
            | TypeKind::Array(inner)
            | TypeKind::Metatype(inner) => open.push(inner),
            TypeKind::Dictionary(key, value) => open.extend([&**key, &**value]),
            TypeKind::Function { params, result, .. } => {
                open.extend(params);
                open.push(result);
            }
            TypeKind::Tuple(parts) | TypeKind::Composition(parts) => open.extend(parts),
            TypeKind::Other => {}
        }
    }
    false
}
