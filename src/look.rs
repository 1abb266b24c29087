//! The first look: which files, and which statements of a file, can hold anything that a rule would say.
//!
//! Almost every file has nothing to do with async iteration, and of those that do, only a few statements. One search of
//! the bytes for a few words decides about the file; where they stand decides about the statements. From there the look
//! follows names: a statement that uses an async generator of the file is worth reading, and so is one that uses what
//! such a statement returns or keeps, in the file (`project::makers`) or in the modules that it imports
//! (`project::leads`). All of it is done on the text: nothing is parsed to find out what to parse.
//!
//! The look may only ever save time. With it and without it the findings are the same, which a test checks over the
//! whole standard library.

mod places;

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::facts::Facts;
use crate::project::Lead;
use crate::project::makers::{Following, WORDS, may_make};
use crate::rule::Rule;
use crate::syntax::{StatementId, StatementKind};

pub use places::Chosen;

/// Words for which a file is read although no rule asks for them: comments to the tool itself.
static COMMENTS: &[&str] = &["aiterlint:"];

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

    /// The file may hold something, as far as its own text tells.
    pub fn at_file(&self, text: &str) -> bool {
        may_make(text, &self.words)
    }

    /// The statements that may hold something, and where; `imported` are the names that lead to something in the
    /// modules that the file imports. None when nobody wants to know any more.
    pub fn at_statements(&self, facts: &Facts, imported: &[Lead], is_wanted: &dyn Fn() -> bool) -> Option<Chosen> {
        let (mut used, mut told): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        // Where coroutine functions are, a plain one may give what they give.
        let has_coroutines = facts.source.text.contains("async def");
        let decorates_sync = |at| !has_coroutines && decorates_sync(facts, at);
        let mut following = Following::new(facts, |at| used.push(at));
        imported.iter().for_each(|lead| following.seed(lead));
        for hit in self.words.find_iter(facts.source.text.as_bytes()) {
            if facts.outline.is_prose(hit.start() as u32) {
                // A comment to the tool itself is about what stands round it.
                let is_told = COMMENTS.contains(&&facts.source.text[hit.range()]);
                told.extend(is_told.then_some(hit.start() as u32));
                continue;
            }
            let is_own = self.own[hit.pattern()];
            if is_own || !decorates_sync(hit.start() as u32) {
                following.word(hit.range());
            }
        }
        following.own();
        following.run();
        drop(following);
        used.extend(told);
        Chosen::new(facts, holding(facts, &used), used, is_wanted)
    }
}

/// The statements at these places, with the headers of the classes round them, in reading order.
fn holding(facts: &Facts, used: &[u32]) -> Vec<StatementId> {
    let mut chosen = vec![false; facts.outline.statements.len()];
    for &at in used {
        let mut next = facts.outline.at(at);
        while let Some(id) = next {
            if std::mem::replace(&mut chosen[id.0 as usize], true) {
                break;
            }
            next = facts.outline.statement(id).parent;
        }
    }
    let ids = chosen.iter().enumerate().filter(|(_, chosen)| **chosen);
    ids.map(|(index, _)| StatementId(index as u32)).collect()
}

/// The place is in a decorator of a plain function: a word that some rule looks for is nothing special there.
fn decorates_sync(facts: &Facts, at: u32) -> bool {
    let Some(id) = facts.outline.at(at) else { return false };
    let statement = facts.outline.statement(id);
    let decorator = facts.source.text[statement.span.start as usize..].starts_with('@');
    let is_sync = statement.kind == (StatementKind::Function { is_async: false });
    decorator && is_sync && statement.header.contains(at)
}
