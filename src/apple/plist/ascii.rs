//! The old form of property lists: `{ key = value; }`, `( a, b )`, words and quoted strings, comments as in C.

use super::build::{Building, Refused};
use super::{Kind, NotUnderstood, Value, malformed};
use crate::source::Span;

/// Reads a property list in the old form.
pub(super) fn parse(text: &str) -> Result<Value, NotUnderstood> {
    let mut tokens = Tokens { text, at: 0 };
    let mut building = Building::default();
    // What closes the open collections, innermost last.
    let mut closing: Vec<char> = Vec::new();
    while let Some((token, span)) = tokens.next()? {
        let told = |refused| match refused {
            Refused::Limit(limit) => limit,
            Refused::Wrong(what) => malformed(text, span.start as usize, what),
        };
        match token {
            Token::Mark('{') => {
                building.begin(Kind::Dictionary(Vec::new()), span).map_err(told)?;
                closing.push('}');
            }
            Token::Mark('(') => {
                building.begin(Kind::Array(Vec::new()), span).map_err(told)?;
                closing.push(')');
            }
            Token::Mark(mark @ ('}' | ')')) => {
                if closing.pop() != Some(mark) {
                    return Err(malformed(text, span.start as usize, format!("`{mark}` where none belongs")));
                }
                building.end().map_err(told)?;
            }
            // `=`, `;` and `,` only separate: which of key and value is due follows without them.
            Token::Mark(_) => {}
            Token::Data => building.value(Value { kind: Kind::Other, span }).map_err(told)?,
            Token::Word(word) if building.wants_key() => building.key(word, span).map_err(told)?,
            Token::Word(word) => building.value(Value { kind: Kind::String(word), span }).map_err(told)?,
        }
    }
    building.finish().map_err(|refused| match refused {
        Refused::Limit(limit) => limit,
        Refused::Wrong(what) => malformed(text, text.len(), what),
    })
}

enum Token {
    /// One of `{}()=;,`
    Mark(char),
    /// A word or a quoted string.
    Word(String),
    /// `<0f a3>`
    Data,
}

struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl Tokens<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Result<Option<(Token, Span)>, NotUnderstood> {
        self.skip_blanks();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let token = match first {
            '{' | '}' | '(' | ')' | '=' | ';' | ',' => {
                self.at += 1;
                Token::Mark(first)
            }
            '"' | '\'' => Token::Word(self.quoted(first)?),
            '<' => {
                let length =
                    self.rest().find('>').ok_or_else(|| malformed(self.text, start, "data breaks off"))?;
                self.at += length + 1;
                Token::Data
            }
            _ => {
                let is_word = |letter: char| letter.is_alphanumeric() || "_./$:-+@~*[]".contains(letter);
                let rest = self.rest();
                let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
                if length == 0 {
                    return Err(malformed(self.text, start, format!("`{first}` where none belongs")));
                }
                let word = rest.get(..length).unwrap_or_default().to_owned();
                self.at += length;
                Token::Word(word)
            }
        };
        Ok(Some((token, Span::new(start, self.at))))
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            let comment = match rest.get(blank..).unwrap_or_default() {
                after if after.starts_with("//") => after.find(['\n', '\r']).unwrap_or(after.len()),
                after if after.starts_with("/*") => {
                    after.get(2..).and_then(|inside| inside.find("*/")).map_or(after.len(), |end| end + 4)
                }
                _ => 0,
            };
            if blank + comment == 0 {
                return;
            }
            self.at += blank + comment;
        }
    }

    /// A quoted string without its quotes, escapes resolved.
    fn quoted(&mut self, quote: char) -> Result<String, NotUnderstood> {
        let start = self.at;
        let mut word = String::new();
        let mut letters = self.rest().char_indices().skip(1).peekable();
        while let Some((at, letter)) = letters.next() {
            match letter {
                _ if letter == quote => {
                    self.at = start + at + 1;
                    return Ok(word);
                }
                '\\' => match letters.next().map(|(_, letter)| letter) {
                    Some('n') => word.push('\n'),
                    Some('t') => word.push('\t'),
                    Some('r') => word.push('\r'),
                    Some('U') => {
                        let mut code = 0;
                        for _ in 0..4 {
                            let Some(digit) = letters.peek().and_then(|(_, digit)| digit.to_digit(16)) else {
                                break;
                            };
                            code = code * 16 + digit;
                            letters.next();
                        }
                        word.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    Some(other) => word.push(other),
                    None => break,
                },
                _ => word.push(letter),
            }
        }
        Err(malformed(self.text, start, "a string breaks off"))
    }
}
