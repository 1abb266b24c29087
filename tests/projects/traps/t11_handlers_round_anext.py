"""Handlers that clean up and raise again are round a call of `__anext__`."""


class Results:
    def __init__(self, inner):
        self.inner = inner

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return await self.inner.__anext__()
        except StopAsyncIteration:
            await self.close()
            raise

    async def close(self):
        self.inner = None


class Gaps(Results):
    async def __anext__(self):
        try:
            item = await anext(self.inner)
        except StopAsyncIteration:
            raise
        except Exception:
            return None
        return item


async def loop(results):
    try:
        async for item in results:
            print(await anext(results), item)
    except StopAsyncIteration:
        print("odd")
