//! `provider-without-delegate`: the app has a delegate for its provider, and never sets it.

use super::context::Context;
use super::delegate_methods::DELEGATE;
use super::push_delegates::own_types;
use crate::analysis::escapes::{gives_provider_away, sets_provider_delegate};
use crate::analysis::providers::made;
use crate::finding::{Confidence, Finding, Level, Step};

/// The id of the rule.
const ID: &str = "provider-without-delegate";

const EXAMPLE: &str = "provider.setDelegate(self, queue: nil)";

/// Finds providers in a program that has a delegate for one, and in which nothing sets it.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let mut sites = made(context.program).peekable();
    if sites.peek().is_none() || sets_provider_delegate(context.graph) {
        return Vec::new();
    }
    let Some(delegate) = own_types(context).find(|ty| program.inherits_outside(*ty, DELEGATE)) else {
        return Vec::new();
    };
    let Some((file, id)) = program.ty(delegate).decls.first().filter(|_| !gives_provider_away(context.graph))
    else {
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
