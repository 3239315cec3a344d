//! What is asked of git: where two lines of history parted, and the files of that state.
//!
//! Asked is the `git` program, which knows every kind of repository that its users have. It reads objects and
//! nothing else: neither the work tree nor the index is touched.

mod objects;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, reason};
use crate::report::Notice;

/// What git says of the place where it runs, and must not say of the repository that is asked about: in a hook
/// these speak of the commit that is being made.
const OF_THE_CALLER: [&str; 5] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"];

/// The last commit that a project has in common with a revision; none where the revision is the branch that gets its
/// first commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeBase {
    /// The root of the repository's work tree.
    root: PathBuf,
    /// The revision, as the user wrote it.
    revision: String,
    /// The commit's id.
    commit: Option<String>,
}

impl MergeBase {
    /// Asks git for the merge base of `HEAD` and a revision. `root` is the root of a work tree.
    pub fn find(root: &Path, revision: &str) -> Result<Self, Error> {
        let refuse = |text: String| Error::ChangedSince { revision: revision.to_owned(), text };
        if !root.join(".git").exists() {
            return Err(refuse(format!("{} is in no git repository", root.display())));
        }
        let ask = |args: &[&str]| ask(root, args).map_err(refuse);
        let commit_of = |name: &str| {
            ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")])
        };
        // What is wrong with the repository itself is told by git, in a question that is right.
        let is_shallow = match ask(&["rev-parse", "--is-shallow-repository"])? {
            Answer::Yes(text) => text == "true",
            Answer::No(told) => return Err(refuse(format!("git says: {told}"))),
        };
        let deeper =
            "fetch more of the history (`git fetch --unshallow`; `fetch-depth: 0` for actions/checkout)";
        let Answer::Yes(head) = commit_of("HEAD")? else {
            let branch = match ask(&["symbolic-ref", "--quiet", "HEAD"])? {
                Answer::Yes(branch) => branch,
                Answer::No(_) => return Err(refuse("HEAD is no commit".to_owned())),
            };
            let is_unborn = matches!(ask(&["rev-parse", "--verify", "--quiet", &branch])?, Answer::No(_));
            let names = ["HEAD", "@", &branch, branch.trim_start_matches("refs/heads/")];
            return if is_unborn && names.contains(&revision) {
                Ok(Self { root: root.to_path_buf(), revision: revision.to_owned(), commit: None })
            } else {
                Err(refuse("there is no commit yet".to_owned()))
            };
        };
        let other = match commit_of(revision)? {
            Answer::Yes(other) if !other.is_empty() => other,
            _ if is_shallow => {
                return Err(refuse(format!("there is no such revision in this shallow clone; {deeper}")));
            }
            _ => {
                return Err(refuse(
                    "there is no such revision here; a branch of the server is `origin/NAME`, once it is \
                     fetched"
                        .to_owned(),
                ));
            }
        };
        match ask(&["merge-base", &head, &other])? {
            Answer::Yes(commit) if !commit.is_empty() => {
                Ok(Self { root: root.to_path_buf(), revision: revision.to_owned(), commit: Some(commit) })
            }
            _ if is_shallow => {
                Err(refuse(format!("the clone is too shallow to hold a common commit; {deeper}")))
            }
            _ => Err(refuse("it has no commit in common with HEAD".to_owned())),
        }
    }

    /// Whether there is no commit yet, and so nothing before what is there now.
    pub fn is_unborn(&self) -> bool {
        self.commit.is_none()
    }

    /// Writes the files that a check may read, as they were at this commit, into an empty folder. Submodules that
    /// are here are written too; what could not be is told.
    pub fn copy_to(&self, folder: &Path) -> Result<Vec<Notice>, Error> {
        let mut notices = Vec::new();
        let Some(commit) = &self.commit else {
            return Ok(notices);
        };
        let copied = objects::copy(&self.root, commit, folder, &mut notices);
        let tell = |error: io::Error| Error::ChangedSince {
            revision: self.revision.clone(),
            text: format!("the state of {} cannot be read: {}", short(commit), reason(&error)),
        };
        copied.map_err(tell)?;
        // Ignore files of the repository count in the copy as well.
        let own = folder.join(".git");
        std::fs::create_dir_all(own.join("info")).map_err(tell)?;
        if let Ok(Answer::Yes(exclude)) = ask(&self.root, &["rev-parse", "--git-path", "info/exclude"])
            && self.root.join(&exclude).is_file()
        {
            std::fs::copy(self.root.join(exclude), own.join("info/exclude")).map_err(tell)?;
        }
        Ok(notices)
    }
}

/// Whether a file was there when one that is gone still was; none where git does not know of it. The paths begin in
/// `folder`.
pub fn was_beside(folder: &Path, gone: &str, other: &str) -> Option<bool> {
    let yes = |args: &[&str]| match ask(folder, args) {
        Ok(Answer::Yes(text)) => Some(text),
        Ok(Answer::No(_)) | Err(_) => None,
    };
    let has = |commit: &str, path: &str| yes(&["cat-file", "-e", &format!("{commit}:./{path}")]).is_some();
    let last = if has("HEAD", gone) {
        "HEAD".to_owned()
    } else {
        let removal = yes(&["rev-list", "-1", "HEAD", "--", &format!(":(literal){gone}")])?;
        format!("{removal}^")
    };
    has(&last, gone).then(|| has(&last, other))
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// What git answered.
enum Answer {
    /// Its output, without the last line end.
    Yes(String),
    /// The first line that it said of what is wrong.
    No(String),
}

fn command(folder: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(args).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
    // What a partial clone lacks is not fetched: pushlint opens no connection, and neither does what it runs.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0");
    for name in OF_THE_CALLER {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

fn ask(folder: &Path, args: &[&str]) -> Result<Answer, String> {
    let output = command(folder, args).output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "it needs the program `git`, which is not on the PATH".to_owned(),
        _ => format!("git cannot be run: {}", reason(&error)),
    })?;
    let first = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let line = text.lines().next().unwrap_or_default();
        line.strip_prefix("fatal: ").unwrap_or(line).to_owned()
    };
    if output.status.success() {
        Ok(Answer::Yes(String::from_utf8_lossy(&output.stdout).trim_end().to_owned()))
    } else {
        Ok(Answer::No(first(&output.stderr)))
    }
}
