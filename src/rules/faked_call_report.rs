//! `faked-call-report`: the app tells PushKit's own check that a call was reported, and reports none.

use std::collections::BTreeSet;

use super::context::Context;
use crate::facts::ExprKind;
use crate::finding::{Confidence, Finding, Level};
use crate::program::Around;
use crate::source::{Role, Span};
use crate::vocabulary::{is_report_check, report_checks};

/// The id of the rule.
pub(super) const ID: &str = "faked-call-report";

/// Finds the names of what PushKit keeps to itself.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let mut findings = Vec::new();
    let naming = report_checks().flat_map(|name| program.files_with(name, Around::ANY));
    let files: BTreeSet<u32> = naming.filter(|at| program.role(*at) == Role::Own).collect();
    for file in files {
        let facts = program.file(file);
        // Who only listens fakes nothing.
        let listens: Vec<Span> = program
            .calls("addObserver")
            .iter()
            .filter(|site| site.call.file == file)
            .map(|site| program.expr(site.call).span)
            .collect();
        for (_, expr) in facts.exprs() {
            let ExprKind::Str(text) = &expr.kind else { continue };
            if !is_report_check(text) || listens.iter().any(|call| call.contains(expr.span)) {
                continue;
            }
            findings.push(Finding {
                rule: ID,
                level: Level::Error,
                confidence: Confidence::Medium,
                message: format!("`{text}` belongs to the check for a reported call: faking it reports none"),
                location: program.location(file, expr.span),
                label: "this silences one of two checks".to_owned(),
                related: Vec::new(),
                steps: Vec::new(),
                help: Some(
                    "report the call, with `reportNewIncomingCall`; a second check, outside of the app, kills \
                     it some seconds later all the same, and the system stops delivering pushes"
                        .to_owned(),
                ),
                example: None,
                fix: None,
                consulted: [program.file_id(file)].into_iter().collect(),
            });
        }
    }
    findings
}
