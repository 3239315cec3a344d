//! `provider-without-delegate`: the app has a delegate for its provider, and never sets it.

use smol_str::SmolStr;

use super::context::Context;
use super::delegate_methods::DELEGATE;
use super::providers::made;
use super::push_delegates::own_types;
use crate::facts::{ExprKind, FunctionId, Node};
use crate::finding::{Confidence, Finding, Level, Step};
use crate::program::{CallSite, FunctionRef, Place, Target};
use crate::source::Role;
use crate::vocabulary::{is_reporter_type, reporter_types};

/// The id of the rule.
const ID: &str = "provider-without-delegate";

const EXAMPLE: &str = "provider.setDelegate(self, queue: nil)";

/// Finds providers in a program that has a delegate for one, and in which nothing sets it.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let is_test = |file: u32| program.role(file) == Role::Test;
    let mut sites = made(context).peekable();
    let sets_one = program
        .calls("setDelegate")
        .iter()
        .any(|site| !is_test(site.call.file) && !is_of_observer(context, site));
    if sites.peek().is_none() || sets_one {
        return Vec::new();
    }
    let Some(delegate) = own_types(context).find(|ty| program.inherits_outside(*ty, DELEGATE)) else {
        return Vec::new();
    };
    let Some((file, id)) = program.ty(delegate).decls.first().filter(|_| !is_given_away(context)) else {
        return Vec::new();
    };
    let name = &program.ty(delegate).name;
    let related = Step {
        location: program.location(*file, program.decl(*file, *id).name_span),
        text: format!("`{name}` is made to be the delegate of a provider"),
    };
    let finding = |location| Finding {
        rule: ID,
        level: Level::Warning,
        confidence: Confidence::Medium,
        message: format!("nothing sets the delegate of this `CXProvider`, though `{name}` could be it"),
        location,
        label: "nobody hears that a call is answered or ended".to_owned(),
        related: vec![related.clone()],
        steps: Vec::new(),
        help: Some("set its delegate where it is made, before it reports a call".to_owned()),
        example: Some(EXAMPLE.to_owned()),
        fix: None,
        consulted: (0..program.file_count()).map(|at| program.file_id(at)).collect(),
    };
    sites.map(|site| program.location(site.call.file, program.expr(site.call).span)).map(finding).collect()
}

/// Whether a call is one to an observer of calls, which has a method of the same name.
fn is_of_observer(context: &Context<'_>, site: &CallSite) -> bool {
    let program = context.program;
    let Some(function) = site.function else { return false };
    let ExprKind::Call { callee, .. } = &program.expr(site.call).kind else { return false };
    let ExprKind::Member { base: Some(base), .. } = program.file(site.call.file).expr(*callee).kind else {
        return false;
    };
    let scope = context.graph.scope(function);
    let ty = program.type_of(&Place::of(program, function, &scope), base);
    ty.is_some_and(|ty| program.outside_type(&ty) == Some("CXCallObserver"))
}

/// Whether somebody outside of the project is given a provider, and may set its delegate.
fn is_given_away(context: &Context<'_>) -> bool {
    let program = context.program;
    let types = reporter_types().map(SmolStr::new).collect();
    program.files_typing(&types).iter().copied().any(|file| {
        let facts = program.file(file);
        facts.functions.iter().enumerate().any(|(id, function)| {
            let at = FunctionRef { file, id: FunctionId(id as u32) };
            let Some(body) = &function.body else { return false };
            let scope = context.graph.scope(at);
            let place = Place::of(program, at, &scope);
            let mut found = false;
            facts.each_node(body, |node| {
                let Node::Expr(id) = node else { return };
                let ExprKind::Call { callee, args, .. } = &facts.expr(id).kind else { return };
                let is_provider = |value| {
                    let ty = program.type_of(&place, value);
                    ty.is_some_and(|ty| program.outside_type(&ty).is_some_and(is_reporter_type))
                };
                found |= args.iter().any(|arg| is_provider(arg.value))
                    && matches!(
                        program.resolve(&place, *callee, args),
                        Target::Outside { .. } | Target::Opaque
                    );
            });
            found
        })
    })
}
