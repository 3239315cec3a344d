//! A file that is read in parts says what it says when it is read at once.

use std::path::Path;
use std::sync::Arc;

use pushlint::facts::FileFacts;
use pushlint::facts::dump::dump;
use pushlint::source::{FileId, Span};
use pushlint::swift;

fn lazily(text: &str) -> FileFacts {
    swift::parse_lazily(FileId(0), &Arc::from(text)).expect("the text is small")
}

/// What a reading says: the facts as text, and where each function, expression and statement is.
fn said(facts: &FileFacts) -> (String, [Vec<Span>; 4]) {
    let sorted = |mut spans: Vec<Span>| {
        spans.sort_unstable();
        spans
    };
    let places = [
        sorted(facts.functions().map(|(_, function)| function.span).collect()),
        sorted(facts.exprs().map(|(_, expr)| expr.span).collect()),
        sorted(facts.stmts().map(|(_, stmt)| stmt.span).collect()),
        facts.damaged(),
    ];
    (dump(facts), places)
}

const LONG: &str =
    "let text = \"a text that is long enough, so that it is worth while to read it later\"; g(text) { h() }";

/// Declarations with long bodies in all shapes, each with the number of its parts.
#[test]
fn bodies_of_all_shapes_are_read_later_and_say_the_same() {
    let shapes = [
        ("func f() { LONG }", 2),
        ("class A { func f(_ a: Int = { 1 }()) async throws -> Int { LONG } }", 2),
        ("class A { override class func f() { LONG }\n static func g() { LONG } }", 3),
        ("class A: B { init?(a: Int) { LONG }\n deinit { LONG } }", 3),
        ("struct A { var b: Int { LONG } }", 2),
        ("struct A { var b: Int { get { LONG } set(new) { LONG } } }", 2),
        (
            "struct A { var b: Int { get async throws { LONG } }\n subscript(i: Int) -> Int { get { LONG } set { LONG } } }",
            3,
        ),
        ("struct A { var b: Int { willSet { LONG } didSet { LONG } } }", 2),
        ("struct A { var b = 1 { didSet { LONG } } }", 1),
        ("struct A { lazy var b: B = { LONG }()\n let c = 1 }", 1),
        ("extension A.B where C == D { func f() { LONG } }", 2),
        ("enum A { case b(Int)\n indirect case c\n func f() { LONG } }", 2),
        ("protocol A { var b: Int { get set }\n func f() }\nextension A { func f() { LONG } }", 2),
        ("class A { struct B { func f() { LONG } }\n func g() { LONG } }", 3),
        ("class A { func f() { class B { }\n LONG } }", 1),
        ("actor A { let actor: Actor\n var actor2: Actor { LONG } }", 2),
        ("func == (a: A, b: A) -> Bool { LONG }", 2),
        ("class A {\n#if DEBUG\n func f() { LONG }\n#else\n func f() { LONG }\n#endif\n}", 3),
        ("class A { func f() {\n#if DEBUG\n LONG\n#endif\n LONG } }", 2),
        ("class A { @objc(f) @available(iOS 13, *) private func f() { func g() { LONG }\n g() } }", 2),
        ("if a { LONG }\nfunc f() { LONG }", 2),
        ("#Preview { LONG }\nstruct A { @ViewBuilder var body: some View { LONG } }", 2),
        ("class A { func f() { let a = \"}\" // }\n LONG } }", 2),
        ("class A { func f() { LONG }", 1),
        ("class A { func f() { LONG ) } }", 1),
        ("class A { // pushlint:reports\n func f() { LONG } }", 2),
        ("class A {\r func f() { LONG }\r}", 2),
    ];
    for (shape, parts) in shapes {
        let text = shape.replace("LONG", LONG);
        let facts = lazily(&text);
        assert_eq!(facts.part_count(), parts, "{shape}");
        let whole = swift::parse(FileId(0), &text).expect("the text is small");
        assert_eq!(said(&facts), said(&whole), "{shape}");
    }
}

/// A generated file has more bodies than a file has parts: members that follow each other share one, but for those with an `#if`
/// between them.
#[test]
fn many_bodies_share_their_parts() {
    let member = |number: usize| match number % 50 {
        0 => format!("#if DEBUG\n func f{number}() {{ {LONG} }}\n#endif\n"),
        1 => format!("struct B{number} {{ func f() {{ {LONG} }} }}\n"),
        _ => format!("func f{number}() {{ {LONG} }}\n"),
    };
    let members: String = (0..5000).map(member).collect();
    let text = format!("class A {{\n{members}}}\nextension A {{ func g() {{ {LONG} }} }}");
    let facts = lazily(&text);
    let parts = facts.part_count();
    assert!((500..2048).contains(&parts), "{parts}");
    assert_eq!(said(&facts), said(&swift::parse(FileId(0), &text).expect("it is small enough")));
}

/// Where too few can share one, an index could not name them: such a file is read at once.
#[test]
fn more_bodies_than_an_index_can_name_are_read_at_once() {
    for (count, parts) in [(2_000, 2_001), (3_000, 1)] {
        let ty = |number: usize| format!("struct B{number} {{ func f() {{ {LONG} }} }}\n");
        let text: String = (0..count).map(ty).collect();
        let facts = lazily(&text);
        assert_eq!(facts.part_count(), parts, "{count}");
        assert_eq!(
            said(&facts),
            said(&swift::parse(FileId(0), &text).expect("it is small enough")),
            "{count}"
        );
    }
}

/// Each member is read with the head of its type; where that is the longest of the file, all is read at once.
#[test]
fn a_long_head_is_not_read_with_each_of_its_members() {
    let member = |number: usize| format!("func f{number}() {{ {LONG} }}\n");
    let members: String = (0..20).map(member).collect();
    for (heirs, parts) in [(10, 21), (10_000, 1)] {
        let text = format!("class A: {} B {{\n{members}}}\n", "P,".repeat(heirs));
        let facts = lazily(&text);
        assert_eq!(facts.part_count(), parts, "{heirs}");
        assert_eq!(
            said(&facts),
            said(&swift::parse(FileId(0), &text).expect("the text is small")),
            "{heirs}"
        );
    }
}

#[test]
fn what_is_damaged_in_a_body_damages_its_function_and_no_other() {
    let facts = lazily(&format!("class A {{ func f() {{ {LONG}; let = = 3 }}\n func g() {{ {LONG} }} }}"));
    let damaged: Vec<&str> =
        facts.functions().filter(|(_, f)| facts.is_damaged(f)).map(|(_, f)| f.name.as_str()).collect();
    assert_eq!(damaged, ["f"]);
    assert_eq!(facts.damaged().len(), 1);
}

#[test]
fn the_fixtures_say_the_same_in_parts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let (compared, different) = compare(&folder);
    assert!(compared > 20 && different.is_empty(), "{compared}: {different:?}");
}

/// `PUSHLINT_FOLDER=… cargo test --release --test bodies -- --ignored --nocapture`. A file may differ where the repair of one part
/// took out a `nonisolated(unsafe)` of another when all of it was read at once.
#[test]
#[ignore = "needs a folder of Swift"]
#[allow(clippy::print_stderr, reason = "the figures are for a person")]
fn real_code_says_the_same_in_parts() {
    let folder = std::env::var_os("PUSHLINT_FOLDER").expect("PUSHLINT_FOLDER names a folder");
    let (compared, different) = compare(Path::new(&folder));
    eprintln!("{compared} files, {} differ", different.len());
    different.iter().for_each(|path| eprintln!("{path}"));
}

/// How many files of a folder were compared, and which of them say something else in parts. What the parser does not
/// understand may be less in parts, and is not compared.
fn compare(folder: &Path) -> (usize, Vec<String>) {
    let mut compared = 0;
    let mut different = Vec::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        if entry.path().extension().is_none_or(|extension| extension != "swift") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        let Ok(whole) = swift::parse(FileId(0), &text) else { continue };
        if !whole.damaged().is_empty() {
            continue;
        }
        compared += 1;
        if said(&lazily(&text)) != said(&whole) {
            different.push(entry.path().display().to_string());
        }
    }
    (compared, different)
}
