from __future__ import annotations

import typing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feed import Client

if typing.TYPE_CHECKING:
    import feed


class App:
    def __init__(self, client: Client, other: "feed.Client"):
        self.client = client
        self.other = other

    def read(self):
        for row in self.client.rows():  # error: sync-for-over-async
            print(row)
        for row in self.client.plain():
            print(row)
        return list(self.other.rows())  # error: sync-consumer

    async def wait(self, client: Client | None):
        if client is not None:
            await client.rows()  # error: await-asyncgen
            await client.fetch()


async def argument(client: Client):
    return sorted(client.rows())  # error: sync-consumer
