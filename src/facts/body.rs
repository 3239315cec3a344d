//! Statements and expressions: structured control flow, in evaluation order.

use smol_str::SmolStr;

use super::{BuildCondition, ExprId, FunctionId, StmtId, TypeId, TypeRef};
use crate::source::Span;

/// Statements in a pair of braces (or in a `case`).
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The statements, in order.
    pub stmts: Vec<StmtId>,
    /// The braces included; for a `case` the statements alone.
    pub span: Span,
}

impl Block {
    /// The closing brace, or the last byte of what has none: where a path falls off.
    pub fn end(&self) -> Span {
        Span { start: self.span.end.saturating_sub(1).max(self.span.start), end: self.span.end }
    }
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where.
    pub span: Span,
}

/// What a statement is.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// An expression for its effect, or for its value where the body is a single expression.
    Expr(ExprId),
    /// `let x = …`, `var x: T`, `let (a, b) = …`; one per declared pattern.
    Let {
        /// The names bound.
        pattern: Pattern,
        /// The annotation.
        ty: Option<TypeRef>,
        /// The value; `async let` has it too (see `is_async`).
        value: Option<ExprId>,
        /// `var`
        is_var: bool,
        /// `async let`
        is_async: bool,
    },
    /// `target = value`, also `+=` and the like.
    Assign {
        /// Name, member, subscript or tuple.
        target: ExprId,
        /// The value.
        value: ExprId,
        /// The operator, where it is another than `=`.
        operator: Option<SmolStr>,
    },
    /// `if`
    If {
        /// The comma-separated conditions.
        conditions: Vec<Condition>,
        /// The first arm.
        then: Block,
        /// The other arm; an `else if` is a block of one statement.
        otherwise: Option<Block>,
    },
    /// `guard … else { … }`
    Guard {
        /// The comma-separated conditions.
        conditions: Vec<Condition>,
        /// What runs where they do not hold.
        otherwise: Block,
    },
    /// `switch`
    Switch {
        /// What is switched over.
        subject: ExprId,
        /// The cases, in order.
        cases: Vec<Case>,
    },
    /// `while`
    While {
        /// The conditions.
        conditions: Vec<Condition>,
        /// The body.
        body: Block,
        /// `label:`
        label: Option<SmolStr>,
    },
    /// `repeat { } while …`
    Repeat {
        /// The body.
        body: Block,
        /// The condition.
        condition: ExprId,
        /// `label:`
        label: Option<SmolStr>,
    },
    /// `for … in …`
    For {
        /// The names bound.
        pattern: Pattern,
        /// What is walked over.
        sequence: ExprId,
        /// `where …`
        filter: Option<ExprId>,
        /// The body.
        body: Block,
        /// `for await` / `for try await`
        is_await: bool,
        /// `label:`
        label: Option<SmolStr>,
    },
    /// `do { } catch { }`; also a plain `do`.
    Do {
        /// The body.
        body: Block,
        /// The catch clauses, in order.
        catches: Vec<Catch>,
        /// `label:`
        label: Option<SmolStr>,
    },
    /// `defer { }`
    Defer(Block),
    /// `return`
    Return(Option<ExprId>),
    /// `throw`
    Throw(ExprId),
    /// `break`, with its label
    Break(Option<SmolStr>),
    /// `continue`, with its label
    Continue(Option<SmolStr>),
    /// `fallthrough`
    Fallthrough,
    /// `#if … #elseif … #else … #endif`. Each arm's condition already excludes the arms before it; where
    /// there is no `#else`, an empty arm stands for it.
    Build(Vec<(BuildCondition, Block)>),
    /// A local function.
    Function(FunctionId),
    /// A local type.
    Type(TypeId),
    /// Something that was not understood.
    Damaged,
}

impl StmtKind {
    /// The blocks directly inside, in order of writing.
    pub fn blocks(&self) -> Vec<&Block> {
        match self {
            StmtKind::If { then, otherwise, .. } => std::iter::once(then).chain(otherwise).collect(),
            StmtKind::Guard { otherwise: body, .. }
            | StmtKind::While { body, .. }
            | StmtKind::Repeat { body, .. }
            | StmtKind::For { body, .. }
            | StmtKind::Defer(body) => vec![body],
            StmtKind::Switch { cases, .. } => cases.iter().map(|case| &case.body).collect(),
            StmtKind::Do { body, catches, .. } => {
                std::iter::once(body).chain(catches.iter().map(|catch| &catch.body)).collect()
            }
            StmtKind::Build(arms) => arms.iter().map(|(_, body)| body).collect(),
            StmtKind::Expr(_)
            | StmtKind::Let { .. }
            | StmtKind::Assign { .. }
            | StmtKind::Return(_)
            | StmtKind::Throw(_)
            | StmtKind::Break(_)
            | StmtKind::Continue(_)
            | StmtKind::Fallthrough
            | StmtKind::Function(_)
            | StmtKind::Type(_)
            | StmtKind::Damaged => Vec::new(),
        }
    }
}

/// One condition of an `if`, `guard` or `while`.
#[derive(Clone, Debug)]
pub enum Condition {
    /// A Boolean expression.
    Expr(ExprId),
    /// `let x = value`, `if let x` (value none: the name itself), `case pattern = value`.
    Bind {
        /// The pattern; for `let x = …` it is `Optional(Bind(x))`.
        pattern: Pattern,
        /// The annotation of `let x: T = …`.
        ty: Option<TypeRef>,
        /// The value; none for the shorthand `if let x`.
        value: Option<ExprId>,
        /// Where.
        span: Span,
    },
    /// `#available(…)` or `#unavailable(…)`
    Available {
        /// Platforms with the version as written: `("iOS", "26.4")`; `*` is left out.
        platforms: Vec<(SmolStr, SmolStr)>,
        /// `#unavailable`
        is_negated: bool,
        /// Where.
        span: Span,
    },
}

/// The version of iOS among the platforms of `#available`.
pub fn ios_version(platforms: &[(SmolStr, SmolStr)]) -> Option<&SmolStr> {
    let is_ios = |name: &SmolStr| name == "iOS" || name == "iOSApplicationExtension";
    platforms.iter().find(|(name, _)| is_ios(name)).map(|(_, version)| version)
}

/// A `case` of a `switch`.
#[derive(Clone, Debug)]
pub struct Case {
    /// The alternatives, each with its `where`; empty for `default`.
    pub patterns: Vec<(Pattern, Option<ExprId>)>,
    /// `default` or `@unknown default`
    pub is_default: bool,
    /// `#if` conditions around the case.
    pub build: Vec<BuildCondition>,
    /// The body.
    pub body: Block,
    /// `case …:` up to the colon.
    pub span: Span,
}

/// A `catch` clause.
#[derive(Clone, Debug)]
pub struct Catch {
    /// The pattern; none catches everything.
    pub pattern: Option<Pattern>,
    /// `where …`
    pub filter: Option<ExprId>,
    /// The body.
    pub body: Block,
    /// The word `catch`.
    pub span: Span,
}

/// A pattern.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// `_`
    Wildcard,
    /// A name that is bound.
    Bind(SmolStr, Span),
    /// `(a, b)`
    Tuple(Vec<Pattern>),
    /// `.name(…)`, `Type.name(…)`
    Case {
        /// The case's name.
        name: SmolStr,
        /// Patterns of the associated values.
        args: Vec<Pattern>,
    },
    /// `p?`, and what `if let` does.
    Optional(Box<Pattern>),
    /// An expression compared by `~=`.
    Expr(ExprId),
    /// `is T`
    Is(TypeRef),
    /// `p as T`
    As(Box<Pattern>, TypeRef),
}

impl Pattern {
    /// Every name bound, in order.
    pub fn names(&self) -> Vec<&SmolStr> {
        let mut names = Vec::new();
        let mut open = vec![self];
        while let Some(pattern) = open.pop() {
            match pattern {
                Pattern::Bind(name, _) => names.push(name),
                Pattern::Tuple(parts) | Pattern::Case { args: parts, .. } => open.extend(parts.iter().rev()),
                Pattern::Optional(inner) | Pattern::As(inner, _) => open.push(inner),
                Pattern::Wildcard | Pattern::Expr(_) | Pattern::Is(_) => {}
            }
        }
        names
    }
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A name: variable, function, type, `$0`.
    Name(SmolStr),
    /// `self`
    SelfRef,
    /// `super`
    Super,
    /// `base.name`, `base?.name`, `.name`
    Member {
        /// What it is a member of; none for an implicit member `.name`.
        base: Option<ExprId>,
        /// The name; `init` for `T.init`, digits for tuple members.
        name: SmolStr,
        /// Where the name stands.
        name_span: Span,
        /// There is a `?` between base and name: skipped where the base is nil.
        is_optional: bool,
    },
    /// `callee(args)`, with trailing closures as the last arguments.
    Call {
        /// Name, member, closure…
        callee: ExprId,
        /// The arguments, in order.
        args: Vec<Arg>,
        /// `callee?(args)`
        is_optional: bool,
    },
    /// `base[args]`
    Subscript {
        /// What is subscripted.
        base: ExprId,
        /// The arguments.
        args: Vec<Arg>,
        /// `base?[args]`
        is_optional: bool,
    },
    /// `value!`
    ForceUnwrap(ExprId),
    /// A closure.
    Closure(FunctionId),
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// A string without interpolation; the text between the quotes.
    Str(SmolStr),
    /// A string with interpolation: the expressions inside.
    Interpolated(Vec<ExprId>),
    /// A number, as written.
    Number(SmolStr),
    /// `[a, b]`
    Array(Vec<ExprId>),
    /// `[k: v]`: keys and values in turn.
    Dictionary(Vec<ExprId>),
    /// `(a, b)`; `(a)` is just `a`, `()` is empty.
    Tuple(Vec<Arg>),
    /// `!a`
    Not(ExprId),
    /// `a && b`
    And(ExprId, ExprId),
    /// `a || b`
    Or(ExprId, ExprId),
    /// `a ?? b`
    Coalesce(ExprId, ExprId),
    /// `a == b` (`true`) and `a != b` (`false`), `===` and `!==` too
    Equal(ExprId, ExprId, bool),
    /// Any other operator with one or two operands.
    Operator(SmolStr, Vec<ExprId>),
    /// `c ? a : b`
    Ternary(ExprId, ExprId, ExprId),
    /// `try`, `try?`, `try!`
    Try(TryKind, ExprId),
    /// `await a`
    Await(ExprId),
    /// `a as T`, `a as? T`, `a as! T`, `a is T`
    Cast(CastKind, ExprId, TypeRef),
    /// A type used as a value where the syntax tells so: `[String]`, `Array<Int>` before `(…)` or `.self`.
    Type(TypeRef),
    /// `if` or `switch` used as an expression, or a `do` expression.
    Statement(StmtId),
    /// `#selector(f)`: the base name of the function.
    Selector(SmolStr),
    /// `\A.b`: the names after the first dot.
    KeyPath(Vec<SmolStr>),
    /// Anything else: its operands, in order.
    Other(Vec<ExprId>),
    /// Something that was not understood.
    Damaged,
}

impl ExprKind {
    /// The expressions directly inside, in evaluation order; closures and statements are not entered.
    pub fn operands(&self) -> Vec<ExprId> {
        let mut found = Vec::new();
        self.each_operand(|id| found.push(id));
        found
    }

    /// The same, one after the other.
    pub fn each_operand(&self, mut visit: impl FnMut(ExprId)) {
        match self {
            ExprKind::Name(_)
            | ExprKind::SelfRef
            | ExprKind::Super
            | ExprKind::Closure(_)
            | ExprKind::Nil
            | ExprKind::Bool(_)
            | ExprKind::Str(_)
            | ExprKind::Number(_)
            | ExprKind::Type(_)
            | ExprKind::Statement(_)
            | ExprKind::Selector(_)
            | ExprKind::KeyPath(_)
            | ExprKind::Damaged => {}
            ExprKind::Member { base, .. } => base.iter().copied().for_each(visit),
            ExprKind::Call { callee: first, args, .. } | ExprKind::Subscript { base: first, args, .. } => {
                visit(*first);
                args.iter().map(|arg| arg.value).for_each(visit);
            }
            ExprKind::Tuple(args) => args.iter().map(|arg| arg.value).for_each(visit),
            ExprKind::ForceUnwrap(inner)
            | ExprKind::Not(inner)
            | ExprKind::Try(_, inner)
            | ExprKind::Await(inner)
            | ExprKind::Cast(_, inner, _) => visit(*inner),
            ExprKind::Interpolated(all)
            | ExprKind::Array(all)
            | ExprKind::Dictionary(all)
            | ExprKind::Operator(_, all)
            | ExprKind::Other(all) => all.iter().copied().for_each(visit),
            ExprKind::And(a, b)
            | ExprKind::Or(a, b)
            | ExprKind::Coalesce(a, b)
            | ExprKind::Equal(a, b, _) => [*a, *b].into_iter().for_each(visit),
            ExprKind::Ternary(a, b, c) => [*a, *b, *c].into_iter().for_each(visit),
        }
    }
}

/// Which `try`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryKind {
    /// `try`
    Throws,
    /// `try?`
    Optional,
    /// `try!`
    Force,
}

/// Which cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CastKind {
    /// `as`
    Upcast,
    /// `as?`
    Optional,
    /// `as!`
    Force,
    /// `is`
    Test,
}

/// An argument of a call, or a part of a tuple.
#[derive(Clone, Debug)]
pub struct Arg {
    /// The label as written. The first trailing closure has none.
    pub label: Option<SmolStr>,
    /// The value.
    pub value: ExprId,
    /// A trailing closure.
    pub is_trailing: bool,
    /// `&value`
    pub is_inout: bool,
}
