//! The report for a person.

use std::collections::BTreeSet;

use pushlint::finding::{Confidence, Finding, Level, Step};
use pushlint::render::{Format, HumanOptions, RenderOptions};
use pushlint::report::Report;
use pushlint::source::{Location, SourceFile, Sources, Span};
use unicode_width::UnicodeWidthStr;

use crate::{rendered, sample};

fn human(options: HumanOptions) -> String {
    let options = RenderOptions { human: options, ..RenderOptions::default() };
    rendered(&sample::report(), Format::Human, &options)
}

#[test]
fn at_80_columns() {
    insta::assert_snapshot!(human(HumanOptions::default()));
}

#[test]
fn at_120_columns() {
    insta::assert_snapshot!(human(HumanOptions { width: 120, ..HumanOptions::default() }));
}

#[test]
fn in_ascii() {
    insta::assert_snapshot!(human(HumanOptions { unicode: false, ..HumanOptions::default() }));
}

#[test]
fn in_colour_with_links() {
    let drawn = human(HumanOptions { color: true, links: true, ..HumanOptions::default() });
    let link =
        "\u{1b}]8;;https://github.com/pushlint/pushlint/blob/main/rules/missing-call-report.md\u{1b}\\";
    assert!(drawn.contains(&format!("error[{link}missing-call-report\u{1b}]8;;\u{1b}\\]")));
    insta::assert_snapshot!(drawn.replace('\u{1b}', "<ESC>"));
}

#[test]
fn no_colour_fades_on_a_light_or_a_dark_ground() {
    let drawn = human(HumanOptions { color: true, ..HumanOptions::default() });
    let used: BTreeSet<&str> = drawn
        .split("\u{1b}[")
        .skip(1)
        .filter_map(|after| after.split_once('m'))
        .flat_map(|(codes, _)| codes.split(';'))
        .collect();
    // Off, bold, dim, plain colours off, red, magenta.
    let allowed = ["0", "1", "2", "22", "39", "31", "35"];
    assert!(used.iter().all(|code| allowed.contains(code)), "{used:?}");
    assert!(used.contains("31") && used.contains("35"));
}

#[test]
fn nothing_at_all_for_a_clean_project() {
    assert_eq!(rendered(&sample::clean(), Format::Human, &RenderOptions::default()), "");
}

#[test]
fn no_line_is_wider_than_asked() {
    for width in [80, 100, 120, 200] {
        for unicode in [true, false] {
            for line in human(HumanOptions { width, unicode, ..HumanOptions::default() }).lines() {
                // The path of a block stays whole, so that it can be clicked.
                if !line.contains('[') || !line.contains(".swift:") {
                    assert!(line.width() <= width, "{width}: {line}");
                }
            }
        }
    }
}

#[test]
fn a_very_long_line_is_not_printed_whole() {
    let drawn = human(HumanOptions::default());
    assert!(drawn.contains("text].compactMap") && !drawn.contains(&"x".repeat(100)));
}

#[test]
fn nothing_in_the_project_reaches_the_terminal_as_a_command() {
    for color in [false, true] {
        let drawn = human(HumanOptions { color, width: 200, ..HumanOptions::default() });
        let own_colours = drawn.split('\u{1b}').skip(1).all(|after| {
            after.strip_prefix('[').is_some_and(|after| {
                after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
            })
        });
        assert!(own_colours && (color || !drawn.contains('\u{1b}')));
        assert!(!drawn.contains(['\u{7}', '\u{202e}', '\r', '\t']));
        assert!(
            drawn.contains(r"\u{1b}[2J\u{202e}") && drawn.contains(r"Core/Evil\u{1b}]0;title\u{7}/Decoder")
        );
    }
}

#[test]
fn an_example_in_a_project_with_tabs_is_drawn_with_blanks() {
    let mut report = sample::report();
    report.findings.truncate(1);
    report.findings[0].example = Some("a {\n\tb\tc\n}".to_owned());
    let text = rendered(&report, Format::Human, &RenderOptions::default());
    assert!(text.contains("│ a {\n        │     b c\n        │ }\n"), "{text}");
}

#[test]
fn blocks_follow_the_steps_through_the_files() {
    let drawn = human(HumanOptions::default());
    let place = |words: &str| drawn.find(words).unwrap_or_else(|| panic!("{words} in:\n{drawn}"));
    assert!(place("1: the push arrives here") < place("3: the payload has no `id`"));
    assert!(place("3: the payload has no `id`") < place("4: or it is not a UUID"));
}

/// The drawing of a finding at `spans[0]` with a step at each of `spans`.
fn drawn(text: &str, spans: &[(usize, usize)]) -> String {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("a.swift", "a.swift", text));
    let places = spans.iter().map(|(start, end)| Location { file, span: Span::new(*start, *end) });
    let steps = places.map(|location| Step { location, text: format!("at {}", location.span.start) });
    let steps: Vec<Step> = steps.collect();
    let finding = Finding {
        rule: "missing-call-report",
        level: Level::Error,
        confidence: Confidence::High,
        message: "no report".to_owned(),
        location: steps[0].location,
        label: String::new(),
        related: Vec::new(),
        steps,
        help: None,
        example: None,
        fix: None,
        consulted: BTreeSet::new(),
    };
    let report = Report { sources, findings: vec![finding], ..Report::default() };
    rendered(&report, Format::Human, &RenderOptions::default())
}

#[test]
fn marks_that_cover_each_other_are_drawn_apart() {
    insta::assert_snapshot!(drawn(
        "if let a = b.c(d) { return }\n",
        &[(11, 17), (0, 28), (11, 12), (15, 16)]
    ));
}

#[test]
fn steps_at_one_place_share_it() {
    insta::assert_snapshot!(drawn("reportCall(call)\n", &[(0, 10), (11, 15), (0, 10)]));
}

#[test]
fn a_place_without_characters_is_pointed_at() {
    insta::assert_snapshot!(drawn("func f() {\n}\n\n", &[(12, 12), (14, 14)]));
}

#[test]
fn an_empty_file_and_a_place_outside_of_the_text_are_no_problem() {
    assert!(drawn("", &[(0, 0)]).contains("at 0"));
    assert!(drawn("let ü = 1", &[(5, 9000), (9000, 9001)]).contains("1: at 5"));
}

#[test]
fn many_marks_in_a_very_long_line_are_all_in_sight() {
    let line = format!("{}\n", "word ".repeat(2000));
    let drawn = drawn(&line, &[(0, 4), (2500, 2504), (5000, 5004), (9995, 9999)]);
    insta::assert_snapshot!(drawn);
}
