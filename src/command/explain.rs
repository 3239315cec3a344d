//! `pushlint explain`: the page of a rule, or the rules that look for the causes of a symptom.

use std::io::{self, IsTerminal, Write};

use crate::cli::ColorWord;
use crate::config::unknown_rule;
use crate::error::{Error, closest, quoted};
use crate::render;
use crate::rules;
use crate::rules::symptoms::Symptoms;

/// Writes the page of the rule that the words name, else what is known of the symptom that they tell.
pub(super) fn explain(words: &[String], color: ColorWord, out: &mut dyn Write) -> Result<u8, Error> {
    let asked = words.join(" ");
    let asked = asked.trim();
    if asked.is_empty() {
        return Err(Error::Usage(
            "say a rule's id or a symptom; `pushlint rules` lists the rules".to_owned(),
        ));
    }
    let options = super::check::human(color);
    let page = rules::pages().iter().find(|page| page.meta.id == asked);
    let text = match page {
        Some(page) => render::page(page, &options, io::stdout().is_terminal()),
        None => {
            let symptoms = Symptoms::told_by(asked, rules::pages());
            if symptoms.is_empty() {
                return Err(Error::Usage(unknown(asked)));
            }
            render::symptoms(&symptoms, &options)
        }
    };
    super::unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))?;
    Ok(0)
}

/// What reads like an id is one that was mistyped; anything else was meant as a symptom.
fn unknown(asked: &str) -> String {
    if closest(asked, rules::ids()).is_some() {
        return unknown_rule(asked);
    }
    let alike: Vec<String> =
        Symptoms::alike(asked, rules::pages()).iter().map(|symptom| format!("`{symptom}`")).collect();
    let alike = if alike.is_empty() { String::new() } else { format!("; known are {}", alike.join(", ")) };
    format!(
        "no rule and no symptom is known as {}{alike}; try a part of what the log says, such as 0xBAADCA11, or \
         `pushlint rules`",
        quoted(asked)
    )
}
