"""Loops by hand, each with its reason."""

import asyncio


async def with_timeout(stream, seconds):
    while True:
        try:
            item = await asyncio.wait_for(stream.__anext__(), seconds)
        except StopAsyncIteration:
            break
        print(item)


async def peek(stream):
    try:
        first = await anext(stream)
    except StopAsyncIteration:
        return None
    async for item in stream:
        print(first, item)
    return first


async def reconnect(connect):
    stream = await connect()
    while True:
        try:
            print(await stream.__anext__())
        except StopAsyncIteration:
            stream = await connect()


async def echo():
    value = None
    while True:
        value = yield value


async def send():
    generator = echo()
    await anext(generator)
    print(await generator.asend(1))
    await generator.aclose()
