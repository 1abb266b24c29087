from collections.abc import AsyncIterator
from typing import Any

class StreamedRunResult:
    async def stream_text(self, **k) -> AsyncIterator[str]: yield
    async def stream_output(self, **k) -> AsyncIterator[Any]: yield
    async def get_output(self) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...

# One iterator is kept, and given again.
class AgentStream:
    def __aiter__(self) -> AsyncIterator[Any]: ...  # view
    async def stream_text(self, **k) -> AsyncIterator[str]: yield
    async def stream_output(self, **k) -> AsyncIterator[Any]: yield
    async def get_output(self) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...
