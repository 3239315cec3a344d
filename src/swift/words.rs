//! The words of a text, and what stands around them: told by the letters next to them.

use crate::facts::Around;
use crate::facts::words::IMPLICIT_INIT;

/// Whether a byte is part of a word.
pub(super) fn is_part(byte: u8) -> bool {
    byte == b'_' || !byte.is_ascii() || byte.is_ascii_alphanumeric()
}

/// Every word of a text, and what stands around it there.
pub(super) fn each_word<'t>(text: &'t str, mut visit: impl FnMut(&'t str, Around)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_part(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && is_part(bytes[at]) {
            at += 1;
        }
        let (front, ty) = before(&bytes[..start]);
        let around = match front {
            Front::Around(around) => around.or(behind(&bytes[at..])).or(changing(&bytes[at..])),
            Front::Function => Around::NOTHING,
            Front::Variable => match behind(&bytes[at..]) {
                // `if let name {`
                behind if behind.meets(Around::CALLED) || !behind.meets(DECLARED) => behind.or(Around::ALONE),
                _ => Around::NOTHING,
            },
        };
        visit(&text[start..at], around);
        if &text[start..at] == "init" && around.meets(Around::OF_VALUE) {
            visit(implicit_init(text, start, at), around);
        }
        if !text[start..at].is_ascii() {
            // `1≤call()`: what is no ASCII may be an operator.
            let words = text[start..at].split(|letter: char| !letter.is_ascii());
            words.filter(|word| !word.is_empty()).for_each(|word| visit(word, around.or(Around::ALONE)));
        }
        if let Some(ty) = ty {
            visit(&text[ty..at], around);
        }
    }
}

/// `.init`, of nothing or of a value, and what of the arguments behind it tells which initialiser it is: see [`crate::facts::words::implicit_inits`].
fn implicit_init(text: &str, start: usize, end: usize) -> &str {
    let bytes = text.as_bytes();
    if !bytes[..start].ends_with(b".") || bytes.get(end) != Some(&b'(') {
        return IMPLICIT_INIT;
    }
    let from = start - 1;
    let label = end + 1 + bytes[end + 1..].iter().take_while(|byte| is_part(**byte)).count();
    match bytes.get(end + 1) {
        Some(b')') => &text[from..end + 2],
        // What is no ASCII, in quotes or behind a comment is not told apart.
        Some(byte) if !byte.is_ascii() || byte.is_ascii_whitespace() || b"`/".contains(byte) => IMPLICIT_INIT,
        _ if text[end..label].is_ascii() && bytes.get(label) == Some(&b':') => &text[from..label],
        _ if matches!(bytes.get(label), Some(b' ' | b'\t' | b'\n' | b'`' | b'/')) || label == bytes.len() => {
            IMPLICIT_INIT
        }
        _ => &text[from..=end],
    }
}

/// What is in front of a word.
enum Front {
    Around(Around),
    /// `func`: the word is a name that is declared, and stands for nothing.
    Function,
    /// `let` or `var`: so it is where a type or a value follows.
    Variable,
}

/// What follows the name of a variable that is declared.
const DECLARED: Around = Around::WRITTEN.or(Around::LABEL);

/// So far is looked for the beginning of a path; what is longer may be one of a key.
const LOOKED_BACK: usize = 200;

/// So far is looked for the end of a tuple; one that is longer may be assigned to.
const LOOKED_AHEAD: usize = 200;

/// What is in front of a word that follows these bytes, and where the type's name begins that is there with a dot.
fn before(bytes: &[u8]) -> (Front, Option<usize>) {
    match bytes.strip_suffix(b".") {
        Some(owner) => {
            let (around, ty) = behind_owner(owner);
            (Front::Around(around), ty)
        }
        None => (without_owner(bytes.strip_suffix(b"`").unwrap_or(bytes)), None),
    }
}

/// What is in front of a word without a dot.
fn without_owner(bytes: &[u8]) -> Front {
    let text = bytes.trim_ascii_end();
    // Of another line it may be the end of a comment.
    let is_same_line = text.len() < bytes.len() && !bytes[text.len()..].contains(&b'\n');
    let is_word = |word: &[u8]| {
        let front = text.strip_suffix(word).filter(|_| is_same_line);
        front.is_some_and(|front| !front.last().is_some_and(|byte| is_part(*byte) || b".`".contains(byte)))
    };
    match text.last() {
        // A comment may hide a dot.
        Some(b'/') => Front::Around(Around::IN_FRONT),
        Some(b'.') => {
            Front::Around(Around::OF_VALUE.or(Around::OF_SELF).or(Around::IMPLICIT).or(Around::KEY_PATH))
        }
        // `call(&value)`
        Some(b'&') => Front::Around(Around::ALONE.or(Around::WRITTEN)),
        Some(b'c') if is_word(b"func") => Front::Function,
        Some(b'$') => Front::Around(Around::ALONE.or(Around::CHANGED)),
        Some(b't') if is_word(b"let") => Front::Variable,
        Some(b'r') if is_word(b"var") => Front::Variable,
        _ => Front::Around(Around::ALONE),
    }
}

/// What is in front of a word that follows these bytes and a dot, and where the type's name before the dot begins.
fn behind_owner(owner: &[u8]) -> (Around, Option<usize>) {
    let mut path = owner.iter().rev().take(LOOKED_BACK);
    let begins = path.find(|byte| !is_part(**byte) && !b".?!".contains(byte));
    let is_long = begins.is_none() && owner.len() > LOOKED_BACK;
    let key_path = match begins {
        Some(b'\\') => Around::KEY_PATH,
        // `call(&self.value)`
        Some(b'&') => Around::WRITTEN,
        // `&a.b[0].c`, `a[0].b`: where the path begins cannot be seen.
        Some(b'$' | b']' | b')') => Around::CHANGED,
        _ if is_long => Around::KEY_PATH.or(Around::WRITTEN).or(Around::CHANGED),
        _ => Around::NOTHING,
    };
    let value = owner.strip_suffix(b"?").or(owner.strip_suffix(b"!")).unwrap_or(owner);
    let start = value.len() - value.iter().rev().take_while(|byte| is_part(**byte)).count();
    let (front, word) = value.split_at(start);
    let is_first = !front.trim_ascii_end().ends_with(b".");
    let is_end = |byte: &u8| is_part(*byte) || b")]}?!>`\"'".contains(byte);
    match word {
        b"self" | b"super" if is_first => (Around::OF_SELF.or(key_path), None),
        b"Self" if is_first => (Around::OF_SELF.or(Around::OF_TYPE).or(key_path), None),
        [first, ..] if is_first && first.is_ascii_uppercase() && value.len() == owner.len() => {
            // `H`, `APP_DELEGATE`: a constant, or a generic parameter.
            let is_value = !word.iter().any(u8::is_ascii_lowercase);
            let value = if is_value { Around::OF_VALUE } else { Around::NOTHING };
            (Around::OF_TYPE.or(value).or(key_path), Some(start))
        }
        _ if owner.last().is_some_and(is_end) => (Around::OF_VALUE.or(key_path), None),
        _ => (Around::OF_VALUE.or(Around::IMPLICIT).or(key_path), None),
    }
}

/// Whether what follows an opening parenthesis is the labels of a function, rather than arguments.
fn are_labels(bytes: &[u8]) -> bool {
    let end = bytes.iter().position(|byte| !is_part(*byte) && !b":` ".contains(byte));
    end.is_some_and(|end| bytes[end] == b')' && bytes[..end].ends_with(b":"))
}

/// Whether what follows a word is the end of a tuple that is assigned to.
fn is_target(bytes: &[u8]) -> bool {
    let near = bytes.iter().take(LOOKED_AHEAD);
    let Some(end) = near.clone().position(|byte| !is_part(*byte) && !b"., ?!\t\n".contains(byte)) else {
        return near.len() == LOOKED_AHEAD;
    };
    let Some(rest) = bytes[end..].strip_prefix(b")") else { return false };
    let rest = rest.trim_ascii_start();
    rest.starts_with(b"=") && !rest.starts_with(b"==")
}

/// Whether what these bytes follow may be changed by what they say: a part of it is, or a method of it is called.
fn changing(bytes: &[u8]) -> Around {
    let bytes = bytes.strip_prefix(b"`").unwrap_or(bytes).trim_ascii_start();
    let is_path = |byte: &u8| is_part(*byte) || b".?!".contains(byte);
    let behind = || {
        let end = bytes.iter().take(LOOKED_AHEAD).position(|byte| !is_path(byte));
        end.map(|end| bytes[end..].trim_ascii_start())
    };
    let is_changing = match bytes {
        [b'!' | b'?', b'=' | b'?', ..] => false,
        [b'[', ..] => true,
        [b'.' | b'?' | b'!', ..] => match behind() {
            Some(rest @ [b')' | b',', ..]) => is_target(rest),
            Some([b'=', b'=', ..] | [b'&', b'&', ..] | [b'|', b'|', ..]) => false,
            Some(rest) => rest.first().is_some_and(|byte| b"=([{.</`+-*%&|^>~".contains(byte)),
            None => true,
        },
        _ => false,
    };
    if is_changing { Around::CHANGED } else { Around::NOTHING }
}

/// Called, with arguments or without.
const CALLED_ANYHOW: Around = Around::CALLED.or(Around::CALLED_BARE).or(Around::CALLED_WITH);

/// How something is called whose opening parenthesis these bytes follow.
fn arguments(bytes: &[u8]) -> Around {
    match bytes.trim_ascii_start() {
        [b')', rest @ ..] => {
            let is_given_closure = matches!(rest.trim_ascii_start().first(), Some(b'{' | b'/'));
            let with = if is_given_closure { Around::CALLED_WITH } else { Around::NOTHING };
            Around::CALLED.or(Around::CALLED_BARE).or(with)
        }
        [b'/', ..] => CALLED_ANYHOW,
        _ => Around::CALLED.or(Around::CALLED_WITH),
    }
}

/// What is behind a word that these bytes follow.
fn behind(bytes: &[u8]) -> Around {
    let rest = bytes.strip_prefix(b"`").unwrap_or(bytes);
    let bytes = rest.trim_ascii_start();
    match bytes {
        // `f = call`, and a new statement; `call(_:label:)`
        [b'(', inner @ ..] if rest[..rest.len() - bytes.len()].contains(&b'\n') || are_labels(inner) => {
            arguments(inner).or(Around::AS_VALUE)
        }
        // A function has no members.
        [b'.', next, ..] if is_part(*next) => Around::NOTHING,
        [b'=' | b'!', b'=', ..] => Around::AS_VALUE,
        [b'=', ..] => Around::WRITTEN.or(Around::AS_VALUE),
        [b':', ..] => Around::LABEL.or(Around::AS_VALUE),
        [b'(', inner @ ..] => arguments(inner),
        // `(call)(…)`
        [b')', b'(', ..] => CALLED_ANYHOW.or(Around::AS_VALUE),
        // `if value {`
        [b'{', ..] => CALLED_ANYHOW.or(Around::AS_VALUE),
        // `(a, b) = …`
        [b',' | b')', ..] if is_target(bytes) => Around::WRITTEN.or(Around::AS_VALUE),
        // `T<A>(…)`, `call?(…)`, a comment, an operator that assigns.
        [b'<' | b'?' | b'!' | b'/', ..] => Around::BEHIND,
        [b'+' | b'-' | b'*' | b'%' | b'&' | b'|' | b'^' | b'>' | b'~', ..] => {
            Around::WRITTEN.or(Around::AS_VALUE)
        }
        _ => Around::AS_VALUE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_word_is_told_apart() {
        use Around as A;
        for (text, around, is_there) in [
            ("x", A::ALONE, true),
            ("a.x", A::ALONE, false),
            ("a.x", A::OF_VALUE, true),
            ("a.x", A::IMPLICIT, false),
            ("Ab.x", A::OF_VALUE, false),
            ("Ab.x", A::OF_TYPE, true),
            ("AB.x", A::OF_VALUE.or(A::OF_TYPE), true),
            ("Ab?.x", A::OF_VALUE, true),
            ("a.A.x", A::OF_VALUE, true),
            ("self.x", A::OF_VALUE, false),
            ("self?.x", A::OF_SELF, true),
            ("a.self.x", A::OF_VALUE, true),
            ("a\n  .x", A::OF_VALUE, true),
            ("f(.x)", A::IMPLICIT, true),
            ("a().x", A::IMPLICIT, false),
            ("a?.x", A::IMPLICIT, false),
            ("a./* b */x", A::OF_VALUE, true),
            ("\\.x", A::KEY_PATH, true),
            ("\\A.b?.x", A::KEY_PATH, true),
            ("a.b.x", A::KEY_PATH, false),
            ("x = 1", A::WRITTEN, true),
            ("x == 1", A::WRITTEN, false),
            ("x += 1", A::WRITTEN, true),
            ("x /* a */ = 1", A::WRITTEN, true),
            ("f(x: 1)", A::LABEL, true),
            ("x {", A::CALLED, true),
            ("x<T>()", A::CALLED, true),
            ("x(1)", A::AS_VALUE, false),
            ("f(x)", A::AS_VALUE, true),
            ("x, y", A::CALLED.or(A::WRITTEN).or(A::LABEL), false),
            ("func x(", A::USED, false),
            ("func `x`(", A::USED, false),
            ("perfunc x(", A::CALLED, true),
            ("a.func x(", A::CALLED, true),
            ("let x = 1", A::USED, false),
            ("var x: Int", A::USED, false),
            ("if let x {", A::AS_VALUE, true),
            ("if let x, y", A::AS_VALUE, true),
            ("let y = x", A::AS_VALUE, true),
            ("// the func\nx()", A::CALLED, true),
            ("// no let\nx: 1", A::LABEL, true),
            ("y = x(_:)", A::AS_VALUE, true),
            ("y = x(a:b:)", A::AS_VALUE, true),
            ("y = x\n(a)", A::AS_VALUE, true),
            ("x(a: 1)", A::AS_VALUE, false),
            ("(x, y) = z", A::WRITTEN, true),
            ("(self.x, y.z) = z", A::WRITTEN, true),
            ("(x, y) == z", A::WRITTEN, false),
            ("f(x, y: 1)", A::WRITTEN, false),
            ("f(&x)", A::WRITTEN, true),
            ("f(&self.x)", A::WRITTEN, true),
            ("1≤x()", A::CALLED, true),
            ("x()", A::CALLED_BARE, true),
            ("x ( )", A::CALLED_BARE, true),
            ("x(1)", A::CALLED_BARE, false),
            ("x()", A::CALLED_WITH, false),
            ("x() {", A::CALLED_WITH, true),
            ("x(/* a */)", A::CALLED_BARE, true),
            ("x != 1", A::WRITTEN, false),
            ("x.y", A::AS_VALUE, false),
            ("x...y", A::AS_VALUE, true),
            ("x.y = 1", A::CHANGED, true),
            ("x.y == 1", A::CHANGED, false),
            ("x?.y += 1", A::CHANGED, true),
            ("x.y()", A::CHANGED, true),
            ("x\n  .y()", A::CHANGED, true),
            ("f(x.y)", A::CHANGED, false),
            ("x.y && z", A::CHANGED, false),
            ("x [0] = 1", A::CHANGED, true),
            ("(x.a, y) = z", A::CHANGED, true),
            ("(x.a, y) == z", A::CHANGED, false),
            ("f(x, y)", A::CHANGED, false),
            ("f(&x.a)", A::WRITTEN, true),
            ("f(&a[0].x)", A::CHANGED, true),
            ("$x", A::CHANGED, true),
            ("x == y", A::CHANGED, false),
        ] {
            assert_eq!(crate::swift::outline(text).words.has("x", around), is_there, "{text}");
        }
    }

    #[test]
    fn an_implicit_initialiser_is_told_by_its_first_label() {
        for (text, call) in [
            (".init()", ".init()"),
            (".init(a: 1)", ".init(a"),
            (".init(1)", ".init("),
            (".init([1])", ".init("),
            (".init(a(1))", ".init("),
            (".init(a.b)", ".init("),
            (".init(a, b: 1)", ".init("),
            // White space and comments: it may be any.
            (".init( a: 1)", ".init"),
            (".init(\na: 1)", ".init"),
            (".init(/* a */ a: 1)", ".init"),
            (".init(a : 1)", ".init"),
            (".init(`a`: 1)", ".init"),
            (".init(ä: 1)", ".init"),
            (". init(a: 1)", ".init"),
            (".init (a: 1)", ".init"),
            (".init { }", ".init"),
        ] {
            let words = crate::swift::outline(&format!("f(b: {text})")).words;
            let told = [".init", ".init()", ".init(", ".init(a"];
            let found: Vec<&str> = told.into_iter().filter(|call| words.has(call, Around::ANY)).collect();
            assert_eq!(found, [call], "{text}");
        }
    }
}
