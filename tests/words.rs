//! What `missing-call-report` says a way out depends on.

use pushlint::check;
use pushlint::config::Config;

/// The message about a handler that leaves where a condition does not hold, and reports otherwise.
fn message(condition: &str) -> String {
    let text = format!(
        "import CallKit
import PushKit
final class Receiver: NSObject, PKPushRegistryDelegate {{
    let provider = CXProvider(configuration: CXProviderConfiguration())
    var session: Session?
    weak var bridge: Bridge?
    var calls: [UUID: Bridge] = [:]
    func call(_ id: UUID) -> Bridge? {{ calls[id] }}
    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) {{
        defer {{ completion() }}
        guard {condition} else {{ return }}
        provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) {{ _ in }}
    }}
}}
final class Session {{}}
final class Bridge {{}}
"
    );
    let report = check::texts(&[("Receiver.swift", &text)], &Config::default());
    let found = report.findings.iter().filter(|finding| finding.rule == "missing-call-report");
    let messages: Vec<&str> = found.map(|finding| finding.message.as_str()).collect();
    match messages.as_slice() {
        [only] => only.replace("`Receiver.pushRegistry` ", ""),
        several => panic!("{condition}: {several:?}"),
    }
}

#[test]
fn a_field_of_the_payload_is_missing() {
    let missing = "reports no call where something in the payload is missing";
    assert_eq!(message(r#"let _ = payload.dictionaryPayload["caller"] as? String"#), missing);
}

#[test]
fn the_identifier_is_malformed() {
    let malformed = "reports no call where the identifier is malformed";
    assert_eq!(
        message(r#"let _ = UUID(uuidString: payload.dictionaryPayload["id"] as? String ?? "")"#),
        malformed
    );
}

#[test]
fn the_app_has_no_idea_of_a_session_or_a_bridge() {
    let own_state = "leaves it to the app's own state whether a call is reported";
    for condition in [
        "session != nil",
        "let session",
        "let _ = bridge",
        "UIApplication.shared.applicationState != .active",
    ] {
        assert_eq!(message(condition), own_state, "{condition}");
    }
}

#[test]
fn what_a_function_returns_may_be_nil_for_any_reason() {
    assert_eq!(message("call(UUID()) != nil"), "can return without reporting a call");
}

/// The step that says which way a handler takes that leaves inside `statement`.
fn step(statement: &str) -> String {
    let text = format!(
        "import CallKit
import PushKit
final class Receiver: NSObject, PKPushRegistryDelegate {{
    let provider = CXProvider(configuration: CXProviderConfiguration())
    var line = Line.free
    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) {{
        defer {{ completion() }}
        {statement}
        provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) {{ _ in }}
    }}
}}
enum Line {{ case free, busy }}
"
    );
    let report = check::texts(&[("Receiver.swift", &text)], &Config::default());
    let found = report.findings.iter().find(|finding| finding.rule == "missing-call-report");
    let steps = &found.unwrap_or_else(|| panic!("{statement}: nothing is found")).steps;
    steps[steps.len() - 2].text.clone()
}

#[test]
fn a_comparison_is_told_as_it_is_written() {
    assert_eq!(step("guard line == .free else { return }"), "`line == .free` does not hold");
    assert_eq!(step("guard line != .busy else { return }"), "`line != .busy` does not hold");
    assert_eq!(step("if line == .busy { return }"), "`line == .busy` holds");
    assert_eq!(step("if line != .free { return }"), "`line != .free` holds");
    assert_eq!(step("if !(line != .busy) { return }"), "`line != .busy` does not hold");
}
