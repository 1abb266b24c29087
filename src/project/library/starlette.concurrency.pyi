from collections.abc import AsyncIterator, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

async def run_in_threadpool(func, *args, **kwargs) -> Any: ...
async def iterate_in_threadpool(iterator: Iterable[T]) -> AsyncIterator[T]: yield
