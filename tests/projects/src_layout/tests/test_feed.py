from acme import Client
from acme.feed import fetch, rows
from helpers import first


def test_rows():
    assert list(rows()) == [0, 1, 2]  # error: sync-consumer


async def test_client():
    assert await Client().rows() == [1]  # error: await-asyncgen
    assert await Client().fetch() == [1]
    assert await first(rows()) == 0
    async for row in fetch():  # error: async-for-over-coroutine
        assert row
