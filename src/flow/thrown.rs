//! Where an exception arrives that comes up at some point.
//!
//! The way of an exception is plain: handlers are asked one after another, managers are left, `finally` runs. Who takes
//! it is a question about values, so the caller answers it at each stop.

use super::{BlockId, EdgeKind, Event, Flow, Point, Way, Why};
use crate::facts::{HandlerId, WithId};

/// Who may take the exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    Handler(HandlerId),
    Manager(WithId, usize),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// It is taken, and the function goes on with this block.
    At(BlockId),
    /// It leaves the function.
    Out,
    /// Nobody can tell.
    Unknown,
}

impl Flow {
    /// `takes` says of each stop, in order, whether it takes the exception; None when that is not known.
    pub fn arrival(&self, from: Point, mut takes: impl FnMut(Stop) -> Option<bool>) -> Arrival {
        let thrown = |block: BlockId| self[block].next.iter().find(|edge| edge.why == EdgeKind::Exception);
        let Some(first) = thrown(from.block) else { return Arrival::Out };
        let mut at = first.to;
        // Each stop lies further out than the one before.
        loop {
            let block = &self[at];
            let next = match block.why {
                Why::Raised => return Arrival::Out,
                Why::Dispatch => {
                    let caught = block.next.iter().find_map(|edge| match edge.why {
                        EdgeKind::Caught(handler) => Some((edge.to, handler)),
                        _ => None,
                    });
                    match caught.map(|(to, handler)| (to, takes(Stop::Handler(handler)))) {
                        Some((_, None)) => return Arrival::Unknown,
                        Some((to, Some(true))) => return Arrival::At(to),
                        Some((_, Some(false))) | None => EdgeKind::Uncaught,
                    }
                }
                Why::Leave(Way::Exception) => {
                    let Some(&Event::Leave(with, item)) = block.events.first() else { return Arrival::Unknown };
                    match takes(Stop::Manager(with, item)) {
                        None => return Arrival::Unknown,
                        Some(true) => {
                            let swallowed = EdgeKind::Swallowed(with, item);
                            return match block.next.iter().find(|edge| edge.why == swallowed) {
                                Some(edge) => Arrival::At(edge.to),
                                None => Arrival::Unknown,
                            };
                        }
                        Some(false) => EdgeKind::Propagates,
                    }
                }
                // A `finally` may do anything, and the object's names may mean something else behind it.
                _ => return Arrival::Unknown,
            };
            match block.next.iter().find(|edge| edge.why == next) {
                Some(edge) => at = edge.to,
                None => return Arrival::Unknown,
            }
        }
    }
}
