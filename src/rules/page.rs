//! The page of a rule: the only source of its title, level, confidence and documentation.
//!
//! A page is TOML front matter between two `+++` lines, then Markdown with the sections of [`SECTIONS`].

use serde::Deserialize;

use crate::finding::{Confidence, Level};

/// The sections of a page, all of them, in this order.
pub const SECTIONS: [&str; 8] = [
    "What is wrong",
    "Why it matters",
    "What triggers it",
    "What does not",
    "How to fix it",
    "When it is fine to ignore it",
    "What this rule cannot see",
    "References",
];

/// The longest title, in characters.
const LONGEST_TITLE: usize = 100;
/// The line before and after the front matter.
const FENCE: &str = "+++";

/// What the front matter of a page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The rule's id.
    pub id: String,
    /// One line that says what is wrong.
    pub title: String,
    /// How bad, where the finding does not say otherwise.
    pub level: Level,
    /// How sure, where the finding does not say otherwise.
    pub confidence: Confidence,
    /// Whether it is on where nobody says anything; `enabled = false` for one that is to be asked for.
    pub enabled: bool,
    /// The version that brought the rule.
    pub since: String,
    /// Words to filter by.
    pub tags: Vec<String>,
    /// Addresses of what the rule rests on.
    pub references: Vec<String>,
    /// What the system, its log or a user says where the rule was broken.
    pub symptoms: Vec<String>,
}

impl Meta {
    /// The address of the page.
    pub fn uri(&self) -> String {
        uri(&self.id)
    }
}

/// The address of the page of a rule.
pub fn uri(id: &str) -> String {
    format!("{}/blob/main/rules/{id}.md", env!("CARGO_PKG_REPOSITORY"))
}

/// The page of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The front matter.
    pub meta: Meta,
    /// The Markdown below it.
    pub body: String,
    sections: Vec<Section>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    heading: String,
    text: String,
}

/// Why a text is not a page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The text does not begin with front matter between `+++` lines.
    #[error("rules/{id}.md: no front matter between `+++` lines")]
    NoFrontMatter {
        /// The rule's id.
        id: String,
    },
    /// The front matter is not TOML with the known keys.
    #[error("rules/{id}.md: front matter: {source}")]
    FrontMatter {
        /// The rule's id.
        id: String,
        /// What is wrong with it.
        source: Box<toml::de::Error>,
    },
    /// A value or the structure is not as every page has it.
    #[error("rules/{id}.md: {what}")]
    Malformed {
        /// The rule's id.
        id: String,
        /// What is wrong with it.
        what: String,
    },
}

/// The front matter as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    title: String,
    level: LevelWord,
    confidence: ConfidenceWord,
    #[serde(default = "is_on")]
    enabled: bool,
    since: String,
    tags: Vec<String>,
    references: Vec<String>,
    #[serde(default)]
    symptoms: Vec<String>,
}

fn is_on() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum LevelWord {
    Error,
    Warning,
    Note,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ConfidenceWord {
    High,
    Medium,
    Low,
}

impl Page {
    /// Reads the page of the rule `id`.
    pub fn parse(id: &str, text: &str) -> Result<Page, PageError> {
        let malformed = |what: String| PageError::Malformed { id: id.to_owned(), what };
        let (front, body) =
            split_front_matter(text).ok_or_else(|| PageError::NoFrontMatter { id: id.to_owned() })?;
        let front: FrontMatter = toml::from_str(&front)
            .map_err(|source| PageError::FrontMatter { id: id.to_owned(), source: Box::new(source) })?;
        if front.title.trim().is_empty() || front.title.contains('\n') {
            return Err(malformed("the title is not one line".to_owned()));
        }
        if front.title.chars().count() > LONGEST_TITLE {
            return Err(malformed(format!("the title is longer than {LONGEST_TITLE} characters")));
        }
        if let Some(reference) = front.references.iter().find(|reference| !reference.starts_with("https://"))
        {
            return Err(malformed(format!("the reference `{reference}` is no https address")));
        }
        let sections = sections(&body);
        let headings: Vec<&str> = sections.iter().map(|section| section.heading.as_str()).collect();
        if headings != SECTIONS {
            return Err(malformed(format!("the sections are {headings:?}, but must be {SECTIONS:?}")));
        }
        if let Some(section) = sections.iter().find(|section| section.text.is_empty()) {
            return Err(malformed(format!("the section \"{}\" is empty", section.heading)));
        }
        let meta = Meta {
            id: id.to_owned(),
            title: front.title,
            level: match front.level {
                LevelWord::Error => Level::Error,
                LevelWord::Warning => Level::Warning,
                LevelWord::Note => Level::Note,
            },
            confidence: match front.confidence {
                ConfidenceWord::High => Confidence::High,
                ConfidenceWord::Medium => Confidence::Medium,
                ConfidenceWord::Low => Confidence::Low,
            },
            enabled: front.enabled,
            since: front.since,
            tags: front.tags,
            references: front.references,
            symptoms: front.symptoms,
        };
        Ok(Page { meta, body, sections })
    }

    /// The text below a heading of [`SECTIONS`].
    pub fn section(&self, name: &str) -> Option<&str> {
        self.sections.iter().find(|section| section.heading == name).map(|section| section.text.as_str())
    }

    /// What is wrong, in a paragraph of plain text.
    pub fn summary(&self) -> String {
        self.first_paragraph("What is wrong")
    }

    /// Why it matters, in a paragraph of plain text.
    pub fn rationale(&self) -> String {
        self.first_paragraph("Why it matters")
    }

    fn first_paragraph(&self, name: &str) -> String {
        let lines = self.section(name).unwrap_or_default().lines();
        let paragraph: Vec<&str> = lines.take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
        without_links(&paragraph.join(" "))
    }
}

fn split_front_matter(text: &str) -> Option<(String, String)> {
    let mut lines = text.lines();
    if lines.next()?.trim_end() != FENCE {
        return None;
    }
    let lines: Vec<&str> = lines.collect();
    let end = lines.iter().position(|line| line.trim_end() == FENCE)?;
    let body = lines[end + 1..].join("\n");
    Some((lines[..end].join("\n"), format!("{}\n", body.trim())))
}

/// Cuts Markdown at its second-level headings; what stands in a code block is no heading.
fn sections(body: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut in_code = false;
    for line in body.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if let Some(heading) = line.strip_prefix("## ").filter(|_| !in_code) {
            sections.push(Section { heading: heading.trim().to_owned(), text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.text.push_str(line);
            section.text.push('\n');
        }
    }
    for section in &mut sections {
        section.text = section.text.trim().to_owned();
    }
    sections
}

/// Replaces each Markdown link by its words.
fn without_links(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some((before, words, after)) = next_link(rest) {
        plain.push_str(before);
        plain.push_str(words);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// The text before the first link, the link's words, and the text after it.
fn next_link(markdown: &str) -> Option<(&str, &str, &str)> {
    let middle = markdown.find("](")?;
    let start = markdown[..middle].rfind('[')?;
    let end = middle + markdown[middle..].find(')')?;
    Some((&markdown[..start], &markdown[start + 1..middle], &markdown[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::{Page, SECTIONS};
    use crate::finding::{Confidence, Level};

    const FRONT: &str = "+++\ntitle = \"A title\"\nlevel = \"warning\"\nconfidence = \"medium\"\n\
                         since = \"0.1.0\"\ntags = [\"crash\"]\nreferences = [\"https://example.org/\"]\n+++\n";

    fn body() -> String {
        SECTIONS
            .map(|name| format!("## {name}\n\nAbout *{name}*:\nsee [there](https://x.y/).\n\nMore.\n"))
            .concat()
    }

    #[test]
    fn a_page_gives_its_metadata_and_sections() {
        let page = Page::parse("some-rule", &format!("{FRONT}\n{}", body())).expect("a good page");
        assert_eq!(page.meta.title, "A title");
        assert_eq!((page.meta.level, page.meta.confidence), (Level::Warning, Confidence::Medium));
        assert_eq!(page.meta.uri(), "https://github.com/pushlint/pushlint/blob/main/rules/some-rule.md");
        assert!(page.section("How to fix it").is_some_and(|text| text.ends_with("More.")));
        assert_eq!(page.section("Nothing"), None);
        assert_eq!(page.rationale(), "About *Why it matters*: see there.");
    }

    #[test]
    fn a_rule_is_on_unless_its_page_says_otherwise() {
        let on = format!("{FRONT}{}", body());
        let off = on.replace("since", "enabled = false\nsince");
        for (text, enabled) in [(on, true), (off, false)] {
            assert_eq!(Page::parse("some-rule", &text).expect("a good page").meta.enabled, enabled);
        }
    }

    #[test]
    fn a_heading_in_a_code_block_is_no_section() {
        let text = format!("{FRONT}{}", body().replace("More.", "```md\n## Not me\n```"));
        assert!(Page::parse("some-rule", &text).is_ok());
    }

    #[test]
    fn what_is_wrong_with_a_page_is_said() {
        let good = format!("{FRONT}{}", body());
        for (from, to, complaint) in [
            ("+++\n", "", "no front matter"),
            ("level = \"warning\"", "level = \"fatal\"", "unknown variant `fatal`"),
            ("since = \"0.1.0\"", "since = \"0.1.0\"\nseverity = 1", "unknown field `severity`"),
            ("since = \"0.1.0\"\n", "", "missing field `since`"),
            ("A title", " ", "not one line"),
            ("A title", &"long ".repeat(30), "longer than 100"),
            ("https://example.org/", "example.org", "no https address"),
            ("## References", "## Links", "the sections are"),
        ] {
            let error = Page::parse("some-rule", &good.replace(from, to)).expect_err(complaint).to_string();
            assert!(error.contains(complaint) && error.starts_with("rules/some-rule.md: "), "{error}");
        }
    }
}
