//! The rules of kinds: functions, classes, decorators, attributes, imports, narrowing, unions, recursion, generics.

use super::check;

#[test]
fn functions_are_what_their_body_is() {
    check(
        r#"
def plain(): return 1
def generator(): yield 1
async def coroutine(): return "text"
async def agen(): yield b""
async def empty():
    return
    yield
def nothing(): print()
def never(): raise ValueError
def lambdas():
    f = lambda: (yield)
    return 2
def nested():
    async def inner():
        yield 1
    return inner
def hands_on(): return agen()
async def hands_on_late(): return agen()
generator()  # kind: a generator, iterable, not async iterable, not awaitable, item an `int`
coroutine()  # kind: a coroutine, awaitable, gives a `str`, not iterable, not async iterable
agen()  # kind: an async generator, once, stepping, not iterable, not awaitable, not an async context, async item a `bytes`
empty()  # kind: an async generator
nothing()  # kind: `None`
never()  # kind: never
lambdas()  # kind: an `int`
nested()  # kind: a function inner, callable, not iterable
nested()()  # kind: an async generator
hands_on()  # kind: an async generator, async item a `bytes`
hands_on_late()  # kind: a coroutine, gives an async generator
hands_on  # kind: a function hands_on, not async iterable
(lambda: agen())()  # kind: an async generator
"#,
    );
}

#[test]
fn a_name_comes_through_many_stars_and_not_through_any_number() {
    let chain = |modules: usize| -> String {
        let links = (1..modules).map(|at| format!("# file: m{at}.py\nfrom m{} import *\n", at - 1));
        let first = "# file: m0.py\nasync def far(): yield 1\n".to_string();
        first + &links.collect::<String>() + &format!("# file: main.py\nfrom m{} import *\n", modules - 1)
    };
    check(&(chain(100) + "far()  # kind: an async generator\n"));
    check(&(chain(1000) + "far()  # kind: unknown\n"));
}

#[test]
fn all_returns_count() {
    check(
        r#"
async def a(): yield 1
async def b(): return 1
def either(x):
    if x:
        return a()
    return b()
def perhaps(x):
    if x:
        return a()
def always(x):
    if x:
        return a()
    else:
        raise ValueError
def endless():
    while True:
        if input():
            return a()
def tried():
    try:
        return a()
    except OSError:
        return a()
def mixed(x):
    if x:
        return a()
    return x
either(1)  # kind: a coroutine or an async generator, not iterable, maybe awaitable, maybe async iterable
perhaps(1)  # kind: `None` or an async generator, once, not iterable, not awaitable
always(1)  # kind: an async generator
endless()  # kind: an async generator
tried()  # kind: an async generator
mixed(unseen)  # kind: unknown
"#,
    );
}

#[test]
fn recursion_ends() {
    check(
        r#"
def ping(n): return pong(n)
def pong(n): return ping(n)
async def walk(tree):
    if tree:
        return await walk(tree)
    return 1
def self_made(): return self_made
class A:
    def next(self): return self.next()
ping(1)  # kind: unknown
walk(1)  # kind: a coroutine
self_made()()()  # kind: a function self_made
A().next()  # kind: unknown
"#,
    );
}

#[test]
fn bodies_win_over_annotations() {
    check(
        r#"
from collections.abc import AsyncIterator, Awaitable
from typing import Protocol
from abc import abstractmethod
async def wrong() -> list[int]:
    yield 1
def right(x) -> AsyncIterator[int]:
    return x
def later(x) -> "Awaitable[str]":
    return x
async def stub() -> AsyncIterator[int]: ...
class P(Protocol):
    async def stream(self) -> AsyncIterator[int]: ...
    def plain(self) -> AsyncIterator[int]: ...
    async def one(self) -> int: ...
def use(p: P):
    p.stream()  # kind: unknown
    p.plain()  # kind: an async iterator
    p.one()  # kind: a coroutine, gives an `int`
wrong()  # kind: an async generator, async item an `int`
right(unseen)  # kind: an async iterator, once, async item an `int`, not iterable
later(unseen)  # kind: an awaitable, gives a `str`, maybe async iterable
stub()  # kind: unknown
"#,
    );
}

#[test]
fn annotations_promise() {
    check(
        r#"
from __future__ import annotations
import typing as t
from typing import Any, AsyncGenerator, AsyncIterable, Callable, Coroutine, Iterable, Iterator, Optional, Self, Union
from collections import abc
Rows = t.AsyncIterator[str]
class C:
    def me(self) -> Self: ...
    @classmethod
    def make(cls) -> Self:
        return cls()
def f(a: AsyncGenerator[int, None], b: AsyncIterable[int], c: abc.AsyncIterator["C"], d: Rows, e: Optional[Rows],
      g: Any, h: Union[int, str], i: list[Rows], j: tuple[Rows, int], k: Callable[[], Rows], l: Coroutine[Any, Any, int],
      m: type[C], n: "t.AsyncIterator[C] | None", o: object, p: Rows = None, *args: int, **kwargs: int):
    _ = a  # kind: an async generator, once, async item an `int`
    _ = b  # kind: an async iterable, again perhaps, async item an `int`, maybe iterable
    _ = c  # kind: an async iterator, once, async item a `C`
    _ = d  # kind: an async iterator, async item a `str`
    _ = e  # kind: `None` or an async iterator, not iterable, once
    _ = g  # kind: unknown
    _ = h  # kind: a `str` or an `int`, not async iterable, maybe iterable
    _ = i  # kind: a `list`, item an async iterator
    _ = i[0]  # kind: an async iterator
    _ = j[0]  # kind: an async iterator
    _ = j[1]  # kind: an `int`
    _ = k()  # kind: an async iterator
    _ = l  # kind: a coroutine, gives an `int`
    _ = m()  # kind: a `C`
    _ = n  # kind: `None` or an async iterator
    _ = o  # kind: unknown
    _ = p  # kind: `None` or an async iterator
    _ = args  # kind: a `tuple`, iterable
    _ = kwargs  # kind: a `dict`, iterable, not async iterable
C().me()  # kind: a `C`
C.make()  # kind: a `C`
"#,
    );
}

#[test]
fn decorators_say_what_they_make() {
    check(
        r#"
import functools
import types
from contextlib import asynccontextmanager, contextmanager
from functools import cache, cached_property, lru_cache, partial, wraps
from abc import abstractmethod
from mystery import magic
@asynccontextmanager
async def resource(): yield 1
@contextmanager
def sync_resource(): yield "text"
@asynccontextmanager
async def hidden() -> "AsyncIterator[int]": ...
@types.coroutine
def old(): yield
@cache
def cached(): return agen()
@lru_cache(maxsize=None)
async def cached_late(): return 1
@magic
async def unknown(): yield 1
@magic()
def unknown_call(): yield 1
async def agen(x=0): yield 1
class C:
    @property
    def stream(self): return agen()
    @property
    async def pages(self): yield 1
    @cached_property
    def kept(self): return agen()
    @staticmethod
    async def still(): yield 1
    @classmethod
    async def of(cls): yield cls
    @abstractmethod
    def todo(self): raise NotImplementedError
    @property
    def size(self): return 1
    @size.setter
    def size(self, value): self.x = value
resource()  # kind: an async context manager, enters an `int`, not awaitable, not async iterable
sync_resource()  # kind: a context manager, enters a `str`, not an async context
old()  # kind: a coroutine, awaitable, not async iterable
cached()  # kind: an async generator
cached_late()  # kind: a coroutine
unknown()  # kind: unknown
unknown_call()  # kind: unknown
C().stream  # kind: an async generator
C().pages  # kind: an async generator
C().pages()  # kind: unknown
C().kept  # kind: an async generator
C().still()  # kind: an async generator
C.still()  # kind: an async generator
C().of()  # kind: an async generator, async item a class C
C.of()  # kind: an async generator
C().todo()  # kind: unknown
C().size  # kind: an `int`
partial(agen, 1)()  # kind: an async generator
functools.partial(agen)  # kind: a function agen
"#,
    );
}

#[test]
fn classes_have_what_their_bodies_and_bases_say() {
    check(
        r#"
from collections.abc import AsyncIterator
from dataclasses import dataclass
from mystery import Base
class Ticks:
    def __init__(self): self.left = 3
    def __aiter__(self): return self
    async def __anext__(self):
        if self.left == 0:
            raise StopAsyncIteration
        self.left -= 1
        return "tick"
class Fresh:
    async def __aiter__(self): yield 1
class Wrapped:
    def __aiter__(self): return Ticks()
class Fast(Ticks): pass
class Resetting:
    def __aiter__(self):
        self.i = 0
        return self
    async def __anext__(self): raise StopAsyncIteration
class Half(AsyncIterator):
    async def __anext__(self): return 1
class Foreign(Base): pass
class Alias:
    def __aiter__(self): return self
    async def _next(self): return 1
    __anext__ = _next
class Old:
    def __getitem__(self, i): return i
class Not:
    __aiter__ = None
class Proxy:
    def __getattr__(self, name): return 1
class Both:
    def __await__(self): yield
    def __aiter__(self): return self
    async def __anext__(self): return 1
class Opened:
    async def __aenter__(self): return self
    async def __aexit__(self, *exc): pass
    def __call__(self): return Ticks()
@dataclass
class Data:
    ticks: Ticks
    def get(self): return self.ticks
class Meta(metaclass=Base): pass
Ticks()  # kind: a `Ticks`, once, stepping, async item a `str`, not iterable, not awaitable
Fast()  # kind: a `Fast`, once, async item a `str`
Fresh()  # kind: a `Fresh`, fresh, async item an `int`, not stepping
Wrapped()  # kind: a `Wrapped`, again perhaps, async item a `str`
Resetting()  # kind: a `Resetting`, again perhaps
Half()  # kind: a `Half`, async iterable, stepping
Foreign()  # kind: a `Foreign`, maybe async iterable, maybe awaitable, maybe iterable
Alias()  # kind: an `Alias`, stepping
Old()  # kind: an `Old`, iterable, not async iterable
Not()  # kind: a `Not`, not async iterable
Proxy()  # kind: a `Proxy`, not async iterable
Proxy().anything  # kind: unknown
Both()  # kind: a `Both`, awaitable, async iterable
Opened()  # kind: an `Opened`, enters an `Opened`, callable, not awaitable
Opened()()  # kind: a `Ticks`
Data(1).ticks  # kind: a `Ticks`
Data(1).get()  # kind: a `Ticks`
Meta()  # kind: unknown
Ticks  # kind: a class Ticks, callable, not async iterable
"#,
    );
}

#[test]
fn an_attribute_may_be_set_by_name() {
    check(
        r#"
class Named:
    def __init__(self, **given):
        self.rows = [1]
        for name, value in given.items():
            setattr(self, name, value)
    def use(self):
        _ = self.rows  # kind: unknown
class Below(Named):
    def __init__(self):
        self.lines = [1]
    def use(self):
        _ = self.lines  # kind: unknown
class Other:
    def __init__(self, other):
        self.rows = [1]
        self.pages = [1]
        setattr(self, "pages", other)
        setattr(other, other.name, 1)
    def use(self):
        _ = self.rows  # kind: a `list`
        _ = self.pages  # kind: unknown
"#,
    );
}

#[test]
fn attributes_are_what_all_assignments_agree_on() {
    check(
        r#"
async def agen(): yield 1
class Client:
    def rows(self): return agen()
    def __getitem__(self, name): return agen()
class A:
    shared = 1
    def __init__(self, given, stream=None):
        self.one = agen()
        self.two = agen()
        self.given = given
        self.none = None
        self.late = None
        self.typed: list[int] = given
        self.client = None
    def start(self):
        self.two = [1]
        self.client = Client()
        self.late = agen()
    def use(self):
        _ = self.one  # kind: an async generator
        _ = self.two  # kind: a `list` or an async generator
        _ = self.given  # kind: unknown
        _ = self.none  # kind: unknown
        _ = self.late  # kind: `None` or an async generator
        _ = self.late.ag_running  # kind: unknown
        _ = self.client.rows()  # kind: an async generator
        _ = Client()["rows"]  # kind: an async generator
        _ = self.typed  # kind: a `list`
        _ = self.shared  # kind: an `int`
        _ = self.missing  # kind: unknown
class B(A):
    def more(self):
        _ = self.one  # kind: an async generator
        _ = super().use  # kind: a function use
class Patched:
    def stream(self): return agen()
Patched.stream = None
Patched().stream()  # kind: unknown
class Over:
    def stream(self): return agen()
    def use(self):
        _ = self.stream()  # kind: a `list` or an async generator
class Under(Over):
    def stream(self): return []
Over().stream()  # kind: an async generator
"#,
    );
}

#[test]
fn names_are_what_reaches_them() {
    check(
        r#"
async def agen(): yield 1
async def other(): return 1
def f(flag):
    x = agen()
    _ = x  # kind: an async generator
    x = [1]
    _ = x  # kind: a `list`
    if flag:
        y = agen()
    else:
        y = other()
    _ = y  # kind: a coroutine or an async generator
    for z in [agen()]:
        _ = z  # kind: an async generator
    a, (b, c) = agen(), (1, "x")
    _ = a  # kind: an async generator
    _ = c  # kind: a `str`
    d, *e = agen(), 1, 2
    _ = d  # kind: an async generator
    _ = e  # kind: unknown
    if (w := agen()):
        _ = w  # kind: an async generator
    g = h = agen()
    _ = h  # kind: an async generator
    del g
def outer():
    x = agen()
    def inner():
        nonlocal x
        x = 1
    return x
def loops():
    x = agen()
    while input():
        _ = x  # kind: a `list` or an async generator
        x = [1]
top = agen()
def changes():
    global top
    top = 1
def reads():
    _ = top  # kind: unknown
fixed = agen()
def reads_fixed():
    _ = fixed  # kind: an async generator
if input():
    perhaps = agen()
else:
    perhaps = None
def reads_perhaps():
    _ = perhaps  # kind: `None` or an async generator
outer()  # kind: unknown
"#,
    );
}

#[test]
fn expressions_have_kinds() {
    check(
        r#"
import asyncio
from contextlib import aclosing
async def agen(): yield "x"
async def coro(): return agen()
async def main(flag, ys):
    _ = await coro()  # kind: an async generator
    _ = agen() if flag else agen()  # kind: an async generator
    _ = agen() if flag else 1  # kind: an `int` or an async generator
    _ = [x async for x in agen()]  # kind: a `list`, iterable
    _ = {x async for x in agen()}  # kind: a `set`
    _ = {x: 1 async for x in agen()}  # kind: a `dict`
    _ = (x async for x in agen())  # kind: an async generator expression, once, async item a `str`
    _ = (x for x in ys)  # kind: a generator expression
    _ = (await x for x in ys)  # kind: an async generator expression
    _ = (x for x in await ys)  # kind: a generator expression
    _ = (x for y in ys for x in await y)  # kind: an async generator expression
    _ = (x for x in [z async for z in agen()])  # kind: a generator expression
    _ = ([z async for z in x] for x in ys)  # kind: an async generator expression
    _ = ((z async for z in x) for x in ys)  # kind: a generator expression
    _ = aiter(agen())  # kind: an async generator
    _ = anext(agen())  # kind: an awaitable, gives a `str`
    _ = await anext(agen())  # kind: a `str`
    _ = await anext(agen(), None)  # kind: `None` or a `str`
    _ = asyncio.create_task(coro())  # kind: a `Task`, gives an async generator, not async iterable
    _ = await asyncio.create_task(coro())  # kind: an async generator
    _ = await asyncio.wait_for(coro(), 1)  # kind: an async generator
    _ = await asyncio.shield(coro())  # kind: an async generator
    async with aclosing(agen()) as stream:
        _ = stream  # kind: an async generator
    async for item in agen():
        _ = item  # kind: a `str`
    for item in [agen(), agen()]:
        _ = item  # kind: an async generator
    _ = not agen()  # kind: a `bool`
    _ = 1 + 1  # kind: an `int`
    _ = agen()[0]  # kind: unknown
    _ = agen() or None  # kind: `None` or an async generator
    _ = f"{agen()}"  # kind: a `str`
    _ = 1 < 2  # kind: unknown
    _ = agen().asend(None)  # kind: an awaitable
    _ = agen().aclose()  # kind: an awaitable
    _ = agen().nope  # kind: unknown
"#,
    );
}

#[test]
fn tests_narrow() {
    check(
        r#"
import inspect
from typing import AsyncIterator, Iterator, Optional
def f(x: AsyncIterator[int] | Iterator[int], y: Optional[AsyncIterator[int]], z: Optional[AsyncIterator[int]]):
    _ = z  # kind: `None` or an async iterator
    if isinstance(x, Iterator):
        _ = x  # kind: an iterator
    _ = x  # kind: unknown
    if y is None:
        return
    _ = y  # kind: an async iterator
def g(x: AsyncIterator[int]):
    if inspect.isasyncgen(x):
        _ = x  # kind: unknown
def h(x: AsyncIterator[int] | None = None):
    assert x
    _ = x  # kind: an async iterator
"#,
    );
}

#[test]
fn imports_lead_to_other_files() {
    check(
        r#"
# file: pkg/__init__.py
from .streams import ticks as tocks, Feed
from . import streams
from .stars import *
# file: pkg/streams.py
async def ticks(): yield 1
async def late(): return ticks()
class Feed:
    async def __aiter__(self): yield "x"
    def again(self): return ticks()
# file: pkg/stars.py
__all__ = ["starred", "_shown"]
from .streams import ticks
async def starred(): yield 1
async def _shown(): yield 1
async def hidden(): yield 1
# file: pkg/deep/__init__.py
# file: pkg/deep/inner.py
from ..streams import ticks
from ... import nowhere
# file: space/part.py
async def there(): yield 1
# file: twins.py
try:
    from pkg.streams import ticks
except ImportError:
    from pkg.streams import late as ticks
try:
    from missing import quick
except ImportError:
    from pkg.streams import ticks as quick
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from pkg import Feed
def get(feed: "Feed"): return feed
# file: typed.pyi
from typing import AsyncIterator
def stream() -> AsyncIterator[int]: ...
async def late() -> AsyncIterator[int]: ...
# file: both.py
def stream(x): return x
from unknown import value
# file: both.pyi
from typing import AsyncIterator
def stream(x) -> AsyncIterator[int]: ...
value: AsyncIterator[int]
# file: ring_a.py
from ring_b import thing, back
async def real(): yield 1
# file: ring_b.py
from ring_a import thing, real
back = real
# file: sub.py
from pkg.streams import Feed
class Mine(Feed): pass
# file: main.py
import pkg
import pkg.streams
import pkg.deep.inner as inner
import pkg.streams as s
import space.part
from pkg import tocks, streams, Feed
from pkg.streams import late
from pkg.stars import *
from pkg.stars import hidden
from space import part
from twins import ticks as one_of_two, quick, get
from typed import stream, late as typed_late
import both
from ring_a import thing, back
from sub import Mine
import nowhere
pkg.tocks()  # kind: an async generator
pkg.starred()  # kind: an async generator
pkg.streams.ticks()  # kind: an async generator
pkg.streams  # kind: a module streams, not async iterable
s.ticks()  # kind: an async generator
inner.ticks()  # kind: an async generator
inner.nowhere  # kind: unknown
tocks()  # kind: an async generator, async item an `int`
streams.late()  # kind: a coroutine, gives an async generator
late()  # kind: a coroutine
Feed()  # kind: a `Feed`, fresh, async item a `str`
Feed().again()  # kind: an async generator
starred()  # kind: an async generator
_shown()  # kind: an async generator
hidden()  # kind: an async generator
len  # kind: a function len
part.there()  # kind: an async generator
space.part.there()  # kind: an async generator
one_of_two()  # kind: a coroutine or an async generator
quick()  # kind: unknown
get(1)  # kind: a `Feed`
stream()  # kind: an async iterator
typed_late()  # kind: a coroutine, gives an async iterator
both.stream(1)  # kind: unknown
both.value  # kind: an async iterator
thing()  # kind: unknown
back()  # kind: an async generator
Mine()  # kind: a `Mine`, fresh
nowhere.f()  # kind: unknown
"#,
    );
}

#[test]
fn the_checked_file_is_one_file() {
    check(
        r#"
# file: helper.py
from main import C
def make(): return C()
# file: main.py
from helper import make
class C:
    async def __aiter__(self): yield 1
make()  # kind: a `C`, fresh
"#,
    );
}

#[test]
fn generics_carry_their_arguments() {
    check(
        r#"
from typing import AsyncIterator, Awaitable, Generic, TypeVar
T = TypeVar("T")
class Box(Generic[T]):
    def __init__(self, value: T): self.value = value
    def get(self) -> T: ...
    def stream(self) -> AsyncIterator[T]: ...
class TextBox(Box[str]): pass
def first(items: AsyncIterator[T]) -> T: ...
def run(a: Awaitable[T]) -> T: ...
async def text(): return "x"
async def texts(): yield "x"
def f(box: Box[int], boxes: Box["Box[str]"]):
    _ = box.get()  # kind: an `int`
    _ = box.stream()  # kind: an async iterator, async item an `int`
    _ = boxes.get().get()  # kind: a `str`
Box(1).get()  # kind: an `int`
run(text())  # kind: a `str`
first(texts())  # kind: a `str`
"#,
    );
}

#[test]
fn unions_are_certain_only_together() {
    check(
        r#"
async def a(): yield 1
async def b(): yield "x"
def c(): return [1]
def pick(n):
    if n: return a()
    return b()
def odd(n):
    if n: return a()
    return c()
x = pick(1)  # kind: an async generator or an async generator, async iterable, once, not iterable, async item a `str` or an `int`
odd(1)  # kind: a `list` or an async generator, maybe async iterable, maybe iterable, not awaitable
odd(1).aclose  # kind: unknown
"#,
    );
}

#[test]
fn overloads_are_chosen_by_literals() {
    check(
        r#"
# file: lib.pyi
from typing import AsyncIterator, Literal, overload
@overload
async def create(model: str, *, stream: Literal[False] = ...) -> int: ...
@overload
async def create(model: str, *, stream: Literal[True]) -> AsyncIterator[str]: ...
class Client:
    @overload
    def log(self, *, follow: Literal[True]) -> AsyncIterator[str]: ...
    @overload
    async def log(self, *, follow: Literal[False] = ...) -> list[str]: ...
# file: main.py
from lib import Client, create
def f(flag, options, client: Client):
    _ = create("m")  # kind: a coroutine, gives an `int`
    _ = create("m", stream=True)  # kind: a coroutine, gives an async iterator
    _ = create("m", stream=False)  # kind: a coroutine, gives an `int`
    _ = create("m", stream=flag)  # kind: awaitable, not async iterable, gives an `int` or an async iterator
    _ = create("m", **options)  # kind: gives an `int` or an async iterator
    _ = create(*options)  # kind: gives an `int` or an async iterator
    _ = client.log()  # kind: a coroutine, gives a `list`
    _ = client.log(follow=True)  # kind: an async iterator
    _ = client.log(follow=flag)  # kind: a coroutine or an async iterator, maybe awaitable, maybe async iterable
"#,
    );
}

#[test]
fn nonlocal_names_are_one_functions() {
    check(
        r#"
def other():
    x = 1
    def inner():
        nonlocal x
        x = "text"
async def agen(): yield 1
def mine():
    x = agen()
    _ = x  # kind: an async generator
def between():
    x = agen()
    def middle():
        x = 1
        def inner():
            nonlocal x
            x = "text"
        _ = x  # kind: unknown
    _ = x  # kind: an async generator
"#,
    );
}

#[test]
fn decorators_that_can_be_read() {
    check(
        r#"
import functools
from contextlib import asynccontextmanager
def logged(function):
    @functools.wraps(function)
    def call(*args):
        return function(*args)
    return call
def awaiting(times):
    def decorate(function):
        async def call(*args):
            return await function(*args)
        return call
    return decorate
def same(function):
    return function
def started(function):
    return function()
class Lazy:
    def __init__(self, function): ...
    def __get__(self, owner, kind=None): ...
class Pager:
    def __init__(self, function): ...
    async def __aiter__(self): yield 1
@logged
async def ticks(): yield 1
@awaiting(3)
async def count(): return 1
@same
@logged
async def tocks(): yield "a"
@started
async def running(): yield 1
@Pager
async def pages(): ...
async def plain(): yield 1
class Client:
    @Lazy
    async def rows(self): yield 1
    @logged
    async def lines(self): yield 1
ticks()  # kind: an async generator, async item an `int`
count()  # kind: a coroutine, gives an `int`
tocks()  # kind: an async generator, async item a `str`
running  # kind: an async generator
pages  # kind: a `Pager`, async iterable, not awaitable
logged(plain)()  # kind: an async generator
asynccontextmanager(plain)()  # kind: an async context manager, enters an `int`
Client().rows  # kind: unknown
Client().lines()  # kind: an async generator
"#,
    );
}

#[test]
fn entering_gives_the_object_itself_only_where_it_is_its_own_self() {
    check(
        r#"
from contextlib import asynccontextmanager
class Base:
    async def __aenter__(self): return self
    async def __aexit__(self, *args): ...
class Client(Base): ...
class Engine:
    async def start(self): return self
@asynccontextmanager
async def started():
    yield await Engine().start()
async def main():
    async with Client() as client:
        client  # kind: a `Client`
    async with started() as engine:
        engine  # kind: an `Engine`
"#,
    );
}

#[test]
fn inside_the_branch_of_a_test_a_name_is_what_it_says() {
    check(
        r#"
class Ticks:
    async def __aiter__(self): yield 1
def f(x, y):
    if isinstance(x, Ticks) and y:
        _ = x  # kind: a `Ticks`, async iterable
        x = y
        _ = x  # kind: unknown
    elif isinstance(y, (list, tuple)):
        _ = y  # kind: a `list` or a `tuple`
    elif y is None:
        _ = y  # kind: `None`
    return x if isinstance(x, str) else x
def g(x=None):
    found = None if x else []
    if found is None:
        _ = found  # kind: `None`
    while isinstance(found, list):
        _ = found  # kind: a `list`
def h(x, y):
    match x:
        case Ticks():
            _ = x  # kind: a `Ticks`, async iterable
        case Ticks() | list():
            _ = x  # kind: unknown
        case list() as items:
            _ = items  # kind: a `list`
        case [Ticks() as ticks, rest] if y:
            _ = ticks  # kind: a `Ticks`, async iterable
            _ = rest  # kind: unknown
        case y.Ticks() as ticks:
            _ = ticks  # kind: unknown
        case Ticks(x) | [x]:
            _ = x  # kind: unknown
"#,
    );
}

#[test]
fn iter_gives_an_iterator_and_perhaps_more() {
    check(
        r#"
import itertools
from mystery import things
class Cursor:
    def __iter__(self): return self
    def __next__(self): return 1
    async def __anext__(self): return 1
class Table:
    def __iter__(self): return Cursor()
iter([1])  # kind: an iterator, iterable, not stepping, ending
iter(things)  # kind: an iterator, iterable, maybe stepping, ending
iter(Table())  # kind: a `Cursor`, iterable, stepping
iter(itertools.count())  # kind: a `count`, endless, not ending
iter(map(str, itertools.count()))  # kind: a `map`, not ending
map(str, things)  # kind: a `map`, ending
zip(itertools.count(), [1])  # kind: a `zip`, ending
itertools.repeat(1)  # kind: a `repeat`, not ending
itertools.repeat(1, 2)  # kind: a `repeat`, ending
(n for n in itertools.count())  # kind: a generator expression, not ending
(n for n in things)  # kind: a generator expression, ending
things  # kind: unknown, maybe ending
"#,
    );
}

#[test]
fn a_stub_says_that_an_iterator_gives_itself() {
    check(
        r#"
from collections.abc import AsyncIterator
class Steps(AsyncIterator):
    async def __anext__(self): return 1
class Ends(AsyncIterator):
    async def __anext__(self): raise StopAsyncIteration
Steps()  # kind: a `Steps`, stepping, again perhaps
Ends()  # kind: an `Ends`, stepping, once
"#,
    );
}

#[test]
fn what_only_looks_like_a_function_is_none() {
    check(
        r#"
class Feed:
    async def messages async with lock as held:
        return await held.read()
    def all(self):
        self.messages()  # kind: maybe iterable
        return 1
Feed().all()  # kind: an `int`
"#,
    );
}

#[test]
fn a_base_says_what_it_is_a_base_of() {
    check(
        "
from typing import AsyncIterator
class Row: ...
class Rows(AsyncIterator[Row]): ...
class More(Rows): ...
async def f(rows: More):
    async for row in rows:
        it = row  # kind: a `Row`
",
    );
    check(
        "
import aiofiles, aiohttp
async def f(path, session: aiohttp.ClientSession):
    async with aiofiles.open(path) as file:
        it = file  # kind: an `AsyncTextIOWrapper`
    async with session.get(path) as response:
        it = response  # kind: a `ClientResponse`
",
    );
    check(
        "
import anyio
async def f():
    send, receive = anyio.create_memory_object_stream(3)
    it = receive  # kind: a `MemoryObjectReceiveStream`, once
    it = send  # kind: not async iterable
",
    );
}

#[test]
fn containers_hold_what_their_annotation_says() {
    check(
        r#"
from collections.abc import Mapping, Sequence
class Shelf:
    def __init__(self):
        self.books: list[bytes] = []
        self.places: dict[str, bytes] = {}
        self.others: list[bytes] = ["text"]
        self.books[0]  # kind: a `bytes`
        self.books[1:]  # kind: a `list`
        self.places["a"]  # kind: a `bytes`
        self.others[0]  # kind: a `str`
        list(self.books)[0]  # kind: unknown
def shelf(names: Sequence[bytes], places: Mapping[str, bytes], *rest: bytes, **named: bytes):
    names[0]  # kind: a `bytes`
    names[1:]  # kind: unknown
    places["a"]  # kind: a `bytes`
    rest[0]  # kind: a `bytes`
    rest[1]  # kind: unknown
    named["a"]  # kind: a `bytes`
    for a in rest:
        a  # kind: a `bytes`
    for b, c in places.items():
        b  # kind: a `str`
        c  # kind: a `bytes`
    for d, e in enumerate(names):
        d  # kind: an `int`
        e  # kind: a `bytes`
    for f in reversed(sorted(list(names))):
        f  # kind: a `bytes`
"#,
    );
}
