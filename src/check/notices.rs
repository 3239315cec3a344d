//! What is told of the files that were named.

use std::collections::BTreeSet;
use std::path::Path;

use crate::apple;
use crate::discover::{Discovery, Language};
use crate::report::Notice;

/// A project file that was named and not understood is a failure; one that no app with pushes refers to was not looked
/// at, which a hook that names all that is committed need not hear.
pub(super) fn of_named_project_files(
    notices: &mut Vec<Notice>,
    discovery: &Discovery,
    apple: &apple::Files,
    from_hook: bool,
) {
    let read: BTreeSet<&Path> = apple.read().map(|(path, _)| path).collect();
    let named = discovery.files.iter().filter(|file| file.is_named && file.language == Language::Project);
    for file in named {
        let mut is_told = false;
        for notice in notices.iter_mut().filter(|notice| notice.path.as_ref() == Some(&file.path)) {
            notice.is_failure = true;
            is_told = true;
        }
        if !is_told && !from_hook && !read.contains(file.absolute.as_path()) {
            notices.push(Notice {
                path: Some(file.path.clone()),
                text: "was not read: no app with VoIP pushes is seen to be built with it".to_owned(),
                is_failure: false,
            });
        }
    }
}
