import both
import native
from native import Client, Cursor, fetch


def read():
    for row in native.Cursor():  # error: sync-for-over-async
        print(row)
    print(sorted(Cursor()))  # error: sync-consumer
    print(list(native.rows()), list(Client().rows()))  # error: sync-consumer, sync-consumer


async def wait():
    # The source says that it is an async generator, whatever the stub says.
    await both.rows()  # error: await-asyncgen
    async for row in both.rows():
        print(row)
    async for row in both.opaque("[1]"):
        print(row)
    async for row in fetch():  # error: async-for-over-coroutine
        print(row)
    async for row in Client().fetch():  # error: async-for-over-coroutine
        print(row)
    async for row in await Client().fetch():
        print(row)
    return await fetch()
