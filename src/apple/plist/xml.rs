//! XML property lists. Only the five entities of XML are known: a document type that declares its own expands to nothing.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use super::build::{Building, Refused};
use super::{Kind, NotUnderstood, Value, malformed};
use crate::source::Span;

/// Reads an XML property list.
pub(super) fn parse(text: &str) -> Result<Value, NotUnderstood> {
    let mut reader = Reader::from_str(text);
    let mut building = Building::default();
    let mut scalar: Option<Scalar> = None;
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader
            .read_event()
            .map_err(|error| malformed(text, reader.error_position() as usize, error.to_string()))?;
        let span = Span::new(start, reader.buffer_position() as usize);
        let told = |refused| match refused {
            Refused::Limit(limit) => limit,
            Refused::Wrong(what) => malformed(text, start, what),
        };
        match (event, &mut scalar) {
            (Event::Eof, None) => return building.finish().map_err(told),
            (Event::Eof, Some(_)) => return Err(malformed(text, start, "the list breaks off")),
            (Event::Text(part), Some(open)) => open.text.push_str(&part.xml10_content()),
            (Event::CData(part), Some(open)) => open.text.push_str(&part.xml10_content()),
            (Event::GeneralRef(entity), Some(open)) => {
                open.text
                    .push_str(&resolved(&entity).ok_or_else(|| malformed(text, start, "an unknown entity"))?);
            }
            (Event::Text(part), None) if !part.xml10_content().trim().is_empty() => {
                return Err(malformed(text, start, "text where none belongs"));
            }
            (Event::Start(tag), None) => match tag.name().as_ref() {
                "plist" => {}
                "dict" => building.begin(Kind::Dictionary(Vec::new()), span).map_err(told)?,
                "array" => building.begin(Kind::Array(Vec::new()), span).map_err(told)?,
                name => scalar = Some(Scalar { name: name.to_owned(), start, text: String::new() }),
            },
            (Event::Start(_) | Event::Empty(_), Some(_)) => {
                return Err(malformed(text, start, "a tag inside a value"));
            }
            (Event::Empty(tag), None) => match tag.name().as_ref() {
                "plist" => {}
                "dict" => building.value(Value { kind: Kind::Dictionary(Vec::new()), span }).map_err(told)?,
                "array" => building.value(Value { kind: Kind::Array(Vec::new()), span }).map_err(told)?,
                "key" => building.key(String::new(), span).map_err(told)?,
                name => {
                    building.value(Value { kind: scalar_kind(name, String::new()), span }).map_err(told)?;
                }
            },
            (Event::End(tag), open) => match (tag.name().as_ref(), open.take()) {
                ("plist", _) => {}
                ("dict" | "array", _) => building.end().map_err(told)?,
                (_, Some(Scalar { name, start, text })) => {
                    let span = Span::new(start, span.end as usize);
                    match name.as_str() {
                        "key" => building.key(text, span).map_err(told)?,
                        name => {
                            building.value(Value { kind: scalar_kind(name, text), span }).map_err(told)?;
                        }
                    }
                }
                (_, None) => return Err(malformed(text, start, "an end without a beginning")),
            },
            (Event::GeneralRef(_), None) => return Err(malformed(text, start, "text where none belongs")),
            (Event::Text(_) | Event::CData(_), None)
            | (Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_), _) => {}
        }
    }
}

/// A value whose end is not reached.
struct Scalar {
    name: String,
    start: usize,
    text: String,
}

fn scalar_kind(name: &str, text: String) -> Kind {
    match name {
        "string" => Kind::String(text),
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        _ => Kind::Other,
    }
}

fn resolved(entity: &BytesRef<'_>) -> Option<String> {
    match entity.resolve_char_ref() {
        Ok(Some(character)) => Some(character.to_string()),
        Ok(None) => resolve_predefined_entity(&entity.xml10_content()).map(ToOwned::to_owned),
        Err(_) => None,
    }
}
