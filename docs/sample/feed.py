"""A small client with the mistakes that cost people days."""


class Ticks:
    """Counts down; `async for` should end at zero."""

    def __init__(self, left):
        self.left = left

    async def __aiter__(self):
        return self

    async def __anext__(self):
        if self.left == 0:
            return StopAsyncIteration
        self.left -= 1
        return self.left


async def pages(client):
    cursor = None
    while True:
        page = await client.get(cursor)
        for item in page.items:
            yield item
        cursor = page.next
        if cursor is None:
            raise StopAsyncIteration


async def fetch(client):
    return pages(client)
