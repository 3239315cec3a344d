//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>), as GitHub code scanning reads it
//! (<https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning>).
//!
//! Every rule is listed, found or not; paths are relative to `%SRCROOT%` and percent-encoded; columns count
//! UTF-16 code units and ends are exclusive. What comments suppress is left out unless it is asked for: GitHub would
//! open it as an alert (<https://github.com/github/codeql-action/issues/1230>).

mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, CodeFlow, Fix, Invocation, Location, Message,
    Notification, PhysicalLocation, PropertyBag, Region, Replacement, Result as SarifResult, ResultLevel,
    Run, Sarif, Suppression, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent,
};

use super::RenderOptions;
use crate::finding::{self, Finding, Level, Step};
use crate::fingerprint::line_hashes;
use crate::render::uri;
use crate::report::{Report, Suppressed};
use crate::rules::pages;
use crate::source::{self, FileId, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What relative paths are relative to; GitHub and other viewers know the name.
const ROOT: &str = "%SRCROOT%";
/// The one fingerprint that GitHub reads.
const LINE_HASH: &str = "primaryLocationLineHash";

pub(super) fn write(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> io::Result<()> {
    let log = Sarif::builder()
        .schema(SCHEMA)
        .version(Value::from("2.1.0"))
        .runs(vec![Emitter::new(report, options).run()])
        .build();
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// Writes one report; keeps the line hashes of files, which several findings may need.
struct Emitter<'a> {
    report: &'a Report,
    options: &'a RenderOptions,
    hashes: BTreeMap<FileId, Vec<String>>,
}

impl<'a> Emitter<'a> {
    fn new(report: &'a Report, options: &'a RenderOptions) -> Self {
        let suppressed = report.suppressed.iter().map(|suppressed| &suppressed.finding);
        let files: BTreeSet<FileId> =
            report.findings.iter().chain(suppressed).map(|finding| finding.location.file).collect();
        let hashes =
            files.into_iter().map(|file| (file, line_hashes(&report.sources.get(file).text))).collect();
        Self { report, options, hashes }
    }

    fn run(&self) -> Run {
        let version = env!("CARGO_PKG_VERSION");
        let driver = ToolComponent::builder()
            .name(env!("CARGO_PKG_NAME"))
            .version(version)
            .semantic_version(version)
            .information_uri(env!("CARGO_PKG_REPOSITORY"))
            .rules(pages().iter().map(rules::descriptor).collect::<Vec<_>>())
            .build();
        let root = ArtifactLocation::builder().description(message("The root of the project")).build();
        Run::builder()
            .tool(Tool::builder().driver(driver).build())
            .column_kind(json!("utf16CodeUnits"))
            .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), root)]))
            .invocations(vec![self.invocation()])
            .results(self.results())
            .build()
    }

    fn results(&self) -> Vec<SarifResult> {
        let mut results: Vec<SarifResult> =
            self.report.findings.iter().map(|finding| self.result(finding)).collect();
        if self.options.show_suppressed {
            // Either all results of a run say whether they are suppressed, or none does (section 3.27.23).
            results.iter_mut().for_each(|result| result.suppressions = Some(Vec::new()));
            results.extend(self.report.suppressed.iter().map(|suppressed| SarifResult {
                suppressions: Some(vec![self.suppression(suppressed)]),
                ..self.result(&suppressed.finding)
            }));
        }
        results
    }

    fn suppression(&self, suppressed: &Suppressed) -> Suppression {
        let comment = self.location(suppressed.comment);
        let mut suppression = Suppression::builder().kind(json!("inSource")).location(comment).build();
        suppression.justification.clone_from(&suppressed.reason);
        suppression
    }

    fn invocation(&self) -> Invocation {
        let notices = self.report.notices.iter().map(|notice| {
            let level = if notice.is_failure { "error" } else { "warning" };
            notification(level, &notice.text, notice.path.as_deref())
        });
        let coverage = &self.report.coverage;
        let unread = coverage.unread.iter().map(|path| {
            notification("note", "the file names PushKit, but its language is not read yet", Some(path))
        });
        let is_told =
            |path: &&String| self.report.notices.iter().any(|notice| notice.path.as_ref() == Some(path));
        let damaged = coverage.damaged.iter().filter(|path| !is_told(path)).map(|path| {
            notification(
                "note",
                "the file was not understood in part, and a push handler may be there",
                Some(path),
            )
        });
        Invocation::builder()
            .execution_successful(!self.report.has_failed())
            .tool_execution_notifications(notices.chain(unread).chain(damaged).collect::<Vec<_>>())
            .build()
    }

    fn result(&self, finding: &Finding) -> SarifResult {
        let related = finding.steps.iter().chain(&finding.related);
        let related: Vec<Location> =
            related.zip(1..).map(|(step, id)| Location { id: Some(id), ..self.labelled(step) }).collect();
        let mut result = SarifResult::builder()
            .rule_id(finding.rule)
            .level(match finding.level {
                Level::Error => ResultLevel::Error,
                Level::Warning => ResultLevel::Warning,
                Level::Note => ResultLevel::Note,
            })
            .message(message(&message_text(finding)))
            .locations(vec![self.primary(finding)])
            .partial_fingerprints(self.fingerprints(finding))
            .properties(properties("confidence", finding.confidence.word()))
            .build();
        result.rule_index =
            pages().iter().zip(0..).find(|(page, _)| page.meta.id == finding.rule).map(|(_, index)| index);
        result.related_locations = Some(related).filter(|related| !related.is_empty());
        result.code_flows = self.code_flow(finding).map(|flow| vec![flow]);
        result.fixes = finding.applicable_fix().map(|fix| vec![self.fix(fix)]);
        result
    }

    fn fingerprints(&self, finding: &Finding) -> BTreeMap<String, String> {
        let location = finding.location;
        let line = self.report.sources.get(location.file).lines().line(location.span.start);
        let hash = self.hashes.get(&location.file).and_then(|hashes| hashes.get(line.saturating_sub(1)));
        hash.map(|hash| (LINE_HASH.to_owned(), hash.clone())).into_iter().collect()
    }

    fn primary(&self, finding: &Finding) -> Location {
        let mut location = self.location(finding.location);
        location.message = Some(finding.label.as_str()).filter(|label| !label.is_empty()).map(words);
        location
    }

    fn labelled(&self, step: &Step) -> Location {
        Location { message: Some(words(&step.text)), ..self.location(step.location) }
    }

    fn location(&self, location: source::Location) -> Location {
        let file = self.report.sources.get(location.file);
        let physical = PhysicalLocation::builder()
            .artifact_location(artifact(uri::of_file(file)))
            .region(self.region(location))
            .build();
        Location::builder().physical_location(physical).build()
    }

    fn region(&self, location: source::Location) -> Region {
        let file = self.report.sources.get(location.file);
        let Span { start, end } = location.span;
        let (start, end) = (file.lines().utf16(start, &file.text), file.lines().utf16(end, &file.text));
        Region::builder()
            .start_line(number(start.line))
            .start_column(number(start.column))
            .end_line(number(end.line))
            .end_column(number(end.column))
            .build()
    }

    /// The steps, with the finding's own place as the last one where no step stands there.
    fn code_flow(&self, finding: &Finding) -> Option<CodeFlow> {
        if finding.steps.is_empty() {
            return None;
        }
        let mut places: Vec<Location> = finding.steps.iter().map(|step| self.labelled(step)).collect();
        if finding.steps.iter().all(|step| step.location != finding.location) {
            let text = if finding.label.is_empty() { &finding.message } else { &finding.label };
            places.push(Location { message: Some(words(text)), ..self.location(finding.location) });
        }
        let locations: Vec<ThreadFlowLocation> = places
            .into_iter()
            .zip(1..)
            .map(|(place, order)| {
                ThreadFlowLocation::builder().location(place).execution_order(order).build()
            })
            .collect();
        let flow = ThreadFlow::builder().locations(locations).build();
        Some(CodeFlow::builder().thread_flows(vec![flow]).build())
    }

    fn fix(&self, fix: &finding::Fix) -> Fix {
        let mut by_file = BTreeMap::<String, Vec<Replacement>>::new();
        for edit in &fix.edits {
            let uri = uri::of_file(self.report.sources.get(edit.location.file));
            let inserted = ArtifactContent::builder().text(&edit.text).build();
            let replacement = Replacement::builder()
                .deleted_region(self.region(edit.location))
                .inserted_content(inserted)
                .build();
            by_file.entry(uri).or_default().push(replacement);
        }
        let changes: Vec<ArtifactChange> = by_file
            .into_iter()
            .map(|(uri, replacements)| {
                ArtifactChange::builder().artifact_location(artifact(uri)).replacements(replacements).build()
            })
            .collect();
        Fix::builder().description(words(&fix.title)).artifact_changes(changes).build()
    }
}

/// The message as a sentence, then links to the steps and related places, then what to do.
///
/// GitHub takes the first sentence as the title, and lists a related place only if the text links to it.
fn message_text(finding: &Finding) -> String {
    let mut sentences = vec![format!("{}.", plain(&finding.message))];
    let several = finding.steps.len() > 1;
    let steps = (1..).zip(&finding.steps).map(|(id, step)| {
        let words = link_words(&step.text);
        if several { format!("[{id}: {words}]({id})") } else { format!("[{words}]({id})") }
    });
    let steps: Vec<String> = steps.collect();
    if !steps.is_empty() {
        sentences.push(format!("The way: {}.", steps.join(", ")));
    }
    let related = (steps.len() + 1..).zip(&finding.related);
    let related: Vec<String> =
        related.map(|(id, step)| format!("[{}]({id})", link_words(&step.text))).collect();
    if !related.is_empty() {
        sentences.push(format!("See also: {}.", related.join(", ")));
    }
    sentences.extend(finding.help.as_deref().map(|help| sentence(&plain(help))));
    sentences.join(" ")
}

/// Begins with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.trim_end_matches('.').chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).chain(['.']).collect()
}

/// Keeps code such as `[handler](payload)` from being read as a link.
fn plain(text: &str) -> String {
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text.to_owned() }
}

/// Brackets and backslashes in the words of a link are escaped (SARIF 2.1.0, section 3.11.6).
fn link_words(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn notification(level: &str, text: &str, path: Option<&str>) -> Notification {
    let mut notification = Notification::builder().level(json!(level)).message(words(text)).build();
    notification.locations = path.map(|path| {
        let physical = PhysicalLocation::builder().artifact_location(artifact(uri::of_path(path))).build();
        vec![Location::builder().physical_location(physical).build()]
    });
    notification
}

fn artifact(uri: String) -> ArtifactLocation {
    ArtifactLocation::builder().uri(uri).uri_base_id(ROOT).build()
}

/// A message without links.
fn words(text: &str) -> Message {
    message(&plain(text))
}

/// A message whose links are meant.
fn message(text: &str) -> Message {
    Message::builder().text(text).build()
}

fn properties(key: &str, value: &str) -> PropertyBag {
    let values = BTreeMap::from([(key.to_owned(), json!(value))]);
    PropertyBag::builder().additional_properties(values).build()
}

fn number(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
