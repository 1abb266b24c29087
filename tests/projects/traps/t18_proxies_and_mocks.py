"""Objects that answer every question."""

from unittest.mock import AsyncMock, MagicMock, Mock


class Proxy:
    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)


class Wrapped:
    def __init__(self, inner):
        self.inner = Proxy(inner)

    async def read(self):
        async for row in self.inner.rows():
            print(row)
        for row in self.inner.rows():
            print(row)
        await self.inner.rows()


async def mocks():
    response = MagicMock()
    response.__aiter__.return_value = [1, 2]
    async for item in response:
        print(item)
    async for item in response:
        print(item)
    async for item in response.rows():
        print(item)
    for item in response.rows():
        print(item)
    mock = Mock()
    for item in mock.rows():
        print(item)
    later = AsyncMock()
    print(await later.rows())
    print(await later())
