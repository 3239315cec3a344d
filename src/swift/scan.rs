//! What a scan over the text finds without the grammar: where code is (rather than comments and strings),
//! the `#if` directives, and the `// pushlint:reports` comments.

use super::build::{self, Directive};
use crate::facts::DECLARES_REPORTING;
use crate::source::{LineIndex, Span};

/// The findings of one scan.
#[derive(Debug, Default)]
pub(super) struct Scan {
    directives: Vec<Directive>,
    reporting: Option<ReportingLines>,
}

#[derive(Debug)]
struct ReportingLines {
    index: LineIndex,
    /// Lines with the comment, and whether it stands alone there.
    lines: Vec<(usize, bool)>,
}

impl Scan {
    /// Scans `text`. Nearly all files need no scan: they have neither directives nor declarations.
    pub(super) fn new(text: &str) -> Self {
        let has_directives = text.contains("#if");
        let has_declarations = text.contains(DECLARES_REPORTING);
        if !has_directives && !has_declarations {
            return Self::default();
        }
        let masked = Masked::new(text);
        Self {
            directives: if has_directives { build::directives(&masked.code) } else { Vec::new() },
            reporting: has_declarations.then(|| ReportingLines::new(text, &masked)),
        }
    }

    /// The directives that begin in a range.
    pub(super) fn directives_in(&self, span: Span) -> &[Directive] {
        let from = self.directives.partition_point(|directive| directive.span.start < span.start);
        let to = self.directives.partition_point(|directive| directive.span.start < span.end);
        self.directives.get(from..to).unwrap_or_default()
    }

    /// Whether `// pushlint:reports` belongs to a declaration: on a line of its own before the declaration or
    /// before its name, or behind the code on the line where the declaration or its name begins.
    pub(super) fn declares_reporting(&self, declaration: Span, name: Span) -> bool {
        let Some(reporting) = &self.reporting else { return false };
        [declaration.start, name.start].into_iter().any(|at| {
            let line = reporting.index.line(at);
            reporting
                .lines
                .iter()
                .any(|&(comment, alone)| (alone && comment + 1 == line) || (!alone && comment == line))
        })
    }
}

impl ReportingLines {
    fn new(text: &str, masked: &Masked) -> Self {
        let index = LineIndex::new(text);
        let lines = masked
            .comments
            .iter()
            .filter(|span| {
                let comment = text.get(span.start as usize..span.end as usize).unwrap_or_default();
                let words = comment.trim_start_matches(['/', '*']).trim_start();
                words
                    .strip_prefix(DECLARES_REPORTING)
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
            })
            .map(|span| {
                let line = index.line(span.start);
                let start = index.line_span(line, text).start as usize;
                let before = text.get(start..span.start as usize).unwrap_or_default();
                (line, before.trim().is_empty())
            })
            .collect();
        Self { index, lines }
    }
}

/// The text with everything that is not code blanked, byte for byte; line ends and the quotes of strings stay.
pub(super) struct Masked {
    /// The bytes: code, or spaces.
    pub(super) code: Vec<u8>,
    /// The comments, in order.
    pub(super) comments: Vec<Span>,
    /// Bytes in strings that the grammar stumbles over: quotes in raw strings, a `\` in front of white space.
    pub(super) stumbles: Vec<usize>,
    /// Regular expressions between `/`.
    pub(super) regexes: Vec<Span>,
}

/// What the scan is inside of.
enum Inside {
    /// An interpolation, with its open parentheses.
    Interpolation(usize),
    /// A string with that many `#`.
    String { hashes: usize, is_multiline: bool },
}

impl Masked {
    /// Blanks comments and the text of strings; code in interpolations stays.
    pub(super) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut masked =
            Self { code: bytes.to_vec(), comments: Vec::new(), stumbles: Vec::new(), regexes: Vec::new() };
        let mut inside: Vec<Inside> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            at = match inside.last_mut() {
                Some(&mut Inside::String { hashes, is_multiline }) => {
                    masked.string(bytes, at, hashes, is_multiline, &mut inside)
                }
                _ => masked.code(bytes, at, &mut inside),
            };
        }
        masked
    }

    fn blank(&mut self, from: usize, to: usize) {
        let to = to.min(self.code.len());
        for byte in self.code.get_mut(from..to).unwrap_or_default() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    fn code(&mut self, bytes: &[u8], at: usize, inside: &mut Vec<Inside>) -> usize {
        let rest = bytes.get(at..).unwrap_or_default();
        match rest {
            [b'/', b'/', ..] => {
                let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                self.comment(at, at + length)
            }
            [b'/', b'*', ..] => self.comment(at, at + block_comment(rest)),
            [b'/', first, ..] if !first.is_ascii_whitespace() && self.expects_value(at) => {
                let Some(length) = regex(rest) else { return at + 1 };
                self.regexes.push(Span::new(at, at + length));
                self.blank(at, at + length);
                at + length
            }
            [b'"' | b'#', ..] => {
                let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
                if rest.get(hashes) == Some(&b'/')
                    && let Some(length) = extended_regex(rest, hashes)
                {
                    self.regexes.push(Span::new(at, at + length));
                    self.blank(at, at + length);
                    return at + length;
                }
                let Some(b'"') = rest.get(hashes) else { return at + hashes.max(1) };
                let is_multiline =
                    rest.get(hashes..hashes + 3) == Some(b"\"\"\"") && !ends_here(rest, hashes);
                inside.push(Inside::String { hashes, is_multiline });
                at + hashes + if is_multiline { 3 } else { 1 }
            }
            [b'(', ..] => {
                if let Some(Inside::Interpolation(open)) = inside.last_mut() {
                    *open += 1;
                }
                at + 1
            }
            [b')', ..] => {
                if let Some(Inside::Interpolation(open)) = inside.last_mut() {
                    *open -= 1;
                    if *open == 0 {
                        inside.pop();
                        self.blank(at, at + 1);
                    }
                }
                at + 1
            }
            _ => at + 1,
        }
    }

    /// Whether a `/` begins a value here rather than dividing one.
    fn expects_value(&self, at: usize) -> bool {
        let before = self.code.get(..at).unwrap_or_default().trim_ascii_end();
        matches!(before.last(), None | Some(b'(' | b',' | b':' | b'[' | b'{' | b'='))
    }

    fn comment(&mut self, from: usize, to: usize) -> usize {
        self.comments.push(Span::new(from, to));
        self.blank(from, to);
        to
    }

    fn string(
        &mut self,
        bytes: &[u8],
        at: usize,
        hashes: usize,
        is_multiline: bool,
        inside: &mut Vec<Inside>,
    ) -> usize {
        let rest = bytes.get(at..).unwrap_or_default();
        let has_hashes = |from: usize| {
            rest.get(from..from + hashes).is_some_and(|found| found.iter().all(|byte| *byte == b'#'))
        };
        let end = match rest {
            [b'\\', b' ' | b'\t', ..] => {
                self.stumbles.push(at);
                at + 2
            }
            [b'\\', ..] if has_hashes(1) => {
                if rest.get(1 + hashes) == Some(&b'(') {
                    inside.push(Inside::Interpolation(1));
                }
                at + 2 + hashes
            }
            [b'"', b'"', b'"', ..] if is_multiline && has_hashes(3) => {
                inside.pop();
                return at + 3 + hashes;
            }
            [b'"', ..] if !is_multiline && has_hashes(1) => {
                inside.pop();
                return at + 1 + hashes;
            }
            [b'"', ..] if hashes > 0 => {
                self.stumbles.push(at);
                at + 1
            }
            [b'\n' | b'\r', ..] if !is_multiline => {
                inside.pop();
                at + 1
            }
            _ => at + 1,
        };
        self.blank(at, end);
        end
    }
}

/// The length of a regular expression on one line.
fn regex(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match rest.get(at)? {
            b'\\' => at += 2,
            b'/' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            _ => at += 1,
        }
    }
}

/// Whether a raw string ends on the line on which it begins: `#"""#` is a quote.
fn ends_here(rest: &[u8], hashes: usize) -> bool {
    let line = rest.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let end: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    hashes > 0 && line.get(hashes + 1..).is_some_and(|line| line.windows(end.len()).any(|found| found == end))
}

/// The length of a regular expression between `#/` and `/#`, with so many `#`.
fn extended_regex(rest: &[u8], hashes: usize) -> Option<usize> {
    let end: Vec<u8> = std::iter::once(b'/').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let body = rest.get(hashes + 1..).filter(|_| hashes > 0)?;
    let length = body.windows(end.len()).position(|found| found == end)?;
    Some(hashes + 1 + length + end.len())
}

/// The length of a block comment, nested ones included.
fn block_comment(rest: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < rest.len() {
        match rest.get(at..) {
            Some([b'/', b'*', ..]) => {
                depth += 1;
                at += 2;
            }
            Some([b'*', b'/', ..]) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    break;
                }
            }
            _ => at += 1,
        }
    }
    at
}
