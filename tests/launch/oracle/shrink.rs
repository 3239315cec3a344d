//! Makes an app that differs smaller, as long as it still differs.

use super::app::{Act, App, Arg, Block, Holder, Type};

/// The smallest app found by single steps from `app` that still fails.
pub(super) fn shrink(app: &App, fails: impl Fn(&App) -> bool) -> App {
    let mut best = app.clone();
    let mut step = 0;
    loop {
        let mut smaller = best.clone();
        let mut left = step;
        if !apply(&mut smaller, &mut left) {
            return best;
        }
        if is_valid(&smaller) && fails(&smaller) {
            best = smaller;
        } else {
            step += 1;
        }
    }
}

/// Applies the step after `left` others; false where there are no more.
fn apply(app: &mut App, left: &mut usize) -> bool {
    if app.scene.is_some() && turn(left) {
        app.scene = None;
        return true;
    }
    for ty in &mut app.types {
        if ty.handler.is_some() && turn(left) {
            ty.handler = None;
            return true;
        }
        if ty.blocks_mut().any(|block| edit(block, left)) {
            return true;
        }
    }
    false
}

/// Whether it is the turn of the step at hand.
fn turn(left: &mut usize) -> bool {
    *left = left.wrapping_sub(1);
    *left == usize::MAX
}

/// Takes an act out, or puts what is in it into its place.
fn edit(block: &mut Block, left: &mut usize) -> bool {
    for at in 0..block.len() {
        if turn(left) {
            block.remove(at);
            return true;
        }
        for inner in 0..block[at].blocks().len() {
            if turn(left) {
                let inside = std::mem::take(block[at].blocks_mut()[inner]);
                block.splice(at..=at, inside);
                return true;
            }
        }
        if block[at].blocks_mut().into_iter().any(|inner| edit(inner, left)) {
            return true;
        }
    }
    false
}

/// Whether every local constant is there where it is used.
fn is_valid(app: &App) -> bool {
    app.types.iter().flat_map(Type::blocks).all(|block| is_declared(block, &mut Vec::new()))
}

fn is_declared(block: &Block, known: &mut Vec<u32>) -> bool {
    let outside = known.len();
    let is_right = block.iter().all(|act| {
        let is_known = match act {
            Act::Use(Holder::Local(number), _)
            | Act::Own(_, Arg::Thing(Holder::Local(number), _))
            | Act::Of(_, _, Arg::Thing(Holder::Local(number), _)) => known.contains(number),
            _ => true,
        };
        if let Act::Local(site) = act {
            known.push(site.number);
        }
        is_known && act.blocks().into_iter().all(|inner| is_declared(inner, known))
    });
    known.truncate(outside);
    is_right
}
