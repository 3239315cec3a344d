//! `optional-chained-report`: a report that is silently skipped where its holder is nil.

use std::collections::BTreeSet;

use super::context::Context;
use super::duty_words::{location, name, quote, story};
use crate::analysis::duty::{At, DutyExit};
use crate::analysis::launch::{Holder, Readiness};
use crate::facts::{ExprId, ExprKind, FileFacts, Stmt, StmtKind};
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, Level};
use crate::program::PropertyRef;
use crate::report::Outcome;
use crate::source::{Role, Span};

/// The id of the rule.
pub(super) const ID: &str = "optional-chained-report";

/// Finds optional chains on the push's way that lead to a report.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told: BTreeSet<At> = BTreeSet::new();
    for handler in context.duties {
        for exit in handler.ways_out.iter().filter(|exit| exit.outcome == Outcome::NilHolder) {
            let Some(holder) = exit.nil_holder.filter(|holder| !holder.is_written_out) else { continue };
            // One chain with several `?` is one finding.
            let is_told = told.iter().any(|(file, span)| {
                *file == holder.at.0 && (span.contains(holder.at.1) || holder.at.1.contains(*span))
            });
            if is_told || is_ruled_out(context, exit) {
                continue;
            }
            told.insert(holder.at);
            let (level, when) =
                match readiness(context, holder.at).filter(|_| !comes_with_owner(context, holder.at)) {
                    Some(Readiness::LaterTurn) => {
                        (Level::Error, ", and it is set only later than a push can arrive")
                    }
                    Some(Readiness::SomePaths) => (Level::Error, ", and it is set on some paths only"),
                    Some(Readiness::Never) => (Level::Error, ", and nothing ever sets it"),
                    _ => (Level::Warning, ""),
                };
            let quoted = quote(context, holder.at);
            let story = story(context, handler, exit, "skipped without a trace where this is nil");
            findings.push(Finding {
                rule: ID,
                level,
                confidence: if level == Level::Error { Confidence::Medium } else { exit.confidence },
                message: format!("`{}` skips the report where `{quoted}` is nil{when}", name(context, handler)),
                location: location(context, holder.at),
                label: "nil here means that no call is reported".to_owned(),
                related: Vec::new(),
                steps: story.steps,
                help: Some(
                    "keep it in a property that is not optional and is set at launch; failing that, write `!`: the \
                     crash then names its cause, which the kill by the system some seconds later does not"
                        .to_owned(),
                ),
                example: forced(context, holder.at),
                fix: forcing(context, holder.at),
                consulted: context.consulted(handler.function),
            });
        }
    }
    findings.retain(|finding| context.is_own(finding.location));
    findings
}

/// The line of the report with `!` in place of the `?` behind the holder.
fn forced(context: &Context<'_>, (file, holder): At) -> Option<String> {
    let source = context.sources.get(context.program.file_id(file));
    let line = source.lines().line_span(source.lines().line(holder.end), &source.text);
    let rest = source.text.get(holder.end as usize..line.end as usize)?.strip_prefix("?.")?;
    let code = rest.split(" //").next().unwrap_or_default().trim_end();
    let goes_on = [('(', ')'), ('{', '}')]
        .iter()
        .any(|(open, close)| code.matches(*open).count() > code.matches(*close).count());
    let end = if goes_on { " …" } else { "" };
    Some(format!("{}!.{code}{end}", source.slice(holder)))
}

/// `!` in place of the `?` behind the holder, where the value of the chain is not asked for: a force unwrap changes
/// its type.
fn forcing(context: &Context<'_>, (file, holder): At) -> Option<Fix> {
    let facts = context.program.file(file);
    let is_chain = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Expr(value) | StmtKind::Return(Some(value)) => {
            leads_to(facts, context.program.plain(file, *value), holder)
        }
        _ => false,
    };
    let location = context.program.location(file, Span { start: holder.end, end: holder.end + 1 });
    let source = context.sources.get(location.file);
    let after = source.text.get(holder.end as usize..)?;
    if !after.starts_with('?')
        || after.starts_with("??")
        || !facts.stmts_around(holder).any(|(_, stmt)| is_chain(stmt))
    {
        return None;
    }
    Some(Fix {
        title: format!("write `{}!`", quote(context, (file, holder))),
        applicability: Applicability::Unsafe,
        edits: vec![Edit { location, text: "!".to_owned() }],
    })
}

/// Whether an expression is a chain of members and calls that begins with, or leads over, what stands at `span`.
fn leads_to(facts: &FileFacts, chain: ExprId, span: Span) -> bool {
    let mut at = Some(chain);
    while let Some(id) = at {
        let expr = facts.expr(id);
        if expr.span == span {
            return id != chain;
        }
        at = match &expr.kind {
            ExprKind::Call { callee: inner, .. }
            | ExprKind::Subscript { base: inner, .. }
            | ExprKind::ForceUnwrap(inner) => Some(*inner),
            ExprKind::Member { base, .. } => *base,
            _ => None,
        };
    }
    false
}

/// When the holder that an expression names is ready, where it is a property.
pub(super) fn readiness(context: &Context<'_>, at: At) -> Option<Readiness> {
    let property = context.holder(at)?;
    Some(context.launch.readiness(Holder::Property(property)))
}

/// Whether the holder is there as long as the object is that it belongs to: when that is built is told of who holds it.
fn comes_with_owner(context: &Context<'_>, at: At) -> bool {
    let program = context.program;
    let property = context.holder(at);
    property.is_some_and(|property| {
        context.launch.is_set_while_built(program, property) && !is_cleared(context, property)
    })
}

/// Whether a property is set to `nil` somewhere.
fn is_cleared(context: &Context<'_>, property: PropertyRef) -> bool {
    let program = context.program;
    program.writes(&program.property(property).name).iter().any(|write| {
        write.function.is_some()
            && program.role(write.value.file) != Role::Test
            && matches!(program.expr(write.value).kind, ExprKind::Nil)
    })
}

/// Whether the launch shows that a way on which a holder is nil is not taken. Where it is written as an optional
/// chain, only a holder that is made on the spot is sure: whoever writes `?` says that another may be nil.
pub(crate) fn is_ruled_out(context: &Context<'_>, exit: &DutyExit) -> bool {
    exit.nil_holder.filter(|_| exit.outcome == Outcome::NilHolder).is_some_and(|holder| {
        if holder.is_written_out {
            is_ready(context, holder.at)
        } else {
            readiness(context, holder.at) == Some(Readiness::OnDemand)
        }
    })
}

/// Whether the holder is there whenever a push arrives: set before the registry is armed, and never cleared.
fn is_ready(context: &Context<'_>, at: At) -> bool {
    let Some(property) = context.holder(at) else { return false };
    !is_cleared(context, property) && context.launch.readiness(Holder::Property(property)).is_ready()
}
