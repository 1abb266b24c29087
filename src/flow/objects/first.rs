//! Which place is the first to ask an object for an item.

use rustc_hash::FxHashMap;

use super::follow::Follow;
use super::{Judge, Maker, ask};
use crate::facts::{Facts, NodeId};
use crate::flow::holders::Giver;
use crate::flow::solve::solve;
use crate::flow::{Event, Flow};

/// Those of the wanted places at which nobody has asked before, whichever way leads there, with where the object was
/// made. A place in a loop counts when only the place itself may have asked before: it was the first the first time.
pub fn firsts(
    facts: &Facts,
    flow: &Flow,
    makers: &[Maker],
    judge: &dyn Judge,
    wanted: &[NodeId],
) -> Vec<(NodeId, Vec<Giver>)> {
    let mut found: Vec<(NodeId, Vec<Giver>)> = Vec::new();
    for first in ask(facts, flow, makers, judge, |follow| follow.firsts(flow, wanted)) {
        if !found.iter().any(|(place, _)| *place == first.0) {
            found.push(first);
        }
    }
    found.sort();
    found
}

impl Follow<'_> {
    fn firsts(&self, flow: &Flow, wanted: &[NodeId]) -> Vec<(NodeId, Vec<Giver>)> {
        let mut asked: FxHashMap<NodeId, Option<Vec<Giver>>> = FxHashMap::default();
        let solution = solve(flow, self);
        solution.replay(flow, self, |_, event, state| {
            let (Event::Use(place) | Event::Load(place)) = event else { return };
            if !wanted.contains(&place) {
                return;
            }
            let object = self.object_at(state, place);
            let object = object.filter(|object| object.asked.iter().all(|&other| other == place));
            let made = object.map(|object| object.made.iter().copied().collect());
            let known = asked.entry(place).or_insert_with(|| made.clone());
            if made.is_none() {
                *known = None;
            }
        });
        asked.into_iter().filter_map(|(place, made)| Some((place, made?))).collect()
    }
}
