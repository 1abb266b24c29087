//! Who goes through an object that an outer loop is going through.

use rustc_hash::FxHashMap;

use super::follow::Follow;
use super::{Effect, Judge, Maker, ask};
use crate::facts::{Facts, LoopId, NodeId};
use crate::flow::holders::Giver;
use crate::flow::solve::solve;
use crate::flow::{BlockId, Event, Flow};

/// Something inside a loop takes all that the loop wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nest {
    pub made: Vec<Giver>,
    pub outer: LoopId,
    /// The name or attribute that it takes them from.
    pub place: NodeId,
    /// It is at its end: an inner loop, or a function that goes through all items.
    pub done: Event,
}

/// Every place inside a loop that goes through the very object of the loop, whichever way leads to it; the innermost
/// outer loop is named.
pub fn nests(facts: &Facts, flow: &Flow, makers: &[Maker], judge: &dyn Judge) -> Vec<Nest> {
    let mut found: Vec<Nest> = Vec::new();
    for nest in ask(facts, flow, makers, judge, |follow| follow.nests(flow)) {
        if !found.iter().any(|known| known.place == nest.place) {
            found.push(nest);
        }
    }
    found.sort_by_key(|nest| nest.place);
    found
}

impl Follow<'_> {
    fn nests(&self, flow: &Flow) -> Vec<Nest> {
        if !self.uses_up() || !self.is_taken_again() {
            return Vec::new();
        }
        let mut asked: FxHashMap<NodeId, Option<Nest>> = FxHashMap::default();
        let solution = solve(flow, self);
        solution.replay(flow, self, |point, event, state| {
            let (Event::Use(place) | Event::Load(place)) = event else { return };
            let Some(Effect::Drain(done)) = self.effect(place) else { return };
            let outer = self.object_at(state, place).and_then(|object| {
                let loops = object.taking.iter().filter(|&&other| other != place).filter_map(|&it| self.loop_over(it));
                let mut round = loops.filter(|&outer| is_inside(flow, point.block, outer));
                Some((object.made.iter().copied().collect(), round.next_back()?))
            });
            let nest = outer.map(|(made, outer)| Nest { made, outer, place, done });
            let known = asked.entry(place).or_insert_with(|| nest.clone());
            if nest.is_none() {
                *known = None;
            }
        });
        asked.into_values().flatten().collect()
    }

    /// The loop that goes through what is in hand at the place.
    fn loop_over(&self, place: NodeId) -> Option<LoopId> {
        match self.effect(place) {
            Some(Effect::Drain(Event::Exhausted(id))) => Some(id),
            _ => None,
        }
    }
}

/// The block is part of the loop's rounds.
fn is_inside(flow: &Flow, block: BlockId, outer: LoopId) -> bool {
    flow.loops_round(block).any(|round| {
        let head = flow.rounds[round as usize].head;
        flow[head].events.contains(&Event::Step(outer))
    })
}
