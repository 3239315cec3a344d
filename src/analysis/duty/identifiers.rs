//! The text of a UUID, and the UUID that is made of it again: that this cannot fail decides what a payload may lack.

use super::call::Call;
use super::state::{Known, Value};
use super::walk::Walk;
use crate::facts::{ExprId, ExprKind};
use crate::program::{Program, Target};

/// The types whose objects are UUIDs.
const TYPES: [&str; 2] = ["UUID", "NSUUID"];

/// What writes a UUID.
const TEXT: &str = "uuidString";

/// What makes another text of the same UUID.
const KEEPING: [&str; 2] = ["lowercased", "uppercased"];

impl Walk<'_> {
    /// `id.uuidString`, where nothing of the project is called so.
    pub(super) fn is_uuid_text(&self, base: ExprId, name: &str) -> bool {
        if name != TEXT {
            return false;
        }
        let program = self.duties.program;
        match program.type_of(&self.place(), base) {
            Some(ty) => program.outside_type(&ty).is_some_and(|name| TYPES.contains(&name)),
            None => program.properties_named(TEXT).is_empty(),
        }
    }

    /// What a call makes of the text of a UUID: another such text, or a UUID, which is then not nil.
    pub(super) fn made_of_uuid_text(
        &self,
        target: &Target,
        callee: ExprId,
        receiver: &Value,
        call: &Call<'_>,
    ) -> Option<Known> {
        if !matches!(target, Target::Outside { candidates, .. } if candidates.is_empty()) {
            return None;
        }
        if receiver.known == Known::UuidText && KEEPING.contains(&call.name.as_str()) {
            return Some(Known::UuidText);
        }
        let facts = self.duties.program.file(self.function.file);
        let is_made = Program::callee_name(facts, callee).is_some_and(|name| TYPES.contains(&name.as_str()))
            && matches!(facts.expr(callee).kind, ExprKind::Name(_) | ExprKind::Type(_));
        let is_text = |(arg, value): (&crate::facts::Arg, &Value)| {
            arg.label.as_deref() == Some(TEXT) && value.known == Known::UuidText
        };
        (is_made && call.args.iter().zip(&call.values).any(is_text)).then_some(Known::Something)
    }
}
