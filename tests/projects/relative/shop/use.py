from . import feed
from .feed import Client, fetch, plain, rows


def read():
    for row in rows():  # error: sync-for-over-async
        print(row)
    for row in feed.rows():  # error: sync-for-over-async
        print(row)
    for row in plain() + feed.plain():
        print(row)
    return list(Client().rows())  # error: sync-consumer


async def wait():
    await rows()  # error: await-asyncgen
    await feed.rows()  # error: await-asyncgen
    await fetch()
    return await Client().fetch()
