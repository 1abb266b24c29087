from feed import fetch, pages


async def report(client):
    rows = pages(client)
    count = 0
    async for row in rows:
        count += 1
    async for row in rows:
        print(row, "of", count)


async def first(client):
    async for row in fetch(client):
        return row


async def total(client):
    return sum(row.price async for row in pages(client))


def names(client):
    return [row.name for row in pages(client)]
