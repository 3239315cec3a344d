//! Who may lead to something, by its name and by what the name is said of; types decide whether he does.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::calls::{Body, Calls};
use super::graph::Graph;
use crate::facts::words::implicit_inits;
use crate::facts::{ExprId, ExprKind, FunctionKind, Param};
use crate::program::{
    Around, CallSite, FunctionRef, Mention, Place, Program, PropertyRef, Scope, TypeIndex, is_omittable,
    is_word,
};

/// A place that names something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    /// What it is part of.
    pub(crate) body: Body,
    /// The name.
    pub(crate) expr: ExprId,
    /// The call whose callee it is.
    pub(crate) call: Option<ExprId>,
}

/// What is looked for by its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'n> {
    pub(crate) name: &'n str,
    /// Whose member it is; none of what stands at file scope.
    pub(crate) owner: Option<TypeIndex>,
    /// The only file that can name it, where it is private.
    pub(crate) only: Option<u32>,
    /// What of it runs where it stands without a call.
    pub(crate) used: Around,
    /// What it is called with, where it can be called.
    pub(crate) params: Option<&'n [Param]>,
}

/// Where a value may get another one, so that its setter and its observers run.
const CHANGED: Around = Around::WRITTEN.or(Around::CHANGED).or(Around::KEY_PATH);

impl Named<'_> {
    /// How a call of it is written, as far as the number of arguments tells.
    fn called(&self) -> Around {
        match self.params {
            Some([]) => Around::CALLED_BARE,
            Some(params) if !params.iter().all(is_omittable) => Around::CALLED_WITH,
            _ => Around::CALLED,
        }
    }
}

/// Types of the standard library and Foundation that no closure has.
const VALUES: [&str; 12] = [
    "Any",
    "AnyObject",
    "Bool",
    "CGFloat",
    "Data",
    "Date",
    "Double",
    "Float",
    "Int",
    "String",
    "URL",
    "UUID",
];

impl Program {
    /// A function, as it is looked for.
    pub(crate) fn named_function(&self, at: FunctionRef) -> Named<'_> {
        let function = self.function(at);
        let only = function.modifiers.is_private.then_some(at.file);
        let (used, params) = match function.kind {
            FunctionKind::Setter | FunctionKind::Observer => (CHANGED, None),
            FunctionKind::Function | FunctionKind::Initializer => {
                (Around::AS_VALUE, Some(function.params.as_slice()))
            }
            _ => (Around::USED, None),
        };
        Named { name: &function.name, owner: self.owner(at), only, used, params }
    }

    /// A property, as it is looked for.
    pub(crate) fn named_property(&self, at: PropertyRef) -> Named<'_> {
        let property = self.property(at);
        let only = property.modifiers.is_private.then_some(at.file);
        let owner = self.property_owner(at);
        Named { name: &property.name, owner, only, used: Around::USED, params: None }
    }
}

impl Graph<'_> {
    /// The places that name something so that it may run, called or not.
    pub(crate) fn naming(&self, named: Named<'_>) -> Vec<Site> {
        let Named { name, owner, used, .. } = named;
        let reach = self.naming_files(named);
        let program = self.program;
        let may_run = |may_name: &dyn Fn(&str, Around) -> bool| {
            !is_word(name) || may_name(name, used) || self.may_call(named, may_name)
        };
        let sites = program.mentions_in_parts(
            name,
            |file| reach.has(file) && may_run(&|name, around| program.may_name(file, name, around)),
            |file, part| {
                reach.has_part(file, part)
                    && may_run(&|name, around| program.part_may_name(file, part, name, around))
            },
        );
        let site = |site: Mention| Site {
            body: Body::around(site.expr.file, site.function, site.initial_of),
            expr: site.expr.id,
            call: site.call,
        };
        let sites = sites.into_iter().map(site);
        sites.filter(|site| self.may_be(site.expr, site.body, owner)).collect()
    }

    /// The places that call a function.
    pub(crate) fn calling(&self, named: Named<'_>) -> Vec<Site> {
        let reach = self.naming_files(named);
        let program = self.program;
        let sites = program.calls_in_parts(
            named.name,
            |file| {
                reach.has(file) && self.may_call(named, &|name, around| program.may_name(file, name, around))
            },
            |file, part| {
                let may_name = |name: &str, around| program.part_may_name(file, part, name, around);
                reach.has_part(file, part) && self.may_call(named, &may_name)
            },
        );
        let sites = sites.into_iter().filter_map(|site| self.site(&site));
        sites.filter(|site| self.may_be(site.expr, site.body, named.owner)).collect()
    }

    /// Whether there may be a call of a function where these names may be.
    fn may_call(&self, named: Named<'_>, may_name: &dyn Fn(&str, Around) -> bool) -> bool {
        let Some(params) = named.params else { return false };
        // `Type.call(object)(1)`: a method as a function of the object has no labels.
        named.owner.is_some() && may_name(named.name, Around::OF_TYPE)
            || may_name(named.name, named.called())
                && self.has_labels(params, |label| may_name(label, Around::LABEL))
    }

    fn site(&self, site: &CallSite) -> Option<Site> {
        let ExprKind::Call { callee, .. } = self.program.expr(site.call).kind else { return None };
        Some(Site { body: Body::of_call(site), expr: callee, call: Some(site.call.id) })
    }

    /// The places that construct a type, or one that inherits from it: by its name, by `self.init`, `super.init` and
    /// `Self.init`, by `.init` of a value that is a type, and by `.init` alone, with the parameters of this initialiser, where
    /// it is one that is asked for; and those that name an initialiser without calling it.
    pub(crate) fn building(&self, owner: TypeIndex, by: Option<FunctionRef>) -> Vec<Site> {
        let program = self.program;
        let named = by.map(|by| Named { name: "init", ..program.named_function(by) });
        let params = named.and_then(|named| named.params);
        let can_name = |file: u32| named.and_then(|named| named.only).is_none_or(|only| file == only);
        let built = std::iter::once(owner).chain(program.descendants(owner));
        let built: BTreeSet<&SmolStr> = built.flat_map(|ty| program.names_of(ty)).collect();
        let by_name: Vec<&CallSite> = built
            .iter()
            .flat_map(|name| program.calls(name))
            .filter(|site| can_name(site.call.file))
            .collect();
        let (family, implicit) = (self.family(owner), self.implicit_files(owner));
        let calls = match params {
            Some(params) => implicit_inits(params, |param| self.may_be_closure(param)),
            None => Vec::new(),
        };
        let may_delegate = |file: u32, may_name: &dyn Fn(Around) -> bool, may_init: &dyn Fn() -> bool| {
            can_name(file)
                && (family.files.contains(&file) && may_name(Around::OF_SELF)
                    || (family.files.contains(&file) || implicit.contains(&file))
                        && if params.is_some() { may_init() } else { may_name(Around::OF_VALUE) })
        };
        let delegating = program.calls_in_parts(
            "init",
            |file| {
                may_delegate(file, &|around| program.may_name(file, "init", around), &|| {
                    program.may_init(file, &calls)
                })
            },
            |file, part| {
                may_delegate(file, &|around| program.part_may_name(file, part, "init", around), &|| {
                    program.part_may_init(file, part, &calls)
                })
            },
        );
        let delegating = delegating.into_iter().filter(|site| {
            let facts = program.file(site.call.file);
            let ExprKind::Call { callee, args, .. } = &facts.expr(site.call.id).kind else { return false };
            match facts.expr(*callee).kind {
                ExprKind::Member { base: None, .. } => {
                    params.is_none_or(|params| Program::bind(params, args).is_some())
                }
                ExprKind::Member { base: Some(base), .. } => {
                    let is_own = match &facts.expr(base).kind {
                        ExprKind::SelfRef | ExprKind::Super => true,
                        ExprKind::Name(name) => name == "Self",
                        _ => false,
                    };
                    let around = site.function.and_then(|at| program.owner(at));
                    !is_own || around.is_some_and(|around| self.are_related(around, owner))
                }
                _ => false,
            }
        });
        let called = by_name.into_iter().copied().chain(delegating).filter_map(|site| self.site(&site));
        // `names.map(T.init)`
        let may_mention = |file: u32, may_name: &dyn Fn(&str, Around) -> bool| {
            can_name(file)
                && (built.iter().any(|name| program.may_name_of(file, name, "init"))
                    || family.files.contains(&file) && may_name("init", Around::OF_SELF.or(Around::OF_VALUE))
                    || implicit.contains(&file) && may_name("init", Around::OF_VALUE))
        };
        let mentioned = program.values_in_parts(
            "init",
            |file| may_mention(file, &|name, around| program.may_name(file, name, around)),
            |file, part| may_mention(file, &|name, around| program.part_may_name(file, part, name, around)),
        );
        let mentioned = mentioned.into_iter().map(|site| Site {
            body: Body::around(site.expr.file, site.function, site.initial_of),
            expr: site.expr.id,
            call: None,
        });
        called.chain(mentioned).collect()
    }

    /// Whether there may be a call with the labels that parameters ask for where these may be; that of one closure may be left
    /// out.
    fn has_labels(&self, params: &[Param], may_be: impl Fn(&str) -> bool) -> bool {
        let asked = params.iter().filter(|param| param.default.is_none() && !param.is_variadic);
        let mut missing = asked.filter(|param| {
            let label = param.label.as_deref();
            label.is_some_and(|label| !may_be(label))
        });
        missing.next().is_none_or(|first| self.may_be_closure(first) && missing.next().is_none())
    }

    fn may_be_closure(&self, param: &Param) -> bool {
        let is_value =
            |name: &SmolStr| VALUES.contains(&name.as_str()) || !self.program.types_named(name).is_empty();
        let Some(ty) = &param.ty else { return true };
        ty.is_function() || ty.name().is_some_and(|name| !is_value(name))
    }

    /// The bodies of the places that lead to something.
    pub(crate) fn leading(&self, sites: &[Site], test: impl Fn(&Calls) -> bool) -> BTreeSet<Body> {
        let mut bodies = BTreeSet::new();
        for site in sites {
            if !bodies.contains(&site.body) && test(&self.calls_at(site)) {
                bodies.insert(site.body);
            }
        }
        bodies
    }

    /// Whether a name that stands somewhere may be that of a member of `owner`, or of a global.
    fn may_be(&self, expr: ExprId, body: Body, owner: Option<TypeIndex>) -> bool {
        let Some(owner) = owner else { return true };
        let program = self.program;
        let is_of_self = || {
            let around: Vec<TypeIndex> = match body {
                Body::Function(at) => program.selves(&Place::of(program, at, &Scope::default())).collect(),
                Body::Initial(at) => program.property_owner(at).into_iter().collect(),
                Body::TopLevel(_) => Vec::new(),
            };
            let outwards =
                |around| std::iter::successors(Some(around), |around: &TypeIndex| program.ty(*around).parent);
            around.into_iter().flat_map(outwards).any(|around| self.are_related(around, owner))
        };
        let file = body.file();
        match program.file(file).expr(expr).kind {
            ExprKind::Name(_) => is_of_self(),
            ExprKind::Member { base: Some(base), .. } => self.may_be_of(file, base, owner, &is_of_self),
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
