//! Which findings of a file its comments cover, and which comments cover none.

use std::collections::BTreeMap;

use super::comments::comments;
use super::directive::{Directive, Kind, Which, Word, reports};
use super::may_speak;
use crate::finding::Finding;
use crate::source::{SourceFile, Span};

/// Where a rule is suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Where a finding's place begins on this line.
    Line(usize),
    /// There is no such line.
    NoLine,
    /// Where a finding's place begins in these bytes; the line that they begin on and, if they do not end with the
    /// file, the line that they end on.
    Block(Span, usize, Option<usize>),
    /// It is an `enable`; whether it ends a block.
    End(bool),
}

/// A rule that a comment names.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// Which of the comments.
    pub(super) directive: usize,
    /// Which of its ids.
    pub(super) id: usize,
    pub(super) scope: Scope,
    /// How many findings it suppresses.
    pub(super) uses: usize,
}

/// The comments of a file that are about suppression.
pub(super) struct Scopes<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) directives: Vec<Directive>,
    pub(super) named: Vec<Named>,
    /// What says that a declaration reports, where there is none.
    pub(super) loose: Vec<Word>,
}

/// What makes a line the beginning of a declaration that can be said to report.
const DECLARING: [&str; 5] = ["func", "init", "let", "subscript", "var"];

/// What may stand on a line of its own before one of them.
const MODIFIERS: [&str; 16] = [
    "convenience",
    "dynamic",
    "fileprivate",
    "final",
    "internal",
    "lazy",
    "mutating",
    "nonisolated",
    "open",
    "override",
    "package",
    "private",
    "public",
    "required",
    "static",
    "weak",
];

impl<'a> Scopes<'a> {
    /// Reads the comments of a file.
    pub(super) fn new(file: &'a SourceFile) -> Self {
        let mut scopes = Self { file, directives: Vec::new(), named: Vec::new(), loose: Vec::new() };
        if may_speak(&file.text) {
            let comments = comments(&file.path, &file.text);
            scopes.directives =
                comments.iter().filter_map(|comment| Directive::read(*comment, &file.text)).collect();
            scopes.resolve(&CodeLines::new(file, &comments));
            let said = comments.iter().filter_map(|comment| reports(*comment, &file.text));
            scopes.loose = said.filter(|word| !declares(file, word.span, &comments)).collect();
        }
        scopes
    }

    fn resolve(&mut self, code: &CodeLines) {
        let lines = self.file.lines();
        // The blocks that are open, by id: the place in `named`.
        let mut open: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut named: Vec<Named> = Vec::new();
        for (at, directive) in self.directives.iter().enumerate() {
            let Span { start, end } = directive.comment;
            let line = |line: Option<usize>| line.map_or(Scope::NoLine, Scope::Line);
            for (id, word) in directive.ids.iter().enumerate() {
                let scope = match directive.kind {
                    Kind::Unknown => continue,
                    Kind::Line(Which::This) => line(Some(lines.line(start)).filter(|at| code.has(*at))),
                    Kind::Line(Which::Next) => line(code.after(lines.line(end.max(1) - 1))),
                    Kind::Line(Which::Previous) => line(code.before(lines.line(start))),
                    Kind::Disable => {
                        open.entry(&word.text).or_default().push(named.len());
                        Scope::Block(Span::new(end as usize, self.file.text.len()), lines.line(start), None)
                    }
                    Kind::Enable => {
                        let ended = open.entry(&word.text).or_default().pop();
                        if let Some(block) = ended.and_then(|block| named.get_mut(block))
                            && let Scope::Block(span, _, last) = &mut block.scope
                        {
                            span.end = start;
                            *last = Some(lines.line(start));
                        }
                        Scope::End(ended.is_some())
                    }
                };
                named.push(Named { directive: at, id, scope, uses: 0 });
            }
        }
        self.named = named;
    }

    /// The comment that covers a finding, which counts as used: one for its line, else the innermost block.
    pub(super) fn cover(&mut self, finding: &Finding) -> Option<&Directive> {
        let start = finding.location.span.start;
        let line = self.file.lines().line(start);
        let names = |named: &Named| {
            let ids = self.directives.get(named.directive).map(|directive| &directive.ids);
            ids.and_then(|ids| ids.get(named.id)).is_some_and(|id| id.text == finding.rule)
        };
        let all = || self.named.iter().enumerate().filter(|(_, named)| names(named));
        let of_line = all().find(|(_, named)| named.scope == Scope::Line(line));
        let innermost = || {
            let around = all().filter_map(|(at, named)| match named.scope {
                Scope::Block(span, ..) if (span.start..span.end).contains(&start) => Some((span.start, at)),
                _ => None,
            });
            around.max().map(|(_, at)| at)
        };
        let at = of_line.map(|(at, _)| at).or_else(innermost)?;
        let named = self.named.get_mut(at)?;
        named.uses += 1;
        self.directives.get(named.directive)
    }
}

/// Whether a comment stands where a declaration begins: alone on the line above it, or behind it on its line.
fn declares(file: &SourceFile, comment: Span, comments: &[Span]) -> bool {
    let lines = file.lines();
    let code = |line: usize| {
        let Span { mut start, end } = lines.line_span(line, &file.text);
        let mut code = String::new();
        let from = comments.partition_point(|comment| comment.end <= start);
        for comment in comments.iter().skip(from).take_while(|comment| comment.start < end) {
            code.push_str(file.text.get(start as usize..comment.start as usize).unwrap_or_default());
            start = comment.end;
        }
        code + file.text.get(start as usize..end as usize).unwrap_or_default()
    };
    let line = lines.line(comment.start);
    let own = code(line);
    let code = if own.trim().is_empty() && line < lines.lines() { code(line + 1) } else { own };
    let mut words = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    code.trim_start().starts_with('@')
        || words.any(|word| DECLARING.contains(&word))
        || (!code.trim().is_empty() && code.split_whitespace().all(|word| MODIFIERS.contains(&word)))
}

/// The lines that have something besides comments on them, from 1.
struct CodeLines(Vec<bool>);

impl CodeLines {
    fn new(file: &SourceFile, comments: &[Span]) -> Self {
        let lines = file.lines();
        let mut has_code = vec![false; lines.lines()];
        let mut comments = comments.iter().peekable();
        for (at, byte) in (0..).zip(file.text.bytes()) {
            while comments.next_if(|comment| comment.end <= at).is_some() {}
            let is_comment = comments.peek().is_some_and(|comment| comment.start <= at);
            if !is_comment && !byte.is_ascii_whitespace() {
                has_code[lines.line(at) - 1] = true;
            }
        }
        Self(has_code)
    }

    fn has(&self, line: usize) -> bool {
        self.0.get(line - 1).copied().unwrap_or_default()
    }

    fn after(&self, line: usize) -> Option<usize> {
        (line + 1..=self.0.len()).find(|line| self.has(*line))
    }

    fn before(&self, line: usize) -> Option<usize> {
        (1..line).rev().find(|line| self.has(*line))
    }
}
