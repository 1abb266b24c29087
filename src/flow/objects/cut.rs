//! Who asks for items of an object after an exception has ended it.
//!
//! `await wait_for(anext(it), 1)` may end the object, and whether it does is not known. So the question is asked about
//! the ways that begin where that exception arrives, and about those only. Conditions on these ways are often there to
//! tell what has happened (`if timed_out: break`): those that are settled by a constant are taken as they are.

use super::follow::{Follow, State};
use super::{Judge, Maker, ask};
use crate::facts::{Facts, NodeId};
use crate::flow::constants::{Constants, Known};
use crate::flow::solve::{Analysis, solve, solve_from};
use crate::flow::{BlockId, Edge, Event, Flow, Point};

/// A place at which an exception may end the object in hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cut {
    /// The name or attribute.
    pub place: NodeId,
    /// Where it is read.
    pub at: Point,
    /// Where the exception arrives.
    pub to: BlockId,
}

/// Those of the cuts after which somebody asks for more, with the places that do. `settles` knows conditions that the
/// exception has settled.
pub fn cuts(
    facts: &Facts,
    flow: &Flow,
    makers: &[Maker],
    judge: &dyn Judge,
    cuts: &[Cut],
    settles: &dyn Fn(Cut, NodeId) -> Option<bool>,
) -> Vec<(Cut, Vec<NodeId>)> {
    let constants = Constants::of(facts, flow);
    let known = solve(flow, &constants);
    let mut found: Vec<(Cut, Vec<NodeId>)> = Vec::new();
    let asked = ask(facts, flow, makers, judge, |follow| {
        let solution = solve(flow, follow);
        let mut found = Vec::new();
        for &cut in cuts {
            let state = solution.before(flow, follow, cut.at).and_then(|state| follow.ended_at(&state, cut.place));
            let Some((state, known)) = state.zip(known.before(flow, &constants, cut.at)) else { continue };
            let after = After { follow, constants: &constants, settles: &|condition| settles(cut, condition) };
            let solution = solve_from(flow, &after, cut.to, (state, known));
            let mut asks: Vec<NodeId> = Vec::new();
            solution.replay(flow, &after, |_, event, (state, _)| {
                let (Event::Use(node) | Event::Load(node)) = event else { return };
                let wants = follow.effect(node).is_some_and(|effect| effect.wants_items());
                if wants && follow.used_up(state, node).is_some() && !asks.contains(&node) {
                    asks.push(node);
                }
            });
            if !asks.is_empty() {
                asks.sort();
                found.push((cut, asks));
            }
        }
        found
    });
    for (cut, asks) in asked {
        if !found.iter().any(|(known, _)| known.place == cut.place) {
            found.push((cut, asks));
        }
    }
    found.sort_by_key(|(cut, _)| cut.place);
    found
}

/// What happens to the object on the ways from a cut, as far as conditions are known.
struct After<'a> {
    follow: &'a Follow<'a>,
    constants: &'a Constants<'a>,
    settles: &'a dyn Fn(NodeId) -> Option<bool>,
}

impl Analysis for After<'_> {
    type State = (State, Known);

    fn entry(&self) -> (State, Known) {
        (self.follow.entry(), self.constants.entry())
    }

    fn join(&self, into: &mut (State, Known), from: &(State, Known)) -> bool {
        let object = self.follow.join(&mut into.0, &from.0);
        let known = self.constants.join(&mut into.1, &from.1);
        object || known
    }

    fn event(&self, state: &mut (State, Known), event: Event) {
        self.follow.event(&mut state.0, event);
        self.constants.event(&mut state.1, event);
    }

    fn edge(&self, state: &mut (State, Known), edge: &Edge) -> bool {
        self.follow.edge(&mut state.0, edge) && self.constants.may_take(&state.1, edge, self.settles)
    }
}
