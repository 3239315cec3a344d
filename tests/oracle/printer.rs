//! Writes a skeleton down as Swift.

mod expressions;
mod page;
mod role;
mod statements;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::answer::Place;
use crate::skeleton::{Act, Block, Call, Function, HOMES, Held, Home, Kind, Program, Style, Work};

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
    let uses =
        if program.style.is_lean { Uses::of(&pages(program, &Uses::Nothing)) } else { Uses::Everything };
    let mut pages = pages(program, &uses);
    if !program.style.is_split {
        let mut whole = Page::default();
        for (_, _, page) in pages {
            whole.append(page);
        }
        pages = vec![(Home::Owner, Part::Type, whole)];
    }
    let mut printed = Printed { files: Vec::new(), lines: BTreeMap::new() };
    for (index, (home, part, page)) in pages.into_iter().enumerate() {
        let text = page.lines.join("\n") + "\n";
        let imports = imports(&text);
        let before = imports.len() + 1;
        printed.lines.extend(page.places.iter().map(|(place, line)| (*place, (index, line + before))));
        printed.files.push((name(home, part), format!("{}\n\n{text}", imports.join("\n"))));
    }
    printed
}

/// What is used of what is there for all programs.
enum Uses {
    Everything,
    Nothing,
    /// By what stands in these pages.
    By(BTreeMap<Home, String>),
}

impl Uses {
    fn of(pages: &[(Home, Part, Page)]) -> Self {
        let mut texts: BTreeMap<Home, String> = BTreeMap::new();
        for (home, _, page) in pages {
            let text = texts.entry(*home).or_default();
            page.lines.iter().for_each(|line| text.extend([line, "\n"]));
        }
        Uses::By(texts)
    }

    /// Whether a member of a type is used: `word` in its own code, `path` anywhere.
    fn member(&self, home: Home, word: &str, path: &str) -> bool {
        match self {
            Uses::Everything => true,
            Uses::Nothing => false,
            Uses::By(texts) => {
                texts.iter().any(|(of, text)| text.contains(if *of == home { word } else { path }))
            }
        }
    }

    /// Whether a word stands anywhere.
    fn word(&self, word: &str) -> bool {
        self.member(Home::Free, word, word)
    }
}

/// The pages that there is something on.
fn pages(program: &Program, uses: &Uses) -> Vec<(Home, Part, Page)> {
    let mut pages = Vec::new();
    for home in HOMES {
        for part in [Part::Type, Part::Extension] {
            let mut writer = Writer {
                program,
                uses,
                home,
                page: Page::default(),
                function: None,
                fresh: Cell::new(0),
                closures: 0,
            };
            writer.part(part);
            if !writer.page.lines.is_empty() {
                pages.push((home, part, writer.page));
            }
        }
    }
    pages
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
        (Home::Role, _) => "Ringing.swift".to_owned(),
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
    uses: &'p Uses,
    home: Home,
    page: Page,
    /// The function being written; none for the handler.
    function: Option<usize>,
    /// For names of constants that nothing else names.
    fresh: Cell<usize>,
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
            Home::Helper | Home::Shared if !self.is_there(self.home) => {}
            Home::Owner => {
                let conforms = if extends { "" } else { ", PKPushRegistryDelegate" };
                self.page.open(&format!("final class PushCenter: NSObject{conforms} {{"));
                if self.uses.word("PushCenter.shared") {
                    self.page.line("static let shared = PushCenter()");
                }
                if self.is_there(Home::Helper) {
                    self.page.line(match self.style().helper {
                        Held::Plain => "let helper = CallHelper()",
                        Held::Annotated => "let helper: CallHelper = CallHelper()",
                        Held::Lazily => "lazy var helper = CallHelper()",
                        Held::AsProtocol => "let helper: CallHelping = CallHelper()",
                    });
                }
                self.held_role();
                self.stored("", "PushCenter.");
                if !extends {
                    self.page.line("");
                    self.members(&functions);
                }
                self.page.close("}");
            }
            Home::Helper => {
                let is_protocol = self.style().helper == Held::AsProtocol;
                if is_protocol {
                    self.page.open("protocol CallHelping: AnyObject {");
                    self.requirements(&functions);
                    self.page.close("}");
                    self.page.line("");
                }
                let conforms = if is_protocol { ": CallHelping" } else { "" };
                self.page.open(&format!("final class CallHelper{conforms} {{"));
                self.stored("", "CallHelper.");
                self.functions(&functions);
                self.page.close("}");
            }
            Home::Shared => {
                self.page.open("final class CallManager {");
                self.page.line("static let shared = CallManager()");
                self.stored("", "CallManager.");
                self.functions(&functions);
                self.page.close("}");
            }
            Home::Static => {
                if functions.is_empty() && !self.uses.word("CallTools.") {
                    return;
                }
                self.page.open("enum CallTools {");
                self.stored("static ", "CallTools.");
                if self.uses.word("CallTools.queue") {
                    self.page.line("static let queue = DispatchQueue(label: \"calls\")");
                }
                self.functions(&functions);
                self.page.close("}");
            }
            Home::Role => self.role(&functions),
            Home::Free => {
                for (word, declaration) in [
                    ("CallKind", "enum CallKind: Int { case ring, cancel, other }"),
                    ("CallError", "enum CallError: Error { case invalid }"),
                    ("log(", "func log(_ text: String) { print(text) }"),
                ] {
                    if self.uses.word(word) {
                        self.page.line(declaration);
                    }
                }
                self.functions(&functions);
            }
        }
    }

    /// Whether a type that only its functions are there for is declared.
    fn is_there(&self, home: Home) -> bool {
        matches!(self.uses, Uses::Everything)
            || self.program.functions.iter().any(|function| function.home == home)
    }

    /// The properties that a type has whatever its functions are; `path` leads to static ones.
    fn stored(&mut self, modifier: &str, path: &str) {
        let mut properties = vec![
            (
                "provider".to_owned(),
                "let provider = CXProvider(configuration: CXProviderConfiguration())".to_owned(),
            ),
            ("pending".to_owned(), "var pending: (() -> Void)?".to_owned()),
        ];
        properties
            .extend((0..3).map(|flag| (format!("flag{flag}"), format!("let flag{flag} = Bool.random()"))));
        for (word, declaration) in properties {
            if self.uses.member(self.home, &word, &format!("{path}{word}")) {
                self.page.line(&format!("{modifier}{declaration}"));
            }
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
            self.page.line("");
            self.implementation(index, 0);
        }
    }

    /// What the implementer of this number does.
    fn implementation(&mut self, index: usize, implementer: usize) {
        self.function = Some(index);
        let modifier = if self.home == Home::Static { "static " } else { "" };
        let head = self.head(index);
        self.page.open(&format!("{modifier}{head} {{"));
        let (which, body) = self.program.functions[index].implementation(implementer);
        self.block(body);
        self.page.close("}");
        self.page.mark(Place::End(Some((index, which))));
    }

    /// The heads of functions, as a protocol asks for them.
    fn requirements(&mut self, indices: &[usize]) {
        for &index in indices {
            let accessor = if self.program.functions[index].is_property { " { get }" } else { "" };
            let head = self.head(index);
            self.page.line(&format!("{head}{accessor}"));
        }
    }

    /// A function's head, as a protocol requires it too.
    fn head(&self, index: usize) -> String {
        let function = &self.program.functions[index];
        let name = self.function_name(index);
        if function.is_property {
            return format!("var {name}: {}", result_type(function));
        }
        format!("func {name}({}){}", self.params(index).join(", "), effects(function))
    }

    fn params(&self, index: usize) -> Vec<String> {
        let function = &self.program.functions[index];
        let mut params = Vec::new();
        if function.takes_payload {
            params.push("_ payload: PKPushPayload".to_owned());
        }
        if function.takes_work {
            let is_kept = function.bodies().any(|body| keeps_work(body, false));
            let is_escaping = is_kept || index.is_multiple_of(2);
            params.push(format!("work: {}() -> Void", if is_escaping { "@escaping " } else { "" }));
        }
        params
    }
}

fn result_type(function: &Function) -> &'static str {
    match function.result {
        Kind::Nothing => "Void",
        Kind::Bool => "Bool",
        Kind::Optional => "String?",
        Kind::Case => "CallKind",
    }
}

/// What stands behind the parameters of a function.
fn effects(function: &Function) -> String {
    let throws = if function.throws { " throws" } else { "" };
    let result = match function.result {
        Kind::Nothing => String::new(),
        _ => format!(" -> {}", result_type(function)),
    };
    format!("{throws}{result}")
}

/// Whether `work` outlives the call: stored, passed on, or used in a closure.
fn keeps_work(block: &Block, in_closure: bool) -> bool {
    block.iter().any(|stmt| match &stmt.act {
        Act::StoreWork | Act::Call(Call { work: Some(Work::PassedOn), .. }) => true,
        Act::RunWork => in_closure,
        act => {
            let closure = matches!(
                act,
                Act::Now(_) | Act::Give(_) | Act::Around(..) | Act::LetClosure(..) | Act::Call(_)
            );
            act.clone().blocks_mut().into_iter().any(|inner| keeps_work(inner, in_closure || closure))
        }
    })
}
