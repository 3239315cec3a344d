//! What is known of a property that is read, and what reading it does.

use smol_str::SmolStr;

use super::call::Call;
use super::state::{Duty, Known, Leave, State, Value};
use super::walk::Walk;
use crate::facts::{ExprId, ExprKind, FunctionKind};
use crate::program::{FunctionRef, PropertyRef, Ty, TypeIndex};

impl Walk<'_> {
    /// What is known of a property (or function) named without a base.
    pub(super) fn property_value(&self, name: &str, state: &State) -> Value {
        if let Some(known) = state.decided(name) {
            return Value::known(Known::Bool(known));
        }
        if let Some(is_nil) = state.decided(&format!("{name}==nil")) {
            return Value::known(if is_nil { Known::Nil } else { Known::Something });
        }
        let program = self.duties.program;
        let Some(owner) = program.owner(self.function) else {
            return Value::known(self.function_named(program.functions_named(name)));
        };
        match program.find_property(owner, name) {
            Some(property) => Value::known(self.stored(property)),
            None => Value::known(self.function_named(&program.find_methods(owner, name))),
        }
    }

    pub(super) fn member_value(&self, base: ExprId, name: &str, text: Option<&str>, state: &State) -> Known {
        let program = self.duties.program;
        if let Some(text) = text {
            if let Some(known) = state.decided(text) {
                return Known::Bool(known);
            }
            if let Some(is_nil) = state.decided(&format!("{text}==nil")) {
                return if is_nil { Known::Nil } else { Known::Something };
            }
        }
        let Some(ty) = program.type_of(&self.place(), base) else { return Known::Any };
        let Some(index) = ty.project() else { return Known::Any };
        if let Some(property) = program.find_property(index, name) {
            return self.stored(property);
        }
        if matches!(ty.unwrapped(), Ty::Meta(_)) && program.has_case(index, name) {
            return Known::Case(name.into());
        }
        self.function_named(&self.meant(index, name))
    }

    /// The methods that a name may stand for as a value: of what a protocol asks for those of its implementations.
    fn meant(&self, ty: TypeIndex, name: &str) -> Vec<FunctionRef> {
        let program = self.duties.program;
        let found = program.find_methods(ty, name);
        match found.as_slice() {
            [only] if program.function(*only).body.is_none() => program.dispatch(ty, name, |_| true),
            _ => found,
        }
    }

    /// Whether a name stands for one of several functions as a value, some of which may report.
    fn is_one_of_several(&self, expr: ExprId, name: &SmolStr) -> bool {
        let program = self.duties.program;
        let found = match &program.file(self.function.file).expr(expr).kind {
            ExprKind::Name(_) if self.scope.get(name).is_some() => return false,
            ExprKind::Name(_) => match program.owner(self.function) {
                Some(owner) if program.find_property(owner, name).is_some() => return false,
                Some(owner) => self.meant(owner, name),
                None => program.functions_named(name).to_vec(),
            },
            ExprKind::Member { base: Some(base), .. } => {
                let ty = program.type_of(&self.place(), *base).and_then(|ty| ty.project());
                match ty.filter(|ty| program.find_property(*ty, name).is_none()) {
                    Some(ty) => self.meant(ty, name),
                    None => return false,
                }
            }
            _ => return false,
        };
        found.len() > 1 && found.iter().any(|at| self.duties.reach.may_report(*at))
    }

    /// What is known of an implicit member: which case it is, unless it is a property or a function.
    pub(super) fn implicit_value(&self, expr: ExprId, name: &SmolStr) -> Known {
        match self.property_at(expr) {
            Some(property) => self.stored(property),
            None => Known::Case(name.clone()),
        }
    }

    /// A function used as a value, where the name stands for one function only.
    pub(super) fn function_named(&self, found: &[FunctionRef]) -> Known {
        match found {
            [only]
                if matches!(
                    self.duties.program.function(*only).kind,
                    FunctionKind::Function | FunctionKind::Initializer
                ) =>
            {
                Known::Function(*only)
            }
            _ => Known::Any,
        }
    }

    /// What a property ever holds: the one closure, or the one case of an enum.
    fn stored(&self, property: PropertyRef) -> Known {
        match self.duties.constant_case(property) {
            Some(case) => Known::Case(case),
            None => self.stored_closure(property),
        }
    }

    /// The one closure that a property of function type ever holds.
    fn stored_closure(&self, property: PropertyRef) -> Known {
        let program = self.duties.program;
        if !matches!(program.type_of_property(property).as_ref().map(Ty::unwrapped), Some(Ty::Function(_))) {
            return Known::Any;
        }
        match self.duties.stored_functions(property).as_deref() {
            Some([only]) => Known::Function(*only),
            _ => Known::Any,
        }
    }

    /// Reads a property: where its getter may report, the getter runs.
    pub(super) fn read(
        &mut self,
        expr: ExprId,
        name: &SmolStr,
        value: Value,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        let getters = self.getters(expr, name);
        let state = self.first_use(expr, state);
        if getters.is_empty() {
            let is_open = value.known == Known::Any && state.key.duty == Duty::None;
            if is_open && self.duties.reach.is_named(name) && self.is_one_of_several(expr, name) {
                let at = self.at(self.duties.program.file(self.function.file).expr(expr).span);
                let call = Call::implied(at, name.clone());
                return vec![Self::unseen(state, &call, "which of several functions is meant is not known")];
            }
            return vec![(state, value)];
        }
        let at = self.at(self.duties.program.file(self.function.file).expr(expr).span);
        let text = self.duties.program.dotted(self.function.file, expr);
        let mut all = Vec::new();
        for (mut state, found) in
            self.run_implied(&getters, &Call::implied_value(at, name.clone()), state, leaves)
        {
            // A condition that was decided on this path stays so.
            let is_open = value.known == Known::Any;
            if !is_open && found.known != Known::Any && found.known != value.known {
                continue;
            }
            let known = if is_open { found.known } else { value.known.clone() };
            if let (Known::Bool(holds), Some(text)) =
                (&known, text.as_ref().filter(|text| self.is_repeated(text)))
            {
                state.decide(text, *holds);
            }
            all.push((state, Value { known, origin: value.origin.max(found.origin) }));
        }
        all
    }
}
