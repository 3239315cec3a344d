//! The protocol of a role, and the types that implement it.

use crate::answer::Place;
use crate::skeleton::{Held, Home, Kind};

use super::{Writer, effects};

pub(super) fn implementer_name(implementer: usize) -> &'static str {
    ["LoudRinger", "QuietRinger", "VideoRinger"][implementer]
}

impl Writer<'_> {
    fn plays_role(&self) -> bool {
        self.program.functions.iter().any(|function| function.home == Home::Role)
    }

    /// The owner's property that holds one of the implementers.
    pub(super) fn held_role(&mut self) {
        if !self.plays_role() {
            return;
        }
        let any = self.any_implementer();
        self.page.line(&match self.style().role {
            Held::Plain => "let ringer = makeRinger()".to_owned(),
            Held::Annotated => format!("let ringer: Ringing = {any}"),
            Held::Lazily => format!("lazy var ringer: any Ringing = {any}"),
            Held::AsProtocol => "let ringer: Ringing = makeRinger()".to_owned(),
        });
    }

    /// An expression that makes one of the implementers.
    fn any_implementer(&self) -> String {
        let last = self.program.implementers - 1;
        let made = |implementer: usize| format!("{}()", implementer_name(implementer));
        (0..last)
            .rev()
            .fold(made(last), |rest, implementer| format!("Bool.random() ? {} : {rest}", made(implementer)))
    }

    pub(super) fn role(&mut self, functions: &[usize]) {
        if functions.is_empty() {
            return;
        }
        let program = self.program;
        self.page.open("protocol Ringing {");
        self.requirements(functions);
        self.page.close("}");
        for implementer in 0..program.implementers {
            self.page.line("");
            self.page.open(&format!("final class {}: Ringing {{", implementer_name(implementer)));
            for &index in functions {
                if !program.functions[index].is_default(implementer, program.implementers) {
                    self.implementation(index, implementer);
                }
            }
            self.page.close("}");
        }
        self.page.line("");
        self.page.open("extension Ringing {");
        for &index in functions {
            let last = program.implementers - 1;
            if program.functions[index].is_default(last, program.implementers) {
                self.implementation(index, last);
            }
        }
        self.page.close("}");
        self.page.line("");
        self.page.open("func makeRinger() -> Ringing {");
        for implementer in 1..program.implementers {
            self.page.line(&format!("if Bool.random() {{ return {}() }}", implementer_name(implementer)));
        }
        self.page.line(&format!("return {}()", implementer_name(0)));
        self.page.close("}");
        for &index in functions {
            self.page.line("");
            self.generic_caller(index);
        }
        if self.style().has_double {
            self.page.line("");
            self.double(functions);
        }
    }

    /// A generic function that calls a function of the role, in one line.
    fn generic_caller(&mut self, index: usize) {
        let function = &self.program.functions[index];
        let name = self.function_name(index);
        let mut params = vec!["_ ringer: R".to_owned()];
        let mut args = Vec::new();
        if function.takes_payload {
            args.push("payload");
        }
        if function.takes_work {
            args.push("work: work");
        }
        params.extend(self.params(index));
        let (word, args) = match function.throws {
            _ if function.is_property => ("", String::new()),
            true => ("try ", format!("({})", args.join(", "))),
            false => ("", format!("({})", args.join(", "))),
        };
        self.page.line(&format!(
            "func {name}Through<R: Ringing>({}){} {{ {word}ringer.{name}{args} }}",
            params.join(", "),
            effects(function)
        ));
        self.page.mark(Place::Generic(index));
    }

    /// One more implementer, which nobody makes.
    fn double(&mut self, functions: &[usize]) {
        self.page.open("final class SpareRinger: Ringing {");
        for &index in functions {
            let result = match self.program.functions[index].result {
                Kind::Nothing => "",
                Kind::Bool => " return false ",
                Kind::Optional => " return nil ",
                Kind::Case => " return .other ",
            };
            let head = self.head(index);
            self.page.line(&format!("{head} {{{result}}}"));
        }
        self.page.close("}");
    }
}
