//! Short names of the files in a picture: the last part of a path, and more of it where two files share that.

use std::collections::{BTreeMap, BTreeSet};

use crate::trace::Trace;
use crate::trace::model::{Node, Place};

/// The short name of each path.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// The names of all files in a picture.
    pub(super) fn of(trace: &Trace) -> Self {
        let mut paths = BTreeSet::new();
        let mut add = |place: &Place| {
            paths.insert(place.path.clone());
        };
        let trees = trace.launches.iter().map(|launch| &launch.turns);
        let mut open: Vec<&Node> =
            trees.chain(trace.handlers.iter().map(|handler| &handler.tree)).flatten().collect();
        while let Some(node) = open.pop() {
            node.place.iter().for_each(&mut add);
            open.extend(&node.children);
        }
        trace.launches.iter().filter_map(|launch| launch.place.as_ref()).for_each(&mut add);
        let needs = trace.launches.iter().flat_map(|launch| &launch.armings).flat_map(|arming| &arming.needs);
        needs.filter_map(|need| need.place.as_ref()).for_each(&mut add);
        trace.handlers.iter().map(|handler| &handler.place).for_each(&mut add);
        trace.marks.iter().map(|mark| &mark.place).for_each(&mut add);
        let short = |path: &String| {
            let mut at = path.len();
            loop {
                at = path.get(..at).and_then(|before| before.rfind('/')).map_or(0, |slash| slash);
                let tail = if at == 0 { path.as_str() } else { path.get(at + 1..).unwrap_or(path) };
                let is_tail_of = |other: &&String| {
                    other.strip_suffix(tail).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
                };
                if at == 0 || paths.iter().filter(is_tail_of).count() == 1 {
                    return tail.to_owned();
                }
            }
        };
        Self(paths.iter().map(|path| (path.clone(), short(path))).collect())
    }

    /// `File.swift:12`
    pub(super) fn line(&self, place: &Place) -> String {
        let name = self.0.get(&place.path).map_or(place.path.as_str(), String::as_str);
        format!("{name}:{}", place.line)
    }
}
