async def f(a):
    try:
        await anext(a)
    except* (StopAsyncIteration, ValueError) as e:
        raise
    else: pass
    finally: return
