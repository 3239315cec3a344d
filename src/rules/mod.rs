//! The rules: what pushlint can find.
//!
//! A rule is its page (`rules/<id>.md`), its check, and one line in [`RULES`].

mod async_push_handler;
mod audio_session_by_hand;
mod blocking_before_report;
pub mod context;
mod deferred_call_report;
mod delegate_methods;
mod deprecated_push_handler;
mod dropped_push_token;
pub(crate) mod duty_words;
mod empty_call_identifier;
mod faked_call_report;
mod gated_push_registration;
mod ignored_provider_reset;
mod invalidated_provider;
mod late_provider_delegate;
mod late_push_registration;
mod missing_audio_activation;
mod missing_audio_background_mode;
mod missing_call_report;
mod missing_filtering_entitlement;
mod missing_microphone_text;
mod missing_push_entitlement;
mod missing_voip_background_mode;
mod optional_chained_report;
pub mod page;
mod payload_force_unwrap;
mod provider_per_call;
mod provider_without_delegate;
mod push_apps;
mod push_delegate_without_handler;
mod push_delegates;
mod push_handler_needs_newer_ios;
mod push_types_before_delegate;
mod quote;
mod registrations;
mod registry_before_provider;
mod registry_before_sdk_setup;
mod registry_stored_property;
mod registry_without_push_types;
mod several_providers;
pub(crate) mod superseded;
mod swap;
pub mod symptoms;
mod unanswered_call_action;
mod uncalled_app_delegate_method;
mod uncalled_push_handler;
mod unkept_call_identifier;
mod unrestricted_voip_entitlement;
mod unretained_delegate;
mod unretained_provider;
mod unseen_call_report;
mod voip_payload;
mod voip_payload_outside_extension;

use std::sync::OnceLock;

pub(crate) use optional_chained_report::is_ruled_out;

use context::Context;
use page::Page;

use crate::finding::Finding;

/// A kind of mistake that pushlint can find.
#[derive(Debug)]
pub struct Rule {
    /// The id, the name of its page.
    pub id: &'static str,
    /// The text of the page.
    pub page: &'static str,
    check: Check,
}

/// Where the findings of a rule come from.
#[derive(Debug)]
enum Check {
    /// It finds the mistake in a unit.
    Unit(fn(&Context<'_>) -> Vec<Finding>),
    /// It is about the comments that suppress the others: see [`crate::suppress`].
    Comments,
}

impl Rule {
    /// Whether it is about the comments that suppress findings. No comment can suppress such a rule.
    pub fn is_about_comments(&self) -> bool {
        matches!(self.check, Check::Comments)
    }
}

/// A rule with the page of its id; an id without a page does not compile.
macro_rules! rule {
    ($module:ident, $id:literal) => {
        rule!($id, Check::Unit($module::check))
    };
    ($id:literal, $check:expr) => {
        Rule {
            id: $id,
            page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $id, ".md")),
            check: $check,
        }
    };
}

/// Every rule, by id.
pub const RULES: &[Rule] = &[
    rule!(async_push_handler, "async-push-handler"),
    rule!(audio_session_by_hand, "audio-session-by-hand"),
    rule!(blocking_before_report, "blocking-before-report"),
    rule!(deferred_call_report, "deferred-call-report"),
    rule!(deprecated_push_handler, "deprecated-push-handler"),
    rule!(dropped_push_token, "dropped-push-token"),
    rule!(empty_call_identifier, "empty-call-identifier"),
    rule!(faked_call_report, "faked-call-report"),
    rule!(gated_push_registration, "gated-push-registration"),
    rule!(ignored_provider_reset, "ignored-provider-reset"),
    rule!(invalidated_provider, "invalidated-provider"),
    rule!(late_provider_delegate, "late-provider-delegate"),
    rule!(late_push_registration, "late-push-registration"),
    rule!(missing_audio_activation, "missing-audio-activation"),
    rule!(missing_audio_background_mode, "missing-audio-background-mode"),
    rule!(missing_call_report, "missing-call-report"),
    rule!(missing_filtering_entitlement, "missing-filtering-entitlement"),
    rule!(missing_microphone_text, "missing-microphone-text"),
    rule!(missing_push_entitlement, "missing-push-entitlement"),
    rule!(missing_voip_background_mode, "missing-voip-background-mode"),
    rule!(optional_chained_report, "optional-chained-report"),
    rule!(payload_force_unwrap, "payload-force-unwrap"),
    rule!(provider_per_call, "provider-per-call"),
    rule!(provider_without_delegate, "provider-without-delegate"),
    rule!(push_delegate_without_handler, "push-delegate-without-handler"),
    rule!(push_handler_needs_newer_ios, "push-handler-needs-newer-ios"),
    rule!(push_types_before_delegate, "push-types-before-delegate"),
    rule!(registry_before_provider, "registry-before-provider"),
    rule!(registry_before_sdk_setup, "registry-before-sdk-setup"),
    rule!(registry_stored_property, "registry-stored-property"),
    rule!(registry_without_push_types, "registry-without-push-types"),
    rule!(several_providers, "several-providers"),
    rule!("suppression-without-reason", Check::Comments),
    rule!(unanswered_call_action, "unanswered-call-action"),
    rule!(uncalled_app_delegate_method, "uncalled-app-delegate-method"),
    rule!(uncalled_push_handler, "uncalled-push-handler"),
    rule!(unkept_call_identifier, "unkept-call-identifier"),
    rule!("unknown-suppressed-rule", Check::Comments),
    rule!(unrestricted_voip_entitlement, "unrestricted-voip-entitlement"),
    rule!(unretained_delegate, "unretained-delegate"),
    rule!(unretained_provider, "unretained-provider"),
    rule!(unseen_call_report, "unseen-call-report"),
    rule!("unused-suppression", Check::Comments),
    rule!(voip_payload_outside_extension, "voip-payload-outside-extension"),
];

/// The pages of all rules, in the order of [`RULES`].
///
/// # Panics
///
/// If a page that is built into the program is malformed; a test reads them all.
pub fn pages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        RULES
            .iter()
            .map(|rule| match Page::parse(rule.id, rule.page) {
                Ok(page) => page,
                Err(error) => panic!("{error}"),
            })
            .collect()
    })
}

/// The ids of all rules, in the order of [`RULES`].
pub fn ids() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.id)
}

/// The findings of all rules in a unit, before anything is suppressed. None is surer than its rule: what the rule was
/// judged on bounds what it may say.
pub fn findings(context: &Context<'_>) -> Vec<Finding> {
    let of_rule = |rule: &Rule| match rule.check {
        Check::Unit(check) => check(context),
        Check::Comments => Vec::new(),
    };
    let mut findings: Vec<Finding> = RULES.iter().flat_map(of_rule).collect();
    for finding in &mut findings {
        let page = pages().iter().find(|page| page.meta.id == finding.rule);
        let most = page.map_or(finding.confidence, |page| page.meta.confidence);
        finding.confidence = finding.confidence.min(most);
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{RULES, pages};

    #[test]
    fn every_page_is_well_formed() {
        assert_eq!(pages().len(), RULES.len());
    }

    #[test]
    fn rules_are_listed_once_and_by_id() {
        assert!(RULES.is_sorted_by(|left, right| left.id < right.id));
    }
}
