//! Writes a skeleton of an app down as Swift.

use super::app::{Act, App, Arg, Block, Does, Holder, Kind, Made, Receiver, Site, Takes, Thing};

/// The text, and for each site its line (from 1).
pub(super) fn print(app: &App) -> (String, Vec<(Site, usize)>) {
    let mut writer = Writer { app, lines: Vec::new(), sites: Vec::new(), indent: 0, index: 0 };
    writer.app();
    (writer.lines.join("\n") + "\n", writer.sites)
}

fn constructor(site: Site) -> &'static str {
    match site.does {
        Does::Make(Thing::Provider) => "CXProvider(configuration: CXProviderConfiguration())",
        _ => "PKPushRegistry(queue: .main)",
    }
}

fn type_of(thing: Thing) -> &'static str {
    match thing {
        Thing::Registry => "PKPushRegistry",
        Thing::Provider => "CXProvider",
    }
}

fn type_name(index: usize) -> String {
    if index == 0 { "AppDelegate".to_owned() } else { format!("Part{index}") }
}

struct Writer<'a> {
    app: &'a App,
    lines: Vec<String>,
    sites: Vec<(Site, usize)>,
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

    /// A line at which something happens.
    fn site(&mut self, site: Site, text: &str) {
        self.line(text);
        self.sites.push((site, self.lines.len()));
    }

    fn built(&self, index: usize) -> String {
        let given = self.app.types[index].given.map(|made| format!("given: {}", self.made(made)));
        format!("{}({})", type_name(index), given.unwrap_or_default())
    }

    fn made(&self, made: Made) -> String {
        match made {
            Made::Thing(site) => constructor(site).to_owned(),
            Made::Object(index) => self.built(index),
            Made::Shared(index) => format!("{}.shared", type_name(index)),
            Made::Either(one, other) if one == other => self.built(one),
            Made::Either(one, other) => {
                format!("Bool.random() ? {} : {}", self.built(one), self.built(other))
            }
        }
    }

    /// A declaration with a value.
    fn declare(&mut self, head: &str, made: Made) {
        let ty = if matches!(made, Made::Either(..)) { ": Steps" } else { "" };
        let text = format!("{head}{ty} = {}", self.made(made));
        match made {
            Made::Thing(site) => self.site(site, &text),
            _ => self.line(&text),
        }
    }

    fn app(&mut self) {
        let app = self.app;
        for import in ["CallKit", "Foundation", "PushKit", "SwiftUI", "UIKit"] {
            self.line(&format!("import {import}"));
        }
        self.line("");
        if let Some(scene) = &app.scene {
            self.open("@main struct VoiceApp: App {");
            self.line("@UIApplicationDelegateAdaptor(AppDelegate.self) var delegate");
            for (at, made) in scene.iter().enumerate() {
                self.declare(&format!("let value{at}"), *made);
            }
            self.line("var body: some Scene { WindowGroup { Text(\"Calls\") } }");
            self.close("}");
            self.line("");
        }
        for index in 0..app.types.len() {
            self.index = index;
            self.ty();
        }
        if app.types.iter().any(|ty| ty.is_steps) {
            self.open("protocol Steps {");
            self.line("func step0()");
            self.line("func step1()");
            self.close("}");
            self.line("func runStep0<Part: Steps>(_ part: Part) { part.step0() }");
            self.line("func runStep1<Part: Steps>(_ part: Part) { part.step1() }");
        }
        self.line("func perform(_ work: () -> Void) { work() }");
    }

    fn ty(&mut self) {
        let app = self.app;
        let ty = &app.types[self.index];
        let name = type_name(self.index);
        let blocks: Vec<&Block> = ty.blocks().collect();
        let mut inherited = vec![if self.index == 0 { "UIResponder" } else { "NSObject" }];
        if self.index == 0 {
            inherited.push("UIApplicationDelegate");
        }
        if ty.is_steps {
            inherited.push("Steps");
        }
        let is_delegate_of = |thing| blocks.iter().any(|block| sets_delegate(block, thing));
        let is_push_delegate = is_delegate_of(Thing::Registry) || ty.handler.is_some();
        if is_push_delegate {
            inherited.push("PKPushRegistryDelegate");
        }
        if is_delegate_of(Thing::Provider) {
            inherited.push("CXProviderDelegate");
        }
        let main = if self.index == 0 && app.scene.is_none() { "@main " } else { "" };
        self.open(&format!("{main}final class {name}: {} {{", inherited.join(", ")));
        if ty.is_shared {
            let built = self.built(self.index);
            self.line(&format!("static let shared = {built}"));
        }
        for (at, property) in ty.properties.iter().enumerate() {
            let word = match property.kind {
                Kind::Stored => "let",
                Kind::Lazy => "lazy var",
                Kind::Static => "static let",
            };
            self.declare(&format!("{word} value{at}"), property.value);
        }
        for (site, thing) in blocks.iter().flat_map(|block| kept(block)) {
            self.line(&format!("var kept{site}: {}?", type_of(thing)));
        }
        let given = ty.given.map(|made| match made {
            Made::Object(other) | Made::Shared(other) => type_name(other),
            Made::Thing(_) | Made::Either(..) => unreachable!("an object is given"),
        });
        if let Some(given) = &given {
            self.line(&format!("let given: {given}"));
        }
        if given.is_some() || !ty.init.is_empty() {
            match &given {
                Some(given) => self.open(&format!("init(given: {given}) {{")),
                None => self.open("override init() {"),
            }
            if given.is_some() {
                self.line("self.given = given");
            }
            self.line("super.init()");
            self.block(&ty.init);
            self.close("}");
        }
        for (at, method) in ty.methods.iter().enumerate() {
            self.line("");
            let phase = ["will", "did"].get(at).filter(|_| self.index == 0);
            if let Some(phase) = phase {
                self.open(&format!("func application(_ application: UIApplication, {phase}FinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {{"));
                // What leaves the body early leaves a function without result.
                self.line(&format!("{phase}Launch()"));
                self.line("return true");
                self.close("}");
                self.line("");
                self.open(&format!("func {phase}Launch() {{"));
            } else {
                let params = match method.takes {
                    Takes::Nothing => String::new(),
                    Takes::Object(index) => format!("with part: {}", type_name(index)),
                    Takes::Thing(Thing::Registry) => "_ registry: PKPushRegistry".to_owned(),
                    Takes::Thing(Thing::Provider) => "_ provider: CXProvider".to_owned(),
                    Takes::Work => "work: @escaping () -> Void".to_owned(),
                };
                self.open(&format!("func step{at}({params}) {{"));
            }
            self.block(&method.body);
            self.close("}");
        }
        if is_delegate_of(Thing::Provider) {
            self.line("");
            self.line("func providerDidReset(_ provider: CXProvider) {}");
        }
        if is_push_delegate {
            self.line("");
            self.line("func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType) {}");
        }
        if let Some(handler) = &ty.handler {
            self.line("");
            self.open("func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, for type: PKPushType, completion: @escaping () -> Void) {");
            self.block(handler);
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

    fn holder(&self, holder: Holder, thing: Thing) -> String {
        match (holder, thing) {
            (Holder::Property(at), _) => self.property(at),
            (Holder::Local(number), _) => format!("made{number}"),
            (Holder::Param, Thing::Registry) => "registry".to_owned(),
            (Holder::Param, Thing::Provider) => "provider".to_owned(),
        }
    }

    fn receiver(&self, receiver: Receiver) -> String {
        match receiver {
            Receiver::Property(at) => self.property(at),
            Receiver::Given => "self.given".to_owned(),
            Receiver::Param => "part".to_owned(),
            Receiver::Made(made) => self.made(made),
        }
    }

    /// A call of a method with this argument.
    fn call(&mut self, method: &str, arg: &Arg) {
        match arg {
            Arg::Nothing => self.line(&format!("{method}()")),
            Arg::Object(receiver) => {
                let object = self.receiver(*receiver);
                self.line(&format!("{method}(with: {object})"));
            }
            Arg::Thing(holder, thing) => {
                let held = self.holder(*holder, *thing);
                self.line(&format!("{method}({held})"));
            }
            Arg::Made(site) => self.site(*site, &format!("{method}({})", constructor(*site))),
            Arg::Work(body) => self.around(&format!("{method} {{"), body, "}"),
            Arg::PassedOn => self.line(&format!("{method}(work: work)")),
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Keep(site) => {
                self.site(*site, &format!("self.kept{} = {}", site.number, constructor(*site)));
            }
            Act::Local(site) => {
                self.site(*site, &format!("let made{} = {}", site.number, constructor(*site)));
            }
            Act::Use(holder, site) => {
                let text = match site.does {
                    Does::Arm | Does::Make(_) => {
                        format!("{}.desiredPushTypes = [.voIP]", self.holder(*holder, Thing::Registry))
                    }
                    Does::SetDelegate(Thing::Registry) => {
                        format!("{}.delegate = self", self.holder(*holder, Thing::Registry))
                    }
                    Does::SetDelegate(Thing::Provider) => {
                        format!("{}.setDelegate(self, queue: nil)", self.holder(*holder, Thing::Provider))
                    }
                };
                self.site(*site, &text);
            }
            Act::Own(method, arg) => {
                self.call(&format!("self.step{method}"), arg);
            }
            Act::Of(receiver, method, arg) => {
                let receiver = self.receiver(*receiver);
                self.call(&format!("{receiver}.step{method}"), arg);
            }
            Act::Generic(receiver, method) => {
                let receiver = self.receiver(*receiver);
                self.line(&format!("runStep{method}({receiver})"));
            }
            Act::Touch(at) => {
                let property = self.property(*at);
                self.line(&format!("_ = {property}"));
            }
            Act::Work => self.line("work()"),
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

/// Whether a block gives something of this kind its delegate.
pub(super) fn sets_delegate(block: &Block, thing: Thing) -> bool {
    block.iter().any(|act| match act {
        Act::Use(_, site) => site.does == Does::SetDelegate(thing),
        act => act.blocks().into_iter().any(|inner| sets_delegate(inner, thing)),
    })
}

/// What is kept in properties of its own in a block.
fn kept(block: &Block) -> Vec<(u32, Thing)> {
    let mut sites = Vec::new();
    for act in block {
        match act {
            Act::Keep(Site { number, does: Does::Make(thing) }) => sites.push((*number, *thing)),
            act => sites.extend(act.blocks().into_iter().flat_map(kept)),
        }
    }
    sites
}
