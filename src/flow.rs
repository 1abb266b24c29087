//! What happens in one function, and in which order: its control-flow graph.
//!
//! A *block* is a run of *events* that happen one after another: a name is read or bound, a call is made, an iterator is
//! asked for its next item, a context manager is left. *Edges* lead from the end of a block to what may come next, and
//! say why. Statements are gone: `if` has become two edges, `finally` one copy of its body for each way out, a `with`
//! the events `Enter` and `Leave`, a list comprehension a loop like any other.
//!
//! An exception may leave in the middle of a block. So the `Exception` edge of a block stands for every point just
//! before and just after each of its events that can raise (`Event::can_raise`); all other edges leave at its end. The
//! solver (`solve`) knows that; nobody else has to.
//!
//! The graph errs on the side of too many paths: whoever says "on every path" with it is right, whatever the
//! conditions turn out to be. Only a constant condition (`while True`, `if 0`), an irrefutable `case`, a call that never
//! returns (`sys.exit()`) and a loop over what is plainly not empty (`for x in (1, 2)`) close a path.
//!
//! Left out on purpose: signals that strike between two events that cannot raise, `python -O` (an `assert` is always
//! run), annotations (they may be evaluated now, later or never) and the body of a generator expression, which runs
//! whenever somebody iterates over it: `Lazy` stands where it is made. Nested functions are graphs of their own;
//! `Closure` stands where one is made. A function in which the grammar was lost, or an absurdly large one, has none.

use std::ops::Range;

use crate::facts::{
    AwaitId, BindingId, CallId, Facts, FunctionId, HandlerId, LoopId, NodeId, RaiseId, ReturnId, StoreId, WithId,
    YieldId,
};

mod build;
pub mod constants;
pub mod context;
mod expressions;
pub mod holders;
mod known;
mod leaving;
pub mod objects;
pub mod onward;
mod print;
pub mod reach;
pub mod solve;
mod statements;
mod thrown;
pub mod variables;
mod ways;

pub use context::{Context, stopped_by};
pub use holders::Giver;
pub use known::may_swallow;
pub use objects::{Effect, Judge, Maker, Use};
pub use onward::{Outcome, Resumed, Thrown, Walker, onward};
pub use reach::{Reach, Reaching};
pub use thrown::{Arrival, Stop};

/// The control-flow graph of one function. Blocks come in an order in which most edges lead forwards.
#[derive(Debug)]
pub struct Flow {
    pub function: FunctionId,
    pub blocks: Vec<Block>,
    /// The loops of the function, outer ones first; `for`, `while` and the clauses of comprehensions.
    pub rounds: Vec<Rounds>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BlockId(pub u32);

#[derive(Debug)]
pub struct Block {
    pub why: Why,
    /// The statement or expression that made the block.
    pub of: NodeId,
    /// The innermost loop that the block is part of: an index into `Flow::rounds`.
    pub inside: Option<u32>,
    pub events: Vec<Event>,
    pub next: Vec<Edge>,
}

/// A loop: everything that runs between two visits of its head.
#[derive(Debug)]
pub struct Rounds {
    /// The `for` or `while` statement, or the `for` clause.
    pub node: NodeId,
    pub head: BlockId,
    pub outer: Option<u32>,
    /// All its blocks, and those from which a round leads to the next one, are among these.
    pub blocks: Range<u32>,
}

/// Why there is a block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Why {
    Entry,
    /// The function has returned.
    Exit,
    /// An exception has left the function.
    Raised,
    /// One outcome of a condition.
    Then,
    Else,
    /// Where the ways through a statement or expression meet again.
    After,
    /// Where each round of a loop begins.
    Head,
    Body,
    /// The rest of a round was skipped.
    Next,
    /// The loop's iterator has come to its end.
    Ended,
    Try,
    /// Looks for the handler of an exception.
    Dispatch,
    Handler,
    Finally(Way),
    Leave(Way),
    Case,
    /// Code that nothing leads to.
    Unreachable,
}

/// A way out of a `try` or `with` statement.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Way {
    Normal,
    Exception,
    Return,
    Break,
    Continue,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge {
    pub to: BlockId,
    pub why: EdgeKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EdgeKind {
    Normal,
    /// The condition, or the `case` clause, was met.
    True(NodeId),
    False(NodeId),
    /// The loop got an item, or came to its end.
    Item(LoopId),
    End(LoopId),
    /// The next round of the loop statement or clause.
    Back(NodeId),
    /// From any event of the block that can raise.
    Exception,
    /// An exception goes on at the end of this block: after `finally`, or after the manager that let it through.
    Propagates,
    Caught(HandlerId),
    /// No handler fits.
    Uncaught,
    /// The manager has swallowed an exception.
    Swallowed(WithId, usize),
    /// The end of the function's body was reached: it returns None.
    FallsOff,
}

/// Something that happens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// A name is read: the identifier.
    Use(NodeId),
    /// A name gets its meaning, or loses it (`Bind::Deleted`). Parameters are bound in the first block.
    Bind(BindingId),
    /// `object.name = …`, or its deletion.
    Store(StoreId),
    /// `object.name` is read.
    Load(NodeId),
    /// Function and arguments were evaluated before.
    Call(CallId),
    Await(AwaitId),
    Yield(YieldId),
    /// The iterable was evaluated, and its iterator is taken.
    Begin(LoopId),
    /// The iterator is asked for the next item.
    Step(LoopId),
    /// The iterator said that it is at its end.
    Exhausted(LoopId),
    Enter(WithId, usize),
    Leave(WithId, usize),
    /// A handler was chosen.
    Caught(HandlerId),
    /// A nested function is made, and captures names.
    Closure(FunctionId),
    /// A generator expression is made: only its leftmost iterable was evaluated.
    Lazy(NodeId),
    /// An operator, subscript, unpacking, import, match, decorator or format: may run foreign code.
    Operate(NodeId),
    Return(ReturnId),
    Raise(RaiseId),
}

impl Event {
    pub fn can_raise(self) -> bool {
        !matches!(self, Event::Bind(_) | Event::Exhausted(_) | Event::Closure(_) | Event::Caught(_) | Event::Return(_))
    }
}

/// A place in a graph: just before the event of that number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Point {
    pub block: BlockId,
    pub index: usize,
}

impl Flow {
    pub const ENTRY: BlockId = BlockId(0);

    /// None when the grammar was lost in the function, or when it is too large or too deeply nested to be followed.
    pub fn of(facts: &Facts, function: FunctionId) -> Option<Flow> {
        build::build(facts, function)
    }

    pub fn events(&self) -> impl Iterator<Item = (Point, Event)> + '_ {
        self.all().flat_map(move |block| {
            let events = self[block].events.iter().enumerate();
            events.map(move |(index, &event)| (Point { block, index }, event))
        })
    }

    pub fn all(&self) -> impl Iterator<Item = BlockId> + use<> {
        (0..self.blocks.len() as u32).map(BlockId)
    }

    /// The one block of this kind: `Why::Exit` or `Why::Raised`; none when nothing leads there.
    pub fn end(&self, why: Why) -> Option<BlockId> {
        self.all().find(|&block| self[block].why == why)
    }

    /// The loops that the block is part of, innermost first: indices into `rounds`.
    pub fn loops_round(&self, block: BlockId) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(self[block].inside, |&inner| self.rounds[inner as usize].outer)
    }

    /// Where a round of the loop begins.
    pub fn round_of(&self, id: LoopId) -> Option<BlockId> {
        let mut edges = self.blocks.iter().flat_map(|block| &block.next);
        edges.find(|edge| edge.why == EdgeKind::Item(id)).map(|edge| edge.to)
    }
}

impl std::ops::Index<BlockId> for Flow {
    type Output = Block;

    fn index(&self, block: BlockId) -> &Block {
        &self.blocks[block.0 as usize]
    }
}

#[cfg(test)]
mod tests;
