//! Which ways lead through the graph: whether some way, or every way, comes from here to there.

use super::{BlockId, Edge, EdgeKind, Event, Flow, Point, Why};
use crate::facts::YieldId;

impl Flow {
    /// The end of the body can be reached.
    pub fn falls_off(&self) -> bool {
        self.leads_to(|edge| edge.why == EdgeKind::FallsOff)
    }

    /// The function can come to its end, by `return` or at the end of its body.
    pub fn returns(&self) -> bool {
        self.leads_to(|edge| self[edge.to].why == Why::Exit)
    }

    /// The places at which the function can be left and entered again.
    pub fn reached_yields(&self) -> Vec<YieldId> {
        let mut seen = vec![false; self.blocks.len()];
        let mut open = vec![Flow::ENTRY];
        let mut yields = Vec::new();
        while let Some(block) = open.pop() {
            if std::mem::replace(&mut seen[block.0 as usize], true) {
                continue;
            }
            yields.extend(self[block].events.iter().filter_map(|event| match event {
                Event::Yield(id) => Some(*id),
                _ => None,
            }));
            open.extend(self[block].next.iter().map(|edge| edge.to));
        }
        yields
    }

    fn leads_to(&self, wanted: impl Fn(&Edge) -> bool) -> bool {
        let mut seen = vec![false; self.blocks.len()];
        let mut open = vec![Flow::ENTRY];
        while let Some(block) = open.pop() {
            if std::mem::replace(&mut seen[block.0 as usize], true) {
                continue;
            }
            for edge in &self[block].next {
                if wanted(edge) {
                    return true;
                }
                open.push(edge.to);
            }
        }
        false
    }

    /// Some way leads to the block.
    pub fn is_reached(&self, block: BlockId) -> bool {
        block == Flow::ENTRY || self.leads_to(|edge| edge.to == block)
    }

    /// The `yield`s that some way leads to without another one before.
    pub fn first_yields(&self) -> Vec<YieldId> {
        let found = self.first_yield_points().into_iter().filter_map(|point| self.yield_at(point));
        let mut found: Vec<YieldId> = found.collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The `yield`s that some way leads to with one other before, and none without.
    pub fn second_yields(&self) -> Vec<YieldId> {
        let points = self.first_yield_points();
        let first: Vec<YieldId> = points.iter().filter_map(|&point| self.yield_at(point)).collect();
        let behind = points.iter().map(|point| (point.block, point.index + 1)).collect();
        let mut second = self.yields_behind(behind);
        second.retain(|id| !first.contains(id));
        second.sort_unstable();
        second.dedup();
        second
    }

    fn yield_at(&self, point: Point) -> Option<YieldId> {
        match self[point.block].events[point.index] {
            Event::Yield(id) => Some(id),
            _ => None,
        }
    }

    fn first_yield_points(&self) -> Vec<Point> {
        let mut found = Vec::new();
        let mut seen = vec![false; self.blocks.len()];
        let mut open = vec![Flow::ENTRY];
        while let Some(block) = open.pop() {
            if std::mem::replace(&mut seen[block.0 as usize], true) {
                continue;
            }
            let events = &self[block].events;
            let at = events.iter().position(|event| matches!(event, Event::Yield(_)));
            let raises = may_raise(&events[..at.unwrap_or(events.len())]);
            let taken = |edge: &&Edge| if edge.why == EdgeKind::Exception { raises } else { at.is_none() };
            open.extend(self[block].next.iter().filter(taken).map(|edge| edge.to));
            found.extend(at.map(|index| Point { block, index }));
        }
        found
    }

    /// The first `yield` on each way on from these places, just behind others, by themselves or with an exception.
    fn yields_behind(&self, places: Vec<(BlockId, usize)>) -> Vec<YieldId> {
        let mut found = Vec::new();
        let mut seen = vec![false; self.blocks.len()];
        let mut open = places;
        while let Some((block, from)) = open.pop() {
            if from == 0 && std::mem::replace(&mut seen[block.0 as usize], true) {
                continue;
            }
            let events = &self[block].events[from..];
            let at = events.iter().position(|event| matches!(event, Event::Yield(_)));
            found.extend(at.and_then(|at| self.yield_at(Point { block, index: from + at })));
            // Where the search begins, the exception may be thrown in.
            let raises = from > 0 || may_raise(&events[..at.unwrap_or(events.len())]);
            let taken = |edge: &&Edge| if edge.why == EdgeKind::Exception { raises } else { at.is_none() };
            open.extend(self[block].next.iter().filter(taken).map(|edge| (edge.to, 0)));
        }
        found
    }

    /// Every event that can come after some `yield`, whether the generator goes on by itself or with an exception.
    pub fn after_yields(&self) -> Vec<Event> {
        let mut found = Vec::new();
        let mut seen = vec![false; self.blocks.len()];
        let mut open = Vec::new();
        for (point, event) in self.events().filter(|(_, event)| matches!(event, Event::Yield(_))) {
            found.push(event);
            found.extend(&self[point.block].events[point.index + 1..]);
            open.extend(self[point.block].next.iter().map(|edge| edge.to));
        }
        while let Some(block) = open.pop() {
            if !std::mem::replace(&mut seen[block.0 as usize], true) {
                found.extend(&self[block].events);
                open.extend(self[block].next.iter().map(|edge| edge.to));
            }
        }
        found
    }

    /// No way leads to a return, or to the end of the body, that does not pass a `yield` first.
    pub fn always_yields_first(&self) -> bool {
        self.comes_first(Flow::ENTRY, |event| matches!(event, Event::Yield(_)), |_| false)
    }

    /// Every way from the block, exceptions aside, passes a wanted event before one that ends the search, or the end of
    /// the function.
    pub fn comes_first(&self, from: BlockId, wanted: impl Fn(Event) -> bool, ends: impl Fn(Event) -> bool) -> bool {
        self.comes_before(from, wanted, ends, |why| why != Why::Exit)
    }

    /// No event that ends the search is reached from the block, exceptions aside, unless a wanted one was passed. Ways to
    /// the end of the function don't count.
    pub fn none_without(&self, from: BlockId, wanted: impl Fn(Event) -> bool, ends: impl Fn(Event) -> bool) -> bool {
        self.comes_before(from, wanted, ends, |_| true)
    }

    fn comes_before(
        &self,
        from: BlockId,
        wanted: impl Fn(Event) -> bool,
        ends: impl Fn(Event) -> bool,
        passes: impl Fn(Why) -> bool,
    ) -> bool {
        let mut seen = vec![false; self.blocks.len()];
        let mut open = vec![from];
        while let Some(block) = open.pop() {
            if std::mem::replace(&mut seen[block.0 as usize], true) {
                continue;
            }
            match self[block].events.iter().find(|&&event| wanted(event) || ends(event)) {
                Some(&event) if wanted(event) => continue,
                Some(_) => return false,
                None if !passes(self[block].why) => return false,
                None => {}
            }
            open.extend(self[block].next.iter().filter(|edge| edge.why != EdgeKind::Exception).map(|edge| edge.to));
        }
        true
    }

    /// Some way from just after the one event, exceptions aside, leads to the other.
    pub fn may_come_to(&self, from: Event, to: Event) -> bool {
        let starts = self.events().filter(|&(_, event)| event == from);
        let mut open: Vec<(BlockId, usize)> = starts.map(|(point, _)| (point.block, point.index + 1)).collect();
        let mut seen = vec![false; self.blocks.len()];
        while let Some((block, index)) = open.pop() {
            if index == 0 && std::mem::replace(&mut seen[block.0 as usize], true) {
                continue;
            }
            if self[block].events[index..].contains(&to) {
                return true;
            }
            let normal = self[block].next.iter().filter(|edge| edge.why != EdgeKind::Exception);
            open.extend(normal.map(|edge| (edge.to, 0)));
        }
        false
    }

    /// Every event that can come after one of those that begin the search, and before any that ends it. The events that
    /// end it are not among them.
    pub fn between(&self, begins: impl Fn(Event) -> bool, ends: impl Fn(Event) -> bool) -> Vec<Event> {
        let mut found = Vec::new();
        let mut seen = vec![false; self.blocks.len()];
        let starts = self.events().filter(|&(_, event)| begins(event)).map(|(point, _)| (point.block, point.index + 1));
        let mut open: Vec<(BlockId, usize)> = starts.collect();
        while let Some((block, from)) = open.pop() {
            if from == 0 && std::mem::replace(&mut seen[block.0 as usize], true) {
                continue;
            }
            let events = &self[block].events[from..];
            let passed: Vec<Event> = events.iter().copied().take_while(|&event| !ends(event)).collect();
            let is_through = passed.len() == events.len();
            let raises = passed.iter().any(|event| event.can_raise());
            found.extend(passed);
            let taken = |edge: &&Edge| if edge.why == EdgeKind::Exception { raises } else { is_through };
            open.extend(self[block].next.iter().filter(taken).map(|edge| (edge.to, 0)));
        }
        found
    }

    /// For each block, whether a wanted event can be reached from its start without an exception.
    pub fn may_still_come(&self, wanted: impl Fn(Event) -> bool) -> Vec<bool> {
        let mut found: Vec<bool> =
            self.blocks.iter().map(|block| block.events.iter().any(|&event| wanted(event))).collect();
        loop {
            let mut changed = false;
            for (number, block) in self.blocks.iter().enumerate().rev() {
                let mut next = block.next.iter().filter(|edge| edge.why != EdgeKind::Exception);
                if !found[number] && next.any(|edge| found[edge.to.0 as usize]) {
                    (found[number], changed) = (true, true);
                }
            }
            if !changed {
                return found;
            }
        }
    }
}

/// One of the events raises some day. A name that is read is taken to be there.
fn may_raise(events: &[Event]) -> bool {
    events.iter().any(|event| event.can_raise() && !matches!(event, Event::Use(_)))
}
