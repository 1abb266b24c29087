//! Names that lead to something that is iterated asynchronously, found on the text alone.
//!
//! From the definitions that make such a thing, names lead on: to a function that returns it or promises it, to an
//! attribute that keeps it, to the name that stands for it in an import. Nothing is parsed; what is found is too much
//! rather than too little.
//!
//! A name behind a dot is only worth reading where the object before the dot may be of the class that has it. So the
//! objects of such classes lead on as well: from the class to its instances, to what returns, keeps or is annotated with
//! one, and to the classes that derive from it. They are known by their names, in a file as a whole.

mod blocks;
mod carriage;
mod following;
mod objects;
mod passed;
mod spotted;
mod units;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub use self::following::Following;
pub use self::passed::Passed;
pub use self::spotted::{has_async_generator, may_make, nests_maker};
use crate::text::{Source, WordHash};

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

/// Whose members are meant: those of a class, or of a module. That two of them are taken for one is as good as
/// impossible, and would cost a little time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Owner(u32);

impl Owner {
    /// Nobody knows whose.
    pub const ANY: Owner = Owner(0);

    /// A class of this name in the file.
    pub fn class(path: &str, name: &str) -> Owner {
        let mut hasher = rustc_hash::FxHasher::default();
        (path, name).hash(&mut hasher);
        Owner((hasher.finish() >> 32) as u32 | 1)
    }

    /// A module that is used as an object.
    pub fn module(path: &str) -> Owner {
        Owner::class(path, "")
    }
}

/// A name worth following.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Lead {
    pub name: Arc<str>,
    pub hash: WordHash,
    /// It is reached through an object of this owner: `client.rows`, never `rows` alone.
    pub of: Option<Owner>,
    pub to: To,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum To {
    /// It is iterated, or gives what is.
    Maker,
    /// It gives a context manager.
    Manager,
    /// It, or what it gives, has members that lead on.
    Object(Owner),
    /// It is a module that has some.
    Module(Owner),
}

impl Lead {
    pub fn new(name: &str, of: Option<Owner>, to: To) -> Lead {
        Lead { name: name.into(), hash: WordHash::of(name), of, to }
    }

    /// The class derives from another: what that has, its own objects have as well.
    pub fn base(class: Owner, base: Owner) -> Lead {
        Lead::new("", Some(class), To::Object(base))
    }

    /// Whose objects are also those of which class.
    fn derived(&self) -> Option<(Owner, Owner)> {
        match (self.of, self.to) {
            (Some(class), To::Object(base)) if self.name.is_empty() => Some((class, base)),
            _ => None,
        }
    }

    /// The same under another name.
    pub fn renamed(&self, name: &str) -> Lead {
        Lead::new(name, self.of, self.to)
    }

    /// The same, reached through an object.
    pub fn member(&self, of: Owner) -> Lead {
        Lead { of: Some(of), ..self.clone() }
    }

    pub fn is_member(&self) -> bool {
        self.of.is_some()
    }

    /// The name stands in a text as it is meant.
    pub fn is_written(&self, source: &Source) -> bool {
        self.name.is_empty() || source.find_hashed(&self.name, self.hash).any(|at| self.fits(&source.text, at))
    }

    /// What stands before the name there says that it may be the one meant.
    fn fits(&self, text: &str, at: u32) -> bool {
        // `import lib.inner` makes `inner` known behind a dot.
        self.is_module() || text.as_bytes()[..at as usize].ends_with(b".") == self.is_member()
    }

    pub fn is_module(&self) -> bool {
        matches!(self.to, To::Module(_))
    }

    /// Only what it has is worth reading.
    pub fn is_object(&self) -> bool {
        matches!(self.to, To::Object(_) | To::Module(_))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::spotted::awaiting_generators;
    use super::*;
    use crate::facts::Facts;

    /// `expected` are the leads, each with a dot before it when it is one of an object, `!` behind an object and `@`
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
                let dot = if lead.is_member() { "." } else { "" };
                let mark = match lead.to {
                    To::Maker => "",
                    To::Manager => "@",
                    To::Object(_) | To::Module(_) => "!",
                };
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
    fn objects_are_handed_on() {
        check(
            "class C:\n    async def rows(self):\n        yield 1\ndef make():\n    return C()\nit = make()\nclass D:\n    one: C\n",
            ".one! .rows C! D! it! make!",
        );
    }

    /// Whether the last line is worth reading.
    fn check_last(text: &str, expected: bool) {
        let class = "class Store:\n    async def rows(self):\n        yield 1\n\n";
        let text = format!("{class}class Shop:\n    def __init__(self):\n        self.store = Store()\n\n{text}");
        let facts = Facts::new(Arc::new(Source::new("t.py", text.as_str())));
        let last = text.trim_end().rfind('\n').unwrap_or_default() as u32;
        let mut is_read = false;
        let mut following = Following::new(&facts, |at| is_read |= at > last);
        following.own();
        following.run();
        drop(following);
        assert_eq!(is_read, expected, "{text}");
    }

    #[test]
    fn members_count_behind_their_objects() {
        check_last("def f(store):\n    store = Store()\n    store.rows()\n", true);
        check_last("def f(other):\n    store = Store()\n    other.rows()\n", false);
        check_last("def f(other):\n    # a Store\n    other.rows()\n", false);
        check_last("def f(other: Store):\n    other.rows()\n", true);
        check_last("def f(others: list[Store]):\n    for other in others:\n        other.rows()\n", true);
        check_last("def f(others: list[Store]):\n    others[0].rows()\n", true);
        check_last("def f(other):\n    if isinstance(other, Store):\n        other.rows()\n", true);
        check_last("def f(shop: Shop):\n    shop.store.rows()\n", true);
        check_last("def f(shop):\n    shop.stock.rows()\n", false);
        check_last("class Fast(Store):\n    def f(self):\n        self.rows()\n", true);
        check_last("class Slow:\n    def f(self):\n        self.rows()\n", false);
        check_last("def made() -> Store: ...\ndef f():\n    made().rows()\n", true);
        check_last("def f():\n    Store().rows()\n", true);
    }
}
