//! What runs where no call is written: setters and observers, subscripts, key paths. Operators are in [`super::operators`].
//!
//! Only what may come to a report is looked for. Where it certainly runs, the path goes on behind it; where it may run, the
//! path is not understood.

use smol_str::SmolStr;

use super::call::Call;
use super::join::join;
use super::state::{Known, Leave, Origin, State, Value};
use super::walk::Walk;
use crate::facts::{Arg, ExprId, ExprKind, FunctionKind, TypeDeclKind};
use crate::finding::Confidence;
use crate::program::{FunctionRef, Ty};

/// Links of a chain that are looked through for whose value a write changes.
const MAX_WRITTEN: usize = 16;

/// Functions that run without a call.
#[derive(Default)]
pub(super) struct Implied {
    functions: Vec<FunctionRef>,
    /// They certainly run: all of them are found, and nothing else can be meant.
    is_certain: bool,
}

impl Implied {
    pub(super) fn certain(functions: Vec<FunctionRef>) -> Self {
        Self { functions, is_certain: true }
    }

    pub(super) fn possible(functions: Vec<FunctionRef>) -> Self {
        Self { functions, is_certain: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }
}

impl Walk<'_> {
    /// Continues a path behind what is implied; of what only may run, nothing is known but that it may report.
    pub(super) fn run_implied(
        &mut self,
        implied: &Implied,
        call: &Call<'_>,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<(State, Value)> {
        if implied.functions.is_empty() {
            return vec![(state, Value::from(call.origin()))];
        }
        if implied.is_certain {
            return self.run_functions(&implied.functions, call, Confidence::High, state, leaves);
        }
        self.run_perhaps(&implied.functions, call, state)
    }

    /// Something that may run here, or may not.
    pub(super) fn run_perhaps(
        &mut self,
        functions: &[FunctionRef],
        call: &Call<'_>,
        state: State,
    ) -> Vec<(State, Value)> {
        if functions.iter().any(|at| self.effect_of(*at, &state).duty != super::state::Duty::None) {
            return vec![Self::unseen(state, call, "whether it runs code that reports is not known")];
        }
        vec![(state, Value::from(call.origin()))]
    }

    // --- Writing ---------------------------------------------------------------------------------------------

    /// What is written has setters and observers, and so has whatever holds it as a value.
    pub(super) fn written(
        &mut self,
        target: ExprId,
        value: &Value,
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let mut states = vec![state];
        if !self.duties.reach.has_setters() && !self.duties.reach.hidden().has_observed() {
            return states;
        }
        let facts = self.duties.program.file(self.function.file);
        let mut at = target;
        let mut value = value.clone();
        for _ in 0..MAX_WRITTEN {
            let whole = facts.expr(at);
            let (implied, args, base): (Implied, &[Arg], Option<ExprId>) = match &whole.kind {
                ExprKind::Name(name) => (self.setters(at, name), &[], None),
                ExprKind::Member { base: Some(base), name, .. } => (self.setters(at, name), &[], Some(*base)),
                ExprKind::Subscript { base, args, .. } if is_key_path(args) => {
                    (self.key_path_setters(*base, args), &[], Some(*base))
                }
                ExprKind::Subscript { base, args, .. } => {
                    (self.subscripts(*base, args, FunctionKind::Setter), args, Some(*base))
                }
                ExprKind::ForceUnwrap(inner) | ExprKind::Cast(_, inner, _) => {
                    at = *inner;
                    continue;
                }
                ExprKind::Tuple(parts) => {
                    for part in parts {
                        let mut next = Vec::new();
                        for state in states {
                            next.extend(self.written(part.value, &Value::from(value.origin), state, leaves));
                        }
                        states = join(next);
                    }
                    return states;
                }
                _ => return states,
            };
            if let ExprKind::Name(name) | ExprKind::Member { name, .. } = &whole.kind {
                states = states.into_iter().map(|state| self.observe(at, name, state)).collect();
            }
            if !implied.functions.is_empty() {
                let mut args = args.to_vec();
                let mut values = vec![Value::default(); args.len()];
                args.push(Arg { label: None, value: at, is_trailing: false, is_inout: false });
                values.push(value.clone());
                let name = SmolStr::new_static("set");
                let (at, receiver) = (self.at(whole.span), Origin::Own);
                let call = Call {
                    at,
                    name,
                    on: None,
                    args: &args,
                    values,
                    receiver,
                    this: Known::Any,
                    is_statement: true,
                    rounds: 0,
                };
                let mut next = Vec::new();
                for state in states {
                    let done = self.run_implied(&implied, &call, state, leaves);
                    next.extend(done.into_iter().map(|(state, _)| state));
                }
                states = join(next);
            }
            value = Value::default();
            match base {
                Some(base) if self.may_be_value(base) => at = base,
                _ => break,
            }
        }
        states
    }

    /// A method that changes the value it is called on writes it.
    pub(super) fn changed(
        &mut self,
        base: ExprId,
        method: &str,
        called: &[FunctionRef],
        state: State,
        leaves: &mut Vec<Leave>,
    ) -> Vec<State> {
        let program = self.duties.program;
        let is_changing = if called.is_empty() {
            crate::vocabulary::is_changing(method)
        } else {
            called.iter().any(|at| program.function(*at).modifiers.is_mutating)
        };
        if is_changing && self.may_be_value(base) {
            return self.written(base, &Value::default(), state, leaves);
        }
        vec![state]
    }

    /// Whether an expression may yield a value rather than a reference to an object.
    fn may_be_value(&self, expr: ExprId) -> bool {
        let program = self.duties.program;
        match program.type_of(&self.place(), expr).as_ref().map(Ty::unwrapped) {
            Some(Ty::Project(ty)) => {
                !matches!(program.ty(*ty).kind, TypeDeclKind::Class | TypeDeclKind::Actor)
                    && !program.outside_ancestors(*ty).contains(&"AnyObject")
            }
            Some(Ty::Outside(name)) => crate::vocabulary::is_value_type(name),
            Some(Ty::Meta(_) | Ty::Function(_)) => false,
            _ => true,
        }
    }

    /// What writing a property runs.
    fn setters(&self, expr: ExprId, name: &SmolStr) -> Implied {
        let reporting = self.duties.reach.setters(name);
        if self.duties.has_dynamic_members
            && let ExprKind::Member { base: Some(base), .. } =
                &self.duties.program.file(self.function.file).expr(expr).kind
        {
            let found = self.dynamic_member(*base, name, FunctionKind::Setter);
            if !found.is_empty() {
                return Implied::certain(found);
            }
        }
        if reporting.is_empty() || self.is_building(expr) {
            return Implied::default();
        }
        if self.local_named(expr).is_some() {
            return Implied::certain(self.local_accessors(
                name,
                FunctionKind::Observer,
                FunctionKind::Setter,
            ));
        }
        let program = self.duties.program;
        match self.property_at(expr) {
            Some(property) => {
                let found = program.accessors(property);
                Implied { functions: found.setters, is_certain: !found.has_plain }
            }
            None => match &program.file(self.function.file).expr(expr).kind {
                ExprKind::Member { base: Some(base), .. }
                    if program.type_of(&self.place(), *base).is_none() =>
                {
                    Implied::possible(reporting.to_vec())
                }
                _ => Implied::default(),
            },
        }
    }

    /// An initialiser sets the properties of its own object without running their observers.
    fn is_building(&self, target: ExprId) -> bool {
        let facts = self.duties.program.file(self.function.file);
        let is_own = match &facts.expr(target).kind {
            ExprKind::Name(_) => true,
            ExprKind::Member { base: Some(base), .. } => matches!(facts.expr(*base).kind, ExprKind::SelfRef),
            _ => false,
        };
        is_own && self.duties.program.function(self.function).kind == FunctionKind::Initializer
    }

    /// The accessors of a local variable that stands around here.
    pub(super) fn local_accessors(
        &self,
        name: &str,
        kind: FunctionKind,
        other: FunctionKind,
    ) -> Vec<FunctionRef> {
        let Some(local) = self.scope.get(name) else { return Vec::new() };
        let accessors = self.closures.keys().copied().filter(|at| {
            let function = self.duties.program.function(*at);
            function.name == name
                && (function.kind == kind || function.kind == other)
                && function.span.start > local.id.0
        });
        let mut found: Vec<FunctionRef> = accessors.collect();
        found.sort();
        found
    }

    // --- Subscripts ------------------------------------------------------------------------------------------

    /// What `base[…]` runs: of the project's subscripts those that may report.
    pub(super) fn subscripts(&self, base: ExprId, args: &[Arg], kind: FunctionKind) -> Implied {
        let program = self.duties.program;
        let fits = |at: &FunctionRef| {
            let params = &program.function(*at).params;
            let count = if kind == FunctionKind::Setter { args.len() + 1 } else { args.len() };
            params.len() == count
                && args.iter().zip(params).all(|(arg, param)| match &arg.label {
                    Some(label) => param.label.as_ref() == Some(label),
                    None => !param.label.as_deref().is_some_and(is_special),
                })
        };
        let all = self.duties.reach.subscripts();
        let reporting: Vec<FunctionRef> =
            all.iter().copied().filter(|at| program.function(*at).kind == kind && fits(at)).collect();
        if reporting.is_empty() {
            return Implied::default();
        }
        let Some(ty) = program.type_of(&self.place(), base) else { return Implied::possible(reporting) };
        let Some(ty) = ty.project() else {
            let name = ty.name(program).unwrap_or_default();
            let of_extension = |at: &FunctionRef| {
                let owner = program.owner(*at).map(|owner| program.ty(owner));
                owner.is_some_and(|owner| owner.kind == TypeDeclKind::Extension && extends(&owner.name, name))
            };
            return Implied::possible(reporting.into_iter().filter(of_extension).collect());
        };
        let around = program.ancestry(ty);
        let own: Vec<FunctionRef> = reporting
            .into_iter()
            .filter(|at| program.owner(*at).is_some_and(|owner| around.contains(&owner)))
            .collect();
        let named = around.iter().flat_map(|ty| program.methods(*ty, "subscript"));
        let alternatives = named.filter(|at| program.function(**at).params.len() == args.len()).count();
        Implied { is_certain: own.len() == 1 && alternatives == 1, functions: own }
    }

    // --- Reading ---------------------------------------------------------------------------------------------

    /// What reading runs where an expression names a computed property, if it may come to a report.
    pub(super) fn getters(&self, expr: ExprId, name: &SmolStr) -> Implied {
        let reporting = self.duties.reach.getters(name);
        if self.duties.has_dynamic_members
            && let ExprKind::Member { base: Some(base), .. } =
                &self.duties.program.file(self.function.file).expr(expr).kind
        {
            let found = self.dynamic_member(*base, name, FunctionKind::Subscript);
            if !found.is_empty() {
                return Implied::certain(found);
            }
        }
        if reporting.is_empty() {
            return Implied::default();
        }
        let program = self.duties.program;
        if self.local_named(expr).is_some() {
            return Implied::certain(self.local_accessors(name, FunctionKind::Getter, FunctionKind::Getter));
        }
        if let Some(name) = name.strip_prefix('$') {
            let projection = program
                .property_named(&self.place(), &SmolStr::new(name))
                .and_then(|at| program.projection(at));
            return Implied::certain(projection.into_iter().collect());
        }
        match self.property_at(expr) {
            Some(property) => Implied::certain(program.accessors(property).getters),
            None => Implied::default(),
        }
    }

    /// What `base[keyPath: path] = …` runs.
    fn key_path_setters(&self, base: ExprId, args: &[Arg]) -> Implied {
        let program = self.duties.program;
        let facts = program.file(self.function.file);
        let names = args.first().map(|arg| &facts.expr(arg.value).kind);
        let Some(ExprKind::KeyPath(names)) = names else { return Implied::default() };
        let Some(name) = names.last() else { return Implied::default() };
        let reporting = self.duties.reach.setters(name);
        let ty = program.type_of(&self.place(), base).and_then(|ty| ty.project());
        let property = ty.filter(|_| names.len() == 1).and_then(|ty| program.find_property(ty, name));
        match property {
            Some(property) if !reporting.is_empty() => Implied::certain(program.accessors(property).setters),
            _ => Implied::possible(reporting.to_vec()),
        }
    }

    /// What a key path stands for: the getter that it reads, where that may report and there is one only.
    pub(super) fn key_path(&self, names: &[SmolStr]) -> Option<FunctionRef> {
        match self.duties.reach.getters(names.last()?) {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// `base[keyPath: path]`
pub(super) fn is_key_path(args: &[Arg]) -> bool {
    matches!(args, [arg] if arg.label.as_deref() == Some("keyPath"))
}

/// Whether a subscript of this label is not written in brackets without it.
fn is_special(label: &str) -> bool {
    matches!(label, "dynamicMember" | "keyPath")
}

/// Whether an extension of a protocol or type of the standard library is one of a type.
fn extends(extended: &str, ty: &str) -> bool {
    extended == ty
        || matches!(extended, "Collection" | "Sequence" | "RandomAccessCollection" | "MutableCollection")
            && matches!(ty, "Array" | "Set" | "Dictionary" | "String" | "Data")
}
