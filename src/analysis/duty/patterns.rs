//! Patterns: which of them a value can match on a path, and what the path then knows.

use smol_str::SmolStr;

use super::conditions::Sides;
use super::state::{Known, State, Value};
use super::walk::Walk;
use crate::facts::{ExprId, ExprKind, Pattern};

impl Walk<'_> {
    /// The sides of a pattern other than `let x = …`.
    pub(super) fn matches(
        &mut self,
        pattern: &Pattern,
        subject: ExprId,
        value: &Value,
        state: State,
    ) -> Sides {
        let both = |state: State| (vec![state.clone()], vec![state]);
        let mut sides = match pattern {
            Pattern::Wildcard | Pattern::Bind(..) => (vec![state], Vec::new()),
            Pattern::Tuple(parts) => {
                let is_open = |part: &Pattern| matches!(part, Pattern::Wildcard | Pattern::Bind(..));
                if parts.iter().all(is_open) { (vec![state], Vec::new()) } else { both(state) }
            }
            Pattern::Case { name, .. } => match (&value.known, name.as_str()) {
                // Another push type is excused: neither side of it is looked at.
                (Known::PushType, name) => self.is_voip(name, subject, state),
                (Known::Nil, "some") | (Known::Something, "none") => (Vec::new(), vec![state]),
                (Known::Nil, "none") | (Known::Something, "some") => (vec![state], Vec::new()),
                (Known::Case(known), name) if known == name => (vec![state], Vec::new()),
                (Known::Case(_), _) => (Vec::new(), vec![state]),
                _ => self.decide_case(subject, name, state),
            },
            Pattern::Optional(inner) => match value.known {
                Known::Nil => (Vec::new(), vec![state]),
                Known::Something if matches!(**inner, Pattern::Bind(..) | Pattern::Wildcard) => {
                    (vec![state], Vec::new())
                }
                _ => both(state),
            },
            Pattern::Expr(expr) => {
                let kind = &self.duties.program.file(self.function.file).expr(*expr).kind;
                match (kind, &value.known) {
                    (ExprKind::Bool(wanted), Known::Bool(known)) => {
                        if wanted == known {
                            (vec![state], Vec::new())
                        } else {
                            (Vec::new(), vec![state])
                        }
                    }
                    (ExprKind::Nil, Known::Nil) => (vec![state], Vec::new()),
                    (ExprKind::Nil, Known::Something) => (Vec::new(), vec![state]),
                    (ExprKind::Member { name, .. }, Known::PushType) => {
                        self.is_voip(&name.clone(), subject, state)
                    }
                    (ExprKind::Member { base: None, name, .. }, Known::Case(known)) => {
                        if name == known {
                            (vec![state], Vec::new())
                        } else {
                            (Vec::new(), vec![state])
                        }
                    }
                    (ExprKind::Bool(wanted), Known::Any) => self.decide_bool(subject, *wanted, state),
                    (ExprKind::Member { base: None, name, .. }, Known::Any) => {
                        let name = name.clone();
                        self.decide_case(subject, &name, state)
                    }
                    _ => both(state),
                }
            }
            Pattern::Is(_) | Pattern::As(..) => both(state),
        };
        for state in &mut sides.0 {
            Self::assign_pattern(pattern, &Value::from(value.origin), state);
        }
        sides
    }

    /// The sides of "it is a push of this type", decided by `expr`: one that is no call is excused.
    pub(super) fn is_voip(&mut self, name: &str, expr: ExprId, state: State) -> Sides {
        let at = self.at(self.duties.program.file(self.function.file).expr(expr).span);
        self.excuse(&state, at, "another type of push");
        if name == "voIP" { (vec![state], Vec::new()) } else { (Vec::new(), vec![state]) }
    }

    /// `switch` over a plain name or member: remembered, where it is asked again.
    pub(super) fn decide_case(&self, subject: ExprId, name: &SmolStr, state: State) -> Sides {
        let text =
            self.duties.program.dotted(self.function.file, subject).map(|text| format!("{text}=={name}"));
        self.decide(text, state)
    }

    pub(super) fn decide_bool(&self, subject: ExprId, wanted: bool, state: State) -> Sides {
        let text = self.duties.program.dotted(self.function.file, subject);
        let (holds, fails) = self.decide(text, state);
        if wanted { (holds, fails) } else { (fails, holds) }
    }

    /// Both sides of a condition that is known by its text, or nothing is known about.
    pub(super) fn decide(&self, text: Option<String>, state: State) -> Sides {
        match text.as_ref().and_then(|text| state.decided(text)) {
            Some(true) => (vec![state], Vec::new()),
            Some(false) => (Vec::new(), vec![state]),
            None => {
                let (mut yes, mut no) = (state.clone(), state);
                if let Some(text) = text.filter(|text| self.is_repeated(text)) {
                    yes.decide(&text, true);
                    no.decide(&text, false);
                }
                (vec![yes], vec![no])
            }
        }
    }
}
