//! What was not understood where a push handler is, or may be: syntax errors that cost a verdict.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::duty::HandlerDuty;
use crate::program::{Around, Program};
use crate::source::{FileId, Sources, Span};
use crate::swift;
use crate::vocabulary::PAYLOAD_LABELS;

/// The files of which too little was understood, each with the first place that was not: those with a handler whose
/// body is damaged, and those in which a handler is named that was lost.
pub(super) fn of<'d>(
    program: &Program,
    sources: &Sources,
    duties: impl Iterator<Item = &'d HandlerDuty>,
) -> BTreeMap<FileId, Span> {
    let mut handlers: BTreeMap<u32, Vec<&HandlerDuty>> = BTreeMap::new();
    for duty in duties {
        handlers.entry(duty.function.file).or_default().push(duty);
    }
    let mut files = BTreeMap::new();
    let may_be = PAYLOAD_LABELS.into_iter().flat_map(|name| program.files_with(name, Around::ANY));
    let may_be: BTreeSet<u32> = handlers.keys().copied().chain(may_be).collect();
    for at in may_be {
        let handlers = handlers.get(&at).map_or(&[][..], Vec::as_slice);
        if let Some(place) = place(program, sources, at, handlers) {
            files.insert(program.file_id(at), place);
        }
    }
    files
}

fn place(program: &Program, sources: &Sources, at: u32, handlers: &[&HandlerDuty]) -> Option<Span> {
    let file = program.file(at);
    let damaged = handlers.iter().map(|duty| program.function(duty.function));
    let all = file.damaged();
    let damaged = damaged.filter(|function| file.is_damaged(function)).map(|function| {
        let inside = all.iter().find(|damaged| function.span.contains(**damaged));
        inside.copied().unwrap_or(function.name_span)
    });
    damaged.min().or_else(|| {
        let first = *all.first()?;
        names_lost_handler(program, sources, at, handlers).then_some(first)
    })
}

/// Whether the text of a damaged file names the push handler where no handler was found, and no call of one.
fn names_lost_handler(program: &Program, sources: &Sources, at: u32, handlers: &[&HandlerDuty]) -> bool {
    let text = &sources.get(program.file_id(at)).text;
    let names = PAYLOAD_LABELS.into_iter().flat_map(|label| text.match_indices(label));
    let mut names = names.map(|(at, name)| Span::new(at, at + name.len())).peekable();
    if names.peek().is_none() {
        return false;
    }
    let comments = swift::comments(text);
    let is_found = |name: &Span| {
        let found = handlers.iter().map(|duty| program.function(duty.function));
        let file = program.file(at);
        let whole =
            file.functions().map(|(_, function)| function).filter(|function| !file.is_damaged(function));
        found.chain(whole).any(|function| function.span.contains(*name))
            || comments.iter().any(|comment| comment.contains(*name))
    };
    names.any(|name| !is_found(&name))
}
