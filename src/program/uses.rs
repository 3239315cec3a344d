//! Who writes a name, who calls a name: an index over all bodies.

use std::sync::Arc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use smol_str::SmolStr;

use super::{CallSite, ExprRef, FunctionRef, Mention, Program, PropertyRef, Write};
use crate::facts::{
    Block, Condition, ExprId, ExprKind, FileFacts, FunctionId, Pattern, Property, PropertyId, StmtId,
    StmtKind, TypeRef,
};

/// Who uses a name, in order of files and places.
#[derive(Default)]
pub(super) struct Uses {
    /// By the name of the property.
    pub(super) writes: HashMap<SmolStr, Vec<Write>>,
    /// By the base name of the callee.
    pub(super) calls: HashMap<SmolStr, Vec<CallSite>>,
    /// Of names that run code where they are mentioned, or may.
    pub(super) mentions: HashMap<SmolStr, Vec<Mention>>,
}

/// Walks all bodies and initial values once.
pub(super) fn collect(files: &[Arc<FileFacts>]) -> Uses {
    let mut uses = Uses::default();
    let running = running_names(files);
    for (file, facts) in files.iter().enumerate() {
        let file = file as u32;
        let mut walk =
            Walk { facts, file, function: None, initial_of: None, running: &running, uses: &mut uses };
        for (id, function) in facts.functions.iter().enumerate() {
            walk.function = Some(FunctionRef { file, id: FunctionId(id as u32) });
            if let Some(body) = &function.body {
                walk.block(body);
            }
            for default in function.params.iter().filter_map(|param| param.default) {
                walk.expr(default);
            }
        }
        walk.function = None;
        for (id, property) in facts.properties.iter().enumerate() {
            walk.initial_of = Some(PropertyRef { file, id: PropertyId(id as u32) });
            property.initial.iter().for_each(|initial| walk.expr(*initial));
        }
        walk.initial_of = None;
        walk.block(&facts.top_level);
    }
    uses
}

/// Functions, and properties that run something or hold closures.
fn running_names(files: &[Arc<FileFacts>]) -> HashSet<&str> {
    let functions = files.iter().flat_map(|facts| &facts.functions).map(|function| &function.name);
    let aliases: HashSet<&str> =
        files.iter().flat_map(|facts| facts.all_aliases()).map(|(name, _)| name.as_str()).collect();
    let may_hold_closure = |property: &&Property| {
        let may_be_function =
            |ty: &TypeRef| ty.is_function() || ty.name().is_some_and(|name| aliases.contains(name.as_str()));
        property.getter.is_some()
            || property.setter.is_some()
            || property.declared_reporting
            || !property.observers.is_empty()
            || property.is_initialized_at_first_use()
            || property.attributes.iter().any(|attribute| attribute.name.starts_with(char::is_uppercase))
            || property.ty.as_ref().is_none_or(may_be_function)
    };
    let properties = files.iter().flat_map(|facts| &facts.properties);
    let properties = properties.filter(may_hold_closure).map(|property| &property.name);
    functions.chain(properties).map(SmolStr::as_str).filter(|name| !name.is_empty()).collect()
}

/// Statements nest at most [`crate::facts::MAX_DEPTH`] deep; expressions are walked with a stack of their own.
struct Walk<'a> {
    facts: &'a FileFacts,
    file: u32,
    function: Option<FunctionRef>,
    initial_of: Option<PropertyRef>,
    running: &'a HashSet<&'a str>,
    uses: &'a mut Uses,
}

impl Walk<'_> {
    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            self.stmt(*stmt);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let facts = self.facts;
        match &facts.stmt(id).kind {
            StmtKind::Expr(value) | StmtKind::Throw(value) | StmtKind::Return(Some(value)) => {
                self.expr(*value);
            }
            StmtKind::Let { value, .. } => value.iter().for_each(|value| self.expr(*value)),
            StmtKind::Assign { target, value, operator } => {
                operator.iter().for_each(|operator| self.mention(operator, *target, None));
                self.expr(*target);
                self.expr(*value);
                if let ExprKind::Name(name) | ExprKind::Member { name, .. } = &facts.expr(*target).kind {
                    self.write(name, Some(*target), *value);
                }
            }
            StmtKind::If { conditions, then, otherwise } => {
                self.conditions(conditions);
                self.block(then);
                otherwise.iter().for_each(|block| self.block(block));
            }
            StmtKind::Guard { conditions, otherwise } => {
                self.conditions(conditions);
                self.block(otherwise);
            }
            StmtKind::Switch { subject, cases } => {
                self.expr(*subject);
                for case in cases {
                    for (pattern, filter) in &case.patterns {
                        self.pattern(pattern);
                        filter.iter().for_each(|filter| self.expr(*filter));
                    }
                    self.block(&case.body);
                }
            }
            StmtKind::While { conditions, body, .. } => {
                self.conditions(conditions);
                self.block(body);
            }
            StmtKind::Repeat { body, condition, .. } => {
                self.block(body);
                self.expr(*condition);
            }
            StmtKind::For { sequence, filter, body, .. } => {
                self.expr(*sequence);
                filter.iter().for_each(|filter| self.expr(*filter));
                self.block(body);
            }
            StmtKind::Do { body, catches, .. } => {
                self.block(body);
                catches.iter().for_each(|catch| self.block(&catch.body));
            }
            StmtKind::Defer(body) => self.block(body),
            StmtKind::Build(arms) => arms.iter().for_each(|(_, body)| self.block(body)),
            StmtKind::Return(None)
            | StmtKind::Break(_)
            | StmtKind::Continue(_)
            | StmtKind::Fallthrough
            | StmtKind::Function(_)
            | StmtKind::Type(_)
            | StmtKind::Damaged => {}
        }
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            match condition {
                Condition::Expr(value) => self.expr(*value),
                Condition::Bind { pattern, value, .. } => {
                    self.pattern(pattern);
                    value.iter().for_each(|value| self.expr(*value));
                }
                Condition::Available { .. } => {}
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        if let Pattern::Expr(value) = pattern {
            self.mention("~=", *value, None);
            self.expr(*value);
        }
    }

    /// What has this name may run here.
    fn mention(&mut self, name: &str, id: ExprId, call: Option<ExprId>) {
        if self.running.contains(name) {
            let expr = ExprRef { file: self.file, id };
            let mention = Mention { expr, call, function: self.function, initial_of: self.initial_of };
            self.uses.mentions.entry(SmolStr::new(name)).or_default().push(mention);
        }
    }

    fn write(&mut self, name: &SmolStr, target: Option<ExprId>, value: ExprId) {
        let at = |id| ExprRef { file: self.file, id };
        let write = Write {
            value: at(value),
            function: self.function,
            initial_of: self.initial_of,
            target: target.map(at),
        };
        self.uses.writes.entry(name.clone()).or_default().push(write);
    }

    fn expr(&mut self, id: ExprId) {
        let facts = self.facts;
        let mut open = vec![id];
        // A callee comes next after its call.
        let mut call: Option<(ExprId, ExprId)> = None;
        while let Some(id) = open.pop() {
            let kind = &facts.expr(id).kind;
            if let ExprKind::Statement(stmt) = kind {
                self.stmt(*stmt);
            }
            match kind {
                ExprKind::Name(name) | ExprKind::Member { name, .. } | ExprKind::Selector(name) => {
                    let call = call.filter(|(callee, _)| *callee == id).map(|(_, call)| call);
                    self.mention(name.trim_start_matches('$'), id, call);
                }
                ExprKind::Operator(name, _) => self.mention(name, id, None),
                ExprKind::Equal(..) => self.mention("==", id, None),
                ExprKind::Not(_) => self.mention("!", id, None),
                ExprKind::Subscript { .. } => self.mention("subscript", id, None),
                ExprKind::KeyPath(names) => names.iter().for_each(|name| self.mention(name, id, None)),
                _ => {}
            }
            if let ExprKind::Call { callee, args, .. } = kind
                && let Some(name) = Program::callee_name(facts, *callee)
            {
                let call = ExprRef { file: self.file, id };
                self.uses.calls.entry(name.clone()).or_default().push(CallSite {
                    call,
                    function: self.function,
                    initial_of: self.initial_of,
                });
                // `T(name: value)` sets a stored property of that name, by itself or through the `init`.
                if name.starts_with(char::is_uppercase) || name == "init" {
                    for arg in args {
                        if let Some(label) = &arg.label {
                            self.write(label, None, arg.value);
                        }
                    }
                }
            }
            call = if let ExprKind::Call { callee, .. } = kind { Some((*callee, id)) } else { None };
            let at = open.len();
            kind.each_operand(|id| open.push(id));
            open[at..].reverse();
        }
    }
}

impl Program {
    /// The base name under which a call is indexed: `T` for `T(…)`, `T.init(…)` and `T<A>(…)`.
    pub(crate) fn callee_name(facts: &FileFacts, callee: ExprId) -> Option<SmolStr> {
        match &facts.expr(callee).kind {
            ExprKind::Name(name) => Some(name.clone()),
            ExprKind::Type(ty) => ty.name().cloned(),
            ExprKind::Member { base, name, .. } => match base.map(|base| &facts.expr(base).kind) {
                Some(ExprKind::Name(base)) if name == "init" => Some(base.clone()),
                _ => Some(name.clone()),
            },
            _ => None,
        }
    }
}
