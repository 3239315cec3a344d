//! What the units of a run said, joined into the report on what was asked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::baseline::Baseline;
use crate::config::Config;
use crate::discover::Discovery;
use crate::finding::Finding;
use crate::report::{Coverage, Handler, Notice, Outcome, Report, Times};
use crate::source::{FileId, Location, Position, Role, SourceFile, Sources, Span};
use crate::suppress;
use crate::trace::{self, model::UnitTrace};
use crate::unit::UnitResult;

/// What the analyses of all units said.
#[derive(Default)]
pub(super) struct Outcomes {
    findings: BTreeMap<(Location, &'static str), Finding>,
    handlers: BTreeMap<Location, Handler>,
    registries: usize,
    damaged: BTreeMap<FileId, Span>,
    traces: Vec<UnitTrace>,
}

impl Outcomes {
    /// A file that two units see is judged twice. The unit that knows less about it (the example of a library)
    /// judges harder, so the milder finding of a rule at a place counts, and the first answer about a handler.
    pub(super) fn add(&mut self, result: UnitResult) {
        for finding in result.findings {
            let key = (finding.location, finding.rule);
            match self.findings.get(&key) {
                Some(known) if (known.level, known.confidence) <= (finding.level, finding.confidence) => {}
                _ => drop(self.findings.insert(key, finding)),
            }
        }
        for handler in result.handlers {
            self.handlers.entry(handler.location).or_insert(handler);
        }
        self.registries += result.registries;
        self.damaged.extend(result.damaged);
        self.traces.extend(result.trace);
    }

    /// The report on the files that were asked for: nothing about code of others and tests, and of the rest
    /// what concerns a requested file.
    pub(super) fn into_report(
        self,
        sources: Sources,
        mut notices: Vec<Notice>,
        coverage: Coverage,
        requested: &BTreeSet<FileId>,
        config: &Config,
        known: Option<(&Baseline, &Discovery)>,
    ) -> Report {
        let is_own = |location: &Location| sources.get(location.file).role == Role::Own;
        let mut findings: Vec<Finding> = self
            .findings
            .into_values()
            .filter(|finding| is_own(&finding.location))
            .filter(|finding| {
                requested.contains(&finding.location.file)
                    || finding.consulted.iter().any(|file| requested.contains(file))
            })
            .collect();
        let is_own_file = |file: &&FileId| sources.get(**file).role == Role::Own;
        let mut damaged: Vec<String> =
            self.damaged.keys().filter(is_own_file).map(|file| sources.get(*file).path.clone()).collect();
        damaged.sort();
        let is_lost = |(file, _): &(&FileId, &Span)| is_own_file(file) && requested.contains(file);
        let lost = self.damaged.iter().filter(is_lost);
        notices.extend(lost.map(|(file, place)| not_parsed(sources.get(*file), *place)));
        let understood = |file: &&FileId| {
            let source = sources.get(**file);
            source.role == Role::Own
                && notices.iter().all(|notice| notice.path.as_deref() != Some(source.path.as_str()))
        };
        let judged = requested.iter().filter(understood).copied().collect();
        let mut suppressed = suppress::apply(&mut findings, &sources, &judged, config);
        // Before the configuration drops anything: what is not to be heard of is not gone from the code.
        let mut comparison = known.map(|(baseline, discovery)| {
            let moved = baseline.known.moved(&findings, &sources, discovery);
            baseline.known.withhold(&mut findings, &sources, discovery, config, &moved)
        });
        findings.retain_mut(|finding| config.admits(finding, &sources));
        suppressed.retain_mut(|suppressed| config.admits(&mut suppressed.finding, &sources));
        if let (Some(comparison), Some((baseline, _))) = (&mut comparison, known) {
            comparison.withheld.retain_mut(|finding| config.admits(finding, &sources));
            notices.extend(baseline.notices(comparison, &findings, &sources));
        }
        let own = self.handlers.into_values().filter(|handler| is_own(&handler.location));
        let (handlers, elsewhere): (Vec<Handler>, Vec<Handler>) = own.partition(|handler| {
            requested.contains(&handler.location.file) || !handler.consulted.is_disjoint(requested)
        });
        let is_unseen =
            |handler: &&Handler| handler.ways_out.iter().any(|way| way.outcome == Outcome::Unseen);
        let coverage = Coverage {
            damaged,
            registries: self.registries,
            handlers_elsewhere: elsewhere.len(),
            unseen_handlers: handlers.iter().filter(is_unseen).count(),
            ..coverage
        };
        let concerns = |file: FileId| requested.contains(&file) && sources.get(file).role == Role::Own;
        let traces = trace::concerning(self.traces, &handlers, concerns);
        let mut report = Report {
            sources,
            findings,
            suppressed,
            notices,
            handlers,
            baseline: comparison,
            changed_since: None,
            coverage,
            traces,
            fixed: 0,
            times: Times::default(),
        };
        report.sort();
        report
    }
}

/// A file that was asked for, and in which a push handler was lost to a syntax error.
fn not_parsed(source: &SourceFile, place: Span) -> Notice {
    let Position { line, column } = source.lines().chars(place.start, &source.text);
    let text = format!(
        "cannot be parsed at line {line}, column {column}: a push handler in it was not judged; mend the syntax error \
         there or before it"
    );
    Notice { path: Some(source.path.clone()), text, is_failure: true }
}
