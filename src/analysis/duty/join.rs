//! Joins what differs in its trace only, and bounds how many states there are at one point.

use std::collections::BTreeMap;

use super::state::{At, How, Leave, State, StateKey, Value};
use super::trace::{Calls, Trace};
use crate::analysis::shared::{Shared, SharedMap};

/// More states than this at one point are told apart by their duty alone.
const MAX_STATES: usize = 48;

/// Joins states that differ in their trace only, keeping the shortest; bounds their number.
pub(super) fn join(states: Vec<State>) -> Vec<State> {
    if states.len() < 2 {
        return states;
    }
    let joined = shortest(states);
    if joined.len() <= MAX_STATES {
        return joined;
    }
    let forget_reports = joined.into_iter().map(|mut state| {
        state.key.reported = Calls::default();
        state
    });
    let joined = shortest(forget_reports.collect());
    if joined.len() <= MAX_STATES {
        return joined;
    }
    let forget_conditions = joined.into_iter().map(|mut state| {
        state.key.decided = Shared::default();
        let locals = state.key.locals.iter().map(|(id, value)| {
            let mut value = value.clone();
            value.forget();
            (*id, value)
        });
        state.key.locals = locals.filter(|(_, value)| *value != Value::default()).collect();
        state
    });
    let joined = shortest(forget_conditions.collect());
    if joined.len() <= MAX_STATES {
        return joined;
    }
    let forget_places = joined.into_iter().map(|mut state| {
        state.key.turn = None;
        state.key.locals = SharedMap::default();
        state
    });
    shortest(forget_places.collect())
}

/// The same for states with the values of expressions; of too many the values are forgotten, but for what they have to do
/// with the payload.
pub(super) fn join_values<T: Ord + Clone>(
    found: Vec<(State, T)>,
    forget: impl Fn(&mut T),
) -> Vec<(State, T)> {
    if found.len() < 2 {
        return found;
    }
    let joined = shortest_values(found);
    if joined.len() <= MAX_STATES {
        return joined;
    }
    let mut forgotten = joined;
    forgotten.iter_mut().for_each(|(_, value)| forget(value));
    let joined = shortest_values(forgotten);
    if joined.len() <= MAX_STATES {
        return joined;
    }
    // Each value with the states that are left of its own.
    let mut by_value: BTreeMap<T, Vec<State>> = BTreeMap::new();
    for (state, value) in joined {
        by_value.entry(value).or_default().push(state);
    }
    by_value
        .into_iter()
        .flat_map(|(value, states)| join(states).into_iter().map(move |state| (state, value.clone())))
        .collect()
}

fn shortest_values<T: Ord>(found: Vec<(State, T)>) -> Vec<(State, T)> {
    let mut best: BTreeMap<(StateKey, T), Trace> = BTreeMap::new();
    for (state, value) in found {
        let trace = best.entry((state.key, value)).or_insert_with(|| state.trace.clone());
        if state.trace.len() < trace.len() {
            *trace = state.trace;
        }
    }
    best.into_iter().map(|((key, value), trace)| (State { key, trace }, value)).collect()
}

fn shortest(states: Vec<State>) -> Vec<State> {
    let mut best: BTreeMap<StateKey, Trace> = BTreeMap::new();
    for state in states {
        match best.entry(state.key) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(state.trace);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                if state.trace.len() < entry.get().len() {
                    entry.insert(state.trace);
                }
            }
        }
    }
    best.into_iter().map(|(key, trace)| State { key, trace }).collect()
}

/// Joins ways out that differ in their trace only; those at one place are bounded as states are.
pub(super) fn join_leaves(leaves: &mut Vec<Leave>, from: usize) {
    if leaves.len() < from + 2 {
        return;
    }
    let mut by_place: BTreeMap<(At, How), Vec<State>> = BTreeMap::new();
    for leave in leaves.drain(from..) {
        by_place.entry((leave.at, leave.how)).or_default().push(leave.state);
    }
    for ((at, how), states) in by_place {
        leaves.extend(join(states).into_iter().map(|state| Leave { state, how: how.clone(), at }));
    }
}
