//! A graph as text, for people and for tests: a line for each block.

use super::{Block, Edge, EdgeKind, Event, Flow, Way, Why};
use crate::facts::{Bind, Facts, NodeId};

impl Flow {
    /// Exceptions that simply leave the function are not shown; the others stand behind a `!`.
    pub fn print(&self, facts: &Facts) -> String {
        let mut text = String::new();
        for id in self.all() {
            let block = &self[id];
            let events: Vec<String> = block.events.iter().map(|&event| show_event(facts, event)).collect();
            let shown = block.next.iter().filter(|edge| edge.why != EdgeKind::Exception || !self.leaves(edge));
            let edges: Vec<String> = shown.map(|edge| show_edge(facts, edge)).collect();
            text += &format!("{} {}:", id.0, show_why(block));
            if !events.is_empty() {
                text += &format!(" {}", events.join("; "));
            }
            if !edges.is_empty() {
                text += &format!(" {}", edges.join(" "));
            }
            text.push('\n');
        }
        text
    }

    fn leaves(&self, edge: &Edge) -> bool {
        self[edge.to].why == Why::Raised
    }
}

/// The code of a node on one line, and not too much of it.
fn show(facts: &Facts, node: NodeId) -> String {
    let text: String = facts.node_text(node).split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(30) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn show_event(facts: &Facts, event: Event) -> String {
    let named = |word: &str, node: NodeId| format!("{word} {}", show(facts, node));
    match event {
        Event::Use(node) => named("use", node),
        Event::Bind(binding) => {
            let word = if facts[binding].bind == Bind::Deleted { "unbind" } else { "bind" };
            format!("{word} {}", facts.text(facts[binding].name))
        }
        Event::Store(store) => named("store", facts[store].node),
        Event::Load(node) => named("load", node),
        Event::Call(call) => named("call", facts[call].node),
        Event::Await(id) => show(facts, facts[id].node),
        Event::Yield(id) => show(facts, facts[id].node),
        Event::Begin(id) => named("begin", facts[id].iterable),
        Event::Step(id) => named("step", facts[id].iterable),
        Event::Exhausted(id) => named("exhausted", facts[id].iterable),
        Event::Enter(with, item) => named("enter", facts[with].items[item].value),
        Event::Leave(with, item) => named("leave", facts[with].items[item].value),
        Event::Caught(handler) => match facts[handler].catches {
            Some(catches) => named("caught", catches),
            None => "caught".to_string(),
        },
        Event::Closure(function) => match facts[function].name {
            Some(name) => format!("closure {}", facts.text(name)),
            None => named("closure", facts[function].node),
        },
        Event::Lazy(node) => named("lazy", node),
        Event::Operate(node) => named("operate", node),
        Event::Return(_) => "return".to_string(),
        Event::Raise(_) => "raise".to_string(),
    }
}

fn show_edge(facts: &Facts, edge: &Edge) -> String {
    let word = match edge.why {
        EdgeKind::Normal => "->".to_string(),
        EdgeKind::True(_) => "yes".to_string(),
        EdgeKind::False(_) => "no".to_string(),
        EdgeKind::Item(_) => "item".to_string(),
        EdgeKind::End(_) => "end".to_string(),
        EdgeKind::Back(_) => "back".to_string(),
        EdgeKind::Exception => "!".to_string(),
        EdgeKind::Propagates => "propagates".to_string(),
        EdgeKind::Caught(handler) => facts[handler].catches.map_or("any".to_string(), |catches| show(facts, catches)),
        EdgeKind::Uncaught => "uncaught".to_string(),
        EdgeKind::Swallowed(..) => "swallowed".to_string(),
        EdgeKind::FallsOff => "falls off".to_string(),
    };
    format!("[{word} {}]", edge.to.0)
}

fn show_why(block: &Block) -> String {
    let way = |way: Way| match way {
        Way::Normal => "",
        Way::Exception => " on exception",
        Way::Return => " on return",
        Way::Break => " on break",
        Way::Continue => " on continue",
    };
    let word = match block.why {
        Why::Entry => "entry",
        Why::Exit => "exit",
        Why::Raised => "raised",
        Why::Then => "then",
        Why::Else => "else",
        Why::After => "after",
        Why::Head => "head",
        Why::Body => "body",
        Why::Next => "next",
        Why::Ended => "ended",
        Why::Try => "try",
        Why::Dispatch => "dispatch",
        Why::Handler => "handler",
        Why::Case => "case",
        Why::Unreachable => "unreachable",
        Why::Finally(out) => return format!("finally{}", way(out)),
        Why::Leave(out) => return format!("leave{}", way(out)),
    };
    word.to_string()
}
