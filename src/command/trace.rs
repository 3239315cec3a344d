//! `pushlint trace`: the launch and every way of a push, drawn.

use std::io::{self, Write};

use crate::check;
use crate::cli::{TraceArgs, TraceFormat};
use crate::error::Error;
use crate::render::{self, TraceOptions};
use crate::trace::Trace;

/// Draws; a picture is no verdict, so that mistakes do not make the exit status 1.
pub(super) fn trace(args: &TraceArgs, out: &mut dyn Write) -> Result<u8, Error> {
    let mut request = super::request(&args.scope, None)?;
    request.options.is_traced = true;
    let report = check::run(&request)?;
    let trace = Trace::new(&report);
    let options = TraceOptions { human: super::check::human(args.color), is_unfolded: args.all };
    let mut buffered = io::BufWriter::new(out);
    let written = match args.format {
        TraceFormat::Human => render::trace::human(&trace, &options, &mut buffered),
        TraceFormat::Json => render::trace::json(&trace, &mut buffered),
        TraceFormat::Mermaid => render::trace::mermaid(&trace, &options, &mut buffered),
    };
    super::unless_closed(written.and_then(|()| buffered.flush()))?;
    super::beside(|out| render::notices(&report, render::Format::Human, out));
    Ok(report.exit_status(None))
}
