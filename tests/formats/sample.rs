//! A report made by hand, with everything in it that is hard to show.

use std::collections::BTreeSet;

use pushlint::finding::{Applicability, Confidence, Edit, Finding, Fix, Level, Step};
use pushlint::report::{Coverage, Handler, Notice, Outcome, Report, Suppressed, WayOut};
use pushlint::source::{FileId, Location, SourceFile, Sources, Span};

/// The handler: an emoji and tabs before the places, CRLF line ends, a space, `ü` and `%` in the path.
const HANDLER: &str = "import PushKit\r\n\r\nextension AppDelegate: PKPushRegistryDelegate {\r\n\
\t// Called by the system: 📞\r\n\
\tfunc pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, for type: PKPushType, completion: @escaping () -> Void) {\r\n\
\t\t/* 📞 */ guard let uuid = decoder.uuid(of: payload) else { return completion() }\r\n\
\t\tlet caller = payload.dictionaryPayload[\"caller\"] as? String ?? \"\"\r\n\
\t\tlet update = CXCallUpdate()\r\n\
\t\tupdate.localizedCallerName = caller\r\n\
\t\tupdate.hasVideo = false\r\n\
\t\tupdate.supportsHolding = false\r\n\
\t\tupdate.supportsGrouping = false\r\n\
\t\tupdate.supportsUngrouping = false\r\n\
\t\tupdate.supportsDTMF = false\r\n\
\t\tprovider?.reportNewIncomingCall(with: uuid, update: update) { _ in completion() }\r\n\
\t}\r\n}\r\n";

/// The decoder, with a path and a line that attack the terminal, and a very long line.
const DECODER: &str = "struct Decoder {\n    func uuid(of payload: PKPushPayload) -> UUID? {\n        \
/* \u{1b}[2J\u{202e} */ guard let text = payload.dictionaryPayload[\"id\"] as? String else { return nil }\n        \
LONG\n    }\n}\n";

/// A file whose last line has no line end.
const DELEGATE: &str = "@main\nstruct CallingApp: App {\n    @UIApplicationDelegateAdaptor var delegate: AppDelegate\n}\n\n\
final class AppDelegate: NSObject, UIApplicationDelegate {\n    private var provider: CXProvider?\n    \
private let registry = PKPushRegistry(queue: .main) }";

pub(crate) const HANDLER_PATH: &str = "My App/Anrufe 100% für alle/AppDelegate+Push.swift";
pub(crate) const DECODER_PATH: &str = "Core/Evil\u{1b}]0;title\u{7}/Decoder.swift";
pub(crate) const DELEGATE_PATH: &str = "My App/CallingApp.swift";

/// Where the project lies on the machine; no format may tell.
pub(crate) const CHECKOUT: &str = "/machine/layout";

/// The text of the finding whose message is given, cut out of the source.
pub(crate) fn marked<'a>(report: &'a Report, finding: &Finding) -> &'a str {
    report.sources.get(finding.location.file).slice(finding.location.span)
}

/// Three files, findings of every level, steps that cross files, handlers, notices.
pub(crate) fn report() -> Report {
    let mut sources = Sources::default();
    let absolute = |path: &str| format!("{CHECKOUT}/{path}");
    let long = format!(
        "return [\"{}\", text].compactMap(UUID.init(uuidString:)).first // {}",
        "x".repeat(5000),
        "y".repeat(5000)
    );
    let handler = sources.add(SourceFile::new(HANDLER_PATH, absolute(HANDLER_PATH), HANDLER));
    let decoder =
        sources.add(SourceFile::new(DECODER_PATH, absolute(DECODER_PATH), DECODER.replace("LONG", &long)));
    let delegate = sources.add(SourceFile::new(DELEGATE_PATH, absolute(DELEGATE_PATH), DELEGATE));
    let at = |file: FileId, words: &str| {
        let start = sources.get(file).text.find(words).expect("the words are in the source");
        Location { file, span: Span::new(start, start + words.len()) }
    };
    let step =
        |file: FileId, words: &str, text: &str| Step { location: at(file, words), text: text.to_owned() };

    let registry = Finding {
        rule: "registry-stored-property",
        level: Level::Warning,
        confidence: Confidence::Medium,
        message: "`registry` is built while `AppDelegate` is built, before it has a delegate".to_owned(),
        location: at(delegate, "PKPushRegistry(queue: .main)"),
        label: "built here, with the app delegate".to_owned(),
        related: vec![step(delegate, "AppDelegate\n", "the owner, built at launch")],
        steps: Vec::new(),
        help: Some("build it in `application(_:didFinishLaunchingWithOptions:)`".to_owned()),
        example: None,
        fix: Some(Fix {
            title: "make it lazy".to_owned(),
            applicability: Applicability::Unsafe,
            edits: vec![
                Edit { location: at(delegate, "private let"), text: "private lazy var".to_owned() },
                Edit {
                    location: Location {
                        file: delegate,
                        span: Span::new(DELEGATE.len() - 2, DELEGATE.len() - 2),
                    },
                    text: " // [at first use](1)".to_owned(),
                },
            ],
        }),
        consulted: BTreeSet::from([delegate]),
    };
    let missing = Finding {
        rule: "missing-call-report",
        level: Level::Error,
        confidence: Confidence::High,
        message: "`pushRegistry(_:didReceiveIncomingPushWith:for:completion:)` can return without reporting a call"
            .to_owned(),
        location: at(handler, "return completion()"),
        label: "here".to_owned(),
        related: vec![step(handler, "provider?.reportNewIncomingCall", "the report that is not reached")],
        steps: vec![
            step(handler, "pushRegistry", "the push arrives here"),
            step(handler, "decoder.uuid(of: payload)", "[asks](2) for the UUID of the call\u{1b}[31m"),
            step(decoder, "guard let text", "the payload has no `id`"),
            step(decoder, "text].compactMap", "or it is not a UUID"),
            step(handler, "return completion()", "no UUID, so it leaves here, with no call reported"),
        ],
        help: Some("report a call on this way too, and end it at once; `reportNewIncomingCall` needs any UUID".to_owned()),
        example: Some(
            "guard let uuid = decoder.uuid(of: payload) else {\n    \
             provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in completion() }\n    return\n}"
                .to_owned(),
        ),
        fix: None,
        consulted: BTreeSet::from([handler, decoder]),
    };
    let optional = Finding {
        rule: "optional-chained-report",
        level: Level::Warning,
        confidence: Confidence::High,
        message: "the report is skipped when `provider` is nil".to_owned(),
        location: at(handler, "?.reportNewIncomingCall"),
        label: "skipped when `provider` is nil".to_owned(),
        related: vec![step(
            delegate,
            "provider: CXProvider?",
            "declared here, and nil until somebody sets it",
        )],
        steps: Vec::new(),
        help: None,
        example: None,
        fix: None,
        consulted: BTreeSet::from([handler, delegate]),
    };
    let unseen = Finding {
        rule: "unseen-call-report",
        level: Level::Note,
        confidence: Confidence::Low,
        message: "whether `completion` reports cannot be seen: [handler](payload)".to_owned(),
        location: at(handler, "completion() }\r\n\t\tlet"),
        label: String::new(),
        related: Vec::new(),
        steps: Vec::new(),
        help: None,
        example: None,
        fix: None,
        consulted: BTreeSet::from([handler]),
    };
    let suppressed = Suppressed {
        finding: Finding {
            rule: "deferred-call-report",
            level: Level::Error,
            message: "the call is reported after the handler returned".to_owned(),
            location: at(decoder, "UUID?"),
            ..unseen.clone()
        },
        comment: at(decoder, "/* \u{1b}[2J\u{202e} */"),
        reason: Some("the [extension](1) reports it: 📞".to_owned()),
    };
    let way = |location, outcome| WayOut { location, outcome, is_ruled_out: false };
    let handlers = vec![Handler {
        location: at(handler, "pushRegistry"),
        owner: "AppDelegate".to_owned(),
        ways_out: vec![
            way(at(handler, "return completion()"), Outcome::Missing),
            way(at(handler, "provider?"), Outcome::NilHolder),
            way(at(handler, "}\r\n}"), Outcome::Reported),
        ],
        reports: vec![at(handler, "reportNewIncomingCall")],
        consulted: BTreeSet::new(),
    }];
    let mut report = Report {
        findings: vec![registry, unseen, optional, missing],
        suppressed: vec![suppressed],
        notices: vec![
            Notice {
                path: Some("My App/Bad\u{1b}[7m.swift".to_owned()),
                text: "not UTF-8, read as far as possible".to_owned(),
                is_failure: false,
            },
            Notice { path: None, text: "`[rules.nothing]` names no rule".to_owned(), is_failure: false },
        ],
        handlers,
        coverage: Coverage {
            handlers_elsewhere: 0,
            swift_files: 41,
            parsed_files: 3,
            damaged: vec!["My App/Broken \u{1b}[1mPush.swift".to_owned()],
            unseen_handlers: 0,
            unread: vec!["My App/Legacy Push.m".to_owned()],
            excluded: Vec::new(),
            registries: 1,
            elapsed_ms: 12,
        },
        sources,
        ..Report::default()
    };
    report.sort();
    report
}

/// A project in which nothing is wrong.
pub(crate) fn clean() -> Report {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("App.swift", "App.swift", "func pushRegistry() {}\n"));
    let at = |start, end| Location { file, span: Span::new(start, end) };
    let way = WayOut { location: at(21, 22), outcome: Outcome::Reported, is_ruled_out: false };
    let handler = |ways: usize| Handler {
        location: at(5, 17),
        owner: "App".to_owned(),
        ways_out: vec![way.clone(); ways],
        reports: Vec::new(),
        consulted: BTreeSet::new(),
    };
    Report {
        handlers: vec![handler(5), handler(4)],
        coverage: Coverage { swift_files: 1, parsed_files: 1, elapsed_ms: 1234, ..Coverage::default() },
        sources,
        ..Report::default()
    }
}
