//! The fixtures, damaged: cut off, with bytes changed, doubled and taken out. Whatever is left, a run ends well.
//!
//! The damage is the same in every run. `fuzz/` looks further.

use std::fs;
use std::path::Path;

use pushlint::check;
use pushlint::config::Config;
use pushlint::render::{self, Format, RenderOptions};

type Files = Vec<(String, Vec<u8>)>;

/// The files of the app in which most rules find something.
fn app() -> Files {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ring");
    let entries = walkdir::WalkDir::new(&fixture).sort_by_file_name().into_iter().flatten();
    let file = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(&fixture).expect("a path below").to_str()?.to_owned();
        Some((path, fs::read(entry.path()).ok()?))
    };
    entries.filter(|entry| entry.file_type().is_file()).filter_map(file).collect()
}

/// Checks the files as one unit, and writes the report in every format.
fn run(files: &Files) {
    let texts: Vec<(&str, String)> = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), String::from_utf8_lossy(bytes).into_owned()))
        .collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let report = check::texts(&texts, &Config::default());
    for format in Format::ALL {
        let mut bytes = Vec::new();
        render::write(&report, format, &RenderOptions::default(), &mut bytes).expect("memory takes all");
        assert!(std::str::from_utf8(&bytes).is_ok());
    }
}

/// Numbers that look random, and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

#[test]
fn files_that_are_cut_off_do_no_harm() {
    let whole = app();
    for at in 0..whole.len() {
        let bytes = &whole[at].1;
        let steps = 24;
        for step in 0..steps {
            let mut files = whole.clone();
            files[at].1.truncate(bytes.len() * step / steps);
            run(&files);
        }
    }
}

#[test]
fn files_with_changed_bytes_do_no_harm() {
    const BITS: [&[u8]; 12] =
        [b"{", b"}", b"(", b")", b"\"", b"\\(", b"#if A\n", b"/*", b"\0", b"\xff", b"\r", b"?."];
    let whole = app();
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..150 {
        let mut files = whole.clone();
        for _ in 0..=numbers.below(4) {
            let bytes = &mut files[numbers.below(whole.len())].1;
            let from = numbers.below(bytes.len());
            let to = (from + 1 + numbers.below(60)).min(bytes.len());
            match numbers.below(4) {
                0 => drop(bytes.drain(from.min(to)..to)),
                1 => {
                    let part = bytes[from.min(to)..to].to_vec();
                    drop(bytes.splice(from..from, part));
                }
                2 => drop(bytes.splice(from..from, BITS[numbers.below(BITS.len())].iter().copied())),
                _ => {
                    if let Some(byte) = bytes.get_mut(from) {
                        *byte = BITS[numbers.below(BITS.len())][0];
                    }
                }
            }
        }
        run(&files);
    }
}

/// Every byte at which a file can be cut: `cargo test --release --test mutations -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn files_that_are_cut_off_anywhere_do_no_harm() {
    let whole = app();
    for at in 0..whole.len() {
        for end in 0..whole[at].1.len() {
            let mut files = whole.clone();
            files[at].1.truncate(end);
            run(&files);
        }
    }
}
