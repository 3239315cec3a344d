//! What one body mentions, and whether something happens in it: cheaply, by names and single types.

use std::collections::HashSet;

use smol_str::SmolStr;

use super::holders::{Holders, constructed_name};
use crate::analysis::graph::{Body, implicit_init};
use crate::facts::{Arg, ExprId, ExprKind, FileFacts, Node, StmtKind};
use crate::program::{Place, Program, Scope};
use crate::vocabulary::{Meaning, OutsideCall, Vocabulary, is_registry_type, is_reporter_type};

/// The walk over one body.
pub(super) struct Scan<'a> {
    program: &'a Program,
    vocabulary: &'a Vocabulary,
    holders: &'a Holders,
    body: Body,
    declared: &'a HashSet<SmolStr>,
    callees: HashSet<ExprId>,
    pub(super) found: Found,
}

/// What a scan finds.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Something happens.
    pub(super) is_seed: bool,
    /// A provider reports a call.
    pub(super) is_reporting: bool,
    /// An SDK reports a call.
    pub(super) is_sdk_reporting: bool,
    /// Names of the project that are called.
    pub(super) called: HashSet<SmolStr>,
    /// Names of the project that are mentioned otherwise.
    pub(super) named: HashSet<SmolStr>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        program: &'a Program,
        vocabulary: &'a Vocabulary,
        holders: &'a Holders,
        declared: &'a HashSet<SmolStr>,
        body: Body,
    ) -> Self {
        Self {
            program,
            vocabulary,
            holders,
            body,
            declared,
            callees: HashSet::new(),
            found: Found::default(),
        }
    }

    pub(super) fn run(mut self) -> Found {
        let program = self.program;
        let facts = program.file(self.body.file());
        match self.body {
            Body::Function(at) => {
                let function = program.function(at);
                self.found.is_seed |= function
                    .result
                    .as_ref()
                    .and_then(|ty| ty.name())
                    .is_some_and(|name| is_registry_type(name));
                for default in function.params.iter().filter_map(|param| param.default) {
                    facts.each_node_in(default, |node| self.node(facts, node));
                }
                if let Some(body) = &function.body {
                    facts.each_node(body, |node| self.node(facts, node));
                }
            }
            Body::Initial(at) => {
                let property = program.property(at);
                self.found.is_seed |= self.holders.properties.contains(&at);
                self.found.named.extend(property.ty.as_ref().and_then(|ty| ty.name()).cloned());
                if let Some(initial) = property.initial {
                    facts.each_node_in(initial, |node| self.node(facts, node));
                }
            }
            Body::TopLevel(_) => facts.each_node(&facts.top_level, |node| self.node(facts, node)),
        }
        self.found
    }

    fn node(&mut self, facts: &FileFacts, node: Node) {
        match node {
            Node::Stmt(id) => {
                if let StmtKind::Assign { target, .. } = &facts.stmt(id).kind {
                    self.assignment(facts, *target);
                }
            }
            Node::Expr(id) => match &facts.expr(id).kind {
                ExprKind::Name(name) => self.mention(id, name),
                ExprKind::Member { base, name, .. } if name == "init" => {
                    let base = base.map(|base| &facts.expr(base).kind);
                    if matches!(base, Some(ExprKind::Super | ExprKind::SelfRef)) {
                        self.mention_ancestry();
                    }
                }
                ExprKind::Member { name, .. } => self.mention(id, name),
                ExprKind::Type(ty) => {
                    if let Some(name) = ty.name() {
                        self.mention(id, name);
                    }
                }
                ExprKind::Call { callee, args, .. } => {
                    self.callees.insert(*callee);
                    self.call(facts, *callee, args);
                }
                _ => {}
            },
        }
    }

    fn mention(&mut self, at: ExprId, name: &SmolStr) {
        if self.declared.contains(name) {
            let names =
                if self.callees.contains(&at) { &mut self.found.called } else { &mut self.found.named };
            names.insert(name.clone());
        }
    }

    /// `self.init` and `super.init` go on with the type itself and what it inherits from.
    fn mention_ancestry(&mut self) {
        if let Body::Function(at) = self.body
            && let Some(owner) = self.program.owner(at)
        {
            for ty in self.program.ancestry(owner) {
                self.found.called.insert(self.program.ty(ty).name.clone());
            }
        }
    }

    fn assignment(&mut self, facts: &FileFacts, target: ExprId) {
        match &facts.expr(target).kind {
            ExprKind::Member { name, .. } if name == "desiredPushTypes" => self.found.is_seed = true,
            ExprKind::Member { base: Some(base), name, .. } if name == "delegate" => {
                let chain = self.program.chain(self.body.file(), *base);
                let is_named = chain.last().is_some_and(|name| self.holders.registries.contains(name));
                let modules = ["PushKit", "LiveCommunicationKit"];
                self.found.is_seed |=
                    is_named || facts.imports.iter().any(|import| modules.contains(&import.as_str()));
            }
            ExprKind::Name(name) | ExprKind::Member { name, .. } if self.holders.names.contains(name) => {
                self.found.is_seed |= self.is_holder(facts, target, name);
            }
            _ => {}
        }
    }

    /// Whether an assignment may go to a holder: by type, or by name where the type is not known.
    fn is_holder(&self, facts: &FileFacts, target: ExprId, name: &str) -> bool {
        let program = self.program;
        let function = match self.body {
            Body::Function(at) => Some(at),
            Body::Initial(_) | Body::TopLevel(_) => None,
        };
        let owner = function.and_then(|at| program.owner(at));
        let scope = Scope::default();
        let place = Place { file: self.body.file(), function, owner, scope: &scope };
        match program.property_at(&place, target) {
            Some(property) => self.holders.properties.contains(&property),
            None => match &facts.expr(target).kind {
                ExprKind::Member { base: Some(base), .. } => {
                    name != "delegate" && program.type_of(&place, *base).is_none()
                }
                _ => false,
            },
        }
    }

    fn call(&mut self, facts: &FileFacts, callee: ExprId, args: &[Arg]) {
        if let Some(name) = constructed_name(facts, callee) {
            self.found.is_seed |= is_registry_type(name) || is_reporter_type(name);
        }
        let labels = || args.iter().map(|arg| arg.label.clone());
        match &facts.expr(callee).kind {
            ExprKind::Member { base: None, name, .. } if name == "init" => {
                self.found.named.insert(implicit_init(labels()));
                let first = args.first().and_then(|arg| arg.label.as_deref());
                self.found.is_seed |= matches!(first, Some("queue" | "configuration"));
            }
            ExprKind::Member { base: Some(base), name, .. } => {
                self.found.is_seed |= name == "setDelegate" && args.len() == 2;
                self.found.is_reporting |= name.starts_with("reportNewIncoming");
                let chain = self.program.chain(self.body.file(), *base);
                if let Some(receiver) = chain.first().cloned()
                    && receiver.starts_with(char::is_uppercase)
                    && !self.declared.contains(&receiver)
                {
                    let (name, labels) = (name.clone(), labels().collect());
                    let call = OutsideCall { receiver: Some(receiver), chain, name, labels };
                    let meaning = self.vocabulary.lookup(&call).map(|found| found.meaning);
                    self.found.is_seed |= matches!(meaning, Some(Meaning::OwnsRegistry));
                    self.found.is_sdk_reporting |= matches!(meaning, Some(Meaning::Reports { .. }));
                    if let Some(Meaning::CallsBack { methods, .. }) = meaning {
                        let bases = methods.iter().filter_map(|method| method.split('(').next());
                        self.found.called.extend(bases.map(SmolStr::new));
                    }
                }
            }
            _ => {}
        }
    }
}
