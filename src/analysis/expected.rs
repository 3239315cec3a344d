//! The type that is wanted where an expression stands: what `.shared` and `.init(queue:)` are members of.

use rustc_hash::FxHashMap as HashMap;

use crate::facts::{Arg, Condition, ExprId, ExprKind, FunctionId, Node, StmtKind, TypeRef};
use crate::program::{Place, Program, Target, Ty};

/// The types that are wanted in one body, noted before what they are wanted of is met.
#[derive(Debug, Default)]
pub(super) struct Expected {
    /// By the implicit member.
    pub(super) types: HashMap<ExprId, Ty>,
    /// What the closures in the body are to return.
    pub(super) results: HashMap<FunctionId, Ty>,
    /// What the body itself is to return.
    pub(super) result: Option<Ty>,
}

impl Expected {
    /// The type that is wanted of an expression, where its surroundings tell.
    pub(super) fn of(&self, expr: ExprId) -> Option<&Ty> {
        self.types.get(&expr)
    }

    /// A type is wanted of an expression.
    pub(super) fn want(&mut self, program: &Program, file: u32, expr: ExprId, ty: Option<Ty>) {
        let Some(ty) = ty else { return };
        let mut open = vec![(expr, ty)];
        while let Some((expr, ty)) = open.pop() {
            match &program.file(file).expr(expr).kind {
                ExprKind::Try(_, inner) | ExprKind::Await(inner) | ExprKind::ForceUnwrap(inner) => {
                    open.push((*inner, ty));
                }
                ExprKind::Ternary(_, a, b) | ExprKind::Coalesce(a, b) => {
                    open.push((*b, ty.clone()));
                    open.push((*a, ty));
                }
                ExprKind::Array(all) => {
                    let element = Program::element_type(Some(&ty));
                    open.extend(all.iter().filter_map(|expr| Some((*expr, element.clone()?))));
                }
                ExprKind::Dictionary(all) => {
                    if let Ty::Dictionary(Some(value)) = ty.unwrapped() {
                        open.extend(
                            all.iter().skip(1).step_by(2).map(|expr| (*expr, value.as_ref().clone())),
                        );
                    }
                }
                ExprKind::Tuple(parts) => {
                    if let Ty::Tuple(types) = ty {
                        let parts = parts.iter().map(|part| part.value);
                        open.extend(parts.zip(types).filter_map(|(part, ty)| Some((part, ty?))));
                    }
                }
                ExprKind::Closure(id) => {
                    if let Ty::Function(Some(result)) = ty.unwrapped() {
                        self.results.insert(*id, result.as_ref().clone());
                    }
                }
                ExprKind::Statement(stmt) => {
                    let blocks = program.stmt(file, *stmt).kind.blocks();
                    let values =
                        blocks.into_iter().filter_map(|block| program.single_expression(file, block));
                    open.extend(values.map(|value| (value, ty.clone())));
                }
                ExprKind::Member { base: None, .. } => {
                    self.types.insert(expr, ty);
                }
                // The first member of a chain is one of the type that the chain is to yield.
                ExprKind::Member { base: Some(inner), .. }
                | ExprKind::Call { callee: inner, .. }
                | ExprKind::Subscript { base: inner, .. } => open.push((*inner, ty)),
                _ => {}
            }
        }
    }

    /// Whether one of the arguments of a call has something in it of which a type can be wanted.
    pub(super) fn may_want(program: &Program, file: u32, args: &[Arg]) -> bool {
        let mut open: Vec<ExprId> = args.iter().map(|arg| arg.value).collect();
        while let Some(expr) = open.pop() {
            match &program.file(file).expr(expr).kind {
                ExprKind::Try(_, inner)
                | ExprKind::Await(inner)
                | ExprKind::ForceUnwrap(inner)
                | ExprKind::Member { base: Some(inner), .. }
                | ExprKind::Call { callee: inner, .. }
                | ExprKind::Subscript { base: inner, .. } => open.push(*inner),
                ExprKind::Ternary(_, a, b) | ExprKind::Coalesce(a, b) => open.extend([*a, *b]),
                ExprKind::Array(all) | ExprKind::Dictionary(all) => open.extend(all),
                ExprKind::Tuple(parts) => open.extend(parts.iter().map(|part| part.value)),
                ExprKind::Member { base: None, .. } | ExprKind::Closure(_) | ExprKind::Statement(_) => {
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// What a statement wants of the expressions in it.
    pub(super) fn note(&mut self, place: &Place<'_>, program: &Program, node: Node) {
        let Node::Stmt(id) = node else { return };
        let written = |ty: &Option<TypeRef>| {
            ty.as_ref().and_then(|ty| program.type_from_ref(ty, place.file, place.function, place.owner))
        };
        match &program.stmt(place.file, id).kind {
            StmtKind::Let { ty, value: Some(value), .. } => {
                self.want(program, place.file, *value, written(ty));
            }
            StmtKind::Return(Some(value)) => {
                self.want(program, place.file, *value, self.result.clone());
            }
            StmtKind::Assign { target, value, .. } => {
                self.want(program, place.file, *value, program.type_of(place, *target));
            }
            StmtKind::If { conditions, .. }
            | StmtKind::Guard { conditions, .. }
            | StmtKind::While { conditions, .. } => {
                for condition in conditions {
                    if let Condition::Bind { ty, value: Some(value), .. } = condition {
                        self.want(program, place.file, *value, written(ty));
                    }
                }
            }
            _ => {}
        }
    }

    /// What a call wants of its arguments.
    pub(super) fn note_args(&mut self, place: &Place<'_>, program: &Program, args: &[Arg], target: &Target) {
        match target {
            Target::Functions(found) | Target::Outside { candidates: found, .. } => {
                let Some(function) = found.first() else { return };
                let params = &program.function(*function).params;
                let Some(bound) = Program::bind(params, args) else { return };
                for (arg, to) in args.iter().zip(bound) {
                    let ty = params.get(to).and_then(|param| param.ty.as_ref());
                    let owner = program.owner(*function);
                    let ty =
                        ty.and_then(|ty| program.type_from_ref(ty, function.file, Some(*function), owner));
                    self.want(program, place.file, arg.value, ty);
                }
            }
            Target::Construct(ty) => {
                for arg in args {
                    let property = arg.label.as_ref().and_then(|label| program.find_property(*ty, label));
                    let ty = property.and_then(|at| program.type_of_property(at));
                    self.want(program, place.file, arg.value, ty);
                }
            }
            _ => {}
        }
    }
}
