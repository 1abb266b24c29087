"""A plain `__anext__` that returns what can be awaited."""

import asyncio
import types


class Ticks:
    def __aiter__(self):
        return self

    @types.coroutine
    def __anext__(self):
        yield from asyncio.sleep(0).__await__()
        raise StopAsyncIteration


class Delegating:
    def __init__(self, inner):
        self._inner = inner

    def __aiter__(self):
        return self

    def __anext__(self):
        return self._inner.__anext__()


class WithAnext(Delegating):
    def __anext__(self):
        return anext(self._inner)


class WithCoroutine(Delegating):
    async def fetch(self):
        raise StopAsyncIteration

    def __anext__(self):
        return self.fetch()


class WithFuture(Delegating):
    def __anext__(self):
        future = asyncio.get_running_loop().create_future()
        future.set_result(1)
        return future


class WithTask(WithCoroutine):
    def __anext__(self):
        return asyncio.ensure_future(self.fetch())


class Raising(Delegating):
    def __anext__(self):
        raise StopAsyncIteration


async def main():
    async for item in Ticks():
        print(item)
    async for item in WithCoroutine(None):
        print(item)
    async for item in WithTask(None):
        print(item)
    async for item in Raising(None):
        print(item)
