"""Classes with both protocols on purpose."""


class Pages:
    def __init__(self, pages):
        self.pages = pages
        self.index = 0

    def __iter__(self):
        raise TypeError("use `async for`")

    async def __aiter__(self):
        for page in self.pages:
            yield page


class Requests:
    def __init__(self, left):
        self.left = left

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return self.left

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return next(self)
        except StopIteration:
            raise StopAsyncIteration from None


async def main():
    async for page in Pages([1]):
        print(page)
    for item in Requests(3):
        print(item)
    async for item in Requests(3):
        print(item)
