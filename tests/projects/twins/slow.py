async def rows():
    yield 2


async def lines():
    yield "a"


async def pages():
    yield 2
