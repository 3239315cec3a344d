//! Loops: no round, one, and more until nothing new is found.

use smol_str::SmolStr;

use super::join::join;
use super::state::{How, Leave, State};
use super::trace::StepKind;
use super::walk::Walk;
use crate::source::Span;

/// When a loop is over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// There may be no round at all.
    Anytime,
    /// There is a round, and may be more.
    AfterOne,
    /// Only by leaving it.
    Never,
}

impl Walk<'_> {
    /// A loop: no round, one, and more until nothing new is found.
    pub(super) fn rounds(
        &mut self,
        states: Vec<State>,
        label: Option<&SmolStr>,
        ends: Ends,
        span: Span,
        leaves: &mut Vec<Leave>,
        mut round: impl FnMut(&mut Self, Vec<State>, &mut Vec<Leave>) -> (Vec<State>, Vec<State>),
    ) -> Vec<State> {
        let at = self.at(span);
        let mut out = Vec::new();
        let mut states = states;
        for turn in 0..3 {
            let mut inner = Vec::new();
            let (mut over, ended) = round(self, states, &mut inner);
            if ends == Ends::Anytime || ends == Ends::AfterOne && turn > 0 {
                out.extend(
                    ended.into_iter().map(
                        |state| {
                            if turn == 0 { state.step(at, StepKind::NoRound) } else { state }
                        },
                    ),
                );
            }
            Self::sort_leaves(inner, label, &mut over, &mut out, leaves);
            states = join(over);
            if states.is_empty() {
                break;
            }
        }
        if ends != Ends::Never {
            out.extend(states);
        }
        join(out)
    }

    pub(super) fn sort_leaves(
        inner: Vec<Leave>,
        label: Option<&SmolStr>,
        again: &mut Vec<State>,
        out: &mut Vec<State>,
        leaves: &mut Vec<Leave>,
    ) {
        for leave in inner {
            match &leave.how {
                How::Break(None) => out.push(leave.state),
                How::Continue(None) => again.push(leave.state),
                How::Break(Some(name)) if Some(name) == label => out.push(leave.state),
                How::Continue(Some(name)) if Some(name) == label => again.push(leave.state),
                _ => leaves.push(leave),
            }
        }
    }
}
