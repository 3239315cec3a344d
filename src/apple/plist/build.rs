//! Values from a stream of beginnings, ends and scalars, within the limits.

use super::{Entry, Kind, MAX_DEPTH, MAX_VALUES, NotUnderstood, Value};
use crate::source::Span;

/// A list that is being read.
#[derive(Debug, Default)]
pub(super) struct Building {
    open: Vec<Open>,
    root: Option<Value>,
    values: usize,
}

#[derive(Debug)]
struct Open {
    value: Value,
    key: Option<(String, Span)>,
}

/// Why a step makes no sense here.
#[derive(Debug)]
pub(super) enum Refused {
    /// A limit.
    Limit(NotUnderstood),
    /// What is wrong.
    Wrong(&'static str),
}

impl Building {
    /// A dictionary or an array begins.
    pub(super) fn begin(&mut self, kind: Kind, span: Span) -> Result<(), Refused> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Refused::Limit(NotUnderstood::TooDeep));
        }
        self.open.push(Open { value: Value { kind, span }, key: None });
        Ok(())
    }

    /// The collection that began last ends.
    pub(super) fn end(&mut self) -> Result<(), Refused> {
        match self.open.pop() {
            Some(Open { key: Some(_), .. }) => Err(Refused::Wrong("a key without a value")),
            Some(Open { value, key: None }) => self.value(value),
            None => Err(Refused::Wrong("an end without a beginning")),
        }
    }

    /// A key.
    pub(super) fn key(&mut self, key: String, span: Span) -> Result<(), Refused> {
        match self.open.last_mut() {
            Some(Open { value: Value { kind: Kind::Dictionary(_), .. }, key: slot @ None }) => {
                *slot = Some((key, span));
                Ok(())
            }
            _ => Err(Refused::Wrong("a key where none belongs")),
        }
    }

    /// Whether a key is due, not a value.
    pub(super) fn wants_key(&self) -> bool {
        let last = self.open.last();
        last.is_some_and(|open| matches!(open.value.kind, Kind::Dictionary(_)) && open.key.is_none())
    }

    /// A value that is complete.
    pub(super) fn value(&mut self, value: Value) -> Result<(), Refused> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(Refused::Limit(NotUnderstood::TooLarge));
        }
        let Some(open) = self.open.last_mut() else {
            if self.root.is_some() {
                return Err(Refused::Wrong("a second list"));
            }
            self.root = Some(value);
            return Ok(());
        };
        match (&mut open.value.kind, open.key.take()) {
            (Kind::Dictionary(entries), Some((key, key_span))) => {
                entries.push(Entry { key, key_span, value });
                Ok(())
            }
            (Kind::Array(items), None) => {
                items.push(value);
                Ok(())
            }
            _ => Err(Refused::Wrong("a value without a key")),
        }
    }

    /// The whole list.
    pub(super) fn finish(self) -> Result<Value, Refused> {
        match self.root {
            Some(root) if self.open.is_empty() => Ok(root),
            Some(_) | None => Err(Refused::Wrong("the list breaks off")),
        }
    }
}
