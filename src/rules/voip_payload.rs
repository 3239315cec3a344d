//! Where a notification service extension hands a push to the app.

use std::collections::BTreeMap;
use std::path::Path;

use super::context::Context;
use crate::facts::ExprKind;
use crate::source::{Location, Role};

/// The name of Apple's function.
pub(super) const NAME: &str = "reportNewIncomingVoIPPushPayload";

/// The calls of Apple's function in the project's own code, by place, with the paths of their files.
pub(super) fn calls<'a>(context: &Context<'a>) -> BTreeMap<Location, &'a Path> {
    let program = context.program;
    let sites = program.calls(NAME).iter().filter(|site| program.role(site.call.file) == Role::Own);
    sites
        .filter_map(|site| {
            let ExprKind::Call { callee, .. } = &program.expr(site.call).kind else { return None };
            let span = match &program.file(site.call.file).expr(*callee).kind {
                ExprKind::Member { name_span, .. } => *name_span,
                _ => return None,
            };
            let location = program.location(site.call.file, span);
            Some((location, context.sources.get(location.file).absolute.as_path()))
        })
        .collect()
}
