//! Arguments: which parameter of which function of the file gets what stands at a place.

use rustc_hash::FxHashMap;

use super::super::written::{first_word, last_word};
use crate::facts::Facts;
use crate::syntax::{StatementId, StatementKind};
use crate::text::Span;

/// The call that a place is an argument of, as far as its text tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Passed<'a> {
    pub callee: &'a str,
    argument: Argument<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Argument<'a> {
    /// So many others stand before it.
    At(usize),
    Named(&'a str),
}

/// Calls that give back what they are given.
const TRANSPARENT: [&str; 3] = ["aiter", "cast", "partial"];

impl<'a> Passed<'a> {
    /// The innermost call in whose brackets the place stands, in the logical line that begins at `from`.
    pub fn at(text: &'a str, from: usize, place: usize) -> Option<Passed<'a>> {
        let bytes = text.as_bytes();
        // Most lines have no bracket before the place.
        memchr::memchr(b'(', &bytes[from..place])?;
        let (mut depth, mut commas, mut first) = (0usize, 0usize, None);
        for at in (from..place).rev() {
            match bytes[at] {
                b')' | b']' | b'}' => depth += 1,
                b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
                b',' if depth == 0 => {
                    commas += 1;
                    first.get_or_insert(at + 1);
                }
                b'(' | b'[' | b'{' => {
                    let callee = last_word(&text[from..at]).filter(|_| bytes[at] == b'(');
                    if let Some(callee) = callee.filter(|name| !TRANSPARENT.contains(name) && !is_keyword(name)) {
                        let own = &text[first.unwrap_or(at + 1)..place];
                        let named = own.split_once('=').filter(|(_, value)| !value.starts_with('='));
                        let named = named.map(|(name, _)| name.trim()).filter(|name| is_name(name));
                        let argument = named.map_or(Argument::At(commas), Argument::Named);
                        return Some(Passed { callee, argument });
                    }
                    // A display, or brackets of its own.
                    (commas, first) = (0, None);
                }
                _ => {}
            }
        }
        None
    }

    /// The container that the argument is put into: `self.rows` in `self.rows.append(…)`.
    pub fn put_into(&self, text: &'a str) -> Option<&'a str> {
        if !matches!(self.callee, "add" | "append" | "appendleft" | "insert" | "put_nowait" | "setdefault") {
            return None;
        }
        let place = self.callee.as_ptr() as usize - text.as_ptr() as usize;
        let before = text[..place].strip_suffix('.')?;
        let path = before.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'));
        Some(&before[path.len()..]).filter(|path| !path.is_empty())
    }

    /// The parameter of the function that the argument fills, when nothing is promised of that one.
    pub fn parameter(&self, facts: &'a Facts, function: StatementId) -> Option<&'a str> {
        let text: &'a str = &facts.source.text;
        let statement = facts.outline.statement(function);
        let name = facts.outline.bound(function).first()?.name;
        let inside = text[name.end as usize..statement.header.end as usize].trim_start().strip_prefix('(')?;
        let mut params = parameters(inside).filter(|param| *param != "/");
        let is_static = text[statement.span.start as usize..name.start as usize].contains("staticmethod");
        let param = match self.argument {
            Argument::At(place) => {
                let bound = (statement.parent.is_some() && !is_static) as usize;
                params.take_while(|param| !param.starts_with('*')).nth(place + bound)?
            }
            Argument::Named(name) => params.find(|param| first_word(param) == Some(name))?,
        };
        let before = param.split('=').next().unwrap_or_default();
        let name = first_word(before)?;
        (!before.contains(':')).then_some(name)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn is_keyword(word: &str) -> bool {
    matches!(word, "in" | "and" | "or" | "not" | "if" | "else" | "await" | "return" | "yield" | "is" | "lambda")
}

/// What stands between the commas, up to the closing bracket.
fn parameters(inside: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut start, mut ended) = (0usize, 0usize, false);
    inside.char_indices().filter_map(move |(at, c)| {
        match c {
            _ if ended => return None,
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => ended = true,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {}
            _ => return None,
        }
        let is_end = ended || c == ',' && depth == 0;
        is_end.then(|| inside[std::mem::replace(&mut start, at + 1)..at].trim()).filter(|param| !param.is_empty())
    })
}

/// The functions of a file by the names under which they are called: a class by its constructor.
pub fn callables(facts: &Facts) -> FxHashMap<&str, Vec<StatementId>> {
    let mut found: FxHashMap<&str, Vec<StatementId>> = FxHashMap::default();
    let mut headers: Vec<(&str, &str)> = Vec::new();
    for id in facts.statements() {
        let statement = facts.outline.statement(id);
        let Some(bound) = facts.outline.bound(id).first() else { continue };
        let name = facts.text(bound.name);
        match statement.kind {
            StatementKind::Function { .. } if name == "__init__" => {
                let class = statement.parent.and_then(|class| facts.outline.bound(class).first());
                found.entry(name).or_default().push(id);
                if let Some(class) = class {
                    found.entry(facts.text(class.name)).or_default().push(id);
                }
            }
            StatementKind::Function { .. } => found.entry(name).or_default().push(id),
            StatementKind::Class => headers.push((name, facts.text(statement.header))),
            _ => {}
        }
    }
    // A class without a constructor has that of its base.
    for (name, header) in headers {
        if found.contains_key(name) {
            continue;
        }
        let bases = header.split_once('(').map_or("", |(_, bases)| bases);
        let bases = bases.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let inherited: Vec<StatementId> = bases.filter_map(|base| found.get(base)).flatten().copied().collect();
        if !inherited.is_empty() {
            found.insert(name, inherited);
        }
    }
    found
}

/// Where the parameter is read in its function.
pub fn reads<'a>(facts: &'a Facts, function: Span, name: &'a str) -> Vec<u32> {
    let text: &str = &facts.source.text;
    let is_read = |at: &u32| {
        let at = *at as usize;
        !text[..at].ends_with('.') && function.contains(at as u32)
    };
    facts.source.find_word(name).filter(is_read).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    /// The parameter of `f` that gets what is written `HERE`.
    fn check(header: &str, call: &str, expected: Option<&str>) {
        let text = format!("{header}: pass\n{call}\n");
        let facts = Facts::new(Arc::new(Source::new("t.py", text.as_str())));
        let place = text.find("HERE").expect("the place");
        let from = text[..place].rfind('\n').map_or(0, |end| end + 1);
        let passed = Passed::at(&facts.source.text, from, place);
        let callables = callables(&facts);
        let function = passed.and_then(|passed| callables.get(passed.callee)?.first().map(|&id| (passed, id)));
        assert_eq!(function.and_then(|(passed, id)| passed.parameter(&facts, id)), expected, "{header} {call}");
    }

    #[test]
    fn arguments_fill_parameters() {
        check("def f(a, b=(1, 2), *c, d)", "f(HERE)", Some("a"));
        check("def f(a, b=(1, 2), *c, d)", "x = f(g(1, 2), HERE)", Some("b"));
        check("def f(a, b=(1, 2), *c, d)", "f(1, d=(HERE))", Some("d"));
        check("def f(a, /, b: int)", "f(1, HERE)", None);
        check("def f(a)", "f([1, HERE])", Some("a"));
        check("def f(a)", "f(g(HERE))", None);
        check("def f(a)", "f(aiter(HERE))", Some("a"));
        check("def f(a)", "f(1 == HERE)", Some("a"));
        check("class C:\n  def f(self, a)", "C().f(HERE)", Some("a"));
        check("class f:\n  def __init__(self, a)", "f(HERE)", Some("a"));
    }
}
