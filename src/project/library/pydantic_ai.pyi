from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pydantic_ai.result import StreamedRunResult
from pydantic_ai.run import AgentRun
from typing import Any, Self

# `run_stream_events` was an async generator, and is a context manager since 2.0.
class Agent:
    @asynccontextmanager
    async def run_stream(self, *a, **k) -> AsyncIterator[StreamedRunResult]: yield  # closes
    @asynccontextmanager
    async def iter(self, *a, **k) -> AsyncIterator[AgentRun]: yield  # closes
    async def run(self, *a, **k) -> Any: ...
    def run_sync(self, *a, **k) -> Any: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...
