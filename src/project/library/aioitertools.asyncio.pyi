from collections.abc import AsyncIterator
from typing import Any

async def as_completed(*a, **k) -> AsyncIterator[Any]: yield
async def as_generated(*a, **k) -> AsyncIterator[Any]: yield
async def gather(*a, **k) -> list[Any]: ...
async def gather_iter(*a, **k) -> list[Any]: ...
