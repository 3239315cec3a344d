//! Whether a text is a report of pushlint: what may be replaced by a new one.

/// Whether an earlier run could have written this, in whichever format. A clean report of a format for people is empty.
pub fn is_report(text: &str) -> bool {
    let text = text.trim();
    match text.chars().next() {
        None => true,
        Some('[') if text == "[]" || is_code_quality(text) => true,
        // An array of others begins like an annotation of nothing.
        Some('[') => false,
        Some('{') => text.contains("\"name\": \"pushlint\""),
        Some(_) => text.starts_with("## pushlint: ") || text.lines().next().is_some_and(is_first_line),
    }
}

/// GitLab's form has no place for the name of its author.
fn is_code_quality(text: &str) -> bool {
    let named = text.split("\"check_name\": \"").nth(1).and_then(|rest| rest.split('"').next());
    named.is_some_and(is_id)
}

/// The first line of a report for people, for Xcode or for a GitHub workflow.
fn is_first_line(line: &str) -> bool {
    if line.starts_with("::") {
        return line.contains("title=pushlint%3A ");
    }
    ["error", "warning", "note"].iter().any(|level| {
        let drawn = line.strip_prefix(level).and_then(|rest| rest.strip_prefix('[')?.split_once("]: "));
        drawn.is_some_and(|(id, _)| is_id(id))
            || line.contains(&format!(": {level}: "))
                && line
                    .strip_suffix(']')
                    .and_then(|line| line.rsplit_once('['))
                    .is_some_and(|(_, id)| is_id(id))
    })
}

fn is_id(text: &str) -> bool {
    text.contains('-') && text.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'-')
}

#[cfg(test)]
mod tests {
    use super::is_report;

    #[test]
    fn what_others_wrote_is_no_report() {
        for text in [
            "import PushKit\n",
            "# Notes about pushlint\n",
            "fail-on = \"error\"\n",
            "[rules]\nmissing-call-report = \"off\"\n",
            "[{\"description\": \"too long\", \"check_name\": \"line_length\"}]",
            "[1]",
            "{\"runs\": [{\"tool\": {\"driver\": {\"name\": \"CodeQL\"}}}]}",
            "::set-output name=a::b",
            "App.swift:1:1: error: cannot find 'a' in scope",
            "error: something [else]",
        ] {
            assert!(!is_report(text), "{text}");
        }
    }
}
