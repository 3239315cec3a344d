//! The repair: valid Swift that the grammar cannot read is overwritten, byte for byte, with something that it
//! can, and the text is parsed again. Places stay where they are; what a name or literal says is still read from
//! the original text, and words that were blanked but matter (`try`, `await`) are handed on.
//!
//! Each mend answers one known gap of the pinned grammar. They run only on files with an error.

use crate::source::Span;

use super::scan::Masked;

/// What stands for `()`: a name, whose text in the original is still `()`.
const EMPTY_TUPLE: &[u8; 2] = b"_0";

/// A text with mends.
pub(super) struct Repaired {
    pub(super) bytes: Vec<u8>,
    /// The `try` and `await` that were blanked, in order.
    pub(super) covers: Vec<Span>,
}

/// Mends everything that is known to break the grammar; the directives only if asked to.
pub(super) fn repair(text: &str, masked: &Masked, with_directives: bool) -> Repaired {
    let mut repair = Repair {
        code: &masked.code,
        repaired: Repaired { bytes: text.as_bytes().to_vec(), covers: Vec::new() },
    };
    repair.conditions();
    repair.characters();
    repair.words();
    repair.placeholders();
    repair.closures();
    repair.cases();
    repair.semicolons();
    repair.continued_lines();
    repair.lines();
    repair.types_as_values();
    for at in &masked.stumbles {
        repair.write(*at, b"'");
    }
    for comment in &masked.comments {
        if text.as_bytes().get(comment.start as usize + 1) == Some(&b'*') {
            repair.blank(comment.start as usize, comment.end as usize);
        }
    }
    for regex in &masked.regexes {
        repair.regex(*regex);
    }
    if with_directives {
        repair.directives();
    }
    repair.repaired.covers.sort_unstable();
    repair.repaired.covers.dedup();
    repair.repaired
}

struct Repair<'a> {
    code: &'a [u8],
    repaired: Repaired,
}

impl<'a> Repair<'a> {
    fn write(&mut self, at: usize, new: &[u8]) {
        if let Some(bytes) = self.repaired.bytes.get_mut(at..at + new.len()) {
            bytes.copy_from_slice(new);
        }
    }

    fn blank(&mut self, from: usize, to: usize) {
        for byte in self.repaired.bytes.get_mut(from..to).unwrap_or_default() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.code.get(at).copied().unwrap_or(0)
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.code.get(at..).unwrap_or_default()
    }

    fn skip_blank(&self, at: usize) -> usize {
        at + self.rest(at).iter().take_while(|byte| byte.is_ascii_whitespace()).count()
    }

    /// The last byte of code before a place.
    fn before(&self, at: usize) -> Option<usize> {
        self.code.get(..at)?.iter().rposition(|byte| !byte.is_ascii_whitespace())
    }

    fn word_at(&self, at: usize) -> &'a [u8] {
        let length = self.rest(at).iter().take_while(|byte| is_word(**byte)).count();
        self.rest(at).get(..length).unwrap_or_default()
    }

    /// The words of the code, with the place of each; keywords used as names (`.if`, `` `if` ``) left out.
    fn all_words(&self) -> Vec<(usize, &'a [u8])> {
        let mut words = Vec::new();
        let mut at = 0;
        while at < self.code.len() {
            let word = self.word_at(at);
            if word.is_empty() {
                at += 1;
                continue;
            }
            let before = if at == 0 { 0 } else { self.byte(at - 1) };
            if !matches!(before, b'`' | b'$') {
                words.push((at, word));
            }
            at += word.len();
        }
        words
    }

    /// `if await a.b {`: the grammar takes the braces for a trailing closure. Without `try` and `await` it does
    /// not. The same for `in 0... {`.
    fn conditions(&mut self) {
        for (at, word) in self.all_words() {
            let is_head = matches!(word, b"if" | b"while" | b"switch" | b"guard" | b"in");
            if !is_head || (at > 0 && matches!(self.byte(at - 1), b'.' | b'#')) {
                continue;
            }
            let from = at + word.len();
            let Some(length) = self.head_length(from) else { continue };
            let end = from + length;
            let mut place = from;
            let mut is_loop = false;
            while place < end {
                let inner = self.word_at(place);
                let mark = place + inner.len();
                match inner {
                    b"" => {}
                    b"for" => is_loop = true,
                    // `for try await x in` needs its words.
                    b"try" | b"await" if is_loop => {}
                    b"try" if matches!(self.byte(mark), b'?' | b'!') => self.cover(place, mark + 1),
                    b"try" | b"await" => self.cover(place, mark),
                    _ => is_loop = false,
                }
                place = mark.max(place + 1);
            }
            if word == b"in"
                && let Some(last) = self.before(end)
                && self.code.get(last.saturating_sub(2)..=last) == Some(b"...")
            {
                self.blank(last - 2, last + 1);
            }
        }
    }

    fn cover(&mut self, from: usize, to: usize) {
        if from > 0 && self.byte(from - 1) == b'.' {
            return;
        }
        self.blank(from, to);
        self.repaired.covers.push(Span::new(from, to));
    }

    /// How far it is to the brace that opens the body of a statement, if one is near.
    fn head_length(&self, from: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (offset, byte) in self.rest(from).iter().take(4_000).enumerate() {
            match byte {
                b'(' | b'[' => depth += 1,
                b')' | b']' | b'}' | b';' if depth == 0 => return None,
                b')' | b']' => depth -= 1,
                b'{' if depth == 0 => return Some(offset),
                _ => {}
            }
        }
        None
    }

    /// NUL bytes, no-break spaces, and the empty tuple as a value.
    fn characters(&mut self) {
        for at in 0..self.code.len() {
            match self.rest(at) {
                [0, ..] => self.write(at, b" "),
                [0xC2, 0xA0, ..] => self.write(at, b"  "),
                [b'(', b'(', b')', b')', ..] => self.write(at + 1, EMPTY_TUPLE),
                _ => {}
            }
        }
    }

    /// Words that are keywords to the grammar alone.
    fn words(&mut self) {
        let words = self.all_words();
        for (index, &(at, word)) in words.iter().enumerate() {
            let end = at + word.len();
            let follows = self.byte(end);
            let next = self.skip_blank(end);
            let next_word = self.word_at(next);
            let after_dot = at > 0 && self.byte(at - 1) == b'.';
            let after_func = index
                .checked_sub(1)
                .and_then(|before| words.get(before))
                .is_some_and(|(start, before)| *before == b"func" && self.skip_blank(start + 4) == at);
            match word {
                b"nonisolated" if self.rest(end).starts_with(b"(unsafe)") => self.blank(at, end + 8),
                b"prefix"
                    if !matches!(next_word, b"func" | b"operator" | b"static" | b"public" | b"infix") =>
                {
                    self.write(at + 3, b"j");
                }
                b"final" | b"open" | b"optional" | b"weak" | b"mutating" | b"macro" | b"override"
                | b"postfix" | b"infix" | b"convenience" | b"required" | b"indirect"
                    if after_dot
                        || after_func
                        || (follows == b'(' && !self.rest(end).starts_with(b"(set)")) =>
                {
                    self.write(at, b"_");
                }
                // `@propertyWrapper @available(…)` on one line.
                b"propertyWrapper" if self.rest(end).starts_with(b" @available(") => {
                    let line = self.rest(end).iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                    self.blank(end, end + line.unwrap_or(0));
                }
                b"__shared" | b"__owned" => self.blank(at, end),
                b"sending" if !next_word.is_empty() && self.follows_arrow(at) => self.blank(at, end),
                b"catch" => self.catch_list(end),
                b"associatedtype" => self.bounds(end),
                _ => {}
            }
        }
    }

    fn follows_arrow(&self, at: usize) -> bool {
        self.before(at).is_some_and(|last| last > 0 && self.code.get(last - 1..=last) == Some(b"->"))
    }

    /// `catch A.b, C.d {`: the first alternative is kept.
    fn catch_list(&mut self, from: usize) {
        let Some(length) = self.head_length(from) else { return };
        if let Some(comma) = self.top_level_comma(from, from + length) {
            self.blank(comma, from + length);
        }
    }

    /// `associatedtype T: A, B`: the first bound is kept.
    fn bounds(&mut self, from: usize) {
        let line = self.rest(from).iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'}' | b';'));
        let end = from + line.unwrap_or(self.rest(from).len());
        if let Some(comma) = self.top_level_comma(from, end) {
            self.blank(comma, end);
        }
    }

    fn top_level_comma(&self, from: usize, to: usize) -> Option<usize> {
        let mut depth = 0usize;
        (from..to).find(|at| {
            match self.byte(*at) {
                b'(' | b'[' | b'<' => depth += 1,
                b')' | b']' | b'>' => depth = depth.saturating_sub(1),
                b',' => return depth == 0,
                _ => {}
            }
            false
        })
    }

    /// `<#placeholder#>` becomes a name.
    fn placeholders(&mut self) {
        let mut at = 0;
        while let Some(start) = find(self.rest(at), b"<#").map(|offset| at + offset) {
            let line = self.rest(start).iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let line = line.unwrap_or(self.rest(start).len());
            let length = self.rest(start).get(..line).and_then(|line| find(line, b"#>"));
            at = start + 2;
            if let Some(length) = length {
                self.write(start, &vec![b'_'; length + 2]);
                at = start + length + 2;
            }
        }
    }

    /// Closures: `{ [] in`, `{ (self: T) in`, and a labelled closure on a line of its own.
    fn closures(&mut self) {
        for at in 0..self.code.len() {
            match self.byte(at) {
                b'{' => {
                    let mut next = self.skip_blank(at + 1);
                    if self.rest(next).starts_with(b"[]") {
                        let after = self.skip_blank(next + 2);
                        if self.byte(after) == b'(' || is_word(self.byte(after)) {
                            self.blank(next, next + 2);
                            next = after;
                        }
                    }
                    if self.byte(next) == b'(' {
                        self.closure_parameters(next + 1);
                    }
                }
                b'}' => {
                    let label = self.skip_blank(at + 1);
                    let word = self.word_at(label);
                    let colon = self.skip_blank(label + word.len());
                    let is_label = !word.is_empty()
                        && word != b"default"
                        && self.byte(colon) == b':'
                        && self.byte(self.skip_blank(colon + 1)) == b'{';
                    if is_label {
                        for place in at + 1..label {
                            self.write(place, b" ");
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// `(self: T` and `(_: T!)` as parameters of a closure.
    fn closure_parameters(&mut self, from: usize) {
        let line = self.rest(from).iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let end = from + line.unwrap_or(self.rest(from).len()).min(400);
        let Some(head) = self.code.get(from..end) else { return };
        let Some(close) = find(head, b")") else { return };
        let after = self.skip_blank(from + close + 1);
        if !(matches!(self.word_at(after), b"in" | b"async" | b"throws")
            || self.rest(after).starts_with(b"->"))
        {
            return;
        }
        for place in from..from + close {
            let is_start = self.before(place).is_some_and(|last| matches!(self.byte(last), b'(' | b','));
            if self.word_at(place) == b"self" && is_start {
                self.write(place + 3, b"_");
            }
            if self.word_at(place) == b"_" && is_start && self.byte(self.skip_blank(place + 1)) == b':' {
                self.write(place, b"x");
            }
            if self.byte(place) == b'!' {
                self.write(place, b" ");
            }
        }
    }

    /// `case a:` with nothing but a comment: a statement is put there.
    fn cases(&mut self) {
        for at in 0..self.code.len() {
            if self.byte(at) != b':' {
                continue;
            }
            let next = self.skip_blank(at + 1);
            let is_empty = matches!(self.word_at(next), b"case" | b"default") || self.byte(next) == b'}';
            // A blank on each side keeps the number apart from the next word.
            if is_empty && next > at + 2 && self.byte(at + 1) != b'\n' {
                self.write(at + 1, b"0");
            } else if is_empty && next > at + 3 {
                self.write(at + 2, b"0");
            }
        }
    }

    /// A `;` next to a brace, at the end of its line, or with a blank in front.
    fn semicolons(&mut self) {
        for at in 0..self.code.len() {
            if self.byte(at) != b';' {
                continue;
            }
            let Some(last) = self.before(at) else { continue };
            let line_end = self.rest(at + 1).iter().find(|byte| !matches!(byte, b' ' | b'\t'));
            if self.byte(last) == b'}' {
                self.write(at, b"\n");
            } else if line_end.is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b'}')) {
                self.write(at, b" ");
            } else if last + 1 < at {
                self.write(at, b" ");
                self.write(last + 1, b";");
            }
        }
    }

    /// `*`, `/` and `%` that begin a line continue the line before.
    fn continued_lines(&mut self) {
        for at in 0..self.code.len() {
            if matches!(self.byte(at), b'*' | b'/' | b'%')
                && self.byte(at + 1) == b' '
                && let Some(last) = self.before(at)
            {
                for place in last + 1..at {
                    self.write(place, b" ");
                }
            }
        }
    }

    /// What is told apart by lines: attributes of macros, managed functions without a body.
    fn lines(&mut self) {
        let mut starts = vec![0];
        starts.extend((0..self.code.len()).filter(|at| self.byte(*at) == b'\n').map(|at| at + 1));
        let ends = starts.iter().skip(1).copied().chain([self.code.len()]);
        let lines: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
        for (index, (start, end)) in lines.iter().copied().enumerate() {
            let line = self.code.get(start..end).unwrap_or_default().trim_ascii();
            if line.starts_with(b"#") && !is_directive(line) {
                self.attributes_before(&lines, index);
            }
            let is_managed = find(line, b"func ").is_some()
                && find(line, b"{").is_none()
                && (find(line, b"@NSManaged").is_some() || self.line_before(&lines, index) == b"@NSManaged");
            if is_managed {
                self.attributes_before(&lines, index);
                self.blank(start, end);
            }
        }
    }

    fn line_before(&self, lines: &[(usize, usize)], index: usize) -> &'a [u8] {
        let before = index.checked_sub(1).and_then(|index| lines.get(index));
        before.and_then(|(start, end)| self.code.get(*start..*end)).unwrap_or_default().trim_ascii()
    }

    /// Blanks the lines before one that hold nothing but an attribute.
    fn attributes_before(&mut self, lines: &[(usize, usize)], index: usize) {
        for (start, end) in lines.get(..index).unwrap_or_default().iter().rev().copied() {
            let line = self.code.get(start..end).unwrap_or_default().trim_ascii();
            let is_attribute = line.starts_with(b"@") && (line.ends_with(b")") || !line.contains(&b' '));
            if !is_attribute {
                return;
            }
            self.blank(start, end);
        }
    }

    /// `(A, Result<B, C>).self`: the generic arguments go. `(@convention(block) (A) -> Void).self`: a name stands for the type
    /// of a function.
    fn types_as_values(&mut self) {
        let mut at = 0;
        while let Some(close) = find(self.rest(at), b").self").map(|offset| at + offset) {
            at = close + 1;
            let mut depth = 0usize;
            let open = (0..=close).rev().take(1_000).find(|place| {
                match self.byte(*place) {
                    b')' => depth += 1,
                    b'(' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0
            });
            let Some(open) = open else { continue };
            let inside = self.code.get(open + 1..close).unwrap_or_default();
            if find(inside, b"->").is_some() && !inside.contains(&b'{') {
                self.write(open + 1, &vec![b'_'; inside.len()]);
                continue;
            }
            let mut angle = 0usize;
            for place in open..close {
                match self.byte(place) {
                    b'<' => angle += 1,
                    b'>' => {
                        angle = angle.saturating_sub(1);
                        self.blank(place, place + 1);
                    }
                    _ => {}
                }
                if angle > 0 {
                    self.blank(place, place + 1);
                }
            }
        }
    }

    /// A regular expression becomes a string.
    fn regex(&mut self, span: Span) {
        let (start, end) = (span.start as usize, span.end as usize);
        for at in start..end {
            self.write(at, b"x");
        }
        self.write(start, b"\"");
        self.write(end.saturating_sub(1), b"\"");
    }

    /// Directives go; where both arms are values of their own (`#if A`, `.a`, `#else`, `.b`), a `;` keeps them
    /// apart.
    fn directives(&mut self) {
        let mut apart: Vec<bool> = Vec::new();
        for directive in super::build::directives(self.code) {
            let (start, end) = (directive.span.start as usize, directive.span.end as usize);
            self.blank(start, end);
            match directive.kind {
                super::build::DirectiveKind::If(_) => {
                    let opens = self.before(start).is_some_and(|last| self.byte(last) == b'{');
                    apart.push(opens && self.byte(self.skip_blank(end)) == b'.');
                }
                super::build::DirectiveKind::EndIf => {
                    apart.pop();
                }
                _ if apart.last() == Some(&true) => {
                    if let Some(last) = self.before(start) {
                        self.write(last + 1, b";");
                    }
                }
                _ => {}
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn is_directive(line: &[u8]) -> bool {
    [
        &b"#if"[..],
        b"#elseif",
        b"#else",
        b"#endif",
        b"#error",
        b"#warning",
        b"#available",
        b"#unavailable",
        b"#sourceLocation",
    ]
    .iter()
    .any(|word| line.starts_with(word))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
