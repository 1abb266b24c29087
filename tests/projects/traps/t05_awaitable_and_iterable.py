"""Objects that can be awaited and iterated."""


class Query:
    def __init__(self, rows):
        self.rows = rows

    def __await__(self):
        return self._all().__await__()

    async def _all(self):
        return list(self.rows)

    async def __aiter__(self):
        for row in self.rows:
            yield row


class Manager:
    def __init__(self, query):
        self.query = query

    def __await__(self):
        return self.query.__await__()

    def __aiter__(self):
        return self.query.__aiter__()

    async def __aenter__(self):
        return await self.query

    async def __aexit__(self, *exc):
        return None


async def main():
    query = Query([1, 2])
    print(await query)
    async for row in query:
        print(row)
    for row in await query:
        print(row)
    print(list(await Manager(query)))
    async for row in Manager(query):
        print(row)
    async with Manager(query) as rows:
        for row in rows:
            print(row)
