//! What the blocks of a module define: the functions and classes in an `if` or a `try`.

use super::spotted::has_async_generator;
use crate::text::Span;

/// A function or a class in a block of the module.
#[derive(Clone, Copy)]
pub struct Definition<'a> {
    pub span: Span,
    pub name: &'a str,
    pub is_class: bool,
}

impl Definition<'_> {
    /// What comes after its header.
    pub fn body(&self, text: &str) -> Span {
        let header = self.span.text(text).find(":\n").map_or(self.span.len(), |end| end as u32 + 2);
        Span::new(self.span.start + header, self.span.end)
    }

    /// It is, or holds, something that is iterated asynchronously.
    pub fn makes(&self, text: &str) -> bool {
        let text = self.span.text(text);
        has_async_generator(text) || ["__aiter__", "__anext__", "AsyncI", "AsyncG"].iter().any(|it| text.contains(it))
    }
}

/// What a block of the module, an `if` or a `try`, defines. Only lines and how far they are indented are looked at: what
/// stands behind a string with lines of its own may seem to be outside.
pub fn definitions(text: &str, block: Span) -> Vec<Definition<'_>> {
    let mut found: Vec<Definition<'_>> = Vec::new();
    // How far the definition that is open is indented, and where the decorators above the next one begin.
    let (mut open, mut decorated): (Option<usize>, Option<u32>) = (None, None);
    let mut start = block.start;
    for line in block.text(text).split_inclusive('\n') {
        let code = line.trim_start();
        let (here, indented) = (start, line.len() - code.len());
        start += line.len() as u32;
        if code.is_empty() || code.starts_with(['#', ')', ']', '}']) {
            continue;
        }
        if open.is_some_and(|open| indented <= open) {
            open = None;
        }
        if open.is_some() {
            if let Some(last) = found.last_mut() {
                last.span.end = start;
            }
            continue;
        }
        let begins =
            ["def ", "async def ", "class "].into_iter().find_map(|word| Some((word, code.strip_prefix(word)?)));
        if let Some((word, rest)) = begins {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let span = Span::new(decorated.take().unwrap_or(here), start);
            found.push(Definition { span, name: &rest[..end], is_class: word == "class " });
            open = Some(indented);
        } else if code.starts_with('@') {
            decorated.get_or_insert(here);
        } else if decorated.is_none_or(|_| !line.starts_with([' ', '\t'])) {
            decorated = None;
        }
    }
    found
}
