async def f(a):
    it = a.__aiter__()
    while True:
        try:
            x = await it.__anext__()
        except StopAsyncIteration:
            break
