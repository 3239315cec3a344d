//! Where something happens: registries and providers are created, delegates set, pushes asked for, calls reported.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::eval::{PushTypes, push_types};
use super::holders::Holders;
use crate::analysis::calls::Body;
use crate::facts::words::{self, IMPLICIT_INIT};
use crate::facts::{Arg, ExprId, ExprKind};
use crate::program::{Around, CallSite, Place, Program, Scope, Write};
use crate::source::Role;
use crate::vocabulary::{
    Meaning, OutsideCall, SetupId, Vocabulary, is_registry_type, is_reporter_type, registry_types,
    reporter_types,
};

/// Who imports one of them has to do with registries.
const MODULES: [&str; 2] = ["PushKit", "LiveCommunicationKit"];

/// The first label of what makes a registry or a provider.
const MADE_WITH: [&str; 2] = ["queue", "configuration"];

/// The bodies in which something happens; tests are left out.
#[derive(Debug, Default)]
pub(super) struct Seeds {
    /// Something that the timeline tells.
    pub(super) events: BTreeSet<Body>,
    /// A provider reports a call.
    pub(super) reporting: BTreeSet<Body>,
    /// An SDK reports one.
    pub(super) sdk_reporting: BTreeSet<Body>,
    /// An SDK reports one that has to be set up for it.
    pub(super) needing: BTreeMap<SetupId, BTreeSet<Body>>,
    /// An SDK is called that calls methods of the app back, by their base names.
    pub(super) calling_back: BTreeMap<SmolStr, BTreeSet<Body>>,
}

impl Seeds {
    pub(super) fn new(program: &Program, vocabulary: &Vocabulary, holders: &Holders) -> Self {
        let mut search = Search { program, vocabulary, holders, seeds: Self::default() };
        search.results();
        search.initials();
        search.assignments();
        search.calls();
        search.setups();
        search.seeds
    }
}

struct Search<'a> {
    program: &'a Program,
    vocabulary: &'a Vocabulary,
    holders: &'a Holders,
    seeds: Seeds,
}

impl Search<'_> {
    fn add(&mut self, body: Body) {
        if self.program.role(body.file()) != Role::Test {
            self.seeds.events.insert(body);
        }
    }

    /// Functions that return a registry.
    fn results(&mut self) {
        let naming = registry_types().flat_map(|ty| self.program.files_with(ty, Around::ANY));
        let files: BTreeSet<u32> = naming.collect();
        let functions = files.into_iter().flat_map(|file| self.program.functions_in(file));
        for (at, function) in functions.filter(|(_, function)| function.body.is_some()) {
            let result = function.result.as_ref().and_then(|ty| ty.name());
            if result.is_some_and(|name| is_registry_type(name)) {
                self.add(Body::Function(at));
            }
        }
    }

    fn initials(&mut self) {
        for at in &self.holders.properties {
            if self.program.property(*at).initial.is_some() {
                self.add(Body::Initial(*at));
            }
        }
    }

    fn assignments(&mut self) {
        let program = self.program;
        let body = |write: &Write| Body::around(write.value.file, write.function, write.initial_of);
        // Where it wants none any more, nothing begins.
        let asks = |write: &&Write| {
            let file = program.file(write.value.file);
            write.target.is_some() && push_types(file, write.value.id) != PushTypes::None
        };
        for write in program.writes("desiredPushTypes").iter().filter(asks) {
            self.add(body(write));
        }
        let registries = &self.holders.registries;
        let names_registry = |file: u32| {
            let names = MODULES.into_iter().chain(registries.iter().map(SmolStr::as_str));
            names.into_iter().any(|name| program.may_name(file, name, Around::ANY))
        };
        for write in program.writes_in("delegate", names_registry) {
            if self.is_registry_delegate(&write) {
                self.add(body(&write));
            }
        }
        for name in &self.holders.names {
            for write in program.writes(name) {
                if self.is_holder(write, name) {
                    self.add(body(write));
                }
            }
        }
    }

    /// Whether an assignment to a `delegate` may be one to that of a registry: where the receiver is named like one, or
    /// in a file that has to do with registries.
    fn is_registry_delegate(&self, write: &Write) -> bool {
        let Some(target) = write.target else { return false };
        let facts = self.program.file(target.file);
        let ExprKind::Member { base: Some(base), .. } = facts.expr(target.id).kind else { return false };
        let chain = self.program.chain(target.file, base);
        let is_named = chain.last().is_some_and(|name| self.holders.registries.contains(name));
        is_named || facts.imports.iter().any(|import| MODULES.contains(&import.as_str()))
    }

    /// Whether an assignment may go to a holder: by type, or by name where the type is not known.
    fn is_holder(&self, write: &Write, name: &str) -> bool {
        let Some(target) = write.target else { return false };
        let program = self.program;
        let owner = write.function.and_then(|at| program.owner(at));
        let scope = Scope::default();
        let place = Place { file: target.file, function: write.function, owner, scope: &scope };
        match program.property_at(&place, target.id) {
            Some(property) => self.holders.properties.contains(&property),
            None => match &program.expr(target).kind {
                ExprKind::Member { base: Some(base), .. } => {
                    name != "delegate" && program.type_of(&place, *base).is_none()
                }
                _ => false,
            },
        }
    }

    fn calls(&mut self) {
        let program = self.program;
        let made: BTreeSet<&str> = registry_types().chain(reporter_types()).collect();
        let of_sdk = self.vocabulary.names_meaning(|meaning| {
            matches!(meaning, Meaning::OwnsRegistry | Meaning::Reports { .. } | Meaning::CallsBack { .. })
        });
        let names: BTreeSet<SmolStr> = match of_sdk {
            Some(names) => {
                let all = names.into_iter().chain(made.iter().copied()).chain(["init", "setDelegate"]);
                all.map(SmolStr::new).collect()
            }
            None => program.called_names(),
        };
        let implicit = [IMPLICIT_INIT.to_owned()].into_iter();
        let implicit: Vec<String> =
            implicit.chain(MADE_WITH.map(|label| words::implicit_init(Some(label)))).collect();
        for name in names {
            let is_made = made.contains(name.as_str());
            let before = self.vocabulary.named_before(&name);
            let may_be = |may_name: &dyn Fn(&str, Around) -> bool, may_init: &dyn Fn() -> bool| match name
                .as_str()
            {
                _ if is_made || name.starts_with("reportNewIncoming") => true,
                // `.init(queue:)`, `CallKit.CXProvider.init(configuration:)`
                "init" => may_init() || made.iter().any(|ty| may_name(ty, Around::ANY)),
                "setDelegate" => may_name("queue", Around::LABEL),
                _ => before.as_ref().is_none_or(|before| before.iter().any(|ty| may_name(ty, Around::ANY))),
            };
            let sites = program.calls_in_parts(
                &name,
                |file| {
                    may_be(&|name, around| program.may_name(file, name, around), &|| {
                        program.may_init(file, &implicit)
                    })
                },
                |file, part| {
                    may_be(&|name, around| program.part_may_name(file, part, name, around), &|| {
                        program.part_may_init(file, part, &implicit)
                    })
                },
            );
            for site in sites.iter().filter(|site| program.role(site.call.file) != Role::Test) {
                if is_made {
                    self.add(Body::of_call(site));
                }
                self.call(&name, site);
            }
        }
    }

    /// Where the SDKs are set up that report.
    fn setups(&mut self) {
        let program = self.program;
        let needed: Vec<SetupId> = self.seeds.needing.keys().copied().collect();
        for (ty, name) in needed.into_iter().flat_map(|setup| self.vocabulary.setup(setup).methods()) {
            let sites = program.calls_in(name, |file| program.may_name(file, ty, Around::ANY));
            for site in sites.collect::<Vec<_>>() {
                self.add(Body::of_call(&site));
            }
        }
    }

    fn call(&mut self, name: &SmolStr, site: &CallSite) {
        let program = self.program;
        let ExprKind::Call { callee, args, .. } = &program.expr(site.call).kind else { return };
        let body = Body::of_call(site);
        match &program.file(site.call.file).expr(*callee).kind {
            ExprKind::Member { base: None, .. } if name == "init" => {
                let first = args.first().and_then(|arg| arg.label.as_deref());
                if first.is_some_and(|label| MADE_WITH.contains(&label)) {
                    self.add(body);
                }
            }
            ExprKind::Member { base: Some(base), .. } => {
                if name == "setDelegate" && args.len() == 2 {
                    self.add(body);
                }
                // `CallKit.CXProvider.init(configuration:)`
                if let ExprKind::Member { name: made, .. } = &program.file(site.call.file).expr(*base).kind
                    && name == "init"
                    && (is_registry_type(made) || is_reporter_type(made))
                {
                    self.add(body);
                }
                let is_sdks = self.outside(body, name, *base, args);
                if name.starts_with("reportNewIncoming") && !is_sdks {
                    self.seeds.reporting.insert(body);
                }
            }
            _ => {}
        }
    }

    /// A static method of an SDK's type; whether it reports.
    fn outside(&mut self, body: Body, name: &SmolStr, base: ExprId, args: &[Arg]) -> bool {
        let program = self.program;
        let chain = program.chain(body.file(), base);
        let Some(receiver) = chain.first().filter(|name| name.starts_with(char::is_uppercase)).cloned()
        else {
            return false;
        };
        if !program.types_named(&receiver).is_empty() || is_reporter_type(&receiver) {
            return false;
        }
        let labels = args.iter().map(|arg| arg.label.clone()).collect();
        let call = OutsideCall { receiver: Some(receiver), chain, name: name.clone(), labels };
        let found = self.vocabulary.lookup(&call);
        if let Some(setup) = found.and_then(|found| found.setup) {
            self.seeds.needing.entry(setup).or_default().insert(body);
        }
        match found.map(|found| found.meaning) {
            Some(Meaning::OwnsRegistry) => self.add(body),
            Some(Meaning::Reports { .. }) => {
                self.seeds.sdk_reporting.insert(body);
                return true;
            }
            Some(Meaning::CallsBack { methods, .. }) => {
                for base in methods.iter().filter_map(|method| method.split('(').next()) {
                    self.seeds.calling_back.entry(base.into()).or_default().insert(body);
                }
            }
            _ => {}
        }
        false
    }
}
