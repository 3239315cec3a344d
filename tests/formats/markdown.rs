//! The summary of a job.

use pushlint::finding::Level;
use pushlint::render::{Format, RenderOptions};
use pushlint::report::Report;

use crate::{rendered, sample};

fn markdown(report: &Report) -> String {
    rendered(report, Format::Markdown, &RenderOptions::default())
}

#[test]
fn a_clean_project_is_told_what_was_proved() {
    assert_eq!(
        markdown(&sample::clean()),
        "## pushlint: no findings\n\n2 push handlers, 9 ways out, all report; 1 Swift file read, 1 parsed.\n\n\
         <!-- the end of the report by pushlint -->\n"
    );
}

#[test]
fn the_worst_findings_come_first() {
    let text = markdown(&sample::report());
    let headings: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .filter_map(|heading| heading.split(':').next())
        .collect();
    assert_eq!(headings, ["error", "warning", "warning", "note"]);
}

#[test]
fn places_are_links_where_the_project_can_be_read_on_the_web() {
    let browse = Some("https://example.org/a/b/blob/1f".to_owned());
    let options = RenderOptions { browse, ..RenderOptions::default() };
    let text = rendered(&sample::report(), Format::Markdown, &options);
    assert!(text.contains(
        "[`My App/Anrufe 100% für alle/AppDelegate+Push.swift:6`](https://example.org/a/b/blob/1f/\
         My%20App/Anrufe%20100%25%20f%C3%BCr%20alle/AppDelegate%2BPush.swift#L6)"
    ));
    assert!(!markdown(&sample::report()).contains("example.org"));
}

#[test]
fn nothing_in_the_project_is_obeyed() {
    let mut report = sample::report();
    report.findings.truncate(1);
    let finding = &mut report.findings[0];
    finding.message = "`a<b>` is <img src=x> [a](b) *b* @all #1 | ~~c~~\n# d".to_owned();
    let text = markdown(&report);
    assert!(
        text.contains(r"### error: `a<b>` is \<img src=x\> \[a\](b) \*b\* \@all \#1 \| \~\~c\~\~\\n\# d"),
        "{text}"
    );
}

#[test]
fn an_identifier_in_back_ticks_is_code_too() {
    let mut report = sample::report();
    report.findings.truncate(1);
    report.findings[0].message = "``default`` and `Zed.`default`.x` hold a_b, not `x`".to_owned();
    let text = markdown(&report);
    let line = "### error: `` `default` `` and ``Zed.`default`.x`` hold a\\_b, not `x`\n";
    assert!(text.contains(line), "{text}");
}

#[test]
fn back_ticks_that_do_not_pair_are_no_code() {
    let mut report = sample::report();
    report.findings.truncate(1);
    report.findings[0].message = "a `b <i> c".to_owned();
    assert!(markdown(&report).contains(r"### error: a \`b \<i\> c"));
    report.findings[0].message = "a ``b <i>`` c".to_owned();
    assert!(markdown(&report).contains(r"b \<i\>"));
}

#[test]
fn the_summary_stays_below_the_size_that_github_takes() {
    let mut report = sample::report();
    let error = report.findings.iter().find(|finding| finding.level == Level::Error).expect("one").clone();
    report.findings = vec![error; 3000];
    let text = markdown(&report);
    assert!(text.len() < 1024 * 1024);
    let shown = text.matches("### error").count();
    assert!(text.contains(&format!("largest size: {} more.\n\n<!-- the end", 3000 - shown)));
}
