//! Names that lead to something that is iterated asynchronously, found on the text alone.
//!
//! From the definitions that make such a thing, names lead on: to a function that returns it or promises it, to an
//! attribute that keeps it, to the name that stands for it in an import. Nothing is parsed; what is found is too much
//! rather than too little.

mod blocks;
mod spotted;

use std::cell::OnceCell;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use self::blocks::{Definition, definitions};
use self::spotted::{awaiting_generators, nested_generators};
pub use self::spotted::{has_async_generator, may_make, nests_maker};
use super::imports::{Line, Names, lines};
use super::written::{
    asks, entered_as, first_word, imported_as, is_asked, is_common, is_iterated, last_word, logical_start, near_end,
    object_of, parameter, target_of, value_of,
};
use crate::facts::Facts;
use crate::syntax::{StatementId, StatementKind};
use crate::text::{Source, Span, WordHash};

/// What async iteration is spelled with.
pub static WORDS: &[&str] = &[
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

/// Modules of the standard library that are asked for much, and have nothing asynchronous.
static PLAIN: [&str; 22] = [
    "base64",
    "copy",
    "datetime",
    "functools",
    "hashlib",
    "inspect",
    "itertools",
    "json",
    "logging",
    "math",
    "operator",
    "os",
    "random",
    "re",
    "shutil",
    "subprocess",
    "sys",
    "threading",
    "time",
    "traceback",
    "uuid",
    "warnings",
];

/// A name worth following.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Lead {
    pub name: Arc<str>,
    pub hash: WordHash,
    /// It is reached through an object: `client.rows`, never `rows` alone.
    pub by_dot: bool,
    pub to: To,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum To {
    /// It is iterated, or gives what is.
    Maker,
    /// It gives a context manager.
    Manager,
    /// It, or what it gives, has members that are one of the other two.
    Carrier,
}

impl Lead {
    pub fn new(name: &str, by_dot: bool, to: To) -> Lead {
        Lead { name: name.into(), hash: WordHash::of(name), by_dot, to }
    }

    /// The same under another name.
    pub fn renamed(&self, name: &str) -> Lead {
        Lead::new(name, self.by_dot, self.to)
    }

    /// The same, reached through an object.
    pub fn by_dot(&self) -> Lead {
        Lead { by_dot: true, ..self.clone() }
    }

    /// The name stands in a text as it is meant.
    pub fn is_written(&self, source: &Source) -> bool {
        source.find_hashed(&self.name, self.hash).any(|at| self.fits(&source.text, at))
    }

    /// What stands before the name there says that it may be the one meant.
    fn fits(&self, text: &str, at: u32) -> bool {
        text.as_bytes()[..at as usize].ends_with(b".") == self.by_dot
    }

    pub fn is_carrier(&self) -> bool {
        self.to == To::Carrier
    }
}

/// Follows the leads of one file, and tells each place where one is used.
///
/// What comes from elsewhere may be added at any time, and the rest is followed from there.
pub struct Following<'a, F> {
    facts: &'a Facts,
    open: Vec<Lead>,
    followed: FxHashSet<Lead>,
    /// Local variables that hold one, each in the function that begins there.
    locals: FxHashSet<(u32, &'a str, To)>,
    /// What the blocks of a module define.
    blocks: FxHashMap<StatementId, Vec<Definition<'a>>>,
    /// The modules that are imported, by the names that they have here.
    modules: OnceCell<FxHashMap<&'a str, &'a str>>,
    /// The functions that have an async generator inside.
    wrappers: FxHashSet<&'a str>,
    /// What carriers are called in this file: variables, parameters, attributes.
    objects: FxHashSet<&'a str>,
    /// Uses of common names, by the name of their object, which may turn out to be a carrier.
    waiting: FxHashMap<&'a str, Vec<(u32, To)>>,
    /// Those of which it has.
    ready: Vec<(u32, To)>,
    used: F,
}

impl<'a, F: FnMut(u32)> Following<'a, F> {
    pub fn new(facts: &'a Facts, used: F) -> Following<'a, F> {
        Following {
            facts,
            open: Vec::new(),
            followed: FxHashSet::default(),
            locals: FxHashSet::default(),
            blocks: FxHashMap::default(),
            modules: OnceCell::new(),
            wrappers: FxHashSet::default(),
            objects: FxHashSet::default(),
            waiting: FxHashMap::default(),
            ready: Vec::new(),
            used,
        }
    }

    /// A lead that comes from elsewhere; it matters where its name is written.
    pub fn seed(&mut self, lead: &Lead) {
        if lead.is_written(&self.facts.source) && !self.followed.contains(lead) {
            self.open.push(lead.clone());
        }
    }

    /// A word of async iteration, or one that a rule looks for, stands here.
    pub fn word(&mut self, word: std::ops::Range<usize>) {
        let at = word.start as u32;
        (self.used)(at);
        self.hand_on(at, To::Maker);
        // What is imported is used by its name, or by the one that it is given.
        let of = self.facts.outline.at(at).map(|id| self.facts.outline.statement(id).kind);
        if of == Some(StatementKind::Import) {
            let text = &self.facts.source.text;
            let is_letter = |c: char| c.is_alphanumeric() || c == '_';
            let start = text[..word.end].trim_end_matches(is_letter).len();
            let end = text[start..].find(|c| !is_letter(c)).map_or(text.len(), |end| start + end);
            self.lead_to(&text[start..end], false, To::Maker);
        }
    }

    /// What the file makes itself.
    pub fn own(&mut self) {
        awaiting_generators(&self.facts.source.text).for_each(|at| self.word(at as usize..at as usize));
        for id in self.facts.statements() {
            if self.is_maker(id) {
                let start = self.facts.outline.statement(id).span.start;
                (self.used)(start);
                if let Some(unit) = self.unit(start) {
                    self.open_names(&unit);
                }
            } else if self.facts.outline.statement(id).kind == StatementKind::Compound {
                self.own_of_block(id);
            } else if self.nests_maker(id) {
                let span = self.facts.outline.statement(id).span;
                (self.used)(span.start);
                self.own_of_function(id, span);
            }
        }
    }

    /// A function hands on the async generators inside it: `return worker`, `return worker()`.
    fn own_of_function(&mut self, id: StatementId, function: Span) {
        let text: &'a str = &self.facts.source.text;
        self.wrappers.extend(self.facts.outline.bound(id).iter().map(|bound| bound.name.text(text)));
        let names: FxHashSet<&str> = nested_generators(text, function).map(|name| name.text(text)).collect();
        for name in names {
            let uses = self.facts.source.find_word(name).filter(|&at| function.contains(at));
            let uses = uses.filter(|&at| !text[..at as usize].ends_with("def "));
            uses.for_each(|at| self.hand_on(at, To::Maker));
        }
    }

    /// What a block of the module defines that makes.
    fn own_of_block(&mut self, id: StatementId) {
        let text: &'a str = &self.facts.source.text;
        let makers = self.definitions(id).iter().filter(|definition| definition.makes(text));
        for definition in makers.copied().collect::<Vec<_>>() {
            (self.used)(definition.span.start);
            if definition.is_class {
                self.lead_to(definition.name, false, To::Maker);
                self.lead_to(definition.name, false, To::Carrier);
                let methods = definitions(text, definition.body(text));
                let makers = methods.iter().filter(|method| method.makes(text));
                makers.for_each(|method| self.lead_to(method.name, true, To::Maker));
            } else if let Some(unit) = self.unit(definition.span.start) {
                self.wrappers.insert(definition.name);
                self.open_names(&unit);
            }
        }
    }

    fn definitions(&mut self, block: StatementId) -> &[Definition<'a>] {
        let (text, span): (&'a str, Span) = (&self.facts.source.text, self.facts.outline.statement(block).span);
        self.blocks.entry(block).or_insert_with(|| definitions(text, span))
    }

    /// A function inside the statement is an async generator.
    fn nests_maker(&self, id: StatementId) -> bool {
        let statement = self.facts.outline.statement(id);
        let is_function = matches!(statement.kind, StatementKind::Function { .. });
        is_function && has_async_generator(&statement.span.text(&self.facts.source.text)[1..])
    }

    /// Follows what is open until nothing new is found; gives what was followed.
    pub fn run(&mut self) -> Vec<Lead> {
        let text: &'a str = &self.facts.source.text;
        let mut new = Vec::new();
        loop {
            while let Some((at, to)) = self.ready.pop() {
                self.take(at, to);
            }
            let Some(lead) = self.open.pop() else { return new };
            if !self.followed.insert(lead.clone()) {
                continue;
            }
            for at in self.facts.source.find_hashed(&lead.name, lead.hash) {
                if lead.is_carrier() {
                    self.name_object(&text[at as usize..at as usize + lead.name.len()]);
                }
                if self.is_use(at, &lead) {
                    self.take(at, lead.to);
                } else if lead.by_dot && !lead.is_carrier() && is_common(&lead.name) && lead.fits(text, at) {
                    self.wait(at, lead.to);
                }
            }
            new.push(lead);
        }
    }

    /// A name that leads on is used here.
    fn take(&mut self, at: u32, to: To) {
        // Only what a carrier carries is worth reading.
        if to != To::Carrier {
            (self.used)(at);
        }
        self.hand_on(at, to);
    }

    /// A common name is worth following where its object is a carrier.
    fn wait(&mut self, at: u32, to: To) {
        let Some(object) = object_of(&self.facts.source.text, at as usize) else { return };
        match self.objects.contains(object) {
            true => self.ready.push((at, to)),
            false => self.waiting.entry(object).or_default().push((at, to)),
        }
    }

    fn name_object(&mut self, name: &'a str) {
        if self.objects.insert(name) {
            self.ready.extend(self.waiting.remove(name).into_iter().flatten());
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
                let bases = statement.header.text(text).split_once('(').map_or("", |(_, bases)| bases);
                own || bases.contains("AsyncI") || bases.contains("AsyncG")
            }
            _ => false,
        }
    }

    /// The names that a definition binds lead on.
    fn open_names(&mut self, unit: &Unit<'a>) {
        let is_manager = unit.header.text(&self.facts.source.text).contains("contextmanager");
        self.open_names_as(unit, if is_manager { To::Manager } else { To::Maker });
    }

    fn open_names_as(&mut self, unit: &Unit<'a>, to: To) {
        for name in &unit.names {
            self.lead_to(name, unit.class.is_some(), to);
        }
        // What makes an object iterable is reached by iterating it.
        if !unit.names.iter().all(|name| matches!(*name, "__aiter__" | "__anext__")) {
            self.carried_by(unit.class);
        }
    }

    fn open_carriers(&mut self, unit: &Unit<'a>) {
        match unit.class {
            Some(_) => self.carried_by(unit.class),
            None => self.open.extend(unit.names.iter().map(|name| Lead::new(name, false, To::Carrier))),
        }
    }

    fn lead_to(&mut self, name: &str, by_dot: bool, to: To) {
        // Special names are looked up on the type, by nobody's name; `_` is what nobody looks at.
        if name != "_" && !(name.starts_with("__") && name.ends_with("__")) {
            self.open.push(Lead::new(name, by_dot, to));
        }
    }

    /// The class has a member that leads on.
    fn carried_by(&mut self, class: Option<StatementId>) {
        let Some(class) = class else { return };
        for bound in self.facts.outline.bound(class) {
            self.open.push(Lead::new(self.facts.text(bound.name), false, To::Carrier));
        }
    }

    /// What stands round the name says that it is the one meant, and that the use is worth reading.
    fn is_use(&self, at: u32, lead: &Lead) -> bool {
        let text = &self.facts.source.text;
        if !lead.fits(text, at) {
            return lead.by_dot && self.is_in_class_body(at);
        }
        if lead.by_dot && self.is_of_plain_module(&text[..at as usize - 1]) {
            return false;
        }
        if lead.by_dot && is_common(&lead.name) && self.module_of(&text[..at as usize - 1]).is_none() {
            return is_iterated(text, at as usize);
        }
        if lead.to != To::Manager {
            return true;
        }
        // Most uses of a context manager are right, and there a manager is all that it is.
        let dotted = text[..at as usize].trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'));
        !dotted.trim_end().ends_with("async with")
    }

    /// The path ends with a module in which nothing is asynchronous: `re` in `re.search`.
    fn is_of_plain_module(&self, path: &str) -> bool {
        self.module_of(path).is_some_and(|module| PLAIN.binary_search(&module).is_ok())
    }

    /// The module that the path names, without its package.
    fn module_of(&self, path: &str) -> Option<&'a str> {
        let name = last_word(path)?;
        let is_alone = !path[..path.len() - name.len()].ends_with('.');
        is_alone.then(|| self.modules().get(name).copied()).flatten()
    }

    /// The modules that are imported, by the names that they have here.
    fn modules(&self) -> &FxHashMap<&'a str, &'a str> {
        self.modules.get_or_init(|| {
            let named = |line: Line<'a>| match line.names {
                // `import os.path` binds `os`.
                Names::Module(name) if line.module.split('.').next() == Some(name) => vec![(name, name)],
                Names::Module(name) => vec![(name, line.module)],
                // Of a package most that is taken like this are its modules.
                Names::Some(taken) if line.module.is_empty() => taken.into_iter().map(|(_, name)| (name, "")).collect(),
                Names::Some(_) | Names::Star => Vec::new(),
            };
            lines(&self.facts.source.text).into_iter().flat_map(named).collect()
        })
    }

    /// There members of a class are named without an object: `rows = all_rows`.
    fn is_in_class_body(&self, at: u32) -> bool {
        let id = self.facts.outline.at(at);
        let statement = id.map(|id| self.facts.outline.statement(id));
        let is_code = |kind| matches!(kind, StatementKind::Simple | StatementKind::Compound);
        statement.is_some_and(|statement| statement.parent.is_some() && is_code(statement.kind))
    }

    /// A line that returns or promises what it found, or keeps it under an attribute or a name of the module, makes that
    /// one lead on; a local variable does so from where its function hands it on as it is.
    fn hand_on(&mut self, at: u32, to: To) {
        let text: &'a str = &self.facts.source.text;
        let Some(unit) = self.unit(at) else { return };
        let start = logical_start(text, unit.span.start as usize, at as usize);
        let before = text[start..at as usize].trim_start();
        if (before.starts_with("from ") || before.starts_with("import "))
            && let Some(alias) = imported_as(&text[at as usize..])
        {
            self.lead_to(alias, false, to);
        }
        // A decorator of the file that wraps in one makes one of what it decorates. Of those from elsewhere too many lead
        // on for other reasons.
        let is_path = |path: &str| path.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
        let decorates = to == To::Maker && before.strip_prefix('@').is_some_and(is_path);
        if decorates && first_word(&text[at as usize..]).is_some_and(|name| self.wrappers.contains(name)) {
            return self.open_names(&unit);
        }
        // What the body of a context manager yields is what `async with` gives.
        let is_manager = before.starts_with("yield ") && unit.header.text(text).contains("contextmanager");
        let given = value_of(before);
        let is_handed = given.is_none_or(|given| !is_asked(given)) && !asks(&text[at as usize..]);
        let gives = (before.starts_with("return") || is_manager) && is_handed;
        if gives || before.starts_with("class ") || unit.promises {
            return match to {
                To::Carrier => self.open_carriers(&unit),
                _ if is_manager => self.open_names_as(&unit, To::Maker),
                _ => self.open_names(&unit),
            };
        }
        if let Some(name) = entered_as(before, &text[at as usize..]) {
            return self.keep(&unit, name, to);
        }
        if to == To::Carrier
            && unit.header.contains(at)
            && let Some(name) = parameter(&text[unit.header.start as usize..at as usize])
        {
            self.name_object(name);
        }
        let Some(target) = target_of(before).filter(|_| is_handed) else { return };
        let name = target.rsplit('.').next().unwrap_or_default();
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return;
        }
        let is_attribute = target.contains('.');
        // `answer.model = error.model` copies a field of no known class.
        let of_own = |path: &str| path.ends_with("self.") || path.ends_with("cls.");
        let is_own = target.starts_with("self.") || target.starts_with("cls.");
        if is_attribute && !is_own && text[..at as usize].ends_with('.') && !of_own(&text[..at as usize]) {
            return;
        }
        let at_top = unit.is_at_top || !text[start..].starts_with([' ', '\t']);
        if !(is_attribute || at_top || unit.is_in_class_body) {
            return self.keep(&unit, name, to);
        }
        match to {
            To::Carrier if at_top && !is_attribute => self.lead_to(name, false, to),
            To::Carrier => {
                self.name_object(name);
                self.carried_by(unit.class);
            }
            // What keeps a manager is no manager itself.
            _ => {
                self.lead_to(name, is_attribute || !at_top, To::Maker);
                self.carried_by(unit.class);
            }
        }
    }

    /// The definition, or else the statement, that a place is in.
    fn unit(&mut self, at: u32) -> Option<Unit<'a>> {
        let (facts, text): (&'a Facts, &'a str) = (self.facts, &self.facts.source.text);
        let id = facts.outline.at(at)?;
        let statement = facts.outline.statement(id);
        let mut unit = Unit {
            span: statement.span,
            header: statement.header,
            names: facts.outline.bound(id).iter().map(|bound| bound.name.text(text)).collect(),
            class: statement.parent,
            is_at_top: false,
            is_in_class_body: statement.parent.is_some() && statement.kind == StatementKind::Simple,
            promises: false,
        };
        if statement.kind == StatementKind::Compound {
            match self.definitions(id).iter().find(|definition| definition.span.contains(at)) {
                Some(definition) if !definition.is_class => {
                    let header = text[definition.span.start as usize..].find(":\n").unwrap_or_default() as u32;
                    unit.span = definition.span;
                    unit.header = Span::new(definition.span.start, definition.span.start + header);
                    unit.names = vec![definition.name];
                }
                // A method: the names of its class are not told apart from others.
                Some(definition) => {
                    let before = &text[definition.span.start as usize..at as usize];
                    let arrow = before.rfind("->").map(|arrow| &before[arrow..]);
                    unit.promises = arrow.is_some_and(|between| !between.contains(":\n"));
                    return Some(unit);
                }
                None => {
                    unit.is_at_top = true;
                    return Some(unit);
                }
            }
        }
        let header = unit.header;
        unit.promises = header.contains(at) && near_end(&text[header.start as usize..at as usize]).contains("->");
        Some(unit)
    }

    /// A local variable holds what leads on: so does the function if it hands on the variable as it is.
    fn keep(&mut self, function: &Unit<'a>, name: &'a str, to: To) {
        let span = function.span;
        if !self.locals.insert((span.start, name, to)) {
            return;
        }
        if to == To::Carrier {
            self.name_object(name);
        }
        let text = &self.facts.source.text;
        for at in self.facts.source.find_word(name).filter(|&at| span.contains(at)) {
            let before = text[logical_start(text, span.start as usize, at as usize)..at as usize].trim_start();
            let is_plain = text[at as usize + name.len()..].trim_start_matches([' ', '\t']).starts_with('(');
            if value_of(before).is_some() && !is_plain {
                self.hand_on(at, to);
            }
        }
    }
}

/// What a place is in, as far as it can hand something on.
struct Unit<'a> {
    span: Span,
    header: Span,
    /// What it binds.
    names: Vec<&'a str>,
    /// The class that it is a member of.
    class: Option<StatementId>,
    /// Names that are bound at the place belong to the module, however far it is indented.
    is_at_top: bool,
    is_in_class_body: bool,
    /// The place is behind the arrow of a header.
    promises: bool,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    /// `expected` are the leads, each with a dot before it when it is one of an object, `!` behind a carrier and `@`
    /// behind a manager.
    fn check(text: &str, expected: &str) {
        let facts = Facts::new(Arc::new(Source::new("t.py", text)));
        let mut following = Following::new(&facts, |_| {});
        let words = aho_corasick::AhoCorasick::new(WORDS).expect("words");
        for hit in words.find_iter(text) {
            following.word(hit.range());
        }
        following.own();
        let mut found: Vec<String> = following
            .run()
            .into_iter()
            .map(|lead| {
                let dot = if lead.by_dot { "." } else { "" };
                let mark = ["", "@", "!"][lead.to as usize];
                format!("{dot}{}{mark}", lead.name)
            })
            .collect();
        found.sort();
        assert_eq!(found.join(" "), expected, "{text}");
    }

    #[test]
    fn await_makes_a_generator_async() {
        let found = |text: &str| awaiting_generators(text).count();
        assert_eq!(found("sum(await f(x) for x in xs)"), 1);
        assert_eq!(found("sum((await f(x)) for x in xs)"), 1);
        assert_eq!(found("next((n for n in numbers if await fetch(n)), None)"), 1);
        assert_eq!(found("f(await g(), x)\nfor x in await y:\n    (await z)\n"), 0);
        assert_eq!(found("f(\n    await before(),\n    form)"), 0);
    }

    #[test]
    fn definitions_make() {
        check("async def ticks():\n    yield 1\n", "ticks");
        check("def ticks() -> AsyncIterator[int]: ...\n", "ticks");
        check("class Ticks:\n    def __aiter__(self): return self\n", "Ticks");
        check("class C:\n    async def rows(self):\n        yield 1\n", ".rows C!");
        check("@asynccontextmanager\nasync def opened():\n    yield 1\n", "opened@");
        check("async def one():\n    return 1\n", "");
    }

    #[test]
    fn others_hand_on() {
        check("async def one():\n    yield 1\ndef two():\n    return one()\ndef three():\n    one()\n", "one two");
        check("async def one():\n    yield 1\nkept = one()\nclass C:\n    rows = one()\n", ".rows C! kept one");
        // The imported word leads on, under its own name and under the new one.
        check("from mine import aiter as begin\n", "aiter begin");
        check(
            "class Ticks:\n    def __aiter__(self): return self\n\
             class C:\n    def __init__(self):\n        self.ticks = Ticks()\n",
            ".ticks C! Ticks",
        );
        check(
            "class Ticks:\n    def __aiter__(self): return self\ndef make() -> Ticks: ...\n\
             class C:\n    ticks: Ticks\nclass Fast(Ticks): pass\n",
            ".ticks C! Fast Ticks make",
        );
        check(
            "class C:\n    async def all(self):\n        yield 1\n    rows = all\n    def f(self):\n        more = all\n",
            ".all .rows C!",
        );
    }

    #[test]
    fn blocks_hand_on() {
        let made = "async def one():\n    yield 1\n";
        let block = "if flag:\n    @cached\n    def two() -> list[\n        int\n    ]:\n        return one()\n\n    def three(x):\n        return x\n";
        check(
            &format!("{made}{block}    kept = one()\nelse:\n    def four() -> None:\n        one()\n"),
            "kept one two",
        );
        check("try:\n    import fast\nexcept ImportError:\n    async def rows():\n        yield 1\n", "rows");
        check("if flag:\n    class Ticks:\n        def __aiter__(self): return self\n", "Ticks Ticks!");
        check(
            "if flag:\n    class C:\n        async def rows(self):\n            yield 1\n        def f(self): pass\n",
            ".rows C C!",
        );
        // Methods are not told apart.
        check(
            &format!(
                "{made}if flag:\n    class C:\n        def two(self):\n            return one()\n\n    def three():\n        pass\n"
            ),
            "C one three",
        );
        check(&format!("{made}# one as two\ntext = 'an object that it holds as one as two'\n"), "one text");
    }

    #[test]
    fn variables_hand_on() {
        let made = "async def one():\n    yield 1\n";
        check(&format!("{made}def two():\n    it = one()\n    return it\n"), "one two");
        check(&format!("{made}def two():\n    it = one()\n    both = (it, 1)\n    return both\n"), "one two");
        check(&format!("{made}def two():\n    it = one()\n    return len(it)\n"), "one");
        check(&format!("{made}def two():\n    return (\n        one()\n    )\n"), "one two");
        check(&format!("{made}@asynccontextmanager\nasync def two():\n    yield one()\n"), "one two two@");
        let manager =
            "@asynccontextmanager\nasync def two():\n    async with aclosing(one()) as it:\n        yield it\n";
        check(&format!("{made}{manager}"), "one two two@");
    }

    #[test]
    fn carriers_are_handed_on() {
        check(
            "class C:\n    async def rows(self):\n        yield 1\ndef make():\n    return C()\nit = make()\nclass D:\n    one: C\n",
            ".rows C! D! it! make!",
        );
    }
}
