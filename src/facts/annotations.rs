//! The outermost name of a written annotation, and what stands in brackets behind it, as places in the text.

use super::{Bind, Facts, ImportId, Meaning, NodeId};
use crate::text::Span;

/// `typing.Iterator[int]`: the places of `typing.Iterator`, `Iterator` and `int`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outermost {
    pub dotted: Span,
    /// The last part of the dotted name.
    pub name: Span,
    pub args: Vec<Span>,
    /// The annotation is a string.
    pub is_quoted: bool,
}

impl Facts {
    /// None for an annotation that is no name with arguments behind it.
    pub fn outermost(&self, annotation: NodeId) -> Option<Outermost> {
        let span = self.span(annotation);
        let text = self.text(span);
        let is_quoted = text.starts_with(['"', '\'']);
        let text = if is_quoted { text.get(1..text.len() - 1)? } else { text };
        let start = span.start + is_quoted as u32;
        let at = |from: usize, to: usize| Span::new(start + from as u32, start + to as u32);
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len());
        let last = text[..end].rfind('.').map_or(0, |dot| dot + 1);
        let rest = &text[end..];
        let plain = !text.contains(['"', '\'', '#', '\\']) && last < end;
        let inner = match (rest.strip_prefix('['), rest) {
            (None, "") => "",
            (Some(inner), _) => inner.strip_suffix(']')?,
            _ => return None,
        };
        let mut args = Vec::new();
        let (mut depth, mut from) = (0, 0);
        for (index, c) in inner.char_indices().chain([(inner.len(), ',')]) {
            match c {
                '[' | '(' => depth += 1,
                ']' | ')' => depth -= 1,
                ',' if depth == 0 => {
                    let arg = &inner[from..index];
                    let trimmed = from + arg.len() - arg.trim_start().len();
                    if !arg.trim().is_empty() {
                        args.push(at(end + 1 + trimmed, end + 1 + trimmed + arg.trim().len()));
                    }
                    from = index + 1;
                }
                _ => {}
            }
            // `A[x] | B[y]` begins and ends like one name with arguments.
            if depth < 0 {
                return None;
            }
        }
        plain.then(|| Outermost { dotted: at(0, end), name: at(last, end), args, is_quoted })
    }

    /// The one import that brings a name to this place under its own name.
    pub fn import_of(&self, name: &str, at: NodeId) -> Option<ImportId> {
        let Meaning::Bound(_, bindings) = self.lookup(name, self.scope(at)) else { return None };
        let [binding] = bindings[..] else { return None };
        match self[binding].bind {
            Bind::Import(import) if self[import].name.as_deref() == Some(name) => Some(import),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    fn check(annotation: &str, expected: &str) {
        let facts = Facts::whole(Arc::new(Source::new("t.py", format!("def f() -> {annotation}: ...\n"))));
        let function = facts.statements().flat_map(|island| facts.functions(island)).next().expect("a function");
        let found = facts[function].annotation.and_then(|annotation| facts.outermost(annotation));
        let found = found.map_or("none".to_string(), |found| {
            let args: Vec<&str> = found.args.iter().map(|&arg| facts.text(arg)).collect();
            format!("{} {} {}", facts.text(found.dotted), facts.text(found.name), args.join(" / "))
        });
        assert_eq!(found.trim_end(), expected, "{annotation}");
    }

    #[test]
    fn a_name_and_its_arguments() {
        check("int", "int int");
        check("t.Iterator[ int ]", "t.Iterator Iterator int");
        check("Generator[tuple[int, str], None, list[int]]", "Generator Generator tuple[int, str] / None / list[int]");
        check("'Iterator[A]'", "Iterator Iterator A");
        check("Iterator['A']", "none");
        check("A[x] | B[y]", "none");
        check("A | None", "none");
        check("(A)", "none");
    }
}
