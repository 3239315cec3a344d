//! Writes a skeleton of an app down as Swift.

use super::generator::{Act, App, Block, Kind, Made, Receiver};

/// The text, and for each site its line (from 1).
pub(super) fn print(app: &App) -> (String, Vec<(u32, usize)>) {
    let mut writer = Writer { app, lines: Vec::new(), sites: Vec::new(), indent: 0, index: 0 };
    writer.app();
    (writer.lines.join("\n") + "\n", writer.sites)
}

/// Sites with an even number make registries.
fn constructor(site: u32) -> &'static str {
    if site.is_multiple_of(2) {
        "PKPushRegistry(queue: .main)"
    } else {
        "CXProvider(configuration: CXProviderConfiguration())"
    }
}

fn type_of_site(site: u32) -> &'static str {
    if site.is_multiple_of(2) { "PKPushRegistry" } else { "CXProvider" }
}

fn type_name(index: usize) -> String {
    if index == 0 { "AppDelegate".to_owned() } else { format!("Part{index}") }
}

struct Writer<'a> {
    app: &'a App,
    lines: Vec<String>,
    sites: Vec<(u32, usize)>,
    indent: usize,
    /// The type being written.
    index: usize,
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        self.lines.push(format!("{:indent$}{text}", "", indent = self.indent * 4));
    }

    fn open(&mut self, text: &str) {
        self.line(text);
        self.indent += 1;
    }

    fn close(&mut self, text: &str) {
        self.indent -= 1;
        self.line(text);
    }

    fn made(made: Made) -> String {
        match made {
            Made::Site(site) => constructor(site).to_owned(),
            Made::Object(index) => format!("{}()", type_name(index)),
            Made::Shared(index) => format!("{}.shared", type_name(index)),
        }
    }

    /// A declaration with a value.
    fn declare(&mut self, head: &str, made: Made) {
        self.line(&format!("{head} = {}", Self::made(made)));
        if let Made::Site(site) = made {
            self.sites.push((site, self.lines.len()));
        }
    }

    fn app(&mut self) {
        for import in ["CallKit", "Foundation", "PushKit", "SwiftUI", "UIKit"] {
            self.line(&format!("import {import}"));
        }
        self.line("");
        if let Some(scene) = &self.app.scene {
            self.open("@main struct VoiceApp: App {");
            self.line("@UIApplicationDelegateAdaptor(AppDelegate.self) var delegate");
            for (at, made) in scene.iter().enumerate() {
                self.declare(&format!("let value{at}"), *made);
            }
            self.line("var body: some Scene { WindowGroup { Text(\"Calls\") } }");
            self.close("}");
            self.line("");
        }
        for index in 0..self.app.types.len() {
            self.index = index;
            self.ty();
        }
        self.line("func perform(_ work: () -> Void) { work() }");
    }

    fn ty(&mut self) {
        let app = self.app;
        let ty = &app.types[self.index];
        let name = type_name(self.index);
        if self.index == 0 {
            let main = if app.scene.is_none() { "@main " } else { "" };
            self.open(&format!("{main}final class {name}: UIResponder, UIApplicationDelegate {{"));
        } else {
            self.open(&format!("final class {name} {{"));
        }
        if ty.is_shared {
            self.line(&format!("static let shared = {name}()"));
        }
        for (at, property) in ty.properties.iter().enumerate() {
            let word = match property.kind {
                Kind::Stored => "let",
                Kind::Lazy => "lazy var",
                Kind::Static => "static let",
            };
            self.declare(&format!("{word} value{at}"), property.value);
        }
        for site in ty.methods.iter().chain([&ty.init]).flat_map(kept) {
            self.line(&format!("var kept{site}: {}?", type_of_site(site)));
        }
        if !ty.init.is_empty() {
            self.open(if self.index == 0 { "override init() {" } else { "init() {" });
            if self.index == 0 {
                self.line("super.init()");
            }
            self.block(&ty.init);
            self.close("}");
        }
        for (method, body) in ty.methods.iter().enumerate() {
            self.line("");
            let phase = ["will", "did"].get(method).filter(|_| self.index == 0);
            if let Some(phase) = phase {
                self.open(&format!("func application(_ application: UIApplication, {phase}FinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {{"));
                // What leaves the body early leaves a function without result.
                self.line(&format!("{phase}Launch()"));
                self.line("return true");
                self.close("}");
                self.line("");
                self.open(&format!("func {phase}Launch() {{"));
            } else {
                self.open(&format!("func step{method}() {{"));
            }
            self.block(body);
            self.close("}");
        }
        self.close("}");
        self.line("");
    }

    fn block(&mut self, block: &Block) {
        for act in block {
            self.act(act);
        }
    }

    fn around(&mut self, head: &str, body: &Block, end: &str) {
        self.open(head);
        self.block(body);
        self.close(end);
    }

    fn property(&self, at: usize) -> String {
        let is_static = self.app.types[self.index].properties[at].kind == Kind::Static;
        format!("{}.value{at}", if is_static { "Self" } else { "self" })
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Site(site) => self.declare(&format!("self.kept{site}"), Made::Site(*site)),
            Act::Own(method) => self.line(&format!("self.step{method}()")),
            Act::Of(receiver, method) => {
                let receiver = match receiver {
                    Receiver::Property(at) => self.property(*at),
                    Receiver::Made(made) => Self::made(*made),
                };
                self.line(&format!("{receiver}.step{method}()"));
            }
            Act::Touch(at) => {
                let property = self.property(*at);
                self.line(&format!("_ = {property}"));
            }
            Act::If(then, otherwise) => {
                self.open("if Bool.random() {");
                self.block(then);
                if !otherwise.is_empty() {
                    self.close("} else {");
                    self.indent += 1;
                    self.block(otherwise);
                }
                self.close("}");
            }
            Act::Guard(otherwise) => {
                self.open("guard Bool.random() else {");
                self.block(otherwise);
                self.line("return");
                self.close("}");
            }
            Act::Loop(body) => self.around("for _ in 0..<Int.random(in: 0...1) {", body, "}"),
            Act::Defer(body) => self.around("defer {", body, "}"),
            Act::Now(body) => self.around("_ = {", body, "}()"),
            Act::Perform(body) => self.around("perform {", body, "}"),
            Act::Async(body) => self.around("DispatchQueue.main.async {", body, "}"),
            Act::Task(body) => self.around("Task {", body, "}"),
        }
    }
}

/// The sites in a block.
fn kept(block: &Block) -> Vec<u32> {
    let mut sites = Vec::new();
    for act in block {
        match act {
            Act::Site(site) => sites.push(*site),
            Act::If(then, otherwise) => sites.extend(kept(then).into_iter().chain(kept(otherwise))),
            Act::Guard(body)
            | Act::Loop(body)
            | Act::Defer(body)
            | Act::Now(body)
            | Act::Perform(body)
            | Act::Async(body)
            | Act::Task(body) => sites.extend(kept(body)),
            Act::Own(_) | Act::Of(..) | Act::Touch(_) => {}
        }
    }
    sites
}
