//! Type declarations, and what stands in them or at file scope.

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;
use tree_sitter::Node;

use super::build::Arms;
use super::patterns::cover;
use super::{Kid, Reader, span_of, types};
use crate::facts::{Attribute, Modifiers, TypeDecl, TypeDeclKind, TypeId, TypeKind, TypeRef};
use crate::source::Span;

impl<'t> Reader<'t> {
    /// Reads a whole file.
    pub(super) fn file(&mut self, root: Node<'t>) {
        let items: Vec<_> = if root.is_error() {
            vec![root]
        } else {
            self.all_kids(root).iter().map(|kid| kid.node).collect()
        };
        let span = Span::new(0, self.text.len());
        self.facts.top_level = self.top_level(&items, span);
    }

    /// Reads a declaration that may stand in a type or at file scope; `false` if the node is none.
    pub(super) fn member(&mut self, node: Node<'t>) -> bool {
        match node.kind() {
            "import_declaration" => self.import(node),
            "property_declaration" | "protocol_property_declaration" => self.properties(node),
            "function_declaration"
            | "protocol_function_declaration"
            | "init_declaration"
            | "deinit_declaration"
            | "subscript_declaration" => {
                self.function_declaration(node);
            }
            "class_declaration" | "protocol_declaration" => {
                self.type_declaration(node);
            }
            "typealias_declaration" | "associatedtype_declaration" => self.type_alias(node),
            "enum_entry" => self.enum_cases(node),
            "operator_declaration" | "precedence_group_declaration" | "macro_declaration" => {}
            "ERROR" => self.broken_members(node),
            _ => return false,
        }
        true
    }

    /// Reads the members between the braces of a type.
    fn members(&mut self, kids: &[Kid<'t>], span: Span) {
        let mut waiting = self.directives(span);
        let level = self.build.len();
        let mut open: Vec<Arms> = Vec::new();
        for kid in kids {
            while let [next, rest @ ..] = waiting
                && (next.span.start as usize) < kid.node.start_byte()
            {
                self.pass_case_directive(&mut open, next);
                waiting = rest;
            }
            if kid.kind() == "directive" {
                continue;
            }
            let inner = waiting.partition_point(|next| (next.span.start as usize) < kid.node.end_byte());
            waiting = waiting.get(inner..).unwrap_or_default();
            self.member(kid.node);
        }
        self.build.truncate(level);
    }

    /// Declarations inside of an error node: where the grammar lost a whole type or file, its members still
    /// stand there side by side, and the words and braces of the type among them.
    pub(super) fn broken_members(&mut self, node: Node<'t>) {
        let kids = self.all_kids(node);
        let outer = self.owner;
        let mut owners: Vec<Option<TypeId>> = Vec::new();
        let mut announced: Option<Option<TypeId>> = None;
        let mut at = 0;
        while let Some(kid) = kids.get(at) {
            at += 1;
            match kid.kind() {
                "class" | "struct" | "enum" | "extension" | "actor" | "protocol" => {
                    let rest = kids.get(at..).unwrap_or_default();
                    let length = rest.iter().position(|kid| kid.kind() == "{").unwrap_or(0);
                    let head = rest.get(..length).unwrap_or_default();
                    if head.first().is_some_and(|kid| matches!(kid.kind(), "type_identifier" | "user_type")) {
                        let id = self.type_head(kid.kind(), head, None, span_of(node));
                        announced = Some(Some(id));
                        at += length;
                    }
                }
                "func" | "init" => self.broken_function(kid, kids.get(at..).unwrap_or_default()),
                "{" => {
                    owners.push(self.owner);
                    if let Some(owner) = announced.take() {
                        self.owner = owner;
                    }
                }
                "}" => self.owner = owners.pop().unwrap_or(outer),
                "statements" => {
                    for inner in self.all_kids(kid.node) {
                        self.member(inner.node);
                    }
                }
                _ => {
                    self.nested(span_of(kid.node), |reader| reader.member(kid.node));
                }
            }
        }
        self.owner = outer;
    }

    fn import(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let Some(path) = kids.iter().find(|kid| kid.kind() == "identifier") else { return };
        let module = self.source(path.node).split('.').next().unwrap_or_default().trim();
        let module = SmolStr::new(module);
        if !module.is_empty() && self.imported.insert(module.clone()) {
            self.facts.imports.push(module);
        }
    }

    /// Reads a type with its members.
    pub(super) fn type_declaration(&mut self, node: Node<'t>) -> TypeId {
        let kids = self.all_kids(node);
        let keyword =
            kids.iter().find(|kid| kid.field == Some("declaration_kind")).map_or("class", Kid::kind);
        let modifiers = kids.iter().find(|kid| kid.kind() == "modifiers").map(|kid| kid.node);
        let from = kids.iter().position(|kid| kid.field == Some("declaration_kind")).map_or(0, |at| at + 1);
        let body = kids.iter().position(|kid| kid.field == Some("body")).unwrap_or(kids.len());
        let head = kids.get(from..body).unwrap_or_default();
        let id = self.type_head(keyword, head, modifiers, span_of(node));
        let outer = self.owner.replace(id);
        // Members of a local type are no local functions.
        let function = self.function.take();
        if let Some(body) = kids.get(body) {
            let span = span_of(body.node);
            self.nested(span, |reader| {
                let members = reader.all_kids(body.node);
                reader.members(&members, span);
            });
        }
        self.owner = outer;
        self.function = function;
        id
    }

    fn type_head(
        &mut self,
        keyword: &str,
        head: &[Kid<'t>],
        modifiers: Option<Node<'t>>,
        span: Span,
    ) -> TypeId {
        let kind = match keyword {
            "struct" => TypeDeclKind::Struct,
            "enum" => TypeDeclKind::Enum,
            "actor" => TypeDeclKind::Actor,
            "protocol" => TypeDeclKind::Protocol,
            "extension" => TypeDeclKind::Extension,
            _ => TypeDeclKind::Class,
        };
        let name_node = head.first().map(|kid| kid.node);
        let name_span = name_node.map(span_of).unwrap_or_default();
        let ty = types::read(self.text, name_span);
        let (name, path) = if let TypeKind::Named { name, path, .. } = ty.kind {
            (name, path)
        } else {
            let text = name_node.map(|node| self.name(node)).unwrap_or_default();
            let bare = SmolStr::new(text.split('<').next().unwrap_or_default());
            (bare.clone(), bare)
        };
        let path = match self.owner {
            Some(outer) => SmolStr::new(format!("{}.{path}", self.facts.ty(outer).path)),
            None => path,
        };
        let inherits = head
            .iter()
            .filter(|kid| kid.kind() == "inheritance_specifier")
            .map(|kid| types::read(self.text, span_of(kid.node)))
            .collect();
        let (modifiers, attributes) = self.modifiers(modifiers);
        let generics = self.generics(head);
        let id = TypeId(self.facts.types.len() as u32);
        self.facts.types.push(TypeDecl {
            kind,
            name,
            path,
            parent: self.owner,
            within: self.function,
            inherits,
            generics,
            attributes,
            modifiers,
            cases: Vec::new(),
            aliases: Vec::new(),
            build: self.build.clone(),
            span,
            name_span,
        });
        id
    }

    fn enum_cases(&mut self, node: Node<'t>) {
        let Some(owner) = self.owner else { return };
        let kids = self.kids(node);
        for kid in kids.iter().filter(|kid| kid.field == Some("name") && kid.kind() == "simple_identifier") {
            let name = self.name(kid.node);
            if let Some(ty) = self.facts.types.get_mut(owner.0 as usize) {
                ty.cases.push(name);
            }
        }
    }

    /// `typealias A = B`, `associatedtype A: B`.
    pub(super) fn type_alias(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let Some(name) = kids.iter().find(|kid| kid.field == Some("name")) else { return };
        let Some(sign) = kids.iter().position(|kid| matches!(kid.kind(), "=" | ":")) else { return };
        let until = kids.iter().position(|kid| kid.kind() == "type_constraints").unwrap_or(kids.len());
        let value = kids.get(sign + 1..until).unwrap_or_default();
        if value.is_empty() {
            return;
        }
        let name = self.name(name.node);
        let ty = types::read(self.text, cover(value));
        match self.owner.and_then(|owner| self.facts.types.get_mut(owner.0 as usize)) {
            Some(owner) => owner.aliases.push((name, ty)),
            None => self.facts.aliases.push((name, ty)),
        }
    }

    /// Generic parameters with their bounds, those of a `where` clause included.
    pub(super) fn generics(&mut self, head: &[Kid<'t>]) -> Vec<(SmolStr, Option<TypeRef>)> {
        let mut generics: Vec<(SmolStr, Option<TypeRef>)> = Vec::new();
        let mut constraints = Vec::new();
        for kid in head {
            match kid.kind() {
                "type_parameters" => {
                    for part in self.kids(kid.node) {
                        match part.kind() {
                            "type_parameter" => {
                                let parts = self.kids(part.node);
                                let colon = parts.iter().position(|part| part.kind() == ":");
                                let named = parts.get(..colon.unwrap_or(parts.len())).unwrap_or_default();
                                let Some(name) = named.last() else { continue };
                                let name = self.source(name.node).trim_start_matches("each ");
                                let bound = colon.and_then(|at| parts.get(at + 1..)).map(cover);
                                let bound = bound.map(|span| types::read(self.text, span));
                                generics.push((SmolStr::new(name), bound));
                            }
                            "type_constraints" => constraints.push(part.node),
                            _ => {}
                        }
                    }
                }
                "type_constraints" => constraints.push(kid.node),
                _ => {}
            }
        }
        let unbound = generics.iter().enumerate().filter(|(_, (_, bound))| bound.is_none());
        let mut unbound: HashMap<SmolStr, usize> =
            unbound.map(|(at, (name, _))| (name.clone(), at)).collect();
        for clause in constraints {
            let parts = self.kids(clause);
            for part in parts.iter().filter(|part| part.kind() == "type_constraint") {
                let Some((name, bound)) = self.constraint(part.node) else { continue };
                match unbound.remove(&name) {
                    Some(at) => generics[at].1 = Some(bound),
                    None => generics.push((name, Some(bound))),
                }
            }
        }
        generics
    }

    /// `T: P` of a `where` clause.
    fn constraint(&mut self, node: Node<'t>) -> Option<(SmolStr, TypeRef)> {
        let inner = self.kids(node).first()?.node;
        if inner.kind() != "inheritance_constraint" {
            return None;
        }
        let parts = self.kids(inner);
        let colon = parts.iter().position(|part| part.kind() == ":")?;
        let name = SmolStr::new(self.source(parts.get(colon.checked_sub(1)?)?.node));
        Some((name, types::read(self.text, cover(parts.get(colon + 1..)?))))
    }

    /// Modifiers and attributes.
    pub(super) fn modifiers(&mut self, node: Option<Node<'t>>) -> (Modifiers, Vec<Attribute>) {
        let mut modifiers = Modifiers::default();
        let mut attributes = Vec::new();
        let kids = node.map(|node| self.kids(node)).unwrap_or_default();
        for kid in kids {
            if kid.kind() == "attribute" {
                attributes.push(self.attribute(kid.node));
                continue;
            }
            let text = self.source(kid.node);
            match text.split('(').next().unwrap_or_default().trim() {
                "static" | "class" => modifiers.is_static = true,
                "override" => modifiers.is_override = true,
                // `private(set)` leaves the getter visible.
                "private" | "fileprivate" if !text.contains('(') => modifiers.is_private = true,
                "lazy" => modifiers.is_lazy = true,
                "weak" => modifiers.is_weak = true,
                "unowned" => modifiers.is_unowned = true,
                "nonisolated" => modifiers.is_nonisolated = true,
                "mutating" => modifiers.is_mutating = true,
                "public" | "open" if !text.contains('(') => modifiers.is_public = true,
                _ => {}
            }
        }
        (modifiers, attributes)
    }

    /// `@name(arguments)`
    pub(super) fn attribute(&self, node: Node<'t>) -> Attribute {
        let text = self.source(node).trim_start_matches('@').trim();
        let (name, arguments) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')').unwrap_or(rest)),
            None => (text, ""),
        };
        Attribute { name: SmolStr::new(name.trim()), arguments: SmolStr::new(arguments.trim()) }
    }
}
