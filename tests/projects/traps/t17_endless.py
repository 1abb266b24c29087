"""Iterators without an end."""

import asyncio
import itertools


class StoppedError(StopAsyncIteration):
    pass


class Consumer:
    def __init__(self, queue):
        self.queue = queue
        self.is_closed = False

    def __aiter__(self):
        return self

    async def __anext__(self):
        while True:
            if self.is_closed:
                raise StoppedError
            item = await self.queue.get()
            if item is not None:
                return item


class Ticks:
    def __init__(self):
        self.numbers = itertools.count()

    def __aiter__(self):
        return self

    async def __anext__(self):
        await asyncio.sleep(1)
        return next(self.numbers)


async def ticks():
    while True:
        yield 1
        await asyncio.sleep(1)


async def main(queue):
    async for item in Consumer(queue):
        print(item)
    async for item in Ticks():
        print(item)
