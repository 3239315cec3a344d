//! Functions: declared ones, closures, and what is left of broken ones.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::patterns::cover;
use super::{Kid, Reader, span_of, types};
use crate::facts::{Block, Capture, Function, FunctionId, FunctionKind, Modifiers, Param, StmtKind, TypeRef};
use crate::source::Span;

impl<'t> Reader<'t> {
    /// A function with nothing but its place.
    pub(super) fn blank_function(
        &self,
        kind: FunctionKind,
        name: SmolStr,
        span: Span,
        name_span: Span,
    ) -> Function {
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
            is_broken: false,
            declared_reporting: false,
            span,
            name_span,
        }
    }

    pub(super) fn push_function(&mut self, function: Function) -> FunctionId {
        let part = &mut self.facts.first;
        part.functions.push(function);
        FunctionId::new(part.number, part.functions.len() - 1)
    }

    /// Reads a body as that of a function: what is declared inside belongs to it.
    pub(super) fn fill(&mut self, id: FunctionId, read: impl FnOnce(&mut Self) -> Block) {
        let outer = self.function.replace(id);
        let body = read(self);
        self.function = outer;
        if let Some(function) = self.facts.first.functions.get_mut(id.place()) {
            function.body = Some(body.into());
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

    /// A function of which only the words are left, in an error: it is known to be there, and nothing more.
    pub(super) fn broken_function(&mut self, keyword: &Kid<'t>, rest: &[Kid<'t>]) {
        let open = rest.iter().position(|kid| kid.kind() == "{").unwrap_or(rest.len());
        let head = rest.get(..open).unwrap_or_default();
        let (kind, name) = match head.first() {
            _ if keyword.kind() == "init" => (FunctionKind::Initializer, keyword.node),
            Some(name) if name.kind() == "simple_identifier" => (FunctionKind::Function, name.node),
            _ => return,
        };
        if !head.iter().any(|kid| kid.kind() == "(") {
            return;
        }
        let end = head.last().map_or(name.end_byte(), |last| last.node.end_byte());
        let span = Span::new(keyword.node.start_byte(), end);
        let mut function = self.blank_function(kind, self.name(name), span, span_of(name));
        function.params = self.params(head);
        function.result = self.result(head);
        function.is_async = head.iter().any(|kid| kid.kind() == "async");
        function.is_broken = true;
        let damaged = self.push_stmt(StmtKind::Damaged, span);
        let end = Span { start: span.end, end: span.end };
        function.body = Some(Block { stmts: vec![damaged], span: end }.into());
        self.push_function(function);
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
                    if let Some(function) = self.facts.first.functions.get_mut(setter.place()) {
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
}
