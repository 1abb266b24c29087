//! The first look: which files, and which statements of a file, can hold anything that a rule would say.
//!
//! Almost every file has nothing to do with async iteration, and of those that do, only a few statements. One search of
//! the bytes for a few words decides about the file; where they stand decides about the statements. From there the look
//! follows names: a statement that uses an async generator of the file is worth reading, and so is one that uses what
//! such a statement returns or keeps. Names that are imported are followed when they stand for such a thing where they
//! come from. All of it is done on the text: nothing is parsed to find out what to parse.
//!
//! The look may only ever save time. With it and without it the findings are the same, which a test checks over the
//! whole standard library.

use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashSet;

use crate::facts::Facts;
use crate::project::imports::{self, Written};
use crate::project::{Maker, Module, Owner, Project, library};
use crate::rule::Rule;
use crate::syntax::{StatementId, StatementKind};
use crate::text::Span;

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

/// How many modules a name may be handed on by.
const LONGEST_WAY: usize = 4;

pub struct Look {
    words: AhoCorasick,
    /// For each word, whether it is one of async iteration itself.
    own: Vec<bool>,
}

impl Look {
    /// A look for these rules.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Option<Look> {
        let more = rules.into_iter().flat_map(|rule| rule.words.iter().copied());
        let mut words: Vec<&str> = WORDS.iter().chain(COMMENTS).copied().chain(more).collect();
        words.sort_unstable();
        words.dedup();
        let own = words.iter().map(|word| WORDS.contains(word) || COMMENTS.contains(word)).collect();
        let words = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(words).ok()?;
        Some(Look { words, own })
    }

    /// The look for every rule there is, made once.
    pub fn for_all(rules: &[&'static Rule]) -> Option<&'static Look> {
        static LOOK: OnceLock<Option<Look>> = OnceLock::new();
        LOOK.get_or_init(|| Look::new(rules.iter().copied())).as_ref()
    }

    /// The file may hold something.
    pub fn at_file(&self, text: &str) -> bool {
        self.words.is_match(text) || has_async_generator(text) || waiting_elements(text).next().is_some()
    }

    /// What the file imports that stands for something iterated asynchronously where it comes from, by the names that
    /// the file has for it.
    pub fn imported(&self, module: &Module, project: &Project) -> Vec<Maker> {
        self.imported_by(module, project, &mut Vec::new())
    }

    fn imported_by(&self, module: &Module, project: &Project, open: &mut Vec<Arc<str>>) -> Vec<Maker> {
        let facts = &module.facts;
        let mut makers: Vec<Maker> = Vec::new();
        for statement in facts.outline.statements.iter().filter(|statement| statement.kind == StatementKind::Import) {
            for import in imports::written(statement.span.text(&facts.source.text)) {
                // What the language's own library has of the kind is spelled with the words.
                if import.level == 0 && library::is_of_the_language(&import.module) {
                    continue;
                }
                let is_used = |at: u32| !statement.span.contains(at);
                if import.name != Some("*") && !facts.source.find_word(import.used_as).any(is_used) {
                    continue;
                }
                self.import(module, project, &import, open, &mut makers);
            }
        }
        makers
    }

    fn import(
        &self,
        from: &Module,
        project: &Project,
        import: &Written,
        open: &mut Vec<Arc<str>>,
        makers: &mut Vec<Maker>,
    ) {
        let whole = |found: &[Arc<Module>], open: &mut Vec<Arc<str>>, makers: &mut Vec<Maker>| {
            // `import feed`: everything of it stands behind a dot.
            for found in found {
                makers.extend(
                    self.makers(found, project, open).into_iter().map(|maker| Maker { is_member: true, ..maker }),
                );
            }
        };
        let found = project.modules(from, import.level, &import.module);
        let Some(name) = import.name else { return whole(&found, open, makers) };
        for found in found {
            for maker in self.makers(&found, project, open) {
                match name {
                    _ if maker.is_member => makers.push(maker),
                    "*" => makers.push(maker),
                    name if name == maker.name => makers.push(Maker { name: import.used_as.to_string(), ..maker }),
                    _ => {}
                }
            }
        }
        if name != "*" {
            let dot = if import.module.is_empty() { "" } else { "." };
            whole(&project.modules(from, import.level, &format!("{}{dot}{name}", import.module)), open, makers);
        }
    }

    /// The names of a module that stand for something iterated asynchronously, those included that it only hands on.
    fn makers(&self, module: &Arc<Module>, project: &Project, open: &mut Vec<Arc<str>>) -> Vec<Maker> {
        if let Some(known) = module.makers.get() {
            return known.clone();
        }
        // An installed package is worth its reading when a stub of ours says so; its source is not asked here.
        if module.owner == Owner::ThirdParty || open.len() >= LONGEST_WAY || open.contains(module.path()) {
            return Vec::new();
        }
        open.push(module.path().clone());
        let imported = self.imported_by(module, project, open);
        open.pop();
        let mut makers = Vec::new();
        if !imported.is_empty() || self.at_file(&module.facts.source.text) {
            makers = self.choose(&module.facts, imported).followed.into_iter().collect();
        }
        // Half of an answer, cut off by a way that leads back, is not kept.
        if open.is_empty() {
            let _ = module.makers.set(makers.clone());
        }
        makers
    }

    /// The statements that may hold something, in reading order.
    pub fn at_statements(&self, facts: &Facts, imported: Vec<Maker>) -> Vec<StatementId> {
        self.choose(facts, imported).into_ids()
    }

    fn choose<'a>(&self, facts: &'a Facts, imported: Vec<Maker>) -> Chosen<'a> {
        let mut chosen = Chosen {
            facts,
            statements: vec![false; facts.outline.statements.len()],
            open: imported,
            followed: FxHashSet::default(),
        };
        let text = &facts.source.text;
        for at in waiting_elements(text) {
            chosen.add(at);
        }
        for hit in self.words.find_iter(text.as_bytes()) {
            let is_own = self.own[hit.pattern()];
            if is_own || !chosen.decorates_sync(hit.start()) {
                chosen.add(hit.start());
                chosen.hand_on(hit.start());
            }
        }
        chosen.follow_makers();
        chosen
    }
}

/// An `async def` with a `yield` somewhere behind it.
fn has_async_generator(text: &str) -> bool {
    let find = memchr::memmem::find;
    find(text.as_bytes(), b"async def").is_some_and(|at| find(&text.as_bytes()[at..], b"yield").is_some())
}

/// Each `await` that may stand in a generator expression, which it makes async: between parentheses with a `for` beside
/// it. Strings and comments may deceive this; then a statement is read in which nothing is found.
fn waiting_elements(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    let awaits = memchr::memmem::find_iter(bytes, b"await ");
    awaits.filter(move |&at| is_beside_for(bytes, at))
}

/// How far from the `await` its `for` and its parentheses are looked for.
const WIDEST_ELEMENT: usize = 600;

fn is_beside_for(bytes: &[u8], at: usize) -> bool {
    let is_for = |at: usize| {
        let blank = |c: Option<&u8>| c.is_some_and(|c| c.is_ascii_whitespace() || matches!(c, b')' | b']' | b'}'));
        bytes[at..].starts_with(b"for") && blank(bytes.get(at + 3)) && blank(bytes.get(at.wrapping_sub(1)))
    };
    let mut found = false;
    let mut depth = 0;
    let mut ends = false;
    let end = bytes.len().min(at + WIDEST_ELEMENT);
    for (here, byte) in bytes[..end].iter().enumerate().skip(at) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' if depth == 0 => {
                ends = true;
                break;
            }
            // A comprehension inside the element: what stands round it counts.
            b']' | b'}' if depth == 0 => found = false,
            b')' | b']' | b'}' => depth -= 1,
            b'f' if depth == 0 && is_for(here) => found = true,
            _ => {}
        }
    }
    if !ends || found {
        return ends;
    }
    let mut depth = 0;
    for (here, byte) in bytes[..at].iter().enumerate().rev().take(WIDEST_ELEMENT) {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' if depth == 0 => return false,
            b':' if depth == 0 => return false,
            b'[' | b'{' if depth == 0 => {}
            b'(' | b'[' | b'{' => depth -= 1,
            b'f' if depth == 0 && is_for(here) => return true,
            _ => {}
        }
    }
    false
}

/// `aiter as begin` in an import: the name under which the word is known from here on.
fn imported_as(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').strip_prefix(" as ")?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    (end > 1).then_some(&rest[..end])
}

/// The statements chosen so far, and the names that lead on.
struct Chosen<'a> {
    facts: &'a Facts,
    statements: Vec<bool>,
    open: Vec<Maker>,
    followed: FxHashSet<Maker>,
}

impl<'a> Chosen<'a> {
    /// The place is in a decorator of a plain function: a word that some rule looks for is nothing special there.
    fn decorates_sync(&self, at: usize) -> bool {
        let Some(id) = self.facts.outline.at(at as u32) else { return false };
        let statement = self.facts.outline.statement(id);
        let decorator = self.facts.source.text[statement.span.start as usize..].starts_with('@');
        let is_sync = statement.kind == (StatementKind::Function { is_async: false });
        decorator && is_sync && statement.header.contains(at as u32)
    }

    /// Chooses the statement at a place, with the headers of the classes round it.
    fn add(&mut self, at: usize) -> Option<StatementId> {
        let statement = self.facts.outline.at(at as u32)?;
        self.mark(statement);
        Some(statement)
    }

    fn mark(&mut self, statement: StatementId) {
        let mut next = Some(statement);
        while let Some(id) = next {
            if std::mem::replace(&mut self.statements[id.0 as usize], true) {
                break;
            }
            next = self.facts.outline.statement(id).parent;
        }
    }

    /// Follows names until nothing new is found: from the definitions that make something iterable to the statements
    /// that use them, and from those that hand it on to theirs.
    fn follow_makers(&mut self) {
        for id in self.facts.statements() {
            if self.is_maker(id) {
                self.mark(id);
                self.open_names(id);
            }
        }
        while let Some(maker) = self.open.pop() {
            if !self.followed.insert(maker.clone()) {
                continue;
            }
            let places: Vec<u32> = self.facts.source.find_word(&maker.name).collect();
            for at in places {
                if self.is_use(at as usize, &maker) {
                    self.add(at as usize);
                    self.hand_on(at as usize);
                }
            }
        }
    }

    /// The statement defines something that is iterated asynchronously, as far as its text tells.
    fn is_maker(&self, id: StatementId) -> bool {
        let text = &self.facts.source.text;
        let statement = self.facts.outline.statement(id);
        match statement.kind {
            StatementKind::Function { is_async } => {
                let promise = statement.header.text(text).split_once("->").map_or("", |(_, promise)| promise);
                let body = &statement.span.text(text)[statement.header.len() as usize..];
                (is_async && body.contains("yield")) || promise.contains("AsyncI") || promise.contains("AsyncGen")
            }
            StatementKind::Class => {
                let is_protocol = |name: Span| matches!(name.text(text), "__aiter__" | "__anext__");
                let mut members = self.facts.outline.members(id);
                let own =
                    members.any(|member| self.facts.outline.bound(member).iter().any(|bound| is_protocol(bound.name)));
                own || statement.header.text(text).contains("Async")
            }
            _ => false,
        }
    }

    fn open_names(&mut self, id: StatementId) {
        let statement = self.facts.outline.statement(id);
        let is_member = statement.parent.is_some();
        let above = statement.header.text(&self.facts.source.text);
        let is_manager = above.starts_with('@') && above.contains("contextmanager");
        for bound in self.facts.outline.bound(id) {
            let name = self.facts.text(bound.name);
            // Special names are looked up on the type, by nobody's name.
            if name.len() > 1 && !(name.starts_with("__") && name.ends_with("__")) {
                self.open.push(Maker { name: name.to_string(), is_member, is_manager });
            }
        }
    }

    /// What stands round the name says that it is the one meant, and that the use is worth reading.
    fn is_use(&self, at: usize, maker: &Maker) -> bool {
        let before = &self.facts.source.text[..at];
        let line = &before[before.rfind(['\n', '\r']).map_or(0, |end| end + 1)..];
        if maker.is_member != line.ends_with('.') {
            return false;
        }
        // Most uses of a context manager are right, and there a manager is all that it is.
        let dotted = line.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'));
        !(maker.is_manager && dotted.trim_end().ends_with("async with"))
    }

    /// A line that returns what it found, or keeps it under an attribute or a name of the module, makes that one lead
    /// on; a local variable stays within the statement.
    fn hand_on(&mut self, at: usize) {
        let text = &self.facts.source.text;
        let start = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let line = &text[start..at];
        let before = line.trim_start();
        if let Some(alias) = imported_as(&text[at..]) {
            self.open.push(Maker { name: alias.to_string(), is_member: false, is_manager: false });
        }
        if before.starts_with("return") || before.starts_with("class ") {
            if let Some(id) = self.facts.outline.at(at as u32) {
                self.open_names(id);
            }
            return;
        }
        let Some((target, _)) = before.split_once('=').filter(|(target, rest)| {
            !rest.starts_with('=') && !target.ends_with(['!', '<', '>']) && !target.contains('(')
        }) else {
            return;
        };
        let target = target.split(':').next().unwrap_or_default().trim();
        let name = target.rsplit('.').next().unwrap_or_default();
        let is_member = target.contains('.') || line.len() > before.len();
        let is_name = name.len() > 1 && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if is_name && (target.contains('.') || line.len() == before.len()) {
            self.open.push(Maker { name: name.to_string(), is_member, is_manager: false });
        }
    }

    fn into_ids(self) -> Vec<StatementId> {
        let ids = self.statements.iter().enumerate().filter(|(_, chosen)| **chosen);
        ids.map(|(index, _)| StatementId(index as u32)).collect()
    }
}
