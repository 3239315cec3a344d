//! Chains of members, calls and subscripts, with every `?` in them.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::call::Call;
use super::eval::MAX_EXPRESSION_DEPTH;
use super::implied::is_key_path;
use super::join::join_values;
use super::state::{At, Duty, Known, Leave, NilHolder, Origin, State, Value, When};
use super::summary::Context;
use super::trace::StepKind;
use super::walk::Walk;
use crate::facts::{Arg, ExprId, ExprKind, FunctionKind, TypeDeclKind};
use crate::finding::Confidence;
use crate::program::{FunctionRef, Target};
use crate::vocabulary::{Meaning, Owed};

/// A `?` in a chain met nil there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Skipped {
    pub(super) at: At,
    /// What was nil is made from the payload.
    pub(super) is_derived: bool,
}

/// A state with the value of a chain, as far as it came.
pub(super) type Link = (State, Result<Value, Skipped>);

/// Nobody writes a call with more arguments; of those that a generator writes the first ones are told apart.
const MAX_ARGUMENTS: usize = 256;

impl Walk<'_> {
    /// One link of a chain of members, calls and subscripts.
    pub(super) fn link(&mut self, expr: ExprId, state: State, leaves: &mut Vec<Leave>) -> Vec<Link> {
        if self.depth >= MAX_EXPRESSION_DEPTH {
            return vec![(state, Ok(Value::default()))];
        }
        self.depth += 1;
        let found = self.link_inside(expr, state, leaves);
        self.depth -= 1;
        let at = self.at(self.duties.program.file(self.function.file).expr(expr).span);
        // Of more `?` than anybody writes it does not matter which one met nil.
        join_values(found, |value| match value {
            Ok(value) => value.forget(),
            Err(skipped) => skipped.at = at,
        })
    }

    fn link_inside(&mut self, expr: ExprId, state: State, leaves: &mut Vec<Leave>) -> Vec<Link> {
        let program = self.duties.program;
        let file = self.function.file;
        match &program.file(file).expr(expr).kind {
            ExprKind::Member { base: Some(base), name, is_optional, .. } => {
                let text = program.dotted(file, expr);
                let mut all = Vec::new();
                for (state, found) in self.base(*base, *is_optional, state, leaves) {
                    let base_value: Value = match found {
                        Ok(value) => value,
                        Err(skipped) => {
                            all.push((state, Err(skipped)));
                            continue;
                        }
                    };
                    let known = match (&base_value.known, name.as_str()) {
                        (Known::Metadata, "mustReport") => Known::MustReport,
                        (Known::PushType, "rawValue") | (Known::PushPayload, "type") => Known::PushType,
                        _ if self.is_uuid_text(*base, name) => Known::UuidText,
                        _ => self.member_value(*base, name, text.as_deref(), &state),
                    };
                    let origin = match known {
                        Known::MustReport => Origin::Own,
                        _ => self.duties.owed.origin_of_member(base_value.origin, name),
                    };
                    if let Known::Case(_) = base_value.known
                        && let Some(getter) = self.getter_of_case(expr)
                    {
                        let at = self.at(program.file(file).expr(expr).span);
                        let this = base_value.known.clone();
                        let call = Call { this, ..Call::implied_value(at, name.clone()) };
                        let found = self.run_functions(&[getter], &call, Confidence::High, state, leaves);
                        all.extend(found.into_iter().map(|(state, value)| (state, Ok(value))));
                        continue;
                    }
                    let read = self.read(expr, name, Value { known, origin }, state, leaves);
                    all.extend(read.into_iter().map(|(state, value)| (state, Ok(value))));
                }
                all
            }
            ExprKind::Member { base: None, name, .. } => {
                let value = Value::known(self.implicit_value(expr, name));
                let read = self.read(expr, name, value, state, leaves);
                read.into_iter().map(|(state, value)| (state, Ok(value))).collect()
            }
            ExprKind::Call { callee, args, is_optional } => {
                self.call(expr, *callee, args, *is_optional, state, leaves)
            }
            ExprKind::Subscript { base, args, is_optional } => {
                let mut all = Vec::new();
                for (state, found) in self.base(*base, *is_optional, state, leaves) {
                    let value = match found {
                        Ok(value) => value,
                        Err(skipped) => {
                            all.push((state, Err(skipped)));
                            continue;
                        }
                    };
                    for (state, values) in self.arguments(args, &[], state, leaves) {
                        let origin = values
                            .iter()
                            .map(|value| value.origin)
                            .max()
                            .unwrap_or_default()
                            .max(value.origin);
                        all.extend(self.subscript(expr, origin.min(Origin::Part), values, state, leaves));
                    }
                }
                all
            }
            _ => {
                self.eval(expr, state, leaves).into_iter().map(|(state, value)| (state, Ok(value))).collect()
            }
        }
    }

    /// The getter of a property of an enum, where it matters which case it is.
    fn getter_of_case(&self, expr: ExprId) -> Option<FunctionRef> {
        let program = self.duties.program;
        let property = self.property_at(expr)?;
        let owner = program.property_owner(property)?;
        let getter = program.property(property).getter?;
        (program.ty(owner).kind == TypeDeclKind::Enum)
            .then_some(FunctionRef { file: property.file, id: getter })
    }

    /// A subscript whose base and arguments are evaluated.
    fn subscript(
        &mut self,
        expr: ExprId,
        origin: Origin,
        values: Vec<Value>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<Link> {
        let whole = self.duties.program.file(self.function.file).expr(expr);
        let ExprKind::Subscript { base, args, .. } = &whole.kind else { return Vec::new() };
        let plain = Value::from(origin);
        let at = self.at(whole.span);
        let name = SmolStr::new_static("subscript");
        let run = match values.first().and_then(Value::function) {
            // `value[keyPath: path]`
            Some(getter) if is_key_path(args) => {
                let call = Call::implied_value(at, name);
                self.run_functions(&[getter], &call, Confidence::High, state, leaves)
            }
            _ => {
                let implied = self.subscripts(*base, args, FunctionKind::Subscript);
                if implied.is_empty() {
                    return vec![(state, Ok(plain))];
                }
                let call = Call {
                    at,
                    name,
                    on: None,
                    args,
                    values,
                    receiver: origin,
                    this: Known::Any,
                    is_statement: false,
                    rounds: 0,
                };
                self.run_implied(&implied, &call, state, leaves)
            }
        };
        let value = |value: Value| Ok(Value { origin: value.origin.max(plain.origin), ..value });
        run.into_iter().map(|(state, found)| (state, value(found))).collect()
    }

    /// The base of a member, call or subscript; behind a `?` it is nil on one of two paths.
    pub(super) fn base(
        &mut self,
        base: ExprId,
        is_optional: bool,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<Link> {
        let links = self.link(base, state, leaves);
        if !is_optional {
            return links;
        }
        let program = self.duties.program;
        let at = self.at(program.file(self.function.file).expr(base).span);
        let text = program.dotted(self.function.file, base);
        let local = self.local_named(base);
        let mut all = Vec::new();
        for (state, found) in links {
            let value = match found {
                Ok(value) => value,
                Err(skipped) => {
                    all.push((state, Err(skipped)));
                    continue;
                }
            };
            let key = text.as_ref().filter(|_| local.is_none()).map(|text| format!("{text}==nil"));
            let decided = key.as_ref().and_then(|key| state.decided(key));
            let may_be_nil = !matches!(
                value.known,
                Known::Something
                    | Known::Function(_)
                    | Known::PushPayload
                    | Known::PushType
                    | Known::Metadata
                    | Known::Bool(_)
            ) && decided != Some(false);
            let may_be_some = value.known != Known::Nil && decided != Some(true);
            // A closure parameter that is nil has nothing to do.
            if may_be_nil && !matches!(value.known, Known::Param(_)) {
                let mut nil = state.clone();
                if let Some(key) = key.as_ref().filter(|key| self.is_repeated(key)) {
                    nil.decide(key, true);
                }
                all.push((nil, Err(Skipped { at, is_derived: value.is_derived() })));
            }
            if may_be_some {
                let mut some = state;
                if let Some(key) = key.as_ref().filter(|key| self.is_repeated(key)) {
                    some.decide(key, false);
                }
                all.push((some, Ok(value)));
            }
        }
        all
    }

    /// The arguments of a call, in order; those that wait are left to what is called.
    pub(super) fn arguments(
        &mut self,
        args: &[Arg],
        waiting: &[usize],
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Vec<Value>)> {
        let mut states: Vec<(State, Vec<Value>)> = vec![(state, Vec::new())];
        for (position, arg) in args.iter().enumerate() {
            if waiting.contains(&position) {
                for (_, values) in &mut states {
                    values.resize_with(position, Value::default);
                    values.push(Value::known(Known::Unevaluated(arg.value)));
                }
                continue;
            }
            let mut next = Vec::new();
            for (state, mut values) in states {
                let mut found = self.eval(arg.value, state, leaves);
                let last = found.pop();
                for (state, value) in found {
                    next.push((state, with(values.clone(), position, value)));
                }
                if let Some((state, value)) = last {
                    values = with(values, position, value);
                    next.push((state, values));
                }
            }
            states = join_values(next, |values| values.iter_mut().for_each(Value::forget));
        }
        // Of those that are not told apart nothing is known.
        states.iter_mut().for_each(|(_, values)| values.resize_with(args.len(), Value::default));
        states
    }

    /// Whether a call in a chain leads to a report, were nothing in the chain nil.
    pub(super) fn may_report(&mut self, expr: ExprId) -> bool {
        let program = self.duties.program;
        let file = self.function.file;
        let mut open = vec![expr];
        while let Some(at) = open.pop() {
            match &program.file(file).expr(at).kind {
                ExprKind::Call { callee, args, .. } => {
                    let target = self.target(at, *callee, args);
                    if self.target_reports(&target) {
                        return true;
                    }
                    open.push(*callee);
                }
                ExprKind::Member { base: Some(base), .. } | ExprKind::Subscript { base, .. } => {
                    open.push(*base);
                }
                _ => {}
            }
        }
        false
    }

    /// Whether what a call may run reports on some path, whatever it is given.
    pub(super) fn target_reports(&mut self, target: &Target) -> bool {
        match target {
            Target::Functions(found) => found.iter().any(|at| {
                if !self.duties.reach.may_report(*at) {
                    return false;
                }
                let args = vec![Value::default(); self.duties.program.function(*at).params.len()];
                let context = Context { function: *at, args, this: Known::Any };
                let (_, summary) = self.duties.ask(&context, self.id, self.depth);
                self.is_provisional |= summary.is_none();
                summary.is_some_and(|summary| summary.keys().any(|key| key.duty >= Duty::Deferred))
            }),
            Target::Outside { call, .. } => self.duties.lookup(call).is_some_and(|found| {
                matches!(
                    found.meaning,
                    Meaning::Reports { .. }
                        | Meaning::Answers
                        | Meaning::Activates
                        | Meaning::CallsBack { is_synchronous: true, .. }
                )
            }),
            _ => false,
        }
    }
}

/// Joins the paths on which a `?` of the chain met nil with the others: they count only where the others did
/// something for the duty, or may have, had they been possible.
pub(super) fn close_chain(
    before: &(Duty, BTreeSet<(u16, When)>),
    links: Vec<Link>,
    may_report: bool,
) -> Vec<(State, Value)> {
    let has_nil = links.iter().any(|(_, value)| value.is_err());
    let some: Vec<&State> = links.iter().filter(|(_, value)| value.is_ok()).map(|(state, _)| state).collect();
    let leads_to_report =
        some.iter().any(|state| state.key.duty > before.0 && state.key.duty >= Duty::Deferred) || may_report;
    let did_something = leads_to_report || some.iter().any(|state| state.key.params != before.1);
    let only_nil = links.iter().all(|(_, value)| value.is_err());
    let mut all = Vec::new();
    for (state, value) in links {
        match value {
            Ok(mut value) => {
                match value.known {
                    Known::Any if has_nil && did_something => value.known = Known::Something,
                    // Whether something was nil on the way is not told apart.
                    Known::UuidText if has_nil => value.known = Known::Any,
                    _ => {}
                }
                all.push((state, value));
            }
            Err(skipped) if leads_to_report => all.push((state.skip(skipped), Value::known(Known::Nil))),
            Err(_) if only_nil || did_something => all.push((state, Value::known(Known::Nil))),
            Err(_) => {}
        }
    }
    all
}

impl State {
    /// The report (or what may lead to one) was skipped.
    fn skip(mut self, skipped: Skipped) -> State {
        if self.key.duty < Duty::Reported && !skipped.is_derived {
            let holder = NilHolder { at: skipped.at, is_written_out: false };
            self.key.nil_holder = self.key.nil_holder.filter(|known| !known.is_written_out).or(Some(holder));
        }
        self.step(skipped.at, StepKind::Skip)
    }
}

impl Owed {
    /// What a member of a value has to do with the payload. By a field of an action nobody can answer it.
    fn origin_of_member(self, base: Origin, name: &str) -> Origin {
        match (base, self) {
            (Origin::Payload, Owed::Answer | Owed::Activation) => Origin::Own,
            (Origin::Payload, Owed::Report) if name != "dictionaryPayload" => Origin::Part,
            (base, _) => base,
        }
    }
}

/// The values of the arguments so far, with one more.
fn with(mut values: Vec<Value>, position: usize, value: Value) -> Vec<Value> {
    if position < MAX_ARGUMENTS {
        values.push(value);
    }
    values
}
