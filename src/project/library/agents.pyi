from collections.abc import AsyncIterator
from typing import Any

# Not iterable itself.
class RunResultStreaming:
    async def stream_events(self) -> AsyncIterator[Any]: yield
    def __getattr__(self, name: str) -> Any: ...

class Runner:
    @classmethod
    async def run(cls, starting_agent, input, **k) -> Any: ...
    @classmethod
    def run_sync(cls, starting_agent, input, **k) -> Any: ...
    @classmethod
    def run_streamed(cls, starting_agent, input, **k) -> RunResultStreaming: ...
