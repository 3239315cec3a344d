//! The timeline itself, and what it says about a single holder.

use std::sync::Arc;

use pushlint::analysis::graph::Graph;
use pushlint::analysis::launch::{Certainty, EventKind, Holder, Launch, Phase, Readiness};
use pushlint::program::{File, Program};
use pushlint::source::{SourceFile, Sources};
use pushlint::unit::Settings;
use pushlint::{swift, vocabulary};

pub(crate) fn launch_of(text: &str) -> (Program, Launch) {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("App.swift", "App.swift", text));
    let read = {
        let text = text.to_owned();
        move || swift::parse(file, &text).map_err(|reason| reason.to_string())
    };
    let file = File::new(file, swift::outline(text), Box::new(read));
    let program = Program::new(vec![Arc::new(file)], &sources, 1);
    let everything = program.properties_in(0).map(|(at, _)| at).collect();
    let graph = Graph::new(&program, vocabulary::standard());
    let launch = Launch::new(&graph, &Settings::default(), &everything);
    (program, launch)
}

/// The events of the first launch as `kind certainty`, in order.
fn events(text: &str) -> Vec<String> {
    let (_, launch) = launch_of(text);
    let timeline = launch.timelines().first().expect("there is a launch");
    let word = |certainty: &Certainty| match certainty {
        Certainty::Always => "always".to_owned(),
        Certainty::SomePaths => "on some paths".to_owned(),
        Certainty::LaterTurn => "later".to_owned(),
        Certainty::OnDemand => "on demand".to_owned(),
        Certainty::Unknown(why) => format!("unknown: {why}"),
    };
    let kind = |kind| match kind {
        EventKind::RegistryCreated => "registry",
        EventKind::RegistryDelegateSet => "delegate",
        EventKind::RegistryArmed => "armed",
        EventKind::SdkRegistry => "sdk",
        EventKind::ProviderCreated => "provider",
        EventKind::ProviderDelegateSet => "provider delegate",
        EventKind::HolderStored => "stored",
        EventKind::SdkSetUp(_) => "set up",
    };
    timeline.events.iter().map(|event| format!("{} {}", kind(event.kind), word(&event.certainty))).collect()
}

fn readiness_of(text: &str, name: &str) -> Readiness {
    let (program, launch) = launch_of(text);
    let (property, _) =
        program.properties_in(0).find(|(_, property)| property.name == name).expect("the property is there");
    launch.readiness(Holder::Property(property))
}

const DELEGATE: &str = "
import CallKit
import PushKit
import UIKit
@main final class AppDelegate: UIResponder, UIApplicationDelegate, PKPushRegistryDelegate {
    var registry: PKPushRegistry!
    var callCenter: CallCenter?
    func application(_ a: UIApplication, didFinishLaunchingWithOptions o: [String: Any]?) -> Bool {
        BODY
        return true
    }
    func arm() {
        registry = PKPushRegistry(queue: .main)
        registry.delegate = self
        registry.desiredPushTypes = [.voIP]
    }
    MORE
}
final class CallCenter {
    let provider = CXProvider(configuration: .init())
    func ring() { provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) { _ in } }
}
";

fn with_body(body: &str) -> String {
    DELEGATE.replace("BODY", body).replace("MORE", "")
}

#[test]
fn the_order_is_that_of_the_process_not_that_of_the_text() {
    let text = "
import CallKit
import PushKit
import SwiftUI
final class AppDelegate: NSObject, UIApplicationDelegate, PKPushRegistryDelegate {
    func application(_ a: UIApplication, didFinishLaunchingWithOptions o: [String: Any]?) -> Bool {
        registry.desiredPushTypes = [.voIP]
        return true
    }
    func application(_ a: UIApplication, willFinishLaunchingWithOptions o: [String: Any]?) -> Bool {
        registry.delegate = self
        return true
    }
    override init() { registry = PKPushRegistry(queue: .main) }
    let registry: PKPushRegistry
}
@main struct VoiceApp: App {
    @UIApplicationDelegateAdaptor(AppDelegate.self) var delegate
    let provider = CXProvider(configuration: .init())
    init() { provider.setDelegate(nil, queue: nil) }
}
";
    assert_eq!(
        events(text),
        [
            "provider always",
            "stored always",
            "provider delegate always",
            "registry always",
            "delegate always",
            "armed always",
        ]
    );
}

#[test]
fn what_is_built_with_the_app_comes_before_the_launch_is_finished() {
    let (_, launch) =
        launch_of(&DELEGATE.replace("BODY", "").replace("MORE", "let kept = PKPushRegistry(queue: nil)"));
    let timeline = &launch.timelines()[0];
    let phases: Vec<Phase> =
        timeline.of_kind(EventKind::RegistryCreated).map(|(_, event)| event.phase).collect();
    assert_eq!(phases, [Phase::Building, Phase::Later]);
}

#[test]
fn a_branch_makes_an_event_uncertain_and_a_task_makes_it_late() {
    let body = "if ready { callCenter = CallCenter() }
        Task { self.arm() }";
    assert_eq!(
        events(&with_body(body)),
        [
            "provider on some paths",
            "stored on some paths",
            "stored on some paths",
            "registry later",
            "delegate later",
            "armed later",
        ]
    );
}

#[test]
fn readiness_is_seen_from_the_moment_at_which_a_push_can_arrive() {
    let cases = [
        ("callCenter = CallCenter(); arm()", Readiness::Before),
        ("arm(); callCenter = CallCenter()", Readiness::SameTurn),
        ("arm(); Task { callCenter = CallCenter() }", Readiness::LaterTurn),
        ("if ready { callCenter = CallCenter() }; arm()", Readiness::SomePaths),
        ("arm(); guard ready else { return false }; callCenter = CallCenter()", Readiness::SomePaths),
        ("arm()", Readiness::Never),
        ("callCenter = CallCenter(); callCenter = nil; arm()", Readiness::SomePaths),
        (
            "guard let c = callCenter else { callCenter = CallCenter(); return true }; print(c); arm()",
            Readiness::Before,
        ),
        ("Task { self.arm() }; callCenter = CallCenter()", Readiness::Before),
        ("if ready { callCenter = CallCenter(); arm() }", Readiness::Before),
        ("if ready { arm(); callCenter = CallCenter() }", Readiness::SameTurn),
    ];
    for (body, expected) in cases {
        assert_eq!(readiness_of(&with_body(body), "callCenter"), expected, "{body}");
    }
}

#[test]
fn a_function_that_runs_what_it_is_given_may_be_called_in_it() {
    let text = DELEGATE
        .replace("BODY", "locked { locked { callCenter = CallCenter() } }; arm()")
        .replace("MORE", "func locked(_ work: () -> Void) { work() }");
    assert_eq!(readiness_of(&text, "callCenter"), Readiness::Before);
}

#[test]
fn a_function_that_gives_itself_a_closure_ends() {
    let text = DELEGATE.replace("BODY", "retry { self.callCenter = CallCenter() }; arm()").replace(
        "MORE",
        "func retry(_ work: () -> Void) { retry { work() }; work(); retry { retry(work) } }",
    );
    assert_eq!(readiness_of(&text, "callCenter"), Readiness::Before);
}

#[test]
fn what_is_given_to_code_elsewhere_is_unknown_not_never() {
    let readiness = readiness_of(&with_body("Container.main.inject(self); arm()"), "callCenter");
    assert!(matches!(readiness, Readiness::Unknown(_)), "{readiness:?}");
}

#[test]
fn a_screen_that_fills_the_holder_comes_later() {
    let text = format!(
        "{}{}",
        with_body("arm()"),
        "
final class Home: UIViewController {
    override func viewDidLoad() { (UIApplication.shared.delegate as! AppDelegate).callCenter = CallCenter() }
}"
    );
    assert_eq!(readiness_of(&text, "callCenter"), Readiness::LaterTurn);
}

#[test]
fn the_story_of_a_launch_has_its_steps_in_order() {
    let (_, launch) = launch_of(&with_body("arm(); callCenter = CallCenter()"));
    let timeline = &launch.timelines()[0];
    let story: Vec<String> = timeline.story(0).into_iter().map(|step| step.text).collect();
    assert_eq!(
        story,
        [
            "the app is launched: `didFinishLaunching` begins",
            "`arm` is called here",
            "the registry is created here",
            "the registry gets its delegate here",
            "the registry asks for pushes here: from now on one can arrive",
            "`CallCenter` is built here",
            "the provider is created here",
        ]
    );
}
