//! `#if` directives: the grammar lists them flat among the code, so they are found in the text and paired
//! here.

use smol_str::SmolStr;

use crate::facts::{BuildCondition, MAX_DEPTH};
use crate::source::Span;

/// One directive.
#[derive(Debug)]
pub(super) struct Directive {
    pub(super) kind: DirectiveKind,
    pub(super) span: Span,
}

/// What a directive is.
#[derive(Debug)]
pub(super) enum DirectiveKind {
    If(BuildCondition),
    ElseIf(BuildCondition),
    Else,
    EndIf,
}

/// Finds the directives in code without comments and strings: each begins its line.
pub(super) fn directives(code: &[u8]) -> Vec<Directive> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in code.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        let indent = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let body = line.get(indent..).unwrap_or_default();
        if let [b'#', rest @ ..] = body {
            let word = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            let tail = String::from_utf8_lossy(rest.get(word..).unwrap_or_default());
            let kind = match rest.get(..word).unwrap_or_default() {
                b"if" => Some(DirectiveKind::If(condition(&tail))),
                b"elseif" => Some(DirectiveKind::ElseIf(condition(&tail))),
                b"else" => Some(DirectiveKind::Else),
                b"endif" => Some(DirectiveKind::EndIf),
                _ => None,
            };
            if let Some(kind) = kind {
                let length = body.trim_ascii_end().len();
                let from = start + indent;
                found.push(Directive { kind, span: Span::new(from, from + length) });
            }
        }
        start += line.len();
    }
    found
}

/// The conditions of one `#if` while it is walked through.
#[derive(Debug, Default)]
pub(super) struct Arms {
    earlier: Vec<BuildCondition>,
}

impl Arms {
    /// The condition of the next arm: that none of the earlier ones held, and its own.
    pub(super) fn next(&mut self, own: Option<&BuildCondition>) -> BuildCondition {
        let mut parts: Vec<_> =
            self.earlier.iter().map(|earlier| BuildCondition::Not(Box::new(earlier.clone()))).collect();
        if let Some(own) = own {
            parts.push(own.clone());
            self.earlier.push(own.clone());
        }
        match parts.len() {
            0 => BuildCondition::Constant(true),
            1 => parts.remove(0),
            _ => BuildCondition::And(parts),
        }
    }
}

/// Which of the directives in a stretch of code have their `#if` or `#endif` outside of it: `#if` around cases
/// of a `switch` begins in the case before.
pub(super) fn unpaired(directives: &[Directive]) -> Vec<bool> {
    let mut is_unpaired = vec![false; directives.len()];
    let mut open: Vec<Vec<usize>> = Vec::new();
    for (at, directive) in directives.iter().enumerate() {
        match (&directive.kind, open.last_mut()) {
            (DirectiveKind::If(_), _) => open.push(vec![at]),
            (DirectiveKind::EndIf, Some(_)) => {
                open.pop();
            }
            (_, Some(group)) => group.push(at),
            (_, None) => is_unpaired[at] = true,
        }
    }
    for at in open.into_iter().flatten() {
        is_unpaired[at] = true;
    }
    is_unpaired
}

/// Reads a condition.
fn condition(text: &str) -> BuildCondition {
    let mut parser = ConditionParser { rest: text.trim() };
    match parser.disjunction(0) {
        Some(condition) if parser.rest.is_empty() => condition,
        _ => BuildCondition::Other(SmolStr::new(text.trim())),
    }
}

struct ConditionParser<'a> {
    rest: &'a str,
}

impl ConditionParser<'_> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn disjunction(&mut self, depth: usize) -> Option<BuildCondition> {
        let mut parts = vec![self.conjunction(depth)?];
        while self.eat("||") {
            parts.push(self.conjunction(depth)?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { BuildCondition::Or(parts) })
    }

    fn conjunction(&mut self, depth: usize) -> Option<BuildCondition> {
        let mut parts = vec![self.primary(depth)?];
        while self.eat("&&") {
            parts.push(self.primary(depth)?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { BuildCondition::And(parts) })
    }

    fn primary(&mut self, depth: usize) -> Option<BuildCondition> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.eat("!") {
            return Some(BuildCondition::Not(Box::new(self.primary(depth + 1)?)));
        }
        if self.eat("(") {
            let inner = self.disjunction(depth + 1)?;
            return self.eat(")").then_some(inner);
        }
        let whole = self.rest;
        let length = whole.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(whole.len());
        let (name, rest) = whole.split_at(length);
        if name.is_empty() {
            return None;
        }
        self.rest = rest.trim_start();
        let Some(after) = self.rest.strip_prefix('(') else {
            return Some(match name {
                "true" => BuildCondition::Constant(true),
                "false" => BuildCondition::Constant(false),
                _ => BuildCondition::Flag(SmolStr::new(name)),
            });
        };
        let end = after.find(')')?;
        let argument = after.get(..end)?.trim();
        self.rest = after.get(end + 1..)?.trim_start();
        let first = argument.split([',', '.']).next().unwrap_or_default().trim();
        Some(match (name, argument) {
            ("targetEnvironment", "simulator") => BuildCondition::Simulator,
            // The same code on a Mac: another system.
            ("targetEnvironment", "macCatalyst") => BuildCondition::Os(SmolStr::new(first)),
            ("os", _) => BuildCondition::Os(SmolStr::new(argument)),
            ("canImport", _) => BuildCondition::CanImport(SmolStr::new(first)),
            _ => BuildCondition::Other(SmolStr::new(format!("{name}({argument})"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_with_their_precedence() {
        let flag = |name: &str| BuildCondition::Flag(SmolStr::new(name));
        assert_eq!(
            condition(" DEBUG || A && !B"),
            BuildCondition::Or(vec![
                flag("DEBUG"),
                BuildCondition::And(vec![flag("A"), BuildCondition::Not(Box::new(flag("B")))])
            ])
        );
        assert_eq!(condition("targetEnvironment(simulator)"), BuildCondition::Simulator);
        assert_eq!(condition("targetEnvironment(macCatalyst)").on_device(), Some(false));
        assert_eq!(condition("canImport(Foo.Bar)"), BuildCondition::CanImport("Foo".into()));
        assert_eq!(condition("swift(>=5.9)"), BuildCondition::Other("swift(>=5.9)".into()));
        assert_eq!(condition("(A"), BuildCondition::Other("(A".into()));
    }

    #[test]
    fn deep_conditions_are_kept_as_text() {
        let deep = "(".repeat(100_000);
        assert_eq!(condition(&deep), BuildCondition::Other(deep.as_str().into()));
    }

    #[test]
    fn directives_begin_their_line() {
        let found = directives(b"#if A\n x #if\n  #else\r\n#endif");
        let spans: Vec<_> = found.iter().map(|directive| directive.span).collect();
        assert_eq!(spans, [Span::new(0, 5), Span::new(15, 20), Span::new(22, 28)]);
    }

    #[test]
    fn what_crosses_the_border_is_unpaired() {
        let found = directives(b"#endif\n#if A\n#else\n#endif\n#if B\n");
        assert_eq!(unpaired(&found), [true, false, false, false, true]);
    }
}
