//! However a call, a value or a declaration is written: the report that it leads to is found.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod project;

use project::Project;

/// Long enough, so that a body with it is read only when somebody asks for it.
const LONG: &str =
    "        print(\"this is long enough, so that the body is read later\", 1, 2, 3, 4, 5, 6, 7)\n";

/// A type of which parts can be changed.
const HELD: &str = "struct Held {\n    var flag = false\n    var all = [0]\n    mutating func change() { flag = true }\n}\n\
                    func fill(_ held: inout Held) { held.flag = true }";

/// What is said of a handler that calls `Helper.shared.go()`, where `Helper` has these members. Those with `RING` before their
/// body report a call.
fn said(members: &str, other: &str) -> String {
    let ring = format!("{{\n{LONG}        Center.shared.report()\n    }}");
    let helper = format!(
        "final class Helper {{\n    static let shared = Helper()\n    var f: (() -> Void)?\n    subscript(at: Int) -> Int {{\n\
         {LONG}        Center.shared.report()\n        return at\n    }}\n{}\n}}\n",
        members.replace("RING", &ring).replace("GO {", &format!("func go() {{\n{LONG}"))
    );
    let project = Project::new(&[
        (
            "AppDelegate.swift",
            "import PushKit\nimport UIKit\n\n@main\nfinal class AppDelegate: UIResponder, UIApplicationDelegate, PKPushRegistryDelegate {\n    \
             func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, \
             for type: PKPushType, completion: @escaping () -> Void) {\n        Helper.shared.go()\n        completion()\n    }\n}\n",
        ),
        ("Helper.swift", &helper),
        ("Other.swift", &other.replace("    LONG", LONG)),
        (
            "Center.swift",
            "import CallKit\n\nfinal class Center {\n    static let shared = Center()\n    \
             let provider = CXProvider(configuration: CXProviderConfiguration())\n\n    func report() {\n        \
             provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in }\n    }\n}\n",
        ),
    ]);
    let said = project.run(&["--no-config", "--format", "short"]);
    said.err.lines().last().unwrap_or_default().split("; ").next().unwrap_or_default().to_owned()
}

#[test]
fn a_report_is_found_however_the_way_to_it_is_written() {
    let one = "pushlint: 1 push handler, 1 way out, it reports";
    let two = "pushlint: 1 push handler, 2 ways out, 1 of them reports";
    for (members, other) in [
        ("func ring() RING\nGO { ring() }", ""),
        // What looks like a keyword at the end of a comment.
        ("func ring() RING\nGO { // now call the func\n        ring()\n }", ""),
        ("func ring() RING\nGO { /// set the var\n        f = { self.ring() }\n        f?() }", ""),
        ("func ring(id: Int) RING\nGO { ring(\n            // no more let\n            id: 3) }", ""),
        // Labels behind a closure, and values without one.
        (
            "GO { let x = container.resolve(Other.self)!\n        x.ring(id: 3) }",
            "class Other { func ring(id: Int, done: @escaping () -> Void = {}) { Center.shared.report() } }",
        ),
        (
            "GO { let x = container.resolve(Other.self)!\n        x.ring(ids: 1, 2) }",
            "class Other { func ring(ids: Int...) { Center.shared.report() } }",
        ),
        // Names in capital letters that are no types.
        ("func ring() RING\nGO { CALLS.ring() }", "let CALLS = Helper()"),
        (
            "static func ring() RING\nGO { Starter.start(Helper.self) }",
            "enum Starter { static func start<T: Helper>(_ type: T.Type) {\n        print(\"this is long enough, so that the body is read later\", 1, 2, 3, 4, 5)\n        T.ring()\n    } }",
        ),
        // A function as a value, in front of a parenthesis.
        ("func ring(_ id: Int) RING\nGO { let g = ring(_:)\n        g(3) }", ""),
        ("func ring() RING\nGO { let g = ring\n        (g)() }", ""),
        // A subscript behind white space.
        ("GO { _ = self [3] }", ""),
        // A call without arguments, and one with a closure.
        ("func ring() RING\nGO { ring ( ) }", ""),
        ("func ring() RING\nGO { ring(/* nothing */) }", ""),
        ("func ring() RING\nGO { ring(\n            // nothing\n        ) }", ""),
        ("func ring(done: () -> Void) RING\nGO { ring { } }", ""),
        ("func ring(at: Int = 0, done: () -> Void) RING\nGO { ring() { } }", ""),
        ("func ring(at: Int = 0) RING\nGO { ring() }", ""),
        ("func ring(_ all: Int...) RING\nGO { ring() }", ""),
        // A generic parameter whose name looks like that of a type.
        (
            "class func ring() RING\nGO { start(Helper.self) }",
            "func start<Caller: Helper>(_ type: Caller.Type) {\n    LONG    Caller.ring()\n}",
        ),
        (
            "class func ring() RING\nGO { _ = Starter(Helper.self) }",
            "struct Starter {\n    init?<Caller>(_ type: Caller.Type) where Caller: Helper {\n    LONG    Caller.ring()\n    }\n}",
        ),
        (
            "class func ring() RING\nGO { Starter<Helper>().start() }",
            "struct Starter<Caller: Helper> {\n    func start() {\n    LONG    Caller.ring()\n    }\n}",
        ),
        // A method as a function of its object.
        (
            "func ring() RING\nGO { start(self) }",
            "func start(_ helper: Helper) {\n    LONG    Helper.ring(helper)()\n}",
        ),
        (
            "func ring(id: Int) RING\nGO { start(self) }",
            "func start(_ helper: Helper) {\n    LONG    let f = Helper.ring(helper)\n    f(3)\n}",
        ),
        ("func ring() RING\nGO { Self.ring(self)() }", ""),
        // Another name of a type.
        ("init(id: Int) RING\ninit() {}\ntypealias Other = Helper\nGO { _ = Other(id: 3) }", ""),
        (
            "init(id: Int) RING\ninit() {}\nGO { start() }",
            "func start() {\n    LONG    _ = Second(id: 3)\n}\ntypealias First = Helper\ntypealias Second = First",
        ),
        (
            "GO { ring() }",
            "extension Other {\n    func ring() {\n    LONG    Center.shared.report()\n    }\n}\ntypealias Other = Helper",
        ),
        (
            "@Other var state = 0\nGO { _ = state }",
            "@propertyWrapper struct Ringing {\n    init(wrappedValue: Int) {}\n    var wrappedValue: Int {\n    LONG    Center.shared.report()\n        return 0\n    }\n}\n\
             typealias Other = Ringing",
        ),
        // What has a default value, behind `.init`.
        (
            "GO { let other: Other = .init()\n        print(other) }",
            "func ring() -> Int {\n    LONG    Center.shared.report()\n    return 1\n}\nstruct Other {\n    init(id: Int = ring()) {}\n}",
        ),
        // A closure goes to the parameter that has no default.
        ("func ring(before: () -> Void = {}, done: () -> Void) RING\nGO { ring { } }", ""),
        // A name that is a keyword, of something whose type is not known.
        (
            "GO { let x = container.resolve(Other.self)!\n        x.repeat(id: 3) }",
            "class Other {\n    func `repeat`(id: Int) {\n    LONG    Center.shared.report()\n    }\n}",
        ),
        // A method of optionals.
        (
            "GO { f.ring() }",
            "extension Optional {\n    func ring() {\n    LONG    Center.shared.report()\n    }\n}",
        ),
        // What an observer sees.
        ("var state = Held() { didSet RING }\nGO { state = Held() }", HELD),
        ("var state = Held() { didSet RING }\nGO { self . state . flag = true }", HELD),
        ("var state = Held() { didSet RING }\nGO { state.all[0] += 1 }", HELD),
        ("var state = Held() { didSet RING }\nGO { state.change() }", HELD),
        ("var state = Held() { didSet RING }\nGO { state\n            .change() }", HELD),
        ("var state = [Held()] { didSet RING }\nGO { state [0] = Held() }", HELD),
        ("var state = Held() { didSet RING }\nGO { fill(&state) }", HELD),
        ("var state = Held() { didSet RING }\nGO { self[keyPath: \\.state] = Held() }", HELD),
        ("var state = Held() { didSet RING }\nGO { (f, state) = (nil, Held()) }", HELD),
        ("var state = Held() { didSet RING }\nGO { (self.state, f) = (Held(), nil) }", HELD),
        // An operator that is no ASCII.
        ("func ring() -> Int { Center.shared.report(); return 1 }\nGO { _ = 1≤ring() }", ""),
    ] {
        let said = said(members, other);
        // Where it is nil, what a property holds is not called.
        assert!(said == one || said == two && members.contains("f?()"), "{said}\n{members}\n{other}");
    }
}

/// An action is answered in a file that does not name its framework, where its type tells that it is one.
#[test]
fn an_action_is_answered_where_its_framework_is_not_named() {
    let provider = "import CallKit\n\nfinal class Calls: NSObject, CXProviderDelegate {\n    \
        func provider(_ provider: CXProvider, perform action: CXAnswerCallAction) {\n        Coordinator.finish(action)\n    }\n\n    \
        func providerDidReset(_ provider: CXProvider) {}\n}\n";
    let said = |answer: &str| {
        let coordinator = format!(
            "enum Coordinator {{\n    static func finish(_ action: CXAnswerCallAction) {{\n{LONG}        {answer}\n    }}\n}}\n"
        );
        let app = "import PushKit\n\nfinal class Pushes: NSObject, PKPushRegistryDelegate {\n    func pushRegistry(_ registry: PKPushRegistry, \
            didUpdate pushCredentials: PKPushCredentials, for type: PKPushType) {}\n}\n";
        let project = Project::new(&[
            ("Calls.swift", provider),
            ("Coordinator.swift", &coordinator),
            ("Pushes.swift", app),
        ]);
        project.run(&["--no-config", "--format", "short"]).out
    };
    assert!(!said("action.fulfill()").contains("unanswered-call-action"));
    assert!(said("print(action.uuid)").contains("unanswered-call-action"));
}
