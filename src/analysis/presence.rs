//! What is never nil.

use super::graph::Graph;
use crate::facts::{ExprId, ExprKind, FunctionKind, Node, StmtKind};
use crate::program::{FunctionRef, Place, Target, Ty};
use crate::vocabulary::{is_registry_type, is_reporter_type};

/// How far is looked for what a function returns.
const MAX_HOPS: u8 = 4;

/// Whether no constructor of a type of CallKit or PushKit can fail.
fn never_fails(name: &str) -> bool {
    name.starts_with("CX") || is_registry_type(name) || is_reporter_type(name)
}

impl Graph<'_> {
    /// Whether the value of an expression is certainly there. Types alone do not tell: constructors of types that
    /// are declared elsewhere may fail.
    pub(crate) fn is_present(&self, place: &Place<'_>, expr: ExprId, hops: u8) -> bool {
        if hops > MAX_HOPS {
            return false;
        }
        let program = self.program;
        match &program.file(place.file).expr(expr).kind {
            ExprKind::ForceUnwrap(_)
            | ExprKind::SelfRef
            | ExprKind::Str(_)
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::Closure(_) => true,
            ExprKind::Coalesce(_, other) => self.is_present(place, *other, hops + 1),
            ExprKind::Ternary(_, a, b) => {
                self.is_present(place, *a, hops + 1) && self.is_present(place, *b, hops + 1)
            }
            ExprKind::Name(name) => {
                place.scope.get(name).and_then(|local| local.ty.as_ref()).is_some_and(|ty| self.is_sure(ty))
            }
            ExprKind::Call { callee, args, is_optional: false } => {
                match program.resolve(place, *callee, args) {
                    Target::Functions(found) => found.iter().all(|at| self.returns_something(*at, hops + 1)),
                    Target::Construct(_) => true,
                    Target::Outside { call, .. } => {
                        call.name == "init" && call.receiver.is_some_and(|name| never_fails(&name))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a value of a type is there, wherever it comes from.
    fn is_sure(&self, ty: &Ty) -> bool {
        !matches!(ty, Ty::Optional(_)) && self.program.outside_type(ty).is_none_or(never_fails)
    }

    fn returns_something(&self, at: FunctionRef, hops: u8) -> bool {
        let function = self.program.function(at);
        if function.kind == FunctionKind::Initializer {
            return !function.is_failable;
        }
        let (Some(result), Some(body)) = (&function.result, self.program.body(at)) else { return false };
        if !result.is_optional() {
            return true;
        }
        let scope = self.scope(at);
        let place = Place::of(self.program, at, &scope);
        let mut values: Vec<Option<ExprId>> = Vec::new();
        values.extend(self.program.single_expression(at.file, body).map(Some));
        self.program.file(at.file).each_node(body, |node| {
            if let Node::Stmt(id) = node
                && let StmtKind::Return(value) = self.program.stmt(at.file, id).kind
            {
                values.push(value);
            }
        });
        !values.is_empty()
            && values.iter().all(|value| value.is_some_and(|value| self.is_present(&place, value, hops)))
    }
}
