//! Small programs and their graphs.

use std::sync::Arc;

use super::*;
use crate::text::Source;

fn facts(program: &str) -> Facts {
    Facts::whole(Arc::new(Source::new("t.py", program)))
}

/// The graph of the program's first function.
fn check(program: &str, expected: &str) {
    let facts = facts(program);
    let first = facts.statements().flat_map(|island| facts.functions(island)).next().expect("a function");
    let flow = Flow::of(&facts, first).expect("a graph");
    let printed = flow.print(&facts);
    if printed.trim() != expected.trim() {
        panic!("found:\n{printed}");
    }
}

/// The graph that the documentation shows is the one that its program has.
#[test]
fn the_documentation_shows_a_real_graph() {
    let page = include_str!("../../docs/architecture.md");
    let section = page.split_once("## Flow, on one function").expect("the section is there").1;
    let block = |language: &str| {
        let behind = section.split_once(&format!("```{language}\n")).expect("a block").1;
        behind.split("```").next().expect("its text").to_string()
    };
    check(&block("py"), &block("text"));
}

#[test]
fn a_straight_line_is_one_block() {
    check(
        "def f(a, b=c.d):
    x = y = a.z(b, k=1)
    x.p, *x[0] = await g, -b
    x += 1
    del x
    return f\"{a}{b:{x}}\"
",
        "
0 entry: bind a; bind b; use a; load a.z; use b; call a.z(b, k=1); bind x; bind y; use g; await g; use b; operate -b; operate x.p, *x[0]; use x; store x.p; use x; operate x[0]; use x; operate x += 1; bind x; operate del x; unbind x; use a; use b; use x; operate f\"{a}{b:{x}}\"; return [-> 2]
1 raised:
2 exit:
",
    );
}

#[test]
fn branches_meet_again() {
    check(
        "def f(a):
    if a: one()
    elif not (a.b and 1): two()
    else: three()
    end()
",
        "
0 entry: bind a; use a [yes 1] [no 2]
1 then: use one; call one() [-> 6]
2 else: use a; load a.b [yes 3] [no 5]
3 then: [yes 4]
4 else: use three; call three() [-> 6]
5 then: use two; call two() [-> 6]
6 after: use end; call end() [falls off 8]
7 raised:
8 exit:
",
    );
}

#[test]
fn operators_branch_too() {
    check(
        "def f(a, b, c):
    x = a and b or c
    y = a if b else c
    return a < b < c
",
        "
0 entry: bind a; bind b; bind c; use a [yes 1] [no 2]
1 then: use b [yes 3] [no 2]
2 then: use c [-> 3]
3 after: bind x; use b [yes 4] [no 5]
4 then: use a [-> 6]
5 else: use c [-> 6]
6 after: bind y; use a; use b; operate a < b < c [-> 9] [-> 7]
7 then: use c; operate a < b < c [-> 9]
8 raised:
9 after: return [-> 10]
10 exit:
",
    );
}

#[test]
fn constants_close_a_way() {
    check(
        "def f(a):
    while True:
        if 0: a()
        if not False: break
    while 1: pass
    a.never()
",
        "
0 entry: bind a [-> 1]
1 head: [yes 2]
2 body: [no 3]
3 after: [no 4]
4 head: [yes 5]
5 body: [back 4]
6 then: use a; call a() [no 4]
7 raised:
8 after: use a; load a.never; call a.never() [falls off 9]
9 exit:
",
    );
}

#[test]
fn a_loop_asks_until_the_end() {
    check(
        "async def f(it):
    async for x, y in it:
        if x: continue
        if y: break
        use(x)
    else:
        done()
    after()
",
        "
0 entry: bind it; use it; begin it [-> 1]
1 head: step it [item 2] [end 6]
2 body: operate x, y; bind x; bind y; use x [yes 3] [no 4]
3 then: [back 1]
4 after: use y [yes 7] [no 5]
5 after: use use; use x; call use(x) [back 1]
6 ended: exhausted it; use done; call done() [-> 7]
7 after: use after; call after() [falls off 9]
8 raised:
9 exit:
",
    );
}

#[test]
fn a_loop_over_what_is_not_empty_has_a_first_round() {
    check(
        "def f(it):
    for x in (1, *it):
        if x: break
    else:
        none()
    for y in range(2): return [z for z in 'ab']
    never()
",
        "
0 entry: bind it; use it; operate *it; begin (1, *it); step (1, *it) [item 1]
1 body: bind x; use x [yes 5] [no 2]
2 after: [back 3]
3 head: step (1, *it) [item 1] [end 4]
4 ended: exhausted (1, *it); use none; call none() [-> 5]
5 after: use range; call range(2); begin range(2); step range(2) [item 6]
6 body: bind y; begin 'ab'; step 'ab' [item 7]
7 body: bind z; use z [back 8]
8 head: step 'ab' [item 7] [end 10]
9 raised:
10 ended: exhausted 'ab'; return [-> 11]
11 exit:
12 after: use never; call never() [falls off 11]
13 head: step range(2) [item 6] [end 14]
14 ended: exhausted range(2) [-> 12]
",
    );
    let falls_off = |iterable: &str| {
        let facts = facts(&format!("def f(a):\n    for x in {iterable}: return\n"));
        let first = facts.statements().flat_map(|island| facts.functions(island)).next().expect("a function");
        Flow::of(&facts, first).expect("a graph").falls_off()
    };
    for iterable in ["[a]", "{1}", "{1: a}", "(*a, 1)", "'ab'", "range(1, 3)"] {
        assert!(!falls_off(iterable), "{iterable}");
    }
    for iterable in
        ["[]", "[*a]", "{}", "{**a}", "''", "range(0)", "range(3, 3)", "range(1, 3, a)", "range(a)", "f'{a}'"]
    {
        assert!(falls_off(iterable), "{iterable}");
    }
}

#[test]
fn comprehensions_are_loops() {
    check(
        "async def f(it, n):
    return [(x, y) async for x in it if x for y in n(x)]
",
        "
0 entry: bind it; bind n; use it; begin it [-> 1]
1 head: step it [item 2] [end 9]
2 body: bind x; use x [yes 3] [no 8]
3 then: use n; use x; call n(x); begin n(x) [-> 4]
4 head: step n(x) [item 5] [end 7]
5 body: bind y; use x; use y [back 4]
6 raised:
7 ended: exhausted n(x) [back 1]
8 next: [back 1]
9 ended: exhausted it; return [-> 10]
10 exit:
",
    );
}

#[test]
fn generator_expressions_wait() {
    check(
        "def f(it, n):
    return any(n(x) for x in it() for y in n)
",
        "
0 entry: bind it; bind n; use any; use it; call it(); lazy (n(x) for x in it() for y in n…; call any(n(x) for x in it() for y i…; return [-> 2]
1 raised:
2 exit:
",
    );
}

#[test]
fn handlers_and_else() {
    check(
        "def f():
    try:
        a()
    except (E, F) as e:
        b(e)
    except:
        c()
    else:
        d()
    end()
",
        "
0 entry: [-> 1]
1 try: use a; call a() [-> 6] [! 2]
2 dispatch: use E; use F [(E, F) 3] [uncaught 4]
3 handler: caught (E, F); bind e; use b; use e; call b(e) [-> 7]
4 dispatch: [any 5]
5 handler: caught; use c; call c() [-> 7]
6 after: use d; call d() [-> 7]
7 after: use end; call end() [falls off 9]
8 raised:
9 exit:
",
    );
}

#[test]
fn finally_on_every_way_out() {
    check(
        "def f(it):
    for x in it:
        try:
            if x: break
            if not x: continue
            if x.y: return x
            work()
        finally:
            clean()
    end()
",
        "
0 entry: bind it; use it; begin it [-> 1]
1 head: step it [item 2] [end 13]
2 body: bind x [-> 3]
3 try: use x [yes 4] [no 5] [! 10]
4 finally on break: use clean; call clean() [-> 14]
5 after: use x [yes 6] [no 12] [! 10]
6 after: use x; load x.y [yes 7] [no 9] [! 10]
7 then: use x; return [-> 8] [! 10]
8 finally on return: use clean; call clean() [-> 16]
9 after: use work; call work() [-> 11] [! 10]
10 finally on exception: use clean; call clean() [propagates 15]
11 finally: use clean; call clean() [back 1]
12 finally on continue: use clean; call clean() [back 1]
13 ended: exhausted it [-> 14]
14 after: use end; call end() [falls off 16]
15 raised:
16 exit:
",
    );
}

#[test]
fn finally_may_turn_back() {
    check(
        "def f():
    while a:
        try:
            raise E
        finally:
            continue
",
        "
0 entry: [-> 1]
1 head: use a [yes 3] [no 5]
2 raised:
3 try: use E; raise [! 4]
4 finally on exception: [back 1]
5 else: [falls off 6]
6 exit:
",
    );
}

#[test]
fn managers_are_left_on_every_way() {
    check(
        "async def f(it):
    async with aclosing(it) as a, b.c() as d:
        if a: return d
    end()
",
        "
0 entry: bind it; use aclosing; use it; call aclosing(it); enter aclosing(it) [-> 1]
1 try: bind a; use b; load b.c; call b.c(); enter b.c() [-> 2] [! 8]
2 try: bind d; use a [yes 3] [no 7] [! 4]
3 then: use d; return [-> 5] [! 4]
4 leave on exception: leave b.c() [swallowed 9] [propagates 8] [! 8]
5 leave on return: leave b.c() [-> 6] [! 8]
6 leave on return: leave aclosing(it) [-> 12]
7 leave: leave b.c() [-> 9] [! 8]
8 leave on exception: leave aclosing(it) [propagates 11]
9 leave: leave aclosing(it) [-> 10]
10 after: use end; call end() [falls off 12]
11 raised:
12 exit:
",
    );
}

#[test]
fn a_known_manager_swallows_nothing() {
    check(
        "def f():
    with self._lock:
        a()
    with suppress(E):
        b()
",
        "
0 entry: use self; load self._lock; enter self._lock [-> 1]
1 try: use a; call a() [-> 3] [! 2]
2 leave on exception: leave self._lock [propagates 9]
3 leave: leave self._lock [-> 4]
4 after: use suppress; use E; call suppress(E); enter suppress(E) [-> 5]
5 try: use b; call b() [-> 8] [! 6]
6 leave on exception: leave suppress(E) [swallowed 7] [propagates 9]
7 after: [falls off 10]
8 leave: leave suppress(E) [falls off 10]
9 raised:
10 exit:
",
    );
}

#[test]
fn cases_fall_through_until_one_fits_all() {
    check(
        "def f(x):
    match x:
        case C(a, k=b.c) if a: one()
        case [p, *q]: two()
        case other: three()
    end()
",
        "
0 entry: bind x; use x; use C; use b; operate case C(a, k=b.c) if a: one() [no 3] [yes 1]
1 case: bind a; use a [yes 2] [no 3]
2 then: use one; call one() [-> 7]
3 case: operate case [p, *q]: two() [no 4] [yes 6]
4 case: [yes 5]
5 case: bind other; use three; call three() [-> 7]
6 case: bind p; bind q; use two; call two() [-> 7]
7 after: use end; call end() [falls off 9]
8 raised:
9 exit:
",
    );
}

#[test]
fn assertions_and_exits_end_the_line() {
    check(
        "import sys
def f(x):
    assert x, x.message()
    if x: sys.exit(1)
    elif x.y: exit()
    assert False
    never()
",
        "
0 entry: bind x; use x [yes 1] [no 7]
1 after: use x [yes 2] [no 3]
2 then: use sys; load sys.exit; call sys.exit(1)
3 else: use x; load x.y [yes 4] [no 5]
4 then: use exit; call exit()
5 after: [no 6]
6 else: operate assert False
7 else: use x; load x.message; call x.message(); operate assert x, x.message()
8 raised:
9 after: use never; call never() [falls off 10]
10 exit:
",
    );
}

#[test]
fn definitions_and_classes() {
    check(
        "def f(d):
    @d.e
    def g(a=d.f): return a
    class K(B, metaclass=M):
        y = d
        def m(self): return d
    return lambda q=d: q
",
        "
0 entry: bind d; use d; load d.e; use d; load d.f; closure g; operate @d.e; bind g; use B; use M; use d; bind y; closure m; bind m; operate class K(B, metaclass=M): y = d…; bind K; use d; closure lambda q=d: q; return [-> 2]
1 raised:
2 exit:
",
    );
}

#[test]
fn groups_go_on_to_the_next_handler() {
    check(
        "def f():
    try: a()
    except* E: b()
    except* F: c()
",
        "
0 entry: [-> 1]
1 try: use a; call a() [falls off 8] [! 2]
2 dispatch: use E [E 3] [uncaught 4]
3 handler: caught E; use b; call b() [falls off 8] [-> 4]
4 dispatch: use F [F 5] [uncaught 6]
5 handler: caught F; use c; call c() [falls off 8] [uncaught 7]
6 dispatch: [uncaught 7]
7 raised:
8 exit:
",
    );
}

#[test]
fn walrus_and_chains() {
    check(
        "async def f(a):
    while (x := await a.get()) is not None:
        yield x
",
        "
0 entry: bind a [-> 1]
1 head: use a; load a.get; call a.get(); await a.get(); bind x [yes 2] [no 4]
2 body: use x; yield x [back 1]
3 raised:
4 else: [falls off 5]
5 exit:
",
    );
}

#[test]
fn unreachable_code_stays() {
    check(
        "def f(a):
    return
    yield a
",
        "
0 entry: bind a; return [-> 1]
1 exit:
2 unreachable: use a; yield a [falls off 1]
3 raised:
",
    );
}

#[test]
fn what_is_too_much_has_no_graph() {
    let graph = |program: String| {
        let facts = facts(&program);
        let first = facts.statements().flat_map(|island| facts.functions(island)).next();
        first.is_some_and(|first| Flow::of(&facts, first).is_some())
    };
    let nested = |depth: usize| format!("def f(): return {}a{}\n", "(".repeat(depth), ")".repeat(depth));
    assert!(graph(nested(100)));
    assert!(!graph(nested(200)));
    assert!(!graph(nested(3_000)));
    let mut copies = String::from("def f():\n");
    for depth in 0..40 {
        let indent = " ".repeat(depth + 1);
        copies += &format!("{indent}try: a()\n{indent}finally:\n");
    }
    copies += &format!("{}b()\n", " ".repeat(42));
    assert!(!graph(copies));
    assert!(graph(format!("def f():\n{}", " a()\n".repeat(5_000))));
    assert!(!graph(format!("def f():\n{}", " a()\n".repeat(50_000))));
    assert!(!graph("def f():\n  a b c\n  return 1\n".to_string()));
}
