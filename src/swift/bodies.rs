//! Where the bodies of a file are, told by its words and braces, without the grammar: what is between those braces need not be
//! parsed before somebody asks for it.

use super::words::is_part;
use crate::source::Span;

/// Shorter bodies are read with the declarations: a part of its own costs more.
const MIN_BODY: usize = 80;

/// Words that begin a declaration inside of a body: who knows what it says of the rest of the file?
const DECLARE: [&[u8]; 8] =
    [b"class", b"struct", b"enum", b"actor", b"protocol", b"extension", b"typealias", b"macro"];

/// The words with which an accessor begins.
const ACCESSORS: [&[u8]; 12] = [
    b"get",
    b"set",
    b"willSet",
    b"didSet",
    b"_read",
    b"_modify",
    b"mutating",
    b"nonmutating",
    b"borrowing",
    b"consuming",
    b"unsafeAddress",
    b"unsafeMutableAddress",
];

/// The braces of a file.
#[derive(Debug, Default)]
pub(super) struct Braces {
    /// The bodies of types, the braces included.
    pub(super) types: Vec<Span>,
    /// The bodies of functions and accessors that are members of types or stand at file scope, the braces included, in order.
    pub(super) bodies: Vec<Span>,
}

/// What is being declared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Declaring {
    Nothing,
    Type,
    Function,
    /// A subscript, or a variable without an initial value.
    Accessors,
    /// Something whose braces are no body.
    Other,
}

/// A level of braces in which declarations stand.
enum Level {
    /// The body of a type that begins there.
    Type(usize),
    /// Accessors.
    Accessors,
}

/// Finds the bodies in the code of a file (see [`super::scan::Masked`]); none where its brackets are not balanced.
pub(super) fn find(code: &[u8]) -> Option<Braces> {
    let pairs = pairs(code)?;
    let closing = |at: usize| pairs.binary_search_by_key(&at, |pair| pair.0).ok().map(|pair| pairs[pair].1);
    let mut braces = Braces::default();
    let mut levels: Vec<Level> = Vec::new();
    let mut declaring = Declaring::Nothing;
    let mut at = 0;
    while let Some(byte) = code.get(at) {
        match byte {
            b'(' | b'[' => at = closing(at)?,
            b'{' => {
                let end = closing(at)?;
                let is_accessor = matches!(levels.last(), Some(Level::Accessors));
                let is_body = match declaring {
                    Declaring::Type => {
                        levels.push(Level::Type(at));
                        declaring = Declaring::Nothing;
                        at += 1;
                        continue;
                    }
                    Declaring::Accessors if begins_with_accessor(&code[at + 1..end]) => {
                        levels.push(Level::Accessors);
                        declaring = Declaring::Nothing;
                        at += 1;
                        continue;
                    }
                    Declaring::Function | Declaring::Accessors => true,
                    Declaring::Nothing => is_accessor,
                    Declaring::Other => false,
                };
                if is_body && end - at > MIN_BODY && !declares(&code[at + 1..end]) {
                    braces.bodies.push(Span::new(at, end + 1));
                }
                // Behind an initial value observers may follow.
                if declaring != Declaring::Other {
                    declaring = Declaring::Nothing;
                }
                at = end;
            }
            b'}' => {
                if let Some(Level::Type(start)) = levels.pop() {
                    braces.types.push(Span::new(start, at + 1));
                }
                declaring = Declaring::Nothing;
            }
            b';' => declaring = Declaring::Nothing,
            b'=' if declaring == Declaring::Accessors && is_assignment(code, at) => {
                declaring = Declaring::Other;
            }
            b'`' => {
                at += 1 + code.get(at + 1..)?.iter().position(|byte| *byte == b'`')?;
            }
            _ if is_part(*byte) => {
                let end = at + code[at..].iter().take_while(|byte| is_part(**byte)).count();
                let is_member = at > 0 && matches!(code[at - 1], b'.' | b'@' | b'#');
                if !is_member && !matches!(levels.last(), Some(Level::Accessors)) {
                    match &code[at..end] {
                        b"class" | b"struct" | b"enum" | b"actor" | b"protocol" | b"extension" => {
                            declaring = Declaring::Type;
                        }
                        b"func" => {
                            declaring = Declaring::Function;
                            at = behind_name(code, end);
                            continue;
                        }
                        b"init" | b"deinit" => declaring = Declaring::Function,
                        b"subscript" => declaring = Declaring::Accessors,
                        b"var" | b"let" => {
                            declaring = Declaring::Accessors;
                            at = behind_name(code, end);
                            continue;
                        }
                        b"import" | b"typealias" | b"associatedtype" | b"operator" | b"precedencegroup"
                        | b"macro" | b"case" | b"if" | b"guard" | b"for" | b"while" | b"switch" | b"do"
                        | b"repeat" | b"defer" | b"return" | b"throw" | b"try" | b"await" => {
                            declaring = Declaring::Other;
                        }
                        _ => {}
                    }
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Some(braces)
}

/// For each opening bracket the closing one, in order; none where one is missing.
fn pairs(code: &[u8]) -> Option<Vec<(usize, usize)>> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut open: Vec<(usize, u8)> = Vec::new();
    for (at, byte) in code.iter().enumerate() {
        let close = match byte {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b')' | b']' | b'}' => {
                let (pair, close) = open.pop()?;
                if close != *byte {
                    return None;
                }
                pairs[pair].1 = at;
                continue;
            }
            _ => continue,
        };
        open.push((pairs.len(), close));
        pairs.push((at, at));
    }
    open.is_empty().then_some(pairs)
}

/// Behind the name, or the operator, that follows a keyword.
fn behind_name(code: &[u8], from: usize) -> usize {
    let rest = code.get(from..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let name = rest.get(blank..).unwrap_or_default();
    let length = match name.first() {
        Some(b'`') => name.iter().skip(1).position(|byte| *byte == b'`').map_or(1, |length| length + 2),
        Some(byte) if is_part(*byte) => name.iter().take_while(|byte| is_part(**byte)).count(),
        _ => name.iter().take_while(|byte| !byte.is_ascii_whitespace() && !b"([{".contains(byte)).count(),
    };
    from + blank + length
}

/// Whether a `=` stands alone.
fn is_assignment(code: &[u8], at: usize) -> bool {
    let is_sign = |byte: Option<&u8>| byte.is_some_and(|byte| b"=<>!+-*/%&|^~?".contains(byte));
    !is_sign(at.checked_sub(1).and_then(|before| code.get(before))) && !is_sign(code.get(at + 1))
}

fn begins_with_accessor(inside: &[u8]) -> bool {
    let inside = inside.trim_ascii_start();
    let word = &inside[..inside.iter().take_while(|byte| is_part(**byte)).count()];
    inside.first() == Some(&b'@') || ACCESSORS.contains(&word)
}

/// Whether a body may have a declaration in it that is more than a local function.
fn declares(inside: &[u8]) -> bool {
    let mut at = 0;
    while let Some(byte) = inside.get(at) {
        if is_part(*byte) {
            let end = at + inside[at..].iter().take_while(|byte| is_part(**byte)).count();
            let is_member = at > 0 && inside[at - 1] == b'.';
            if !is_member && DECLARE.contains(&&inside[at..end]) {
                return true;
            }
            at = end;
        } else {
            at += 1;
        }
    }
    false
}
