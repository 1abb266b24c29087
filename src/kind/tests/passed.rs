//! What parameters without an annotation hold.

use super::check;

/// What stands above every test.
const ROWS: &str = "
import contextlib, inspect, pytest, unknown
from functools import partial
async def rows(): yield 1
async def other(): yield 'text'
";

fn holds(code: &str) {
    check(&format!("{ROWS}{code}"));
}

#[test]
fn the_calls_in_the_file_say_what_a_parameter_is() {
    holds(
        "
def by_place(a, it):
    now = it  # kind: an async generator, once
def by_name(a, *, it):
    now = it  # kind: an async generator
def by_either(a, it):
    now = it  # kind: an async generator
def is_one_of_two(it):
    now = it  # kind: not iterable, maybe stepping
def none_as_default(it=None):
    if it is None:
        return None
    now = it  # kind: an async generator
def inner():
    def nested(it):
        now = it  # kind: an async generator
    return nested(rows())
def recurses(it):
    recurses(it)
    now = it  # kind: an async generator
def hands_on(it):
    now = receives(it)  # kind: an async generator
def receives(it):
    now = it  # kind: an async generator
    return it
by_place(1, rows())
by_name(1, it=rows())
by_either(1, rows())
by_either(it=rows(), a=1)
is_one_of_two(rows())
is_one_of_two(1)
none_as_default(rows())
none_as_default()
recurses(rows())
hands_on(rows())
",
    );
}

#[test]
fn methods_are_called_and_objects_made() {
    holds(
        "
class Reader:
    def __init__(self, source, name=''):
        self.source = source
    def read(self, it):
        now = it  # kind: an async generator
    @staticmethod
    def still(it):
        now = it  # kind: an async generator
    @classmethod
    def of(cls, it):
        now = it  # kind: an async generator
    def all(self):
        self.read(rows())
        Reader.still(rows())
        Reader.of(rows())
        now = self.source  # kind: an async generator
class Fast(Reader):
    pass
class Slow(Reader):
    def __init__(self, source):
        super().__init__(source)
Reader(rows())
Fast(rows(), 'fast')
Slow(rows())
",
    );
}

#[test]
fn what_is_not_understood_says_nothing() {
    holds(
        "
def never_called(it):
    now = it  # kind: unknown
def unknown_argument(it):
    now = it  # kind: unknown
def with_stars(it):
    now = it  # kind: unknown
def handed_on(it):
    now = it  # kind: unknown
@unknown.decorator
def decorated(it):
    now = it  # kind: unknown
def refused(it):
    now = it  # kind: unknown
def tried(it):
    now = it  # kind: unknown
def other_default(it=()):
    now = it  # kind: maybe iterable, maybe async iterable
def only_none(it):
    now = it  # kind: unknown
class Base:
    def read(self, it):
        now = it  # kind: unknown
    def all(self):
        return self.read(rows())
class Derived(Base):
    def read(self, it): pass
class Made:
    def __init__(self, it):
        self.it = it
    def all(self):
        now = self.it  # kind: unknown
other_default(rows())
unknown_argument(rows())
unknown_argument(unknown.rows())
with_stars(*[rows()])
handed_on(rows())
print(handed_on)
decorated(rows())
with pytest.raises(TypeError):
    refused(rows())
try:
    tried(rows())
except TypeError:
    pass
only_none(None)
Made(rows())
unknown.register(Made)
",
    );
}

#[test]
fn a_function_may_be_made_for_several_kinds() {
    holds(
        "
def asks(it):
    if inspect.isasyncgen(it):
        return 1
    now = it  # kind: unknown
def has_a_flag(it, is_async):
    if is_async:
        return drain(it)
    now = it  # kind: unknown
def tries(it):
    try:
        return list(it)
    except TypeError:
        now = it  # kind: unknown
def leaves_otherwise(it, limit):
    if limit:
        return None
    now = it  # kind: an async generator
def is_there(it):
    if it:
        now = it  # kind: an async generator
class Both:
    def __init__(self, source):
        self.source = source
    def now(self):
        return list(self.source)
    async def later(self):
        async for x in self.source: pass
        now = self.source  # kind: unknown
class Asks:
    def __init__(self, source):
        self.source = source
    def is_async(self):
        return hasattr(self.source, '__aiter__')
    def all(self):
        now = self.source  # kind: unknown
async def drain(it):
    async for x in it: pass
    now = it  # kind: an async generator
asks(rows())
has_a_flag(rows(), True)
tries(rows())
leaves_otherwise(rows(), 0)
is_there(rows())
Both(rows())
Asks(rows())
drain(rows())
",
    );
}
