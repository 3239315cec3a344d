//! Binary property lists. They have no text, so their values have no places.
//!
//! A binary list may refer to one object many times, so that a small file stands for an endless list: it is read
//! event by event and stopped at the limits.

use std::io::Cursor;

use plist::stream::{BinaryReader, Event};

use super::build::{Building, Refused};
use super::{Kind, NotUnderstood, Value};
use crate::source::Span;

/// Reads a binary property list.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, NotUnderstood> {
    let mut building = Building::default();
    for event in BinaryReader::new(Cursor::new(bytes)) {
        let event = event.map_err(|_| NotUnderstood::DamagedBinary)?;
        take(&mut building, event).map_err(told)?;
    }
    building.finish().map_err(told)
}

fn take(building: &mut Building, event: Event<'_>) -> Result<(), Refused> {
    let nowhere = Span::default();
    let kind = match event {
        Event::StartArray(_) => return building.begin(Kind::Array(Vec::new()), nowhere),
        Event::StartDictionary(_) => return building.begin(Kind::Dictionary(Vec::new()), nowhere),
        Event::EndCollection => return building.end(),
        Event::String(text) if building.wants_key() => return building.key(text.into_owned(), nowhere),
        Event::String(text) => Kind::String(text.into_owned()),
        Event::Boolean(value) => Kind::Bool(value),
        _ => Kind::Other,
    };
    building.value(Value { kind, span: nowhere })
}

fn told(refused: Refused) -> NotUnderstood {
    match refused {
        Refused::Limit(limit) => limit,
        Refused::Wrong(_) => NotUnderstood::DamagedBinary,
    }
}
