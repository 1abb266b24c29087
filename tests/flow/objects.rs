//! Small programs and what is said about them: for each place that asks a used-up iterator again, its line, where the
//! iterator was made and used up, and in which rounds.

use std::sync::Arc;

use aiterlint::facts::Facts;
use aiterlint::flow::Flow;
use aiterlint::flow::objects::{Round, reuses};
use aiterlint::text::Source;

use crate::effect;

fn check(program: &str, expected: &str) {
    let facts = Facts::whole(Arc::new(Source::new("t.py", program)));
    let island = facts.statements().next().expect("a statement");
    let main = facts.functions(island).next().expect("a function");
    let flow = Flow::of(&facts, main).expect("a graph");
    let found = reuses(&facts, &flow, &effect::makers(&facts, main), &effect::Judging(&facts));
    let line = |offset: u32| facts.source.place(offset).line.to_string();
    let told = found.iter().map(|reuse| {
        let made: Vec<_> = reuse.made.iter().map(|&made| line(made.name(&facts).start)).collect();
        let drained: Vec<_> = reuse.drained_at.iter().map(|&node| line(facts.span(node).start)).collect();
        let again = line(facts.span(reuse.used_again).start);
        let round = match reuse.round {
            Round::First => String::new(),
            Round::Second(node) => format!(" round {}", line(facts.span(node).start)),
        };
        format!("{again} (made {}, drained {}{round})", made.join(" "), drained.join(" "))
    });
    assert_eq!(told.collect::<Vec<_>>().join(", "), expected, "{program}\n{}", flow.print(&facts));
}

#[test]
fn two_loops_over_one_iterator() {
    check(
        "async def f():
    a = agen(2)
    async for x in a: print(x)
    async for x in a: print(x)
",
        "4 (made 2, drained 3)",
    );
}

#[test]
fn a_way_out_of_the_first_loop_keeps_silent() {
    for way in ["break", "return", "raise E"] {
        let expected = if way == "break" { "" } else { "5 (made 2, drained 3)" };
        check(
            &format!(
                "async def f():
    a = agen(2)
    async for x in a:
        if x: {way}
    async for x in a: print(x)
"
            ),
            expected,
        );
    }
    check(
        "async def f():
    a = agen(2)
    try:
        async for x in a: print(x)
    except E: pass
    [x async for x in a]
",
        "",
    );
}

#[test]
fn made_outside_and_drained_inside() {
    check(
        "async def f():
    a = agen(2)
    for i in range(3):
        async for x in a: print(x)
    while c():
        b = agen(2)
        async for x in b: print(x)
",
        "4 (made 2, drained 4 round 3)",
    );
    // The loop never comes round again.
    check(
        "async def f():
    a = agen(2)
    while True:
        async for x in a: print(x)
        break
    for i in range(3):
        if i: continue
        b = agen(2)
        return [x async for x in b]
",
        "",
    );
    check(
        "async def f():
    a = agen(1)
    [(x, y) for x in range(2) async for y in a]
",
        "3 (made 2, drained 3 round 3)",
    );
}

#[test]
fn every_way_must_have_drained_it() {
    check(
        "async def f(c):
    a = agen(2)
    if c: [x async for x in a]
    await anext(a)
    if c: [x async for x in a]
    else: await drain(a)
    await anext(a)
    if c: a = agen(1)
    else: a = agen(3)
    await drain(a)
    await drain(a)
",
        "7 (made 2, drained 5 6), 11 (made 8 9, drained 10)",
    );
}

#[test]
fn names_that_hold_the_same() {
    check(
        "async def f():
    a = b = agen(2)
    c = aiter(b)
    async with aclosing(c) as d:
        async for x in d: print(x)
        await anext(a, None)
    if (e := (g := agen(1))): pass
    async for x in g: pass
    async for x in e: pass
",
        "6 (made 2, drained 5), 9 (made 7, drained 8)",
    );
    check(
        "async def f():
    a, b = agen(2), agen(3)
    await drain(a)
    a, b = b, a
    await drain(a)
    await drain(b)
",
        "6 (made 2, drained 3)",
    );
    // The other name is rebound, or only one way gives it the same.
    check(
        "async def f(c):
    a = agen(2)
    b = a
    async for x in b: b = agen(1)
    async for x in b: pass
    a = agen(1)
    if c: b = a
    async for x in a: pass
    async for x in b: pass
",
        "",
    );
}

#[test]
fn a_loop_by_hand() {
    check(
        "async def f():
    a = agen(2)
    while True:
        try:
            x = await anext(a)
        except StopAsyncIteration:
            break
    async for x in a: pass
",
        "8 (made 2, drained 5)",
    );
    // Somebody else may have raised it.
    check(
        "async def f():
    a = agen(2)
    while True:
        try:
            x = await anext(a)
            await x()
        except StopAsyncIteration:
            break
    async for x in a: pass
",
        "",
    );
}

#[test]
fn whatever_may_have_another_hand_in_it_is_silent() {
    for between in [
        "keep(a)",
        "self.a = a",
        "b = [a]",
        "later = lambda: a",
        "def g(): return a",
        "b = (x async for x in a)",
        "class K: b = a",
        "a = other",
        "del a",
        "yield a",
    ] {
        for first in [true, false] {
            let (one, other) = if first { (between, "pass") } else { ("pass", between) };
            check(
                &format!(
                    "async def f(self):
    a = agen(2)
    {one}
    async for x in a: pass
    {other}
    async for x in a: pass
"
                ),
                "",
            );
        }
    }
    check(
        "async def f():
    def g():
        nonlocal a
        a = None
    a = agen(2)
    async for x in a: pass
    async for x in a: pass
",
        "",
    );
    // The function is made before its name holds the iterator.
    check(
        "async def f():
    def later(): b.again()
    a = agen(2)
    b = a
    await drain(a)
    later()
    await drain(a)
",
        "",
    );
    check("async def f():\n    keep(a := agen(1))\n    await drain(a)\n    await drain(a)\n", "");
}

#[test]
fn in_every_copy_of_a_finally() {
    check(
        "async def f(c):
    a = agen(2)
    try:
        if c: return
        await drain(a)
    finally:
        [x async for x in a]
",
        "",
    );
    check(
        "async def f(c):
    a = agen(2)
    await drain(a)
    try:
        if c: return
    finally:
        [x async for x in a]
",
        "7 (made 2, drained 3)",
    );
}

#[test]
fn a_loop_in_a_finally_is_the_same_loop_on_every_way() {
    check(
        "async def f(c):
    a = agen(2)
    await drain(a)
    try:
        c()
        a = agen(2)
    finally:
        while c():
            await anext(a)
",
        "",
    );
}

#[test]
fn the_outer_loop_has_no_second_round() {
    check(
        "async def f():
    a = agen(2)
    async for x in a:
        async for y in a: pass
    await anext(a)
",
        "5 (made 2, drained 3)",
    );
}

#[test]
fn attributes_hold_iterators_too() {
    check(
        "async def f(o):
    o.x = agen(2)
    async for x in o.x: print
    async for x in o.x: print
    o.x = a = agen(2)
    await drain(a)
    await drain(o.x)
    b = o.x
    await drain(b)
    o.x = agen(1)
    await drain(b)
    await drain(o.x)
",
        "4 (made 2, drained 3), 7 (made 5, drained 6), 9 (made 5, drained 6), 11 (made 5, drained 6)",
    );
    check(
        "async def f(o):
    o.x = agen(2)
    for i in range(3):
        async for x in o.x: pass
    o.x, a = agen(2), 1
    while flag():
        o.x = agen(2)
        async for x in o.x: pass
",
        "4 (made 2, drained 4 round 3)",
    );
    check(
        "async def f():
    o = holder()
    await drain(o.x)
    await drain(o.x)
    o = holder()
    await drain(o.x)
",
        "4 (made , drained 3)",
    );
}

#[test]
fn an_attribute_is_anybodys() {
    for between in [
        "o.show()",
        "mystery(o)",
        "await task",
        "later()",
        "yield",
        "o = p",
        "del o.x",
        "o.x = p",
        "p.x = agen(1)",
        "p.x, q = 1, 2",
        "for p.x in range(2): pass",
        "if flag(): o.show()",
        "try: o.show()\n    except E: pass",
        "(o := p)",
    ] {
        check(
            &format!(
                "async def f(o, p):
    o.x = agen(2)
    await drain(o.x)
    {between}
    await drain(o.x)
"
            ),
            "",
        );
    }
    // The object is another one in the second round, or somebody has it while the first pass runs.
    check(
        "async def f(o):
    o.x = agen(2)
    async for x in o.x: x.done()
    async for x in o.x: pass
    o.x = agen(2)
    while flag():
        await drain(o.x)
        o = o.next
",
        "",
    );
    // What is strange happens to the attribute, not to a name that has the same.
    check(
        "async def f(o):
    a = o.x = agen(2)
    await drain(a)
    o.show()
    await drain(o.x)
    await drain(a)
    p.x = agen(1)
    await drain(p.y)
    await drain(p.x)
",
        "6 (made 2, drained 3)",
    );
}
