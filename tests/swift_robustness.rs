//! The Swift front end on texts that nobody writes: it may understand nothing, but it ends well.
#![allow(clippy::unwrap_used)]

use pushlint::facts::dump::dump;
use pushlint::facts::{ExprKind, FileFacts, StmtKind};
use pushlint::source::FileId;
use pushlint::swift::parse;

fn facts(text: &str) -> FileFacts {
    parse(FileId(0), text).unwrap()
}

const SAMPLE: &str = r##"
import PushKit
@main final class A: B<C>, D {
    #if DEBUG && !targetEnvironment(simulator)
    @Published private(set) lazy var x: [Int: P?]? = f() { didSet { g(oldValue) } }
    #else
    var c: Int { get async throws { 1 } set(v) { q = v } }
    #endif
    enum E: String { case a = "x", b(Int) }
    init?(_ a: inout [T], b: @escaping @Sendable (A) async -> Void = {}) where T: Q {}
    func f<T>(x: T) async throws -> (A, B) {
        guard let self, case .a(let z)? = w, #available(iOS 13, *), !q else { return }
        if await a.b { x() } else if let é = try? await "ü\(c ?? "d") \(e)".f?(1)!.g { defer { h() } }
        switch (a, b) { case (.c(let d), is E) where d > 1, let f as G: fallthrough; default: break }
        do { try f() } catch A.b, C.d { throw e } catch { }
        l: for case let (a, b) in 0... { continue l }
        repeat { x += a && b || c ? d : e } while y
        Task { [weak self, k = m] (a: Int, _) async in self?.n(\.o, #selector(p(_:))) }
        #if os(iOS)
        return ()
        #endif
        let s = #"""
        "#fff" \#(a)
        """#, r = /a"b/, p = <#q#>
    }
}
"##;

#[test]
fn a_text_cut_anywhere_does_not_panic() {
    for end in (0..=SAMPLE.len()).filter(|end| SAMPLE.is_char_boundary(*end)) {
        let part = if end % 4 == 0 { &SAMPLE[end..] } else { &SAMPLE[..end] };
        let _ = dump(&facts(part));
    }
}

#[test]
fn a_text_with_a_hole_anywhere_does_not_panic() {
    let bytes = SAMPLE.as_bytes();
    for at in 0..bytes.len() {
        if let Some(hole) = b"{})\"#".get(at % 11) {
            let mut text = bytes.to_vec();
            text[at] = *hole;
            let _ = dump(&facts(&String::from_utf8_lossy(&text)));
        }
    }
}

/// What can nest, and what stands inside of it.
const NESTINGS: [(&str, &str, &str); 21] = [
    ("(", "a", ")"),
    ("[", "a", "]"),
    ("[a: ", "a", "]"),
    ("f(", "a", ")"),
    ("f[", "a", "]"),
    ("{ ", "a", " }"),
    ("f { ", "a", " }"),
    ("!", "a", ""),
    ("a ? b : ", "c", ""),
    ("a ? ", "c", " : b"),
    ("\"\\(", "a", ")\""),
    ("if a { ", "b", " }"),
    ("if a { } else ", "{ }", ""),
    ("do { ", "b", " }"),
    ("switch a { case b: ", "c", " }"),
    ("func f() { ", "b", " }"),
    ("class A { ", "", " }"),
    ("let a: [", "T", "] "),
    ("let a: T<", "T", ">"),
    ("#if A\n", "a", "\n#endif\n"),
    ("a = ", "b", ""),
];

#[test]
fn deep_nesting_does_not_overflow() {
    for (open, inner, close) in NESTINGS {
        for depth in [150, 4_000] {
            let text = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
            for text in [format!("func f() {{\nlet x = {text}\n}}"), format!("class C {{\n{text}\n}}"), text]
            {
                let _ = dump(&facts(&text));
            }
        }
    }
}

#[test]
fn what_nests_too_deep_is_damaged() {
    let inner = format!("{}{}", "f { ".repeat(500), "}".repeat(500));
    let text = format!("func f() {{ {inner} }}\nfunc g() {{ a() }}");
    let facts = facts(&text);
    let named = |name: &str| {
        facts.functions().map(|(_, function)| function).find(|function| function.name == name).unwrap()
    };
    assert!(facts.is_damaged(named("f")));
    assert!(!facts.is_damaged(named("g")));
}

#[test]
fn long_chains_are_kept_whole() {
    let links = 10_000;
    let facts = facts(&format!("func f() {{ a{} }}", ".b()".repeat(links)));
    assert!(facts.damaged().is_empty());
    let calls = facts.exprs().filter(|(_, expr)| matches!(expr.kind, ExprKind::Call { .. })).count();
    assert_eq!(calls, links);
}

#[test]
fn long_rows_of_operators_are_kept_whole() {
    for op in ["+", "&&", "||", "??", "=="] {
        let operands = vec!["a"; 10_000].join(&format!(" {op} "));
        let facts = facts(&format!("func f() {{ _ = {operands} }}"));
        assert!(facts.damaged().is_empty(), "{op}");
        let names = facts.exprs().filter(|(_, expr)| matches!(expr.kind, ExprKind::Name(_))).count();
        assert_eq!(names, 10_001, "{op}");
    }
}

#[test]
fn a_long_else_if_is_kept_whole() {
    let facts = facts(&format!("func f() {{ {} {{ }} }}", "if a { b() } else ".repeat(2_000)));
    assert!(facts.damaged().is_empty());
    let ifs = facts.stmts().filter(|(_, stmt)| matches!(stmt.kind, StmtKind::If { .. })).count();
    assert_eq!(ifs, 2_000);
}

/// A brace too many ends a function early: what it does after it is not in its body, and nothing is known of it.
#[test]
fn a_function_that_a_brace_too_many_ends_early_is_damaged() {
    let app = |body: &str| {
        format!(
            "class A {{\n    func f() {{\n        {body}\n        report()\n    }}\n\n    func g() {{ a() }}\n}}\n"
        )
    };
    for body in ["if a { b() } }", "guard a else { return } }", "} } ) ) let let func {\n return"] {
        let facts = facts(&app(body));
        let f =
            facts.functions().map(|(_, function)| function).find(|function| function.name == "f").unwrap();
        assert!(facts.is_damaged(f), "{body}");
    }
    let whole = facts(&app("if a { b() }"));
    assert!(whole.functions().all(|(_, function)| !whole.is_damaged(function)));
    // Elsewhere in a file that has a brace too many, a function that is followed by another one is whole.
    let facts = facts("class A {\n    func f() { a() }\n    func g() { b() }\n}\n}\n");
    assert!(!facts.functions().any(|(_, function)| function.name == "f" && facts.is_damaged(function)));
}
