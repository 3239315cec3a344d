//! The pattern of a call: `Type.method(label:_:)`, `.method`, `function(label:)`, `Type.*`.

use smol_str::SmolStr;

use super::OutsideCall;

/// Whose member the call is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Nobody's: a function or a constructor.
    Free,
    /// A member of anything: `.method`.
    Any,
    /// A member of the type: `Type.method`.
    Type(SmolStr),
}

/// A pattern as parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// Whose member.
    pub(super) owner: Owner,
    /// The base name; none for `Type.*`.
    pub(super) name: Option<SmolStr>,
    /// The labels, where they are written.
    pub(super) labels: Option<Vec<Option<SmolStr>>>,
}

/// Labels of parameters that take a closure: a trailing closure leaves the first of them out.
const CLOSURE_LABELS: &[&str] = &[
    "animations",
    "completion",
    "completionHandler",
    "onError",
    "receiveCompletion",
    "receiveValue",
    "withCompletionHandler",
];

impl Pattern {
    /// Parses the text of a pattern; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let (path, labels) = match text.split_once('(') {
            None => (text, None),
            Some((path, rest)) => {
                let inner = rest.strip_suffix(')').ok_or("the parenthesis is not closed at the end")?;
                (path, Some(parse_labels(inner)?))
            }
        };
        let (owner, name) = match path.split_once('.') {
            None => (Owner::Free, path),
            Some(("", name)) => (Owner::Any, name),
            Some((ty, name)) if is_identifier(ty) => (Owner::Type(ty.into()), name),
            Some(_) => return Err("what stands before the dot is not the name of a type"),
        };
        if name == "*" {
            return match owner {
                Owner::Type(_) if labels.is_none() => Ok(Self { owner, name: None, labels }),
                _ => Err("`*` stands for every method of a type: `Type.*`"),
            };
        }
        if !is_identifier(name) {
            return Err("the name of the function is not a name (`Type.method(label:_:)` is the form)");
        }
        Ok(match owner {
            Owner::Type(ty) if name == "init" => Self { owner: Owner::Free, name: Some(ty), labels },
            owner => Self { owner, name: Some(name.into()), labels },
        })
    }

    /// Whether the labels of the call are those of the pattern, a trailing closure taken into account.
    pub(super) fn fits_labels(&self, call: &OutsideCall) -> bool {
        let Some(labels) = &self.labels else { return true };
        if labels.len() != call.labels.len() {
            return false;
        }
        let differs = labels.iter().zip(&call.labels).position(|(pattern, given)| pattern != given);
        let Some((at, ours)) = differs.and_then(|at| Some((at, labels.get(at..)?))) else {
            return true;
        };
        // The one label that may be missing is that of the first trailing closure.
        let is_trailing = ours.len() == 1
            || ours.iter().all(|label| label.as_deref().is_some_and(|label| CLOSURE_LABELS.contains(&label)));
        let given = call.labels.get(at..).unwrap_or_default();
        is_trailing && given.first().is_some_and(Option::is_none) && ours.get(1..) == given.get(1..)
    }
}

/// `a:_:b:` as labels.
fn parse_labels(text: &str) -> Result<Vec<Option<SmolStr>>, &'static str> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let inner = text.strip_suffix(':').ok_or("every label ends with a colon: `(with:_:)`")?;
    inner
        .split(':')
        .map(|label| match label {
            "_" => Ok(None),
            label if is_identifier(label) => Ok(Some(label.into())),
            _ => Err("a label is a name or `_`, followed by a colon"),
        })
        .collect()
}

fn is_identifier(text: &str) -> bool {
    text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
