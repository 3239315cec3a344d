//! Functions that have no part in the duty: they are not walked, and only what they may return matters.

use std::rc::Rc;

use super::Duties;
use super::call::Call;
use super::state::{Duty, How, Known, Leave, Origin, State, Value};
use super::walk::Walk;
use crate::facts::{Block, ExprId, ExprKind, FunctionKind, Node, StmtKind};
use crate::finding::Confidence;
use crate::program::{FunctionRef, Program};
use crate::vocabulary::{Meaning, OutsideCall};

/// More different results than this say nothing.
const MAX_RESULTS: usize = 4;

impl Walk<'_> {
    /// Whether a call has no part in the duty: the call has been reported already, or none of the functions can come to a
    /// report, and none gets the payload or a closure.
    pub(super) fn is_passed_over(&self, found: &[FunctionRef], call: &Call<'_>, state: &State) -> bool {
        if state.key.duty == Duty::Reported {
            return true;
        }
        let is_plain = |value: &Value| {
            value.origin == Origin::Own && !matches!(value.known, Known::Function(_) | Known::Param(_))
        };
        call.values.iter().all(is_plain)
            && found.iter().all(|at| {
                let function = self.duties.program.function(*at);
                // A closure sees the payload without being given it.
                function.body.is_some() && function.parent.is_none() && !self.duties.reach.may_report(*at)
            })
    }

    /// Continues a path behind a call that has no part in the duty.
    pub(super) fn pass_over(
        &mut self,
        found: &[FunctionRef],
        call: &Call<'_>,
        state: &State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let mut all: Vec<(State, Value)> = Vec::new();
        for at in found {
            let mut next = state.clone();
            self.duties.forget_written(&mut next);
            for name in self.duties.filled_by(*at) {
                next.decide(&format!("{name}==nil"), false);
            }
            if self.duties.reach.is_doubtful(*at) {
                next.doubt(Confidence::Medium);
            }
            if self.duties.program.function(*at).is_throwing {
                leaves.push(Leave { state: next.clone(), how: How::Throw, at: call.at });
            }
            let origin = call.receiver.min(Origin::Part);
            for known in self.duties.results(*at).iter() {
                let value = Value { known: known.clone(), origin };
                if !all.iter().any(|(state, same)| *same == value && state.key == next.key) {
                    all.push((next.clone(), value));
                }
            }
        }
        all
    }
}

impl Duties<'_> {
    /// What a function may return, as far as its `return` statements tell; nothing where it never returns.
    fn results(&self, at: FunctionRef) -> Rc<[Known]> {
        if let Some(known) = self.results.borrow().get(&at) {
            return Rc::clone(known);
        }
        let found: Rc<[Known]> = self.find_results(at).into();
        self.results.borrow_mut().insert(at, Rc::clone(&found));
        found
    }

    fn find_results(&self, at: FunctionRef) -> Vec<Known> {
        let program = self.program;
        let function = program.function(at);
        let Some(body) = &function.body else { return vec![Known::Any] };
        if self.never_returns(at, body) {
            return Vec::new();
        }
        let facts = program.file(at.file);
        let mut found = Vec::new();
        let has_value =
            function.result.as_ref().is_some_and(|ty| !ty.is_void()) || function.kind == FunctionKind::Getter;
        match program.single_expression(at.file, body) {
            Some(value) if has_value => found.push(result_of(program, at.file, value)),
            _ => facts.each_node(body, |node| {
                if let Node::Stmt(id) = node
                    && let StmtKind::Return(value) = &facts.stmt(id).kind
                {
                    found.push(value.map_or(Known::Any, |value| result_of(program, at.file, value)));
                }
            }),
        }
        found.sort();
        found.dedup();
        let is_open =
            !has_value || found.is_empty() || found.contains(&Known::Any) || found.len() > MAX_RESULTS;
        if is_open { vec![Known::Any] } else { found }
    }

    /// Whether a function crashes wherever it is called: `fatalError()` before anything can leave it.
    fn never_returns(&self, at: FunctionRef, body: &Block) -> bool {
        let facts = self.program.file(at.file);
        for stmt in &body.stmts {
            match &facts.stmt(*stmt).kind {
                StmtKind::Expr(value) => {
                    if self.diverges(at.file, *value) {
                        return true;
                    }
                }
                StmtKind::Let { .. } | StmtKind::Assign { .. } => {}
                _ => return false,
            }
        }
        false
    }

    fn diverges(&self, file: u32, expr: ExprId) -> bool {
        let facts = self.program.file(file);
        let ExprKind::Call { callee, args, .. } = &facts.expr(expr).kind else { return false };
        let ExprKind::Name(name) = &facts.expr(*callee).kind else { return false };
        let labels = args.iter().map(|arg| arg.label.clone()).collect();
        let call = OutsideCall { receiver: None, chain: Vec::new(), name: name.clone(), labels };
        self.program.functions_named(name).is_empty()
            && self.vocabulary.lookup(&call).is_some_and(|found| *found.meaning == Meaning::Diverges)
    }
}

/// What is known of a value that is returned, from its text alone.
fn result_of(program: &Program, file: u32, value: ExprId) -> Known {
    match &program.file(file).expr(value).kind {
        ExprKind::Nil => Known::Nil,
        ExprKind::Bool(value) => Known::Bool(*value),
        ExprKind::Member { base: None, name, .. } => Known::Case(name.clone()),
        ExprKind::Str(_) | ExprKind::Number(_) | ExprKind::Array(_) | ExprKind::Dictionary(_) => {
            Known::Something
        }
        _ => Known::Any,
    }
}
