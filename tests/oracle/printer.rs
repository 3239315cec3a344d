//! Writes a skeleton down as Swift.

mod expressions;
mod page;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::interpreter::Place;
use crate::skeleton::{
    Act, Api, Attempt, Block, Call, HOMES, Home, Kind, Label, Loop, Program, Stmt, Style, Subject, Value,
    Work,
};

use self::expressions::{attempt_word, function_name, variable_name};
use self::page::Page;

/// A program in Swift.
pub(crate) struct Printed {
    /// Path and text of each file.
    pub(crate) files: Vec<(String, String)>,
    /// File and line (from 1) of each place.
    pub(crate) lines: BTreeMap<Place, (usize, usize)>,
}

impl Printed {
    pub(crate) fn whole(&self) -> String {
        self.files.iter().fold(String::new(), |mut whole, (path, text)| {
            let _ = writeln!(whole, "// ---- {path}\n{text}");
            whole
        })
    }
}

/// Writes a program down.
pub(crate) fn print(program: &Program) -> Printed {
    let mut pages: Vec<(String, Page)> = Vec::new();
    for home in HOMES {
        for part in [Part::Type, Part::Extension] {
            let mut writer =
                Writer { program, home, page: Page::default(), function: None, fresh: 0, closures: 0 };
            writer.part(part);
            if !writer.page.lines.is_empty() {
                pages.push((name(home, part), writer.page));
            }
        }
    }
    if !program.style.is_split {
        let mut whole = Page::default();
        for (_, page) in pages {
            whole.append(page);
        }
        pages = vec![("PushCenter.swift".to_owned(), whole)];
    }
    let mut printed = Printed { files: Vec::new(), lines: BTreeMap::new() };
    for (index, (path, page)) in pages.into_iter().enumerate() {
        let text = page.lines.join("\n") + "\n";
        let imports = imports(&text);
        let before = imports.len() + 1;
        printed.lines.extend(page.places.iter().map(|(place, line)| (*place, (index, line + before))));
        printed.files.push((path, format!("{}\n\n{text}", imports.join("\n"))));
    }
    printed
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Type,
    Extension,
}

fn name(home: Home, part: Part) -> String {
    match (home, part) {
        (Home::Owner, Part::Type) => "PushCenter.swift".to_owned(),
        (Home::Owner, Part::Extension) => "PushCenter+PushKit.swift".to_owned(),
        (Home::Helper, _) => "CallHelper.swift".to_owned(),
        (Home::Shared, _) => "CallManager.swift".to_owned(),
        (Home::Static, _) => "CallTools.swift".to_owned(),
        (Home::Free, _) => "Calls.swift".to_owned(),
    }
}

fn imports(text: &str) -> Vec<&'static str> {
    [
        ("", "import Foundation"),
        ("CX", "import CallKit"),
        ("PKPush", "import PushKit"),
        ("ThirdParty", "import ThirdParty"),
    ]
    .into_iter()
    .filter(|(word, _)| text.contains(word))
    .map(|(_, import)| import)
    .collect()
}

struct Writer<'p> {
    program: &'p Program,
    home: Home,
    page: Page,
    /// The function being written; none for the handler.
    function: Option<usize>,
    /// For names of constants that nothing else names.
    fresh: usize,
    /// How many closures are around.
    closures: usize,
}

impl Writer<'_> {
    fn style(&self) -> Style {
        self.program.style
    }

    fn part(&mut self, part: Part) {
        let functions: Vec<usize> = (0..self.program.functions.len())
            .filter(|&index| self.program.functions[index].home == self.home)
            .collect();
        let extends = self.home == Home::Owner && self.style().has_extension;
        if part == Part::Extension {
            if extends {
                self.page.open("extension PushCenter: PKPushRegistryDelegate {");
                self.members(&functions);
                self.page.close("}");
            }
            return;
        }
        match self.home {
            Home::Owner => {
                let conforms = if extends { "" } else { ", PKPushRegistryDelegate" };
                self.page.open(&format!("final class PushCenter: NSObject{conforms} {{"));
                self.page.line("static let shared = PushCenter()");
                self.page.line("let helper = CallHelper()");
                self.stored("");
                if !extends {
                    self.page.line("");
                    self.members(&functions);
                }
                self.page.close("}");
            }
            Home::Helper => {
                self.page.open("final class CallHelper {");
                self.stored("");
                self.functions(&functions);
                self.page.close("}");
            }
            Home::Shared => {
                self.page.open("final class CallManager {");
                self.page.line("static let shared = CallManager()");
                self.stored("");
                self.functions(&functions);
                self.page.close("}");
            }
            Home::Static => {
                self.page.open("enum CallTools {");
                self.stored("static ");
                self.page.line("static let queue = DispatchQueue(label: \"calls\")");
                self.functions(&functions);
                self.page.close("}");
            }
            Home::Free => {
                self.page.line("enum CallKind: Int { case ring, cancel, other }");
                self.page.line("enum CallError: Error { case invalid }");
                self.page.line("func log(_ text: String) { print(text) }");
                self.functions(&functions);
            }
        }
    }

    fn stored(&mut self, modifier: &str) {
        self.page
            .line(&format!("{modifier}let provider = CXProvider(configuration: CXProviderConfiguration())"));
        self.page.line(&format!("{modifier}var pending: (() -> Void)?"));
        for flag in 0..3 {
            self.page.line(&format!("{modifier}let flag{flag} = Bool.random()"));
        }
    }

    fn members(&mut self, functions: &[usize]) {
        self.handler();
        self.page.line("");
        self.page.line("func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType) {}");
        self.functions(functions);
    }

    fn handler(&mut self) {
        self.function = None;
        self.page.open(
            "func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, \
             for type: PKPushType, completion: @escaping () -> Void) {",
        );
        self.block(&self.program.handler);
        self.page.close("}");
        self.page.mark(Place::End(None));
    }

    fn functions(&mut self, indices: &[usize]) {
        for &index in indices {
            let function = &self.program.functions[index];
            self.function = Some(index);
            self.page.line("");
            let modifier = if self.home == Home::Static { "static " } else { "" };
            let mut params = Vec::new();
            if function.takes_payload {
                params.push("_ payload: PKPushPayload".to_owned());
            }
            if function.takes_work {
                let escaping = if keeps_work(&function.body, false) || index.is_multiple_of(2) {
                    "@escaping "
                } else {
                    ""
                };
                params.push(format!("work: {escaping}() -> Void"));
            }
            let throws = if function.throws { " throws" } else { "" };
            let result = match function.result {
                Kind::Nothing => "",
                Kind::Bool => " -> Bool",
                Kind::Optional => " -> String?",
                Kind::Case => " -> CallKind",
            };
            let name = function_name(index);
            self.page.open(&format!("{modifier}func {name}({}){throws}{result} {{", params.join(", ")));
            self.block(&function.body);
            self.page.close("}");
            self.page.mark(Place::End(Some(index)));
        }
    }

    fn block(&mut self, block: &Block) {
        for stmt in block {
            self.stmt(stmt);
        }
    }

    fn closure(&mut self, block: &Block) {
        self.closures += 1;
        self.block(block);
        self.closures -= 1;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let number = stmt.number;
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
                    Home::Free => "CallTools.provider".to_owned(),
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
                let (open, close) = if number.is_multiple_of(2) { ("_ = {", "}()") } else { ("({", "})()") };
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
                let head = if number.is_multiple_of(2) {
                    format!("let block{name}: () -> Void = {{")
                } else {
                    format!("let block{name} = {{ () -> Void in")
                };
                self.page.open(&head);
                self.closure(body);
                self.page.close("}");
            }
            Act::Run(name) => self.page.line(&format!("block{name}()")),
            Act::RunWork => self.page.line("work()"),
            Act::StoreWork => {
                let pending = match self.home {
                    Home::Free => "CallTools.pending".to_owned(),
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
        if matches!(stmt.act, Act::Return(_) | Act::Throw) || self.may_throw(&stmt.act) {
            self.page.mark(Place::At(number));
        }
    }

    /// Whether the statement is itself the place of a `try` that may leave (a compound one ends elsewhere).
    fn may_throw(&self, act: &Act) -> bool {
        matches!(act, Act::Call(call) if self.program.functions[call.function].throws)
    }

    fn switch(&mut self, subject: &Subject, cases: &[Block]) {
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

    fn repeat(&mut self, kind: &Loop, label: Option<Label>, body: &Block) {
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

    fn call_stmt(&mut self, call: &Call) {
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
        let payload = if function.takes_payload { "payload" } else { "" };
        let name = self.callee(call.function);
        if self.style().is_trailing {
            let args = if payload.is_empty() { String::new() } else { format!("({payload})") };
            self.page.open(&format!("{head}{name}{args} {{"));
            self.closure(body);
            self.page.close("}");
        } else {
            let comma = if payload.is_empty() { "" } else { ", " };
            self.page.open(&format!("{head}{name}({payload}{comma}work: {{"));
            self.closure(body);
            self.page.close("})");
        }
    }
}

fn label_use(label: Option<Label>) -> String {
    label.map_or_else(String::new, |label| format!(" loop{label}"))
}

/// Whether `work` outlives the call: stored, passed on, or used in a closure.
fn keeps_work(block: &Block, in_closure: bool) -> bool {
    block.iter().any(|stmt| match &stmt.act {
        Act::StoreWork | Act::Call(Call { work: Some(Work::PassedOn), .. }) => true,
        Act::RunWork => in_closure,
        act => {
            let closure = matches!(act, Act::Now(_) | Act::Around(..) | Act::LetClosure(..) | Act::Call(_));
            act.clone().blocks_mut().into_iter().any(|inner| keeps_work(inner, in_closure || closure))
        }
    })
}
