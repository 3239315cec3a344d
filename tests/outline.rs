//! What a file declares is told without parsing it, and the parse agrees.

use std::path::PathBuf;

use pushlint::check;
use pushlint::config::Config;
use pushlint::facts::{Around, ExprKind, FunctionKind, StmtKind};
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
        if facts.damaged().is_empty() {
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
    assert!(swift::outline("let a = #/\"{/#\nfunc f() {}").words.has("f", Around::GLOBAL));
    assert!(swift::outline("f(#\"\"\"#)\nfunc g() {}").words.has("g", Around::GLOBAL));
    assert!(swift::outline("(f)(x)").words.has("f", Around::CALLED));
    assert!(swift::outline("\\T.[a: b]").words.has("[", Around::ANY));
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

/// What the words of a text do not say of what its facts have.
fn unsaid(text: &str) -> Vec<String> {
    let words = swift::outline(text).words;
    let Ok(facts) = swift::parse(FileId(0), text) else { return Vec::new() };
    let mut unsaid = Vec::new();
    let mut say = |name: &str, around: Around, what: &str| {
        // A macro is no function.
        if name.starts_with('#') {
            return;
        }
        let is_said = pushlint::facts::words::split(name).all(|word| words.has(word, around));
        if !is_said {
            unsaid.push(format!("{what} `{name}`"));
        }
    };
    for (_, function) in facts.functions().filter(|(_, function)| function.parent.is_none()) {
        if matches!(
            function.kind,
            FunctionKind::Function | FunctionKind::Initializer | FunctionKind::Subscript
        ) {
            say(&function.name, Around::FUNCTION, "function");
        }
        if function.kind == FunctionKind::Function && function.owner.is_none() {
            say(&function.name, Around::GLOBAL, "global function");
        }
    }
    for property in &facts.properties {
        say(&property.name, Around::PROPERTY, "property");
        if property.owner.is_none() {
            say(&property.name, Around::GLOBAL, "global");
        }
    }
    for case in facts.types.iter().flat_map(|ty| &ty.cases) {
        say(case, Around::CASE, "case");
    }
    for (_, expr) in facts.exprs() {
        match &expr.kind {
            ExprKind::Call { callee, .. } => match &facts.expr(*callee).kind {
                ExprKind::Name(name) => say(name.trim_start_matches('$'), Around::CALLED, "call"),
                ExprKind::Member { name, .. } => say(name, Around::CALLED, "call"),
                _ => {}
            },
            ExprKind::Name(name) | ExprKind::Member { name, .. } | ExprKind::Selector(name) => {
                say(name, Around::ANY, "name");
            }
            _ => {}
        }
    }
    for (_, stmt) in facts.stmts() {
        if let StmtKind::Assign { target, .. } = &stmt.kind
            && let ExprKind::Name(name) | ExprKind::Member { name, .. } = &facts.expr(*target).kind
        {
            say(name, Around::WRITTEN, "assignment");
        }
    }
    let has_subscript = facts.exprs().any(|(_, expr)| matches!(expr.kind, ExprKind::Subscript { .. }));
    if has_subscript && !words.has("[", Around::ANY) {
        unsaid.push("subscript".to_owned());
    }
    unsaid
}

#[test]
fn the_words_of_every_fixture_say_where_its_names_are_declared_and_used() {
    for (path, text) in fixtures() {
        assert_eq!(unsaid(&text), Vec::<String>::new(), "{}", path.display());
    }
}

/// The same of any folder: `PUSHLINT_FOLDER=… cargo test --release --test outline -- --ignored --nocapture`
#[test]
#[ignore = "needs a folder of Swift"]
#[allow(clippy::print_stderr, reason = "the figures are for a person")]
fn the_words_of_every_file_of_a_folder_do() {
    let folder = std::env::var("PUSHLINT_FOLDER").expect("PUSHLINT_FOLDER names a folder");
    let files = WalkDir::new(folder).into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let (mut read, mut wrong, mut joined) = (0, 0, 0);
    for path in files.filter(|path| path.extension().is_some_and(|kind| kind == "swift")) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Ok(facts) = swift::parse(FileId(0), &text) else { continue };
        read += 1;
        let (outline, corrected) = both(&text);
        if outline != corrected {
            joined += 1;
            eprintln!("{}: other types, {} damages", path.display(), facts.damaged().len());
        }
        let unsaid = unsaid(&text);
        if !unsaid.is_empty() {
            wrong += 1;
            eprintln!("{}: {} damages: {}", path.display(), facts.damaged().len(), unsaid.join(", "));
        }
    }
    eprintln!("{read} files, {joined} with other types, {wrong} with names that their words do not say");
    assert_eq!(wrong, 0);
}
