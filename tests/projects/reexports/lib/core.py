import asyncio


async def rows():
    for row in range(3):
        await asyncio.sleep(0)
        yield row


async def fetch():
    await asyncio.sleep(0)
    return [1, 2]


def plain():
    return [1, 2]


class Client:
    async def rows(self):
        yield 1

    async def fetch(self):
        return [1]

    def plain(self):
        return [1]
