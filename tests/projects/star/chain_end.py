async def far():
    yield 1
