import single
from feedlib import Client, connect


class Service:
    def __init__(self):
        self.client = Client()

    async def read(self):
        for row in self.client.find(name="x"):  # error: sync-for-over-async
            print(row)
        async for row in self.client.aggregate([]):  # error: async-for-over-coroutine
            print(row)
        for page in self.client.pages:  # error: sync-for-over-async
            print(page)
        cursor = await self.client.aggregate([])
        return sorted(cursor)  # error: sync-consumer

    async def good(self):
        async for row in await self.client.aggregate([]):
            print(row)
        async for row in self.client.find():
            print(row)


async def main():
    client = await connect("db")  # error: cm-used-as-value
    async with connect("db") as client:
        for row in client.find():  # error: sync-for-over-async
            print(row)
    return list(single.rows())  # error: sync-consumer
