//! Where a duty begins: the methods that the system calls, and expects something of.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::facts::{ExprId, ExprKind, FileFacts, Function, FunctionKind};
use crate::program::{Around, ExprRef, FunctionRef, Place, Program, Scope, Write};
use crate::source::Role;
use crate::vocabulary::{ACTION_NAMES, HANDLER_NAMES, HandlerForm, Owed, handler_form, is_given_action};

/// A method that the system calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A push handler, by its spelling.
    Push(HandlerForm),
    /// A method that is given an action.
    Action,
}

/// The methods of the project's own code in which a duty begins.
pub(super) fn of(owed: Owed, program: &Program) -> BTreeMap<FunctionRef, Entry> {
    let asked_for = if owed == Owed::Answer { asked_for(program) } else { Vec::new() };
    let is_asked_for = |action: &SmolStr| {
        asked_for.iter().any(|asked| match asked {
            Asked::Any => true,
            Asked::Of(ty) => ty == action,
        })
    };
    let names = match owed {
        Owed::Report => HANDLER_NAMES.to_vec(),
        Owed::Answer => ACTION_NAMES.to_vec(),
        Owed::Activation => [HANDLER_NAMES, ACTION_NAMES].concat(),
    };
    let named = names.iter().flat_map(|name| program.functions_named(name)).copied();
    let methods = named.map(|at| (at, program.function(at))).filter(|(at, facts)| {
        program.role(at.file) == Role::Own
            && facts.kind == FunctionKind::Function
            // Of a type that could not be parsed its members may be all that is left.
            && (facts.owner.is_some() || facts.is_broken)
            && facts.parent.is_none()
            && facts.body.is_some()
            && !facts.build.iter().any(|condition| condition.on_device() == Some(false))
    });
    let entry = |(at, facts): (FunctionRef, &Function)| {
        let labels: Vec<Option<&str>> = facts.params.iter().map(|param| param.label.as_deref()).collect();
        let entry = match owed {
            Owed::Report => {
                let form = handler_form(&facts.name, &labels, facts.is_async)?;
                serves_calls(program, at).then_some(Entry::Push(form))?
            }
            Owed::Answer => {
                let action = facts.params.get(1)?.ty.as_ref()?.name()?;
                let is_due = is_given_action(&facts.name, &labels, action)
                    && !is_asked_for(action)
                    && !is_spared(program, at);
                is_due.then_some(Entry::Action)?
            }
            Owed::Activation => match handler_form(&facts.name, &labels, facts.is_async) {
                Some(form) => serves_calls(program, at).then_some(Entry::Push(form))?,
                None => {
                    let action = facts.params.get(1)?.ty.as_ref()?.name()?;
                    let is_begin = is_given_action(&facts.name, &labels, action)
                        && matches!(action.as_str(), "CXAnswerCallAction" | "CXStartCallAction");
                    is_begin.then_some(Entry::Action)?
                }
            },
        };
        Some((at, entry))
    };
    methods.filter_map(entry).collect()
}

/// What a provider is asked for its actions with.
const ASKING: [&str; 2] = ["pendingTransactions", "pendingCallActions"];

/// The actions that somebody asks a provider for, and may answer away from the methods that were given them: by their
/// type, where it is known. Whoever only counts them answers nothing.
fn asked_for(program: &Program) -> Vec<Asked> {
    let naming = ASKING.map(|name| program.files_with(name, Around::ANY));
    let naming: BTreeSet<u32> = naming.into_iter().flatten().collect();
    let product = naming.into_iter().filter(|file| program.role(*file) != Role::Test);
    product.flat_map(|file| asked_for_in(program.file(file))).collect()
}

fn asked_for_in(file: &FileFacts) -> Vec<Asked> {
    let parts: BTreeSet<u32> = ASKING.iter().flat_map(|name| file.parts_with(name, Around::ANY)).collect();
    let exprs = || parts.iter().flat_map(|part| file.exprs_of_part(*part));
    let asked: Vec<(ExprId, Asked)> = exprs().filter_map(|(id, _)| Some((id, asked_by(file, id)?))).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    // `pendingTransactions` of a provider is a property, and whoever counts answers nothing.
    let no_answers: BTreeSet<ExprId> = exprs()
        .filter_map(|(_, expr)| match &expr.kind {
            ExprKind::Member { base, name, .. } if matches!(name.as_str(), "isEmpty" | "count") => *base,
            ExprKind::Call { callee, .. } => Some(*callee),
            _ => None,
        })
        .collect();
    asked.into_iter().filter(|(id, _)| !no_answers.contains(id)).map(|(_, action)| action).collect()
}

/// The actions that a provider is asked for.
enum Asked {
    /// Whatever waits.
    Any,
    /// Those of a type.
    Of(SmolStr),
}

/// What an expression asks a provider for, where it does: `pendingTransactions`, or the type in
/// `pendingCallActions(of: CXAnswerCallAction.self, withCall: id)`.
fn asked_by(file: &FileFacts, id: ExprId) -> Option<Asked> {
    match &file.expr(id).kind {
        ExprKind::Member { name, .. } if name == "pendingTransactions" => Some(Asked::Any),
        ExprKind::Call { callee, args, .. } => {
            let is_asking = matches!(&file.expr(*callee).kind,
                ExprKind::Member { name, .. } if name == "pendingCallActions");
            let of = args.first().map(|arg| &file.expr(arg.value).kind);
            let ty = match of {
                Some(ExprKind::Member { base: Some(ty), name, .. }) if name == "self" => {
                    match &file.expr(*ty).kind {
                        ExprKind::Name(name) => Asked::Of(name.clone()),
                        _ => Asked::Any,
                    }
                }
                _ => Asked::Any,
            };
            is_asking.then_some(ty)
        }
        _ => None,
    }
}

/// Whether the delegate takes whole transactions, so that its methods for single actions may never be called.
fn is_spared(program: &Program, at: FunctionRef) -> bool {
    let takes_transaction = |method: &FunctionRef| {
        let params = &program.function(*method).params;
        params.len() == 2 && params[1].label.as_deref() == Some("execute")
    };
    program.owner(at).is_some_and(|owner| {
        program.find_methods(owner, &program.function(at).name).iter().any(takes_transaction)
    })
}

/// Whether the registries that a handler's type sets up (or else those of the whole unit) ask for VoIP pushes:
/// a handler that only serves `.fileProvider` or `.complication` has nothing to report.
fn serves_calls(program: &Program, handler: FunctionRef) -> bool {
    let writes: Vec<&Write> = program
        .writes("desiredPushTypes")
        .iter()
        .filter(|write| program.role(write.value.file) != Role::Test)
        .collect();
    let own: Vec<&Write> = writes
        .iter()
        .copied()
        .filter(|write| write.function.and_then(|at| program.owner(at)) == program.owner(handler))
        .collect();
    let of_its_registries: Vec<&Write> =
        writes.iter().copied().filter(|write| sets_up_for(program, write, handler)).collect();
    let asked =
        [of_its_registries, own, writes].into_iter().find(|asked| !asked.is_empty()).unwrap_or_default();
    asked.is_empty() || asked.iter().any(|write| may_name_voip(program, write.value))
}

/// Whether push types are set on a registry whose delegate is, in the same function, an object of the handler's type.
fn sets_up_for(program: &Program, types: &Write, handler: FunctionRef) -> bool {
    let registry = |write: &Write| match write.target.map(|target| (target.file, &program.expr(target).kind))
    {
        Some((file, ExprKind::Member { base: Some(base), .. })) => program.dotted(file, *base),
        _ => None,
    };
    let owner = program.owner(handler);
    program.writes_in("delegate", |file| file == types.value.file).any(|delegate| {
        let scope = Scope::default();
        let place = Place {
            file: delegate.value.file,
            function: delegate.function,
            owner: delegate.function.and_then(|at| program.owner(at)),
            scope: &scope,
        };
        delegate.function == types.function
            && registry(&delegate).is_some()
            && registry(&delegate) == registry(types)
            && program.type_of(&place, delegate.value.id).and_then(|ty| ty.project()) == owner
    })
}

/// Whether a set of push types may have `.voIP` in it: it is not a literal of other types alone.
pub(crate) fn may_name_voip(program: &Program, value: ExprRef) -> bool {
    let mut names_other = false;
    let mut open = vec![value.id];
    while let Some(id) = open.pop() {
        let kind = &program.file(value.file).expr(id).kind;
        match kind {
            ExprKind::Member { name, .. } if name == "fileProvider" || name == "complication" => {
                names_other = true;
            }
            ExprKind::Array(_) => {}
            _ => return true,
        }
        if matches!(kind, ExprKind::Array(_)) {
            open.extend(kind.operands());
        }
    }
    !names_other
}
