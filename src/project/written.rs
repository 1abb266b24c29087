//! What the line says that a name stands in: whether it hands on what the name gives, and where the line begins.
//!
//! Everything here reads text and parses nothing. Brackets are matched without knowing strings, so an answer may be
//! wrong in a line with odd strings; it is only used to find out what to read.

mod bound;
mod object;

pub use bound::{bound, logical_line};
pub use object::{Receiver, asks_object, is_object_asked, receiver};

/// What stands between the start of a value and the place: behind `return`, `yield` or the `=`.
pub fn value_of(before: &str) -> Option<&str> {
    let given = before.strip_prefix("return").or_else(|| before.strip_prefix("yield"));
    given.or_else(|| before.split_once('=').map(|(_, value)| value))
}

/// Calls that give back what they are given, or hold it without changing what it is.
const TRANSPARENT: [&str; 14] = [
    "aclosing",
    "aiter",
    "anext",
    "cast",
    "classmethod",
    "closing",
    "create_task",
    "enter_async_context",
    "ensure_future",
    "iter",
    "partial",
    "property",
    "staticmethod",
    "wait_for",
];

/// What ends here is an argument of a call that may make anything of it, or in a display.
pub fn is_asked(before: &str) -> bool {
    is_asked_in(before, false)
}

/// The same, but a display that is kept under a name holds what is in it.
pub fn is_asked_for_itself(before: &str) -> bool {
    is_asked_in(before, true)
}

fn is_asked_in(before: &str, may_be_held: bool) -> bool {
    let before = near_end(before);
    let is_argument = open_brackets(before).any(|(before, bracket)| match bracket {
        // What a display holds is not found again by its key.
        '{' => !may_be_held || is_in_text(before),
        _ if before.ends_with([')', ']']) => true,
        '(' => last_word(before).is_some_and(|name| !TRANSPARENT.contains(&name)),
        // `Optional[Rows]` is a type, `rows[0]` and `f()[0]` are asked.
        _ => last_word(before).map_or(!may_be_held, |name| !is_type(name)),
    });
    if is_argument {
        return true;
    }
    // An operand gives something else.
    let path = before.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.')).trim_end();
    path.ends_with(['+', '-', '/', '%', '<', '>', '&', '^', '"', '\''])
        || path.ends_with("==")
        || last_word(path).is_some_and(|word| matches!(word, "not" | "in" | "is"))
}

/// The brackets that are open at the end of the text, the innermost first, each with what stands before it.
fn open_brackets(text: &str) -> impl Iterator<Item = (&str, char)> {
    let text = near_end(text);
    let mut depth = 0usize;
    text.char_indices().rev().filter_map(move |(at, c)| match c {
        ')' | ']' | '}' => {
            depth += 1;
            None
        }
        '(' | '[' | '{' if depth > 0 => {
            depth -= 1;
            None
        }
        '(' | '[' | '{' => Some((&text[..at], c)),
        _ => None,
    })
}

/// A string is open at the end of the text, as in `f"{`.
fn is_in_text(before: &str) -> bool {
    [b'"', b'\''].iter().any(|quote| before.bytes().filter(|c| c == quote).count() % 2 == 1)
}

/// The word in which the text ends.
pub fn last_word(text: &str) -> Option<&str> {
    text.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().filter(|word| !word.is_empty())
}

/// As types are written, whose brackets hold other types.
fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase) || matches!(name, "list" | "dict" | "tuple" | "set" | "type")
}

/// The value that begins here, after its arguments, is asked for something of its own: `rows(1).name`.
pub fn asks(text: &str) -> bool {
    asks_for(text, false)
}

/// The same, but one of the items that it holds is as good as the value: `rows(1)[0]`.
pub fn asks_beyond_items(text: &str) -> bool {
    asks_for(text, true)
}

fn asks_for(text: &str, may_be_item: bool) -> bool {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    if is_type(name)
        && let Some(inside) = rest.strip_prefix('[')
    {
        rest = closed(inside).unwrap_or_default();
    }
    loop {
        if rest.starts_with('.') || rest.starts_with('[') && !may_be_item {
            return true;
        }
        let Some(behind) = rest.strip_prefix(['(', '[']).and_then(closed) else { break };
        rest = behind;
    }
    is_operand(rest)
}

/// An operator stands here, and what it gives is something else.
fn is_operand(behind: &str) -> bool {
    let rest = behind.trim_start_matches([' ', '\t']);
    let is_word = ["in ", "is ", "not "].iter().any(|word| rest.starts_with(word));
    is_word || rest.starts_with(['+', '-', '*', '/', '%', '<', '>', '&', '^', '"', '\'']) || rest.starts_with("==")
}

/// What stands behind the bracket that closes the one before this text.
fn closed(inside: &str) -> Option<&str> {
    let mut depth = 1usize;
    let end = inside.bytes().take(LONGEST_LINE).position(|c| {
        match c {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some(&inside[end + 1..])
}

/// What an assignment or a declaration whose left side this is gives a value to: `self.rows` in `self.rows: Rows = `.
pub fn target_of(before: &str) -> Option<&str> {
    let is_target = |target: &str| !target.ends_with(['!', '<', '>']) && !target.contains('(');
    let target = match before.split_once('=') {
        Some((target, rest)) if !rest.starts_with('=') && is_target(target) => target,
        Some(_) => return None,
        // `rows: Rows` declares.
        None => match before.split_once(':') {
            Some((target, _)) if is_target(target) && !target.contains(' ') => target,
            _ => return None,
        },
    };
    Some(target.split(':').next().unwrap_or_default().trim())
}

/// How far the start and the end of a logical line are looked for.
const LONGEST_LINE: usize = 800;

/// How far the start of a line of text is looked for.
pub const LONGEST_ROW: usize = 16_000;

/// What decides about the place behind this text.
pub fn near_end(text: &str) -> &str {
    let start = text.len().saturating_sub(2 * LONGEST_LINE);
    &text[(start..=text.len()).find(|&start| text.is_char_boundary(start)).unwrap_or(start)..]
}

/// What decides about the place before this text.
fn near_start(text: &str) -> &str {
    let end = text.len().min(2 * LONGEST_LINE);
    &text[..(end..=text.len()).find(|&end| text.is_char_boundary(end)).unwrap_or(end)]
}

/// Where the logical line round a place starts, with its indentation; `from` is the start of the statement. Brackets
/// are matched as far as that can be done without knowing strings.
pub fn logical_start(text: &str, from: usize, at: usize) -> usize {
    let bytes = text.as_bytes();
    let lowest = from.max(at.saturating_sub(LONGEST_LINE));
    let start_of = |place: usize| memchr::memrchr2(b'\n', b'\r', &bytes[..place]).map_or(0, |end| end + 1);
    let (mut depth, mut line) = (0usize, None);
    for place in (lowest..at).rev() {
        match bytes[place] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            // It stands in these brackets, and the line goes on before them.
            b'(' | b'[' | b'{' => line = None,
            b'\n' | b'\r' if depth == 0 && line.is_none() => line = Some(place + 1),
            // A block begins here, and no bracket is open.
            b'\n' | b'\r' if line.is_some() && begins_block(&bytes[place + 1..at]) => break,
            _ => {}
        }
    }
    match line {
        Some(line) => line,
        None if lowest == from => start_of(from),
        // A line so long is all of its statement, almost always.
        None => {
            let far = from.max(at.saturating_sub(LONGEST_ROW));
            memchr::memrchr2(b'\n', b'\r', &bytes[far..at]).map_or_else(|| start_of(from), |end| far + end + 1)
        }
    }
}

/// The line begins with a word that only begins a logical line.
fn begins_block(rest: &[u8]) -> bool {
    let line = rest.trim_ascii_start();
    let words: &[&[u8]] = match line.first() {
        Some(b'a') => &[b"async def ", b"async with ", b"assert "],
        Some(b'b') => &[b"break"],
        Some(b'c') => &[b"class ", b"continue"],
        Some(b'd') => &[b"def ", b"del "],
        Some(b'e') => &[b"elif ", b"else:", b"except"],
        Some(b'f') => &[b"from ", b"finally:"],
        Some(b'i') => &[b"import "],
        Some(b'p') => &[b"pass"],
        Some(b'r') => &[b"return", b"raise "],
        Some(b't') => &[b"try:"],
        Some(b'w') => &[b"with ", b"while "],
        _ => &[],
    };
    // `passed=1` and `returned,` are arguments.
    words.iter().filter_map(|word| line.strip_prefix(*word)).any(|rest| {
        let is_letter = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'=' | b',' | b'.');
        !rest.first().is_some_and(is_letter) || line[..line.len() - rest.len()].ends_with(b" ")
    })
}

/// `aiter as begin` in an import: the name under which the word is known from here on.
pub fn imported_as(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').strip_prefix(" as ")?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    (end > 0).then_some(&rest[..end])
}

/// The name that a `with` gives to what it enters, in a line that begins so: `rows` for a place before ` as rows`.
pub fn entered_as<'a>(before: &str, text: &'a str) -> Option<&'a str> {
    let is_with = before.strip_prefix("async ").unwrap_or(before).starts_with("with");
    let header = if is_with { near_start(text).split(['\n', '\r']).next()? } else { return None };
    let (_, rest) = header.split_once(" as ")?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    (end > 0).then_some(&rest[..end])
}

/// The parameter in whose annotation or default the text ends; nothing for a decorator or a result.
pub fn parameter(header: &str) -> Option<&str> {
    let (mut depth, mut start) = (0i32, 0);
    for (at, c) in header.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 1 && matches!(c, '(' | ',') {
            start = at;
        }
    }
    let is_decorator = header.trim_start().starts_with('@');
    if depth > 0 && !is_decorator { first_word(&header[start..]) } else { None }
}

/// The first word of the text.
pub fn first_word(text: &str) -> Option<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).find(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_entered_has_a_name() {
        assert_eq!(entered_as("async with a.", "rows(1) as it, b as c:\n"), Some("it"));
        assert_eq!(entered_as("with (", "rows() as it):"), Some("it"));
        assert_eq!(entered_as("x = ", "rows() as it"), None);
        assert_eq!(entered_as("async with ", "rows():\n    f as it"), None);
    }

    #[test]
    fn values_are_handed_on_as_they_are() {
        assert!(!is_asked(" await self."), "an awaited value");
        assert!(!is_asked(" aclosing("), "what gives back what it is given");
        assert!(is_asked(" len("), "an argument");
        assert!(is_asked(" 1 + "), "an operand");
        assert!(asks("rows(1).name") && asks("rows()[0]") && asks("rows == 1"));
        assert!(!asks("rows(1)\n") && !asks("Rows[int](1)"));
    }

    #[test]
    fn lines_begin_before_their_brackets() {
        let check = |text: &str, expected: &str| {
            let at = text.find("HERE").expect("the place");
            assert_eq!(text[logical_start(text, 0, at)..].lines().next(), Some(expected), "{text}");
        };
        check("def f():\n    return (\n        HERE()\n    )\n", "    return (");
        check("def f():\n    a = g(1)\n    b = HERE()\n", "    b = HERE()");
        check("x = f(\n    1,\n    g(HERE),\n)\n", "x = f(");
    }

    #[test]
    fn parameters_matter_by_their_own_text() {
        assert_eq!(parameter("def f(a, b: Dict[str, "), Some("b"));
        assert_eq!(parameter("def f(a, b="), Some("b"));
        assert_eq!(parameter("def f(a) -> "), None);
    }
}
