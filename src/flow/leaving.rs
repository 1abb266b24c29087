//! Whether a loop is left before its iterator has come to its end.

use super::{BlockId, EdgeKind, Event, Flow};
use crate::facts::{Facts, LoopId};

impl Flow {
    /// A `break`, a `return` or a `raise` leads out of the loop. That anything else may raise is no reason, and neither
    /// is a handler that only lets go on what it has caught.
    pub fn is_left_early(&self, facts: &Facts, id: LoopId) -> bool {
        let rounds =
            (0..self.rounds.len() as u32).filter(|&number| self.rounds[number as usize].node == facts[id].node);
        let reached = self.reached();
        rounds.into_iter().any(|number| {
            let inside = |block: BlockId| self.loops_round(block).any(|round| round == number);
            let blocks = self.all().filter(|&block| reached[block.0 as usize] && inside(block));
            blocks.into_iter().any(|block| {
                self[block].next.iter().any(|edge| match edge.why {
                    EdgeKind::End(of) if of == id => false,
                    EdgeKind::Exception => self.raises_itself(facts, block) && self.gets_out(edge.to, &inside),
                    EdgeKind::Propagates | EdgeKind::Uncaught => false,
                    _ => !inside(edge.to),
                })
            })
        })
    }

    /// The block ends with a `raise` of something.
    fn raises_itself(&self, facts: &Facts, block: BlockId) -> bool {
        matches!(self[block].events.last(), Some(&Event::Raise(id)) if facts[id].value.is_some())
    }

    /// What was raised goes out by this block, whatever is done on the way: no handler inside may catch it, and no manager
    /// swallow it.
    fn gets_out(&self, from: BlockId, inside: &impl Fn(BlockId) -> bool) -> bool {
        let mut block = from;
        for _ in 0..self.blocks.len() {
            if !inside(block) {
                return true;
            }
            let swallows = self[block].next.iter().any(|edge| matches!(edge.why, EdgeKind::Swallowed(..)));
            match self[block].next.iter().find(|edge| edge.why == EdgeKind::Propagates) {
                Some(edge) if !swallows => block = edge.to,
                _ => return false,
            }
        }
        false
    }

    /// The blocks to which some way leads.
    fn reached(&self) -> Vec<bool> {
        let mut seen = vec![false; self.blocks.len()];
        let mut open = vec![Flow::ENTRY];
        while let Some(block) = open.pop() {
            if !std::mem::replace(&mut seen[block.0 as usize], true) {
                open.extend(self[block].next.iter().map(|edge| edge.to));
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    /// Whether the first loop of the function with this body is left early.
    fn check(body: &str, expected: bool) {
        let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
        let facts = Facts::whole(Arc::new(Source::new("t.py", format!("async def f(it):\n{body}"))));
        let function = facts.statements().flat_map(|island| facts.functions(island)).next().expect("a function");
        let first = facts.statements().flat_map(|island| facts.loops(island)).next().expect("a loop");
        let flow = Flow::of(&facts, function).expect("a graph");
        assert_eq!(flow.is_left_early(&facts, first), expected, "{body}");
    }

    #[test]
    fn ways_out() {
        check("async for x in it:\n    g(x)", false);
        check("async for x in it:\n    if x: break", true);
        check("async for x in it:\n    if x: continue\n    return x", true);
        check("async for x in it:\n    raise E", true);
        check("for a in b:\n    async for x in it: pass\n    break", true);
    }

    #[test]
    fn inner_loops_have_their_own() {
        check("async for x in it:\n    for y in x: break", false);
        check("async for x in it:\n    for y in x: return y", true);
        check("async for x in it:\n    def g():\n        return x", false);
    }

    #[test]
    fn what_is_caught_inside_stays_inside() {
        check("async for x in it:\n    try: raise E\n    except E: pass", false);
        check("try:\n    async for x in it:\n        raise E\nexcept E: pass", true);
        check("async for x in it:\n    try: g(x)\n    except E: raise", false);
        check("async for x in it:\n    try: g(x)\n    except E: break", true);
        check("async for x in it:\n    with suppress(E): raise E", false);
    }

    #[test]
    fn what_is_done_on_the_way_does_not_matter() {
        check("async for x in it:\n    try: return x\n    finally: g()", true);
        check("async for x in it:\n    try: raise E\n    finally: g()", true);
        check("async for x in it:\n    async with a: break", true);
        check("async for x in it:\n    try: return x\n    finally: continue", false);
    }

    #[test]
    fn nothing_leads_there() {
        check("async for x in it:\n    continue\n    break", false);
        check("async for x in it:\n    while True: pass\n    return", false);
    }
}
