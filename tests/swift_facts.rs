//! What the Swift front end understands, told through the dump of the facts.
#![allow(clippy::unwrap_used)]

use pushlint::facts::FileFacts;
use pushlint::facts::dump::dump;
use pushlint::source::FileId;
use pushlint::swift::{GiveUp, parse};

fn facts(text: &str) -> FileFacts {
    parse(FileId(0), text).unwrap()
}

/// The statements of a function around `body`.
fn body(body: &str) -> String {
    let text = dump(&facts(&format!("func f() {{\n{body}\n}}\n")));
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("func f()"), "{text}");
    assert!(!lines[0].contains("damaged"), "{text}");
    lines[1..].iter().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// The value of an expression, as understood.
fn value(expr: &str) -> String {
    body(&format!("_ = {expr}")).strip_prefix("_ = ").unwrap().to_owned()
}

#[test]
fn an_app_delegate_with_pushkit() {
    let text = r#"
import UIKit
import class PushKit.PKPushRegistry

@main
final class AppDelegate: UIResponder, UIApplicationDelegate {
    private let registry = PKPushRegistry(queue: .main), queue: DispatchQueue = .global()
    weak var provider: CXProvider?
    lazy var calls: [UUID: Call] = [:]
    var isReady: Bool { provider != nil }

    func application(_ application: UIApplication, didFinishLaunchingWithOptions options: [String: Any]?) -> Bool {
        registry.delegate = self
        registry.desiredPushTypes = [.voIP]
        return true
    }
}

extension AppDelegate: PKPushRegistryDelegate {
    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload,
                      for type: PKPushType, completion: @escaping () -> Void) {
        guard type == .voIP, let id = payload.dictionaryPayload["id"] as? String else { return completion() }
        provider?.reportNewIncomingCall(with: UUID(uuidString: id)!, update: CXCallUpdate()) { error in
            completion()
        }
    }
}
"#;
    assert_eq!(
        dump(&facts(text)),
        r#"import UIKit
import PushKit
@main class AppDelegate: UIResponder, UIApplicationDelegate
  private let registry = PKPushRegistry(queue: .main)
  private let queue: DispatchQueue = .global()
  weak var provider: CXProvider?
  lazy var calls: [UUID: Call] = [: ]
  var isReady: Bool
    get() -> Bool
      (provider != nil)
  func application(_ application: UIApplication, didFinishLaunchingWithOptions options: [String: Any]?) -> Bool
    registry.delegate = self
    registry.desiredPushTypes = [.voIP]
    return true
extension AppDelegate: PKPushRegistryDelegate
  func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, for type: PKPushType, completion: @escaping (() -> ()))
    guard (type == .voIP), case let id? = (payload.dictionaryPayload["id"] as? String) else
      return completion()
    provider?.reportNewIncomingCall(with: UUID(uuidString: id)!, update: CXCallUpdate(), trailing { error in completion() })
"#
    );
}

#[test]
fn operators_follow_swifts_precedence() {
    assert_eq!(value("a && b || c"), "((a && b) || c)");
    assert_eq!(value("a != nil && b !== c"), "((a != nil) && (b != c))");
    assert_eq!(value("!(a || b) && !(c).d"), "(!(a || b) && !c.d)");
    assert_eq!(value("a ?? b == c"), "((a ?? b) == c)");
    assert_eq!(value("!a.b == c && d"), "((!a.b == c) && d)");
    assert_eq!(value("try a.b() ?? c"), "try((a.b() ?? c))");
    assert_eq!(value("try await x!.y().z!"), "try(await(x!.y().z!))");
    assert_eq!(value("await x?.y()"), "await(x?.y())");
    assert_eq!(value("a < b ? c : d == e ? f : g"), "((a < b) ? c : ((d == e) ? f : g))");
    assert_eq!(value("a + b as? T ?? c"), "(((a + b) as? T) ?? c)");
    assert_eq!(body("try self.x = foo()"), "self.x = try(foo())");
}

#[test]
fn what_is_too_much_is_given_up() {
    assert_eq!(parse(FileId(0), &" ".repeat(2_000_001)).unwrap_err(), GiveUp::TooLarge);
    assert_eq!(parse(FileId(0), &"#".repeat(1_001)).unwrap_err(), GiveUp::HashRun);
    assert_eq!(parse(FileId(0), &"try await ".repeat(3_000)).unwrap_err(), GiveUp::TooSlow);
}
