//! What the system or its log says where a rule was broken: the way back from a crash report to its cause.

use std::collections::BTreeSet;

use super::page::Page;

/// Less than so many characters tell no symptom.
const LEAST: usize = 4;
/// One word in common is no likeness.
const LEAST_SHARED: usize = 2;
/// More would be a list.
const MOST_ALIKE: usize = 3;

/// The symptoms that were told, and the rules that look for their causes.
#[derive(Debug, Default)]
pub struct Symptoms<'a> {
    /// What the pages say of them, without repeats, in the order of the pages.
    pub told: Vec<&'a str>,
    /// The pages that name one of them, the worst and surest first.
    pub pages: Vec<&'a Page>,
}

impl<'a> Symptoms<'a> {
    /// The symptoms that a text has in it, or that have the text in them; case and blanks do not count.
    pub fn told_by(text: &str, pages: &'a [Page]) -> Self {
        let asked = plain(text);
        let mut symptoms = Self::default();
        if asked.chars().count() < LEAST {
            return symptoms;
        }
        for page in pages {
            let is_told = |symptom: &&String| {
                let symptom = plain(symptom);
                symptom.contains(&asked) || asked.contains(&symptom)
            };
            for symptom in page.meta.symptoms.iter().filter(is_told) {
                if !symptoms.told.contains(&symptom.as_str()) {
                    symptoms.told.push(symptom);
                }
                if symptoms.pages.last().is_none_or(|last| last.meta.id != page.meta.id) {
                    symptoms.pages.push(page);
                }
            }
        }
        symptoms.pages.sort_by_key(|page| std::cmp::Reverse((page.meta.level, page.meta.confidence)));
        symptoms
    }

    /// The symptoms that share words with a text, at most three, those with the most first.
    pub fn alike(text: &str, pages: &'a [Page]) -> Vec<&'a str> {
        let words = |text: &str| -> BTreeSet<String> {
            let words = plain(text);
            let words = words.split(|letter: char| !letter.is_alphanumeric());
            words.filter(|word| word.chars().count() >= LEAST).map(ToOwned::to_owned).collect()
        };
        let asked = words(text);
        let known: BTreeSet<&str> =
            pages.iter().flat_map(|page| &page.meta.symptoms).map(String::as_str).collect();
        let shared = known.into_iter().map(|symptom| (words(symptom).intersection(&asked).count(), symptom));
        let mut alike: Vec<(usize, &str)> = shared.filter(|(shared, _)| *shared >= LEAST_SHARED).collect();
        alike.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
        alike.into_iter().take(MOST_ALIKE).map(|(_, symptom)| symptom).collect()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }
}

/// Lower case, single blanks, and none of the quotes and full stops around it.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace('’', "'");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.trim_matches(|letter: char| matches!(letter, '"' | '\'' | '“' | '”' | '.' | '…' | ' ')).to_owned()
}

#[cfg(test)]
mod tests {
    use super::Symptoms;
    use crate::rules::pages;

    fn rules(text: &str) -> Vec<&'static str> {
        Symptoms::told_by(text, pages()).pages.iter().map(|page| page.meta.id.as_str()).collect()
    }

    #[test]
    fn a_part_of_a_message_finds_it_and_so_does_a_log_around_it() {
        let all = rules("0xBAADCA11");
        assert!(all.contains(&"push-types-before-delegate"), "{all:?}");
        let log =
            "Termination Reason: FRONTBOARD\n 0xbaadca11 <RBSTerminateContext| domain:10 code:0xBAADCA11>";
        assert_eq!(rules(log), all);
        assert!(rules("never  posted an\tincoming call").contains(&"missing-call-report"));
        assert!(rules("“Never posted an incoming call…”").contains(&"deferred-call-report"));
    }

    #[test]
    fn what_is_told_in_other_words_finds_what_is_alike() {
        let alike = |text| Symptoms::alike(text, pages());
        assert!(alike("my call does not ring in the background").contains(&"the phone does not ring"));
        let killed = alike("killed because it failed to post an incoming call");
        assert!(killed.iter().any(|known| known.starts_with("Killing app because it never")), "{killed:?}");
        assert_eq!(alike("the weather"), [""; 0]);
    }

    #[test]
    fn the_worst_and_surest_cause_stands_first() {
        let pages = Symptoms::told_by("0xBAADCA11", pages()).pages;
        let ranks: Vec<_> = pages.iter().map(|page| (page.meta.level, page.meta.confidence)).collect();
        assert!(ranks.is_sorted_by(|a, b| a >= b), "{ranks:?}");
        assert_eq!(pages[0].meta.id, "missing-call-report");
    }

    /// What breaks nothing has no symptom: words in comments, and a deprecated form that works.
    #[test]
    fn every_rule_about_something_that_breaks_is_found_by_a_symptom() {
        let without: Vec<&str> = pages()
            .iter()
            .filter(|page| page.meta.symptoms.is_empty())
            .map(|page| page.meta.id.as_str())
            .collect();
        let harmless = [
            "deprecated-push-handler",
            "suppression-without-reason",
            "unknown-suppressed-rule",
            "unused-suppression",
        ];
        assert_eq!(without, harmless);
    }

    #[test]
    fn a_letter_or_another_word_tells_nothing() {
        for text in ["", "a", "the", "  .  ", "EXC_BAD_ACCESS"] {
            assert!(rules(text).is_empty(), "{text}");
        }
    }
}
