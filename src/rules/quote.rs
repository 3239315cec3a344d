//! Code in a few words: what of an expression can stand in a sentence.
//!
//! A name is never cut. What is too long loses the inside of its brackets first, the innermost ones before
//! the outer ones, then the beginning of a chain of members, or the end of a condition.

/// So many characters of code fit into a sentence.
const ROOM: usize = 44;
/// So many bytes of it are looked at.
const MAX_CODE: usize = 2_000;
/// Stands for what is left out.
const LEFT_OUT: &str = "…";

/// The code on one line, shortened if it is long.
pub(super) fn shortened(code: &str) -> String {
    let line = on_one_line(head(code));
    if fits(&line) {
        return line;
    }
    let emptied = (0..depth(&line)).rev().map(|depth| emptied(&line, depth)).find(|text| fits(text));
    emptied.unwrap_or_else(|| cut(&self::emptied(&line, 0)))
}

/// As much of the code as is looked at: a condition may be as long as a file.
fn head(code: &str) -> &str {
    code.char_indices().find(|(at, _)| *at >= MAX_CODE).map_or(code, |(at, _)| &code[..at])
}

/// The code with one blank for every run of blanks and line ends.
pub(super) fn on_one_line(code: &str) -> String {
    code.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn fits(text: &str) -> bool {
    text.chars().count() <= ROOM
}

/// A character with the number of brackets around it; a bracket counts as outside of itself. Brackets in
/// text between quotes are no brackets.
fn nested(text: &str) -> impl Iterator<Item = (char, usize)> {
    let mut depth = 0_usize;
    let mut is_quoted = false;
    let mut is_escaped = false;
    text.chars().map(move |character| {
        let was_escaped = is_escaped;
        is_escaped = is_quoted && !was_escaped && character == '\\';
        if character == '"' && !was_escaped {
            is_quoted = !is_quoted;
        }
        if !is_quoted && matches!(character, ')' | ']' | '}') {
            depth = depth.saturating_sub(1);
        }
        let around = depth;
        if !is_quoted && matches!(character, '(' | '[' | '{') {
            depth += 1;
        }
        (character, around)
    })
}

fn depth(text: &str) -> usize {
    nested(text).map(|(_, depth)| depth).max().unwrap_or(0)
}

/// The text without what stands in more than `kept` brackets.
fn emptied(text: &str, kept: usize) -> String {
    let mut short = String::new();
    let mut is_inside = false;
    for (character, depth) in nested(text) {
        if depth <= kept {
            short.push(character);
        } else if !is_inside {
            short.push_str(LEFT_OUT);
        }
        is_inside = depth > kept;
    }
    short
}

/// The text without its beginning, if it is a chain of members, else without its end.
fn cut(text: &str) -> String {
    let places = |wanted: char| -> Vec<usize> {
        let mut at = 0;
        let mut found = Vec::new();
        for (character, depth) in nested(text) {
            if character == wanted && depth == 0 && at > 0 {
                found.push(at);
            }
            at += character.len_utf8();
        }
        found
    };
    let (blanks, dots) = (places(' '), places('.'));
    if blanks.is_empty() {
        let links = dots.iter().filter_map(|at| text.get(*at..)).map(|rest| format!("{LEFT_OUT}{rest}"));
        let mut links: Vec<String> = links.collect();
        // A member says little without the name before it.
        links.pop();
        let shortest = links.last().cloned();
        return links.into_iter().find(|link| fits(link)).or(shortest).unwrap_or_else(|| text.to_owned());
    }
    let starts = blanks.iter().filter_map(|at| text.get(..*at)).map(|start| format!("{start} {LEFT_OUT}"));
    let starts: Vec<String> = starts.collect();
    let longest = starts.iter().rev().find(|start| fits(start));
    longest.or(starts.first()).cloned().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn what_fits_stays_on_one_line() {
        assert_eq!(shortened("call.isRinging\n    && !isMuted"), "call.isRinging && !isMuted");
    }

    #[test]
    fn brackets_are_emptied_from_the_inside() {
        assert_eq!(
            shortened("decoder.call(from: payload.dictionaryPayload[\"encrypted\"] as? Data, key: key)"),
            "decoder.call(…)"
        );
        assert_eq!(
            shortened("decode(payload.dictionaryPayload[\"a longer key than that\"])"),
            "decode(payload.dictionaryPayload[…])"
        );
    }

    #[test]
    fn a_bracket_in_a_text_is_none() {
        assert_eq!(
            shortened(r#"text == "(\"" && call(with: somethingThatIsRatherLong, and: more)"#),
            r#"text == "(\"" && call(…)"#
        );
    }

    #[test]
    fn a_chain_keeps_its_last_members() {
        assert_eq!(
            shortened("self.dependencies.callManager.activeSession.currentCall.isRinging"),
            "….activeSession.currentCall.isRinging"
        );
    }

    #[test]
    fn a_condition_keeps_its_first_parts() {
        assert_eq!(
            shortened("isLoggedIn && hasCompletedRegistration && accountManager.isReady"),
            "isLoggedIn && hasCompletedRegistration && …"
        );
    }

    #[test]
    fn a_name_is_never_cut() {
        let name = "aVeryLongNameThatSomebodyGaveToSomethingThatMatters";
        assert_eq!(shortened(name), name);
        assert_eq!(shortened(&format!("{name}.shared")), format!("{name}.shared"));
        assert_eq!(shortened(&format!("app.{name}.shared")), format!("….{name}.shared"));
        assert_eq!(shortened(&format!("{name} == true")), format!("{name} …"));
    }
}
