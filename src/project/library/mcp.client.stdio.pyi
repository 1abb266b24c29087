from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

@asynccontextmanager
async def stdio_client(server, *a, **k) -> AsyncIterator[tuple[Any, Any]]: yield
