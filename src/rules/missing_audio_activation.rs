//! `missing-audio-activation`: calls are answered, and nobody hears when the audio session is active.

use super::context::Context;
use super::delegate_methods::{has, methods};
use super::push_delegates::is_all_known;
use crate::finding::{Confidence, Finding, Level};
use crate::source::Role;

/// The id of the rule.
const ID: &str = "missing-audio-activation";

const EXAMPLE: &str = "\
func provider(_ provider: CXProvider, didActivate audioSession: AVAudioSession) {
    startAudio()
}";

/// What plays and records the audio of a call, by the call that makes it.
const AUDIO: &[&str] =
    &["RTCPeerConnectionFactory", "AVAudioEngine", "AudioComponentInstanceNew", "AudioUnitInitialize"];

/// Finds delegates that answer calls without `provider(_:didActivate:)`, in apps that do the audio themselves.
pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let program = context.program;
    let is_own = |file: u32| program.role(file) == Role::Own;
    let makes = |name: &str| program.calls(name).iter().any(|site| is_own(site.call.file));
    if !AUDIO.iter().any(|name| makes(name)) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for answer in methods(context, "perform", "CXAnswerCallAction").filter(|at| is_own(at.file)) {
        let Some(ty) = program.owner(answer) else { continue };
        if !is_all_known(program, ty) || has(program, ty, "didActivate") {
            continue;
        }
        findings.push(Finding {
            rule: ID,
            level: Level::Warning,
            confidence: Confidence::Medium,
            message: format!(
                "`{}` answers calls, but has no `provider(_:didActivate:)`",
                program.ty(ty).name
            ),
            location: program.location(answer.file, program.function(answer).name_span),
            label: "when this is over, the audio session is not active yet".to_owned(),
            related: Vec::new(),
            steps: Vec::new(),
            help: Some("start the audio of the call in `provider(_:didActivate:)`".to_owned()),
            example: Some(EXAMPLE.to_owned()),
            fix: None,
            consulted: program.files_of(ty),
        });
    }
    findings
}
