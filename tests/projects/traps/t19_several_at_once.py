"""Several items at once, of different iterators."""

import asyncio


async def numbers():
    for number in range(10):
        await asyncio.sleep(0)
        yield number


class Queue:
    def __aiter__(self):
        return self

    async def __anext__(self):
        await asyncio.sleep(0)
        return 1


async def main():
    a, b = numbers(), numbers()
    print(await asyncio.gather(anext(a), anext(b)))
    task = asyncio.ensure_future(anext(a))
    done, _ = await asyncio.wait({task})
    print(done, await task)
    task = asyncio.create_task(anext(b))
    print(await task)
    queue = Queue()
    print(await asyncio.gather(anext(queue), anext(queue)))
