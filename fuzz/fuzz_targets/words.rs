//! What people write to direct pushlint: the configuration, the baseline, comments that suppress.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use pushlint::baseline::Baseline;
use pushlint::check;
use pushlint::config::Config;

const APP: &str = include_str!("../../fixtures/forum-thread/VoiceDemo/AppDelegate.swift");

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(bytes);
    match kind % 3 {
        0 => {
            if let Ok(config) = Config::parse(&text, Path::new("/app"), "pushlint.toml") {
                let _ = check::texts(&[("App.swift", APP)], &config);
            }
        }
        1 => {
            if let Err(error) = Baseline::parse(&text, "known.toml") {
                let error = error.to_string();
                assert!(!error.contains('\n'), "more than one line: {error}");
            }
        }
        _ => {
            // Comments stand before, among and after the code.
            let (head, tail) = APP.split_at(APP.find("    func").expect("the app has a function"));
            for text in [format!("{text}{APP}"), format!("{head}{text}\n{tail}"), format!("{APP}{text}")] {
                let _ = check::texts(&[("App.swift", &text)], &Config::default());
            }
        }
    }
});
