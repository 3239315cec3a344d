//! `pushlint init`: a `pushlint.toml` that fits the project.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

use ignore::WalkBuilder;

use crate::apple::{Files, MANIFEST, Project};
use crate::config::FILE_NAME;
use crate::config::starter::{Found, starter};
use crate::discover::{of_path, project_root, shown};
use crate::error::Error;
use crate::replace::create;
use crate::source::{Role, Sources};

/// What the names of generated Swift files end in.
const GENERATED: [&str; 4] = [".pb.swift", ".grpc.swift", ".generated.swift", ".g.swift"];

/// Writes the file, where there is none yet, and says where.
pub(super) fn init(folder: Option<&Path>, out: &mut dyn Write) -> Result<u8, Error> {
    let here = std::env::current_dir().map_err(|source| Error::Read { path: ".".to_owned(), source })?;
    let folder = match folder {
        Some(folder) => here.join(folder),
        None => project_root(&here).unwrap_or(&here).to_path_buf(),
    };
    let path = folder.join(FILE_NAME);
    let name = path.strip_prefix(&here).unwrap_or(&path).display().to_string();
    let text = starter(&look_around(&folder));
    // Where somebody else was faster, nothing is overwritten.
    match create(&path, &mut |out| out.write_all(text.as_bytes())) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Error::Usage(format!("{name} is there already, and was left as it is")));
        }
        Err(source) => return Err(Error::Write { path: name, source }),
    }
    super::unless_closed(writeln!(out, "{name}").and_then(|()| out.flush()))?;
    Ok(0)
}

/// What the file can say of the project.
fn look_around(folder: &Path) -> Found {
    let role = |path: &Path| of_path(&format!("{}/x.swift", shown(folder, path)));
    let root = folder.to_path_buf();
    let mut builder = WalkBuilder::new(folder);
    // What lies in a folder that is left out needs no look.
    builder.require_git(false).filter_entry(move |entry| {
        entry
            .path()
            .parent()
            .is_none_or(|above| of_path(&format!("{}/x.swift", shown(&root, above))) == Role::Own)
    });
    let (mut left_out, mut generated, mut projects) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
    // What cannot be read is told by a check.
    for entry in builder.build().flatten() {
        let path = shown(folder, entry.path());
        let role = role(entry.path());
        if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
            if entry.file_name() == MANIFEST {
                projects.push(entry.path().to_path_buf());
            }
            generated
                .extend(GENERATED.iter().filter(|end| path.ends_with(**end)).map(|end| format!("*{end}")));
        } else if entry.path().extension().is_some_and(|kind| kind == "xcodeproj") {
            projects.push(entry.into_path());
        } else if role != Role::Own && entry.path().extension().is_none() && !path.contains(char::is_control)
        {
            let what = if role == Role::Test { "tests" } else { "code of others" };
            left_out.insert(path, what);
        }
    }
    projects.sort();
    let mut files = Files::on_disk(folder, BTreeMap::new());
    let deployment_target = Project::read(&projects, &mut files, &mut Sources::default()).deployment_target();
    Found { left_out, generated: generated.into_iter().collect(), deployment_target }
}
