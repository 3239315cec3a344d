//! Where the comments of a text are: a function per syntax, none of which needs a parser.
//!
//! What looks like a comment inside of a string is none.

use std::path::Path;

use crate::source::Span;
use crate::swift;

/// The comments of a file, in order, by the syntax that its name tells; none where no syntax is known.
pub(super) fn comments(path: &str, text: &str) -> Vec<Span> {
    match Path::new(path).extension().and_then(|kind| kind.to_str()).unwrap_or_default() {
        "swift" => swift::comments(text),
        "m" | "mm" | "h" | "pbxproj" => of_c(text),
        "xcconfig" => of_build_settings(text),
        "plist" | "entitlements" | "xcprivacy" | "xml" => of_xml(text),
        _ => Vec::new(),
    }
}

/// `// …` and `/* … */`, which do not nest; strings stand in `"` or `'`, and end with their line.
fn of_c(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut comments = Vec::new();
    let mut quote = None;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let length = match (rest, quote) {
            ([b'\\', ..], Some(_)) => 2,
            ([b'\n' | b'\r', ..], Some(_)) => {
                quote = None;
                1
            }
            ([byte, ..], Some(open)) => {
                quote = (*byte != open).then_some(open);
                1
            }
            ([b'/', b'/', ..], None) => {
                let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                comment(&mut comments, at, length.unwrap_or(rest.len()))
            }
            ([b'/', b'*', ..], None) => comment(&mut comments, at, until(&text[at..], "/*", "*/")),
            ([open @ (b'"' | b'\''), ..], None) => {
                quote = Some(*open);
                1
            }
            _ => 1,
        };
        at += length;
    }
    comments
}

/// `// …` to the end of the line, whatever stands before it: build settings know no strings.
fn of_build_settings(text: &str) -> Vec<Span> {
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
        if let Some(start) = rest.find("//").filter(|start| *start < line) {
            comment(&mut comments, at + start, line - start);
        }
        at += line + 1;
    }
    comments
}

/// `<!-- … -->`; a CDATA section holds none.
fn of_xml(text: &str) -> Vec<Span> {
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("<!")) {
        at += found;
        let rest = &text[at..];
        at += if rest.starts_with("<!--") {
            comment(&mut comments, at, until(rest, "<!--", "-->"))
        } else if rest.starts_with("<![CDATA[") {
            until(rest, "<![CDATA[", "]]>")
        } else {
            2
        };
    }
    comments
}

fn comment(comments: &mut Vec<Span>, at: usize, length: usize) -> usize {
    comments.push(Span::new(at, at + length));
    length
}

/// How far `rest`, which begins with `open`, goes up to `close`; to its end where that is missing.
fn until(rest: &str, open: &str, close: &str) -> usize {
    rest.get(open.len()..)
        .and_then(|inside| inside.find(close))
        .map_or(rest.len(), |inside| open.len() + inside + close.len())
}

#[cfg(test)]
mod tests {
    use super::comments;

    fn texts<'a>(path: &str, text: &'a str) -> Vec<&'a str> {
        comments(path, text).iter().map(|span| &text[span.start as usize..span.end as usize]).collect()
    }

    #[test]
    fn comments_of_swift_are_told_from_strings() {
        let text = "// a\r\nlet u = \"// b\" /* c /* d */ e */\nlet r = #\"\\\" // f\"# // g\n\
                    let m = \"\"\"\n// h\n\\(x /* i */)\n\"\"\"\n/// j\n/* k";
        assert_eq!(texts("A.swift", text), ["// a", "/* c /* d */ e */", "// g", "/* i */", "/// j", "/* k"]);
    }

    #[test]
    fn comments_of_a_project_file_are_told_from_strings() {
        let text = "// !$*UTF8*$!\r\na = \"http://b \\\" /* c */\"; /* d /* e */ f = 'g//h'; /* i";
        assert_eq!(texts("App.xcodeproj/project.pbxproj", text), ["// !$*UTF8*$!", "/* d /* e */", "/* i"]);
    }

    #[test]
    fn comments_of_build_settings_begin_even_behind_a_quote() {
        let text = "A = don't // b\r\nC = \"https:// d\n/* e */\r// f";
        assert_eq!(texts("App.xcconfig", text), ["// b", "// d", "// f"]);
    }

    #[test]
    fn comments_of_xml_are_told_from_character_data() {
        let text = "<!DOCTYPE plist>\n<!-- a --><k>b</k><![CDATA[<!-- c -->]]><!--d\ne--> <!-- f";
        assert_eq!(texts("Info.plist", text), ["<!-- a -->", "<!--d\ne-->", "<!-- f"]);
    }

    #[test]
    fn other_files_have_no_comments_that_are_known() {
        assert_eq!(texts("README.md", "// a\n<!-- b -->"), Vec::<&str>::new());
    }
}
