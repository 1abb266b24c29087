//! What has happened to an object that a function makes: who holds it, who is taking its items, whether they are used up.
//!
//! A *maker* is a binding, or an assignment to an attribute, that gives its name a new iterator of one pass each time it
//! is reached. The object it made last is followed through its *holders*, names and attributes: each that *must* hold it
//! (on every way to the place in hand) and each that *may*. What a place where a holder is read does to the object is for
//! the caller to say (`Effect`); the graph knows the rest: when a loop has come to its end, that `break`, `return` and
//! exceptions come before it, that a rebinding ends the story of a name, that the ways into a handler or round a loop
//! differ.
//!
//! Each question about objects has a file of its own: who asks one that is used up (`reuse`), or one that an outer loop
//! is going through (`nest`), which place is the first to ask (`first`), which tasks ask at the same time (`overlap`),
//! and who asks on after an exception has ended it (`cut`). What holds is told about every way that reaches a place.
//!
//! Whoever may hold the object outside the graph ends the story: an escape on a may-alias, a name shared with a nested
//! function or lazy expression, a global. An attribute no longer must hold it after something strange (`holders`). A
//! condition that says whether a loop has run before is not followed, but for `cut`.

use super::holders::{Giver, Holder, Holders};
use super::{Event, Flow};
use crate::facts::{BindingId, Facts, NodeId, StoreId};

mod cut;
mod first;
mod follow;
mod ground;
mod nest;
mod overlap;
mod reuse;

use follow::Follow;
use ground::Ground;

pub use cut::{Cut, cuts};
pub use first::firsts;
pub use nest::{Nest, nests};
pub use overlap::{Overlap, overlaps};
pub use reuse::{Reuse, Round, reuses};

/// What the graph cannot know.
pub trait Judge {
    /// What a place does to the object that is in hand there.
    fn effect(&self, place: Use) -> Effect;

    /// The attribute, given as `object.name`, keeps what it is given as long as nothing strange happens.
    fn keeps(&self, attribute: NodeId) -> bool;

    /// The event may run code of which nothing is known: it may assign to attributes.
    fn is_strange(&self, event: Event) -> bool;
}

/// What gives a holder a new iterator of one pass each time it happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Maker {
    /// Its value is the iterator.
    Gives(Giver),
    /// Its value is an object that has one in this attribute, where those assignments have put it.
    Brings { object: BindingId, attribute: String, made: Vec<StoreId> },
}

impl Maker {
    fn holder(&self, holders: &Holders) -> Option<Holder> {
        match self {
            Maker::Gives(giver) => holders.given(*giver),
            Maker::Brings { object, attribute, .. } => holders.within(*object, attribute),
        }
    }
}

/// A place where the object is in hand: a name or attribute that may hold it is read, or it was made in the middle of
/// an expression, as in `f(it := make())`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Use {
    /// The name or attribute, or the expression that makes the object.
    pub node: NodeId,
    /// Read by a nested function or generator expression, whenever that runs.
    pub captured: bool,
}

/// What such a place does to the object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Looks at it at most.
    Neutral,
    /// The value that a name gets in this statement is the object itself: `b = it`, `b = aiter(it)`,
    /// `async with aclosing(it) as b`.
    Alias,
    /// Wants an item.
    Step,
    /// Wants every item, and has had them all once that event has happened: `Exhausted` for a loop, `Await` or `Call`
    /// for a function that takes them all, `Caught` for the handler of its StopAsyncIteration.
    Drain(Event),
    /// Ends it with that event, without asking for an item: `await it.aclose()`, leaving `async with aclosing(it) as b`.
    /// In the latter, `b` is an alias as well.
    End(Event),
    /// Wants items, who knows how many.
    Again,
    /// A task wants items from that event on; `many`: several tasks do, each.
    Run { starts: Event, many: bool },
    /// Begins anew, or may.
    Reset,
    /// Nobody knows what happens to it from here on.
    Escape,
}

impl Effect {
    fn wants_items(self) -> bool {
        matches!(self, Effect::Step | Effect::Drain(_) | Effect::Again)
    }
}

/// What a question about each group of makers finds.
fn ask<T>(
    facts: &Facts,
    flow: &Flow,
    makers: &[Maker],
    judge: &dyn Judge,
    question: impl Fn(&Follow) -> Vec<T>,
) -> Vec<T> {
    let ground = Ground::of(facts, flow, judge);
    let groups = groups(&ground.holders, makers);
    groups.iter().flat_map(|makers| question(&Follow::new(facts, &ground, makers, judge))).collect()
}

/// Each maker alone, and before that all makers of one holder together: whichever of them it was, the holder has an
/// iterator of one pass.
fn groups<'m>(holders: &Holders, makers: &'m [Maker]) -> Vec<Vec<&'m Maker>> {
    let mut groups: Vec<(Holder, Vec<&Maker>)> = Vec::new();
    for maker in makers {
        let Some(holder) = maker.holder(holders) else { continue };
        match groups.iter_mut().find(|(of, _)| *of == holder) {
            Some((_, group)) => group.push(maker),
            None => groups.push((holder, vec![maker])),
        }
    }
    let mut all: Vec<Vec<&Maker>> = groups.into_iter().map(|(_, group)| group).collect();
    let alone = all.iter().filter(|group| group.len() > 1).flatten().map(|&maker| vec![maker]);
    let alone: Vec<_> = alone.collect();
    all.extend(alone);
    all
}
