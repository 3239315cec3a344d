//! Functions in the widest sense, and properties with their accessors.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::patterns::cover;
use super::{Kid, Reader, span_of, types};
use crate::facts::{
    Attribute, Block, Capture, ExprId, Function, FunctionId, FunctionKind, Modifiers, Param, Pattern,
    Property, StmtId, StmtKind, TypeRef,
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
    /// A function with nothing but its place.
    fn blank_function(&self, kind: FunctionKind, name: SmolStr, span: Span, name_span: Span) -> Function {
        Function {
            kind,
            name,
            owner: self.owner,
            parent: self.function,
            params: Vec::new(),
            result: None,
            generics: Vec::new(),
            is_async: false,
            is_throwing: false,
            is_failable: false,
            modifiers: Modifiers::default(),
            attributes: Vec::new(),
            captures: Vec::new(),
            build: self.build.clone(),
            body: None,
            is_damaged: false,
            declared_reporting: false,
            span,
            name_span,
        }
    }

    fn push_function(&mut self, function: Function) -> FunctionId {
        self.facts.functions.push(function);
        FunctionId(self.facts.functions.len() as u32 - 1)
    }

    /// Reads a body as that of a function: what is declared inside belongs to it.
    fn fill(&mut self, id: FunctionId, read: impl FnOnce(&mut Self) -> Block) {
        let outer = self.function.replace(id);
        let body = read(self);
        self.function = outer;
        if let Some(function) = self.facts.functions.get_mut(id.0 as usize) {
            function.body = Some(body);
        }
    }

    /// Reads `func`, `init`, `deinit` or `subscript`.
    pub(super) fn function_declaration(&mut self, node: Node<'t>) -> FunctionId {
        let kids = self.all_kids(node);
        let kind = match node.kind() {
            "init_declaration" => FunctionKind::Initializer,
            "deinit_declaration" => FunctionKind::Deinitializer,
            "subscript_declaration" => FunctionKind::Subscript,
            _ => FunctionKind::Function,
        };
        let named = kids.iter().find(|kid| match kind {
            FunctionKind::Deinitializer => kid.kind() == "deinit",
            FunctionKind::Subscript => kid.kind() == "subscript",
            _ => kid.field == Some("name"),
        });
        let name_span = named.map_or(Span::default(), |kid| span_of(kid.node));
        let name = named.map(|kid| self.name(kid.node)).unwrap_or_default();
        let span = span_of(node);
        let mut function = self.blank_function(kind, name, span, name_span);
        let modifiers = kids.iter().find(|kid| kid.kind() == "modifiers").map(|kid| kid.node);
        (function.modifiers, function.attributes) = self.modifiers(modifiers);
        function.modifiers.is_static |= kids.iter().any(|kid| kid.kind() == "class");
        function.is_async = kids.iter().any(|kid| kid.kind() == "async");
        function.is_throwing = kids.iter().any(|kid| matches!(kid.kind(), "throws" | "throws_clause"));
        function.is_failable = kind == FunctionKind::Initializer
            && kids.iter().take_while(|kid| kid.kind() != "(").any(|kid| matches!(kid.kind(), "?" | "bang"));
        function.params = self.params(&kids);
        function.result = self.result(&kids);
        function.generics = self.generics(&kids);
        function.declared_reporting = self.scan.declares_reporting(span, name_span);
        let (params, result) = (function.params.clone(), function.result.clone());
        let id = self.push_function(function);
        let body = kids.iter().find(|kid| matches!(kid.kind(), "function_body" | "computed_property"));
        let Some(body) = body.map(|kid| kid.node) else { return id };
        if kind == FunctionKind::Subscript {
            self.subscript_accessors(id, body, &params, result.as_ref());
        } else {
            self.fill(id, |reader| reader.braces(body));
        }
        id
    }

    /// The getter is the body of the subscript, the setter a function beside it.
    fn subscript_accessors(
        &mut self,
        id: FunctionId,
        body: Node<'t>,
        params: &[Param],
        result: Option<&TypeRef>,
    ) {
        let parts = self.all_kids(body);
        let mut has_accessor = false;
        for part in &parts {
            match part.kind() {
                "computed_getter" => {
                    has_accessor = true;
                    self.fill(id, |reader| reader.braces(part.node));
                }
                "computed_setter" | "computed_modify" => {
                    has_accessor = true;
                    let name = SmolStr::new_static("subscript");
                    let setter = self.setter(part.node, name, result.cloned());
                    if let Some(function) = self.facts.functions.get_mut(setter.0 as usize) {
                        let mut all = params.to_vec();
                        all.append(&mut function.params);
                        function.params = all;
                    }
                }
                _ => {}
            }
        }
        if !has_accessor {
            self.fill(id, |reader| reader.braces(body));
        }
    }

    fn params(&mut self, kids: &[Kid<'t>]) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let mut attributes: Vec<SmolStr> = Vec::new();
        for kid in kids {
            match (kid.kind(), kid.field) {
                ("attribute", _) => attributes.push(self.attribute(kid.node).name),
                ("parameter", _) => {
                    let mut param = self.param(kid.node);
                    param.is_autoclosure |= attributes.iter().any(|name| name == "autoclosure");
                    attributes.clear();
                    params.push(param);
                }
                (_, Some("default_value")) => {
                    let value = self.expr(kid.node);
                    if let Some(last) = params.last_mut() {
                        last.default.get_or_insert(value);
                    }
                }
                ("function_body" | "computed_property", _) => break,
                _ => {}
            }
        }
        params
    }

    fn param(&mut self, node: Node<'t>) -> Param {
        let kids = self.kids(node);
        let colon = kids.iter().position(|kid| kid.kind() == ":").unwrap_or(kids.len());
        let names = kids.get(..colon).unwrap_or_default();
        let external = names.iter().find(|kid| kid.field == Some("external_name")).map(|kid| kid.node);
        let internal = names.iter().rev().find(|kid| kid.field == Some("name")).map(|kid| kid.node);
        let name = internal.map(|node| self.name(node)).unwrap_or_default();
        let label = match external {
            Some(external) => Some(self.name(external)).filter(|label| label != "_"),
            None => Some(name.clone()).filter(|label| label != "_"),
        };
        let mut ty = kids.get(colon + 1..).unwrap_or_default();
        let is_variadic = ty.last().is_some_and(|kid| kid.kind() == "...");
        if is_variadic {
            ty = ty.get(..ty.len() - 1).unwrap_or_default();
        }
        let region = cover(ty);
        let attributes = types::attributes(self.text, region);
        let has = |wanted: &str| attributes.iter().any(|name| name == wanted);
        Param {
            label,
            name,
            ty: (!ty.is_empty()).then(|| types::read(self.text, region)),
            is_escaping: has("escaping"),
            is_autoclosure: has("autoclosure"),
            is_inout: self.slice(region).split_whitespace().next() == Some("inout"),
            is_variadic,
            default: None,
            span: internal.map_or(span_of(node), span_of),
        }
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The type behind `->`.
    fn result(&mut self, kids: &[Kid<'t>]) -> Option<TypeRef> {
        let arrow = kids.iter().position(|kid| kid.kind() == "->")?;
        let rest = kids.get(arrow + 1..)?;
        let end = rest
            .iter()
            .position(|kid| {
                matches!(kid.kind(), "type_constraints" | "function_body" | "computed_property" | "ERROR")
            })
            .unwrap_or(rest.len());
        let ty = rest.get(..end).filter(|ty| !ty.is_empty())?;
        Some(types::read(self.text, cover(ty)))
    }

    /// The type of a `: T`.
    pub(super) fn annotation(&mut self, node: Node<'t>) -> TypeRef {
        types::read(self.text, Span::new(node.start_byte() + 1, node.end_byte()))
    }

    /// Reads a closure expression.
    pub(super) fn closure(&mut self, node: Node<'t>) -> FunctionId {
        let kids = self.all_kids(node);
        let span = span_of(node);
        let name_span = kids.first().map_or(span, |open| span_of(open.node));
        let mut function = self.blank_function(FunctionKind::Closure, SmolStr::default(), span, name_span);
        function.build = Vec::new();
        for kid in &kids {
            match kid.kind() {
                "attribute" => function.attributes.push(self.attribute(kid.node)),
                "capture_list" => function.captures = self.captures(kid.node),
                "lambda_function_type" => {
                    let parts = self.kids(kid.node);
                    function.is_async = parts.iter().any(|part| part.kind() == "async");
                    function.is_throwing =
                        parts.iter().any(|part| matches!(part.kind(), "throws" | "throws_clause"));
                    function.result = self.result(&parts);
                    let lists = parts.iter().filter(|part| part.kind() == "lambda_function_type_parameters");
                    for list in lists {
                        let params = self.kids(list.node);
                        let params = params.iter().filter(|param| param.kind() == "lambda_parameter");
                        function.params.extend(params.map(|param| self.closure_param(param.node)));
                    }
                }
                _ => {}
            }
        }
        let id = self.push_function(function);
        self.fill(id, |reader| reader.braces(node));
        id
    }

    fn closure_param(&mut self, node: Node<'t>) -> Param {
        let mut param = self.param(node);
        if param.name.is_empty() {
            param.name = self.name(node);
        }
        param.label = None;
        param
    }

    fn captures(&mut self, node: Node<'t>) -> Vec<Capture> {
        let items = self.kids(node);
        let items = items.iter().filter(|item| item.kind() == "capture_list_item");
        items.map(|item| self.capture(item.node)).collect()
    }

    fn capture(&mut self, node: Node<'t>) -> Capture {
        let mut capture =
            Capture { name: SmolStr::default(), is_weak: false, is_unowned: false, value: None };
        for kid in self.kids(node) {
            match (kid.kind(), kid.field) {
                ("ownership_modifier", _) => {
                    let word = self.source(kid.node);
                    capture.is_weak = word == "weak";
                    capture.is_unowned = word.starts_with("unowned");
                }
                (_, Some("name")) => capture.name = self.name(kid.node),
                (_, Some("value")) => capture.value = Some(self.expr(kid.node)),
                _ => {}
            }
        }
        capture
    }

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

    fn setter(&mut self, node: Node<'t>, name: SmolStr, ty: Option<TypeRef>) -> FunctionId {
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
