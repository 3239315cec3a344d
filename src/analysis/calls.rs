//! What a body leads to: what it calls, builds and reads for certain, and what it may call.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::facts::{Arg, ExprId, ExprKind, FunctionKind};
use crate::program::{CallSite, Candidacy, FunctionRef, Program, PropertyRef, TypeIndex};
use crate::source::Span;
use crate::vocabulary::Owed;

/// Something that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Body {
    /// A function or closure.
    Function(FunctionRef),
    /// The initial value of a property.
    Initial(PropertyRef),
    /// The statements of a file.
    TopLevel(u32),
}

impl Body {
    /// The body in which something stands: `initial_of` is the property whose initial value it is part of.
    pub(crate) fn around(file: u32, function: Option<FunctionRef>, initial_of: Option<PropertyRef>) -> Self {
        match (function, initial_of) {
            (Some(at), _) => Body::Function(at),
            (None, Some(at)) => Body::Initial(at),
            (None, None) => Body::TopLevel(file),
        }
    }

    /// The body in which a call stands.
    pub(crate) fn of_call(site: &CallSite) -> Self {
        Self::around(site.call.file, site.function, site.initial_of)
    }

    /// The function that it is.
    pub(crate) fn function(self) -> Option<FunctionRef> {
        match self {
            Self::Function(at) => Some(at),
            Self::Initial(_) | Self::TopLevel(_) => None,
        }
    }

    pub(crate) fn file(self) -> u32 {
        match self {
            Body::Function(at) => at.file,
            Body::Initial(at) => at.file,
            Body::TopLevel(file) => file,
        }
    }
}

/// Something that a body leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Edge {
    /// Another body.
    Body(Body),
    /// The construction of a type.
    Build(TypeIndex),
}

/// All that a body leads to.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    pub(super) edges: BTreeSet<Edge>,
    /// Calls on a receiver of unknown type: they may run any method that fits.
    pub(super) open: Vec<Open>,
    /// Properties that are named, by the type of their object: what they run is found when it is asked for.
    pub(super) members: BTreeSet<(TypeIndex, SmolStr)>,
    /// Functions that are named without being called.
    pub(super) mentioned: BTreeSet<FunctionRef>,
    /// What is done here, or may be, by a call to something outside the project.
    pub(super) done: BTreeSet<Owed>,
}

/// What reading and writing a property runs.
pub(super) fn accessors_of(program: &Program, (ty, name): &(TypeIndex, SmolStr)) -> Vec<FunctionRef> {
    let Some(at) = program.find_property(*ty, name) else { return Vec::new() };
    let accessors = program.accessors(at);
    accessors.getters.into_iter().chain(accessors.setters).collect()
}

/// A call on a receiver of unknown type.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) file: u32,
    pub(super) name: SmolStr,
    pub(super) callee: ExprId,
    pub(super) call: ExprId,
}

impl Open {
    pub(super) fn args<'p>(&self, program: &'p Program) -> &'p [Arg] {
        match &program.file(self.file).expr(self.call).kind {
            ExprKind::Call { args, .. } => args,
            _ => &[],
        }
    }

    /// What a function is to this call.
    fn candidacy(&self, program: &Program, at: FunctionRef) -> Option<Candidacy> {
        let is_named = program.function(at).name == self.name;
        is_named.then(|| program.candidacy(at, &self.name, self.args(program))).flatten()
    }
}

impl Calls {
    pub(crate) fn leads_to(&self, program: &Program, edge: Edge) -> bool {
        let is_only = |at| {
            let mut candidacies = self.open.iter().map(|open| open.candidacy(program, at));
            candidacies.any(|candidacy| candidacy == Some(Candidacy::Only))
        };
        if self.edges.contains(&edge) {
            return true;
        }
        match edge {
            Edge::Body(Body::Function(at)) => match program.function(at).kind {
                FunctionKind::Getter | FunctionKind::Setter | FunctionKind::Observer => {
                    let name = program.function(at).name.as_str();
                    let is_wrapper = name == "wrappedValue";
                    let mut named = self.members.iter().filter(|(_, of)| is_wrapper || of == name);
                    named.any(|member| accessors_of(program, member).contains(&at))
                }
                _ => is_only(at),
            },
            Edge::Body(Body::Initial(at)) => {
                let property = &program.property(at).name;
                let mut named = self.members.iter().filter(|(_, name)| name == property);
                named.any(|(ty, name)| program.find_property(*ty, name) == Some(at))
            }
            Edge::Body(Body::TopLevel(_)) | Edge::Build(_) => false,
        }
    }

    /// The first place at which a function may be called, one of several.
    pub(crate) fn may_call(&self, program: &Program, at: FunctionRef) -> Option<Span> {
        let open =
            self.open.iter().find(|open| open.candidacy(program, at) == Some(Candidacy::OneOfSeveral))?;
        Some(program.file(open.file).expr(open.callee).span)
    }

    /// Whether a function is named: called here or given to somebody.
    pub(crate) fn mentions(&self, at: FunctionRef) -> bool {
        self.mentioned.contains(&at)
    }

    /// Whether something is called, outside the project, that does what is owed, or may.
    pub(crate) fn does(&self, owed: Owed) -> bool {
        self.done.contains(&owed)
    }
}
