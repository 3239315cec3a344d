//! Handlers that are not called, because a newer form of them is there: `PushKit` takes the form with a completion
//! handler, and the one without only where that is missing.

use super::context::Context;
use super::push_delegates::handlers;
use crate::analysis::duty::HandlerDuty;
use crate::program::Program;
use crate::vocabulary::HandlerForm;

/// Takes the handlers that are called apart from those that are not.
pub(crate) fn apart(program: &Program, duties: Vec<HandlerDuty>) -> (Vec<HandlerDuty>, Vec<HandlerDuty>) {
    duties.into_iter().partition(|duty| !is_superseded(program, duty))
}

fn is_superseded(program: &Program, duty: &HandlerDuty) -> bool {
    let is_usual = |form: HandlerForm| matches!(form, HandlerForm::Completion | HandlerForm::AsyncCompletion);
    duty.form == HandlerForm::Deprecated
        && program
            .owner(duty.function)
            .is_some_and(|owner| handlers(program, owner).iter().any(|(_, form)| is_usual(*form)))
}

/// Whether the form of a handler that is not called for its sake reports a call.
pub(super) fn would_report(context: &Context<'_>, handler: &HandlerDuty) -> bool {
    let owner = |duty: &HandlerDuty| context.program.owner(duty.function);
    context.superseded.iter().any(|old| owner(old) == owner(handler) && old.reports_somewhere())
}
