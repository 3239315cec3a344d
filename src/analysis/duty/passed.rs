//! Functions that have no part in the duty: they are not walked, and only what they may return matters.

use std::rc::Rc;

use smol_str::SmolStr;

use super::Duties;
use super::call::Call;
use super::state::{Duty, How, Known, Leave, Origin, State, Value};
use super::walk::Walk;
use crate::facts::{
    Block, Catch, Condition, ExprId, ExprKind, FunctionKind, Node, StmtId, StmtKind, TryKind,
};
use crate::finding::Confidence;
use crate::program::{FunctionRef, Place, Program, PropertyRef};
use crate::source::Span;
use crate::vocabulary::{Meaning, OutsideCall};

/// How far a function is followed to see whether it ever ends.
const MAX_ASKED: usize = 4;

/// More different results than this say nothing.
const MAX_RESULTS: usize = 4;

impl Walk<'_> {
    /// Whether a call has no part in the duty: the call has been reported already, or none of the functions can come to a
    /// report or waits for something, and none gets the payload or a closure.
    pub(super) fn is_passed_over(&self, found: &[FunctionRef], call: &Call<'_>, state: &State) -> bool {
        if state.key.duty == Duty::Reported {
            return true;
        }
        let is_plain = |value: &Value| {
            value.origin == Origin::Own
                && match value.known {
                    Known::Function(_) | Known::Param(_) => false,
                    Known::Unevaluated(expr) => !self.has_effect(expr),
                    _ => true,
                }
        };
        let tells = |at: &FunctionRef| self.duties.results(*at).len() > 1;
        let is_case = call.this != Known::Any
            || call.values.iter().any(|value| matches!(value.known, Known::Case(_) | Known::Bool(_)));
        if is_case && found.iter().any(tells) {
            return false;
        }
        // What is given with `&` may be set.
        let is_set =
            |at: &FunctionRef| self.duties.program.function(*at).params.iter().any(|param| param.is_inout);
        if call.args.iter().any(|arg| arg.is_inout) && found.iter().any(is_set) {
            return false;
        }
        call.values.iter().all(is_plain)
            && found.iter().all(|at| {
                let function = self.duties.program.function(*at);
                // A closure sees the payload without being given it.
                function.body.is_some()
                    && function.parent.is_none()
                    && !self.duties.reach.may_report(*at)
                    && !self.duties.is_hazardous(*at)
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
            self.duties.forget_written(*at, &mut next);
            for name in self.duties.filled_by(*at) {
                next.decide(&format!("{name}==nil"), false);
            }
            if self.duties.reach.is_doubtful(*at) {
                next.doubt(Confidence::Medium);
            }
            if self.duties.may_throw(*at) {
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
        // What calls itself comes to no end by that; what was found out on such an assumption is not kept.
        if self.asked.borrow().contains(&at) {
            return Rc::from([]);
        }
        if self.asked.borrow().len() >= MAX_ASKED {
            return Rc::from([Known::Any]);
        }
        self.asked.borrow_mut().push(at);
        let found: Rc<[Known]> = self.find_results(at).into();
        self.asked.borrow_mut().pop();
        if self.asked.borrow().is_empty() {
            self.results.borrow_mut().insert(at, Rc::clone(&found));
        }
        found
    }

    fn find_results(&self, at: FunctionRef) -> Vec<Known> {
        let program = self.program;
        let function = program.function(at);
        let Some(body) = program.body(at) else { return vec![Known::Any] };
        if self.is_endless(at.file, body) {
            return Vec::new();
        }
        let facts = program.file(at.file);
        let mut found = Vec::new();
        let has_value =
            function.result.as_ref().is_some_and(|ty| !ty.is_void()) || function.kind == FunctionKind::Getter;
        match program.single_expression(at.file, body) {
            Some(value) if has_value => self.add_results(at, value, &mut found),
            _ => facts.each_node(body, |node| {
                if let Node::Stmt(id) = node
                    && let StmtKind::Return(value) = &facts.stmt(id).kind
                {
                    match value {
                        Some(value) => self.add_results(at, *value, &mut found),
                        None => found.push(Known::Any),
                    }
                }
            }),
        }
        found.sort();
        found.dedup();
        let is_open =
            !has_value || found.is_empty() || found.contains(&Known::Any) || found.len() > MAX_RESULTS;
        if is_open { vec![Known::Any] } else { found }
    }

    /// The enum case that a property always is: `static let usual = Kind.call`, `static var usual: Kind { .call }`.
    pub(super) fn constant_case(&self, at: PropertyRef) -> Option<SmolStr> {
        let property = self.program.property(at);
        let known = match (property.getter, property.initial) {
            (Some(getter), _) if property.modifiers.is_static && property.build.is_empty() => {
                match self.results(FunctionRef { file: at.file, id: getter }).as_ref() {
                    [only] => only.clone(),
                    _ => return None,
                }
            }
            (None, Some(initial)) if !property.is_var && property.build.is_empty() => {
                result_of(self.program, at.file, initial)
            }
            _ => return None,
        };
        match known {
            Known::Case(name) => {
                let ty = self.program.type_of_property(at)?.project()?;
                self.program.has_case(ty, &name).then_some(name)
            }
            _ => None,
        }
    }

    /// What a returned expression may yield: what a function yields that it calls.
    fn add_results(&self, at: FunctionRef, value: ExprId, found: &mut Vec<Known>) {
        let program = self.program;
        if let ExprKind::Call { callee, args, .. } = &program.file(at.file).expr(value).kind {
            let scope = self.graph.scope(at);
            let place = Place::of(program, at, &scope);
            if let [only] = program.functions_called(&place, *callee, args).as_slice() {
                found.extend(self.results(*only).iter().cloned());
                return;
            }
        }
        found.push(result_of(program, at.file, value));
    }

    /// Whether a name stands for a case of enums of the project, and for no function of it.
    pub(super) fn is_case(&self, name: &str) -> bool {
        self.program.is_case(name) && self.program.functions_named(name).is_empty()
    }

    /// Whether an error may leave a function: it has a `throw`, or a `try` of something that may throw, outside of a `do`
    /// that catches everything. What calls itself throws nothing by that.
    fn may_throw(&self, at: FunctionRef) -> bool {
        if let Some(known) = self.throwing.borrow().get(&at) {
            return *known;
        }
        self.throwing.borrow_mut().insert(at, false);
        let function = self.program.function(at);
        let throws =
            function.is_throwing && self.program.body(at).is_none_or(|body| self.throws_in(at.file, body));
        self.throwing.borrow_mut().insert(at, throws);
        throws
    }

    fn throws_in(&self, file: u32, body: &Block) -> bool {
        let facts = self.program.file(file);
        let mut caught: Vec<Span> = Vec::new();
        let mut may_throw = false;
        facts.each_node(body, |node| match node {
            Node::Stmt(id) => match &facts.stmt(id).kind {
                StmtKind::Do { body, catches, .. } => {
                    let catches_all = |catch: &Catch| catch.pattern.is_none() && catch.filter.is_none();
                    caught.extend(catches.iter().any(catches_all).then_some(body.span));
                }
                StmtKind::Throw(_) => may_throw |= !is_inside(facts.stmt(id).span, &caught),
                _ => {}
            },
            Node::Expr(id) => {
                if let ExprKind::Try(TryKind::Throws, inner) = &facts.expr(id).kind
                    && !is_inside(facts.expr(id).span, &caught)
                {
                    may_throw |= may_throw || self.tries(file, *inner);
                }
            }
        });
        may_throw
    }

    /// Whether a call in an expression may throw: functions of the project are known by their names.
    fn tries(&self, file: u32, expr: ExprId) -> bool {
        let facts = self.program.file(file);
        let mut throws = false;
        facts.each_node_in(expr, |node| {
            if let Node::Expr(id) = node
                && let ExprKind::Call { callee, .. } = &facts.expr(id).kind
            {
                let known = match &facts.expr(*callee).kind {
                    ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                        self.program.functions_named(name)
                    }
                    _ => &[],
                };
                throws |= throws || known.is_empty() || known.iter().any(|at| self.may_throw(*at));
            }
        });
        throws
    }

    /// Whether no way leads out of a block: `fatalError()`, a loop without end or a function of that kind stands before
    /// anything that could leave it.
    fn is_endless(&self, file: u32, block: &Block) -> bool {
        let facts = self.program.file(file);
        for stmt in &block.stmts {
            let is_endless = match &facts.stmt(*stmt).kind {
                StmtKind::Expr(value) => self.diverges(file, *value),
                StmtKind::Let { value, .. } => value.is_some_and(|value| self.diverges(file, value)),
                StmtKind::Assign { value, .. } => self.diverges(file, *value),
                StmtKind::Return(Some(value)) if self.diverges(file, *value) => true,
                StmtKind::Do { body, .. } => self.is_endless(file, body),
                StmtKind::If { conditions, then, otherwise } => {
                    self.asks_endlessly(file, conditions)
                        || self.is_endless(file, then)
                            && otherwise.as_ref().is_some_and(|block| self.is_endless(file, block))
                }
                StmtKind::Guard { conditions, otherwise } => {
                    if self.asks_endlessly(file, conditions) {
                        return true;
                    }
                    if self.is_endless(file, otherwise) {
                        continue;
                    }
                    return false;
                }
                StmtKind::Switch { subject, cases } => {
                    self.diverges(file, *subject)
                        || cases.iter().all(|case| self.is_endless(file, &case.body))
                }
                StmtKind::While { conditions, body, .. } => {
                    let is_true = |condition: &Condition| {
                        matches!(condition, Condition::Expr(value)
                            if matches!(facts.expr(*value).kind, ExprKind::Bool(true)))
                    };
                    self.asks_endlessly(file, conditions)
                        || conditions.iter().all(is_true) && !self.may_leave(file, body)
                }
                StmtKind::Repeat { body, .. } => self.is_endless(file, body),
                _ => false,
            };
            if is_endless {
                return true;
            }
            if self.leaves(file, *stmt) {
                return false;
            }
        }
        false
    }

    fn asks_endlessly(&self, file: u32, conditions: &[Condition]) -> bool {
        match conditions.first() {
            Some(Condition::Expr(value) | Condition::Bind { value: Some(value), .. }) => {
                self.diverges(file, *value)
            }
            _ => false,
        }
    }

    /// Whether something in a block may end a loop around it.
    fn may_leave(&self, file: u32, block: &Block) -> bool {
        block.stmts.iter().any(|stmt| self.leaves(file, *stmt))
    }

    /// Whether a statement, or one in it, jumps out of the block that it stands in.
    fn leaves(&self, file: u32, stmt: StmtId) -> bool {
        let facts = self.program.file(file);
        let mut leaves = false;
        let whole = Block { stmts: vec![stmt], span: facts.stmt(stmt).span };
        facts.each_node(&whole, |node| {
            leaves |= match node {
                Node::Stmt(id) => matches!(
                    facts.stmt(id).kind,
                    StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Break(_) | StmtKind::Continue(_)
                ),
                Node::Expr(id) => matches!(facts.expr(id).kind, ExprKind::Try(TryKind::Throws, _)),
            };
        });
        leaves
    }

    /// Whether evaluating an expression never ends: a call in it comes to no end, whatever else happens.
    fn diverges(&self, file: u32, expr: ExprId) -> bool {
        let facts = self.program.file(file);
        match &facts.expr(expr).kind {
            ExprKind::Call { callee, args, .. } => {
                let ExprKind::Name(name) = &facts.expr(*callee).kind else { return false };
                if !self.program.declares_function(name) {
                    let labels = args.iter().map(|arg| arg.label.clone()).collect();
                    let call = OutsideCall { receiver: None, chain: Vec::new(), name: name.clone(), labels };
                    return self.lookup(&call).map(|found| found.meaning) == Some(&Meaning::Diverges);
                }
                let found = self.program.functions_taking(name, args).into_iter();
                let mut fitting = found.filter(|at| self.program.fits(*at, args));
                match (fitting.next(), fitting.next()) {
                    (Some(only), None) => {
                        self.program.function(only).body.is_some() && self.results(only).is_empty()
                    }
                    _ => false,
                }
            }
            ExprKind::Equal(a, ..) | ExprKind::And(a, _) | ExprKind::Or(a, _) | ExprKind::Coalesce(a, _) => {
                self.diverges(file, *a)
            }
            ExprKind::Not(inner)
            | ExprKind::Try(_, inner)
            | ExprKind::Await(inner)
            | ExprKind::ForceUnwrap(inner) => self.diverges(file, *inner),
            _ => false,
        }
    }
}

fn is_inside(span: Span, outer: &[Span]) -> bool {
    outer.iter().any(|outer| outer.contains(span))
}

/// What is known of a value that is returned, from its text alone.
fn result_of(program: &Program, file: u32, value: ExprId) -> Known {
    match &program.file(file).expr(value).kind {
        ExprKind::Nil => Known::Nil,
        ExprKind::Bool(value) => Known::Bool(*value),
        ExprKind::Member { base: None, name, .. } => Known::Case(name.clone()),
        ExprKind::Member { base: Some(base), name, .. } if is_case(program, file, *base, name) => {
            Known::Case(name.clone())
        }
        ExprKind::Str(_) | ExprKind::Number(_) | ExprKind::Array(_) | ExprKind::Dictionary(_) => {
            Known::Something
        }
        _ => Known::Any,
    }
}

/// Whether `T.name` is a case of an enum of the project.
fn is_case(program: &Program, file: u32, base: ExprId, name: &SmolStr) -> bool {
    let ExprKind::Name(ty) = &program.file(file).expr(base).kind else { return false };
    program.types_named(ty).iter().any(|ty| program.has_case(*ty, name))
}
