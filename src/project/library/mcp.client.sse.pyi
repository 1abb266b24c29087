from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

@asynccontextmanager
async def sse_client(url, *a, **k) -> AsyncIterator[tuple[Any, Any]]: yield
