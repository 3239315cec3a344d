//! The parser, and what it may cost.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::Duration;

use tree_sitter::{ParseOptions, ParseState, Parser, Point, Range, Tree};

use crate::source::Span;

/// The parser tells of each hundred things that it does. Ordinary code is some 100 bytes long for each time that it tells so, and
/// the densest that the grammar knows 14: what takes more is a text on which the parser tries ever more readings at once.
const BYTES_PER_STEP: usize = 10;
/// A short text may take these in any case.
const FREE_STEPS: usize = 200;
/// What the parser may take for one file, as the processor's time of its thread: the steps are the same on every machine, but
/// in a very long text that the parser cannot decide on they are slow. Nothing that anyone writes comes near.
const TIME: Duration = Duration::from_secs(10);
/// Asking for the time costs as much as some ten of the parser's actions.
const STEPS_PER_LOOK: usize = 8;

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// The time that parsing one file may still take.
#[derive(Clone, Copy)]
pub(super) struct Budget(Duration);

impl Budget {
    /// What is left when some time was taken.
    pub(super) fn after(self, taken: Duration) -> Self {
        Self(self.0.saturating_sub(taken))
    }

    /// What was taken, where another budget is left of this one.
    pub(super) fn less(self, left: Self) -> Duration {
        self.0.saturating_sub(left.0)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(TIME)
    }
}

/// Parses these ranges of bytes, or all of them; nothing where that takes too long.
pub(super) fn syntax_tree(bytes: &[u8], ranges: &[Span], budget: &mut Budget) -> Option<Tree> {
    let length = if ranges.is_empty() { bytes.len() } else { ranges.iter().map(|span| span.len()).sum() };
    tree_within(FREE_STEPS + length / BYTES_PER_STEP, bytes, ranges, budget)
}

fn tree_within(mut steps: usize, bytes: &[u8], ranges: &[Span], budget: &mut Budget) -> Option<Tree> {
    // Nobody asks a tree for rows and columns.
    let point = Point::default();
    let range = |span: &Span| Range {
        start_byte: span.start as usize,
        end_byte: span.end as usize,
        start_point: point,
        end_point: point,
    };
    let ranges: Vec<Range> = ranges.iter().map(range).collect();
    let start = processor_time();
    let end = start + budget.0;
    let tree = PARSER.with_borrow_mut(|parser| {
        if parser.language().is_none() {
            parser.set_language(&tree_sitter_swift::LANGUAGE.into()).ok()?;
        }
        parser.set_included_ranges(&ranges).ok()?;
        let mut give_up = |_: &ParseState| {
            steps = steps.saturating_sub(1);
            let is_spent = steps == 0 || steps.is_multiple_of(STEPS_PER_LOOK) && processor_time() > end;
            if is_spent { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut give_up);
        let tree =
            parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options));
        if tree.is_none() {
            parser.reset();
        }
        tree
    });
    *budget = budget.after(processor_time().saturating_sub(start));
    tree
}

/// The time that this thread had a processor: on a busy machine no more than on an idle one.
#[cfg(unix)]
fn processor_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// Only the time of day can be asked for here without `unsafe`.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps_of(text: &str) -> usize {
        let is_enough = |steps| tree_within(steps, text.as_bytes(), &[], &mut Budget::default()).is_some();
        let all: Vec<usize> = (1..text.len()).collect();
        all.partition_point(|steps| !is_enough(*steps)) + 1
    }

    #[test]
    fn ordinary_code_takes_a_fraction_of_what_it_may() {
        let text = include_str!("../../fixtures/ring/Ring/AppDelegate.swift").repeat(20);
        assert!(steps_of(&text) * BYTES_PER_STEP * 5 < text.len(), "{} bytes", text.len());
    }

    #[test]
    fn the_densest_code_takes_no_more_than_it_may() {
        for code in ["a;", "[1,", "A<", "[a:", "a.b", "{a=", "-a+"] {
            let text = code.repeat(3_000);
            let steps = steps_of(&text);
            assert!(steps * BYTES_PER_STEP < text.len(), "{code}: {steps} steps for {} bytes", text.len());
        }
    }

    #[test]
    fn what_the_parser_may_take_does_not_depend_on_the_machine() {
        let text = "let a = [1, 2, 3]\n".repeat(1_000);
        let steps = steps_of(&text);
        for _ in 0..3 {
            assert_eq!(steps_of(&text), steps);
        }
        let undecided = "try await ".repeat(3_000);
        let mut budget = Budget::default();
        assert!(syntax_tree(undecided.as_bytes(), &[], &mut budget).is_none());
        assert!(budget.0 > Duration::ZERO, "the steps are spent first");
    }

    #[test]
    fn without_time_nothing_is_parsed() {
        let text = "let a = [1, 2, 3]\n".repeat(1_000);
        assert!(syntax_tree(text.as_bytes(), &[], &mut Budget(Duration::ZERO)).is_none());
        assert!(
            syntax_tree(text.as_bytes(), &[], &mut Budget::default()).is_some(),
            "nor is anything left over"
        );
    }
}
