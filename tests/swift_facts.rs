//! What the Swift front end understands, told through the dump of the facts.
#![allow(clippy::unwrap_used)]

use pushlint::facts::dump::dump;
use pushlint::facts::{ExprKind, FileFacts};
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
fn generic_types_are_told_from_comparisons() {
    assert_eq!(value("Foo<Bar>.shared.x()"), "type(Foo<Bar>).shared.x()");
    assert_eq!(
        value("f(Result<A, B>.self, x: Foo<Bar>.self)"),
        "f(type(Result<A, B>).self, x: type(Foo<Bar>).self)"
    );
    assert_eq!(value("[String]().map(f)"), "type([String])().map(f)");
    assert_eq!(value("[String: Int].self"), "type([String: Int]).self");
    assert_eq!(
        body("g(a: Result<Void, Error>.success(x), b: 1)"),
        "g(a: type(Result<(), Error>).success(x), b: 1)"
    );
    assert_eq!(
        body("if a, Task<Never, Never>.isCancelled || b { }"),
        "if a, (type(Task<Never, Never>).isCancelled || b)"
    );
    assert_eq!(value("f(a < b, c > d)"), "f((a < b), (c > d))");
    assert_eq!(value("a < b"), "(a < b)");
    assert_eq!(body("Task<Void, Never> { f() }"), "type(Task<(), Never>)(trailing { f() })");
}

#[test]
fn every_question_mark_and_exclamation_mark_is_kept() {
    assert_eq!(body("a?.b?[1]?(2)!.c = try await d"), "a?.b?[1]?(2)!.c = try(await(d))");
    assert_eq!(body("completion?(.success(()))"), "completion?(.success(()))");
    assert_eq!(value("(a as? B)?.c"), "(a as? B)?.c");
    assert_eq!(value("a!.b!"), "a!.b!");
    assert_eq!(body("a?\n  // why\n  .b()\n  .c!()"), "a?.b().c!()");
}

#[test]
fn arguments_have_their_labels() {
    assert_eq!(
        body("foo(a, b: c, d: &self.e) { } f: { x in } "),
        "foo(a, b: c, d: &self.e, trailing {  }, trailing f: { x in  })"
    );
    assert_eq!(value("x.map(\\.y.z)"), "x.map(\\.y.z)");
    assert_eq!(value("#selector(self.foo(_:b:))"), "#selector(foo)");
    assert_eq!(value("Foo.bar(_:b:)"), "Foo.bar");
    assert_eq!(value(".foo.bar(.baz, -1, -x)"), ".foo.bar(.baz, -1, (- x))");
    assert_eq!(value("\"a \\(b, c: d) e\" + \"f\""), "(\"\\(b) \\(d)\" + \"f\")");
    assert_eq!(value("(1, b: 2)"), "(1, b: 2)");
    assert_eq!(value("((a))"), "a");
    assert_eq!(value("()"), "()");
}

#[test]
fn closures_have_captures_parameters_and_effects() {
    assert_eq!(
        value("{ @MainActor [weak self, x = y.z, unowned d] (a, b: Int) async throws -> Int in $0 }"),
        "{ @MainActor [weak self, x = y.z, unowned d] a, b: Int async throws in $0 }"
    );
    assert_eq!(value("{ $0.a = 1 }"), "{ $0.a = 1 }");
    assert_eq!(value("{ a() }()"), "{ a() }()");
}

#[test]
fn conditions_are_split_at_their_commas() {
    assert_eq!(
        body(
            "if let x, let y = z?.w, case .a(let z, _)? = w, #available(iOS 13.0, *), !q(a, b) { } else if var k = m { } else { n() }"
        ),
        "if case let x?, case let y? = z?.w, case .a(let z, _)? = w, #available(iOS 13.0), !q(a, b)
else
  if case let k? = m
  else
    n()"
    );
    assert_eq!(
        body("guard let self, let a: B = c else { return }\nwhile let x = y(), x { }"),
        "guard case let self?, case let a?: B = c else\n  return\nwhile case let x? = y(), x"
    );
}

#[test]
fn patterns_in_all_places() {
    assert_eq!(
        body(
            "switch x {
            case let .a(b, c), .d(let b, let c): f()
            case .e where x > 1: g(); fallthrough
            case \"a\", 0..<3: h()
            case (_, nil): j()
            case is A: k()
            case Foo.bar: l()
            case let x as A: m()
            case let .h(.i(z)): o()
            case .j(x: let y, z: _)?: p()
            case let q?: r()
            @unknown default: break
            }"
        ),
        r#"switch x
case .a(let b, let c), .d(let b, let c):
  f()
case .e where (x > 1):
  g()
  fallthrough
case "a", (0 ..< 3):
  h()
case (_, nil):
  j()
case is A:
  k()
case .bar:
  l()
case let x as A:
  m()
case .h(.i(let z)):
  o()
case .j(let y, _)?:
  p()
case let q?:
  r()
case default:
  break"#
    );
    assert_eq!(
        body(
            "do { try f() } catch let e as NSError where e.code == 1 { } catch Foo.bar { } catch { throw error }"
        ),
        "do
  try(f())
catch let e as NSError where (e.code == 1)
catch .bar
catch
  throw error"
    );
    assert_eq!(
        body("l: for case let (a, b) in x where a > b { continue l }\nfor try await v in s { break }"),
        "l: for (let a, let b) in x where (a > b)\n  continue l\nfor await let v in s\n  break"
    );
}

#[test]
fn defer_and_other_traps_of_the_grammar() {
    assert_eq!(body("defer { x() }\nrepeat { a() } while b"), "defer\n  x()\nrepeat while b\n  a()");
    assert_eq!(body("return\nfoo(1)"), "return foo(1)");
    assert_eq!(body("return;\nfoo(1)"), "return\nfoo(1)");
    assert_eq!(body("return\nlet x = 1"), "return\nlet x = 1");
    assert_eq!(body("let x = if a { b() } else { c }"), "let x = <if a { b() }; else { c }>");
    assert_eq!(body("async let a = b(), c = d"), "async let a = b()\nasync let c = d");
    assert_eq!(body("var n: Int { 1 }"), "var n: Int\nget() -> Int\n  1");
}

#[test]
fn build_conditions_pair_up() {
    assert_eq!(
        body("#if DEBUG\na()\n#elseif os(iOS)\nb()\n#if X\nc()\n#endif\n#else\nreturn\n#endif\nd()"),
        "#if DEBUG
  a()
#if (!DEBUG && os(iOS))
  b()
  #if X
    c()
  #if !X
#if (!DEBUG && !os(iOS))
  return
d()"
    );
    assert_eq!(
        body(
            "switch x {\n#if DEBUG\ncase .a: b()\n#else\ncase .c: d()\n#endif\ncase .e:\n#if X\nf()\n#endif\n}"
        ),
        "switch x
#if DEBUG case .a:
  b()
#if !DEBUG case .c:
  d()
case .e:
  #if X
    f()
  #if !X"
    );
    assert_eq!(body("view\n#if A\n.b()\n#endif\n.c()"), "view.b().c()");
    assert_eq!(
        dump(&facts(
            "class A {\n#if X && !targetEnvironment(simulator)\nlet b = 1\n#else\nfunc c() {}\n#endif\n}"
        )),
        "class A\n  #if (X && !simulator) let b = 1\n  #if !(X && !simulator) func c()\n"
    );
}

#[test]
fn declarations_of_every_kind() {
    let text = r"
class A: B<C>.D {
    let j, k: Int
    @objc dynamic private(set) var f: Int = 0 { willSet(n) { a() } didSet { b() } }
    var g: Int { set { x = newValue } get async throws { y } }
    let (m, n) = (1, 2)
    init?(_ x: Int = 1, y z: @autoclosure () -> Bool, w: ((Int) -> Void)?, v: (@Sendable () async -> Void)!) {}
    subscript(a: Int, b c: Int) -> Int { get { 1 } set { x = newValue } }
    class func h<T: P>(_ t: @escaping @Sendable (A, B) async throws -> Void, u: inout [T], v: Any...) async throws -> some Q where T: R {}
    deinit { y() }
    struct N { enum O: Int { case a = 1, b; indirect case c(N) } }
    typealias Q = (A) -> B
}
protocol R: AnyObject {
    associatedtype T: U
    var a: Int { get }
    func b(x: Int) async throws
}
actor V { nonisolated func x() { class L { func m() {} }; func n() {} } }
@available(iOS 26.4, *) extension A.N: W {}
typealias Completion = (Error?) -> Void
let global = X()
if a { b() }
";
    assert_eq!(
        dump(&facts(text)),
        r"typealias Completion = ((Error?) -> ())
let global = X()
class A: B.D
  typealias Q = ((A) -> B)
  let j: Int
  let k: Int
  @objc var f: Int = 0
    observer(_ n: Int)
      a()
    observer(_ oldValue: Int)
      b()
  var g: Int
    get() async throws -> Int
      y
    set(_ newValue: Int)
      x = newValue
  let m = (1, 2)
  let n = (1, 2)
  init?(_ x: Int = 1, y z: @autoclosure (() -> Bool), w: ((Int) -> ())?, v: (() async -> ())!)
  subscript(a: Int, b c: Int) -> Int
    1
  static func h<T: P, T: R>(_ t: @escaping ((A, B) async -> ()), u: inout [T], v: Any...) async throws -> Q
  deinit()
    y()
struct A.N
enum A.N.O: Int
  case a
  case b
  case c
protocol R: AnyObject
  typealias T = U
  var a: Int
  func b(x: Int) async throws
actor V
  nonisolated func x()
    type V.L
    func n()
class V.L (local)
  func m()
@available(iOS 26.4, *) extension A.N: W
top level
  if a
    b()
"
    );
}

#[test]
fn a_comment_declares_that_a_function_reports() {
    let text = "protocol P {
    // pushlint:reports
    func a()
    func b() // pushlint:reports
    func c()
    // pushlint:reporter
    func d()
    // pushlint:reports
    @objc
    var e: () -> Void { get }
    let f = \"// pushlint:reports\"
}";
    let facts = facts(text);
    let functions = facts.functions().filter(|(_, f)| f.declared_reporting).map(|(_, f)| f.name.as_str());
    assert_eq!(functions.collect::<Vec<_>>(), ["a", "b"]);
    let properties = facts.properties.iter().filter(|f| f.declared_reporting).map(|f| f.name.as_str());
    assert_eq!(properties.collect::<Vec<_>>(), ["e"]);
}

#[test]
fn what_the_grammar_cannot_read_is_repaired() {
    assert_eq!(body("if await a.b { x() } else { y() }"), "if await(a.b)\n  x()\nelse\n  y()");
    assert_eq!(
        body("if let v = try? await t.value, await !g() { z() }"),
        "if case let v? = try?(await(t.value)), await(!g())\n  z()"
    );
    assert_eq!(body("switch await x.y { case .a: b() }"), "switch await(x.y)\ncase .a:\n  b()");
    assert_eq!(body("while await (s?.t) != nil { u() }"), "while await((s?.t != nil))\n  u()");
    assert_eq!(body("for i in 0... { f() }"), "for let i in 0\n  f()");
    assert_eq!(body("nonisolated(unsafe) let q = q"), "let q = q");
    assert_eq!(body("do { } catch A.b, C.d { }"), "do\ncatch .b");
    assert_eq!(body("f(<#T##x: Int#>)"), "f(<#T##x: Int#>)");
    assert_eq!(body("b { [] in c() }"), "b(trailing { c() })");
    assert_eq!(body("b { (self: T, x) in c() }"), "b(trailing { self: T, x in c() })");
    assert_eq!(body("B { a() }\n  label: { b() }"), "B(trailing { a() }, trailing label: { b() })");
    assert_eq!(
        body("w(of: (S, Result<Void, E>).self) { g in }"),
        "w(of: (S, Result).self, trailing { g in  })"
    );
    assert_eq!(
        body(
            "let f = unsafeBitCast(b, to: (@convention(block) (@escaping A, @escaping () -> B<C>) -> Void).self)"
        ),
        "let f = unsafeBitCast(b, to: @convention(block) (@escaping A, @escaping () -> B<C>) -> Void.self)"
    );
    assert_eq!(body("lock() ; defer { unlock() }"), "lock()\ndefer\n  unlock()");
    assert_eq!(body("switch x {\ncase .a:\n  // nothing\ncase .b: c()\n}").lines().count(), 5);
    assert_eq!(body("return prefix(x)"), "return prefix(x)");
    assert_eq!(value("#\"\"\"\n\"#fff\"\n\"\"\"#"), "\"\\n\\\"#fff\\\"\\n\"");
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let text = "class A {\n  #if X\n  // pushlint:reports\n  func a() {\n    return\n    #if Y\n    b()\n    #endif\n  }\n  #endif\n}\n";
    let plain = dump(&facts(text));
    assert!(plain.contains("// reports"), "{plain}");
    assert_eq!(dump(&facts(&text.replace('\n', "\r\n"))), plain);
    assert_eq!(dump(&facts(&format!("\u{feff}{text}"))), plain);
}

#[test]
fn damage_stays_where_it_is() {
    let text = "class A: B {
    func a() { x() }
    func b() { if a { foo( } }
    func c() { z() }
}
extension A { func d() {} }";
    let facts = facts(text);
    let damaged =
        facts.functions().filter(|(_, function)| facts.is_damaged(function)).map(|(_, f)| f.name.as_str());
    assert_eq!(damaged.collect::<Vec<_>>(), ["b"]);
    assert_eq!(facts.functions().count(), 4);
    assert_eq!(facts.types.len(), 2);
    assert!(!facts.damaged().is_empty());
}

#[test]
fn a_missing_brace_makes_everything_inside_doubtful() {
    let facts = facts("class A {\nfunc a() { if b { c() \n}\nfunc d() { }\n}\n");
    assert!(facts.functions().all(|(_, function)| facts.is_damaged(function)));
}

#[test]
fn spans_are_those_of_the_text() {
    let text = "func f() {\n  if await é.b { g(x) }\n}";
    let facts = facts(text);
    let calls: Vec<_> = facts
        .exprs()
        .filter(|(_, expr)| matches!(expr.kind, ExprKind::Call { .. }))
        .map(|(_, expr)| &text[expr.span.start as usize..expr.span.end as usize])
        .collect();
    assert_eq!(calls, ["g(x)"]);
    let body = facts.body(facts.functions().next().unwrap().1).unwrap();
    assert_eq!(&text[body.end().start as usize..body.end().end as usize], "}");
}

#[test]
fn what_is_too_much_is_given_up() {
    assert_eq!(parse(FileId(0), &" ".repeat(2_000_001)).unwrap_err(), GiveUp::TooLarge);
    assert_eq!(parse(FileId(0), &"#".repeat(1_001)).unwrap_err(), GiveUp::HashRun);
    assert_eq!(parse(FileId(0), &"try await ".repeat(3_000)).unwrap_err(), GiveUp::TooSlow);
}
