//! Who keeps an object: whether what a function makes is gone when the function has ended.

mod delegates;

use std::collections::HashMap;

use smol_str::SmolStr;

pub use delegates::{LooseDelegate, loose_delegates};

use crate::facts::{ExprId, ExprKind, FileFacts, Function, FunctionKind, Pattern, StmtKind, TypeId};
use crate::program::{ExprRef, FunctionRef, Program, PropertyRef, TypeIndex};
use crate::source::Span;

/// What becomes of the value of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Use {
    /// A member of it is used.
    Base,
    /// It is made a delegate, which nobody holds for that.
    Delegate,
    /// It is dropped.
    Nothing,
    /// It is the value of a local.
    Local(SmolStr),
    /// Anything else may keep it.
    Other,
}

/// A file with more expressions was written by a program: it is not searched for each use of a name.
const MAX_SEARCHED: usize = 50_000;

/// The methods that note an object without holding it.
const WEAK_NOTES: &[&str] = &["setDelegate", "addObserver"];

fn use_of(file: &FileFacts, value: ExprId) -> Use {
    let mut value = value;
    let holder = |value: ExprId| {
        let mut around = file.exprs_around(file.expr(value).span);
        around.find(|(_, expr)| expr.kind.operands().contains(&value))
    };
    while let Some((id, expr)) = holder(value) {
        match &expr.kind {
            ExprKind::Member { .. } => return Use::Base,
            ExprKind::Call { callee, args, .. } if args.first().is_some_and(|arg| arg.value == value) => {
                return match &file.expr(*callee).kind {
                    ExprKind::Member { name, .. } if WEAK_NOTES.contains(&name.as_str()) => Use::Delegate,
                    _ => Use::Other,
                };
            }
            ExprKind::ForceUnwrap(_) | ExprKind::Try(..) | ExprKind::Cast(..) => value = id,
            _ => return Use::Other,
        }
    }
    let is_result = |function: &Function| {
        let is_only = file.body(function).is_some_and(|body| match body.stmts.as_slice() {
            [only] => matches!(file.stmt(*only).kind, StmtKind::Expr(result) if result == value),
            _ => false,
        });
        let gives_back = function.result.as_ref().is_some_and(|ty| !ty.is_void());
        is_only && (gives_back || matches!(function.kind, FunctionKind::Closure | FunctionKind::Getter))
    };
    let span = file.expr(value).span;
    file.stmts_around(span)
        .find_map(|(_, stmt)| match &stmt.kind {
            StmtKind::Expr(dropped) if *dropped == value => Some(Use::Nothing),
            StmtKind::Let { pattern: Pattern::Bind(name, _), value: Some(bound), .. } if *bound == value => {
                Some(Use::Local(name.clone()))
            }
            StmtKind::Let { pattern: Pattern::Wildcard, value: Some(bound), .. } if *bound == value => {
                Some(Use::Nothing)
            }
            StmtKind::Assign { target, value: assigned, .. } if *assigned == value => {
                let is_delegate = matches!(&file.expr(*target).kind,
                    ExprKind::Member { name, .. } if name == "delegate");
                Some(if is_delegate { Use::Delegate } else { Use::Other })
            }
            _ => None,
        })
        .filter(|found| {
            *found != Use::Nothing || !file.functions_around(span).any(|(_, function)| is_result(function))
        })
        .unwrap_or(Use::Other)
}

/// What functions drop, each looked at once: many objects may be made in the same.
pub struct Dropping<'a> {
    program: &'a Program,
    known: HashMap<FunctionRef, Inside<'a>>,
}

/// What is in a function.
struct Inside<'a> {
    /// It may take as long as the app runs, or is too large to be looked at.
    may_last: bool,
    /// Where each name stands.
    names: HashMap<&'a str, Vec<ExprId>>,
}

impl<'a> Dropping<'a> {
    /// Nothing is looked at yet.
    pub fn of(program: &'a Program) -> Self {
        Self { program, known: HashMap::new() }
    }

    /// Whether an object that is made in a function is gone when the function has ended: nobody there keeps it, gives it
    /// away, or captures it. It may keep itself, which [`loose_delegates`] asks, too.
    pub fn is_dropped(&mut self, made: ExprRef, function: Option<FunctionRef>) -> bool {
        let file = self.program.file(made.file);
        // What a file makes at its top level stays.
        let Some(at) = function else { return false };
        let function = self.program.function(at);
        let inside = self.known.entry(at).or_insert_with(|| Inside::of(file, function.span));
        if inside.may_last {
            return false;
        }
        match use_of(file, made.id) {
            Use::Base | Use::Delegate | Use::Nothing => true,
            Use::Local(name) => inside.names.get(name.as_str()).into_iter().flatten().all(|id| {
                !is_in_closure(file, function.span, file.expr(*id).span)
                    && matches!(use_of(file, *id), Use::Base | Use::Delegate | Use::Nothing)
            }),
            Use::Other => false,
        }
    }
}

impl<'a> Inside<'a> {
    fn of(file: &'a FileFacts, function: Span) -> Self {
        let mut names: HashMap<&str, Vec<ExprId>> = HashMap::new();
        let may_last = file.exprs_in(function).count() > MAX_SEARCHED || waits(file, function);
        for (id, expr) in file.exprs_in(function).filter(|_| !may_last) {
            if let ExprKind::Name(name) = &expr.kind {
                names.entry(name).or_default().push(id);
            }
        }
        Self { may_last, names }
    }
}

/// What waits may take as long as the app runs.
fn waits(file: &FileFacts, function: Span) -> bool {
    let awaits = file.exprs_in(function).any(|(_, expr)| matches!(expr.kind, ExprKind::Await(_)));
    let loops =
        file.stmts_in(function).any(|(_, stmt)| matches!(stmt.kind, StmtKind::For { is_await: true, .. }));
    awaits || loops
}

/// What the local of a name begins with, where one statement of a function declares it.
pub fn value_of_local(file: &FileFacts, function: &Function, name: &str) -> Option<ExprId> {
    let mut declared = file.stmts_in(function.span).filter_map(|(_, stmt)| match &stmt.kind {
        StmtKind::Let { pattern: Pattern::Bind(bound, _), value, .. } if bound == name => Some(*value),
        _ => None,
    });
    let first = declared.next()?;
    declared.next().is_none().then_some(first)?
}

/// Whether a place in a function lies in a closure or a local function.
fn is_in_closure(file: &FileFacts, function: Span, place: Span) -> bool {
    file.functions_around(place).any(|(_, inner)| {
        inner.span != function && function.contains(inner.span) && inner.span.contains(place)
    })
}

/// Whether an object of a type may keep itself: it gives itself to somebody, or a closure in it captures it. Where the
/// project has delegates that are not weak, it may be one.
fn keeps_itself(program: &Program, ty: TypeIndex) -> bool {
    let is_strong = |at: &PropertyRef| {
        let property = program.property(*at);
        property.is_stored()
            && property.owner.is_some()
            && !property.modifiers.is_weak
            && !property.modifiers.is_unowned
    };
    let is_large = |(file, id): &(u32, TypeId)| {
        program.file(*file).exprs_in(program.decl(*file, *id).span).count() > MAX_SEARCHED
    };
    if program.properties_named("delegate").iter().any(is_strong) || program.ty(ty).decls.iter().any(is_large)
    {
        return true;
    }
    program.functions_of(ty).any(|(at, facts)| {
        let file = program.file(at.file);
        if facts.kind == FunctionKind::Closure {
            let is_weak = facts
                .captures
                .iter()
                .any(|capture| capture.name == "self" && (capture.is_weak || capture.is_unowned));
            return !is_weak && names_self(program, file, facts.span, ty);
        }
        file.exprs_in(facts.span)
            .filter(|(_, expr)| matches!(expr.kind, ExprKind::SelfRef))
            .any(|(id, _)| !matches!(use_of(file, id), Use::Base | Use::Delegate | Use::Nothing))
    })
}

/// Whether code names `self`, or a member of the type without it.
fn names_self(program: &Program, file: &FileFacts, within: Span, ty: TypeIndex) -> bool {
    file.exprs_in(within).any(|(_, expr)| match &expr.kind {
        ExprKind::SelfRef => true,
        ExprKind::Name(name) => {
            program.find_property(ty, name).is_some() || !program.find_methods(ty, name).is_empty()
        }
        _ => false,
    })
}
