from collections.abc import AsyncIterator
from typing import Any

# One iterator is kept, and given again.
class StreamedResponse:
    def __aiter__(self) -> AsyncIterator[Any]: ...  # view
    def __getattr__(self, name: str) -> Any: ...
