"""Halves that come from a base class, known or not."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Generic, TypeVar

from somewhere import Pages

T = TypeVar("T")


class Items(AsyncIterator[T]):
    async def __anext__(self):
        raise StopAsyncIteration


class Paged(Generic[T], Items[T]):
    pass


class Unknown(Pages):
    def __aiter__(self):
        return self


class UnknownToo(Pages):
    async def __anext__(self):
        raise StopAsyncIteration


class Gen(AsyncGenerator):
    async def asend(self, value):
        raise StopAsyncIteration

    async def athrow(self, *exc):
        raise StopAsyncIteration


async def main():
    async for item in Items():
        print(item)
    async for item in Paged():
        print(item)
    async for item in Unknown():
        print(item)
    async for item in UnknownToo():
        print(item)
    async for item in Gen():
        print(item)
