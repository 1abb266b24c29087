//! Trees that were parsed before, for a text that is edited.
//!
//! A tree depends on nothing but the stretch of text that it was made of. So after an edit every statement that still
//! reads the same has its tree already, wherever it stands now, and only what was typed is parsed.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::Tree;
use crate::text::Span;

/// The trees of one text, by the stretches that they were made of.
#[derive(Debug, Default)]
pub struct Trees(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    known: FxHashMap<Box<str>, Known>,
    version: u32,
    /// How many trees were made because there was none.
    parsed: usize,
}

#[derive(Debug)]
struct Known {
    /// Places count from the start of the stretch.
    tree: Arc<Tree>,
    /// The version in which somebody has last asked for it.
    version: u32,
}

impl Trees {
    /// The text is another one from now on. What nobody has asked for in the last two versions is forgotten; an edit
    /// that is taken back finds everything as it was.
    pub fn next_version(&self) {
        let mut state = self.state();
        let before = state.version;
        state.known.retain(|_, known| known.version + 1 >= before);
        state.version += 1;
    }

    /// The same as `Tree::parse`.
    pub fn parse(&self, text: &str, span: Span) -> Tree {
        let slice = span.text(text);
        let version = self.state().version;
        if let Some(known) = self.state().known.get_mut(slice) {
            known.version = version;
            return known.tree.moved(span.start);
        }
        let tree = Arc::new(Tree::parse(slice, Span::new(0, slice.len() as u32)));
        let mut state = self.state();
        state.parsed += 1;
        state.known.insert(slice.into(), Known { tree: tree.clone(), version });
        tree.moved(span.start)
    }

    /// How many trees were made so far because there was none.
    pub fn parsed(&self) -> usize {
        self.state().parsed
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Outline;

    /// A text made of pieces that mean something to the outline and the grammar, and of some that break them.
    const PIECES: [&str; 16] = [
        "async def f(a=1):\n    async for x in g():\n        yield x\n",
        "class A:\n    def b(self):\n        return '𝄞'\n",
        "\n",
        "\r\n",
        "\t",
        "    ",
        "(",
        ")",
        "\"\"\"",
        "x = [i async for i in y]\n",
        "é𝄞",
        "\u{feff}",
        "# aiterlint: ignore\n",
        "\\\n",
        "if x:\n    pass\n",
        "async",
    ];

    /// After each of many random edits, every statement has the tree that it would have without a past.
    #[test]
    fn an_edited_text_has_the_trees_of_a_new_one() {
        let mut random = 7u64;
        let mut next = move |below: usize| {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (random >> 33) as usize % below
        };
        let trees = Trees::default();
        let mut text = PIECES[..2].concat().repeat(3);
        for _ in 0..1000 {
            let mut places = [next(text.len() + 1), 0];
            places[1] = if text.len() > 1500 { places[0] + next(200) } else { places[0] + next(4) };
            let places = places.map(|at| (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap());
            text.replace_range(places[0]..places[1], PIECES[next(PIECES.len())]);
            trees.next_version();
            for statement in Outline::read(&text).statements {
                let (old, new) = (trees.parse(&text, statement.span), Tree::parse(&text, statement.span));
                assert_eq!(old, new, "{:?}", statement.span.text(&text));
            }
        }
    }

    #[test]
    fn only_what_was_typed_is_parsed() {
        let trees = Trees::default();
        let read = |text: &str| {
            trees.next_version();
            let before = trees.parsed();
            for statement in Outline::read(text).statements {
                trees.parse(text, statement.span);
            }
            trees.parsed() - before
        };
        let text = "a = 1\n\n\ndef f():\n    return 2\n\n\nb = 3\n";
        assert_eq!(read(text), 3);
        assert_eq!(read(&text.replace("return 2", "return 22")), 1);
        // Taken back.
        assert_eq!(read(text), 0);
        assert_eq!(read(&text.replace("\n\n", "\n# moved\n")), 0);
        assert_eq!(read(&text.replace("\n\n", "\n# moved\n")), 0);
        assert_eq!(trees.state().known.len(), 3);
    }
}
