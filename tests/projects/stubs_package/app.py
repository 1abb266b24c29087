import drift
from drift import Deep
from drift.deep import Deep as Same


async def read():
    print(list(drift.rows()))  # error: sync-consumer
    print(list(Deep().plain()))
    for row in Deep():  # error: sync-for-over-async
        print(row)
    for row in Same():  # error: sync-for-over-async
        print(row)
    async for row in drift.fetch():  # error: async-for-over-coroutine
        print(row)
    async for row in Same().fetch():  # error: async-for-over-coroutine
        print(row)
    for row in await Same().fetch():
        print(row)
