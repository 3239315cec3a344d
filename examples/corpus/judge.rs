//! Compares what pushlint says about one repository with its labels.

use std::collections::BTreeMap;

use pushlint::finding::Level;

use crate::figures::{Kind, Tally};
use crate::labels::{LabelledRegistry, Labels, OrderVerdict, Place, Verdict};
use crate::observe::{Said, SaidFinding};

/// The outcome for one repository.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) tally: Tally,
    pub(crate) disagreements: Vec<Disagreement>,
}

/// One difference between a label and pushlint.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Disagreement {
    /// The place; none where the whole repository is meant.
    pub(crate) place: Option<Place>,
    pub(crate) what: &'static str,
    pub(crate) label: String,
    pub(crate) said: String,
}

const MISSING: &str = "missing-call-report";
const DEFERRED: &str = "deferred-call-report";
const STORED: &str = "registry-stored-property";
const ORDER: &str = "registry-before-provider";
const OPTIONAL: &str = "optional-chained-report";
const ASYNC: &str = "async-push-handler";
const TYPES: &str = "push-types-before-delegate";

/// Whether a finding says that a call is lost on a way out.
pub(crate) fn is_lost_call(finding: &SaidFinding) -> bool {
    finding.rule == MISSING || finding.rule == DEFERRED
}

/// Judges what was said about a repository.
pub(crate) fn judge(labels: &Labels, said: &Said) -> Judgement {
    let mut court = Court { labels, said, out: Judgement::default() };
    court.handlers();
    court.exits();
    court.stored_properties();
    court.order();
    court.optional_chains();
    court.async_handlers();
    court.types_before_delegate();
    court.other_rules();
    court.out.disagreements.sort();
    court.out
}

struct Court<'a> {
    labels: &'a Labels,
    said: &'a Said,
    out: Judgement,
}

impl<'a> Court<'a> {
    fn of_rule(&self, rule: &'static str) -> impl Iterator<Item = &'a SaidFinding> + use<'a> {
        self.said.findings.iter().filter(move |finding| finding.rule == rule)
    }

    fn disagree(&mut self, what: &'static str, place: &Place, label: String, said: String) {
        self.out.disagreements.push(Disagreement { place: Some(place.clone()), what, label, said });
    }

    fn wrong_finding(&mut self, kind: Kind, what: &'static str, finding: &SaidFinding, label: String) {
        self.out.tally.score_mut(kind).wrong += 1;
        self.out.tally.false_errors += usize::from(finding.level == Level::Error);
        let last = finding.last.as_ref().filter(|last| **last != finding.place);
        let said = match last {
            Some(last) => format!("{finding} (its way ends at {last})"),
            None => finding.to_string(),
        };
        self.disagree(what, &finding.place, label, said);
    }

    /// Exits that decide nothing: a finding there is neither right nor wrong, and none need be there.
    fn undecided_exits(&self) -> Vec<&'a Place> {
        let handlers = self.labels.handlers.iter();
        handlers
            .flat_map(|handler| {
                handler.unreported_exits.iter().filter(|exit| !handler.decides() || !exit.decides())
            })
            .map(|exit| &exit.place)
            .collect()
    }

    /// Exits that must be found, with the handler that they belong to and why they are there.
    fn decided_exits(&self) -> BTreeMap<&'a Place, (&'a Place, &'a str)> {
        let handlers = self.labels.handlers.iter().filter(|handler| handler.decides());
        let mut exits = BTreeMap::new();
        for handler in handlers {
            for exit in handler.unreported_exits.iter().filter(|exit| exit.decides()) {
                exits.entry(&exit.place).or_insert((&handler.place, exit.why.as_str()));
            }
        }
        exits
    }

    /// The handler that pushlint found at a place, as a verdict and in words.
    fn handler_at(&self, place: &Place) -> Option<(Verdict, String)> {
        let handler = self.said.handlers.iter().find(|handler| handler.place.is_near(place))?;
        let decided = self.decided_exits();
        let undecided = self.undecided_exits();
        let verdict = handler.verdict(|way| {
            decided.keys().any(|exit| exit.is_near(way)) || !undecided.iter().any(|exit| exit.is_near(way))
        });
        Some((verdict, format!("{}: {handler}", verdict.word())))
    }

    fn handlers(&mut self) {
        for handler in self.labels.handlers.iter().filter(|handler| handler.decides()) {
            let label = handler.verdict;
            let answer = self.handler_at(&handler.place);
            let tally = &mut self.out.tally;
            tally.score_mut(Kind::Handlers).labelled += 1;
            tally.score_mut(Kind::LostHandlers).labelled += usize::from(label.is_lost());
            let Some((verdict, words)) = answer else {
                self.disagree("handler not found", &handler.place, label.word().to_owned(), String::new());
                continue;
            };
            tally.score_mut(Kind::Handlers).found += 1;
            tally.note_verdict(label, verdict);
            let lost = tally.score_mut(Kind::LostHandlers);
            match (label.is_lost(), verdict.is_lost()) {
                (true, true) => {
                    lost.found += 1;
                    lost.right += 1;
                }
                (false, true) => lost.wrong += 1,
                (_, false) => {}
            }
            if verdict != label {
                let is_needless = verdict == Verdict::Unknown;
                tally.unseen_needlessly += usize::from(is_needless);
                let what = if is_needless { "handler needlessly unseen" } else { "verdict" };
                self.disagree(what, &handler.place, label.word().to_owned(), words);
            }
        }
        for handler in &self.said.handlers {
            let verdict = handler.verdict(|_| true);
            let tally = &mut self.out.tally;
            tally.answered += 1;
            tally.unseen += usize::from(verdict == Verdict::Unknown);
            if self.labels.handlers.iter().any(|label| label.place.is_near(&handler.place)) {
                tally.score_mut(Kind::Handlers).right += 1;
            } else {
                tally.score_mut(Kind::Handlers).wrong += 1;
                let said = verdict.word().to_owned();
                self.disagree("handler not labelled", &handler.place, String::new(), said);
            }
        }
    }

    fn exits(&mut self) {
        let decided = self.decided_exits();
        let undecided = self.undecided_exits();
        let mut found: BTreeMap<&Place, Level> = BTreeMap::new();
        let alarms = self.said.findings.iter().filter(|finding| is_lost_call(finding) && finding.is_alarm());
        for finding in alarms {
            let mut hits: Vec<&Place> = decided.keys().copied().filter(|exit| finding.is_at(exit)).collect();
            if hits.is_empty() && !undecided.iter().any(|exit| finding.is_at(exit)) {
                hits.extend(decided.keys().copied().find(|exit| finding.is_near(exit)));
            }
            for exit in &hits {
                let level = found.entry(exit).or_insert(finding.level);
                *level = (*level).max(finding.level);
            }
            if !hits.is_empty() {
                self.out.tally.score_mut(Kind::Exits).right += 1;
            } else if undecided.iter().any(|exit| finding.is_near(exit)) || self.is_in_unsure_handler(finding)
            {
                self.out.tally.undecided += 1;
            } else {
                self.wrong_finding(Kind::Exits, "exit not labelled", finding, String::new());
            }
        }
        for (exit, (handler, why)) in decided {
            let score = self.out.tally.score_mut(Kind::Exits);
            score.labelled += 1;
            if let Some(level) = found.get(exit) {
                score.found += 1;
                self.out.tally.exits_as_errors += usize::from(*level == Level::Error);
            } else {
                let words = self.handler_at(handler).map(|(_, words)| words).unwrap_or_default();
                self.disagree("exit not found", exit, why.to_owned(), format!("{handler} {words}"));
            }
        }
    }

    fn is_in_unsure_handler(&self, finding: &SaidFinding) -> bool {
        let mut unsure = self.labels.handlers.iter().filter(|handler| !handler.decides());
        unsure.any(|handler| {
            handler.encloses(&finding.place)
                || finding.last.as_ref().is_some_and(|last| handler.encloses(last))
        })
    }

    fn stored_properties(&mut self) {
        let labelled =
            || self.labels.registries.iter().filter(|registry| registry.shape == "stored-property");
        for registry in labelled() {
            self.out.tally.score_mut(Kind::StoredProperties).labelled += 1;
            let finding = self.of_rule(STORED).find(|finding| finding.is_near(&registry.place));
            let Some(finding) = finding else {
                let label = format!("stored property of {}", registry.owner);
                self.disagree("stored property not found", &registry.place, label, String::new());
                continue;
            };
            let expected = designed_level(registry);
            let tally = &mut self.out.tally;
            tally.score_mut(Kind::StoredProperties).found += 1;
            tally.levels.0 += 1;
            tally.levels.1 += usize::from(expected == finding.level);
            if expected != finding.level {
                let label = format!("{} by the design", expected.word());
                self.disagree("level", &registry.place, label, finding.to_string());
            }
        }
        for finding in self.of_rule(STORED) {
            if labelled().any(|registry| finding.is_near(&registry.place)) {
                self.out.tally.score_mut(Kind::StoredProperties).right += 1;
            } else {
                let registry =
                    self.labels.registries.iter().find(|registry| finding.is_near(&registry.place));
                let label = registry.map(|registry| registry.shape.clone()).unwrap_or_default();
                self.wrong_finding(Kind::StoredProperties, "stored property not labelled", finding, label);
            }
        }
    }

    /// The order is one label per repository, so it is one count per repository.
    fn order(&mut self) {
        let order = &self.labels.order;
        let on_demand = if order.provider_on_push_path { ", provider made on the push's path" } else { "" };
        let label = format!("{:?}{on_demand}: {}", order.verdict, order.why);
        let is_at_fault =
            order.verdict == OrderVerdict::RegistryArmedBeforeProvider && !order.provider_on_push_path;
        let alarms: Vec<&SaidFinding> = self.of_rule(ORDER).filter(|finding| finding.is_alarm()).collect();
        let tally = &mut self.out.tally;
        if order.verdict == OrderVerdict::Unknown || order.confidence == crate::labels::Sureness::Low {
            tally.undecided += alarms.len();
        } else if is_at_fault {
            let score = tally.score_mut(Kind::Order);
            score.labelled += 1;
            if alarms.is_empty() {
                let said: Vec<String> = self.of_rule(ORDER).map(ToString::to_string).collect();
                let what = "order not found";
                self.out.disagreements.push(Disagreement { place: None, what, label, said: said.join("; ") });
            } else {
                score.found += 1;
                score.right += 1;
            }
        } else if let Some((first, more)) = alarms.split_first() {
            self.wrong_finding(Kind::Order, "order not at fault", first, label);
            self.out.tally.false_errors +=
                more.iter().filter(|finding| finding.level == Level::Error).count();
        }
    }

    fn optional_chains(&mut self) {
        let alarms: Vec<&SaidFinding> = self.of_rule(OPTIONAL).filter(|finding| finding.is_alarm()).collect();
        for chain in self.labels.optional_reports.iter().filter(|chain| chain.decides()) {
            let score = self.out.tally.score_mut(Kind::OptionalChains);
            score.labelled += 1;
            if alarms.iter().any(|finding| finding.is_near(&chain.place)) {
                score.found += 1;
            } else {
                let near: Vec<String> = self
                    .of_rule(OPTIONAL)
                    .filter(|finding| finding.place.file == chain.place.file)
                    .map(|finding| format!("{finding} at {}", finding.place))
                    .collect();
                self.disagree("optional chain not found", &chain.place, chain.note.clone(), near.join("; "));
            }
        }
        for finding in alarms {
            let mut chains =
                self.labels.optional_reports.iter().filter(|chain| finding.is_near(&chain.place));
            match chains.next() {
                Some(chain) if chain.decides() => self.out.tally.score_mut(Kind::OptionalChains).right += 1,
                Some(chain) => {
                    let label = if chain.cannot_be_nil { "cannot be nil" } else { "not on the push's path" };
                    let label = format!("{label}: {}", chain.note);
                    self.wrong_finding(Kind::OptionalChains, "optional chain is harmless", finding, label);
                }
                None => {
                    let what = "optional chain not labelled";
                    self.wrong_finding(Kind::OptionalChains, what, finding, String::new());
                }
            }
        }
    }

    fn async_handlers(&mut self) {
        let labelled = || self.labels.handlers.iter().filter(|handler| handler.form == "async");
        let places: Vec<(Place, &str)> =
            labelled().map(|handler| (handler.place.clone(), handler.verdict.word())).collect();
        self.by_place(Kind::AsyncHandlers, ASYNC, &places, "async handler not found", "handler is not async");
    }

    fn types_before_delegate(&mut self) {
        let remarks = self.labels.other.iter().filter(|remark| remark.what == "types-before-delegate");
        let places: Vec<(Place, &str)> = remarks
            .filter_map(|remark| {
                Some((Place { file: remark.file.clone(), line: remark.line? }, remark.note.as_str()))
            })
            .collect();
        let (missed, wrong) = ("types before delegate not found", "types before delegate not labelled");
        self.by_place(Kind::TypesBeforeDelegate, TYPES, &places, missed, wrong);
    }

    /// The rules whose labels are places and nothing more.
    fn by_place(
        &mut self,
        kind: Kind,
        rule: &'static str,
        places: &[(Place, &str)],
        missed: &'static str,
        wrong: &'static str,
    ) {
        for (place, label) in places {
            let is_found = self.of_rule(rule).any(|finding| finding.is_near(place));
            let score = self.out.tally.score_mut(kind);
            score.labelled += 1;
            score.found += usize::from(is_found);
            if !is_found {
                self.disagree(missed, place, (*label).to_owned(), String::new());
            }
        }
        for finding in self.of_rule(rule) {
            if places.iter().any(|(place, _)| finding.is_near(place)) {
                self.out.tally.score_mut(kind).right += 1;
            } else {
                self.wrong_finding(kind, wrong, finding, String::new());
            }
        }
    }

    /// Errors of rules that no label speaks about are shown, to be read by a person.
    fn other_rules(&mut self) {
        let judged = [MISSING, DEFERRED, STORED, ORDER, OPTIONAL, ASYNC, TYPES];
        for finding in &self.said.findings {
            if finding.level == Level::Error && !judged.contains(&finding.rule.as_str()) {
                self.out.tally.unjudged_errors += 1;
                self.disagree("no label judges this", &finding.place, String::new(), finding.to_string());
            }
        }
    }
}

/// The level that the design gives to a stored property: by its owner, and by how far away the
/// registry is configured.
fn designed_level(registry: &LabelledRegistry) -> Level {
    if registry.configured_in_same_init {
        Level::Note
    } else if registry.owner_is_app_delegate_or_app_struct {
        Level::Error
    } else {
        Level::Warning
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
