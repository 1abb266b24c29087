from collections.abc import Iterator
from typing import Any, TypeVar

T = TypeVar("T")

# What the clients outside of `.aio` give.
class ItemPaged(Iterator[T]):
    def by_page(self, continuation_token=...) -> Iterator[Iterator[T]]: ...
    def __getattr__(self, name: str) -> Any: ...
