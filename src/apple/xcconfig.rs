//! `.xcconfig`: a build setting per line, with includes.

use super::settings::Assignment;
use crate::source::{FileId, Location, Span};

/// What a file of build settings says.
#[derive(Debug)]
pub struct XcConfig {
    /// The file.
    pub file: FileId,
    /// Its lines that mean something, in order.
    pub lines: Vec<Line>,
}

/// A line that means something.
#[derive(Debug)]
pub enum Line {
    /// `KEY = value`
    Setting(Assignment),
    /// `#include "path"`
    Include {
        /// The path, relative to the file.
        path: String,
        /// `#include?`: it need not be there.
        is_optional: bool,
    },
}

impl XcConfig {
    pub(super) fn parse(file: FileId, text: &str) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for whole in text.split_inclusive('\n') {
            let line = whole.split("//").next().unwrap_or_default();
            lines.extend(Self::line(file, start, line));
            start += whole.len();
        }
        Self { file, lines }
    }

    fn line(file: FileId, start: usize, line: &str) -> Option<Line> {
        let trimmed = line.trim();
        if let Some(rest) = trimmed.strip_prefix("#include") {
            let (rest, is_optional) = rest.strip_prefix('?').map_or((rest, false), |rest| (rest, true));
            let path = rest.trim().trim_matches('"').to_owned();
            return Some(Line::Include { path, is_optional });
        }
        // A condition holds a `=` of its own: `KEY[sdk=iphoneos*] = value`.
        let mut depth = 0_usize;
        let equals = line.find(|letter: char| {
            match letter {
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            letter == '=' && depth == 0
        })?;
        let (key, value) = (line.get(..equals)?.trim(), line.get(equals + 1..)?.trim());
        if key.is_empty() {
            return None;
        }
        let from = start + line.len() - line.trim_start().len();
        let place = Location { file, span: Span::new(from, start + line.trim_end().len()) };
        let value = value.trim_end_matches(';').to_owned();
        Some(Line::Setting(Assignment::new(key, value, place)))
    }
}
