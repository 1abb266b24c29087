//! Who asks for items of an object that is used up.

use rustc_hash::FxHashMap;

use super::follow::{Follow, State};
use super::{Judge, Maker, ask};
use crate::facts::{Facts, NodeId};
use crate::flow::holders::Giver;
use crate::flow::solve::{Solution, second_round, solve};
use crate::flow::{BlockId, Event, Flow};

/// A used-up iterator is asked again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reuse {
    /// Where it may have been made.
    pub made: Vec<Giver>,
    /// The names and attributes at the places that may have used it up: one of them has.
    pub drained_at: Vec<NodeId>,
    /// The name or attribute at the place that asks again.
    pub used_again: NodeId,
    pub round: Round,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Round {
    /// Each time.
    First,
    /// In every round but the first of this loop, a `for` or `while` statement or a `for` clause.
    Second(NodeId),
}

/// Every place that asks again for items of what the makers made, in reading order. A place is reported once: when on
/// every way that reaches it the object is used up (`Round::First`), or when that is so in every round of a loop but the
/// first (`Round::Second`): made outside the loop and drained inside it.
pub fn reuses(facts: &Facts, flow: &Flow, makers: &[Maker], judge: &dyn Judge) -> Vec<Reuse> {
    let mut found: Vec<Reuse> = Vec::new();
    for reuse in ask(facts, flow, makers, judge, |follow| follow.reuses(flow)) {
        match found.iter_mut().find(|known| known.used_again == reuse.used_again) {
            // Each time says more than each time but the first.
            Some(known) if known.round != Round::First && reuse.round == Round::First => *known = reuse,
            Some(_) => {}
            None => found.push(reuse),
        }
    }
    found.sort_by_key(|reuse| reuse.used_again);
    found
}

/// The answer of each place: None once it was reached with an object that is not used up.
type Asked = FxHashMap<NodeId, Option<Reuse>>;

impl Follow<'_> {
    fn reuses(&self, flow: &Flow) -> Vec<Reuse> {
        // Most functions never use up what they make, or do it once.
        if !self.uses_up() || !self.is_taken_again() && !self.is_asked_in_a_loop(flow) {
            return Vec::new();
        }
        let solution = solve(flow, self);
        let mut asked = Asked::default();
        self.ask(flow, &solution, Round::First, |_| true, &mut asked);
        let mut found: Vec<Reuse> = asked.into_values().flatten().collect();
        for node in loops_inside_out(flow) {
            let mut asked = Asked::default();
            for number in (0..flow.rounds.len() as u32).filter(|&number| flow.rounds[number as usize].node == node) {
                let second = second_round(flow, self, &solution, number);
                let inside = |block| flow.loops_round(block).any(|inside| inside == number);
                self.ask(flow, &second, Round::Second(node), inside, &mut asked);
            }
            for reuse in asked.into_values().flatten() {
                if !found.iter().any(|known| known.used_again == reuse.used_again) {
                    found.push(reuse);
                }
            }
        }
        found
    }

    fn is_asked_in_a_loop(&self, flow: &Flow) -> bool {
        let inside = flow.all().filter(|&block| flow.loops_round(block).next().is_some());
        let mut events = inside.flat_map(|block| &flow[block].events);
        events.any(|event| match event {
            Event::Use(node) | Event::Load(node) => self.effect(*node).is_some_and(|effect| effect.wants_items()),
            _ => false,
        })
    }

    /// Asks each place that wants items whether the object is used up each time that it is reached.
    fn ask(
        &self,
        flow: &Flow,
        solution: &Solution<State>,
        round: Round,
        inside: impl Fn(BlockId) -> bool,
        asked: &mut Asked,
    ) {
        solution.replay(flow, self, |point, event, state| {
            let (Event::Use(node) | Event::Load(node)) = event else { return };
            if !inside(point.block) || !self.effect(node).is_some_and(|effect| effect.wants_items()) {
                return;
            }
            let reuse = self.used_up(state, node).map(|(made, drained_at)| Reuse {
                made: made.iter().copied().collect(),
                drained_at: drained_at.iter().copied().collect(),
                used_again: node,
                round,
            });
            match (asked.entry(node).or_insert_with(|| reuse.clone()), reuse) {
                (Some(known), Some(more)) => {
                    known.made = union(&known.made, &more.made);
                    known.drained_at = union(&known.drained_at, &more.drained_at);
                }
                (known, None) => *known = None,
                (None, Some(_)) => {}
            }
        });
    }
}

/// Each loop once. Inner ones stand first: a story is told about the innermost. A loop in a `finally` is there several
/// times: what is said must be so in all of them.
pub(super) fn loops_inside_out(flow: &Flow) -> Vec<NodeId> {
    let mut loops: Vec<NodeId> = Vec::new();
    for rounds in flow.rounds.iter().rev() {
        if !loops.contains(&rounds.node) {
            loops.push(rounds.node);
        }
    }
    loops
}

fn union<T: Ord + Copy>(one: &[T], other: &[T]) -> Vec<T> {
    let all: std::collections::BTreeSet<T> = one.iter().chain(other).copied().collect();
    all.into_iter().collect()
}
