//! The library's answer beside the right one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pushlint::check;
use pushlint::config::Config;
use pushlint::report::Outcome;

use crate::answer::{Answer, Limits, Place, Turn, answer};
use crate::printer::{Printed, print};
use crate::shrink::shrink;
use crate::skeleton::Program;

/// How an answer of the library compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    /// The program has too many paths to know.
    Unknown,
    Wrong(Difference),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) expected: Answer,
    pub(crate) found: Vec<Outcome>,
    /// Where the answer is right but a way out stands at another place.
    pub(crate) place: Option<String>,
}

/// Asks the library about a program, and compares what becomes of the duty and where the ways with no report turn away from
/// it.
pub(crate) fn compare(program: &Program) -> Verdict {
    let Some(exact) = answer(program, &Limits::default()) else { return Verdict::Unknown };
    let printed = print(program);
    let (found, lines) = ask(&printed);
    if !fits(&found, &exact, &exact) {
        if exact.outcomes.is_empty() && exact.either.is_empty() {
            // Whatever it does it crashes, for reasons that may lie in what its values are.
            return Verdict::Unknown;
        }
        // Perhaps the interpreter did not go far enough, or the answer leaves open what it may.
        let [least, most] = [Limits::FAR, Limits::FAR.lenient()].map(|limits| answer(program, &limits));
        let (Some(least), Some(most)) = (least, most) else {
            return Verdict::Unknown;
        };
        if !fits(&found, &least, &most) {
            return Verdict::Wrong(Difference { expected: least, found, place: None });
        }
        return Verdict::Right;
    }
    if exact.either.is_empty()
        && let Some(place) = misplaced(program, &printed, &exact, &lines)
    {
        return Verdict::Wrong(Difference { expected: exact, found, place: Some(place) });
    }
    Verdict::Right
}

/// What is wrong with the lines (with their files) at which a report is said to be missing.
fn misplaced(
    program: &Program,
    printed: &Printed,
    exact: &Answer,
    lines: &BTreeSet<(usize, usize)>,
) -> Option<String> {
    let line = |place: &Place| printed.lines.get(place).copied();
    let is_told = |places: &BTreeSet<Place>| places.iter().filter_map(line).any(|line| lines.contains(&line));
    let lost = |answer: &Answer| -> Vec<Turn> {
        answer.turns.iter().filter(|turn| !is_told(&turn.places)).cloned().collect()
    };
    let invented = |answers: &[&Answer]| {
        let besides = answers.iter().flat_map(|answer| &answer.turns).flat_map(|turn| &turn.besides);
        let possible: BTreeSet<_> = besides.filter_map(line).collect();
        lines.iter().find(|line| !possible.contains(line)).copied()
    };
    if lost(exact).is_empty() && invented(&[exact]).is_none() {
        return None;
    }
    // Perhaps the interpreter did not go far enough; and a function may report on another way that only an analysis that
    // forgets something goes.
    let [exact, lenient] = [Limits::FAR, Limits::FAR.lenient()].map(|limits| answer(program, &limits));
    let (exact, lenient) = (exact?, lenient?);
    let turning: BTreeSet<Place> = lenient.turns.iter().flat_map(|turn| &turn.places).copied().collect();
    let mut lost = lost(&exact);
    lost.retain(|turn| !is_told(&turn.besides.intersection(&turning).copied().collect()));
    let strange = invented(&[&exact, &lenient]);
    let wanted: Vec<_> = lost.iter().flat_map(|turn| &turn.places).filter_map(line).collect();
    match (lost.first(), strange) {
        (Some(_), _) => Some(format!("none of {wanted:?} in {lines:?} (file, line)")),
        (None, Some(line)) => Some(format!("{line:?} is no place of a missing report (file, line)")),
        (None, None) => None,
    }
}

/// Whether all that must be there is found, and nothing that may not.
fn fits(found: &[Outcome], least: &Answer, most: &Answer) -> bool {
    // That a closure which is put off does the most that it may takes ways away, too.
    let may = |outcome: &Outcome| [least, most].into_iter().any(|answer| answer.may_have(*outcome));
    least.outcomes.iter().all(|outcome| found.contains(outcome))
        && least.either.iter().all(|(one, other)| found.contains(one) || found.contains(other))
        && found.iter().all(may)
}

/// The library's outcomes, the excused ones left out; and file and line of each way out with no report.
fn ask(printed: &Printed) -> (Vec<Outcome>, BTreeSet<(usize, usize)>) {
    let files: Vec<(&str, &str)> =
        printed.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let report = check::texts(&files, &Config::default());
    let mut found = Vec::new();
    let mut lines = BTreeSet::new();
    for way in report.handlers.iter().flat_map(|handler| &handler.ways_out) {
        if way.outcome != Outcome::Excused {
            found.push(way.outcome);
        }
        if way.outcome == Outcome::Missing {
            let source = report.sources.get(way.location.file);
            let file = files.iter().position(|(path, _)| *path == source.path);
            lines.extend(file.map(|file| (file, source.lines().line(way.location.span.start))));
        }
    }
    found.sort_unstable();
    found.dedup();
    (found, lines)
}

/// A difference told with the smallest program that shows it.
pub(crate) fn tell(seed: u64, program: &Program) -> String {
    let smallest = shrink(program, |smaller| matches!(compare(smaller), Verdict::Wrong(_)));
    let mut text = String::new();
    if let Verdict::Wrong(difference) = compare(&smallest) {
        let _ =
            writeln!(text, "seed {seed}: expected {:?}, found {:?}", difference.expected, difference.found);
        if let Some(place) = difference.place {
            let _ = writeln!(text, "{place}");
        }
    }
    text.push_str(&print(&smallest).whole());
    text
}
