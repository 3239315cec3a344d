//! Code that nobody writes and a generator might: what is twice as long takes about twice as long.
//!
//! Each of these takes a fraction of a second where the cost grows with the length, and minutes where it grows with its
//! square. The limit is generous: the machine may be busy.

mod project;

use std::fs;
use std::time::{Duration, Instant};

use pushlint::check::{self, Request};
use pushlint::config::Config;
use pushlint::facts::MAX_DEPTH;
use pushlint::report::{Outcome, Report};
use pushlint::swift;

use project::{Project, Said, handler};

const LIMIT: Duration = Duration::from_secs(30);

/// `count` lines, each with its number for `#`.
fn lines(count: usize, line: &str) -> String {
    (0..count).map(|number| line.replace('#', &number.to_string()) + "\n").collect()
}

/// A push handler that begins with `ways` and ends with a report, and more code beside it.
fn report(ways: &str, beside: &str) -> Report {
    let text = project::handler("Calls", ways) + beside;
    let start = Instant::now();
    let report = check::texts(&[("Calls.swift", &text)], &Config::default());
    assert!(start.elapsed() < LIMIT, "it took {:?}", start.elapsed());
    report
}

fn outcomes(ways: &str, beside: &str) -> Vec<Outcome> {
    let report = report(ways, beside);
    let mut outcomes: Vec<Outcome> =
        report.handlers.iter().flat_map(|handler| &handler.ways_out).map(|way| way.outcome).collect();
    outcomes.dedup();
    outcomes
}

#[test]
fn a_handler_that_calls_a_thousand_functions() {
    let report = "CXProvider().reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in }";
    let functions = lines(1_000, &format!("func f#() {{ if flag# {{ {report} }} }}"));
    assert_eq!(outcomes(&lines(1_000, "f#()"), &functions), [Outcome::Reported]);
}

/// Every closure keeps the names that are in scope where it stands.
#[test]
fn thousands_of_closures_among_thousands_of_variables() {
    let ways = lines(sized(8_000), "let a#: Value = .init(#); work { _ in keep(a#) }");
    assert_eq!(outcomes(&(ways + REPORTS), ""), [Outcome::Reported]);
}

const REPORTS: &str =
    "CXProvider(configuration: a).reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in }";

/// Functions of which each calls the next one, and the last one reports.
fn chain(count: usize) -> String {
    let function = |at: usize| format!("func f{at}() {{ f{}() }}\n", at + 1);
    (0..count).map(function).collect::<String>() + &format!("func f{count}() {{ {REPORTS} }}\n")
}

#[test]
fn a_chain_of_calls_of_any_length_leads_to_the_report() {
    for count in [100, 2_000, sized(60_000)] {
        assert_eq!(outcomes("f0()\nreturn completion()", &chain(count)), [Outcome::Reported], "{count}");
    }
    let losing = chain(2_000).replace("{ f1000()", "{ if a { return }; f1000()");
    assert_eq!(outcomes("f0()\nreturn completion()", &losing), [Outcome::Reported, Outcome::Missing]);
}

#[test]
fn a_chain_of_calls_over_many_files_leads_to_the_report_or_is_said_not_to_be_followed() {
    let told = |functions: usize, in_each: usize, calls_two: bool| {
        let calls = handler("Calls", "f0()\nreturn completion()");
        let function = |at: usize| match at + 1 {
            next if next < functions && calls_two => {
                format!("func f{at}() {{ f{next}(); f{}() }}\n", (next + 1).min(functions - 1))
            }
            next if next < functions => format!("func f{at}() {{ f{next}() }}\n"),
            _ => format!("func f{at}() {{ {REPORTS} }}\n"),
        };
        let mut files = vec![("Calls.swift".to_owned(), calls)];
        for first in (0..functions).step_by(in_each) {
            let text = (first..first + in_each).map(function).collect();
            files.push((format!("F{first}.swift"), text));
        }
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let report = check::texts(&files, &Config::default());
        report.handlers[0].ways_out.iter().map(|way| way.outcome).collect::<Vec<_>>()
    };
    assert_eq!(told(4_000, 100, false), [Outcome::Reported]);
    assert_eq!(told(3_000, 5, false), [Outcome::Reported]);
    assert_eq!(told(900, 5, true), [Outcome::Reported]);
    assert_eq!(told(3_000, 5, true), [Outcome::Unseen], "never that it loses the call");
}

#[test]
fn every_provider_that_a_large_handler_makes_is_told() {
    let made = |ways: &str, beside: &str| {
        let report = report(ways, beside);
        report.findings.iter().filter(|finding| finding.rule == "provider-per-call").count()
    };
    assert_eq!(made(&(lines(25_000, "a()") + REPORTS), ""), 1);
    let count = sized(8_000);
    assert_eq!(made(&lines(count, &format!("if a# {{ {REPORTS} }}")), ""), count);
    let functions = lines(count, "func f#() { CXProvider(configuration: a).invalidate() }");
    assert_eq!(made(&lines(count, "f#()"), &functions), count);
}

#[test]
fn where_the_launch_is_not_followed_to_its_end_that_is_said() {
    for (length, is_said) in [(40, false), (100, true), (30_000, true)] {
        let calls = handler("Calls", "f0()") + &chain(length);
        let project = Project::new(&[("Calls.swift", &calls)]);
        let said = short(&project, &[]);
        let text =
            "pushlint: Calls.swift: leads to more code than is followed from the launch and from a push";
        assert_eq!(said.err.starts_with(text), is_said, "{length}: {}", said.err);
        assert_eq!(said.status, 1, "{}", said.err);
    }
}

#[test]
fn a_handler_with_thousands_of_variables_and_branches() {
    let ways = lines(3_000, "let v# = Bool.random()\nif v# { a() }\nb()\nc()\nd()");
    assert_eq!(outcomes(&ways, ""), [Outcome::Reported]);
    assert_eq!(outcomes(&lines(5_000, "if x# { a#() }"), ""), [Outcome::Reported]);
}

#[test]
fn a_handler_with_ten_thousand_ways_out_that_lose_the_call() {
    let count = sized(10_000);
    let ways = lines(count, "guard let v# = payload.dictionaryPayload[\"k#\"] as? String else { return }");
    let report = report(&ways, "");
    let missing = report.handlers[0].ways_out.iter().filter(|way| way.outcome == Outcome::Missing);
    assert_eq!(missing.count(), count);
    assert_eq!(report.findings.iter().filter(|finding| finding.rule == "missing-call-report").count(), count);
}

#[test]
fn chains_of_thousands_of_links() {
    for link in ["a?.", "a.", "a[0].", "a()."] {
        let chain = format!("let x = {}b", link.repeat(if link == "a()." { 500 } else { 5_000 }));
        assert_eq!(outcomes(&chain, ""), [Outcome::Reported], "{link}");
    }
}

#[test]
fn a_hierarchy_of_a_thousand_classes() {
    let classes = lines(1_000, "class T#1: T# { override func f() { super.f() } }");
    assert_eq!(outcomes("", &classes), [Outcome::Reported]);
}

#[test]
fn a_protocol_with_a_thousand_implementations() {
    let reports = "CXProvider().reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in }";
    let types = lines(
        1_000,
        &format!(
            "final class I#: Ringing {{ func ring(_ payload: PKPushPayload) {{ {reports} }} }}\nlet i# = I#()"
        ),
    );
    let protocol = "protocol Ringing { func ring(_ payload: PKPushPayload) }\nvar ringing: Ringing = I0()\n";
    assert_eq!(
        outcomes("ringing.ring(payload)\nreturn completion()", &(protocol.to_owned() + &types)),
        [Outcome::Reported]
    );
}

#[test]
fn a_thousand_functions_that_call_one_another_in_circles() {
    let count = 1_000;
    let function = |number: usize| {
        let (next, other) = ((number + 1) % count, number * 7 % count);
        format!("func f{number}() {{ if a {{ f{next}() }} else if b {{ f{other}() }} }}\n")
    };
    let functions: String = (0..count).map(function).collect();
    assert_eq!(outcomes("f0()", &functions), [Outcome::Reported]);
}

#[test]
fn properties_whose_types_rest_on_one_another() {
    let link = |at: usize| format!("let a{at} = a{}.made(b)\n", at + 1);
    let link_of_type = |at: usize| format!("static let a{at} = Self.a{}.made(b)\n", at + 1);
    let chain: String = (0..60).map(link).collect();
    let of_type: String = (0..60).map(link_of_type).collect();
    for (ways, beside) in [
        ("a0.made(payload)\nif b { return }", chain),
        ("Chain.a0.made(payload)\nif b { return }", format!("enum Chain {{\n{of_type}}}\n")),
        (
            "Circle().a.made(payload)\nif b { return }",
            "final class Circle { let a = self.b.made(self.a); let b = self.a.made(self.b) }".to_owned(),
        ),
        ("own.made(payload)\nif b { return }", "let own = own.made(own)".to_owned()),
    ] {
        assert_eq!(outcomes(ways, &beside), [Outcome::Unseen, Outcome::Reported], "{beside}");
    }
}

/// Which of several alternatives held is forgotten before the next one is asked: there are not twice as many states for each.
#[test]
fn conditions_with_alternatives_without_number() {
    let joined = |clause: &str| {
        let clauses: Vec<String> = (0..100).map(|at| clause.replace('#', &at.to_string())).collect();
        format!("if {} {{ return }}", clauses.join(" && "))
    };
    for clause in
        ["(a# || b#)", "(a# ? b# : c#)", "(a# == b#) == (c# == d#)", "!(a# && b#)", "(a# != nil || b)"]
    {
        assert_eq!(outcomes(&joined(clause), ""), [Outcome::Missing, Outcome::Reported], "{clause}");
    }
}

#[test]
fn lists_of_a_hundred_thousand() {
    let list = |count: usize, item: &str| {
        (0..sized(count)).map(|at| item.replace('#', &at.to_string())).collect::<Vec<_>>().join(", ")
    };
    for (ways, beside) in [
        (String::new(), format!("class A: {} {{ func f() {{ }} }}", list(100_000, "P#"))),
        (String::new(), format!("struct A<T> where {} {{ func f() {{ }} }}", list(100_000, "T: P#"))),
        (String::new(), format!("func f({}) {{ }}", list(100_000, "a#: Int"))),
        (String::new(), lines(sized(100_000), "import A#")),
        (String::new(), lines(sized(40_000), "extension T { func f#() { } }")),
        (String::new(), lines(sized(40_000), "let a# = b#.c()")),
        (format!("f({})", list(200_000, "a#")), String::new()),
        (format!("_ = {}b", "try a + await ".repeat(sized(50_000))), String::new()),
        (format!("let x = a{}", " == a".repeat(sized(100_000))), String::new()),
    ] {
        let told = outcomes(&ways, &beside);
        assert!(
            matches!(told[..], [Outcome::Reported | Outcome::Deferred]),
            "{told:?}: {ways:.20} {beside:.20}"
        );
    }
}

/// A way out of a handler that loses the call.
const LOSES: &str = "        guard let a = payload.dictionaryPayload[\"a\"] else { return completion() }";

/// What is only longer in a full run, for what costs time in proportion.
fn sized(full: usize) -> usize {
    if cfg!(debug_assertions) { full / 10 } else { full }
}

/// A run with one line per finding.
fn short(project: &Project, args: &[&str]) -> Said {
    let start = Instant::now();
    let said = project.run(&[&["--quiet", "--format", "short"], args].concat());
    assert!(start.elapsed() < LIMIT, "it took {:?}", start.elapsed());
    said
}

#[test]
fn a_source_of_50_megabytes_is_named_and_not_kept() {
    let project = Project::new(&[("Calls.swift", &handler("Calls", LOSES))]);
    project.write("Big.swift", &"let a = [1, 2, 3]\n".repeat(50_000_000 / 18));
    let said = short(&project, &[]);
    assert_eq!(said.complained(), (2, "pushlint: Big.swift: cannot be read: larger than 16 MiB\n"));
    assert!(said.out.starts_with("Calls.swift:"), "{}", said.out);
    if cfg!(target_os = "linux") {
        let script = "ulimit -v 400000; exec \"$0\" --quiet --threads 2";
        let said = project.command("sh", &["-c", script, env!("CARGO_BIN_EXE_pushlint")]);
        assert_eq!(said.status, 2, "{}", said.err);
        assert!(said.err.contains("larger than 16 MiB"), "400 MB are enough: {}", said.err);
    }
}

#[test]
fn a_line_of_10_megabytes_is_named_and_a_shorter_one_is_judged_and_clipped() {
    let project = Project::new(&[("Calls.swift", &handler("Calls", LOSES))]);
    project.write("Line.swift", &format!("let a = \"{}\"\n", "x".repeat(10_000_000)));
    let line = "pushlint: Line.swift: was not understood: the file is larger than 2 MB";
    assert_eq!(short(&project, &[]).complained(), (1, format!("{line}\n").as_str()));
    project.write("Line.swift", &format!("import PushKit // {}\n", "x".repeat(10_000_000)));
    let lost = format!("{line}; it names PushKit, and was not judged\n");
    assert_eq!(short(&project, &[]).complained(), (2, lost.as_str()));

    let comment = format!("/*{}*/ {}", "x".repeat(1_500_000), LOSES.trim());
    let project = Project::new(&[("Calls.swift", &handler("Calls", &comment))]);
    for format in ["human", "short", "xcode", "json", "sarif", "github", "gitlab", "rdjson", "markdown"] {
        let said = project.run(&["--quiet", "--format", format]);
        assert_eq!(said.complained(), (1, ""), "{format}");
        // SARIF describes every rule.
        assert!(format == "sarif" || said.out.len() < 20_000, "{format}: {} bytes", said.out.len());
    }
}

#[test]
fn a_literal_of_a_million_elements_is_judged_or_named() {
    let judged = format!("        let a = [{}]\n{LOSES}", "1,".repeat(sized(900_000)));
    let project = Project::new(&[("Calls.swift", &handler("Calls", &judged))]);
    let said = short(&project, &[]);
    assert_eq!(said.complained(), (1, ""));
    assert!(said.out.contains("missing-call-report"), "{}", said.out);

    let named = format!("        let a = [{}]\n{LOSES}", "1,".repeat(1_000_000));
    let project = Project::new(&[("Calls.swift", &handler("Calls", &named))]);
    let line = "pushlint: Calls.swift: was not understood: the file is larger than 2 MB; it names PushKit, and was not judged\n";
    assert_eq!(short(&project, &[]).told(), (2, ""));
    assert_eq!(short(&project, &[]).err, line);
}

#[test]
fn what_nests_100_000_deep_in_a_handler_is_judged_or_named() {
    let nestings = [
        ("(", "a", ")"),
        ("[", "a", "]"),
        ("f { ", "a", " }"),
        ("if a { ", "b", " }"),
        ("class A { ", "", " }"),
        ("#if A\n", "a", "\n#endif\n"),
        ("{", "", ""),
        ("", "", "}"),
        ("/*", "", "*/"),
        ("\"\\(", "a", ")\""),
        ("a.", "b", ""),
        ("a ? b : ", "c", ""),
        ("!", "a", ""),
        ("let a: [", "T", "] "),
    ];
    let depth = sized(100_000);
    for (at, (open, inner, close)) in nestings.iter().enumerate() {
        let deep = format!("_ = {}{inner}{}\n{LOSES}", open.repeat(depth), close.repeat(depth));
        let project = Project::new(&[("Calls.swift", &handler("Calls", &deep))]);
        let said = short(&project, &[]);
        let is_told = said.out.contains("missing-call-report") && said.status == 1
            || said.out.contains("unseen-call-report")
            || said.err.starts_with("pushlint: Calls.swift: ") && said.status == 2;
        assert!(is_told, "{at}, {open}: {said:?}");
    }
}

#[test]
fn what_a_file_declares_is_told_in_a_time_and_a_room_that_grow_with_its_length() {
    let start = Instant::now();
    for (text, types) in [
        ("a.".repeat(300_000), 0),
        (format!("let a: {}B", "A.".repeat(300_000)), 0),
        ("class A {".repeat(100_000), MAX_DEPTH),
        ("{".repeat(300_000) + &"class A {}".repeat(30_000), 30_000),
    ] {
        let outline = swift::outline(&text);
        assert_eq!(outline.types.len(), types);
        let paths: usize = outline.types.iter().map(|ty| ty.path.len()).sum();
        assert!(paths < text.len(), "{paths} bytes of paths");
    }
    assert!(start.elapsed() < LIMIT, "it took {:?}", start.elapsed());
}

#[test]
fn awaits_without_number() {
    assert_eq!(outcomes(&format!("_ = {}a\n", "await ".repeat(sized(100_000))), ""), [Outcome::Deferred]);
}

#[test]
fn a_folder_of_20_000_files_is_read_whole() {
    let project = Project::new(&[("Calls.swift", &handler("Calls", LOSES))]);
    for at in 0..20_000 {
        fs::write(project.folder().join(format!("F{at}.swift")), "import UIKit\n").expect("a file");
    }
    let said = project.run(&["--format", "short"]);
    assert_eq!(said.status, 1, "{}", said.err);
    assert!(said.out.starts_with("Calls.swift:") && said.out.lines().count() == 1, "{}", said.out);
    assert!(said.err.contains("20001 Swift files read"), "{}", said.err);
}

#[test]
fn of_many_apps_only_the_texts_are_kept_of_which_something_is_told() {
    let project = Project::new(&[]);
    let suppressed =
        format!("{LOSES} // pushlint:disable:this missing-call-report - the extension reports it");
    for app in 0..5 {
        let settings = "// !$*UTF8*$!\n{ objects = { A = { isa = PBXProject; }; }; rootObject = A; }\n";
        project.write(&format!("App{app}/App.xcodeproj/project.pbxproj"), settings);
        project
            .write(&format!("App{app}/Calls.swift"), &handler("Calls", &format!("{LOSES}\nhelp(payload)")));
        project.write(&format!("App{app}/Help.swift"), "func help(_ payload: PKPushPayload) {}\n");
        project.write(&format!("App{app}/More.swift"), &handler("More", &suppressed));
        project.write(&format!("App{app}/View.swift"), "// pushlint:disable missing-call-report - why not\n");
    }
    let request = Request { folder: project.folder().to_path_buf(), ..Request::default() };
    let report = check::run(&request).expect("a run");
    let found: Vec<(&str, &str)> = report
        .findings
        .iter()
        .map(|finding| (report.sources.get(finding.location.file).path.as_str(), finding.rule))
        .collect();
    let expected =
        ["Calls.swift", "View.swift"].map(|file| (0..5).map(move |app| format!("App{app}/{file}")));
    let mut expected: Vec<String> = expected.into_iter().flatten().collect();
    expected.sort();
    assert_eq!(found.iter().map(|(path, _)| *path).collect::<Vec<_>>(), expected);
    assert_eq!(report.suppressed.len(), 5);
    for (_, file) in report.sources.iter() {
        let is_kept = !file.text.is_empty();
        let name = file.path.rsplit('/').next().unwrap_or_default();
        assert_eq!(is_kept, matches!(name, "Calls.swift" | "More.swift" | "View.swift"), "{}", file.path);
    }
}
