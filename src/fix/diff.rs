//! What a plan changes, as a unified diff that `git apply` and `patch -p1` take.

use similar::TextDiff;

use super::{Change, Plan};

/// The lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The changes as one unified diff, files in order of their paths; empty where nothing changes.
pub fn unified(plan: &Plan) -> String {
    plan.changes.values().map(of_file).collect()
}

fn of_file(change: &Change) -> String {
    // Only texts that are UTF-8 are changed.
    let (before, after) = (String::from_utf8_lossy(&change.before), String::from_utf8_lossy(&change.after));
    let (old, new) = (lines(&before), lines(&after));
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&old, &new);
    let mut text = format!("--- {}\n+++ {}\n", name("a/", &change.path), name("b/", &change.path));
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        text.extend([&hunk.header().to_string(), "\n"]);
        for line in hunk.iter_changes() {
            text.extend([&line.tag().to_string(), line.value()]);
            if !line.value().ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    text
}

/// Lines as those who apply a diff count them: a lone carriage return ends none.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The path as git writes it: quoted where it has characters that would break the line, and with a tab behind it
/// where it has a blank, so that `patch` knows where it ends.
fn name(side: &str, path: &str) -> String {
    let is_strange = |letter: char| letter.is_control() || letter == '"' || letter == '\\';
    if path.contains(is_strange) {
        let mut quoted = format!("\"{side}");
        for letter in path.chars() {
            match letter {
                '"' | '\\' => quoted.extend(['\\', letter]),
                '\t' => quoted.push_str("\\t"),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                _ if letter.is_control() => {
                    let mut bytes = [0; 4];
                    for byte in letter.encode_utf8(&mut bytes).bytes() {
                        quoted.extend(["\\", &format!("{byte:03o}")]);
                    }
                }
                _ => quoted.push(letter),
            }
        }
        quoted + "\""
    } else if path.contains(' ') {
        format!("{side}{path}\t")
    } else {
        format!("{side}{path}")
    }
}
