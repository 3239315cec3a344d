//! What is wrong with the comments that suppress: the rules `unused-suppression`, `unknown-suppressed-rule` and
//! `suppression-without-reason`.

use std::collections::BTreeSet;
use std::path::Path;

use super::directive::{Directive, Kind, MARKER, REPORTS, WORDS, Which, Word};
use super::scopes::{Named, Scope, Scopes};
use crate::config::{Config, RuleSetting};
use crate::error::{closest, did_you_mean};
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, Level, Step};
use crate::report::Suppressed;
use crate::rules;
use crate::source::{FileId, Location, Span};

/// Suppresses nothing.
const UNUSED: &str = "unused-suppression";
/// Names what is no rule.
const UNKNOWN: &str = "unknown-suppressed-rule";
/// Does not say why.
const NO_REASON: &str = "suppression-without-reason";

/// What other linters call it, and the word for it here.
const OF_OTHERS: [(&str, &str); 4] = [
    ("disable:line", "disable:this"),
    ("disable-line", "disable:this"),
    ("disable:next-line", "disable:next"),
    ("disable-next-line", "disable:next"),
];

/// The findings about the comments of one file.
pub(super) fn findings(
    file: FileId,
    scopes: &Scopes<'_>,
    reported: &[Finding],
    suppressed: &[Suppressed],
    config: &Config,
) -> Vec<Finding> {
    let judge = Judge { file, scopes, reported, suppressed, config };
    let about = scopes.directives.iter().enumerate();
    let about = about.flat_map(|(at, directive)| judge.directive(at, directive));
    about.chain(scopes.loose.iter().map(|word| judge.loose(word))).collect()
}

struct Judge<'a> {
    file: FileId,
    scopes: &'a Scopes<'a>,
    reported: &'a [Finding],
    suppressed: &'a [Suppressed],
    config: &'a Config,
}

impl Judge<'_> {
    fn directive(&self, at: usize, directive: &Directive) -> Vec<Finding> {
        let said = &directive.word.text;
        if directive.kind == Kind::Unknown {
            let words = || WORDS.iter().map(|(word, _)| *word).chain([REPORTS]);
            let written = said.get(MARKER.len()..).unwrap_or_default().trim_start();
            let of_others = OF_OTHERS.iter().find(|(word, _)| *word == written).map(|(_, meant)| *meant);
            let meant = match of_others.or_else(|| closest(written, words())) {
                None => ", so this comment does nothing".to_owned(),
                Some(meant) => format!("; did you mean `{MARKER}{meant}`?"),
            };
            let message = format!("`{said}` means nothing{meant}");
            let known: Vec<String> = words().map(|word| format!("`{MARKER}{word}`")).collect();
            let help = format!("what a comment can say is {}", known.join(", "));
            return vec![self.finding(UNUSED, &directive.word, "nobody understands this", message, help)];
        }
        if directive.ids.is_empty() {
            let message = format!("`{said}` names no rule, so this comment does nothing");
            let help =
                format!("write which rule, and why: `{said} missing-call-report - the extension does`");
            return vec![self.finding(UNUSED, &directive.word, "which rule?", message, help)];
        }
        let mut findings = self.unknown(directive);
        let named = || self.scopes.named.iter().filter(|named| named.directive == at);
        let useless: Vec<(&Named, Finding)> =
            named().filter_map(|named| Some((named, self.unused(directive, named)?))).collect();
        let does_something = named()
            .filter(|named| {
                directive.ids.get(named.id).is_some_and(|id| rules::ids().any(|rule| rule == id.text))
            })
            .any(|named| useless.iter().all(|(other, _)| other.id != named.id));
        let whole = useless.len() == directive.ids.len();
        // What applies fixes knows the texts of source files only.
        let is_source = Path::new(&self.scopes.file.path).extension().is_some_and(|kind| kind == "swift");
        for (order, (named, mut finding)) in useless.into_iter().enumerate() {
            finding.fix = match whole {
                _ if !is_source => None,
                true if order > 0 => None,
                true => self.without_comment(directive, named),
                false => self.without_id(directive, named),
            };
            findings.push(finding);
        }
        if does_something && directive.reason.is_none() && directive.kind != Kind::Enable {
            // Without a dash the reason is taken for names.
            let (ids, words): (Vec<&str>, Vec<&str>) = directive
                .ids
                .iter()
                .map(|id| id.text.as_str())
                .partition(|id| rules::ids().any(|known| known == *id));
            let verb = if ids.len() == 1 { "is" } else { "are" };
            let message = format!("`{said}` does not say why `{}` {verb} suppressed", ids.join("`, `"));
            let reason =
                if words.is_empty() { "the extension reports the call".to_owned() } else { words.join(" ") };
            let help = format!("write the reason behind a dash: `{said} {} - {reason}`", ids.join(" "));
            findings.push(self.finding(NO_REASON, &directive.word, "no reason is given", message, help));
        }
        findings
    }

    /// Says that something reports, and nobody knows what.
    fn loose(&self, word: &Word) -> Finding {
        let message = format!("`{MARKER}{REPORTS}` belongs to no declaration, so this comment does nothing");
        let help = "put it directly above a function, a property or a protocol requirement of this project, or behind \
                    it on its line; calls of other code are declared with `[[reporters]]` in pushlint.toml"
            .to_owned();
        self.finding(UNUSED, word, "nothing is declared here", message, help)
    }

    /// Names that are no rules. Where no dash ends the names, the reason may stand among them: the first is enough.
    fn unknown(&self, directive: &Directive) -> Vec<Finding> {
        let unknown = directive.ids.iter().filter(|id| rules::ids().all(|known| known != id.text));
        let most = if directive.reason.is_some() { usize::MAX } else { 1 };
        let finding = |id: &Word| {
            let (name, meant) = (&id.text, did_you_mean(&id.text, rules::ids()));
            let message = match (name.as_str(), meant.as_str()) {
                ("all" | "*", _) => format!("`{name}` is no rule: each rule to suppress is named by its id"),
                (_, "") => format!("`{name}` is no rule, so nothing is suppressed by it"),
                _ => format!("`{name}` is no rule{meant}"),
            };
            let help =
                "`pushlint rules` lists the ids; a reason stands behind a dash: ` - the extension does`";
            self.finding(UNKNOWN, id, "no rule of this name", message, help.to_owned())
        };
        unknown.take(most).map(finding).collect()
    }

    /// What there is to say of a rule that is named and not suppressed.
    fn unused(&self, directive: &Directive, named: &Named) -> Option<Finding> {
        let id = directive.ids.get(named.id)?;
        let rule = rules::RULES.iter().find(|rule| rule.id == id.text)?;
        let said = &directive.word.text;
        let nothing = |why: String, help: &str| {
            let message = format!("`{said}` suppresses nothing: {why}");
            Some(self.finding(UNUSED, id, "suppresses nothing", message, help.to_owned()))
        };
        if rule.is_about_comments() {
            let why = format!("no comment can suppress `{}`", rule.id);
            return nothing(
                why,
                "mend the comment that it is about, or turn the rule off in `pushlint.toml`",
            );
        }
        let why = match named.scope {
            Scope::End(true) => return None,
            Scope::End(false) => {
                let message = format!("`{said}` ends nothing: no `{MARKER}disable` of `{}` is open", rule.id);
                let help = "remove the comment, or the id from it".to_owned();
                return Some(self.finding(UNUSED, id, "ends nothing", message, help));
            }
            _ if named.uses > 0 || self.is_off(rule.id) => return None,
            Scope::NoLine => {
                let place = match directive.kind {
                    Kind::Line(Which::Next) => "below it",
                    Kind::Line(Which::Previous) => "above it",
                    _ => "on its line",
                };
                return nothing(
                    format!("there is no code {place}"),
                    "remove the comment, or put it above the line of the finding",
                );
            }
            _ if self.is_suppressed_already(rule.id, named.scope) => {
                return nothing(
                    format!("another comment suppresses `{}` there already", rule.id),
                    "remove one of the two",
                );
            }
            Scope::Line(line) => format!("`{}` is not found on line {line}", rule.id),
            Scope::Block(_, from, Some(to)) => {
                format!("`{}` is not found between lines {from} and {to}", rule.id)
            }
            Scope::Block(_, from, None) => format!("`{}` is not found from line {from} on", rule.id),
        };
        let mut finding = nothing(why, "remove the comment, or the id from it")?;
        if let Some(there) = self.nearest(rule.id, id.span) {
            finding.help =
                Some("put the comment directly above the line where the finding begins".to_owned());
            let text = format!("`{}` is found here", rule.id);
            finding.related.push(Step { location: there, text });
        }
        Some(finding)
    }

    /// What is off is not looked for: that it was not found says nothing.
    fn is_off(&self, rule: &str) -> bool {
        self.config.rule_in(rule, &self.scopes.file.absolute) == RuleSetting::Off
    }

    fn is_suppressed_already(&self, rule: &str, scope: Scope) -> bool {
        let lines = self.scopes.file.lines();
        let is_in = |start: u32| match scope {
            Scope::Line(line) => lines.line(start) == line,
            Scope::Block(span, ..) => (span.start..span.end).contains(&start),
            Scope::NoLine | Scope::End(_) => false,
        };
        let mut found = self.suppressed.iter().map(|suppressed| &suppressed.finding);
        found.any(|finding| {
            finding.location.file == self.file && finding.rule == rule && is_in(finding.location.span.start)
        })
    }

    /// The nearest place in the file where the rule is found and reported.
    fn nearest(&self, rule: &str, from: Span) -> Option<Location> {
        let found = self.reported.iter().filter(|finding| finding.rule == rule);
        let places = found.map(|finding| finding.location).filter(|place| place.file == self.file);
        places.min_by_key(|place| (place.span.start.abs_diff(from.start), place.span))
    }

    fn finding(
        &self,
        rule: &'static str,
        place: &Word,
        label: &str,
        message: String,
        help: String,
    ) -> Finding {
        Finding {
            rule,
            level: if rule == NO_REASON { Level::Note } else { Level::Warning },
            confidence: Confidence::High,
            message,
            location: Location { file: self.file, span: place.span },
            label: label.to_owned(),
            related: Vec::new(),
            steps: Vec::new(),
            help: Some(help),
            example: None,
            fix: None,
            consulted: BTreeSet::from([self.file]),
        }
    }

    /// Removes the comment; with its line, where nothing else stands there. Not where an `enable` belongs to it, which
    /// would end another block then.
    fn without_comment(&self, directive: &Directive, named: &Named) -> Option<Fix> {
        if matches!(named.scope, Scope::Block(_, _, Some(_))) {
            return None;
        }
        let text = &self.scopes.file.text;
        let (start, end) = (directive.comment.start as usize, directive.comment.end as usize);
        let is_blank = |letter: char| matches!(letter, ' ' | '\t');
        let before = text.get(..start)?.trim_end_matches(is_blank);
        let after = text.get(end..)?.trim_start_matches(is_blank);
        let is_first = before.is_empty() || before.ends_with(['\n', '\r']);
        let line_end =
            if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with(['\n', '\r'])) };
        let is_last = after.is_empty() || line_end > 0;
        let span = match (is_first, is_last) {
            (true, true) => Span::new(before.len(), text.len() - after.len() + line_end),
            (false, true) => Span::new(before.len(), end),
            (_, false) => Span::new(start, text.len() - after.len()),
        };
        Some(self.removal("remove the comment", span))
    }

    /// Removes one of several ids.
    fn without_id(&self, directive: &Directive, named: &Named) -> Option<Fix> {
        let this = directive.ids.get(named.id)?.span;
        let before = named.id.checked_sub(1).and_then(|at| directive.ids.get(at));
        let span = match (before, directive.ids.get(named.id + 1)) {
            (Some(before), _) => Span { start: before.span.end, end: this.end },
            (None, Some(after)) => Span { start: this.start, end: after.span.start },
            (None, None) => return None,
        };
        Some(self.removal("remove the rule from the comment", span))
    }

    fn removal(&self, title: &str, span: Span) -> Fix {
        let location = Location { file: self.file, span };
        Fix {
            title: title.to_owned(),
            applicability: Applicability::Safe,
            edits: vec![Edit { location, text: String::new() }],
        }
    }
}
