//! What a run is measured against: every Swift file of a folder is read and parsed once, on all cores, and nothing else is done
//! with it. `cargo run --release --example parse -- FOLDER`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ignore::{WalkBuilder, WalkState};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: parse FOLDER");
        return ExitCode::FAILURE;
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let files = Mutex::new(Vec::<PathBuf>::new());
    WalkBuilder::new(folder).threads(threads).build_parallel().run(|| {
        Box::new(|entry| {
            if let Ok(entry) = entry
                && entry.file_type().is_some_and(|kind| kind.is_file())
                && entry.path().extension().is_some_and(|extension| extension == "swift")
                && let Ok(mut files) = files.lock()
            {
                files.push(entry.into_path());
            }
            WalkState::Continue
        })
    });
    let files = files.into_inner().unwrap_or_default();
    let (next, nodes, bytes) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut parser = tree_sitter::Parser::new();
                if parser.set_language(&tree_sitter_swift::LANGUAGE.into()).is_err() {
                    return;
                }
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Ok(text) = std::fs::read(path) else { continue };
                    if let Some(tree) = parser.parse(&text, None) {
                        nodes.fetch_add(tree.root_node().descendant_count(), Ordering::Relaxed);
                        bytes.fetch_add(text.len(), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    println!("{} files, {} bytes, {} nodes", files.len(), bytes.into_inner(), nodes.into_inner());
    ExitCode::SUCCESS
}
