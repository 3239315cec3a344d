//! `pushlint explain ID`: the page of a rule.

use std::io::Write;

use crate::config::unknown_rule;
use crate::error::Error;
use crate::rules;

/// Writes the page.
pub(super) fn explain(id: &str, out: &mut dyn Write) -> Result<u8, Error> {
    let page = rules::pages().iter().find(|page| page.meta.id == id);
    let page = page.ok_or_else(|| Error::Usage(unknown_rule(id)))?;
    let text = format!(
        "{} ({}, {} confidence, since {})\n\n{}\n",
        page.meta.id,
        page.meta.level.word(),
        page.meta.confidence.word(),
        page.meta.since,
        page.body.trim()
    );
    super::unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))?;
    Ok(0)
}
