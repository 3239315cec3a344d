//! The conditions that a function asks more than once: only these are worth remembering.

use std::collections::BTreeMap;
use std::rc::Rc;

use smol_str::SmolStr;

use super::Duties;
use super::conditions::constant_text;
use super::walk::Walk;
use crate::facts::{Condition, ExprId, ExprKind, Pattern, StmtKind};
use crate::program::{FunctionRef, Ty};

/// The texts of conditions that stand more than once in a function, and whether one is asked by itself somewhere, which
/// makes it a Boolean.
pub(super) type Repeated = BTreeMap<SmolStr, bool>;

impl Walk<'_> {
    pub(super) fn is_repeated(&self, text: &str) -> bool {
        self.repeated.contains_key(text) || text == super::before::ON_MAIN_THREAD
    }

    /// Whether a value is a Boolean that this function asks for elsewhere, too.
    pub(super) fn copies_condition(&self, value: ExprId, ty: Option<&Ty>) -> bool {
        let (program, file) = (self.duties.program, self.function.file);
        if !matches!(program.file(file).expr(value).kind, ExprKind::Name(_) | ExprKind::Member { .. }) {
            return false;
        }
        let asked = program.dotted(file, value).and_then(|text| self.repeated.get(text.as_str()).copied());
        match ty {
            Some(ty) => asked.is_some() && ty.outside_name() == Some("Bool"),
            // Whatever its declaration says: a condition is a Boolean.
            None => asked == Some(true),
        }
    }
}

impl Duties<'_> {
    /// Conditions that stand more than once in a function, closures inside it included.
    pub(super) fn repeated_conditions(&self, at: FunctionRef) -> Rc<Repeated> {
        if let Some(known) = self.repeated.borrow().get(&at) {
            return Rc::clone(known);
        }
        let program = self.program;
        let facts = program.file(at.file);
        let span = program.function(at).span;
        let mut counts: BTreeMap<SmolStr, (u32, bool)> = BTreeMap::new();
        let mut add = |text: Option<String>, is_asked: bool| {
            if let Some(text) = text {
                let (times, is_condition) = counts.entry(SmolStr::new(text)).or_default();
                *times += 1;
                *is_condition |= is_asked;
            }
        };
        let plain = |id: ExprId| {
            matches!(facts.expr(id).kind, ExprKind::Name(_) | ExprKind::Member { .. })
                .then(|| program.dotted(at.file, id))
                .flatten()
        };
        let is_nil = |id: ExprId| plain(id).map(|text| format!("{text}==nil"));
        for (_, stmt) in facts.stmts_in(span) {
            match &stmt.kind {
                StmtKind::If { conditions, .. }
                | StmtKind::Guard { conditions, .. }
                | StmtKind::While { conditions, .. } => {
                    for condition in conditions {
                        match condition {
                            Condition::Expr(value) => add(plain(*value), true),
                            Condition::Bind { pattern: Pattern::Optional(_), value: Some(value), .. } => {
                                add(is_nil(*value), false);
                            }
                            Condition::Bind { pattern, value: None, .. } => {
                                add(pattern.names().first().map(|name| format!("{name}==nil")), false);
                            }
                            _ => {}
                        }
                    }
                }
                StmtKind::Switch { subject, cases } => {
                    for case in cases {
                        for (pattern, _) in &case.patterns {
                            let name = match pattern {
                                Pattern::Case { name, .. } => Some(name.clone()),
                                Pattern::Expr(value) => match &facts.expr(*value).kind {
                                    ExprKind::Bool(_) => {
                                        add(plain(*subject), false);
                                        None
                                    }
                                    kind => constant_text(kind),
                                },
                                _ => None,
                            };
                            if let (Some(text), Some(name)) = (plain(*subject), name) {
                                add(Some(format!("{text}=={name}")), false);
                            }
                        }
                    }
                }
                // A literal that is assigned decides a later condition.
                StmtKind::Assign { target, value, .. }
                    if matches!(facts.expr(*value).kind, ExprKind::Bool(_)) =>
                {
                    add(plain(*target), false);
                }
                // A decided value is handed on.
                StmtKind::Return(Some(value))
                | StmtKind::Let { value: Some(value), .. }
                | StmtKind::Assign { value, .. } => add(plain(*value), false),
                _ => {}
            }
        }
        for (_, expr) in facts.exprs_in(span) {
            match &expr.kind {
                ExprKind::Not(inner) => add(plain(*inner), true),
                ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                    add(plain(*a), true);
                    add(plain(*b), true);
                }
                ExprKind::Ternary(condition, a, b) => {
                    add(plain(*condition), true);
                    add(plain(*a), false);
                    add(plain(*b), false);
                }
                ExprKind::Equal(a, b, _) => {
                    let right = &facts.expr(*b).kind;
                    let text = constant_text(right).and_then(|constant| {
                        let text = plain(*a)?;
                        Some(if matches!(right, ExprKind::Bool(_)) {
                            text
                        } else {
                            format!("{text}=={constant}")
                        })
                    });
                    add(text, false);
                }
                ExprKind::Member { base: Some(base), is_optional: true, .. } => add(is_nil(*base), false),
                _ => {}
            }
        }
        self.each_asked(at, |is_for_nil, asked| {
            add(if is_for_nil { is_nil(asked) } else { plain(asked) }, false);
        });
        let repeated = counts.into_iter().filter(|(_, (times, _))| *times > 1);
        let repeated: Rc<Repeated> =
            Rc::new(repeated.map(|(text, (_, is_asked))| (text, is_asked)).collect());
        self.repeated.borrow_mut().insert(at, Rc::clone(&repeated));
        repeated
    }
}
