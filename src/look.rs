//! The first look: which files, and which statements of a file, can hold anything that a rule would say.
//!
//! Almost every file has nothing to do with async iteration, and of those that do, only a few statements. One search of
//! the bytes for a few words decides about the file; where they stand decides about the statements. From there the look
//! follows names: a statement that uses an async generator of the file is worth reading, and so is one that uses what
//! such a statement returns or keeps.
//!
//! The look may only ever save time. With it and without it the findings are the same, which a test checks over the
//! whole standard library.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashSet;

use crate::facts::Facts;
use crate::rule::Rule;
use crate::syntax::{StatementId, StatementKind};

/// What async iteration is spelled with.
static WORDS: &[&str] = &[
    "async for",
    "aiter",
    "anext",
    "StopAsyncIteration",
    "aclos",
    "asend",
    "athrow",
    "asynccontextmanager",
    "AsyncIter",
    "AsyncGenerator",
];

/// Words for which a file is read although no rule asks for them: comments to the tool itself.
static COMMENTS: &[&str] = &["aiterlint:"];

pub struct Look {
    words: AhoCorasick,
}

impl Look {
    /// A look for these rules.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Option<Look> {
        let more = rules.into_iter().flat_map(|rule| rule.words.iter().copied());
        let mut words: Vec<&str> = WORDS.iter().chain(COMMENTS).copied().chain(more).collect();
        words.sort_unstable();
        words.dedup();
        let words = AhoCorasick::builder().match_kind(MatchKind::Standard).build(words).ok()?;
        Some(Look { words })
    }

    /// The look for every rule there is, made once.
    pub fn for_all(rules: &[&'static Rule]) -> Option<&'static Look> {
        static LOOK: OnceLock<Option<Look>> = OnceLock::new();
        LOOK.get_or_init(|| Look::new(rules.iter().copied())).as_ref()
    }

    /// The file may hold something.
    pub fn at_file(&self, text: &str) -> bool {
        self.words.is_match(text) || has_async_generator(text)
    }

    /// The statements that may hold something, in reading order.
    pub fn at_statements(&self, facts: &Facts) -> Vec<StatementId> {
        let text = &facts.source.text;
        let mut chosen = Chosen { facts, statements: vec![false; facts.outline.statements.len()] };
        let mut names: Vec<String> = Vec::new();
        for hit in self.words.find_iter(text.as_bytes()) {
            chosen.add(hit.start());
            names.extend(kept_under(text, hit.start()));
        }
        for (index, statement) in facts.outline.statements.iter().enumerate() {
            if statement.kind == (StatementKind::Function { is_async: true })
                && statement.span.text(text).contains("yield")
            {
                chosen.mark(StatementId(index as u32));
            }
        }
        names.extend(chosen.names());
        // Follow names until nothing new is found.
        let mut followed: FxHashSet<String> = FxHashSet::default();
        while let Some(name) = names.pop() {
            if name.len() < 2 || is_everywhere(&name) || !followed.insert(name.clone()) {
                continue;
            }
            for at in memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()) {
                if !is_word(text, at, name.len()) {
                    continue;
                }
                if let Some(statement) = chosen.add(at) {
                    names.extend(chosen.name(statement));
                }
                names.extend(kept_under(text, at));
            }
        }
        chosen.into_ids()
    }
}

/// An `async def` with a `yield` somewhere behind it.
fn has_async_generator(text: &str) -> bool {
    let find = memchr::memmem::find;
    find(text.as_bytes(), b"async def").is_some_and(|at| find(&text.as_bytes()[at..], b"yield").is_some())
}

fn is_word(text: &str, at: usize, length: usize) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    !text[..at].ends_with(inside) && !text[at + length..].starts_with(inside)
}

/// Names so common that following them would read the whole file, and that no rule follows either: they are looked up
/// on the type.
fn is_everywhere(name: &str) -> bool {
    name.starts_with("__") && name.ends_with("__") || matches!(name, "self" | "cls")
}

/// The name that a line keeps its value under: `x` in `x = …` and `self.x: T = …`.
fn kept_under(text: &str, at: usize) -> Option<String> {
    let start = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let before = text[start..at].trim();
    let (target, rest) = before.split_once('=')?;
    if rest.starts_with('=') || target.ends_with(['!', '<', '>']) || target.contains('(') {
        return None;
    }
    let target = target.split(':').next().unwrap_or_default().trim();
    let name = target.rsplit('.').next().unwrap_or_default();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    plain.then(|| name.to_string())
}

/// The statements chosen so far.
struct Chosen<'a> {
    facts: &'a Facts,
    statements: Vec<bool>,
}

impl Chosen<'_> {
    /// Chooses the statement at a place, and says which when it is new.
    fn add(&mut self, at: usize) -> Option<StatementId> {
        let statement = self.facts.outline.at(at as u32)?;
        self.mark(statement).then_some(statement)
    }

    /// A member is read with the headers of the classes round it.
    fn mark(&mut self, statement: StatementId) -> bool {
        let new = !std::mem::replace(&mut self.statements[statement.0 as usize], true);
        let mut up = self.facts.outline.statements[statement.0 as usize].parent;
        while let Some(class) = up {
            self.statements[class.0 as usize] = true;
            up = self.facts.outline.statements[class.0 as usize].parent;
        }
        new
    }

    /// Every name that the chosen statements bind.
    fn names(&self) -> Vec<String> {
        let ids = self.statements.iter().enumerate().filter(|(_, chosen)| **chosen);
        ids.flat_map(|(index, _)| self.name(StatementId(index as u32))).collect()
    }

    fn name(&self, statement: StatementId) -> Vec<String> {
        let bound = self.facts.outline.bound(statement).iter();
        bound.map(|bound| self.facts.text(bound.name).to_string()).collect()
    }

    fn into_ids(self) -> Vec<StatementId> {
        let ids = self.statements.iter().enumerate().filter(|(_, chosen)| **chosen);
        ids.map(|(index, _)| StatementId(index as u32)).collect()
    }
}
