from ... import feed
from ...feed import rows as everything
from ..up import both
from . import both as again


async def read():
    total = sum(everything())  # error: sync-consumer
    total += sum(feed.rows())  # error: sync-consumer
    for row in both():  # error: sync-for-over-async
        total += row
    for row in again():  # error: sync-for-over-async
        total += row
    return total + sum([row async for row in again()])
