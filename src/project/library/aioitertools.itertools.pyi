from collections.abc import AsyncIterator
from typing import Any

# Arguments may be of either sort.
async def accumulate(*a, **k) -> AsyncIterator[Any]: yield
async def batched(*a, **k) -> AsyncIterator[Any]: yield
async def combinations(*a, **k) -> AsyncIterator[Any]: yield
async def combinations_with_replacement(*a, **k) -> AsyncIterator[Any]: yield
async def compress(*a, **k) -> AsyncIterator[Any]: yield
async def count(*a, **k) -> AsyncIterator[Any]: yield
async def cycle(*a, **k) -> AsyncIterator[Any]: yield
async def dropwhile(*a, **k) -> AsyncIterator[Any]: yield
async def filterfalse(*a, **k) -> AsyncIterator[Any]: yield
async def groupby(*a, **k) -> AsyncIterator[Any]: yield
async def islice(*a, **k) -> AsyncIterator[Any]: yield
async def permutations(*a, **k) -> AsyncIterator[Any]: yield
async def product(*a, **k) -> AsyncIterator[Any]: yield
async def repeat(*a, **k) -> AsyncIterator[Any]: yield
async def starmap(*a, **k) -> AsyncIterator[Any]: yield
async def takewhile(*a, **k) -> AsyncIterator[Any]: yield
async def zip_longest(*a, **k) -> AsyncIterator[Any]: yield
def tee(itr, n=...) -> tuple[Any, ...]: ...
def chain(*itrs) -> AsyncIterator[Any]: ...
