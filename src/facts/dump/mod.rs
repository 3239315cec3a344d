//! Facts as text, for tests and for people who look into them: close to the source, but with everything that
//! was understood spelled out (operators in parentheses, a body line by line).

mod words;

use std::fmt::Write as _;

use super::{
    Arg, Block, CastKind, Condition, ExprId, ExprKind, FileFacts, Function, FunctionId, FunctionKind,
    Pattern, Property, StmtId, StmtKind, TryKind, TypeDeclKind, TypeId, TypeRef,
};
use words::{
    attributes, build_prefix, build_text, effects, generics_text, jump, label_text, mark, modifiers,
    type_text,
};

/// Deeper than this nothing is shown: `…`.
const SHOWN_DEPTH: usize = 60;

/// All facts of a file.
pub fn dump(facts: &FileFacts) -> String {
    let mut dump = Dump { facts, lines: Vec::new(), indent: 0, depth: 0 };
    dump.file();
    let mut text = String::new();
    for line in dump.lines {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// One expression.
pub fn expr(facts: &FileFacts, id: ExprId) -> String {
    Dump { facts, lines: Vec::new(), indent: 0, depth: 0 }.expr(id)
}

/// One type.
pub fn ty(ty: &TypeRef) -> String {
    type_text(ty)
}

struct Dump<'a> {
    facts: &'a FileFacts,
    lines: Vec<String>,
    indent: usize,
    depth: usize,
}

impl Dump<'_> {
    fn line(&mut self, text: impl AsRef<str>) {
        self.lines.push(format!("{}{}", "  ".repeat(self.indent), text.as_ref()));
    }

    fn file(&mut self) {
        for module in &self.facts.imports {
            self.line(format!("import {module}"));
        }
        for (name, aliased) in &self.facts.aliases {
            self.line(format!("typealias {name} = {}", type_text(aliased)));
        }
        self.members(None);
        for (at, decl) in self.facts.types.iter().enumerate() {
            let inherits: Vec<_> = decl.inherits.iter().map(type_text).collect();
            let inherits =
                if inherits.is_empty() { String::new() } else { format!(": {}", inherits.join(", ")) };
            let kind = match decl.kind {
                TypeDeclKind::Class => "class",
                TypeDeclKind::Struct => "struct",
                TypeDeclKind::Enum => "enum",
                TypeDeclKind::Actor => "actor",
                TypeDeclKind::Protocol => "protocol",
                TypeDeclKind::Extension => "extension",
            };
            let build = build_prefix(&decl.build);
            let head = attributes(&decl.attributes) + &modifiers(decl.modifiers);
            let local = if decl.within.is_some() { " (local)" } else { "" };
            let generics = generics_text(&decl.generics);
            self.line(format!("{build}{head}{kind} {}{generics}{inherits}{local}", decl.path));
            self.indent += 1;
            for case in &decl.cases {
                self.line(format!("case {case}"));
            }
            for (name, aliased) in &decl.aliases {
                self.line(format!("typealias {name} = {}", type_text(aliased)));
            }
            self.members(Some(TypeId(at as u32)));
            self.indent -= 1;
        }
        if !self.facts.top_level.stmts.is_empty() {
            self.line("top level");
            self.block(&self.facts.top_level);
        }
        for span in self.facts.damaged() {
            self.line(format!("damaged {}..{}", span.start, span.end));
        }
    }

    fn members(&mut self, owner: Option<TypeId>) {
        let facts = self.facts;
        for property in facts.properties.iter().filter(|property| property.owner == owner) {
            self.property(property);
        }
        let mine =
            facts.declared().filter(|(_, function)| function.owner == owner && function.parent.is_none());
        for (_, function) in mine {
            let is_member = matches!(
                function.kind,
                FunctionKind::Function
                    | FunctionKind::Initializer
                    | FunctionKind::Deinitializer
                    | FunctionKind::Subscript
            );
            if is_member {
                self.function(function);
            }
        }
    }

    fn property(&mut self, property: &Property) {
        let keyword = if property.is_var { "var" } else { "let" };
        let ty = property.ty.as_ref().map(|ty| format!(": {}", type_text(ty))).unwrap_or_default();
        let value = property.initial.map(|value| format!(" = {}", self.expr(value))).unwrap_or_default();
        let head = attributes(&property.attributes) + &modifiers(property.modifiers);
        let reports = if property.declared_reporting { " // reports" } else { "" };
        let build = build_prefix(&property.build);
        self.line(format!("{build}{head}{keyword} {}{ty}{value}{reports}", property.name));
        self.indent += 1;
        for accessor in property.getter.iter().chain(&property.setter).chain(&property.observers) {
            self.function(self.facts.function(*accessor));
        }
        self.indent -= 1;
    }

    fn function(&mut self, function: &Function) {
        let params: Vec<_> = function
            .params
            .iter()
            .map(|param| {
                let label = match &param.label {
                    Some(label) if *label == param.name => String::new(),
                    Some(label) => format!("{label} "),
                    None => "_ ".to_owned(),
                };
                let ty = param.ty.as_ref().map(type_text).unwrap_or_default();
                let escaping = if param.is_escaping { "@escaping " } else { "" };
                let autoclosure = if param.is_autoclosure { "@autoclosure " } else { "" };
                let inout = if param.is_inout { "inout " } else { "" };
                let dots = if param.is_variadic { "..." } else { "" };
                let default =
                    param.default.map(|value| format!(" = {}", self.expr(value))).unwrap_or_default();
                format!("{label}{}: {autoclosure}{escaping}{inout}{ty}{dots}{default}", param.name)
            })
            .collect();
        let params = params.join(", ");
        let head = attributes(&function.attributes) + &modifiers(function.modifiers);
        let name = match function.kind {
            FunctionKind::Function => format!("func {}", function.name),
            FunctionKind::Initializer if function.is_failable => "init?".to_owned(),
            FunctionKind::Initializer => "init".to_owned(),
            FunctionKind::Deinitializer => "deinit".to_owned(),
            FunctionKind::Getter => "get".to_owned(),
            FunctionKind::Setter => "set".to_owned(),
            FunctionKind::Observer => "observer".to_owned(),
            FunctionKind::Subscript => "subscript".to_owned(),
            FunctionKind::Closure => "closure".to_owned(),
        };
        let generics = generics_text(&function.generics);
        let effects = effects(function);
        let result = function.result.as_ref().map(|ty| format!(" -> {}", type_text(ty))).unwrap_or_default();
        let damaged = if self.facts.is_damaged(function) { " // damaged" } else { "" };
        let reports = if function.declared_reporting { " // reports" } else { "" };
        let build = build_prefix(&function.build);
        self.line(format!("{build}{head}{name}{generics}({params}){effects}{result}{damaged}{reports}"));
        if let Some(body) = self.facts.body(function) {
            self.block(body);
        }
    }

    fn block(&mut self, block: &Block) {
        self.depth += 1;
        self.indent += 1;
        if self.depth > SHOWN_DEPTH {
            self.line("…");
        } else {
            for stmt in &block.stmts {
                self.stmt(*stmt);
            }
        }
        self.indent -= 1;
        self.depth -= 1;
    }

    fn stmt(&mut self, id: StmtId) {
        let facts = self.facts;
        match &facts.stmt(id).kind {
            StmtKind::Expr(value) => {
                let text = self.expr(*value);
                self.line(text);
            }
            StmtKind::Let { pattern, ty, value, is_var, is_async } => {
                let word = if *is_var { "var" } else { "let" };
                let async_word = if *is_async { "async " } else { "" };
                let pattern = self.pattern(pattern).replace("let ", "");
                let ty = ty.as_ref().map(|ty| format!(": {}", type_text(ty))).unwrap_or_default();
                let value = value.map(|value| format!(" = {}", self.expr(value))).unwrap_or_default();
                self.line(format!("{async_word}{word} {pattern}{ty}{value}"));
            }
            StmtKind::Assign { target, value, operator } => {
                let sign = if operator.is_some() { "op=" } else { "=" };
                let text = format!("{} {sign} {}", self.expr(*target), self.expr(*value));
                self.line(text);
            }
            StmtKind::If { conditions, then, otherwise } => {
                let text = format!("if {}", self.conditions(conditions));
                self.line(text);
                self.block(then);
                if let Some(otherwise) = otherwise {
                    self.line("else");
                    self.block(otherwise);
                }
            }
            StmtKind::Guard { conditions, otherwise } => {
                let text = format!("guard {} else", self.conditions(conditions));
                self.line(text);
                self.block(otherwise);
            }
            StmtKind::Switch { subject, cases } => {
                let text = format!("switch {}", self.expr(*subject));
                self.line(text);
                for case in cases {
                    let mut patterns: Vec<_> = case
                        .patterns
                        .iter()
                        .map(|(pattern, filter)| {
                            let filter = filter
                                .map(|filter| format!(" where {}", self.expr(filter)))
                                .unwrap_or_default();
                            self.pattern(pattern) + &filter
                        })
                        .collect();
                    if case.is_default {
                        patterns.push("default".to_owned());
                    }
                    let text = format!("{}case {}:", build_prefix(&case.build), patterns.join(", "));
                    self.line(text);
                    self.block(&case.body);
                }
            }
            StmtKind::While { conditions, body, label } => {
                let text = format!("{}while {}", label_text(label.as_ref()), self.conditions(conditions));
                self.line(text);
                self.block(body);
            }
            StmtKind::Repeat { body, condition, label } => {
                let text = format!("{}repeat while {}", label_text(label.as_ref()), self.expr(*condition));
                self.line(text);
                self.block(body);
            }
            StmtKind::For { pattern, sequence, filter, body, is_await, label } => {
                let filter = filter.map(|filter| format!(" where {}", self.expr(filter))).unwrap_or_default();
                let text = format!(
                    "{}for {}{} in {}{filter}",
                    label_text(label.as_ref()),
                    if *is_await { "await " } else { "" },
                    self.pattern(pattern),
                    self.expr(*sequence)
                );
                self.line(text);
                self.block(body);
            }
            StmtKind::Do { body, catches, label } => {
                self.line(format!("{}do", label_text(label.as_ref())));
                self.block(body);
                for catch in catches {
                    let pattern = catch.pattern.as_ref().map(|p| format!(" {}", self.pattern(p)));
                    let filter = catch.filter.map(|filter| format!(" where {}", self.expr(filter)));
                    self.line(format!("catch{}{}", pattern.unwrap_or_default(), filter.unwrap_or_default()));
                    self.block(&catch.body);
                }
            }
            StmtKind::Defer(body) => {
                self.line("defer");
                self.block(body);
            }
            StmtKind::Return(None) => self.line("return"),
            StmtKind::Return(Some(value)) => {
                let text = format!("return {}", self.expr(*value));
                self.line(text);
            }
            StmtKind::Throw(value) => {
                let text = format!("throw {}", self.expr(*value));
                self.line(text);
            }
            StmtKind::Break(label) => self.line(jump("break", label.as_ref())),
            StmtKind::Continue(label) => self.line(jump("continue", label.as_ref())),
            StmtKind::Fallthrough => self.line("fallthrough"),
            StmtKind::Build(arms) => {
                for (condition, block) in arms {
                    self.line(format!("#if {}", build_text(condition)));
                    self.block(block);
                }
            }
            StmtKind::Function(function) => self.function(facts.function(*function)),
            StmtKind::Type(ty) => self.line(format!("type {}", facts.ty(*ty).path)),
            StmtKind::Damaged => self.line("DAMAGED"),
        }
    }

    fn conditions(&mut self, conditions: &[Condition]) -> String {
        let texts: Vec<_> = conditions.iter().map(|condition| self.condition(condition)).collect();
        texts.join(", ")
    }

    fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Expr(value) => self.expr(*value),
            Condition::Bind { pattern, ty, value, .. } => {
                let ty = ty.as_ref().map(|ty| format!(": {}", type_text(ty))).unwrap_or_default();
                let value = value.map(|value| format!(" = {}", self.expr(value))).unwrap_or_default();
                format!("case {}{ty}{value}", self.pattern(pattern))
            }
            Condition::Available { platforms, is_negated, .. } => {
                let platforms: Vec<_> =
                    platforms.iter().map(|(name, version)| format!("{name} {version}")).collect();
                let word = if *is_negated { "unavailable" } else { "available" };
                format!("#{word}({})", platforms.join(", "))
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::Wildcard => "_".to_owned(),
            Pattern::Bind(name, _) => format!("let {name}"),
            Pattern::Tuple(parts) => format!("({})", self.patterns(parts)),
            Pattern::Case { name, args } if args.is_empty() => format!(".{name}"),
            Pattern::Case { name, args } => format!(".{name}({})", self.patterns(args)),
            Pattern::Optional(inner) => format!("{}?", self.pattern(inner)),
            Pattern::Expr(value) => self.expr(*value),
            Pattern::Is(ty) => format!("is {}", type_text(ty)),
            Pattern::As(inner, ty) => format!("{} as {}", self.pattern(inner), type_text(ty)),
        }
    }

    fn patterns(&mut self, patterns: &[Pattern]) -> String {
        let texts: Vec<_> = patterns.iter().map(|pattern| self.pattern(pattern)).collect();
        texts.join(", ")
    }

    fn expr(&mut self, id: ExprId) -> String {
        if self.depth > SHOWN_DEPTH {
            return "…".to_owned();
        }
        self.depth += 1;
        let text = self.expr_text(id);
        self.depth -= 1;
        text
    }

    fn list(&mut self, ids: &[ExprId], between: &str) -> String {
        let texts: Vec<_> = ids.iter().map(|id| self.expr(*id)).collect();
        texts.join(between)
    }

    fn expr_text(&mut self, id: ExprId) -> String {
        let facts = self.facts;
        match &facts.expr(id).kind {
            ExprKind::Name(name) => name.to_string(),
            ExprKind::SelfRef => "self".to_owned(),
            ExprKind::Super => "super".to_owned(),
            ExprKind::Member { base, name, is_optional, .. } => {
                let base = base.map(|base| self.expr(base)).unwrap_or_default();
                format!("{base}{}.{name}", mark(*is_optional))
            }
            ExprKind::Call { callee, args, is_optional } => {
                let callee = self.expr(*callee);
                format!("{callee}{}({})", mark(*is_optional), self.args(args))
            }
            ExprKind::Subscript { base, args, is_optional } => {
                let base = self.expr(*base);
                format!("{base}{}[{}]", mark(*is_optional), self.args(args))
            }
            ExprKind::ForceUnwrap(inner) => format!("{}!", self.expr(*inner)),
            ExprKind::Closure(function) => self.closure(*function),
            ExprKind::Nil => "nil".to_owned(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Str(text) => format!("{text:?}"),
            ExprKind::Interpolated(parts) => format!("\"\\({})\"", self.list(parts, ") \\(")),
            ExprKind::Number(number) => number.to_string(),
            ExprKind::Array(parts) => format!("[{}]", self.list(parts, ", ")),
            ExprKind::Dictionary(parts) => format!("[: {}]", self.list(parts, ", ")),
            ExprKind::Tuple(parts) => format!("({})", self.args(parts)),
            ExprKind::Not(inner) => format!("!{}", self.expr(*inner)),
            ExprKind::And(a, b) => self.binary(*a, "&&", *b),
            ExprKind::Or(a, b) => self.binary(*a, "||", *b),
            ExprKind::Coalesce(a, b) => self.binary(*a, "??", *b),
            ExprKind::Equal(a, b, is_equal) => self.binary(*a, if *is_equal { "==" } else { "!=" }, *b),
            ExprKind::Operator(op, parts) => match parts.as_slice() {
                [a, b] => self.binary(*a, op, *b),
                _ => format!("({op} {})", self.list(parts, " ")),
            },
            ExprKind::Ternary(c, a, b) => {
                format!("({} ? {} : {})", self.expr(*c), self.expr(*a), self.expr(*b))
            }
            ExprKind::Try(kind, inner) => {
                let word = match kind {
                    TryKind::Throws => "try",
                    TryKind::Optional => "try?",
                    TryKind::Force => "try!",
                };
                format!("{word}({})", self.expr(*inner))
            }
            ExprKind::Await(inner) => format!("await({})", self.expr(*inner)),
            ExprKind::Cast(kind, inner, ty) => {
                let word = match kind {
                    CastKind::Upcast => "as",
                    CastKind::Optional => "as?",
                    CastKind::Force => "as!",
                    CastKind::Test => "is",
                };
                format!("({} {word} {})", self.expr(*inner), type_text(ty))
            }
            ExprKind::Type(ty) => format!("type({})", type_text(ty)),
            ExprKind::Statement(stmt) => {
                let body = Block { stmts: vec![*stmt], ..Block::default() };
                format!("<{}>", self.inline(&body))
            }
            ExprKind::Selector(name) => format!("#selector({name})"),
            ExprKind::KeyPath(names) => format!("\\.{}", names.join(".")),
            ExprKind::Other(parts) => format!("other({})", self.list(parts, ", ")),
            ExprKind::Damaged => "DAMAGED".to_owned(),
        }
    }

    fn binary(&mut self, a: ExprId, op: &str, b: ExprId) -> String {
        format!("({} {op} {})", self.expr(a), self.expr(b))
    }

    fn args(&mut self, args: &[Arg]) -> String {
        let texts: Vec<_> = args
            .iter()
            .map(|arg| {
                let label = arg.label.as_ref().map(|label| format!("{label}: ")).unwrap_or_default();
                let trailing = if arg.is_trailing { "trailing " } else { "" };
                let inout = if arg.is_inout { "&" } else { "" };
                format!("{trailing}{label}{inout}{}", self.expr(arg.value))
            })
            .collect();
        texts.join(", ")
    }

    fn closure(&mut self, id: FunctionId) -> String {
        let function = self.facts.function(id);
        let captures: Vec<_> = function
            .captures
            .iter()
            .map(|capture| {
                let word = if capture.is_weak {
                    "weak "
                } else if capture.is_unowned {
                    "unowned "
                } else {
                    ""
                };
                let value = capture.value.map(|value| format!(" = {}", self.expr(value))).unwrap_or_default();
                format!("{word}{}{value}", capture.name)
            })
            .collect();
        let captures =
            if captures.is_empty() { String::new() } else { format!("[{}] ", captures.join(", ")) };
        let params: Vec<_> = function
            .params
            .iter()
            .map(|param| {
                let ty = param.ty.as_ref().map(|ty| format!(": {}", type_text(ty))).unwrap_or_default();
                format!("{}{ty}", param.name)
            })
            .collect();
        let head = format!(
            "{}{captures}{}{}",
            attributes(&function.attributes),
            params.join(", "),
            effects(function)
        );
        let head = if head.is_empty() { head } else { format!("{} in ", head.trim_end()) };
        let body = self.facts.body(function).map(|body| self.inline(body)).unwrap_or_default();
        format!("{{ {head}{body} }}")
    }

    /// A block on one line.
    fn inline(&mut self, block: &Block) -> String {
        let outer = std::mem::take(&mut self.lines);
        let indent = std::mem::take(&mut self.indent);
        self.block(block);
        self.indent = indent;
        let lines = std::mem::replace(&mut self.lines, outer);
        let mut text = String::new();
        let mut level = 1;
        for line in &lines {
            let own = (line.len() - line.trim_start().len()) / 2;
            if !text.is_empty() {
                text.push_str(if own > level { " { " } else { "; " });
            }
            for _ in own..level {
                if text.ends_with("; ") {
                    text.truncate(text.len() - 2);
                }
                text.push_str(" }; ");
            }
            text.push_str(line.trim_start());
            level = own;
        }
        text.push_str(&" }".repeat(level.saturating_sub(1)));
        text
    }
}
