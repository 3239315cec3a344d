//! What a picture proves, in words.

use super::Trace;
use super::model::{Need, NeedKind, NeedState, WhyUnread};
use crate::finding::Level;

/// So many things are named; the others are counted.
const NAMED: usize = 3;

/// Sentences about the whole picture: the handlers, the launches, what was found; and whether nothing is missing.
pub(super) fn verdict(trace: &Trace) -> (Vec<String>, bool) {
    let (handlers, all_report) = handlers(trace);
    let (launches, all_ready) = launches(trace);
    let unread = unread(trace);
    let is_proved = all_report && all_ready && trace.marks.is_empty() && unread.is_empty();
    let last = match trace.marks.len() {
        0 => is_proved.then(|| "Nothing is missing.".to_owned()),
        _ => Some(findings(trace)),
    };
    ([handlers].into_iter().chain(launches).chain(unread).chain(last).collect(), is_proved)
}

/// What becomes of the pushes, and whether every one of them is reported in time.
fn handlers(trace: &Trace) -> (String, bool) {
    let tally = trace.tally;
    if tally.handlers == 0 {
        let sentence = match trace.handlers_elsewhere {
            0 => "No push handler was found.".to_owned(),
            some => format!("No push handler concerns what was asked for; the project has {some} elsewhere."),
        };
        return (sentence, false);
    }
    let lead = format!(
        "{}, {}",
        count(tally.handlers, "handler", "handlers"),
        count(tally.ways_out, "way out", "ways out")
    );
    let parts = [
        (tally.reported, "reports before it returns", "report before they return"),
        (tally.ruled_out, "is ruled out by the launch", "are ruled out by the launch"),
        (tally.missing, "reports nothing", "report nothing"),
        (tally.nil_holder, "reports nothing where something is nil", "report nothing where something is nil"),
        (tally.deferred, "reports too late", "report too late"),
        (tally.unseen, "cannot be seen to its end", "cannot be seen to their end"),
    ];
    let sentence = match (tally.reported, tally.ways_out) {
        (1, 1) => format!("{lead}: it reports before it returns."),
        (some, all) if some == all => format!("{lead}: all report before they return."),
        _ => {
            let parts = parts.into_iter().filter(|part| part.0 > 0);
            let parts: Vec<String> = parts.map(|(number, one, many)| count(number, one, many)).collect();
            format!("{lead}: {}.", parts.join(", "))
        }
    };
    (sentence, tally.reported + tally.ruled_out == tally.ways_out)
}

/// What is there when a push can arrive, and whether it is all that a push needs.
fn launches(trace: &Trace) -> (Vec<String>, bool) {
    let armings: Vec<_> = trace.launches.iter().filter_map(|launch| launch.armings.first()).collect();
    if armings.is_empty() {
        let sentence = match trace.registries {
            0 => "Nothing that was seen asks for pushes.",
            _ => "What asks for pushes does not concern what was asked for.",
        };
        return (vec![sentence.to_owned()], false);
    }
    let mut sentences: Vec<String> = Vec::new();
    let mut all_ready = true;
    for arming in armings {
        let open: Vec<&Need> = arming.needs.iter().filter(|need| !need.state.is_ready()).collect();
        all_ready &= open.is_empty();
        let sentence = if open.is_empty() {
            let has_provider = arming.needs.iter().any(|need| need.kind == NeedKind::Provider);
            if has_provider {
                "The provider exists, and the registry has its delegate, before a push can arrive."
            } else {
                "The registry has its delegate before a push can arrive."
            }
            .to_owned()
        } else {
            let words =
                open.iter().take(NAMED).map(|need| format!("{} {}", need.what, need_words(&need.state)));
            let more = open.len().saturating_sub(NAMED);
            let more = (more > 0).then(|| format!("and {more} more"));
            format!("When a push can arrive, {}.", words.chain(more).collect::<Vec<_>>().join("; "))
        };
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    (sentences, all_ready)
}

/// A few words about a state, to stand behind what it is about.
pub(crate) fn need_words(state: &NeedState) -> String {
    match state {
        NeedState::Ready => "is there".to_owned(),
        NeedState::OnDemand => "is made where it is needed".to_owned(),
        NeedState::SameTurn => "comes afterwards, in the same turn".to_owned(),
        NeedState::SomePaths => "is there on some paths only".to_owned(),
        NeedState::LaterTurn => "comes in a later turn".to_owned(),
        NeedState::Never => "never comes".to_owned(),
        NeedState::Unknown(why) => format!("may be there or not: {why}"),
    }
}

/// What was not judged, and may have more to say: a sentence for each reason.
fn unread(trace: &Trace) -> Vec<String> {
    let reasons = [
        (WhyUnread::Language, "Not read, though it names PushKit"),
        (WhyUnread::NotUnderstood, "Not read, or not understood in full"),
        (WhyUnread::Excluded, "Left out by `exclude` in the configuration, though it names PushKit"),
    ];
    let sentence = |(why, lead): (WhyUnread, &str)| {
        let paths = trace.unread.iter().filter(|unread| unread.why == why);
        let named: Vec<&str> = paths.clone().take(NAMED).map(|unread| unread.path.as_str()).collect();
        let more = match paths.count().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!named.is_empty()).then(|| format!("{lead}: {}{more}.", named.join(", ")))
    };
    reasons.into_iter().filter_map(sentence).collect()
}

fn findings(trace: &Trace) -> String {
    let of = |level: Level| trace.marks.iter().filter(|mark| mark.level == level).count();
    let parts = [
        (of(Level::Error), "error", "errors"),
        (of(Level::Warning), "warning", "warnings"),
        (of(Level::Note), "note", "notes"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|part| part.0 > 0)
        .map(|(number, one, many)| count(number, one, many))
        .collect();
    format!("Found: {}.", parts.join(", "))
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
