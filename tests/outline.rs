//! What a file declares is told without parsing it, and the parse agrees.

use std::path::PathBuf;

use pushlint::check;
use pushlint::config::Config;
use pushlint::facts::Around;
use pushlint::source::FileId;
use pushlint::swift;
use walkdir::WalkDir;

/// The Swift files of the fixtures.
fn fixtures() -> Vec<(PathBuf, String)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    let files = WalkDir::new(root).into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let swift = files.filter(|path| path.extension().is_some_and(|kind| kind == "swift"));
    swift.filter_map(|path| std::fs::read_to_string(&path).ok().map(|text| (path, text))).collect()
}

/// What the outline of a text says of its types and aliases, and what the facts say.
fn both(text: &str) -> (String, String) {
    let outline = swift::outline(text);
    let facts = swift::parse(FileId(0), text).expect("the text is small");
    let corrected = outline.corrected(&facts);
    let shown = |outline: &pushlint::facts::Outline| {
        let types = outline.types.iter().map(|ty| {
            let inherits: Vec<_> = ty.inherits.iter().map(|parent| parent.name().cloned()).collect();
            let around = ty.parent.map(|parent| parent.0);
            format!(
                "{:?} {} in {around:?}: {inherits:?} {:?} {}\n",
                ty.kind, ty.path, ty.marks, ty.is_conditional
            )
        });
        let aliases = outline.aliases.iter().map(|(name, ty)| format!("{name} = {:?}\n", ty.name()));
        types.chain(aliases).collect::<String>()
    };
    (shown(&outline), shown(&corrected))
}

#[test]
fn the_outline_of_every_fixture_says_what_its_facts_say() {
    let files = fixtures();
    assert!(files.len() > 20, "the fixtures are found");
    for (path, text) in files {
        let facts = swift::parse(FileId(0), &text).expect("the text is small");
        if facts.damaged.is_empty() {
            let (outline, facts) = both(&text);
            assert_eq!(outline, facts, "{}", path.display());
        }
    }
}

#[test]
fn types_are_seen_in_every_shape() {
    for text in [
        "@main final class A<T: B>: C<T>, D & E, @unchecked Sendable where T: F { struct G: H {} }",
        "extension A.B: C where Self: D { enum E: String { case f } }",
        "extension [String] { }\nextension Optional<Int>: P { }",
        "#if DEBUG\nclass A {}\n#else\nclass A: B {}\n#endif\nclass C {}",
        "protocol A<B>: AnyObject, C { associatedtype B: D; func e() }",
        "class A { class func b() { struct C {} }\n class var d: Int { 1 }\n let `class` = 1 }",
        "let actor = 1\nTask { }\nactor B: C { nonisolated func d() { \"\\(actor) { struct E {} }\" } }",
        "import class A.B\nimport struct C.D\n// class E {}\n/* struct F { */ enum G { case `extension`, h }",
        "typealias A = B.C\ntypealias D<E> = (E) -> Void\nstruct F { typealias G = [H] }",
        "let a = #\"class B {\"#\nlet c = \"\"\"\nstruct D {\n\"\"\"\nclass E {}",
        "class A { func b() { let c = class; }; func class_() { self.extension { } ; x.protocol(y) } }",
        "@objc(A) @MainActor\npublic class B: NSObject {\n}\n@resultBuilder enum C {}",
    ] {
        let (outline, facts) = both(text);
        assert_eq!(outline, facts, "{text}");
    }
}

#[test]
fn names_are_known_where_they_are_declared() {
    let text = "let a = 1, b = f(x)\nvar (c, d) = g()\nfunc e(_ x: Int, by y: Int) { let local = 1 }\n\
                class T { var p: Int { q }; let r = { let s = 1 }(), t = 2\n init?(u: Int) {}\n \
                subscript(v: Int) -> Int { 1 }\n func == (a: T, b: T) {} }\nenum E { case k(Int), l; case m }";
    let words = swift::outline(text).words;
    let with = |around: Around, names: &str| {
        names.split(' ').filter(|name| words.has(name, around)).collect::<Vec<_>>().join(" ")
    };
    let all = "a b c d e f g x y local p q r s t u v T E k l m init subscript ==";
    assert_eq!(with(Around::PROPERTY, all), "a b c d p r t");
    assert_eq!(with(Around::GLOBAL, all), "a b c d e");
    assert_eq!(with(Around::FUNCTION, all), "e init subscript ==");
    assert_eq!(with(Around::CASE, all), "k l m");
    assert!(with(Around::BUILT, "T E").is_empty());
    assert!(swift::outline("x = T(y)").words.has("T", Around::BUILT));
    assert!(!swift::outline("case T(Int)").words.has("T", Around::BUILT));
}

#[test]
fn where_a_brace_is_missing_every_name_may_be_declared_anywhere() {
    let words = swift::outline("class A { func b() { if c { }\n var d = 1\n func e() {} }").words;
    assert!(
        words.has("d", Around::PROPERTY) && words.has("d", Around::GLOBAL) && words.has("e", Around::GLOBAL)
    );
}

#[test]
fn what_nothing_asks_for_is_not_parsed() {
    let app = "import PushKit\nfinal class A: NSObject, PKPushRegistryDelegate {\n let registry = 1\n}";
    let other = "struct Unrelated { func nothing() {} }";
    let report = check::texts(&[("A.swift", app), ("B.swift", other)], &Config::default());
    assert_eq!(report.coverage.parsed_files, 1);
}

#[test]
fn an_outline_that_was_wrong_does_no_harm() {
    // The parse finds no type in the second file, whatever its words say.
    let app = include_str!("../fixtures/clean/Clear/Push/PushReceiver.swift");
    let broken = "class PushReceiver { \n )) class PushReceiver: { func ((\n struct PushReceiver {{{";
    let report = check::texts(&[("A.swift", app), ("B.swift", broken)], &Config::default());
    assert!(!report.handlers.is_empty());
}
