//! Who writes a name, who calls a name: an index over the bodies of a file, part by part.

use smol_str::SmolStr;

use super::{CallSite, ExprRef, FunctionRef, Mention, Program, PropertyRef, Write};
use crate::facts::{
    Block, Condition, ExprId, ExprKind, FileFacts, FunctionId, Pattern, PropertyId, StmtId, StmtKind,
};

/// Who uses a name in a file, in order of places.
pub(super) struct Uses {
    writes: ByName<(ExprId, Option<ExprId>)>,
    calls: ByName<ExprId>,
    mentions: ByName<(ExprId, Option<ExprId>)>,
}

/// What stands around a use.
#[derive(Clone, Copy)]
struct Around {
    function: Option<FunctionId>,
    initial_of: Option<PropertyId>,
}

/// Uses, sorted by what they name.
struct ByName<T>(Vec<(SmolStr, T, Around)>);

impl<T> ByName<T> {
    fn sort(&mut self) {
        self.0.sort_by(|a, b| a.0.cmp(&b.0));
    }

    fn of(&self, name: &str) -> impl Iterator<Item = &(SmolStr, T, Around)> {
        let from = self.0.partition_point(|(known, ..)| known.as_str() < name);
        self.0[from..].iter().take_while(move |(known, ..)| known == name)
    }
}

impl Uses {
    /// Walks the bodies of a part once, and the initial values where it is the first.
    pub(super) fn of(facts: &FileFacts, part: u32) -> Self {
        let uses =
            Self { writes: ByName(Vec::new()), calls: ByName(Vec::new()), mentions: ByName(Vec::new()) };
        let mut walk = Walk { facts, around: Around { function: None, initial_of: None }, uses };
        for (id, block) in facts.blocks_of_part(part) {
            walk.around.function = Some(id);
            walk.block(block);
        }
        for (id, function) in facts.functions_of_part(part) {
            walk.around.function = Some(id);
            let defaults = function.params.iter().filter_map(|param| param.default);
            let captured = function.captured().map(|(_, value)| value);
            defaults.chain(captured).for_each(|value| walk.expr(value));
        }
        walk.around.function = None;
        if part == 0 {
            for (id, property) in facts.properties.iter().enumerate() {
                walk.around.initial_of = Some(PropertyId(id as u32));
                property.initial.iter().for_each(|initial| walk.expr(*initial));
            }
            walk.around.initial_of = None;
            walk.block(&facts.top_level);
        }
        let mut uses = walk.uses;
        uses.writes.sort();
        uses.calls.sort();
        uses.mentions.sort();
        uses
    }

    /// Where a property of a name is written, in the file at a position.
    pub(super) fn writes(&self, file: u32, name: &str) -> impl Iterator<Item = Write> {
        self.writes.of(name).map(move |(_, (value, target), around)| Write {
            value: ExprRef { file, id: *value },
            function: around.function(file),
            initial_of: around.initial_of(file),
            target: target.map(|id| ExprRef { file, id }),
        })
    }

    /// Where something of a base name is called.
    pub(super) fn calls(&self, file: u32, name: &str) -> impl Iterator<Item = CallSite> {
        self.calls.of(name).map(move |(_, call, around)| CallSite {
            call: ExprRef { file, id: *call },
            function: around.function(file),
            initial_of: around.initial_of(file),
        })
    }

    /// The base names of what is called.
    pub(super) fn called(&self) -> impl Iterator<Item = &SmolStr> {
        self.calls.0.iter().map(|(name, ..)| name)
    }

    /// Where a name stands.
    pub(super) fn mentions(&self, file: u32, name: &str) -> impl Iterator<Item = Mention> {
        self.mentions.of(name).map(move |(_, (expr, call), around)| Mention {
            expr: ExprRef { file, id: *expr },
            call: *call,
            function: around.function(file),
            initial_of: around.initial_of(file),
        })
    }
}

impl Around {
    fn function(self, file: u32) -> Option<FunctionRef> {
        self.function.map(|id| FunctionRef { file, id })
    }

    fn initial_of(self, file: u32) -> Option<PropertyRef> {
        self.initial_of.map(|id| PropertyRef { file, id })
    }
}

/// Statements nest at most [`crate::facts::MAX_DEPTH`] deep; expressions are walked with a stack of their own.
struct Walk<'a> {
    facts: &'a FileFacts,
    around: Around,
    uses: Uses,
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
                for (target, value) in facts.assigned(*target, *value) {
                    if let ExprKind::Name(name) | ExprKind::Member { name, .. } = &facts.expr(target).kind {
                        self.write(name, Some(target), value);
                    }
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
        self.uses.mentions.0.push((SmolStr::new(name), (id, call), self.around));
    }

    fn write(&mut self, name: &SmolStr, target: Option<ExprId>, value: ExprId) {
        self.uses.writes.0.push((name.clone(), (value, target), self.around));
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
            if let ExprKind::Call { args, .. } = kind {
                for arg in args.iter().filter(|arg| arg.is_inout) {
                    if let ExprKind::Name(name) | ExprKind::Member { name, .. } = &facts.expr(arg.value).kind
                    {
                        self.write(name, Some(arg.value), arg.value);
                    }
                }
            }
            if let ExprKind::Call { callee, args, .. } = kind
                && let Some(name) = Program::callee_name(facts, *callee)
            {
                self.uses.calls.0.push((name.clone(), id, self.around));
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

/// Whether a name is that of a type, and says which.
fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name != "Self"
}

impl Program {
    /// The base name under which a call is indexed: `T` for `T(…)`, `T.init(…)` and `T<A>(…)`.
    pub(crate) fn callee_name(facts: &FileFacts, callee: ExprId) -> Option<SmolStr> {
        match &facts.expr(callee).kind {
            ExprKind::Name(name) => Some(name.clone()),
            ExprKind::Type(ty) => ty.name().cloned(),
            ExprKind::Member { base, name, .. } => match base.map(|base| &facts.expr(base).kind) {
                Some(ExprKind::Name(base)) if name == "init" && is_type(base) => Some(base.clone()),
                _ => Some(name.clone()),
            },
            _ => None,
        }
    }
}
