//! What pushlint says about a checkout, reduced to what the labels speak about.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use pushlint::check::{self, Request};
use pushlint::finding::{Finding, Level};
use pushlint::report::{Handler, Notice, Outcome, Report};
use pushlint::source::Location;

use crate::labels::{Place, Verdict};

/// What pushlint says about one repository.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) findings: Vec<SaidFinding>,
    pub(crate) handlers: Vec<SaidHandler>,
    /// How many files it names as not read.
    pub(crate) unread: usize,
    /// How many function bodies on the way were not understood.
    pub(crate) damaged: usize,
    /// What else it says about the run.
    pub(crate) notices: Vec<String>,
    pub(crate) time: Duration,
}

/// A finding.
#[derive(Clone, Debug)]
pub(crate) struct SaidFinding {
    pub(crate) rule: String,
    pub(crate) level: Level,
    pub(crate) message: String,
    pub(crate) place: Place,
    /// The end of the way that leads to it.
    pub(crate) last: Option<Place>,
}

impl SaidFinding {
    /// Whether the finding fails a run that nobody configured.
    pub(crate) fn is_alarm(&self) -> bool {
        self.level >= Level::Warning
    }

    /// Whether it points at exactly this line.
    pub(crate) fn is_at(&self, place: &Place) -> bool {
        self.place == *place || self.last.as_ref() == Some(place)
    }

    /// Whether it points at this line or the one before or after it.
    pub(crate) fn is_near(&self, place: &Place) -> bool {
        self.place.is_near(place) || self.last.as_ref().is_some_and(|last| last.is_near(place))
    }
}

impl std::fmt::Display for SaidFinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.level.word(), self.rule, self.message)
    }
}

/// A push handler and its ways out.
#[derive(Clone, Debug)]
pub(crate) struct SaidHandler {
    pub(crate) place: Place,
    pub(crate) ways: Vec<(Place, Outcome)>,
}

impl SaidHandler {
    /// The handler as a whole, in the words of the labels; ways that lose a call count only where
    /// `decides` says so.
    pub(crate) fn verdict(&self, decides: impl Fn(&Place) -> bool) -> Verdict {
        let outcomes: Vec<Outcome> = self
            .ways
            .iter()
            .filter(|(place, outcome)| match outcome {
                Outcome::Missing | Outcome::Deferred => decides(place),
                Outcome::Unseen | Outcome::Reported => true,
                Outcome::NilHolder | Outcome::Excused => false,
            })
            .map(|(_, outcome)| *outcome)
            .collect();
        if outcomes.contains(&Outcome::Missing) {
            if outcomes.iter().all(|outcome| *outcome == Outcome::Missing) {
                Verdict::Never
            } else {
                Verdict::SomeExitUnreported
            }
        } else if outcomes.contains(&Outcome::Deferred) {
            Verdict::Deferred
        } else if outcomes.contains(&Outcome::Unseen) {
            Verdict::Unknown
        } else {
            Verdict::AllReport
        }
    }
}

impl std::fmt::Display for SaidHandler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ways: Vec<String> =
            self.ways.iter().map(|(place, outcome)| format!("{outcome:?} at {place}")).collect();
        write!(f, "{}", ways.join(", "))
    }
}

/// Runs pushlint on a checkout. A panic is an answer too: the other repositories are still judged.
pub(crate) fn examine(checkout: &Path) -> Result<Said, String> {
    let start = Instant::now();
    let report = catch_unwind(AssertUnwindSafe(|| run(checkout)))
        .map_err(|_| "pushlint panicked".to_owned())
        .and_then(|result| result)?;
    let mut said = reduce(&report, checkout);
    said.time = start.elapsed();
    Ok(said)
}

fn run(checkout: &Path) -> Result<Report, String> {
    let folder = checkout.to_path_buf();
    let request = Request { paths: vec![folder.clone()], folder, ..Request::default() };
    check::run(&request).map_err(|error| error.to_string())
}

fn reduce(report: &Report, checkout: &Path) -> Said {
    let place = |location: &Location| place(report, checkout, location);
    let finding = |finding: &Finding| SaidFinding {
        rule: finding.rule.to_owned(),
        level: finding.level,
        message: finding.message.clone(),
        place: place(&finding.location),
        last: finding.steps.last().map(|step| place(&step.location)),
    };
    let handler = |handler: &Handler| SaidHandler {
        place: place(&handler.location),
        ways: handler.ways_out.iter().map(|way| (place(&way.location), way.outcome)).collect(),
    };
    let notice = |notice: &Notice| match &notice.path {
        Some(path) => format!("{path}: {}", notice.text),
        None => notice.text.clone(),
    };
    Said {
        findings: report.findings.iter().map(finding).collect(),
        handlers: report.handlers.iter().map(handler).collect(),
        unread: report.coverage.unread.len(),
        damaged: report.coverage.damaged.len(),
        notices: report.notices.iter().map(notice).collect(),
        time: Duration::ZERO,
    }
}

/// The labels name paths from the checkout's root, which need not be the root that pushlint found.
fn place(report: &Report, checkout: &Path, location: &Location) -> Place {
    let source = report.sources.get(location.file);
    let file = source.absolute.strip_prefix(checkout).map_or_else(
        |_| source.path.clone(),
        |relative| {
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            parts.join("/")
        },
    );
    Place { file, line: source.lines().line(location.span.start) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(outcomes: &[Outcome]) -> Verdict {
        let place = |line| Place { file: "A.swift".to_owned(), line };
        let ways = outcomes.iter().enumerate().map(|(line, outcome)| (place(line), *outcome)).collect();
        SaidHandler { place: place(1), ways }.verdict(|place| place.line != 9)
    }

    #[test]
    fn the_worst_way_out_that_counts_names_the_handler() {
        use Outcome::{Deferred, Excused, Missing, NilHolder, Reported, Unseen};
        assert_eq!(verdict(&[Excused, NilHolder, Reported]), Verdict::AllReport);
        assert_eq!(verdict(&[Excused, Missing]), Verdict::Never);
        assert_eq!(verdict(&[Reported, Missing]), Verdict::SomeExitUnreported);
        assert_eq!(verdict(&[Unseen, Missing]), Verdict::SomeExitUnreported);
        assert_eq!(verdict(&[Reported, Deferred]), Verdict::Deferred);
        assert_eq!(verdict(&[Reported, Unseen]), Verdict::Unknown);
        let mut nine = [Reported; 10];
        nine[9] = Missing;
        assert_eq!(verdict(&nine), Verdict::AllReport);
    }
}
