//! Blocks, edges and the ways out of a statement: what `statements` and `expressions` build a graph with.
//!
//! The *frames* are the statements round the place in hand that change what `return`, `break`, `continue` or an
//! exception does: loops, handlers, `finally` and `with`. Whoever leaves goes outwards through them, and each `finally`
//! and each manager on the way gets one copy for that way, made when it is first needed and shared afterwards.

use rustc_hash::FxHashMap;

use super::{Block, BlockId, Edge, EdgeKind, Event, Flow, Rounds, Way, Why, known};
use crate::facts::{BindingId, Facts, FunctionId, HandlerId, LoopId, NodeId, StoreId, WithId};
use crate::syntax::{RowId, SyntaxKind};

/// How deep statements and expressions may be nested. Keeps the stack small: every level is a call or two.
const DEEPEST: usize = 150;
/// How many events, and how many blocks, a graph may have. Copies of `finally` can multiply.
const MOST: usize = 20_000;

/// The blocks that every graph begins with.
const ENTRY: BlockId = BlockId(0);
const EXIT: BlockId = BlockId(1);
const RAISED: BlockId = BlockId(2);

pub(super) struct Builder<'a> {
    pub facts: &'a Facts,
    pub blocks: Vec<Block>,
    pub rounds: Vec<Rounds>,
    pub current: BlockId,
    frames: Vec<Frame>,
    /// The bindings and stores of the island by the row of their target.
    bindings: Vec<(RowId, BindingId)>,
    stores: Vec<(RowId, StoreId)>,
    /// The node in hand, for the blocks made for it.
    of: NodeId,
    depth: usize,
    events: usize,
    /// A limit was passed: the graph is given up.
    failed: bool,
}

enum Frame {
    Loop {
        node: NodeId,
        number: u32,
        head: BlockId,
        after: BlockId,
    },
    Handlers {
        dispatch: BlockId,
    },
    /// A `finally` or a manager: what is done on every way out.
    Last {
        what: Last,
        copies: Vec<(Way, BlockId)>,
    },
}

#[derive(Clone, Copy)]
pub(super) enum Last {
    Finally(NodeId),
    /// Where to go on when the manager swallows an exception.
    Manager {
        with: WithId,
        item: usize,
        swallowed: Option<BlockId>,
    },
}

pub(super) fn build(facts: &Facts, function: FunctionId) -> Option<Flow> {
    let entry = &facts[function];
    let tree = facts.tree(entry.node);
    let span = facts.span(entry.node);
    if entry.is_damaged || tree.broken.iter().any(|broken| broken.overlaps(span)) {
        return None;
    }
    let island = entry.node.island;
    let within = |node: NodeId| facts.within(node, entry.node);
    let bindings = facts.bindings(island).map(|id| (facts[id].node, id));
    let mut bindings: Vec<_> = bindings.filter(|&(node, _)| within(node)).map(|(node, id)| (node.row, id)).collect();
    bindings.sort_unstable();
    let stores = facts.stores(island).map(|id| (facts[id].node, id));
    let mut stores: Vec<_> = stores.filter(|&(node, _)| within(node)).map(|(node, id)| (node.row, id)).collect();
    stores.sort_unstable();
    let mut builder = Builder {
        facts,
        blocks: Vec::new(),
        rounds: Vec::new(),
        current: ENTRY,
        frames: Vec::new(),
        bindings,
        stores,
        of: entry.node,
        depth: 0,
        events: 0,
        failed: false,
    };
    for why in [Why::Entry, Why::Exit, Why::Raised] {
        builder.block(why);
    }
    for &binding in &facts[entry.scope].bindings {
        if matches!(facts[binding].bind, crate::facts::Bind::Param(of, _) if of == function) {
            builder.event(Event::Bind(binding));
        }
    }
    if entry.is_lambda() {
        builder.expression(entry.body);
        builder.edge(EXIT, EdgeKind::Normal);
    } else {
        builder.statements(entry.body);
        builder.edge(EXIT, EdgeKind::FallsOff);
    }
    if builder.failed {
        return None;
    }
    Some(tidy(function, builder.blocks, builder.rounds))
}

impl Builder<'_> {
    /// Makes a block; nothing leads to it yet.
    pub fn block(&mut self, why: Why) -> BlockId {
        if self.blocks.len() >= MOST {
            self.failed = true;
        }
        let inside = self.innermost();
        let of = self.of;
        self.blocks.push(Block { why, of, inside, events: Vec::new(), next: Vec::new() });
        BlockId(self.blocks.len() as u32 - 1)
    }

    pub fn edge(&mut self, to: BlockId, why: EdgeKind) {
        self.edge_from(self.current, to, why);
    }

    fn edge_from(&mut self, from: BlockId, to: BlockId, why: EdgeKind) {
        let next = &mut self.blocks[from.0 as usize].next;
        let edge = Edge { to, why };
        if !next.contains(&edge) {
            next.push(edge);
        }
    }

    /// Goes on in a new block that the one in hand leads to.
    pub fn cut(&mut self, why: Why, edge: EdgeKind) -> BlockId {
        let block = self.block(why);
        self.edge(block, edge);
        self.current = block;
        block
    }

    /// Leads the block in hand to another one, and goes on there.
    pub fn join(&mut self, block: BlockId) {
        self.edge(block, EdgeKind::Normal);
        self.current = block;
    }

    /// What comes now cannot be reached from the block in hand.
    pub fn stop(&mut self) {
        self.current = self.block(Why::Unreachable);
    }

    pub fn event(&mut self, event: Event) {
        self.events += 1;
        if self.events > MOST {
            self.failed = true;
        }
        if self.failed {
            return;
        }
        if event.can_raise() {
            let raises = self.blocks[self.current.0 as usize].next.iter().any(|edge| edge.why == EdgeKind::Exception);
            if !raises {
                let to = self.thrown();
                self.edge(to, EdgeKind::Exception);
            }
        }
        self.blocks[self.current.0 as usize].events.push(event);
    }

    /// Works on one node, unless it is nested too deeply.
    pub fn nested(&mut self, node: NodeId, work: impl FnOnce(&mut Self)) {
        if self.depth >= DEEPEST {
            self.failed = true;
        }
        if self.failed {
            return;
        }
        let of = std::mem::replace(&mut self.of, node);
        self.depth += 1;
        work(self);
        self.depth -= 1;
        self.of = of;
    }

    pub fn kind(&self, node: NodeId) -> SyntaxKind {
        self.facts.syntax(node)
    }

    pub fn children(&self, node: NodeId) -> Vec<NodeId> {
        self.facts.children(node).collect()
    }

    pub fn binding(&self, node: NodeId) -> Option<BindingId> {
        let found = self.bindings.binary_search_by_key(&node.row, |&(row, _)| row);
        found.ok().map(|index| self.bindings[index].1)
    }

    pub fn store(&self, node: NodeId) -> Option<StoreId> {
        let found = self.stores.binary_search_by_key(&node.row, |&(row, _)| row);
        found.ok().map(|index| self.stores[index].1)
    }

    /// The bindings whose names stand inside the node, in reading order.
    pub fn bindings_in(&self, node: NodeId) -> Vec<BindingId> {
        let end = self.facts.tree(node).next(node.row);
        let start = self.bindings.partition_point(|&(row, _)| row < node.row);
        let inside = self.bindings[start..].iter().take_while(|(row, _)| row.0 < end);
        inside.map(|&(_, binding)| binding).collect()
    }

    // Loops.

    fn innermost(&self) -> Option<u32> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Loop { number, .. } => Some(*number),
            _ => None,
        })
    }

    /// Opens a loop round what is built now; its first block is the head, and becomes the block in hand.
    pub fn open_loop(&mut self, node: NodeId, after: BlockId) -> BlockId {
        let outer = self.innermost();
        let number = self.rounds.len() as u32;
        self.rounds.push(Rounds { node, head: self.current, outer, blocks: 0..0 });
        self.frames.push(Frame::Loop { node, number, head: self.current, after });
        let head = self.cut(Why::Head, EdgeKind::Normal);
        self.rounds[number as usize].head = head;
        if let Some(Frame::Loop { head: of_frame, .. }) = self.frames.last_mut() {
            *of_frame = head;
        }
        head
    }

    /// Opens a `for` loop or clause; the block in hand is then the body. The answer is the head, and the block in which
    /// the iterator has ended. Where there is an item for certain, the first one does not come from the head.
    pub fn open_for(&mut self, node: NodeId, id: LoopId, after: BlockId) -> (BlockId, BlockId) {
        let first = known::has_items(self.facts, self.facts[id].iterable).then(|| {
            self.event(Event::Step(id));
            let first = self.current;
            self.stop();
            first
        });
        let head = self.open_loop(node, after);
        (head, self.step(id, first))
    }

    pub fn close_loop(&mut self) {
        self.frames.pop();
    }

    /// Asks for an item and binds it, as the block does that has the `first` one; the block in hand is then the loop's
    /// body, and the answer the block in which the iterator has ended.
    fn step(&mut self, id: LoopId, first: Option<BlockId>) -> BlockId {
        let target = self.facts[id].target;
        self.event(Event::Step(id));
        let head = self.current;
        let body = self.cut(Why::Body, EdgeKind::Item(id));
        if let Some(first) = first {
            self.edge_from(first, body, EdgeKind::Item(id));
        }
        let frame = self.frames.pop();
        let ended = self.block(Why::Ended);
        self.frames.extend(frame);
        self.edge_from(head, ended, EdgeKind::End(id));
        self.current = ended;
        self.event(Event::Exhausted(id));
        self.current = body;
        self.assign(target);
        ended
    }

    // Ways out.

    pub fn open_handlers(&mut self, dispatch: BlockId) {
        self.frames.push(Frame::Handlers { dispatch });
        self.cut(Why::Try, EdgeKind::Normal);
    }

    pub fn open_last(&mut self, what: Last) {
        self.frames.push(Frame::Last { what, copies: Vec::new() });
        self.cut(Why::Try, EdgeKind::Normal);
    }

    pub fn close_frame(&mut self) {
        self.frames.pop();
    }

    /// Leaves by `return`, `break` or `continue`.
    pub fn leave(&mut self, way: Way) {
        let (to, why) = self.way_out(way);
        self.edge(to, why);
        self.stop();
    }

    fn way_out(&mut self, way: Way) -> (BlockId, EdgeKind) {
        for index in (0..self.frames.len()).rev() {
            match (&self.frames[index], way) {
                (Frame::Loop { after, .. }, Way::Break) => return (*after, EdgeKind::Normal),
                (Frame::Loop { head, node, .. }, Way::Continue) => return (*head, EdgeKind::Back(*node)),
                (Frame::Last { .. }, _) => return (self.copy(index, way), EdgeKind::Normal),
                _ => {}
            }
        }
        (EXIT, EdgeKind::Normal)
    }

    /// Where an exception goes from here.
    pub fn thrown(&mut self) -> BlockId {
        for index in (0..self.frames.len()).rev() {
            match &self.frames[index] {
                Frame::Handlers { dispatch } => return *dispatch,
                Frame::Last { .. } => return self.copy(index, Way::Exception),
                Frame::Loop { .. } => {}
            }
        }
        RAISED
    }

    /// The copy of a `finally` or of a manager's end for one way out.
    fn copy(&mut self, index: usize, way: Way) -> BlockId {
        let Frame::Last { what, ref copies } = self.frames[index] else { return RAISED };
        if let Some(&(_, block)) = copies.iter().find(|(of, _)| *of == way) {
            return block;
        }
        // Inside the copy, only the frames round it count.
        let mut inner = self.frames.split_off(index);
        let start = self.block(match what {
            Last::Finally(_) => Why::Finally(way),
            Last::Manager { .. } => Why::Leave(way),
        });
        if let Some(Frame::Last { copies, .. }) = inner.first_mut() {
            copies.push((way, start));
        }
        let current = std::mem::replace(&mut self.current, start);
        self.nested(self.of, |this| {
            this.last(what);
            if let (Last::Manager { with, item, swallowed: Some(after) }, Way::Exception) = (what, way) {
                this.edge(after, EdgeKind::Swallowed(with, item));
            }
            let (to, why) = match way {
                Way::Exception => (this.thrown(), EdgeKind::Propagates),
                _ => this.way_out(way),
            };
            this.edge(to, why);
        });
        self.current = current;
        self.frames.extend(inner);
        start
    }

    /// What a `finally` or a manager does.
    pub fn last(&mut self, what: Last) {
        match what {
            Last::Finally(body) => self.statements(body),
            Last::Manager { with, item, .. } => self.event(Event::Leave(with, item)),
        }
    }

    /// Leads the exception in hand to one handler, and goes on in it. The answer is where it would be looked for next.
    pub fn catch(&mut self, id: HandlerId) -> BlockId {
        let dispatch = self.current;
        self.cut(Why::Handler, EdgeKind::Caught(id));
        self.event(Event::Caught(id));
        dispatch
    }
}

/// Takes out what only building needed: empty blocks that just lead on, and unreachable ones without events. Puts the
/// rest in the order in which it is reached.
fn tidy(function: FunctionId, mut blocks: Vec<Block>, mut rounds: Vec<Rounds>) -> Flow {
    for index in 0..blocks.len() {
        for number in 0..blocks[index].next.len() {
            // Each step leads on to another block; a ring of empty blocks has a loop head in it.
            while let Some(past) = pass(&blocks, blocks[index].next[number]) {
                blocks[index].next[number] = past;
            }
        }
        let mut seen: Vec<Edge> = Vec::new();
        blocks[index].next.retain(|edge| {
            let new = !seen.contains(edge);
            seen.push(*edge);
            new
        });
    }
    let order = order(&blocks);
    let mut number = vec![None; blocks.len()];
    for (new, old) in order.iter().enumerate() {
        number[old.0 as usize] = Some(BlockId(new as u32));
    }
    let mut kept: Vec<Option<Block>> = blocks.into_iter().map(Some).collect();
    let mut blocks: Vec<Block> = order.iter().filter_map(|old| kept[old.0 as usize].take()).collect();
    for block in &mut blocks {
        block.next.retain_mut(|edge| match number[edge.to.0 as usize] {
            Some(to) => {
                edge.to = to;
                true
            }
            None => false,
        });
        // Where an exception goes is read last.
        block.next.sort_by_key(|edge| matches!(edge.why, EdgeKind::Exception));
    }
    for of in &mut rounds {
        of.head = number[of.head.0 as usize].unwrap_or(ENTRY);
        of.blocks = of.head.0..of.head.0 + 1;
    }
    find_blocks(&blocks, &mut rounds);
    Flow { function, blocks, rounds }
}

/// Where the blocks of each loop stand.
fn find_blocks(blocks: &[Block], rounds: &mut [Rounds]) {
    for (index, block) in (0..).zip(blocks) {
        let mut inside = block.inside;
        while let Some(number) = inside {
            let of = &mut rounds[number as usize];
            // Whoever is that far inside of it already has told the loops round it as well.
            if of.blocks.contains(&index) && of.head.0 != index {
                break;
            }
            of.blocks = of.blocks.start.min(index)..of.blocks.end.max(index + 1);
            inside = of.outer;
        }
    }
    let heads: FxHashMap<BlockId, Vec<usize>> =
        rounds.iter().enumerate().fold(Default::default(), |mut heads, (at, of)| {
            heads.entry(of.head).or_insert_with(Vec::new).push(at);
            heads
        });
    for (index, block) in (0..).zip(blocks) {
        for edge in block.next.iter().filter(|edge| matches!(edge.why, EdgeKind::Back(_))) {
            for &at in heads.get(&edge.to).into_iter().flatten() {
                let of = &mut rounds[at];
                of.blocks = of.blocks.start.min(index)..of.blocks.end.max(index + 1);
            }
        }
    }
}

/// The edge that does the same without the empty block it leads to.
fn pass(blocks: &[Block], edge: Edge) -> Option<Edge> {
    let block = &blocks[edge.to.0 as usize];
    let [only] = block.next[..] else { return None };
    if !block.events.is_empty() || matches!(block.why, Why::Head | Why::Entry) || only.to == edge.to {
        return None;
    }
    let why = match (edge.why, only.why) {
        (why, EdgeKind::Normal) | (EdgeKind::Normal, why) => why,
        (EdgeKind::Exception, EdgeKind::Propagates | EdgeKind::Uncaught) => EdgeKind::Exception,
        _ => return None,
    };
    Some(Edge { to: only.to, why })
}

/// Reverse postorder from the entry; then what cannot be reached, as far as something happens there.
fn order(blocks: &[Block]) -> Vec<BlockId> {
    let mut seen = vec![false; blocks.len()];
    let mut order = Vec::new();
    let mut starts = vec![ENTRY];
    let matters = |block: &Block| !block.events.is_empty() || block.why == Why::Head;
    starts.extend((0..blocks.len() as u32).map(BlockId).filter(|id| matters(&blocks[id.0 as usize])));
    for start in starts {
        if std::mem::replace(&mut seen[start.0 as usize], true) {
            continue;
        }
        let mut found = Vec::new();
        let mut open = vec![(start, 0)];
        while let Some((block, done)) = open.last_mut() {
            // The last edge first, so that in the end the first one is followed first.
            let next = &blocks[block.0 as usize].next;
            match next.len().checked_sub(*done + 1) {
                Some(index) => {
                    *done += 1;
                    let to = next[index].to;
                    if !std::mem::replace(&mut seen[to.0 as usize], true) {
                        open.push((to, 0));
                    }
                }
                None => {
                    found.push(*block);
                    open.pop();
                }
            }
        }
        order.extend(found.into_iter().rev());
    }
    order
}
