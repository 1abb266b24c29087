"""`raise StopAsyncIteration` in a coroutine that `__anext__` awaits."""


class Cursor:
    def __init__(self):
        self.buffer = []

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await self.next()

    async def next(self):
        if await self._load():
            return self.buffer.pop()
        raise StopAsyncIteration

    async def _load(self):
        await self._check()
        return bool(self.buffer)

    async def _check(self):
        if not self.buffer:
            raise StopAsyncIteration


async def main():
    async for item in Cursor():
        print(item)
