"""`__aiter__` returns self and begins anew."""


class Requests:
    def __init__(self, limit):
        self.limit = limit

    def __aiter__(self):
        self.left = self.limit
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


class Deep:
    def __init__(self, limit):
        self.limit = limit
        self.index = 0

    def reset(self):
        self.index = 0

    def __aiter__(self):
        self.reset()
        return self

    async def __anext__(self):
        if self.index == self.limit:
            raise StopAsyncIteration
        self.index += 1
        return self.index


async def main():
    for iterator in (Requests(3), Deep(3)):
        async for item in iterator:
            print(item)
        async for item in iterator:
            print(item)
    requests = Requests(3)
    print([item async for item in requests])
    print([item async for item in requests])
    deep = Deep(3)
    print([item async for item in deep])
    print([item async for item in deep])
