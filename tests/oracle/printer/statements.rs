//! Statements in Swift.

use crate::answer::Place;
use crate::skeleton::{Act, Api, Attempt, Block, Call, Home, Kind, Label, Loop, Stmt, Subject, Value, Work};

use super::Writer;
use super::expressions::{attempt_word, variable_name};

impl Writer<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        for stmt in block {
            self.stmt(stmt);
        }
    }

    pub(super) fn closure(&mut self, block: &Block) {
        self.closures += 1;
        self.block(block);
        self.closures -= 1;
    }

    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        let number = stmt.number;
        self.page.mark_next(Place::At(number));
        match &stmt.act {
            Act::Noise(which) => {
                let text = match which % 5 {
                    0 => format!("print(\"step {number}\")"),
                    1 => format!("NSLog(\"step {number}\")"),
                    2 => format!("UserDefaults.standard.set(true, forKey: \"seen{number}\")"),
                    3 if self.function.is_none() => "completion()".to_owned(),
                    _ => format!("log(\"step {number}\")"),
                };
                self.page.line(&text);
            }
            Act::Report => {
                let provider = match self.home {
                    Home::Free | Home::Role => "CallTools.provider".to_owned(),
                    Home::Static => "provider".to_owned(),
                    _ => format!("{}provider", self.me()),
                };
                let done = if self.style().is_trailing { ") { _ in }" } else { ", completion: { _ in })" };
                self.page.line(&format!(
                    "{provider}.reportNewIncomingCall(with: UUID(), update: CXCallUpdate(){done}"
                ));
            }
            Act::HandOut => self.page.line(if number.is_multiple_of(2) {
                "ThirdParty.shared.handle(payload)"
            } else {
                "ThirdParty.process(payload.dictionaryPayload)"
            }),
            Act::Call(call) => self.call_stmt(call),
            Act::If(condition, then, otherwise) => {
                let condition = self.whole_condition(condition);
                self.page.open(&format!("if {condition} {{"));
                self.block(then);
                if let Some(otherwise) = otherwise {
                    self.page.turn("} else {");
                    self.block(otherwise);
                }
                self.page.close("}");
            }
            Act::Guard(condition, otherwise) => {
                let condition = self.whole_condition(condition);
                self.page.open(&format!("guard {condition} else {{"));
                self.block(otherwise);
                self.page.close("}");
            }
            Act::Switch(subject, cases) => self.switch(subject, cases),
            Act::Loop(kind, label, body) => self.repeat(kind, *label, body),
            Act::Break(label) => self.page.line(&format!("break{}", label_use(*label))),
            Act::Continue(label) => self.page.line(&format!("continue{}", label_use(*label))),
            Act::Return(None) => self.page.line("return"),
            Act::Return(Some(value)) => {
                let value = self.value(value);
                self.page.line(&format!("return {value}"));
            }
            Act::Throw => self.page.line("throw CallError.invalid"),
            Act::Do(body, catch) => {
                self.page.open("do {");
                self.block(body);
                self.page.turn("} catch {");
                self.block(catch);
                self.page.close("}");
            }
            Act::Defer(body) => {
                self.page.open("defer {");
                self.block(body);
                self.page.close("}");
            }
            Act::Now(body) => {
                let (open, close) =
                    if number.is_multiple_of(2) { ("_ = {", "}()") } else { ("let _: Void = {", "}()") };
                self.page.open(open);
                self.closure(body);
                self.page.close(close);
            }
            Act::Around(api, body) => {
                let head = match api {
                    Api::ForEach => "ProcessInfo.processInfo.arguments.forEach { _ in",
                    Api::Sync if number.is_multiple_of(2) => "CallTools.queue.sync {",
                    Api::Sync => "DispatchQueue.global().sync {",
                    Api::Async => "DispatchQueue.main.async {",
                    Api::AsyncAfter => "DispatchQueue.main.asyncAfter(deadline: .now() + 1) {",
                    Api::Task => "Task {",
                };
                self.page.open(head);
                self.closure(body);
                self.page.close("}");
            }
            Act::LetClosure(name, body) => {
                let head = match number % 3 {
                    0 => format!("let block{name}: () -> Void = {{"),
                    1 => format!("let block{name} = {{ () -> Void in"),
                    _ => format!("func block{name}() {{"),
                };
                self.page.open(&head);
                self.closure(body);
                self.page.close("}");
            }
            Act::Run(name) => self.page.line(&format!("block{name}()")),
            Act::RunWork => self.page.line("work()"),
            Act::StoreWork => {
                let pending = match self.home {
                    Home::Free | Home::Role => "CallTools.pending".to_owned(),
                    Home::Static => "pending".to_owned(),
                    _ => format!("{}pending", self.me()),
                };
                self.page.line(&format!("{pending} = work"));
            }
            Act::Let(variable, is_mutable, value) => {
                let text = self.value(value);
                let word = if *is_mutable { "var" } else { "let" };
                let ty = match variable.kind {
                    Kind::Bool if number.is_multiple_of(2) => "",
                    Kind::Bool => ": Bool",
                    Kind::Optional => ": String?",
                    Kind::Nothing | Kind::Case => ": CallKind",
                };
                self.page.line(&format!("{word} {}{ty} = {text}", variable_name(*variable)));
            }
            Act::Assign(variable, value) => {
                let text = self.value(value);
                self.page.line(&format!("{} = {text}", variable_name(*variable)));
            }
            Act::Toggle(variable) => self.page.line(&format!("{}.toggle()", variable_name(*variable))),
            Act::Change(variable) => {
                self.page.line(&format!("refreshState(&{})", variable_name(*variable)));
            }
            Act::Give(body) => {
                self.page.open("performWork {");
                self.closure(body);
                self.page.close("}");
            }
            Act::Fatal => {
                self.page.line(if number.is_multiple_of(2) {
                    "fatalError(\"no call\")"
                } else {
                    "preconditionFailure()"
                });
            }
            Act::Build(debug, release) => {
                self.page.line("#if DEBUG");
                self.block(debug);
                if !release.is_empty() {
                    self.page.line("#else");
                    self.block(release);
                }
                self.page.line("#endif");
            }
        }
        if let Act::Loop(Loop::RepeatWhile(_), ..) = stmt.act {
            self.page.mark(Place::At(number));
        }
    }

    pub(super) fn switch(&mut self, subject: &Subject, cases: &[Block]) {
        let text = match subject {
            Subject::Any => "CallKind(rawValue: Int.random(in: 0...2)) ?? .other".to_owned(),
            Subject::Of(call) => self.value(&Value::Of(call.clone())),
            Subject::Local(variable) => variable_name(*variable),
        };
        self.page.line(&format!("switch {text} {{"));
        for (index, body) in cases.iter().enumerate() {
            let is_last = index + 1 == cases.len();
            self.page.line(match index {
                _ if is_last => "default:",
                0 => "case .ring:",
                _ => "case .cancel:",
            });
            self.page.indent += 1;
            if body.is_empty() {
                self.page.line("break");
            }
            self.block(body);
            self.page.indent -= 1;
        }
        self.page.line("}");
    }

    pub(super) fn repeat(&mut self, kind: &Loop, label: Option<Label>, body: &Block) {
        let label = label.map_or_else(String::new, |label| format!("loop{label}: "));
        match kind {
            Loop::For => self.page.open(&format!("{label}for _ in 0..<Int.random(in: 0...2) {{")),
            Loop::While(condition) => {
                let condition = self.whole_condition(condition);
                self.page.open(&format!("{label}while {condition} {{"));
            }
            Loop::RepeatWhile(_) => self.page.open(&format!("{label}repeat {{")),
        }
        self.block(body);
        match kind {
            Loop::For | Loop::While(_) => self.page.close("}"),
            Loop::RepeatWhile(condition) => {
                let condition = format!(
                    "{}{}",
                    self.try_word(&Value::Bool(condition.clone())),
                    self.condition(condition)
                );
                self.page.close(&format!("}} while {condition}"));
            }
        }
    }

    pub(super) fn call_stmt(&mut self, call: &Call) {
        let function = &self.program.functions[call.function];
        let mut head = String::new();
        if function.result != Kind::Nothing || (function.throws && call.attempt == Attempt::Optional) {
            head.push_str("_ = ");
        }
        head.push_str(attempt_word(function, call));
        let Some(Work::Closure(body)) = &call.work else {
            let text = self.bare_call(call);
            self.page.line(&format!("{head}{text}"));
            return;
        };
        let args = self.plain_args(call).join(", ");
        let name = self.callee(call);
        if self.style().is_trailing {
            let args = if args.is_empty() { String::new() } else { format!("({args})") };
            self.page.open(&format!("{head}{name}{args} {{"));
            self.closure(body);
            self.page.close("}");
        } else {
            let comma = if args.is_empty() { "" } else { ", " };
            self.page.open(&format!("{head}{name}({args}{comma}work: {{"));
            self.closure(body);
            self.page.close("})");
        }
    }
}

fn label_use(label: Option<Label>) -> String {
    label.map_or_else(String::new, |label| format!(" loop{label}"))
}
