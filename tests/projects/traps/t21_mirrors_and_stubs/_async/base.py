from abc import ABC, abstractmethod
from typing import AsyncIterator, Protocol, overload


class Base(ABC):
    @abstractmethod
    def rows(self) -> AsyncIterator[int]:
        """Rows as they come."""

    @abstractmethod
    def pages(self) -> AsyncIterator[int]:
        pass

    def chunks(self) -> AsyncIterator[int]:
        raise NotImplementedError

    @overload
    def get(self, stream: bool) -> AsyncIterator[int]: ...

    @overload
    def get(self) -> int: ...

    def get(self, stream=False):
        raise NotImplementedError


class Source(Protocol):
    def rows(self) -> AsyncIterator[int]: ...


async def read(base: Base, source: Source):
    async for row in base.rows():
        print(row)
    async for row in base.pages():
        print(row)
    async for row in base.chunks():
        print(row)
    async for row in source.rows():
        print(row)
