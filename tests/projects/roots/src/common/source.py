async def stream():
    yield 1
