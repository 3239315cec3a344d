//! Fixes: what they leave is understood as well as before, and has no more to fix.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pushlint::check::{self, Given, Request};
use pushlint::finding::Applicability;
use pushlint::fix;
use pushlint::source::FileId;
use pushlint::swift;

/// An empty folder: the text is given, and nothing is written.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("pushlint-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for nothing");
    folder.canonicalize().expect("a folder that is there")
});

fn request(bytes: &[u8]) -> Request {
    let given = Given { path: FOLDER.join("App.swift"), bytes: bytes.to_vec() };
    Request { folder: FOLDER.clone(), given: Some(given), ..Request::default() }
}

fn damage(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    swift::parse(FileId(0), text.trim_start_matches('\u{feff}')).map_or(0, |facts| facts.damaged().len())
}

fuzz_target!(|data: &[u8]| {
    let first = request(data);
    let report = check::run(&first).expect("a run");
    let plan = fix::plan(&first, &report, Applicability::Unsafe).expect("a plan");
    let _ = fix::unified(&plan);
    for change in plan.changes.values() {
        assert_eq!(change.before, data, "what was analysed is what was given");
        assert!(damage(&change.after) <= damage(&change.before), "a fix broke the code");
        if plan.left_out.is_empty() {
            let again = request(&change.after);
            let report = check::run(&again).expect("a run");
            let plan = fix::plan(&again, &report, Applicability::Unsafe).expect("a plan");
            assert!(plan.changes.is_empty(), "a second round has something to do");
        }
    }
});
