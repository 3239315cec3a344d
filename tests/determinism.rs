//! The same project gives the same bytes, whatever the threads, the order of the arguments and that of the file system.

mod project;

use std::fs;
use std::path::Path;

use project::Project;

const FORMATS: [&str; 9] =
    ["human", "short", "xcode", "json", "sarif", "github", "gitlab", "rdjson", "markdown"];

/// All fixtures side by side: several units, project files, findings and steps through many files.
fn files() -> Vec<(String, Vec<u8>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = walkdir::WalkDir::new(&fixtures).sort_by_file_name().into_iter().flatten();
    let file = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(&fixtures).expect("a path below").to_str()?.to_owned();
        Some((path, fs::read(entry.path()).ok()?))
    };
    entries.filter(|entry| entry.file_type().is_file()).filter_map(file).collect()
}

/// What depends on the clock.
fn without_time(text: &str) -> String {
    let is_time = |part: &str| part.ends_with(" ms") || part.ends_with(" s");
    let line = |line: &str| line.split("; ").filter(|part| !is_time(part)).collect::<Vec<_>>().join("; ");
    text.lines().map(|text| line(text) + "\n").collect()
}

fn said(project: &Project, args: &[&str]) -> (i32, String, String) {
    let said = project.run(args);
    // Absolute paths are what Xcode wants.
    let folder = project.folder().canonicalize().expect("a folder");
    let out = said.out.replace(folder.to_str().expect("a path"), "");
    (said.status, out, without_time(&said.err))
}

#[test]
fn equal_input_gives_equal_bytes() {
    let files = files();
    let (first, second) = (Project::new(&[]), Project::new(&[]));
    files.iter().for_each(|(path, bytes)| first.write(path, bytes));
    // Written the other way round, other files between them removed: the folders list them in another order.
    for (at, (path, bytes)) in files.iter().rev().enumerate() {
        second.write(&format!("{path}.{at}.tmp"), "");
        second.write(path, bytes);
    }
    for (at, (path, _)) in files.iter().rev().enumerate() {
        second.remove(&format!("{path}.{at}.tmp"));
    }
    let folders = ["clean", "forum-thread", "ring", "sdk"];
    for format in FORMATS {
        let expected = said(&first, &[&["--threads", "1", "--format", format], &folders[..]].concat());
        assert!(expected.0 == 1 && !expected.1.is_empty(), "{format}");
        for threads in ["1", "2", "16"] {
            for project in [&first, &second] {
                for order in [[0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]] {
                    let shuffled = order.map(|at| folders[at]);
                    let args = [&["--threads", threads, "--format", format], &shuffled[..]].concat();
                    assert_eq!(said(project, &args), expected, "{args:?}");
                }
            }
        }
    }
    let expected = said(&first, &["trace", "--format", "json", "ring"]);
    assert_eq!(said(&second, &["trace", "--format", "json", "ring"]), expected);
}
