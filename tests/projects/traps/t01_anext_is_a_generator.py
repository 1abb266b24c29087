"""`__anext__` is an async generator, and `__aiter__` returns what it gives."""


class PageIterator:
    def __init__(self, pages):
        self.pages = pages

    def __aiter__(self):
        return self.__anext__()

    async def __anext__(self):
        for page in self.pages:
            yield page


async def main():
    pages = PageIterator([1, 2])
    async for page in pages:
        print(page)
    async for page in pages:
        print(page)
