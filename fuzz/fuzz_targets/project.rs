//! Property lists and build settings beside an app that loses calls: whatever they hold, the run ends.

#![no_main]

use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use pushlint::apple::{self, plist};
use pushlint::check;
use pushlint::config::Config;
use pushlint::source::Sources;

/// An app whose project file names its other files.
const PROJECT: &str = include_str!("../../fixtures/ring/Ring.xcodeproj/project.pbxproj");
const APP: &str = include_str!("../../fixtures/forum-thread/VoiceDemo/AppDelegate.swift");

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
    // Also as bytes: binary lists.
    let _ = plist::parse(bytes, &text);
    let mut files = vec![("Ring/App.swift", APP)];
    match kind % 4 {
        0 => files.push(("Ring.xcodeproj/project.pbxproj", &text)),
        1 => files.extend([("Ring.xcodeproj/project.pbxproj", PROJECT), ("Ring/Info.plist", &text)]),
        2 => files.extend([("Ring.xcodeproj/project.pbxproj", PROJECT), ("Ring/Ring.entitlements", &text)]),
        _ => {
            // A file of build settings that may include itself.
            let path = PathBuf::from("A.xcconfig");
            let mut files = apple::Files::given(Path::new(""), [(path.clone(), bytes.to_vec())].into());
            let _ = files.config(&path, &mut Sources::default());
            return;
        }
    }
    let _ = check::texts(&files, &Config::default());
});
