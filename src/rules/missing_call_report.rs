//! `missing-call-report`: a way out of the push handler on which no call is reported.

use super::context::Context;
use super::duty_words::{Decision, Story, is_set_by_begin, name, story};
use crate::analysis::duty::{BranchKind, DutyExit, HandlerDuty};
use crate::finding::{Confidence, Finding, Level};
use crate::report::Outcome;

/// The id of the rule.
pub(super) const ID: &str = "missing-call-report";

const EXAMPLE: &str = "\
provider.reportNewIncomingCall(with: id, update: update) { _ in
    // Nothing to ring for: end the call at once.
    provider.reportCall(with: id, endedAt: nil, reason: .failed)
}";

/// In the vocabulary's words for what is no report: to whom the push is handed on.
const FORWARDS: &[&str] = &["JavaScript", "Dart", "hands the push", "hands the payload"];

/// Finds ways out without a report.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for handler in context.duties {
        let before = findings.len();
        for exit in &handler.ways_out {
            let is_written_out = exit.nil_holder.is_some_and(|holder| holder.is_written_out);
            match exit.outcome {
                Outcome::Missing => findings.push(missing(context, handler, exit)),
                Outcome::NilHolder if is_written_out => {
                    findings.extend(without_holder(context, handler, exit));
                }
                _ => {}
            }
        }
        // The same for all ways out, and a search through the whole handler.
        let mut example = None;
        for finding in findings[before..].iter_mut().filter(|finding| finding.example.is_none()) {
            finding.example = Some(example.get_or_insert_with(|| placeholder(context, handler)).clone());
        }
    }
    super::context::worst_of_each_place(findings)
}

fn missing(context: &Context<'_>, handler: &HandlerDuty, exit: &DutyExit) -> Finding {
    let story = story(context, handler, exit, "it leaves here, with no call reported");
    let why = Why::of(context, handler, &story);
    let name = name(context, handler);
    let level = if exit.is_disputed { Level::Warning } else { Level::Error };
    Finding {
        message: why.message(&name),
        help: Some(why.help().to_owned()),
        level,
        ..base(context, handler, exit, story)
    }
}

/// The holder of the reporter is nil, and the path leaves: nothing where the launch shows that it is not.
fn without_holder(context: &Context<'_>, handler: &HandlerDuty, exit: &DutyExit) -> Option<Finding> {
    let holder = exit.nil_holder?;
    if super::is_ruled_out(context, exit) {
        return None;
    }
    let story = story(context, handler, exit, "it leaves, with no call reported, where this is nil");
    let name = name(context, handler);
    let quoted = super::duty_words::quote_optional(context, holder.at);
    Some(Finding {
        level: Level::Warning,
        confidence: Confidence::Medium,
        message: format!("`{name}` reports no call where `{quoted}` is nil"),
        help: Some(
            "create the provider at launch and keep it in a property that is not optional, or create it on the \
             spot where it is missing: an app that was launched for this push has to report a call"
                .to_owned(),
        ),
        example: Some("private let provider = CXProvider(configuration: configuration)".to_owned()),
        ..base(context, handler, exit, story)
    })
}

fn base(context: &Context<'_>, handler: &HandlerDuty, exit: &DutyExit, story: Story) -> Finding {
    Finding {
        rule: ID,
        level: Level::Error,
        confidence: exit.confidence,
        message: String::new(),
        location: story.place,
        label: "no call is reported on this way".to_owned(),
        related: Vec::new(),
        steps: story.steps,
        help: None,
        example: None,
        fix: None,
        consulted: context.consulted(handler.function),
    }
}

/// The placeholder report, with the provider by the name that the handler has for it, and in its indentation.
fn placeholder(context: &Context<'_>, handler: &HandlerDuty) -> String {
    let facts = context.program.function(handler.function);
    let source = context.sources.get(context.program.file_id(handler.function.file));
    let body = source.slice(facts.span);
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '!');
    let provider = body.split_once(".reportNewIncomingCall(").map_or("", |(before, _)| before);
    let provider = &provider[provider.trim_end_matches(is_name).len()..];
    let example = if provider.starts_with(char::is_alphabetic) {
        EXAMPLE.replace("provider.", &format!("{provider}."))
    } else {
        EXAMPLE.to_owned()
    };
    if body.contains("\n\t") { example.replace("    ", "\t") } else { example }
}

/// What people had in mind who wrote the way out.
enum Why {
    /// Nothing reports, on any way.
    Never,
    /// Nothing reports, but the deprecated form of the handler would.
    OldForm,
    /// The push is handed on, to code that may not be running.
    Forwards,
    /// The system says that a report is due.
    MustReport,
    /// Something was called that looks like a report.
    TakenForReport,
    /// It waits for the provider to begin.
    WaitsForBegin,
    /// A push that ends or cancels a call.
    Control,
    /// A malformed identifier.
    BadIdentifier,
    /// The app's own idea of its state.
    OwnState,
    /// A field is missing.
    MissingField,
    /// An error is caught.
    Caught,
    /// Anything else.
    Other,
}

impl Why {
    fn of(context: &Context<'_>, handler: &HandlerDuty, story: &Story) -> Why {
        let is_control = story.decision.as_ref().is_some_and(Decision::is_control);
        if !handler.reports_somewhere() && super::superseded::would_report(context, handler) {
            return Why::OldForm;
        }
        let is_due = |decision: &Decision| {
            decision.kind == BranchKind::Holds && decision.text.ends_with(".mustReport")
        };
        if story.decision.as_ref().is_some_and(is_due) {
            return Why::MustReport;
        }
        let is_forward = |why: &String| FORWARDS.iter().any(|to| why.contains(to));
        if !handler.reports_somewhere() && story.taken.as_ref().is_some_and(is_forward) {
            return Why::Forwards;
        }
        if story.taken.is_some() {
            return if is_control { Why::Control } else { Why::TakenForReport };
        }
        let is_unseen = |exit: &DutyExit| exit.outcome == Outcome::Unseen;
        if !handler.reports_somewhere() && !handler.ways_out.iter().any(is_unseen) {
            return Why::Never;
        }
        match &story.decision {
            Some(decision) if is_set_by_begin(context, &decision.text) => Why::WaitsForBegin,
            Some(_) if is_control => Why::Control,
            Some(decision) if decision.kind == BranchKind::Caught => Why::Caught,
            Some(decision) if decision.is_own_state() => Why::OwnState,
            Some(decision)
                if matches!(decision.kind, BranchKind::Lacking | BranchKind::Nil)
                    && decision.text.contains("UUID(uuidString:") =>
            {
                Why::BadIdentifier
            }
            Some(decision) if decision.kind == BranchKind::Lacking => Why::MissingField,
            Some(decision) if decision.kind == BranchKind::Unset => Why::OwnState,
            _ => Why::Other,
        }
    }

    fn message(&self, name: &str) -> String {
        match self {
            Why::Never => format!("`{name}` never reports a call"),
            Why::OldForm => format!(
                "`{name}` reports no call: the report is in the deprecated form, which is not called where this one \
                 is there"
            ),
            Why::Forwards => format!("`{name}` only hands the push on, and reports no call"),
            Why::TakenForReport => {
                format!("`{name}` takes something for a report that is none, and reports no call")
            }
            Why::MustReport => {
                format!("`{name}` reports no call where `metadata.mustReport` says that one is due")
            }
            Why::WaitsForBegin => format!("`{name}` reports no call until the provider has begun"),
            Why::Control => format!("`{name}` reports no call for a push that ends or cancels one"),
            Why::BadIdentifier => format!("`{name}` reports no call where the identifier is malformed"),
            Why::OwnState => format!("`{name}` leaves it to the app's own state whether a call is reported"),
            Why::MissingField => {
                format!("`{name}` reports no call where something in the payload is missing")
            }
            Why::Caught => format!("`{name}` reports no call where an error is caught"),
            Why::Other => format!("`{name}` can return without reporting a call"),
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Why::Never => {
                "report the call before the handler returns, with what the payload has; the system kills an app \
                 that does not, and then stops delivering pushes to it"
            }
            Why::OldForm => {
                "move what the form without `completion` does into this one, and delete the other"
            }
            Why::Forwards => {
                "report the call here, in native code, and hand the push on afterwards: an app that is launched for the \
                 push has not started its JavaScript or Dart code when this handler returns"
            }
            Why::TakenForReport | Why::Control => {
                "report a call first, with the identifier of the one that ends, and then end it; better, send \
                 what is no incoming call by an ordinary push or over your own connection"
            }
            Why::MustReport => {
                "report the call where `mustReport` is `true`; only where it is `false` the handler may leave without"
            }
            Why::WaitsForBegin => {
                "report at once: the provider needs no `providerDidBegin`, which can even be missed, before a \
                 call is reported to it"
            }
            Why::BadIdentifier => {
                "fall back to a new identifier, `UUID(uuidString: text) ?? UUID()`, report the call, and end it \
                 if it cannot be used"
            }
            Why::OwnState => {
                "report the call whatever the app believes; the system judges by its own view (foreground, \
                 another call), and on iOS 26.4 tells in `metadata.mustReport` when no report is due"
            }
            Why::MissingField | Why::Caught | Why::Other => {
                "report a call on this way too, as a placeholder, and end it at once; the system kills an app \
                 that returns without a report, and then stops delivering pushes to it"
            }
        }
    }
}

impl Decision {
    fn is_control(&self) -> bool {
        let text = self.text.to_lowercase();
        let words = [
            "cancel", "\"end", "ended", "missed", "hangup", "hang_up", "\"stop", "\"busy", "reject",
            "answered",
        ];
        words.iter().any(|word| text.contains(word))
    }

    fn is_own_state(&self) -> bool {
        let text = self.text.to_lowercase();
        let words = [
            "applicationstate",
            "activecall",
            "currentcall",
            "isincall",
            "hascall",
            "calls.isempty",
            "cxcallobserver",
            "date()",
            "expir",
            "timestamp",
            "ttl",
            "isloggedin",
            "loggedin",
            "currentuser",
            "donotdisturb",
            "ismuted",
            "isblocked",
            "regioncode",
            "ischina",
            "isforeground",
            "isactive",
            ".active",
        ];
        words.iter().any(|word| text.contains(word))
    }
}
