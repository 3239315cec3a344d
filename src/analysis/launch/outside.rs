//! The walk: what is declared elsewhere, registries and providers among it.

use std::collections::BTreeSet;

use super::state::{State, Value};
use super::timeline::EventKind;
use super::walk::Walk;
use crate::analysis::calls::Body;
use crate::analysis::graph::plugin_entries;
use crate::facts::{Arg, ExprId, ExprKind, StmtKind};
use crate::program::{FunctionRef, Place};
use crate::source::Span;
use crate::vocabulary::{Meaning, OutsideCall, is_registry_type, is_reporter_type, reporter_type};

impl Walk<'_> {
    #[expect(clippy::too_many_arguments, reason = "all that is known of the call")]
    pub(super) fn outside(
        &mut self,
        call: &OutsideCall,
        candidates: &[FunctionRef],
        args: &[Arg],
        values: &[Value],
        callee: ExprId,
        held: &Value,
        state: &mut State,
    ) -> Value {
        if call.name == "init"
            && let Some(receiver) = &call.receiver
            && (is_registry_type(receiver) || is_reporter_type(receiver))
        {
            return self.created(receiver, callee, args, state);
        }
        let span = self.name_span(callee);
        // An observer of calls has a method of the same name.
        let is_on_reporter = match call.receiver.as_deref() {
            Some(receiver) => is_reporter_type(receiver),
            None => call.labels.last().is_some_and(|label| label.as_deref() == Some("queue")),
        };
        if call.name == "setDelegate" && is_on_reporter {
            self.event(EventKind::ProviderDelegateSet, span, None, None, state);
            return Value::default();
        }
        let meaning = self.unit.vocabulary.lookup(call).map(|found| found.meaning);
        match meaning {
            Some(Meaning::RunsNow { is_certain }) => {
                let skipped = (!is_certain).then(|| state.clone());
                let mut result = Value::default();
                for value in values {
                    result = self.run_closures(value, std::slice::from_ref(held), None, state);
                }
                if let Some(skipped) = skipped {
                    state.absorb(skipped);
                }
                return result;
            }
            Some(Meaning::Diverges) => {
                *state = State::dead();
                return Value::default();
            }
            Some(Meaning::OwnsRegistry) => {
                self.event(EventKind::SdkRegistry, span, None, None, state);
            }
            Some(Meaning::CallsBack { methods, .. }) => {
                for method in methods.clone() {
                    self.call_back(&method, span, state);
                }
            }
            _ => {}
        }
        for setup in self.unit.vocabulary.setups_done_by(call) {
            if self.unit.reach.seeds.needing.contains_key(&setup) {
                self.event(EventKind::SdkSetUp(setup), span, None, None, state);
            }
        }
        self.plugins(call, span, state);
        let is_main_queue =
            call.name.starts_with("async") && call.chain.last().is_some_and(|name| name == "main");
        for number in values.iter().flat_map(|value| value.closures.iter().copied()) {
            let made = call.receiver.as_ref().filter(|_| call.name == "init");
            let step = self.step(span, made.unwrap_or(&call.name).to_string());
            let is_factory = meaning.is_none() && self.is_factory(number);
            if let Some(closure) = self.closures.get_mut(number) {
                closure.is_main_queue = is_main_queue;
                closure.is_factory = is_factory;
                closure.given_to = Some(step);
            }
        }
        if let [only] = candidates {
            return self.functions(&[*only], args, values, callee, state);
        }
        if meaning.is_none() {
            self.escape(values);
            self.self_escapes(args, call);
        }
        Value::default()
    }

    /// Whether a closure makes an object for whoever calls it, as a container of dependencies wants it.
    fn is_factory(&self, number: usize) -> bool {
        let Some(closure) = self.closures.get(number) else { return false };
        let program = self.unit.program;
        let Some(body) = program.body(closure.function) else { return false };
        let place = Place {
            file: closure.function.file,
            function: Some(closure.function),
            owner: closure.owner,
            scope: &closure.scope,
        };
        let last = body.stmts.last().map(|id| &program.stmt(closure.function.file, *id).kind);
        let value = match last {
            Some(StmtKind::Return(Some(value)) | StmtKind::Expr(value)) => Some(*value),
            _ => None,
        };
        let made = value.and_then(|value| program.type_of(&place, value));
        made.is_some_and(|ty| {
            ty.project().is_some() || program.outside_type(&ty).is_some_and(is_reporter_type)
        })
    }

    /// A registry or a provider is created.
    pub(super) fn created(&mut self, ty: &str, callee: ExprId, args: &[Arg], state: &mut State) -> Value {
        let span = self.span(callee);
        if is_registry_type(ty) {
            let queue = args.iter().find(|arg| arg.label.as_deref() == Some("queue"));
            let own_queue = queue.is_some_and(|arg| self.is_own_queue(arg.value, 0));
            let registry = self.registry_created(span, own_queue, state);
            return Value { registries: BTreeSet::from([registry]), ..Value::default() };
        }
        if let Some(provider) = reporter_type(ty) {
            let event = self.event(EventKind::ProviderCreated, span, None, None, state);
            self.timeline.events[event].provider = Some(provider);
        }
        Value::default()
    }

    /// A method of the app that an SDK calls before it returns.
    fn call_back(&mut self, method: &str, span: Span, state: &mut State) {
        let base = method.split('(').next().unwrap_or(method);
        let program = self.unit.program;
        for at in program.functions_named(base).to_vec() {
            if self.unit.reach.is_relevant(Body::Function(at)) {
                let step = self.step(span, format!("`{base}` is called back from here"));
                self.enter(at, Vec::new(), Some(step), state);
            }
        }
    }

    /// `GeneratedPluginRegistrant.register(with:)` registers the plugins that the project itself declares.
    fn plugins(&mut self, call: &OutsideCall, span: Span, state: &mut State) {
        let is_registrant =
            call.chain.iter().chain(&call.receiver).any(|name| name == "GeneratedPluginRegistrant");
        if !is_registrant || call.name != "register" {
            return;
        }
        for (ty, function) in plugin_entries(self.unit.program) {
            let step =
                self.step(span, format!("the plugin `{}` is registered here", self.unit.program.ty(ty).name));
            self.enter(function, Vec::new(), Some(step), state);
        }
    }

    /// Registries that are given to code that cannot be seen.
    pub(super) fn escape(&mut self, values: &[Value]) {
        for registry in values.iter().flat_map(|value| &value.registries) {
            self.timeline.registries[*registry].is_escaped = true;
        }
    }

    fn self_escapes(&mut self, args: &[Arg], call: &OutsideCall) {
        let gives_self = args.iter().any(|arg| matches!(self.kind(arg.value), ExprKind::SelfRef));
        if let Some(owner) = self.frame().owner.filter(|_| gives_self) {
            self.timeline.escaped.push((owner, call.name.to_string()));
        }
    }
}
