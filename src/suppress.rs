//! Comments in the source that keep findings from being reported, and what is wrong with such comments.
//!
//! `// pushlint:disable:next missing-call-report - the extension reports it` suppresses the findings of a rule whose
//! place *begins* on the next line of code; `:this` and `:previous` are the other lines, and `disable` … `enable` are
//! blocks, which nest. A rule is named by its id, and a reason is expected. A comment that suppresses nothing, gives
//! no reason or names no rule is a finding, which no comment can suppress: there would be no end to it.
//!
//! Comments are told from strings by their syntax, without parsing ([`comments`]); so a file that nothing else asks
//! for is judged, too.

mod comments;
mod directive;
mod judge;
mod scopes;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::finding::Finding;
use crate::report::Suppressed;
use crate::source::{FileId, Location, Sources};
use scopes::Scopes;

/// What a comment that speaks to pushlint begins with; a file without these bytes has none.
pub use directive::{MARKER, MISSPELT};

/// Whether a text may have a comment that speaks to pushlint.
pub fn may_speak(text: &str) -> bool {
    [MARKER, MISSPELT[0], MISSPELT[1]].iter().any(|marker| text.contains(marker))
}

/// Takes what comments suppress out of `findings`, and adds what is wrong with the comments of the files in `judged`.
/// All findings of these files must be there, also those that the user does not want to hear of: a comment that
/// suppresses one of them is not useless.
pub fn apply(
    findings: &mut Vec<Finding>,
    sources: &Sources,
    judged: &BTreeSet<FileId>,
    config: &Config,
) -> Vec<Suppressed> {
    let files: BTreeSet<FileId> =
        findings.iter().map(|finding| finding.location.file).chain(judged.iter().copied()).collect();
    let mut scopes: BTreeMap<FileId, Scopes<'_>> =
        files.into_iter().map(|file| (file, Scopes::new(sources.get(file)))).collect();
    let mut suppressed = Vec::new();
    let mut reported = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        let file = finding.location.file;
        match scopes.get_mut(&file).and_then(|scopes| scopes.cover(&finding)) {
            Some(directive) => suppressed.push(Suppressed {
                comment: Location { file, span: directive.comment },
                reason: directive.reason.clone(),
                finding,
            }),
            None => reported.push(finding),
        }
    }
    let about: Vec<Finding> = scopes
        .iter()
        .filter(|(file, _)| judged.contains(file))
        .flat_map(|(file, scopes)| judge::findings(*file, scopes, &reported, &suppressed, config))
        .collect();
    reported.extend(about);
    *findings = reported;
    suppressed
}
