//! Projects in folders of their own, and the real binary run in them.
#![allow(dead_code, reason = "every test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder with files, which is gone when the test is over.
pub(crate) struct Project {
    folder: TempDir,
}

/// What a run said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Project {
    /// A project with these files; a folder `.git` makes it one.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let project = Self::folder_with(files);
        project.write(".git/HEAD", "");
        project
    }

    /// A repository with these files, committed on the branch `main`.
    pub(crate) fn repository(files: &[(&str, &str)]) -> Self {
        let project = Self::folder_with(files);
        project.git(&["init", "--quiet", "--initial-branch", "main"]);
        project.commit("begin");
        project
    }

    /// A folder with these files, which no tool knows as a project.
    pub(crate) fn folder_with(files: &[(&str, &str)]) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// The project's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and the folders that lead to it.
    pub(crate) fn write(&self, path: &str, text: &(impl AsRef<[u8]> + ?Sized)) {
        let path = self.folder().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// How many files and folders lie in the project's folder itself.
    pub(crate) fn entries(&self) -> usize {
        fs::read_dir(self.folder()).unwrap().count()
    }

    /// The text of a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder().join(path)).unwrap()
    }

    /// Replaces what stands once in a file.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "{from}");
        self.write(path, &text.replace(from, to));
    }

    /// Moves a file.
    pub(crate) fn rename(&self, from: &str, to: &str) {
        let text = self.read(from);
        self.remove(from);
        self.write(to, &text);
    }

    /// Removes a file.
    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.folder().join(path)).unwrap();
    }

    /// Runs git, which must succeed; what it printed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let said = Said::of(&mut git(self.folder(), args));
        assert_eq!(said.status, 0, "git {args:?}: {}", said.err);
        said.out.trim_end().to_owned()
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    /// Runs the real binary in the project's folder.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        Said::of(&mut pushlint(self.folder(), args))
    }

    /// Runs the real binary as somebody whom permissions bind, which they do not bind root.
    #[cfg(unix)]
    pub(crate) fn run_as_anybody(&self, args: &[&str]) -> Said {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        use std::os::unix::process::CommandExt;
        const NOBODY: u32 = 65_534;
        if fs::metadata(self.folder()).unwrap().uid() != 0 {
            return self.run(args);
        }
        // The build may lie where only root looks.
        let place = tempfile::tempdir().unwrap();
        let binary = place.path().join("pushlint");
        let built = env!("CARGO_BIN_EXE_pushlint");
        fs::hard_link(built, &binary).or_else(|_| fs::copy(built, &binary).map(drop)).unwrap();
        for folder in [place.path(), self.folder()] {
            let mode = fs::metadata(folder).unwrap().permissions().mode();
            fs::set_permissions(folder, fs::Permissions::from_mode(mode | 0o055)).unwrap();
        }
        let mut command = Command::new(binary);
        command.current_dir(self.folder()).args(args).env_remove("NO_COLOR").stdin(Stdio::null());
        Said::of(command.uid(NOBODY).gid(NOBODY))
    }

    /// Runs the real binary where every file is full: what a pipe takes is written, and nothing else.
    #[cfg(unix)]
    pub(crate) fn run_without_space(&self, args: &[&str]) -> Said {
        let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
        self.command("sh", &[&["-c", script, env!("CARGO_BIN_EXE_pushlint")], args].concat())
    }

    /// Runs the real binary in a folder of the project.
    pub(crate) fn run_in(&self, folder: &str, args: &[&str]) -> Said {
        Said::of(&mut pushlint(&self.folder().join(folder), args))
    }

    /// Runs the real binary in the project's folder with a text on standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Said {
        Said::with(&mut pushlint(self.folder(), args), input)
    }

    /// Runs a program in the project's folder.
    pub(crate) fn command(&self, program: &str, args: &[&str]) -> Said {
        let mut command = Command::new(program);
        command.current_dir(self.folder()).args(args).stdin(Stdio::null());
        Said::of(&mut command)
    }
}

/// The real binary in a folder, with nothing on standard input.
pub(crate) fn pushlint(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushlint"));
    command.current_dir(folder).args(args).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Git in a folder, as someone, and with nobody's configuration.
pub(crate) fn git(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "protocol.file.allow=always"]).args(args);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.com");
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}

impl Said {
    /// The exit status and what stood on standard output.
    pub(crate) fn told(&self) -> (i32, &str) {
        (self.status, &self.out)
    }

    pub(crate) fn of(command: &mut Command) -> Self {
        Self::by(command.output().unwrap())
    }

    /// The exit status and what stood on standard error.
    pub(crate) fn complained(&self) -> (i32, &str) {
        (self.status, &self.err)
    }

    /// What a command said that got a text on standard input.
    pub(crate) fn with(command: &mut Command, input: &str) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // What refuses its arguments ends without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Self::by(child.wait_with_output().unwrap())
    }

    pub(crate) fn by(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A type with a push handler whose body is `ways` and a report behind them.
pub(crate) fn handler(owner: &str, ways: &str) -> String {
    format!(
        "import PushKit
import CallKit

final class {owner}: NSObject, PKPushRegistryDelegate {{
    let provider = CXProvider(configuration: CXProviderConfiguration())

    func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType) {{}}

    func pushRegistry(
        _ registry: PKPushRegistry,
        didReceiveIncomingPushWith payload: PKPushPayload,
        for type: PKPushType,
        completion: @escaping () -> Void
    ) {{
{ways}
        provider.reportNewIncomingCall(with: UUID(), update: CXCallUpdate()) {{ _ in completion() }}
    }}
}}
"
    )
}

/// A file that `--fix` changes: a registry asks for pushes before it has its delegate.
pub(crate) const ASKS_EARLY: &str = "import PushKit
import UIKit

@main
final class AppDelegate: UIResponder, UIApplicationDelegate, PKPushRegistryDelegate {
    let registry = PKPushRegistry(queue: .main)

    func application(_ app: UIApplication, didFinishLaunchingWithOptions options: [String: Any]?) -> Bool {
        registry.desiredPushTypes = [.voIP]
        registry.delegate = self
        return true
    }
}
";
