async def rows():
    yield 1


def lines():
    return ["a"]


async def pages():
    yield 1
