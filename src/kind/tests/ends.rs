//! Which functions come to the end of their body, and which exceptions get out of them.

use std::sync::Arc;

use super::*;

/// The functions of the text, by name, of which the question holds.
fn those(text: &str, holds: impl Fn(&Kinds, FunctionId) -> bool) -> String {
    let project = Project::alone();
    let facts = Facts::whole(Arc::new(Source::new("t.py", text)));
    let module = Arc::new(Module::of(facts, Owner::Project));
    let kinds = Kinds::new(&project, module.clone());
    let facts = &module.facts;
    let functions = facts.statements().flat_map(|island| facts.functions(island));
    let found = functions.filter(|&id| holds(&kinds, id));
    let names: Vec<&str> = found.filter_map(|id| facts[id].name).map(|name| facts.text(name)).collect();
    names.join(" ")
}

fn runs_out(text: &str, expected: &str) {
    assert_eq!(those(text, |kinds, id| kinds.runs_out(here(id))), expected, "{text}");
}

#[test]
fn a_body_runs_out_where_its_author_did_not_rule_it_out() {
    runs_out(
        "
import itertools, sys
from contextlib import suppress
from typing import NoReturn
def yes_if(a):
    if a: return 1
def yes_suppressed(a):
    with suppress(E): return a.pop()
def yes_loop(a):
    for x in a: return x
def yes_logged(a):
    try: return a.pop()
    except E: logger.info('end')
def yes_one_of_two(a):
    if a == 1: return 1
    elif b(): return 2
def no_manager(a):
    with a.opened(): return 1
def no_cases(a):
    if a == 1: return 1
    elif a == 2: return 2
def no_match(a):
    match a:
        case 1: return 1
def no_call(a):
    if a: return 1
    a.fail()
def no_exit(a):
    if a: return 1
    sys.exit()
def no_endless(a):
    for x in itertools.count(): return x
def no_attempts(a):
    for x in range(3):
        try: return a()
        except E:
            if x == 2: raise
",
        "yes_if yes_suppressed yes_loop yes_logged yes_one_of_two",
    );
}

#[test]
fn what_raises_through_others_may_end_it() {
    runs_out(
        "
from typing import NoReturn
def deep(): raise E
def through(): deep()
def says() -> NoReturn: deep(); x()
def plain(): print(1)
def no_through(a):
    if a: return 1
    through()
def no_says(a):
    if a: return 1
    says()
def yes_plain(a):
    if a: return 1
    plain()
",
        "plain yes_plain",
    );
}

#[test]
fn an_exception_gets_out_unless_something_may_hold_it() {
    let text = "
from contextlib import contextmanager, suppress, suppress as quiet
from library import LibraryError, Other
@contextmanager
def opened():
    try: yield
    finally: pass
@contextmanager
def kept():
    try: yield
    except Exception: pass
def yes_bare(): raise StopIteration
def yes_other_handler():
    try: raise StopIteration
    except (KeyError, LibraryError): pass
def yes_in_handler():
    try: pass
    except Exception: raise StopIteration
def yes_lock(self):
    with self.lock: raise StopIteration
def yes_other_suppress():
    with suppress(KeyError): raise StopIteration
def no_handler():
    try: raise StopIteration
    except Exception: pass
def no_unknown():
    try: raise StopIteration
    except Other: pass
def no_suppress():
    with suppress(StopIteration): raise StopIteration
def yes_manager(a):
    with a.manager(): raise StopIteration
@contextmanager
def nested(depth):
    with nested(depth - 1): yield
def no_endless_manager():
    with nested(9): raise StopIteration
def no_suppress_by_another_name():
    with quiet(StopIteration): raise StopIteration
def no_stack(stack):
    with stack: raise StopIteration
def yes_own_manager():
    with opened(): raise StopIteration
def no_own_manager():
    with kept(): raise StopIteration
def no_named_manager(a):
    with a.error_handler(): raise StopIteration
def no_finally():
    try: raise StopIteration
    finally: return 1
";
    let escapes = |kinds: &Kinds, function: FunctionId| {
        let module = kinds.module(HERE);
        let mut raises = module.facts.raises_of(function);
        raises.any(|id| kinds.escapes(here(module.facts[id].node), &kinds.raised(here(id))))
    };
    let expected = "yes_bare yes_other_handler yes_in_handler yes_lock yes_other_suppress yes_manager yes_own_manager";
    assert_eq!(those(text, escapes), expected);
}
