//! What the objects are called that something is asked of, and what an object goes through on its way.

use super::{LONGEST_LINE, closed, is_operand, is_type, last_word, open_brackets};

/// What stands before a dot.
#[derive(PartialEq, Debug)]
pub enum Receiver<'a> {
    /// `store` in `self.store.items`.
    Named(&'a str),
    /// One of these may be its name: `open_store` and `path` in `open_store(path).items`, `stores` in `stores[0].items`.
    Among(Vec<&'a str>),
    Unknown,
}

/// What the object is called that the place behind its dot is asked of.
pub fn receiver(text: &str, at: usize) -> Receiver<'_> {
    let Some(object) = text[..at].strip_suffix('.') else { return Receiver::Unknown };
    let mut rest = object.trim_end();
    if let Some(name) = last_word(rest) {
        return Receiver::Named(name);
    }
    let mut names: Vec<&str> = Vec::new();
    loop {
        // What a literal has is nobody's.
        if rest.ends_with(['"', '\'']) {
            return Receiver::Among(names);
        }
        let Some(open) = opening(rest) else { return Receiver::Unknown };
        let is_call = rest.ends_with(')');
        names.extend(words(&rest[open + 1..]));
        rest = &rest[..open];
        if let Some(name) = last_word(rest) {
            names.push(name);
            // A method may give its own object, or what that holds.
            let of = rest[..rest.len() - name.len()].strip_suffix('.').filter(|_| is_call).map(str::trim_end);
            match of {
                None => return Receiver::Among(names),
                Some(of) => match last_word(of) {
                    Some(name) => {
                        names.push(name);
                        return Receiver::Among(names);
                    }
                    None => rest = of,
                },
            }
        } else if !rest.ends_with([')', ']', '"', '\'']) {
            return Receiver::Among(names);
        }
    }
}

/// Where the bracket opens that closes at the end of the text.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (open, c) in text.bytes().enumerate().rev().take(LONGEST_LINE) {
        match c {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth == 1 => return Some(open),
            b'(' | b'[' | b'{' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with(|c: char| !c.is_ascii_digit()))
}

/// Calls that give back an object they are given, or hold it.
const KEEPING: [&str; 35] = [
    "aclosing",
    "aiter",
    "anext",
    "cast",
    "chain",
    "choice",
    "classmethod",
    "closing",
    "copy",
    "create_task",
    "deque",
    "dict",
    "ensure_future",
    "enter_async_context",
    "enter_context",
    "enumerate",
    "field",
    "filter",
    "frozenset",
    "gather",
    "iter",
    "list",
    "max",
    "min",
    "next",
    "partial",
    "property",
    "reversed",
    "set",
    "sorted",
    "staticmethod",
    "super",
    "tuple",
    "wait_for",
    "zip",
];

/// What ends here is an argument of a call that may make anything of it: an object does not come out of it again.
pub fn is_object_asked(before: &str) -> bool {
    open_brackets(before).any(|(before, bracket)| match bracket {
        '{' => false,
        _ if before.ends_with([')', ']']) => true,
        '(' => last_word(before).is_some_and(|name| KEEPING.binary_search(&name).is_err()),
        _ => last_word(before).is_some_and(|name| !is_type(name)),
    })
}

/// Methods of containers that give what they hold.
const GIVING: [&str; 9] = ["copy", "get", "items", "pop", "popitem", "popleft", "setdefault", "values", "__getitem__"];

/// The object that begins here, after its arguments, is asked for something of its own: `store(1).name`. What it holds
/// is still of it: `stores[0]`, `stores.get(1)`.
pub fn asks_object(text: &str) -> bool {
    let mut rest = text.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    loop {
        if let Some(asked) = rest.strip_prefix('.') {
            let end = asked.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(asked.len());
            if !GIVING.contains(&&asked[..end]) {
                return true;
            }
            rest = &asked[end..];
        } else if let Some(inside) = rest.strip_prefix(['(', '[']) {
            let Some(behind) = closed(inside) else { break };
            rest = behind;
        } else {
            break;
        }
    }
    // A type may stand in quotes.
    is_operand(rest.strip_prefix(['"', '\'']).unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(KEEPING.is_sorted());
    }

    #[test]
    fn objects_have_names() {
        let check = |text: &str, expected: Receiver| assert_eq!(receiver(text, text.len()), expected, "{text}");
        check("self.store.", Receiver::Named("store"));
        check("(\n    store\n    .", Receiver::Named("store"));
        check("open_store(a(1), 2).", Receiver::Among(vec!["a", "open_store"]));
        check("self.stores[key].", Receiver::Among(vec!["key", "stores"]));
        check("(a or b).", Receiver::Among(vec!["a", "or", "b"]));
        check("a.b().c(d).", Receiver::Among(vec!["d", "c", "b", "a"]));
        check("', '.", Receiver::Among(vec![]));
        check("store", Receiver::Unknown);
        check(").", Receiver::Unknown);
    }

    #[test]
    fn objects_are_handed_on() {
        assert!(!is_object_asked("{1: [") && !is_object_asked(" await ") && !is_object_asked(" list("));
        assert!(is_object_asked(" Service(") && is_object_asked(" rows["));
        assert!(!asks_object("stores[0]\n") && !asks_object("stores.get(1, None)\n") && !asks_object("make(1)\n"));
        assert!(asks_object("store.\u{1f600}pop()"), "a letter of four bytes");
        assert!(asks_object("make(1).name") && asks_object("store == 1") && asks_object("stores.get(1).name"));
    }
}
