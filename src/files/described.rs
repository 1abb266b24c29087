//! What a project says itself about code that cannot be read, or that says too little: folders of stubs, and a table
//! of dotted names with what each gives.
//!
//! The table becomes stubs as well, one text for each module that it names, so that everything behind reads one kind of
//! description. A class of the table says only what the table says: the rest of it stays unknown.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::text::Source;

#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Described {
    /// Folders of stubs.
    pub stubs: Vec<PathBuf>,
    /// What calling a function of that dotted name gives.
    pub kinds: BTreeMap<String, Gives>,
}

/// What calling a function gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gives {
    /// An async iterator: it is used up by one loop.
    OnePass,
    /// Something that begins anew with every `async for`.
    Fresh,
    AsyncGenerator,
    Coroutine,
    /// For `async with`.
    Manager,
    /// For a plain `for`.
    Iterable,
}

impl Gives {
    pub const ALL: [Gives; 6] =
        [Gives::OnePass, Gives::Fresh, Gives::AsyncGenerator, Gives::Coroutine, Gives::Manager, Gives::Iterable];

    pub fn name(self) -> &'static str {
        match self {
            Gives::OnePass => "one-pass",
            Gives::Fresh => "fresh",
            Gives::AsyncGenerator => "async-generator",
            Gives::Coroutine => "coroutine",
            Gives::Manager => "context-manager",
            Gives::Iterable => "iterable",
        }
    }

    pub fn from_name(name: &str) -> Option<Gives> {
        Gives::ALL.into_iter().find(|gives| gives.name() == name)
    }

    /// How a stub says it.
    fn definition(self, name: &str, arguments: &str) -> String {
        let (prefix, result, body) = match self {
            Gives::OnePass => ("", "AsyncIterator[Any]", "..."),
            Gives::Fresh => ("", "AsyncIterable[Any]", "..."),
            Gives::AsyncGenerator => ("async ", "AsyncGenerator[Any, None]", "yield"),
            Gives::Coroutine => ("async ", "Any", "..."),
            Gives::Manager => ("", "AbstractAsyncContextManager[Any]", "..."),
            Gives::Iterable => ("", "Iterable[Any]", "..."),
        };
        format!("{prefix}def {name}({arguments}) -> {result}: {body}\n")
    }
}

impl Described {
    /// The stub of a module, if the table names anything in it.
    pub fn stub(&self, module: &str) -> Option<Arc<Source>> {
        let mut functions = String::new();
        let mut classes: BTreeMap<&str, String> = BTreeMap::new();
        for (name, gives) in &self.kinds {
            match parts(name) {
                (of, None, function) if of == module => {
                    functions.push_str(&gives.definition(function, "*args, **kwargs"))
                }
                (of, Some(class), method) if of == module => {
                    let body = classes.entry(class).or_default();
                    body.push_str("    ");
                    body.push_str(&gives.definition(method, "self, *args, **kwargs"));
                }
                _ => {}
            }
        }
        if functions.is_empty() && classes.is_empty() {
            return None;
        }
        let mut text = String::from(
            "from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable\n\
             from contextlib import AbstractAsyncContextManager\n\
             from typing import Any\n\n",
        );
        text.push_str(&functions);
        for (class, body) in classes {
            // A base that nobody knows: what the table leaves out may be there all the same.
            text.push_str(&format!("class {class}(Unknown):\n{body}"));
        }
        Some(Arc::new(Source::new(path(module), text)))
    }
}

/// What the stub of a module is called: no file of that name can be there.
pub fn path(module: &str) -> String {
    format!("<kinds>/{}.pyi", module.replace('.', "/"))
}

/// A dotted name as module, class and function. Classes begin with a capital letter.
fn parts(name: &str) -> (&str, Option<&str>, &str) {
    let (before, last) = name.rsplit_once('.').unwrap_or(("", name));
    match before.rsplit_once('.') {
        Some((module, class)) if class.starts_with(char::is_uppercase) => (module, Some(class), last),
        _ => (before, None, last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_becomes_a_stub() {
        let kinds =
            [("shop.rows", Gives::OnePass), ("shop.Client.pages", Gives::AsyncGenerator), ("other.f", Gives::Fresh)];
        let kinds = kinds.into_iter().map(|(name, gives)| (name.to_string(), gives)).collect();
        let described = Described { kinds, ..Described::default() };
        let stub = described.stub("shop").expect("a stub");
        assert_eq!(&*stub.path, "<kinds>/shop.pyi");
        let said: Vec<&str> = stub.text.lines().skip(4).collect();
        assert_eq!(
            said,
            [
                "def rows(*args, **kwargs) -> AsyncIterator[Any]: ...",
                "class Client(Unknown):",
                "    async def pages(self, *args, **kwargs) -> AsyncGenerator[Any, None]: yield",
            ]
        );
        assert!(described.stub("nothing").is_none());
    }
}
