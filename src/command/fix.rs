//! `--fix`, `--unsafe-fixes` and `--diff`.

use crate::check::{self, Request};
use crate::cli::FixArgs;
use crate::error::Error;
use crate::finding::Applicability;
use crate::fix;
use crate::replace::{leads_out, target};
use crate::report::Report;

/// What is to be told after the fixes.
pub(super) struct Outcome {
    /// What remains; with `--diff` what there is.
    pub(super) report: Report,
    /// What is shown in place of the findings.
    pub(super) diff: Option<String>,
}

/// Mends what `report` found, as far as that is asked for.
pub(super) fn mend(args: &FixArgs, request: &Request, mut report: Report) -> Result<Outcome, Error> {
    if !args.fix && !args.diff {
        if args.unsafe_fixes {
            return Err(Error::Usage(
                "`--unsafe-fixes` says what `--fix` applies and `--diff` shows, and needs one of them"
                    .to_owned(),
            ));
        }
        return Ok(Outcome { report, diff: None });
    }
    // What a linked folder has outside is not the project's to change; a linked file is told beside its findings.
    if args.fix
        && let Some(path) =
            request.paths.iter().find(|path| !path.is_symlink() && leads_out(path, &target(path)))
    {
        let path = path.display();
        return Err(Error::Usage(format!(
            "{path}: a symbolic link leads out of the project; name the file that it leads to"
        )));
    }
    let least = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    let mut plan = fix::plan(request, &report, least)?;
    if args.diff {
        let diff = fix::unified(&plan);
        report.add_notices(plan.left_out);
        return Ok(Outcome { report, diff: Some(diff) });
    }
    let written = plan.write();
    let remaining = match plan.remaining.take() {
        Some(remaining) if written.failures.is_empty() => remaining,
        // What could not be written is still to be reported.
        Some(_) => check::run(request)?,
        None => report,
    };
    let mut report = Report { fixed: written.fixes, ..remaining };
    report.add_notices(plan.left_out.into_iter().chain(written.failures));
    Ok(Outcome { report, diff: None })
}
