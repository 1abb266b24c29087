from collections.abc import AsyncIterator
from langchain_core.runnables import Runnable
from typing import Any

class BaseChatModel(Runnable):
    async def agenerate(self, messages, *a, **k) -> Any: ...

class BaseLLM(Runnable):
    async def agenerate(self, prompts, *a, **k) -> Any: ...
