from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

@asynccontextmanager
async def streamable_http_client(url, *a, **k) -> AsyncIterator[Any]: yield
@asynccontextmanager
async def streamablehttp_client(url, *a, **k) -> AsyncIterator[Any]: yield
