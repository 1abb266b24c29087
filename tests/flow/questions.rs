//! Small programs, and what the other questions about objects come to: loops in loops, the first to ask, tasks side by
//! side, and who asks on after an exception.

use std::sync::Arc;

use aiterlint::facts::{Facts, FunctionId, NodeId};
use aiterlint::flow::objects::{Cut, cuts, firsts, nests, overlaps};
use aiterlint::flow::{Arrival, Event, Flow, Point};
use aiterlint::text::Source;

use crate::effect;

struct Program {
    facts: Facts,
    main: FunctionId,
    flow: Flow,
}

impl Program {
    fn new(text: &str) -> Program {
        let facts = Facts::whole(Arc::new(Source::new("t.py", text)));
        let island = facts.statements().next().expect("a statement");
        let main = facts.functions(island).next().expect("a function");
        let flow = Flow::of(&facts, main).expect("a graph");
        Program { facts, main, flow }
    }

    fn line(&self, node: NodeId) -> u32 {
        self.facts.source.place(self.facts.span(node).start).line
    }

    /// The names that are given to a function of this name, and where they are read.
    fn given_to(&self, name: &str) -> Vec<(NodeId, Point)> {
        let facts = &self.facts;
        let calls = facts.calls(self.main.island).map(|id| &facts[id]);
        let calls = calls.filter(|call| facts.node_text(call.function) == name);
        let given = calls.flat_map(|call| call.arguments.first().map(|argument| argument.value));
        let read = |node: NodeId| self.flow.events().find(|&(_, event)| event == Event::Use(node));
        given.filter_map(|node| Some((node, read(node)?.0))).collect()
    }
}

fn told(lines: impl IntoIterator<Item = u32>) -> String {
    lines.into_iter().map(|line| line.to_string()).collect::<Vec<_>>().join(" ")
}

fn check_nests(text: &str, expected: &str) {
    let it = Program::new(text);
    let judge = effect::Judging(&it.facts);
    let found = nests(&it.facts, &it.flow, &effect::makers(&it.facts, it.main), &judge);
    assert_eq!(told(found.iter().map(|nest| it.line(nest.place))), expected, "{text}\n{}", it.flow.print(&it.facts));
}

#[test]
fn a_loop_inside_a_loop_over_the_same() {
    check_nests(
        "async def f():
    a = agen(2)
    b = a
    async for x in a:
        async for y in b: pass
        [z async for z in a]
    async for x in a: pass
",
        "5 6",
    );
    // After the outer loop, or over another one.
    check_nests(
        "async def f():
    a = agen(2)
    async for x in a:
        if flag(): break
    async for y in a: pass
    async for x in a:
        a = agen(3)
        async for y in a: pass
",
        "",
    );
    // On some ways it is another one.
    check_nests(
        "async def f():
    a = b = agen(2)
    if flag(): b = agen(3)
    async for x in a:
        async for y in b: pass
        await drain(a)
",
        "6",
    );
}

fn check_firsts(text: &str, expected: &str) {
    let it = Program::new(text);
    let wanted: Vec<NodeId> = it.given_to("send").into_iter().map(|(node, _)| node).collect();
    let judge = effect::Judging(&it.facts);
    let found = firsts(&it.facts, &it.flow, &effect::makers(&it.facts, it.main), &judge, &wanted);
    assert_eq!(told(found.iter().map(|&(place, _)| it.line(place))), expected, "{text}\n{}", it.flow.print(&it.facts));
}

#[test]
fn the_first_to_ask() {
    check_firsts(
        "async def f():
    a = agen(2)
    await send(a)
    await send(a)
    b = agen(2)
    for n in range(3):
        await send(b)
    c = agen(2)
    if flag(): await anext(c)
    await send(c)
    c = agen(2)
    await send(c)
",
        "3 7 12",
    );
}

fn check_overlaps(text: &str, expected: &str) {
    let it = Program::new(text);
    let judge = effect::Judging(&it.facts);
    let found = overlaps(&it.facts, &it.flow, &effect::makers(&it.facts, it.main), &judge);
    assert_eq!(told(found.iter().map(|one| it.line(one.place))), expected, "{text}\n{}", it.flow.print(&it.facts));
}

#[test]
fn tasks_side_by_side() {
    check_overlaps(
        "async def f():
    a = agen(2)
    spawn(anext(a))
    spawn(anext(a))
    await sleep()
    spawn(anext(a))
    await anext(a)
    b = agen(2)
    gather(anext(b), drain(b))
    c = agen(2)
    for n in range(3):
        spawn(drain(c))
",
        "4 7 9 12",
    );
    // One waits before the other, or asks another one.
    check_overlaps(
        "async def f():
    a = agen(2)
    spawn(anext(a))
    await sleep()
    spawn(anext(a))
    a = agen(2)
    if flag(): spawn(anext(a))
    else: spawn(anext(a))
    async for x in y: pass
    for n in range(3):
        spawn(anext(a))
        await sleep()
",
        "",
    );
}

/// `await hurry(a)` may end `a` with an exception that the first handler or `quiet()` manager takes.
fn check_cuts(text: &str, expected: &str) {
    let it = Program::new(text);
    let facts = &it.facts;
    let cut = |(place, at): (NodeId, Point)| {
        let waits = it.flow.events().find(|&(point, event)| point > at && matches!(event, Event::Await(_)))?;
        let arrival = it.flow.arrival(waits.0, |stop| match stop {
            aiterlint::flow::Stop::Handler(_) => Some(true),
            aiterlint::flow::Stop::Manager(with, item) => {
                Some(facts.node_text(facts[with].items[item].value) == "quiet()")
            }
        });
        match arrival {
            Arrival::At(to) => Some(Cut { place, at, to }),
            Arrival::Out | Arrival::Unknown => None,
        }
    };
    let all: Vec<Cut> = it.given_to("hurry").into_iter().filter_map(cut).collect();
    let judge = effect::Judging(facts);
    let found = cuts(facts, &it.flow, &effect::makers(facts, it.main), &judge, &all, &|_, _| None);
    let found = found
        .iter()
        .map(|(cut, asks)| format!("{} ({})", it.line(cut.place), told(asks.iter().map(|&ask| it.line(ask)))));
    assert_eq!(found.collect::<Vec<_>>().join(", "), expected, "{text}\n{}", it.flow.print(facts));
}

#[test]
fn who_asks_on_after_an_exception() {
    check_cuts(
        "async def f():
    a = agen(2)
    while True:
        try: await hurry(a)
        except E: continue
",
        "4 (4)",
    );
    check_cuts(
        "async def f():
    a = agen(2)
    with quiet(): await hurry(a)
    if flag(): await anext(a)
    await drain(a)
",
        "3 (4 5)",
    );
    // It leaves the function, the loop, or the name.
    check_cuts(
        "async def f():
    a = agen(2)
    while True:
        try: await hurry(a)
        except E: break
    a = agen(2)
    await hurry(a)
    try: await hurry(a)
    except E: a = agen(3)
    await drain(a)
",
        "",
    );
    // `finally` may do anything.
    check_cuts(
        "async def f():
    a = agen(2)
    try:
        try: await hurry(a)
        finally: g()
    except E: pass
    await drain(a)
",
        "",
    );
}

#[test]
fn flags_tell_what_has_happened() {
    check_cuts(
        "async def f():
    a = agen(2)
    late = False
    try: await hurry(a)
    except E: late = True
    if not late: await drain(a)
    if late is not True: await drain(a)
    if late == True: await anext(a)
",
        "4 (8)",
    );
    check_cuts(
        "async def f():
    a = agen(2)
    x = None
    while x is None:
        try: x = await hurry(a)
        except E: x = g()
",
        "5 (5)",
    );
}
