//! Which functions may come to a report at all, by name: asked only to tell a reporter's holder from other
//! values, and which getters are worth running; never to decide that something is reported.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::facts::{Arg, ExprKind, FunctionKind};
use crate::program::{ExprRef, FunctionRef, Program, Ty, TypeIndex};
use crate::vocabulary::{Meaning, OutsideCall, Vocabulary};

/// Functions and types through which a report may be reached.
#[derive(Debug, Default)]
pub(super) struct Reach {
    functions: BTreeSet<FunctionRef>,
    types: BTreeSet<TypeIndex>,
    /// Names of computed properties among them.
    getters: BTreeSet<SmolStr>,
}

impl Reach {
    pub(super) fn new(program: &Program, vocabulary: &Vocabulary) -> Self {
        let mut reach = Self::default();
        let mut open: Vec<FunctionRef> = Vec::new();
        for site in program.all_calls() {
            if reports(program, vocabulary, site.call) {
                open.extend(site.function);
            }
        }
        while let Some(at) = open.pop() {
            if !reach.functions.insert(at) {
                continue;
            }
            let function = program.function(at);
            if let Some(parent) = function.parent {
                open.push(FunctionRef { file: at.file, id: parent });
            }
            if function.name.is_empty() || function.name == "init" {
                continue;
            }
            if function.kind == FunctionKind::Getter && reach.getters.insert(function.name.clone()) {
                open.extend(readers(program, &function.name));
            }
            for site in program.calls(&function.name) {
                let ExprKind::Call { args, .. } = &program.expr(site.call).kind else { continue };
                if program.fits(at, args) {
                    open.extend(site.function);
                }
            }
        }
        for at in &reach.functions {
            if let Some(owner) = program.owner(*at) {
                reach.types.extend(program.ancestry(owner));
            }
        }
        reach
    }

    /// Whether a computed property of this name may report when it is read.
    pub(super) fn is_reporting_getter(&self, name: &str) -> bool {
        self.getters.contains(name)
    }

    /// Whether values of this type lead to a report.
    pub(super) fn holds_reporter(&self, program: &Program, ty: &Ty) -> bool {
        match ty.unwrapped() {
            Ty::Project(index) => {
                self.types.contains(index) || crate::vocabulary::is_reporter_type(&program.ty(*index).name)
            }
            Ty::Outside(name) => crate::vocabulary::is_reporter_type(name),
            _ => false,
        }
    }
}

/// The functions that read something of this name.
fn readers(program: &Program, name: &str) -> Vec<FunctionRef> {
    let mut found = Vec::new();
    for at in 0..program.file_count() {
        let facts = program.file(at);
        let reads = facts.exprs.iter().filter(
            |expr| matches!(&expr.kind, ExprKind::Name(read) | ExprKind::Member { name: read, .. } if read == name),
        );
        for read in reads {
            let around = program.functions().filter(|(function, facts)| {
                function.file == at && facts.body.as_ref().is_some_and(|body| body.span.contains(read.span))
            });
            found.extend(around.map(|(function, _)| function));
        }
    }
    found
}

fn reports(program: &Program, vocabulary: &Vocabulary, call: ExprRef) -> bool {
    let ExprKind::Call { callee, args, .. } = &program.expr(call).kind else { return false };
    let facts = program.file(call.file);
    let (name, chain) = match &facts.expr(*callee).kind {
        ExprKind::Member { base: Some(base), name, .. } => (name.clone(), program.chain(call.file, *base)),
        ExprKind::Name(name) => (name.clone(), Vec::new()),
        _ => return false,
    };
    let labels = args.iter().map(|arg: &Arg| arg.label.clone()).collect();
    let outside = OutsideCall { receiver: None, chain, name, labels };
    vocabulary
        .lookup(&outside)
        .is_some_and(|found| matches!(found.meaning, Meaning::Reports { .. } | Meaning::CallsBack { .. }))
}
