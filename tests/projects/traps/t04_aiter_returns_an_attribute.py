"""`__aiter__` returns an attribute, and the class has no `__anext__`."""


class Response:
    def __init__(self, source):
        self._source = source
        self._iterator = None

    async def _read(self):
        async for item in self._source:
            yield item

    def __aiter__(self):
        if self._iterator is None:
            self._iterator = self._read()
        return self._iterator


async def main(source):
    response = Response(source)
    async for item in response:
        break
    async for item in response:
        print(item)
