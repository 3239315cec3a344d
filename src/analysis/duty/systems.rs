//! What no system runs on which a report is due: the branches of `#available` that the deployment target rules out.

use super::Duties;
use crate::analysis::calls::Body;
use crate::analysis::mentions::Site;
use crate::facts::{Block, Condition, ExprKind, StmtKind};
use crate::program::FunctionRef;
use crate::source::Span;
use crate::unit::Settings;

/// Whether a condition holds on every system that matters, or on none; none where it depends on something else.
fn decided(settings: &Settings, condition: &Condition) -> Option<bool> {
    match condition {
        Condition::Available { platforms, is_negated, .. } => {
            settings.always_has(platforms).then_some(!is_negated)
        }
        Condition::Expr(_) | Condition::Bind { .. } => None,
    }
}

/// Whether several conditions hold together, as far as that is decided.
fn all_decided(settings: &Settings, conditions: &[Condition]) -> Option<bool> {
    let mut decided = conditions.iter().map(|condition| decided(settings, condition));
    if decided.clone().any(|holds| holds == Some(false)) {
        return Some(false);
    }
    decided.all(|holds| holds == Some(true)).then_some(true)
}

impl Duties<'_> {
    /// Whether the type of a method is built where no system comes on which a report is due, and nowhere else: such an object
    /// is there for older systems, and the method is never called.
    pub(super) fn is_for_older_systems(&self, method: FunctionRef) -> bool {
        let Some(owner) = self.program.owner(method) else { return false };
        // Nearly every type is built by its name, and that is quickly found.
        let by_name = self.program.calls(&self.program.ty(owner).name);
        if !by_name
            .iter()
            .any(|site| self.is_ruled_out(Body::of_call(site), self.program.expr(site.call).span))
        {
            return false;
        }
        let builds = |site: &Site| match self.program.file(site.body.file()).expr(site.expr).kind {
            // What an initialiser calls belongs to the same object.
            ExprKind::Member { base: Some(base), .. } => !matches!(
                self.program.file(site.body.file()).expr(base).kind,
                ExprKind::SelfRef | ExprKind::Super
            ),
            _ => true,
        };
        let is_ruled_out = |site: &Site| {
            self.is_ruled_out(site.body, self.program.file(site.body.file()).expr(site.expr).span)
        };
        self.graph.building(owner, None).iter().filter(|site| builds(site)).all(is_ruled_out)
    }

    /// Whether nothing that matters comes to a place in a body, or to the closure that the body is.
    fn is_ruled_out(&self, body: Body, place: Span) -> bool {
        let (Body::Function(mut at), mut place) = (body, place) else { return false };
        loop {
            let facts = self.program.function(at);
            if self.program.body(at).is_some_and(|body| self.is_ruled_out_in(at.file, body, place)) {
                return true;
            }
            let Some(parent) = facts.parent else { return false };
            place = facts.span;
            at = FunctionRef { file: at.file, id: parent };
        }
    }

    fn is_ruled_out_in(&self, file: u32, block: &Block, place: Span) -> bool {
        let settings = self.settings;
        let mut block = block;
        loop {
            let mut inside = None;
            for stmt in block.stmts.iter().map(|id| self.program.stmt(file, *id)) {
                if stmt.span.contains(place) {
                    inside = Some(&stmt.kind);
                    break;
                }
                if stmt.span.start > place.start {
                    break;
                }
                let is_last = match &stmt.kind {
                    StmtKind::If { conditions, then, .. } => {
                        all_decided(settings, conditions) == Some(true) && self.is_left(file, then)
                    }
                    StmtKind::Guard { conditions, .. } => all_decided(settings, conditions) == Some(false),
                    _ => false,
                };
                if is_last {
                    return true;
                }
            }
            let Some(kind) = inside else { return false };
            let has = |block: &Block| block.span.contains(place);
            let is_ruled_out = match kind {
                StmtKind::If { conditions, then, otherwise } => match all_decided(settings, conditions) {
                    Some(true) => otherwise.as_ref().is_some_and(has),
                    Some(false) => has(then),
                    None => false,
                },
                StmtKind::Guard { conditions, otherwise } => {
                    all_decided(settings, conditions) == Some(true) && has(otherwise)
                }
                _ => false,
            };
            if is_ruled_out {
                return true;
            }
            match kind.blocks().into_iter().find(|block| has(block)) {
                Some(next) => block = next,
                None => return false,
            }
        }
    }

    /// Whether a block ends in a statement that leaves the function.
    fn is_left(&self, file: u32, block: &Block) -> bool {
        let last = block.stmts.last().map(|id| &self.program.stmt(file, *id).kind);
        matches!(last, Some(StmtKind::Return(_) | StmtKind::Throw(_)))
    }
}
