//! Who writes a name, who calls a name: an index over all bodies.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::{CallSite, ExprRef, FunctionRef, Write};
use crate::facts::{Block, Condition, ExprId, ExprKind, FileFacts, FunctionId, Pattern, StmtId, StmtKind};

type Writes = HashMap<SmolStr, Vec<Write>>;
type Calls = HashMap<SmolStr, Vec<CallSite>>;

/// Walks all bodies and initial values once.
pub(super) fn collect(files: &[FileFacts]) -> (Writes, Calls) {
    let mut writes = Writes::new();
    let mut calls = Calls::new();
    for (file, facts) in files.iter().enumerate() {
        let file = file as u32;
        let mut walk = Walk { facts, file, function: None, writes: &mut writes, calls: &mut calls };
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
        for initial in facts.properties.iter().filter_map(|property| property.initial) {
            walk.expr(initial);
        }
        walk.block(&facts.top_level);
    }
    (writes, calls)
}

/// Statements nest at most [`crate::facts::MAX_DEPTH`] deep; expressions are walked with a stack of their own.
struct Walk<'a> {
    facts: &'a FileFacts,
    file: u32,
    function: Option<FunctionRef>,
    writes: &'a mut Writes,
    calls: &'a mut Calls,
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
            StmtKind::Assign { target, value, .. } => {
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
            self.expr(*value);
        }
    }

    fn write(&mut self, name: &SmolStr, target: Option<ExprId>, value: ExprId) {
        let at = |id| ExprRef { file: self.file, id };
        let write = Write { value: at(value), function: self.function, target: target.map(at) };
        self.writes.entry(name.clone()).or_default().push(write);
    }

    fn expr(&mut self, id: ExprId) {
        let facts = self.facts;
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let kind = &facts.expr(id).kind;
            if let ExprKind::Statement(stmt) = kind {
                self.stmt(*stmt);
            }
            if let ExprKind::Call { callee, args, .. } = kind
                && let Some(name) = callee_name(facts, *callee)
            {
                let call = ExprRef { file: self.file, id };
                self.calls.entry(name.clone()).or_default().push(CallSite { call, function: self.function });
                // `T(name: value)` sets a stored property of that name, by itself or through the `init`.
                if name.starts_with(char::is_uppercase) || name == "init" {
                    for arg in args {
                        if let Some(label) = &arg.label {
                            self.write(label, None, arg.value);
                        }
                    }
                }
            }
            open.extend(kind.operands().into_iter().rev());
        }
    }
}

/// The base name under which a call is indexed: `T` for `T(…)`, `T.init(…)` and `T<A>(…)`.
fn callee_name(facts: &FileFacts, callee: ExprId) -> Option<SmolStr> {
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
