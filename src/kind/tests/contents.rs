//! What containers hold that never get out of sight.

use super::check;

/// What stands above every test.
const ROWS: &str = "
import asyncio, unseen
async def rows(): yield 1
async def other(): yield 'text'
async def one(): return rows()
";

fn holds(code: &str) {
    check(&format!("{ROWS}{code}"));
}

#[test]
fn a_display_and_what_is_put_in() {
    holds(
        "
HANDLERS = {'rows': rows, 'other': other}
MIXED = {'rows': rows, 'list': list}
HANDED_ON = {'rows': rows}
unseen.register(HANDED_ON)
FILLED = {}
FILLED['rows'] = rows()
UNKNOWN = {'rows': rows()}
UNKNOWN['other'] = unseen.rows()
def dispatch(key):
    made = HANDLERS[key]()  # kind: an async generator or an async generator, not iterable
    either = MIXED[key]()  # kind: maybe iterable
    unknown = HANDED_ON[key]()  # kind: unknown
    filled = FILLED[key]  # kind: an async generator
    nobody = UNKNOWN[key]  # kind: unknown
    got = HANDLERS.get(key)()  # kind: not iterable
    taken = FILLED.pop(key)  # kind: an async generator
    for handler in HANDLERS.values():
        made = handler()  # kind: not iterable
    by_number = {n: rows() for n in range(3)}
    made = by_number[1]  # kind: an async generator
class Topic:
    def __init__(self):
        self.readers = []
        self.all = [rows() for n in range(3)]
        self.shared = []
    def add(self):
        self.readers.append(rows())
        self.shared.append(rows())
        return self.shared
    def read(self):
        for reader in self.readers:
            now = reader  # kind: an async generator
        now = self.all[0]  # kind: an async generator
        for reader in self.shared:
            now = reader  # kind: unknown
",
    );
}

#[test]
fn results_have_their_places() {
    holds(
        "
async def all():
    first, second = await asyncio.gather(one(), one())
    now = first  # kind: an async generator
    both = await asyncio.gather(one(), one())
    now = both[0]  # kind: an async generator
    changed = await asyncio.gather(one(), one())
    changed[0] = other
    now = changed[0]  # kind: unknown
    unsaid = await asyncio.gather(one(), return_exceptions=True)
    now = unsaid[0]  # kind: unknown
class Base:
    def make(self):
        raise NotImplementedError
    def all(self):
        made = self.make()  # kind: an async generator
class Derived(Base):
    def make(self):
        return rows()
",
    );
}

#[test]
fn what_functions_return_is_only_known_while_nobody_changes_it() {
    holds(
        "
def several(names): return [rows() for name in names]
def filled(names):
    found = []
    for name in names:
        found.append(rows())
    return found
def by_name(names): return {name: rows() for name in names}
def use(names):
    made = several(names)
    now = made[0]  # kind: an async generator
    now = filled(names)[0]  # kind: an async generator
    kept = by_name(names)
    now = kept['a']  # kind: an async generator
    changed = by_name(names)
    changed['a'] = [1]
    now = changed['a']  # kind: unknown
    grown = several(names)
    grown.append(1)
    now = grown[-1]  # kind: unknown
",
    );
}

#[test]
fn what_goes_through_a_container_gives_what_it_holds() {
    holds(
        "
async def use(names):
    held = [rows() for name in names]
    for name, each in zip(names, held):
        now = each  # kind: an async generator
    for each in map(rows, names):
        now = each  # kind: an async generator
    for each in filter(None, held):
        now = each  # kind: an async generator
    now = max(held, key=id)  # kind: an async generator
    now = max(1, 2)  # kind: unknown
    now = await asyncio.to_thread(several, names)  # kind: a `list`
def several(names): return [rows()]
",
    );
}
