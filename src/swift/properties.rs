//! Properties, variables, and their accessors.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::{Kid, Reader, span_of};
use crate::facts::{
    Attribute, ExprId, FunctionId, FunctionKind, Modifiers, Param, Pattern, Property, StmtId, StmtKind,
    TypeRef,
};
use crate::source::Span;

/// One `name: T = value { accessors }` of a property declaration.
struct Binding<'t> {
    pattern: Node<'t>,
    parts: Vec<Kid<'t>>,
}

/// What all names of a property declaration share.
struct Shared {
    is_var: bool,
    is_async: bool,
    modifiers: Modifiers,
    attributes: Vec<Attribute>,
}

/// The functions of a property.
#[derive(Default)]
struct Accessors {
    getter: Option<FunctionId>,
    setter: Option<FunctionId>,
    observers: Vec<FunctionId>,
}

impl<'t> Reader<'t> {
    /// Reads properties of a type, or globals.
    pub(super) fn properties(&mut self, node: Node<'t>) {
        let (shared, bindings) = self.bindings(node);
        for binding in bindings {
            let pattern = self.pattern(binding.pattern, true);
            let ty = self.binding_type(&binding.parts);
            let initial = self.binding_value(&binding.parts);
            let names = binds(&pattern);
            let name = names.first().map(|(name, _)| name.clone()).unwrap_or_default();
            let accessors = self.accessors(&binding.parts, &name, ty.as_ref());
            let span = span_of(node);
            for (name, name_span) in names {
                self.facts.properties.push(Property {
                    name,
                    owner: self.owner,
                    ty: ty.clone(),
                    initial,
                    is_var: shared.is_var,
                    getter: accessors.getter,
                    setter: accessors.setter,
                    observers: accessors.observers.clone(),
                    modifiers: shared.modifiers,
                    attributes: shared.attributes.clone(),
                    build: self.build.clone(),
                    declared_reporting: self.scan.declares_reporting(span, name_span),
                    span,
                    name_span,
                });
            }
        }
    }

    /// Reads local variables; the accessors of a computed one are local functions of its name.
    pub(super) fn local_properties(&mut self, node: Node<'t>, stmts: &mut Vec<StmtId>) {
        let (shared, bindings) = self.bindings(node);
        let is_single = bindings.len() == 1;
        for binding in bindings {
            let pattern = self.pattern(binding.pattern, true);
            let ty = self.binding_type(&binding.parts);
            let value = self.binding_value(&binding.parts);
            let name = binds(&pattern).first().map(|(name, _)| name.clone()).unwrap_or_default();
            let accessors = self.accessors(&binding.parts, &name, ty.as_ref());
            let last =
                binding.parts.last().filter(|last| last.node.start_byte() > binding.pattern.start_byte());
            let end = last.map_or(binding.pattern.end_byte(), |last| last.node.end_byte());
            let start = if is_single { node.start_byte() } else { binding.pattern.start_byte() };
            let span = Span::new(start, end);
            let Shared { is_var, is_async, .. } = shared;
            stmts.push(self.push_stmt(StmtKind::Let { pattern, ty, value, is_var, is_async }, span));
            let functions = accessors.getter.into_iter().chain(accessors.setter).chain(accessors.observers);
            for function in functions {
                stmts.push(self.push_stmt(StmtKind::Function(function), span));
            }
        }
    }

    fn bindings(&mut self, node: Node<'t>) -> (Shared, Vec<Binding<'t>>) {
        let kids = self.kids(node);
        let modifiers = kids.iter().find(|kid| kid.kind() == "modifiers").map(|kid| kid.node);
        let (modifiers, attributes) = self.modifiers(modifiers);
        let mut shared = Shared { is_var: false, is_async: false, modifiers, attributes };
        let mut bindings: Vec<Binding<'t>> = Vec::new();
        for kid in kids {
            match kid.kind() {
                "pattern" if kid.field == Some("name") => {
                    // A protocol requirement has `var` inside of its pattern.
                    let parts = self.kids(kid.node);
                    shared.is_var |= parts.iter().any(|part| self.source(part.node) == "var");
                    bindings.push(Binding { pattern: kid.node, parts: Vec::new() });
                }
                "value_binding_pattern" => shared.is_var = self.source(kid.node) == "var",
                "async" => shared.is_async = true,
                "," => {}
                _ => {
                    if let Some(last) = bindings.last_mut() {
                        last.parts.push(kid);
                    }
                }
            }
        }
        // `let a, b: T`: the type is that of both.
        let mut annotation = None;
        for binding in bindings.iter_mut().rev() {
            match binding.parts.iter().find(|part| part.kind() == "type_annotation") {
                Some(own) => annotation = Some(*own),
                None if binding.parts.is_empty() => binding.parts.extend(annotation),
                None => annotation = None,
            }
        }
        (shared, bindings)
    }

    fn binding_type(&mut self, parts: &[Kid<'t>]) -> Option<TypeRef> {
        let annotation = parts.iter().find(|part| part.kind() == "type_annotation")?.node;
        Some(self.annotation(annotation))
    }

    fn binding_value(&mut self, parts: &[Kid<'t>]) -> Option<ExprId> {
        let value = parts.iter().find(|part| part.field == Some("value"))?.node;
        Some(self.expr(value))
    }

    fn accessors(&mut self, parts: &[Kid<'t>], name: &SmolStr, ty: Option<&TypeRef>) -> Accessors {
        let mut accessors = Accessors::default();
        for part in parts {
            match part.kind() {
                "computed_property" => self.computed(part.node, name, ty, &mut accessors),
                "willset_didset_block" => {
                    for clause in self.kids(part.node) {
                        if matches!(clause.kind(), "willset_clause" | "didset_clause") {
                            let observer = self.observer(clause.node, name.clone(), ty);
                            accessors.observers.push(observer);
                        }
                    }
                }
                _ => {}
            }
        }
        accessors
    }

    fn computed(&mut self, node: Node<'t>, name: &SmolStr, ty: Option<&TypeRef>, accessors: &mut Accessors) {
        let parts = self.all_kids(node);
        for part in &parts {
            match part.kind() {
                "computed_getter" => {
                    let inner = self.kids(part.node);
                    let effects = inner.iter().find(|kid| kid.kind() == "getter_specifier");
                    let effects = effects.map(|kid| self.kids(kid.node)).unwrap_or_default();
                    let keyword = inner.iter().find(|kid| kid.kind() == "getter_specifier");
                    let keyword = keyword.map_or(span_of(part.node), |kid| span_of(kid.node));
                    let span = span_of(part.node);
                    let mut getter = self.blank_function(FunctionKind::Getter, name.clone(), span, keyword);
                    getter.result = ty.cloned();
                    getter.is_async = effects.iter().any(|kid| kid.kind() == "async");
                    getter.is_throwing = effects.iter().any(|kid| kid.kind().starts_with("throws"));
                    let id = self.push_function(getter);
                    self.fill(id, |reader| reader.braces(part.node));
                    accessors.getter = Some(id);
                }
                "computed_setter" | "computed_modify" => {
                    accessors.setter = Some(self.setter(part.node, name.clone(), ty.cloned()));
                }
                _ => {}
            }
        }
        if accessors.getter.is_none() && accessors.setter.is_none() {
            let open = parts.first().map_or(span_of(node), |kid| span_of(kid.node));
            let mut getter = self.blank_function(FunctionKind::Getter, name.clone(), span_of(node), open);
            getter.result = ty.cloned();
            let id = self.push_function(getter);
            self.fill(id, |reader| reader.braces(node));
            accessors.getter = Some(id);
        }
    }

    pub(super) fn setter(&mut self, node: Node<'t>, name: SmolStr, ty: Option<TypeRef>) -> FunctionId {
        self.value_accessor(FunctionKind::Setter, node, name, ty, "newValue")
    }

    fn observer(&mut self, node: Node<'t>, name: SmolStr, ty: Option<&TypeRef>) -> FunctionId {
        let value = if node.kind() == "didset_clause" { "oldValue" } else { "newValue" };
        self.value_accessor(FunctionKind::Observer, node, name, ty.cloned(), value)
    }

    /// An accessor that gets a value: under a name of its own, or the usual one.
    fn value_accessor(
        &mut self,
        kind: FunctionKind,
        node: Node<'t>,
        name: SmolStr,
        ty: Option<TypeRef>,
        usual: &'static str,
    ) -> FunctionId {
        let kids = self.kids(node);
        let word = |kid: &&Kid<'t>| {
            matches!(kid.kind(), "setter_specifier" | "modify_specifier" | "willSet" | "didSet")
        };
        let keyword = kids.iter().find(word).map_or(span_of(node), |kid| span_of(kid.node));
        let own = kids.iter().find(|kid| kid.kind() == "simple_identifier").map(|kid| kid.node);
        let mut function = self.blank_function(kind, name, span_of(node), keyword);
        function.params.push(Param {
            label: None,
            name: own.map_or(SmolStr::new_static(usual), |own| self.name(own)),
            ty,
            is_escaping: false,
            is_autoclosure: false,
            is_inout: false,
            is_variadic: false,
            default: None,
            span: own.map_or(keyword, span_of),
        });
        let id = self.push_function(function);
        self.fill(id, |reader| reader.braces(node));
        id
    }
}

/// The names that a pattern binds, with their places.
fn binds(pattern: &Pattern) -> Vec<(SmolStr, Span)> {
    let mut names = Vec::new();
    let mut open = vec![pattern];
    while let Some(pattern) = open.pop() {
        match pattern {
            Pattern::Bind(name, span) => names.push((name.clone(), *span)),
            Pattern::Tuple(parts) | Pattern::Case { args: parts, .. } => open.extend(parts.iter().rev()),
            Pattern::Optional(inner) | Pattern::As(inner, _) => open.push(inner),
            Pattern::Wildcard | Pattern::Expr(_) | Pattern::Is(_) => {}
        }
    }
    names
}
