//! Async generators, spotted in a text by their words and brackets.

use crate::text::Span;

/// The file may make or hand on something, as far as its own text tells.
pub fn may_make(text: &str, words: &aho_corasick::AhoCorasick) -> bool {
    words.is_match(text) || has_async_generator(text) || awaiting_generators(text).next().is_some()
}

/// Where an `await` makes an async generator of a generator expression: `(await x for x in xs)`. Brackets are matched as
/// far as that can be done without knowing strings.
pub fn awaiting_generators(text: &str) -> impl Iterator<Item = u32> + '_ {
    let awaits = memchr::memmem::find_iter(text.as_bytes(), b"await ");
    awaits.filter(|&at| is_in_generator(text.as_bytes(), at)).map(|at| at as u32)
}

/// How far from an `await` the brackets round it are looked for.
const WIDEST_BRACKETS: usize = 2000;

/// Some pair of brackets round the place holds a `for`.
fn is_in_generator(text: &[u8], at: usize) -> bool {
    let mut depth = 0;
    for open in (at.saturating_sub(WIDEST_BRACKETS)..at).rev() {
        match text[open] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' | b'[' | b'{' if holds_for(&text[open + 1..]) => return true,
            // A definition begins here, and nothing round it is open.
            b'\n' if depth == 0 && is_definition(&text[open + 1..at]) => return false,
            _ => {}
        }
    }
    false
}

fn is_definition(text: &[u8]) -> bool {
    let line = text.trim_ascii_start();
    line.starts_with(b"def ") || line.starts_with(b"async def ")
}

/// A `for` stands before the closing bracket, in no brackets of its own.
fn holds_for(text: &[u8]) -> bool {
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| text.get(at)).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_' || *c >= 0x80)
    };
    let mut depth = 0;
    for (at, c) in text.iter().enumerate().take(WIDEST_BRACKETS) {
        match c {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return false,
            b')' | b']' | b'}' => depth -= 1,
            b'f' if depth == 0 && text[at..].starts_with(b"for") && !is_letter(Some(at + 3)) => {
                let begins = !is_letter(at.checked_sub(1));
                if begins {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// An `async def` with a `yield` somewhere behind it.
pub fn has_async_generator(text: &str) -> bool {
    let find = memchr::memmem::find;
    find(text.as_bytes(), b"async def").is_some_and(|at| find(&text.as_bytes()[at..], b"yield").is_some())
}

/// The definition that begins at the place, as far as its lines are indented deeper than its first.
fn body_of(text: &str, at: usize) -> &str {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let own = indent(&text[start..]);
    let mut end = at;
    for line in text[at..].split_inclusive('\n') {
        // What closes a header that is spread over lines stands as deep as its first.
        let is_outside = indent(line) <= own && !line.trim().is_empty() && !line.trim_start().starts_with(')');
        if end > at && is_outside {
            break;
        }
        end += line.len();
    }
    &text[at..end]
}

/// The names of the functions inside another one that may be async generators.
pub fn nested_generators(text: &str, function: Span) -> impl Iterator<Item = Span> + '_ {
    let start = function.start as usize + 1;
    let inside = &text[start..function.end as usize];
    memchr::memmem::find_iter(inside.as_bytes(), b"async def ").filter_map(move |at| {
        let name = start + at + "async def ".len();
        let end = text[name..].find(|c: char| !c.is_alphanumeric() && c != '_')? + name;
        let may_yield = body_of(inside, at).contains("yield");
        may_yield.then(|| Span::new(name as u32, end as u32))
    })
}

/// The text of a statement has something in it that makes, under a name of its own: a nested async generator, or a class.
pub fn nests_maker(text: &str) -> bool {
    let body = text.split_once(":\n").map_or("", |(_, body)| body);
    has_async_generator(body) || body.contains(" class ")
}
