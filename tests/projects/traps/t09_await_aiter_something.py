"""`await aiter(x).__anext__()` awaits the item; another `aiter` is somebody's own."""

from streams import aiter as chain


async def numbers():
    yield 1


async def main():
    print(await aiter(numbers()).__anext__())
    print(await chain(numbers()).map(str))
    print(await chain(numbers()))


async def own():
    async def aiter(stream):
        return [item async for item in stream]

    print(await aiter(numbers()))
