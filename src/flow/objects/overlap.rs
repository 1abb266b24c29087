//! Which tasks ask one object for items at the same time.
//!
//! A task that was started runs until the next event at which this function waits; what it asks for is asked for at the
//! same time as whatever else was started, or is awaited, before that.

use super::follow::{Follow, State};
use super::reuse::loops_inside_out;
use super::{Effect, Judge, Maker, ask};
use crate::facts::{Facts, NodeId};
use crate::flow::holders::Giver;
use crate::flow::solve::{Solution, second_round, solve};
use crate::flow::{BlockId, Event, Flow};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overlap {
    pub made: Vec<Giver>,
    /// The name or attribute that the task got first.
    pub running: NodeId,
    /// The one at the place that asks as well; the same one when it is reached again, or stands for several tasks.
    pub place: NodeId,
    /// What starts the second task; None when this function asks itself.
    pub starts: Option<Event>,
}

/// Every place that asks while a task does, in reading order.
pub fn overlaps(facts: &Facts, flow: &Flow, makers: &[Maker], judge: &dyn Judge) -> Vec<Overlap> {
    let mut found: Vec<Overlap> = Vec::new();
    for overlap in ask(facts, flow, makers, judge, |follow| follow.overlaps(flow)) {
        if !found.iter().any(|known| known.place == overlap.place) {
            found.push(overlap);
        }
    }
    found.sort_by_key(|overlap| overlap.place);
    found
}

impl Follow<'_> {
    fn overlaps(&self, flow: &Flow) -> Vec<Overlap> {
        if !self.starts_tasks() {
            return Vec::new();
        }
        let solution = solve(flow, self);
        let mut found = self.overlaps_in(flow, &solution, |_| true);
        for node in loops_inside_out(flow) {
            for number in (0..flow.rounds.len() as u32).filter(|&number| flow.rounds[number as usize].node == node) {
                let second = second_round(flow, self, &solution, number);
                let inside = |block| flow.loops_round(block).any(|inside| inside == number);
                found.extend(self.overlaps_in(flow, &second, inside));
            }
        }
        found
    }

    fn overlaps_in(&self, flow: &Flow, solution: &Solution<State>, inside: impl Fn(BlockId) -> bool) -> Vec<Overlap> {
        let mut found = Vec::new();
        solution.replay(flow, self, |point, event, state| {
            if !inside(point.block) {
                return;
            }
            let overlap = match event {
                Event::Use(place) | Event::Load(place) => self.asks_beside(state, place),
                event => self.starts_beside(state, event),
            };
            found.extend(overlap);
        });
        found
    }

    /// This function asks itself while a task does.
    fn asks_beside(&self, state: &State, place: NodeId) -> Option<Overlap> {
        let asks = matches!(self.effect(place), Some(Effect::Step | Effect::Drain(_)));
        let object = self.object_at(state, place).filter(|_| asks)?;
        let running = *object.running.first()?;
        Some(Overlap { made: object.made.iter().copied().collect(), running, place, starts: None })
    }

    /// Tasks are started, beside one another or beside others.
    fn starts_beside(&self, state: &State, event: Event) -> Option<Overlap> {
        let object = state.object.as_ref()?;
        let started: Vec<NodeId> = self.started_by(event).filter(|place| object.given.contains(place)).collect();
        let &first = started.first()?;
        let many = matches!(self.effect(first), Some(Effect::Run { many: true, .. }));
        let (running, place) = match (object.running.first(), started.get(1)) {
            (Some(&running), _) => (running, first),
            (None, Some(&second)) => (first, second),
            (None, None) if many => (first, first),
            (None, None) => return None,
        };
        Some(Overlap { made: object.made.iter().copied().collect(), running, place, starts: Some(event) })
    }
}
