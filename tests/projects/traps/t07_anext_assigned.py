"""`__anext__ = next` in a class body; a method named `next` hides nothing in other methods."""


class Cursor:
    def __init__(self, rows):
        self.rows = rows
        self.source = iter(rows)

    def __aiter__(self):
        return self

    async def next(self):
        if not self.rows:
            raise StopAsyncIteration
        return self.rows.pop()

    __anext__ = next

    def first(self):
        return next(self.source)


class Results:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration

    anext = __anext__


async def main():
    async for row in Cursor([1]):
        print(row)
    async for row in Results():
        print(row)
    print(await Results().anext())
