//! What is known at a point of the walk, over all paths that lead there.

use std::collections::{BTreeMap, BTreeSet};

use super::timeline::{Fact, IsSet};
use crate::analysis::shared::{Shared, SharedMap, SharedSet};
use crate::program::{LocalId, PropertyRef};
use crate::source::Span;

/// Something that holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// A local of a file.
    Local(u32, LocalId),
    /// A property; all instances of its type are taken for one.
    Property(PropertyRef),
}

/// What a value may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// Registries.
    pub(super) registries: BTreeSet<usize>,
    /// Closures, by their number in the walk.
    pub(super) closures: BTreeSet<usize>,
    /// It is `nil`, and nothing else.
    pub(super) is_nil: bool,
    /// It is certainly not `nil`.
    pub(super) is_present: bool,
}

impl Value {
    pub(super) fn nil() -> Self {
        Self { is_nil: true, ..Self::default() }
    }

    pub(super) fn or(mut self, other: Value) -> Self {
        self.registries.extend(other.registries);
        self.closures.extend(other.closures);
        self.is_nil &= other.is_nil;
        self.is_present &= other.is_present;
        self
    }

    /// Whether it may be a registry or a closure, or is `nil`: something that makes a difference to a callee.
    pub(super) fn matters(&self) -> bool {
        !self.registries.is_empty() || !self.closures.is_empty() || self.is_nil
    }
}

/// A place of the walk after which what happens is kept account of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// The arming of a registry, by its event.
    Arming(usize),
    /// A closure that may run later, by its number.
    Closure(usize),
}

/// What is known at a point.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// No path leads here.
    pub(super) is_dead: bool,
    pub(super) values: SharedMap<Slot, Value>,
    /// Whether a registry has a delegate.
    pub(super) delegates: Shared<BTreeMap<usize, IsSet>>,
    /// What is built at its first use, and has been.
    pub(super) built: SharedSet<PropertyRef>,
    /// What holds on all paths.
    pub(super) facts: SharedSet<Fact>,
    /// What has come to hold since a mark, on all paths that passed it.
    pub(super) since: Shared<BTreeMap<Mark, SharedSet<Fact>>>,
}

impl State {
    pub(super) fn dead() -> Self {
        Self { is_dead: true, ..Self::default() }
    }

    pub(super) fn add(&mut self, fact: Fact) {
        self.facts.insert(fact, ());
        if self.since.values().any(|since| !since.contains(&fact)) {
            for since in self.since.to_mut().values_mut().filter(|since| !since.contains(&fact)) {
                since.insert(fact, ());
            }
        }
    }

    pub(super) fn remove(&mut self, fact: Fact) {
        self.facts.remove(&fact);
        if self.since.values().any(|since| since.contains(&fact)) {
            for since in self.since.to_mut().values_mut().filter(|since| since.contains(&fact)) {
                since.remove(&fact);
            }
        }
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        if !self.since.contains_key(&mark) {
            self.since.to_mut().insert(mark, SharedSet::default());
        }
    }

    /// Gives a slot its value.
    pub(super) fn set(&mut self, slot: Slot, value: Value) {
        if value == Value::default() {
            self.values.remove(&slot);
        } else {
            self.values.insert(slot, value);
        }
    }

    /// Whether a registry has a delegate; one of which nothing is known may have.
    pub(super) fn delegate(&self, registry: usize) -> IsSet {
        self.delegates.get(&registry).copied().unwrap_or(IsSet::Maybe)
    }

    /// The paths of both.
    pub(super) fn join(self, other: State) -> State {
        if self.is_dead {
            return other;
        }
        if other.is_dead {
            return self;
        }
        let mut joined = self;
        joined.join_values(&other.values);
        if !joined.delegates.is_same(&other.delegates) {
            for (registry, is_set) in other.delegates.iter() {
                let known = joined.delegates.to_mut().entry(*registry).or_insert(*is_set);
                if known != is_set {
                    *known = IsSet::Maybe;
                }
            }
        }
        joined.built.intersect(&other.built);
        joined.facts.intersect(&other.facts);
        if !joined.since.is_same(&other.since) {
            let since = joined.since.to_mut();
            for (mark, facts) in other.since.iter() {
                match since.get_mut(mark) {
                    Some(known) => known.intersect(facts),
                    None => {
                        since.insert(*mark, facts.clone());
                    }
                }
            }
        }
        joined
    }

    /// What only one path knows may be there or not. Most values are the same on both.
    fn join_values(&mut self, other: &SharedMap<Slot, Value>) {
        let value = |known: Option<&Value>| known.cloned().unwrap_or_default();
        let differences = self.values.differences(other);
        let joined = differences.map(|(slot, own, other)| (*slot, value(own).or(value(other))));
        for (slot, value) in joined.collect::<Vec<_>>() {
            self.set(slot, value);
        }
    }

    /// Forgets the locals of a span of a file.
    pub(super) fn forget_locals(&mut self, file: u32, span: Span) {
        let local = |at| Slot::Local(file, LocalId(at));
        let (first, last) = (local(span.start), local(span.end));
        let gone: Vec<Slot> = self.values.keys_between(&first, &last).copied().collect();
        gone.iter().for_each(|slot| self.values.remove(slot));
    }

    /// Puts the paths of `other` beside those that are here.
    pub(super) fn absorb(&mut self, other: State) {
        *self = std::mem::take(self).join(other);
    }
}
