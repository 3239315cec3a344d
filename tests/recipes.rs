//! What the pages in docs/ tell people to paste does what they say.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod project;

use std::path::Path;
use std::process::Command;

use project::Said;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the script of the build phase as Xcode does: a bare environment, and `sh`.
fn build_phase(home: &Path) -> Said {
    let page = std::fs::read_to_string(root().join("docs/xcode.md")).unwrap();
    let script = page.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let mut command = Command::new("/bin/sh");
    command.args(["-e", "-c", script]).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home);
    command.env("SRCROOT", root().join("fixtures/ring")).current_dir(home);
    Said::of(&mut command)
}

#[test]
fn the_build_phase_finds_what_cargo_installed_and_speaks_xcodes_language() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".cargo/bin")).unwrap();
    let installed = home.path().join(".cargo/bin/pushlint");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pushlint"), installed).unwrap();
    let said = build_phase(home.path());
    assert_eq!((said.status, said.err.as_str()), (1, ""));
    assert!(said.out.contains(": error: ") && said.out.contains("missing-call-report"), "{}", said.out);
    for line in said.out.lines() {
        let (place, words) = line.split_once(": ").unwrap();
        let mut parts = place.rsplitn(3, ':');
        let is_number = |part: Option<&str>| {
            part.is_some_and(|part| part.split('-').all(|number| number.parse::<u32>().is_ok()))
        };
        let is_fixit = words.starts_with("fixit: ");
        assert!(is_fixit || (is_number(parts.next()) && is_number(parts.next())), "{line}");
        assert!(is_fixit || Path::new(parts.next().unwrap()).is_absolute(), "{line}");
        assert!(
            ["error: ", "warning: ", "note: ", "fixit: "].iter().any(|kind| words.starts_with(kind)),
            "{line}"
        );
    }
}

/// What a job of `examples/gitlab-ci.yml` runs is where its own `CARGO_HOME` has it installed, and nowhere else.
#[test]
fn the_job_for_gitlab_runs_what_it_has_installed() {
    let example = std::fs::read_to_string(root().join("examples/gitlab-ci.yml")).unwrap();
    let value = |key: &str| {
        let mut lines = example.lines().filter_map(|line| line.trim().strip_prefix(key));
        lines.next().unwrap().trim().to_owned()
    };
    let script = example.split("script:\n").last().unwrap().lines().next().unwrap();
    let script = script.trim().strip_prefix("- ").unwrap();
    let project = tempfile::tempdir().unwrap();
    let home = value("CARGO_HOME:").replace("$CI_PROJECT_DIR", project.path().to_str().unwrap());
    let installed = Path::new(&home).join("bin/pushlint");
    std::fs::create_dir_all(installed.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pushlint"), installed).unwrap();
    let mut command = Command::new("/bin/sh");
    command.args(["-e", "-c", script]).env_clear().env("PATH", "/usr/bin:/bin").env("CARGO_HOME", home);
    let said = Said::of(command.current_dir(project.path()));
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(project.path().join(value("codequality:")).is_file());
}

#[test]
fn the_build_phase_warns_where_pushlint_is_not_installed() {
    let home = tempfile::tempdir().unwrap();
    let said = build_phase(home.path());
    if Path::new("/usr/local/bin/pushlint").exists() {
        return; // it is
    }
    assert_eq!(said.status, 0);
    assert!(said.out.starts_with("warning: pushlint is not installed"), "{}", said.out);
}
