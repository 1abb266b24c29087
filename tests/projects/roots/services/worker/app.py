from common.source import stream
from feed import rows


async def read():
    await stream()  # error: await-asyncgen
    async for row in rows():  # error: async-for-over-sync
        print(row)
    return list(rows())
