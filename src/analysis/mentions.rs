//! Who may lead to something, by its name and by what the name is said of; types decide whether he does.

use std::collections::BTreeSet;

use super::graph::{Body, Graph};
use crate::facts::{ExprId, ExprKind, Param};
use crate::program::{ExprRef, FunctionRef, TypeIndex};

impl Graph<'_> {
    /// The bodies that name a function or property, called or not. `owner` is the type whose member it is.
    pub(crate) fn naming(&self, name: &str, owner: Option<TypeIndex>) -> BTreeSet<Body> {
        let sites = self.program.mentions(name).iter();
        let sites = sites.filter(|site| self.may_be(site.expr, site.function, owner));
        sites.map(|site| Body::around(site.expr.file, site.function, site.initial_of)).collect()
    }

    /// The bodies that call a function. `owner` is the type whose member it is.
    pub(crate) fn calling(&self, name: &str, owner: Option<TypeIndex>) -> BTreeSet<Body> {
        let sites = self.program.calls(name).iter();
        let sites = sites.filter(|site| match self.program.expr(site.call).kind {
            ExprKind::Call { callee, .. } => {
                self.may_be(ExprRef { file: site.call.file, id: callee }, site.function, owner)
            }
            _ => false,
        });
        sites.map(Body::of_call).collect()
    }

    /// The bodies that construct a type, or one that inherits from it: by its name, by `self.init` and `super.init`, and
    /// by `.init` with these parameters.
    pub(crate) fn building(&self, owner: TypeIndex, params: Option<&[Param]>) -> BTreeSet<Body> {
        let program = self.program;
        let built = std::iter::once(owner).chain(program.descendants(owner));
        let named = built.flat_map(|ty| program.calls(&program.ty(ty).name)).map(Body::of_call);
        let delegating = program.calls("init").iter().filter(|site| {
            let facts = program.file(site.call.file);
            let ExprKind::Call { callee, args, .. } = &facts.expr(site.call.id).kind else { return false };
            match facts.expr(*callee).kind {
                ExprKind::Member { base: None, .. } => params.is_none_or(|params| {
                    params.iter().map(|param| &param.label).eq(args.iter().map(|arg| &arg.label))
                }),
                ExprKind::Member { base: Some(base), .. }
                    if matches!(facts.expr(base).kind, ExprKind::SelfRef | ExprKind::Super) =>
                {
                    let around = site.function.and_then(|at| program.owner(at));
                    around.is_some_and(|around| self.are_related(around, owner))
                }
                _ => false,
            }
        });
        named.chain(delegating.map(Body::of_call)).collect()
    }

    /// Whether a name that stands somewhere may be that of a member of `owner`, or of a global.
    fn may_be(&self, at: ExprRef, function: Option<FunctionRef>, owner: Option<TypeIndex>) -> bool {
        let Some(owner) = owner else { return true };
        let program = self.program;
        let is_of_self = || {
            let around = function.and_then(|at| program.owner(at));
            // The initial value of a property: whose it is does not matter enough to ask.
            function.is_none()
                || std::iter::successors(around, |around| program.ty(*around).parent)
                    .any(|around| self.are_related(around, owner))
        };
        match program.expr(at).kind {
            ExprKind::Name(_) => is_of_self(),
            ExprKind::Member { base: Some(base), .. } => self.may_be_of(at.file, base, owner, &is_of_self),
            _ => true,
        }
    }

    fn may_be_of(&self, file: u32, base: ExprId, owner: TypeIndex, is_of_self: &dyn Fn() -> bool) -> bool {
        let program = self.program;
        match &program.file(file).expr(base).kind {
            ExprKind::Super | ExprKind::SelfRef => is_of_self(),
            ExprKind::Name(name) if name.starts_with(char::is_uppercase) => {
                let named = program.types_named(name);
                named.is_empty() || named.iter().any(|ty| self.are_related(*ty, owner))
            }
            _ => true,
        }
    }

    /// Whether a value of one type may be one of the other.
    fn are_related(&self, a: TypeIndex, b: TypeIndex) -> bool {
        self.program.ancestry(a).contains(&b) || self.program.ancestry(b).contains(&a)
    }
}
