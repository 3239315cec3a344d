//! What the vocabulary knows, and what it does not take for something else.

#![allow(clippy::unwrap_used, reason = "a test says what it expects")]

use std::collections::BTreeSet;

use pushlint::unit::UserReporter;
use pushlint::vocabulary::{
    Basis, HandlerForm, ManagedBy, Match, Meaning, OutsideCall, Vocabulary, handler_form, is_apple_module,
    is_apple_type, is_registry_type, is_reporter_type, standard,
};

/// A call as its source reads: `a.b.name(x:_:)`, with the type of the receiver where it is known.
fn call(receiver: Option<&str>, text: &str) -> OutsideCall {
    let (path, labels) = text.split_once('(').unwrap_or((text, ")"));
    let mut chain: Vec<_> = path.split('.').map(Into::into).collect();
    let name = chain.pop().unwrap();
    let labels = labels.trim_end_matches(')').split_terminator(':');
    OutsideCall {
        receiver: receiver.map(Into::into),
        chain,
        name,
        labels: labels.map(|label| (label != "_").then(|| label.into())).collect(),
    }
}

/// What a call means whose receiver has a known type.
fn typed(receiver: &str, text: &str) -> Option<Match<'static>> {
    standard().lookup(&call(Some(receiver), text))
}

/// What a call means of whose receiver only the writing is known.
fn written(text: &str) -> Option<Match<'static>> {
    standard().lookup(&call(None, text))
}

fn meaning(found: Option<Match<'static>>) -> Option<&'static Meaning> {
    found.map(|found| found.meaning)
}

const PROVED: Meaning = Meaning::Reports { is_proved: true, is_async: false };
const PRESUMED: Meaning = Meaning::Reports { is_proved: false, is_async: false };
const NOW: Meaning = Meaning::RunsNow { is_certain: true };
const MAYBE: Meaning = Meaning::RunsNow { is_certain: false };

#[track_caller]
fn is_no_report(found: Option<Match<'static>>) {
    assert!(matches!(meaning(found), Some(Meaning::TakenForReport(_))), "{found:?}");
}

#[test]
fn every_spelling_of_apples_reports_is_found() {
    for text in [
        "provider.reportNewIncomingCall(with:update:completion:)",
        // the completion as a trailing closure
        "provider.reportNewIncomingCall(with:update:_:)",
        "provider.reportNewIncomingCall(with:update:)",
        // a method called on itself, in an extension
        "reportNewIncomingCall(with:update:completion:)",
        // a provider reached through an object of the app
        "CallManager.shared.provider.reportNewIncomingCall(with:update:completion:)",
    ] {
        assert_eq!(meaning(written(text)), Some(&PROVED), "{text}");
        assert_eq!(meaning(typed("CXProvider", text)), Some(&PROVED), "{text}");
    }
    assert_eq!(
        meaning(written("manager.reportNewIncomingConversation(uuid:update:)")),
        Some(&Meaning::Reports { is_proved: true, is_async: true })
    );
}

#[test]
fn look_alikes_of_a_report_are_none() {
    for text in [
        "provider.reportCall(with:endedAt:reason:)",
        "provider.reportCall(with:updated:)",
        "provider.reportOutgoingCall(with:startedConnectingAt:)",
        "provider.reportOutgoingCall(with:connectedAt:)",
        "CXProvider.reportNewIncomingVoIPPushPayload(_:completion:)",
        "CXProvider.reportNewIncomingVoIPPushPayload(_:_:)",
        "controller.requestTransaction(with:completion:)",
        "UNUserNotificationCenter.current.add(_:withCompletionHandler:)",
        "UNUserNotificationCenter.current.add(_:)",
        "RNVoipPushNotificationManager.didReceiveIncomingPush(with:forType:)",
        "channel.invokeMethod(_:arguments:)",
        "sendEvent(withName:body:)",
        "client.relayPushNotification(withUserInfo:)",
    ] {
        is_no_report(written(text));
    }
    is_no_report(typed("CXCallController", "controller.request(_:completion:)"));
}

#[test]
fn a_name_alone_makes_no_report() {
    for text in [
        "manager.reportIncomingCall(_:)",
        "manager.reportNewIncomingCall(foo:)",
        "manager.reportNewIncomingCall(_:update:completion:)",
        "manager.reportNewIncomingCall",
        "plugin.showCallkitIncoming(_:)",
        "reportCall(_:)",
    ] {
        assert_eq!(written(text), None, "{text}");
    }
    assert_eq!(typed("CallService", "service.reportNewIncomingCall(foo:)"), None);
    // The same labels on a type that is known to be another one.
    assert_eq!(typed("CallService", "service.reportNewIncomingCall(with:update:completion:)"), None);
    assert_eq!(written("CallService.shared.reportNewIncomingCall(with:update:completion:)"), None);
    // What is not listed of a provider may be an extension of it that reports.
    assert_eq!(typed("CXProvider", "provider.reportFakeCall()"), None);
    assert_eq!(meaning(typed("CXProvider", "provider.invalidate()")), Some(&Meaning::Harmless));
}

#[test]
fn sdks_that_report_are_known_in_their_spellings() {
    let plugin = "SwiftFlutterCallkitIncomingPlugin.sharedInstance.showCallkitIncoming";
    for text in [
        format!("{plugin}(_:fromPushKit:)"),
        format!("{plugin}(_:fromPushKit:completion:)"),
        format!("{plugin}(_:fromPushKit:_:)"),
        "plugin.showCallkitIncoming(_:fromPushKit:)".to_owned(),
        "RNCallKeep.reportNewIncomingCall(_:handle:handleType:hasVideo:localizedCallerName:supportsHolding:\
         supportsDTMF:supportsGrouping:supportsUngrouping:fromPushKit:payload:withCompletionHandler:)"
            .to_owned(),
        "RNCallKeep.reportNewIncomingCall(_:handle:handleType:hasVideo:localizedCallerName:fromPushKit:payload:)"
            .to_owned(),
        "CallKeep.reportNewIncomingCall(_:handle:handleType:hasVideo:callerName:fromPushKit:payload:\
         withCompletionHandler:)"
            .to_owned(),
        "SwiftCallKeepPlugin.sharedInstance.displayIncomingCall(_:fromPushKit:)".to_owned(),
        "JMCallKitProxy.reportNewIncomingCall(UUID:handle:displayName:hasVideo:completion:)".to_owned(),
        "CallClient.reportIncomingCall(with:callKitOptions:completionHandler:)".to_owned(),
        "CallClient.reportIncomingCall(with:callKitOptions:_:)".to_owned(),
        "callKitService.reportIncomingCall(_:localizedCallerName:callerId:hasVideo:completion:)".to_owned(),
        "StreamVideoPKDelegateManager.shared.pushRegistry(_:didReceiveIncomingPushWith:for:completion:)".to_owned(),
        "StreamVideoReactNative.didReceiveIncomingPush(_:forType:completionHandler:)".to_owned(),
        "StreamVideoReactNative.didReceiveIncomingVoIPPush(_:metadata:completionHandler:)".to_owned(),
    ] {
        assert_eq!(meaning(written(&text)), Some(&PROVED), "{text}");
    }
    let presumed = "FlutterCallkitPlugin.reportNewIncomingCall(with:callUpdate:providerConfiguration:pushProcessingCompletion:)";
    assert_eq!(meaning(written(presumed)), Some(&PRESUMED));
}

#[test]
fn what_sets_an_sdk_up_is_known_for_those_that_need_it() {
    let set_up = |text: &str| standard().setups_done_by(&call(None, text)).collect::<Vec<_>>();
    let report = |text: &str| written(text).and_then(|found| found.setup);
    for (needs, does) in [
        (
            "SwiftFlutterCallkitIncomingPlugin.sharedInstance.showCallkitIncoming(_:fromPushKit:)",
            "GeneratedPluginRegistrant.register(with:)",
        ),
        (
            "SwiftCallKeepPlugin.sharedInstance.displayIncomingCall(_:fromPushKit:)",
            "GeneratedPluginRegistrant.register(with:)",
        ),
        (
            "SwiftCallKeepPlugin.sharedInstance.displayIncomingCall(_:fromPushKit:)",
            "SwiftCallKeepPlugin.register(with:)",
        ),
        ("RNCallKeep.reportNewIncomingCall(_:handle:)", "RNCallKeep.setup(_:)"),
    ] {
        let id = report(needs).unwrap();
        assert!(set_up(does).contains(&id), "{does}: {needs}");
    }
    assert!(set_up("GeneratedPluginRegistrant.registerNothing(with:)").is_empty());
    assert!(set_up("OwnPlugins.register(with:)").is_empty());
    assert!(set_up("JMCallKitProxy.configureProvider(localizedName:)").is_empty());
    assert_eq!(
        report("JMCallKitProxy.reportNewIncomingCall(UUID:handle:displayName:hasVideo:completion:)"),
        None
    );
    assert_eq!(report("provider.reportNewIncomingCall(with:update:completion:)"), None);
}

#[test]
fn sdks_that_call_back_name_the_methods() {
    for (text, method, now) in [
        (
            "TwilioVoiceSDK.handleNotification(_:delegate:delegateQueue:)",
            "callInviteReceived(callInvite:)",
            true,
        ),
        (
            "TwilioVoiceSDK.handleNotification(_:delegate:delegateQueue:callMessageDelegate:)",
            "callInviteReceived(callInvite:)",
            true,
        ),
        (
            "SendBirdCall.pushRegistry(_:didReceiveIncomingPushWith:for:completionHandler:)",
            "didStartRinging(_:)",
            false,
        ),
        ("client.processCallInvitePushData(_:)", "voiceClient(_:didReceiveInviteForCall:from:with:)", false),
    ] {
        let Some(Meaning::CallsBack { methods, is_synchronous }) = meaning(written(text)) else {
            panic!("{text} does not call back");
        };
        assert!(methods.iter().any(|known| known == method), "{text}");
        assert_eq!(*is_synchronous, now, "{text}");
    }
}

#[test]
fn registries_of_sdks_are_known() {
    for text in [
        "CallKitAdapter.registerForIncomingCalls()",
        "StreamVideoPKDelegateManager.shared.registerForPushNotifications()",
        "TwilioVoicePushRegistry.updatePushRegistry()",
        "StreamVideoReactNative.voipRegistrationManaged()",
        "push.setDesiredPushType(_:)",
        // with the name of its module in front
        "StreamVideo.CallKitAdapter.registerForIncomingCalls()",
    ] {
        assert_eq!(meaning(written(text)), Some(&Meaning::OwnsRegistry), "{text}");
    }
}

#[test]
fn what_runs_later_is_told_from_what_runs_now() {
    for text in [
        "Task(_:)",
        "Task(priority:_:)",
        "Task.init(_:)",
        "Task.detached(_:)",
        "DispatchQueue.main.async(_:)",
        "queue.async(_:)",
        "DispatchQueue.main.asyncAfter(deadline:_:)",
        "queue.addOperation(_:)",
        "perform(_:with:afterDelay:)",
        "Timer.scheduledTimer(withTimeInterval:repeats:_:)",
        "RunLoop.main.perform(_:)",
        "URLSession.shared.dataTask(with:_:)",
        "session.dataTask(with:completionHandler:)",
        "center.requestAuthorization(options:_:)",
        "NotificationCenter.default.addObserver(forName:object:queue:using:)",
        "subject.receive.sink(receiveValue:)",
        "URLSession.shared.dataTaskPublisher.sink(receiveCompletion:receiveValue:)",
        "URLSession.shared.dataTaskPublisher.sink(_:receiveValue:)",
    ] {
        assert_eq!(meaning(written(text)), Some(&Meaning::RunsLater), "{text}");
    }
    for text in [
        "DispatchQueue.main.sync(_:)",
        "queue.sync(execute:)",
        "lock.withLock(_:)",
        "autoreleasepool(_:)",
        "MainActor.assumeIsolated(_:)",
        "MainActor.run(_:)",
        "UIView.performWithoutAnimation(_:)",
        "UIView.animate(withDuration:_:)",
        "context.performAndWait(_:)",
        "withCheckedContinuation(_:)",
        "withTaskGroup(of:_:)",
        "Task.immediate(_:)",
        "withExtendedLifetime(_:_:)",
    ] {
        assert_eq!(meaning(written(text)), Some(&NOW), "{text}");
    }
    for text in
        ["calls.forEach(_:)", "calls.first(where:)", "calls.map(_:)", "calls.sorted(by:)", "name.flatMap(_:)"]
    {
        assert_eq!(meaning(written(text)), Some(&MAYBE), "{text}");
    }
    assert_eq!(meaning(typed("MyQueue", "queue.async(_:)")), Some(&Meaning::RunsLater));
}

#[test]
fn nothing_is_claimed_of_closures_that_may_run_at_any_time() {
    for text in [
        "api.fetchCaller(_:_:)",
        "api.request(_:completion:)",
        "AF.request(_:).responseJSON(_:)",
        "request.responseJSON(completionHandler:)",
        "publisher.sink(receiveValue:)",
        "context.perform(_:)",
        "SyncManager.shared.sync(_:)",
    ] {
        assert_eq!(written(text), None, "{text}");
    }
    // A closure of a publisher, an observable or a promise does not run as one of a collection.
    for ty in ["AnyPublisher", "Observable", "Promise"] {
        assert_eq!(typed(ty, "values.map(_:)"), None, "{ty}");
    }
}

#[test]
fn only_what_never_returns_diverges() {
    for text in [
        "fatalError(_:)",
        "fatalError()",
        "preconditionFailure(_:)",
        "abort()",
        "exit(_:)",
        "Darwin.exit(_:)",
    ] {
        assert_eq!(meaning(written(text)), Some(&Meaning::Diverges), "{text}");
    }
    for text in ["assertionFailure(_:)", "assert(_:_:)", "precondition(_:_:)", "Swift.precondition(_:)"] {
        assert_eq!(meaning(written(text)), Some(&Meaning::Harmless), "{text}");
    }
}

#[test]
fn harmless_calls_hand_nothing_out() {
    for text in [
        "print(_:)",
        "Swift.print(_:)",
        "NSLog(_:_:)",
        "os_log(_:_:)",
        "logger.info(_:)",
        "UserDefaults.standard.set(_:forKey:)",
        "defaults.set(_:forKey:)",
        "JSONSerialization.jsonObject(with:options:)",
        "payload.dictionaryPayload.value(forKey:)",
        "Crashlytics.crashlytics.log(_:)",
        "Crashlytics.crashlytics.setCustomValue(_:forKey:)",
        "DDLogInfo(_:)",
        "UUID(uuidString:)",
        "CXCallUpdate()",
        "CXHandle(type:value:)",
        "UIApplication.shared.endBackgroundTask(_:)",
        "flutter_callkit_incoming.Data(id:nameCaller:handle:type:)",
    ] {
        assert_eq!(meaning(written(text)), Some(&Meaning::Harmless), "{text}");
    }
    assert_eq!(meaning(typed("CXProvider", "CXProvider(configuration:)")), Some(&Meaning::Harmless));
    // The same names on a type that is somebody else's, and objects of the app behind one of Apple's.
    assert_eq!(typed("CallSDK", "sdk.append(_:)"), None);
    assert_eq!(written("CallSDK.shared.set(_:forKey:)"), None);
    assert_eq!(written("CallSDK.handlePush(_:)"), None);
    assert_eq!(written("UIApplication.shared.delegate.incoming(_:)"), None);
}

#[test]
fn a_bare_name_inside_of_a_subclass_is_still_a_function() {
    for ancestor in ["UIResponder", "UIViewController", "FlutterAppDelegate"] {
        assert_eq!(meaning(typed(ancestor, "fatalError(_:)")), Some(&Meaning::Diverges), "{ancestor}");
        assert_eq!(meaning(typed(ancestor, "print(_:)")), Some(&Meaning::Harmless), "{ancestor}");
        assert_eq!(
            meaning(typed(ancestor, "perform(_:with:afterDelay:)")),
            Some(&Meaning::RunsLater),
            "{ancestor}"
        );
        // It may be declared in C, or in another module.
        assert_eq!(typed(ancestor, "handleIncomingPush(_:)"), None, "{ancestor}");
    }
    is_no_report(typed("RCTEventEmitter", "sendEvent(withName:body:)"));
    assert_eq!(meaning(typed("String", "removeFirst(_:)")), Some(&Meaning::Harmless));
    assert_eq!(meaning(typed("CXCallUpdate", "init()")), Some(&Meaning::Harmless));
}

#[test]
fn methods_of_apples_protocols_run_what_the_app_implements() {
    for ty in ["PKPushRegistryDelegate", "UIApplicationDelegate", "NSObject", "View"] {
        assert_eq!(typed(ty, "receiver.incoming(_:)"), None, "{ty}");
    }
    assert_eq!(meaning(typed("UIViewController", "screen.loadViewIfNeeded()")), Some(&Meaning::Harmless));
}

#[test]
fn a_posted_notification_runs_its_observers() {
    for text in [
        "NotificationCenter.default.post(name:object:userInfo:)",
        "center.post(name:object:)",
        "NotificationCenter.default.post(_:)",
    ] {
        assert_eq!(meaning(written(text)), Some(&Meaning::Posts), "{text}");
    }
    assert_eq!(meaning(typed("PassthroughSubject", "pushes.send(_:)")), Some(&Meaning::Posts));
}

#[test]
fn types_and_modules_of_apple_are_known_by_name() {
    for ty in [
        "UIViewController",
        "CXProvider",
        "PKPushPayload",
        "String",
        "NSUUID",
        "UUID",
        "Task",
        "Notification",
    ] {
        assert!(is_apple_type(ty), "{ty}");
    }
    // A prefix alone tells nothing.
    for ty in [
        "CallManager",
        "PKHUD",
        "NSX",
        "UInteger",
        "UICKeyChainStore",
        "CAPPlugin",
        "AVOSCloud",
        "AudioManager",
        "",
    ] {
        assert!(!is_apple_type(ty), "{ty}");
    }
    assert!(is_apple_module("PushKit") && is_apple_module("Foundation") && !is_apple_module("TwilioVoice"));
    assert!(is_reporter_type("CXProvider") && is_reporter_type("ConversationManager"));
    assert!(!is_reporter_type("CXCallController"));
    assert!(is_registry_type("PKPushRegistry") && !is_registry_type("PKPushRegistryDelegate"));
}

#[test]
fn every_spelling_of_the_handler_is_one_and_near_misses_are_none() {
    let form = |text: &str, is_async| {
        let call = call(None, text);
        let labels: Vec<_> = call.labels.iter().map(Option::as_deref).collect();
        handler_form(&call.name, &labels, is_async)
    };
    let with = "pushRegistry(_:didReceiveIncomingPushWith:for:completion:)";
    let without = "pushRegistry(_:didReceiveIncomingPushWith:for:)";
    let metadata = "pushRegistry(_:didReceiveIncomingVoIPPushWith:metadata:withCompletionHandler:)";
    assert_eq!(form(with, false), Some(HandlerForm::Completion));
    assert_eq!(form(without, true), Some(HandlerForm::AsyncCompletion));
    assert_eq!(form(without, false), Some(HandlerForm::Deprecated));
    assert_eq!(form(metadata, false), Some(HandlerForm::Metadata));
    assert_eq!(
        form("pushRegistry(_:didReceiveIncomingVoIPPushWith:metadata:)", true),
        Some(HandlerForm::AsyncMetadata)
    );
    for label in ["for", "forType"] {
        let text = format!("managedPush(_:didReceiveIncomingPushWithPayload:{label}:)");
        assert_eq!(form(&text, false), Some(HandlerForm::Managed(ManagedBy::Sinch)));
    }
    // Left over from Swift 2, and never called: as a handler it loses every call.
    let old = form("pushRegistry(_:didReceiveIncomingPushWith:forType:)", false);
    assert_eq!(old, Some(HandlerForm::Deprecated));
    for text in [
        "pushRegistry(_:didReceiveIncomingPushWithPayload:for:completion:)",
        "pushRegistry(_:didReceiveIncomingPush:for:completion:)",
        "pushRegistry(registry:didReceiveIncomingPushWith:for:completion:)",
        "pushRegistry(_:didReceiveIncomingPushWith:for:completionHandler:)",
        "pushRegistry(_:didReceiveIncomingVoIPPushWith:metadata:)",
        "pushRegistry(_:didReceiveIncomingVoIPPushWith:metadata:completion:)",
        "pushRegistry(_:didUpdate:for:)",
        "pushRegistry(_:didInvalidatePushTokenFor:)",
        "handlePush(_:didReceiveIncomingPushWith:for:completion:)",
    ] {
        assert_eq!(form(text, false), None, "{text}");
    }
    assert_eq!(form(with, true), None);
}

#[test]
fn every_sdk_of_the_survey_has_an_entry_or_a_reason_why_not() {
    let known: BTreeSet<&str> =
        standard().entry_names().chain(standard().unlisted().iter().map(|sdk| sdk.name.as_str())).collect();
    for sdk in [
        "react-native-callkeep",
        "react-native-voip-push-notification",
        "react-native-notifications",
        "flutter_callkit_incoming",
        "flutter_callkeep",
        "callkeep (flutter-webrtc)",
        "flutter_voip_push_notification",
        "flutter_call_kit",
        "flutter_ios_voip_kit",
        "twilio_voice (Flutter)",
        "connectycube_flutter_call_kit",
        "webtrit_callkeep",
        "flutter_callkit_voximplant",
        "zego_callkit",
        "Stream Video Swift",
        "Stream Video Flutter",
        "Stream Video React Native",
        "Twilio Voice",
        "Twilio Voice React Native",
        "Twilio Video",
        "OpenTok",
        "LiveKit",
        "100ms",
        "Daily",
        "Agora",
        "Zoom Video",
        "Dyte",
        "Amazon Chime",
        "Sendbird Calls",
        "Sinch",
        "Vonage Client SDK",
        "Plivo",
        "Telnyx",
        "Linphone",
        "Jitsi Meet",
        "Azure Communication Calling",
        "QuickBlox",
        "CometChat",
        "Stringee",
        "PortSIP",
        "Infobip",
        "Voximplant iOS",
        "Yeastar",
        "JPush",
        "Easemob",
        "Tencent TUICallKit",
        "capacitor-callkit-voip",
        "cordova-plugin-callkit",
        "cordova-ios-voip-push",
        "Kaleyra",
        "EnableX",
        "MirrorFly",
    ] {
        assert!(known.iter().any(|name| name.split(", ").any(|part| part == sdk)), "{sdk}");
    }
    assert!(standard().unlisted().iter().all(|sdk| !sdk.why.is_empty()));
}

fn reporter(call: &str, means: &str, methods: &[&str]) -> UserReporter {
    UserReporter {
        call: call.into(),
        means: means.into(),
        methods: methods.iter().map(|&method| method.into()).collect(),
    }
}

fn with_user(reporters: &[UserReporter]) -> Vocabulary {
    standard().with_user(reporters).unwrap()
}

#[test]
fn entries_of_the_user_win() {
    let ours = with_user(&[
        reporter("CallSDK.incoming", "reports", &[]),
        reporter("present(call:)", "reports", &[]),
        reporter("RNCallKeep.reportNewIncomingCall", "never", &[]),
        reporter("CallSDK.handle(_:)", "calls-back", &["callDidRing(_:)"]),
    ]);
    let lookup =
        |receiver, text| ours.lookup(&call(receiver, text)).map(|found| (found.meaning.clone(), found.basis));
    assert_eq!(lookup(None, "CallSDK.shared.incoming(_:)"), Some((PROVED, Basis::User)));
    assert_eq!(lookup(None, "sdk.incoming(_:)"), None);
    for receiver in [None, Some("AnyType")] {
        assert_eq!(lookup(receiver, "screen.present(call:)"), Some((PROVED, Basis::User)));
    }
    assert_eq!(lookup(None, "present(call:)"), Some((PROVED, Basis::User)));
    assert_eq!(lookup(None, "RNCallKeep.reportNewIncomingCall(_:)"), Some((Meaning::Harmless, Basis::User)));
    let back = Meaning::CallsBack { methods: vec!["callDidRing(_:)".into()], is_synchronous: true };
    assert_eq!(lookup(Some("CallSDK"), "sdk.handle(_:)"), Some((back, Basis::User)));
}

#[test]
fn a_malformed_entry_of_the_user_is_named() {
    for (entry, said) in [
        (reporter("CallSDK.incoming(", "reports", &[]), "`CallSDK.incoming(`: the parenthesis"),
        (reporter("", "reports", &[]), "``: the name"),
        (reporter("a b.c", "reports", &[]), "`a b.c`: what stands before the dot"),
        (reporter("A.b(with)", "reports", &[]), "`A.b(with)`: every label ends with a colon"),
        (reporter("A.b(x y:)", "reports", &[]), "`A.b(x y:)`: a label"),
        (reporter("*", "reports", &[]), "`*`: `*` stands for"),
        (reporter("A.b", "sometimes", &[]), "`A.b`: means `sometimes`"),
        (reporter("A.b", "calls-back", &[]), "`A.b`: `calls-back` needs `methods`"),
        (reporter("A.b", "calls-back", &["didRing"]), "`A.b`: the method `didRing`"),
        (reporter("A.b", "never", &["didRing(_:)"]), "`A.b`: `methods` goes with"),
    ] {
        let error = standard().with_user(&[entry]).unwrap_err().to_string();
        assert!(error.starts_with(said), "{error}");
    }
    let twice = [reporter("A.b", "never", &[]), reporter("A.b", "reports", &[])];
    assert_eq!(standard().with_user(&twice).unwrap_err().to_string(), "`A.b` is listed twice");
}

/// The ids of the findings about a handler that rings through a class of the app, where the user says this of it.
fn said(call: &str, means: &str, body: &str) -> Vec<&'static str> {
    let app = format!(
        "import PushKit\nimport CallKit\n\
         class Bell {{\n    let provider = CXProvider(configuration: .init())\n    func ring(for id: UUID) {{\n        {body}\n    }}\n}}\n\
         class Pushes: NSObject, PKPushRegistryDelegate {{\n    let bell = Bell()\n    \
         func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, for type: \
         PKPushType, completion: @escaping () -> Void) {{\n        start()\n        completion()\n    }}\n    \
         func start() {{ bell.ring(for: UUID()) }}\n}}\n"
    );
    let reporter = UserReporter { call: call.into(), means: means.into(), methods: Vec::new() };
    let mut config = pushlint::config::Config::default();
    config.settings.reporters = vec![reporter];
    let report = pushlint::check::texts(&[("Pushes.swift", &app)], &config);
    report.findings.iter().map(|finding| finding.rule).filter(|id| id.contains("call-report")).collect()
}

#[test]
fn what_the_user_says_of_a_function_of_the_app_is_believed_whatever_its_source_says() {
    for call in ["Bell.ring", "Bell.ring(for:)", "ring(for:)", "Bell.*"] {
        assert_eq!(said(call, "reports", "start()"), [""; 0], "{call}");
    }
    for call in ["Bell.call", "Bell.ring(with:)", "Ball.ring"] {
        assert_eq!(said(call, "reports", "start()"), ["missing-call-report"], "{call}");
    }
    let reports = "provider.reportNewIncomingCall(with: id, update: CXCallUpdate()) { _ in }";
    assert_eq!(said("Ball.ring", "never", reports), [""; 0]);
    assert_eq!(said("Bell.ring", "never", reports), ["missing-call-report"]);
}
