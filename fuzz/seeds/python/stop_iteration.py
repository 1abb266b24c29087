async def f():
    raise StopIteration
    yield
async def g(it):
    try:
        return next(it)
    except StopAsyncIteration:
        raise StopAsyncIteration from None
