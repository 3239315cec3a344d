//! Swift text, through facts and findings, to every format.
//!
//! A form feed ends a file, so that the fuzzer makes projects of several files.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pushlint::check;
use pushlint::config::Config;
use pushlint::render::{self, Format, RenderOptions, TraceOptions};
use pushlint::trace::Trace;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let named: Vec<(String, &str)> =
        text.split('\u{c}').take(6).enumerate().map(|(at, text)| (format!("F{at}.swift"), text)).collect();
    let files: Vec<(&str, &str)> = named.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let report = check::traced_texts(&files, &Config::default());
    for format in Format::ALL {
        let mut bytes = Vec::new();
        render::write(&report, format, &RenderOptions::default(), &mut bytes).expect("memory takes all");
        let text = String::from_utf8(bytes).expect("every format is text");
        match format {
            Format::Json | Format::Sarif | Format::Gitlab => {
                serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
            }
            Format::Human | Format::Short | Format::Xcode => {
                let acts = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
                assert!(!text.contains(acts), "{format:?} has a control character");
            }
            Format::Github | Format::Rdjson | Format::Markdown => {}
        }
    }
    let mut beside = Vec::new();
    render::notices(&report, Format::Human, &mut beside).expect("memory takes all");
    render::summary(&report, &mut beside).expect("memory takes all");
    let trace = Trace::new(&report);
    let options = TraceOptions::default();
    render::trace::human(&trace, &options, &mut beside).expect("memory takes all");
    render::trace::mermaid(&trace, &options, &mut beside).expect("memory takes all");
    let mut json = Vec::new();
    render::trace::json(&trace, &mut json).expect("memory takes all");
    serde_json::from_slice::<serde_json::Value>(&json).expect("JSON");
});
