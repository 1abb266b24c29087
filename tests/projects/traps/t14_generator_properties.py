"""A property that is an async generator is iterated without a call."""


class Pager:
    def __init__(self, fetch):
        self.fetch = fetch

    @property
    async def pages(self):
        token = None
        while True:
            page, token = await self.fetch(token)
            yield page
            if not token:
                break

    async def __aiter__(self):
        async for page in self.pages:
            for item in page:
                yield item


async def main(fetch):
    pager = Pager(fetch)
    async for page in pager.pages:
        print(page)
    async for page in pager.pages:
        print(page)
    async for item in pager:
        print(item)
