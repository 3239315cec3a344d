//! `pushlint config`: what is in force, and where each value comes from.

use std::io::Write;

use crate::cli::ConfigArgs;
use crate::config;
use crate::error::Error;

/// Writes the configuration that a check with these arguments would have, or the schema of the file.
pub(super) fn config(args: &ConfigArgs, out: &mut dyn Write) -> Result<u8, Error> {
    let text = if args.schema {
        format!("{:#}\n", config::schema())
    } else {
        let mut request = super::request(&args.scope, None)?;
        for path in &request.paths {
            let found = request.folder.join(path).metadata();
            found.map_err(|source| Error::Read { path: path.display().to_string(), source })?;
        }
        super::choose(&mut request.config, &args.choices, &args.known, &request.folder)?;
        config::show(&request.config, &request.folder)
    };
    super::unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))?;
    Ok(0)
}
