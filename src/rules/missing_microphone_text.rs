//! `missing-microphone-text`: an app takes calls with the microphone, and has no text to ask for it with.

use super::context::{Context, worst_of_each_place};
use super::push_apps::{Lack, PushApp, Words, push_apps};
use crate::apple::{Configuration, Found, Product};
use crate::finding::{Confidence, Finding, Level};
use crate::program::Around;
use crate::source::{Location, Role};

/// The id of the rule.
const ID: &str = "missing-microphone-text";

const KEY: &str = "NSMicrophoneUsageDescription";

const HELP: &str =
    "say in `NSMicrophoneUsageDescription` what the microphone is for; people read it when they are asked";

const EXAMPLE: &str = "\
<key>NSMicrophoneUsageDescription</key>
<string>For your calls.</string>";

/// What takes the microphone: calls of the system's.
const CALLS: [&str; 3] = ["requestRecordPermission", "AVAudioRecorder", "AVCaptureAudioDataOutput"];

/// What takes the microphone: libraries for calls.
const MODULES: [&str; 19] = [
    "AgoraRtcKit",
    "AmazonChimeSDK",
    "AzureCommunicationCalling",
    "DailyClient",
    "JitsiMeetSDK",
    "LiveKit",
    "LiveKitWebRTC",
    "OpenTok",
    "PlivoVoiceKit",
    "QuickbloxWebRTC",
    "SendBirdCalls",
    "SinchRTC",
    "StreamVideo",
    "StreamWebRTC",
    "TwilioVideo",
    "TwilioVoice",
    "VonageClientSDKVoice",
    "WebRTC",
    "linphonesw",
];

/// Finds apps that take calls without the text.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for app in push_apps(context).iter().filter(|app| !app.target.scripts_name(KEY)) {
        let (absent, empty) = (app.lacking_info(absent), app.lacking_info(empty));
        if absent.is_empty() && empty.is_empty() {
            continue;
        }
        let Some(by) = takes_microphone(context, app) else { continue };
        findings.extend(absent.iter().map(|lack| finding(app, by, "has no", lack)));
        findings.extend(empty.iter().map(|lack| finding(app, by, "has an empty", lack)));
    }
    worst_of_each_place(findings)
}

/// By what an app takes the microphone, if anything shows that it does.
fn takes_microphone(context: &Context<'_>, app: &PushApp<'_>) -> Option<&'static str> {
    let program = context.program;
    let is_in_app = |file: u32| {
        let path = &context.sources.get(program.file_id(file)).absolute;
        program.role(file) == Role::Own
            && context.project.with(path, Product::App).iter().any(|target| std::ptr::eq(*target, app.target))
    };
    let imported = |module: &&&str| {
        let imports = |file: &u32| program.file(*file).imports.iter().any(|import| import == **module);
        program.files_with(module, Around::ANY).into_iter().filter(imports).any(is_in_app)
    };
    let called = |name: &&&str| program.calls(name).iter().any(|site| is_in_app(site.call.file));
    MODULES.iter().find(imported).or_else(|| CALLS.iter().find(called)).copied()
}

/// Where there is no text.
fn absent(configuration: &Configuration) -> Option<Location> {
    match configuration.info.as_ref()?.text(KEY) {
        Found::Absent(place) => Some(place),
        Found::Present(..) | Found::Unknown => None,
    }
}

/// Where there is a text that says nothing.
fn empty(configuration: &Configuration) -> Option<Location> {
    match configuration.info.as_ref()?.text(KEY) {
        Found::Present(text, place) => text.trim().is_empty().then_some(place),
        Found::Absent(_) | Found::Unknown => None,
    }
}

fn finding(app: &PushApp<'_>, by: &str, what: &str, lack: &Lack<'_>) -> Finding {
    let (name, configurations) = (&app.target.name, lack.words());
    let words = Words {
        rule: ID,
        level: Level::Warning,
        confidence: Confidence::Medium,
        message: format!(
            "the app `{name}` takes the microphone with `{by}`, but {what} `{KEY}`{configurations}"
        ),
        label: "the text is missing here",
        help: HELP,
        example: EXAMPLE,
    };
    lack.finding(words, app.step())
}
