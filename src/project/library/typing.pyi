from collections.abc import (
    AsyncGenerator as AsyncGenerator,
    AsyncIterable as AsyncIterable,
    AsyncIterator as AsyncIterator,
    Awaitable as Awaitable,
    Callable as Callable,
    Collection as Collection,
    Coroutine as Coroutine,
    Generator as Generator,
    ItemsView as ItemsView,
    Iterable as Iterable,
    Iterator as Iterator,
    KeysView as KeysView,
    Mapping as Mapping,
    MutableMapping as MutableMapping,
    MutableSequence as MutableSequence,
    MutableSet as MutableSet,
    Reversible as Reversible,
    Sequence as Sequence,
    Set as AbstractSet,
    ValuesView as ValuesView,
)
from contextlib import (
    AbstractAsyncContextManager as AsyncContextManager,
    AbstractContextManager as ContextManager,
)

class Generic: ...
class Protocol: ...
class NamedTuple: ...
class TypedDict: ...
class TypeVar: ...
class ParamSpec: ...
class TypeVarTuple: ...

List = list
Dict = dict
Tuple = tuple
FrozenSet = frozenset
Text = str
