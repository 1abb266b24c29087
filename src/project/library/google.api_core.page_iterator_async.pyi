from collections.abc import AsyncGenerator, AsyncIterator as _AsyncIterator
from typing import Any

# A second `async for` is a ValueError, also after `break`.
class AsyncIterator:
    pages: AsyncGenerator[Any, None]
    def __aiter__(self) -> _AsyncIterator[Any]: ...  # view
    async def __anext__(self) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...
