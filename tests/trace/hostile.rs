//! Names and code that mean something to a terminal, to Mermaid or to HTML come out as text.

use pushlint::render::HumanOptions;
use pushlint::trace::Trace;

use super::{human, json, mermaid, report, report_on};

/// A file name and conditions with whatever a format could take for its own.
const PATH: &str = "A\"]-->B[\u{1b}[2J%%{init}%%<b>`end`\u{202e}.swift";
const CODE: &str = r#"
import PushKit
import CallKit

final class Receiver: NSObject, PKPushRegistryDelegate {
    let provider = CXProvider(configuration: CXProviderConfiguration())
    var `end`: String?

    func pushRegistry(_ registry: PKPushRegistry, didUpdate pushCredentials: PKPushCredentials, for type: PKPushType) {}

    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, for type: PKPushType, completion: @escaping () -> Void) {
        guard payload.dictionaryPayload["\"]; --> <script>#quot;`%%"] != nil else { return }
        if "|{{}}; end".isEmpty { return }
        provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in completion() }
    }
}
"#;

#[test]
fn a_terminal_sees_no_control_character() {
    let trace = Trace::new(&report_on(&[(PATH, CODE)]));
    let drawn = human(&trace, HumanOptions::default(), true);
    assert!(drawn.contains("no call reported"), "{drawn}");
    let hidden = |character: char| character != '\n' && (character.is_control() || character == '\u{202e}');
    assert!(!drawn.contains(hidden), "{drawn:?}");
}

#[test]
fn programs_get_the_names_as_they_are() {
    let document = json(&Trace::new(&report_on(&[(PATH, CODE)])));
    assert_eq!(document["handlers"][0]["place"]["path"], PATH);
}

/// Whether a label holds nothing but plain characters, entities and line breaks.
fn is_tame(label: &str) -> bool {
    let mut rest = label.replace("<br/>", "");
    while let Some((before, after)) = rest.split_once('#') {
        let Some((entity, after)) = after.split_once(';') else { return false };
        if entity.is_empty() || !entity.chars().all(|digit| digit.is_ascii_digit()) {
            return false;
        }
        rest = format!("{before}{after}");
    }
    let is_plain = |character: char| {
        !character.is_control()
            && (!character.is_ascii()
                || character.is_ascii_alphanumeric()
                || " .,:()+-/'".contains(character))
    };
    rest.chars().all(is_plain)
}

/// Whether a line is one that a flowchart may have.
fn is_statement(line: &str) -> bool {
    let is_id = |id: &str| !id.is_empty() && id.chars().all(|part| part.is_ascii_alphanumeric());
    if line == "end" || line == "direction TB" || line == "flowchart TD" || line.starts_with("classDef ") {
        return true;
    }
    for arrow in [" -->|yes| ", " -->|otherwise| ", " --> ", " -.- ", " ~~~ "] {
        if line.contains(arrow) && !line.contains('"') {
            return line.split(arrow).all(is_id);
        }
    }
    let line = line.strip_prefix("subgraph ").unwrap_or(line);
    let Some((open, rest)) = line.split_once('"') else { return false };
    let Some((label, close)) = rest.split_once('"') else { return false };
    let forms = [("[", "]"), ("([", "])"), ("{{", "}}")];
    is_tame(label)
        && forms.iter().any(|(before, after)| {
            open.strip_suffix(before).is_some_and(is_id)
                && close
                    .strip_prefix(after)
                    .is_some_and(|class| class.is_empty() || class.strip_prefix(":::").is_some_and(is_id))
        })
}

#[test]
fn a_flowchart_has_no_line_that_is_none() {
    let hostile = mermaid(&Trace::new(&report_on(&[(PATH, CODE)])));
    let apps = ["ring", "forum-thread", "clean", "sdk/twilio", "sdk/flutter"];
    for chart in apps.map(|app| mermaid(&Trace::new(&report(app)))).into_iter().chain([hostile]) {
        for line in chart.lines() {
            assert!(is_statement(line.trim()), "{line}");
        }
    }
}
