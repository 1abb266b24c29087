//! What holds at each point of a function: a forward solver for any question of that shape.
//!
//! An `Analysis` says what holds at the entry, what an event and an edge change, and what is left where two ways meet.
//! `solve` goes round until nothing changes any more; the answer is the state at the start of each block, None where
//! nothing leads. The state before a single event comes by replaying its block.
//!
//! `second_round` asks the same about a loop in every round but the first: it begins at the loop's head with what the
//! rounds before have left behind, and nothing of what was true when the loop was first reached.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{BlockId, Edge, EdgeKind, Event, Flow, Point, Rounds};

pub trait Analysis {
    type State: Clone + PartialEq;

    fn entry(&self) -> Self::State;

    /// Keeps in `into` what holds on both ways; true when that changed it.
    fn join(&self, into: &mut Self::State, from: &Self::State) -> bool;

    fn event(&self, state: &mut Self::State, event: Event);

    /// What taking the edge tells; false when the edge cannot be taken in this state.
    fn edge(&self, _state: &mut Self::State, _edge: &Edge) -> bool {
        true
    }
}

/// The state at the start of each block.
#[derive(Debug)]
pub struct Solution<S> {
    /// Of the blocks from this one on; no way leads to any other.
    first: u32,
    starts: Vec<Option<S>>,
}

/// How often a block may be looked at again. Every sensible analysis is done long before; one that goes on for ever
/// gets an answer that says nothing.
const MOST_VISITS: usize = 10_000;

impl<S: Clone + PartialEq> Solution<S> {
    /// None where nothing leads.
    pub fn start(&self, block: BlockId) -> Option<&S> {
        self.starts.get(block.0.checked_sub(self.first)? as usize).and_then(Option::as_ref)
    }

    /// Calls `at` for each event that can be reached, with the state just before it.
    pub fn replay<A: Analysis<State = S>>(&self, flow: &Flow, analysis: &A, mut at: impl FnMut(Point, Event, &S)) {
        for block in (self.first..).map(BlockId).take(self.starts.len()) {
            let Some(state) = self.start(block) else { continue };
            let mut state = state.clone();
            for (index, &event) in flow[block].events.iter().enumerate() {
                at(Point { block, index }, event, &state);
                analysis.event(&mut state, event);
            }
        }
    }

    /// The state just before the event, or at the end of the block.
    pub fn before<A: Analysis<State = S>>(&self, flow: &Flow, analysis: &A, point: Point) -> Option<S> {
        let mut state = self.start(point.block)?.clone();
        for &event in flow[point.block].events.iter().take(point.index) {
            analysis.event(&mut state, event);
        }
        Some(state)
    }
}

pub fn solve<A: Analysis>(flow: &Flow, analysis: &A) -> Solution<A::State> {
    solve_from(flow, analysis, Flow::ENTRY, analysis.entry())
}

/// What holds on the ways that begin at a block, in this state, wherever they lead.
pub fn solve_from<A: Analysis>(flow: &Flow, analysis: &A, block: BlockId, state: A::State) -> Solution<A::State> {
    run(flow, analysis, block, state, 0..flow.blocks.len() as u32, |_| true)
}

/// The states inside the loop in every round but the first; no state anywhere when no way comes back. `rounds` is an
/// index into `Flow::rounds`.
pub fn second_round<A: Analysis>(
    flow: &Flow,
    analysis: &A,
    solution: &Solution<A::State>,
    rounds: u32,
) -> Solution<A::State> {
    // A function may have thousands of loops: only the blocks of this one are looked at.
    let Rounds { head, node, ref blocks, .. } = flow.rounds[rounds as usize];
    let mut start: Option<A::State> = None;
    for block in blocks.clone().map(BlockId) {
        if !flow[block].next.iter().any(|edge| edge.why == EdgeKind::Back(node)) {
            continue;
        }
        let Some(state) = solution.start(block) else { continue };
        let out = leave(flow, analysis, block, state.clone());
        for (edge, state) in out {
            if edge.why == EdgeKind::Back(node) && edge.to == head {
                merge(analysis, &mut start, &state);
            }
        }
    }
    match start {
        Some(start) => run(flow, analysis, head, start, blocks.clone(), |edge| {
            // The rounds after that begin with what is known already: the full solution covers every round.
            edge.to != head && flow.loops_round(edge.to).any(|inside| inside == rounds)
        }),
        None => Solution { first: head.0, starts: Vec::new() },
    }
}

fn merge<A: Analysis>(analysis: &A, into: &mut Option<A::State>, from: &A::State) -> bool {
    match into {
        // Most ways bring what is known already.
        Some(into) => into != from && analysis.join(into, from),
        None => {
            *into = Some(from.clone());
            true
        }
    }
}

fn run<A: Analysis>(
    flow: &Flow,
    analysis: &A,
    from: BlockId,
    state: A::State,
    among: Range<u32>,
    follow: impl Fn(&Edge) -> bool,
) -> Solution<A::State> {
    let first = among.start;
    let place = |block: BlockId| (block.0 - first) as usize;
    let mut starts: Vec<Option<A::State>> = vec![None; among.len()];
    starts[place(from)] = Some(state);
    let mut visits = vec![0; among.len()];
    // Blocks stand in an order in which most edges lead forwards, so the first of those waiting is the best next.
    let mut waiting = BTreeSet::from([from]);
    while let Some(block) = waiting.pop_first() {
        visits[place(block)] += 1;
        if visits[place(block)] > MOST_VISITS {
            return Solution { first, starts: Vec::new() };
        }
        let Some(state) = starts[place(block)].clone() else { continue };
        for (edge, state) in leave(flow, analysis, block, state) {
            if follow(&edge) && merge(analysis, &mut starts[place(edge.to)], &state) {
                waiting.insert(edge.to);
            }
        }
    }
    Solution { first, starts }
}

/// The state that each edge of the block carries on.
fn leave<A: Analysis>(flow: &Flow, analysis: &A, block: BlockId, mut state: A::State) -> Vec<(Edge, A::State)> {
    let block = &flow[block];
    let raises = block.next.iter().any(|edge| edge.why == EdgeKind::Exception);
    // What holds wherever an exception may leave: just before and just after each event that can raise.
    let mut raised: Option<A::State> = None;
    for &event in &block.events {
        let can_raise = raises && event.can_raise();
        if can_raise {
            merge(analysis, &mut raised, &state);
        }
        analysis.event(&mut state, event);
        if can_raise {
            merge(analysis, &mut raised, &state);
        }
    }
    let mut out = Vec::with_capacity(block.next.len());
    for &edge in &block.next {
        let state = if edge.why == EdgeKind::Exception { raised.clone() } else { Some(state.clone()) };
        let Some(mut state) = state else { continue };
        if analysis.edge(&mut state, &edge) {
            out.push((edge, state));
        }
    }
    out
}
